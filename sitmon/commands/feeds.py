"""`sitmon feed ...`: what feeds carry, and which ones are subscribed to."""

import sys
from http import HTTPStatus

import click

from export.files import write_jsonl
from export.view import Record
from ingest.feeds.items import Document, Item
from ingest.feeds.limits import MAX_BYTES
from model.errors import InputRefused
from model.times import write_time
from sitmon import __version__
from sitmon.session import run

AGENT = f"sitmon/{__version__}"
"""What servers are told that asks."""


@click.group("feed", short_help="Subscribe to feeds, and look into them.")
def feed_command() -> None:
    """Subscribe to RSS, Atom, JSON Feed and CAP; what is new in them becomes reports.

    \b
    sitmon feed show https://example.org/world.xml
    """  # noqa: D301 - click's mark for lines that stay as they are


@feed_command.command("show")
@click.argument("where", metavar="FILE|URL")
@click.option("--private", is_flag=True, help="The URL may be at a private or loopback address.")
def show_command(where: str, *, private: bool) -> None:
    """Print what a feed carries, one JSON line an item; `-` is stdin. Stores nothing.

    Each line has title, link, id, published, summary and content, as plain text; an alert that takes the place of
    others or takes them back also names them, as updates and cancels.

    \b
    sitmon feed show world.xml
    sitmon feed show https://example.org/world.xml
    """  # noqa: D301 - click's mark for lines that stay as they are
    document = run(_read_where(where, private=private))
    write_jsonl(sys.stdout, map(_record, document.items))


async def _read_where(where: str, *, private: bool) -> Document:
    from ingest.feeds.apart import read_feed_apart

    if "://" not in where:
        with click.open_file(where, "rb") as stream:
            return await read_feed_apart(stream.read(MAX_BYTES + 1))
    from ingest.feeds.fetching import Fetcher

    async with Fetcher(agent=AGENT) as fetcher:
        answer = await fetcher.fetch(where, private=private)
    if answer.status != HTTPStatus.OK:
        raise InputRefused(f"the server says that {where} is gone for good")
    return await read_feed_apart(answer.body, url=answer.url, content_type=answer.content_type)


def _record(item: Item) -> Record:
    published = None if item.published is None else write_time(item.published, item.precision, "UTC")
    record: Record = {
        "title": item.title,
        "link": item.link or None,
        "id": item.id or None,
        "published": published,
        "summary": item.summary,
        "content": item.content,
    }
    for name, others in (("updates", item.updates), ("cancels", item.cancels)):
        if others:
            record[name] = list(others)
    return record
