"""What a person waits for: the first screen beside a minimal Textual app, memory, and the cost of doing nothing."""

import statistics
import sys
import time
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


@dataclass(frozen=True, slots=True)
class Screen:
    """Seconds, mebibytes and shares of a core."""

    ours: float
    minimal: float
    resident_mib: float
    idle_share: float
    idle_bytes: int
    """Written to the terminal in `IDLE` seconds of doing nothing."""


IDLE = 5.0


def measure(store: Path, situation: str, *, rounds: int = 7) -> Screen:
    """Start both programs in turn; the first round warms the page cache and does not count."""
    ours: list[float] = []
    minimal: list[float] = []
    resident = idle_share = 0.0
    idle_bytes = 0
    for number in range(rounds + 1):
        plain = Terminal([sys.executable, "-c", _MINIMAL])
        took_plain = plain.wait_for("ready")
        plain.close()
        app = Terminal([sys.executable, "-m", "sitmon", "--store", str(store), "--situation", situation])
        took = app.wait_for(r"(?s)CITIES.*\+1-0")
        if number == rounds:
            app.read(1.0)
            resident = app.resident_mib()
            before = app.cpu_seconds()
            end = time.perf_counter() + IDLE
            while (left := end - time.perf_counter()) > 0:
                idle_bytes += sum(len(data) for _, data in app.read(left))
            idle_share = (app.cpu_seconds() - before) / IDLE
        app.close()
        if number:
            ours.append(took)
            minimal.append(took_plain)
    return Screen(statistics.median(ours), statistics.median(minimal), resident, idle_share, idle_bytes)
