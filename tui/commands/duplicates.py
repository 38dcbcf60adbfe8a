"""Saying that an event repeats another one: the other one is selected before, or chosen from those that are near."""

from functools import partial
from typing import TYPE_CHECKING

from model.entities import MarkKind
from model.errors import InputRefused
from model.filters.conditions import AllOf, Condition, KindIn, Occurred, PlaceIn
from model.ids import is_id, short_id
from model.query import Cursor, EventQuery, EventRow, Order
from model.times import DAY
from tui.commands.marks import MarkAll, carefully
from tui.commands.select import target
from tui.commands.work import Do, Work, Writing
from tui.marking import Marking, mark
from tui.quotes import row_text
from tui.selection import Selection, only

if TYPE_CHECKING:
    from tui.main_screen import MainScreen

NEAR = 15 * DAY
"""An event that repeats another one is within so long of it."""

_LISTED = 200


def _duplicate(screen: "MainScreen") -> Work:
    session = screen.session
    row, chosen = session.selected, session.selection
    if row is None:
        return None
    others = [id_ for id_ in chosen.picked if id_ != row.event.id]
    if not chosen.stretches and len(chosen.picked) == len(others) == 1:
        return Writing(_mark, screen, only(session.query, row), others[0])
    if chosen.empty and row.verdict is MarkKind.DUPLICATE:
        off: MarkAll = lambda one, progress: mark(  # noqa: E731
            session, one, Marking(MarkKind.DUPLICATE), on=False, progress=progress
        )
        return Writing(carefully, screen, only(session.query, row), off)
    marked = target(screen)
    return partial(_choose, screen, row, marked) if marked else None


async def _choose(screen: "MainScreen", row: EventRow, marked: Selection) -> None:
    """List what the event may repeat, nearest in time first; digits of an id name any other one."""
    from tui.screens.texts import Text, Texts

    session, event = screen.session, row.event
    near = Occurred(event.occurred_at - NEAR, event.occurred_at + NEAR)
    alike: Condition = PlaceIn(frozenset({event.place})) if event.place else KindIn(frozenset({event.kind}))
    query = EventQuery(AllOf((near, alike)), session.clocks)
    page = await session.store.page(session.situation, query, limit=_LISTED)
    rows = sorted(page.rows, key=lambda one: abs(one.event.occurred_at - event.occurred_at))
    texts = [Text(row_text(one, session.catalog), one.event.id) for one in rows if not marked.holds(one)]
    if not texts:
        texts = [Text("no event is near it in place and time; type the digits of an id", role="dim")]
    listed = Texts(screen.palette, "A DUPLICATE OF", texts, lambda typed: typed)

    def chosen(found: str | None) -> None:
        if found:
            screen.run_in_turn(Writing(_mark, screen, marked, found))

    screen.app.push_screen(listed, chosen)


async def _mark(screen: "MainScreen", marked: Selection, original: str) -> str | None:
    session = screen.session
    if not is_id(original):
        original = await session.store.find(session.situation, original)
    row = (await session.event(original)).row
    if row.verdict is MarkKind.DUPLICATE:
        raise InputRefused(f"event {short_id(original)} is itself a duplicate; choose the one that it repeats")
    marked = _without(marked, row)
    if marked.empty:
        raise InputRefused("an event is not a duplicate of itself; nothing was written")
    work: MarkAll = lambda chosen, progress: mark(  # noqa: E731
        session, chosen, Marking(MarkKind.DUPLICATE, original), progress=progress
    )
    return await carefully(screen, marked, work)


def _without(marked: Selection, row: EventRow) -> Selection:
    if marked.query.order is Order.RECEIVED:
        row = row._replace(cursor=Cursor(0, row.cursor.seq))
    return marked.toggled(row) if marked.holds(row) else marked


DO: dict[str, Do] = {"duplicate": _duplicate}
