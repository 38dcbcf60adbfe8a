"""What accepting a proposal writes: the event with its claims, or further claims on an event that is there already."""

from typing import NamedTuple

from model.catalog import Catalog
from model.entities import Claim, Event, Report, TallyClaim
from model.errors import InputRefused
from model.ids import new_id, short_id
from model.proposals import Decision, DecisionKind, Proposal
from model.standing import Evidence
from model.times import Precision, published_precision


class Acceptance(NamedTuple):
    """The facts that one acceptance writes."""

    decision: Decision
    events: tuple[Event, ...] = ()
    """The new event; none where the claims are on an event that is there."""
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
        recorded_at: the present instant: when the report counts as published, where it says nothing of it.
        event: the event that the proposal speaks of, where it is there already.

    Raises:
        InputRefused: something has to be edited first; the sentence says what.
    """
    at, precision = reported(report, catalog.situation.zone, recorded_at)
    if proposal.is_count:
        if event is not None:
            raise InputRefused(f"proposal {short_id(proposal.id)} is a count, and cannot be a claim of an event")
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
        InputRefused: the situation does not have its place.
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


def reported(report: Report, zone: str, recorded_at: int) -> tuple[int, Precision]:
    """Return when a report was published: a day where it says no more, which is its first instant."""
    at = next(one for one in (report.published_at, report.fetched_at, recorded_at) if one is not None)
    return at, published_precision(at, zone)
