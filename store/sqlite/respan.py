"""Control brought up to date: the spans of the places that a change of facts reaches, and no others."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from model.catalog import Catalog
from model.entities import Status
from model.spans import Span, extend
from model.times import EARLIEST, FOREVER
from store.sqlite.driver import Connection
from store.sqlite.evidence import Fresh, Reach, load_places
from store.sqlite.names import Names
from store.sqlite.records import STATE_COLUMNS, decode_state, encode_state, unpack_id

_BLOCK = 200
"""Places whose evidence is in memory at a time."""

_WIDTH = 11
"""Columns of a state."""
_COLUMNS = f"{STATE_COLUMNS}, span.occurred_from, span.occurred_to, span.known_from, span.known_to"
# The spans in force tile the time of occurrence, so that one of them at most reaches into it from before.
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
_PUT = """
INSERT OR REPLACE INTO span (
    place, status, actor, former, flags, since, since_precision, n_for, n_against, grade, events,
    occurred_from, occurred_to, known_from, known_to, situation
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_DROP = "DELETE FROM span WHERE situation = ? AND place = ? AND occurred_from = ? AND known_from = ?"


async def respan(
    connection: Connection,
    names: Names,
    catalog: Catalog,
    reach: Reach,
    fresh: Fresh,
) -> None:
    """Bring the spans of the places in reach up to date.

    Args:
        connection: in the write transaction that wrote the facts.
        names: the situation's.
        catalog: the situation's, after the change.
        reach: how far back each place is changed.
        fresh: what need not be read back.
    """
    places = iter(reach.items())
    while block := dict(islice(places, _BLOCK)):
        await _respan_block(connection, names, catalog, block, fresh)


async def put_spans(connection: Connection, names: Names, spans: Sequence[Span], seqs: Mapping[str, int]) -> None:
    """Write spans, each in the stead of the one that begins at the same two instants.

    Args:
        connection: in a write transaction.
        names: the situation's.
        spans: of any places.
        seqs: id -> number of as many of the events that they rest on as are at hand.
    """
    unknown = {id_ for span in spans for id_ in span.state.event_ids if id_ not in seqs}
    seqs = {**seqs, **await seqs_of(connection, names, unknown)} if unknown else seqs
    await connection.run_many(_PUT, [_encode(span, names, seqs) for span in spans])


async def _respan_block(
    connection: Connection,
    names: Names,
    catalog: Catalog,
    reach: Mapping[str, tuple[int, int]],
    fresh: Fresh,
) -> None:
    current = await _load_current(connection, names, reach)
    evidence = await load_places(connection, names, reach, fresh.before)
    drops: list[tuple[int, ...]] = []
    puts: list[Span] = []
    for place, (occurred_from, known_after) in reach.items():
        put, drop = extend(
            place,
            current.get(place, ()),
            [*evidence.get(place, ()), *fresh.by_place.get(place, ())],
            catalog,
            occurred_from=occurred_from,
            known_after=known_after,
        )
        no = names.no("place", place)
        drops += [(names.situation, no, *span.key) for span in drop]
        for span in put:
            if says_nothing(span):  # as if the place had never been heard of
                drops.append((names.situation, no, *span.key))
            else:
                puts.append(span)
    if drops:
        await connection.run_many(_DROP, drops)
    if puts:
        await put_spans(connection, names, puts, fresh.seqs)


async def _load_current(
    connection: Connection, names: Names, reach: Mapping[str, tuple[int, int]]
) -> Mapping[str, list[Span]]:
    wanted = json.dumps([(names.no("place", place), *limits) for place, limits in reach.items()])
    rows = await connection.rows(_CURRENT, (wanted, names.situation))
    ids = await ids_of(connection, {int(seq) for row in rows for seq in row[_WIDTH - 1].split()})
    current: defaultdict[str, list[Span]] = defaultdict(list)
    for row in rows:
        span = Span(decode_state(row[:_WIDTH], names, ids), *row[_WIDTH:])
        current[span.state.place].append(span)
    return current


async def ids_of(connection: Connection, seqs: Iterable[int]) -> dict[int, str]:
    """Return the ids of the events of these numbers."""
    wanted = list(seqs)
    if not wanted:
        return {}
    rows = await connection.rows(
        "SELECT seq, id FROM event WHERE seq IN (SELECT value FROM json_each(?))", (json.dumps(wanted),)
    )
    return {seq: unpack_id(id_) for seq, id_ in rows}


async def seqs_of(connection: Connection, names: Names, ids: Iterable[str]) -> dict[str, int]:
    """Return the numbers of the situation's events of these ids; ids that it does not have are left out."""
    wanted = list(ids)
    if not wanted:
        return {}
    rows = await connection.rows(
        "SELECT id, seq FROM event WHERE situation = ? AND id IN (SELECT unhex(value, '-') FROM json_each(?))",
        (names.situation, json.dumps(wanted)),
    )
    return {unpack_id(id_): seq for id_, seq in rows}


def says_nothing(span: Span) -> bool:
    """Say whether it is the one span of a place of which nothing is known; that is not kept."""
    return (*span.key, span.occurred_to, span.known_to) == (EARLIEST, EARLIEST, FOREVER, FOREVER) and (
        span.state.status is Status.UNKNOWN
    )


def _encode(span: Span, names: Names, seqs: Mapping[str, int]) -> tuple[object, ...]:
    return (
        *encode_state(span.state, names, seqs),
        *(span.occurred_from, span.occurred_to, span.known_from, span.known_to, names.situation),
    )
