"""Rows as records and back: how each table's columns are written, and the record that they stand for.

A list of columns and its decoder belong together: `decode_claim` reads what `SELECT {CLAIM_COLUMNS} FROM {CLAIMS}`
returns. Small integers become ids here, through `Names`, and leave the store nowhere else. A row that cannot be what
was encoded raises `StoreDamaged`.
"""

import struct
from collections.abc import Iterable, Sequence
from typing import Any

from model.entities import (
    Changeset,
    Claim,
    ControlState,
    Deed,
    Event,
    Mark,
    MarkKind,
    Report,
    Stance,
    Standing,
    Status,
    TallyClaim,
    Weight,
)
from model.errors import InputRefused
from model.grades import CREDIBILITIES, RELIABILITIES, Grade
from model.times import Precision
from store.sqlite.damage import decoder
from store.sqlite.names import Names

Row = Sequence[Any]

PRECISIONS = tuple(Precision)
"""A precision is stored as its place in here; so are the others. New members only at the end."""
STANCES = tuple(Stance)
STANDINGS = tuple(Standing)
_CREDIBILITIES = {credibility: credibility for credibility in range(1, 7)}
_STATUSES = {status.value: status for status in Status}
_GRADES = {f"{letter}{number}": Grade(letter, number) for letter in RELIABILITIES for number in CREDIBILITIES}
_PRECISION_NOS = {precision: number for number, precision in enumerate(PRECISIONS)}
_STANDING_NOS = {standing: number for number, standing in enumerate(STANDINGS)}

_ID_PARTS = struct.Struct("8s4s4s4s12s").iter_unpack
"""Cuts the hexadecimal digits of ids into the parts between their hyphens."""

DENIED = DISPUTED = 1
DATE_DISPUTED = 2
ONLY_CLAIMED = 4
"""Bits of `weight.flags`, where the first one says denied, and of `span.flags`, where it says disputed."""

EVENT_COLUMNS = (
    "event.seq, event.id, event.kind, event.place, event.actor, event.against, event.route, event.occurred_at, "
    "event.precision, event.summary"
)
EVENT_WIDTH = 10

CLAIMS = "claim JOIN event ON event.seq = claim.event LEFT JOIN report ON report.seq = claim.report"
CLAIM_COLUMNS = (
    "claim.event, claim.id, event.id, claim.source, claim.stance, claim.credibility, claim.reported_at, "
    "claim.reported_precision, claim.attribution, claim.quote, claim.quote_start, report.id, claim.url, "
    "claim.occurred_at, claim.occurred_precision"
)

MARKS = "mark JOIN event ON event.seq = mark.event"
MARK_COLUMNS = "mark.event, mark.id, event.id, mark.kind, mark.is_on, mark.value, mark.author, mark.recorded_at"

REPORT_COLUMNS = (
    "report.seq, report.id, report.source, report.title, report.url, report.text, report.language, "
    "report.published_at, report.fetched_at, report.sha256"
)

TALLY_CLAIM_COLUMNS = (
    "tally_claim.id, tally_claim.tally, tally_claim.source, tally_claim.count, tally_claim.of, tally_claim.as_of, "
    "tally_claim.as_of_precision, tally_claim.reported_at, tally_claim.attribution, tally_claim.note"
)

CHANGESETS = (
    "changeset LEFT JOIN changeset AS target ON target.seq = changeset.target "
    "LEFT JOIN changeset AS batch ON batch.seq = changeset.batch"
)
CHANGESET_COLUMNS = (
    "changeset.seq, changeset.id, changeset.author, changeset.recorded_at, changeset.reason, changeset.deed, "
    "target.id, batch.id, changeset.facts"
)

WEIGHT_COLUMNS = (
    "weight.standing, weight.n_for, weight.n_against, weight.grade, weight.grade_against, weight.flags, "
    "weight.first_reported_at, weight.sources"
)

STATE_COLUMNS = (
    "span.place, span.status, span.actor, span.former, span.flags, span.since, span.since_precision, span.n_for, "
    "span.n_against, span.grade, span.events"
)


def pack_id(id_: str) -> bytes:
    """Return an id as its 16 bytes.

    Raises:
        InputRefused: it is not a UUID.
    """
    try:
        packed = bytes.fromhex(id_.replace("-", ""))
    except ValueError:
        packed = b""
    if len(packed) != 16:
        raise InputRefused(f"{id_[:40]!r} is not an id; an id is 32 hexadecimal digits, such as sitmon prints")
    return packed


def unpack_id(packed: bytes) -> str:
    """Return 16 bytes as an id."""
    digits = packed.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


@decoder("event")
def decode_event(row: Row, names: Names) -> Event:
    """Read a row of `EVENT_COLUMNS`; longer rows may follow on."""
    _, id_, kind, place, actor, against, route, occurred_at, precision, summary = row[:EVENT_WIDTH]
    return Event(
        id=unpack_id(id_),
        kind=names.id(kind),
        occurred_at=occurred_at,
        precision=PRECISIONS[precision],
        summary=summary,
        place=_name(place, names),
        actor=_name(actor, names),
        against=_name(against, names),
        route=_name(route, names),
    )


@decoder("claim")
def decode_claim(row: Row, names: Names) -> Claim:
    """Read a row of `CLAIM_COLUMNS` from `CLAIMS`; its first column is the event's seq, to group by."""
    (
        _,
        id_,
        event,
        source,
        stance,
        credibility,
        reported_at,
        reported_precision,
        attribution,
        quote,
        quote_start,
        report,
        url,
        occurred_at,
        occurred_precision,
    ) = row
    return Claim(
        id=unpack_id(id_),
        event=unpack_id(event),
        source=names.id(source),
        stance=STANCES[stance],
        reported_at=reported_at,
        reported_precision=PRECISIONS[reported_precision],
        credibility=_CREDIBILITIES[credibility],
        attribution=attribution,
        quote=quote,
        quote_start=quote_start,
        report=None if report is None else unpack_id(report),
        url=url,
        occurred_at=occurred_at,
        occurred_precision=None if occurred_precision is None else PRECISIONS[occurred_precision],
    )


@decoder("mark")
def decode_mark(row: Row) -> Mark:
    """Read a row of `MARK_COLUMNS` from `MARKS`; its first column is the event's seq, to group by."""
    _, id_, event, kind, is_on, value, author, recorded_at = row
    return Mark(
        id=unpack_id(id_),
        event=unpack_id(event),
        kind=MarkKind(kind),
        on=bool(is_on),
        value=value,
        author=author,
        recorded_at=recorded_at,
    )


@decoder("report")
def decode_report(row: Row, names: Names) -> Report:
    """Read a row of `REPORT_COLUMNS`."""
    _, id_, source, title, url, text, language, published_at, fetched_at, sha256 = row
    return Report(
        id=unpack_id(id_),
        source=names.id(source),
        title=title,
        url=url,
        text=text,
        language=language,
        published_at=published_at,
        fetched_at=fetched_at,
        sha256=sha256,
    )


@decoder("tally_claim")
def decode_tally_claim(row: Row, names: Names) -> TallyClaim:
    """Read a row of `TALLY_CLAIM_COLUMNS`."""
    id_, tally, source, count, of, as_of, as_of_precision, reported_at, attribution, note = row
    return TallyClaim(
        id=unpack_id(id_),
        tally=names.id(tally),
        source=names.id(source),
        count=count,
        of=of,
        as_of=as_of,
        as_of_precision=PRECISIONS[as_of_precision],
        reported_at=reported_at,
        attribution=attribution,
        note=note,
    )


@decoder("changeset")
def decode_changeset(row: Row) -> Changeset:
    """Read a row of `CHANGESET_COLUMNS` from `CHANGESETS`."""
    _, id_, author, recorded_at, reason, deed, target, batch, facts = row
    return Changeset(
        id=unpack_id(id_),
        author=author,
        recorded_at=recorded_at,
        reason=reason,
        deed=Deed(deed),
        target=None if target is None else unpack_id(target),
        batch=None if batch is None else unpack_id(batch),
        facts=facts,
    )


def encode_weight(weight: Weight, names: Names) -> tuple[Any, ...]:
    """Return the values of `WEIGHT_COLUMNS`."""
    return (
        _STANDING_NOS[weight.standing],
        weight.n_for,
        weight.n_against,
        _encode_grade(weight.grade),
        _encode_grade(weight.grade_against),
        DENIED * weight.denied + DATE_DISPUTED * weight.date_disputed + ONLY_CLAIMED * weight.only_claimed,
        weight.first_reported_at,
        " ".join(str(names.no("source", source)) for source in weight.source_ids),
    )


@decoder("weight")
def decode_weight(row: Row, names: Names) -> Weight:
    """Read a row of `WEIGHT_COLUMNS`."""
    standing, n_for, n_against, grade, grade_against, flags, first_reported_at, sources = row
    return Weight(
        standing=STANDINGS[standing],
        n_for=n_for,
        n_against=n_against,
        grade=_decode_grade(grade),
        grade_against=_decode_grade(grade_against),
        denied=bool(flags & DENIED),
        date_disputed=bool(flags & DATE_DISPUTED),
        only_claimed=bool(flags & ONLY_CLAIMED),
        first_reported_at=first_reported_at,
        source_ids=tuple(names.id(int(no)) for no in sources.split()),
    )


def encode_state(state: ControlState, names: Names) -> tuple[Any, ...]:
    """Return the values of `STATE_COLUMNS`, the ids of the events as hexadecimal digits."""
    return (
        names.no("place", state.place),
        state.status.value,
        None if state.actor is None else names.no("actor", state.actor),
        None if state.former is None else names.no("actor", state.former),
        DISPUTED * state.disputed + DATE_DISPUTED * state.date_disputed,
        state.since,
        _PRECISION_NOS[state.since_precision],
        state.n_for,
        state.n_against,
        _encode_grade(state.grade),
        "".join(state.event_ids).replace("-", ""),
    )


@decoder("span")
def decode_status(text: str) -> Status:
    """Read a value of `span.status`."""
    return _STATUSES[text]


@decoder("mark_now")
def decode_kind(text: str) -> MarkKind:
    """Read a value of `mark_now.kind`."""
    return MarkKind(text)


@decoder("span")
def decode_states(rows: Iterable[Row], names: Names) -> list[ControlState]:
    """Read rows of `STATE_COLUMNS`; longer rows may follow on."""
    # All at once, by position and from tables: a map draws thousands of these.
    ids = names.ids
    return [
        ControlState(
            ids[place][1],
            _STATUSES[status],
            None if actor is None else ids[actor][1],
            None if former is None else ids[former][1],
            flags & DISPUTED != 0,
            flags & DATE_DISPUTED != 0,
            since,
            PRECISIONS[since_precision],
            n_for,
            n_against,
            None if grade is None else _GRADES[grade],
            tuple([b"-".join(parts).decode() for parts in _ID_PARTS(events.hex().encode())]),
        )
        for place, status, actor, former, flags, since, since_precision, n_for, n_against, grade, events, *_ in rows
    ]


def _name(no: int | None, names: Names) -> str | None:
    return None if no is None else names.id(no)


def _encode_grade(grade: Grade | None) -> str | None:
    return None if grade is None else f"{grade.reliability}{grade.credibility}"


def _decode_grade(text: str | None) -> Grade | None:
    return None if text is None else _GRADES[text]
