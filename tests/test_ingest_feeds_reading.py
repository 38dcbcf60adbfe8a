"""Feeds of every kind, from the collections of two feed readers, and hostile ones: bytes become items, or a refusal."""

import datetime as dt
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.feeds.apart import read_feed_apart
from ingest.feeds.items import Document, Item
from ingest.feeds.limits import MAX_BYTES, MAX_DEPTH, MAX_ITEMS
from ingest.feeds.pages import is_page
from ingest.feeds.plain import plain_text
from ingest.feeds.reading import parse_markup, read_feed
from model.errors import InputRefused
from model.times import SECOND, Precision, parse_time

DATA = Path(__file__).parents[2] / "shared" / "data"
CASES = sorted((DATA / "feedparser_cases").rglob("*.xml"))
FIXTURES = sorted((DATA / "feedrs_fixtures").rglob("*.serde.json"))
ALERT = DATA / "cap_alerts" / "cap_amber_alert_example.xml"
needs_data = pytest.mark.skipif(not CASES, reason="../shared/data/feedparser_cases is absent")

DIFFERENT = {
    "entry_id_no_normalization_4.xml": "feedparser 6.0.14 makes the host's letters small",
    "itunes_channel_explicit_no.xml": "feedparser 6.0.14 says None",
    "item_description_not_a_doctype.xml": "feedparser 6.0.14 reads the rest otherwise",
}
"""Cases that feedparser itself does not meet."""


def text_of(case: bytes) -> str:
    wide = case[:2] in (b"\xfe\xff", b"\xff\xfe")
    return case.decode("utf-16" if wide else "utf-16-be" if case[:1] == b"\0" else "utf-8", "replace")


def headers_of(path: Path, text: str) -> dict[str, str]:
    """What the server of feedparser's own tests says, and the header that a case asks for."""
    where = path.relative_to(DATA / "feedparser_cases").as_posix()
    headers = {"content-type": "application/xml", "content-location": f"http://127.0.0.1:8097/{where}"}
    asked = re.findall(r"^Header:\s*([\w-]+):(.*)$", text, re.MULTILINE)
    return headers | {name.lower(): value.strip() for name, value in asked}


@needs_data
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
def test_feedparsers_own_cases_are_read_as_they_expect(path: Path) -> None:
    case = path.read_bytes()
    text = text_of(case)
    headers = headers_of(path, text)
    expected = re.search(r"Expect:\s*(.*?)(?:\n|-->)", text)
    assert expected is not None
    met = bool(eval(expected[1].strip(), {}, parse_markup(case, headers)))
    assert met is (path.name not in DIFFERENT), DIFFERENT.get(path.name, expected[1])
    document = read_feed(case, url=headers["content-location"], content_type=headers["content-type"])
    assert all(isinstance(item, Item) for item in document.items)


@pytest.mark.skipif(not FIXTURES, reason="../shared/data/feedrs_fixtures is absent")
@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.name)
def test_another_readers_fixtures_give_the_same_items(path: Path) -> None:
    expected = json.loads(path.read_text(encoding="utf-8"))
    document = read_feed(path.with_name(path.name.replace(".serde.json", ".xml")).read_bytes())
    assert len(document.items) == len(expected["entries"])
    for item, entry in zip(document.items, expected["entries"], strict=True):
        assert item.title == " ".join(((entry["title"] or {}).get("content") or "").split())
        stamps = [moment for moment in (entry["published"], entry["updated"]) if moment]
        if stamps:
            assert item.published is not None
            assert item.published // SECOND in [parse_time(stamp)[0] // SECOND for stamp in stamps]
        links = [link["href"] for link in entry["links"]]
        assert item.link in links or not links  # an id that is an address is a link to us
        made_up = re.fullmatch(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", entry["id"])
        assert item.id == entry["id"] or (made_up and item.id in ("", item.link))


RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>World</title>%s</channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom" xmlns:cap="urn:oasis:names:tc:emergency:cap:1.2">%s</feed>"""


def only(document: Document) -> Item:
    (item,) = document.items
    return item


def test_markup_becomes_the_text_that_a_reader_sees() -> None:
    item = only(
        read_feed(
            RSS
            % b"<item><title>A &amp;lt;b&amp;gt;bold&amp;lt;/b&amp;gt; <![CDATA[<i>claim</i>]]></title><description>"
            b"<![CDATA[<p>One\nline.</p><p>Two<br>three<script>alert(1)</script></p>]]></description></item>"
        )
    )
    assert item.summary == "One line.\n\nTwo\nthree"
    assert "claim" in item.title
    assert "<i>" not in item.title
    assert plain_text("&lt;not a tag&gt; AT&amp;T") == "<not a tag> AT&T"


@pytest.mark.parametrize(
    ("written", "instant", "precision"),
    [
        ("Thu, 12 Aug 2021 14:20:00 +0430", "2021-08-12T09:50Z", Precision.MINUTE),
        ("2021-08-12T14:20:00Z", "2021-08-12T14:20Z", Precision.MINUTE),
        ("2021-08-12", "2021-08-12", Precision.DAY),
        ("2021-08", "2021-08", Precision.MONTH),
        ("next week", None, Precision.MINUTE),
    ],
)
def test_a_time_is_as_precise_as_it_was_written(written: str, instant: str | None, precision: Precision) -> None:
    item = only(read_feed(RSS % f"<item><title>x</title><pubDate>{written}</pubDate></item>".encode()))
    assert item.published == (parse_time(instant)[0] if instant else None)
    assert item.precision is precision


@pytest.mark.parametrize("link", ["javascript:alert(1)", "file:///etc/passwd", "http://", "http://[::1", "data:,x"])
def test_a_link_that_leads_to_no_page_is_none(link: str) -> None:
    assert only(read_feed(RSS % f"<item><title>x</title><link>{link}</link></item>".encode())).link == ""


def test_a_relative_link_is_completed_by_where_the_feed_came_from() -> None:
    data = RSS % b"<item><title>x</title><link>/one</link></item>"
    assert only(read_feed(data, url="https://example.org/feeds/world.xml")).link == "https://example.org/one"


def test_json_feed_items_are_read_and_strange_ones_left_out() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "World",
        "language": "en-GB",
        "items": [
            {"id": 7, "url": "/7", "content_html": "<p>Seven</p>", "date_published": "2021-08-12T14:20:05+04:30"},
            {"id": "8", "title": "Eight", "content_text": "a <b", "summary": "s", "date_modified": "2021-08-12T00:00Z"},
            "no item",
            {"id": True, "title": ["x"]},
        ],
    }
    document = read_feed(json.dumps(feed).encode(), url="https://example.org/feed.json")
    first, second, third = document.items
    assert (first.id, first.link, first.content, first.language) == ("7", "https://example.org/7", "Seven", "en")
    assert first.published == parse_time("2021-08-12T09:50:05Z")[0]
    assert (second.id, second.content, second.summary) == ("8", "a <b", "s")
    assert (third.id, third.title) == ("", "")


@pytest.mark.parametrize("data", [b"{", b'{"items": []}', b'{"version": "x", "items": [1]}', b'{"a":' * 100_000])
def test_json_that_is_no_feed_is_refused(data: bytes) -> None:
    with pytest.raises(InputRefused, match="JSON"):
        read_feed(data)


@pytest.mark.skipif(not ALERT.exists(), reason="../shared/data/cap_alerts is absent")
def test_an_alert_is_one_item() -> None:
    item = only(read_feed(ALERT.read_bytes()))
    assert item.id == "KARO@CLETS.DOJ.CA.GOV,KAR0-0306112239-SW,2003-06-11T22:39:00-07:00"
    assert item.title == "Amber Alert in Los Angeles County"
    assert item.published == parse_time("2003-06-12T05:39Z")[0]
    assert "KHAYRI DOE JR." in item.summary
    assert "Area: Los Angeles County" in item.content
    assert item.updates == item.cancels == ()


@pytest.mark.skipif(not ALERT.exists(), reason="../shared/data/cap_alerts is absent")
@pytest.mark.parametrize("kind", ["Update", "Cancel"])
def test_a_later_alert_names_those_that_it_updates_or_cancels(kind: str) -> None:
    first = only(read_feed(ALERT.read_bytes()))
    later = ALERT.read_bytes().replace(b"<msgType>Alert<", f"<msgType>{kind}<".encode())
    later = later.replace(
        b"<info>", f"<references>{first.id} a,b,2003-01-01T00:00:00-00:00</references><info>".encode(), 1
    )
    item = only(read_feed(later))
    named = (first.id, "a,b,2003-01-01T00:00:00-00:00")
    assert (item.updates, item.cancels) == ((named, ()) if kind == "Update" else ((), named))
    assert item.title == f"{kind}: Amber Alert in Los Angeles County"


def test_an_alert_in_an_atom_feed_names_those_that_it_cancels() -> None:
    entry = b"<entry><id>2</id><cap:msgType>Cancel</cap:msgType><cap:references>s,1,t</cap:references></entry>"
    assert only(read_feed(ATOM % entry)).cancels == ("s,1,t",)


def test_an_alert_that_cannot_be_told_apart_is_refused() -> None:
    with pytest.raises(InputRefused, match="sender"):
        read_feed(b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><sender>x</sender></alert>')


def test_a_web_page_is_refused_with_the_feeds_that_it_names() -> None:
    page = (
        b'<!DOCTYPE html><html><head><link rel="alternate" type="application/rss+xml" href="/world.xml"></head></html>'
    )
    with pytest.raises(InputRefused, match=r"web page.*https://example\.org/world\.xml"):
        read_feed(page, url="https://example.org/")
    assert is_page(b'<?xml version="1.0"?>\n<!-- x --> <!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN"><html/>')


BOMBS = {
    "laughs": b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><rss><title>&b;</title></rss>',
    "quadratic": b'<!DOCTYPE x [<!ENTITY a "%s">]><rss>%s</rss>' % (b"a" * 100_000, b"&a;" * 100_000),
    "outside": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><title>&a;</title></rss>',
    "parameter": b'<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1/x"> %a;]><rss/>',
    "small letters": b'<!DOCTYPE x [<!entity a "b">]><rss/>',
    "wide": '<!DOCTYPE x [<!ENTITY a "b">]><rss/>'.encode("utf-16"),
    "wider": '<!DOCTYPE x [<!ENTITY a "b">]><rss/>'.encode("utf-32"),
    "deep": b"<a>" * (MAX_DEPTH + 1),
    "broad": b"<rss>" + b"<a/>" * 200_001 + b"</rss>",
    "long": b" " * (MAX_BYTES + 1),
    "empty": b" \n",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_before_a_parser_sees_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "feedparser", None)
    with pytest.raises(InputRefused):
        read_feed(BOMBS[name])


@pytest.mark.skipif(not (DATA / "xml_bombs").exists(), reason="../shared/data/xml_bombs is absent")
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="this system does not say how much memory was used")
def test_a_bomb_costs_the_command_less_than_a_second_and_50_mb() -> None:
    code = """
import resource, sys
from sitmon.cli import main
assert main(["feed", "show", sys.argv[1]]) == 2
used = resource.getrusage(resource.RUSAGE_SELF)
highest = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(used.ru_utime + used.ru_stime, highest.split()[1])
"""
    command = [sys.executable, "-c", code, str(DATA / "xml_bombs" / "xmlbomb.xml")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    seconds, kilobytes = done.stdout.split()
    assert float(seconds) < 1
    assert int(kilobytes) < 50_000


def test_at_most_so_many_items_are_kept() -> None:
    data = RSS % (b"<item><title>x</title></item>" * (MAX_ITEMS + 1))
    assert len(read_feed(data).items) == MAX_ITEMS


async def test_what_keeps_a_parser_busy_for_minutes_is_given_up_and_one_refusal() -> None:
    endless = RSS % (b"<item><description>" + b"&lt;!--" * 200_000 + b"</description></item>")
    with pytest.raises(InputRefused, match="stopped"):
        await read_feed_apart(endless, seconds=1)


async def test_reading_apart_gives_what_reading_gives() -> None:
    data = (
        ATOM % b"<title>W</title><entry><id>1</id><title>\xd9\x87\xd8\xb1</title><published>2021-08</published></entry>"
    )
    assert await read_feed_apart(data, url="https://example.org/") == read_feed(data, url="https://example.org/")
    with pytest.raises(InputRefused, match="not RSS"):
        await read_feed_apart(b"<root/>")


SEEDS: list[bytes] = [
    RSS
    % b"<item><guid>1</guid><pubDate>Thu, 12 Aug 2021 14:20:00 GMT</pubDate><description>&lt;p</description></item>",
    ATOM
    % b"<entry><id>1</id><updated>2021-08-12T00:00:00Z</updated><content type='xhtml'><div>x</div></content></entry>",
    b'{"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", "date_published": "2021-08-12T00:00:00Z"}]}',
    b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><sender>a</sender><sent>c</sent></alert>',
]


@settings(max_examples=150)
@given(data=st.data())
def test_whatever_the_bytes_are_the_answer_is_items_or_a_refusal(data: Any) -> None:
    document = bytearray(data.draw(st.sampled_from(SEEDS)))
    for _ in range(data.draw(st.integers(0, 4))):
        place = data.draw(st.integers(0, len(document)))
        document[place : place + data.draw(st.integers(0, 12))] = data.draw(st.binary(max_size=12))
    try:
        read = read_feed(bytes(document), url="https://example.org/")
    except InputRefused:
        return
    for item in read.items:
        assert item.published is None or dt.datetime.fromtimestamp(item.published / SECOND, dt.UTC)
        assert item.link == "" or item.link.startswith(("http://", "https://"))


def test_surrogates_are_made_one_character_or_replaced() -> None:
    said = {"id": "\ud800", "url": "https://example.org/\udfff", "title": "a\ud83d\ude00", "content_text": "\udfffb"}
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "\ud800", "language": "\ud800", "items": [said]}
    document = read_feed(json.dumps(feed).encode())
    (item,) = document.items
    assert (document.title, item.id, item.title, item.text) == ("\ufffd", "\ufffd", "a\U0001f600", "\ufffdb")
    assert item.sha256
    assert f"{item.link}{item.language}".encode()
