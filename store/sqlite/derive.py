"""What follows from the facts, kept up to date: weights, the full-text index, marks in force, spans of control.

A writer calls `derive` in the transaction that wrote the facts, with what the facts touch. Brand-new events are
derived from memory; all others are read back, so that the same function serves late claims, verdicts and undoing.
"""

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from itertools import islice
from typing import Any

from model.catalog import Catalog
from model.entities import PERSONAL, Mark, MarkKind
from model.kinds import CONTROL_KINDS
from model.marks import in_force
from model.standing import Evidence, weigh
from store.sqlite.documents import Writer
from store.sqlite.driver import Connection
from store.sqlite.evidence import IN_FORCE, NOTHING_FRESH, Fresh, Reach, Weighable, load_events
from store.sqlite.names import Names
from store.sqlite.records import MARK_COLUMNS, MARKS, decode_mark, encode_weight
from store.sqlite.respan import respan

BLOCK = 5_000
"""Events that are read back at a time."""

_WEIGHT = (
    "weight (event, situation, standing, n_for, n_against, grade, grade_against, flags, first_reported_at, sources) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_DOCUMENT = "event_index (rowid, body) VALUES (?, ?)"


async def derive(
    connection: Connection,
    names: Names,
    catalog: Catalog,
    *,
    fresh: Sequence[Weighable] = (),
    weighed: Collection[int] = (),
    marked: Collection[int] = (),
) -> None:
    """Bring all that is derived up to date after facts were written, undone or redone.

    Args:
        connection: in the write transaction of those facts.
        names: the situation's, the new ones included.
        catalog: the situation's, as it is now.
        fresh: events that this transaction has inserted, in order of their numbers, with all that it says of them.
        weighed: numbers of other events that came, went, or may be weighed otherwise now.
        marked: numbers of events whose marks may be others now.
    """
    reach = Reach()
    if fresh:
        await put_events(connection, names, catalog, fresh, fresh=True)
    for one in fresh:
        reach.touch(one.evidence, one.known_from)
    async for block in _in_blocks(connection, names, weighed):
        await drop_events(connection, [one.seq for one in block if not one.in_force])
        await put_events(connection, names, catalog, [one for one in block if one.in_force])
        for one in block:
            reach.touch(one.evidence, one.known_from)
    await respan(connection, names, catalog, reach, _freshly(fresh))
    if marked:
        await put_marks(connection, names, marked)


async def put_events(
    connection: Connection, names: Names, catalog: Catalog, events: Sequence[Weighable], *, fresh: bool = False
) -> None:
    """Weigh events and write their weights and documents: in the stead of older ones, unless they are fresh."""
    writer = Writer(names)
    situation = names.situation
    weights: list[tuple[Any, ...]] = []
    documents: list[tuple[int, str]] = []
    for seq, evidence, _, _ in events:
        weight = weigh(evidence, catalog)
        weights.append((seq, situation, *encode_weight(weight, names)))
        documents.append((seq, writer.write(evidence.event, evidence.claims, weight)))
    verb = "INSERT" if fresh else "INSERT OR REPLACE"
    await connection.run_many(f"{verb} INTO {_WEIGHT}", weights)
    await connection.run_many(f"{verb} INTO {_DOCUMENT}", documents)


async def drop_events(connection: Connection, seqs: Collection[int]) -> None:
    """Take events out of every view."""
    if not seqs:
        return
    rows = [(seq,) for seq in seqs]
    await connection.run_many("DELETE FROM weight WHERE event = ?", rows)
    await connection.run_many("DELETE FROM event_index WHERE rowid = ?", rows)


async def put_marks(connection: Connection, names: Names, seqs: Iterable[int]) -> None:
    """Write which marks are in force on the events of these numbers."""
    wanted = (names.situation, json.dumps(sorted(seqs)))
    await connection.run(
        "DELETE FROM mark_now WHERE situation = ? AND event IN (SELECT value FROM json_each(?))", wanted
    )
    rows = await connection.rows(
        f"SELECT mark.seq, {MARK_COLUMNS} FROM {MARKS} "  # noqa: S608 - our own columns
        "WHERE mark.situation = ? AND mark.event IN (SELECT value FROM json_each(?)) "
        f"AND mark.changeset {IN_FORCE} AND event.changeset {IN_FORCE} ORDER BY mark.event, mark.seq",
        wanted,
    )
    marks: defaultdict[int, list[Mark]] = defaultdict(list)
    seqs_by_id: dict[str, int] = {}
    for seq, *row in rows:
        mark = decode_mark(row)
        marks[row[0]].append(mark)
        seqs_by_id[mark.id] = seq
    await connection.run_many(
        "INSERT INTO mark_now (situation, event, kind, author, value, mark) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (names.situation, event, mark.kind.value, _whose(mark), mark.value, seqs_by_id[mark.id])
            for event, all_marks in marks.items()
            for mark in in_force(all_marks)
        ],
    )


def _whose(mark: Mark) -> str:
    """Return whose mark it is in `mark_now`: nobody's where the event has one for all."""
    return mark.author if mark.kind in PERSONAL or mark.kind is MarkKind.NOTE else ""


def _freshly(events: Sequence[Weighable]) -> Fresh:
    if not events:
        return NOTHING_FRESH
    by_place: defaultdict[str, list[Evidence]] = defaultdict(list)
    for one in events:
        event = one.evidence.event
        if event.place is not None and event.kind in CONTROL_KINDS:
            by_place[event.place].append(one.evidence)
    return Fresh(events[0].seq, {one.evidence.event.id: one.seq for one in events}, by_place)


async def _in_blocks(connection: Connection, names: Names, seqs: Iterable[int]) -> AsyncIterator[list[Weighable]]:
    rest = iter(sorted(seqs))
    while block := list(islice(rest, BLOCK)):
        yield await load_events(connection, names, block)
