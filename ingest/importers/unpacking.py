"""Files as streams of plain bytes: what is packed (gzip, ZIP) is unpacked as it is read, and only so far."""

import gzip
import io
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, NamedTuple

from model.errors import InputRefused, StreamBroken
from model.text import clean_line

HEAD_BYTES = 65_536
"""Bytes at the beginning of a file that can be looked at before it is read."""

MAX_RATIO = 300
"""A file that swells to more than this many times its size is not one that somebody wrote; text shrinks to a tenth."""

_FREE_BYTES = 64 << 20
"""What is unpacked before the ratio is looked at."""

_OTHERS = (b"BZh", b"\xfd7zX", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf")
"""How files begin that bzip2, xz, Zstandard and 7-Zip packed."""

_MAX_MEMBERS = 200
_TABLES = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".geojson", ".tab", ".xml")


class Opened(NamedTuple):
    """One plain file, or one member of a packed one."""

    name: str
    """`events.zip: part1.csv`."""
    head: bytes
    """Its first bytes, which the stream still has."""
    stream: BinaryIO
    share: "Share"


class Share:
    """How far into the file on the disk reading has come: of a packed one, in packed bytes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._size = 0
        try:
            status = os.fstat(file.fileno())
            if stat.S_ISREG(status.st_mode):
                self._size = status.st_size
        except OSError:
            pass  # not a file of the system's: who knows how long it is

    def rows(self, read: int) -> int:
        """Return about how many rows there are in all where so many are read; 0 where nobody can know."""
        if not self._size:
            return 0
        try:
            return max(read, read * self._size // max(1, self._file.tell()))
        except (OSError, ValueError):
            return 0


def unpack(name: str, file: BinaryIO) -> Iterator[Opened]:
    """Yield the plain file, or the tables inside a packed one, each to be read before the next is asked for.

    Raises:
        InputRefused: it is packed in a way that cannot be read.
    """
    share = Share(file)
    plain = _Plain(file)
    begin = plain.look(4)
    if begin.startswith(b"\x1f\x8b"):
        yield _opened(name, _Unpacked(gzip.GzipFile(fileobj=plain), plain), share)
    elif begin == b"PK\x03\x04":
        yield from _members(name, file, plain, share)
    elif begin.startswith(_OTHERS):
        raise InputRefused("it is packed in a way that is not read here; unpack it, or pack it as .gz or .zip")
    else:
        yield _opened(name, plain, share)


def _opened(name: str, raw: "_Plain | _Unpacked", share: Share) -> Opened:
    ahead = _Plain(raw)
    return Opened(name, ahead.look(HEAD_BYTES), io.BufferedReader(ahead, HEAD_BYTES), share)


def _members(name: str, file: BinaryIO, plain: "_Plain", share: Share) -> Iterator[Opened]:
    if not file.seekable():
        raise InputRefused("a ZIP file cannot be read from a pipe, for its list is at its end; name the file instead")
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise InputRefused(f"not a ZIP file that can be read: {error}") from None
    with archive:
        members = [one for one in archive.infolist() if one.filename.casefold().endswith(_TABLES)]
        if not members:
            raise InputRefused(f"the ZIP file has no table in it; one ends in {', '.join(_TABLES)}")
        if len(members) > _MAX_MEMBERS:
            raise InputRefused(f"the ZIP file has more than {_MAX_MEMBERS} tables in it")
        for member in members:
            whole = f"{name}: {clean_line(member.filename)}"
            with _said_plainly(whole):
                stream = archive.open(member)
            with stream:
                yield _opened(whole, _Unpacked(stream, _Sized(member.compress_size)), share)
    del plain


@contextmanager
def _said_plainly(name: str) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as error:
        raise InputRefused(f"{name} cannot be unpacked: {error}") from None


class _Sized(NamedTuple):
    """How many packed bytes there are, where that is known beforehand."""

    taken: int


class _Plain(io.RawIOBase):
    """A stream whose beginning can be looked at, and that counts."""

    def __init__(self, source: "BinaryIO | io.RawIOBase") -> None:
        self._source = source
        self._ahead = b""
        self.taken = 0
        """Bytes read from the source."""

    def readable(self) -> bool:
        return True

    def look(self, size: int) -> bytes:
        """Return the first bytes, so many or all there are, and leave them in place."""
        while len(self._ahead) < size:
            data = self._source.read(size - len(self._ahead))
            if not data:
                break
            self.taken += len(data)
            self._ahead += data
        return self._ahead

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        size = len(buffer)
        if self._ahead:
            data, self._ahead = self._ahead[:size], self._ahead[size:]
        else:
            data = self._source.read(size) or b""
            self.taken += len(data)
        buffer[: len(data)] = data
        return len(data)


class _Unpacked(io.RawIOBase):
    """What comes out of a packed stream; it breaks where that is damaged, ends early, or swells."""

    def __init__(self, source: "gzip.GzipFile | BinaryIO | object", packed: "_Plain | _Sized") -> None:
        self._source: BinaryIO = source  # type: ignore[assignment]
        self._packed = packed
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        try:
            data = self._source.read(len(buffer))
        except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, OSError, NotImplementedError) as error:
            raise StreamBroken(f"the packed file is cut off or damaged ({clean_line(str(error))})") from None
        self._given += len(data)
        if self._given > _FREE_BYTES and self._given > MAX_RATIO * max(1, self._packed.taken):
            raise StreamBroken(f"the packed file swells to more than {MAX_RATIO} times its size")
        buffer[: len(data)] = data
        return len(data)
