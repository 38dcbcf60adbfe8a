"""What a feed copies from another source counts once: by the agency that it names, and by nearly the same words."""

import dataclasses

from ingest.text.language import LanguageModel
from model.entities import Source
from store.base import Draft
from tests.polling_world import PollingWorld, item, polling, server

__all__ = ["polling", "server"]

STORY = (
    "Red Side fighters captured Middle Town on Thursday, officials said. Residents spoke of hours of shelling before "
    "the last police left by the northern road, and of shops that stayed shut. The provincial council had asked for "
    "help for days, and none came."
)


async def test_feed_that_runs_an_agencys_text_or_anothers_words_is_a_copy_of_it(
    polling: PollingWorld, language_model: LanguageModel
) -> None:
    await polling.store.write("valley", Draft("agency", sources=(Source("afp", "AFP", kind="agency"),)))
    dated = "<pubDate>Thu, 12 Aug 2021 10:00:00 GMT</pubDate>"
    reader = dataclasses.replace(polling.poller, language_model=language_model)
    (feed,) = (await polling.store.catalog("valley")).feeds.values()
    polling.says(item(1, STORY, more=dated), item(2, f"MIDDLE TOWN (AFP) - {STORY[:90]}", more=dated))
    polled = await reader.poll(feed, None)
    assert polled.new == 2
    assert (await polling.report("https://example.org/1")).source == "wire"
    assert (await polling.report("https://example.org/2")).source == "afp-via-wire"
    assert (await polling.store.catalog("valley")).sources["afp-via-wire"].copies == "afp"
    polling.says(item(2, f"MIDDLE TOWN (AFP) - {STORY[:90]}", link="https://example.org/two", id_="two", more=dated))
    assert (await reader.poll(feed, None)).new == 0, "the same text under another name"
    second = feed._replace(id="gazette-1", source="gazette")
    await polling.subscribe(second)
    polling.says(item(3, STORY.replace("hours", "two hours"), more=dated))
    assert (await reader.poll(second, None)).new == 1
    copied = await polling.report("https://example.org/3")
    assert (await polling.store.catalog("valley")).sources[copied.source].copies == "wire"
