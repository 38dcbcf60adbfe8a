"""Corrections to a proposal, field by field, as a person types them; what is none is refused with what would be."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from model.catalog import Catalog, Named
from model.entities import Place, Stance
from model.errors import InputRefused
from model.kinds import KINDS
from model.proposals import Proposal, ProposedClaim
from model.rows import near
from model.text import clean_text, fold
from model.times import Precision, parse_time, write_time


class Edited(NamedTuple):
    """A proposal with a field changed."""

    proposal: Proposal
    places: tuple[Place, ...] = ()
    """A place that the situation lacks and that is to be added with it."""


Edit = Callable[[Proposal, str, Catalog], Edited]


def edit(proposal: Proposal, field: str, text: str, catalog: Catalog, claim: int | None = None) -> Edited:
    """Return the proposal with a field as it was typed; an empty text empties a field that can be empty.

    Args:
        proposal: with the edits so far.
        field: one of `FIELDS`.
        text: as it was typed.
        catalog: the situation's.
        claim: which of its claims is corrected, from 0, where the field is one of `CLAIM_FIELDS`; None: all of them.

    Raises:
        InputRefused: the text is none for this field, or there is no such claim; NameUnknown carries the nearest names.
    """
    if field not in FIELDS:
        raise InputRefused(f"a proposal has no field {field!r}{near(field, FIELDS)}")
    fields = COUNT_FIELDS if proposal.is_count else EVENT_FIELDS
    if field not in fields:
        raise InputRefused(
            f"{'a count' if proposal.is_count else 'an event'} has no {field}; it has: {', '.join(fields)}"
        )
    text = clean_text(text).strip()
    if field not in CLAIM_FIELDS:
        return _OF_EVENTS[field](proposal, text, catalog)
    if claim is not None and not 0 <= claim < len(proposal.claims):
        raise InputRefused(f"it has no claim {claim + 1}; it has {len(proposal.claims)}")
    correct = _OF_CLAIMS[field]
    claims = tuple(
        correct(one, text, catalog) if claim in (None, number) else one for number, one in enumerate(proposal.claims)
    )
    return Edited(proposal._replace(claims=claims))


def shown(proposal: Proposal, field: str, catalog: Catalog, claim: int | None = None) -> str:
    """Return what stands in a field, as it could be typed; a name that the situation lacks as the text has it.

    Of a field of several claims, where no claim is given, what is the same in all of them; else nothing.
    """
    if field in CLAIM_FIELDS:
        claims = proposal.claims if claim is None else proposal.claims[claim : claim + 1]
        found = {_of_claim(one, field, catalog) for one in claims}
        return found.pop() if len(found) == 1 else ""
    shown_by = {
        "place": _name(catalog.places, proposal.place) or proposal.place_name,
        "actor": _name(catalog.actors, proposal.actor) or proposal.actor_name,
        "against": _name(catalog.actors, proposal.against) or proposal.against_name,
        "route": _name(catalog.routes, proposal.route),
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
        "source": _name(catalog.sources, claim.source),
    }[field]


def _name(things: Mapping[str, Named], id_: str | None) -> str:
    return things[id_].name if id_ is not None and id_ in things else ""


def _kind(proposal: Proposal, text: str, _catalog: Catalog) -> Edited:
    by_label = {kind.label: kind.code for kind in KINDS.values()}
    code = by_label.get(text, text)
    if code not in KINDS:
        raise InputRefused(f"no kind of event is called {text[:40]!r}{near(text, KINDS)}")
    return Edited(proposal._replace(kind=code))


def _place(proposal: Proposal, text: str, catalog: Catalog) -> Edited:
    if not text:
        return Edited(proposal._replace(place=None, place_name="", candidates=()))
    number = text.split(maxsplit=1)[0].removeprefix("#")
    if text.startswith("#") and number in map(str, range(1, len(proposal.candidates) + 1)):
        place = proposal.candidates[int(number) - 1]
        known = catalog.places.get(place.id)
        return Edited(proposal._replace(place=place.id), () if known else (place,))
    return Edited(proposal._replace(place=catalog.place(text).id))


def add_place(proposal: Proposal, name: str, catalog: Catalog) -> Edited:
    """Return the proposal at a place of that name which is to be added, of a position that nobody knows yet.

    Raises:
        InputRefused: the situation has a place of that name.
    """
    name = clean_text(name).strip()
    id_ = fold(name).replace(" ", "-")
    if not id_ or id_ in catalog.places:
        raise InputRefused(f"a place cannot be added as {name[:40]!r}: the situation has one, or it is no name")
    place = Place(id_, name)
    return Edited(proposal._replace(place=id_), (place,))


def _actor(proposal: Proposal, text: str, catalog: Catalog) -> Edited:
    actor = catalog.actor(text).id if text else None
    return Edited(proposal._replace(actor=actor, actor_name=proposal.actor_name if text else ""))


def _against(proposal: Proposal, text: str, catalog: Catalog) -> Edited:
    against = catalog.actor(text).id if text else None
    return Edited(proposal._replace(against=against, against_name=proposal.against_name if text else ""))


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
        raise InputRefused("credibility is 1, confirmed, to 5, improbable, or 6, cannot be judged")
    return claim._replace(credibility=int(text))


def _source(claim: ProposedClaim, text: str, catalog: Catalog) -> ProposedClaim:
    return claim._replace(source=catalog.source(text).id if text else None)


def _stance(claim: ProposedClaim, text: str, _catalog: Catalog) -> ProposedClaim:
    if text not in tuple(Stance):
        raise InputRefused(f"no stance is called {text[:40]!r}{near(text, tuple(Stance))}")
    return claim._replace(stance=Stance(text))


def _attribution(claim: ProposedClaim, text: str, _catalog: Catalog) -> ProposedClaim:
    return claim._replace(attribution=" ".join(text.split()))


def _count(proposal: Proposal, text: str, _catalog: Catalog) -> Edited:
    if not text.isdecimal() or len(text) > 9:
        raise InputRefused("a count is a number: 12")
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
"""What each claim has for itself."""
FIELDS = (*_OF_EVENTS, *CLAIM_FIELDS)
"""What can be edited."""
EVENT_FIELDS = tuple(field for field in FIELDS if field != "count")
"""Those of an event."""
COUNT_FIELDS = ("count", "when", "summary", "credibility", "attribution", "source")
"""Those of a count."""
