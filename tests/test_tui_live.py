"""The screen on a real store: the shipped situation, and two people at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from model.entities import Mark, MarkKind
from model.ids import new_id
from model.query import NOW, Clocks, EventQuery
from model.times import end_of, parse_time
from store import open_store
from store.base import Draft, Store
from tests.tui_fakes import claim_on, event_on, screen_text, type_in, wait_for
from tui.app import SitmonApp


@asynccontextmanager
async def opened(
    store: Store, situation: str, clocks: Clocks = NOW, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[SitmonApp, Pilot[int]]]:
    app = SitmonApp(store, await store.catalog(situation), clocks=clocks)
    async with app.run_test(size=size) as pilot:
        await wait_for(pilot, lambda: app.main.board and app.main.total, "the first reading")
        yield app, pilot


async def test_an_empty_situation_says_what_to_do(store: Store, situation: str) -> None:
    async with opened(store, situation) as (app, pilot):
        await wait_for(pilot, lambda: "no events yet" in screen_text(app), "the empty log")
        assert "sitmon import" in screen_text(app)
        await store.write(situation, Draft("add", events=(event := event_on(3),), claims=(claim_on(event),)))
        await wait_for(pilot, lambda: "EVENTS 1" in screen_text(app) and app.main.events.row, "the first event")
        await wait_for(pilot, lambda: "Red Side 1/3" in screen_text(app), "the tally")


async def test_what_comes_between_the_first_page_and_listening_is_announced(
    store: Store, colleague: Store, situation: str
) -> None:
    first, late = event_on(3), event_on(4, "middle", summary="late")
    await store.write(situation, Draft("add", events=(first,), claims=(claim_on(first),)))
    app = SitmonApp(store, await store.catalog(situation))
    await app.main.read_ahead()
    await colleague.write(situation, Draft("add", events=(late,), claims=(claim_on(late),)))
    app.main.read_ahead = lambda: asyncio.sleep(0)  # type: ignore[method-assign] # it was read above
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: "1 new" in screen_text(app), "the colleague's event")
        await pilot.press("full_stop")
        await wait_for(pilot, lambda: (row := app.main.events.row) and row.event.id == late.id, "it to be shown")


async def test_two_people_see_each_other(store: Store, colleague: Store, situation: str) -> None:
    events = tuple(event_on(day, summary=f"number {day}") for day in range(1, 29))
    await store.write(situation, Draft("add", events=events, claims=tuple(map(claim_on, events))))
    async with opened(store, situation) as (app, pilot):
        await wait_for(pilot, lambda: app.main.events.row, "the rows")
        await pilot.press("j", "j")
        chosen = app.main.events.row
        assert chosen is not None
        verdict = Mark(new_id(), chosen.event.id, MarkKind.DISPUTED)
        await colleague.write(situation, Draft("dispute", marks=(verdict,)))
        await wait_for(pilot, lambda: (row := app.main.events.row) and row.verdict, "the colleague's verdict")
        await wait_for(pilot, lambda: "analyst: disputed" in screen_text(app), "the drawer to say so")
        late = event_on(5, "middle", summary="late")
        await colleague.write(situation, Draft("add", events=(late,), claims=(claim_on(late),)))
        await wait_for(pilot, lambda: "1 new" in screen_text(app), "the colleague's event to be announced")
        row = app.main.events.row
        assert row is not None
        assert (row.event.id, app.main.events.cursor) == (chosen.event.id, 2)
        await pilot.press("x", "v")
        await wait_for(pilot, lambda: (row := app.main.events.row) and row.verdict is MarkKind.VERIFIED, "our verdict")
        page = await colleague.page(situation, EventQuery())
        assert next(found for found in page.rows if found.event.id == chosen.event.id).verdict is MarkKind.VERIFIED
        await pilot.press("u")
        await wait_for(pilot, lambda: (row := app.main.events.row) and row.verdict is MarkKind.DISPUTED, "the undo")


@pytest.fixture
async def shipped_store(shipped: Path) -> AsyncIterator[Store]:
    async with await open_store(str(shipped)) as store:
        yield store


async def test_the_shipped_situation_as_of_the_twelfth(shipped_store: Store) -> None:
    twelfth = end_of(*parse_time("2021-08-12", "Asia/Kabul"), "Asia/Kabul")
    async with opened(shipped_store, "afghanistan-2021", Clocks(as_of=twelfth)) as (app, pilot):
        await wait_for(pilot, lambda: "RECENT" not in screen_text(app) and "HOLDS" in screen_text(app), "the actor")
        text = screen_text(app)
        assert "as of 12 Aug 2021 23:59 +0430 ◀" in text
        assert "Afghanistan 2021" in text
        assert app.main.board is not None
        taliban = app.main.board.tallies[0]
        assert f"Taliban {taliban.held}/34" in text
        assert "~" in text
        await pilot.press("slash")
        await type_in(pilot, "place:ghazni kind:deal")
        await pilot.press("enter")
        await wait_for(pilot, lambda: "EVENTS 1  /place:ghazni kind:deal" in screen_text(app), "the deal")
        await wait_for(pilot, lambda: "against" in screen_text(app), "the denial")
        before = app.session.clocks
        await pilot.press("left_square_bracket")
        await wait_for(pilot, lambda: app.session.clocks != before, "the change before")
        await pilot.press("left_curly_bracket")
        await wait_for(pilot, lambda: f"Taliban {taliban.held}/34" not in screen_text(app), "another tally")
        await pilot.press("backslash", "left_curly_bracket", "0")
        await wait_for(pilot, lambda: "Taliban 34/34" in screen_text(app), "now")


async def test_more_events_than_are_counted_at_once_are_counted_on(
    store: Store, colleague: Store, situation: str
) -> None:
    events = tuple(event_on(1 + number % 28) for number in range(1_001))
    await store.write(situation, Draft("add", events=events, claims=tuple(map(claim_on, events))))
    async with opened(store, situation) as (app, pilot):
        await wait_for(pilot, lambda: "EVENTS 1,001 " in screen_text(app), "all to be counted")
        late = event_on(5, "middle", summary="late")
        await colleague.write(situation, Draft("add", events=(late,), claims=(claim_on(late),)))
        await wait_for(pilot, lambda: "EVENTS 1,002 " in screen_text(app), "one more")


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_names_in_arabic_script_stand_beside_where_they_fit(shipped_store: Store, size: tuple[int, int]) -> None:
    async with opened(shipped_store, "afghanistan-2021", size=size) as (app, pilot):
        await pilot.press("1")
        await wait_for(pilot, lambda: "هرات" in screen_text(app), "Herat's own name")
        assert "Herat" in screen_text(app)
