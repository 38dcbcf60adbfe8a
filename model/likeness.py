"""Whether two reports speak of the same event: proposed with a score and its reasons, never decided.

An event is like a proposal if it is at the same place (or at a part of it, or neither is anywhere), its kind is of the
same group, and it lies within three days. Of 100: the same place 40 (a part of it 25), the same kind 25 (of the same
group 15), each side that is the same 10 (one that is not known on both sides counts half), the same day 15 (a day
apart 10, two or three 5). Less than 50 is not shown.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from model.catalog import Catalog
from model.entities import Event
from model.filters.conditions import AllOf, Condition, KindIn, Occurred, PlaceIn
from model.kinds import KINDS, Effect
from model.proposals import Proposal
from model.query import EventQuery
from model.text import fold
from model.times import DAY, day_of

LEAST = 50
"""A score below this is no likeness."""
SAME_WORDS = 0.8
"""Share of the words in a row that two texts must have in common to be copies of one."""

_DAYS = 3
_FIGHTING = frozenset({Effect.CONTESTS, Effect.THREATENS, Effect.ENCIRCLES})
_DEALS = frozenset({"agreement", "handover-agreed", "surrender-offer", "power-sharing-offer", "deal"})
_DEPARTURES = frozenset({"departure", "withdrawal"})
_RUN = 4
"""Words in a row that are compared at once."""
_WORD = re.compile(r"\w+")


Runs = frozenset[tuple[str, ...]]
"""Every few words in a row of a text, folded."""


class Likeness(NamedTuple):
    """An event that a proposal may speak of."""

    event: Event
    score: int
    """0 to 100."""
    reasons: tuple[str, ...]


def group_of(kind: str) -> str:
    """Return what kinds that different reports give to one event have in common."""
    if kind in _DEALS:
        return "deal"
    if kind in _DEPARTURES:
        return "departure"
    effect = KINDS[kind].effect if kind in KINDS else Effect.NONE
    if effect in _FIGHTING:
        return "fighting"
    return kind if effect is Effect.NONE else effect.value


def near_query(proposal: Proposal, catalog: Catalog) -> EventQuery:
    """Return what to ask a store for: the events that can be like a proposal."""
    group = group_of(proposal.kind)
    parts: list[Condition] = [
        KindIn(frozenset(code for code in KINDS if group_of(code) == group)),
        Occurred(proposal.occurred_at - _DAYS * DAY, proposal.occurred_at + (_DAYS + 1) * DAY),
    ]
    if proposal.place is not None:
        parts.append(PlaceIn(_kin(proposal.place, catalog)))
    return EventQuery(AllOf(tuple(parts)))


def alike(proposal: Proposal, events: Iterable[Event], catalog: Catalog) -> tuple[Likeness, ...]:
    """Return the events that a proposal may speak of, the likeliest first."""
    found = [one for event in events if (one := _likeness(proposal, event, catalog)) and one.score >= LEAST]
    return tuple(sorted(found, key=lambda one: (-one.score, one.event.id)))


def same_words(one: str, other: str) -> float:
    """Return how much of two texts is word for word the same: 0 nothing, 1 all."""
    return share(runs_of(one), runs_of(other))


def share(first: Runs, second: Runs) -> float:
    """Return how much of the shorter text of two is in the other, by their runs of words: 0 nothing, 1 all."""
    if not first or not second:
        return 0.0
    return len(first & second) / min(len(first), len(second))


def runs_of(text: str) -> Runs:
    """Return the runs of words of a text."""
    words = _WORD.findall(fold(text))
    if not words:
        return frozenset()
    return frozenset(tuple(words[start : start + _RUN]) for start in range(max(1, len(words) - _RUN + 1)))


def _likeness(proposal: Proposal, event: Event, catalog: Catalog) -> Likeness | None:
    if group_of(proposal.kind) != group_of(event.kind):
        return None
    score, reasons = 0, []
    if proposal.place == event.place:
        score += 40 if proposal.place else 30
        reasons.append("same place" if proposal.place else "no place in either")
    elif proposal.place and event.place in _kin(proposal.place, catalog):
        score += 25
        reasons.append("a part of the place")
    else:
        return None
    score += 25 if proposal.kind == event.kind else 15
    reasons.append("same kind" if proposal.kind == event.kind else f"{KINDS[event.kind].label}: a kin kind")
    for mine, theirs, words in (
        (proposal.actor, event.actor, "same side"),
        (proposal.against, event.against, "against the same"),
    ):
        same = catalog.side_of(mine, event.occurred_at) == catalog.side_of(theirs, event.occurred_at)
        if mine is None or theirs is None:
            score += 5
        elif same:
            score += 10
            reasons.append(words)
    zone = catalog.situation.zone
    apart = abs((day_of(proposal.occurred_at, zone) - day_of(event.occurred_at, zone)).days)
    if apart > _DAYS:
        return None
    score += 15 if not apart else 10 if apart == 1 else 5
    reasons.append("same day" if not apart else f"{apart} day{'s' if apart > 1 else ''} apart")
    return Likeness(event, score, tuple(reasons))


def _kin(place: str, catalog: Catalog) -> frozenset[str]:
    """Return a place with its parts and what it is a part of."""
    parent = catalog.places[place].parent if place in catalog.places else None
    return catalog.within(place) | ({parent} if parent else frozenset())
