"""Many rows in one statement, and computing while it runs.

A statement that is run once for each row hands the interpreter lock to and fro for each of them, so that nothing else
gets on. Rows that come as one JSON text cost SQLite the same, and leave the lock alone until the last one is in.
"""

import asyncio
import gc
import json
from collections.abc import AsyncIterator, Collection, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from store.sqlite.driver import Connection, library_version

ROWS = 20_000
"""Rows of one statement; bounds its text to some megabytes."""

Text = str
"""Rows as JSON: an array of arrays of numbers, strings and nulls."""

# Since 3.51 SQLite parses the whole text once; before, every row of it is written out and parsed again.
_EACH = "jsonb_each" if library_version() >= (3, 51, 0) else "json_each"

_to_ascii = json.JSONEncoder(check_circular=False, separators=(",", ":"), default=bytes.hex).encode
_to_text = json.JSONEncoder(check_circular=False, separators=(",", ":"), ensure_ascii=False).encode


def texts_of(rows: Sequence[tuple[Any, ...]], *, to_hash: bool = False) -> list[Text]:
    """Return rows as one text or, where there are many, several of `ROWS` rows each.

    Args:
        rows: of numbers, texts and None.
        to_hash: write nothing but ASCII, bytes as hexadecimal digits: for ever the same.
    """
    write = _to_ascii if to_hash else _to_text
    return [write(rows[first : first + ROWS]) for first in range(0, len(rows), ROWS)]


def insertion(table: str, columns: Sequence[str], *, blobs: Collection[str] = (), verb: str = "INSERT") -> str:
    """Return the statement that inserts rows of these columns; `blobs` come as hexadecimal digits and are bytes."""
    values = (f"unhex(value ->> {no})" if name in blobs else f"value ->> {no}" for no, name in enumerate(columns))
    return f"{verb} INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {_EACH}(?)"  # noqa: S608


def inserting(connection: Connection, statement: str, texts: Sequence[Text]) -> list[Coroutine[Any, Any, None]]:
    """Return what is to be awaited for the rows to be in: `await_all` or `meanwhile` does it."""
    return [connection.run(statement, (text,)) for text in texts]


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep the garbage collector from going over the rows of a large draft again and again: they hold no cycles."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


async def await_all(statements: Sequence[Coroutine[Any, Any, None]]) -> None:
    """Run statements in their order."""
    async with meanwhile(statements):
        pass


@asynccontextmanager
async def meanwhile(statements: Sequence[Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    """Run statements in their connection's thread while the block computes; at its end they are done.

    Raises:
        StoreError: the first of them that failed.
    """
    tasks = [asyncio.create_task(statement) for statement in statements]
    try:
        await asyncio.sleep(0)  # now all of them wait in the thread's queue, and need this one no more
        yield
    finally:
        done = await asyncio.gather(*tasks, return_exceptions=True)
    for result in done:
        if result is not None:
            raise result
