"""Feeds asked for news, from a real server into a real store: new items become reports once, whatever the feed does."""

import dataclasses
from collections.abc import AsyncIterator

import pytest

from ingest.feeds.apart import read_page_apart
from ingest.feeds.fetching import Fetcher, Limits
from ingest.feeds.items import Document
from ingest.feeds.pages import Page, read_page
from ingest.feeds.polling import Polled, Poller
from ingest.feeds.reading import read_feed
from ingest.feeds.running import describe
from ingest.text.language import LanguageModel
from model.catalog import Catalog
from model.entities import Deed, Report
from model.errors import InputRefused
from model.feeds import Feed, FeedStatus, Progress
from model.times import DAY, HOUR, SECOND, Precision, parse_time, published_precision
from store.base import Draft, Store
from tests.feed_server import FeedServer, Request, serving

NOW = parse_time("2021-08-12T12:00Z")[0]


def item(number: int | str, title: str = "", *, link: str | None = None, id_: str | None = None, more: str = "") -> str:
    link = f"https://example.org/{number}" if link is None else link
    return (
        f"<item><title>{title or f'Item {number}'}</title><link>{link}</link>"
        f"<guid isPermaLink='false'>{number if id_ is None else id_}</guid>{more}</item>"
    )


def rss(*items: str) -> bytes:
    head = "<rss version='2.0'><channel><title>World</title><link>https://example.org/</link>"
    return f"{head}{''.join(items)}</channel></rss>".encode()


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with serving() as served:
        yield served


class Desk:
    """One feed at a server, a store, and a clock that stands until it is moved."""

    def __init__(self, store: Store, server: FeedServer, fetcher: Fetcher) -> None:
        self.store = store
        self.server = server
        self.now = NOW
        self.feed = Feed("wire-1", f"{server.url}/world.xml", "wire", private=True)

        async def read(data: bytes, *, url: str, content_type: str) -> Document:
            return read_feed(data, url=url, content_type=content_type)

        async def page(data: bytes, *, url: str, content_type: str) -> Page:
            return read_page(data, url=url, content_type=content_type)

        self.poller = Poller(
            store, "valley", fetcher, read=read, read_page=page, clock=lambda: self.now, dice=lambda: 0.5
        )

    async def subscribe(self, *feeds: Feed) -> None:
        await self.store.write("valley", Draft("subscribe", feeds=feeds))

    def says(self, *items: str, etag: str = "") -> None:
        """Let the server say this from now on."""
        self.server.page("/world.xml", body=rss(*items), etag=etag)

    async def poll(self, id_: str = "wire-1") -> Polled:
        feed = (await self.store.catalog("valley")).feeds[id_]
        progress = await self.store.feed_progress("valley")
        return await self.poller.poll(feed, progress.get(id_))

    async def progress(self, id_: str = "wire-1") -> Progress:
        return (await self.store.feed_progress("valley"))[id_]

    async def reports(self) -> int:
        return (await self.store.info()).counts["reports"]

    async def report(self, url: str) -> Report:
        (found,) = await self.store.reports("valley", url=url)
        return found


@pytest.fixture
async def desk(store: Store, catalog: Catalog, server: FeedServer) -> AsyncIterator[Desk]:
    await store.put_situation(catalog.situation)
    things = Draft(
        "load",
        places=tuple(catalog.places.values()),
        actors=tuple(catalog.actors.values()),
        sources=tuple(catalog.sources.values()),
        deed=Deed.LOAD,
    )
    await store.write("valley", things)
    async with Fetcher(Limits(seconds=5, silence=0.5, gap=0)) as fetcher:
        made = Desk(store, server, fetcher)
        await made.subscribe(made.feed)
        yield made


async def test_what_is_new_becomes_reports_in_one_changeset_that_can_be_undone(desk: Desk) -> None:
    desk.says(
        item(2, more="<pubDate>Thu, 12 Aug 2021 10:00:00 GMT</pubDate>"),
        item(1, "Herat \u0007 fell", more="<description>&lt;p&gt;It &lt;b&gt;fell\u202e.&lt;/p&gt;</description>"),
    )
    polled = await desk.poll()
    assert (polled.new, polled.failed, describe(polled)) == (2, False, "wire-1: 2 new")
    first = await desk.report("https://example.org/1")
    assert (first.source, first.text, first.fetched_at) == ("wire", "Herat \u2407 fell\n\nIt fell.", NOW)
    assert (await desk.report("https://example.org/2")).published_at == parse_time("2021-08-12T10:00Z")[0]
    (changeset, *_) = await desk.store.changesets("valley")
    assert changeset.reason == "feed wire-1: 2 new"
    await desk.store.undo("valley")
    assert await desk.store.reports("valley", url="https://example.org/1") == ()


@pytest.mark.parametrize("etag", ["", '"1"'])
async def test_nothing_new_writes_no_fact(desk: Desk, etag: str) -> None:
    desk.says(item(1), etag=etag)
    await desk.poll()
    head = await desk.store.head("valley")
    if etag:

        async def unchanged(request: Request) -> None:
            assert request.headers["if-none-match"] == etag
            await request.answer(304)

        desk.server.at("/world.xml", unchanged)
    desk.now += HOUR
    assert describe(await desk.poll()) == ""
    assert await desk.store.head("valley") == head
    progress = await desk.progress()
    assert (progress.success_at, progress.new_at) == (desk.now, NOW)


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
async def test_an_item_is_known_by_its_id_its_link_or_what_it_says(desk: Desk, later: list[str]) -> None:
    desk.says(item(1))
    await desk.poll()
    desk.says(*later)
    assert (await desk.poll()).new == 0
    assert await desk.reports() == 1


async def test_a_link_that_several_items_share_tells_none_of_them_apart(desk: Desk) -> None:
    home = "https://example.org/"
    desk.says(*(item(number, link=home) for number in (1, 2)), item(3, link=""), item(4, link="", id_=""))
    assert (await desk.poll()).new == 4
    desk.says(item(5, link=home))
    assert (await desk.poll()).new == 1
    assert await desk.store.reports("valley", url=home) == ()


async def test_one_page_in_two_feeds_is_one_report(desk: Desk) -> None:
    other = desk.feed._replace(id="gazette-1", source="gazette", url=f"{desk.server.url}/other.xml")
    await desk.subscribe(other)
    desk.says(item(1))
    desk.server.page("/other.xml", body=rss(item(1, id_="theirs"), item("x", "Item 1", link="https://example.com/x")))
    assert (await desk.poll()).new == 1
    assert (await desk.poll("gazette-1")).new == 1  # what another source says in the same words is its own report


async def test_what_somebody_has_undone_stays_away_and_unread(desk: Desk) -> None:
    desk.says(item(1))
    await desk.poll()
    await desk.store.undo("valley")
    assert (await desk.poll()).new == 0
    assert await desk.store.reports("valley", url="https://example.org/1") == ()


async def test_a_clock_that_is_wrong_is_not_believed(desk: Desk) -> None:
    dates = {1: "Thu, 12 Aug 2031 10:00:00 GMT", 2: "0025-08-12T10:00:00Z"}
    desk.says(*(item(number, more=f"<pubDate>{date}</pubDate>") for number, date in dates.items()))
    await desk.poll()
    for number in dates:
        assert (await desk.report(f"https://example.org/{number}")).published_at is None


async def test_a_feed_that_is_gone_ends(desk: Desk) -> None:
    desk.server.page("/world.xml", 410)
    polled = await desk.poll()
    assert (polled.failed, polled.feed.status) == (True, FeedStatus.ENDED)
    assert (await desk.store.catalog("valley")).feeds["wire-1"].status == FeedStatus.ENDED
    assert "gone for good" in (await desk.progress()).error


async def test_a_feed_that_has_moved_is_asked_there_from_then_on(desk: Desk) -> None:
    new = desk.server.page("/new.xml", body=rss(item(1)))
    desk.server.page("/world.xml", 301, location="/new.xml")
    assert (await desk.poll()).note == f"moved to {new}"
    assert (await desk.store.catalog("valley")).feeds["wire-1"].url == new
    await desk.poll()
    assert [request.path for request in desk.server.asked] == ["/world.xml", "/new.xml", "/new.xml"]
    assert await desk.reports() == 1


async def test_a_feed_does_not_move_to_where_there_is_none_or_another_one(desk: Desk) -> None:
    desk.server.page("/world.xml", 301, location="/new.xml")
    desk.server.page("/new.xml", body=b"<html>parked</html>")
    assert (await desk.poll()).failed
    desk.server.page("/new.xml", body=rss(item(1)))
    await desk.subscribe(desk.feed._replace(id="wire-2", url=f"{desk.server.url}/new.xml"))
    assert (await desk.poll()).new == 1
    assert (await desk.store.catalog("valley")).feeds["wire-1"] == desk.feed


@pytest.mark.parametrize("status", [301, 410])
async def test_what_somebody_changes_while_a_feed_is_asked_stays_changed(desk: Desk, status: int) -> None:
    paused = desk.feed._replace(status=FeedStatus.PAUSED)
    desk.server.page("/new.xml", body=rss(item(1)))

    async def slow(request: Request) -> None:
        await desk.subscribe(paused)
        await request.answer(status, location="/new.xml")

    desk.server.at("/world.xml", slow)
    await desk.poll()
    assert (await desk.store.catalog("valley")).feeds["wire-1"] == paused


async def test_failures_wait_longer_each_time_and_are_forgotten_with_the_first_success(desk: Desk) -> None:
    waits = []
    for _ in range(4):
        assert "answers 404" in (await desk.poll()).note
        progress = await desk.progress()
        waits.append(progress.next_at - desk.now)
        desk.now = progress.next_at
    assert waits == [desk.feed.every * SECOND * 2**failures for failures in (1, 2, 3, 4)]
    desk.server.page("/world.xml", 503, retry_after="36000")
    await desk.poll()
    assert (await desk.progress()).next_at == desk.now + 10 * HOUR
    desk.says(item(1))
    await desk.poll()
    progress = await desk.progress()
    assert (progress.failures, progress.error, progress.next_at) == (0, "", desk.now + desk.feed.every * SECOND)


async def test_what_is_no_feed_is_a_failure_and_the_answer_is_asked_for_again(desk: Desk) -> None:
    desk.server.page("/world.xml", body=b"<html>maintenance \x1b[2J</html>", etag='"1"')
    polled = await desk.poll()
    assert polled.failed
    assert (await desk.progress()).etag == ""


async def test_a_feed_brings_in_so_much_a_day_and_the_rest_the_day_after(desk: Desk) -> None:
    await desk.subscribe(desk.feed._replace(items_a_day=3))
    desk.says(*(item(number) for number in range(5, 0, -1)), etag='"1"')
    polled = await desk.poll()
    assert (polled.new, "2 more wait until tomorrow" in polled.note) == (3, True)
    assert await desk.store.reports("valley", url="https://example.org/5") == ()  # the oldest come first
    progress = await desk.progress()
    assert (progress.next_at, progress.etag) == ((NOW // DAY + 1) * DAY, "")
    assert (await desk.poll()).new == 0
    desk.now = progress.next_at
    assert (await desk.poll()).new == 2
    assert (await desk.progress()).etag == '"1"'


async def test_a_feed_brings_in_so_many_bytes_a_day(desk: Desk) -> None:
    await desk.subscribe(desk.feed._replace(bytes_a_day=2_000))
    long = f"<description>{'word ' * 180}</description>"
    desk.says(item(1, more=f"<description>{'word ' * 900}</description>"), *(item(n, more=long) for n in (4, 3, 2)))
    assert (await desk.poll()).new == 2
    desk.now += DAY
    assert (await desk.poll()).new == 1
    desk.now += DAY
    assert describe(await desk.poll()) == ""  # what never fits is left out


ARTICLE = "<p>The city fell on Thursday, officials told reporters, after two weeks of fighting at its edges.</p>" * 4
PAGE = f"""<html><head><title>Herat</title><script>alert(1)</script></head><body><nav><a href="/">Home</a></nav>
<article><h1>Herat</h1>{ARTICLE}</article><footer>Subscribe to us</footer></body></html>""".encode()


async def test_the_page_is_read_where_the_feed_has_only_a_summary_and_is_set_so(desk: Desk) -> None:
    await desk.subscribe(desk.feed._replace(full_text=True))
    url = desk.server.page("/1", body=PAGE, content_type="text/html; charset=utf-8")
    gone, short = (
        desk.server.page("/2", 404),
        desk.server.page("/3", body=b"<html>log in</html>", content_type="text/html"),
    )
    whole = f"<description>{'word ' * 500}</description>"
    desk.says(
        item(1, link=url), item(2, link=gone), item(3, link=short), item(4, link=f"{desk.server.url}/4", more=whole)
    )
    polled = await desk.poll()
    assert (polled.new, "the pages of 2 could not be fetched" in polled.note) == (4, True)
    report = await desk.report(url)
    assert "after two weeks of fighting" in report.text
    assert "Subscribe to us" not in report.text
    assert report.text.startswith("Item 1\n\n")
    assert (await desk.report(gone)).text == "Item 2"
    assert "/4" not in [request.path for request in desk.server.asked]
    assert (await desk.poll()).new == 0
    assert [request.path for request in desk.server.asked].count("/1") == 1


async def test_pages_are_fetched_a_few_at_a_time(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.feeds.polling._PAGES", 2)
    await desk.subscribe(desk.feed._replace(full_text=True))
    desk.says(*(item(number, link=f"{desk.server.url}/{number}") for number in (3, 2, 1)), etag='"1"')
    polled = await desk.poll()
    assert (polled.new, "1 more come the next time" in polled.note) == (2, True)
    assert (await desk.progress()).etag == ""
    assert (await desk.poll()).new == 1
    assert (await desk.progress()).etag == '"1"'


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
    desk: Desk, written: str, published: tuple[int, Precision] | None
) -> None:
    desk.says(item(1, more=f"<pubDate>{written}</pubDate>"))
    assert (await desk.poll()).new == 1
    at = (await desk.report("https://example.org/1")).published_at
    assert published == (None if at is None else (at, published_precision(at, "Europe/Berlin")))


async def test_new_reports_are_read_into_proposals_and_undone_with_them(
    desk: Desk, language_model: LanguageModel
) -> None:
    text = "Red Side fighters captured Middle Town on Thursday, officials said."
    desk.says(item(1, text, more="<pubDate>Thu, 12 Aug 2021 10:00:00 GMT</pubDate>"), item(2, "Прочее"))
    reader = dataclasses.replace(desk.poller, language_model=language_model)
    (feed,) = (await desk.store.catalog("valley")).feeds.values()
    polled = await reader.poll(feed, None)
    assert (polled.new, polled.proposals) == (2, 1)
    page = await desk.store.proposals("valley")
    assert page.open == 1
    assert len(await desk.store.undo("valley")) == 1
    await reader.poll(feed, None)
    assert (await desk.store.proposals("valley")).open == 0
