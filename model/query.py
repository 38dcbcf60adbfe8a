"""What a store is asked for, and what it returns: the types that stores and front ends share."""

import enum
from typing import NamedTuple

from model.entities import Changeset, Claim, Event, Mark, MarkKind, Report, Weight
from model.filters.conditions import EVERYTHING, Condition
from model.times import FOREVER


class Clocks(NamedTuple):
    """The two instants that a view is set to; both default to "no limit"."""

    as_of: int = FOREVER
    """Only what occurred by then."""
    known_at: int = FOREVER
    """Only what was reported by then."""


NOW = Clocks()


class Order(enum.StrEnum):
    """By what the event log is ordered, newest first."""

    OCCURRED = "occurred"
    RECEIVED = "received"


class EventQuery(NamedTuple):
    """Which events, in which order."""

    where: Condition = EVERYTHING
    clocks: Clocks = NOW
    order: Order = Order.OCCURRED


class Cursor(NamedTuple):
    """A row's position in an order: what a page begins after. Only valid in the store that it comes from."""

    at: int
    """Occurrence in microseconds (`Order.OCCURRED`) or 0 (`Order.RECEIVED`)."""
    seq: int
    """Arrival number in this store."""


class EventRow(NamedTuple):
    """One line of the event log, weighed at the query's known-at."""

    event: Event
    cursor: Cursor
    weight: Weight
    read: bool = False
    starred: bool = False
    tags: tuple[str, ...] = ()
    verdict: MarkKind | None = None
    """The shared verdict in force."""
    notes: int = 0
    """How many shared notes it has."""
    remarks: int = 0
    """How many notes it has that only the reader sees."""
    trusted: str = ""
    """Id of the source whose trust accepted it; empty where a person accepted it, or it was never a proposal."""


class Page(NamedTuple):
    """Some lines of the log, newest first in whichever direction they were asked for."""

    rows: tuple[EventRow, ...]
    more: bool
    """Whether rows follow beyond the last one asked for, in the direction asked for."""
    revision: "Revision"
    """The state of the store that this page shows."""


class Count(NamedTuple):
    """How many rows match; `capped` where counting stopped at that number."""

    number: int
    capped: bool = False


class Revision(NamedTuple):
    """How recent a view of the store is; says what is newest, never what changed."""

    changes: int = 0
    """Changesets committed so far, in all situations."""
    newest: int = 0
    """Arrival number of the newest event."""


class Touched(NamedTuple):
    """What commits may have changed on a screen: events that are new, or have new claims or marks."""

    since: int
    """Changesets (`Revision.changes`) before these commits."""
    changes: int
    """Changesets after them."""
    events: frozenset[int] = frozenset()
    """The events' arrival numbers."""
    places: frozenset[str] = frozenset()
    """Ids of the places of the events; control cannot have changed anywhere else."""
    actors: frozenset[str] = frozenset()
    """Ids of the actors on either side of the events."""
    marked: bool = False
    """Whether any of the events was marked; a mark can be about two events."""
    everything: bool = False
    """Anything may have changed; nothing is listed then."""


class EventFile(NamedTuple):
    """One event with everything about it at a known-at."""

    row: EventRow
    claims: tuple[Claim, ...]
    """In order of reporting."""
    reports: tuple[Report, ...]
    marks: tuple[Mark, ...]
    """Everybody's shared marks and the reader's personal ones that are in force, oldest first."""
    changeset: Changeset
    """The one that wrote the event."""
    recorded: tuple[int, ...] = ()
    """When each of the claims was written into the store, in the order of `claims`."""
    original: Event | None = None
    """The event that this one is marked a duplicate of."""
    duplicates: tuple[Event, ...] = ()
    """The events that are marked duplicates of this one, oldest arrival first."""
