"""Subscriptions to feeds: what is subscribed to is a fact of the situation; how it fares is not."""

import enum
from typing import NamedTuple

MIN_EVERY = 30
"""Seconds between two looks at a feed, at the least."""
MAX_EVERY = 7 * 86_400


class FeedStatus(enum.StrEnum):
    """Whether a feed is asked for news."""

    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"
    """The server says that it is gone for good."""
    REMOVED = "removed"


class Feed(NamedTuple):
    """A subscription. What is new in the feed becomes reports of its source."""

    id: str
    url: str
    source: str
    every: int = 300
    """Seconds between two looks."""
    status: FeedStatus = FeedStatus.ACTIVE
    full_text: bool = False
    """Whether the page of an item is fetched where the feed has only a summary of it."""
    private: bool = False
    """Whether it, and what it leads to, may be at a private or loopback address."""
    items_a_day: int = 1_000
    """Reports that it may bring in a day (UTC) at most."""
    bytes_a_day: int = 20 << 20
    """Bytes of text that they may have in all."""


class Progress(NamedTuple):
    """How a subscription fares: what the next look needs, and what its health is. Times are UTC microseconds."""

    etag: str = ""
    modified: str = ""
    """`Last-Modified`, as the server wrote it."""
    tried_at: int | None = None
    success_at: int | None = None
    """When the server last answered as it should, be it that nothing is new."""
    new_at: int | None = None
    """When it last brought something new."""
    error: str = ""
    """What went wrong at the last try; empty where nothing did."""
    failures: int = 0
    """Tries since the last success."""
    next_at: int = 0
    """When it is to be tried next."""
    day: int = 0
    """Days since 1970 (UTC) of the day that the next two count."""
    day_items: int = 0
    day_bytes: int = 0
