"""`sitmon ingest`: reports into the store, and what can be read out of them into the queue."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import click

from ingest.reports import Given, given
from ingest.taking import Taken, take_in
from ingest.text.language import LanguageMissing, LanguageModel, load_language_model
from model import times
from model.errors import InputRefused, NameUnknown
from model.ids import short_id
from model.rows import MAX_LINE_BYTES
from model.text import clean_line
from sitmon.cli import EXIT_REFUSED
from sitmon.output import print_lines, say
from sitmon.session import Session, with_session

_MOST_BYTES = 4 << 20
"""Bytes of one text that are read."""
_SHOWN_TITLE = 60


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
    help='One text a file, or a line {"text", "source", "date", "url", "title"} for each of many; '
    "default: by how it begins.",
)
@with_session
async def ingest_command(
    session: Session, *, files: tuple[str, ...], source: str | None, date: str | None, url: str, form: str | None
) -> int:
    """Store reports and put what can be read out of them into the queue; `-` is stdin.

    A report that is there already, by its URL or by its bytes, is not stored twice. Nothing counts before somebody
    accepts it: `sitmon review`, or R on the screen.

    \b
    sitmon ingest article.txt --source AFP
    sitmon ingest --date 2021-08-12 --url https://example.org/1 - < article.txt
    tail -f reports.jsonl | sitmon ingest -
    """  # noqa: D301 - click's mark for lines that stay as they are
    model = _language_model()
    found = refused = 0
    for name in files:
        batch: str | None = None
        with click.open_file(name, "rb") as stream:
            for where, one in _reports(stream, name, Given("", "", url=url, date=date, source=source), form):
                try:
                    if isinstance(one, InputRefused):
                        raise one
                    taken = await _take(session, one, model, batch)
                except InputRefused as error:
                    refused += 1
                    say(f"{where}: {_hint(error)}; it is not stored")
                    continue
                # What comes by a pipe comes one by one, and is undone one by one.
                batch = batch or (taken.changeset if name != "-" else None)
                found += taken.proposals
                print_lines([_line(taken)])
    if found:
        say(f"{found} to review: sitmon review, or R on the screen")
    return EXIT_REFUSED if refused else 0


def _language_model() -> LanguageModel | None:
    try:
        return load_language_model()
    except LanguageMissing as error:
        say(f"{error}; reports are kept meanwhile, without proposals")
        return None


async def _take(session: Session, one: Given, model: LanguageModel | None, batch: str | None) -> Taken:
    # Read anew for each: the one before may have brought a source.
    catalog = await session.store.catalog(session.situation)
    return await take_in(session.store, catalog, one, language_model=model, fetched_at=times.now(), batch=batch)


def _line(taken: Taken) -> str:
    title = clean_line(taken.report.title)
    shown = title if len(title) <= _SHOWN_TITLE else f"{title[: _SHOWN_TITLE - 1]}…"
    counted = f"{taken.proposals} proposal{'' if taken.proposals == 1 else 's'}"
    return f"{short_id(taken.report.id)}  {counted}  {shown}{f'  ({taken.note})' if taken.note else ''}"


def _hint(error: InputRefused) -> str:
    if isinstance(error, NameUnknown):
        return f"{error}; `sitmon situation template` says how a source is added"
    return str(error)


def _reports(stream: IO[bytes], name: str, like: Given, form: str | None) -> Iterator[tuple[str, Given | InputRefused]]:
    """Yield each report of a file with where it stands; a line that is none as why it is not."""
    first = stream.readline(MAX_LINE_BYTES + 1)
    if form is None:
        form = "jsonl" if first.lstrip().startswith(b"{") else "text"
    if form == "text":
        data = first + stream.read(_MOST_BYTES - len(first)) if first else b""
        yield name, given(data, url=like.url, date=like.date, source=like.source)
        return
    number, line = 1, first
    while line:
        if line.strip():
            yield f"{name}, line {number}", _from_line(line, like)
        while line and not line.endswith(b"\n"):  # the rest of one that is too long
            line = stream.readline(MAX_LINE_BYTES)
        number, line = number + 1, stream.readline(MAX_LINE_BYTES + 1)


def _from_line(line: bytes, like: Given) -> Given | InputRefused:
    if len(line) > MAX_LINE_BYTES:
        return InputRefused(f"this line is longer than {MAX_LINE_BYTES:,} bytes")
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return InputRefused('this is no JSON object; write {"text": ..., "source": ..., "date": ...}')
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        return InputRefused('"text" is missing; write {"text": ..., "source": ..., "date": ...}')
    for key in ("title", "url", "date", "source"):
        if row.get(key) is not None and not isinstance(row[key], str):
            return InputRefused(f'"{key}" is no text')
    whole = given(row["text"].encode(errors="replace"))
    return whole._replace(
        title=row.get("title") or "",
        url=row.get("url") or like.url,
        date=row.get("date") or like.date,
        source=row.get("source") or like.source,
    )
