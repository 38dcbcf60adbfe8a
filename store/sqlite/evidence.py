"""Reading events back with their claims and verdicts, many at a time."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from model.entities import VERDICTS, Claim, Mark
from model.kinds import CONTROL_KINDS
from model.standing import Evidence
from model.times import FOREVER
from store.sqlite.driver import Connection
from store.sqlite.names import Names
from store.sqlite.records import (
    CLAIM_COLUMNS,
    CLAIMS,
    EVENT_COLUMNS,
    EVENT_WIDTH,
    MARK_COLUMNS,
    MARKS,
    decode_claim,
    decode_event,
    decode_mark,
)

IN_FORCE = "NOT IN (SELECT changeset FROM undone)"
"""Condition on a changeset's number: its rows are in force."""

_VERDICTS = ", ".join(f"'{kind.value}'" for kind in sorted(VERDICTS))


class Weighable(NamedTuple):
    """A stored event, in force or undone, with the claims and verdicts that are in force."""

    seq: int
    evidence: Evidence
    in_force: bool
    known_from: int
    """The earliest instant at which anything was said of it, including undone claims and verdicts."""


class Reach(dict[str, tuple[int, int]]):
    """How far back added or removed facts can change control: place -> (occurred from, known after)."""

    def touch(self, evidence: Evidence, known_from: int) -> None:
        """Extend the reach to an event that came, went, or weighs differently from a known-at on."""
        event = evidence.event
        if event.place is None or event.kind not in CONTROL_KINDS or known_from == FOREVER:
            return
        occurred_from, known_after = self.get(event.place, (FOREVER, FOREVER))
        self[event.place] = (min(occurred_from, event.occurred_at), min(known_after, known_from - 1))


async def load_events(connection: Connection, names: Names, seqs: Iterable[int]) -> list[Weighable]:
    """Return the events with these numbers, in order of number."""
    wanted = json.dumps(sorted(seqs))
    rows = await connection.rows(
        f"SELECT {EVENT_COLUMNS}, event.changeset {IN_FORCE} FROM event "  # noqa: S608 - our own columns
        "WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq",
        (wanted,),
    )
    return await _with_claims(connection, names, rows)


async def load_written(connection: Connection, names: Names, ids: Collection[str]) -> dict[str, Evidence | None]:
    """Return those of these events that were ever written, by id; None for one that was undone."""
    rows = await connection.rows(
        f"SELECT {EVENT_COLUMNS}, event.changeset {IN_FORCE} FROM event "  # noqa: S608
        "WHERE situation = ? AND id IN (SELECT unhex(value, '-') FROM json_each(?)) ORDER BY seq",
        (names.situation, json.dumps(list(ids))),
    )
    found = await _with_claims(connection, names, rows)
    return {one.evidence.event.id: one.evidence if one.in_force else None for one in found}


async def load_places(
    connection: Connection, names: Names, since: Mapping[str, int], before: int
) -> dict[str, list[Weighable]]:
    """Return the events in force that bear on control, by place.

    Args:
        connection: any.
        names: the situation's.
        since: place -> the first occurrence to read.
        before: only events with smaller numbers are read.
    """
    wanted = json.dumps([(names.no("place", place), occurred_from) for place, occurred_from in since.items()])
    rows = await connection.rows(
        f"SELECT {EVENT_COLUMNS}, 1 FROM json_each(?) AS reach CROSS JOIN event "  # noqa: S608
        "WHERE event.situation = ? AND event.place = reach.value ->> 0 AND event.affects = 1 "
        f"AND event.occurred_at >= reach.value ->> 1 AND event.seq < ? AND event.changeset {IN_FORCE}",
        (wanted, names.situation, before),
    )
    found: defaultdict[str, list[Weighable]] = defaultdict(list)
    for one in await _with_claims(connection, names, rows):
        found[one.evidence.event.place or ""].append(one)
    return found


async def _with_claims(connection: Connection, names: Names, rows: Sequence[tuple[Any, ...]]) -> list[Weighable]:
    if not rows:
        return []
    wanted = (names.situation, json.dumps([row[0] for row in rows]))
    claims: defaultdict[int, list[Claim]] = defaultdict(list)
    verdicts: defaultdict[int, list[Mark]] = defaultdict(list)
    known_from: dict[int, int] = {}
    for *row, counts in await connection.rows(
        f"SELECT {CLAIM_COLUMNS}, claim.changeset {IN_FORCE} FROM {CLAIMS} "  # noqa: S608
        "WHERE claim.situation = ? AND claim.event IN (SELECT value FROM json_each(?)) ORDER BY claim.seq",
        wanted,
    ):
        claim = decode_claim(row, names)
        known_from[row[0]] = min(known_from.get(row[0], FOREVER), claim.reported_at)
        if counts:
            claims[row[0]].append(claim)
    for *row, counts in await connection.rows(
        f"SELECT {MARK_COLUMNS}, mark.changeset {IN_FORCE} FROM {MARKS} "  # noqa: S608
        f"WHERE mark.situation = ? AND mark.event IN (SELECT value FROM json_each(?)) AND mark.kind IN ({_VERDICTS})"
        " ORDER BY mark.seq",
        wanted,
    ):
        mark = decode_mark(row)
        known_from[row[0]] = min(known_from.get(row[0], FOREVER), mark.recorded_at)
        if counts:
            verdicts[row[0]].append(mark)
    return [
        Weighable(
            seq := row[0],
            Evidence(decode_event(row, names), tuple(claims[seq]), tuple(verdicts[seq])),
            bool(row[EVENT_WIDTH]),
            known_from.get(seq, FOREVER),
        )
        for row in rows
    ]
