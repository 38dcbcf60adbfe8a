"""What is let in by trust of a feed's source, and what is left to a person."""

import dataclasses

from ingest.feeds.running import describe
from ingest.text.language import LanguageModel
from model.query import EventQuery
from model.trust import trust_of
from store.base import Draft
from tests.test_ingest_feeds_polling import Desk, desk, item, server

__all__ = ["desk", "server"]


async def test_what_a_trusted_source_reports_is_let_in_once_and_what_is_doubtful_is_not(
    desk: Desk, language_model: LanguageModel
) -> None:
    await desk.store.write("valley", Draft("trust", trusts=(trust_of("wire", "capture"),)))
    dated = "<pubDate>Thu, 12 Aug 2021 10:00:00 GMT</pubDate>"
    desk.says(
        item(3, "Red Side fighters clashed with Blue Side troops in Middle Town on Thursday.", more=dated),
        item(2, "The Reds have captured Middle Town, residents said on Thursday.", more=dated),
        item(1, "Red Side fighters captured Middle Town on Thursday, officials said.", more=dated),
    )
    reader = dataclasses.replace(desk.poller, language_model=language_model)
    (feed,) = (await desk.store.catalog("valley")).feeds.values()
    polled = await reader.poll(feed, None)
    assert (polled.new, polled.proposals, polled.let_in) == (3, 3, 1)
    assert "1 of them accepted by trust of wire" in describe(polled)
    (row,) = (await desk.store.page("valley", EventQuery())).rows
    assert (row.event.place, row.trusted) == ("middle", "wire")
    waiting = {one.proposal.kind for one in (await desk.store.proposals("valley")).proposed}
    assert waiting == {"clash", "capture"}, "not trusted for the one, and the other is like what is there"
    await desk.store.undo("valley")
    assert (await desk.store.page("valley", EventQuery())).rows == ()
    assert [one.let_in for one in await desk.store.trusted("valley")] == [0]
