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
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyte
from pyte.screens import Char

_ANSWERS = (
    (re.compile(rb"\x1b\[\?2026\$p"), b"\x1b[?2026;2$y"),
    (re.compile(rb"\x1b\[6n"), b"\x1b[1;1R"),
    (re.compile(rb"\x1b\[c"), b"\x1b[?62;22c"),
)
_MARGINS = re.compile(rb"\x1b\[\?69\$p")
_UNKNOWN_TO_PYTE = re.compile(
    rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$[py]|\x1bP[^\x1b]*\x1b\\|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
)
_UNFINISHED = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*|[P\]][^\x07\x1b]*\x1b?)?\Z")

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


class _Screen(pyte.Screen):
    """A terminal's cells; with what pyte lacks of what is written here and by ncurses."""

    _drawn = " "
    _sides: tuple[int, int] | None = None
    """First column between left and right margin, and the one after the last; None where there are no such margins."""

    def draw(self, data: str) -> None:
        if not data.isascii():
            # At a joiner or a mark of direction pyte would drop the rest of the text.
            data = "".join(character for character in data if unicodedata.category(character) != "Cf")
        self._drawn = data[-1:] or self._drawn
        super().draw(data)

    def repeat(self, count: int = 1) -> None:
        self.draw(self._drawn * (count or 1))

    def scroll_up(self, count: int = 1) -> None:
        self._scroll(count or 1)

    def scroll_down(self, count: int = 1) -> None:
        self._scroll(-(count or 1))

    def insert_lines(self, count: int | None = None) -> None:
        self._move_lines(-(count or 1))

    def delete_lines(self, count: int | None = None) -> None:
        self._move_lines(count or 1)

    def set_mode(self, *modes: int, **kwargs: bool) -> None:
        if 69 in modes:
            self._sides = (0, self.columns)
        super().set_mode(*modes, **kwargs)

    def reset_mode(self, *modes: int, **kwargs: bool) -> None:
        if 69 in modes:
            self._sides = None
        super().reset_mode(*modes, **kwargs)

    def set_sides(self, left: int = 1, right: int = 0) -> None:
        if self._sides is not None:
            self._sides = (max(left, 1) - 1, right or self.columns)
            self.cursor_position()

    def _scroll(self, by: int) -> None:
        x, y = self.cursor.x, self.cursor.y
        self.cursor.y = self.margins.top if self.margins else 0
        self.cursor.x = self._sides[0] if self._sides else x
        self._move_lines(by)
        self.cursor.x, self.cursor.y = x, y

    def _move_lines(self, by: int) -> None:
        top, bottom = self.margins or (0, self.lines - 1)
        left, right = self._sides or (0, self.columns)
        if not (top <= self.cursor.y <= bottom and left <= self.cursor.x < right):
            return
        lines = range(self.cursor.y, bottom + 1)
        before = {y: dict(self.buffer[y]) for y in lines}
        for y in lines:
            for x in range(left, right):
                self.buffer[y][x] = before.get(y + by, {}).get(x, self.cursor.attrs)
        self.dirty.update(lines)
        self.cursor.x = left


class _Stream(pyte.ByteStream):
    csi = pyte.ByteStream.csi | {"S": "scroll_up", "T": "scroll_down", "b": "repeat", "s": "set_sides"}
    events = pyte.ByteStream.events | {"scroll_up", "scroll_down", "repeat", "set_sides"}


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
        self._held = b""
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
            changes.append(Change(at, len(data), self._feed(data)))
        self._replayed = len(self.chunks)
        return changes

    def _feed(self, data: bytes) -> frozenset[tuple[int, int]]:
        data = self._held + data
        # A terminal, too, obeys a sequence only when it is complete.
        unfinished = _UNFINISHED.search(data)
        cut = unfinished.start() if unfinished else len(data)
        self._held = data[cut:]
        self._screen.dirty.clear()
        self._stream.feed(_UNKNOWN_TO_PYTE.sub(b"", data[:cut]))
        changed = []
        for y in self._screen.dirty:
            if 0 <= y < self.rows:
                old, line = self.cells[y], self._screen.buffer[y]
                new = [line[x] for x in range(self.columns)]
                changed += [(y, x) for x in range(self.columns) if new[x] != old[x]]
                self.cells[y] = new
        return frozenset(changed)

    def blank(self, filled_with: str = " ") -> None:
        """Forget what is seen, as if every cell held this character: only what is painted again will be there."""
        self._screen = _Screen(self.columns, self.rows)
        self._stream = _Stream(self._screen)
        self._held = b""
        cell = Char(filled_with)
        for y in range(self.rows):
            self._screen.buffer[y].update(dict.fromkeys(range(self.columns), cell))
        self.cells: list[list[Char]] = [[cell] * self.columns for _ in range(self.rows)]
        """What is seen, colours and all, as of the last replay."""

    def lines(self) -> list[str]:
        """Return the text that is seen, as of the last replay."""
        return list(self._screen.display)

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
                self._feed(data)
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
