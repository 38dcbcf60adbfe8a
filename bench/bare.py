"""The limit for loading: the very rows of a loaded store, put into the same tables and indexes by bare SQLite.

The same library, the same pragmas, the same number of events in a transaction. Reading the rows, weighing and writing
the index's documents again is not timed: only `executemany` and COMMIT are.
"""

import asyncio
import time
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

from bench.generate import SITUATION
from bench.store import ROWS
from model.standing import weigh
from store.sqlite.documents import Writer
from store.sqlite.driver import open_pool
from store.sqlite.evidence import load_events
from store.sqlite.names import Directory

_BY_SEQ = ("event", "claim")
_FIRST = ("name", "version")


def rate(loaded: Path, target: Path, size: int) -> float:
    """Put the rows of `loaded` into a new file; return events a second."""
    import sqlite3  # only now: the driver, imported above, has chosen the library

    target.unlink(missing_ok=True)
    bare = sqlite3.connect(target, isolation_level=None)
    bare.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16000;")
    for script in sorted(files("store.sqlite").joinpath("schema").iterdir(), key=lambda path: path.name):
        bare.executescript(script.read_text())
    source = sqlite3.connect(f"file:{loaded}?mode=ro", uri=True)
    spent = 0.0
    for table in _FIRST:
        rows = source.execute(f"SELECT * FROM {table}").fetchall()
        bare.executemany(_insert(table, rows), rows)
    changesets = source.execute("SELECT * FROM changeset ORDER BY seq").fetchall()
    spans = source.execute("SELECT * FROM span ORDER BY known_from").fetchall()
    share = -(-len(spans) * ROWS // size)
    documents = _documents(loaded, size)
    for number, begin in enumerate(range(1, size + 1, ROWS)):
        end = begin + ROWS
        blocks = {
            table: source.execute(f"SELECT * FROM {table} WHERE seq >= ? AND seq < ?", (begin, end)).fetchall()
            for table in _BY_SEQ
        }
        blocks["weight"] = source.execute(
            "SELECT * FROM weight WHERE event >= ? AND event < ?", (begin, end)
        ).fetchall()
        blocks["span"] = spans[number * share : (number + 1) * share]
        blocks["changeset"] = [changesets[number]]
        written = next(documents)
        begun = time.perf_counter()
        bare.execute("BEGIN IMMEDIATE")
        for table, rows in blocks.items():
            if rows:
                bare.executemany(_insert(table, rows), rows)
        bare.executemany("INSERT INTO event_index (rowid, body) VALUES (?, ?)", written)
        bare.execute("COMMIT")
        spent += time.perf_counter() - begun
    bare.close()
    source.close()
    return size / spent


def _insert(table: str, rows: list[Any]) -> str:
    return f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})" if rows else "SELECT 1"


def _documents(loaded: Path, size: int) -> Iterator[list[tuple[int, str]]]:
    with asyncio.Runner() as runner:
        pool = runner.run(open_pool(loaded, create=False))

        async def block(begin: int) -> list[tuple[int, str]]:
            async with pool.read() as connection:
                names, catalog = await Directory().look_up(connection, SITUATION)
                writer = Writer(names)
                return [
                    (
                        one.seq,
                        writer.write(one.evidence.event, one.evidence.claims, weigh(one.evidence, catalog)),
                    )
                    for one in await load_events(connection, names, range(begin, min(begin + ROWS, size + 1)))
                ]

        try:
            for begin in range(1, size + 1, ROWS):
                yield runner.run(block(begin))
        finally:
            runner.run(pool.aclose())
