"""`sitmon export`: writes whole views into files."""

from functools import partial
from pathlib import Path
from typing import IO

import click

from export.view import View
from export.whole import FileForm, whole_file, write_events, write_places
from model.query import EventQuery
from sitmon.arguments import FilterCommand, filter_argument
from sitmon.output import Form
from sitmon.reading import event_query, read_events, read_places, view_of
from sitmon.session import Session, clock_options, with_session


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
@click.option(
    "--output", "-o", metavar="FILE", default="-", help="Where to write; the file appears when it is complete."
)
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

    The filter and both clocks are written into the file. `sitmon import` reads events in JSON Lines back unchanged;
    CSV is for spreadsheets: a text that would run as a formula gets an apostrophe in front.

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
    load = partial(session.store.evidence, session.situation)
    await write_events(stream, written, read_events(session, query), load, view)
