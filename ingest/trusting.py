"""Accepting proposals by trust: those of a kind for which the source of their report is trusted.

Each is a changeset of its own, after the one that brought it, so that it can be taken back alone. A proposal with any
doubt about it (`model.acceptance.reason_to_review`), or similar to an existing event, is left to a person.
"""

from collections.abc import Iterable

from model.acceptance import accept, reason_to_review
from model.catalog import Catalog
from model.entities import Mark, MarkKind, Report
from model.errors import StaleDecision
from model.ids import new_id
from model.proposals import DecisionKind, Proposal
from model.similarity import similar_events, similar_query
from store.base import Draft, Store

_COMPARED = 200
"""Events that a proposal is compared with at most."""


async def accept_trusted(
    store: Store, catalog: Catalog, report: Report, proposals: Iterable[Proposal], *, recorded_at: int, batch: str
) -> int:
    """Accept what trust of the report's source allows, and return how many proposals that is.

    Args:
        store: has the report and its proposals already.
        catalog: the situation's, as the store has it.
        report: whose source may be trusted.
        proposals: as they were read out of it.
        recorded_at: the present instant.
        batch: id of the changeset that brought them.
    """
    let_in = 0
    for proposal in proposals:
        if reason_to_review(proposal, catalog.trusts, report.source):
            continue
        near = await store.page(catalog.situation.id, similar_query(proposal, catalog), limit=_COMPARED)
        if similar_events(proposal, (row.event for row in near.rows), catalog):
            continue
        try:
            await store.write(catalog.situation.id, _draft(proposal, report, catalog, recorded_at, batch))
        except StaleDecision:  # somebody has decided it meanwhile, or withdrawn the trust: that stands
            continue
        let_in += 1
    return let_in


def _draft(proposal: Proposal, report: Report, catalog: Catalog, recorded_at: int, batch: str) -> Draft:
    accepted = accept(proposal, report, catalog, recorded_at=recorded_at)
    (event,) = accepted.events
    because = f"by trust of {catalog.sources[report.source].name}"
    return Draft(
        f"accepted {because}: {proposal.summary}"[:200],
        events=accepted.events,
        claims=accepted.claims,
        decisions=(accepted.decision._replace(kind=DecisionKind.TRUSTED, reason=because),),
        marks=(Mark(new_id(), event.id, MarkKind.TRUSTED, value=report.source),),
        batch=batch,
    )
