"""The lines that say what the panes show: attributes down into the header, the titles and the tabs."""

from typing import TYPE_CHECKING

from tui.cells import Span, counted
from tui.panes import bars

if TYPE_CHECKING:
    from tui.main_screen import MainScreen


def show_titles(screen: "MainScreen") -> None:
    """Write the title line, the panes' titles and the tabs."""
    session, width = screen.session, screen.app.size.width
    screen.header.show(*bars.header(session, screen.board, width))
    actor, kind = bars.actor_title(session.catalog, session.actor)
    titles = (
        screen.cities.title,
        bars.events_title(session, screen.total),
        actor,
    )
    waiting = (
        (Span(f" {screen.keys.hint('show_new')} shows {counted(session.arrived)} new ", "warn strong"),)
        if session.arrived.number
        else ()
    )
    for pane, title, more, right in zip(
        screen.panes, titles, ((), (), (Span(f"  {kind}", "dim"),)), ((), waiting, ()), strict=True
    ):
        bright = "title" if pane.view is screen.focused else "dim"
        pane.title.show((Span(f" {title}", bright), *more), right)
    current = [pane.view for pane in screen.panes].index(screen.current)
    screen.tabs.show(bars.tabs(titles, current), waiting if current == 1 else ())
