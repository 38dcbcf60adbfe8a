"""`sitmon ingest`: reports into the store as they come, and what can be read out of them into the queue."""

import asyncio
import signal
import sys
from pathlib import Path

import click

from ingest.reports import Given
from model.errors import InputRefused
from sitmon.cli import EXIT_REFUSED
from sitmon.desk import Desk
from sitmon.output import say
from sitmon.session import Session, with_session


def _check_files(_context: click.Context, _parameter: click.Parameter, files: tuple[str, ...]) -> tuple[str, ...]:
    for name in files:
        if name.startswith(("http://", "https://")):
            raise InputRefused(
                f"{name[:80]}: pages are not fetched here; save its text, and name where it is from: "
                "sitmon ingest text.txt --url URL"
            )
        if name != "-" and not Path(name).is_file():
            raise InputRefused(f"{name[:80]}: there is no such file")
    return files


@click.command("ingest", short_help="Take in reports, and read them into proposals.")
@click.argument("files", metavar="FILE|-...", nargs=-1, required=True, callback=_check_files)
@click.option("--source", metavar="NAME", help="Whose report it is; default: the agency that it names, else nobody's.")
@click.option("--date", metavar="TIME", help="When it was published, 2021-08-12; default: the date it begins with.")
@click.option("--url", metavar="URL", default="", help="Where it was published.")
@click.option(
    "--input-format",
    "form",
    type=click.Choice(["text", "jsonl"]),
    help='A text, or a line {"text", "source", "date", "url", "title"} for each of many; default: by how it begins.',
)
@with_session
async def ingest_command(
    session: Session, *, files: tuple[str, ...], source: str | None, date: str | None, url: str, form: str | None
) -> int:
    """Store reports and put what can be read out of them into the queue; `-` is stdin, read as it comes.

    A report that is there already, by its URL or by its bytes, is not stored twice. Nothing counts before somebody
    accepts it: `sitmon review`, or R on the screen. A line of JSON with "kind" instead of "text" is a row about an
    event, as `sitmon import` reads it, and counts at once.

    \b
    sitmon ingest article.txt --source AFP
    sitmon ingest --date 2021-08-12 --url https://example.org/1 - < article.txt
    tail -f reports.jsonl | sitmon ingest -
    """  # noqa: D301 - click's mark for lines that stay as they are
    stop = asyncio.Event()
    desk = Desk(session, stop)
    like = Given("", "", url=url, date=date, source=source)
    live = "-" in files
    if live:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        for name in files:
            if name == "-" and sys.stdin.isatty():
                say("reading what you type or paste; Ctrl-D at the beginning of a line ends it")
            with click.open_file(name, "rb") as stream:
                await desk.take_stream(name, stream.fileno(), like, form, together=name != "-")
    finally:
        desk.conclude(counted=live)
    return EXIT_REFUSED if desk.refused else 0
