"""ACLED: events by trained coders, one a row, with ids and the time of each row's latest edition.

CSV or JSON in the 31 columns of the export, and the feed of deletions. docs/importing.md has the mapping for users.
"""

from collections.abc import Iterator
from typing import BinaryIO

from ingest.importers.jsonstream import read_objects
from ingest.importers.records import (
    Context,
    Format,
    Head,
    Item,
    Record,
    Withdrawn,
    code,
    coordinate,
    day,
    days_before,
    each,
    first_of_month,
)
from model.entities import Claim, Event, Source, Stance
from model.kinds import KINDS
from model.rows import CellRefused, Row, nearest_hint
from model.text import clean_line
from model.times import DAY, SECOND, Precision

SOURCE = Source("acled", "ACLED", kind="data-set")

FIRST_YEAR = 1990
"""Earlier years are mistakes: the data set begins in 1997."""

SUMMARY = 200
"""Characters of the notes that the log shows."""

_KINDS: dict[str, str] = {}
for _kind in reversed(KINDS.values()):
    _KINDS[_kind.acled_sub_type.casefold()] = _kind.code
"""Sub-type -> kind: the first of the table that has it, which is ACLED's own."""
# An agreement may be a ceasefire, a prisoner exchange or a handover: only the last would say something of control.
_KINDS["agreement"] = "deal"

_SIDES = {
    "state forces": 1,
    "rebel group": 2,
    "rebel groups": 2,
    "rebel forces": 2,
    "political militia": 3,
    "political militias": 3,
    "identity militia": 4,
    "identity militias": 4,
    "rioters": 5,
    "protesters": 6,
    "civilians": 7,
    "external/other forces": 8,
    "external forces": 8,
    "other forces": 8,
    "external/other": 8,
}
_STATE, _EXTERNAL = 1, 8


def _recognises(head: Head) -> bool:
    if head.text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        return '"event_id_cnty"' in head.text and '"sub_event_type"' in head.text
    return head.has("event_id_cnty", "event_date", "sub_event_type")


def _read(stream: BinaryIO, context: Context) -> Iterator[Item]:
    return each(read_objects(stream, ("data",)), context, lambda row: _record(row, context), _key_of)


def _key_of(row: Row) -> tuple[str, ...]:
    return "acled", _own_id(row.cells)


def _record(row: Row, context: Context) -> Record:
    cells = row.cells
    key = _key_of(row)
    stamp = _stamp(cells, "timestamp", context.now)
    occurred_at = day(cells, "event_date", context.zone, since=FIRST_YEAR, until=context.now + DAY)
    _check_year(cells)
    exactness = code(cells, "time_precision", 3) if cells.get("time_precision") else 1
    if exactness == 2:
        occurred_at, precision = days_before(occurred_at, 3, context.zone), Precision.WEEK
    elif exactness == 3:
        occurred_at, precision = first_of_month(occurred_at, context.zone), Precision.MONTH
    else:
        precision = Precision.DAY
    kind, swapped = _kind_of(cells)
    actor, against = _sides(cells, context)
    if swapped:
        actor, against = against, actor
    notes = cells.get("notes", "")
    event = Event(
        "", kind, occurred_at, precision, _summary(cells, notes), _place(cells, kind, context), actor, against
    )
    sources = [one.strip() for one in cells.get("source", "").split(";") if one.strip()]
    claim = Claim(
        "",
        "",
        SOURCE.id,
        Stance.ASSERTS,
        occurred_at if stamp is None else max(stamp, occurred_at),
        precision if stamp is None else Precision.MINUTE,
        credibility=2 if len(sources) > 1 else 3,
        attribution="; ".join(sources),
        quote=notes,
    )
    return Record(row.number, key, event, (claim,), stamped=stamp is not None)


def _own_id(cells: dict[str, str]) -> str:
    own_id = cells.get("event_id_cnty", "").strip()
    if not own_id:
        raise CellRefused("event_id_cnty", "", "event_id_cnty is missing; it tells a newer edition from another event")
    if len(own_id) > 40:
        raise CellRefused("event_id_cnty", own_id, "longer than 40 characters")
    return own_id


def _stamp(cells: dict[str, str], column: str, now: int) -> int | None:
    text = cells.get(column, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()) or len(text) > 11:
        raise CellRefused(column, text, "not a time in seconds since 1970")
    stamp = int(text) * SECOND
    if stamp > now + DAY:
        raise CellRefused(column, text, "is in the future")
    return stamp


def _check_year(cells: dict[str, str]) -> None:
    year = cells.get("year", "").strip()
    if year and cells["event_date"].strip()[:4] != year:
        raise CellRefused("event_date", cells["event_date"], f"is not in {year}, the row's year")


def _kind_of(cells: dict[str, str]) -> tuple[str, bool]:
    """Return the kind, and whether it is the second actor who gains.

    Who gains is not coded. It is the state's side of the two in `Government regains territory`, and the other one in
    `Non-state actor overtakes territory`; where neither or both are the state's, it is only said to be contested.
    """
    text = cells.get("sub_event_type", "").strip()
    kind = _KINDS.get(text.casefold())
    if kind is None:
        raise CellRefused(
            "sub_event_type",
            text,
            f"no sub-type of ACLED{nearest_hint(text, [one.acled_sub_type for one in KINDS.values()])}",
        )
    if kind not in ("capture", "regain"):
        return kind, False
    first, second = _inter(cells, "inter1"), _inter(cells, "inter2")
    states = [first == _STATE, second == _STATE]
    if kind == "regain" and not any(states):
        states = [first == _EXTERNAL, second == _EXTERNAL]
    if states[0] == states[1]:
        return "contested", False
    return kind, states[1] if kind == "regain" else states[0]


def _inter(cells: dict[str, str], column: str) -> int:
    text = cells.get(column, "").strip().removesuffix(".0")
    if text.isascii() and text.isdecimal() and len(text) == 1:
        return int(text)
    side = _SIDES.get(text.casefold(), 0)
    if text and not side:
        raise CellRefused(column, text, f"not one of ACLED's sides, 1 to 8{nearest_hint(text, _SIDES)}")
    return side


def _sides(cells: dict[str, str], context: Context) -> tuple[str | None, str | None]:
    actor = context.names.actor("actor1", cells["actor1"]) if cells.get("actor1", "").strip() else None
    against = context.names.actor("actor2", cells["actor2"]) if cells.get("actor2", "").strip() else None
    return actor, against


def _place(cells: dict[str, str], kind: str, context: Context) -> str | None:
    """Return the place; None where the row only says about where.

    A stand-in for a province is not the town that stands in; near a town is not in it, where control is concerned.
    """
    name = cells.get("location", "").strip()
    exactness = code(cells, "geo_precision", 3) if cells.get("geo_precision") else 1
    if exactness == 3 or not name:
        return None
    if exactness == 2 and KINDS[kind].effect.value != "none":
        return None
    return context.names.place(
        "location",
        name,
        longitude=coordinate(cells, "longitude", 180),
        latitude=coordinate(cells, "latitude", 90),
        admin1=cells.get("admin1", "").strip(),
        admin2=cells.get("admin2", "").strip(),
    )


def _summary(cells: dict[str, str], notes: str) -> str:
    line = clean_line(notes).strip()
    if not line:
        sides = " - ".join(filter(None, (cells.get("actor1", "").strip(), cells.get("actor2", "").strip())))
        line = ", ".join(filter(None, (cells["sub_event_type"].strip(), sides, cells.get("location", "").strip())))
    return line if len(line) <= SUMMARY else line[: SUMMARY - 1] + "…"


def _read_deleted(stream: BinaryIO, context: Context) -> Iterator[Item]:
    def read(row: Row) -> Withdrawn:
        return Withdrawn(row.number, _key_of(row), _stamp(row.cells, "deleted_timestamp", context.now))

    return each(read_objects(stream, ("data",)), context, read)


ACLED = Format("acled", "ACLED events", _recognises, _read, (SOURCE,), can_be_whole=True)
ACLED_DELETED = Format(
    "acled-deleted",
    "ACLED's deleted events",
    lambda head: head.has("event_id_cnty", "deleted_timestamp") or '"deleted_timestamp"' in head.text,
    _read_deleted,
    (SOURCE,),
)
