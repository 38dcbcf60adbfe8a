"""From event to event: the next hit of a filter, or the next one that is unread."""

from functools import partial
from typing import TYPE_CHECKING

from model.entities import MarkKind
from model.filters.conditions import AllOf, Arrived, Marked, NotThat
from model.query import Cursor, EventQuery, EventRow
from tui.commands.work import Do, Work

if TYPE_CHECKING:
    from tui.main_screen import MainScreen


def _jump(*, newer: bool) -> Do:
    def do(screen: "MainScreen") -> Work:
        row = screen.session.selected
        return partial(_find, screen, row, newer=newer) if row else None

    return do


async def _find(screen: "MainScreen", row: EventRow, *, newer: bool) -> str | None:
    """Go to the next one; beyond the last one, begin again at the other end and say so."""
    session = screen.session
    hits = bool(session.filter_text)
    what = "hit" if hits else "unread event"
    screen.long_task.report(f"looking for the next {what}")
    # What arrived since the log was read waits to be shown, and is not a place to jump to.
    parts = (session.where, Arrived(0, screen.log_window.horizon))
    where = AllOf(parts if hits else (*parts, NotThat(Marked(MarkKind.READ))))
    query = EventQuery(where, session.clocks, session.order)

    async def first(after: Cursor | None) -> EventRow | None:
        page = await session.store.page(session.situation, query, after=after, newer=newer, limit=1)
        return page.rows[0] if page.rows else None

    found, wrapped = await first(row.cursor), False
    if found is None:
        found, wrapped = await first(None), True
    if found is None or found.event.id == row.event.id:
        return f"there is no other {what}"
    position = screen.log_window.position_of(found.event.id)
    if position is None:
        screen.read_log(at=found)
    else:
        screen.events.go(position)
    return f"the last {what} was passed; continued from the {'oldest' if newer else 'newest'}" if wrapped else None


DO: dict[str, Do] = {"next_hit": _jump(newer=False), "previous_hit": _jump(newer=True)}
