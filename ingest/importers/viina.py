"""VIINA's events on Ukraine: reports of the media, found and labelled by a machine.

Three layouts: one report a row (`event_info`), one event a day and place (`event_1pd`), and tables derived from the
latter. docs/importing.md has the mapping for users; `viina_control.py` reads who held what.
"""

import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from ingest.importers.records import Context, Format, Head, Item, Record, coordinate, day, each
from model.entities import Claim, Event, Source, Stance
from model.rows import CellRefused, Row, read_table
from model.text import clean_line
from model.times import DAY, HOUR, MINUTE, Precision

SOURCE = Source("viina", "VIINA", kind="data-set")
REPORTS = Source("viina-reports", "VIINA, report by report", kind="data-set", copies=SOURCE.id)
"""The table of reports is whole by itself, but what it says counts with the table of events as one source."""
FIRST_YEAR = 2022
SUMMARY = 200

_KINDS = {
    "t_airstrike": "air-strike",
    "t_uav": "air-strike",
    "t_artillery": "shelling",
    "t_ied": "ied",
    "t_arrest": "arrest",
    "t_property": "looting",
    "t_hospital": "attack",
    "t_civcas": "casualties",
    "t_milcas": "casualties",
}
"""Label -> kind, the more telling first. A machine's labels of control, fighting and retreat change nothing here."""

_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?")
_AREAS = ("ADM0", "ADM1", "ADM2", "COUNTRY", "PROVINCE")
"""What `GEO_PRECISION` calls what is not a settlement."""


def _recognises(head: Head) -> bool:
    return head.has("event_id_1pd", "date", "geonameid", "longitude", "latitude")


def _read(stream: BinaryIO, context: Context) -> Iterator[Item]:
    return each(read_table(stream), context, lambda row: _record(row, context), _key)


def _key(row: Row) -> tuple[str, ...]:
    """Return the table's name and its own id for the event.

    Raises:
        CellRefused: it has none.
    """
    column = "event_id" if "event_id" in row.cells else "event_id_1pd"
    own_id = row.cells.get(column, "").strip().removesuffix(".0")
    if not own_id or len(own_id) > 60:
        raise CellRefused(column, own_id, f"{column} is missing or too long")
    return ("viina-report" if column == "event_id" else "viina", own_id)


def _record(row: Row, context: Context) -> Record:
    cells = row.cells
    key = _key(row)
    instant = day(cells, "date", context.zone, since=FIRST_YEAR, until=context.now + DAY)
    precision = Precision.DAY
    reported_at = instant
    clock = _TIME.fullmatch(cells.get("time", "").strip())
    if clock:
        reported_at += int(clock[1]) * HOUR + int(clock[2]) * MINUTE
    text = clean_line(cells.get("text") or cells.get("representative_text") or "").strip()
    sources = _several(cells, "source", "sources", "sources_matching")
    addresses = _several(cells, "url", "urls", "source_urls")
    actor, against = _sides(cells, context)
    place = _place(cells, context)
    where = cells.get("asciiname", "").strip() or cells.get("ADM1_NAME", "").strip() or "Ukraine"
    event = Event(
        "",
        next((kind for label, kind in _KINDS.items() if _is_set(cells, label)), "other"),
        instant,
        precision,
        (text if len(text) <= SUMMARY else text[: SUMMARY - 1] + "…") or f"reported from {where}",
        place,
        actor,
        against,
    )
    claim = Claim(
        "",
        "",
        SOURCE.id if key[0] == "viina" else REPORTS.id,
        Stance.ASSERTS,
        reported_at,
        Precision.MINUTE if clock else Precision.DAY,
        credibility=4 if len(sources) > 1 else 5,
        attribution="; ".join(sources),
        quote=text,
        url=addresses[0] if addresses else "",
    )
    return Record(row.number, key, event, (claim,))


def _several(cells: Mapping[str, str], *columns: str) -> list[str]:
    text = next((cells[column] for column in columns if cells.get(column)), "")
    return list(dict.fromkeys(one.strip() for one in re.split(r"[;|]\s*|,\s*(?=http|\w+$)", text) if one.strip()))


def _is_set(cells: Mapping[str, str], label: str) -> bool:
    return cells.get(f"{label}_b", cells.get(label, "")).strip() in ("1", "1.0", "TRUE", "True")


def _sides(cells: Mapping[str, str], context: Context) -> tuple[str | None, str | None]:
    """Return who began it, and the other of the two if it took part; nobody where the labels name both or none."""
    began = [_is_set(cells, "a_rus_init"), _is_set(cells, "a_ukr_init")]
    part = [_is_set(cells, "a_rus"), _is_set(cells, "a_ukr")]
    first = began if began[0] != began[1] else part
    if first[0] == first[1]:
        return None, None
    names = ("Russia", "Ukraine") if first[0] else ("Ukraine", "Russia")
    other = part[1] if first[0] else part[0]
    column = "a_rus" if first[0] else "a_ukr"
    return context.names.actor(column, names[0]), context.names.actor(column, names[1]) if other else None


def _place(cells: dict[str, str], context: Context) -> str | None:
    number = cells.get("geonameid", "").strip().removesuffix(".0")
    name = cells.get("asciiname", "").strip()
    if not name or cells.get("GEO_PRECISION", "").strip().upper() in _AREAS:
        return None
    if number and not (number.isascii() and number.isdecimal() and len(number) < 12):
        raise CellRefused("geonameid", number, "not a GeoNames number")
    return context.names.place(
        "asciiname",
        name,
        longitude=coordinate(cells, "longitude", 180),
        latitude=coordinate(cells, "latitude", 90),
        geonameid=int(number) if number else None,
        admin1=cells.get("ADM1_NAME", "").strip(),
        admin2=cells.get("ADM2_NAME", "").strip(),
    )


VIINA = Format("viina", "VIINA events", _recognises, _read, (SOURCE, REPORTS), can_be_whole=True)
