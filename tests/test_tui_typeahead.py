"""Keys that arrive in one burst do what they do one by one, and a way out waits for none of them.

`SITMON_BURST_KEYS=600 pytest tests/test_tui_typeahead.py` presses that many, `SITMON_BURST_SEED=8` others.
"""

import asyncio
import os
import random
import shutil
import sys
from pathlib import Path

import pytest
from textual import events

from bench.pty import Terminal
from model.catalog import Catalog
from model.query import EventQuery
from store import open_store
from tests.test_tui_paint import CLEARED, ESCAPE, settle
from tests.tui_fakes import FakeStore, screen_text, wait_for
from tests.tui_open import numbered, opened
from tui import typeahead
from tui.app import SitmonApp
from tui.layout import NARROW

KEYS = int(os.environ.get("SITMON_BURST_KEYS", "24"))
SEED = int(os.environ.get("SITMON_BURST_SEED", "7"))
BURST = 12
"""Tokens that are written at once."""

MOVES = ("j", "k", "\x1b[B", "\x1b[A", "jjj", "g", "G", "1", "2", "3g", "\rg", "e", "n", "N")
"""In a file or the drawer from its top: where its cursor stands depends on what was shown while another one rested."""
DEEDS = ("m", "s", "xv", "xd", "xr", "u", "\x12", " ", "v", "[", "]", "{", "}", "0", "So", "Sr", "H", "L", ESCAPE)
ASKED = (
    "/kabul\r",
    "/the\r",
    "/x" + ESCAPE,
    "/place:her\t\r",
    "/\x1b[A\r",
    "ttagged\r",
    "cnoted\r",
    ":now\r",
    ":star\r",
)
OVER = (
    f"?{ESCAPE}",
    f"?clock{ESCAPE}",
    ":events\r",
    f":ev\x1b[B{ESCAPE}",
    f"E{ESCAPE}",
    f"x={ESCAPE}",
    f"o{ESCAPE}",
    "T\r",
)


def choose(chooser: random.Random) -> str:
    """Return a key, or a few of which the first opens what the others are for."""
    kinds = (MOVES, MOVES, MOVES, DEEDS, DEEDS, ASKED, OVER)
    return chooser.choice(chooser.choice(kinds))


def single(keys: str) -> list[str]:
    """Return the keys one by one, sequences whole."""
    found: list[str] = []
    for part in keys.split("\x1b"):
        if found or keys.startswith("\x1b"):
            end = next((at for at, letter in enumerate(part[1:], 2) if letter.isalpha() or letter == "~"), len(part))
            if part:
                found.append("\x1b" + part[:end])
            found += part[end:]
        else:
            found += part
    return found


def test_sequences_are_told_apart() -> None:
    assert single(f"ab\x1b[6~c{ESCAPE}\x1b[Bd") == ["a", "b", "\x1b[6~", "c", ESCAPE, "\x1b[B", "d"]
    assert single("\x1b[A") == ["\x1b[A"]


@pytest.mark.parametrize(("columns", "rows"), [(120, 40), (80, 24)])
def test_a_burst_ends_where_single_keys_end(shipped: Path, tmp_path: Path, columns: int, rows: int) -> None:
    for name in ("burst.db", "single.db"):
        shutil.copy(shipped, tmp_path / name)
    burst, alone = (start(tmp_path / name, columns, rows) for name in ("burst.db", "single.db"))
    chooser = random.Random(f"{SEED} {columns}")
    before: list[list[str]] = []
    try:
        for terminal in (burst, alone):
            terminal.wait_for(r"EVENTS \d")
            settle(terminal)
        for _ in range(0, KEYS, BURST):
            keys = [*(choose(chooser) for _ in range(BURST)), "3g2"]
            burst.send("".join(keys))
            settle(burst)
            for key in single("".join(keys)):
                alone.send(key)
                settle(alone)
            seen = [stands(terminal) for terminal in (burst, alone)]
            assert seen[0] == seen[1], f"in a burst, and one by one, after {keys!r}, before them {before!r}"
            assert asyncio.run(marks(tmp_path / "burst.db")) == asyncio.run(marks(tmp_path / "single.db"))
            before.append(keys)
    finally:
        burst.close()
        alone.close()


def stands(terminal: Terminal) -> list[str]:
    """Return the title lines with clock, filter and number of events, and the line of the log that has the cursor."""
    terminal.send(CLEARED)
    settle(terminal)
    terminal.replay()
    lines = terminal.lines()
    title = next(line for line in lines if "EVENTS" in line)
    here = next((line for line in lines if "▌" in line), "")
    if terminal.columns >= NARROW:
        return [lines[0], title.split("│")[1], *here.split("│")[1:2]]
    return [lines[0], title.split("EVENTS")[1].split("3 ")[0], here]


def start(store: Path, columns: int, rows: int) -> Terminal:
    """Open the real command on a store."""
    folder = store.with_suffix(".home")
    folder.mkdir()
    home = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    return Terminal(
        [sys.executable, "-m", "tests.tui_calm", "--store", str(store)], rows=rows, columns=columns, env=home
    )


async def marks(path: Path) -> list[tuple[object, ...]]:
    """Return what is marked on each event."""
    async with await open_store(str(path)) as store:
        (situation,) = await store.situations()
        page = await store.page(situation.id, EventQuery(), limit=1_000)
        return [(row.event.id, row.read, row.starred, row.tags, row.verdict, row.notes) for row in page.rows]


# -- the way out -------------------------------------------------------------------------------------------------------


@pytest.fixture
async def store(catalog: Catalog) -> FakeStore:
    return await numbered(catalog, 40)


def press_at_once(app: SitmonApp, keys: str) -> None:
    """Let keys arrive together; `~` is ctrl+c, `<` Esc and `⏎` Enter."""
    named = {"~": "ctrl+c", "<": "escape", "⏎": "enter"}
    for key in keys:
        app.post_message(events.Key(named.get(key, key), None if key in named else key))


@pytest.mark.parametrize("before", ["", "/", "?"])
async def test_ctrl_c_waits_for_no_key_and_drops_those_that_wait(store: FakeStore, before: str) -> None:
    async with opened(store, (80, 24)) as (app, pilot):
        taken = 0
        take_key = app.main.take_key

        async def count(event: events.Key) -> None:
            nonlocal taken
            taken += 1
            await take_key(event)

        app.main.take_key = count  # type: ignore[method-assign]
        press_at_once(app, before + "jk" * 10_000 + "~")
        await wait_for(pilot, lambda: "again quits" in screen_text(app), "ctrl+c to be heard")
        assert taken < 10_000
        press_at_once(app, "~")
        await wait_for(pilot, lambda: app.return_value == 0, "the end")


async def test_another_key_between_makes_the_next_ctrl_c_a_first_one(store: FakeStore) -> None:
    async with opened(store, (80, 24)) as (app, pilot):
        await pilot.press("slash", "ctrl+c", "a")
        await wait_for(pilot, lambda: app.main.question.text == "a", "what was typed")
        await pilot.press("ctrl+c")
        assert "again quits" in screen_text(app)
        assert app.return_value is None
        await pilot.press("ctrl+c")
        assert app.return_value == 0


async def test_keys_behind_an_input_wait_until_it_has_said_what_was_typed(store: FakeStore) -> None:
    async with opened(store, (80, 24)) as (app, pilot):
        press_at_once(app, "/number⏎jj?a<j/x<jtlate⏎jms")
        await wait_for(pilot, lambda: {"late", ""} <= {mark.value for mark in store.marks}, "the marks")
        await wait_for(pilot, lambda: app.main.question.display is False, "the line to close")
        assert not app.main.question.text.endswith("j")
        rows = app.main.log_window
        tagged = next(mark.event for mark in store.marks if mark.value == "late")
        await wait_for(pilot, lambda: len(store.marks) == 3, "all marks")
        others = {mark.event for mark in store.marks if not mark.value}
        assert len(others) == 1
        assert rows.position_of(others.pop()) == (rows.position_of(tagged) or 0) + 1


async def test_keys_behind_what_opens_a_list_wait_until_it_has_its_place(store: FakeStore) -> None:
    async with opened(store, (80, 24)) as (app, pilot):
        drawer = app.main.evidence
        press_at_once(app, "u⏎gj")
        await wait_for(pilot, lambda: drawer.has_focus and drawer.cursor, "the key to be taken")
        assert (drawer.cursor, drawer.top) == (1, 0)


async def test_a_store_that_does_not_answer_holds_keys_up_once(
    store: FakeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typeahead, "PATIENCE", 0.01)
    async with opened(store, (80, 24)) as (app, pilot):
        page, never = store.page, asyncio.Event()

        async def stuck(*args: object, **more: object) -> object:
            await never.wait()
            return await page(*args, **more)  # type: ignore[arg-type]

        monkeypatch.setattr(store, "page", stuck)
        press_at_once(app, "Gjjjj1")
        await wait_for(pilot, lambda: app.main.focused is app.main.cities, "the keys to go on")
