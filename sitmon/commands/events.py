"""`sitmon events`, `show`, `actor` and `watch`: what is said to have happened, and who is who."""

import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import click

from export.files import write_jsonl
from export.geojson import events_geojson
from export.view import EVENT_COLUMNS, PlaceLine, Record, View, event_record, place_record
from model import times
from model.catalog import Catalog, name_of
from model.entities import Actor, Claim, Mark, MarkKind
from model.filters.conditions import ActorIn
from model.ids import short_id
from model.kinds import KINDS
from model.query import NOW, Cursor, EventFile, EventQuery, EventRow, Order
from model.times import format_time, write_time
from sitmon.arguments import FilterCommand, filter_argument
from sitmon.commands.places import weight_words
from sitmon.output import Form, format_option, print_document, print_lines, print_records, print_table, say
from sitmon.reading import event_query, read_events, read_places, view_of
from sitmon.session import Session, clock_options, with_session

_RECENT = 10
"""Events that an actor's file shows."""


@click.command("events", short_help="The log: what is said to have happened.", cls=FilterCommand)
@filter_argument
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="At most so many events.")
@click.option("--all", "everything", is_flag=True, help="All events, however many.")
@click.option(
    "--order",
    type=click.Choice([order.value for order in Order]),
    default=Order.OCCURRED.value,
    show_default=True,
    help="Newest first, by when they occurred or by when this store received them.",
)
@clock_options
@format_option(Form.TABLE, Form.JSON, Form.JSONL, Form.CSV, Form.GEOJSON)
@with_session
async def events_command(
    session: Session,
    *,
    filter_text: str,
    limit: int,
    everything: bool,
    order: str,
    as_of: str | None,
    known_at: str | None,
    form: Form,
) -> None:
    """The log: what is said to have happened, newest first.

    docs/filters.md describes FILTER; quote it for the shell, at least its parentheses and quotation marks.

    \b
    sitmon events
    sitmon events place:herat by:taliban --limit 20
    sitmon events 'standing:disputed -is:read' --format jsonl
    sitmon events kind:capture --as-of 2021-08-12 --known-at 2021-08-13
    """  # noqa: D301 - click's mark for lines that stay as they are
    query = event_query(session, filter_text, session.clocks(as_of, known_at), Order(order))
    view = view_of(session, query.clocks, filter_text)
    rows = [row async for row in read_events(session, query, None if everything else limit + 1)]
    more = not everything and len(rows) > limit
    rows = rows if everything else rows[:limit]
    if form is Form.TABLE:
        print_table(_HEADINGS, (_cells(row, view) for row in rows), _SPARE)
    elif form is Form.GEOJSON:
        print_document(form, events_geojson(rows, view))
    else:
        print_records(form, EVENT_COLUMNS, (event_record(row, view) for row in rows))
    if more:
        say(f"these are the newest {limit:,}; --limit or --all shows more")


_HEADINGS = ("ID", "WHEN", "", "PLACE", "KIND", "ACTOR", "STANDING", "FOR", "GRADE", "SUMMARY")
_SPARE = ("STANDING", "KIND", "ACTOR")


def _cells(row: EventRow, view: View) -> tuple[str, ...]:
    event, weight = row.event, row.weight
    return (
        short_id(event.id),
        format_time(event.occurred_at, event.precision, view.zone),
        "*" * row.starred + "!" * weight.denied + "~" * weight.date_disputed + "@" * bool(row.trusted),
        name_of(view.catalog.places, event.place),
        KINDS[event.kind].label,
        name_of(view.catalog.actors, event.actor),
        weight.standing.value,
        f"+{weight.n_for}-{weight.n_against}",
        str(weight.grade or ""),
        event.summary,
    )


@click.command("show", short_help="One event with its claims and marks.")
@click.argument("id_", metavar="ID")
@clock_options
@format_option(Form.TABLE, Form.JSON)
@with_session
async def show_command(session: Session, *, id_: str, as_of: str | None, known_at: str | None, form: Form) -> None:
    """One event with its claims, their evidence, and everybody's marks.

    ID is an event's id, or its last digits, 4 or more, as `sitmon events` shows them.

    \b
    sitmon show 3f9c02ab
    sitmon show 3f9c02ab --known-at 2021-08-12 --format json
    """  # noqa: D301 - click's mark for lines that stay as they are
    clocks = session.clocks(as_of, known_at)
    file = await session.store.event(session.situation, await session.store.find(session.situation, id_), clocks=clocks)
    view = view_of(session, clocks)
    if form is Form.JSON:
        print_document(form, _file_record(file, view))
    else:
        print_lines(_file_lines(file, view))


def _file_record(file: EventFile, view: View) -> dict[str, Any]:
    changeset = file.changeset
    return {
        **event_record(file.row, view),
        "claims": [_claim_record(claim, view) for claim in file.claims],
        "reports": [
            {
                "id": report.id,
                "source": report.source,
                "title": report.title,
                "url": report.url,
                "published_at": _published(report.published_at, view.zone),
                "fetched_at": _instant(report.fetched_at, view.zone),
                "sha256": report.sha256,
            }
            for report in file.reports
        ],
        "notes": [_mark_record(mark, view) for mark in file.marks],
        "changeset": {
            "id": changeset.id,
            "author": changeset.author,
            "recorded_at": _instant(changeset.recorded_at, view.zone),
            "reason": changeset.reason,
        },
    }


def _claim_record(claim: Claim, view: View) -> dict[str, Any]:
    dated = None
    if claim.occurred_at is not None:
        dated = write_time(claim.occurred_at, claim.occurred_precision or times.Precision.DAY, view.zone)
    return {
        "id": claim.id,
        "source": claim.source,
        "stance": claim.stance.value,
        "reliability": view.catalog.sources[claim.source].reliability_at(claim.reported_at),
        "credibility": claim.credibility,
        "attribution": claim.attribution,
        "quote": claim.quote,
        "url": claim.url,
        "reported_at": write_time(claim.reported_at, claim.reported_precision, view.zone),
        "dated": dated,
        "report": claim.report,
    }


def _mark_record(mark: Mark, view: View) -> dict[str, Any]:
    return {
        "kind": mark.kind.value,
        "value": mark.value,
        "author": mark.author,
        "recorded_at": _instant(mark.recorded_at, view.zone),
    }


def _instant(instant: int | None, zone: str) -> str | None:
    return None if instant is None else write_time(instant, times.Precision.MINUTE, zone)


def _published(instant: int | None, zone: str) -> str | None:
    return None if instant is None else write_time(instant, times.published_precision(instant, zone), zone)


def _file_lines(file: EventFile, view: View) -> Iterator[str]:
    event, catalog = file.row.event, view.catalog
    kind = KINDS[event.kind]
    place, actor = name_of(catalog.places, event.place), name_of(catalog.actors, event.actor)
    against = name_of(catalog.actors, event.against)
    yield event.summary
    yield f"{format_time(event.occurred_at, event.precision, view.zone)}  {kind.label} ({kind.acled_sub_type})"
    sides = f"by {actor or 'nobody named'}" + (f", against {against}" if against else "")
    yield f"{place or 'no place'}; {sides}"
    yield weight_words(file.row.weight, file.claims, view)
    yield f"id {event.id}"
    yield ""
    for claim in file.claims:
        yield from _claim_lines(claim, view)
    for mark in file.marks:
        value = f" {mark.value}" if mark.value else ""
        when = format_time(mark.recorded_at, times.Precision.MINUTE, view.zone)
        if mark.kind is MarkKind.TRUSTED:
            source = name_of(catalog.sources, mark.value)
            yield f"accepted by trust of {source}, not by a person  (as {mark.author}, {when})"
        else:
            yield f"{mark.kind}{value}  ({mark.author}, {when})"
    changeset = file.changeset
    when = format_time(changeset.recorded_at, times.Precision.MINUTE, view.zone)
    yield f"recorded by {changeset.author}, {when}: {changeset.reason}"


def _claim_lines(claim: Claim, view: View) -> Iterator[str]:
    source = view.catalog.sources[claim.source]
    grade = f"{source.reliability_at(claim.reported_at)}{claim.credibility}"
    attribution = f": {claim.attribution}" if claim.attribution else ""
    reported = format_time(claim.reported_at, claim.reported_precision, view.zone)
    yield f"{source.name} {claim.stance} ({grade}, reported {reported}){attribution}"
    if claim.occurred_at is not None:
        precision = claim.occurred_precision or times.Precision.DAY
        yield f"    dates it {format_time(claim.occurred_at, precision, view.zone)}"
    if claim.quote:
        yield f'    "{claim.quote}"'
    if claim.url:
        yield f"    {claim.url}"


@click.command("actor", short_help="An actor's file: who it is, what it holds.")
@click.argument("name", required=False)
@clock_options
@format_option(Form.TABLE, Form.JSON)
@with_session
async def actor_command(
    session: Session, *, name: str | None, as_of: str | None, known_at: str | None, form: Form
) -> None:
    """An actor's file: names, roles, relations, what its side holds, and its latest events. Without NAME, all actors.

    \b
    sitmon actor
    sitmon actor taliban
    sitmon actor government --as-of 2021-08-12 --format json
    """  # noqa: D301 - click's mark for lines that stay as they are
    clocks = session.clocks(as_of, known_at)
    catalog = session.catalog
    actor = None if name is None else catalog.actor(name)
    view, lines = await read_places(session, clocks)
    instant = min(clocks.as_of, view.read_at)
    if actor is None:
        _print_actors(form, catalog, lines, instant)
        return
    side = catalog.side_of(actor.id, instant)
    held = [line for line in lines if line.state.actor and catalog.side_of(line.state.actor, instant) == side]
    query = EventQuery(ActorIn(catalog.parts_of(actor.id)), clocks)
    rows = [row async for row in read_events(session, query, _RECENT)]
    if form is Form.JSON:
        document = {
            **_actor_record(actor, instant),
            "controls": [place_record(line, view) for line in held],
            "events": [event_record(row, view) for row in rows],
        }
        print_document(form, document)
    else:
        print_lines(_actor_lines(actor, instant, catalog))
        print_lines(["", f"its side's places: {len(held)} of {len(lines)}"])
        print_lines(f"  {line.state.status.letter} {line.place.name}  {line.state.status}" for line in held)
        print_lines(["", "latest events:"])
        print_table(_HEADINGS, (_cells(row, view) for row in rows), _SPARE)


def _print_actors(form: Form, catalog: Catalog, lines: list[PlaceLine], instant: int) -> None:
    places = Counter(catalog.side_of(line.state.actor, instant) for line in lines if line.state.actor)
    records: list[Record] = [
        {
            "id": actor.id,
            "name": actor.name,
            "kind": actor.kind,
            "side": catalog.side_of(actor.id, instant),
            "places": places[actor.id],
        }
        for actor in catalog.actors.values()
    ]
    if form is Form.TABLE:
        rows = [[str(value or "") for value in record.values()] for record in records]
        print_table(("ID", "NAME", "KIND", "SIDE", "PLACES"), rows, ("KIND",))
    else:
        print_document(form, records)


def _actor_record(actor: Actor, instant: int) -> dict[str, Any]:
    return {
        "id": actor.id,
        "name": actor.name,
        "names": [{"text": name.text, "language": name.language} for name in actor.names],
        "kind": actor.kind,
        "note": actor.note,
        "roles": [
            {"title": role.title, "person": role.person}
            for role in actor.roles
            if role.valid_from <= instant < role.valid_to
        ],
        "relations": [
            {"kind": relation.kind, "other": relation.other}
            for relation in actor.relations
            if relation.valid_from <= instant < relation.valid_to
        ],
    }


def _actor_lines(actor: Actor, instant: int, catalog: Catalog) -> Iterator[str]:
    record = _actor_record(actor, instant)
    yield f"{actor.name} ({actor.kind})"
    others = dict.fromkeys(name.text for name in actor.names if name.text != actor.name)
    if others:
        yield f"also {', '.join(others)}"
    yield from (f"{role['title']}: {role['person']}" for role in record["roles"])
    yield from (f"{one['kind']} {name_of(catalog.actors, one['other'])}" for one in record["relations"])
    if actor.note:
        yield actor.note


@click.command("watch", short_help="Print new events as they arrive.", cls=FilterCommand)
@filter_argument
@click.option("--count", type=click.IntRange(1), metavar="N", help="Stop after so many events.")
@with_session
async def watch_command(session: Session, *, filter_text: str, count: int | None) -> None:
    """Print new events as they arrive, one JSON object a line, oldest first, until interrupted.

    The keys are those of `sitmon events --format jsonl`.

    \b
    sitmon watch
    sitmon watch 'kind:capture grade:>=C3' | while read -r event; do ...; done
    """  # noqa: D301 - click's mark for lines that stay as they are
    query = event_query(session, filter_text, NOW, Order.RECEIVED)
    left = count
    cursor: Cursor | None = None
    async for revision in session.store.changes():
        cursor = cursor or Cursor(0, revision.newest)
        while revision.newest > cursor.seq:
            page = await session.store.page(session.situation, query, after=cursor, newer=True)
            rows = tuple(reversed(page.rows))[:left]
            write_jsonl(sys.stdout, (event_record(row, view_of(session, NOW)) for row in rows))
            sys.stdout.flush()
            left = None if left is None else left - len(rows)
            if left == 0:
                return
            cursor = rows[-1].cursor if page.more else Cursor(0, max(revision.newest, page.revision.newest))
