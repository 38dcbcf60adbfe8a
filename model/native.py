"""sitmon's own row format: one claim on one event a line, as CSV or JSON Lines; exports are read back unchanged.

The first row of an event describes it (`kind`, `occurred_at` and `summary` are required). A further row adds a claim;
it gives the same label or id in `event`, or describes the event again in the same words.
"""

import enum
import functools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from model.catalog import Catalog
from model.entities import Actor, Claim, Event, Place, Source, Stance
from model.errors import InputRefused, NameUnknown
from model.grades import CREDIBILITIES
from model.ids import derived_id, is_id
from model.kinds import KINDS
from model.rows import CellRefused, Refused, Row, nearest_hint, read_cell
from model.text import fold
from model.times import SECOND, Precision, parse_time, to_datetime, write_time

EVENT_COLUMNS = ("event", "kind", "place", "actor", "against", "route", "occurred_at", "precision", "summary")
CLAIM_COLUMNS = (
    *("claim", "source", "stance", "credibility", "attribution", "quote", "url"),
    *("reported_at", "reported_precision", "dated", "dated_precision"),
)
COLUMNS = EVENT_COLUMNS + CLAIM_COLUMNS
"""All columns, in the order in which they are written. `docs/situations.md` says what each one means."""

VIEW_COLUMNS = ("as_of", "known_at", "filter")
"""Columns with the clocks and filter that a row was exported under; ignored when it is read back."""

MAX_LABELS = 50_000
"""Events of one file that can have a label; each is kept in memory until the file ends."""

_MAX_CACHED_NAMES = 20_000
"""Names whose ids are cached, so that each is looked up only once."""

_MAX_NAME = 200
"""Characters of a name that an entry can be made for."""

_LATEST = 253_402_300_800 * SECOND - 1
"""The last instant of the year 9999 in UTC; a time with an offset can be after it."""

Made = Place | Actor | Source
E = TypeVar("E", bound=enum.StrEnum)


@dataclass(frozen=True, slots=True)
class Line:
    """What one row says: a claim, with the event that it is about."""

    row: int
    event: Event | None
    """None: the row only gives the event's id, and no row so far has described it."""
    claim: Claim
    made: tuple[Made, ...] = ()
    """Places, actors and sources in the row that are new to the situation."""


def read_native(
    rows: Iterable[Row | Refused],
    catalog: Catalog,
    *,
    seed: bool = False,
    create: bool = False,
    source: str | None = None,
) -> Iterator[Line | Refused]:
    """Read rows as events and claims; a wrong row is refused and does not stop the next one.

    Ids that are not given are derived, so that reading the same row again gives the same facts: an event's id from its
    label in a seed, or else from its kind, place, sides, route, time and summary; a claim's from its event, source,
    stance, time, attribution and quote.

    Args:
        rows: what `model.rows.read_rows` yields; refusals are passed on.
        catalog: the situation, in whose zone times are read.
        seed: the rows are a situation's own file, where a label means the same event in every edition of it.
        create: makes an entry for each place, actor and source that the situation does not have.
        source: id of the source for rows that name none; None: they are refused.
    """
    reader = NativeReader(catalog, seed=seed, create=create, source=source)
    for row in rows:
        yield row if isinstance(row, Refused) else reader.read(row)


def write_native(event: Event, claim: Claim, catalog: Catalog) -> dict[str, str | int]:
    """Return the row of a claim on an event, without empty cells; `read_native` reads both back unchanged.

    What a claim says about its report (`report`, `quote_start`) is not written: rows carry no reports.
    """
    zone = catalog.situation.zone
    row: dict[str, str | int | None] = {
        "event": event.id,
        "kind": event.kind,
        "place": event.place,
        "actor": event.actor,
        "against": event.against,
        "route": event.route,
        **_write_time("occurred_at", "precision", event.occurred_at, event.precision, zone),
        "precision": event.precision.value,
        "summary": event.summary,
        "claim": claim.id,
        "source": claim.source,
        "stance": claim.stance.value,
        "credibility": claim.credibility,
        "attribution": claim.attribution,
        "quote": claim.quote,
        "url": claim.url,
        **_write_time("reported_at", "reported_precision", claim.reported_at, claim.reported_precision, zone),
    }
    if claim.occurred_at is not None:
        precision = claim.occurred_precision or event.precision
        row |= _write_time("dated", "dated_precision", claim.occurred_at, precision, zone)
    return {column: cell for column, cell in row.items() if cell is not None and cell != ""}


class NativeReader:
    """Reads the rows of one file and remembers its labelled events; see `read_native`."""

    def __init__(
        self, catalog: Catalog, *, seed: bool = False, create: bool = False, source: str | None = None
    ) -> None:
        self._situation = catalog.situation.id
        self._zone = catalog.situation.zone
        self._seed = seed
        self._source = source
        self._create = create
        self._names = _Names(catalog, create=create)
        self._labels: dict[str, tuple[Event, int]] = {}
        self._refused_labels: dict[str, int] = {}

    def renew(self, catalog: Catalog) -> None:
        """Go on with a newer catalog, after entries that rows name were stored."""
        self._names = _Names(catalog, create=self._create)

    def read(self, row: Row) -> Line | Refused:
        """Return what a row says, or why it is refused."""
        try:
            event = self._event(row)
            line = Line(row.number, event, self._claim(row.cells, event), self._names.made())
        except CellRefused as refused:
            self._names.forget()
            self._remember(row, None)
            return refused.at(row.number)
        self._names.keep()
        self._remember(row, event)
        return line

    def _remember(self, row: Row, event: Event | None) -> None:
        """Remember the event of the first row with a label, or that this row was refused."""
        label = row.cells.get("event", "").strip()
        if not label or label in self._labels or label in self._refused_labels or is_id(label):
            return
        if event is not None:
            self._labels[label] = event, row.number
        elif len(self._refused_labels) < MAX_LABELS:
            self._refused_labels[label] = row.number

    def _event(self, row: Row) -> Event | None:
        cells = row.cells
        label = cells.get("event", "").strip()
        if label in self._labels:
            return self._same_event(cells, *self._labels[label])
        if label in self._refused_labels:
            reason = f"the event's first row, line {self._refused_labels[label]}, is refused"
            raise CellRefused("event", label, reason)
        is_given = bool(label) and is_id(label)
        if is_given and not any(cells.get(column) for column in EVENT_COLUMNS[1:]):
            return None
        for column in ("kind", "occurred_at", "summary"):
            if not cells.get(column, "").strip():
                raise CellRefused(column, "", f"{column} is missing; the first row of an event needs it")
        if label and not is_given and len(self._labels) >= MAX_LABELS:
            raise CellRefused("event", label, f"more than {MAX_LABELS:,} labels in one file; leave the column empty")
        occurred_at, precision = self._time(cells, "occurred_at", "precision")
        described = self._described(cells)
        if is_given:
            id_ = label
        elif label and self._seed:
            id_ = derived_id(occurred_at, self._situation, "event", label)
        else:
            id_ = derived_id(
                occurred_at,
                *(self._situation, "event", described["kind"] or "", str(occurred_at), cells["summary"]),
                *(described[column] or "" for column in ("place", "actor", "against", "route")),
            )
        return Event(
            id=id_,
            kind=described["kind"] or "",
            occurred_at=occurred_at,
            precision=precision,
            summary=cells["summary"],
            place=described["place"],
            actor=described["actor"],
            against=described["against"],
            route=described["route"],
        )

    def _described(self, cells: dict[str, str]) -> dict[str, str | None]:
        """Return the kind and the ids in the cells that describe an event."""
        return {
            "kind": read_cell(cells, "kind", _kind),
            "place": self._named(cells, "place", "place"),
            "actor": self._named(cells, "actor", "actor"),
            "against": self._named(cells, "against", "actor"),
            "route": self._named(cells, "route", "route"),
        }

    def _same_event(self, cells: dict[str, str], event: Event, row: int) -> Event:
        """Return the event with this label, if the row says the same of it as its first row."""
        said: dict[str, object] = dict(self._described(cells))
        said["summary"] = cells.get("summary")
        if cells.get("occurred_at"):
            said["occurred_at"], said["precision"] = self._time(cells, "occurred_at", "precision")
        for column in event._fields:
            value = said.get(column)
            if value is not None and value != getattr(event, column):
                hint = "; a source's own date goes into `dated`" if column == "occurred_at" else ""
                reason = f"differs from the event's first row, line {row}{hint}"
                raise CellRefused(column, cells.get(column, ""), reason)
        return event

    def _claim(self, cells: dict[str, str], event: Event | None) -> Claim:
        source = self._named(cells, "source", "source") or self._source
        if source is None:
            raise CellRefused("source", "", "source is missing; every row is some source's claim")
        dated = dated_precision = None
        if cells.get("dated"):
            dated, dated_precision = self._time(cells, "dated", "dated_precision")
        if cells.get("reported_at"):
            reported_at, precision = self._time(cells, "reported_at", "reported_precision")
        elif dated is not None and dated_precision is not None:
            reported_at, precision = dated, dated_precision
        elif event is not None:
            reported_at, precision = event.occurred_at, event.precision
        else:
            raise CellRefused("reported_at", "", "reported_at is missing; without it the row needs the event's time")
        stance = read_cell(cells, "stance", _stance) or Stance.ASSERTS
        event_id = event.id if event else cells["event"].strip()
        quote, attribution = cells.get("quote", ""), cells.get("attribution", "")
        said = (event_id, source, stance.value, str(reported_at), quote, attribution)
        return Claim(
            id=read_cell(cells, "claim", _id) or derived_id(reported_at, self._situation, "claim", *said),
            event=event_id,
            source=source,
            stance=stance,
            reported_at=reported_at,
            reported_precision=precision,
            credibility=read_cell(cells, "credibility", _credibility) or CREDIBILITIES[-1],
            attribution=attribution,
            quote=quote,
            url=cells.get("url", ""),
            occurred_at=dated,
            occurred_precision=dated_precision,
        )

    def _named(self, cells: dict[str, str], column: str, what: str) -> str | None:
        if column not in cells:
            return None
        return read_cell(cells, column, lambda name: self._names.id(what, name))

    def _time(self, cells: dict[str, str], column: str, precision_column: str) -> tuple[int, Precision]:
        try:
            instant, precision = _parse_time(cells[column], self._zone)
        except InputRefused as error:
            raise CellRefused(column, cells[column], str(error)) from None
        return instant, read_cell(cells, precision_column, _precision) or precision


class _Names:
    """Names to ids. With `create`, entries made for a row that is refused in the end are dropped again."""

    def __init__(self, catalog: Catalog, *, create: bool) -> None:
        self._find: dict[str, Callable[[str], Made]] = {
            "place": catalog.place,
            "actor": catalog.actor,
            "source": catalog.source,
        }
        self._route = catalog.route
        self._create = create
        self._known: dict[tuple[str, str], str | tuple[str, ...]] = {}
        """(what, name) -> the id, or the nearest names where there is none."""
        self._made: dict[tuple[str, str], Made] = {}
        """(what, folded name) -> the entry made for it."""
        self._row: dict[tuple[str, str], Made] = {}
        """Those of `_made` that the current row made."""

    def id(self, what: str, name: str) -> str:
        known = self._known.get((what, name))
        if known is None:
            try:
                known = (self._route(name) if what == "route" else self._find[what](name)).id
            except NameUnknown as unknown:
                known = unknown.nearest
            if len(self._known) < _MAX_CACHED_NAMES:
                self._known[what, name] = known
        if isinstance(known, str):
            return known
        if self._create and what != "route" and fold(name) and len(name) <= _MAX_NAME:
            return self._make(what, name).id
        raise NameUnknown(what, name[:100], known)

    def made(self) -> tuple[Made, ...]:
        return tuple(self._row.values())

    def keep(self) -> None:
        self._row = {}

    def forget(self) -> None:
        for key in self._row:
            del self._made[key]
        self._row = {}

    def _make(self, what: str, name: str) -> Made:
        key = what, fold(name)
        if key not in self._made:
            self._made[key] = self._row[key] = _make(what, name)
        return self._made[key]


def _make(what: str, name: str) -> Made:
    """Return an entry of which only the name is known; its id is derived from the name."""
    name = " ".join(name.split())
    slug = fold(name).replace(" ", "-")
    id_ = slug if slug.isascii() and len(slug) <= 40 else f"{what}-{derived_id(0, slug)[-12:]}"
    if what == "place":
        return Place(id=id_, name=name, kind="unknown")
    if what == "actor":
        return Actor(id=id_, name=name, kind="unknown")
    return Source(id=id_, name=name, kind="unknown")


def _kind(text: str) -> str:
    if text in KINDS:
        return text
    raise InputRefused(f"no kind of event is called {text[:40]!r}{nearest_hint(text, KINDS, what='kinds')}")


def _stance(text: str) -> Stance:
    return _member(text, Stance, "a stance")


def _precision(text: str) -> Precision:
    return _member(text, Precision, "a precision")


def _member(text: str, words: type[E], what: str) -> E:
    try:
        return words(text)
    except ValueError:
        known = [word.value for word in words]
        raise InputRefused(f"{text[:40]!r} is not {what}{nearest_hint(text, known)}") from None


def _credibility(text: str) -> int:
    if len(text) == 1 and text in "123456":
        return int(text)
    raise InputRefused(f"{text[:20]!r} is not a credibility; write 1 (confirmed) to 5 (improbable), or 6 (unknown)")


def _id(text: str) -> str:
    if is_id(text):
        return text
    raise InputRefused(f"{text[:40]!r} is not a whole id; leave the column empty to have one made")


@functools.lru_cache(maxsize=4096)
def _parse_time(text: str, zone: str) -> tuple[int, Precision]:
    instant, precision = parse_time(text, zone)
    if instant > _LATEST:
        raise InputRefused(f"{text[:60]!r} is after the year 9999 in UTC")
    return instant, precision


def _write_time(
    column: str, precision_column: str, instant: int, precision: Precision, zone: str
) -> dict[str, str | int | None]:
    """Return a time's cells; with one for the precision, where the written time does not show it."""
    try:
        text = write_time(instant, precision, zone)
        if parse_time(text, zone) == (instant, precision):
            return {column: text}
    except InputRefused:
        pass  # in the year 1, which `parse_time` refuses
    return {column: to_datetime(instant).isoformat(), precision_column: precision.value}
