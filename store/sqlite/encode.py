"""Encoding a draft as rows, numbered on from the end of the file, with ids as small integers."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from model.kinds import CONTROL_KINDS
from store.base import Draft
from store.sqlite.bodies import WHATS, Thing, encode_body
from store.sqlite.ledger import Rows, Tail
from store.sqlite.names import Names
from store.sqlite.queue import StoredProposal, encode_proposals
from store.sqlite.records import PRECISIONS, STANCES

_PRECISION: Mapping[Any, int | None] = {precision: no for no, precision in enumerate(PRECISIONS)} | {None: None}
_STANCE = {stance: no for no, stance in enumerate(STANCES)}


@dataclass(frozen=True, slots=True)
class Encoded:
    """The rows of a draft, ready to be inserted."""

    names: Names
    """The situation's, including those that the draft adds."""
    facts: Mapping[str, Rows]
    """Table -> its rows, ids as hexadecimal digits."""
    events: Mapping[str, int]
    """Id -> number of each event of the draft."""
    proposals: Collection[int]
    """Number of the first version of each proposal that is new, changed or decided."""


def things_of(draft: Draft) -> Iterator[Thing]:
    """Yield the draft's places, routes, actors, sources, tallies, feeds and trusts, in the order of their numbers."""
    yield from draft.places
    yield from draft.routes
    yield from draft.actors
    yield from draft.sources
    yield from draft.tallies
    yield from draft.feeds
    yield from draft.trusts


def encode(
    names: Names,
    tail: Tail,
    draft: Draft,
    events: Mapping[str, int],
    reports: Mapping[str, int],
    *,
    stored: Mapping[str, StoredProposal],
) -> Encoded:
    """Return the rows of a draft in which everything is new.

    Args:
        names: the situation's before the draft.
        tail: where the file ends.
        draft: validated; its marks have their author and time.
        events: id -> number of the stored events that it refers to.
        reports: the same for reports.
        stored: what the store has of the proposals that it refers to.
    """
    to = tail.to
    new_names = _new_names(names, draft, to["name"])
    names = names.extended(new_names, to["name"] + len(new_names))
    own_events = {event.id: seq for seq, event in enumerate(draft.events, to["event"] + 1)}
    own_reports = {report.id: seq for seq, report in enumerate(draft.reports, to["report"] + 1)}
    numbers = _Numbers(
        names={what: _or_none(names.numbers.get(what, {})) for what in ("kind", *WHATS.values())},
        events={**events, **own_events} if events else own_events,
        reports=_or_none({**reports, **own_reports}),
    )
    proposals, decisions, touched = encode_proposals(tail, draft, stored, numbers.reports)
    facts: dict[str, Rows] = {
        "name": [(no, tail.situation, what, id_, tail.seq + 1) for no, what, id_ in new_names],
        "version": _version_rows(draft, tail, numbers),
        "report": _report_rows(draft, tail, numbers),
        "event": _event_rows(draft, tail, numbers),
        "claim": _claim_rows(draft, tail, numbers),
        "tally_claim": _tally_claim_rows(draft, tail, numbers),
        "mark": _mark_rows(draft, tail, numbers),
        "proposal": proposals,
        "decision": decisions,
    }
    return Encoded(names, facts, own_events, touched)


class _Numbers(NamedTuple):
    """The numbers of everything that a draft refers to, by id; None -> None where a reference may be missing."""

    names: Mapping[str, Mapping[str | None, Any]]
    """`place`, `actor`, `kind`, ... -> id -> number."""
    events: Mapping[str, int]
    reports: Mapping[str | None, Any]


def _version_rows(draft: Draft, tail: Tail, numbers: _Numbers) -> Rows:
    return [
        (seq, tail.situation, numbers.names[WHATS[type(thing)]][thing.id], tail.seq + 1, encode_body(thing))
        for seq, thing in enumerate(things_of(draft), tail.to["version"] + 1)
    ]


def _report_rows(draft: Draft, tail: Tail, numbers: _Numbers) -> Rows:
    sources = numbers.names["source"]
    return [
        (
            *(seq, tail.situation, one.id.replace("-", ""), tail.seq + 1),
            *(sources[one.source], one.title, one.url, one.text),
            *(one.language, one.published_at, one.fetched_at, one.sha256),
        )
        for seq, one in enumerate(draft.reports, tail.to["report"] + 1)
    ]


def _event_rows(draft: Draft, tail: Tail, numbers: _Numbers) -> Rows:
    situation, changeset = tail.situation, tail.seq + 1
    kinds, places = numbers.names["kind"], numbers.names["place"]
    actors, routes = numbers.names["actor"], numbers.names["route"]
    return [
        (
            seq,
            situation,
            one.id.replace("-", ""),
            changeset,
            kinds[one.kind],
            places[one.place],
            actors[one.actor],
            actors[one.against],
            routes[one.route],
            one.occurred_at,
            _PRECISION[one.precision],
            1 if one.kind in CONTROL_KINDS and one.place is not None else 0,
            one.summary,
        )
        for seq, one in enumerate(draft.events, tail.to["event"] + 1)
    ]


def _claim_rows(draft: Draft, tail: Tail, numbers: _Numbers) -> Rows:
    situation, changeset = tail.situation, tail.seq + 1
    events, reports, sources = numbers.events, numbers.reports, numbers.names["source"]
    return [
        (
            seq,
            situation,
            one.id.replace("-", ""),
            changeset,
            events[one.event],
            sources[one.source],
            _STANCE[one.stance],
            one.credibility,
            one.reported_at,
            _PRECISION[one.reported_precision],
            one.attribution,
            one.quote,
            one.quote_start,
            reports[one.report],
            one.url,
            one.occurred_at,
            _PRECISION[one.occurred_precision],
        )
        for seq, one in enumerate(draft.claims, tail.to["claim"] + 1)
    ]


def _tally_claim_rows(draft: Draft, tail: Tail, numbers: _Numbers) -> Rows:
    tallies, sources = numbers.names["tally"], numbers.names["source"]
    return [
        (
            *(seq, tail.situation, one.id.replace("-", ""), tail.seq + 1, tallies[one.tally], sources[one.source]),
            *(one.count, one.of, one.as_of, _PRECISION[one.as_of_precision]),
            *(one.reported_at, one.attribution, one.note),
        )
        for seq, one in enumerate(draft.tally_claims, tail.to["tally_claim"] + 1)
    ]


def _mark_rows(draft: Draft, tail: Tail, numbers: _Numbers) -> Rows:
    return [
        (
            *(seq, tail.situation, one.id.replace("-", ""), tail.seq + 1, numbers.events[one.event]),
            *(one.kind.value, int(one.on), one.value, one.author, one.recorded_at),
        )
        for seq, one in enumerate(draft.marks, tail.to["mark"] + 1)
    ]


def _or_none(numbers: Mapping[str, int]) -> dict[str | None, Any]:
    known: dict[str | None, Any] = {None: None}
    known.update(numbers)
    return known


def _new_names(names: Names, draft: Draft, last: int) -> list[tuple[int, str, str]]:
    named: Iterable[tuple[str, str]] = (
        *((WHATS[type(thing)], thing.id) for thing in things_of(draft)),
        *(("kind", kind) for kind in dict.fromkeys(event.kind for event in draft.events)),
    )
    new = [(what, id_) for what, id_ in named if id_ not in names.numbers.get(what, {})]
    return [(no, what, str(id_)) for no, (what, id_) in enumerate(new, last + 1)]
