"""Reading views from a store to print or export them: places with who controls them, events page by page."""

from collections.abc import AsyncIterator

from export.view import PlaceLine, View, claims_behind
from model import times
from model.filters.bind import bind, compile_filter
from model.filters.parse import parse
from model.filters.places import check_place_filter, place_matches
from model.query import Clocks, EventQuery, EventRow, Order
from sitmon.session import Session

_PAGE = 256
"""Rows that are read at once."""


def view_of(session: Session, clocks: Clocks, filter_text: str = "") -> View:
    """Return the view with these clocks and this filter, read now."""
    return View(session.catalog, clocks, times.now(), filter_text)


async def read_places(
    session: Session, clocks: Clocks, filter_text: str = "", *, claims: bool = False
) -> tuple[View, list[PlaceLine]]:
    """Read the places that match a filter, in the situation's order.

    Args:
        session: the command's.
        clocks: as-of and known-at.
        filter_text: with fields that places have.
        claims: whether to read the claims that each state rests on, too.

    Raises:
        FilterError: the text is not a filter, or uses what only events have.
    """
    catalog = session.catalog
    tree = parse(filter_text)
    check_place_filter(tree, filter_text)
    condition = bind(tree, catalog, session.store.author, filter_text)
    lines = []
    for state in await session.store.control(session.situation, clocks=clocks, with_events=True):
        place = catalog.places.get(state.place)
        if place and place_matches(condition, place, state):
            found = await session.store.evidence(session.situation, state.event_ids) if claims else {}
            lines.append(PlaceLine(place, state, claims_behind(state, found, clocks.known_at)))
    return view_of(session, clocks, filter_text), lines


def event_query(session: Session, filter_text: str, clocks: Clocks, order: Order = Order.OCCURRED) -> EventQuery:
    """Return the query for the events that match a filter.

    Raises:
        FilterError: the text is not a filter, or a name in it is not in the situation.
    """
    return EventQuery(compile_filter(filter_text, session.catalog, session.store.author), clocks, order)


async def read_events(session: Session, query: EventQuery, limit: int | None = None) -> AsyncIterator[EventRow]:
    """Yield the newest events up to the limit, newest first; reads a page at a time."""
    cursor, left = None, limit
    while left is None or left > 0:
        size = _PAGE if left is None else min(_PAGE, left)
        page = await session.store.page(session.situation, query, after=cursor, limit=size)
        for row in page.rows:
            yield row
        if not page.more or not page.rows:
            return
        cursor = page.rows[-1].cursor
        left = None if left is None else left - len(page.rows)
