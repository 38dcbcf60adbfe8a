"""What the rows of a data set become, and the checks that all of them go through."""

import csv
import datetime as dt
import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple

from ingest.importers.names import Names
from model.catalog import Catalog
from model.entities import Claim, Event, Place, Source
from model.errors import InputRefused
from model.rows import CellRefused, Refused, Row
from model.times import Precision, parse_time, to_datetime


class Record(NamedTuple):
    """One event of a data set, with everything that the data set says about it."""

    row: int
    key: tuple[str, ...]
    """The data set and its own id for the event: the same in every edition."""
    event: Event
    """Without an id: the key gives it one."""
    claims: tuple[Claim, ...]
    """Without ids; in order of reporting, and at least one."""
    stamped: bool = False
    """Whether the claims' `reported_at` says when this edition of the row was published."""


class Withdrawn(NamedTuple):
    """The data set has taken an event back."""

    row: int
    key: tuple[str, ...]
    at: int | None = None
    """When; None: the file does not say."""
    source: str | None = None
    """Who takes it back; None: the format's own sources."""


class Still(NamedTuple):
    """The row just refused is of an event that the data set still has, so that the event is not taken back."""

    row: int
    key: tuple[str, ...]


class Entry(NamedTuple):
    """A place for the catalog."""

    row: int
    place: Place


class Passed(NamedTuple):
    """Rows that give no item of their own."""

    row: int
    rows: int = 1


class Ends(NamedTuple):
    """A numbered series of events ends: this edition no longer has those that the store has beyond it."""

    row: int
    key: tuple[str, ...]
    """What the events' keys begin with; the last part is a number."""
    number: int
    """The first number that no longer exists."""
    until: int
    """Events later than this are not covered by the file, and stay."""


Item = Ends | Record | Withdrawn | Still | Entry | Passed | Refused


INFLUENCE = "of influence only, which no kind of event means; taken in as contested"

NO_SPOKESMAN = "what a side claims needs a source that speaks for it; there is none"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user says about a file beside its content."""

    file: str = ""
    """Its name, for what only the name says."""
    published: int | None = None
    """When it was published; None: now, where its rows do not say."""
    actor: str | None = None
    """Who holds what lies inside a polygon that does not say so itself."""
    against: str | None = None
    """Who holds what lies outside."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a format's reader needs besides the file."""

    catalog: Catalog
    names: Names
    now: int
    """The present instant: nothing has happened after it."""
    settings: Settings = field(default_factory=Settings)
    begins: str = ""
    """The file's name and its first characters."""
    day: int | None = None
    """Of a snapshot: when it begins."""
    holders: Mapping[str, str] = field(default_factory=dict)
    """Of a snapshot: place -> the side that held it before that day."""
    taken_as: Counter[str] = field(default_factory=Counter)
    """Rows that were imported as less than they say: what they say -> how many."""

    @property
    def situation(self) -> str:
        """The situation's id."""
        return self.catalog.situation.id

    @property
    def zone(self) -> str:
        """The zone in which days begin."""
        return self.catalog.situation.zone

    def spokesman(self, actor: str, at: int) -> str | None:
        """Return a source that speaks for an actor or its side; None where there is none.

        What is said to be only claimed must not count as the finding of whoever says so.
        """
        sides = {actor, self.catalog.side_of(actor, at)}
        sources = self.catalog.sources.values()
        return next((one.id for one in sources if one.speaks_for and one.speaks_for in sides), None)

    @property
    def seen_at(self) -> int:
        """When what the file says became known, where its rows do not say."""
        return self.now if self.settings.published is None else self.settings.published


class Head(NamedTuple):
    """How a file begins."""

    text: str
    """Its first characters."""
    cells: tuple[str, ...]
    """Those of its first line, as CSV or, where it has tabs and no quotes, as a tab-separated row."""
    second: tuple[str, ...]
    """Those of its second line."""
    tabs: bool
    """Whether the first line has tabs between its cells."""

    @property
    def delimiter(self) -> str:
        """What is between the cells of a table that nobody knows: a tab, a comma, or else a semicolon."""
        if self.tabs:
            return "\t"
        return ";" if len(self.cells) == 1 and ";" in self.cells[0] else ","

    def has(self, *columns: str) -> bool:
        """Say whether the first line names all these columns."""
        return set(columns) <= set(self.cells)


def head_of(stream: BinaryIO) -> Head:
    """Return how a file begins, and leave it as it is."""
    return read_head(stream.peek(1 << 16) if isinstance(stream, io.BufferedReader) else b"")


def read_head(data: bytes) -> Head:
    """Return how a file begins."""
    text = data.decode(errors="replace").removeprefix("\ufeff").replace("\0", "")
    lines = [line for line in text[:200_000].splitlines() if line.strip()][:2]
    first = lines[0] if lines else ""
    tabs = first.count("\t") > first.count(",")
    return Head(text, _cells(first, tabs=tabs), _cells(lines[1], tabs=tabs) if len(lines) > 1 else (), tabs)


def _cells(line: str, *, tabs: bool) -> tuple[str, ...]:
    try:
        cells: Sequence[str] = line.split("\t") if tabs else next(csv.reader([line]), [])
    except csv.Error:
        return ()
    return tuple(cell.strip() for cell in cells)


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file that can be imported."""

    name: str
    """What `--as` calls it."""
    title: str
    """What it is, in a few words."""
    recognises: Callable[[Head], bool]
    read: Callable[[BinaryIO, Context], Iterator[Item]]
    sources: tuple[Source, ...] = ()
    """Whose claims its rows are; made where the situation has none, and something is claimed by them."""
    dated: Callable[[str, Settings, str], int | None] | None = None
    """For snapshots: gives the day of one, from its first characters, the settings and the zone."""
    can_be_whole: bool = False
    """Whether its rows say which events they are even where they are refused, so that one can be missed."""


def each(
    rows: Iterator[Row | Refused],
    context: Context,
    read: Callable[[Row], Record | Withdrawn | Entry | None],
    key_of: Callable[[Row], tuple[str, ...]] | None = None,
) -> Iterator[Item]:
    """Read rows one by one; what is wrong with one refuses it, and forgets the names that it made.

    Args:
        rows: of the file.
        context: whose names are used.
        read: gives what the row comes to, None for a row that is passed over.
        key_of: gives the key of a row's event, so that a refused one is still known to be there.
    """
    for row in rows:
        if isinstance(row, Refused):
            yield row
            continue
        try:
            item = read(row)
        except CellRefused as refused:
            context.names.forget()
            yield refused.at(row.number)
            if key_of is not None:
                with suppress(CellRefused):
                    yield Still(row.number, key_of(row))
        else:
            context.names.keep()
            yield Passed(row.number) if item is None else item


def day(cells: dict[str, str], column: str, zone: str, *, since: int, until: int) -> int:
    """Return the instant at which the day in a cell begins.

    Args:
        cells: the row's.
        column: `2021-08-12`, or `20210812`; a time of day after it is passed over.
        zone: in which the day begins.
        since: the first year that the data set can be about.
        until: an instant after which nothing can have happened.

    Raises:
        CellRefused: it is missing, no day, before the year, or after the instant.
    """
    text = cells.get(column, "").strip()
    if not text:
        raise CellRefused(column, "", f"{column} is missing")
    date = text[:10]
    if len(text) == 8 and text.isdecimal():
        date = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    try:
        instant, precision = parse_time(date, zone)
    except InputRefused as error:
        raise CellRefused(column, text, str(error)) from None
    if precision is not Precision.DAY:
        raise CellRefused(column, text, "not a day; write 2021-08-12")
    if int(date[:4]) < since:
        raise CellRefused(column, text, f"the year {int(date[:4])} is before {since}, when this data set begins")
    if instant > until:
        raise CellRefused(column, text, "is in the future")
    return instant


def first_of_month(instant: int, zone: str) -> int:
    """Return the instant at which the instant's month begins."""
    moment = to_datetime(instant, zone)
    return parse_time(f"{moment.year:04}-{moment.month:02}", zone)[0]


def days_before(instant: int, days: int, zone: str) -> int:
    """Return the beginning of the day that is so many days before the instant's."""
    date = to_datetime(instant, zone).date() - dt.timedelta(days=days)
    return parse_time(date.isoformat(), zone)[0]


def coordinate(cells: dict[str, str], column: str, most: float) -> float | None:
    """Return the degrees in a cell; None where it is empty.

    Raises:
        CellRefused: it is not a number of degrees.
    """
    text = cells.get(column, "").strip()
    if not text:
        return None
    try:
        # Where cells have semicolons between them, numbers have commas.
        degrees = float(text.replace(",", "."))
    except ValueError:
        raise CellRefused(column, text, "not a number of degrees") from None
    if not -most <= degrees <= most:
        raise CellRefused(column, text, f"not between -{most:g} and {most:g} degrees")
    return degrees


def code(cells: dict[str, str], column: str, most: int) -> int:
    """Return the code in a cell, 1 to the most.

    Raises:
        CellRefused: it is none of them.
    """
    text = cells.get(column, "").strip().removesuffix(".0")
    if text.isdecimal() and text.isascii() and len(text) < 4 and 1 <= int(text) <= most:
        return int(text)
    raise CellRefused(column, text, f"not a code 1 to {most}" if text else f"{column} is missing")
