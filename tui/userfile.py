"""The small files that users write: settings, keys, themes, filters. Reading one is bounded, and never waits."""

import errno
import os
import stat
from pathlib import Path

MOST = 1_000_000
"""Bytes that such a file may have."""


def read_bytes(path: Path) -> bytes:
    """Return what is in a small file.

    Raises:
        FileNotFoundError: there is none.
        OSError: it cannot be read, is larger than `MOST`, or is a directory, a pipe or a device.
    """
    # Without O_NONBLOCK opening a pipe would wait for somebody who writes into it.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb", closefd=True) as file:
        found = os.fstat(descriptor)
        if stat.S_ISDIR(found.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "it is no ordinary file", str(path))
        if found.st_size > MOST:
            raise OSError(errno.EFBIG, f"it is larger than {MOST:,} bytes", str(path))
        return file.read(MOST)
