"""Reading again what is shown beside the lists: the drawer, the actor's file, how many events there are."""

import asyncio
import random
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from model.entities import ControlState
from model.errors import IdUnknown
from model.query import NOW, Clocks, Count, EventQuery, EventRow, Touched
from model.times import FOREVER
from tui.cells import Span
from tui.long_task import SOON
from tui.panes import bars
from tui.panes.evidence import event_heading, why_heading

RESTED = 0.3, 1.3
"""Seconds after a commit at which rows beyond the screen are read: somewhen between, while other sessions rest."""

MOMENTS = 8
"""Moments of a situation that has ended at which it is looked who holds places."""

if TYPE_CHECKING:
    from tui.main_screen import MainScreen


class Counted(NamedTuple):
    """How many events the log's query matched, all of them counted."""

    query: EventQuery
    number: int
    newest: int
    """Arrival number of the newest event that was there to be counted."""


async def count_all(screen: "MainScreen") -> None:
    """Count what the log lists and what waits, first up to a cap and then to the end."""
    await count(screen)
    if screen.total is not None and screen.total.capped:
        session = screen.session
        query, before = session.query, await session.store.revision()
        screen.total = await session.store.count(session.situation, query, cap=None)
        if before == await session.store.revision():
            screen.counted = Counted(query, screen.total.number, before.newest)
        screen.show_bars()


async def count(screen: "MainScreen", touched: Touched | None = None) -> None:
    """Count what the log lists and what waits, up to a cap, or on from what was counted to the end.

    Args:
        screen: shows it.
        touched: what may have changed since it was last read; None: all of it.
    """
    session, log = screen.session, screen.log_window
    if touched is None or touched.everything or not log.lists_all:
        screen.counted = None
    session.arrived = await log.arrived()
    query, counted = session.query, screen.counted
    if counted is None or counted.query != query:
        total = await session.store.count(session.situation, query)
    else:
        new = session.arrived
        if counted.newest != log.horizon:
            new = await session.store.arrived(session.situation, query, counted.newest)
        total = Count(counted.number + new.number, new.capped)
    if query == session.query:  # else what was asked for meanwhile is counted for itself
        screen.total = total
    screen.show_bars()


async def count_selection(screen: "MainScreen") -> None:
    """Count the rows that are selected."""
    from tui.marking import count_selected

    screen.session.selected_number = await count_selected(screen.session, screen.session.selection)
    screen.show_bars()


async def count_proposals(screen: "MainScreen") -> None:
    """Count what waits for a decision."""
    session = screen.session
    found = (await session.store.proposals(session.situation, limit=0)).open
    if found != session.to_review:
        session.to_review = found
        screen.show_bars()


async def look_back(screen: "MainScreen") -> None:
    """Say what has changed since the last look, and begin to watch from there."""
    session = screen.session
    if session.memory is not None:
        from tui.since import greet  # the first screen does without

        await greet(screen, session.memory())
    before = session.looked.before if session.looked else None
    session.watching.begin(screen.log_window.horizon if before is None or before.newest is None else before.newest)
    await tell_watched(screen)


async def tell_watched_soon(screen: "MainScreen") -> None:
    """Count what has come for the watched filters in a moment, once for all that comes until then."""
    watching = screen.session.watching
    if watching.is_due or not watching.filters:
        return
    watching.is_due = True
    try:
        await _rest()
    finally:
        watching.is_due = False
    await tell_watched(screen)


async def _rest() -> None:
    await asyncio.sleep(random.uniform(*RESTED))  # noqa: S311 - spreads the sessions, keeps no secret


async def begin_with_feeds(screen: "MainScreen") -> None:
    """Begin to look who polls the feeds."""
    from tui.feeds import FeedWatch  # the first screen does without

    screen.feeds = FeedWatch(screen)
    await screen.feeds.look()


async def rank_sides(screen: "MainScreen") -> None:
    """Give hues first to the sides that hold places now, or held some at moments before, whatever the clocks show."""
    session, situation = screen.session, screen.session.catalog.situation
    moments = [NOW]
    if situation.begins is not None:
        parts = MOMENTS if situation.ends is not None else 1
        step = ((situation.ends or 0) - situation.begins) // parts
        moments += [Clocks(as_of=situation.begins + number * step) for number in range(parts)]
    held: Counter[str | None] = Counter()
    for clocks in moments:
        states = await session.store.control(session.situation, clocks=clocks)
        held |= Counter(session.catalog.side_of(state.actor, situation.begins or 0) for state in states if state.actor)
    if screen.palette.rank(held):
        for widget in screen.walk_children():
            widget.refresh()


async def show_board(screen: "MainScreen") -> None:
    """Read who holds what, and show it, unless a clock was set meanwhile: then a later reading shows that."""
    board = await screen.session.board()
    if board.clocks != screen.session.clocks:
        return
    screen.board = board
    catalog = screen.session.catalog
    screen.cities.nothing = bars.why_no_city(screen.cities.filter_text, screen.keys)
    screen.cities.show(board.states, catalog, board.tallies[0].tally.actor if board.tallies else None)
    if screen.session.looked is not None:
        screen.cities.mark_changed(screen.session.looked.hear(board))
    screen.show_bars()


async def tell_watched(screen: "MainScreen") -> None:
    """Count what has come for the watched filters; say so once, but not to somebody who is typing."""
    watching = screen.session.watching
    names = await watching.count(screen.session)
    screen.show_bars()
    if names and screen.is_current and not screen.is_asking:
        said = ", ".join(f"{watching.new[name]:,} new in {name}" for name in names if name in watching.new)
        screen.say(screen.keys.spell("{pick_filter} lists the watched filters: ") + said, "warn")
    if names and screen.rings:
        screen.app.bell()


async def load_log(screen: "MainScreen", *, oldest: bool, at: EventRow | None, offset: int | None) -> None:
    """Show the log from its newest or oldest row or around one; say so where that takes a while."""
    loop = asyncio.get_running_loop()
    words = "still searching · esc clears the filter" if screen.session.filter_text else "still reading"
    slow = loop.call_later(SOON, screen.say, words)
    try:
        await screen.events.load(screen.session.query, oldest=oldest, at=at, offset=offset)
    finally:
        slow.cancel()
    if screen.session.clocks == NOW:
        screen.session.watching.saw(screen.session.filter_text, screen.log_window.horizon)
    if slow.when() < loop.time():
        screen.show_keys()


async def read_ahead_again(screen: "MainScreen") -> None:
    """Read the rows around those on the screen, and what waits, once nothing more urgent is to be read."""
    await _rest()
    screen.events.moved()
    await count_proposals(screen)


async def read_details(screen: "MainScreen") -> None:
    """Read what the drawer is about, if it is open, and the actor's file."""
    session = screen.session
    if screen.about is screen.cities and session.looked is not None and session.place is not None:
        screen.cities.mark_changed(session.looked.saw(session.place))
    if screen.drawer.display and screen.drawer_is_due:
        await _read_evidence(screen)
        screen.drawer_is_due = False
    if session.actor is not None and screen.board is not None:
        file = await session.actor_file(session.actor, screen.board)
        screen.actor.show_file(file, session.catalog)
    else:
        screen.actor.nothing = ("no actor is known here yet",)
        screen.actor.refresh()
    screen.show_bars()


def is_about(screen: "MainScreen", touched: Touched) -> bool:
    """Say whether the drawer can show something else now that this was touched."""
    if touched.everything or touched.marked:
        return True
    entry, row = screen.cities.entry, screen.events.row
    if screen.about is screen.cities:
        return isinstance(entry, ControlState) and entry.place in touched.places
    return row is not None and row.cursor.seq in touched.events


async def _read_evidence(screen: "MainScreen") -> None:
    session, catalog = screen.session, screen.session.catalog
    try:
        entry = screen.cities.entry  # the session may not have heard of the cursor's last move yet
        if screen.about is screen.cities and isinstance(entry, ControlState):
            why = await session.why(entry.place)
            screen.drawer.title.show(*why_heading(why, catalog))
            if session.clocks.known_at < FOREVER:  # then a place's history can take seconds to read
                screen.evidence.show_city(why, (), session.clocks.as_of, catalog)
            history = await session.history(entry.place)
            screen.evidence.show_city(why, history, session.clocks.as_of, catalog)
            return
        row = screen.events.row
        if screen.about is not screen.cities and row is not None:
            file = await session.event(row.event.id)
            screen.drawer.title.show(*event_heading(file, catalog, screen.app.size.width, session.present()))
            screen.evidence.show_event(file, catalog)
            return
    except IdUnknown:
        pass  # undone by somebody a moment ago; the list will say so
    screen.drawer.title.show((Span(" EVIDENCE", "dim"),))
    here = "this line is no city;" if screen.about is screen.cities else "no event is selected;"
    screen.evidence.show_nothing((here, screen.keys.spell("{down} and {up} choose what is shown here")))
