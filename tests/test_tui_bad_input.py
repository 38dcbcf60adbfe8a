"""What no screen is made for: a paste where nothing is typed, keys without end, three lines, a full disk."""

import asyncio

import pytest
from textual.events import Key, Paste

from model.catalog import Catalog
from model.errors import StoreFull
from store.base import Written
from tests.tui_fakes import FakeStore, screen_text, wait_for
from tests.tui_open import eighteen_days, opened, shows
from tui import typeahead


@pytest.fixture
async def store(catalog: Catalog) -> FakeStore:
    return await eighteen_days(catalog)


async def test_a_paste_on_a_list_does_nothing_and_says_so(store: FakeStore) -> None:
    async with opened(store, (80, 24)) as (app, pilot):
        app.post_message(Paste("Qqsss" * 4_000))
        await shows(pilot, "a paste is never taken for keys")
        assert not store.marks
        await pilot.press("R")
        await shows(pilot, "REVIEW")
        app.post_message(Paste("aaaa"))
        await shows(pilot, "a paste is never taken for keys")


async def test_keys_that_wait_are_counted_and_dropped_by_ctrl_c(
    store: FakeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typeahead, "PATIENCE", 60.0)
    async with opened(store, (80, 24)) as (app, pilot):
        go_on, board = asyncio.Event(), app.session.board

        async def held() -> object:
            await go_on.wait()
            return await board()

        monkeypatch.setattr(app.session, "board", held)
        await pilot.press("[")
        for _ in range(600):
            app.post_message(Key("j", "j"))
        await shows(pilot, "keys wait · ctrl+c drops them")
        await pilot.press("ctrl+c")
        await shows(pilot, "ctrl+c again quits")
        go_on.set()
        await pilot.press("down")
        assert app.main.events.cursor == 1


async def test_three_lines_are_the_clock_a_row_and_what_is_said(store: FakeStore) -> None:
    async with opened(store, (40, 3)) as (app, pilot):
        assert "18 Aug" in screen_text(app).splitlines()[1]
        await pilot.press("s")
        await wait_for(pilot, lambda: "starred 1 event" in screen_text(app).splitlines()[2], "what became of it")
        await pilot.resize_terminal(80, 24)
        await shows(pilot, "1 CITIES")


async def test_a_note_that_could_not_be_written_can_be_had_again(
    store: FakeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> Written:
        raise StoreFull("no room is left on the disk; nothing was written")

    async with opened(store) as (_, pilot):
        with monkeypatch.context() as patch:
            patch.setattr(store, "write", full)
            await pilot.press("c", *"a long note", "enter")
            await shows(pilot, "nothing was written; ↑ in the same line brings back what you typed")
        await pilot.press("c", "up", "enter")
        await shows(pilot, "noted 1 event")
        assert store.marks[-1].value == "a long note"
