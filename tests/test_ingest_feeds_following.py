"""Alerts that later ones update or cancel: what becomes of their proposals and of the events made of them."""

from collections.abc import AsyncIterator

import pytest

from ingest.feeds.fetching import Fetcher, Limits
from ingest.feeds.polling import Poller
from ingest.feeds.reading import read_feed
from model.acceptance import accept
from model.catalog import Catalog
from model.entities import Report, Stance, Standing
from model.feeds import Feed
from model.ids import new_id, short_id
from model.proposals import Proposal, ProposedClaim
from model.times import Precision, parse_time
from store.base import Draft, Store
from tests.feed_server import FeedServer, serving

ALERT = """<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{}</identifier><sender>s</sender>
<sent>2021-08-12T1{}:00:00+00:00</sent><status>Actual</status><msgType>{}</msgType><scope>Public</scope>
<references>{}</references><info><headline>{}</headline></info></alert>"""
FIRST = "s,1,2021-08-12T11:00:00+00:00"
NOW = parse_time("2021-08-12T14:00:00Z")[0]
FEED = Feed("wire-1", "", "wire", private=True)


class Alerts:
    """A feed of alerts, and the store that it goes into."""

    def __init__(self, store: Store, server: FeedServer, poller: Poller) -> None:
        self.store = store
        self._server = server
        self._poller = poller

    async def say(self, number: int, kind: str, references: str = "", *, by: str = "wire-1") -> Report:
        """Let an alert be sent and asked for, or a list that leads to it; return its report."""
        body = ALERT.format(number, number, kind, references, f"Alert {number}")
        feed = (await self.store.catalog("valley")).feeds[by]
        if feed.full_text:
            url = self._server.page(f"/{number}", body=body.encode())
            item = f"<item><title>Alert {number}</title><link>{url}</link></item>"
            body = f"<rss version='2.0'><channel>{item}</channel></rss>"
        self._server.page("/alerts.xml", body=body.encode())
        assert (await self._poller.poll(feed, None)).new == 1
        unread = await self.store.reports_without_proposals("valley")
        return next(report for report in unread if f"Alert {number}" in report.title)

    async def propose(self, report: Report, place: str) -> Proposal:
        """Propose something as if it had been read out of the report."""
        proposal = Proposal(
            *(new_id(), report.id, "capture", NOW, Precision.DAY, f"Red Side takes {place}"),
            claims=(ProposedClaim(Stance.ASSERTS, 2),),
            place=place,
            actor="red",
        )
        await self.store.write("valley", Draft("read", proposals=(proposal,)))
        return proposal


@pytest.fixture
async def alerts(store: Store, situation: str) -> AsyncIterator[Alerts]:
    async def read(data: bytes, *, url: str, content_type: str) -> object:
        return read_feed(data, url=url, content_type=content_type)

    async with serving() as server, Fetcher(Limits(gap=0)) as fetcher:
        await store.write(situation, Draft("subscribe", feeds=(FEED._replace(url=f"{server.url}/alerts.xml"),)))
        poller = Poller(store, situation, fetcher, read=read, clock=lambda: NOW)  # type: ignore[arg-type]
        yield Alerts(store, server, poller)


async def test_an_alert_that_a_list_only_leads_to_is_followed_too(alerts: Alerts) -> None:
    feed = (await alerts.store.catalog("valley")).feeds["wire-1"]
    await alerts.store.write("valley", Draft("whole", feeds=(feed._replace(full_text=True),)))
    first = await alerts.say(1, "Alert")
    proposed = await alerts.propose(first, "north")
    later = await alerts.say(2, "Cancel", FIRST)
    assert later.text.startswith("Cancel: Alert 2")
    (one,) = (await alerts.store.proposals("valley", report=first.id, decided=True)).proposed
    assert one.decision is not None
    assert (one.proposal.id, one.decision.reason) == (proposed.id, f"cancelled by report {short_id(later.id)}")


@pytest.mark.parametrize(("source", "followed"), [("wire", True), ("gazette", False)])
async def test_an_alert_that_came_by_another_feed_of_its_source_is_followed_and_no_stranger_is(
    alerts: Alerts, source: str, followed: bool
) -> None:
    first = await alerts.say(1, "Alert")
    await alerts.propose(first, "north")
    (feed,) = (await alerts.store.catalog("valley")).feeds.values()
    other = feed._replace(id="other-1", source=source, url=f"{feed.url}?")
    await alerts.store.write("valley", Draft("subscribe", feeds=(other,)))
    later = await alerts.say(2, "Cancel", f"{FIRST} s,none,2021-08-12T11:00:00+00:00", by="other-1")
    assert (f"Cancels {FIRST} (report {short_id(first.id)})" in later.text) is followed
    assert later.text.endswith("Cancels s,none,2021-08-12T11:00:00+00:00")
    assert (await alerts.store.proposals("valley")).open == (0 if followed else 1)


@pytest.mark.parametrize(
    ("kind", "done", "said"),
    [
        ("Update", "updated", (Stance.CORRECTS, Standing.REPORTED)),
        ("Cancel", "cancelled", (Stance.RETRACTS, Standing.RETRACTED)),
    ],
)
async def test_a_later_alert_closes_what_is_open_and_speaks_of_what_was_accepted(
    alerts: Alerts, catalog: Catalog, kind: str, done: str, said: tuple[Stance, Standing]
) -> None:
    first = await alerts.say(1, "Alert")
    open_one = await alerts.propose(first, "north")
    taken = await alerts.propose(first, "south")
    accepted = accept(taken, first, catalog, recorded_at=NOW)
    await alerts.store.write(
        "valley", Draft("accept", events=accepted.events, claims=accepted.claims, decisions=(accepted.decision,))
    )
    later = await alerts.say(2, kind, f"{FIRST} s,none,2021-08-12T11:00:00+00:00")
    assert f"{FIRST} (report {short_id(first.id)})" in later.text
    page = await alerts.store.proposals("valley", report=first.id, decided=True)
    reasons = {one.proposal.id: one.decision.reason for one in page.proposed if one.decision}
    assert reasons == {open_one.id: f"{done} by report {short_id(later.id)}", taken.id: ""}
    file = await alerts.store.event("valley", accepted.events[0].id)
    (word,) = (claim for claim in file.claims if claim.report == later.id)
    assert (word.source, word.reported_at) == ("wire", later.published_at)
    assert (word.stance, file.row.weight.standing) == said

    await alerts.store.undo("valley")
    page = await alerts.store.proposals("valley", report=first.id)
    assert [one.proposal.id for one in page.proposed] == [open_one.id]
    assert len((await alerts.store.event("valley", accepted.events[0].id)).claims) == 1
