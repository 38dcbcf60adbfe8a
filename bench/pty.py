"""Programs in a pseudo-terminal: every chunk they write is time-stamped when it is read, and replayed afterwards.

Emulating a terminal takes longer than reading from one. So nothing is emulated while a key is being measured: the
chunks are kept, and `Terminal.replay` says later which of them changed what is seen.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.emulator import Emulator

_ANSWERS = (
    (re.compile(rb"\x1b\[\?2026\$p"), b"\x1b[?2026;2$y"),
    (re.compile(rb"\x1b\[6n"), b"\x1b[1;1R"),
    (re.compile(rb"\x1b\[c"), b"\x1b[?62;22c"),
)
_MARGINS = re.compile(rb"\x1b\[\?69\$p")
PATIENCE = 20.0
"""Seconds that a program may take to show what is waited for."""


@dataclass(frozen=True, slots=True)
class Change:
    """What one chunk did."""

    at: float
    """When it was read, on `time.perf_counter`'s clock, which all processes share."""
    written: int
    """Bytes."""
    cells: frozenset[tuple[int, int]]
    """(row, column) from 0 of every cell that looks different after it."""


_NOT_INHERITED = ("TMUX", "LINES", "COLUMNS", "PYTHONDONTWRITEBYTECODE")
"""With the last one our own sources would be compiled at every start, which no user's are."""


class Terminal:
    """One program in one terminal.

    Args:
        argv: the program and its arguments.
        rows: lines of the terminal.
        columns: cells of a line.
        env: what is set in its environment besides what this process has.
        margins: whether the terminal says that it has left and right margins; it has them in any case.
    """

    def __init__(
        self,
        argv: list[str],
        *,
        rows: int = 40,
        columns: int = 120,
        env: dict[str, str] | None = None,
        margins: bool = True,
    ) -> None:
        self.rows, self.columns = rows, columns
        self._answers = (*_ANSWERS, (_MARGINS, b"\x1b[?69;%d$y" % (2 if margins else 0)))
        self.chunks: list[tuple[float, bytes]] = []
        """All that was read: when, and what."""
        self._replayed = 0
        self.blank()
        self.started = time.perf_counter()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            inherited = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED}
            inherited |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"} | (env or {})
            try:
                os.execvpe(argv[0], argv, inherited)
            finally:
                os._exit(127)

    # -- keys and bytes --------------------------------------------------------------------------------------------

    def send(self, keys: str) -> float:
        """Type the keys, all at once; return when."""
        at = time.perf_counter()
        os.write(self._fd, keys.encode())
        return at

    def read(self, quiet: float, *, first: float | None = None, limit: float = PATIENCE) -> list[tuple[float, bytes]]:
        """Read until nothing comes for `quiet` seconds; see `read_all`."""
        begin = len(self.chunks)
        read_all([self], quiet, first=first, limit=limit)
        return self.chunks[begin:]

    def take(self) -> bool:
        """Read what is there, and answer what it asks of the terminal; return False at the end of the program."""
        try:
            data = os.read(self._fd, 1 << 20)
        except OSError:
            return False
        if not data:
            return False
        self.chunks.append((time.perf_counter(), data))
        for query, answer in self._answers:
            for _ in query.findall(data):
                os.write(self._fd, answer)
        return True

    def fileno(self) -> int:
        """Return the descriptor to select on."""
        return self._fd

    # -- what is seen ----------------------------------------------------------------------------------------------

    def replay(self) -> list[Change]:
        """Emulate what was read since the last time; return what each of these chunks changed."""
        changes = []
        for at, data in self.chunks[self._replayed :]:
            changes.append(Change(at, len(data), self.emulator.feed(data)))
        self._replayed = len(self.chunks)
        return changes

    def blank(self, filled_with: str = " ") -> None:
        """Forget what is seen, as if every cell held this character: only what is painted again will be there."""
        self.emulator = Emulator(self.columns, self.rows, filled_with)

    def lines(self) -> list[str]:
        """Return the text that is seen, as of the last replay."""
        return self.emulator.lines()

    def wait_for(self, pattern: str, *, limit: float = PATIENCE) -> float:
        """Read until the screen shows the pattern; return seconds from the start to the chunk that completed it.

        Raises:
            TimeoutError: it never did.
        """
        wanted = re.compile(pattern)
        end = time.perf_counter() + limit
        while time.perf_counter() < end:
            self.read(0.02)
            while self._replayed < len(self.chunks):
                at, data = self.chunks[self._replayed]
                self.emulator.feed(data)
                self._replayed += 1
                if wanted.search("\n".join(self.lines())):
                    return at - self.started
        shown = "\n".join(self.lines())
        raise TimeoutError(f"{pattern!r} never appeared; the screen was:\n{shown}")

    # -- what it costs ---------------------------------------------------------------------------------------------

    def resident_mib(self) -> float:
        """Return the program's resident memory."""
        with Path(f"/proc/{self.pid}/status").open() as status:
            return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS"))

    def cpu_seconds(self) -> float:
        """Return the processor time that the program has used, all its threads."""
        # The process's own clock, by the rule of clock_getcpuclockid(3): /proc counts in hundredths only.
        return time.clock_gettime(~self.pid << 3 | 2)

    def is_at_rest(self) -> bool:
        """Say whether all the program's threads wait for something to happen, rather than for the processor or disk."""
        tasks = Path(f"/proc/{self.pid}/task").glob("*/stat")
        return all(task.read_text().rpartition(")")[2].split()[0] == "S" for task in tasks)

    def close(self) -> None:
        """End the program."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._fd)


def read_all(
    terminals: Sequence[Terminal], quiet: float, *, first: float | None = None, limit: float = PATIENCE
) -> None:
    """Read from all of them until none writes anything for `quiet` seconds.

    Args:
        terminals: which.
        quiet: seconds of silence that end the reading.
        first: seconds for which the first chunk is waited for; as `quiet` if not given.
        limit: seconds after which reading ends in any case.
    """
    alive = list(terminals)
    end = time.perf_counter() + limit
    patience = quiet if first is None else first
    while alive and (left := end - time.perf_counter()) > 0:
        ready, _, _ = select.select(alive, [], [], min(left, patience))
        if not ready:
            if left > patience:
                return
            continue
        for terminal in ready:
            if not terminal.take():
                alive.remove(terminal)
        patience = quiet
