"""What the drawer shows: read for the line that it is about."""

from typing import TYPE_CHECKING

from model.errors import IdUnknown
from tui.cells import Span
from tui.panes.evidence import event_heading, why_heading

if TYPE_CHECKING:
    from tui.main_screen import MainScreen


async def read_evidence(screen: "MainScreen") -> None:
    """Show the claims on the selected event, or the steps behind the selected city."""
    session, catalog = screen.session, screen.session.catalog
    try:
        if screen.about is screen.cities and session.place is not None:
            why = await session.why(session.place)
            screen.drawer.title.show(*why_heading(why, catalog))
            screen.evidence.show_subject(why, catalog)
            return
        if screen.about is not screen.cities and session.selected is not None:
            file = await session.event(session.selected.event.id)
            screen.drawer.title.show(*event_heading(file, catalog, screen.app.size.width))
            screen.evidence.show_subject(file, catalog)
            return
    except IdUnknown:
        pass  # undone by somebody a moment ago; the list will say so
    screen.drawer.title.show((Span(" EVIDENCE", "dim"),))
    screen.evidence.clear(("no line is selected; the drawer shows what a selected event or city rests on",))
