"""`sitmon feed` as it is typed, against a real server on loopback."""

import asyncio
import json
import threading
from collections.abc import Iterator

import pytest

from sitmon import cli
from tests.feed_server import FeedServer, serving

FEED = b"""<rss version="2.0"><channel><title>World</title><item><title>Herat &amp;amp; Ghazni</title>
<link>https://example.org/1</link><guid>1</guid><pubDate>Thu, 12 Aug 2021 14:20:00 +0430</pubDate>
<description>&lt;p&gt;It \x1b[2J fell.&lt;/p&gt;</description></item></channel></rss>""".replace(b"\x1b", b"")


@pytest.fixture(scope="module")
def server() -> Iterator[FeedServer]:
    """The server in a thread of its own: a command has an event loop for itself."""
    ready, done = threading.Event(), asyncio.Event()
    found: list[FeedServer] = []
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with serving() as served:
            found.append(served)
            ready.set()
            await done.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    ready.wait()
    yield found[0]
    loop.call_soon_threadsafe(done.set)
    thread.join()
    loop.close()


def test_show_prints_a_line_an_item_of_a_file_and_of_a_server(
    server: FeedServer, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path_factory.mktemp("feed") / "world.xml"
    path.write_bytes(FEED)
    for where in ([str(path)], [server.page("/world.xml", body=FEED), "--private"]):
        assert cli.main(["feed", "show", *where]) == 0
        (line,) = capsys.readouterr().out.splitlines()
        assert json.loads(line) == {
            "title": "Herat & Ghazni",
            "link": "https://example.org/1",
            "id": "1",
            "published": "2021-08-12T09:50+00:00",
            "summary": "It [2J fell.",
            "content": "",
        }


@pytest.mark.parametrize("where", ["file:///etc/passwd", "http://127.0.0.1:1/x", "ftp://example.org/x"])
def test_show_refuses_what_is_not_the_public_web(where: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["feed", "show", where]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("sitmon: ")
    assert len(printed.err.splitlines()) == 1
