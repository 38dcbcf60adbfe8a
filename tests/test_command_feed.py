"""`sitmon feed` as it is typed, against a real server on loopback."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from ingest.text.language import LanguageMissing
from ingest.watching import Arrived, arrivals
from model.entities import Deed, Report, Situation, Source
from model.times import parse_time
from sitmon import cli
from store import open_store
from store.base import Draft
from tests.feed_server import FeedServer, serving

FEED = b"""<rss version="2.0"><channel><title>World</title><item><title>Herat &amp;amp; Ghazni</title>
<link>https://example.org/1</link><guid>1</guid><pubDate>Thu, 12 Aug 2021 14:20:00 +0430</pubDate>
<description>&lt;p&gt;It [2J fell.&lt;/p&gt;</description></item></channel></rss>"""


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


class Shell:
    """Runs commands on one store and keeps what they print."""

    def __init__(self, store: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.store = store
        self.err = ""
        self._capsys = capsys

    def run(self, *arguments: str, code: int = 0) -> list[str]:
        self._capsys.readouterr()
        found = cli.main(["--store", str(self.store), "feed", *arguments])
        printed = self._capsys.readouterr()
        self.err = printed.err
        assert found == code, printed.err
        return printed.out.splitlines()

    def feeds(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.run("list", "--all", "--format", "jsonl")]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "made.db"

    async def make() -> None:
        async with await open_store(str(path), create=True) as store:
            await store.put_situation(Situation("valley", "The Valley", "Asia/Kabul"))
            await store.write("valley", Draft("load", sources=(Source("afp", "AFP", kind="agency"),), deed=Deed.LOAD))

    asyncio.run(make())
    return path


@pytest.fixture
def shell(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    path = tmp_path / "sitmon.db"
    shutil.copy(made, path)
    return Shell(path, capsys)


def test_a_subscription_from_its_first_day_to_its_last(server: FeedServer, shell: Shell) -> None:
    url = server.page("/world.xml", body=FEED)
    assert shell.run("list") == ["id  source  every  status  last success  last news  next try  rule  url  error"]
    assert "feed add" in shell.err
    assert shell.run("add", url, "--source", "AFP", "--every", "2h", "--private") == ["afp-1"]
    assert "subscribed to already" in _refused(shell, "add", url, "--source", "AFP", "--private")
    (feed,) = shell.feeds()
    assert (feed["id"], feed["every"], feed["status"], feed["last_success"]) == ("afp-1", 7_200, "active", None)
    assert shell.run("poll", "--no-read") == ["afp-1: 1 new, 0 proposals"]
    assert shell.run("poll", "--no-read", url) == ["afp-1: 0 new, 0 proposals"]
    (feed,) = shell.feeds()
    assert (feed["error"], feed["new_today"]) == (None, 1)
    assert shell.run("list")[1].split()[:4] == ["afp-1", "AFP", "2h", "active"]
    assert shell.run("list")[1].count(" ago") == 2
    assert feed["last_success"]
    assert shell.run("poll", "--due") == []
    assert "nothing is due" in shell.err
    assert shell.run("pause", "afp-1") == ["afp-1"]
    assert shell.run("poll") == []
    assert shell.run("resume", "afp-1") == ["afp-1"]
    assert shell.run("remove", "afp-1") == ["afp-1"]
    assert "no feed is called 'afp-1'" in _refused(shell, "pause", "afp-1")
    assert [one["status"] for one in shell.feeds()] == ["removed"]
    assert cli.main(["--store", str(shell.store), "undo"]) == 0
    assert [one["status"] for one in shell.feeds()] == ["active"]


def _refused(shell: Shell, *arguments: str) -> str:
    assert shell.run(*arguments, code=2) == []
    assert len(shell.err.splitlines()) == 1
    return shell.err


def test_a_rule_trusts_the_source_of_a_feed(shell: Shell) -> None:
    url = "https://example.org/world.xml"
    for wrong in ("capture", "trust:conquest", "trust:"):
        assert _refused(shell, "add", url, "--source", "AFP", "--rule", wrong)
    assert shell.run("add", url, "--source", "AFP", "--rule", "trust:capture,clash") == ["afp-1"]
    assert "--revoke afp" in shell.err
    assert [feed["rule"] for feed in shell.feeds()] == ["trust:capture,clash"]
    assert cli.main(["--store", str(shell.store), "undo"]) == 0
    assert shell.feeds() == []


def test_what_goes_wrong_is_said_and_listed(server: FeedServer, shell: Shell) -> None:
    shell.run("add", server.page("/none.xml", 404), "--source", "AFP", "--private")
    shell.run("add", server.page("/world.xml", body=FEED), "--source", "AFP", "--private")
    shell.run("add", server.page("/inside.xml", body=FEED), "--source", "AFP")
    printed = shell.run("poll", "--no-read", code=1)
    assert printed == ["afp-2: 1 new, 0 proposals"]
    assert "afp-1: 127.0.0.1 answers 404" in shell.err
    assert "afp-3: 127.0.0.1 is at 127.0.0.1, which is not a public address" in shell.err
    assert [one["failures"] for one in shell.feeds()] == [1, 0, 1]


@pytest.mark.parametrize(
    "arguments",
    [
        ["https://example.org/x", "--source", "Nobody"],
        ["https://example.org/x", "--source", "AFP", "--every", "soon"],
        ["https://example.org/x", "--source", "AFP", "--every", "1s"],
        ["file:///etc/passwd", "--source", "AFP"],
        ["https://name:secret@example.org/x", "--source", "AFP"],
        ["https://example.org/\x1b]52;c;x", "--source", "AFP"],
    ],
)
def test_a_strange_subscription_is_refused(shell: Shell, arguments: list[str]) -> None:
    _refused(shell, "add", *arguments)
    assert "secret" not in shell.err
    assert shell.feeds() == []


def test_subscriptions_come_from_opml_and_go_there(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "feeds.opml"
    file.write_text(
        '<opml version="2.0"><body><outline text="AFP" xmlUrl="https://example.org/afp.xml"/>'
        '<outline text="Passwords" xmlUrl="file:///etc/passwd"/><outline text="A" xmlUrl="https://a:b@example.org/"/>'
        '<outline text="The Herald" xmlUrl="https://example.org/herald.xml"/></body></opml>',
        encoding="utf-8",
    )
    assert shell.run("import", str(file), code=1) == ["afp-1"]
    assert "no source is called 'The Herald'" in shell.err
    assert shell.run("import", str(file), "--create", code=1) == ["the-herald-1"]
    assert "file:///etc/passwd" in shell.err
    assert "user name or password" in shell.err
    target = tmp_path / "out.opml"
    shell.run("export", "--output", str(target))
    assert target.read_text(encoding="utf-8").count("<outline") == 2
    assert any("herald.xml" in line for line in shell.run("export"))


def test_the_long_lived_poller_works_says_so_and_stops_when_told(server: FeedServer, shell: Shell) -> None:
    url = server.page("/world.xml", body=FEED)
    shell.run("add", url, "--source", "AFP", "--private")
    code = "import sys; from sitmon.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", code, "--store", str(shell.store), "feed", "run", "--no-read"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1]) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "sitmon: polling 1 feed of valley\n"
        assert process.stderr.readline() == "sitmon: afp-1: 1 new\n"
        shell.run("poll", code=3)
        assert f"process {process.pid}" in shell.err
        assert shell.run("poll", "--due") == []
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(timeout=20) == 0
        assert process.stderr.read() == "sitmon: stopped; what was saved is kept\n"
    with_stdin = [*command, "--with-stdin"]
    ended = subprocess.run(with_stdin, stdin=subprocess.DEVNULL, check=False, cwd=Path(__file__).parents[1], timeout=20)
    assert ended.returncode == 0
    assert shell.run("poll", "--no-read") == ["afp-1: 0 new, 0 proposals"]


def test_a_pipe_is_taken_in_as_it_comes_until_one_is_told_to_stop(shell: Shell) -> None:
    code = "import sys; from sitmon.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", code, "--store", str(shell.store), "ingest", "-"]
    with subprocess.Popen(
        command,
        *(1, None, subprocess.PIPE, subprocess.PIPE, subprocess.PIPE),
        text=True,
        cwd=Path(__file__).parents[1],
        env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        row = {"kind": "capture", "occurred_at": "2021-08-12", "summary": "It fell.", "source": "AFP"}
        process.stdin.write(json.dumps(row) + "\n")
        assert process.stdout.readline() == "-, line 1: new 2, unchanged 0\n"
        process.stdin.write('{"kind": "nonsense\\u001b[2J"}\n')
        assert process.stderr.readline().startswith("sitmon: -, line 2, occurred_at: ")
        for _ in range(2):
            process.stdin.write(json.dumps(row | {"event": "a", "summary": "It fell again."}) + "\n")
        assert process.stdout.readline().startswith("-, line")
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(timeout=20) == cli.EXIT_REFUSED
        said = process.stderr.read()
        assert said.startswith("sitmon: reports 0, rows ")
        assert "refused 1;" in said


PAGE = b"""<!doctype html><html><head><title>Herat falls</title>
<meta property="article:published_time" content="2021-08-12"></head><body><nav><a href="/">Home</a></nav><article>
<p>The city of Herat was taken on Thursday after two weeks of fighting, its police and a member of the council said.</p>
<p>Shops were closed, and people stayed inside while cars with flags drove past the citadel and the old town's
mosque; the governor and the commander were brought to the camp outside the city, where talks went on.</p></article>
</body></html>"""


def test_pages_feeds_and_what_is_put_into_a_folder_are_taken_in(
    server: FeedServer,
    shell: Shell,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing() -> None:
        raise LanguageMissing

    async def until_stopped(folder: Path, stop: asyncio.Event) -> AsyncIterator[Arrived]:
        async for arrived in arrivals(folder, stop, settled=0.0):
            yield arrived
            if arrived.name == "e.xml":
                os.kill(os.getpid(), signal.SIGINT)

    def ingest(*arguments: str) -> tuple[int, list[str], str]:
        code = cli.main(["--store", str(shell.store), "ingest", *arguments])
        printed = capsys.readouterr()
        return code, [line.split("  ")[2] for line in printed.out.splitlines()], printed.err

    async def reports(url: str) -> tuple[Report, ...]:
        async with await open_store(str(shell.store)) as store:
            return await store.reports("valley", url=url)

    monkeypatch.setattr("sitmon.ingestion.load_language_model", missing)
    monkeypatch.setattr("ingest.watching.arrivals", until_stopped)
    page = server.page("/herat.html", body=PAGE, content_type="text/html")
    code, stored, said = ingest(page)
    assert (code, stored) == (cli.EXIT_REFUSED, [])
    assert "which is not a public address" in said
    feed = server.page("/feed.xml", body=FEED)
    assert ingest("--private", page, feed)[:2] == (0, ["Herat falls", "Herat & Ghazni"])
    (report,) = asyncio.run(reports(page))
    assert (report.published_at, report.text[:16]) == (parse_time("2021-08-12", "Asia/Kabul")[0], "Herat falls\n\nThe")

    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "a.xml").write_bytes(FEED.replace(b"/1<", b"/2<").replace(b"fell", b"held"))
    (inbox / "b.txt").write_text("Ghazni. It is quiet.", encoding="utf-8")
    (inbox / "c.bin").write_bytes(b"x\0y")
    (inbox / "d.csv").write_text("a,b", encoding="utf-8")
    (inbox / "e.xml").write_bytes(b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>")
    code, stored, said = ingest("--watch", str(inbox))
    assert (code, stored) == (cli.EXIT_REFUSED, ["Herat & Ghazni", "Ghazni. It is quiet."])
    for refused in ("c.bin: this is not text", "d.csv: this is a table", "e.xml: the document declares entities"):
        assert refused in said
    assert cli.main(["--store", str(shell.store), "undo"]) == 0
    capsys.readouterr()
    again = cli.main(["--store", str(shell.store), "ingest", "--watch", str(inbox)])
    notes = [line.rpartition("  ")[2] for line in capsys.readouterr().out.splitlines()]
    assert (again, notes) == (
        cli.EXIT_REFUSED,
        ["(stored already; nothing was written)", "(undone before; nothing was written)"],
    )
    assert said.endswith("reports 2, rows 0 (new 0), refused 3; what was reported as stored is kept\n")


def test_every_situation_of_the_store_is_asked_unless_one_is_named(server: FeedServer, shell: Shell) -> None:
    async def more() -> None:
        async with await open_store(str(shell.store)) as store:
            await store.put_situation(Situation("coast", "The Coast", "UTC"))
            await store.write("coast", Draft("load", sources=(Source("afp", "AFP"), Source("dpa", "DPA"))))

    asyncio.run(more())
    url = server.page("/world.xml", body=FEED)
    for situation, source in (("valley", "AFP"), ("coast", "DPA")):
        shell.run("add", url, "--source", source, "--private", "--situation", situation)
    assert shell.run("poll", "--no-read", "dpa-1") == ["dpa-1: 1 new, 0 proposals"]
    assert shell.run("poll", "--no-read", "--due") == ["afp-1: 1 new, 0 proposals"]
    assert shell.run("poll", "--no-read", "--situation", "coast") == ["dpa-1: 0 new, 0 proposals"]
    assert "no feed is called 'nobody'" in _refused(shell, "poll", "nobody")
