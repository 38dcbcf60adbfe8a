"""The screen, opened on a store in memory as most tests want it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot

from model.catalog import Catalog
from model.entities import Stance
from tests.tui_fakes import PRESENT, FakeStore, claim_on, event_on, screen_text, wait_for
from tui.app import SitmonApp

WIDE, NARROW, SMALL = (120, 40), (80, 24), (60, 20)


async def three_days(catalog: Catalog) -> FakeStore:
    """Return a store in which something happened on three days, on the last of them in another place."""
    store = FakeStore(catalog)
    for day in (3, 6, 9):
        event = event_on(day, "north" if day < 9 else "south")
        await store.happen(event, claims=[claim_on(event)])
    return store


async def eighteen_days(catalog: Catalog) -> FakeStore:
    """Return a store to which something that happened on each of 18 days, `number 1` first, came at once."""
    store = FakeStore(catalog)
    await store.happen(*(event_on(day, summary=f"number {day}") for day in range(1, 19)))
    return store


async def denied_days(catalog: Catalog) -> FakeStore:
    """Return a store in which something happened on each of 18 days, and one side denies all of it."""
    store = FakeStore(catalog)
    for day in range(1, 19):
        event = event_on(day, ("north", "middle", "south")[day % 3], ("capture", "clash", "entered")[day % 3])
        claims = [claim_on(event, quote=f"it fell on the {day}"), claim_on(event, "blue-ministry", Stance.DENIES)]
        await store.happen(event, claims=claims)
    return store


async def numbered(catalog: Catalog, many: int) -> FakeStore:
    """Return a store in which so many things happened, `number 0` first, over 18 days and in three places."""
    store = FakeStore(catalog)
    for number in range(many):
        event = event_on(1 + number % 18, ("north", "middle", "south")[number % 3], summary=f"number {number}")
        await store.happen(event, claims=[claim_on(event)])
    return store


@asynccontextmanager
async def opened(
    store: FakeStore, size: tuple[int, int] = WIDE, **more: Any
) -> AsyncIterator[tuple[SitmonApp, Pilot[int]]]:
    """Open the screen, and wait until it shows the first rows of a store that has some.

    Args:
        store: what it shows.
        size: columns and lines.
        more: what the app is told besides.
    """
    app = SitmonApp(store, store.known, present=lambda: PRESENT, **more)
    async with app.run_test(size=size) as pilot:
        await wait_for(pilot, lambda: app.main.board and app.main.events.row and app.main.total, "the first rows")
        yield app, pilot


async def shows(pilot: Pilot[int], *texts: str) -> None:
    """Wait until all of these are on the screen."""
    await wait_for(pilot, lambda: all(text in screen_text(pilot.app) for text in texts), f"{texts}")
