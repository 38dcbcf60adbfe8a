"""What would change who controls a place: the control rule, tried with one more event of each decisive kind."""

from collections.abc import Iterator
from typing import NamedTuple

from model.catalog import Catalog, name_of
from model.control import Why
from model.entities import ControlState, Event, Standing, Status, Weight
from model.steps import Weighed, step
from model.times import Precision, end_of

_SIDES = 3
"""Sides whose events are tried: the ones that the state and the latest steps name."""


class Prospect(NamedTuple):
    """What one more event would make of a place."""

    cause: str
    """What would have to happen, or be said: "captured by Taliban, on its word alone"."""
    after: ControlState


def prospects(why: Why, catalog: Catalog) -> tuple[Prospect, ...]:
    """Return what would change a state's status or actor: one event for each outcome.

    The event is taken to be later than the one that made the state, and reported with the state's grade.
    """
    state = why.state
    found: dict[tuple[Status, str | None], Prospect] = {}
    for cause, event, supported in _events(why, catalog):
        after, _ = step(state, Weighed(event, _weight(state, supported=supported)), catalog)
        key = after.status, after.actor
        if key != (state.status, state.actor):
            found.setdefault(key, Prospect(cause, after))
    return tuple(found.values())


def _events(why: Why, catalog: Catalog) -> Iterator[tuple[str, Event, bool]]:
    since, zone = why.state.since, catalog.situation.zone
    at = 0 if since is None else end_of(since, why.state.since_precision, zone) + 1
    sides = _sides(why, catalog)
    for side in sides:
        name = name_of(catalog.actors, side)
        other = next((one for one in sides if one != side), None)
        capture = Event("", "capture", at, Precision.DAY, "", why.state.place, side, other)
        yield f"captured by {name}, not on its word alone", capture, True
        yield f"captured by {name}, on its word alone", capture, False
        yield f"still held by {name}", capture._replace(kind="still-held"), True
        yield f"entered by {name}", capture._replace(kind="entered"), True
        if other is not None:
            yield f"{name} withdraws", capture._replace(kind="withdrawal"), True


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
