"""Alerts that update or cancel earlier ones: what happens to the proposals and events of these.

The source itself says so, in a field made for it. Only reports from feeds of the same source are concerned, since
anybody can write an alert's id. So nobody has to accept it: an open proposal is closed, and an accepted event gets a
further claim of the source. All of it is undone with the later report.
"""

from collections.abc import Collection
from typing import NamedTuple

from ingest.feeds.items import Item
from ingest.taking import was_stored
from model.acceptance import reported_at
from model.catalog import Catalog
from model.entities import Claim, Report, Stance
from model.errors import IdUnknown, StaleDecision
from model.feeds import Feed
from model.ids import derived_id, new_id, short_id
from model.proposals import Decision, DecisionKind, Proposed
from model.text import MAX_REPORT, clean_text
from store.base import Draft, Store

_MOST = 500
"""Proposals of one alert that are looked at."""
_DONE = {Stance.CORRECTS: "updated", Stance.RETRACTS: "cancelled"}


class Earlier(NamedTuple):
    """An alert that a later one names."""

    alert: str
    """Its own id."""
    stance: Stance
    """`CORRECTS` or `RETRACTS`."""
    reports: tuple[str, ...] = ()
    """Ids of its reports, of any feed of the source; none where it never came."""


def alert_id(situation: str, feed: Feed, item_id: str) -> str:
    """Return the id of the report that an item of a feed by this id is."""
    return derived_id(0, situation, "feed", feed.id, "id", item_id)


async def earlier_of(
    store: Store, catalog: Catalog, feed: Feed, item: Item, coming: Collection[str]
) -> tuple[Earlier, ...]:
    """Return the alerts that an item updates or cancels.

    Args:
        store: has what came before.
        catalog: the situation's.
        feed: the item's; earlier alerts may have come by others of its source.
        item: the later alert.
        coming: ids of the reports that come with it.
    """
    situation = catalog.situation.id
    feeds = [other for other in catalog.feeds.values() if other.source == feed.source]
    found = []
    for stance, alerts in ((Stance.CORRECTS, item.updates), (Stance.RETRACTS, item.cancels)):
        for alert in alerts:
            ids = [alert_id(situation, other, alert) for other in feeds]
            there = [id_ for id_ in ids if id_ in coming or await was_stored(store, situation, id_)]
            found.append(Earlier(alert, stance, tuple(there)))
    return tuple(found)


def with_references(report: Report, named: Collection[Earlier]) -> Report:
    """Return a report whose text ends with the alerts that it names, and the short ids of their reports."""
    lines = "\n".join(map(_reference, named))
    return report._replace(text=clean_text(f"{report.text}\n\n{lines}", MAX_REPORT)) if lines else report


def _reference(one: Earlier) -> str:
    verb = "Updates" if one.stance is Stance.CORRECTS else "Cancels"
    there = f" (report {', '.join(map(short_id, one.reports))})" if one.reports else ""
    return f"{verb} {one.alert}{there}"


async def follow(store: Store, catalog: Catalog, report: Report, earlier: Earlier, *, batch: str) -> None:
    """Let a report correct or retract what an earlier one of its source's feeds said.

    Args:
        store: has the report.
        catalog: the situation's.
        report: the update, or the cancellation.
        earlier: what it names.
        batch: id of the changeset that brought the report.
    """
    situation = catalog.situation.id
    at, precision = reported_at(report, catalog.situation.zone, report.fetched_at or 0)
    word = Claim("", "", "", earlier.stance, at, precision, quote=report.title, report=report.id, url=report.url)
    reason = f"{_DONE[earlier.stance]} by report {short_id(report.id)}"
    for id_ in earlier.reports:
        page = await store.proposals(situation, report=id_, decided=True, limit=_MOST)
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
            except StaleDecision:  # somebody has decided one meanwhile: that stands, and the queue shows the rest
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
