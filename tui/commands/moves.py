"""Moving in a list."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from tui.commands.work import Do, Work
from tui.panes.event_log import EventLog
from tui.panes.lines import LineView

if TYPE_CHECKING:
    from tui.main_screen import MainScreen

_MOVES: dict[str, Callable[[LineView], None]] = {
    "down": lambda view: view.move(1),
    "up": lambda view: view.move(-1),
    "half_down": lambda view: view.turn(view.height // 2),
    "half_up": lambda view: view.turn(-(view.height // 2)),
    "page_down": lambda view: view.turn(view.height),
    "page_up": lambda view: view.turn(-view.height),
}


def _move(name: str) -> Do:
    def do(screen: "MainScreen") -> Work:
        if isinstance(screen.focused, LineView):
            _MOVES[name](screen.focused)
        return None

    return do


def _first(screen: "MainScreen") -> Work:
    view = screen.focused
    if isinstance(view, EventLog) and (screen.session.arrived.number or not view.window.at_newest):
        screen.read_log()
    elif isinstance(view, LineView):
        view.go(view.first)
    return None


def _last(screen: "MainScreen") -> Work:
    view = screen.focused
    if isinstance(view, EventLog) and not view.window.at_oldest:
        screen.read_log(oldest=True)
    elif isinstance(view, LineView):
        view.go(view.last)
    return None


DO: dict[str, Do] = {**{name: _move(name) for name in _MOVES}, "first": _first, "last": _last}
