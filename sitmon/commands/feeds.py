"""`sitmon feed ...`: what feeds carry, and which ones are subscribed to."""

import sys

import click

from export.files import write_jsonl
from export.view import Record
from ingest.feeds.items import Item
from ingest.feeds.limits import MAX_BYTES
from model.times import write_time
from sitmon.session import run


@click.group("feed", short_help="Subscribe to feeds, and look into them.")
def feed_command() -> None:
    """Subscribe to RSS, Atom, JSON Feed and CAP; what is new in them becomes reports.

    \b
    sitmon feed show https://example.org/world.xml
    """  # noqa: D301 - click's mark for lines that stay as they are


@feed_command.command("show")
@click.argument("where", metavar="FILE|URL")
def show_command(where: str) -> None:
    """Print what a feed carries, one JSON line an item; `-` is stdin. Stores nothing.

    Each line has title, link, id, published, summary and content, as plain text; an alert that takes the place of
    others or takes them back also names them, as updates and cancels.

    \b
    sitmon feed show world.xml
    curl -s https://example.org/world.xml | sitmon feed show -
    """  # noqa: D301 - click's mark for lines that stay as they are
    from ingest.feeds.apart import read_feed_apart

    with click.open_file(where, "rb") as stream:
        data = stream.read(MAX_BYTES + 1)
    document = run(read_feed_apart(data))
    write_jsonl(sys.stdout, map(_record, document.items))


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
