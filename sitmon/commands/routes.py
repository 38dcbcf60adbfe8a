"""`sitmon route`: whether a route is open."""

from collections.abc import Iterator
from typing import Any

import click

from export.view import View, event_record
from model.catalog import name_of
from model.entities import ControlState, Route
from model.filters.conditions import RouteIn
from model.query import EventQuery, EventRow
from model.routes import Leg, RouteState, route_state
from model.times import format_time
from sitmon.output import Form, format_option, print_document, print_lines
from sitmon.reading import read_events, view_of
from sitmon.session import Session, clock_options, with_session

_RECENT = 10
"""Events on the route that are shown."""


@click.command("route", short_help="Whether a route is open, leg by leg.")
@click.argument("name")
@clock_options
@format_option(Form.TABLE, Form.JSON)
@with_session
async def route_command(session: Session, *, name: str, as_of: str | None, known_at: str | None, form: Form) -> None:
    """Whether a route is open: leg by leg, from who controls the places along it.

    \b
    sitmon route highway-1
    sitmon route "Highway 1" --as-of 2021-08-12 --format json
    """  # noqa: D301 - click's mark for lines that stay as they are
    clocks = session.clocks(as_of, known_at)
    view = view_of(session, clocks)
    route = session.catalog.route(name)
    states = {state.place: state for state in await session.store.control(session.situation, clocks=clocks)}
    state = route_state(route, states, session.catalog, min(clocks.as_of, view.read_at))
    query = EventQuery(RouteIn(frozenset({route.id})), clocks)
    rows = [row async for row in read_events(session, query, _RECENT)]
    if form is Form.JSON:
        print_document(form, _record(route, state, rows, view))
    else:
        print_lines(_lines(route, state, states, rows, view))


def _record(route: Route, state: RouteState, rows: list[EventRow], view: View) -> dict[str, Any]:
    return {
        "route_id": route.id,
        "name": route.name,
        "note": route.note,
        "state": state.passage.value,
        "actor": state.side,
        "as_of": view.as_of,
        "known_at": view.known_at,
        "legs": [
            {"from": leg.begin, "to": leg.end, "state": leg.passage.value, "actor": leg.side} for leg in state.legs
        ],
        "events": [event_record(row, view) for row in rows],
    }


def _lines(
    route: Route, state: RouteState, states: dict[str, ControlState], rows: list[EventRow], view: View
) -> Iterator[str]:
    actors = view.catalog.actors
    whose = f", all {name_of(actors, state.side)}" if state.side else ""
    yield f"{route.name}: {state.passage}{whose}" + (f" ({route.note})" if route.note else "")
    legs: list[Leg | None] = [*state.legs, None]
    for place, leg in zip(route.place_ids, legs, strict=False):
        control = states.get(place)
        held = f"{control.status.letter} {control.status} {name_of(actors, control.actor)}" if control else ""
        yield f"  {name_of(view.catalog.places, place)}  {held}"
        if leg:
            yield f"    | {leg.passage}"
    for row in rows:
        when = format_time(row.event.occurred_at, row.event.precision, view.zone)
        yield f"{when}  {row.event.summary}  ({row.weight.standing})"
