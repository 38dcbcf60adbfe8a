"""What stands beside the lists, read anew: the drawer, the actor's file, how many events there are."""

from typing import TYPE_CHECKING

from model.errors import IdUnknown
from tui.cells import Span
from tui.panes.evidence import event_heading, why_heading

if TYPE_CHECKING:
    from tui.main_screen import MainScreen


async def count_all(screen: "MainScreen") -> None:
    """Count what the log lists and what waits, first up to a cap and then to the end."""
    await count(screen)
    if screen.total is not None and screen.total.capped:
        session = screen.session
        screen.total = await session.store.count(session.situation, session.query, cap=None)
        screen.show_bars()


async def count(screen: "MainScreen") -> None:
    """Count what the log lists and what waits, up to a cap."""
    session = screen.session
    session.arrived = await screen.log_window.arrived()
    screen.total = await session.store.count(session.situation, session.query)
    screen.show_bars()


async def read_details(screen: "MainScreen") -> None:
    """Read what the drawer is about, if it is open, and the actor's file."""
    session = screen.session
    if screen.drawer.display:
        await _read_evidence(screen)
    if session.actor is not None and screen.board is not None:
        file = await session.actor_file(session.actor, screen.board)
        screen.actor.show_file(file, session.catalog)
    else:
        screen.actor.nothing = ("no actor is known here yet",)
        screen.actor.refresh()
    screen.show_bars()


async def _read_evidence(screen: "MainScreen") -> None:
    session, catalog = screen.session, screen.session.catalog
    try:
        if screen.about is screen.cities and session.place is not None:
            why = await session.why(session.place)
            history = await session.history(session.place)
            screen.drawer.title.show(*why_heading(why, catalog))
            screen.evidence.show_city(why, history, session.clocks.as_of, catalog)
            return
        if screen.about is not screen.cities and session.selected is not None:
            file = await session.event(session.selected.event.id)
            screen.drawer.title.show(*event_heading(file, catalog, screen.app.size.width))
            screen.evidence.show_event(file, catalog)
            return
    except IdUnknown:
        pass  # undone by somebody a moment ago; the list will say so
    screen.drawer.title.show((Span(" EVIDENCE", "dim"),))
    screen.evidence.show_nothing(("no line is selected; the drawer shows what a selected event or city rests on",))
