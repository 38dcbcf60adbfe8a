"""Subscriptions to feeds. A `Feed` is a fact of the situation; its `Progress`, how polling it goes, is not."""

import enum
from typing import NamedTuple

MIN_EVERY = 30
"""Seconds between two polls of a feed, at least."""
MAX_EVERY = 7 * 86_400
"""The same, at most."""


class FeedStatus(enum.StrEnum):
    """Whether a feed is polled."""

    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"
    """The server says that the feed is gone for good."""
    REMOVED = "removed"


class Feed(NamedTuple):
    """A subscription. New items of the feed become reports of its source."""

    id: str
    url: str
    source: str
    every: int = 300
    """Seconds between two polls."""
    status: FeedStatus = FeedStatus.ACTIVE
    full_text: bool = False
    """Whether the page of an item is fetched where the feed has only a summary of it."""
    private: bool = False
    """Whether the feed, and the pages it links to, may be at private or loopback addresses."""
    items_a_day: int = 1_000
    """Reports that it may bring in a day (UTC), at most."""
    bytes_a_day: int = 20 << 20
    """Bytes of text that these may have together."""


class Progress(NamedTuple):
    """How polling a feed goes: what the next poll needs, and the feed's health. Times are UTC microseconds."""

    etag: str = ""
    modified: str = ""
    """`Last-Modified`, as the server wrote it."""
    tried_at: int | None = None
    success_at: int | None = None
    """When a poll last succeeded, whether or not anything was new."""
    new_at: int | None = None
    """When it last brought something new."""
    error: str = ""
    """What went wrong at the last poll; empty where nothing did."""
    failures: int = 0
    """Polls that failed since the last success."""
    next_at: int = 0
    """When it is polled next."""
    day: int = 0
    """The day that `day_items` and `day_bytes` are counted for, in days since 1970-01-01 (UTC)."""
    day_items: int = 0
    day_bytes: int = 0
