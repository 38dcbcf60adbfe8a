"""Accepting a proposal: what it writes (an event with its claims, or claims on an existing event), and what allows it.

A source's trust (`model/trust.py`) can accept a proposal without a person; `reason_to_review` says when it cannot.
"""

from collections.abc import Container
from typing import NamedTuple

from model.catalog import Catalog
from model.entities import Claim, Event, Report, Stance, TallyClaim
from model.errors import InputRefused
from model.ids import new_id, short_id
from model.kinds import CONTROL_KINDS
from model.proposals import Decision, DecisionKind, Proposal
from model.standing import Evidence
from model.times import Precision, published_precision
from model.trust import trust_of


class Acceptance(NamedTuple):
    """The facts that one acceptance writes."""

    decision: Decision
    events: tuple[Event, ...] = ()
    """The new event; none where the claims are on an existing one."""
    claims: tuple[Claim, ...] = ()
    tally_claims: tuple[TallyClaim, ...] = ()


def accept(
    proposal: Proposal, report: Report, catalog: Catalog, *, recorded_at: int, event: Event | None = None
) -> Acceptance:
    """Return what accepting a proposal writes, with fresh ids.

    Args:
        proposal: with its edits.
        report: where it was read.
        catalog: the situation's.
        recorded_at: the present instant; stands in for the report's publication time where it has none.
        event: the existing event that the proposal is about; None makes a new one.

    Raises:
        InputRefused: something has to be edited first; the message says what.
    """
    at, precision = reported_at(report, catalog.situation.zone, recorded_at)
    if proposal.is_count:
        if event is not None:
            raise InputRefused(f"proposal {short_id(proposal.id)} is a count, and cannot be a claim on an event")
        claim = _tally_claim(proposal, report, at)
        return Acceptance(_accepted(proposal, claim.id), tally_claims=(claim,))
    if event is not None:
        return Acceptance(_accepted(proposal, event.id), claims=_claims(proposal, report, event, at, precision))
    made = event_of(proposal)
    return Acceptance(
        _accepted(proposal, made.id), events=(made,), claims=_claims(proposal, report, made, at, precision)
    )


def event_of(proposal: Proposal) -> Event:
    """Return the event that a proposal would become, with a fresh id.

    Raises:
        InputRefused: its place is not in the situation.
    """
    if proposal.place is None and proposal.place_name:
        raise InputRefused(
            f"proposal {short_id(proposal.id)}: the situation has no place {proposal.place_name!r}; edit the place: "
            "choose one, add it, or leave it empty"
        )
    return Event(
        *(new_id(), proposal.kind, proposal.occurred_at, proposal.precision, proposal.summary),
        *(proposal.place, proposal.actor, proposal.against, proposal.route),
    )


def evidence_of(proposal: Proposal, report: Report, catalog: Catalog, *, recorded_at: int) -> Evidence:
    """Return what would be known of the event that a proposal would become; see `accept`."""
    accepted = accept(proposal, report, catalog, recorded_at=recorded_at)
    return Evidence(accepted.events[0], accepted.claims)


def reported_at(report: Report, zone: str, recorded_at: int) -> tuple[int, Precision]:
    """Return when a report was published, or else fetched, or else recorded; midnight counts as a bare day."""
    at = next(one for one in (report.published_at, report.fetched_at, recorded_at) if one is not None)
    return at, published_precision(at, zone)


def reason_to_review(proposal: Proposal, trusts: Container[str], source: str) -> str:
    """Return why a person has to decide on a proposal; empty where trust of its source can accept it.

    Whether it repeats an existing event is for the caller to ask (`model/similarity.py`).

    Args:
        proposal: as it was read.
        trusts: ids of the trusts in force.
        source: id of its report's source.
    """
    if trust_of(source, proposal.kind).id not in trusts:
        return "its source is not trusted for its kind"
    for named, known in (
        (proposal.place_name, proposal.place),
        (proposal.actor_name, proposal.actor),
        (proposal.against_name, proposal.against),
    ):
        if named and known is None:
            return f"the situation has no {named!r}"
    if proposal.kind in CONTROL_KINDS and None in (proposal.place, proposal.actor):
        return "it does not say where, or by whom"
    if any(claim.stance not in (Stance.ASSERTS, Stance.CONFIRMS) for claim in proposal.claims):
        return "the report itself has somebody deny it"
    return ""


def _accepted(proposal: Proposal, became: str) -> Decision:
    return Decision(new_id(), proposal.id, DecisionKind.ACCEPTED, became)


def _claims(proposal: Proposal, report: Report, event: Event, at: int, precision: Precision) -> tuple[Claim, ...]:
    dated = proposal.occurred_at != event.occurred_at
    return tuple(
        Claim(
            new_id(),
            event.id,
            claim.source or report.source,
            claim.stance,
            at,
            precision,
            credibility=claim.credibility,
            attribution=claim.attribution,
            quote=claim.quote,
            quote_start=claim.quote_start,
            report=report.id,
            url=report.url,
            occurred_at=proposal.occurred_at if dated else None,
            occurred_precision=proposal.precision if dated else None,
        )
        for claim in proposal.claims
    )


def _tally_claim(proposal: Proposal, report: Report, at: int) -> TallyClaim:
    if proposal.tally is None or proposal.number is None:
        raise InputRefused(f"proposal {short_id(proposal.id)} is a count of nothing that this situation counts")
    said = proposal.claims[0]
    return TallyClaim(
        *(new_id(), proposal.tally, said.source or report.source, proposal.number, proposal.of),
        *(proposal.occurred_at, proposal.precision, at, said.attribution),
        note=f"report {short_id(report.id)}",
    )
