"""One SQLite file through aiosqlite: choice of a safe library, connections, transactions, errors.

Nothing else in the store imports a driver. A `Pool` has one writer, opened when it is first needed, and two readers,
each with a thread of its own, so that reading never waits for this session's writing.
"""

import asyncio
import importlib
import random
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, closing, suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, cast

from model.errors import StoreBusy, StoreError, StoreFull, StoreTooNew, StoreUnsafe
from store.sqlite import files
from store.sqlite.bell import Bell

T = TypeVar("T")

_READERS = 2
_BUSY_TIMEOUT = 10.0
"""Seconds for which a writer asks for the write lock before it gives up."""
_WAL_LIMIT = 32 * 2**20
"""Bytes of write-ahead log above which a writer waits for readers, so that the log can start over."""
_COPY_PAGES = 2_048
"""Pages that are copied between two checks whether the copy was cancelled."""
_SETUP = """
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = OFF;
PRAGMA trusted_schema = OFF;
"""
# A short timeout, tried again and again, because a waiting connection cannot be interrupted.
_WRITER = "PRAGMA busy_timeout = 400; PRAGMA cache_size = -16000; PRAGMA journal_size_limit = 16777216;"
# No memory mapping: mapped pages count as this process's memory (99 MiB against 42 for the same reads), reading them is
# no faster than copying from the system's cache, and a disk error would end the process instead of the read.
_READER = "PRAGMA busy_timeout = 5000; PRAGMA cache_size = -8000; PRAGMA mmap_size = 0; PRAGMA query_only = ON;"


def is_safe(version: Sequence[int]) -> bool:
    """Say whether this SQLite is free of the bug that corrupts a WAL with several writers (3.7.0 to 3.51.2)."""
    number = tuple(version)
    return number >= (3, 51, 3) or (3, 50, 7) <= number < (3, 51) or (3, 44, 6) <= number < (3, 45)


def _choose_library() -> None:
    """Use pysqlite3, which brings its own SQLite, in place of the standard library's module, if it is safe."""
    try:
        newer = importlib.import_module("pysqlite3")
    except ImportError:
        return  # `open_pool` checks what the standard library has
    if is_safe(newer.sqlite_version_info):
        sys.modules["sqlite3"] = newer
        sys.modules["sqlite3.dbapi2"] = importlib.import_module("pysqlite3.dbapi2")


_choose_library()

import sqlite3  # noqa: E402 - whichever was chosen

import aiosqlite  # noqa: E402 - uses whatever is called sqlite3 when it is imported


def library_version() -> tuple[int, int, int]:
    """Return the version of the SQLite that the store uses."""
    return sqlite3.sqlite_version_info


def is_complete(text: str) -> bool:
    """Say whether a text ends with a complete SQL statement."""
    return sqlite3.complete_statement(text)


SCHEMA_SQL = "SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite%'"
"""Names and definitions of a file's tables, indexes and triggers."""


def schema_of(texts: Iterable[str]) -> dict[str, str]:
    """Return what `SCHEMA_SQL` selects in a file with these schemas."""
    with closing(sqlite3.connect(":memory:")) as raw:
        for text in texts:
            raw.executescript(text)
        return dict(raw.execute(SCHEMA_SQL))


class Connection:
    """One connection; its statements run one after the other in its own thread."""

    def __init__(self, inner: aiosqlite.Connection, path: Path) -> None:
        self._inner = inner
        self._path = path
        self._cancelled = False

    async def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a statement; cancelling the task interrupts it and waits for its end."""
        fetched = await self._await(self._inner.execute_fetchall(sql, parameters))
        return cast("list[tuple[Any, ...]]", fetched)

    async def run(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """Run one statement that returns no rows."""
        await self._await(self._inner.execute_fetchall(sql, parameters))

    async def run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement for each row of parameters."""
        await self._await(self._inner.executemany(sql, self._until_cancelled(rows)))

    async def copy_to(self, target: "Connection", progress: Callable[[int, int], None]) -> None:
        """Copy the whole database as this transaction sees it; calls `progress(pages done, pages in all)`."""
        loop = asyncio.get_running_loop()

        def report(_status: int, left: int, pages: int) -> None:
            if self._cancelled:
                raise InterruptedError
            loop.call_soon_threadsafe(progress, pages - left, pages)

        copying = self._inner.backup(target._inner, pages=_COPY_PAGES, progress=report, sleep=0)  # noqa: SLF001
        await self._await(copying, about=target._path)  # noqa: SLF001

    async def commit(self) -> None:
        """Commit; a task that is cancelled meanwhile still waits for the outcome."""
        await self._await(self._inner.execute_fetchall("COMMIT"), interrupt=False)

    async def roll_back(self) -> None:
        """End the transaction, if there still is one: some errors and interruptions end it too."""
        if self._in_transaction():
            await self._await(self._inner.execute_fetchall("ROLLBACK"), interrupt=False)

    async def aclose(self) -> None:
        """Interrupt the running statement and close the connection; may be called twice."""
        self._interrupt()
        with suppress(StoreError):
            # The next statement uses up a pending interruption, which would otherwise stop the checkpoint on close.
            await self.run("SELECT 1")
        await self._inner.close()

    def _interrupt(self) -> None:
        if (raw := self._inner._connection) is not None:  # noqa: SLF001 - the public one is a coroutine
            raw.interrupt()

    def _in_transaction(self) -> bool:
        raw = self._inner._connection  # noqa: SLF001 - the public one raises where it is closed
        try:
            return raw is not None and raw.in_transaction
        except sqlite3.ProgrammingError:  # closed a moment ago
            return False

    def _until_cancelled(self, rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
        # Between two short statements there is nothing that SQLite could interrupt.
        for row in rows:
            if self._cancelled:
                return
            yield row

    async def _await(self, statement: Awaitable[T], *, interrupt: bool = True, about: Path | None = None) -> T:
        try:
            return await statement
        except asyncio.CancelledError:
            await self._drain(interrupt=interrupt)
            raise
        except ValueError as error:
            if "closed" in str(error) or "no active connection" in str(error):
                raise StoreError("the store was closed while it was in use") from error
            raise
        except sqlite3.DatabaseError as error:
            raise explain(error, about or self._path) from error

    async def _drain(self, *, interrupt: bool) -> None:
        """Wait until the thread has nothing left to do, however often the task is cancelled.

        An interruption only stops a statement that has begun, so it is repeated.
        """
        self._cancelled = interrupt
        last = asyncio.ensure_future(self._inner.set_trace_callback(None))  # type: ignore[arg-type] # None ends tracing
        while not last.done():
            if interrupt:
                self._interrupt()
            try:
                await asyncio.wait({last}, timeout=0.005 if interrupt else None)
            except asyncio.CancelledError:
                continue
        self._cancelled = False
        last.exception()


async def connect(path: Path, setup: str, *, wal: bool = False) -> Connection:
    """Open one connection to a file.

    Args:
        path: the file.
        setup: statements to run first.
        wal: switch the file to a write-ahead log, if it has none yet.
    """
    inner = aiosqlite.Connection(partial(_connect, path, setup, wal=wal), 64)
    # A store that was not closed must not keep the process from ending; what was committed is on the disk.
    inner._thread.daemon = True  # noqa: SLF001 - there is no public way, and it must be set before the thread starts
    try:
        await inner
    except BaseException as error:
        # The thread reports its end to this event loop, which could be closed by then.
        await asyncio.to_thread(inner._thread.join)  # noqa: SLF001
        if isinstance(error, sqlite3.DatabaseError):
            raise explain(error, path) from error
        raise
    return Connection(inner, path)


class Pool:
    """The connections to one store's file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.closed = False
        self.schema: int | None = None
        """Number of the file's schema when it was opened; None before that."""
        self.listeners: set[Callable[[], None]] = set()
        """Called after each commit of this pool and when it closes; `watch.py` notices others' commits."""
        self.bell = Bell(path)
        """Notifies other sessions of this pool's commits, and `watch.py` of theirs."""
        self._slots = asyncio.Semaphore(_READERS)
        self._idle: list[Connection] = []
        self._all: list[Connection] = []
        self._writing = asyncio.Lock()
        self._writer: Connection | None = None
        self._wal_limit = _WAL_LIMIT
        self._file = files.identity_of(path)
        self._wal: tuple[int, int] | None = None

    def replaced(self) -> bool:
        """Say whether the path is another file now.

        Raises:
            StoreError: it is, but the old file's write-ahead log is still beside it, which SQLite would apply to it.
        """
        if files.identity_of(self.path) in (None, self._file):
            return False
        wal = files.wal_of(self.path)
        if files.size_of(wal) and files.identity_of(wal) == self._wal:
            raise StoreError(
                f"{self.path} was replaced while in use; move {wal.name} and {files.shm_of(self.path).name} away, "
                "which belong to the old file; nothing is written until then"
            )
        return True

    def require_file(self) -> None:
        """Refuse to go on with a file that is not at its path any more: what is written into it would be lost.

        Raises:
            StoreError: the file was moved, removed or replaced.
        """
        found = files.identity_of(self.path)
        if found is None:
            raise StoreError(f"{self.path} is gone; nothing is written until it is back; what was read is kept")
        if found != self._file:
            raise StoreError(f"{self.path} was replaced by another file; nothing was written; what was read is kept")
        self._wal = files.identity_of(files.wal_of(self.path))

    async def require_schema(self, connection: Connection) -> None:
        """Refuse a file whose schema another program has changed since it was opened.

        Raises:
            StoreTooNew: it was changed.
        """
        [(number,)] = await connection.rows("PRAGMA user_version")
        if self.schema is not None and number != self.schema:
            raise StoreTooNew(
                f"another sitmon has changed {self.path} from schema {self.schema} to {number}; "
                "nothing is written from here any more; quit, and use the sitmon that changed it"
            )

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        """Lend a reader that sees one state of the store from its first statement to the end of the block.

        Keep the block short, and do not ask for another reader within it: there are only two.
        """
        async with self._slots:
            self.require_file()
            connection = self._idle.pop() if self._idle else await self.add_reader()
            try:
                await connection.run("BEGIN")
                yield connection
            finally:
                try:
                    await connection.roll_back()
                finally:
                    self._idle.append(connection)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Connection]:
        """Lend the writer in a transaction that is committed at the end of the block, or rolled back if it raises.

        Raises:
            StoreBusy: others held the write lock for ten seconds; nothing was written.
            StoreFull: the disk is full; nothing was written.
            StoreTooNew: a newer program has changed the schema; nothing was written.
            StoreError: the file is gone; nothing was written.
        """
        async with self._writing:
            self.require_file()
            if self._writer is None:
                self._writer = await self._open(_WRITER, wal=True)
            try:
                await self._begin(self._writer)
                await self.require_schema(self._writer)
                yield self._writer
                self.require_file()
                await self._writer.commit()
            except BaseException:
                await self._writer.roll_back()
                raise
            self.notify()
            self.bell.ring()
            await self._bound_wal(self._writer)

    async def add_reader(self) -> Connection:
        """Open one more reader, which the pool never lends; it is closed with the pool."""
        return await self._open(_READER)

    async def aclose(self) -> None:
        """Interrupt running statements and close every connection; may be called twice."""
        self.closed = True
        self.notify()
        self.bell.close()
        while self._all:
            await self._all.pop().aclose()

    async def _open(self, setup: str, *, wal: bool = False) -> Connection:
        if self.closed:
            raise StoreError(f"{self.path} was closed")
        connection = await _retry_while_busy(lambda: connect(self.path, _SETUP + setup, wal=wal), self.path)
        self._all.append(connection)
        return connection

    async def _begin(self, connection: Connection) -> None:
        await _retry_while_busy(lambda: connection.run("BEGIN IMMEDIATE"), self.path)

    def notify(self) -> None:
        """Call every listener."""
        for listener in tuple(self.listeners):
            listener()

    async def _bound_wal(self, connection: Connection) -> None:
        """Start the write-ahead log over when it has grown beyond the limit, unless readers still need it."""
        wal = files.wal_of(self.path)
        if files.size_of(wal) < self._wal_limit:
            return
        with suppress(StoreError):  # the commit is safe; the next one tries again
            await connection.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        self._wal_limit = max(_WAL_LIMIT, files.size_of(wal) + _WAL_LIMIT // 2)


async def _retry_while_busy(attempt: Callable[[], Awaitable[T]], path: Path) -> T:
    """Retry what fails because others hold a lock, at random intervals, for `_BUSY_TIMEOUT` seconds."""
    deadline = time.monotonic() + _BUSY_TIMEOUT
    while True:
        try:
            return await attempt()
        except StoreBusy as error:
            if time.monotonic() > deadline:
                raise StoreBusy(_busy_message(path)) from error
            await asyncio.sleep(random.uniform(0.005, 0.05))  # noqa: S311 - spreads retries; needs no secrecy


async def open_pool(path: Path, *, create: bool, on_upgrade: Callable[[int, int], None] | None = None) -> Pool:
    """Open a store's file, bring its schema up to date, and return its connections.

    Args:
        path: the file; its directory must exist.
        create: make the file if there is none, readable and writable by its owner alone.
        on_upgrade: see `store.open_store`.

    Raises:
        StoreUnsafe: the SQLite library or the file system would risk several users' data.
        StoreTooNew: a newer sitmon has written it.
        StoreError: it is missing, not a store, or may not be opened; the message says what to do.
    """
    from store.sqlite.migrate import migrate  # imports this module

    require_safe_library()
    path = files.real_path(path)
    files.require_local(path)
    files.require_store(path, create=create)
    pool = Pool(path)
    try:
        pool.schema = await migrate(pool, create=create, on_upgrade=on_upgrade)
    except BaseException:
        await pool.aclose()
        raise
    return pool


def require_safe_library() -> None:
    """Refuse a SQLite library that can corrupt a store.

    Raises:
        StoreUnsafe: it can.
    """
    version = library_version()
    if not is_safe(version):
        number = ".".join(map(str, version))
        raise StoreUnsafe(
            f"SQLite {number} can corrupt a store that several sessions write (a bug fixed in 3.51.3); "
            "install a newer one beside sitmon: `pip install pysqlite3`"
        )


_EXPLAINED: tuple[tuple[str, type[StoreError], str], ...] = (
    ("is locked", StoreBusy, "{path} is in use by another session; try again"),
    (
        "disk is full",
        StoreFull,
        "the disk of {path} is full; nothing was written; free some space and try again",
    ),
    (
        "disk i/o error",
        StoreError,
        "the disk of {path} reported an error; what was saved before is kept; is it full, over quota, or failing?",
    ),
    ("readonly", StoreError, "{path}: {text}; `sitmon doctor` names the permission that is missing"),
    ("unable to open", StoreError, "{path}: {text}; `sitmon doctor` names the permission that is missing"),
    (
        "not a database",
        StoreError,
        "{path} is not a SQLite file, so not a sitmon store; it was left as it is; give another file",
    ),
    ("malformed", StoreError, "{path} is damaged ({text}); keep it as it is, and restore the newest backup"),
    ("", StoreError, "{path}: SQLite says {text!r}; `sitmon store check` looks for damage"),
)
"""Part of SQLite's message -> what the store raises; the first one that matches."""


def explain(error: Exception, path: Path) -> StoreError:
    """Return the store's error for a driver's error: says what happened, and what to do about it."""
    text = str(error)
    raised, sentence = next((one, said) for part, one, said in _EXPLAINED if part in text.lower())
    return raised(sentence.format(path=path, text=text))


def _busy_message(path: Path) -> str:
    holders = ", ".join(files.lock_holders(path)) or "another session"
    return f"{path} is being written by {holders}; nothing was written; try again when that is done"


def _connect(path: Path, setup: str, *, wal: bool) -> sqlite3.Connection:
    raw = sqlite3.connect(path, isolation_level=None)
    try:
        raw.executescript(setup)
        if wal:
            _enter_wal(raw, path)
    except BaseException:
        raw.close()
        raise
    return raw


def _enter_wal(raw: sqlite3.Connection, path: Path) -> None:
    (mode,) = raw.execute("PRAGMA journal_mode = WAL").fetchone()
    if mode != "wal":
        raise StoreUnsafe(f"{path}: SQLite cannot keep a write-ahead log there ({mode}); put it on a local disk")
