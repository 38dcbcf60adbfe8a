"""Validation of a situation's things (places, actors, ...) and of proposals; part of `store/accept.py`."""

import math
import re
from collections.abc import Iterable

from model.entities import Actor, Name, Place, Route, Situation, Source, Stance, Tally
from model.errors import InputRefused
from model.feeds import MAX_EVERY, MIN_EVERY, Feed, FeedStatus
from model.grades import CREDIBILITIES, RELIABILITIES
from model.ids import short_id
from model.proposals import Proposal
from model.text import clean_line, clean_text
from model.times import EARLIEST, FOREVER, SECOND, timezone

LATEST = 253_402_300_800 * SECOND - 1
"""The last instant of the year 9999."""
MAX_NAME = 200
"""Characters of the id of a place, actor, source, ..."""
MAX_NUMBER = 2**53
"""The most that a count, a position or a population may be."""

_SITUATION_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_WEB = re.compile(r"https?://[^\s/?#]+(?:[/?#]\S*)?", re.IGNORECASE)
_CREDENTIALS = re.compile(r"[^/]*//[^/?#]*@")
_RELATIONS = ("part-of", "ally-of", "opposes")


def accept_situation(situation: Situation) -> Situation:
    """Return the situation as it may be stored.

    Raises:
        InputRefused: a value is not valid; the message names it.
    """
    if not _SITUATION_ID.fullmatch(situation.id) or len(situation.id) > MAX_NAME:
        raise InputRefused(
            f"{situation.id[:60]!r} cannot be a situation's id; use lower-case letters, digits and hyphens: iraq-2014"
        )
    where = f"situation {situation.id}"
    if not situation.name.strip():
        raise InputRefused(f"{where} has no name")
    timezone(situation.zone)
    for instant in (situation.begins, situation.ends):
        require_instant(where, instant)
    if situation.begins is not None and situation.ends is not None and situation.begins > situation.ends:
        raise InputRefused(f"{where} ends before it begins")
    return situation._replace(
        name=clean_text(situation.name),
        summary=clean_text(situation.summary),
        credit=clean_text(situation.credit),
    )


def accept_place(place: Place) -> Place:
    """Return the place as it may be stored; see `accept_situation`."""
    where = _require_id_and_name("place", place)
    if (place.longitude is None) is not (place.latitude is None):
        raise InputRefused(f"{where} has one coordinate; give both longitude and latitude, or neither")
    for what, degrees, most in (("longitude", place.longitude, 180), ("latitude", place.latitude, 90)):
        if degrees is not None and not (math.isfinite(degrees) and -most <= degrees <= most):
            raise InputRefused(f"{where}: {what} {degrees} is not between -{most} and {most} degrees")
    for what, number in (("population", place.population), ("GeoNames number", place.geonameid)):
        require_number(where, what, number)
    return place._replace(
        name=clean_text(place.name),
        names=_names(place.names),
        kind=clean_text(place.kind),
        admin1=clean_text(place.admin1),
        admin2=clean_text(place.admin2),
        pcode=clean_text(place.pcode),
        iso=clean_text(place.iso),
        longitude=None if place.longitude is None else float(place.longitude),
        latitude=None if place.latitude is None else float(place.latitude),
    )


def accept_route(route: Route) -> Route:
    """Return the route as it may be stored; see `accept_situation`."""
    where = _require_id_and_name("route", route)
    if not route.place_ids:
        raise InputRefused(f"{where} has no places")
    return route._replace(
        name=clean_text(route.name),
        names=_names(route.names),
        place_ids=tuple(route.place_ids),
        note=clean_text(route.note),
    )


def accept_actor(actor: Actor) -> Actor:
    """Return the actor as it may be stored; see `accept_situation`."""
    where = _require_id_and_name("actor", actor)
    for role in actor.roles:
        _require_period(where, role.valid_from, role.valid_to)
    for relation in actor.relations:
        _require_period(where, relation.valid_from, relation.valid_to)
        if relation.kind not in _RELATIONS:
            raise InputRefused(
                f"{where}: {relation.kind[:40]!r} is not a relation; valid here: {', '.join(_RELATIONS)}"
            )
    return actor._replace(
        name=clean_text(actor.name),
        names=_names(actor.names),
        kind=clean_text(actor.kind),
        roles=tuple(
            role._replace(title=clean_text(role.title), person=clean_text(role.person)) for role in actor.roles
        ),
        relations=tuple(actor.relations),
        note=clean_text(actor.note),
    )


def accept_source(source: Source) -> Source:
    """Return the source as it may be stored; see `accept_situation`."""
    where = _require_id_and_name("source", source)
    for period in source.reliability:
        _require_period(where, period.valid_from, period.valid_to)
        if period.letter not in tuple(RELIABILITIES):
            raise InputRefused(f"{where}: reliability {period.letter[:10]!r} is not a letter A to F")
    return source._replace(
        name=clean_text(source.name),
        names=_names(source.names),
        kind=clean_text(source.kind),
        reliability=tuple(source.reliability),
    )


def accept_tally(tally: Tally) -> Tally:
    """Return the tally as it may be stored; see `accept_situation`."""
    where = _require_id_and_name("tally", tally)
    if not tally.place_ids:
        raise InputRefused(f"{where} counts no places")
    return tally._replace(name=clean_text(tally.name), place_ids=tuple(tally.place_ids))


def accept_feed(feed: Feed) -> Feed:
    """Return the feed as it may be stored; see `accept_situation`."""
    where = _require_id("feed", feed.id)
    url = clean_line(feed.url)
    if _CREDENTIALS.match(url):
        raise InputRefused(f"{where}: its address has a user name or password in it, which every reader would see")
    if not _WEB.fullmatch(url) or url != feed.url:
        raise InputRefused(
            f"{where}: {url[:200]!r} is not the address of a feed; it must begin with https:// or http://"
        )
    if feed.status not in tuple(FeedStatus):
        raise InputRefused(
            f"{where}: status {str(feed.status)[:40]!r} is not valid; valid here: {', '.join(FeedStatus)}"
        )
    if type(feed.every) is not int or not MIN_EVERY <= feed.every <= MAX_EVERY:
        raise InputRefused(f"{where}: polled every {feed.every!r} s; use {MIN_EVERY} s to {MAX_EVERY // 86_400} days")
    for what, number in (("reports a day", feed.items_a_day), ("bytes a day", feed.bytes_a_day)):
        require_number(where, what, number)
    return feed._replace(status=FeedStatus(feed.status), full_text=bool(feed.full_text), private=bool(feed.private))


def _require_id_and_name(what: str, thing: Place | Route | Actor | Source | Tally) -> str:
    where = _require_id(what, thing.id)
    if not thing.name.strip():
        raise InputRefused(f"{where} has no name")
    return where


def _require_id(what: str, id_: str) -> str:
    if not id_.strip() or len(id_) > MAX_NAME or clean_line(id_) != id_:
        raise InputRefused(f"{clean_line(id_[:60])!r} cannot be the id of a {what}; use a short readable word")
    return f"{what} {id_!r}"


def require_number(where: str, what: str, number: int | None) -> None:
    """Refuse anything but None or a whole number from 0 to `MAX_NUMBER`."""
    if number is not None and not (type(number) is int and 0 <= number <= MAX_NUMBER):
        raise InputRefused(f"{where}: {what} {number!r} is not a whole number of at least 0")


def _require_period(where: str, valid_from: int, valid_to: int) -> None:
    require_instant(where, valid_from)
    if valid_to != FOREVER:
        require_instant(where, valid_to)
    if valid_from >= valid_to:
        raise InputRefused(f"{where}: a period ends before it begins")


def require_instant(where: str, instant: int | None) -> None:
    """Refuse anything but None or an instant in the years 1 to 9999."""
    if instant is not None and not (type(instant) is int and EARLIEST <= instant <= LATEST):
        raise InputRefused(f"{where}: the time {instant!r} is not in the years 1 to 9999")


def accept_proposal(proposal: Proposal) -> Proposal:
    """Return the proposal as it may be stored, its ids not checked yet; see `accept_situation`."""
    where = f"proposal {short_id(proposal.id)}"
    if not proposal.claims:
        raise InputRefused(f"{where} has no claim")
    for claim in proposal.claims:
        require_number(where, "place of the quote", claim.quote_start)
        if claim.stance not in Stance or claim.credibility not in CREDIBILITIES:
            raise InputRefused(f"{where}: a claim's stance or credibility is not valid")
    return proposal._replace(
        claims=tuple(
            claim._replace(
                attribution=clean_text(claim.attribution),
                quote=clean_text(claim.quote),
                rule=clean_text(claim.rule),
            )
            for claim in proposal.claims
        ),
        candidates=tuple(map(accept_place, proposal.candidates)),
        place_name=clean_text(proposal.place_name),
        actor_name=clean_text(proposal.actor_name),
        against_name=clean_text(proposal.against_name),
    )


def _names(names: Iterable[Name]) -> tuple[Name, ...]:
    return tuple(Name(clean_text(name.text), clean_text(name.language)) for name in names)
