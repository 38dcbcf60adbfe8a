"""Saved filters: the file is for people too, and nothing that they wrote into it is lost; the line that asks."""

import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.pilot import Pilot

from model.catalog import Catalog
from model.errors import InputRefused
from tests.tui_fakes import PRESENT, FakeStore, event_on, screen_text, type_in, wait_for
from tui.app import SitmonApp
from tui.saved_filters import MAX_NAME, SavedFilters, checked_name


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "filters.toml"


# -- the file ----------------------------------------------------------------------------------------------------------


def test_what_was_put_is_read_in_order_and_removed(file: Path) -> None:
    saved = SavedFilters(file, "valley")
    assert saved.read() == {}
    saved.put("mine", "is:starred")
    saved.put("captures", "kind:capture")
    saved.put("mine", "is:starred is:unread")
    assert list(saved.read().items()) == [("mine", "is:starred is:unread"), ("captures", "kind:capture")]
    saved.remove("mine")
    saved.remove("never there")
    assert saved.read() == {"captures": "kind:capture"}
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [path.name for path in file.parent.iterdir()] == ["filters.toml"]


def test_a_watched_filter_is_one_that_is_saved(file: Path) -> None:
    saved = SavedFilters(file, "valley")
    saved.put("mine", "is:starred")
    saved.put("captures", "kind:capture")
    saved.watch("captures", on=True)
    assert '"captures" = { filter = "kind:capture", watch = true }' in file.read_text().splitlines()
    assert saved.watched() == {"captures": "kind:capture"}
    saved.put("captures", 'kind:capture "the town"')
    assert saved.watched() == {"captures": 'kind:capture "the town"'}
    assert list(saved.read().items()) == [("mine", "is:starred"), ("captures", 'kind:capture "the town"')]
    saved.watch("captures", on=False)
    assert not saved.watched()
    assert saved.read()["captures"] == 'kind:capture "the town"'
    with pytest.raises(InputRefused, match="no filter is saved"):
        saved.watch("never there", on=True)


def test_the_file_is_readable_and_situations_keep_to_themselves(file: Path) -> None:
    SavedFilters(file, "valley").put("captures", 'kind:capture "the town"')
    SavedFilters(file, "hills").put("captures", "kind:capture place:top")
    lines = file.read_text().splitlines()
    assert '["valley"]' in lines
    assert '"captures" = "kind:capture \\"the town\\""' in lines
    assert SavedFilters(file, "valley").read() == {"captures": 'kind:capture "the town"'}


def test_two_sessions_add_to_each_other(file: Path) -> None:
    one, other = SavedFilters(file, "valley"), SavedFilters(file, "valley")
    one.put("first", "a")
    other.put("second", "b")
    assert one.read() == {"first": "a", "second": "b"}


@pytest.mark.parametrize(
    "content",
    [
        b"not toml at all",
        b"\xff\xfe",
        b"[valley]\nname = 3\n",
        b"[valley]\nname = {watch = true}\n",
        b'name = "kind:capture"\n',
        b"a." * 10_000,
    ],
)
def test_a_file_that_cannot_be_understood_is_said_and_kept(file: Path, content: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    saved = SavedFilters(file, "valley")
    for attempt in (saved.read, lambda: saved.put("mine", "x"), lambda: saved.remove("mine")):
        with pytest.raises(InputRefused, match="it is kept"):
            attempt()
    assert file.read_bytes() == content


def test_a_place_that_cannot_be_written_to_is_said(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file, no directory")
    with pytest.raises(InputRefused, match=r"cannot be (read|written)"):
        SavedFilters(tmp_path / "config" / "filters.toml", "valley").put("mine", "x")


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "dotfiles").mkdir()
    link = tmp_path / "filters.toml"
    link.symlink_to(tmp_path / "dotfiles" / "mine.toml")
    SavedFilters(link, "valley").put("mine", "x")
    assert link.is_symlink()
    assert SavedFilters(tmp_path / "dotfiles" / "mine.toml", "valley").read() == {"mine": "x"}


@given(st.dictionaries(st.text(max_size=30), st.text(max_size=60), max_size=5), st.text(max_size=10))
@settings(max_examples=60)
def test_every_name_and_filter_that_is_clean_reads_back(
    tmp_path_factory: pytest.TempPathFactory, filters: dict[str, str], situation: str
) -> None:
    saved = SavedFilters(tmp_path_factory.mktemp("saved") / "filters.toml", situation.encode(errors="replace").decode())
    expected = {}
    for text, filter_text in filters.items():
        try:
            name = checked_name(text)
        except InputRefused:
            continue
        expected[name] = filter_text.encode(errors="replace").decode()
        saved.put(name, expected[name])
    assert saved.read() == expected


def test_a_name_is_one_clean_line() -> None:
    assert checked_name("  my \n\x1b[2J filter ").isprintable()
    for text in ("", "  \u200b ", "n" * (MAX_NAME + 1)):
        with pytest.raises(InputRefused, match="nothing was saved"):
            checked_name(text)


# -- the screen --------------------------------------------------------------------------------------------------------


@pytest.fixture
async def store(catalog: Catalog) -> FakeStore:
    store = FakeStore(catalog)
    for day in range(1, 19):
        await store.happen(event_on(day, kind=("capture", "clash", "entered")[day % 3]))
    return store


@asynccontextmanager
async def opened(store: FakeStore, file: Path | None) -> AsyncIterator[tuple[SitmonApp, Pilot[int]]]:
    app = SitmonApp(store, store.known, present=lambda: PRESENT, filters=file)
    async with app.run_test(size=(100, 30)) as pilot:
        await wait_for(pilot, lambda: app.main.board and app.main.total, "the first reading")
        yield app, pilot


async def enter_filter(pilot: Pilot[int], text: str) -> None:
    await pilot.press("slash")
    await type_in(pilot, text)
    await pilot.press("enter")


async def test_a_filter_is_saved_and_picked_again(store: FakeStore, file: Path) -> None:
    async with opened(store, file) as (app, pilot):
        await enter_filter(pilot, "kind:clash")
        await pilot.press("F")
        await type_in(pilot, "fights")
        await pilot.press("enter")
        await wait_for(pilot, lambda: "saved; f picks it: fights" in screen_text(app), "the message")
        await pilot.press("escape")
        await wait_for(pilot, lambda: "EVENTS 18" in screen_text(app), "the whole log")
    async with opened(store, file) as (app, pilot):
        await pilot.press("f")
        await wait_for(pilot, lambda: "/kind:clash" in screen_text(app), "the saved one")
        await pilot.press("enter")
        await wait_for(pilot, lambda: "EVENTS 6  /kind:clash" in screen_text(app), "the filtered log")
        assert app.main.events.has_focus


async def test_another_filter_of_that_name_is_replaced_only_when_asked_for(store: FakeStore, file: Path) -> None:
    saved = SavedFilters(file, "valley")
    saved.put("mine", "kind:capture")
    async with opened(store, file) as (app, pilot):
        await enter_filter(pilot, "kind:clash")
        for last in ("escape", "enter"):
            await pilot.press("F")
            await type_in(pilot, "mine")
            await pilot.press("enter")
            await wait_for(pilot, lambda: "it is /kind:capture now; replace" in screen_text(app), "the question")
            assert saved.read() == {"mine": "kind:capture"}
            await pilot.press(last)
        await wait_for(pilot, lambda: "saved; f picks it: mine" in screen_text(app), "the message")
        assert saved.read() == {"mine": "kind:clash"}


async def test_a_saved_filter_is_removed_by_a_key_twice_and_kept_by_another(store: FakeStore, file: Path) -> None:
    saved = SavedFilters(file, "valley")
    saved.put("mine", "kind:capture")
    saved.put("yours", "kind:clash")
    async with opened(store, file) as (app, pilot):
        await pilot.press("f", "delete")
        await wait_for(pilot, lambda: "del again removes it" in screen_text(app), "the question")
        await pilot.press("down", "up", "delete")
        assert len(saved.read()) == 2
        await pilot.press("delete")
        await wait_for(pilot, lambda: "removed mine; it was /kind:capture" in screen_text(app), "the removal")
        assert saved.read() == {"yours": "kind:clash"}
        await pilot.press("escape")
        assert not app.session.filter_text


async def test_nothing_saved_nothing_filtered_and_nowhere_to_save_say_so(store: FakeStore, file: Path) -> None:
    async with opened(store, file) as (app, pilot):
        await pilot.press("F")
        await wait_for(pilot, lambda: "nothing is filtered; / filters" in screen_text(app), "the reason")
        await pilot.press("f")
        await wait_for(pilot, lambda: "no filter is saved yet" in screen_text(app), "the empty state")
        await pilot.press("enter", "escape")
    async with opened(store, None) as (app, pilot):
        await pilot.press("f")
        await wait_for(pilot, lambda: "no place for saved filters" in screen_text(app), "the reason")


async def test_a_broken_file_is_said_and_kept(store: FakeStore, file: Path) -> None:
    file.parent.mkdir()
    file.write_text("nothing of the kind")
    async with opened(store, file) as (app, pilot):
        await pilot.press("f")
        await wait_for(pilot, lambda: "is not TOML" in screen_text(app), "what is wrong")
        await pilot.press("escape")
        await enter_filter(pilot, "kind:clash")
        await pilot.press("F", *"mine", "enter")
        await wait_for(pilot, lambda: "is not TOML" in screen_text(app), "what is wrong again")
        assert file.read_text() == "nothing of the kind"


async def test_a_saved_filter_that_the_situation_cannot_read_says_so(store: FakeStore, file: Path) -> None:
    SavedFilters(file, "valley").put("mine", "place:atlantis")
    async with opened(store, file) as (app, pilot):
        await pilot.press("f", "enter")
        await wait_for(pilot, lambda: "no place is called" in screen_text(app), "what is wrong")
        assert not app.session.filter_text


async def test_the_palette_filters_saves_and_picks_by_name(store: FakeStore, file: Path) -> None:
    async with opened(store, file) as (app, pilot):
        for typed in ("filter kind:clash", "save_filter the fights", "filter kind:entered", "pick_filter the fights"):
            await pilot.press("colon")
            await type_in(pilot, typed)
            await pilot.press("enter")
            await wait_for(pilot, lambda: app.screen is app.main, "the palette to close")
        await wait_for(pilot, lambda: "EVENTS 6  /kind:clash" in screen_text(app), "the filtered log")
        assert SavedFilters(file, "valley").read() == {"the fights": "kind:clash"}


# -- the line that asks ------------------------------------------------------------------------------------------------


async def test_an_exclamation_mark_inverts_the_filter(store: FakeStore) -> None:
    async with opened(store, None) as (app, pilot):
        await enter_filter(pilot, "!kind:clash OR kind:entered")
        await wait_for(pilot, lambda: "EVENTS 6  /-(kind:clash OR kind:entered)" in screen_text(app), "the rest")
        await enter_filter(pilot, "!-kind:clash")
        await wait_for(pilot, lambda: "EVENTS 6  /kind:clash" in screen_text(app), "the inverse of an inverse")
        await enter_filter(pilot, "!")
        await wait_for(pilot, lambda: "EVENTS 18" in screen_text(app), "the whole log")


async def test_a_wrong_inverted_filter_is_pointed_into_where_it_is_wrong(store: FakeStore) -> None:
    async with opened(store, None) as (app, pilot):
        await enter_filter(pilot, "!kind:clas")
        await wait_for(pilot, lambda: "column 7" in screen_text(app), "the error")


async def test_the_last_word_is_a_beginning_and_a_space_ends_it(store: FakeStore) -> None:
    await store.happen(event_on(17, summary="a convoy"), event_on(18, summary="conv"))
    async with opened(store, None) as (app, pilot):
        await pilot.press("slash", *"conv")
        await wait_for(pilot, lambda: "EVENTS 2  /conv*" in screen_text(app), "both")
        await pilot.press("space")
        await wait_for(pilot, lambda: "EVENTS 1  /conv " in screen_text(app), "the whole word")
        await pilot.press("enter", "slash", "enter")
        await wait_for(pilot, lambda: app.main.events.has_focus, "the events to have the keys")
        assert app.session.filter_text == "conv"
        await pilot.press("slash", *"conv", "enter")
        await wait_for(pilot, lambda: "EVENTS 2  /conv*" in screen_text(app), "both again")
        assert app.session.filter_text == "conv*"


async def test_up_and_down_walk_through_earlier_filters(store: FakeStore) -> None:
    async with opened(store, None) as (app, pilot):
        for text in ("kind:clash", "kind:entered", "kind:clash", "kind:capture"):
            await enter_filter(pilot, text)
        await pilot.press("escape", "slash")
        await type_in(pilot, "tow")
        line = app.main.question
        for key, text in (
            ("up", "kind:capture"),
            ("up", "kind:clash"),
            ("up", "kind:entered"),
            ("up", "kind:entered"),
            ("down", "kind:clash"),
            ("down", "kind:capture"),
            ("down", "tow"),
            ("down", "tow"),
        ):
            await pilot.press(key)
            assert line.text == text
        await pilot.press("up", "enter")
        await wait_for(pilot, lambda: "/kind:capture" in screen_text(app), "the earlier filter")


async def test_tab_completes_and_goes_on_to_the_next(store: FakeStore) -> None:
    async with opened(store, None) as (app, pilot):
        await pilot.press("slash")
        await type_in(pilot, "!kin")
        await pilot.press("tab")
        line = app.main.question
        assert line.text == "!kind:"
        await type_in(pilot, "cla")
        await pilot.press("tab")
        assert line.text == "!kind:clash "
        await type_in(pilot, "place:")
        await pilot.press("tab")
        first = line.text
        assert "more:" in screen_text(app)
        await pilot.press("tab")
        assert line.text != first
        await pilot.press("shift+tab")
        assert line.text == first
        await type_in(pilot, "x")
        assert "more:" not in screen_text(app)
        await pilot.press("tab")
        assert line.text == first + "x"
        assert app.main.question.display


async def test_while_something_is_asked_the_last_line_says_what_keys_do(store: FakeStore) -> None:
    async with opened(store, None) as (app, pilot):
        await pilot.press("c")
        await wait_for(pilot, lambda: "enter takes it" in screen_text(app).splitlines()[-1], "the hints")
        assert "tab completes" not in screen_text(app)
        await pilot.press("tab", "escape", "slash")
        await wait_for(pilot, lambda: "tab completes" in screen_text(app).splitlines()[-1], "the hints")
