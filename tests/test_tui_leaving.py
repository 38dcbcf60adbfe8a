"""Leaving: at once, but for what was asked to be written."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot

from model.catalog import Catalog
from model.entities import MarkKind
from model.errors import StoreBusy
from model.filters.conditions import Marked
from model.query import EventQuery
from store.base import Draft, Store, Written
from tests.test_tui_review import REPORT, four
from tests.tui_fakes import PRESENT, FakeStore, event_on, screen_text, wait_for
from tests.tui_open import eighteen_days, opened, shows
from tui.app import SitmonApp
from tui.screens.review import ReviewScreen


class Held:
    """A store's writing, held up until it is let go; before and after that all goes its way."""

    def __init__(self, store: Store) -> None:
        self.let = asyncio.Event()
        self.error: StoreBusy | None = None
        self.waiting = 0
        self._write: Callable[[str, Draft], Any] = store.write
        store.write = self._held  # type: ignore[method-assign]

    async def _held(self, situation: str, draft: Draft) -> Written:
        self.waiting += 1
        await self.let.wait()
        if self.error is not None:
            raise self.error
        written: Written = await self._write(situation, draft)
        return written


@pytest.fixture
async def fake(catalog: Catalog) -> FakeStore:
    return await eighteen_days(catalog)


@asynccontextmanager
async def held(fake: FakeStore, size: tuple[int, int] = (80, 24)) -> AsyncIterator[tuple[SitmonApp, Pilot[int], Held]]:
    async with opened(fake, size) as (app, pilot):
        yield app, pilot, Held(fake)


def is_left(app: SitmonApp) -> bool:
    return app._exit


@pytest.mark.parametrize("keys", [("Q",), ("q",), ("ctrl+q",), ("ctrl+c", "ctrl+c"), ("?", "ctrl+q")])
async def test_leaving_waits_for_what_is_being_written_and_says_so(fake: FakeStore, keys: tuple[str, ...]) -> None:
    async with held(fake) as (app, pilot, store):
        await pilot.press("s", "j", "s")
        await wait_for(pilot, lambda: store.waiting, "the first star under way")
        await pilot.press(*keys)
        await shows(pilot, "waiting for the store · leaves then · Q: now · esc: stays")
        await pilot.press("k")
        await shows(pilot, "leaves then")
        assert not is_left(app)
        store.let.set()
        await wait_for(pilot, lambda: is_left(app), "the way out")
        assert [mark.kind for mark in fake.marks] == [MarkKind.STAR, MarkKind.STAR]
        assert not app.main.leaving.farewell


async def test_asked_for_twice_the_screen_is_left_at_once_and_says_what_it_left(fake: FakeStore) -> None:
    async with held(fake) as (app, pilot, store):
        await pilot.press("s")
        await wait_for(pilot, lambda: store.waiting, "the star under way")
        await pilot.press("Q", "Q")
        assert is_left(app)
        assert "waiting for the store; look whether it was done" in app.main.leaving.farewell
    assert not fake.marks


async def test_esc_stays_and_an_error_keeps_the_screen_too(fake: FakeStore) -> None:
    async with held(fake) as (app, pilot, store):
        await pilot.press("s")
        await wait_for(pilot, lambda: store.waiting, "the star under way")
        await pilot.press("Q", "escape")
        await shows(pilot, "the screen stays, and what is being written goes on")
        await pilot.press("Q")
        store.error = StoreBusy("somebody else writes; nothing was written")
        store.let.set()
        await shows(pilot, "nothing was written")
        assert not is_left(app)
        await pilot.press("Q")
        assert is_left(app)


async def test_a_decision_is_written_although_the_review_queue_is_left(
    store: Store, catalog: Catalog, situation: str
) -> None:
    await store.write(situation, Draft("ingest", reports=(REPORT,), proposals=four()))
    app = SitmonApp(store, catalog, present=lambda: PRESENT)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.main.board, "the first reading")
        await pilot.press("R")
        await wait_for(pilot, lambda: isinstance(app.screen, ReviewScreen) and app.screen.entries, "the queue")
        writing = Held(store)
        await pilot.press("a")
        await wait_for(pilot, lambda: writing.waiting, "the decision under way")
        await pilot.press("ctrl+q")
        await shows(pilot, "writing · leaves then")
        await pilot.press("escape", "escape")
        await shows(pilot, "EVENTS")
        writing.let.set()
        await shows(pilot, "accepted; u opens it again")
        assert not is_left(app)
        assert (await store.proposals(situation)).open == 3


async def test_many_marks_are_all_written_before_the_screen_is_left(
    store: Store, catalog: Catalog, situation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.marking.PART", 10)
    await store.write(situation, Draft("load", events=tuple(event_on(1 + number % 20) for number in range(100))))
    app = SitmonApp(store, catalog, present=lambda: PRESENT)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.main.board and app.main.events.row, "the first rows")
        writing = Held(store)
        await pilot.press("A")
        await shows(pilot, "mark 100 events read?")
        await pilot.press("y")
        await wait_for(pilot, lambda: writing.waiting, "the first part under way")
        await pilot.press("Q")
        await shows(pilot, "leaves then")
        assert screen_text(app).count("esc: stays") == 1
        writing.let.set()
        await wait_for(pilot, lambda: is_left(app), "the way out")
        assert (await store.count(situation, EventQuery(Marked(MarkKind.READ)), cap=None)).number == 100
