"""Watching a folder into which others put files: each is given once it is complete, and again if it has changed."""

import asyncio
import hashlib
import os
import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from model.errors import InputRefused

SETTLED = 2.0
"""Seconds for which a file must not have changed to count as completely written."""
_TICK = 500
"""Milliseconds between two looks at files that are being written."""
_UNFINISHED = ("~", ".part", ".partial", ".tmp", ".swp", ".crdownload")
"""Endings of the names of files that programs rename once they are complete."""
_CHUNK = 1 << 20


class Arrived(NamedTuple):
    """A file in the folder that is complete."""

    name: str
    descriptor: int = -1
    """Of the opened file, at its beginning; closed when the next one is asked for."""
    problem: str = ""
    """Why it is not opened; empty where it is."""


class _Stamp(NamedTuple):
    inode: int
    size: int
    changed: int
    mode: int


async def arrivals(folder: Path, stop: asyncio.Event, *, settled: float = SETTLED) -> AsyncIterator[Arrived]:
    """Yield the files of a folder, then each that is added or changed, until told to stop.

    Hidden and unfinished files and folders are skipped; a link, a pipe or a device is a problem. A file with the same
    bytes as an earlier one is not given again.

    Args:
        folder: the folder; its subfolders are not looked into.
        stop: set to end.
        settled: seconds for which a file must not have changed.

    Raises:
        InputRefused: the folder cannot be read, or is gone.
    """
    from watchfiles import awatch

    loop = asyncio.get_running_loop()
    hashes: set[bytes] = set()
    with _opened(folder) as directory:
        files = _Files(folder, directory, settled)
        # The first look is at what is there, once later changes are told of.
        unseen = True
        async for changes in awatch(
            *(folder,), watch_filter=None, stop_event=stop, rust_timeout=_TICK, yield_on_timeout=True, recursive=False
        ):
            if changes or unseen:
                unseen = False
                files.look(loop.time())
            for name in files.whole(loop.time()):
                with _arrived(directory, name, hashes) as arrived:
                    if arrived is not None and not stop.is_set():
                        yield arrived


class _Files:
    """The files of a folder: those that were given, and those that may still be written."""

    def __init__(self, folder: Path, directory: int, settled: float) -> None:
        self._folder = folder
        self._directory = directory
        self._settled = settled
        self._given: dict[str, _Stamp] = {}
        self._waiting: dict[str, tuple[_Stamp, float]] = {}

    def look(self, now: float) -> None:
        """Find what is there and was not given as it is.

        Raises:
            InputRefused: the folder is gone.
        """
        if not os.fstat(self._directory).st_nlink:
            raise InputRefused(f"the folder {self._folder} is gone; what was read from it is kept")
        names = [
            name
            for name in sorted(os.listdir(self._directory))  # noqa: PTH208 - the folder that is open
            if not name.startswith(".") and not name.endswith(_UNFINISHED)
        ]
        stamps = {name: stamp for name in names if (stamp := _stamp(self._directory, name)) is not None}
        self._given = {name: stamp for name, stamp in self._given.items() if name in stamps}
        for name, stamp in stamps.items():
            if name not in self._waiting and self._given.get(name) != stamp and not stat.S_ISDIR(stamp.mode):
                self._waiting[name] = stamp, now

    def whole(self, now: float) -> list[str]:
        """Return what has not changed for long enough; it is not returned again as it is."""
        found = []
        for name, (stamp, since) in list(self._waiting.items()):
            current = _stamp(self._directory, name)
            if current is None:
                del self._waiting[name]
            elif current != stamp:
                self._waiting[name] = current, now
            elif now - since >= self._settled:
                self._given[name] = stamp
                del self._waiting[name]
                found.append(name)
        return found


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    try:
        directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise InputRefused(f"the folder {folder} cannot be watched: {error.strerror}") from None
    try:
        yield directory
    finally:
        os.close(directory)


def _stamp(directory: int, name: str) -> _Stamp | None:
    try:
        found = os.stat(name, dir_fd=directory, follow_symlinks=False)
    except OSError:
        return None
    return _Stamp(found.st_ino, found.st_size, found.st_mtime_ns, found.st_mode)


@contextmanager
def _arrived(directory: int, name: str, hashes: set[bytes]) -> Iterator[Arrived | None]:
    """Open a file; None where its bytes were there before."""
    try:
        # Whatever has taken its place meanwhile: no link is followed, and no pipe waited for.
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=directory)
    except OSError as error:
        linked = stat.S_ISLNK(stamp.mode) if (stamp := _stamp(directory, name)) else False
        yield Arrived(name, problem="links are not followed" if linked else error.strerror or "it cannot be opened")
        return
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            yield Arrived(name, problem="it is not a regular file")
            return
        digest = hashlib.sha256()
        while data := os.read(descriptor, _CHUNK):
            digest.update(data)
        if digest.digest() in hashes:
            yield None
            return
        hashes.add(digest.digest())
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield Arrived(name, descriptor)
    except OSError as error:
        yield Arrived(name, problem=error.strerror or "it cannot be read")
    finally:
        os.close(descriptor)
