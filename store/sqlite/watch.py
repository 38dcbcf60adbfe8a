"""Noticing commits, by a number that SQLite changes with each of them (`PRAGMA data_version`).

The number is read after this session's own commits, when another session rings (`bell.py`), and at intervals, for
sessions that cannot ring: long intervals as long as every commit was rung for.
"""

import asyncio
from collections.abc import AsyncGenerator

from model.errors import StoreError
from model.query import Revision
from store.sqlite.driver import Connection, Pool

_OFTEN = 0.15
"""Seconds between two looks if commits may not be rung for. A look takes a tenth of a millisecond."""
_RARELY = 1.0
"""Seconds between two looks if every commit so far was rung for."""
_IN_VAIN = 0.05
"""Seconds to wait after looking in vain, so that ringing without a commit costs little."""


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
        self._is_told = True
        """Whether the latest commit that was seen had been rung for."""

    async def changes(self) -> AsyncGenerator[Revision]:
        """Yield the revision now and after each commit or several of them; end when the store is closed."""
        wake = asyncio.Event()
        self._pool.listeners.add(wake.set)
        seen, woken = None, True
        try:
            while not self._pool.closed:
                self._pool.require_file()
                rings = self._pool.bell.open()
                self._pool.bell.listen(self._pool.notify)
                version = await self._data_version()
                if version != seen:
                    seen, self._is_told = version, woken
                    yield await self._revision()
                elif woken:
                    await asyncio.sleep(_IN_VAIN)
                woken = await _wait(wake, _RARELY if rings and self._is_told else _OFTEN)
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

    async def _revision(self) -> Revision:
        async with self._pool.read() as connection:
            await self._pool.require_schema(connection)
            return await revision_of(connection)


async def _wait(wake: asyncio.Event, seconds: float) -> bool:
    """Wait for at most so many seconds; say whether it was woken."""
    try:
        async with asyncio.timeout(seconds):
            await wake.wait()
    except TimeoutError:
        return False
    wake.clear()
    return True
