"""New subscriptions: what they are called, whose they are, and OPML in and out."""

import dataclasses
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.feeds.opml import read_opml, write_opml
from ingest.feeds.subscribing import find_feed, subscribe
from model.catalog import Catalog
from model.errors import InputRefused, NameUnknown
from model.feeds import Feed, FeedStatus


def test_subscribing_names_the_feed_after_its_source(catalog: Catalog) -> None:
    wanted = Feed("", "https://example.org/world.xml", "")
    one = subscribe(catalog, wanted, "The Wire", create=False)
    assert (one.feed.id, one.feed.source, one.made) == ("wire-1", "wire", None)
    known = dataclasses.replace(catalog, feeds={one.feed.id: one.feed})
    with pytest.raises(InputRefused, match="subscribed to already, as wire-1"):
        subscribe(known, wanted, "wire", create=False)
    assert subscribe(known, wanted._replace(url="https://example.org/2"), "wire", create=False).feed.id == "wire-2"
    removed = dataclasses.replace(catalog, feeds={"wire-1": one.feed._replace(status=FeedStatus.REMOVED)})
    assert subscribe(removed, wanted, "wire", create=False).feed == one.feed
    with pytest.raises(NameUnknown):
        subscribe(catalog, wanted, "The Herald", create=False)
    made = subscribe(catalog, wanted, "The Herald", create=True)
    assert made.made is not None
    assert (made.made.id, made.made.name, made.feed.id) == ("the-herald", "The Herald", "the-herald-1")
    assert find_feed(known, "https://example.org/world.xml") == find_feed(known, "wire-1") == one.feed
    with pytest.raises(NameUnknown, match="nearest: wire-1"):
        find_feed(known, "nobody")


def test_subscriptions_go_out_as_opml_and_come_back(catalog: Catalog) -> None:
    feeds = [
        Feed("wire-1", "https://example.org/?a=1&b=<2>", "wire"),
        Feed("gazette-1", "https://example.com/", "gazette"),
    ]
    written = write_opml(feeds, catalog).encode()
    assert [(one.url, one.title) for one in read_opml(written)] == [
        ("https://example.org/?a=1&b=<2>", "The Wire"),
        ("https://example.com/", "The Gazette"),
    ]


def test_opml_is_read_from_folders_and_what_it_says_to_run_is_not_looked_at() -> None:
    file = b"""<opml version="1.0"><body><outline text="News"><outline type="rss" text="A" xmlUrl="https://example.org/a"/>
        </outline><outline type="rss" text="B" xmlUrl="exec:rm -rf ~"/><outline text="C"/></body></opml>"""
    assert [one.url for one in read_opml(file)] == ["https://example.org/a", "exec:rm -rf ~"]


@given(st.binary(max_size=40), st.integers(0, 60))
def test_whatever_the_bytes_are_opml_is_read_or_refused(bytes_: bytes, place: int) -> None:
    whole = b"<opml version='2.0'><body><outline xmlUrl='https://example.org/' text='A'/></body></opml>"
    with suppress(InputRefused):
        assert all(one.url for one in read_opml(whole[:place] + bytes_ + whole[place + len(bytes_) :]))


@pytest.mark.parametrize("data", [b"", b"<rss/>", b"<opml>", b'<!DOCTYPE x [<!ENTITY a "b">]><opml/>'])
def test_what_is_no_opml_is_refused(data: bytes) -> None:
    with pytest.raises(InputRefused):
        read_opml(data)
