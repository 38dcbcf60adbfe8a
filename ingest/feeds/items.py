"""Feeds and their items, whatever format they came in."""

import hashlib
from typing import NamedTuple

from model.times import Precision


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
