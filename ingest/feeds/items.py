"""Feeds and their items, whatever format they came in."""

import hashlib
import re
from typing import NamedTuple

from model.times import Precision

_SURROGATE = re.compile("[\ud800-\udfff]")


def paired(text: str) -> str:
    """Return a text with the character that two surrogates stand for in their place, and U+FFFD for one alone.

    Escapes and character references can write them; nothing else can be done with such a text.
    """
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class Item(NamedTuple):
    """One entry of a feed. Texts are plain: no markup, an empty line between paragraphs."""

    title: str = ""
    link: str = ""
    """http or https; empty where it has no such link."""
    id: str = ""
    """The id that the feed gives it; empty where it gives none."""
    published: int | None = None
    """UTC microseconds; None where the feed gives no valid time."""
    precision: Precision = Precision.MINUTE
    """Of `published`: a feed may name a day only, or a month."""
    summary: str = ""
    content: str = ""
    language: str = ""
    updates: tuple[str, ...] = ()
    """Ids of the items that this one replaces (CAP: `msgType` Update)."""
    cancels: tuple[str, ...] = ()
    """Ids of the items that this one cancels (CAP: `msgType` Cancel)."""

    @property
    def text(self) -> str:
        """The item's text: its content, or its summary where it has none."""
        return self.content or self.summary

    @property
    def sha256(self) -> str:
        """Of what it says, hexadecimal: the same under another id or link."""
        return hashlib.sha256(f"{self.title}\x1f{self.summary}\x1f{self.content}".encode()).hexdigest()


class Document(NamedTuple):
    """One feed as it was read."""

    title: str = ""
    items: tuple[Item, ...] = ()
    link: str = ""
    """The page that the feed belongs to."""


def with_paired(document: Document) -> Document:
    """Return a document with each of its texts as `paired` returns it."""
    items = tuple(
        item._replace(
            title=paired(item.title),
            link=paired(item.link),
            id=paired(item.id),
            summary=paired(item.summary),
            content=paired(item.content),
            language=paired(item.language),
            updates=tuple(map(paired, item.updates)),
            cancels=tuple(map(paired, item.cancels)),
        )
        for item in document.items
    )
    return Document(paired(document.title), items, paired(document.link))
