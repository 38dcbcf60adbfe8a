"""Adding places of a gazetteer to the catalog: GeoNames, and OCHA's tables of P-codes.

A place that the situation has already keeps its values; what it lacks is filled in, and names are added.
"""

import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from ingest.importers.hxl import says_events
from ingest.importers.records import Context, Entry, Format, Head, Item, coordinate, each
from model.entities import Name, Place
from model.rows import CellRefused, Row, read_table

MAX_PLACES = 20_000
"""Places of a situation: they are all kept in memory, and all shown."""

_MAX_NAMES = 30
_LONGEST_NAME = 100

GEONAMES_COLUMNS = (
    *("geonameid", "name", "asciiname", "alternatenames", "latitude", "longitude", "feature_class", "feature_code"),
    *("country", "cc2", "admin1", "admin2", "admin3", "admin4", "population", "elevation", "dem", "timezone"),
    "modified",
)
_KINDS = {
    "PPLC": "capital",
    "PPLA": "provincial-capital",
    "PPLA2": "district-centre",
    "AIRP": "airport",
    "AIRF": "airport",
    "AIRB": "base",
    "MILB": "base",
    "INSM": "base",
    "BDRX": "crossing",
    "PSTB": "crossing",
}
_GONE = frozenset({"PPLH", "PPLQ", "PPLW", "PPLCH"})
"""Towns that are abandoned, destroyed, or were something once."""

_LEVEL = re.compile(r"ADM([1-4])_PCODE")
_SPELLINGS = (
    (re.compile(r"ADMIN(\d)PCODE"), r"ADM\1_PCODE"),
    (re.compile(r"ADMIN(\d)NAME_([A-Z]{2,3})"), r"ADM\1_\2"),
    (re.compile(r"ADMIN(\d)REFNAME"), r"ADM\1_REF"),
    (re.compile(r"ADMIN(\d)ALTNAME(\d)_([A-Z]{2})"), r"ADM\1ALT\2\3"),
    (re.compile(r"ADM(\d)_NAME"), r"ADM\1_EN"),
    (re.compile(r"ADM(\d)_NAME(\d)"), r"ADM\1ALT\2"),
)
"""What else columns are called, in capitals, by older tables (admin1Name_en) and newer ones (adm1_name); and here."""
_LEVELS = {1: "province", 2: "district", 3: "subdistrict", 4: "village"}


def _is_geonames(head: Head) -> bool:
    if not head.tabs:
        return False
    if {"geonameid", "asciiname", "latitude"} <= set(head.cells):
        return True
    cells = head.cells
    return len(cells) == len(GEONAMES_COLUMNS) and cells[0].isdecimal() and len(cells[6]) == 1 and cells[6].isupper()


def _read_geonames(stream: BinaryIO, context: Context) -> Iterator[Item]:
    rows = read_table(stream, delimiter="\t", header=GEONAMES_COLUMNS, own_header="geonameid")
    return each(rows, context, lambda row: _geoname(row, context))


def _geoname(row: Row, context: Context) -> Entry | None:
    cells = row.cells
    number = cells.get("geonameid", "").strip()
    if not (number.isascii() and number.isdecimal()) or len(number) > 11:
        raise CellRefused("geonameid", number, "not a GeoNames number")
    feature = cells.get("feature_code", "").strip()
    if feature in _GONE or not (feature.startswith("PPL") or feature in _KINDS):
        return None
    name = cells.get("name", "").strip()
    longitude, latitude = coordinate(cells, "longitude", 180), coordinate(cells, "latitude", 90)
    if not name or longitude is None or latitude is None:
        raise CellRefused("name", name, "a place of a gazetteer needs a name and both coordinates")
    population = cells.get("population", "").strip()
    others = [cells.get("asciiname", ""), *cells.get("alternatenames", "").split(",")]
    place = Place(
        "",
        name[:_LONGEST_NAME],
        _names(name, ((other, "") for other in others)),
        _KINDS.get(feature, "town"),
        geonameid=int(number),
        longitude=longitude,
        latitude=latitude,
        population=(int(population[:15]) or None) if population.isascii() and population.isdecimal() else None,
    )
    return enter_place(row.number, place, cells.get("asciiname", "") or name, context)


def _has_pcodes(head: Head) -> bool:
    return names_area(head.cells) and not says_events(head)


def _read_pcodes(stream: BinaryIO, context: Context) -> Iterator[Item]:
    return each(read_table(stream), context, lambda row: area_of(row, context))


def names_area(cells: Iterable[str]) -> bool:
    """Say whether a row has columns of P-codes."""
    return any(_LEVEL.fullmatch(_column(cell)) for cell in cells)


def _column(name: str) -> str:
    """Return what a column is called here."""
    name = name.upper()
    return next((pattern.sub(ours, name) for pattern, ours in _SPELLINGS if pattern.fullmatch(name)), name)


def area_of(row: Row, context: Context) -> Entry | None:
    """Return the area that a row of P-codes is about; None for a row of HXL tags.

    Raises:
        CellRefused: it has no P-code or no name, or there is no room for it.
    """
    cells = {_column(column): cell.strip() for column, cell in row.cells.items()}
    if any(cell.startswith("#") for cell in cells.values()):
        return None  # the row of HXL tags under the header
    level = max((int(match[1]) for match in map(_LEVEL.fullmatch, cells) if match and cells[match[0]]), default=0)
    if not level:
        raise CellRefused("ADM1_PCODE", "", "no P-code in the row")
    pcode = cells[f"ADM{level}_PCODE"]
    if not re.fullmatch(r"[A-Za-z]{2,3}[0-9A-Za-z]{1,17}", pcode):
        raise CellRefused(f"ADM{level}_PCODE", pcode, "not a P-code, such as AF32")
    of_level = re.compile(rf"ADM{level}_([A-Z]{{2,3}})|ADM{level}_REF|ADM{level}ALT\d?([A-Z]{{2}})?")
    named = [
        (text, (match[1] or match[2] or "").casefold())
        for column, text in cells.items()
        if (match := of_level.fullmatch(column)) and text
    ]
    english = next((text for text, language in named if language == "en"), "")
    name = english or (named[0][0] if named else "")
    if not name:
        raise CellRefused(f"ADM{level}_EN", "", "no name in the row")
    place = Place(
        "",
        name[:_LONGEST_NAME],
        _names(name, named),
        _LEVELS[level],
        admin1=cells.get("ADM1_EN", "") or (name if level == 1 else ""),
        admin2=cells.get("ADM2_EN", "") if level > 1 else "",
        pcode=pcode.upper(),
        longitude=coordinate(cells, _first(cells, "LONGITUDE", "LON", "X_COORD", "CENTER_LON"), 180),
        latitude=coordinate(cells, _first(cells, "LATITUDE", "LAT", "Y_COORD", "CENTER_LAT"), 90),
    )
    return enter_place(row.number, place, name, context)


def _first(cells: dict[str, str], *columns: str) -> str:
    return next((column for column in columns if column in cells), columns[0])


def enter_place(line: int, place: Place, name: str, context: Context, *, known: str = "") -> Entry:
    """Return the place of a gazetteer's entry: one that the situation has, filled in, or a new one.

    Args:
        line: where it stands.
        place: without an id.
        name: what its id follows from.
        context: whose names are used.
        known: the id of a place of the situation, where the entry gives it.

    Raises:
        CellRefused: the situation has no room for more.
    """
    present = context.catalog.places.get(known) or context.names.same_place(place)
    if present is not None:
        filled = _filled(present, place)
        context.names.know(filled)
        return Entry(line, filled)
    if context.names.count_places() >= MAX_PLACES:
        raise CellRefused("name", place.name, f"the situation has {MAX_PLACES:,} places, and no room for more")
    return Entry(line, context.names.enter(place, name))


def _filled(present: Place, found: Place) -> Place:
    """Return the place with what it lacks, and with further names."""
    known = {present.name, *(name.text for name in present.names)}
    further = [Name(found.name), *found.names]
    names = (*present.names, *(name for name in further if name.text not in known))[:_MAX_NAMES]
    located = present.longitude is not None
    return present._replace(
        names=names if len(names) > len(present.names) else present.names,
        kind=found.kind if present.kind == "unknown" else present.kind,
        admin1=present.admin1 or found.admin1,
        admin2=present.admin2 or found.admin2,
        pcode=present.pcode or found.pcode,
        geonameid=present.geonameid or found.geonameid,
        longitude=present.longitude if located else found.longitude,
        latitude=present.latitude if located else found.latitude,
        population=found.population if present.population is None else present.population,
    )


def _names(name: str, others: Iterable[tuple[str, str]]) -> tuple[Name, ...]:
    """Return other spellings, each once; addresses and codes are none."""
    found: dict[str, Name] = {}
    for text, language in others:
        text = text.strip()  # noqa: PLW2901 - the same text
        if text and text != name and len(text) <= _LONGEST_NAME and "://" not in text:
            found.setdefault(text, Name(text, language))
    return tuple(found.values())[:_MAX_NAMES]


GEONAMES = Format("geonames", "GeoNames places", _is_geonames, _read_geonames)
PCODES = Format("pcodes", "P-codes of administrative areas", _has_pcodes, _read_pcodes)
