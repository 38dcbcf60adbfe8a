"""The control rule: who controls a place, from what was said to have happened there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from model.catalog import Catalog
from model.entities import Claim, ControlState, Event, Mark, Weight
from model.query import NOW, Clocks


@dataclass(frozen=True, slots=True)
class Evidence:
    """One event with all claims on it and all verdicts ever marked on it, undone ones left out."""

    event: Event
    claims: tuple[Claim, ...]
    verdicts: tuple[Mark, ...] = ()


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
    """A state of one place, true from `occurred_from` until `occurred_to`, as known from `known_from` to `known_to`."""

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
    place: str, current: Sequence[Span], evidence: Sequence[Evidence], catalog: Catalog, *, known_after: int
) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Bring a timeline up to date with what became known after `known_after`; return (spans to put, spans to drop)."""
    raise NotImplementedError
