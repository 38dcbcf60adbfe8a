"""OPML 2.0, in which feed readers exchange subscriptions."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple
from xml.etree import ElementTree as ET

from ingest.feeds.limits import require_bounded
from model.catalog import Catalog
from model.errors import InputRefused
from model.feeds import Feed
from model.text import clean_line

_MOST = 10_000
"""Subscriptions that are read of one file."""


class Outline(NamedTuple):
    """One subscription as a file names it."""

    url: str
    title: str


def read_opml(data: bytes) -> tuple[Outline, ...]:
    """Read the subscriptions of a file, in whatever folders they are.

    Raises:
        InputRefused: it is not OPML, or past a limit.
    """
    require_bounded(data)
    try:
        root = ET.fromstring(data)  # noqa: S314 - its entities and its depth were looked at before
    except (ET.ParseError, LookupError, ValueError) as error:
        raise InputRefused(f"the file is not well-formed XML: {error}") from None
    if root.tag != "opml":
        raise InputRefused(f"the file is not OPML: it begins with {clean_line(str(root.tag))[:60]!r}")
    return tuple(_outlines(root))[:_MOST]


def _outlines(root: ET.Element) -> Iterator[Outline]:
    for outline in root.iter("outline"):
        url = clean_line(outline.get("xmlUrl") or "").strip()
        if url:
            title = clean_line(outline.get("title") or outline.get("text") or "").strip()
            yield Outline(url, title)


def write_opml(feeds: Iterable[Feed], catalog: Catalog) -> str:
    """Return a file of subscriptions, each under the name of its source."""
    root = ET.Element("opml", version="2.0")
    head = ET.SubElement(root, "head")
    ET.SubElement(head, "title").text = f"Feeds of {clean_line(catalog.situation.name)}"
    body = ET.SubElement(root, "body")
    for feed in feeds:
        name = clean_line(catalog.sources[feed.source].name)
        ET.SubElement(body, "outline", type="rss", text=name, title=name, xmlUrl=clean_line(feed.url))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'
