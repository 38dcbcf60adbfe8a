"""Choosing the rows that the next mark is for."""

from typing import TYPE_CHECKING

from tui.commands.work import Do, Work
from tui.selection import Selection, only

if TYPE_CHECKING:
    from tui.main_screen import MainScreen


def target(screen: "MainScreen") -> Selection | None:
    """Return what a mark is for: what is selected, or else the row under the cursor."""
    session = screen.session
    if not session.selection.empty:
        return session.selection.ended()
    return only(session.query, session.selected) if session.selected else None


def _select(screen: "MainScreen") -> Work:
    session = screen.session
    if session.selected is not None:
        session.selection = session.selection.ended().toggled(session.selected)
        screen.show_selection()
        screen.events.move(1)
    return None


def _range(screen: "MainScreen") -> Work:
    session = screen.session
    if session.selection.anchor is not None:
        session.selection = session.selection.ended()
    elif session.selected is not None:
        session.selection = session.selection.begun(session.selected, screen.log_window.horizon)
        screen.say(
            screen.keys.spell("it reaches to the cursor as that moves; {range} ends that, {select_none} clears it")
        )
    screen.show_selection()
    return None


def unselect(screen: "MainScreen") -> Work:
    """Select nothing."""
    screen.session.selection = Selection(screen.session.query)
    screen.show_selection()
    return None


DO: dict[str, Do] = {"select": _select, "range": _range, "select_none": unselect}
