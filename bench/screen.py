"""What a person waits for: the first screen beside a minimal Textual app, memory, and the cost of doing nothing."""

import compileall
import statistics
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.pty import Terminal

_MINIMAL = (
    "from textual.app import App\n"
    "from textual.widgets import Static\n"
    "class Minimal(App):\n"
    "    def compose(self): yield Static('ready')\n"
    "Minimal().run()\n"
)

IDLE = 10.0
"""Seconds of doing nothing."""


@dataclass(frozen=True, slots=True)
class Idle:
    """The cost of doing nothing."""

    share: float
    """Of a core."""
    written: float
    """Bytes a second."""


@dataclass(frozen=True, slots=True)
class Screen:
    """Seconds, mebibytes, and idleness."""

    ours: float
    minimal: float
    resident_mib: float
    idle: Idle
    idle_minimal: Idle


def measure(store: Path, situation: str) -> Screen:
    """Start both programs in turn, and let the last ones idle."""
    with start(store, situation) as (ours, minimal, app, plain):
        costs, costs_plain = idle(app), idle(plain)
        return Screen(ours, minimal, app.resident_mib(), costs, costs_plain)


@contextmanager
def start(store: Path, situation: str, *, rounds: int = 7) -> Iterator[tuple[float, float, Terminal, Terminal]]:
    """Give the median seconds that sitmon and the minimal app take, started in turn, and the last two, still running.

    The first round warms the page cache and does not count. sitmon is started as most people do, without arguments,
    and compiled as an installed one is.
    """
    for room in ("sitmon", "tui", "store", "model"):
        compileall.compile_dir(Path(__file__).parents[1] / room, quiet=2)
    chosen = {"SITMON_STORE": str(store), "SITMON_SITUATION": situation}
    ours: list[float] = []
    minimal: list[float] = []
    with ExitStack() as opened:
        for number in range(rounds + 1):
            opened.close()
            plain = Terminal([sys.executable, "-c", _MINIMAL])
            opened.callback(plain.close)
            took_plain = plain.wait_for("ready")
            if number < rounds:
                opened.close()
            app = Terminal([sys.executable, "-m", "sitmon"], env=chosen)
            opened.callback(app.close)
            took = app.wait_for(r"(?s)CITIES.*\+1-0")
            if number:
                ours.append(took)
                minimal.append(took_plain)
        yield statistics.median(ours), statistics.median(minimal), app, plain


def idle(terminal: Terminal, *, seconds: float = IDLE) -> Idle:
    """Return what a program costs while nothing happens, after a second in which it may finish what it was doing."""
    terminal.read(seconds, limit=1.0)
    used, begin = terminal.cpu_seconds(), len(terminal.chunks)
    terminal.read(seconds, limit=seconds)
    written = sum(len(data) for _, data in terminal.chunks[begin:])
    return Idle((terminal.cpu_seconds() - used) / seconds, written / seconds)
