"""What would change who controls a place: the control rule, tried with one more event of each telling kind."""

from collections.abc import Iterator
from typing import NamedTuple

from model.catalog import Catalog
from model.control import Why
from model.entities import ControlState, Event, Standing, Status, Weight
from model.steps import Weighed, step
from model.times import Precision, end_of

_SIDES = 3
"""Sides whose events are tried: the ones that the state and the latest steps name."""


class Prospect(NamedTuple):
    """What one more event would make of a place."""

    words: str
    """What would have to happen, or be said: "captured by Taliban, on its word alone"."""
    after: ControlState


def prospects(why: Why, catalog: Catalog) -> tuple[Prospect, ...]:
    """Return what would change a state's status or actor: one event for each outcome.

    The event is taken to be later than the one that made the state, and to be reported in the state's grade.
    """
    state = why.state
    found: dict[tuple[Status, str | None], Prospect] = {}
    for words, event, supported in _events(why, catalog):
        after, _ = step(state, Weighed(event, _weight(state, supported=supported)), catalog)
        key = after.status, after.actor
        if key != (state.status, state.actor):
            found.setdefault(key, Prospect(words, after))
    return tuple(found.values())


def _events(why: Why, catalog: Catalog) -> Iterator[tuple[str, Event, bool]]:
    since, zone = why.state.since, catalog.situation.zone
    at = 0 if since is None else end_of(since, why.state.since_precision, zone) + 1
    sides = _sides(why, catalog)
    for side in sides:
        name = _name(side, catalog)
        other = next((one for one in sides if one != side), None)
        beyond = Event("", "capture", at, Precision.DAY, "", why.state.place, side, other)
        yield f"captured by {name}, not on its word alone", beyond, True
        yield f"captured by {name}, on its word alone", beyond, False
        yield f"still held by {name}", _kind(beyond, "still-held"), True
        yield f"entered by {name}", _kind(beyond, "entered"), True
        if other is not None:
            yield f"{name} withdraws", _kind(beyond, "withdrawal"), True


def _kind(event: Event, kind: str) -> Event:
    return Event("", kind, event.occurred_at, event.precision, "", event.place, event.actor, event.against)


def _sides(why: Why, catalog: Catalog) -> list[str]:
    state = why.state
    named = [state.actor, state.former]
    for one in reversed(why.steps):
        at = one.event.occurred_at
        named += [catalog.side_of(one.event.actor, at), catalog.side_of(one.event.against, at)]
    sides = [side for side in dict.fromkeys(named) if side is not None][:_SIDES]
    return sorted(sides, key=lambda side: side == state.actor and state.status is Status.HELD)


def _weight(state: ControlState, *, supported: bool) -> Weight:
    standing = Standing.REPORTED if supported else Standing.CLAIMED
    return Weight(standing, 1, 0, state.grade, only_claimed=not supported)


def _name(actor: str, catalog: Catalog) -> str:
    known = catalog.actors.get(actor)
    return known.name if known else actor
