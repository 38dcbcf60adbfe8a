"""Reading a stream as it arrives, from a file, an endless pipe or a terminal: its lines, and what each of them is."""

import asyncio
import io
import json
import os
import select
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, NamedTuple

from ingest.reports import Given, given
from model.errors import InputRefused
from model.native import COLUMNS, VIEW_COLUMNS
from model.rows import MAX_LINE_BYTES, Form, Refused, Row, read_rows

MAX_TEXT_BYTES = 4 << 20
"""Bytes of one text."""
QUIET = 3.0
"""Seconds without a byte, after a whole line, that end a text in a stream which goes on."""
_CHUNK = 65_536
_BOM = b"\xef\xbb\xbf"
_TEXT_FIELDS = ("title", "url", "date", "source")


class LineStream:
    """The lines of an open file, each as soon as it has come."""

    def __init__(self, descriptor: int, stop: asyncio.Event) -> None:
        self._descriptor = descriptor
        self._stop = stop
        self._held = bytearray()
        self._ended = False

    @property
    def stopped(self) -> bool:
        """Whether reading was told to stop: a text may be incomplete then."""
        return self._stop.is_set()

    @property
    def left(self) -> bool:
        """Whether something has arrived that was not returned as a line."""
        return bool(self._held.strip())

    async def line(self, patience: float | None = None) -> bytes | None:
        """Return the next line with its end; nothing at the end of the stream, or once told to stop.

        A line longer than `MAX_LINE_BYTES` comes in pieces, of which only the last one has an end.

        Args:
            patience: seconds after which None is returned where no whole line has come; None: for ever.
        """
        searched = 0
        while not self._stop.is_set():
            end = self._held.find(b"\n", searched, MAX_LINE_BYTES + 1) + 1
            if not end and (self._ended or len(self._held) > MAX_LINE_BYTES):
                end = min(len(self._held), MAX_LINE_BYTES + 1)
            if end or self._ended:
                line = bytes(self._held[:end])
                del self._held[:end]
                return line
            searched = len(self._held)
            if not await self._is_ready(patience):
                return None
            if not self._stop.is_set():
                data = os.read(self._descriptor, _CHUNK)
                self._ended = not data
                self._held += data
        return b""

    async def _is_ready(self, patience: float | None) -> bool:
        """Wait until there is something to read, or one is told to stop; say whether there was, in time."""
        if select.select([self._descriptor], [], [], 0)[0]:
            return True
        if patience == 0:
            return False
        loop = asyncio.get_running_loop()
        came = asyncio.Event()
        loop.add_reader(self._descriptor, came.set)
        waits = {loop.create_task(event.wait()) for event in (came, self._stop)}
        try:
            done, _ = await asyncio.wait(waits, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        finally:
            loop.remove_reader(self._descriptor)
            for wait in waits:
                wait.cancel()
        return bool(done)


class Piece(NamedTuple):
    """One thing that a stream carries."""

    line: int
    """On which it begins, from 1."""
    what: Given | Row | Refused | InputRefused | None
    """A report, a row, or why it is neither. None: nothing more has arrived for now."""


async def pieces(stream: LineStream, like: Given, form: str | None = None) -> AsyncIterator[Piece]:
    """Yield what a stream carries, each as soon as it has come.

    Args:
        stream: what is read, to its end.
        like: what is known of its reports.
        form: `text` or `jsonl`; None: JSON lines where it begins with a brace, else text.
    """
    number, line = 1, await stream.line() or b""
    line = line.removeprefix(_BOM)
    while line and not line.strip():
        number, line = number + 1, await stream.line() or b""
    if form is None:
        form = "jsonl" if line.lstrip().startswith(b"{") else "text"
    async for piece in _texts(stream, line, number, like) if form == "text" else _lines(stream, line, number, like):
        yield piece


async def _lines(stream: LineStream, line: bytes, number: int, like: Given) -> AsyncIterator[Piece]:
    while line:
        if line.strip():
            yield Piece(number, _from_line(line, number, like))
        while line and not line.endswith(b"\n"):  # the rest of one that is too long
            line = await stream.line() or b""
        following = await stream.line(0)
        if following is None:
            yield Piece(number + 1, None)
            following = await stream.line()
        number, line = number + 1, following or b""
    if stream.left:
        yield Piece(number, InputRefused("what arrived from here on was not read"))


def _from_line(line: bytes, number: int, like: Given) -> Given | Row | Refused | InputRefused:
    if len(line) > MAX_LINE_BYTES:
        return InputRefused(f"this line is longer than {MAX_LINE_BYTES:,} bytes")
    try:
        values = json.loads(line.decode())
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        return InputRefused("this is not a JSON object in UTF-8; write one in braces a line")
    if "text" in values:
        return _report(values, like)
    if {"event", "kind"} & values.keys():
        row = next(read_rows(io.BytesIO(line), (*COLUMNS, *VIEW_COLUMNS), Form.JSONL))
        return replace(row, number=number) if isinstance(row, Row) else replace(row, row=number)
    return InputRefused('"text" is missing; write {"text": ..., "source": ..., "date": ...}')


def _report(values: dict[str, Any], like: Given) -> Given | InputRefused:
    if not isinstance(values["text"], str):
        return InputRefused('"text" is not text; write {"text": ..., "source": ..., "date": ...}')
    for field in _TEXT_FIELDS:
        if values.get(field) is not None and not isinstance(values[field], str):
            return InputRefused(f'"{field}" is not text')
    whole = given(values["text"].encode(errors="replace"))
    return whole._replace(
        title=values.get("title") or "",
        url=values.get("url") or like.url,
        date=values.get("date") or like.date,
        source=values.get("source") or like.source,
    )


async def _texts(stream: LineStream, line: bytes | None, number: int, like: Given) -> AsyncIterator[Piece]:
    """Yield each text: all until the stream ends, or until nothing more comes for a while."""
    text, begin = bytearray(), number
    size = 0
    while not stream.stopped:
        if line:
            size += len(line)
            text += line[: MAX_TEXT_BYTES - len(text)]
            number += line.endswith(b"\n")
            line = await stream.line(QUIET if line.endswith(b"\n") else None)
            continue
        if size > MAX_TEXT_BYTES:
            yield Piece(begin, InputRefused(f"this text is longer than {MAX_TEXT_BYTES >> 20} MiB"))
        elif b"\0" in text:
            yield Piece(begin, InputRefused("this is not text: it has a NUL in it"))
        elif text.strip():
            yield Piece(begin, given(bytes(text), url=like.url, date=like.date, source=like.source))
        if line is not None:
            return
        yield Piece(number, None)
        text, begin, size = bytearray(), number, 0
        line = await stream.line()
    if text.strip() or stream.left:
        yield Piece(begin, InputRefused("this text was not complete yet"))
