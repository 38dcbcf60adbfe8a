"""Reading files of rows: CSV with a header, or JSON Lines.

Whatever the bytes are, the result is rows and refusals, each with the line on which it begins; a wrong row does not
stop the next one. A row is never longer than `MAX_LINE_BYTES`, whatever the file is.
"""

import csv
import difflib
import enum
import io
import itertools
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, TypeVar

from model.errors import InputRefused, StreamBroken
from model.text import MAX_TEXT, clean_line, clean_text, number_of

MAX_LINE_BYTES = 1 << 20
"""Bytes of one line, and characters of all the lines of one row."""

T = TypeVar("T")

_MOST_LISTED = 45
"""Words that a hint lists; all kinds of event fit in."""
_SHOWN = 60
"""Characters of a wrong value that an error shows."""


class Form(enum.StrEnum):
    """How rows are written."""

    CSV = "csv"
    JSONL = "jsonl"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its cells by column, as cleaned text. Cells that are empty, null or missing are left out."""

    number: int
    """The line on which it begins, from 1."""
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Refused:
    """One row that is not accepted, and why."""

    row: int
    """The line on which it begins, from 1."""
    column: str
    """Empty where the whole row is wrong."""
    value: str
    """The wrong value, shortened."""
    reason: str
    """What is wrong, and what would be valid."""

    def __str__(self) -> str:
        return f"line {self.row}{f', {self.column}' if self.column else ''}: {self.reason}"


class CellRefused(InputRefused):
    """Raised while a row is read when one of its cells is not acceptable."""

    def __init__(self, column: str, value: str, reason: str) -> None:
        self.column = column
        self.value = value
        self.reason = reason
        super().__init__(reason)

    def at(self, row: int) -> Refused:
        """Return the refusal of the row that has this cell."""
        return Refused(row, clean_line(self.column), shorten(self.value), clean_line(self.reason))


def read_cell(cells: Mapping[str, str], column: str, parse: Callable[[str], T]) -> T | None:
    """Return a cell's parsed value; None where it is empty.

    Raises:
        CellRefused: `parse` raised `InputRefused`.
    """
    text = cells.get(column)
    if text is None or not (text := text.strip()):
        return None
    try:
        return parse(text)
    except InputRefused as error:
        raise CellRefused(column, text, str(error)) from None


def need_cell(cells: Mapping[str, str], column: str, parse: Callable[[str], T]) -> T:
    """Return the parsed value of a cell that every row must have.

    Raises:
        CellRefused: it is empty, or `parse` raised `InputRefused`.
    """
    value = read_cell(cells, column, parse)
    if value is None:
        raise CellRefused(column, "", f"{column} is missing")
    return value


def shorten(value: str) -> str:
    """Return a value as errors show it: one short harmless line."""
    line = clean_line(value)
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def nearest_hint(word: str, known: Collection[str], *, what: str = "valid") -> str:
    """Return a hint for a wrong word: "; nearest: a, b", or "; valid: " with every known word where none is near."""
    close = difflib.get_close_matches(word[:100].casefold(), known, n=3, cutoff=0.6)
    if close:
        return f"; nearest: {', '.join(close)}"
    listed = ", ".join(itertools.islice(known, _MOST_LISTED))
    more = f" and {len(known) - _MOST_LISTED:,} more" if len(known) > _MOST_LISTED else ""
    return f"; {what}: {listed}{more}" if known else ""


def read_rows(stream: BinaryIO, columns: Collection[str], form: Form | None = None) -> Iterator[Row | Refused]:
    """Read rows until the stream ends, in constant memory.

    Args:
        stream: bytes in UTF-8, with or without a byte order mark. If it raises `StreamBroken`, a refusal ends the rows.
        columns: the columns that are allowed, in any order; the caller checks for required ones.
        form: how the rows are written; None: JSON Lines if the text begins with a brace or bracket, else CSV.

    Yields:
        Each row, or why it is refused.

    Raises:
        InputRefused: the file as a whole cannot be read: another encoding, no header, an unknown column.
    """
    columns = dict.fromkeys(columns)
    lines = _Lines(stream)
    first = lines.skip_blank()
    if form is None:
        form = Form.JSONL if first.lstrip().startswith(("{", "[")) else Form.CSV
    try:
        if form is Form.JSONL:
            yield from _read_jsonl(lines, columns)
        else:
            reader = csv.reader(lines, strict=True)
            yield from _read_csv(lines, reader, _header(lines, reader, columns))
    except StreamBroken as broken:
        yield _refuse_rest(lines, broken)


def read_table(
    stream: BinaryIO, *, header: Sequence[str] = (), own_header: str = "", delimiter: str = ","
) -> Iterator[Row | Refused]:
    """Read the rows of a table with any columns, as `read_rows` does.

    Args:
        stream: as for `read_rows`.
        header: column names for a table without a header row; empty: the first row is the header.
        own_header: how the first row begins if it is a header row after all; replaces `header` then.
        delimiter: between cells; with a tab, quotation marks are ordinary characters.

    Raises:
        InputRefused: as for `read_rows`.
    """
    lines = _Lines(stream)
    first = lines.skip_blank()
    reader = _reader(lines, delimiter)
    names = [] if own_header and first.lstrip('"').startswith(own_header) else list(header)
    try:
        yield from _read_csv(lines, reader, names or _header(lines, reader, None))
    except StreamBroken as broken:
        yield _refuse_rest(lines, broken)


def header_of(head: bytes, *, delimiter: str = ",") -> tuple[str, ...]:
    """Return the column names in a table's first row, given the beginning of the table.

    Raises:
        InputRefused: as for `read_table`.
    """
    lines = _Lines(io.BytesIO(head))
    lines.skip_blank()
    return tuple(_header(lines, _reader(lines, delimiter), None))


def _reader(lines: "_Lines", delimiter: str) -> Iterator[list[str]]:
    if delimiter == "\t":
        return csv.reader(lines, strict=True, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    return csv.reader(lines, strict=True, delimiter=delimiter)


def _refuse_rest(lines: "_Lines", broken: StreamBroken) -> Refused:
    return Refused(lines.number + 1, "", "", f"{broken}; nothing from here on was read")


class _RowTooLong(Exception):
    """The lines of one row are longer than a row may be."""


class _Lines:
    """A byte stream as lines of text with their line ends; keeps what is wrong with the lines of the current row."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._offset = 0
        """Bytes before the next line."""
        self._held: tuple[str, str] | None = None
        """A line that was peeked at and comes next, with what is wrong with it."""
        self.number = 0
        """Lines returned so far."""
        self.problem = ""
        """The first thing wrong with the lines since the last `begin_row`."""
        self._row_size = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line, problem = self._held or self._read()
        self._held = None
        if not line:
            raise StopIteration
        self.number += 1
        self.problem = self.problem or problem
        self._row_size += len(line)
        if self._row_size > MAX_LINE_BYTES:
            raise _RowTooLong
        return line

    def begin_row(self) -> None:
        """Forget what was wrong: the next line begins another row."""
        self.problem = ""
        self._row_size = 0

    def skip_blank(self) -> str:
        """Skip blank lines and return the next line without consuming it; empty at the end of the stream."""
        line, problem = self._read()
        if line.startswith("\ufeff"):
            line = line[1:]
            if not line:
                line, problem = self._read()
        while line and not line.strip():
            self.number += 1
            line, problem = self._read()
        self._held = line, problem
        return line

    def _read(self) -> tuple[str, str]:
        """Return the next line, empty at the end, and what is wrong with it."""
        data = self._stream.readline(MAX_LINE_BYTES)
        begin, self._offset = self._offset, self._offset + len(data)
        if begin == 0 and data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise InputRefused("the file is in UTF-16, as its first two bytes say; save it as UTF-8")
        problem = ""
        if b"\0" in data:
            problem = f"a NUL at byte {begin + data.index(0):,} of the file; save it as UTF-8 text"
        if len(data) == MAX_LINE_BYTES and not data.endswith(b"\n"):
            problem = problem or f"the line is longer than {MAX_LINE_BYTES:,} bytes"
            self._skip_line()
        try:
            return data.decode(), problem
        except UnicodeDecodeError as error:
            where = f"byte {begin + error.start:,} of the file is not UTF-8; save the file as UTF-8"
            return data.decode(errors="replace"), problem or where

    def _skip_line(self) -> None:
        while data := self._stream.readline(MAX_LINE_BYTES):
            self._offset += len(data)
            if data.endswith(b"\n"):
                return


def _read_csv(lines: _Lines, reader: Iterator[list[str]], header: list[str]) -> Iterator[Row | Refused]:
    while True:
        begin = lines.number + 1
        lines.begin_row()
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield _refuse_lines(begin, lines, lines.problem or f"not CSV: {error}; a quote that is not closed?")
            continue
        except _RowTooLong:
            yield _refuse_lines(begin, lines, lines.problem or f"the row is longer than {MAX_LINE_BYTES:,} bytes")
            continue
        if cells is None:
            return
        if lines.problem:
            yield _refuse_lines(begin, lines, lines.problem)
        elif not any(cells):
            continue
        elif len(cells) != len(header):
            counted = f"{number_of(len(cells), 'cell')} under a header of {len(header)}"
            yield Refused(begin, "", shorten(",".join(cells)), f"{counted}; quote cells that have commas in them")
        else:
            whole = "".join(cells)
            if len(whole) <= MAX_TEXT and whole.isascii() and whole.isprintable():
                yield Row(begin, {name: cell for name, cell in zip(header, cells, strict=True) if cell})
            else:
                yield Row(begin, {name: clean_text(cell) for name, cell in zip(header, cells, strict=True) if cell})


def _header(lines: _Lines, reader: Iterator[list[str]], columns: Collection[str] | None) -> list[str]:
    """Return the names of the columns, each of them one of `columns` unless that is None."""
    try:
        cells = next(reader, None)
    except (csv.Error, _RowTooLong) as error:
        raise InputRefused(f"line {lines.number}: no CSV header: {lines.problem or error or 'too long'}") from None
    if cells is None:
        example = f", such as {','.join(columns)}" if columns else ""
        raise InputRefused(f"the file is empty; a CSV file begins with a header{example}")
    if lines.problem:
        raise InputRefused(f"line {lines.number}: {lines.problem}")
    header = [clean_line(cell).strip() for cell in cells]
    for name in header:
        if columns is not None and name not in columns:
            hint = nearest_hint(name, columns, what="columns")
            if ";" in name or "\t" in name:
                hint = "; separate the columns by commas"
            raise InputRefused(f"line {lines.number}: there is no column {shorten(name)!r}{hint}")
        if name and header.count(name) > 1:
            raise InputRefused(f"line {lines.number}: the column {name!r} appears twice")
    return header


def _refuse_lines(begin: int, lines: _Lines, reason: str) -> Refused:
    until = f" (the row runs to line {lines.number:,})" if lines.number > begin else ""
    return Refused(begin, "", "", reason + until)


def _read_jsonl(lines: _Lines, columns: Collection[str]) -> Iterator[Row | Refused]:
    while True:
        lines.begin_row()
        try:
            line = next(lines, "")
        except _RowTooLong:
            yield Refused(lines.number, "", "", f"the line is longer than {MAX_LINE_BYTES:,} bytes")
            continue
        if lines.problem:
            yield Refused(lines.number, "", shorten(line), lines.problem)
        elif not line:
            return
        elif not line.isspace():
            try:
                yield Row(lines.number, _object(line, columns))
            except CellRefused as refused:
                yield refused.at(lines.number)


def _object(line: str, columns: Collection[str]) -> dict[str, str]:
    try:
        value = _DECODER.decode(line)
    except json.JSONDecodeError as error:
        raise CellRefused("", line, f"not JSON: {error.msg} at column {error.colno}; one object a line") from None
    except RecursionError:
        raise CellRefused("", line, "not a row: nested too deep; one object of texts and numbers a line") from None
    if not isinstance(value, dict):
        raise CellRefused("", line, "not an object; one object in braces a line, and no list around them")
    harmless = len(line) <= MAX_TEXT and line.isascii() and "\\" not in line and line.rstrip().isprintable()
    cells: dict[str, str] = {}
    for name, cell in value.items():
        if name not in columns:
            raise CellRefused(
                name, "", f"there is no column {shorten(name)!r}{nearest_hint(name, columns, what='columns')}"
            )
        if cell is None or cell == "":
            continue
        if not isinstance(cell, str):
            raise CellRefused(name, json.dumps(cell), "not a text or a number")
        cells[name] = cell if harmless else clean_text(cell)
    return cells


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise CellRefused(twice, "", f"{shorten(twice)!r} appears twice in one object")
    return found


def _no_constant(name: str) -> object:
    raise CellRefused("", name, f"{name} is not a number that JSON has")


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_no_constant, parse_int=str, parse_float=str)
"""Keeps numbers as text, so that none is too large; made once, as making it takes longer than decoding a row."""
