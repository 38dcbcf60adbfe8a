"""A terminal's cells: what a program's bytes make of them."""

import re
import unicodedata

import pyte
from pyte.screens import Char

_UNKNOWN_TO_PYTE = re.compile(
    rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$[py]|\x1bP[^\x1b]*\x1b\\|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
)
_UNFINISHED = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*|[P\]][^\x07\x1b]*\x1b?)?\Z")


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


class Emulator:
    """A terminal of which nothing is known but its size.

    Args:
        columns: cells of a line.
        rows: lines.
        filled_with: what every cell holds at first.
    """

    def __init__(self, columns: int, rows: int, filled_with: str = " ") -> None:
        self.rows, self.columns = rows, columns
        self._screen = _Screen(columns, rows)
        self._stream = _Stream(self._screen)
        self._held = b""
        cell = Char(filled_with)
        for y in range(rows):
            self._screen.buffer[y].update(dict.fromkeys(range(columns), cell))
        self._cells = [[cell] * columns for _ in range(rows)]

    def feed(self, data: bytes) -> frozenset[tuple[int, int]]:
        """Obey what a program wrote; return (row, column) of every cell that is another after it."""
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
                old, line = self._cells[y], self._screen.buffer[y]
                new = [line[x] for x in range(self.columns)]
                changed += [(y, x) for x in range(self.columns) if new[x] != old[x]]
                self._cells[y] = new
        return frozenset(changed)

    def lines(self) -> list[str]:
        """Return the text that is seen."""
        return ["".join(cell.data for cell in line) for line in self._cells]

    def looks(self) -> list[list[tuple[str | bool, ...]]]:
        """Return how each cell of each line looks; blanks of whatever letters' colour look alike."""
        return [[_look(cell) for cell in line] for line in self._cells]


def _look(cell: Char) -> tuple[str | bool, ...]:
    if cell.data == " " and not (cell.underscore or cell.strikethrough or cell.reverse or cell.blink):
        return " ", cell.bg
    return tuple(cell)
