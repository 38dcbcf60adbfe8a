"""Whether a proposal is about an event that is known already: suggested with a score and its reasons, never decided.

An event is similar to a proposal if it is at the same place (or at a part of it, or neither has a place), its kind is
of the same group, and it is at most three days apart. The score, out of 100: the same place 40 (a part of it 25,
neither has one 30), the same kind 25 (the same group 15), each side that is the same 10 (unknown in one of them 5),
the same day 15 (a day apart 10, two or three 5). Events that score less than 50 are left out.
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
from model.text import fold, number_of
from model.times import DAY, day_of

MIN_SCORE = 50
"""An event that scores less is not similar."""
COPY_OVERLAP = 0.8
"""Texts that overlap at least this much (`overlap`) are copies of one another."""

_DAYS = 3
_FIGHTING = frozenset({Effect.CONTESTS, Effect.THREATENS, Effect.ENCIRCLES})
_DEALS = frozenset({"agreement", "handover-agreed", "surrender-offer", "power-sharing-offer", "deal"})
_DEPARTURES = frozenset({"departure", "withdrawal"})
_SHINGLE_WORDS = 4
_WORD = re.compile(r"\w+")


Shingles = frozenset[tuple[str, ...]]
"""Every four words in a row of a text, folded."""


class SimilarEvent(NamedTuple):
    """An event that a proposal may be about."""

    event: Event
    score: int
    """0 to 100."""
    reasons: tuple[str, ...]


def group_of(kind: str) -> str:
    """Return the group of a kind: different reports of one event may give it any kind of the same group."""
    if kind in _DEALS:
        return "deal"
    if kind in _DEPARTURES:
        return "departure"
    effect = KINDS[kind].effect if kind in KINDS else Effect.NONE
    if effect in _FIGHTING:
        return "fighting"
    return kind if effect is Effect.NONE else effect.value


def similar_query(proposal: Proposal, catalog: Catalog) -> EventQuery:
    """Return the query for the events that can be similar to a proposal."""
    group = group_of(proposal.kind)
    parts: list[Condition] = [
        KindIn(frozenset(code for code in KINDS if group_of(code) == group)),
        Occurred(proposal.occurred_at - _DAYS * DAY, proposal.occurred_at + (_DAYS + 1) * DAY),
    ]
    if proposal.place is not None:
        parts.append(PlaceIn(_around(proposal.place, catalog)))
    return EventQuery(AllOf(tuple(parts)))


def similar_events(proposal: Proposal, events: Iterable[Event], catalog: Catalog) -> tuple[SimilarEvent, ...]:
    """Return the events that a proposal may be about, highest score first."""
    found = [one for event in events if (one := _score(proposal, event, catalog)) and one.score >= MIN_SCORE]
    return tuple(sorted(found, key=lambda one: (-one.score, one.event.id)))


def text_overlap(one: str, other: str) -> float:
    """Return how much of the shorter text is in the other word for word: 0 nothing, 1 all."""
    return overlap(shingles_of(one), shingles_of(other))


def overlap(first: Shingles, second: Shingles) -> float:
    """Return the overlap coefficient of two texts' shingles: 0 nothing in common, 1 the shorter is in the other."""
    if not first or not second:
        return 0.0
    return len(first & second) / min(len(first), len(second))


def shingles_of(text: str) -> Shingles:
    """Return a text's shingles; a text shorter than one is a single shingle, an empty one has none."""
    words = _WORD.findall(fold(text))
    if not words:
        return frozenset()
    last = max(1, len(words) - _SHINGLE_WORDS + 1)
    return frozenset(tuple(words[start : start + _SHINGLE_WORDS]) for start in range(last))


def _score(proposal: Proposal, event: Event, catalog: Catalog) -> SimilarEvent | None:
    if group_of(proposal.kind) != group_of(event.kind):
        return None
    score, reasons = 0, []
    if proposal.place == event.place:
        score += 40 if proposal.place else 30
        reasons.append("same place" if proposal.place else "no place in either")
    elif proposal.place and event.place in _around(proposal.place, catalog):
        score += 25
        reasons.append("a part of the place")
    else:
        return None
    score += 25 if proposal.kind == event.kind else 15
    reasons.append("same kind" if proposal.kind == event.kind else f"{KINDS[event.kind].label}: a related kind")
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
    reasons.append(f"{number_of(apart, 'day')} apart" if apart else "same day")
    return SimilarEvent(event, score, tuple(reasons))


def _around(place: str, catalog: Catalog) -> frozenset[str]:
    """Return a place with its parts and the place that it is a part of."""
    parent = catalog.places[place].parent if place in catalog.places else None
    return catalog.within(place) | ({parent} if parent else frozenset())
