"""VIINA's control of settlements: a row a day and place, of which those that say the same make one event.

The columns beside the consensus are sources of their own: each asserts or denies what the consensus says, from the
day on which it does. docs/importing.md has the mapping for users.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from ingest.importers.records import Context, Ends, Format, Head, Item, Passed, Record, coordinate, day
from ingest.importers.viina import SOURCE
from model.entities import Claim, Event, Source, Stance
from model.rows import CellRefused, Refused, Row, read_table
from model.times import DAY, Precision, to_datetime

FIRST_YEAR = 2014
MAX_CLAIMS = 60
"""Of one event; a source that changes its mind more often than that is no longer read."""

SOURCES = {
    "status_wiki": Source("viina-wikipedia", "Wikipedia's control map (VIINA)", kind="map"),
    "status_boost": Source("viina-boost", "VIINA's estimate", kind="data-set"),
    "status_dsm": Source("viina-deepstate", "DeepStateMap (VIINA)", kind="map"),
    "status_isw": Source("viina-isw", "Institute for the Study of War (VIINA)", kind="map"),
}
_CREDIBILITY = {"status_boost": 4}
_MAP = 3
"""Credibility of what people draw."""

_NAMES = {"RU": "Russia", "UA": "Ukraine"}
_WIDE = re.compile(r"ctr_(\d{8})\d*")


@dataclass(slots=True)
class _Run:
    """Days of one place on which the consensus is the same."""

    row: int
    number: int
    event: Event
    claims: list[Claim]
    stances: dict[str, bool] = field(default_factory=dict)
    """Source -> whether it agrees, as it was last said."""


@dataclass(slots=True)
class _Place:
    """One place, as far as the file is read."""

    id: str
    status: str = ""
    year: int = 0
    number: int = 0
    last: int = -(10**18)
    run: _Run | None = None


def _recognises(head: Head) -> bool:
    if head.has("geonameid", "date", "status"):
        return True
    return head.has("geonameid") and any(_WIDE.fullmatch(cell) for cell in head.cells)


def _read(stream: BinaryIO, context: Context) -> Iterator[Item]:
    reader = _Reader(context)
    for row in read_table(stream):
        if isinstance(row, Refused):
            yield row
            continue
        try:
            yield from reader.take(row)
        except CellRefused as refused:
            context.names.forget()
            yield refused.at(row.number)
        else:
            context.names.keep()
            if not reader.begun:
                yield Passed(row.number)
    yield from reader.end()


class _Reader:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._places: dict[str, _Place | None] = {}
        """By GeoNames number; None for those that the situation lacks, which are refused once."""
        self.begun = False
        """Whether the present row begins a run, and so comes to an event."""

    def take(self, row: Row) -> Iterator[Item]:
        """Yield the runs that end with this row."""
        self.begun = False
        cells = row.cells
        number = cells.get("geonameid", "").strip().removesuffix(".0")
        if not (number.isascii() and number.isdecimal() and len(number) < 12):
            raise CellRefused("geonameid", number, "not a GeoNames number")
        if number not in self._places:
            self._places[number] = None
            self._places[number] = _Place(self._find(number, cells))
        place = self._places[number]
        if place is None:
            return
        if "date" in cells:
            yield from self._day(row, number, place, cells["date"], cells)
            return
        for column, status in cells.items():
            match = _WIDE.fullmatch(column)
            if match:
                yield from self._day(row, number, place, match[1], {"status": status})

    def end(self) -> Iterator[Item]:
        """Yield the runs that the file's end ends."""
        for number, place in self._places.items():
            if place is not None:
                yield from self._close(number, place)

    def _find(self, number: str, cells: dict[str, str]) -> str:
        name = cells.get("asciiname") or cells.get("name") or ""
        if not name:
            known = self._context.names.geoname(int(number))
            if known is None:
                raise CellRefused(
                    "geonameid",
                    number,
                    "no place has this GeoNames number; `sitmon import --as geonames` makes places of a gazetteer",
                )
            return known
        return self._context.names.place(
            "name",
            name,
            longitude=coordinate(cells, "longitude", 180),
            latitude=coordinate(cells, "latitude", 90),
            geonameid=int(number),
        )

    def _day(self, row: Row, number: str, place: _Place, date: str, cells: dict[str, str]) -> Iterator[Item]:
        context = self._context
        instant = day({"date": date}, "date", context.zone, since=FIRST_YEAR, until=context.now + DAY)
        if instant <= place.last:
            raise CellRefused("date", date, "not after the row before of the same place; sort the file by date")
        statuses = {column: cells.get(column, "").strip().upper() for column in ("status", *SOURCES)}
        for column, status in statuses.items():
            if status not in ("", "UA", "RU", "CONTESTED", "NA"):
                raise CellRefused(column, status, "not UA, RU or CONTESTED")
        place.last = instant
        status = statuses["status"]
        year = to_datetime(instant, context.zone).year
        if status in ("", "NA"):
            return
        if status != place.status or year != place.year:
            begins_year = year != place.year
            yield from self._close(number, place) if begins_year else self._finish(number, place)
            before = place.status
            place.number = 0 if begins_year else place.number + 1
            place.status, place.year = status, year
            event = self._event(place.id, status, before, instant, statuses)
            place.run = _Run(row.number, place.number, event, [])
            self.begun = True
        if place.run is not None:
            self._hear(place.run, statuses, instant)

    def _event(self, place: str, status: str, before: str, instant: int, statuses: dict[str, str]) -> Event:
        kind, actor, against = "contested", None, None
        if status != "CONTESTED":
            actor = self._side(status)
            kind = "still-held" if before in ("", status) else "capture"
            if kind == "capture":
                against = self._side("UA" if status == "RU" else "RU")
        elif before in _NAMES:
            actor, against = self._side("UA" if before == "RU" else "RU"), self._side(before)
        heard = ", ".join(f"{column[7:]} {said}" for column, said in statuses.items() if column in SOURCES and said)
        summary = f"{_NAMES.get(status, 'contested')} by VIINA's consensus" + (f" ({heard})" if heard else "")
        return Event("", kind, instant, Precision.DAY, summary, place, actor, against)

    def _side(self, status: str) -> str:
        return self._context.names.actor("status", _NAMES[status])

    def _hear(self, run: _Run, statuses: dict[str, str], instant: int) -> None:
        """Add what each source says of the event, where it says so first or otherwise than before."""
        consensus = statuses["status"]
        heard = {column: said for column, said in statuses.items() if column in SOURCES and said not in ("", "NA")}
        agrees = {column: said == consensus for column, said in heard.items()}
        if not run.claims and not any(agrees.values()):
            # Somebody stands behind it: whoever made the consensus of them.
            run.claims.append(_claim(SOURCE.id, Stance.ASSERTS, instant, _MAP, ""))
        for column, agree in agrees.items():
            if run.stances.get(column) == agree or len(run.claims) >= MAX_CLAIMS:
                continue
            stance = Stance.DENIES
            if agree:
                stance = Stance.CONFIRMS if column in run.stances else Stance.ASSERTS
            run.stances[column] = agree
            said = "" if agree else f"has it as {statuses[column]}"
            run.claims.append(_claim(SOURCES[column].id, stance, instant, _CREDIBILITY.get(column, _MAP), said))

    def _finish(self, number: str, place: _Place) -> Iterator[Item]:
        if place.run is not None:
            run, place.run = place.run, None
            key = ("viina-control", number, str(place.year), str(run.number))
            yield Record(run.row, key, run.event, tuple(run.claims))

    def _close(self, number: str, place: _Place) -> Iterator[Item]:
        """Finish the last run of a year: this edition no longer has what the store has beyond it, up to here."""
        if place.run is not None:
            run = place.run
            yield from self._finish(number, place)
            yield Ends(run.row, ("viina-control", number, str(place.year)), place.number + 1, place.last)


def _claim(source: str, stance: Stance, instant: int, credibility: int, quote: str) -> Claim:
    return Claim("", "", source, stance, instant, Precision.DAY, credibility, quote=quote)


VIINA_CONTROL = Format(
    "viina-control", "VIINA's control of settlements", _recognises, _read, (SOURCE, *SOURCES.values())
)
