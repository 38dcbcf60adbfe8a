"""GDELT's events, 1.0 and 2.0: coded by a machine from published articles, so that each is only a lead.

A lead is an event of kind `other` at a place of the situation, credibility 6, with the article's address: something to
read, which never changes control. docs/importing.md has the rules for users.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO
from urllib.parse import urlsplit

from ingest.importers.records import Context, Format, Head, Item, Passed, Record, coordinate, day, head_of
from model.entities import Claim, Event, Source, Stance
from model.errors import InputRefused
from model.rows import CellRefused, Refused, Row, read_table
from model.text import clean_line
from model.times import DAY, Precision, parse_time

SOURCE = Source("gdelt", "GDELT", kind="data-set")
FIRST_YEAR = 1979
MAX_DAYS = 7
"""An event dated longer before it was added is dated wrongly: GDELT takes "a year ago" in an article for its day."""

MAX_PLACES = 3
"""Places of one article; where it names more, it is uncertain where anything happened."""

_MAX_ARTICLES = 500_000
_ACTOR = ("Code", "Name", "CountryCode", "KnownGroupCode", "EthnicCode", "Religion1Code", "Religion2Code")
_TYPES = ("Type1Code", "Type2Code", "Type3Code")
_GEO = ("Type", "FullName", "CountryCode", "ADM1Code", "ADM2Code", "Lat", "Long", "FeatureID")


def _columns(*, version: int) -> tuple[str, ...]:
    geo = tuple(name for name in _GEO if version > 1 or name != "ADM2Code")
    return (
        *("GlobalEventID", "Day", "MonthYear", "Year", "FractionDate"),
        *(f"Actor{number}{name}" for number in (1, 2) for name in (*_ACTOR, *_TYPES)),
        *("IsRootEvent", "EventCode", "EventBaseCode", "EventRootCode", "QuadClass", "GoldsteinScale"),
        *("NumMentions", "NumSources", "NumArticles", "AvgTone"),
        *(f"{what}Geo_{name}" for what in ("Actor1", "Actor2", "Action") for name in geo),
        *("DATEADDED", "SOURCEURL"),
    )


COLUMNS = {61: _columns(version=2), 58: _columns(version=1)}

_ROOTS = {
    "08": "yield",
    "14": "protest",
    "15": "exhibit force posture",
    "16": "reduce relations",
    "17": "coerce",
    "18": "assault",
    "19": "fight",
    "20": "use unconventional mass violence",
}
"""CAMEO's root codes that a monitor of control wants to read about; all others are skipped."""

_CITIES = ("3", "4")
"""Types of places that are towns, of the United States and of the rest of the world."""


def _recognises(head: Head) -> bool:
    cells = head.cells
    return (
        head.tabs
        and len(cells) in COLUMNS
        and cells[0].isdecimal()
        and len(cells[1]) == 8
        and cells[1].isdecimal()
        and cells[1].startswith(cells[3])
    )


def _read(stream: BinaryIO, context: Context) -> Iterator[Item]:
    header = COLUMNS.get(len(head_of(stream).cells))
    if header is None:
        raise InputRefused("not GDELT's events: a row has 61 columns, or 58 in version 1, with tabs between them")
    leads: list[tuple[Row, str]] = []
    places: dict[str, set[str]] = {}
    for row in read_table(stream, header=header, delimiter="\t"):
        if isinstance(row, Refused):
            yield row
            continue
        cells = row.cells
        url = cells.get("SOURCEURL", "")
        if len(places) < _MAX_ARTICLES or url in places:
            named = places.setdefault(url, set())
            if len(named) <= MAX_PLACES:
                named.add(cells.get("ActionGeo_FullName", ""))
        place = _place(cells, context)
        if place is None or cells.get("EventRootCode", "") not in _ROOTS:
            yield Passed(row.number)
        else:
            leads.append((row, place))
    taken: set[tuple[str, str]] = set()
    for row, place in leads:
        url = row.cells.get("SOURCEURL", "")
        if (url, place) in taken or len(places.get(url, ())) > MAX_PLACES:
            yield Passed(row.number)
            continue
        try:
            yield _lead(row, place, context)
            taken.add((url, place))
        except CellRefused as refused:
            yield refused.at(row.number)


def _place(cells: dict[str, str], context: Context) -> str | None:
    """Return the place of the situation that the action is said to be at; leads make no places."""
    name = cells.get("ActionGeo_FullName", "").split(",")[0].strip()
    if cells.get("ActionGeo_Type", "") not in _CITIES or not name:
        return None
    with suppress(CellRefused):
        longitude, latitude = coordinate(cells, "ActionGeo_Long", 180), coordinate(cells, "ActionGeo_Lat", 90)
        return context.names.known_place(name, longitude, latitude)
    return None


def _lead(row: Row, place: str, context: Context) -> Record:
    cells = row.cells
    own_id = cells.get("GlobalEventID", "").strip()
    if not (own_id.isascii() and own_id.isdecimal()) or len(own_id) > 18:
        raise CellRefused("GlobalEventID", own_id, "not the number of an event")
    occurred_at = day(cells, "Day", context.zone, since=FIRST_YEAR, until=context.now + DAY)
    if cells.get("Year", "") not in ("", cells["Day"][:4]):
        raise CellRefused("Day", cells["Day"], f"is not in {cells['Year']}, the row's year")
    added = _added(cells, context)
    if not -DAY <= added - occurred_at <= MAX_DAYS * DAY:
        days = (added - occurred_at) // DAY
        raise CellRefused(
            "Day", cells["Day"], f"is {days} days before it was added; GDELT takes a past day for that of the news"
        )
    url = cells.get("SOURCEURL", "")
    root = cells["EventRootCode"]
    sides = " - ".join(filter(None, (cells.get("Actor1Name", ""), cells.get("Actor2Name", ""))))
    where = cells.get("ActionGeo_FullName", "")
    summary = clean_line(f"Lead, {_ROOTS[root]} (CAMEO {cells.get('EventCode', root)}): {sides or 'unnamed'}, {where}")
    event = Event("", "other", occurred_at, Precision.DAY, summary[:300], place)
    host = ""
    with suppress(ValueError):
        host = urlsplit(url).hostname or ""
    claim = Claim("", "", SOURCE.id, Stance.ASSERTS, added, credibility=6, attribution=host[:200], url=url)
    return Record(row.number, ("gdelt", own_id), event, (claim,))


def _added(cells: dict[str, str], context: Context) -> int:
    text = cells.get("DATEADDED", "").strip()
    if not (text.isascii() and text.isdecimal() and len(text) in (8, 14)):
        raise CellRefused("DATEADDED", text, "not a time such as 20210812143000")
    date = f"{text[:4]}-{text[4:6]}-{text[6:8]}"
    clock = f"T{text[8:10]}:{text[10:12]}:{text[12:]}" if len(text) == 14 else ""
    try:
        instant, _ = parse_time(f"{date}{clock}Z" if clock else date)
    except InputRefused as error:
        raise CellRefused("DATEADDED", text, str(error)) from None
    if instant > context.now + DAY:
        raise CellRefused("DATEADDED", text, "is in the future")
    return instant


GDELT = Format("gdelt", "GDELT events, as leads", _recognises, _read, (SOURCE,))
