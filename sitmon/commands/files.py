"""`sitmon import` and `sitmon export`: whole files in, whole views out."""

from pathlib import Path
from typing import IO, BinaryIO

import click

from export.view import View
from export.whole import FileForm, whole_file, write_events, write_places
from ingest.native import Imported, ImportStopped, import_native
from model.errors import InputRefused
from model.query import EventFile, EventQuery
from model.rows import Form as RowForm
from model.rows import Refused
from sitmon.arguments import FilterCommand, filter_argument
from sitmon.cli import EXIT_REFUSED, EXIT_STORE, EXIT_USAGE
from sitmon.output import Form, print_lines, say
from sitmon.reading import event_query, read_events, read_places, view_of
from sitmon.session import Session, clock_options, with_session


@click.command("import", short_help="Import events from CSV or JSON Lines.")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.File("rb"))
@click.option(
    "--as",
    "form",
    type=click.Choice([form.value for form in RowForm]),
    help="How the rows are written; default: as they begin.",
)
@click.option("--create", is_flag=True, help="Make entries of places, actors and sources that are not known yet.")
@click.option("--dry-run", is_flag=True, help="Write nothing; say what would be written.")
@with_session
async def import_command(
    session: Session, *, files: tuple[BinaryIO, ...], form: str | None, create: bool, dry_run: bool
) -> int:
    """Import events with their claims from CSV or JSON Lines; `-` is stdin.

    A row that is wrong is refused, with its line and why, and the rest goes in. Importing a file again adds nothing,
    and completes what was interrupted. docs/situations.md lists the columns.

    \b
    sitmon import events.csv
    sitmon import monday.jsonl tuesday.jsonl --dry-run
    sitmon export --what events --format jsonl | sitmon --store other.db import -
    """  # noqa: D301 - click's mark for lines that stay as they are
    code = 0
    for file in files:

        def refuse(refused: Refused, name: str = file.name) -> None:
            say(f"{name}, {refused}")

        try:
            imported = await import_native(
                session.store,
                session.catalog,
                file,
                reason=f"import {file.name}",
                form=RowForm(form) if form else None,
                create=create,
                dry_run=dry_run,
                on_refused=refuse,
            )
        except InputRefused as error:
            say(f"{file.name}: {error}; nothing of it was written")
            code = EXIT_USAGE
            continue
        except ImportStopped as stopped:
            print_lines([f"{file.name}: {_counts(stopped.imported, dry_run=dry_run)}"])
            say(f"{file.name}: {stopped}; run it again to complete it")
            return EXIT_STORE
        print_lines([f"{file.name}: {_counts(imported, dry_run=dry_run)}"])
        code = max(code, EXIT_REFUSED) if imported.refused else code
    return code


def _counts(imported: Imported, *, dry_run: bool) -> str:
    counted = (
        f"read {imported.read:,}, new {imported.new:,}, updated {imported.updated:,}, "
        f"unchanged {imported.unchanged:,}, refused {imported.refused:,}"
    )
    return f"{counted} (dry run: nothing was written)" if dry_run else counted


@click.command("export", short_help="Write a view into a file.", cls=FilterCommand)
@filter_argument
@click.option(
    "--what",
    type=click.Choice(["places", "events"]),
    help="Who controls what, or what is said to have happened; default: events for jsonl, places otherwise.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice([form.value for form in (Form.JSON, Form.JSONL, Form.CSV, Form.GEOJSON)]),
    default=Form.JSON.value,
    show_default=True,
    callback=lambda _context, _parameter, value: Form(value),
    help="How to write it.",
)
@click.option("--output", "-o", metavar="FILE", default="-", help="Where to; the file appears when it is complete.")
@clock_options
@with_session
async def export_command(
    session: Session,
    *,
    filter_text: str,
    what: str | None,
    form: Form,
    output: str,
    as_of: str | None,
    known_at: str | None,
) -> None:
    """Write a view into a file: places with who controls them, or events with their claims.

    The filter and both clocks are written into the file. `sitmon import` reads events in JSON Lines back as they are;
    CSV is for spreadsheets: a text that one would run as a formula gets an apostrophe in front.

    \b
    sitmon export --format geojson --as-of 2021-08-12 --output control.geojson
    sitmon export --format csv actor:taliban
    sitmon export --format jsonl 'place:herat since:2021-08-10' > herat.jsonl
    """  # noqa: D301 - click's mark for lines that stay as they are
    clocks = session.clocks(as_of, known_at)
    query = event_query(session, filter_text, clocks) if what == "events" or (not what and form is Form.JSONL) else None
    with click.open_file("-", "w", encoding="utf-8") if output == "-" else whole_file(Path(output)) as stream:
        await _export(session, stream, form, query, view_of(session, clocks, filter_text))


async def _export(session: Session, stream: IO[str], form: Form, query: EventQuery | None, view: View) -> None:
    written = FileForm(form.value)
    if query is None:
        view, lines = await read_places(session, view.clocks, view.filter, claims=True)
        write_places(stream, written, lines, view)
        return
    clocks = query.clocks

    async def load(id_: str) -> EventFile:
        return await session.store.event(session.situation, id_, clocks=clocks)

    await write_events(stream, written, read_events(session, query), load, view)
