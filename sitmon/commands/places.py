"""`sitmon places` and `why`: who controls each place, and why."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import click

from export.geojson import places_geojson
from export.view import PLACE_COLUMNS, PlaceLine, View, place_record, state_record, state_words
from model.catalog import name_of
from model.control import Step, Why
from model.entities import Claim, Stance, Weight
from model.ids import short_id
from model.kinds import KINDS
from model.query import EventFile
from model.times import Precision, format_time, write_time
from sitmon.arguments import FilterCommand, filter_argument
from sitmon.output import Form, format_option, print_document, print_lines, print_records, print_table
from sitmon.reading import read_places, view_of
from sitmon.session import Session, clock_options, with_session


@click.command("places", cls=FilterCommand)
@filter_argument
@clock_options
@format_option(Form.TABLE, Form.JSON, Form.JSONL, Form.CSV, Form.GEOJSON)
@with_session
async def places_command(
    session: Session, *, filter_text: str, as_of: str | None, known_at: str | None, form: Form
) -> None:
    """Who controls each place.

    FILTER narrows the list: words of a place's names, place:, near:, route:, actor: (who controls it), since: (since
    when), grade:, is:disputed.

    \b
    sitmon places
    sitmon places --as-of 2021-08-12
    sitmon places actor:taliban since:2021-08-10 --format csv
    sitmon places is:disputed --known-at 2021-08-13 --format json
    """  # noqa: D301 - click's mark for lines that stay as they are
    clocks = session.clocks(as_of, known_at)
    view, lines = await read_places(session, clocks, filter_text, claims=form is Form.GEOJSON)
    if form is Form.TABLE:
        print_places(view, lines)
    elif form is Form.GEOJSON:
        print_document(form, places_geojson(lines, view))
    else:
        print_records(form, PLACE_COLUMNS, (place_record(line, view) for line in lines))


def print_places(view: View, lines: list[PlaceLine]) -> None:
    """Print places as a table for people."""
    headings = ("", "PLACE", "ADMIN 1", "STATUS", "ACTOR", "", "FOR", "GRADE", "SINCE")
    print_table(headings, (_place_cells(line, view) for line in lines), ("STATUS",))


def _place_cells(line: PlaceLine, view: View) -> tuple[str, ...]:
    place, state = line.place, line.state
    return (
        state.status.letter,
        place.name,
        place.admin1,
        state.status.value,
        name_of(view.catalog.actors, state.actor),
        "!" * state.disputed + "~" * state.date_disputed,
        f"+{state.n_for}-{state.n_against}" if state.n_for or state.n_against else "",
        str(state.grade or ""),
        "" if state.since is None else format_time(state.since, state.since_precision, view.zone),
    )


@click.command("why", short_help="Why a place's control is what it is.")
@click.argument("place")
@clock_options
@format_option(Form.TABLE, Form.JSON)
@with_session
async def why_command(session: Session, *, place: str, as_of: str | None, known_at: str | None, form: Form) -> None:
    """Why a place's control is what it is: each event, its sources, and what it changed.

    PLACE is a place by any of its names, its id or its P-code.

    \b
    sitmon why ghazni
    sitmon why ghazni --as-of 2021-08-12 --known-at 2021-08-12
    sitmon why "Lashkar Gah" --format json
    """  # noqa: D301 - click's mark for lines that stay as they are
    clocks = session.clocks(as_of, known_at)
    found = session.catalog.place(place)
    why = await session.store.why(session.situation, found.id, clocks=clocks)
    view, line = view_of(session, clocks), PlaceLine(found, why.state)
    if form is Form.JSON:
        print_document(form, {**place_record(line, view), "steps": [_step_record(step, view) for step in why.steps]})
    else:
        files = {
            step.event.id: await session.store.event(session.situation, step.event.id, clocks=clocks)
            for step in why.steps
        }
        print_lines(_why_lines(line, why, files, view))


def _step_record(step: Step, view: View) -> dict[str, Any]:
    event, weight = step.event, step.weight
    return {
        "event": event.id,
        "kind": event.kind,
        "actor": event.actor,
        "against": event.against,
        "occurred_at": write_time(event.occurred_at, event.precision, view.zone),
        "precision": event.precision.value,
        "summary": event.summary,
        "standing": weight.standing.value,
        "grade": str(weight.grade) if weight.grade else None,
        "n_for": weight.n_for,
        "n_against": weight.n_against,
        "sources": list(weight.source_ids),
        "before": state_record(step.before),
        "after": state_record(step.after),
        "reason": step.reason,
    }


def _why_lines(line: PlaceLine, why: Why, files: Mapping[str, EventFile], view: View) -> Iterator[str]:
    place, state, catalog = line.place, line.state, view.catalog
    since = "" if state.since is None else f", since {format_time(state.since, state.since_precision, view.zone)}"
    yield f"{place.name}: {state_words(state, catalog)}{since}"
    if not why.steps:
        yield "No event there, as of and known at these times, says who controls it."
    for step in why.steps:
        event = step.event
        when = format_time(event.occurred_at, event.precision, view.zone)
        yield ""
        yield f"{when}  {KINDS[event.kind].label}  {event.summary}  ({short_id(event.id)})"
        yield f"    {weight_words(step.weight, files[event.id].claims, view)}"
        before, after = state_words(step.before, catalog), state_words(step.after, catalog)
        yield f"    {before} -> {after}" if before != after else f"    stays: {after}"
        yield f"    {step.reason}"


def weight_words(weight: Weight, claims: Iterable[Claim], view: View) -> str:
    """Return an event's weight in words: `disputed +2-1 B2: AFP, Reuters (9 Aug 2021); against: Taliban`.

    Args:
        weight: of the event.
        claims: all claims on it that are known at the clocks; each source's last one has its stance and date.
        view: with the names and the zone.
    """
    last = {claim.source: claim for claim in sorted(claims, key=lambda claim: (claim.reported_at, claim.id))}
    spoken = [last[source] for source in weight.source_ids if source in last]
    behind = ", ".join(_source_words(claim, view) for claim in spoken if claim.stance is not Stance.DENIES)
    against = ", ".join(_source_words(claim, view) for claim in spoken if claim.stance is Stance.DENIES)
    sides = "; ".join([*([behind] if behind else []), *([f"against: {against}"] if against else [])])
    grade = f" {weight.grade}" if weight.grade else ""
    return f"{weight.standing} +{weight.n_for}-{weight.n_against}{grade}: {sides or 'no source'}"


def _source_words(claim: Claim, view: View) -> str:
    name = name_of(view.catalog.sources, claim.source)
    if claim.occurred_at is None:
        return name
    return f"{name} ({format_time(claim.occurred_at, claim.occurred_precision or Precision.DAY, view.zone)})"
