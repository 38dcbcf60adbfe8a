"""Since you last looked: what is remembered, what counts as a change, and when the screen speaks of it."""

import json
import os
from pathlib import Path

import pytest

from model.catalog import Catalog
from model.entities import ControlState, Stance, Status
from model.query import Revision
from tests.tui_fakes import PRESENT, FakeStore, claim_on, event_on, screen_text, type_in, wait_for
from tests.tui_open import WIDE, opened
from tui.app import SitmonApp
from tui.cells import width_of
from tui.cities import places_of
from tui.last_look import LastLook, Seen, compare, present, read, write
from tui.session import Session
from tui.since import news_lines

DAY = 86_400_000_000


@pytest.fixture
async def store(catalog: Catalog) -> FakeStore:
    store = FakeStore(catalog)
    await store.happen(event_on(3, "north"), event_on(4, "south", actor="blue"), event_on(2, "middle"))
    return store


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    """Where what was seen is kept."""
    return tmp_path / "state" / "looked.json"


def session_on(store: FakeStore, memory: Path, present: int = PRESENT) -> Session:
    return Session(store, store.known, present=lambda: present, memory=lambda: memory)


async def look(store: FakeStore, memory: Path, at: int = PRESENT - DAY) -> None:
    """Let somebody look at all that is there, and leave."""
    session = session_on(store, memory, at)
    looked = LastLook(memory)
    await looked.begin(session)
    for state in await store.control("valley"):
        looked.saw(state.place)
    await looked.end(session)


async def fall(store: FakeStore) -> None:
    """Let a town change hands, an event be denied and another be contradicted."""
    denied, doubted = event_on(1, "north", "clash", summary="denied"), event_on(1, "south", "clash", summary="doubted")
    await store.happen(event_on(10, "south"), denied, doubted)
    for event, source in ((denied, "gazette"), (denied, "wire"), (doubted, "wire")):
        denial = claim_on(event, source, Stance.DENIES)
        claim = denial._replace(reported_at=denial.reported_at + 1)  # later than what the source asserted
        next(kept for kept in store.events if kept.event == event).claims.append(claim)
    next(kept for kept in store.events if kept.event == denied).claims.pop(0)
    await store._tell()


async def test_a_first_visit_has_nothing_to_say_and_the_second_what_changed(store: FakeStore, memory: Path) -> None:
    assert await LastLook(memory).begin(session_on(store, memory)) is None
    await look(store, memory)
    news = await LastLook(memory).begin(session_on(store, memory))
    assert news is not None
    assert news.number == 0
    await fall(store)
    looked = LastLook(memory)
    news = await looked.begin(session_on(store, memory))
    assert news is not None
    assert [(was, state.place, state.actor) for was, state in news.hands] == [(("held", "blue", False), "south", "red")]
    assert [(tally.id, was, now) for tally, was, now in news.counts] == [("towns", 2, 3)]
    summaries = {row.event.summary for row in (*news.contradicted, *news.fallen)}
    assert summaries == {"denied", "doubted"}
    assert looked.unseen == {"south"}


async def test_what_was_not_looked_at_is_still_marked_the_next_time_but_told_once(
    store: FakeStore, memory: Path
) -> None:
    await look(store, memory)
    await fall(store)
    looked = LastLook(memory)
    await looked.begin(session_on(store, memory))
    await looked.end(session_on(store, memory))
    again = LastLook(memory)
    news = await again.begin(session_on(store, memory))
    assert news is not None
    assert news.number == 0
    assert again.unseen == {"south"}
    assert again.saw("south") == frozenset()


async def test_a_store_that_was_put_back_is_a_first_visit(store: FakeStore, memory: Path) -> None:
    await look(store, memory)
    older = FakeStore(store.known)
    await older.happen(event_on(3, "north"))
    assert (await older.revision()) < (await store.revision())
    assert isinstance(await older.revision(), Revision)
    older.commits = -1
    assert await LastLook(memory).begin(session_on(older, memory)) is None


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b'{"at": 1}', b"[" * 100_000, b"\xff\xfe", b'{"at": "x", "changes": 0}']
)
async def test_a_file_that_cannot_be_understood_is_no_memory(content: bytes, store: FakeStore, memory: Path) -> None:
    memory.parent.mkdir()
    memory.write_bytes(content)
    assert await LastLook(memory).begin(session_on(store, memory)) is None
    await look(store, memory)
    assert read(memory) is not None


def test_what_is_written_is_read_again(memory: Path) -> None:
    seen = Seen(7, 3, {"a": ("held", "red", True)}, {"t": 2}, {"e": "denied"}, -5, frozenset({"a"}), 9)
    write(memory, seen)
    assert read(memory) == seen
    assert [path.name for path in memory.parent.iterdir()] == ["looked.json"]
    kept = json.loads(memory.read_text(encoding="utf-8"))
    kept["cities"]["a"][0] = "no status"
    memory.write_text(json.dumps(kept), encoding="utf-8")
    assert read(memory) is None


def test_a_pipe_in_its_place_is_no_memory_and_nobody_waits_for_it(memory: Path) -> None:
    memory.parent.mkdir()
    os.mkfifo(memory)
    assert read(memory) is None


async def test_a_memory_that_cannot_be_written_keeps_nobody_from_leaving(store: FakeStore, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("in the way", encoding="utf-8")
    await look(store, tmp_path / "state" / "looked.json")
    assert (tmp_path / "state").read_text(encoding="utf-8") == "in the way"


async def test_a_place_that_is_new_or_newly_disputed(store: FakeStore) -> None:
    now = await present(session_on(store, Path("nowhere")))
    states = tuple(state._replace(disputed=state.place == "north") for state in now.states)
    before = Seen(
        0,
        0,
        {state.place: (state.status.value, state.actor or "", False) for state in states[1:]},
        {},
        {},
        0,
        frozenset(),
    )
    news = compare(before, now._replace(states=states))
    assert (news.hands, news.disputed) == ((), tuple(state for state in states[1:] if state.disputed))
    whole = before._replace(cities={**before.cities, "north": ("held", "red", False)})
    assert [state.place for state in compare(whole, now._replace(states=states)).disputed] == ["north"]


@pytest.mark.parametrize("width", [20, 60, 80, 130])
async def test_every_line_of_it_fits_and_leads_somewhere(store: FakeStore, memory: Path, width: int) -> None:
    await look(store, memory)
    await fall(store)
    news = await LastLook(memory).begin(session_on(store, memory))
    assert news is not None
    lines = news_lines(news, store.known, width)
    texts = ["".join(span.text for span in line) for line, _ in lines]
    assert any(text.startswith("CHANGED HANDS 1") for text in texts)
    assert any("2 → 3 of 3" in text for text in texts)
    assert all(link is not None for line, link in lines if line)
    if width >= 60:
        assert all(width_of(line) <= width for line, _ in lines)
    unknown = ControlState("gone", Status.HELD, "nobody")
    assert news_lines(news._replace(hands=((("held", "", False), unknown),)), store.known, width)


# -- on the screen -----------------------------------------------------------------------------------------------------


async def test_it_opens_first_and_enter_goes_there_and_the_mark_goes_with_it(store: FakeStore, memory: Path) -> None:
    await look(store, memory)
    await fall(store)
    async with opened(store, memory=lambda: memory) as (app, pilot):
        await wait_for(pilot, lambda: "SINCE YOU LAST LOOKED" in screen_text(app), "what has changed")
        assert "1 d ago" in screen_text(app)
        assert "CHANGED HANDS" in screen_text(app)
        assert app.session.looked is not None
        assert app.main.cities.changed == {"south"}
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.main.cities.has_focus, "the city list")
        await wait_for(pilot, lambda: app.session.place == "south", "the city")
        await wait_for(pilot, lambda: not app.main.cities.changed, "the mark to go")


async def test_esc_goes_on_and_the_palette_shows_it_again(store: FakeStore, memory: Path) -> None:
    await look(store, memory)
    await fall(store)
    async with opened(store, memory=lambda: memory) as (app, pilot):
        await wait_for(pilot, lambda: "SINCE YOU LAST LOOKED" in screen_text(app), "what has changed")
        await pilot.press("escape")
        await wait_for(pilot, lambda: app.screen is app.main, "the main screen")
        assert "●H ■ South Town" in screen_text(app)
        await pilot.press("colon")
        await type_in(pilot, "since")
        await pilot.press("enter")
        await wait_for(pilot, lambda: "CHANGED HANDS" in screen_text(app), "the list again")


@pytest.mark.parametrize("has_memory", [True, False])
async def test_without_anything_to_say_nothing_opens_and_the_palette_says_so(
    store: FakeStore, memory: Path, *, has_memory: bool
) -> None:
    async with opened(store, memory=(lambda: memory) if has_memory else None) as (app, pilot):
        if has_memory:
            await wait_for(pilot, lambda: app.session.looked, "the memory")
        await pilot.press("colon")
        await type_in(pilot, "since")
        await pilot.press("enter")
        await wait_for(pilot, lambda: "not looked at this situation before" in screen_text(app), "the answer")
        assert app.screen is app.main


async def test_what_changes_while_one_looks_is_marked_until_the_cursor_rests_on_it(
    store: FakeStore, memory: Path
) -> None:
    async with opened(store, memory=lambda: memory) as (app, pilot):
        await wait_for(pilot, lambda: app.session.looked, "the memory")
        await store.happen(event_on(12, "south"))
        await wait_for(pilot, lambda: app.main.cities.changed == {"south"}, "the mark")
        await pilot.press("left_square_bracket")
        await wait_for(pilot, lambda: not app.main.cities.changed, "no mark in the past")
        await pilot.press("0")
        await wait_for(pilot, lambda: app.main.cities.changed == {"south"}, "the mark again")
        await pilot.press("1", "g", *"j" * places_of(app.main.cities.entries).index("south"))
        await wait_for(pilot, lambda: not app.main.cities.changed, "the mark to go")


async def test_whoever_types_already_is_told_in_one_line(store: FakeStore, memory: Path) -> None:
    await look(store, memory)
    await fall(store)
    app = SitmonApp(store, store.known, present=lambda: PRESENT, memory=lambda: memory)
    app.main.pressed = "j"
    async with app.run_test(size=WIDE) as pilot:
        await wait_for(pilot, lambda: "since you last looked; :since lists what" in screen_text(app), "the line")
        assert app.screen is app.main
