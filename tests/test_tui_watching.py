"""Watched filters: what comes for one is told until it is looked at, also after a restart."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from model.catalog import Catalog
from tests.tui_fakes import PRESENT, FakeStore, event_on, screen_text, wait_for
from tui.app import SitmonApp


@pytest.fixture
async def store(catalog: Catalog) -> FakeStore:
    store = FakeStore(catalog)
    await store.happen(*(event_on(day, kind=("capture", "clash")[day % 2]) for day in range(1, 9)))
    return store


@asynccontextmanager
async def opened(store: FakeStore, folder: Path) -> AsyncIterator[tuple[SitmonApp, Pilot[int]]]:
    app = SitmonApp(
        store,
        store.known,
        present=lambda: PRESENT,
        filters=folder / "filters.toml",
        memory=lambda: folder / "looked.json",
    )
    async with app.run_test(size=(100, 30)) as pilot:
        await wait_for(pilot, lambda: app.main.total and app.session.looked, "the first reading")
        yield app, pilot
    assert app.session.looked is not None
    await app.session.looked.end(app.session)


async def shows(pilot: Pilot[int], *texts: str) -> None:
    await wait_for(pilot, lambda: all(text in screen_text(pilot.app) for text in texts), f"{texts}")


async def test_what_comes_for_a_watched_filter_is_told_until_it_is_looked_at(store: FakeStore, tmp_path: Path) -> None:
    async with opened(store, tmp_path) as (app, pilot):
        await pilot.press("w")
        await shows(pilot, "nothing is filtered")
        await pilot.press("slash", *"kind:clash", "enter", "w", *"fights", "enter")
        await shows(pilot, "watched: you are told of new matches", "fights")
        await pilot.press("escape")
        await shows(pilot, "EVENTS 8")
        await store.happen(event_on(9, kind="clash"), event_on(9, kind="capture"))
        await shows(pilot, "1 watched", "f lists the watched filters: 1 new in fights")
        await pilot.press("f")
        await shows(pilot, "1 new     /kind:clash")
        await pilot.press("enter")
        await wait_for(pilot, lambda: "EVENTS 5  /kind:clash" in screen_text(app), "the filter")
        assert "1 watched" not in screen_text(app)
    await store.happen(event_on(9, kind="clash"), event_on(9, kind="clash"))
    async with opened(store, tmp_path) as (app, pilot):
        await shows(pilot, "2 watched", "2 new in fights")
        await pilot.press("slash", *"kind:clash", "enter")
        await wait_for(pilot, lambda: "2 watched" not in screen_text(app), "it to be looked at")
        await pilot.press("w")
        await shows(pilot, "no longer watched")
        await store.happen(event_on(9, kind="clash"))
        await shows(pilot, "1 new")
        assert not app.session.watching.number
        await pilot.press("f")
        await shows(pilot, "fights")
        assert "watched  " not in screen_text(app)
