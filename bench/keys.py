"""What a key costs: from the key until the last chunk that changed what it was to change, and the bytes written.

The same for sitmon, for the least that Textual can do, for Textual's own table, and for lnav, each where it has such a
key, in one run. Keys that move are pressed in the rhythm of a held key, so that nothing that waits until the cursor
rests is counted; there is a row for that by itself.
"""

import math
import shutil
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import generate, peers
from bench.pty import Change, Terminal
from bench.store import Timing

DOWN, PAGE_DOWN, ESCAPE = "\x1b[B", "\x1b[6~", "\x1b"
HELD = 0.04
"""Seconds of silence after which a held key comes again; sitmon reads details after a rest of 0.06."""
RESTED = 0.3
"""Seconds of silence after which all that a key led to has been painted."""
TYPIST = 0.08
"""Seconds between the letters of somebody who types fast."""
FILTERS = (
    "con",
    "c",
    "bat",
    "br",
    "kind:clash",
    "place:p3",
    "pa",
    "re",
    "actor:side2",
    "cr",
    "n",
    "kind:shelling",
    "dep",
    "grade:B2",
    "si",
    "convoy b",
    "source:s5",
    "-kind:clash",
    "against:side1",
    "rel",
)
"""What is typed: with its last letter, other rows are listed."""
WORDS = ("con", "bat", "dep", "rel", "pat", "bor", "sin", "str")
"""Begun words, for what looks for parts of words: nearly every letter leaves other rows."""

MOVE, MOVED, SCROLL, PAGE = "the cursor, one row", "… until its details", "scrolling one row", "a page"
ECHO, FAST_ECHO, FIRST_PAGE = "a filter: a letter's echo", "… typed fast", "a filter: its first page"
STEP, STEPPED = "the clock, a change back: control and log", "… the clock, until its details"
HELP, EVIDENCE, FILTER = "`?`, the keys over it all", "`e`, the drawer", "`/`, the line for a filter"
ROWS = {
    MOVE: "",
    MOVED: "",
    SCROLL: "p50 < 5, p95 < 12, < 1 KB",
    PAGE: "p95 < 25",
    ECHO: "at once",
    FAST_ECHO: "at once",
    FIRST_PAGE: "p95 < 60",
    STEP: "p95 < 60",
    STEPPED: "",
    HELP: "",
    EVIDENCE: "",
    FILTER: "",
}
"""What is measured, in order, and the goal for sitmon."""


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the screen."""

    rows: range
    columns: range

    def has_any(self, change: Change) -> bool:
        """Say whether the chunk changed a cell of it."""
        return any(row in self.rows and column in self.columns for row, column in change.cells)


@dataclass(frozen=True, slots=True)
class Sample:
    """One key, and all that was written until the next."""

    sent: float
    changes: tuple[Change, ...]

    def painted(self, box: Box, *, first: bool = False) -> tuple[float, int] | None:
        """Return seconds until the last, or the first, chunk that changed a cell of the box, and the bytes written.

        The bytes are those until the first one, or all of them; None if none changed a cell.
        """
        found = [number for number, change in enumerate(self.changes) if box.has_any(change)]
        if not found:
            return None
        seen = self.changes[: found[0] + 1] if first else self.changes
        return self.changes[found[0 if first else -1]].at - self.sent, sum(change.written for change in seen)


@dataclass(frozen=True, slots=True)
class Figure:
    """What a key cost over many samples."""

    painted: Timing
    """Milliseconds."""
    written: float
    """Bytes, the median."""


def whole(terminal: Terminal) -> Box:
    """Return all of the screen."""
    return Box(range(terminal.rows), range(terminal.columns))


class Typist:
    """Presses keys in a terminal, and keeps when."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal

    def prepare(self, *keys: str) -> None:
        """Press keys that are not measured, and wait until all is painted."""
        for key in keys:
            self.terminal.send(key)
            self.terminal.read(RESTED, first=1.0)
        self.terminal.replay()

    def press(self, keys: Sequence[str], quiet: float, *, limit: float = 5.0) -> list[Sample]:
        """Press each key, and read until it is quiet for so many seconds; `limit` ends the reading in any case."""
        self.terminal.read(RESTED)
        self.terminal.replay()
        begin = len(self.terminal.chunks)
        marks = []
        for key in keys:
            marks.append((self.terminal.send(key), len(self.terminal.chunks) - begin))
            self.terminal.read(quiet, first=min(1.0, limit), limit=limit)
        changes = self.terminal.replay()
        ends = [*(start for _, start in marks[1:]), len(changes)]
        return [Sample(sent, tuple(changes[start:end])) for (sent, start), end in zip(marks, ends, strict=True)]


def figure(samples: Sequence[Sample], box: Box, *, first: bool = False) -> Figure:
    """Return what the keys cost that changed the box.

    Raises:
        RuntimeError: most of them changed nothing, so that it was not measured what should be.
    """
    found = [seen for sample in samples if (seen := sample.painted(box, first=first)) is not None]
    if len(found) * 2 <= len(samples):
        raise RuntimeError(f"only {len(found)} of {len(samples)} keys changed anything in {box}")
    return Figure(timing([taken for taken, _ in found]), statistics.median(written for _, written in found))


def timing(seconds: Sequence[float]) -> Timing:
    """Return the median and the 95th percentile, in milliseconds."""
    ordered = sorted(seconds)
    return Timing(statistics.median(ordered) * 1_000, ordered[math.ceil(len(ordered) * 0.95) - 1] * 1_000)


@dataclass(frozen=True, slots=True)
class _Program:
    argv: list[str]
    shown: str
    """What its screen shows when it is ready."""
    play: "Callable[[Typist], Iterator[tuple[str, Figure]]]"
    rows: int = 40
    columns: int = 120
    margins: bool = True
    """Whether its terminal says that it has left and right margins."""


def measure(store: Path, folder: Path, report: Callable[[str], None]) -> dict[str, dict[str, Figure]]:
    """Measure every program; return its figures by program and row.

    Args:
        store: a store of made-up events.
        folder: where to write a log file; programs find no settings there.
        report: is told what is measured now.
    """
    programs = _ours(store) | {
        "minimal Textual app": _Program([sys.executable, "-m", "bench.peers", "counter"], "ready", _counter),
        "its input": _Program([sys.executable, "-m", "bench.peers", "input"], "ready", _input),
        f"DataTable, {peers.ROWS:,} rows": _Program([sys.executable, "-m", "bench.peers", "table"], "202[34]-", _table),
    }
    if lnav := shutil.which("lnav"):
        log = folder / "events.log"
        peers.write_log(log)
        programs[f"lnav, {peers.LOG_LINES:,} lines"] = _Program([lnav, str(log)], r"LOG .*202[34]-", _lnav)
    return _measured(programs, folder, report)


def measure_ours(store: Path, folder: Path, report: Callable[[str], None]) -> dict[str, dict[str, Figure]]:
    """Measure sitmon alone; as `measure`."""
    return _measured(_ours(store), folder, report)


def _ours(store: Path) -> dict[str, _Program]:
    sitmon = [sys.executable, "-m", "sitmon", "--store", str(store), "--situation", generate.SITUATION]
    return {
        "sitmon": _Program(sitmon, r"(?s)CITIES [1-9].*\+1-0", _sitmon),
        "… no margins": _Program(sitmon, r"(?s)CITIES [1-9].*\+1-0", _without_margins, margins=False),
        "… at 80×24": _Program(sitmon, r"EVENTS \d.*\s", _one_pane, rows=24, columns=80, margins=False),
    }


def _measured(
    programs: dict[str, _Program], folder: Path, report: Callable[[str], None]
) -> dict[str, dict[str, Figure]]:
    home = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder / "config")}
    found = {}
    for name, one in programs.items():
        report(f"keys: {name}")
        terminal = Terminal(one.argv, env=home, rows=one.rows, columns=one.columns, margins=one.margins)
        try:
            terminal.wait_for(one.shown)
            terminal.read(1.0)
            found[name] = dict(one.play(Typist(terminal)))
        finally:
            terminal.close()
    return found


def _moves(typist: Typist, log: Box) -> Iterator[tuple[str, Figure]]:
    height = len(log.rows)
    typist.prepare(*(PAGE_DOWN,) * 8)  # the newest rows may be alike
    there_and_back = ("\x1b[A",) * (height // 2) + (DOWN,) * (height // 2 - 1)
    yield MOVE, figure(typist.press(there_and_back, HELD), log)
    yield MOVED, figure(typist.press((DOWN,) * 15, RESTED), whole(typist.terminal))
    typist.prepare(DOWN * height)
    yield SCROLL, figure(typist.press((DOWN,) * 60, HELD), log)
    yield PAGE, figure(typist.press((PAGE_DOWN,) * 40, HELD), log)


def _openings(typist: Typist) -> Iterator[tuple[str, Figure]]:
    everything = whole(typist.terminal)
    for row, key, leave in ((HELP, "?", ESCAPE), (EVIDENCE, "e", "e"), (FILTER, "/", ESCAPE)):
        samples = []
        for _ in range(8):
            samples += typist.press(key, RESTED)
            typist.prepare(leave)
        yield row, figure(samples, everything)


def _without_margins(typist: Typist) -> Iterator[tuple[str, Figure]]:
    yield from _moves(typist, _boxes(typist.terminal)[0])


def _one_pane(typist: Typist) -> Iterator[tuple[str, Figure]]:
    typist.terminal.replay()
    yield from _moves(typist, Box(range(2, typist.terminal.rows - 1), range(typist.terminal.columns)))
    yield from _openings(typist)


def _sitmon(typist: Typist) -> Iterator[tuple[str, Figure]]:
    (log, control, asked), everything = _boxes(typist.terminal), whole(typist.terminal)
    yield from _moves(typist, log)
    typist.prepare("g")
    slow, fast = [], []
    for text in FILTERS:
        typist.prepare("/", text[:-1])
        slow += typist.press(text[-1], RESTED)
        typist.prepare(ESCAPE, "/")
        fast += typist.press(text, TYPIST, limit=TYPIST)
        typist.prepare(ESCAPE)
    yield ECHO, figure(slow, asked, first=True)
    yield FAST_ECHO, figure(fast, asked, first=True)
    yield FIRST_PAGE, figure(slow, log)
    steps = typist.press("[" * 25, RESTED)
    yield STEP, figure(steps, control)
    yield STEPPED, figure(steps, everything)
    typist.prepare("0")
    yield from _openings(typist)


def _boxes(terminal: Terminal) -> tuple[Box, Box, Box]:
    """Return the log's rows; those of cities and log; the line in which a filter is typed."""
    lines = terminal.lines()
    begin, end = (at for at, cell in enumerate(lines[1]) if cell == "│")
    bottom = next(at for at, line in enumerate(lines) if line.startswith("───"))
    log = Box(range(2, bottom), range(begin + 1, end))
    return (
        log,
        Box(range(2, bottom), range(end)),
        Box(range(terminal.rows - 2, terminal.rows - 1), range(len(lines[0]))),
    )


def _counter(typist: Typist) -> Iterator[tuple[str, Figure]]:
    yield MOVE, figure(typist.press((DOWN,) * 60, HELD), whole(typist.terminal))


def _input(typist: Typist) -> Iterator[tuple[str, Figure]]:
    yield ECHO, figure(typist.press("".join(FILTERS), HELD), whole(typist.terminal), first=True)


def _table(typist: Typist) -> Iterator[tuple[str, Figure]]:
    everything, height = whole(typist.terminal), typist.terminal.rows - 2
    rows = Box(range(1, height), everything.columns)
    yield MOVE, figure(typist.press((DOWN,) * (height - 3), HELD), rows)
    typist.prepare(DOWN * height)
    yield SCROLL, figure(typist.press((DOWN,) * 60, HELD), rows)
    yield PAGE, figure(typist.press((PAGE_DOWN,) * 15, HELD), rows)
    samples = []
    for word in WORDS:
        typist.prepare("/")
        samples += typist.press(word, RESTED)
        typist.prepare(ESCAPE)
    yield ECHO, figure(samples, Box(range(height, height + 2), everything.columns), first=True)
    yield FIRST_PAGE, figure(samples, rows)


def _lnav(typist: Typist) -> Iterator[tuple[str, Figure]]:
    # Its first row has a clock in it, which is not the key's doing.
    below = Box(range(1, typist.terminal.rows), range(typist.terminal.columns))
    typist.prepare("g")
    yield SCROLL, figure(typist.press("j" * 60, HELD), below)
    yield PAGE, figure(typist.press(" " * 40, HELD), below)
    samples = []
    for word in WORDS:
        typist.prepare("/")
        samples += typist.press(word, RESTED)
        typist.prepare("\x1d")
    yield ECHO, figure(samples, Box(below.rows[-1:], below.columns), first=True)
