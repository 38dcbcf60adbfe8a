"""Inserting many rows with one statement, and computing while it runs.

A statement that is run once per row takes the interpreter lock back for each of them, so that nothing else can run.
Rows given as one JSON text cost SQLite the same, and leave the lock free until the last one is inserted.
"""

import asyncio
import gc
import json
from collections.abc import AsyncIterator, Collection, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from store.sqlite.driver import Connection, library_version

ROWS = 20_000
"""Rows of one statement; keeps its text to a few megabytes."""

Text = str
"""Rows as JSON: an array of arrays of numbers, strings and nulls."""

# Since 3.51 SQLite parses the whole text once; before that, it wrote out and parsed every row again.
_EACH = "jsonb_each" if library_version() >= (3, 51, 0) else "json_each"

_to_ascii = json.JSONEncoder(check_circular=False, separators=(",", ":"), default=bytes.hex).encode
_to_text = json.JSONEncoder(check_circular=False, separators=(",", ":"), ensure_ascii=False).encode


def texts_of(rows: Sequence[tuple[Any, ...]], *, to_hash: bool = False) -> list[Text]:
    """Return rows as texts of up to `ROWS` rows each.

    Args:
        rows: of numbers, texts and None.
        to_hash: write only ASCII, with bytes as hexadecimal digits: a form that never changes.
    """
    write = _to_ascii if to_hash else _to_text
    return [write(rows[first : first + ROWS]) for first in range(0, len(rows), ROWS)]


def insertion(table: str, columns: Sequence[str], *, blobs: Collection[str] = (), verb: str = "INSERT") -> str:
    """Return the statement that inserts rows of these columns; `blobs` are bytes, given as hexadecimal digits."""
    values = (f"unhex(value ->> {no})" if name in blobs else f"value ->> {no}" for no, name in enumerate(columns))
    return f"{verb} INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {_EACH}(?)"  # noqa: S608


def inserting(connection: Connection, statement: str, texts: Sequence[Text]) -> list[Coroutine[Any, Any, None]]:
    """Return the statements that insert the rows, for `run_all` or `in_background` to run."""
    return [connection.run(statement, (text,)) for text in texts]


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """Keep the garbage collector from scanning the rows of a large draft again and again: they have no cycles."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


async def run_all(statements: Sequence[Coroutine[Any, Any, None]]) -> None:
    """Run statements in order."""
    async with in_background(statements):
        pass


@asynccontextmanager
async def in_background(statements: Sequence[Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    """Run statements in their connection's thread while the block computes; they are done when it ends.

    Raises:
        StoreError: the error of the first one that failed.
    """
    tasks = [asyncio.create_task(statement) for statement in statements]
    try:
        await asyncio.sleep(0)  # puts all of them into the queue of the connection's thread
        yield
    finally:
        done = await asyncio.gather(*tasks, return_exceptions=True)
    for result in done:
        if result is not None:
            raise result
