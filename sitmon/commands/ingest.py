"""`sitmon ingest`: stores reports as they come, and queues the proposals that are extracted from them."""

import asyncio
import sys
from pathlib import Path

import click

from ingest.reports import Given
from model.errors import InputRefused
from model.times import write_time
from sitmon import AGENT
from sitmon.cli import EXIT_REFUSED
from sitmon.ingestion import Ingestion
from sitmon.output import say
from sitmon.session import Session, set_on_signals, with_session

_TABLES = (".csv", ".tsv", ".tab", ".geojson", ".xlsx", ".gz", ".zip")
"""Endings of files that are tables, and so not stored as texts."""


def _check_files(_context: click.Context, _parameter: click.Parameter, files: tuple[str, ...]) -> tuple[str, ...]:
    for name in files:
        if name != "-" and "://" not in name and not Path(name).is_file():
            raise InputRefused(f"{name[:80]}: there is no such file")
    return files


@click.command("ingest", short_help="Store reports, and extract proposals from them.")
@click.argument("files", metavar="FILE|URL|-...", nargs=-1, callback=_check_files)
@click.option(
    "--watch",
    "folder",
    metavar="FOLDER",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Then ingest what is put into this folder, until stopped.",
)
@click.option("--unread", is_flag=True, help="Then extract from the stored reports that have no proposals yet.")
@click.option("--source", metavar="NAME", help="Whose report it is; default: the agency that it names, or else nobody.")
@click.option("--date", metavar="TIME", help="When it was published, 2021-08-12; default: the date it begins with.")
@click.option("--url", metavar="URL", default="", help="Where it was published.")
@click.option("--private", is_flag=True, help="Allow a URL at a private or loopback address.")
@click.option(
    "--input-format",
    "form",
    type=click.Choice(["text", "jsonl"]),
    help='One text, or many as lines {"text", "source", "date", "url", "title"}; default: by how the input begins.',
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
    """Store reports and queue the proposals that are extracted from them; `-` is stdin, read as it comes.

    A report with the same URL or the same bytes is not stored twice. Nothing counts before somebody accepts it, with
    `sitmon review` or R on the screen. A line of JSON with "kind" instead of "text" is an event, as `sitmon import`
    reads it, and counts at once.

    \b
    sitmon ingest article.txt --source AFP
    sitmon ingest --date 2021-08-12 --url https://example.org/1 - < article.txt
    sitmon ingest https://example.org/news/herat.html
    tail -f reports.jsonl | sitmon ingest -
    sitmon ingest --watch /srv/inbox
    sitmon ingest --unread                     # what was stored before sitmon[nlp] was installed
    """  # noqa: D301 - click's mark for lines that stay as they are
    if not files and folder is None and not unread:
        raise InputRefused("give a file, a URL, - for stdin, --watch FOLDER or --unread")
    if date is not None:
        date = write_time(*session.time("--date", date), session.zone)
    stop = asyncio.Event()
    like = Given("", "", url=url, date=date, source=source)
    live = "-" in files or folder is not None
    ingestion = Ingestion(session, stop, patient=live)
    if live:
        set_on_signals(stop)
    try:
        for name in files:
            await _take(ingestion, name, like, form, private=private)
        if unread:
            await ingestion.read_unread()
        if folder is not None:
            await _watch(ingestion, folder, like, form, stop)
    finally:
        ingestion.conclude(counted=live)
    return EXIT_REFUSED if ingestion.refused else 0


async def _take(ingestion: Ingestion, name: str, like: Given, form: str | None, *, private: bool) -> None:
    if "://" in name:
        await _fetch(ingestion, name, like, private=private)
    elif name == "-":
        if sys.stdin.isatty():
            say("reading what you type or paste; Ctrl-D at the beginning of a line ends it")
        await ingestion.take_stream(name, sys.stdin.fileno(), like, form, together=False)
    else:
        with click.open_file(name, "rb") as stream:
            await ingestion.take_file(name, stream.fileno(), like, form)


async def _fetch(ingestion: Ingestion, url: str, like: Given, *, private: bool) -> None:
    from ingest.documents import fetch_reports
    from ingest.feeds.fetching import Fetcher, FetchFailed

    try:
        async with Fetcher(agent=AGENT) as fetcher:
            found = await fetch_reports(fetcher, url, like, private=private)
    except (FetchFailed, InputRefused) as error:
        ingestion.refuse(url, str(error))
        return
    await ingestion.take_reports(url, found)


async def _watch(ingestion: Ingestion, folder: Path, like: Given, form: str | None, stop: asyncio.Event) -> None:
    from ingest.watching import arrivals

    say(f"watching {folder}; Ctrl-C ends it")
    ingestion.restore_undone = False  # the file of a report that was undone may still be in the folder
    async for arrived in arrivals(folder, stop):
        if arrived.problem:
            ingestion.refuse(arrived.name, arrived.problem)
        elif arrived.name.lower().endswith(_TABLES):
            ingestion.refuse(arrived.name, "this is a table; use `sitmon import`")
        else:
            await ingestion.take_file(arrived.name, arrived.descriptor, like, form)
