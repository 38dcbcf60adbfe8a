"""Whether a route is open: derived only from who controls the places along it."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from model.catalog import Catalog
from model.entities import ControlState, Route, Status

_PASSABLE = frozenset({Status.HELD, Status.INFLUENCE, Status.THREATENED, Status.NEGOTIATED})
"""Statuses in which the side that controls a place can still pass through it."""


class Passage(enum.StrEnum):
    """Whether a route, or one leg of it, can be travelled within one side's territory."""

    OPEN = "open"
    CUT = "cut"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Leg:
    """The stretch between two neighbouring places of a route."""

    begin: str
    end: str
    """Ids of the places, in the route's order."""
    passage: Passage
    side: str | None = None
    """The side whose territory an open leg is in."""


@dataclass(frozen=True, slots=True)
class RouteState:
    """A route as a whole and leg by leg."""

    route: str
    passage: Passage
    legs: tuple[Leg, ...]
    side: str | None = None
    """The side whose territory an open route is in."""


def route_state(route: Route, states: Mapping[str, ControlState], catalog: Catalog, instant: int) -> RouteState:
    """Return whether the route is open.

    A leg is open if the same side holds the places at both its ends, or has influence there, even if it is threatened
    or has agreed to hand over. It is unknown if control of an end is not known. Otherwise, where the sides differ or an
    end is contested, encircled or only claimed, it is cut. The route is open if every leg is. It is cut if one leg is,
    or if different sides hold places along it: then it must be cut somewhere between them.

    Args:
        route: the route.
        states: who controls each place, by the place's id.
        catalog: says which actors are parts of which sides.
        instant: at which the sides are looked up.
    """
    pairs = zip(route.place_ids, route.place_ids[1:], strict=False)
    legs = tuple(_leg(begin, end, states, catalog, instant) for begin, end in pairs)
    passages = {leg.passage for leg in legs}
    along = [states[place] for place in route.place_ids if place in states]
    sides = {catalog.side_of(state.actor, instant) for state in along if state.status in _PASSABLE}
    if Passage.CUT in passages or len(sides) > 1:
        return RouteState(route.id, Passage.CUT, legs)
    if passages == {Passage.OPEN}:
        return RouteState(route.id, Passage.OPEN, legs, legs[0].side)
    return RouteState(route.id, Passage.UNKNOWN, legs)


def _leg(begin: str, end: str, states: Mapping[str, ControlState], catalog: Catalog, instant: int) -> Leg:
    ends = [states.get(place) for place in (begin, end)]
    known = [state for state in ends if state is not None and state.status is not Status.UNKNOWN]
    if any(state.status not in _PASSABLE for state in known):
        return Leg(begin, end, Passage.CUT)
    if len(known) < 2:
        return Leg(begin, end, Passage.UNKNOWN)
    sides = {catalog.side_of(state.actor, instant) for state in known}
    if len(sides) > 1:
        return Leg(begin, end, Passage.CUT)
    return Leg(begin, end, Passage.OPEN, sides.pop())
