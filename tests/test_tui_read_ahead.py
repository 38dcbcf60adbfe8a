"""Rows beyond the screen are read in time, each page once, while the screen goes on."""

import asyncio
from typing import Any

import pytest

from model.catalog import Catalog
from model.query import Page
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
