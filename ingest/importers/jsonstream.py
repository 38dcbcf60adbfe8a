"""Reading one large JSON document an object at a time; and tables that come as JSON or CSV."""

import codecs
import io
import json
import math
from collections.abc import Collection, Iterator, Sequence
from typing import Any, BinaryIO, NamedTuple, cast

from model.errors import InputRefused, StreamBroken
from model.rows import Refused, Row, read_table
from model.text import clean_text

MAX_VALUE = 32 << 20
"""Characters of one object; the largest polygon of a country with its islands has a tenth of that."""

_CHUNK = 1 << 16
_BLANK = " \t\r\n"


LIST = object()
"""The value of a member whose items follow one by one."""


class Value(NamedTuple):
    """One value of a document."""

    line: int
    """The line on which it begins, from 1."""
    key: str
    """Name of the document's member that holds it; empty where the document itself is a list."""
    value: Any


def read_objects(stream: BinaryIO, lists: Collection[str], *, header: Sequence[str] = ()) -> Iterator[Row | Refused]:
    """Read the rows of a table that comes as CSV or as JSON: a list of objects, or an object that has one.

    Args:
        stream: bytes in UTF-8, a byte order mark allowed.
        lists: the members that may be the list.
        header: names of the columns of a CSV file that has none; it has one if it begins with the first of them.

    Raises:
        InputRefused: the file as a whole is neither.
    """
    buffered = stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(cast("io.RawIOBase", stream))
    begin = buffered.peek(_CHUNK)[:_CHUNK].removeprefix(codecs.BOM_UTF8).lstrip()
    if not begin.startswith((b"{", b"[")):
        yield from read_table(buffered, header=header, own_header=header[0] if header else "")
        return
    line = 1
    try:
        for line, key, value in read_values(buffered, lists):
            if value is LIST or (key and key not in lists):
                continue
            if not isinstance(value, dict):
                yield Refused(line, "", "", "not an object")
                continue
            if twice_in(value):
                yield Refused(line, "", "", f"{twice_in(value)!r} appears twice in one object")
                continue
            yield Row(line, {str(name): clean_text(_text(cell)) for name, cell in value.items() if _text(cell)})
    except StreamBroken as broken:
        yield Refused(line, "", "", f"{broken}; nothing from here on was read")


def read_values(stream: BinaryIO, lists: Collection[str]) -> Iterator[Value]:
    """Read a document piece by piece, in memory bounded by `MAX_VALUE`.

    Args:
        stream: one JSON object or list, UTF-8, a byte order mark allowed.
        lists: names of the document's members whose items are given one by one; the other members are given whole.

    Raises:
        InputRefused: it is no such document from its first character on.
        StreamBroken: it is not JSON from some place on; what was before has been given.
    """
    text = _Text(stream)
    opening = text.next_char()
    if opening == "[":
        yield from _items(text, "")
    elif opening == "{":
        yield from _members(text, lists)
    else:
        raise InputRefused("not a JSON document: it begins with neither a brace nor a bracket")
    if text.peek():
        raise StreamBroken(f"line {text.line}: the JSON document has ended, and something follows it")


def _members(text: "_Text", lists: Collection[str]) -> Iterator[Value]:
    if text.peek() == "}":
        text.next_char()
        return
    while True:
        if text.peek() != '"':
            raise text.broken("a name in double quotes is missing")
        key = text.value()
        if text.next_char() != ":":
            raise text.broken("a colon is missing")
        if key in lists and text.peek() == "[":
            text.next_char()
            yield Value(text.line, key, LIST)
            yield from _items(text, key)
        else:
            text.peek()
            line = text.line
            yield Value(line, key, text.value())
        following = text.next_char()
        if following == "}":
            return
        if following != ",":
            raise text.broken("a comma is missing")


def _items(text: "_Text", key: str) -> Iterator[Value]:
    if text.peek() == "]":
        text.next_char()
        return
    while True:
        text.peek()
        line = text.line
        yield Value(line, key, text.value())
        following = text.next_char()
        if following == "]":
            return
        if following != ",":
            raise text.broken("a comma is missing")


class _Text:
    """The document's text, as far as it is needed."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._text = ""
        self._at = 0
        self._ended = False
        self.line = 1
        """The line of what comes next."""
        self._begun = False

    def peek(self) -> str:
        """Return the next character that is not blank, without taking it; empty at the end."""
        while True:
            while self._at < len(self._text):
                char = self._text[self._at]
                if char not in _BLANK:
                    return char
                self.line += char == "\n"
                self._at += 1
            if not self._more(_CHUNK):
                return ""

    def next_char(self) -> str:
        """Take the next character that is not blank."""
        char = self.peek()
        self._at += 1
        return char

    def value(self) -> Any:
        """Take the next value."""
        self.peek()
        wanted = _CHUNK
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if self._more(wanted):
                    wanted = min(2 * wanted, MAX_VALUE)  # or a long value would be parsed again for each piece of it
                    continue
                raise self.broken(error.msg) from None
            except RecursionError:
                raise self.broken("nested too deep") from None
            except ValueError as error:
                raise self.broken(str(error)) from None
            # A number may go on in what is not read yet.
            if end == len(self._text) and self._more(_CHUNK):
                continue
            self.line += self._text.count("\n", self._at, end)
            self._at = end
            return value

    def broken(self, reason: str) -> StreamBroken:
        return StreamBroken(f"line {self.line}: not JSON: {reason}")

    def _more(self, size: int) -> bool:
        """Read on; say whether there was anything."""
        if self._ended:
            return False
        if self._at:
            self._text, self._at = self._text[self._at :], 0
        if len(self._text) > MAX_VALUE:
            raise self.broken(f"one object is longer than {MAX_VALUE:,} characters")
        data = self._stream.read(size)
        self._ended = not data
        try:
            fresh = self._decoder.decode(data, self._ended)
        except UnicodeDecodeError:
            raise self.broken("not UTF-8; save the file as UTF-8") from None
        if not self._begun and fresh:
            self._begun = True
            fresh = fresh.removeprefix("\ufeff")
        self._text += fresh
        return not self._ended or bool(fresh)


TWICE = "\0twice"
"""A key that no document has after cleaning: under it stands a name that one of its objects had twice."""


def twice_in(value: dict[str, Any]) -> str:
    """Return the name that is there twice in an object; empty where none is."""
    return str(value.get(TWICE, ""))[:60]


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        found[TWICE] = next(name for name in names if names.count(name) > 1)
    return found


def _text(cell: Any) -> str:
    if cell is None or isinstance(cell, bool):
        return ""
    if isinstance(cell, str):
        return cell
    return json.dumps(cell, ensure_ascii=False) if isinstance(cell, list | dict) else str(cell)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number that JSON has")


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:20]} is too large a number")
    return number


def _whole(text: str) -> int | float:
    return int(text) if len(text) < 20 else _number(text)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_constant=_no_constant, parse_float=_number, parse_int=_whole
)
