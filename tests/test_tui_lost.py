"""The screen without its store: it says so, keeps what it has, pretends nothing, and goes on when the store is back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from model.catalog import Catalog
from model.errors import StoreError
from tests.tui_fakes import PRESENT, FakeStore, event_on, screen_text, wait_for
from tests.tui_open import eighteen_days
from tui.app import SitmonApp

WHY = "the store is gone; nothing is written until it is back"


@pytest.fixture
async def store(catalog: Catalog) -> FakeStore:
    return await eighteen_days(catalog)


@asynccontextmanager
async def opened(
    store: FakeStore, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int] = (120, 30)
) -> AsyncIterator[tuple[SitmonApp, Pilot[int]]]:
    monkeypatch.setattr("tui.app.LOST_STORE_WAIT", 0.05)
    app = SitmonApp(store, store.known, present=lambda: PRESENT)
    async with app.run_test(size=size) as pilot:
        await wait_for(pilot, lambda: app.main.board and app.main.total and app.main.events.row, "the first rows")
        yield app, pilot


async def test_a_lost_store_is_said_and_heard_again(store: FakeStore, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(store, monkeypatch) as (app, pilot):
        await store.happen(event_on(19))
        await wait_for(pilot, lambda: app.session.arrived.number == 1, "the first arrival")
        store.error = StoreError(WHY)
        await store._tell()
        await wait_for(pilot, lambda: "what is shown may be out of date" in screen_text(app), "the loss")
        await pilot.press("j")
        assert "store lost" in screen_text(app)
        assert "number 18" in screen_text(app)
        await pilot.press("s")
        await wait_for(pilot, lambda: WHY in screen_text(app), "what became of the mark")
        assert "★" not in screen_text(app)
        store.error = None
        await store.happen(event_on(20))
        await wait_for(pilot, lambda: app.session.arrived.number == 2, "the second arrival")
        assert "store lost" not in screen_text(app)
        await pilot.press("s")
        await wait_for(pilot, lambda: "★" in screen_text(app), "the star")
