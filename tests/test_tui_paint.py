"""What is painted bit by bit is what repainting everything would show: after random keys, paced and in bursts.

`SITMON_PAINT_KEYS=1000 pytest tests/test_tui_paint.py` presses that many in each test, `SITMON_PAINT_SEED=8` others.
"""

import asyncio
import os
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.pty import PATIENCE, Terminal
from model.entities import Claim, Event, Stance
from model.ids import new_id
from model.times import MINUTE, Precision, parse_time
from store import open_store
from store.base import Draft
from tests.tui_calm import CALM

KEYS = int(os.environ.get("SITMON_PAINT_KEYS", "48"))
SEED = int(os.environ.get("SITMON_PAINT_SEED", "7"))
ROUND = 12
"""Keys between two full repaints."""
PACE = 0.02
"""Seconds between keys that are not sent at once."""

STEPS = ("j", "k", "\x1b[A", "\x1b[B", "j" * 5, "k" * 5, "j" * 40, "k" * 40)
"""By a row each, so that some scroll and some do not."""
MOVES = (*STEPS, "\x1b[6~", "\x1b[5~", "\x04", "\x15", "g", "G")
PANES = ("\t", "\x1b[Z", "1", "2", "3", "l", "\r", "e", "S", ".", "p")
CLOCKS = ("[", "]", "{", "}", "\\", "0")
MARKS = ("m", "s", "xv", "xd", "u", "\x12")
ASKED = ("/the", "/place:kabul", "/-kind:capture", "ttagged", "cnoted")
ESCAPE = "\x1b[27u"
"""As terminals with the kitty protocol send it: it cannot be taken for the begin of what follows."""
OVER = (f"?{ESCAPE}", f"?\x1b[6~{ESCAPE}", ":events\r", f":now{ESCAPE}", f"/ka{ESCAPE}", ESCAPE)
"""What is opened over the panes and left again: one thing before each round."""
OTHERS = (*PANES, *CLOCKS, *MARKS, *(f"{text}\r" for text in ASKED))
"""Keys that neither quit nor stop the program."""
CLEARED = "\x1b[24~"
"""A key that does nothing but end a message in the last line, as redrawing does."""
REDRAW = "\x0c"


PROBE = "\x1b[23~"
"""F11: the program answers it when it has nothing left to do."""


@pytest.fixture
def screen(request: pytest.FixtureRequest, shipped: Path, tmp_path: Path) -> Iterator[tuple[Terminal, Path]]:
    """The real command on a real terminal, and its store."""
    columns, rows, margins = request.param
    home = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    argv = [sys.executable, "-m", "tests.tui_calm", "--store", str(shipped)]
    terminal = Terminal(argv, rows=rows, columns=columns, env=home, margins=margins)
    try:
        terminal.wait_for(r"EVENTS \d")
        yield terminal, shipped
    finally:
        terminal.close()


@pytest.mark.parametrize(
    ("screen", "together"),
    [
        pytest.param((120, 40, True), 1, id="paced"),
        pytest.param((120, 40, True), ROUND, id="in bursts"),
        pytest.param((120, 40, False), ROUND, id="without margins"),
        pytest.param((80, 24, False), ROUND, id="one pane, in bursts"),
        pytest.param((170, 50, True), ROUND, id="wide, in bursts"),
    ],
    indirect=["screen"],
)
def test_the_screen_equals_a_full_repaint(screen: tuple[Terminal, Path], together: int) -> None:
    terminal, path = screen
    chooser = random.Random(f"{SEED} {together} {terminal.columns}")
    pressed: list[str] = []
    for number in range(0, KEYS, ROUND):
        if number % (3 * ROUND) == 2 * ROUND:
            asyncio.run(arrive(path, number))
        pressed.append(chooser.choice(OVER))
        terminal.send(pressed[-1])
        settle(terminal)
        steps_alone = chooser.random() < 0.5
        for _ in range(ROUND // together):
            pressed.append("".join(choose(chooser, steps_alone=steps_alone) for _ in range(together)))
            terminal.send(pressed[-1])
            terminal.read(PACE, limit=PACE)
        settle(terminal)
        expect_full_repaint(terminal, pressed)


def choose(chooser: random.Random, *, steps_alone: bool) -> str:
    """Return a key or a few that belong together, moves above all."""
    if steps_alone:
        return chooser.choice(STEPS)
    return chooser.choice(MOVES if chooser.random() < 0.7 else OTHERS)


async def arrive(path: Path, number: int) -> None:
    """Let another session write an event."""
    at = parse_time("2021-08-14")[0] + number * MINUTE
    event = Event(new_id(), "clash", at, Precision.MINUTE, f"arrived {number}", place="kabul", actor="taliban")
    claim = Claim(new_id(), event.id, "afp", Stance.ASSERTS, reported_at=at, credibility=2)
    async with await open_store(str(path)) as store:
        (situation,) = await store.situations()
        await store.write(situation.id, Draft("arrive", events=(event,), claims=(claim,)))


def settle(terminal: Terminal) -> None:
    """Read until the program has nothing left to do."""
    begin = len(terminal.chunks)
    terminal.send(PROBE)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        terminal.read(0.001, first=0.1, limit=0.1)
        if CALM.encode() in b"".join(data for _, data in terminal.chunks[begin:]):
            return
    terminal.replay()
    raise AssertionError("the program ended, or never came to rest:\n" + "\n".join(terminal.lines()))


def expect_full_repaint(terminal: Terminal, pressed: list[str]) -> None:
    """Compare every cell, colours and all, with what is painted on a screen of which nothing is known."""
    terminal.send(CLEARED)
    settle(terminal)
    terminal.replay()
    looks, seen = terminal.emulator.looks(), terminal.lines()
    terminal.blank("?")
    terminal.send(REDRAW)
    settle(terminal)
    terminal.replay()
    painted, fresh = terminal.lines(), terminal.emulator.looks()
    assert any(line.strip() for line in painted)
    differing = [y for y in range(terminal.rows) if looks[y] != fresh[y]]
    shown = "\n".join(f"{y:2} was {seen[y]}\n   now {painted[y]}" for y in differing)
    assert not differing, f"after {pressed[-12:]!r} of {len(pressed)}:\n{shown}"
