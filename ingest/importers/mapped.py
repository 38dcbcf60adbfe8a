"""Tables of others whose columns are mapped to ours: by a mapping file of the user's, or by HXL tags (`hxl.py`).

Each row becomes one of sitmon's own (`model/native.py`). A row with an id of its own is told apart by it, and a newer
edition of it supersedes the older one; any other row is told apart by what it says.
"""

import datetime as dt
import functools
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from ingest.importers.records import (
    INFLUENCE,
    NO_SPOKESMAN,
    Context,
    Format,
    Item,
    Passed,
    Record,
    Still,
    coordinate,
    head_of,
)
from ingest.native import ANALYST
from model.errors import InputRefused
from model.kinds import KINDS
from model.native import CLAIM_COLUMNS, EVENT_COLUMNS, Line, read_native
from model.rows import CellRefused, Refused, Row, header_of, nearest_hint, read_table
from model.text import clean_line, fold
from model.times import DAY, to_datetime

FIRST_YEAR = 1900
"""Earlier years are mistakes: 25 for 2025."""

MAX_MAPPING = 1 << 20
"""Bytes of a mapping file."""

PLACE_COLUMNS = ("longitude", "latitude", "admin1", "admin2", "geonameid", "pcode")
"""What a mapped row may say of its place besides the name."""

COUNT_COLUMNS = ("killed", "injured", "displaced")
"""How many people it concerned; said in the quote."""

SAID_COLUMNS = ("severity", "access")
"""What else a row may say of how bad it is; said in the quote as it is."""

COLUMNS = ("id", *EVENT_COLUMNS[1:], *CLAIM_COLUMNS[1:], *PLACE_COLUMNS, *COUNT_COLUMNS, *SAID_COLUMNS)
"""All that a column can be said to mean."""

_DATES = ("occurred_at", "reported_at", "dated")

_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")

_STATUS_KINDS = {
    "held": "still-held",
    "controlled": "still-held",
    "control": "still-held",
    "contested": "contested",
    "influence": "contested",
    "encircled": "siege",
    "threatened": "attempt",
    "negotiated": "handover-agreed",
    "claimed": "capture",
}
"""Control as it is stated -> the kind of event that says so; `#status` of a row without an event type."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a table's columns and values mean."""

    columns: Mapping[str, str]
    """Our column -> the table's."""
    constants: Mapping[str, str] = field(default_factory=dict)
    """Our column -> its value in every row."""
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Our column -> the table's value, folded -> ours."""
    aliases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """`place`, `actor` or `source` -> the table's name -> ours."""
    dates: Mapping[str, str] = field(default_factory=dict)
    """Our column -> how its dates are written (`%d/%m/%Y`), where not as sitmon writes them."""


def read_meaning(data: bytes) -> Meaning:
    """Read a mapping file: TOML with `columns`, `dates`, `constants`, `values.COLUMN`, `places`, `actors`, `sources`.

    Raises:
        InputRefused: it is not a mapping file; the message says where it is wrong.
    """
    try:
        document = tomllib.loads(data.decode())
    except RecursionError:
        raise InputRefused("the mapping file is not TOML: nested too deep") from None
    except ValueError as error:  # also what it says of bytes that are no text, and of a number of thousands of digits
        raise InputRefused(f"the mapping file is not TOML: {clean_line(str(error))}") from None
    tables = ("columns", "dates", "constants", "values", "places", "actors", "sources")
    for name in document:
        if name not in tables:
            raise InputRefused(
                f"the mapping file has no table {name[:40]!r}{nearest_hint(name, tables, what='tables')}"
            )
    columns = _texts(document, "columns", COLUMNS)
    constants = _texts(document, "constants", COLUMNS)
    values = {
        column: {fold(theirs): ours for theirs, ours in _texts(document["values"], column).items()}
        for column in _table(document, "values", COLUMNS)
    }
    aliases = {what: _texts(document, f"{what}s") for what in ("place", "actor", "source")}
    return Meaning(columns, constants, values, aliases, _texts(document, "dates", _DATES))


def _table(document: Mapping[str, Any], name: str, allowed: tuple[str, ...] = ()) -> dict[str, Any]:
    table = document.get(name, {})
    if not isinstance(table, dict):
        raise InputRefused(f"the mapping file's {name!r} is not a table; write [{name}] in a line of its own")
    for key in table:
        if allowed and key not in allowed:
            hint = nearest_hint(key, allowed, what="columns")
            raise InputRefused(f"the mapping file, [{name}]: sitmon has no column {key[:40]!r}{hint}")
    return table


def _texts(document: Mapping[str, Any], name: str, allowed: tuple[str, ...] = ()) -> dict[str, str]:
    table = _table(document, name, allowed)
    for key, value in table.items():
        if not isinstance(value, str):
            raise InputRefused(f"the mapping file, [{name}]: {key[:40]!r} is not text; put it in quotes")
    return dict(table)


def mapped(meaning: Meaning) -> Format:
    """Return the format of a table with this meaning."""

    def read(stream: BinaryIO, context: Context) -> Iterator[Item]:
        head = head_of(stream)
        header = header_of(head.text.encode(), delimiter=head.delimiter)
        for column in meaning.columns.values():
            if column not in header:
                hint = nearest_hint(column, header, what="columns")
                raise InputRefused(f"it has no column {column[:40]!r}, which the mapping file names{hint}")
        rows = read_table(stream, delimiter=head.delimiter)
        return items_of(rows, context, functools.partial(translate, meaning=meaning), meaning)

    # Rows of their own ids in the name of one source are a data set, and can be missed.
    whole = "id" in meaning.columns and "source" in meaning.constants and "source" not in meaning.columns
    return Format("map", "a table by its mapping file", lambda _: False, read, (ANALYST,), can_be_whole=whole)


def translate(row: Row, meaning: Meaning) -> dict[str, str]:
    """Return the row in our columns."""
    ours = dict(meaning.constants)
    for column, theirs in meaning.columns.items():
        cell = row.cells.get(theirs, "").strip()
        if cell:
            ours[column] = meaning.values.get(column, {}).get(fold(cell), cell)
    for column, pattern in meaning.dates.items():
        if column in ours:
            try:
                ours[column] = date_of(ours[column], pattern)
            except ValueError:
                reason = f"not written as the mapping file says, {pattern[:40]}"
                raise CellRefused(column, ours[column], reason) from None
    return ours


def date_of(text: str, pattern: str) -> str:
    """Return a date as sitmon writes it, with its time of day where the pattern has one.

    Raises:
        ValueError: it is not written so.
    """
    moment = dt.datetime.strptime(text, pattern)  # noqa: DTZ007 - read in the situation's zone later on
    return moment.isoformat("T", "minutes") if "%H" in pattern or "%I" in pattern else moment.date().isoformat()


def items_of(
    rows: Iterator[Row | Refused],
    context: Context,
    translate: Callable[[Row], dict[str, str]],
    meaning: Meaning | None = None,
) -> Iterator[Item]:
    """Read a table's rows, whose columns were said to be ours.

    Args:
        rows: of the file.
        context: whose names are used.
        translate: gives a row in our columns.
        meaning: what the columns mean, where a refused row's own id is to be known.
    """
    for row in rows:
        if isinstance(row, Refused):
            yield row
            continue
        try:
            item = _item(row, translate(row), context)
        except CellRefused as refused:
            item = refused.at(row.number)
        if not isinstance(item, Refused):
            context.names.keep()
            yield item
            continue
        context.names.forget()
        yield item
        if meaning is not None:
            with suppress(CellRefused):
                yield from _still(row, context, meaning)


def _still(row: Row, context: Context, meaning: Meaning) -> Iterator[Item]:
    """Say that the event of a refused row is there, if its id and its source say which one it is."""
    own_id = row.cells.get(meaning.columns.get("id", ""), "").strip()
    if own_id and meaning.constants.get("source"):
        yield Still(row.number, ("mapped", context.names.source("source", meaning.constants["source"]), own_id))
        context.names.forget()


def _item(row: Row, cells: dict[str, str], context: Context) -> Item:
    """Return the item of a row in our columns; its names are looked up as other data sets' are."""
    own_id = cells.pop("id", "")
    if len(own_id) > 100:
        raise CellRefused("id", own_id, "longer than 100 characters")
    status = fold(cells.get("status", "")) if "kind" not in cells else ""
    if status == "unknown":
        return Passed(row.number)
    _settle_counts(cells)
    _settle_kind(cells)
    _settle_place(cells, context)
    names = context.names
    for column in ("actor", "against"):
        if cells.get(column):
            cells[column] = names.actor(column, cells[column])
    if cells.get("source"):
        cells["source"] = names.source("source", cells["source"])
    if status == "claimed":
        _settle_claim(cells, context)
    if status == "influence":
        context.taken_as[INFLUENCE] += 1
    if not cells.get("summary"):
        cells["summary"] = ", ".join(filter(None, (cells.get("kind"), cells.get("place"), cells.get("actor"))))
    known = names.grown()
    (line,) = read_native([Row(row.number, cells)], known, source=ANALYST.id)
    if isinstance(line, Refused):
        return line
    _check_time(line, cells["occurred_at"], context)
    return _record(row, own_id, line)


def _check_time(line: Line, text: str, context: Context) -> None:
    assert line.event is not None
    occurred_at = line.event.occurred_at
    if occurred_at > context.now + DAY:
        raise CellRefused("occurred_at", text, "is in the future")
    year = to_datetime(occurred_at, context.zone).year
    if year < FIRST_YEAR:
        raise CellRefused("occurred_at", text, f"the year {year} is before {FIRST_YEAR}; a mistake?")


def _settle_claim(cells: dict[str, str], context: Context) -> None:
    """Let the side itself say what it is said to claim, and whoever says so be its attribution."""
    teller = context.spokesman(cells.get("actor", ""), context.now)
    if teller is None:
        raise CellRefused("status", "claimed", NO_SPOKESMAN)
    told = context.catalog.sources.get(cells.get("source", ""))
    if told is not None:
        cells.setdefault("attribution", told.name)
    cells["source"] = teller


def _settle_counts(cells: dict[str, str]) -> None:
    counts: dict[str, int] = {}
    for column in COUNT_COLUMNS:
        text = cells.pop(column, "")
        whole = _THOUSANDS.sub("", text).removesuffix(".0")
        if text and not (whole.isascii() and whole.isdecimal() and len(whole) < 10):
            raise CellRefused(column, text, "not a number of people")
        if text:
            counts[column] = int(whole)
    said = [f"{number:,} {column}" for column, number in counts.items()]
    said += [f"{column} {cells.pop(column)}" for column in SAID_COLUMNS if cells.get(column)]
    if said:
        cells["quote"] = ": ".join(filter(None, (", ".join(said), cells.get("quote") or cells.get("summary", ""))))
    if any(counts.values()) and not cells.get("status"):
        cells.setdefault("kind", "casualties")


def _settle_kind(cells: dict[str, str]) -> None:
    status = cells.pop("status", "")
    if "kind" in cells:
        cells["kind"] = kind_of(cells["kind"])
    elif status:
        kind = _STATUS_KINDS.get(fold(status))
        if kind is None:
            raise CellRefused("status", status, f"no status of control{nearest_hint(status, _STATUS_KINDS)}")
        cells["kind"] = kind


def _settle_place(cells: dict[str, str], context: Context) -> None:
    where = {column: cells.pop(column) for column in PLACE_COLUMNS if column in cells}
    number = where.get("geonameid", "")
    code = where.get("pcode", "")
    if code and not cells.get("place"):
        known = context.names.pcode(code)
        if known is None:
            raise CellRefused(
                "pcode", code, "no place has this P-code; `sitmon import --as pcodes` makes places of them"
            )
        cells["place"] = known
        return
    if cells.get("place"):
        cells["place"] = context.names.place(
            "place",
            cells["place"],
            longitude=coordinate(where, "longitude", 180),
            latitude=coordinate(where, "latitude", 90),
            geonameid=int(number) if number.isascii() and number.isdecimal() and len(number) < 12 else None,
            admin1=where.get("admin1", ""),
            admin2=where.get("admin2", ""),
        )


def _record(row: Row, own_id: str, line: Line) -> Record:
    assert line.event is not None
    key = ("mapped", line.claim.source, own_id) if own_id else ("mapped", line.event.id)
    event = line.event._replace(id="")
    return Record(row.number, key, event, (line.claim._replace(id="", event=""),))


def kind_of(text: str) -> str:
    """Return the kind that a table's word names: a code, a label, or an ACLED sub-type; itself where it is none."""
    return _kinds().get(fold(text), text)


@functools.cache
def _kinds() -> dict[str, str]:
    known: dict[str, str] = {}
    for kind in KINDS.values():
        for word in (kind.code, kind.label, kind.acled_sub_type):
            known.setdefault(fold(word), kind.code)
    return known
