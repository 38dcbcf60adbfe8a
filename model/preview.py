"""A preview of accepting an event: what it would change of control and tallies. Nothing is written."""

from collections.abc import Iterable
from typing import NamedTuple

from model.catalog import Catalog, name_of
from model.control import Why
from model.entities import ControlState, Status, Tally
from model.standing import Evidence
from model.steps import Weighed, bears_on_control, order, step, weighed
from model.tally import count
from model.times import FOREVER


class TallyChange(NamedTuple):
    """A tally whose number would change."""

    tally: Tally
    before: int
    after: int


class Preview(NamedTuple):
    """A place's control before and after."""

    before: ControlState
    after: ControlState
    tally_changes: tuple[TallyChange, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether status, actor, former holder or doubts would change."""
        return _shown(self.before) != _shown(self.after)


def preview(
    why: Why, evidence: Evidence, states: Iterable[ControlState], catalog: Catalog, instant: int
) -> Preview | None:
    """Return what control of the event's place would be with this event, or with more claims on it.

    Args:
        why: the place's state at the instant, with the steps that led to it.
        evidence: the event with all the claims that it would have; replaces the event's own step, if there is one.
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
    changes = []
    for tally in catalog.tallies.values():
        if event.place in tally.place_ids:
            numbers = count(tally, states, catalog, instant).number, count(tally, then, catalog, instant).number
            if numbers[0] != numbers[1]:
                changes.append(TallyChange(tally, *numbers))
    return Preview(why.state, after, tuple(changes))


def describe(found: Preview, catalog: Catalog) -> str:
    """Say what would change in one line: "Herat  H Government → H Taliban   tally 11 → 12 of 34"."""
    place = name_of(catalog.places, found.after.place)
    if not found.changes:
        same = "bears it out" if found.after.event_ids != found.before.event_ids else "changes nothing"
        return f"{place}  {_state(found.before, catalog)}: {same}"
    text = f"{place}  {_state(found.before, catalog)} → {_state(found.after, catalog)}"
    gains = [change for change in found.tally_changes if change.after > change.before] or found.tally_changes
    for change in gains:
        name = change.tally.name if len(gains) > 1 else "tally"
        text += f"   {name} {change.before} → {change.after} of {len(change.tally.place_ids)}"
    return text


def _state(state: ControlState, catalog: Catalog) -> str:
    doubt = "!" if state.disputed or state.date_disputed else ""
    return f"{state.status.letter}{doubt} {name_of(catalog.actors, state.actor) or 'nobody known'}"


def _shown(state: ControlState) -> tuple[object, ...]:
    return state.status, state.actor, state.former, state.disputed, state.date_disputed
