"""Editions of a data set's rows: the ids of their events and claims, and how a row is taken back.

An event's id follows from the data set's own id for it and a number that counts how often its facts have changed, and
the ids of the claims that come with it follow from the event's. What is said of an event that is there gets an id of
its own: a claim that was undone stays undone under its id.
"""

from collections.abc import Collection

from model.entities import Claim, Event, Stance
from model.ids import derived_id, new_id
from model.text import clean_text

GONE = "not in the newest release any more"
"""Why an event is taken back that a data set's newest release no longer has; stored, so it must stay as it is."""


def event_id(situation: str, key: tuple[str, ...], number: int) -> str:
    """Return the id of the event that a key has under a number."""
    # Not of the event's time, for a later edition can move it.
    return derived_id(0, situation, "event", *key, str(number))


def claim_id(event: str, claim: Claim, number: int) -> str:
    """Return the id of the claim that comes with an event under a number."""
    return derived_id(0, event, claim.source, claim.stance.value, str(number))


def is_imported(event: str, claims: Collection[Claim], sources: Collection[str]) -> bool:
    """Say whether an event was imported as a row of these sources, and not written by a person in their name."""
    return any(claim.source in sources and claim.id == claim_id(event, claim, 0) for claim in claims)


def facts_of(event: Event) -> tuple[object, ...]:
    """Return the facts of an event: a row with other ones is another event."""
    return event.kind, event.place, event.actor, event.against, event.route, event.occurred_at, event.precision


def said_by(claim: Claim) -> tuple[object, ...]:
    """Return the content of a claim: one with another content is a correction."""
    side = Stance.ASSERTS if claim.stance in (Stance.CONFIRMS, Stance.CORRECTS) else claim.stance
    # Cleaned as the store cleans it, or what is composed of two texts might never be what is stored.
    texts = clean_text(claim.attribution), clean_text(claim.quote), clean_text(claim.url)
    return side, claim.credibility, texts, claim.occurred_at


def last_words(claims: Collection[Claim]) -> dict[str, Claim]:
    """Return by source what it said last."""
    last: dict[str, Claim] = {}
    for claim in sorted(claims, key=lambda one: (one.reported_at, one.id)):
        last[claim.source] = claim
    return last


def retractions(event: str, claims: Collection[Claim], sources: Collection[str], at: int, note: str) -> list[Claim]:
    """Return the claims by which these sources take an event back; none of a source that did so already.

    Args:
        event: its id.
        claims: all that are on it.
        sources: whose.
        at: when they do so.
        note: why.
    """
    made: list[Claim] = []
    for source, claim in last_words(claims).items():
        if source in sources and claim.stance is not Stance.RETRACTS:
            # Later than what it takes back, or it would not be the last word.
            instant = max(at, claim.reported_at + 1)
            precision = claim.reported_precision
            made.append(Claim(new_id(), event, source, Stance.RETRACTS, instant, precision, attribution=note))
    return made
