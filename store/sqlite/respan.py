"""Bringing control up to date: derives the spans of the places that a change of facts reaches, and no others."""

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from model.catalog import Catalog
from model.entities import Status
from model.spans import Span, extend, timeline
from model.times import EARLIEST, FOREVER
from store.sqlite.bulk import inserting, insertion, run_all, texts_of
from store.sqlite.driver import Connection
from store.sqlite.evidence import Reach, Weighable, load_places
from store.sqlite.ledger import Rows
from store.sqlite.names import Names
from store.sqlite.records import STATE_COLUMNS, decode_states, encode_state

_BLOCK = 20_000
"""Events in memory at a time, unless a single place has more."""

_WIDTH = 11
"""Number of `STATE_COLUMNS`."""
_COLUMNS = f"{STATE_COLUMNS}, span.occurred_from, span.occurred_to, span.known_from, span.known_to"
# The spans known now tile the axis of occurrence, so at most one of them begins before the reach and extends into it.
_CURRENT = f"""
SELECT {_COLUMNS} FROM json_each(?1) AS reach CROSS JOIN span
WHERE span.situation = ?2 AND span.place = reach.value ->> 0 AND span.known_to = {FOREVER}
  AND span.occurred_from >= ifnull((
    SELECT max(occurred_from) FROM span AS earlier
    WHERE earlier.situation = ?2 AND earlier.place = reach.value ->> 0 AND earlier.known_to = {FOREVER}
      AND earlier.occurred_from < reach.value ->> 1
  ), reach.value ->> 1)
UNION ALL
SELECT {_COLUMNS} FROM json_each(?1) AS reach CROSS JOIN span
WHERE span.situation = ?2 AND span.place = reach.value ->> 0 AND span.known_to < {FOREVER}
  AND span.known_to > reach.value ->> 2 AND span.occurred_to >= reach.value ->> 1
"""  # noqa: S608 - our own columns
_SIZES = """
SELECT event.place, count(*) FROM json_each(?1) AS reach CROSS JOIN event
WHERE event.situation = ?2 AND event.place = reach.value ->> 0 AND event.affects = 1
  AND event.occurred_at >= reach.value ->> 1
GROUP BY event.place
"""
_PUT = insertion(
    "span",
    (
        *("place", "status", "actor", "former", "flags", "since", "since_precision", "n_for", "n_against", "grade"),
        *("events", "occurred_from", "occurred_to", "known_from", "known_to", "situation"),
    ),
    blobs=("events",),
    verb="INSERT OR REPLACE",
)
_DROP = "DELETE FROM span WHERE situation = ? AND place = ? AND occurred_from = ? AND known_from = ?"


@dataclass(frozen=True, slots=True)
class Group:
    """Places whose control has to be brought up to date, with what that takes."""

    reach: Mapping[str, tuple[int, int]]
    current: Mapping[str, Sequence[Span]]
    """Place -> the spans that may change."""
    stored: Mapping[str, Sequence[Weighable]]
    """Place -> the events within reach."""


@dataclass(frozen=True, slots=True)
class Change:
    """Spans to delete (rows of keys), and then spans to write."""

    drops: Rows = ()
    puts: Rows = ()


async def load_groups(connection: Connection, names: Names, reach: Reach, before: int) -> AsyncIterator[Group]:
    """Yield the places in reach, in groups that have few enough events within it.

    Args:
        connection: in the write transaction that wrote the facts.
        names: the situation's.
        reach: how far back each place is changed.
        before: events of this number and above are in memory, and not read back.
    """
    if not reach:
        return
    for places in await _group(connection, names, reach):
        some = {place: reach[place] for place in places}
        wanted = json.dumps([(names.no("place", place), *limits) for place, limits in some.items()])
        rows = await connection.rows(_CURRENT, (wanted, names.situation))
        current: defaultdict[str, list[Span]] = defaultdict(list)
        for row, state in zip(rows, decode_states(rows, names), strict=True):
            current[state.place].append(Span(state, *row[_WIDTH:]))
        since = {place: occurred_from for place, (occurred_from, _) in some.items()}
        stored = await load_places(connection, names, since, before)
        yield Group(some, current, stored)


def respan(names: Names, catalog: Catalog, group: Group, fresh: Mapping[str, Sequence[Weighable]]) -> Change:
    """Return the changes to the spans of a group's places.

    Args:
        names: the situation's.
        catalog: the situation's, after the change.
        group: the places.
        fresh: place -> the events that are in memory.
    """
    drops: list[tuple[Any, ...]] = []
    puts: list[tuple[Any, ...]] = []
    for place, (occurred_from, known_after) in group.reach.items():
        events = [*group.stored.get(place, ()), *fresh.get(place, ())]
        put, drop = extend(
            place,
            group.current.get(place, ()),
            [one.evidence for one in events],
            catalog,
            occurred_from=occurred_from,
            known_after=known_after,
        )
        key = (names.situation, names.no("place", place))
        drops += [(*key, *span.key) for span in drop]
        # A place of which nothing is known has no spans.
        drops += [(*key, *span.key) for span in put if _says_nothing(span)]
        puts += [_encode(span, names) for span in put if not _says_nothing(span)]
    return Change(drops, puts)


def whole_change(names: Names, catalog: Catalog, stored: Mapping[str, Sequence[Weighable]]) -> Change:
    """Return the spans of places from all their events."""
    puts = []
    for place, events in stored.items():
        spans = timeline(place, [one.evidence for one in events], catalog)
        puts += [_encode(span, names) for span in spans if not _says_nothing(span)]
    return Change(puts=puts)


async def put_spans(connection: Connection, change: Change) -> None:
    """Write a change."""
    if change.drops:
        await connection.run_many(_DROP, change.drops)
    if change.puts:
        await run_all(inserting(connection, _PUT, texts_of(change.puts)))


async def _group(connection: Connection, names: Names, reach: Reach) -> list[list[str]]:
    wanted = json.dumps([(names.no("place", place), occurred_from) for place, (occurred_from, _) in reach.items()])
    rows = await connection.rows(_SIZES, (wanted, names.situation))
    sizes = {names.id(place): size for place, size in rows}
    return group_by_size({place: sizes.get(place, 0) for place in reach})


def group_by_size(sizes: Mapping[str, int]) -> list[list[str]]:
    """Return the keys in groups of at most `_BLOCK` events; a group of a single key may have more."""
    groups: list[list[str]] = []
    room = 0
    for key, size in sizes.items():
        if not groups or size > room:
            groups.append([])
            room = _BLOCK
        groups[-1].append(key)
        room -= size
    return groups


def _says_nothing(span: Span) -> bool:
    return (*span.key, span.occurred_to, span.known_to) == (EARLIEST, EARLIEST, FOREVER, FOREVER) and (
        span.state.status is Status.UNKNOWN
    )


def _encode(span: Span, names: Names) -> tuple[object, ...]:
    return (
        *encode_state(span.state, names),
        *(span.occurred_from, span.occurred_to, span.known_from, span.known_to, names.situation),
    )
