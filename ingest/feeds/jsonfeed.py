"""JSON Feed 1.0 and 1.1."""

import json
from collections.abc import Mapping
from typing import Any

from ingest.feeds.items import Document, Item
from ingest.feeds.limits import MAX_ITEMS
from ingest.feeds.plain import plain_line, plain_text
from ingest.feeds.stamps import read_stamp
from model.errors import InputRefused


def read_json_feed(data: bytes, base: str) -> Document:
    """Read a JSON Feed.

    Args:
        data: the document.
        base: where it came from, for links that name no host.

    Raises:
        InputRefused: it is not JSON, or not a feed.
    """
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        raise InputRefused("the document begins like JSON, but is not valid JSON") from None
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list) or "jsonfeed.org" not in _text(document, "version"):
        raise InputRefused("the document is JSON, but no JSON Feed: those say so in `version` and have `items`")
    language = _text(document, "language")
    return Document(
        plain_line(_text(document, "title")),
        tuple(_item(item, base, language) for item in items[:MAX_ITEMS] if isinstance(item, dict)),
        web_link(_text(document, "home_page_url"), base),
    )


def web_link(link: str, base: str) -> str:
    """Return a link as an absolute http or https address; empty where it is not one."""
    from urllib.parse import urljoin, urlsplit

    try:
        whole = urljoin(base, link.strip()) if link else ""
        parts = urlsplit(whole)
    except ValueError:
        return ""
    return whole if parts.scheme in ("http", "https") and parts.netloc else ""


def _item(values: Mapping[str, Any], base: str, language: str) -> Item:
    for key in ("date_published", "date_modified"):
        published, precision = read_stamp(_text(values, key))
        if published is not None:
            break
    content = _text(values, "content_text").strip() or plain_text(_text(values, "content_html"))
    return Item(
        title=plain_line(_text(values, "title")),
        link=web_link(_text(values, "url") or _text(values, "external_url"), base),
        id=_id(values.get("id")),
        published=published,
        precision=precision,
        summary=plain_text(_text(values, "summary")),
        content=content,
        language=(_text(values, "language") or language).partition("-")[0].lower(),
    )


def _text(values: Mapping[str, Any], key: str) -> str:
    value = values.get(key)
    return value if isinstance(value, str) else ""


def _id(value: object) -> str:
    """Return an id: readers must take numbers for the text that they are written as."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
