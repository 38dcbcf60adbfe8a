"""Validation of drafts for every backend: texts are cleaned, values are within bounds, names are in the situation.

Only the backend can tell whether the id of an event or report is known; everything else is refused here, before it
begins to write. Facts come by the ten thousand, so each rule checks a whole column at once, and looks for the wrong
fact only if there is one.
"""

import dataclasses
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from operator import attrgetter
from typing import Any, TypeVar

from model.catalog import Catalog
from model.entities import (
    REPEATABLE,
    UNNAMED,
    Actor,
    Claim,
    Deed,
    Event,
    Mark,
    MarkKind,
    Place,
    Report,
    Route,
    Source,
    Stance,
    Tally,
    TallyClaim,
)
from model.errors import IdUnknown, InputRefused
from model.feeds import Feed
from model.grades import CREDIBILITIES
from model.ids import short_id
from model.kinds import KINDS
from model.proposals import COUNT, Decision, DecisionKind, Proposal
from model.text import MAX_REPORT, MAX_TEXT, clean_line, clean_text
from model.times import EARLIEST, Precision
from model.trust import Trust, trust_of
from store.accept_things import (
    LATEST,
    MAX_NUMBER,
    accept_actor,
    accept_feed,
    accept_place,
    accept_proposal,
    accept_route,
    accept_source,
    accept_tally,
    require_instant,
    require_number,
)
from store.base import Draft

F = TypeVar("F", Report, Event, Claim, TallyClaim, Mark, Proposal, Decision)
T = TypeVar("T", Place, Route, Actor, Source, Tally, Feed, Trust)

_IDS = re.compile(r"(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\n)*")
_SHA256 = re.compile(r"(?:[0-9a-f]{64})?")
_VALUELESS = frozenset({MarkKind.READ, MarkKind.STAR})
_VALUED = REPEATABLE | {MarkKind.DUPLICATE, MarkKind.ASSIGNED, MarkKind.TRUSTED}


def accept(draft: Draft, catalog: Catalog) -> tuple[Draft, Catalog]:
    """Return the draft as it may be stored, each id once, and the catalog as it will be afterwards.

    The catalog is the same object if the draft adds nothing to it.

    Raises:
        InputRefused: a value is out of bounds; the message names it.
        IdUnknown: a place, route, actor, source or tally is in neither the draft nor the catalog.
    """
    clean = Draft(
        clean_text(draft.reason),
        places=_things(draft.places, accept_place),
        routes=_things(draft.routes, accept_route),
        actors=_things(draft.actors, accept_actor),
        sources=_things(draft.sources, accept_source),
        tallies=_things(draft.tallies, accept_tally),
        feeds=_things(draft.feeds, accept_feed),
        trusts=_things(draft.trusts, _accept_trust),
        reports=_facts("report", tuple(map(_with_text, draft.reports)), ("title", "url", "language", "sha256")),
        events=_facts("event", draft.events, ("summary",)),
        claims=_facts("claim", draft.claims, ("attribution", "quote", "url")),
        tally_claims=_facts("tally claim", draft.tally_claims, ("attribution", "note")),
        marks=_facts("mark", draft.marks, ("value",)),
        proposals=_facts("proposal", tuple(map(accept_proposal, draft.proposals)), ("summary",)),
        decisions=_facts("decision", draft.decisions, ("reason",)),
        batch=draft.batch,
        deed=draft.deed,
    )
    if clean.deed not in (Deed.WRITE, Deed.LOAD):
        raise InputRefused(f"a draft cannot be an {clean.deed.value}; the store has a method for that")
    after = _grown(catalog, clean)
    _require_named(clean, after)
    _check_reports(clean.reports, after)
    _check_events(clean.events, after)
    _check_claims(clean.claims, after)
    _check_tally_claims(clean.tally_claims, after)
    _check_marks(clean.marks)
    _check_proposals(clean.proposals, after)
    _check_decisions(clean.decisions)
    _check_let_in(clean)
    return clean, after


def _with_text(report: Report) -> Report:
    text = clean_text(report.text, MAX_REPORT)
    return report if text == report.text else report._replace(text=text)


def _things(things: Sequence[T], accept_one: Any) -> tuple[T, ...]:
    """Return each thing cleaned and once: the last one in the draft with its id."""
    return tuple({one.id: accept_one(one) for one in things}.values())


def _accept_trust(trust: Trust) -> Trust:
    if trust.source == UNNAMED.id:
        raise InputRefused("the source of unnamed reports cannot be trusted: it stands for many")
    if trust != trust_of(trust.source, trust.kind):
        raise InputRefused(f"{clean_line(trust.id[:60])!r} is not the id of a trust: it is SOURCE:KIND")
    return trust


def _facts(what: str, facts: Sequence[F], texts: tuple[str, ...]) -> tuple[F, ...]:
    """Return each fact with its texts cleaned and once: the first one in the draft with its id."""
    if not facts:
        return ()
    ids = [fact.id for fact in facts]
    if not _IDS.fullmatch("\n".join(ids) + "\n"):
        strange = next(id_ for id_ in ids if not _IDS.fullmatch(f"{id_}\n"))
        raise InputRefused(f"{strange[:40]!r} is not the id of a {what}; an id is a UUID in lower case")
    if len(set(ids)) < len(ids):
        facts = list({fact.id: fact for fact in reversed(facts)}.values())[::-1]
    dirty: dict[int, dict[str, Any]] = {}
    for field in texts:
        column = list(map(attrgetter(field), facts))
        if _is_plain(column):
            continue
        for place, text in enumerate(column):
            cleaned = str(clean_text(text))
            if cleaned is not text:
                dirty.setdefault(place, {})[field] = cleaned
    if not dirty:
        return tuple(facts)
    return tuple(fact._replace(**dirty[place]) if place in dirty else fact for place, fact in enumerate(facts))


def _is_plain(column: Sequence[str]) -> bool:
    joined = "".join(column)
    return (
        joined.isascii()
        and joined.isprintable()
        and max(map(len, column)) <= MAX_TEXT
        and set(map(type, column)) == {str}
    )


def _grown(catalog: Catalog, draft: Draft) -> Catalog:
    if not any((draft.places, draft.routes, draft.actors, draft.sources, draft.tallies, draft.feeds, draft.trusts)):
        return catalog
    return dataclasses.replace(
        catalog,
        places={**catalog.places, **{one.id: one for one in draft.places}},
        routes={**catalog.routes, **{one.id: one for one in draft.routes}},
        actors={**catalog.actors, **{one.id: one for one in draft.actors}},
        sources={**catalog.sources, **{one.id: one for one in draft.sources}},
        tallies={**catalog.tallies, **{one.id: one for one in draft.tallies}},
        feeds={**catalog.feeds, **{one.id: one for one in draft.feeds}},
        trusts={**catalog.trusts, **{one.id: one for one in draft.trusts}},
    )


def _require_named(draft: Draft, after: Catalog) -> None:
    for place in draft.places:
        _require_known(f"place {place.id!r}", "place", [place.parent], after.places)
    for route in draft.routes:
        _require_known(f"route {route.id!r}", "place", route.place_ids, after.places)
    for actor in draft.actors:
        _require_known(f"actor {actor.id!r}", "actor", [one.other for one in actor.relations], after.actors)
    for source in draft.sources:
        _require_known(f"source {source.id!r}", "actor", [source.speaks_for], after.actors)
        _require_known(f"source {source.id!r}", "source", [source.copies], after.sources)
    for tally in draft.tallies:
        _require_known(f"tally {tally.id!r}", "actor", [tally.actor], after.actors)
        _require_known(f"tally {tally.id!r}", "place", tally.place_ids, after.places)
    for feed in draft.feeds:
        _require_known(f"feed {feed.id!r}", "source", [feed.source], after.sources)
    for trust in draft.trusts:
        _require_known(f"trust {trust.id!r}", "source", [trust.source], after.sources)
        _require_known(f"trust {trust.id!r}", "kind of event", [trust.kind], KINDS)


def _require_known(where: str, what: str, ids: Iterable[str | None], known: Collection[str]) -> None:
    for id_ in ids:
        if id_ is not None and id_ not in known:
            raise IdUnknown(f"{where} names {what} {clean_line(id_[:60])!r}, which this situation does not have")


def _check_reports(reports: Sequence[Report], catalog: Catalog) -> None:
    _column_known("report", reports, "source", "source", catalog.sources)
    _column_instants("report", reports, "published_at")
    _column_instants("report", reports, "fetched_at")
    for report in reports:
        if not _SHA256.fullmatch(report.sha256):
            raise InputRefused(f"report {short_id(report.id)}: its SHA-256 is not 64 lower-case hexadecimal digits")


def _check_events(events: Sequence[Event], catalog: Catalog) -> None:
    _column_known("event", events, "kind", "kind of event", KINDS)
    _column_known("event", events, "place", "place", catalog.places)
    _column_known("event", events, "actor", "actor", catalog.actors)
    _column_known("event", events, "against", "actor", catalog.actors)
    _column_known("event", events, "route", "route", catalog.routes)
    _column_instants("event", events, "occurred_at")
    _column_among("event", events, "precision", Precision)


def _check_claims(claims: Sequence[Claim], catalog: Catalog) -> None:
    _column_known("claim", claims, "source", "source", catalog.sources)
    _column_among("claim", claims, "stance", Stance)
    _column_among("claim", claims, "credibility", CREDIBILITIES)
    _column_instants("claim", claims, "reported_at")
    _column_among("claim", claims, "reported_precision", Precision)
    _column_numbers("claim", claims, "quote_start")
    _column_instants("claim", claims, "occurred_at")
    _column_among("claim", claims, "occurred_precision", (*Precision, None))


def _check_tally_claims(claims: Sequence[TallyClaim], catalog: Catalog) -> None:
    _column_known("tally claim", claims, "tally", "tally", catalog.tallies)
    _column_known("tally claim", claims, "source", "source", catalog.sources)
    _column_numbers("tally claim", claims, "count")
    _column_numbers("tally claim", claims, "of")
    _column_instants("tally claim", claims, "as_of")
    _column_among("tally claim", claims, "as_of_precision", Precision)
    _column_instants("tally claim", claims, "reported_at")


def _check_marks(marks: Sequence[Mark]) -> None:
    _column_among("mark", marks, "kind", MarkKind)
    for mark in marks:
        if mark.kind in _VALUELESS and mark.value:
            raise InputRefused(f"mark {short_id(mark.id)}: {mark.kind.value!r} takes no value")
        if not mark.value.strip() and mark.kind in (_VALUED if mark.on else REPEATABLE):
            raise InputRefused(f"mark {short_id(mark.id)}: {mark.kind.value!r} needs a value")
        if mark.kind is MarkKind.DUPLICATE and mark.value == mark.event:
            raise InputRefused(f"event {short_id(mark.event)} cannot be marked a duplicate of itself")


def _check_proposals(proposals: Sequence[Proposal], catalog: Catalog) -> None:
    _column_known("proposal", proposals, "kind", "kind of event", (*KINDS, COUNT))
    _column_known("proposal", proposals, "place", "place", catalog.places)
    _column_known("proposal", proposals, "actor", "actor", catalog.actors)
    _column_known("proposal", proposals, "against", "actor", catalog.actors)
    _column_known("proposal", proposals, "route", "route", catalog.routes)
    _column_known("proposal", proposals, "tally", "tally", catalog.tallies)
    _column_instants("proposal", proposals, "occurred_at")
    _column_among("proposal", proposals, "precision", Precision)
    _column_numbers("proposal", proposals, "number")
    _column_numbers("proposal", proposals, "of")
    for proposal in proposals:
        where = f"proposal {short_id(proposal.id)}"
        _require_known(where, "source", [claim.source for claim in proposal.claims], catalog.sources)


def _check_decisions(decisions: Sequence[Decision]) -> None:
    _column_among("decision", decisions, "kind", DecisionKind)
    twice = [id_ for id_, times in Counter(one.proposal for one in decisions).items() if times > 1]
    if twice:
        raise InputRefused(f"proposal {short_id(twice[0])} is decided twice here")


def _check_let_in(draft: Draft) -> None:
    """Refuse an event accepted by trust without the mark 'trusted', and that mark on anything else."""
    let_in = {one.became for one in draft.decisions if one.kind is DecisionKind.TRUSTED}
    marked = {one.event for one in draft.marks if one.kind is MarkKind.TRUSTED}
    if let_in != marked or not let_in <= {one.id for one in draft.events}:
        raise InputRefused("an event accepted by trust must be new and have the mark 'trusted', which nothing else has")


def _column_known(what: str, facts: Sequence[F], field: str, named: str, known: Collection[str]) -> None:
    get = attrgetter(field)
    for id_ in set(map(get, facts)):
        if id_ is not None and id_ not in known:
            fact = next(fact for fact in facts if get(fact) == id_)
            _require_known(f"{what} {short_id(fact.id)}", named, [id_], known)


def _column_among(what: str, facts: Sequence[F], field: str, allowed: Iterable[Any]) -> None:
    get = attrgetter(field)
    allowed = tuple(allowed)
    for value in set(map(get, facts)):
        if value not in allowed or type(value) is not type(allowed[allowed.index(value)]):
            fact = next(fact for fact in facts if get(fact) == value)
            valid = ", ".join(str(one) for one in allowed if one is not None)
            raise InputRefused(
                f"{what} {short_id(fact.id)}: {field.replace('_', ' ')} {value!r} is not valid; valid here: {valid}"
            )


def _column_numbers(what: str, facts: Sequence[F], field: str) -> None:
    get = attrgetter(field)
    numbers = [number for number in map(get, facts) if number is not None]
    if not numbers or (set(map(type, numbers)) == {int} and min(numbers) >= 0 and max(numbers) <= MAX_NUMBER):
        return
    for fact in facts:
        require_number(f"{what} {short_id(fact.id)}", field.replace("_", " "), get(fact))


def _column_instants(what: str, facts: Sequence[F], field: str) -> None:
    get = attrgetter(field)
    instants = [instant for instant in map(get, facts) if instant is not None]
    if not instants or (set(map(type, instants)) == {int} and min(instants) >= EARLIEST and max(instants) <= LATEST):
        return
    for fact in facts:
        require_instant(f"{what} {short_id(fact.id)}", get(fact))
