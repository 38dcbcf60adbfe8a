"""Rows beyond the screen are read in time, each page once, while the screen goes on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot

from model.catalog import Catalog
from model.query import EventRow, Page, Touched
from tests.tui_fakes import PRESENT, FakeStore, event_on, screen_text, wait_for
from tui.app import SitmonApp
from tui.window import FIRST


class SlowStore(FakeStore):
    """Older rows come only once `ready` is set."""

    asked = 0
    ready: asyncio.Event

    async def page(self, *args: Any, newer: bool = False, limit: int = 128, **kwargs: Any) -> Page:
        if kwargs.get("after") is not None and not newer and limit > FIRST:
            self.asked += 1
            await self.ready.wait()
        return await super().page(*args, newer=newer, limit=limit, **kwargs)


@pytest.fixture
async def store(catalog: Catalog) -> SlowStore:
    store = SlowStore(catalog)
    store.ready = asyncio.Event()
    await store.happen(*(event_on(1 + number % 18, summary=f"number {number}") for number in range(150)))
    return store


async def test_the_screen_goes_on_while_more_rows_are_read(store: SlowStore) -> None:
    app = SitmonApp(store, store.known, present=lambda: PRESENT)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: store.asked, "older rows to be asked for")
        assert app.main.events.last == FIRST - 1
        await pilot.press("j", "j")
        await store.happen(event_on(19))
        await wait_for(pilot, lambda: "1 new" in screen_text(app), "the arrival")
        assert app.main.events.cursor == 2
        assert store.asked == 1
        store.ready.set()
        await wait_for(pilot, lambda: app.main.events.last == 149, "the older rows")


@asynccontextmanager
async def opened(store: SlowStore) -> AsyncIterator[tuple[SitmonApp, Pilot[int]]]:
    """Show the store's events, all of which have been read."""
    store.ready.set()
    app = SitmonApp(store, store.known, present=lambda: PRESENT)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.main.events.last == 149, "all rows")
        await wait_for(pilot, lambda: app.main.total and app.main.board, "everything else")
        yield app, pilot


async def test_lines_that_come_onto_the_screen_while_it_is_read_anew_have_their_rows(
    store: SlowStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(store) as (app, pilot):
        log = app.main.events
        await pilot.press("p", *"jj", "ctrl+d", "ctrl+d")
        page, reads, go_on = store.page, asyncio.Event(), asyncio.Event()

        async def slow(*args: Any, **more: Any) -> Page:
            reads.set()
            await go_on.wait()
            return await page(*args, **more)

        monkeypatch.setattr(store, "page", slow)
        height = log.height
        await pilot.press("c", *"noted")
        assert log.height == height - 1
        before = log.shown
        # Nothing else is waited for: the line closes while the rows above it are read again.
        app.main.question.post_message(app.main.question.Answered("note", "noted"))
        await reads.wait()
        await wait_for(pilot, lambda: log.height == height, "the line to close")
        go_on.set()
        await wait_for(pilot, lambda: not {"asides", "catch-up"} & {one.group for one in app.workers}, "the rows")
        assert log.shown != before
        assert all(log.window.row(position) for position in range(log.shown[0], log.shown[1] + 1))
        bottom = log.shown[1]
        await pilot.press(*"j" * height)
        await wait_for(pilot, lambda: log.cursor > bottom, "the cursor to go beyond what was read again")


async def test_a_row_that_is_read_anew_does_not_take_the_cursor_back(
    store: SlowStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(store) as (app, pilot):
        log, reads, go_on = app.main.events, asyncio.Event(), asyncio.Event()
        fresh = log.window._fresh_row

        async def slow(id_: str) -> EventRow | None:
            reads.set()
            await go_on.wait()
            return await fresh(id_)

        monkeypatch.setattr(log.window, "_fresh_row", slow)
        row = log.row
        assert row is not None
        since = store.commits
        reading = asyncio.create_task(log.reread(Touched(since, since, frozenset({row.cursor.seq}))))
        await wait_for(pilot, reads.is_set, "the row to be read")
        log.go(9)
        go_on.set()
        await reading
        assert log.cursor == 9
