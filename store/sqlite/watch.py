"""Notice commits: this session's at once, other sessions' by a number that SQLite changes with each of them."""

import asyncio
from collections.abc import AsyncGenerator

from model.errors import StoreError
from model.query import Revision
from store.sqlite.driver import Connection, Pool

_INTERVAL = 0.15
"""Seconds between two looks. A look costs about a tenth of a millisecond."""


async def read_revision(pool: Pool) -> Revision:
    """Return how new the store is."""
    async with pool.read() as connection:
        return await revision_of(connection)


async def revision_of(connection: Connection) -> Revision:
    """Return how new the store is in this connection's transaction."""
    [(changes, newest)] = await connection.rows(
        "SELECT coalesce((SELECT max(seq) FROM changeset), 0), coalesce((SELECT max(seq) FROM event), 0)"
    )
    return Revision(changes, newest)


class Watch:
    """The commits of one store, for as many listeners as want to know."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._opening = asyncio.Lock()
        self._connection: Connection | None = None

    async def changes(self) -> AsyncGenerator[Revision]:
        """Yield the revision now and after each commit, several commits in one; end when the store is closed."""
        wake = asyncio.Event()
        self._pool.listeners.add(wake.set)
        seen = None
        try:
            while not self._pool.closed:
                version = await self._data_version()
                if version != seen or wake.is_set():
                    wake.clear()
                    seen = version
                    yield await read_revision(self._pool)
                await _wait(wake)
        except StoreError:
            if not self._pool.closed:
                raise
        finally:
            self._pool.listeners.discard(wake.set)

    async def _data_version(self) -> int:
        async with self._opening:
            if self._connection is None:
                self._connection = await self._pool.add_reader()
        [(version,)] = await self._connection.rows("PRAGMA data_version")
        return int(version)


async def _wait(wake: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(_INTERVAL):
            await wake.wait()
    except TimeoutError:
        return
