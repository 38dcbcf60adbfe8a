"""What is let in by trust of a feed's source, and what is left to a person."""

import asyncio
import dataclasses

import pytest

from ingest.feeds.running import describe
from ingest.reports import given
from ingest.taking import Taken, read_later, take_in
from ingest.text.language import LanguageModel
from model.query import EventQuery
from model.trust import trust_of
from store.base import Draft, Written
from tests.polling_world import NOW, PollingWorld, item, polling, server

__all__ = ["polling", "server"]


async def test_what_a_trusted_source_reports_is_let_in_once_and_what_is_doubtful_is_not(
    polling: PollingWorld, language_model: LanguageModel
) -> None:
    await polling.store.write("valley", Draft("trust", trusts=(trust_of("wire", "capture"),)))
    dated = "<pubDate>Thu, 12 Aug 2021 10:00:00 GMT</pubDate>"
    polling.says(
        item(3, "Red Side fighters clashed with Blue Side troops in Middle Town on Thursday.", more=dated),
        item(2, "The Reds have captured Middle Town, residents said on Thursday.", more=dated),
        item(1, "Red Side fighters captured Middle Town on Thursday, officials said.", more=dated),
    )
    reader = dataclasses.replace(polling.poller, language_model=language_model)
    (feed,) = (await polling.store.catalog("valley")).feeds.values()
    polled = await reader.poll(feed, None)
    assert (polled.new, polled.proposals, polled.let_in) == (3, 3, 1)
    assert "1 of them accepted by trust of wire" in describe(polled)
    (row,) = (await polling.store.page("valley", EventQuery())).rows
    assert (row.event.place, row.trusted) == ("middle", "wire")
    waiting = {one.proposal.kind for one in (await polling.store.proposals("valley")).proposed}
    assert waiting == {"clash", "capture"}, "not trusted for the one, and the other is like what is there"
    await polling.store.undo("valley")
    assert (await polling.store.page("valley", EventQuery())).rows == ()
    assert [one.let_in for one in await polling.store.trusted("valley")] == [0]


async def test_what_is_read_later_is_let_in_where_more_than_the_text_said_whose_it_is(
    polling: PollingWorld, language_model: LanguageModel
) -> None:
    catalog = await polling.store.catalog("valley")
    agency = catalog.sources["wire"]._replace(kind="agency")
    capture = trust_of("wire", "capture")
    await polling.store.write("valley", Draft("trust", sources=(agency,), trusts=(capture,)))
    catalog = await polling.store.catalog("valley")
    dated = "<pubDate>Thu, 12 Aug 2021 10:00:00 GMT</pubDate>"
    said = "Red Side fighters captured {} on Thursday, officials said."
    polling.says(item(1, f"{said.format('Nordstadt')} ({agency.name})", more=dated))
    assert (await polling.poll()).new == 1
    texts = {
        "named by its text alone": (f"{said.format('Middle Town')}\n\n({agency.name})", None, "2021-07-12"),
        "vouched for": (said.format("Middle Town"), "wire", "2021-08-12"),
    }
    for text, source, date in texts.values():
        one = given(text.encode(), source=source, date=date)
        taken = await take_in(polling.store, catalog, one, language_model=None, fetched_at=NOW)
        assert taken.report.source == "wire"
    told: list[int] = []

    def tell(taken: Taken) -> bool:
        told.append(taken.let_in)
        return True

    await read_later(polling.store, "valley", language_model, tell, now=NOW)
    assert told == [1, 0, 1]
    assert {row.event.place for row in (await polling.store.page("valley", EventQuery())).rows} == {"north", "middle"}


async def test_what_a_feed_brought_is_dealt_with_to_its_end_however_soon_one_is_told_to_stop(
    polling: PollingWorld, language_model: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    await polling.store.write("valley", Draft("trust", trusts=(trust_of("wire", "capture"),)))
    text = "Red Side fighters captured Middle Town on Thursday, officials said."
    polling.says(item(1, text, more="<pubDate>Thu, 12 Aug 2021 10:00:00 GMT</pubDate>"))
    reader = dataclasses.replace(polling.poller, language_model=language_model)
    write = polling.store.write

    async def stopped_meanwhile(situation: str, draft: Draft) -> Written:
        if not asking.cancelling():
            asking.cancel()
        return await write(situation, draft)

    monkeypatch.setattr(polling.store, "write", stopped_meanwhile)
    asking = asyncio.create_task(reader.poll(polling.feed, None))
    with pytest.raises(asyncio.CancelledError):
        await asking
    monkeypatch.undo()
    (row,) = (await polling.store.page("valley", EventQuery())).rows
    assert row.trusted == "wire"
    polled = await reader.poll(polling.feed, None)
    assert (polled.new, polled.proposals) == (0, 0)
