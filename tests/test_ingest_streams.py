"""A stream read as it comes: what its lines are, when a text ends, and what hostile ones do."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import streams
from ingest.reports import Given
from ingest.streams import LineStream, Piece, pieces
from model.errors import InputRefused
from model.rows import MAX_LINE_BYTES, Refused, Row

LIKE = Given("", "", source="afp")
ROW = b'{"kind": "capture", "occurred_at": "2021-08-12", "summary": "It fell."}\n'


class Pipe:
    """Both ends of a pipe, and what has been read from it."""

    def __init__(self) -> None:
        self.out, self._in = os.pipe()
        self.stop = asyncio.Event()
        self._found = pieces(LineStream(self.out, self.stop), LIKE)

    def write(self, data: bytes) -> None:
        os.write(self._in, data)

    async def next(self) -> object:
        try:
            return (await anext(self._found)).what
        except StopAsyncIteration:
            return "end"

    def end(self) -> None:
        if self._in >= 0:
            os.close(self._in)
        self._in = -1


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    made = Pipe()
    yield made
    made.end()
    os.close(made.out)


async def read_all(path: Path, data: bytes) -> list[Piece]:
    path.write_bytes(data)
    with path.open("rb") as file:
        found = pieces(LineStream(file.fileno(), asyncio.Event()), LIKE)
        return [piece async for piece in found if piece.what is not None]


async def test_a_line_is_given_before_the_next_one_has_come(pipe: Pipe) -> None:
    pipe.write(b'\n{"text": "One."}\n{"text": "Tw')
    first = await pipe.next()
    assert isinstance(first, Given)
    assert (first.text, first.source) == ("One.", "afp")
    assert await pipe.next() is None, "nothing more has come for the present"
    waiting = asyncio.create_task(pipe.next())
    pipe.write(b'o."}\n' + ROW)
    second = await waiting
    assert isinstance(second, Given)
    assert second.text == "Two."
    assert isinstance(await pipe.next(), Row)
    assert await pipe.next() is None
    waiting = asyncio.create_task(pipe.next())
    pipe.write(b'{"text": "half a line')
    await asyncio.sleep(0)
    pipe.stop.set()
    assert isinstance(await waiting, InputRefused), "it is said that something is left"
    assert await pipe.next() == "end"


async def test_a_text_ends_with_the_stream_or_with_a_pause_after_a_whole_line(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "QUIET", 0.01)
    pipe.write(b"Herat\n\nIt fell.\n")
    first = await pipe.next()
    assert isinstance(first, Given)
    assert first.text == "Herat\n\nIt fell.\n"
    assert await pipe.next() is None
    pipe.write(b"Ghazni")
    waiting = asyncio.create_task(pipe.next())
    done, _ = await asyncio.wait([waiting], timeout=0.1)
    assert not done, "the line is not whole"
    pipe.write(b" held.\n")
    second = await waiting
    assert isinstance(second, Given)
    assert second.text == "Ghazni held.\n"
    assert await pipe.next() is None
    pipe.write(b"half")
    waiting = asyncio.create_task(pipe.next())
    await asyncio.sleep(0)
    pipe.stop.set()
    assert isinstance(await waiting, InputRefused), "it is said that something is left"
    assert await pipe.next() == "end"


async def test_what_is_wrong_is_refused_with_its_line_and_the_rest_is_read(tmp_path: Path) -> None:
    long = b'{"text": "' + b"x" * MAX_LINE_BYTES + b'"}\n'
    deep = b"[" * 100_000 + b"\n"
    strange = [b"\xff\xfe\n", b"\xc2\xa0\n", b"\0\n", b"[1]\n", deep, long, b'{"text": 3}\n', b"{}\n"]
    lines = [ROW, *strange, b'{"kind": [1]}\n', b'{"text": "x", "date": {}}\n', ROW]
    found = await read_all(tmp_path / "x", b"".join(lines))
    assert [piece.line for piece in found] == list(range(1, len(lines) + 1))
    first, *wrong, last = (piece.what for piece in found)
    assert isinstance(first, Row)
    assert isinstance(last, Row)
    assert last.number == len(lines)
    assert all(isinstance(one, Refused | InputRefused) for one in wrong)
    assert [one.row for one in wrong if isinstance(one, Refused)] == [len(lines) - 2]


async def test_a_text_that_never_pauses_fills_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MAX_TEXT_BYTES", 1_000)
    (piece,) = await read_all(tmp_path / "x", b"on and on\n" * 1_000)
    assert isinstance(piece.what, InputRefused)
    (piece,) = await read_all(tmp_path / "x", b"\xef\xbb\xbfon\n" * 10)
    assert isinstance(piece.what, Given)


BEGINNINGS = [
    b"",
    b"{",
    b'{"text": "x"}\n',
    ROW,
    ROW[:-1] + b'{"event": "a", "kind": "clash"',
    b"\xef\xbb\xbf{}\n",
    b"text\n\n",
]


@settings(max_examples=60)
@given(st.sampled_from(BEGINNINGS), st.binary(max_size=60), st.sampled_from(["text", "jsonl", None]))
def test_whatever_the_bytes_are_they_are_pieces(beginning: bytes, more: bytes, form: str | None) -> None:
    async def read() -> list[Piece]:
        out, into = os.pipe()
        os.write(into, beginning + more)
        os.close(into)
        try:
            return [piece async for piece in pieces(LineStream(out, asyncio.Event()), LIKE, form)]
        finally:
            os.close(out)

    found = asyncio.run(read())
    assert [piece.line for piece in found] == sorted(piece.line for piece in found)
    assert not found or found[-1].line <= (beginning + more).count(b"\n") + 1


async def test_an_empty_stream_carries_nothing(tmp_path: Path) -> None:
    assert await read_all(tmp_path / "x", b"") == await read_all(tmp_path / "x", b"\n \n") == []
