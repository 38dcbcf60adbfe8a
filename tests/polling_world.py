"""A store that subscribes to a feed of a local server, and a poller whose clock stands until it is moved."""

from collections.abc import AsyncIterator

import pytest

from ingest.feeds.fetching import Fetcher, Limits
from ingest.feeds.items import Document
from ingest.feeds.pages import Page, read_page
from ingest.feeds.polling import Polled, Poller
from ingest.feeds.reading import read_feed
from model.entities import Report
from model.feeds import Feed, Progress
from model.times import parse_time
from store.base import Draft, Store
from tests.feed_server import FeedServer, serving

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


class PollingWorld:
    """One feed at a server, a store, and a clock that stands until it is moved."""

    def __init__(self, store: Store, situation: str, server: FeedServer, fetcher: Fetcher) -> None:
        self.store = store
        self.situation = situation
        self.server = server
        self.now = NOW
        self.feed = Feed("wire-1", f"{server.url}/world.xml", "wire", private=True)

        async def read(data: bytes, *, url: str, content_type: str) -> Document:
            return read_feed(data, url=url, content_type=content_type)

        async def page(data: bytes, *, url: str, content_type: str) -> Page:
            return read_page(data, url=url, content_type=content_type)

        self.poller = Poller(
            store, situation, fetcher, read=read, read_page=page, clock=lambda: self.now, dice=lambda: 0.5
        )

    async def subscribe(self, *feeds: Feed) -> None:
        await self.store.write(self.situation, Draft("subscribe", feeds=feeds))

    def says(self, *items: str, etag: str = "") -> None:
        """Let the server say this from now on."""
        self.server.page("/world.xml", body=rss(*items), etag=etag)

    async def poll(self, id_: str = "wire-1") -> Polled:
        feed = (await self.store.catalog(self.situation)).feeds[id_]
        progress = await self.store.feed_progress(self.situation)
        return await self.poller.poll(feed, progress.get(id_))

    async def progress(self, id_: str = "wire-1") -> Progress:
        return (await self.store.feed_progress(self.situation))[id_]

    async def reports(self) -> int:
        return (await self.store.info()).counts["reports"]

    async def report(self, url: str) -> Report:
        (found,) = await self.store.reports(self.situation, url=url)
        return found


@pytest.fixture
async def polling(store: Store, situation: str, server: FeedServer) -> AsyncIterator[PollingWorld]:
    async with Fetcher(Limits(seconds=5, silence=0.5, gap=0)) as fetcher:
        made = PollingWorld(store, situation, server, fetcher)
        await made.subscribe(made.feed)
        yield made
