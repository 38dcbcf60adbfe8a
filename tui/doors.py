"""What Enter on a line leads to, as data. No widget; `tui/walk.py` goes there."""

import enum
from typing import NamedTuple

from tui.cells import Line


class Leads(enum.StrEnum):
    """Where a door leads."""

    CITY = "city"
    """The city list, at a place; `Door.what` is its id."""
    EVENT = "event"
    """The log, at an event; by id."""
    ACTOR = "actor"
    """An actor's file; by id."""
    EVENTS = "events"
    """The log under a filter, which `Door.what` is."""
    HELD = "held"
    """The places that a tally counts; by its id, or an actor's where no tally counts for it."""
    TALLY = "tally"
    """The tallies beside the counts that sources published."""
    CLAIMS = "claims"
    """The claims that a city's status rests on; by the place's id."""
    INSTANT = "instant"
    """The same view, as of `Door.instant`."""
    WHOLE = "whole"
    """A text in full, where the line shows its beginning: by the id of a claim, a report or a mark."""


class Door(NamedTuple):
    """Where a line leads."""

    leads: Leads
    what: str = ""
    instant: int = 0


DoorLine = tuple[Line, Door | None]
"""A line, and where it leads; None: nowhere."""


def to_events(field: str, id_: str) -> Door:
    """Return the door to the events of a place or an actor: `place`, `actor`."""
    from model.filters.ast import Field, Term
    from model.filters.write import write

    return Door(Leads.EVENTS, write(Term(Field(field), id_)))


def behind(lines: list[Line], door: Door | None) -> list[DoorLine]:
    """Return lines that all lead to the same place."""
    return [(line, door) for line in lines]
