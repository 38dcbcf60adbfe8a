"""One hash of everything derived in a situation: the same facts give the same hash, in whatever order they came.

Rows are hashed one by one, with ids in place of this file's numbers, and the hashes are added up: nothing is sorted or
held in memory, and two stores with the same facts agree.
"""

import hashlib
from collections.abc import Iterable
from operator import attrgetter

from model.entities import Weight
from store.sqlite.documents import Writer
from store.sqlite.driver import Connection, Pool
from store.sqlite.evidence import load_events
from store.sqlite.names import Names, load_names
from store.sqlite.rebuild import WRONGLY_UNDONE
from store.sqlite.records import STATE_COLUMNS, WEIGHT_COLUMNS, decode_states, decode_weight

_BLOCK = 5_000
"""Rows in memory at a time."""
_STATE_WIDTH = 11
_QUEUE = """
SELECT proposal.id FROM queue LEFT JOIN proposal ON proposal.seq = queue.proposal WHERE queue.situation = ?
"""
_WEIGHT = attrgetter(*Weight._fields)


class _Sum:
    """Hashes of rows, added up."""

    def __init__(self) -> None:
        self._total = 0
        self._count = 0

    def add(self, *values: object) -> None:
        self._total += int.from_bytes(hashlib.sha256(ascii(values).encode()).digest(), "big")
        self._count += 1

    def hexdigest(self) -> str:
        return hashlib.sha256(f"{self._count} {self._total % 2**256}".encode()).hexdigest()


async def state_hash(pool: Pool, situation_id: str) -> str:
    """Return the SHA-256 of a situation's weights, documents, marks in force, spans and open proposals.

    Undone facts are not in it, so an undo brings the hash from before back. Changesets that are wrongly undone or in
    force are in it. It is read in one transaction, so that all of it is from one moment.

    Raises:
        IdUnknown: there is no such situation.
        StoreDamaged: a row is unreadable.
    """
    total = _Sum()
    async with pool.read() as connection:
        names = await load_names(connection, situation_id)
        await _add_events(connection, names, total)
        await _add_marks(connection, names, total)
        await _add_spans(connection, names, total)
        for (id_,) in await connection.rows(_QUEUE, (names.situation,)):
            total.add("open", id_)
        for (id_,) in await connection.rows(WRONGLY_UNDONE, (names.situation,)):
            total.add("undone", id_)
    return total.hexdigest()


async def _add_events(connection: Connection, names: Names, total: _Sum) -> None:
    writer = Writer(_portable(names))
    last = 0
    while rows := await connection.rows(
        f"SELECT weight.event, {WEIGHT_COLUMNS} FROM weight "  # noqa: S608 - our own columns
        f"WHERE situation = ? AND event > ? ORDER BY event LIMIT {_BLOCK}",
        (names.situation, last),
    ):
        weights = {row[0]: decode_weight(row[1:], names) for row in rows}
        between = (last, last := rows[-1][0])
        indexed = await connection.rows("SELECT rowid FROM event_index WHERE rowid > ? AND rowid <= ?", between)
        is_indexed = {seq for (seq,) in indexed}
        for one in await load_events(connection, names, weights):
            weight, event = weights[one.seq], one.evidence.event
            document = writer.write(event, sorted(one.evidence.claims, key=attrgetter("id")), weight)
            total.add("event", event.id, one.in_force, one.seq in is_indexed, _plain(_WEIGHT(weight)), document)


async def _add_marks(connection: Connection, names: Names, total: _Sum) -> None:
    last = (0, "", "", "")
    while rows := await connection.rows(
        """
        SELECT mark_now.event, mark_now.kind, mark_now.author, mark_now.value, event.id, mark.id
        FROM mark_now LEFT JOIN event ON event.seq = mark_now.event LEFT JOIN mark ON mark.seq = mark_now.mark
        WHERE mark_now.situation = ? AND (mark_now.event, mark_now.kind, mark_now.author, mark_now.value) > (?, ?, ?, ?)
        ORDER BY mark_now.event, mark_now.kind, mark_now.author, mark_now.value LIMIT ?
        """,
        (names.situation, *last, _BLOCK),
    ):
        last = rows[-1][:4]
        for _, kind, author, value, event_id, mark_id in rows:
            total.add("mark", kind, author, value, event_id, mark_id)


async def _add_spans(connection: Connection, names: Names, total: _Sum) -> None:
    last: tuple[int, ...] = (0, 0, 0)
    while rows := await connection.rows(
        f"SELECT {STATE_COLUMNS}, span.occurred_from, span.known_from, span.occurred_to, span.known_to "  # noqa: S608
        "FROM span WHERE situation = ? AND (place, occurred_from, known_from) > (?, ?, ?) "
        f"ORDER BY place, occurred_from, known_from LIMIT {_BLOCK}",
        (names.situation, *last),
    ):
        for row, state in zip(rows, decode_states(rows, names), strict=True):
            total.add("span", _plain(state), row[_STATE_WIDTH:])
        last = (rows[-1][0], *rows[-1][_STATE_WIDTH : _STATE_WIDTH + 2])


def _plain(values: Iterable[object]) -> tuple[str, ...]:
    return tuple(map(str, values))


def _portable(names: Names) -> Names:
    """Return names with numbers derived from the ids, so that documents are the same in every store."""
    return names._replace(
        situation=0,
        numbers={what: {id_: _number(id_) for id_ in numbers} for what, numbers in names.numbers.items()},
    )


def _number(id_: str) -> int:
    return int.from_bytes(hashlib.sha256(id_.encode()).digest()[:6], "big")
