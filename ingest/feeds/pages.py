"""The article of a web page, without navigation, advertisements and the like."""

import logging
import re
from contextlib import suppress
from typing import NamedTuple

from ingest.feeds.limits import require_bounded
from ingest.feeds.plain import plain_line, plain_text
from model.errors import InputRefused

BLANK = b"\xef\xbb\xbf \t\r\n"
"""Bytes that may precede a document."""
_PAGE = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.*?-->\s*)*(?:<!doctype\s+html|<html[\s>])", re.IGNORECASE | re.DOTALL
)
_LEAST = 200
"""Characters that an article has at the least; what is shorter is a notice, a login, a question about cookies."""
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_TYPES = ("text/html", "application/xhtml+xml")
_DATED = re.compile(rb"<meta\b[^>]{0,300}(?:article:published_time|datePublished)[^>]{0,300}>", re.IGNORECASE)
_CONTENT = re.compile(rb"content\s*=\s*[\"']?([^\"'>]{1,40})", re.IGNORECASE)
_HEAD = 262_144
"""Bytes of a page in which its time is looked for."""


class Page(NamedTuple):
    """The article of a web page."""

    title: str
    text: str
    published: str = ""
    """As the page has it; empty where it says nothing."""


def is_page(data: bytes) -> bool:
    """Say whether a document begins as web pages do."""
    return _PAGE.match(data[:4_096].lstrip(BLANK)) is not None


def read_page(data: bytes, *, url: str = "", content_type: str = "") -> Page:
    """Return a page's article.

    Args:
        data: the page as it came, decompressed.
        url: where it came from.
        content_type: what the server called it.

    Raises:
        InputRefused: it is not a page, past a limit, or has no article that can be told apart.
    """
    if content_type and not content_type.strip().lower().startswith(_TYPES):
        raise InputRefused("the page is not a web page")
    require_bounded(data)
    import readability

    logging.getLogger("readability").setLevel(logging.CRITICAL)
    charset = _CHARSET.search(content_type)
    page: bytes | str = data
    if charset is not None:
        with suppress(LookupError):
            page = data.decode(charset[1], errors="replace")
    try:
        document = readability.Document(page, url=url)
        text = plain_text(document.summary(html_partial=True))
        title = plain_line(document.short_title())
    except (readability.readability.Unparseable, ValueError, LookupError, TypeError, AttributeError) as error:
        raise InputRefused(f"the page cannot be read ({type(error).__name__})") from None
    if len(text) < _LEAST:
        raise InputRefused("no article can be told apart on the page")
    dated = _DATED.search(data[:_HEAD])
    stamp = _CONTENT.search(dated[0]) if dated else None
    return Page(title, text, stamp[1].decode("ascii", "replace").strip() if stamp else "")
