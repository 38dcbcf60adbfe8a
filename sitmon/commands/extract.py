"""`sitmon extract`: prints the proposals that a text would give; stores nothing."""

import itertools
import json
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import click

from export.view import Record
from ingest.proposals import Proposal, ProposedCount, Reading
from model.entities import Report
from model.errors import InputRefused
from model.rows import MAX_LINE_BYTES
from model.times import parse_time, to_datetime, write_time
from sitmon.cli import EXIT_REFUSED
from sitmon.output import Form, format_option, print_records, print_table, say
from sitmon.session import Session, with_session

COLUMNS = (
    *("id", "kind", "place", "actor", "against", "occurred_on", "certainty", "attribution", "quote", "start", "end"),
    *("rule", "place_id", "actor_id", "against_id", "route_id", "precision", "stance", "credibility", "summary"),
)
_TALLY = "tally"
"""The kind that a count is printed with."""


@click.command("extract", short_help="Read a text into proposed events; store nothing.")
@click.argument("file", metavar="[FILE|-]", default="-", type=click.File("rb"))
@click.option("--date", "day", metavar="DAY", help="The day from which the text counts, 2021-08-12; default: its own.")
@click.option(
    "--input-format",
    "given",
    type=click.Choice(["text", "jsonl"]),
    default="text",
    show_default=True,
    help='One text, or a line {"id", "date", "text"} for each of many.',
)
@format_option(Form.TABLE, Form.JSON, Form.JSONL, Form.CSV)
@with_session
async def extract_command(session: Session, *, file: BinaryIO, day: str | None, given: str, form: Form) -> int:
    """Read English news text into proposed events, each with its quote, who says so, and the rule that found it.

    Nothing is stored. docs/extraction.md says what is read, how well, and what is missed.

    \b
    sitmon extract article.txt
    sitmon extract --date 2021-08-12 --format jsonl < article.txt
    sitmon extract --input-format jsonl --format jsonl reports.jsonl
    """  # noqa: D301 - click's mark for lines that stay as they are
    from ingest.text.language import load_language_model
    from ingest.text.reading import read_many

    if day is not None:
        day = write_time(*session.time("--date", day), session.zone)
    model = load_language_model()
    refused: list[int] = []
    if given == "jsonl":
        reports = _reports(file, session.zone, day, refused)
    else:
        published = parse_time(day, session.zone)[0] if day else None
        text = file.read(MAX_LINE_BYTES).decode(errors="replace")
        reports = iter([Report(getattr(file, "name", "-"), "", text=text, published_at=published)])
    kept, read = itertools.tee(reports)
    readings = zip(kept, read_many(read, session.catalog, language_model=model), strict=True)
    rows = _rows(readings, session.zone)
    if form is Form.TABLE:
        shown = ("kind", "place", "actor", "occurred_on", "certainty", "attribution", "summary")
        print_table(shown, ([str(row[column] or "") for column in shown] for row in rows), ("attribution", "summary"))
    else:
        print_records(form, COLUMNS, rows)
    return EXIT_REFUSED if refused else 0


def _rows(readings: Iterable[tuple[Report, Reading]], zone: str) -> Iterator[Record]:
    for report, reading in readings:
        if reading.note:
            say(f"{report.id}: {reading.note}")
        for proposal in reading.proposals:
            yield _row(report.id, proposal, zone)
        for count in reading.counts:
            yield _count_row(report.id, count, zone)


def _row(id_: str, proposal: Proposal, zone: str) -> Record:
    first = proposal.claims[0]
    return {
        "id": id_,
        "kind": proposal.kind,
        "place": proposal.place or None,
        "actor": proposal.actor or None,
        "against": proposal.against or None,
        "occurred_on": to_datetime(proposal.occurred_at, zone).date().isoformat(),
        "certainty": proposal.certainty.value,
        "attribution": proposal.attribution or None,
        "quote": first.quote,
        "start": first.quote_start,
        "end": first.quote_end,
        "rule": first.rule,
        "place_id": proposal.place_id,
        "actor_id": proposal.actor_id,
        "against_id": proposal.against_id,
        "route_id": proposal.route_id,
        "precision": proposal.precision.value,
        "stance": first.stance.value,
        "credibility": min(claim.credibility for claim in proposal.claims),
        "summary": proposal.summary,
    }


def _count_row(id_: str, count: ProposedCount, zone: str) -> Record:
    of = f" of {count.of}" if count.of is not None else ""
    row: Record = dict.fromkeys(COLUMNS)
    return row | {
        "id": id_,
        "kind": _TALLY,
        "actor": count.actor or None,
        "actor_id": count.actor_id,
        "occurred_on": to_datetime(count.as_of, zone).date().isoformat(),
        "certainty": count.claim.certainty.value,
        "attribution": count.claim.attribution or None,
        "quote": count.claim.quote,
        "start": count.claim.quote_start,
        "end": count.claim.quote_end,
        "rule": count.claim.rule,
        "precision": count.precision.value,
        "stance": count.claim.stance.value,
        "credibility": count.claim.credibility,
        "summary": f"{count.actor}: {count.count}{of} {count.what}",
    }


def _reports(stream: BinaryIO, zone: str, day: str | None, refused: list[int]) -> Iterator[Report]:
    """Yield a report for each line; a line that is none is reported, its number added to `refused`, and skipped."""
    number = 0
    while line := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        if not line.strip():
            continue
        try:
            yield _report(line, zone, day)
        except InputRefused as error:
            refused.append(number)
            say(f"line {number}: {error}")
            while line and not line.endswith(b"\n"):
                line = stream.readline(MAX_LINE_BYTES)


def _report(line: bytes, zone: str, day: str | None) -> Report:
    from ingest.text.reading import dateline_of

    if len(line) > MAX_LINE_BYTES:
        raise InputRefused(f"this line is longer than {MAX_LINE_BYTES:,} bytes")
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise InputRefused('this is not a JSON object; write {"id": ..., "date": ..., "text": ...}') from None
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise InputRefused('"text" is missing; write {"id": ..., "date": ..., "text": ...}')
    date = row.get("date") or day
    if date is not None and not isinstance(date, str):
        raise InputRefused('"date" is not text; write it as "2021-08-12"')
    published = parse_time(date, zone)[0] if date else None
    report = Report(str(row.get("id", "")), "", text=row["text"], published_at=published)
    dateline_of(report, zone)
    return report
