"""`sitmon ingest`: reports into the store as they come, and what can be read out of them into the queue."""

import asyncio
import signal
import sys
from pathlib import Path

import click

from ingest.reports import Given
from model.errors import InputRefused
from sitmon import AGENT
from sitmon.cli import EXIT_REFUSED
from sitmon.desk import Desk
from sitmon.output import say
from sitmon.session import Session, with_session

_TABLES = (".csv", ".tsv", ".tab", ".geojson", ".xlsx", ".gz", ".zip")
"""How names of files end that would be stored as texts, and are none."""


def _check_files(_context: click.Context, _parameter: click.Parameter, files: tuple[str, ...]) -> tuple[str, ...]:
    for name in files:
        if name != "-" and "://" not in name and not Path(name).is_file():
            raise InputRefused(f"{name[:80]}: there is no such file")
    return files


@click.command("ingest", short_help="Take in reports, and read them into proposals.")
@click.argument("files", metavar="FILE|URL|-...", nargs=-1, callback=_check_files)
@click.option(
    "--watch",
    "folder",
    metavar="FOLDER",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Then take in what is put into this folder, until stopped.",
)
@click.option("--unread", is_flag=True, help="Then read the stored reports that nothing was read out of yet.")
@click.option("--source", metavar="NAME", help="Whose report it is; default: the agency that it names, else nobody's.")
@click.option("--date", metavar="TIME", help="When it was published, 2021-08-12; default: the date it begins with.")
@click.option("--url", metavar="URL", default="", help="Where it was published.")
@click.option("--private", is_flag=True, help="A URL may be at a private or loopback address.")
@click.option(
    "--input-format",
    "form",
    type=click.Choice(["text", "jsonl"]),
    help='A text, or a line {"text", "source", "date", "url", "title"} for each of many; default: by how it begins.',
)
@with_session
async def ingest_command(
    session: Session,
    *,
    files: tuple[str, ...],
    folder: Path | None,
    source: str | None,
    date: str | None,
    url: str,
    form: str | None,
    private: bool,
    unread: bool,
) -> int:
    """Store reports and put what can be read out of them into the queue; `-` is stdin, read as it comes.

    A report that is there already, by its URL or by its bytes, is not stored twice. Nothing counts before somebody
    accepts it: `sitmon review`, or R on the screen. A line of JSON with "kind" instead of "text" is a row about an
    event, as `sitmon import` reads it, and counts at once.

    \b
    sitmon ingest article.txt --source AFP
    sitmon ingest --date 2021-08-12 --url https://example.org/1 - < article.txt
    sitmon ingest https://example.org/news/herat.html
    tail -f reports.jsonl | sitmon ingest -
    sitmon ingest --watch /srv/inbox
    sitmon ingest --unread                     # what was stored before sitmon[nlp] was installed
    """  # noqa: D301 - click's mark for lines that stay as they are
    if not files and folder is None and not unread:
        raise InputRefused("name a file, a URL, - for stdin, --watch FOLDER or --unread")
    stop = asyncio.Event()
    like = Given("", "", url=url, date=date, source=source)
    live = "-" in files or folder is not None
    desk = Desk(session, stop, patient=live)
    if live:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        for name in files:
            if "://" in name:
                await _fetch(desk, name, like, private=private)
            elif name == "-":
                if sys.stdin.isatty():
                    say("reading what you type or paste; Ctrl-D at the beginning of a line ends it")
                await desk.take_stream(name, sys.stdin.fileno(), like, form, together=False)
            else:
                with click.open_file(name, "rb") as stream:
                    await desk.take_file(name, stream.fileno(), like, form)
        if unread:
            await desk.read_unread()
        if folder is not None:
            await _watch(desk, folder, like, form, stop)
    finally:
        desk.conclude(counted=live)
    return EXIT_REFUSED if desk.refused else 0


async def _fetch(desk: Desk, url: str, like: Given, *, private: bool) -> None:
    from ingest.documents import fetch_reports
    from ingest.feeds.fetching import Fetcher, FetchFailed

    try:
        async with Fetcher(agent=AGENT) as fetcher:
            found = await fetch_reports(fetcher, url, like, private=private)
    except (FetchFailed, InputRefused) as error:
        desk.refuse(url, str(error))
        return
    await desk.take_reports(url, found)


async def _watch(desk: Desk, folder: Path, like: Given, form: str | None, stop: asyncio.Event) -> None:
    from ingest.watching import arrivals

    say(f"watching {folder}; Ctrl-C ends it")
    desk.anew = False  # the file of a report that was undone may lie there for long
    async for arrived in arrivals(folder, stop):
        if arrived.problem:
            desk.refuse(arrived.name, arrived.problem)
        elif arrived.name.lower().endswith(_TABLES):
            desk.refuse(arrived.name, "this is a table; `sitmon import` takes it in")
        else:
            await desk.take_file(arrived.name, arrived.descriptor, like, form)
