"""Feeds polled from a real server into a real store: new items become reports once, whatever the feed does."""

import dataclasses

import pytest

from ingest.feeds.apart import read_page_apart
from ingest.feeds.pages import read_page
from ingest.feeds.running import describe
from ingest.text.language import LanguageModel
from model.errors import InputRefused
from model.feeds import FeedStatus
from model.times import DAY, HOUR, SECOND, Precision, parse_time, published_precision
from tests.feed_server import Request
from tests.polling_world import NOW, PollingWorld, item, polling, rss, server

__all__ = ["polling", "server"]


async def test_what_is_new_becomes_reports_in_one_changeset_that_can_be_undone(polling: PollingWorld) -> None:
    polling.says(
        item(2, more="<pubDate>Thu, 12 Aug 2021 10:00:00 GMT</pubDate>"),
        item(1, "Herat \u0007 fell", more="<description>&lt;p&gt;It &lt;b&gt;fell\u202e.&lt;/p&gt;</description>"),
    )
    polled = await polling.poll()
    assert (polled.new, polled.failed, describe(polled)) == (2, False, "wire-1: 2 new")
    first = await polling.report("https://example.org/1")
    assert (first.source, first.text, first.fetched_at) == ("wire", "Herat \u2407 fell\n\nIt fell.", NOW)
    assert (await polling.report("https://example.org/2")).published_at == parse_time("2021-08-12T10:00Z")[0]
    (changeset, *_) = await polling.store.changesets("valley")
    assert changeset.reason == "feed wire-1: 2 new"
    await polling.store.undo("valley")
    assert await polling.store.reports("valley", url="https://example.org/1") == ()


@pytest.mark.parametrize("etag", ["", '"1"'])
async def test_nothing_new_writes_no_fact(polling: PollingWorld, etag: str) -> None:
    polling.says(item(1), etag=etag)
    await polling.poll()
    head = await polling.store.head("valley")
    if etag:

        async def unchanged(request: Request) -> None:
            assert request.headers["if-none-match"] == etag
            await request.answer(304)

        polling.server.at("/world.xml", unchanged)
    polling.now += HOUR
    assert describe(await polling.poll()) == ""
    assert await polling.store.head("valley") == head
    progress = await polling.progress()
    assert (progress.success_at, progress.new_at) == (polling.now, NOW)


@pytest.mark.parametrize(
    "later",
    [
        [item(1, id_="other")],
        [item(1, link="https://example.org/1?from=feed")],
        [item(1, "Another headline")],
        [item(1, more="<pubDate>Thu, 12 Aug 1999 10:00:00 GMT</pubDate>")],
        [item("2", "Item 1", link="https://example.org/elsewhere", id_="elsewhere")],
        [item(1), item(1)],
        [],
    ],
)
async def test_an_item_is_known_by_its_id_its_link_or_what_it_says(polling: PollingWorld, later: list[str]) -> None:
    polling.says(item(1))
    await polling.poll()
    polling.says(*later)
    assert (await polling.poll()).new == 0
    assert await polling.reports() == 1


async def test_a_link_that_several_items_share_tells_none_of_them_apart(polling: PollingWorld) -> None:
    home = "https://example.org/"
    polling.says(*(item(number, link=home) for number in (1, 2)), item(3, link=""), item(4, link="", id_=""))
    assert (await polling.poll()).new == 4
    polling.says(item(5, link=home))
    assert (await polling.poll()).new == 1
    assert await polling.store.reports("valley", url=home) == ()


async def test_one_page_in_two_feeds_is_one_report(polling: PollingWorld) -> None:
    other = polling.feed._replace(id="gazette-1", source="gazette", url=f"{polling.server.url}/other.xml")
    await polling.subscribe(other)
    polling.says(item(1))
    polling.server.page(
        "/other.xml", body=rss(item(1, id_="theirs"), item("x", "Item 1", link="https://example.com/x"))
    )
    assert (await polling.poll()).new == 1
    assert (await polling.poll("gazette-1")).new == 1  # what another source says in the same words is its own report


async def test_what_somebody_has_undone_stays_away_and_unread(polling: PollingWorld) -> None:
    polling.says(item(1))
    await polling.poll()
    await polling.store.undo("valley")
    assert (await polling.poll()).new == 0
    assert await polling.store.reports("valley", url="https://example.org/1") == ()


async def test_a_clock_that_is_wrong_is_not_believed(polling: PollingWorld) -> None:
    dates = {1: "Thu, 12 Aug 2031 10:00:00 GMT", 2: "0025-08-12T10:00:00Z"}
    polling.says(*(item(number, more=f"<pubDate>{date}</pubDate>") for number, date in dates.items()))
    await polling.poll()
    for number in dates:
        assert (await polling.report(f"https://example.org/{number}")).published_at is None


async def test_a_feed_that_is_gone_ends(polling: PollingWorld) -> None:
    polling.server.page("/world.xml", 410)
    polled = await polling.poll()
    assert (polled.failed, polled.feed.status) == (True, FeedStatus.ENDED)
    assert (await polling.store.catalog("valley")).feeds["wire-1"].status == FeedStatus.ENDED
    assert "gone for good" in (await polling.progress()).error


async def test_a_feed_that_has_moved_is_asked_there_from_then_on(polling: PollingWorld) -> None:
    new = polling.server.page("/new.xml", body=rss(item(1)))
    polling.server.page("/world.xml", 301, location="/new.xml")
    assert (await polling.poll()).note == f"moved to {new}"
    assert (await polling.store.catalog("valley")).feeds["wire-1"].url == new
    await polling.poll()
    assert [request.path for request in polling.server.asked] == ["/world.xml", "/new.xml", "/new.xml"]
    assert await polling.reports() == 1


async def test_a_feed_does_not_move_to_where_there_is_none_or_another_one(polling: PollingWorld) -> None:
    polling.server.page("/world.xml", 301, location="/new.xml")
    polling.server.page("/new.xml", body=b"<html>parked</html>")
    assert (await polling.poll()).failed
    polling.server.page("/new.xml", body=rss(item(1)))
    await polling.subscribe(polling.feed._replace(id="wire-2", url=f"{polling.server.url}/new.xml"))
    assert (await polling.poll()).new == 1
    assert (await polling.store.catalog("valley")).feeds["wire-1"] == polling.feed


@pytest.mark.parametrize("status", [301, 410])
async def test_what_somebody_changes_while_a_feed_is_asked_stays_changed(polling: PollingWorld, status: int) -> None:
    paused = polling.feed._replace(status=FeedStatus.PAUSED)
    polling.server.page("/new.xml", body=rss(item(1)))

    async def slow(request: Request) -> None:
        await polling.subscribe(paused)
        await request.answer(status, location="/new.xml")

    polling.server.at("/world.xml", slow)
    await polling.poll()
    assert (await polling.store.catalog("valley")).feeds["wire-1"] == paused


async def test_failures_wait_longer_each_time_and_are_forgotten_with_the_first_success(polling: PollingWorld) -> None:
    waits = []
    for _ in range(4):
        assert "answers 404" in (await polling.poll()).note
        progress = await polling.progress()
        waits.append(progress.next_at - polling.now)
        polling.now = progress.next_at
    assert waits == [polling.feed.every * SECOND * 2**failures for failures in (1, 2, 3, 4)]
    polling.server.page("/world.xml", 503, retry_after="36000")
    await polling.poll()
    assert (await polling.progress()).next_at == polling.now + 10 * HOUR
    polling.says(item(1))
    await polling.poll()
    progress = await polling.progress()
    assert (progress.failures, progress.error, progress.next_at) == (0, "", polling.now + polling.feed.every * SECOND)


async def test_what_is_no_feed_is_a_failure_and_the_answer_is_asked_for_again(polling: PollingWorld) -> None:
    polling.server.page("/world.xml", body=b"<html>maintenance \x1b[2J</html>", etag='"1"')
    polled = await polling.poll()
    assert polled.failed
    assert (await polling.progress()).etag == ""


async def test_a_feed_brings_in_so_much_a_day_and_the_rest_the_day_after(polling: PollingWorld) -> None:
    await polling.subscribe(polling.feed._replace(items_a_day=3))
    polling.says(*(item(number) for number in range(5, 0, -1)), etag='"1"')
    polled = await polling.poll()
    assert (polled.new, "2 more wait until tomorrow" in polled.note) == (3, True)
    assert await polling.store.reports("valley", url="https://example.org/5") == ()  # the oldest come first
    progress = await polling.progress()
    assert (progress.next_at, progress.etag) == ((NOW // DAY + 1) * DAY, "")
    assert (await polling.poll()).new == 0
    polling.now = progress.next_at
    assert (await polling.poll()).new == 2
    assert (await polling.progress()).etag == '"1"'


async def test_a_feed_brings_in_so_many_bytes_a_day(polling: PollingWorld) -> None:
    await polling.subscribe(polling.feed._replace(bytes_a_day=2_000))
    long = f"<description>{'word ' * 180}</description>"
    polling.says(item(1, more=f"<description>{'word ' * 900}</description>"), *(item(n, more=long) for n in (4, 3, 2)))
    assert (await polling.poll()).new == 2
    polling.now += DAY
    assert (await polling.poll()).new == 1
    polling.now += DAY
    assert describe(await polling.poll()) == ""  # what never fits is left out


ARTICLE = "<p>The city fell on Thursday, officials told reporters, after two weeks of fighting at its edges.</p>" * 4
PAGE = f"""<html><head><title>Herat</title><script>alert(1)</script></head><body><nav><a href="/">Home</a></nav>
<article><h1>Herat</h1>{ARTICLE}</article><footer>Subscribe to us</footer></body></html>""".encode()


async def test_the_page_is_read_where_the_feed_has_only_a_summary_and_is_set_so(polling: PollingWorld) -> None:
    await polling.subscribe(polling.feed._replace(full_text=True))
    url = polling.server.page("/1", body=PAGE, content_type="text/html; charset=utf-8")
    gone, short = (
        polling.server.page("/2", 404),
        polling.server.page("/3", body=b"<html>log in</html>", content_type="text/html"),
    )
    whole = f"<description>{'word ' * 500}</description>"
    polling.says(
        item(1, link=url), item(2, link=gone), item(3, link=short), item(4, link=f"{polling.server.url}/4", more=whole)
    )
    polled = await polling.poll()
    assert (polled.new, "the pages of 2 could not be fetched" in polled.note) == (4, True)
    report = await polling.report(url)
    assert "after two weeks of fighting" in report.text
    assert "Subscribe to us" not in report.text
    assert report.text.startswith("Item 1\n\n")
    assert (await polling.report(gone)).text == "Item 2"
    assert "/4" not in [request.path for request in polling.server.asked]
    assert (await polling.poll()).new == 0
    assert [request.path for request in polling.server.asked].count("/1") == 1


async def test_pages_are_fetched_a_few_at_a_time(polling: PollingWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.feeds.polling._PAGES", 2)
    await polling.subscribe(polling.feed._replace(full_text=True))
    polling.says(*(item(number, link=f"{polling.server.url}/{number}") for number in (3, 2, 1)), etag='"1"')
    polled = await polling.poll()
    assert (polled.new, "1 more come the next time" in polled.note) == (2, True)
    assert (await polling.progress()).etag == ""
    assert (await polling.poll()).new == 1
    assert (await polling.progress()).etag == '"1"'


@pytest.mark.parametrize(
    ("page", "content_type"),
    [(b"", "text/html"), (b"%PDF-1.7", "application/pdf"), (b"<html></html>", ""), (PAGE, "image/png")],
)
def test_what_has_no_article_is_refused(page: bytes, content_type: str) -> None:
    with pytest.raises(InputRefused):
        read_page(page, content_type=content_type)


def test_a_page_is_decoded_as_its_server_says() -> None:
    page = "<html><body><article>" + "<p>Город пал в четверг, сообщили чиновники журналистам.</p>" * 9 + "</article>"
    assert "Город пал" in read_page(page.encode("cp1251"), content_type="text/html; charset=windows-1251").text


async def test_a_page_is_read_apart_and_given_up_in_time() -> None:
    assert "two weeks" in (await read_page_apart(PAGE, content_type="text/html")).text
    with pytest.raises(InputRefused, match="stopped"):
        await read_page_apart(b"<a " * 100_000, seconds=1)


@pytest.mark.parametrize(
    ("written", "published"),
    [
        ("2021-08-12", (parse_time("2021-08-12", "Europe/Berlin")[0], Precision.DAY)),
        ("Thu, 12 Aug 2021 10:00:00 GMT", (parse_time("2021-08-12T10:00Z")[0], Precision.MINUTE)),
        ("2021-08", None),
    ],
)
async def test_a_time_of_publication_is_no_finer_than_it_was_written(
    polling: PollingWorld, written: str, published: tuple[int, Precision] | None
) -> None:
    polling.says(item(1, more=f"<pubDate>{written}</pubDate>"))
    assert (await polling.poll()).new == 1
    at = (await polling.report("https://example.org/1")).published_at
    assert published == (None if at is None else (at, published_precision(at, "Europe/Berlin")))


async def test_new_reports_are_read_into_proposals_and_undone_with_them(
    polling: PollingWorld, language_model: LanguageModel
) -> None:
    text = "Red Side fighters captured Middle Town on Thursday, officials said."
    polling.says(item(1, text, more="<pubDate>Thu, 12 Aug 2021 10:00:00 GMT</pubDate>"), item(2, "Прочее"))
    reader = dataclasses.replace(polling.poller, language_model=language_model)
    (feed,) = (await polling.store.catalog("valley")).feeds.values()
    polled = await reader.poll(feed, None)
    assert (polled.new, polled.proposals) == (2, 1)
    page = await polling.store.proposals("valley")
    assert page.open == 1
    assert len(await polling.store.undo("valley")) == 1
    await reader.poll(feed, None)
    assert (await polling.store.proposals("valley")).open == 0
