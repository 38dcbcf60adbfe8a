"""The small files that users own: settings, keys, themes, filters, what they were shown.

Reading one is bounded, and never waits; writing one is done whole or not at all.
"""

import errno
import os
import stat
from pathlib import Path

MOST = 1_000_000
"""Bytes that such a file may have."""


def read_bytes(path: Path, most: int = MOST) -> bytes:
    """Return what is in a small file.

    Raises:
        FileNotFoundError: there is none.
        OSError: it cannot be read, has more than so many bytes, or is a directory, a pipe or a device.
    """
    # Without O_NONBLOCK opening a pipe would wait for somebody who writes into it.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb", closefd=True) as file:
        found = os.fstat(descriptor)
        if stat.S_ISDIR(found.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file", str(path))
        if found.st_size > most:
            raise OSError(errno.EFBIG, f"it is larger than {most:,} bytes", str(path))
        return file.read(MOST)


def write_text(path: Path, text: str) -> None:
    """Replace a small file, so that it is always the old or the new one.

    Raises:
        OSError: it cannot be written; the old one is still there.
    """
    path = path.resolve()  # a link into somebody's dotfiles stays one
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with unfinished.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
