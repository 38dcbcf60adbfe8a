"""Turns a web document into reports: the items of a feed, an alert, the article of a page, or a plain text."""

from http import HTTPStatus

from ingest.feeds.apart import read_feed_apart, read_page_apart
from ingest.feeds.fetching import Fetcher, FetchFailed
from ingest.feeds.items import Item
from ingest.feeds.pages import is_page
from ingest.feeds.stamps import read_stamp
from ingest.reports import Given, given
from model.errors import InputRefused
from model.times import write_time


async def fetch_reports(fetcher: Fetcher, url: str, like: Given, *, private: bool = False) -> list[Given]:
    """Return the reports at an address, the oldest first; see `reports_in`.

    Raises:
        FetchFailed: it cannot be had.
        InputRefused: it cannot be read.
    """
    answer = await fetcher.fetch(url, private=private)
    if answer.status != HTTPStatus.OK:
        raise FetchFailed("the server says that it is gone for good")
    like = like._replace(url=like.url or answer.url)
    return await reports_in(answer.body, like, content_type=answer.content_type)


async def reports_in(data: bytes, like: Given, *, content_type: str = "") -> list[Given]:
    """Return what a document holds, the oldest report first, read in a process of its own.

    Args:
        data: the document.
        like: what is known of its reports; its URL is where the document is from.
        content_type: what the server called it.

    Raises:
        InputRefused: it is neither page, feed nor text, or past a limit; says which.
    """
    kind = content_type.strip().lower()
    if kind.startswith("text/plain") and not data.lstrip().startswith((b"<", b"{")):
        return [given(data, url=like.url, date=like.date, source=like.source)]
    if is_page(data):
        return [await _article(data, like, content_type)]
    try:
        document = await read_feed_apart(data, url=like.url, content_type=content_type)
    except InputRefused:
        if not kind.startswith("text/html"):
            raise
        return [await _article(data, like, content_type)]
    return [_report(item, like) for item in reversed(document.items) if item.title or item.text]


async def _article(data: bytes, like: Given, content_type: str) -> Given:
    kind = content_type if content_type.lower().startswith(("text/html", "application/xhtml")) else ""
    page = await read_page_apart(data, url=like.url, content_type=kind)
    date = like.date or (page.published if read_stamp(page.published)[0] is not None else None)
    text = page.text if page.text.startswith(page.title) else f"{page.title}\n\n{page.text}"
    # Of the article alone: what is around it changes with every answer.
    return given(text.encode(), url=like.url, date=date, source=like.source)._replace(title=page.title)


def _report(item: Item, like: Given) -> Given:
    date = like.date
    if date is None and item.published is not None:
        date = write_time(item.published, item.precision, "UTC")
    text = "\n\n".join(filter(None, (item.title, item.text)))
    return Given(text, item.sha256, item.title, item.link, date, like.source)
