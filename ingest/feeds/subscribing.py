"""New subscriptions: which source a feed is of, and which id it gets."""

from typing import NamedTuple

from model.catalog import Catalog
from model.entities import Source
from model.errors import InputRefused, NameUnknown
from model.feeds import Feed, FeedStatus
from model.ids import derived_id
from model.text import clean_line, fold

_LONGEST = 40
"""Characters of an id that people type."""


class Subscription(NamedTuple):
    """A feed with the source that it needs, to be written together."""

    feed: Feed
    made: Source | None = None
    """The source, where the situation lacks it."""


def subscribe(catalog: Catalog, feed: Feed, source: str, *, create: bool) -> Subscription:
    """Return a subscription as it is to be written; one that was removed, or has ended, is taken up again.

    Args:
        catalog: the situation's.
        feed: what is asked for; its id and source are still empty.
        source: whose it is: a name, an alias or an id.
        create: make the source where the situation lacks it.

    Raises:
        InputRefused: it is subscribed to already.
        NameUnknown: there is no such source, and none is to be made.
    """
    made = None
    try:
        owner = catalog.source(source)
    except NameUnknown:
        if not create or not fold(source):
            raise
        owner = made = _source(source)
    known = next((one for one in catalog.feeds.values() if one.url == feed.url), None)
    if known is not None and known.status in (FeedStatus.ACTIVE, FeedStatus.PAUSED):
        raise InputRefused(f"{clean_line(feed.url)} is subscribed to already, as {known.id}")
    id_ = known.id if known is not None else _free_id(catalog, owner.id)
    return Subscription(feed._replace(id=id_, source=owner.id, status=FeedStatus.ACTIVE), made)


def find_feed(catalog: Catalog, name: str) -> Feed:
    """Return the subscription with this id or address.

    Raises:
        NameUnknown: none does.
    """
    found = [feed for feed in catalog.feeds.values() if name in (feed.id, feed.url)]
    if not found or found[0].status == FeedStatus.REMOVED:
        present = [feed.id for feed in catalog.feeds.values() if feed.status != FeedStatus.REMOVED]
        raise NameUnknown("feed", clean_line(name)[:100], tuple(present[:5]))
    return found[0]


def _source(name: str) -> Source:
    name = " ".join(clean_line(name).split())
    slug = fold(name).replace(" ", "-")
    id_ = slug if slug.isascii() and len(slug) <= _LONGEST else f"source-{derived_id(0, slug)[-12:]}"
    return Source(id_, name, kind="unknown")


def _free_id(catalog: Catalog, source: str) -> str:
    number = 1
    while f"{source}-{number}" in catalog.feeds:
        number += 1
    return f"{source}-{number}"
