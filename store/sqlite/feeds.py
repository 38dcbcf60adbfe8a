"""Progress of feeds, and which process polls them: kept beside the facts, in no changeset or hash."""

import fcntl
import json
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from model.errors import StoreBusy, StoreError
from model.feeds import Progress
from model.text import clean_line
from store.sqlite import files
from store.sqlite.bodies import plain_of
from store.sqlite.damage import decoder
from store.sqlite.driver import Connection
from store.sqlite.names import Names

_HOLDER_BYTES = 200


async def load_progress(connection: Connection, names: Names) -> Mapping[str, Progress]:
    """Return the progress of each feed of a situation, by id."""
    rows = await connection.rows("SELECT feed, body FROM feed_progress WHERE situation = ?", (names.situation,))
    return {names.id(feed): _decode(body) for feed, body in rows}


async def put_progress(connection: Connection, names: Names, feed: str, progress: Progress) -> None:
    """Store a feed's progress, replacing the last one.

    Raises:
        IdUnknown: the situation never had such a feed.
    """
    clean = {key: clean_line(one) if isinstance(one, str) else one for key, one in plain_of(progress).items()}
    await connection.run(
        "INSERT OR REPLACE INTO feed_progress (situation, feed, body) VALUES (?, ?, ?)",
        (names.situation, names.no("feed", feed), json.dumps(clean)),
    )


@decoder("feed_progress")
def _decode(body: str) -> Progress:
    return Progress(**json.loads(body))


def poller_of(store: Path) -> str:
    """Return who holds the store's poller lock, as far as this user may see it; empty if nobody does."""
    try:
        descriptor = os.open(_lock_file(store), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return ""
    try:
        # A poller that ended properly left the file empty; only else try the lock, which could disturb one that starts.
        holder = clean_line(os.pread(descriptor, _HOLDER_BYTES, 0).decode(errors="replace"))
        if holder:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return holder
    finally:
        os.close(descriptor)
    return ""


def _lock_file(store: Path) -> Path:
    return store.with_name(f"{store.name}-poller")


@asynccontextmanager
async def holding_poller(store: Path) -> AsyncIterator[None]:
    """Hold the store's poller lock: a lock on a file beside it, which the system releases with the process.

    Raises:
        StoreBusy: another process holds it; the message says who.
        StoreError: the lock file cannot be made or opened.
    """
    path = _lock_file(store)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, files.PRIVATE_FILE)
    except OSError as error:
        raise StoreError(
            f"{path} cannot be opened: {error.strerror}; to poll, you need write access to that directory"
        ) from None
    try:
        _lock(descriptor, store)
        mode = files.mode_of(store)
        if os.fstat(descriptor).st_uid == os.geteuid():
            # Whoever may write the store may poll.
            os.fchmod(descriptor, mode & 0o660)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{files.user_name()} (process {os.getpid()})".encode(), 0)
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _lock(descriptor: int, store: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = clean_line(os.pread(descriptor, _HOLDER_BYTES, 0).decode(errors="replace")) or "another process"
        raise StoreBusy(f"the feeds of {store} are polled by {holder} already; a store needs only one poller") from None
