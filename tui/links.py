"""What Enter on a line leads to, as data. No widget; `tui/navigation.py` follows it."""

import enum
from typing import NamedTuple

from tui.cells import Line


class Target(enum.StrEnum):
    """Where a link leads."""

    CITY = "city"
    """The city list, at a place; `Link.what` is its id."""
    EVENT = "event"
    """The log, at an event; by id."""
    ACTOR = "actor"
    """An actor's file; by id."""
    EVENTS = "events"
    """The log under a filter, which `Link.what` is."""
    HELD = "held"
    """The places that a tally counts; by its id, or an actor's where no tally counts for it."""
    TALLY = "tally"
    """The tallies beside the counts that sources published."""
    CLAIMS = "claims"
    """The claims that a city's status rests on; by the place's id."""
    INSTANT = "instant"
    """The same view, as of `Link.instant`."""
    WHOLE = "whole"
    """A text in full, where the line shows its beginning: by the id of a claim, a report or a mark."""


class Link(NamedTuple):
    """Where a line leads."""

    target: Target
    what: str = ""
    instant: int = 0


LinkLine = tuple[Line, Link | None]
"""A line, and where it leads; None: nowhere."""


def to_events(field: str, id_: str) -> Link:
    """Return the link to the events whose field (`place`, `actor`) is this id."""
    from model.filters.ast import Field, Term
    from model.filters.write import write

    return Link(Target.EVENTS, write(Term(Field(field), id_)))


def linked(lines: list[Line], link: Link | None) -> list[LinkLine]:
    """Return lines that all have the same link."""
    return [(line, link) for line in lines]
