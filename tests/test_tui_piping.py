"""Piping events into a command: what it gets, what it prints, how it ends."""

import re
from pathlib import Path

import pytest

from model.catalog import Catalog
from tests.tui_fakes import FakeStore, claim_on, event_on, screen_text, type_in, wait_for
from tests.tui_open import opened, shows


@pytest.fixture
async def store(catalog: Catalog) -> FakeStore:
    store = FakeStore(catalog)
    for day in range(1, 8):
        event = event_on(day, summary=f"$(touch x) `number` {day}; \x1b]0;x\x07")
        await store.happen(event, claims=[claim_on(event)])
    return store


async def test_what_is_selected_or_else_listed_is_piped_and_what_comes_out_is_shown(store: FakeStore) -> None:
    async with opened(store, (100, 30)) as (app, pilot):
        for keys, number in ((("|",), 7), (("space", "space", "|"), 2)):
            await pilot.press(*keys)
            await type_in(pilot, "wc -l; printf '\\033]0;x\\007'")
            await pilot.press("enter")
            await shows(pilot, f"{number} events piped into wc -l", r"\u001b]0;x\u0007")
            assert re.search(rf"▌{number}\s", screen_text(app))
            await pilot.press("escape")
        await pilot.press("|", *"false", "enter")
        await shows(pilot, "2 events piped into false, which failed: 1")
        await pilot.press("|", *" ", "enter")
        await shows(pilot, "nothing was piped")


async def test_whoever_has_no_shell_runs_no_command(
    store: FakeStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SHELL", "/bin/false")
    async with opened(store, (100, 30)) as (_, pilot):
        await pilot.press("|")
        await type_in(pilot, f"touch {tmp_path}/made")
        await pilot.press("enter")
        await shows(pilot, "which failed: 1")
    assert not (tmp_path / "made").exists()


async def test_a_command_without_an_end_is_ended_by_esc(store: FakeStore) -> None:
    async with opened(store, (100, 30)) as (app, pilot):
        await pilot.press("|", *"sleep 600", "enter")
        await shows(pilot, "waiting for sleep 600 · esc stops")
        await pilot.press("escape")
        await shows(pilot, "stopped: waiting for sleep 600; it was ended")
        await wait_for(pilot, lambda: all(one.is_finished for one in app.workers if one.group == "commands"), "its end")
        await pilot.press("|", *"yes", "enter")
        await shows(pilot, "7 events piped into yes", "only its beginning")
