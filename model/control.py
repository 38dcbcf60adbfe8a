"""The control rule: who controls a place, from what was said to have happened there."""

from collections.abc import Iterable
from dataclasses import dataclass

from model.catalog import Catalog
from model.entities import ControlState, Event, Weight
from model.query import NOW, Clocks
from model.standing import Evidence

__all__ = ["Evidence", "Span", "Step", "Why", "control", "explain", "extend", "timeline"]


@dataclass(frozen=True, slots=True)
class Step:
    """What one event did to a place's control, and why."""

    event: Event
    weight: Weight
    before: ControlState
    after: ControlState
    reason: str
    """One sentence."""


@dataclass(frozen=True, slots=True)
class Why:
    """A state with the steps that led to it, in order of occurrence."""

    state: ControlState
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A state of one place, true from `occurred_from` until `occurred_to`, as known from `known_from` to `known_to`.

    Each begins at its first instant and ends before its last. A clock at FOREVER reads the last span, so compare
    with `min(clock, FOREVER - 1)`.
    """

    state: ControlState
    occurred_from: int
    occurred_to: int
    known_from: int
    known_to: int


def control(place: str, evidence: Iterable[Evidence], catalog: Catalog, clocks: Clocks = NOW) -> ControlState:
    """Return who controls the place."""
    return explain(place, evidence, catalog, clocks).state


def explain(place: str, evidence: Iterable[Evidence], catalog: Catalog, clocks: Clocks = NOW) -> Why:
    """Return who controls the place, with each step."""
    raise NotImplementedError


def timeline(place: str, evidence: Iterable[Evidence], catalog: Catalog) -> tuple[Span, ...]:
    """Return the place's control at every pair of clocks, as the fewest spans."""
    raise NotImplementedError


def extend(
    place: str,
    current: Iterable[Span],
    evidence: Iterable[Evidence],
    catalog: Catalog,
    *,
    occurred_from: int,
    known_after: int,
) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Bring a timeline up to date after facts were added or taken away, without looking at all of it.

    Args:
        place: the place's id.
        current: every span of the place with `occurred_to >= occurred_from and known_to > known_after`; none for a
            place that has no timeline yet. More than these does no harm.
        evidence: all evidence at the place, as it is now, with `occurred_at >= occurred_from`.
        catalog: the situation's catalog.
        occurred_from: the earliest occurrence of an event that was added, taken away, or had a claim or verdict
            added or taken away.
        known_after: an instant before the `reported_at` or `recorded_at` of each of those claims and verdicts.

    Returns:
        (spans to put, each new or in the stead of the one with its `occurred_from` and `known_from`;
        spans to drop, by the same key). What is in neither stays as it is.
    """
    raise NotImplementedError
