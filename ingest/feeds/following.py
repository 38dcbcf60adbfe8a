"""What becomes of an alert that a later one updates or cancels: its proposals, and what was made of them.

It is the source itself that says so, in a field made for it, about reports of the same feed. So it needs nobody's
acceptance: what is open is closed, and an event that was accepted gets the source's new word as a claim. All of it is
undone with the later report.
"""

from collections.abc import Sequence

from model.acceptance import reported
from model.catalog import Catalog
from model.entities import Claim, Report, Stance
from model.errors import IdUnknown, Overtaken
from model.ids import new_id, short_id
from model.proposals import Decision, DecisionKind, Proposed
from store.base import Draft, Store

_MOST = 500
"""Proposals of one alert that are looked at."""
_DONE = {Stance.CORRECTS: "updated", Stance.RETRACTS: "cancelled"}


async def follow(
    store: Store, catalog: Catalog, report: Report, earlier: Sequence[str], stance: Stance, *, batch: str
) -> None:
    """Let a report correct or retract what earlier ones of its feed said.

    Args:
        store: has the report.
        catalog: the situation's.
        report: the update, or the cancellation.
        earlier: ids of the reports that it names; those that the store does not have are passed over.
        stance: `CORRECTS` or `RETRACTS`.
        batch: id of the changeset that brought the report.
    """
    situation = catalog.situation.id
    at, precision = reported(report, catalog.situation.zone, report.fetched_at or 0)
    word = Claim("", "", "", stance, at, precision, quote=report.title, report=report.id, url=report.url)
    reason = f"{_DONE[stance]} by report {short_id(report.id)}"
    for id_ in earlier:
        try:
            page = await store.proposals(situation, report=id_, decided=True, limit=_MOST)
        except IdUnknown:
            continue
        decisions = tuple(
            Decision(new_id(), one.proposal.id, DecisionKind.REJECTED, reason=reason)
            for one in page.proposed
            if one.decision is None
        )
        claims = [claim for one in page.proposed for claim in await _claims(store, situation, one, word)]
        if decisions or claims:
            draft = Draft(f"alert {reason}", decisions=decisions, claims=tuple(claims), batch=batch)
            try:
                await store.write(situation, draft)
            except Overtaken:  # somebody has decided one meanwhile: that stands, and the queue shows the rest
                continue


async def _claims(store: Store, situation: str, one: Proposed, word: Claim) -> list[Claim]:
    """Return the new word of each source that the event has through an accepted proposal of the earlier report."""
    if one.decision is None or one.decision.became is None or one.proposal.is_count:
        return []
    try:
        file = await store.event(situation, one.decision.became)
    except IdUnknown:  # undone
        return []
    said = {claim.source: claim for claim in file.claims if claim.report == one.proposal.report}
    return [
        word._replace(
            id=new_id(),
            event=claim.event,
            source=claim.source,
            credibility=claim.credibility,
            attribution=claim.attribution,
        )
        for claim in said.values()
    ]
