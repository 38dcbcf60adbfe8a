"""Keeping what is derived up to date: weights, the full-text index, marks in force, spans of control.

A writer calls `derive` in the transaction that wrote the facts, with the events that these touch. New events are
derived from memory; all others are read back, so that one function serves late claims, verdicts and undoing.
"""

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from model.catalog import Catalog
from model.entities import PERSONAL, Mark, MarkKind
from model.marks import in_force
from model.standing import weigh
from model.times import FOREVER
from store.sqlite.bulk import in_background, inserting, insertion, run_all, texts_of
from store.sqlite.documents import Writer
from store.sqlite.driver import Connection
from store.sqlite.evidence import IN_FORCE, Reach, Weighable, load_events
from store.sqlite.ledger import Rows
from store.sqlite.names import Names
from store.sqlite.records import MARK_COLUMNS, MARKS, decode_mark, encode_weight
from store.sqlite.respan import Change, load_groups, put_spans, respan

BLOCK = 5_000
"""Events that are read back at a time."""

MARK_NOW_COLUMNS = "situation, event, kind, author, value, mark"

_PUT_WEIGHT, _PUT_DOCUMENT = (
    insertion(table, columns, verb="INSERT OR REPLACE")
    for table, columns in (
        (
            "weight",
            (
                *("event", "standing", "n_for", "n_against", "grade", "grade_against", "flags", "first_reported_at"),
                *("sources", "situation"),
            ),
        ),
        ("event_index", ("rowid", "body")),
    )
)


@dataclass(frozen=True, slots=True)
class Weighed:
    """Rows of events' weights and documents."""

    weights: Rows = ()
    documents: Rows = ()


@dataclass(frozen=True, slots=True)
class Fresh:
    """Events that the transaction has inserted itself: they are weighed already, and not read back."""

    events: Sequence[Weighable]
    """In order of their numbers."""
    weighed: Weighed


NOTHING_FRESH = Fresh((), Weighed())


async def derive(
    connection: Connection,
    names: Names,
    catalog: Catalog,
    *,
    fresh: Fresh = NOTHING_FRESH,
    weighed: Collection[int] = (),
    marked: Collection[int] = (),
) -> None:
    """Bring everything derived up to date after facts were written, undone or redone.

    Args:
        connection: in the write transaction of those facts.
        names: the situation's, including the new ones.
        catalog: the situation's, as it is now.
        fresh: the new events.
        weighed: numbers of other events that came, went, or may weigh differently now.
        marked: numbers of events whose marks may have changed.
    """
    reach = Reach()
    async for block in _in_blocks(connection, names, weighed):
        await drop_events(connection, [one.seq for one in block if not one.in_force])
        await put_events(connection, weigh_events(names, catalog, [one for one in block if one.in_force]))
        for one in block:
            reach.touch(one.evidence, one.known_from)
    by_place: defaultdict[str, list[Weighable]] = defaultdict(list)
    for one in fresh.events:
        reach.touch(one.evidence, one.known_from)
        if one.evidence.event.place is not None:
            by_place[one.evidence.event.place].append(one)
    groups = load_groups(connection, names, reach, before=fresh.events[0].seq if fresh.events else FOREVER)
    first = await anext(groups, None)
    async with in_background(_putting(connection, fresh.weighed)):
        change = Change() if first is None else respan(names, catalog, first, by_place)
    await put_spans(connection, change)
    async for group in groups:
        await put_spans(connection, respan(names, catalog, group, by_place))
    if marked:
        await put_marks(connection, names, marked)


def weigh_events(names: Names, catalog: Catalog, events: Sequence[Weighable]) -> Weighed:
    """Weigh events by all that is known now, and write their documents."""
    writer = Writer(names)
    situation = names.situation
    weights: list[tuple[Any, ...]] = []
    documents: list[tuple[Any, ...]] = []
    for seq, evidence, _, _ in events:
        weight = weigh(evidence, catalog)
        weights.append((seq, *encode_weight(weight, names), situation))
        documents.append((seq, writer.write(evidence.event, evidence.claims, weight)))
    return Weighed(weights, documents)


async def put_events(connection: Connection, weighed: Weighed) -> None:
    """Write events' weights and documents, replacing older ones."""
    await run_all(_putting(connection, weighed))


def _putting(connection: Connection, weighed: Weighed) -> list[Coroutine[Any, Any, None]]:
    return [
        *inserting(connection, _PUT_DOCUMENT, texts_of(weighed.documents)),
        *inserting(connection, _PUT_WEIGHT, texts_of(weighed.weights)),
    ]


async def drop_events(connection: Connection, seqs: Collection[int]) -> None:
    """Remove events from every view."""
    if not seqs:
        return
    rows = [(seq,) for seq in seqs]
    await connection.run_many("DELETE FROM weight WHERE event = ?", rows)
    await connection.run_many("DELETE FROM event_index WHERE rowid = ?", rows)


async def put_marks(connection: Connection, names: Names, seqs: Collection[int]) -> None:
    """Write which marks are in force on the events of these numbers."""
    wanted = (names.situation, json.dumps(sorted(seqs)))
    rows = await load_marks_now(connection, names, seqs)
    await connection.run(
        "DELETE FROM mark_now WHERE situation = ? AND event IN (SELECT value FROM json_each(?))", wanted
    )
    await connection.run_many(
        f"INSERT INTO mark_now ({MARK_NOW_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608 - our own columns
        rows,
    )


async def load_marks_now(connection: Connection, names: Names, seqs: Iterable[int]) -> Rows:
    """Return which marks are in force on the events of these numbers, as rows of `MARK_NOW_COLUMNS`."""
    rows = await connection.rows(
        f"SELECT mark.seq, {MARK_COLUMNS} FROM {MARKS} "  # noqa: S608 - our own columns
        "WHERE mark.situation = ? AND mark.event IN (SELECT value FROM json_each(?)) "
        f"AND mark.changeset {IN_FORCE} AND event.changeset {IN_FORCE} ORDER BY mark.event, mark.seq",
        (names.situation, json.dumps(sorted(seqs))),
    )
    marks: defaultdict[int, list[Mark]] = defaultdict(list)
    seqs_by_id: dict[str, int] = {}
    for seq, *row in rows:
        mark = decode_mark(row)
        marks[row[0]].append(mark)
        seqs_by_id[mark.id] = seq
    return [
        (names.situation, event, mark.kind.value, _whose(mark), mark.value, seqs_by_id[mark.id])
        for event, all_marks in marks.items()
        for mark in in_force(all_marks)
    ]


def _whose(mark: Mark) -> str:
    """Return the author of a mark in `mark_now`; empty for kinds that an event has one of for all users."""
    return mark.author if mark.kind in PERSONAL or mark.kind is MarkKind.NOTE else ""


async def _in_blocks(connection: Connection, names: Names, seqs: Iterable[int]) -> AsyncIterator[list[Weighable]]:
    rest = iter(sorted(seqs))
    while block := list(islice(rest, BLOCK)):
        yield await load_events(connection, names, block)
