"""The control rule: who controls a place, from what was said to have happened there.

**What is read.** The events at the place whose kind has an effect on control (`model/kinds.py`), that occurred by the
*as of* and of which something was reported by the *known at*, each weighed as known then (`model/standing.py`). They
are read in order of occurrence. At one and the same instant threats come first, then sieges, fighting, what is still
held, agreements, withdrawals and captures: what decides comes last. Then by id. So the answer depends on the facts
alone, never on the order in which they arrived.

**Who acts.** Sides act: a force, a ministry or a governor counts as the side that it is part of at the time.

**What counts.** An event that is retracted or was rejected by an analyst is left out. One that is `denied` changes
nothing either, but where it would have, and somebody stands behind it, the place is *disputed*. Every other standing
takes effect. An event counts as *supported* unless the gaining side alone stands behind it; an analyst's `verified`
makes any event supported.

**What it does**, by its effect. The *holder* is the side last known to hold the place; while nobody is known to,
the side that the event was done to stands for it.

- *takes* (captured, regained, transferred, handed over): `held` by the actor. If it is not supported, `claimed` by the
  actor, with the former holder kept visible; a supported capture by the same side later makes it `held`.
- *holds* (still held): of the holder, it settles a claim or contest in its favour and ends a threat. Of the claimant,
  it settles the claim for it. Where nobody is known to hold the place, `held` by the actor. Of any other side, it
  contradicts the state, which becomes *disputed* unless the event is of lower grade than the one that made the state.
  Not supported, it settles nothing: it makes an unknown place `claimed`, and contradicts another side's claim.
- *contests* (clash, entered, partly captured, site seized): `contested` by the other side, with the holder kept
  visible. What the holder itself enters or seizes changes nothing; a clash that it has with another side contests.
- *threatens*, *encircles*: `threatened` or `encircled`, still the holder's; it never softens a contest or a claim.
- *leaves* (withdrew): where the holder leaves, `held` by the side that it is left to, or else by the one that claims
  or contests it, or else `unknown`. If only the side that it is left to says so, `claimed` by that side. Where another
  side leaves a claim, a contest, a threat or a siege, `held` by the holder.
- *agrees* (handover agreed): `negotiated`, still the holder's, unless the receiving side alone says so.

An event whose gaining side holds the place already changes nothing; a capture, and a report that it is still held,
bears the state out. Fighting, a threat or a siege that is not known to be later than the capture, claim or agreement
before it (it lies within the time in which that is known to have happened: the same day, where only the day is known)
does not undo it.

**What is shown with it.** *Since* is the occurrence of the event that made status and actor what they are; its grade
and the numbers of its sources are the state's. The state is *disputed* if an event that it rests on is denied by a
grade as good as its own, unless an analyst verified it, or marked disputed by an analyst, or if an event contradicts
it; and its date is disputed if the date of an event that it rests on is. It names the event that made it and the first
seven that bear it out or dispute it. `influence` is never derived; it comes from imported assessments alone.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from model.catalog import Catalog, name_of
from model.entities import ControlState, Event, Status, Weight
from model.kinds import KINDS
from model.query import NOW, Clocks
from model.standing import Evidence
from model.steps import Outcome, Weighed, bears_on_control, order, step, weighed
from model.text import number_of


class Step(NamedTuple):
    """What one event did to a place's control, and why."""

    event: Event
    weight: Weight
    before: ControlState
    after: ControlState
    reason: str
    """One sentence."""
    marked: bool = False
    """An analyst's `disputed` is in force on the event."""


class Why(NamedTuple):
    """A state with the steps that led to it, in order of occurrence."""

    state: ControlState
    steps: tuple[Step, ...]


def control(place: str, evidence: Iterable[Evidence], catalog: Catalog, clocks: Clocks = NOW) -> ControlState:
    """Return who controls the place."""
    state = ControlState(place, Status.UNKNOWN)
    for found in _weighed_in_order(place, evidence, catalog, clocks):
        state = step(state, found, catalog)[0]
    return state


def explain(
    place: str,
    evidence: Iterable[Evidence],
    catalog: Catalog,
    clocks: Clocks = NOW,
    trusted: Mapping[str, str] = MappingProxyType({}),
) -> Why:
    """Return who controls the place, with each step.

    Args:
        place: the place's id.
        evidence: the events, with all that is said of them.
        catalog: the situation's.
        clocks: as of when, and known at when.
        trusted: id of each event that was accepted by trust, not by a person -> id of the trusted source.
    """
    state = ControlState(place, Status.UNKNOWN)
    steps: list[Step] = []
    for found in _weighed_in_order(place, evidence, catalog, clocks):
        after, outcome = step(state, found, catalog)
        reason = _reason(found, after, outcome, catalog)
        if found.event.id in trusted:
            reason += f"; accepted by trust of {name_of(catalog.sources, trusted[found.event.id])}"
        steps.append(Step(found.event, found.weight, state, after, reason, found.marked))
        state = after
    return Why(state, tuple(steps))


def describe(state: ControlState, catalog: Catalog) -> str:
    """Say a state in words: "claimed by Taliban, held before by Government; disputed"."""
    actor = name_of(catalog.actors, state.actor)
    by = f" by {actor}" if actor else ""
    text = {
        Status.HELD: f"held{by}",
        Status.INFLUENCE: f"under the influence of {actor or 'an unknown side'}",
        Status.CONTESTED: f"contested{by}",
        Status.CLAIMED: f"claimed{by}",
        Status.ENCIRCLED: f"encircled, held{by}" if by else "encircled",
        Status.THREATENED: f"threatened, held{by}" if by else "threatened",
        Status.NEGOTIATED: f"handover agreed, held{by}",
        Status.UNKNOWN: "nobody is known to hold it",
    }[state.status]
    if state.former:
        text += f", held before by {name_of(catalog.actors, state.former)}"
    if state.disputed:
        text += "; disputed"
    return text + "; date disputed" if state.date_disputed else text


def _weighed_in_order(place: str, evidence: Iterable[Evidence], catalog: Catalog, clocks: Clocks) -> Iterator[Weighed]:
    """Yield the events that the rule reads, in its order, weighed at the known-at."""
    there = (
        one
        for one in evidence
        if one.event.place == place and one.event.occurred_at <= clocks.as_of and bears_on_control(one.event)
    )
    for one in sorted(there, key=lambda one: order(one.event)):
        found = weighed(one, catalog, clocks.known_at)
        if found is not None:
            yield found


def _reason(found: Weighed, after: ControlState, outcome: Outcome, catalog: Catalog) -> str:
    weight = found.weight
    sources = f"{number_of(weight.n_for, 'independent source')} for"
    if weight.grade:
        sources += f", {'best ' if weight.n_for > 1 else ''}{weight.grade}"
    if weight.n_against:
        sources += f"; {weight.n_against} against, {weight.grade_against}"
    ending = describe(after, catalog) if outcome is Outcome.CHANGES else outcome.value
    return f"{KINDS[found.event.kind].label}: {sources}: {ending}"
