"""Going to a pane, into the drawer, and back; what Enter opens."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from model.entities import ControlState
from tui.commands.filters import apply_filter, show_events
from tui.commands.select import unselect
from tui.commands.work import Do, Work
from tui.keymap import Scope
from tui.keys import shown_key
from tui.panes.lines import LineView

if TYPE_CHECKING:
    from tui.main_screen import MainScreen

OPENS = {Scope.CITIES: "open_city", Scope.EVENTS: "open_event", Scope.ACTOR: "open_place"}
"""What Enter does in each pane; a second click does the same."""


def _next_pane(screen: "MainScreen", step: int = 1) -> Work:
    views: list[LineView] = [screen.cities, screen.events, screen.actor]
    if screen.drawer.display:
        views.append(screen.evidence)
    at = views.index(screen.focused) if isinstance(screen.focused, LineView) and screen.focused in views else 0
    screen.to_pane(views[(at + step) % len(views)])
    return None


def _to(pane: Callable[["MainScreen"], LineView]) -> Do:
    def do(screen: "MainScreen") -> Work:
        screen.to_pane(pane(screen))
        return None

    return do


def _open_event(screen: "MainScreen") -> Work:
    screen.open_drawer(is_open=True)
    screen.to_pane(screen.evidence)
    return None


def _open_city(screen: "MainScreen") -> Work:
    entry = screen.cities.entry
    if isinstance(entry, ControlState):
        show_events(screen, "place", entry.place)
    elif entry is not None and entry.actor:
        show_events(screen, "actor", entry.actor)
    return None


def _open_place(screen: "MainScreen") -> Work:
    if screen.actor.place is None:
        screen.say("this line is about no place")
    else:
        show_events(screen, "place", screen.actor.place)
    return None


def _evidence(screen: "MainScreen") -> Work:
    screen.open_drawer(is_open=not screen.drawer.display)
    return None


def _back(screen: "MainScreen") -> Work:
    if screen.long.stop():
        return None
    if screen.evidence.has_focus:
        screen.to_pane(screen.about)
        if screen.narrow:
            screen.open_drawer(is_open=False)
    elif screen.narrow and screen.drawer.display:
        screen.open_drawer(is_open=False)
    elif not screen.session.selection.empty:
        unselect(screen)
    elif screen.session.filter_text:
        apply_filter(screen, "")
    elif screen.pressed in (leaving := [key for key in screen.keys.of("back") if key != "escape"]):
        screen.app.exit(0)
    else:
        screen.say(
            f"this is the outermost level; {shown_key(leaving[0]) if leaving else screen.keys.hint('quit')} quits"
        )
    return None


DO: dict[str, Do] = {
    "next_pane": _next_pane,
    "previous_pane": lambda screen: _next_pane(screen, -1),
    "cities": _to(lambda screen: screen.cities),
    "events": _to(lambda screen: screen.events),
    "actor": _to(lambda screen: screen.actor),
    "open_city": _open_city,
    "open_event": _open_event,
    "open_place": _open_place,
    "evidence": _evidence,
    "back": _back,
}
