"""UCDP GED and Candidate: events with at least one death, by coders of Uppsala, yearly and monthly.

CSV in the 49 columns, with or without a header, or the API's JSON. docs/importing.md has the mapping for users.
"""

import datetime as dt
import re
from collections.abc import Iterator
from typing import BinaryIO

from ingest.importers.jsonstream import read_objects
from ingest.importers.records import Context, Format, Head, Item, Record, code, coordinate, day, each
from model.entities import Claim, Event, Source, Stance
from model.errors import InputRefused
from model.rows import CellRefused, Row
from model.text import clean_line
from model.times import DAY, Precision, day_of, parse_time

SOURCE = Source("ucdp", "UCDP", kind="data-set")

FIRST_YEAR = 1946
"""UCDP's oldest data set begins then."""

COLUMNS: tuple[str, ...] = (
    *("id", "relid", "year", "active_year", "code_status", "type_of_violence", "conflict_dset_id"),
    *("conflict_new_id", "conflict_name", "dyad_dset_id", "dyad_new_id", "dyad_name", "side_a_dset_id"),
    *("side_a_new_id", "side_a", "side_b_dset_id", "side_b_new_id", "side_b", "number_of_sources"),
    *("source_article", "source_office", "source_date", "source_headline", "source_original", "where_prec"),
    *("where_coordinates", "where_description", "adm_1", "adm_2", "latitude", "longitude", "geom_wkt"),
    *("priogrid_gid", "country", "country_id", "region", "event_clarity", "date_prec", "date_start", "date_end"),
    *("deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown", "best", "high", "low", "gwnoa", "gwnob"),
)
"""In the published order, for files without a header."""

_WHAT_IT_IS = re.compile(r"\s+(?:town|village|city|settlement|hamlet)$", re.IGNORECASE)
_KINDS = {1: "casualties", 2: "casualties", 3: "attack"}
"""By type of violence. An ambush, a bomb and an air strike are coded alike, so that none says who controls a place."""


def _recognises(head: Head) -> bool:
    if head.text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        return '"type_of_violence"' in head.text and '"where_prec"' in head.text
    return head.has("relid", "type_of_violence", "where_prec") or _headless(head)


def _headless(head: Head) -> bool:
    cells = head.cells
    return len(cells) == len(COLUMNS) and cells[0].isdecimal() and cells[5] in ("1", "2", "3") and not head.tabs


def _read(stream: BinaryIO, context: Context) -> Iterator[Item]:
    rows = read_objects(stream, ("Result", "data"), header=COLUMNS)
    return each(rows, context, lambda row: _record(row, context), _key_of)


def _record(row: Row, context: Context) -> Record:
    cells = row.cells
    key = _key_of(row)
    begins, ends, precision = _time(cells, context)
    kind = _KINDS[code(cells, "type_of_violence", 3)]
    against = cells.get("side_b", "").strip()
    event = Event(
        "",
        kind,
        begins,
        precision,
        _summary(cells),
        _place(cells, context),
        context.names.actor("side_a", cells["side_a"]) if cells.get("side_a", "").strip() else None,
        context.names.actor("side_b", against) if against and against.casefold() != "civilians" else None,
    )
    headline = cells.get("source_headline", "") or cells.get("where_description", "")
    deaths = f"{cells.get('best', '?')} killed ({cells.get('low', '?')} to {cells.get('high', '?')})"
    claim = Claim(
        "",
        "",
        SOURCE.id,
        Stance.ASSERTS,
        _reported_at(cells, context, begins, ends),
        Precision.DAY,
        credibility=_credibility(cells),
        attribution=cells.get("source_office", "") or cells.get("source_original", ""),
        quote=f"{deaths}: {headline}" if headline else deaths,
    )
    return Record(row.number, key, event, (claim,))


def _key_of(row: Row) -> tuple[str, ...]:
    own_id = row.cells.get("id", "").strip().removesuffix(".0")
    if not (own_id.isascii() and own_id.isdecimal()) or len(own_id) > 20:
        raise CellRefused("id", own_id, "not the number of an event")
    return "ucdp", own_id


def _time(cells: dict[str, str], context: Context) -> tuple[int, int, Precision]:
    """Return the first day, the last one, and the precision: the coded one, or a coarser one that spans both days."""
    until = context.now + DAY
    begins = day(cells, "date_start", context.zone, since=FIRST_YEAR, until=until)
    ends = day(cells, "date_end", context.zone, since=FIRST_YEAR, until=until) if cells.get("date_end") else begins
    first, last = day_of(begins, context.zone), day_of(ends, context.zone)
    if last < first:
        raise CellRefused("date_end", cells["date_end"], f"is before {first}, when the event begins")
    year = cells.get("year", "").strip().removesuffix(".0")
    if year and not first.year <= _number(year) <= last.year:
        raise CellRefused("date_start", cells["date_start"], f"is not in {year}, the row's year")
    days = (last - first).days + 1
    coded = code(cells, "date_prec", 5) if cells.get("date_prec") else 1
    if days > 31 or coded == 5:
        raise CellRefused("date_prec", str(coded), f"some time within {days} days; a month is the coarsest time here")
    if days > 7 or coded == 4:
        return begins, ends, Precision.MONTH
    if days > 1 or coded > 1:
        return begins, ends, Precision.WEEK
    return begins, ends, Precision.DAY


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def _reported_at(cells: dict[str, str], context: Context, begins: int, ends: int) -> int:
    """Return the day of the first of its sources; dates before the event, or to come, are mistakes of their own."""
    found: list[int] = []
    for text in cells.get("source_date", "").split(";")[:50]:
        try:
            dt.date.fromisoformat(text.strip())
            instant, _ = parse_time(text, context.zone)
        except (ValueError, InputRefused):
            continue
        if begins <= instant <= context.now:
            found.append(instant)
    return min(found, default=ends)


def _credibility(cells: dict[str, str]) -> int:
    if cells.get("code_status", "Clear").strip() != "Clear" or cells.get("event_clarity", "1").strip() != "1":
        return 4
    return 2 if _number(cells.get("number_of_sources", "").strip()) > 1 else 3


def _place(cells: dict[str, str], context: Context) -> str | None:
    name = cells.get("where_coordinates", "").strip()
    longitude, latitude = coordinate(cells, "longitude", 180), coordinate(cells, "latitude", 90)
    # 3 is a district, 4 a province; what is beyond differs by edition, and is never a place that can be held.
    if code(cells, "where_prec", 7) > 2 or not name:
        return None
    return context.names.place(
        "where_coordinates",
        _WHAT_IT_IS.sub("", name),
        longitude=longitude,
        latitude=latitude,
        admin1=re.sub(r"\s+(?:province|governorate|region|oblast|state)$", "", cells.get("adm_1", "").strip()),
        admin2=cells.get("adm_2", "").strip(),
    )


def _summary(cells: dict[str, str]) -> str:
    sides = cells.get("dyad_name") or f"{cells.get('side_a', '')} - {cells.get('side_b', '')}"
    where = cells.get("where_coordinates", "") or cells.get("adm_1", "") or cells.get("country", "")
    return clean_line(", ".join(filter(None, (sides.strip(), where.strip()))))[:300] or "fatal violence"


UCDP = Format("ucdp", "UCDP events (GED, Candidate)", _recognises, _read, (SOURCE,), can_be_whole=True)
