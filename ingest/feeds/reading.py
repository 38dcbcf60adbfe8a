"""Reading a feed's bytes into items: RSS 0.9x to 2.0, RDF, Atom, JSON Feed and CAP, told apart by their content.

RSS, RDF and Atom are read by feedparser, also where not well-formed; it is imported when it is needed.
"""

import io
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from xml.parsers import expat

from ingest.feeds.cap import is_cap, read_cap, references_of
from ingest.feeds.items import Document, Item, with_paired
from ingest.feeds.jsonfeed import read_json_feed, web_link
from ingest.feeds.limits import MAX_ITEMS, require_bounded
from ingest.feeds.pages import BLANK, is_page
from ingest.feeds.plain import plain_line, plain_text
from ingest.feeds.stamps import read_stamp
from model.errors import InputRefused

_FEED_LINK = re.compile(rb"<link\b[^>]{0,500}application/(?:rss|atom)\+xml[^>]{0,500}>", re.IGNORECASE)
_HREF = re.compile(rb"href\s*=\s*[\"']?([^\"'\s>]{1,500})", re.IGNORECASE)


def read_feed(data: bytes, *, url: str = "", content_type: str = "") -> Document:
    """Read a feed of any of these formats.

    Args:
        data: the document as it came, decompressed.
        url: where it came from, for links that name no host.
        content_type: what the server called it; decides the encoding as HTTP says.

    Raises:
        InputRefused: it is not a feed, or past a limit; says which.
    """
    require_bounded(data)
    return with_paired(_read(data, url, content_type))


def _read(data: bytes, url: str, content_type: str) -> Document:
    start = data[:64].lstrip(BLANK)
    if not start:
        raise InputRefused("the document is empty")
    if start.startswith(b"{"):
        return read_json_feed(data, url)
    if is_cap(_root(data)):
        return read_cap(data)
    # Without where it came from: ids that look like addresses must not change when the feed moves.
    parsed = parse_markup(data, {"content-type": content_type or "application/xml"})
    entries = parsed["entries"]
    if not entries and not parsed.get("version"):
        raise InputRefused(_no_feed(data, url))
    feed = parsed["feed"]
    return Document(
        _line(feed, "title"),
        tuple(_item(entry, feed, url) for entry in entries[:MAX_ITEMS]),
        web_link(feed.get("link") or "", url),
    )


def parse_markup(data: bytes, headers: Mapping[str, str]) -> Any:
    """Return what feedparser makes of a document within the limits; it asks no server and opens no file.

    Args:
        data: the document.
        headers: of the answer that brought it, names in lower case.
    """
    require_bounded(data)
    import feedparser

    try:
        return feedparser.parse(io.BytesIO(data), response_headers=dict(headers))
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError) as error:
        # What feedparser itself stumbles over is one document's fault, and must not end a poller of many.
        raise InputRefused(f"the document cannot be read as a feed ({type(error).__name__})") from None


def _root(data: bytes) -> str:
    """Return the first element, as `{namespace}name`; nothing where it is not XML."""
    found: list[str] = []
    parser = expat.ParserCreate(namespace_separator="}")

    def start(name: str, _attributes: object) -> None:
        found.append("{" + name if "}" in name else name)
        parser.StartElementHandler = None

    parser.StartElementHandler = start
    with suppress(expat.ExpatError, LookupError, ValueError):
        parser.Parse(data[:65_536], False)
    return found[0] if found else ""


def _no_feed(data: bytes, url: str) -> str:
    if not is_page(data) and b"<html" not in data[:4_096].lower():
        return "the document is not RSS, RDF, Atom, JSON Feed or CAP"
    links = [_HREF.search(tag) for tag in _FEED_LINK.findall(data[:262_144])]
    feeds = [web_link(link[1].decode("ascii", "replace"), url) for link in links if link]
    hint = f"; it names these: {', '.join(feeds[:3])}" if any(feeds) else ""
    return f"the document is a web page, not a feed{hint}"


def _item(entry: Any, feed: Any, base: str) -> Item:
    published, precision = _published(entry)
    references = references_of(entry.get("cap_references") or "")
    kind = (entry.get("cap_msgtype") or "").strip()
    return Item(
        title=_line(entry, "title"),
        link=web_link(entry.get("link") or "", base),
        id=(entry.get("id") or "").strip(),
        published=published,
        precision=precision,
        summary=_plain(entry.get("summary") or "", entry.get("summary_detail") or {}),
        content=_content(entry),
        language=(_language(entry) or feed.get("language") or "").partition("-")[0].lower(),
        updates=references if kind == "Update" else (),
        cancels=references if kind == "Cancel" else (),
    )


def _published(entry: Any) -> tuple[Any, Any]:
    stamp: tuple[Any, Any] = (None, Item().precision)
    for key in ("published", "updated", "created"):
        # Asked for what is missing, feedparser answers with another one of them; `in` is exact.
        if key in entry and entry.get(f"{key}_parsed") is not None:
            stamp = read_stamp(entry[key], entry[f"{key}_parsed"])
            if stamp[0] is not None:
                break
    return stamp


def _line(values: Any, key: str) -> str:
    text = values.get(key) or ""
    detail = values.get(f"{key}_detail") or {}
    return plain_line(text) if detail.get("type") != "text/plain" else " ".join(text.split())


def _content(entry: Any) -> str:
    texts = [
        _plain(part.get("value") or "", part)
        for part in entry.get("content") or ()
        if part.get("type") in ("text/plain", "text/html", "application/xhtml+xml")
    ]
    return max(texts, key=len, default="")


def _plain(text: str, detail: Any) -> str:
    return text.strip() if detail.get("type") == "text/plain" else plain_text(text)


def _language(entry: Any) -> str:
    for part in (*(entry.get("content") or ()), entry.get("summary_detail"), entry.get("title_detail")):
        if part and part.get("language"):
            return str(part["language"])
    return ""
