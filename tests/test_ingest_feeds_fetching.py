"""Fetching from a real server on loopback that stalls, truncates, loops, lies and never ends: bounded, and said."""

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ingest.feeds.addresses import is_public
from ingest.feeds.fetching import Answer, Fetcher, FetchFailed, Limits
from tests.feed_server import FeedServer, Request, serving

CASES = sorted((Path(__file__).parents[2] / "shared" / "data" / "feedparser_cases").rglob("*.xml"))
BODY = b"<rss><channel><title>World</title></channel></rss>"
QUICK = Limits(seconds=5, silence=0.2, size=100_000, gap=0)


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with serving() as served:
        yield served


async def fetch(
    url: str, limits: Limits = QUICK, *, etag: str = "", modified: str = "", private: bool = True
) -> Answer:
    async with Fetcher(limits) as fetcher:
        return await fetcher.fetch(url, etag=etag, modified=modified, private=private)


async def test_a_document_comes_with_what_the_next_question_needs(server: FeedServer) -> None:
    url = server.page("/", body=BODY, etag='"1"', last_modified="Thu, 12 Aug 2021 10:00:00 GMT")
    answer = await fetch(url)
    assert answer == Answer(200, url, "", BODY, "application/xml", '"1"', "Thu, 12 Aug 2021 10:00:00 GMT")
    asked = server.asked[0].headers
    assert asked["host"] == f"127.0.0.1:{server.port}"
    assert "if-none-match" not in asked
    assert "cookie" not in asked


async def test_what_has_not_changed_is_not_sent_again(server: FeedServer) -> None:
    async def conditional(request: Request) -> None:
        known = request.headers.get("if-none-match") == '"1"' and request.headers.get("if-modified-since") == "then"
        await request.answer(304 if known else 200, b"" if known else BODY)

    url = server.at("/", conditional)
    assert (await fetch(url)).status == 200
    assert (await fetch(url, etag='"1"', modified="then")).status == 304


@pytest.mark.parametrize("status", [301, 308])
async def test_a_permanent_redirect_is_followed_and_reported(server: FeedServer, status: int) -> None:
    new = server.page("/new", body=BODY)
    server.page("/middle", 301, location="new")
    answer = await fetch(server.page("/old", status, location="/middle"))
    assert (answer.url, answer.moved_to) == (new, new)


@pytest.mark.parametrize("chain", [(302, 301), (307, 301), (303, 308)])
async def test_what_comes_after_a_passing_redirect_is_not_permanent(server: FeedServer, chain: tuple[int, int]) -> None:
    server.page("/new", body=BODY)
    server.page("/middle", chain[1], location="/new")
    assert (await fetch(server.page("/old", chain[0], location="/middle"))).moved_to == ""
    server.page("/middle", chain[0], location="/new")
    assert (await fetch(server.page("/old", chain[1], location="/middle"))).moved_to == f"{server.url}/middle"


async def test_redirects_in_a_circle_are_given_up(server: FeedServer) -> None:
    server.page("/b", 302, location="/a")
    with pytest.raises(FetchFailed, match="more than 5 times"):
        await fetch(server.page("/a", 302, location="/b"))
    assert len(server.asked) == 6


@pytest.mark.parametrize("target", ["file:///etc/passwd", "gopher://x/", "javascript:1", "http://[::1/"])
async def test_a_redirect_to_anything_but_the_web_is_refused(server: FeedServer, target: str) -> None:
    with pytest.raises(FetchFailed, match=r"refused|not an address"):
        await fetch(server.page("/", 302, location=target))


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.org/x", "example.org", "", "http://a:b/"])
async def test_an_address_that_is_not_of_the_web_is_refused(url: str) -> None:
    with pytest.raises(FetchFailed, match=r"refused|not an address"):
        await fetch(url)


async def test_gone_and_other_answers_are_told_apart(server: FeedServer) -> None:
    assert (await fetch(server.page("/gone", 410))).status == 410
    with pytest.raises(FetchFailed, match="answers 404"):
        await fetch(f"{server.url}/nothing")
    with pytest.raises(FetchFailed, match="answers 503") as failed:
        await fetch(server.page("/busy", 503, retry_after="120"))
    assert failed.value.retry_after == 120
    with pytest.raises(FetchFailed, match="answers 429") as failed:
        await fetch(server.page("/busy", 429, retry_after="Fri, 31 Dec 2999 23:59:59 GMT"))
    assert failed.value.retry_after is not None
    assert failed.value.retry_after > 86_400


@pytest.mark.parametrize(
    ("packed", "encoding"),
    [
        (gzip.compress(BODY, mtime=0), "gzip"),
        (gzip.compress(BODY, mtime=0), ""),
        (gzip.compress(BODY[:9], mtime=0) + gzip.compress(BODY[9:], mtime=0), "gzip"),
        (zlib.compress(BODY), "deflate"),
        (zlib.compress(BODY)[2:-4], "deflate"),
        (BODY, "gzip"),
        (BODY, ""),
    ],
)
async def test_packed_answers_are_unpacked_whatever_they_are_called(
    server: FeedServer, packed: bytes, encoding: str
) -> None:
    assert (await fetch(server.page("/", body=packed, content_encoding=encoding))).body == BODY


@pytest.mark.parametrize("level", [1, 9])
async def test_a_small_answer_that_unpacks_to_much_is_given_up(server: FeedServer, level: int) -> None:
    bomb = gzip.compress(bytes(50 << 20), level)
    url = server.page("/", body=bomb, content_encoding="gzip")
    with pytest.raises(FetchFailed, match="longer than"):
        await fetch(url, QUICK._replace(size=1 << 20))


@pytest.mark.parametrize(
    "body", [gzip.compress(BODY * 99, mtime=0)[:-12], gzip.compress(BODY, mtime=0)[:15] + bytes(99)]
)
async def test_a_packed_answer_that_breaks_off_or_is_damaged_is_refused(server: FeedServer, body: bytes) -> None:
    with pytest.raises(FetchFailed, match=r"broke off|damaged"):
        await fetch(server.page("/", body=body, content_encoding="gzip"))


async def test_an_encoding_that_was_not_asked_for_is_refused(server: FeedServer) -> None:
    with pytest.raises(FetchFailed, match="'br'"):
        await fetch(server.page("/", body=BODY, content_encoding="br"))


async def test_a_gigabyte_is_not_read_to_its_end(server: FeedServer) -> None:
    sent = 0

    async def endless(request: Request) -> None:
        nonlocal sent
        await request.send(b"HTTP/1.1 200 x\r\n\r\n")
        for _ in range(1 << 14):
            await request.send(bytes(1 << 16))
            sent += 1 << 16

    with pytest.raises(FetchFailed, match="longer than"):
        await fetch(server.at("/", endless))
    assert sent < 32 << 20
    with pytest.raises(FetchFailed, match="longer than"):
        await fetch(server.page("/says", body=BODY, content_length=str(1 << 30)))


async def test_a_length_that_is_too_long_is_an_answer_that_broke_off(server: FeedServer) -> None:
    with pytest.raises(FetchFailed, match="violates the protocol"):
        await fetch(server.page("/", body=BODY, content_length=str(len(BODY) + 9)))


async def test_a_length_that_is_too_short_ends_the_document_there(server: FeedServer) -> None:
    assert (await fetch(server.page("/", body=BODY, content_length="9"))).body == BODY[:9]


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 x\r\n", b"HTTP/1.1 200 x\r\ncontent-length: 9\r\n\r\n12"])
async def test_a_server_that_stalls_is_given_up(server: FeedServer, start: bytes) -> None:
    async def stall(request: Request) -> None:
        await request.send(start)
        await asyncio.Event().wait()

    with pytest.raises(FetchFailed, match="does not answer"):
        await fetch(server.at("/", stall), QUICK._replace(silence=0.05))


async def test_a_server_that_sends_a_byte_now_and_then_is_given_up(server: FeedServer) -> None:
    async def drip(request: Request) -> None:
        await request.send(b"HTTP/1.1 200 x\r\n\r\n")
        while True:
            await request.send(b"<")
            await asyncio.sleep(0.01)

    with pytest.raises(FetchFailed, match=r"longer than 0\.1 s"):
        await fetch(server.at("/", drip), QUICK._replace(seconds=0.1))


@pytest.mark.parametrize(
    "said", [b"\x00\x01\x02", b"HTTP/9.9 abc\r\n\r\n", b"HTTP/1.1 200 x\r\n" + b"a: b\r\n" * 99_999]
)
async def test_what_is_no_http_is_refused(server: FeedServer, said: bytes) -> None:
    async def babble(request: Request) -> None:
        await request.send(said)

    with pytest.raises(FetchFailed, match=r"127.0.0.1"):
        await fetch(server.at("/", babble))


async def test_nobody_there_is_said() -> None:
    with pytest.raises(FetchFailed, match="cannot be reached"):
        await fetch("http://127.0.0.1:9/")


async def test_a_private_address_is_refused_unless_it_is_allowed(server: FeedServer) -> None:
    url = server.page("/", body=BODY)
    with pytest.raises(FetchFailed, match="not a public address"):
        await fetch(url, private=False)
    with pytest.raises(FetchFailed, match="not a public address"):
        await fetch(f"http://localhost:{server.port}/", private=False)
    assert server.asked == []


async def test_a_name_is_judged_by_the_address_that_is_connected_to(server: FeedServer) -> None:
    """A name that is public when it is first looked up and private when it is next gets nowhere."""
    answers = [("127.0.0.1",), ("192.168.0.1", "::1", "fe80::1%eth0")]

    async def rebinding(_host: str, _port: int) -> tuple[str, ...]:
        return answers.pop(0)

    async with Fetcher(QUICK, resolver=rebinding) as fetcher:
        server.page("/", body=BODY)
        assert (await fetcher.fetch(f"http://feeds.example.org:{server.port}/", private=True)).body == BODY
        assert server.asked[0].headers["host"] == f"feeds.example.org:{server.port}"
        with pytest.raises(FetchFailed, match="not a public address"):
            await fetcher.fetch(f"http://feeds.example.org:{server.port}/")
    assert len(server.asked) == 1


async def test_a_redirect_to_a_private_address_is_refused(server: FeedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.feeds.addresses.is_public", lambda address: address == "127.0.0.1")

    async def names(host: str, _port: int) -> tuple[str, ...]:
        return ("127.0.0.1",) if host == "feeds.example.org" else ("10.0.0.1",)

    server.page("/", 302, location="http://intranet.example.org/")
    async with Fetcher(QUICK, resolver=names) as fetcher:
        with pytest.raises(FetchFailed, match=r"intranet.example.org is at 10.0.0.1, which is not a public address"):
            await fetcher.fetch(f"http://feeds.example.org:{server.port}/")
    assert len(server.asked) == 1


async def test_what_is_allowed_for_one_host_is_not_for_where_it_leads(server: FeedServer) -> None:
    server.page("/", 302, location=f"http://localhost:{server.port}/secret")
    server.page("/moved", 301, location="/there")
    server.page("/there", body=BODY)
    with pytest.raises(FetchFailed, match=r"localhost is at .*which is not a public address"):
        await fetch(f"{server.url}/", private=True)
    assert (await fetch(f"{server.url}/moved", private=True)).body == BODY
    assert [request.path for request in server.asked] == ["/", "/moved", "/there"]


@pytest.mark.parametrize(
    ("address", "public"),
    [
        *(("8.8.8.8", True), ("2606:4700::1111", True), ("::ffff:8.8.8.8", True), ("64:ff9b::808:808", True)),
        *(("127.0.0.1", False), ("10.1.2.3", False), ("172.16.0.1", False), ("192.168.1.1", False), ("0.0.0.0", False)),
        *(("169.254.169.254", False), ("100.64.0.1", False), ("224.0.0.1", False), ("255.255.255.255", False)),
        *(("::1", False), ("::", False), ("fe80::1%eth0", False), ("fc00::1", False), ("ff02::1", False)),
        *(("::ffff:127.0.0.1", False), ("64:ff9b::7f00:1", False), ("2002:7f00:1::", False), ("nonsense", False)),
        *(("fec0::1", False), ("3fff::1", False), ("192.0.0.8", False), ("64:ff9b:1::7f00:1", False)),
        *(("2001:0:4136:e378:8000:63bf:3fff:fdd2", False), ("240.0.0.1", False), ("192.0.2.1", False)),
    ],
)
def test_only_addresses_of_the_public_internet_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.skipif(not CASES, reason="../shared/data/feedparser_cases is absent")
async def test_every_feed_of_a_collection_arrives_as_it_is(server: FeedServer) -> None:
    async with Fetcher(QUICK) as fetcher:
        for number, path in enumerate(CASES):
            case = path.read_bytes()
            packed = gzip.compress(case) if number % 2 else case
            url = server.page(f"/{number}", body=packed, content_encoding="gzip" if number % 2 else "")
            assert (await fetcher.fetch(url, private=True)).body == case


async def test_one_host_is_asked_one_thing_at_a_time(server: FeedServer) -> None:
    at_once = most = 0

    async def count(request: Request) -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0)
        at_once -= 1
        await request.answer(200, BODY)

    url = server.at("/", count)
    async with Fetcher(QUICK) as fetcher:
        await asyncio.gather(*(fetcher.fetch(url, private=True) for _ in range(5)))
    assert (len(server.asked), most) == (5, 1)
