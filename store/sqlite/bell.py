"""A bell beside a store that whoever commits rings, so that the other sessions look at once and not at intervals.

Each session that listens has a socket of its own in the directory `<store>-bells`, which only those can enter who may
open the store. A datagram on it carries nothing: it only means "look". So whatever is sent to it, or is lost, nothing
wrong can be read; at worst a session looks in vain, or later (`watch.py`). A socket whose session was killed is removed
by the next one that rings it.
"""

import asyncio
import contextlib
import itertools
import os
import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from store.sqlite import files

_MOST = 1_000
"""Sockets that are rung; nobody has so many sessions."""
_PENDING = 64
"""Datagrams that are taken from the socket before each look; the system holds no more of them."""


def directory_of(path: Path) -> Path:
    """Return the directory of the sockets of a store's sessions."""
    return path.with_name(path.name + "-bells")


class Bell:
    """One session's socket, and those of the others."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._socket: socket.socket | None = None
        self._name = ""

    def open(self) -> bool:
        """Make the socket, if there is none yet; say whether there is one that others can ring."""
        if self._socket is None:
            try:
                self._socket = self._bind()
            except OSError:  # no permission, no such sockets, no room: then nobody rings, and `watch.py` looks often
                return False
        return True

    def listen(self, heard: Callable[[], None]) -> None:
        """Forget what was rung so far, and call back, once, when it rings next."""
        if self._socket is None:
            return
        with contextlib.suppress(BlockingIOError):
            for _ in range(_PENDING):
                self._socket.recv(1)
        loop, number = asyncio.get_running_loop(), self._socket.fileno()

        def answer() -> None:
            loop.remove_reader(number)  # however often somebody rings, once is enough
            heard()

        loop.add_reader(number, answer)

    def ring(self) -> None:
        """Tell every other session to look."""
        with contextlib.suppress(OSError), _opened(directory_of(self._path)) as directory:
            with os.scandir(directory) as entries:
                names = [entry.name for entry in itertools.islice(entries, _MOST) if entry.name != self._name]
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
                sender.setblocking(False)
                for name in names:
                    _ring(sender, directory, name)

    def close(self) -> None:
        """Take the socket away; may be called twice."""
        if self._socket is None:
            return
        with contextlib.suppress(RuntimeError):  # without a running loop it does not listen either
            asyncio.get_running_loop().remove_reader(self._socket.fileno())
        self._socket.close()
        self._socket = None
        with contextlib.suppress(OSError):
            (directory_of(self._path) / self._name).unlink()
            self.ring()  # takes away what sessions left that were killed
            directory_of(self._path).rmdir()

    def _bind(self) -> socket.socket:
        shared = self._path.stat().st_mode & stat.S_IWGRP != 0
        path = directory_of(self._path)
        is_new = not path.exists()
        path.mkdir(0o700, exist_ok=True)
        self._name = os.urandom(8).hex()
        made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            made.setblocking(False)
            with _opened(path) as directory:
                if is_new and shared:
                    # The parent's set-group-id bit has given it the group of those who share the store.
                    os.fchmod(directory, files.SHARED_DIRECTORY)
                made.bind(_address(directory, self._name))
                os.chmod(self._name, files.SHARED_FILE if shared else files.PRIVATE_FILE, dir_fd=directory)
        except OSError:
            made.close()
            raise
        return made


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int]:
    # A link in its place could lead anywhere.
    directory = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        yield directory
    finally:
        os.close(directory)


def _address(directory: int, name: str) -> str:
    """Return a name that is short enough for a socket's, however long the path to the store is."""
    return f"/proc/self/fd/{directory}/{name}"


def _ring(sender: socket.socket, directory: int, name: str) -> None:
    with contextlib.suppress(OSError):  # not there any more, not ours to ring, or rung already and not yet heard
        if not stat.S_ISSOCK(os.stat(name, dir_fd=directory, follow_symlinks=False).st_mode):
            return
        try:
            sender.sendto(b"", _address(directory, name))
        except ConnectionRefusedError:  # its session was killed
            os.unlink(name, dir_fd=directory)
