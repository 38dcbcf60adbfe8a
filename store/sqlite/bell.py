"""Notifying other sessions of a commit, so that they look at the store at once instead of polling it.

Each session has a datagram socket of its own, its bell, in the directory `<store>-bells`, which only users who may open
the store can enter. Whoever commits rings the others' bells. A datagram is empty: it only means "look". So nothing
wrong can be read, whatever is sent or lost; at worst a session looks in vain, or later (`watch.py`). The socket of a
session that was killed is removed by the next one that rings it.
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

_MAX_RUNG = 1_000
"""Sockets that are rung; no store has so many sessions."""
_MAX_PENDING = 64
"""Datagrams that are read from the socket before each look; the system queues no more than that."""


def directory_of(path: Path) -> Path:
    """Return the directory of the sockets of a store's sessions."""
    return path.with_name(path.name + "-bells")


class Bell:
    """One session's socket, and a way to ring those of the others."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._socket: socket.socket | None = None
        self._name = ""

    def open(self) -> bool:
        """Make the socket unless it exists; return whether there is one that others can ring."""
        if self._socket is None:
            try:
                self._socket = self._bind()
            except OSError:  # no permission, no such sockets, disk full: nobody can ring, and `watch.py` polls
                return False
        return True

    def listen(self, heard: Callable[[], None]) -> None:
        """Forget earlier rings, and call `heard` once at the next one."""
        if self._socket is None:
            return
        with contextlib.suppress(BlockingIOError):
            for _ in range(_MAX_PENDING):
                self._socket.recv(1)
        loop, number = asyncio.get_running_loop(), self._socket.fileno()

        def answer() -> None:
            loop.remove_reader(number)  # once is enough, however often somebody rings
            heard()

        loop.add_reader(number, answer)

    def ring(self) -> None:
        """Tell every other session to look."""
        with contextlib.suppress(OSError), _opened(directory_of(self._path)) as directory:
            with os.scandir(directory) as entries:
                names = [entry.name for entry in itertools.islice(entries, _MAX_RUNG) if entry.name != self._name]
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
                sender.setblocking(False)
                for name in names:
                    _ring(sender, directory, name)

    def close(self) -> None:
        """Remove the socket; may be called twice."""
        if self._socket is None:
            return
        with contextlib.suppress(RuntimeError):  # no running loop, so it is not listening
            asyncio.get_running_loop().remove_reader(self._socket.fileno())
        self._socket.close()
        self._socket = None
        with contextlib.suppress(OSError):
            (directory_of(self._path) / self._name).unlink()
            self.ring()  # removes the sockets of sessions that were killed
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
    # O_NOFOLLOW: a link in its place could lead anywhere.
    directory = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        yield directory
    finally:
        os.close(directory)


def _address(directory: int, name: str) -> str:
    """Return an address that is short enough for a socket, however long the path to the store is."""
    return f"/proc/self/fd/{directory}/{name}"


def _ring(sender: socket.socket, directory: int, name: str) -> None:
    with contextlib.suppress(OSError):  # gone, not permitted, or rung before and not heard yet
        if not stat.S_ISSOCK(os.stat(name, dir_fd=directory, follow_symlinks=False).st_mode):
            return
        try:
            sender.sendto(b"", _address(directory, name))
        except ConnectionRefusedError:  # its session was killed
            os.unlink(name, dir_fd=directory)
