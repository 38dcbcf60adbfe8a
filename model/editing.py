"""Corrections to a proposal, field by field, as a person types them; a wrong value is refused with what is valid."""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from model.catalog import Catalog, Named
from model.entities import Place, Stance
from model.errors import InputRefused
from model.kinds import KINDS
from model.proposals import Proposal, ProposedClaim
from model.rows import nearest_hint
from model.text import clean_text, fold, number_of
from model.times import Precision, parse_time, write_time


class Edited(NamedTuple):
    """A proposal with a field changed."""

    proposal: Proposal
    places: tuple[Place, ...] = ()
    """A place that is not in the situation yet and has to be added with it."""


Edit = Callable[[Proposal, str, Catalog], Edited]


def edit(proposal: Proposal, field: str, text: str, catalog: Catalog, claim: int | None = None) -> Edited:
    """Return the proposal with a field set to what was typed; an empty text clears a field that may be empty.

    Args:
        proposal: with the edits so far.
        field: one of `FIELDS`.
        text: as it was typed.
        catalog: the situation's.
        claim: for one of `CLAIM_FIELDS`, which of its claims is corrected, counted from 0; None: all of them.

    Raises:
        InputRefused: the text is not valid for this field, or there is no such claim; as NameUnknown with the nearest
            names.
    """
    if field not in FIELDS:
        raise InputRefused(f"a proposal has no field {field!r}{nearest_hint(field, FIELDS)}")
    fields = COUNT_FIELDS if proposal.is_count else EVENT_FIELDS
    if field not in fields:
        raise InputRefused(
            f"{'a count' if proposal.is_count else 'an event'} has no {field}; it has: {', '.join(fields)}"
        )
    text = clean_text(text).strip()
    if field not in CLAIM_FIELDS:
        return _OF_EVENTS[field](proposal, text, catalog)
    if claim is not None and not 0 <= claim < len(proposal.claims):
        raise InputRefused(f"the proposal has no claim {claim + 1}; it has {number_of(len(proposal.claims), 'claim')}")
    correct = _OF_CLAIMS[field]
    claims = tuple(
        correct(one, text, catalog) if claim in (None, number) else one for number, one in enumerate(proposal.claims)
    )
    return Edited(proposal._replace(claims=claims))


def shown(proposal: Proposal, field: str, catalog: Catalog, claim: int | None = None) -> str:
    """Return a field's value as it could be typed; for a name that is not in the situation, as the text spells it.

    For one of `CLAIM_FIELDS` without `claim`: the value that all the claims share, or else empty.
    """
    if field in CLAIM_FIELDS:
        claims = proposal.claims if claim is None else proposal.claims[claim : claim + 1]
        found = {_of_claim(one, field, catalog) for one in claims}
        return found.pop() if len(found) == 1 else ""
    shown_by = {
        "place": _known_name(catalog.places, proposal.place) or proposal.place_name,
        "actor": _known_name(catalog.actors, proposal.actor) or proposal.actor_name,
        "against": _known_name(catalog.actors, proposal.against) or proposal.against_name,
        "route": _known_name(catalog.routes, proposal.route),
        "when": write_time(proposal.occurred_at, proposal.precision, catalog.situation.zone),
        "kind": proposal.kind,
        "summary": proposal.summary,
        "count": "" if proposal.number is None else str(proposal.number),
    }
    return shown_by[field]


def _of_claim(claim: ProposedClaim, field: str, catalog: Catalog) -> str:
    return {
        "stance": claim.stance.value,
        "attribution": claim.attribution,
        "credibility": str(claim.credibility),
        "source": _known_name(catalog.sources, claim.source),
    }[field]


def _known_name(things: Mapping[str, Named], id_: str | None) -> str:
    return things[id_].name if id_ is not None and id_ in things else ""


def _kind(proposal: Proposal, text: str, _catalog: Catalog) -> Edited:
    by_label = {kind.label: kind.code for kind in KINDS.values()}
    code = by_label.get(text, text)
    if code not in KINDS:
        raise InputRefused(f"no kind of event is called {text[:40]!r}{nearest_hint(text, KINDS)}")
    return Edited(proposal._replace(kind=code))


def _place(proposal: Proposal, text: str, catalog: Catalog) -> Edited:
    if not text:
        return Edited(proposal._replace(place=None, place_name="", candidates=()))
    number = text.split(maxsplit=1)[0].removeprefix("#")
    if text.startswith("#") and number in map(str, range(1, len(proposal.candidates) + 1)):
        place = proposal.candidates[int(number) - 1]
        known = catalog.places.get(place.id)
        return _retold(proposal, Edited(proposal._replace(place=place.id), () if known else (place,)), "place", catalog)
    return _retold(proposal, Edited(proposal._replace(place=catalog.place(text).id)), "place", catalog)


def add_place(proposal: Proposal, name: str, catalog: Catalog) -> Edited:
    """Return the proposal at a new place of that name, whose position is not known yet.

    Raises:
        InputRefused: the situation has a place of that name, or the text is no name.
    """
    name = clean_text(name).strip()
    id_ = fold(name).replace(" ", "-")
    if not id_ or id_ in catalog.places:
        raise InputRefused(f"cannot add a place called {name[:40]!r}: the situation has one, or it is not a name")
    place = Place(id_, name)
    return _retold(proposal, Edited(proposal._replace(place=id_), (place,)), "place", catalog)


def _actor(proposal: Proposal, text: str, catalog: Catalog) -> Edited:
    actor = catalog.actor(text).id if text else None
    edited = Edited(proposal._replace(actor=actor, actor_name=proposal.actor_name if text else ""))
    return _retold(proposal, edited, "actor", catalog)


def _against(proposal: Proposal, text: str, catalog: Catalog) -> Edited:
    against = catalog.actor(text).id if text else None
    edited = Edited(proposal._replace(against=against, against_name=proposal.against_name if text else ""))
    return _retold(proposal, edited, "against", catalog)


def _retold(before: Proposal, edited: Edited, field: str, catalog: Catalog) -> Edited:
    """Let a summary that was composed of names say the new one; a sentence of the report stays as it was written."""
    read = {"place": before.place_name, "actor": before.actor_name, "against": before.against_name}[field]
    old = {name for name in (read, shown(before, field, catalog)) if name}
    new = next((place.name for place in edited.places), "") or shown(edited.proposal, field, catalog)
    begins = before.summary.removesuffix("…").rstrip()
    if not (old and new) or any(begins in claim.quote for claim in before.claims):
        return edited
    names = "|".join(map(re.escape, sorted(old, key=len, reverse=True)))
    summary = re.sub(rf"(?<!\w)(?:{names})(?!\w)", lambda _: new, before.summary)
    return edited._replace(proposal=edited.proposal._replace(summary=summary))


def _route(proposal: Proposal, text: str, catalog: Catalog) -> Edited:
    return Edited(proposal._replace(route=catalog.route(text).id if text else None))


def _when(proposal: Proposal, text: str, catalog: Catalog) -> Edited:
    at, precision = parse_time(text, catalog.situation.zone)
    return Edited(proposal._replace(occurred_at=at, precision=Precision(precision)))


def _summary(proposal: Proposal, text: str, _catalog: Catalog) -> Edited:
    if not text:
        raise InputRefused("a summary cannot be empty: it is the line that the log shows")
    return Edited(proposal._replace(summary=" ".join(text.split())))


def _credibility(claim: ProposedClaim, text: str, _catalog: Catalog) -> ProposedClaim:
    if text not in {"1", "2", "3", "4", "5", "6"}:
        raise InputRefused("credibility is 1 (confirmed) to 5 (improbable), or 6 (cannot be judged)")
    return claim._replace(credibility=int(text))


def _source(claim: ProposedClaim, text: str, catalog: Catalog) -> ProposedClaim:
    return claim._replace(source=catalog.source(text).id if text else None)


def _stance(claim: ProposedClaim, text: str, _catalog: Catalog) -> ProposedClaim:
    if text not in tuple(Stance):
        raise InputRefused(f"no stance is called {text[:40]!r}{nearest_hint(text, tuple(Stance))}")
    return claim._replace(stance=Stance(text))


def _attribution(claim: ProposedClaim, text: str, _catalog: Catalog) -> ProposedClaim:
    return claim._replace(attribution=" ".join(text.split()))


def _count(proposal: Proposal, text: str, _catalog: Catalog) -> Edited:
    if not text.isdecimal() or len(text) > 9:
        raise InputRefused("a count is a whole number, such as 12")
    return Edited(proposal._replace(number=int(text)))


_OF_EVENTS: dict[str, Edit] = {
    "kind": _kind,
    "place": _place,
    "actor": _actor,
    "against": _against,
    "route": _route,
    "when": _when,
    "summary": _summary,
    "count": _count,
}
_OF_CLAIMS: dict[str, Callable[[ProposedClaim, str, Catalog], ProposedClaim]] = {
    "stance": _stance,
    "credibility": _credibility,
    "attribution": _attribution,
    "source": _source,
}

CLAIM_FIELDS = tuple(_OF_CLAIMS)
"""Fields that each claim has its own value of."""
FIELDS = (*_OF_EVENTS, *CLAIM_FIELDS)
"""Every field that can be edited."""
EVENT_FIELDS = tuple(field for field in FIELDS if field != "count")
"""Fields of a proposed event and its claims."""
COUNT_FIELDS = ("count", "when", "summary", "credibility", "attribution", "source")
"""Fields of a proposed count and its claim."""
