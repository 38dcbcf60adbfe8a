"""What is asked of a store, and what it answers: the words that the store and every front end share."""

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
    """In which order the event log runs, newest first."""

    OCCURRED = "occurred"
    RECEIVED = "received"


class EventQuery(NamedTuple):
    """Which events, in which order."""

    where: Condition = EVERYTHING
    clocks: Clocks = NOW
    order: Order = Order.OCCURRED


class Cursor(NamedTuple):
    """A row's place in an order: what a page begins after. Means nothing in another store."""

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
    """How many notes for all stand on it."""
    remarks: int = 0
    """How many notes that only the reader sees."""
    trusted: str = ""
    """Id of the source by trust of which it was let in; empty where somebody accepted it, or it came otherwise."""


class Page(NamedTuple):
    """Some lines of the log, newest first whichever way they were asked for."""

    rows: tuple[EventRow, ...]
    more: bool
    """Whether rows follow beyond the last one asked for, in the direction asked for."""
    revision: "Revision"
    """The state of the store that this page shows."""


class Count(NamedTuple):
    """How many rows match; `capped` when counting stopped at that number."""

    number: int
    capped: bool = False


class Revision(NamedTuple):
    """How new a view of the store is. It says what is newest, never what changed."""

    changes: int = 0
    """Changesets committed so far, in all situations."""
    newest: int = 0
    """Arrival number of the newest event."""


class Touched(NamedTuple):
    """What may look otherwise than it did: the events that came, or of which something new was said."""

    since: int
    """After so many changesets (`Revision.changes`) ..."""
    changes: int
    """... and up to so many."""
    events: frozenset[int] = frozenset()
    """Their arrival numbers."""
    places: frozenset[str] = frozenset()
    """Where they happened; control can have changed nowhere else."""
    actors: frozenset[str] = frozenset()
    """Who did them, and against whom."""
    marked: bool = False
    """Whether any of them was marked; a mark can be about two events."""
    everything: bool = False
    """Anything at all may look otherwise; nothing is listed then."""


class EventFile(NamedTuple):
    """One event with all that is known of it at a known-at."""

    row: EventRow
    claims: tuple[Claim, ...]
    """In order of reporting."""
    reports: tuple[Report, ...]
    marks: tuple[Mark, ...]
    """The shared ones of all and the personal ones of the reader, in force, oldest first."""
    changeset: Changeset
    """The one that wrote the event."""
    recorded: tuple[int, ...] = ()
    """When each of the claims was written into the store."""
    original: Event | None = None
    """What this one is marked a duplicate of."""
    duplicates: tuple[Event, ...] = ()
    """What is marked a duplicate of this one, oldest arrival first."""
