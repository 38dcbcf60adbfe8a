"""Checking the chain of a situation's changesets: every row against its hash, and the hashes against a saved head.

The chain alone finds accidents. Whoever can write the file can also chain it again; that, and a missing end, only show
against a head that was saved elsewhere.
"""

import asyncio
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

from store.base import Head, Progress, Verdict
from store.sqlite.bulk import texts_of
from store.sqlite.driver import Connection, Pool
from store.sqlite.ledger import CHANGESET_COLUMNS, CHANGESET_WIDTH, FACTS, FIRST_TO, NO_HASH, Rows, link, load_tail
from store.sqlite.names import load_names

_BLOCK = 20_000
"""Facts that are read at a time; at least one changeset is."""
_CHANGESETS = 1_000
"""Changesets that are read at a time, at most."""
_NUMBER = 2
"""Index of the changeset's number among its columns."""

# A changeset's columns and hash, then where the previous one in the file ends; nulls if that one is missing.
_PAGE = f"""
SELECT {", ".join(f"own.{column.strip()}" for column in CHANGESET_COLUMNS.split(","))}, own.sha256,
       {", ".join(f"iif(own.seq = 1, 0, before.{table}_to)" for table in FACTS)}
FROM changeset AS own LEFT JOIN changeset AS before ON before.seq = own.seq - 1
WHERE own.situation = ? AND own.number > ? ORDER BY own.number LIMIT {_CHANGESETS}
"""  # noqa: S608 - our own columns


class _Broken(Exception):
    def __init__(self, number: int, problem: str) -> None:
        super().__init__(problem)
        self.number = number
        self.problem = problem


async def load_head(connection: Connection, situation_id: str) -> Head:
    """Return the end of a situation's chain.

    Raises:
        IdUnknown: there is no such situation.
    """
    names = await load_names(connection, situation_id)
    tail = await load_tail(connection, names.situation)
    return Head(situation_id, tail.number, tail.sha256.hex())


async def verify(pool: Pool, situation_id: str, head: Head | None, progress: Progress | None) -> Verdict:
    """Check a situation's changesets and their rows against the chain, and the chain against a saved head.

    Reads in blocks, each in a short transaction of its own; what is written meanwhile is checked too.

    Raises:
        IdUnknown: there is no such situation.
    """
    async with pool.read() as connection:
        names = await load_names(connection, situation_id)
        stored = await load_head(connection, situation_id)
        ((in_all,),) = await connection.rows(
            "SELECT ifnull(sum(facts), 0) FROM changeset WHERE situation = ?", (names.situation,)
        )
    if head is not None and head.situation != situation_id:
        return Verdict(stored, 1, f"the saved head is one of situation {head.situation!r}")
    walk = _Walk(names.situation, head.count if head else 0, head.sha256 if head else "")
    try:
        while await walk.check_block(pool):
            if progress is not None:
                progress(walk.facts, max(walk.facts, in_all))
            await asyncio.sleep(0)
    except _Broken as broken:
        return Verdict(stored, broken.number, broken.problem)
    if head is not None and walk.number < head.count:
        gone = head.count - walk.number
        problem = f"the saved head counts {head.count} changesets; the newest {gone} are missing"
        return Verdict(stored, walk.number + 1, problem)
    return Verdict(Head(situation_id, walk.number, walk.sha256.hex()))


class _Walk:
    """How far along its chain a situation has been checked."""

    def __init__(self, situation: int, kept_count: int, kept_sha256: str) -> None:
        self.number = 0
        self.sha256 = NO_HASH
        self.facts = 0
        self._situation = situation
        self._kept = (kept_count, kept_sha256)
        self._rows = dict.fromkeys(FACTS, 0)

    async def check_block(self, pool: Pool) -> bool:
        """Check the next block of changesets; False: the end of the chain was reached, and is checked too."""
        async with pool.read() as connection:
            block = _leading(await connection.rows(_PAGE, (self._situation, self.number)))
            if not block:
                await self._check_rest(connection)
                return False
            self._check_gaps(block)
            facts = {
                table: await self._load_facts(connection, table, [_range(row, table) for row in block])
                for table in FACTS
            }
        for place, row in enumerate(block):
            self._check(row, {table: rows[place] for table, rows in facts.items()})
        return True

    def _check_gaps(self, block: Rows) -> None:
        for number, row in enumerate(block, self.number + 1):
            if row[_NUMBER] != number:
                raise _Broken(number, f"changeset {number} is missing")
            if row[CHANGESET_WIDTH + 1] is None:
                raise _Broken(number, f"what was written just before changeset {number}, in any situation, is missing")

    async def _load_facts(self, connection: Connection, table: str, ranges: Sequence[tuple[int, int]]) -> list[Rows]:
        """Return the rows of a table in each of the ranges, which are in order."""
        found: list[Rows] = [[] for _ in ranges]
        if all(low >= high for low, high in ranges):
            return found
        columns = FACTS[table]
        rows = await connection.rows(
            f"SELECT {', '.join(columns)} FROM {table} "  # noqa: S608 - our own tables
            f"WHERE {columns[0]} > ? AND {columns[0]} <= ? AND situation IN (?, ?) ORDER BY {columns[0]}",
            (ranges[0][0], ranges[-1][1], self._situation, 0 if table == "name" else self._situation),
        )
        counts = [row[0] for row in rows]
        return [rows[bisect_right(counts, low) : bisect_right(counts, high)] for low, high in ranges]

    def _check(self, row: tuple[Any, ...], facts: Mapping[str, Rows]) -> None:
        number = self.number + 1
        for table, rows in facts.items():
            low, high = _range(row, table)
            if len(rows) != max(high - low, 0):
                raise _Broken(number, f"changeset {number} wrote {high - low} rows of {table}; {len(rows)} are there")
            self._rows[table] += len(rows)
        sha256 = link(self.sha256, row[:CHANGESET_WIDTH], (texts_of(rows, to_hash=True) for rows in facts.values()))
        if sha256 != row[CHANGESET_WIDTH]:
            tables = ", ".join(table for table, rows in facts.items() if rows)
            raise _Broken(
                number,
                f"changeset {number} is not as it was written: it or one of its rows was changed"
                + (f" (it has rows of {tables})" if tables else ""),
            )
        self.number, self.sha256, self.facts = number, sha256, self.facts + row[CHANGESET_WIDTH - 1]
        count, kept = self._kept
        if number == count and sha256.hex() != kept:
            raise _Broken(number, f"changeset {number} is not the one of the saved head: history was rewritten")

    async def _check_rest(self, connection: Connection) -> None:
        """Refuse rows that no changeset of the situation wrote."""
        for table, counted in self._rows.items():
            ((there,),) = await connection.rows(
                f"SELECT count(*) FROM {table} WHERE situation = ?",  # noqa: S608
                (self._situation,),
            )
            wrote = counted - (table == "name")  # the situation's own name is in no situation
            if there != wrote:
                raise _Broken(
                    self.number + 1, f"{table} has {there} rows of the situation; its changesets wrote {wrote}"
                )


def _leading(page: Rows) -> Rows:
    """Return the first changesets of a page that together have few enough facts to be read at once."""
    facts = 0
    for place, row in enumerate(page):
        facts += row[CHANGESET_WIDTH - 1]
        if facts > _BLOCK:
            return page[: max(place, 1)]
    return page


def _range(row: tuple[Any, ...], table: str) -> tuple[int, int]:
    """Return the numbers in a table that a changeset's rows are above, and up to."""
    place = list(FACTS).index(table)
    return row[CHANGESET_WIDTH + 1 + place], row[FIRST_TO + place]
