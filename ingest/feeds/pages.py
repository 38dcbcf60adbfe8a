"""The article of a web page, without what stands around it."""

import logging
import re
from contextlib import suppress

from ingest.feeds.limits import require_bounded
from ingest.feeds.plain import plain_text
from model.errors import InputRefused

_LEAST = 200
"""Characters that an article has at the least; what is shorter is a notice, a login, a question about cookies."""
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_TYPES = ("text/html", "application/xhtml+xml")


def read_page(data: bytes, *, url: str = "", content_type: str = "") -> str:
    """Return the text of a page's article.

    Args:
        data: the page as it came, decompressed.
        url: where it came from.
        content_type: what the server called it.

    Raises:
        InputRefused: it is no page, past a limit, or has no article that can be told apart.
    """
    if content_type and not content_type.strip().lower().startswith(_TYPES):
        raise InputRefused("the page is no web page")
    require_bounded(data)
    import readability

    logging.getLogger("readability").setLevel(logging.CRITICAL)
    charset = _CHARSET.search(content_type)
    page: bytes | str = data
    if charset is not None:
        with suppress(LookupError):
            page = data.decode(charset[1], errors="replace")
    try:
        text = plain_text(readability.Document(page, url=url).summary(html_partial=True))
    except (readability.readability.Unparseable, ValueError, LookupError, TypeError, AttributeError) as error:
        raise InputRefused(f"the page cannot be read ({type(error).__name__})") from None
    if len(text) < _LEAST:
        raise InputRefused("no article can be told apart on the page")
    return text
