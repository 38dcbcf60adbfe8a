"""The append-only tables of facts, and the hash chain of changesets.

A changeset's rows are the range of numbers above its predecessor's (`*_to`), whichever situation that one belongs to:
as there is one writer at a time, the ranges are contiguous.
"""

import hashlib
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from model.entities import Changeset, Deed
from model.ids import new_id
from store.sqlite.bulk import Text, inserting, insertion, texts_of
from store.sqlite.driver import Connection
from store.sqlite.records import pack_id

Rows = Sequence[tuple[Any, ...]]

FACTS: dict[str, tuple[str, ...]] = {
    "name": ("no", "situation", "what", "id", "changeset"),
    "version": ("seq", "situation", "name", "changeset", "body"),
    "report": (
        *("seq", "situation", "id", "changeset", "source", "title", "url", "text", "language", "published_at"),
        *("fetched_at", "sha256"),
    ),
    "event": (
        *("seq", "situation", "id", "changeset", "kind", "place", "actor", "against", "route", "occurred_at"),
        *("precision", "affects", "summary"),
    ),
    "claim": (
        *("seq", "situation", "id", "changeset", "event", "source", "stance", "credibility", "reported_at"),
        *("reported_precision", "attribution", "quote", "quote_start", "report", "url", "occurred_at"),
        "occurred_precision",
    ),
    "tally_claim": (
        *("seq", "situation", "id", "changeset", "tally", "source", "count", "of", "as_of", "as_of_precision"),
        *("reported_at", "attribution", "note"),
    ),
    "mark": ("seq", "situation", "id", "changeset", "event", "kind", "is_on", "value", "author", "recorded_at"),
    "proposal": ("seq", "situation", "id", "changeset", "report", "body"),
    "decision": ("seq", "situation", "id", "changeset", "proposal", "kind", "became", "reason"),
}
"""Every table of facts with its columns; the first column numbers its rows, across all situations."""

NO_HASH = bytes(32)
"""The hash that the first changeset of a situation is chained to."""

CHANGESET_COLUMNS = (
    "seq, situation, number, id, author, recorded_at, reason, deed, target, batch, name_to, version_to, report_to, "
    "event_to, claim_to, tally_claim_to, mark_to, proposal_to, decision_to, facts"
)
"""The columns of a changeset's own row that are hashed, in order."""
CHANGESET_WIDTH = 20
FIRST_TO = 10
"""Where the `*_to` columns begin; they follow the order of `FACTS`."""
_LATER = slice(17, 19)
"""The columns that the first schema did not have. They are hashed only if one of them is not 0, so that older hashes
stay valid."""

_INSERT = {
    table: insertion(table, columns, blobs=("id", "became") if table != "name" else ())
    for table, columns in FACTS.items()
}
_INSERT_CHANGESET = (
    f"INSERT INTO changeset ({CHANGESET_COLUMNS}, sha256) VALUES ({', '.join('?' * (CHANGESET_WIDTH + 1))})"  # noqa: S608
)


@dataclass(frozen=True, slots=True)
class Tail:
    """Where the file and one situation's chain end; new rows are numbered from here."""

    situation: int
    """The situation's number; 0 if it is not stored yet."""
    seq: int
    """Number of the newest changeset of the file."""
    to: Mapping[str, int]
    """Table of facts -> its highest number."""
    number: int = 0
    """How many changesets the situation has."""
    recorded_at: int = 0
    """When the situation's newest changeset was recorded."""
    sha256: bytes = NO_HASH


@dataclass(frozen=True, slots=True)
class Heading:
    """What a new changeset says about itself."""

    author: str
    recorded_at: int
    """The present instant; the changeset is recorded later if the situation has one as late already."""
    reason: str
    deed: Deed = Deed.WRITE
    target: tuple[int, str] | None = None
    """Number and id of the changeset that an undo takes out of force, or a redo brings back."""
    batch: tuple[int, str] | None = None
    """Number and id of the first changeset of the same action."""


async def load_tail(connection: Connection, situation: int) -> Tail:
    """Return where the file and a situation's chain end; 0 is a situation that is not stored yet."""
    rows = await connection.rows(
        f"""
        SELECT * FROM (SELECT {CHANGESET_COLUMNS}, sha256 FROM changeset ORDER BY seq DESC LIMIT 1)
        UNION ALL
        SELECT * FROM (SELECT {CHANGESET_COLUMNS}, sha256 FROM changeset
                       WHERE situation = ? ORDER BY number DESC LIMIT 1)
        """,  # noqa: S608 - our own column names
        (situation,),
    )
    if not rows:
        return Tail(situation, 0, dict.fromkeys(FACTS, 0))
    newest = rows[0]
    to = dict(zip(FACTS, newest[FIRST_TO : FIRST_TO + len(FACTS)], strict=True))
    if len(rows) == 1:
        return Tail(situation, newest[0], to)
    own = rows[1]
    return Tail(situation, newest[0], to, own[2], own[5], own[-1])


def next_instant(tail: Tail, now: int) -> int:
    """Return when the next changeset is recorded: now, but always after the last one, whatever the clock does.

    So the order of the chain is the order in time, and the latest verdict is the one that was written last. After one
    write by a clock that was far ahead, all that follow are recorded microseconds apart until real time has caught up.
    No clock is disbelieved, however far ahead: one that was years behind and is corrected looks just the same.
    """
    return max(now, tail.recorded_at + 1)


@dataclass(frozen=True, slots=True)
class Link:
    """A changeset that is about to be written."""

    changeset: Changeset
    row: tuple[Any, ...]
    tail: Tail
    """Where the file and the chain end after it."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The rows of a changeset, as they are inserted and hashed."""

    counts: Mapping[str, int]
    """Table -> how many rows."""
    texts: Mapping[str, Sequence[Text]]
    """Table -> its rows."""


NO_FACTS = Facts({}, {})


def facts_of(rows: Mapping[str, Rows]) -> Facts:
    """Return the facts of a changeset, given its rows, numbered from the tail and with ids as hexadecimal digits."""
    return Facts(
        {table: len(some) for table, some in rows.items()},
        {table: texts_of(some, to_hash=True) for table, some in rows.items()},
    )


def make_link(tail: Tail, heading: Heading, facts: Facts = NO_FACTS) -> Link:
    """Return the link that chains a changeset with these rows to the tail."""
    seq = tail.seq + 1
    recorded_at = next_instant(tail, heading.recorded_at)
    to = {table: tail.to[table] + facts.counts.get(table, 0) for table in FACTS}
    count = sum(facts.counts.values())
    id_ = new_id()
    row = (
        *(seq, tail.situation, tail.number + 1, pack_id(id_), heading.author, recorded_at, heading.reason),
        heading.deed.value,
        heading.target[0] if heading.target else None,
        heading.batch[0] if heading.batch else None,
        *to.values(),
        count,
    )
    sha256 = link(tail.sha256, row, (facts.texts.get(table, ()) for table in FACTS))
    changeset = Changeset(
        id_,
        heading.author,
        recorded_at,
        heading.reason,
        heading.deed,
        heading.target[1] if heading.target else None,
        heading.batch[1] if heading.batch else None,
        count,
    )
    return Link(changeset, (*row, sha256), Tail(tail.situation, seq, to, tail.number + 1, recorded_at, sha256))


def inserting_facts(connection: Connection, facts: Facts) -> list[Coroutine[Any, Any, None]]:
    """Return the statements that insert the rows of a changeset."""
    return [
        statement for table, texts in facts.texts.items() for statement in inserting(connection, _INSERT[table], texts)
    ]


async def append(connection: Connection, made: Link) -> None:
    """Write the changeset itself; its rows are inserted in the same transaction."""
    await connection.run(_INSERT_CHANGESET, made.row)


def link(previous: bytes, changeset: tuple[Any, ...], facts: Iterable[Sequence[Text]]) -> bytes:
    """Return the hash of a changeset.

    Args:
        previous: its predecessor's hash.
        changeset: its own columns.
        facts: its rows, table by table in the order of `FACTS`, as `bulk.texts_of` writes them to be hashed.
    """
    digest = hashlib.sha256(previous)
    if not any(changeset[_LATER]):
        changeset = changeset[: _LATER.start] + changeset[_LATER.stop :]
    for text in texts_of([changeset], to_hash=True):
        digest.update(text.encode())
    for texts in facts:
        for text in texts:
            digest.update(text.encode())
    return digest.digest()
