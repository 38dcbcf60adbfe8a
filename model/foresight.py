"""What accepting an event would change: control and tallies, tried with one event more; nothing is written."""

from collections.abc import Iterable
from typing import NamedTuple

from model.catalog import Catalog
from model.control import Why
from model.entities import ControlState, Status, Tally
from model.standing import Evidence
from model.steps import Weighed, bears_on_control, order, step, weighed
from model.tally import count
from model.times import FOREVER


class Moved(NamedTuple):
    """A tally that would count otherwise."""

    tally: Tally
    before: int
    after: int


class Foresight(NamedTuple):
    """A place before and after."""

    before: ControlState
    after: ControlState
    moved: tuple[Moved, ...] = ()
    """Tallies whose number would change."""

    @property
    def changes(self) -> bool:
        """Whether it would be held otherwise than before, by whom, or how surely."""
        return _shown(self.before) != _shown(self.after)


def foresee(
    why: Why, evidence: Evidence, states: Iterable[ControlState], catalog: Catalog, instant: int
) -> Foresight | None:
    """Return what control of the event's place would be with the event, or with more said about it.

    Args:
        why: the place's state at the instant, with the steps that led to it.
        evidence: the event with all that would be said of it, in the stead of what a step says of it.
        states: who controls each place at the instant, for the tallies.
        catalog: the situation's.
        instant: as of when.

    Returns:
        None where the event cannot change who controls a place.
    """
    event = evidence.event
    if event.place is None or not bears_on_control(event):
        return None
    found = [Weighed(one.event, one.weight, marked=one.marked) for one in why.steps if one.event.id != event.id]
    new = weighed(evidence, catalog, FOREVER)
    if new is not None and event.occurred_at <= instant:
        found.append(new)
    after = ControlState(event.place, Status.UNKNOWN)
    for one in sorted(found, key=lambda one: order(one.event)):
        after = step(after, one, catalog)[0]
    states = tuple(states)
    then = tuple(after if state.place == event.place else state for state in states)
    moved = []
    for tally in catalog.tallies.values():
        if event.place in tally.place_ids:
            numbers = count(tally, states, catalog, instant).number, count(tally, then, catalog, instant).number
            if numbers[0] != numbers[1]:
                moved.append(Moved(tally, *numbers))
    return Foresight(why.state, after, tuple(moved))


def describe(found: Foresight, catalog: Catalog) -> str:
    """Say what would change in one line: "Herat  H Government → H Taliban   tally 11 → 12 of 34"."""
    place = catalog.places[found.after.place].name if found.after.place in catalog.places else found.after.place
    if not found.changes:
        same = "bears it out" if found.after.event_ids != found.before.event_ids else "changes nothing"
        return f"{place}  {_state(found.before, catalog)}: {same}"
    text = f"{place}  {_state(found.before, catalog)} → {_state(found.after, catalog)}"
    gains = [moved for moved in found.moved if moved.after > moved.before] or list(found.moved)
    for moved in gains:
        name = moved.tally.name if len(gains) > 1 else "tally"
        text += f"   {name} {moved.before} → {moved.after} of {len(moved.tally.place_ids)}"
    return text


def _state(state: ControlState, catalog: Catalog) -> str:
    actor = state.actor and (catalog.actors[state.actor].name if state.actor in catalog.actors else state.actor)
    doubt = "!" if state.disputed or state.date_disputed else ""
    return f"{state.status.letter}{doubt} {actor or 'nobody known'}"


def _shown(state: ControlState) -> tuple[object, ...]:
    return state.status, state.actor, state.former, state.disputed, state.date_disputed
