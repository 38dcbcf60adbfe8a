"""What the terminal shows, cell by cell, as far as it is known; and the least to write to make it show something else.

Only cells that look different are written. A block of lines that has moved up or down is moved by the terminal itself
where it can. That it has moved is found by looking at the cells: so it does not matter why it did, or how many paints
were left out on the way.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import Enum, auto
from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len, split_graphemes

from tui.pens import Pen, blank_of, turn

UNKNOWN = "\0"
"""The text of a cell of which it is not known what the terminal shows there."""

_GAP = 4
"""Unchanged cells that take no more bytes to write again than to jump over."""
_WORTH_MOVING = 3
"""Lines that must come right by moving a block, for it to be moved."""


class Moves(Enum):
    """What of its screen the terminal can move by itself."""

    NOTHING = auto()
    LINES = auto()
    """Lines from edge to edge, between two of them (DECSTBM)."""
    BLOCKS = auto()
    """Also only some columns of these (DECSLRM)."""


class Cells(NamedTuple):
    """Text as it lies in cells; made once for what is painted often."""

    text: list[str]
    """A character per cell, with what is combined with it; empty for the right half of a wide one."""
    pens: list[Pen]
    plain: bool
    """Whether every terminal agrees that each character takes one cell."""

    @classmethod
    def of(cls, runs: Iterable[tuple[str, Pen]]) -> "Cells":
        """Lay out text, each run of it with its pen."""
        text: list[str] = []
        pens: list[Pen] = []
        plain = True
        for run, pen in runs:
            cells: Sequence[str] = run
            if not _is_plain(run):
                cells, plain = _clusters(run), plain and not run
            text += cells
            if " " in cells:
                blank = blank_of(pen)
                pens += [blank if cell == " " else pen for cell in cells]
            else:
                pens += [pen] * len(cells)
        return cls(text, pens, plain)


class Piece(NamedTuple):
    """What is to be seen from a cell on."""

    y: int
    x: int
    cells: Sequence[Cells]


class _Block(NamedTuple):
    """A part of the screen, from edge to edge of itself."""

    lines: range
    columns: slice


class _Row:
    """The cells of one line of the terminal, as in `Cells`."""

    __slots__ = ("pens", "plain", "text")

    def __init__(self, text: list[str], pens: list[Pen], *, plain: bool = True) -> None:
        self.text = text
        self.pens = pens
        self.plain = plain

    @classmethod
    def unknown(cls, width: int) -> "_Row":
        return cls([UNKNOWN] * width, [""] * width)

    def copy(self) -> "_Row":
        return _Row(self.text.copy(), self.pens.copy(), plain=self.plain)

    def looks_like(self, other: "_Row") -> bool:
        return self.text == other.text and self.pens == other.pens

    def put(self, x: int, parts: Iterable[Cells]) -> int:
        """Set the cells from `x` on, and return where they end; what does not fit into the line is left out."""
        text, pens, width = self.text, self.pens, len(self.text)
        plain = True
        for part in parts:
            end = min(width, x + len(part.text))
            text[x:end] = part.text[: end - x]
            pens[x:end] = part.pens[: end - x]
            plain = plain and part.plain
            x = end
        if not self.plain and text[x : x + 1] == [""]:
            text[x] = " "  # the left half of what was there is gone
        self.plain = plain and (self.plain or all(cell == UNKNOWN or _is_plain(cell) for cell in text))
        return x


class Shown:
    """What the terminal shows.

    Args:
        moves: what the terminal can move by itself; may be set at any time.
    """

    def __init__(self, moves: Moves = Moves.NOTHING) -> None:
        self.moves = moves
        self._width = 0
        self._rows: list[_Row] = []

    def forget(self) -> None:
        """Let nothing be known, so that all that is painted from now on is written."""
        self._rows = []

    def show(self, pieces: Iterable[Piece], width: int, height: int) -> str:
        """Return what to write so that the terminal, of this size, shows these pieces; from now on it does.

        What is written begins and ends with the terminal's default pen, and leaves its cursor anywhere.
        """
        if width != self._width or height != len(self._rows):
            self._width, self._rows = width, [_Row.unknown(width) for _ in range(height)]
        wanted: dict[int, _Row] = {}
        painted: dict[tuple[int, int], list[int]] = {}
        for y, x, cells in pieces:
            if 0 <= y < height:
                row = wanted[y] if y in wanted else wanted.setdefault(y, self._rows[y].copy())
                painted.setdefault((x, row.put(x, cells)), []).append(y)
        written: list[str] = []
        for (begin, end), lines in painted.items():
            if self.moves is Moves.BLOCKS or (self.moves is Moves.LINES and (begin, end) == (0, width)):
                written += self._move(wanted, lines, slice(begin, end))
        runs: list[_Run] = []
        for y, row in sorted(wanted.items()):
            before = self._rows[y]
            if row.looks_like(before):
                continue
            if row.plain and before.plain:
                runs += _runs(y, before, row)
            else:
                written.append(_write_doubtful(y, row))
            self._rows[y] = row
        written.append(_write(runs))
        return "".join(written)

    # -- moving ----------------------------------------------------------------------------------------------------

    def _move(self, wanted: dict[int, _Row], lines: list[int], columns: slice) -> list[str]:
        """Move these lines' columns here, and return what lets the terminal do so; nothing where it is not worth it."""
        changed = [y for y in lines if not wanted[y].looks_like(self._rows[y])]
        if len(changed) < _WORTH_MOVING:
            return []
        block = _Block(range(changed[0], changed[-1] + 1), columns)
        if not set(block.lines) <= set(lines) or not all(self._rows[y].plain and wanted[y].plain for y in block.lines):
            return []
        by = self._moved_by(wanted, block)
        if by:
            self._shift(block, by)
            return [_move_lines(block, by, whole=columns == slice(0, self._width))]
        return []

    def _moved_by(self, wanted: dict[int, _Row], block: _Block) -> int:
        """Return how many lines up most of the block is wanted; 0 where moving it would not save enough."""
        lines, columns = block
        cells = {y: (self._rows[y].text[columns], self._rows[y].pens[columns]) for y in lines}
        sought = {y: (wanted[y].text[columns], wanted[y].pens[columns]) for y in lines}
        at = {tuple(text): y for y, (text, _) in cells.items()}
        votes = Counter(at.get(tuple(text), y) - y for y, (text, _) in sought.items())
        del votes[0]
        for by, _ in votes.most_common(1):
            right = sum(cells.get(y + by) == sought[y] for y in lines)
            if right - sum(cells[y] == sought[y] for y in lines) >= _WORTH_MOVING:
                return by
        return 0

    def _shift(self, block: _Block, by: int) -> None:
        lines, columns = block
        width = columns.stop - columns.start
        before = {y: (self._rows[y].text[columns], self._rows[y].pens[columns]) for y in lines}
        for y in lines:
            row = self._rows[y]
            row.text[columns], row.pens[columns] = before.get(y + by, ([UNKNOWN] * width, [""] * width))


def _move_lines(block: _Block, by: int, *, whole: bool) -> str:
    lines, columns = block
    region = f"\x1b[{lines[0] + 1};{lines[-1] + 1}r"
    move = f"\x1b[{lines[0] + 1};{columns.start + 1}H\x1b[{abs(by)}{'M' if by > 0 else 'L'}"
    if whole:
        return f"{region}{move}\x1b[r"
    return f"\x1b[?69h{region}\x1b[{columns.start + 1};{columns.stop}s{move}\x1b[r\x1b[s\x1b[?69l"


# -- writing -----------------------------------------------------------------------------------------------------------


class _Run(NamedTuple):
    """Cells side by side that one pen writes."""

    pen: Pen
    y: int
    x: int
    text: str


def _runs(y: int, old: _Row, new: _Row) -> list[_Run]:
    """Return what to write so that a line looks like the new one."""
    runs: list[_Run] = []
    text, pens = new.text, new.pens
    begin = end = 0
    pen: Pen | None = None
    for x, (a, b, p, q) in enumerate(zip(old.text, text, old.pens, pens, strict=True)):
        if a == b and p == q:
            continue
        if x == end and q == pen:  # most cells
            end += 1
            continue
        if pen is not None and x - end <= _GAP and _suit(pen, new, range(end, x + 1)):
            end = x + 1
            continue
        if pen is not None and x == end and blank_of(q) == pen and _suit(q, new, range(begin, x)):
            pen, end = q, x + 1  # blanks so far
            continue
        if pen is not None:
            runs.append(_Run(pen, y, begin, "".join(text[begin:end])))
        begin, end, pen = x, x + 1, q
    if pen is not None:
        runs.append(_Run(pen, y, begin, "".join(text[begin:end])))
    return runs


def _suit(pen: Pen, row: _Row, columns: range) -> bool:
    return all(_suits(pen, row.text[x], row.pens[x]) and row.text[x] != UNKNOWN for x in columns)


def _write(runs: list[_Run]) -> str:
    """Return the runs as they are written: line by line, or pen by pen where so many turns of the pen cost more."""
    turns: dict[Pen, int] = {}
    for run in runs:
        turns.setdefault(run.pen, len(turns))
    return min(_written(runs), _written(sorted(runs, key=lambda run: turns[run.pen])), key=len)


def _written(runs: Iterable[_Run]) -> str:
    written: list[str] = []
    pen, at_y, at_x = "", -1, -1
    for its_pen, y, x, text in runs:
        if y != at_y:
            written.append(f"\x1b[{y + 1};{x + 1}H")
        elif x != at_x:
            written.append(f"\x1b[{x + 1}G")
        written += (turn(pen, its_pen), text)
        pen, at_y, at_x = its_pen, y, x + len(text)
    written.append(turn(pen, ""))
    return "".join(written)


def _write_doubtful(y: int, row: _Row) -> str:
    """Return all of a line; after each character that some terminal takes for wider or narrower, go where we are."""
    written = [f"\x1b[{y + 1}H"]
    pen = ""
    for x, (cell, its_pen) in enumerate(zip(row.text, row.pens, strict=True)):
        if cell == UNKNOWN:
            written.append(f"\x1b[{x + 2}G")
        elif _is_plain(cell):
            pen = _write_cell(written, cell, its_pen, pen)
        elif cell:
            width = 2 if row.text[x + 1 : x + 2] == [""] else 1
            pen = _write_cell(written, " " * width, its_pen, pen)
            pen = _write_cell(written, f"\x1b[{x + 1}G{cell}\x1b[{x + width + 1}G", its_pen, pen)
    written.append(turn(pen, ""))
    return "".join(written)


def _write_cell(written: list[str], cell: str, its_pen: Pen, pen: Pen) -> Pen:
    if not _suits(pen, cell, its_pen):
        written.append(turn(pen, its_pen))
        pen = its_pen
    written.append(cell)
    return pen


def _suits(pen: Pen, cell: str, its_pen: Pen) -> bool:
    return pen == its_pen or (cell == " " and blank_of(pen) == its_pen)


# -- characters --------------------------------------------------------------------------------------------------------


@lru_cache(8192)
def _is_plain(text: str) -> bool:
    if text.isascii():
        return bool(text)
    # What is above the first 65,536 is mostly pictures, whose width terminals do not agree on.
    return all(cell_len(character) == 1 and character < "\U00010000" for character in text)


def _clusters(text: str) -> list[str]:
    """Return the text per cell: what is combined with a character is in its cell, a wide one has an empty cell too."""
    cells: list[str] = []
    for begin, end, width in split_graphemes(text)[0]:
        if width:
            cells += [text[begin:end], *[""] * (width - 1)]
        elif cells:
            head = next(at for at in reversed(range(len(cells))) if cells[at])
            cells[head] += text[begin:end]
    return cells
