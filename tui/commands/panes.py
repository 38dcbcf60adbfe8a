"""Going to a pane, into the drawer, and back; what Enter opens."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from textual.widget import AwaitMount

from model.entities import ControlState
from model.errors import NameUnknown
from tui.commands.cities import narrow_cities
from tui.commands.filters import apply_filter
from tui.commands.select import unselect
from tui.commands.work import Do, Take, Work
from tui.keymap import Scope
from tui.keys import shown_key
from tui.links import Link, Target, to_events
from tui.navigation import go, retrace
from tui.panes.lines import LineView
from tui.panes.links import LinkList

if TYPE_CHECKING:
    from tui.main_screen import MainScreen

OPENS = {
    Scope.CITIES: "open_city",
    Scope.EVENTS: "open_event",
    Scope.ACTOR: "follow",
    Scope.EVIDENCE: "follow_evidence",
}
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


def _open_city(screen: "MainScreen") -> Work | AwaitMount:
    entry = screen.cities.entry
    if isinstance(entry, ControlState):
        return go(screen, to_events("place", entry.place))
    if entry is not None and entry.actor:
        return go(screen, to_events("actor", entry.actor))
    return None


def _follow(screen: "MainScreen") -> Work | AwaitMount:
    return go(screen, screen.focused.link if isinstance(screen.focused, LinkList) else None)


def _ask_name(screen: "MainScreen") -> Work:
    screen.say("write a name after it: `:goto herat`, `:goto taliban`")
    return None


def _go_to(screen: "MainScreen", name: str) -> Work:
    catalog = screen.session.catalog
    try:
        link = Link(Target.CITY, catalog.place(name).id)
    except NameUnknown as no_place:
        try:
            link = Link(Target.ACTOR, catalog.actor(name).id)
        except NameUnknown:
            screen.say(f"no city or actor has this name; {no_place}", "warn")
            return None
    screen.follow_link(link)
    return None


def _held(screen: "MainScreen") -> Work | AwaitMount:
    tally = next(iter(screen.session.catalog.tallies), None)
    if tally is None:
        screen.say("this situation has no tallies")
        return None
    return go(screen, Link(Target.HELD, tally))


def _claims(screen: "MainScreen") -> Work | AwaitMount:
    entry = screen.cities.entry
    if not isinstance(entry, ControlState):
        screen.say("this line is not a city")
        return None
    return go(screen, Link(Target.CLAIMS, entry.place))


def _evidence(screen: "MainScreen") -> Work:
    screen.open_drawer(is_open=not screen.drawer.display)
    return None


def _zoom(screen: "MainScreen") -> Work:
    screen.zoom(is_on=True)
    screen.show_bars()
    return None


def _unzoom(screen: "MainScreen") -> Work:
    if screen.zoomed:
        screen.zoom(is_on=False)
        screen.show_bars()
    else:
        screen.say(screen.keys.spell("nothing is zoomed; {zoom} gives this pane the whole screen"))
    return None


def _back(screen: "MainScreen") -> Work:
    if screen.leaving.is_waiting:
        _stay_or_leave(screen)
    elif screen.pressed != "escape" or not screen.long_task.stop():
        _one_back(screen)
    return None


def _stay_or_leave(screen: "MainScreen") -> None:
    if screen.pressed == "escape":
        screen.leaving.stay()
        screen.say("the screen stays, and what is being written goes on")
    else:
        screen.leaving.leave()


def _one_back(screen: "MainScreen") -> None:
    if screen.focused is screen.evidence:
        screen.to_pane(screen.about)
        if screen.narrow:
            screen.open_drawer(is_open=False)
    elif screen.narrow and screen.drawer.display:
        screen.open_drawer(is_open=False)
    elif not screen.session.selection.empty:
        unselect(screen)
    elif screen.focused is screen.cities and screen.cities.filter_text:
        narrow_cities(screen, "")
    elif screen.session.filter_text:
        apply_filter(screen, "")
    elif screen.zoomed:
        screen.zoom(is_on=False)
    elif screen.pressed in (leaving := [key for key in screen.keys.of("back") if key != "escape"]):
        screen.leaving.leave()
    else:
        screen.say(
            f"this is the outermost level; {shown_key(leaving[0]) if leaving else screen.keys.hint('quit')} quits"
        )


DO: dict[str, Do] = {
    "next_pane": _next_pane,
    "previous_pane": lambda screen: _next_pane(screen, -1),
    "cities": _to(lambda screen: screen.cities),
    "events": _to(lambda screen: screen.events),
    "actor": _to(lambda screen: screen.actor),
    "drawer": _open_event,
    "open_city": _open_city,
    "open_event": _open_event,
    "follow": _follow,
    "follow_evidence": _follow,
    "go_back": partial(retrace, back=True),
    "go_forward": partial(retrace, back=False),
    "goto": _ask_name,
    "held": _held,
    "tally": lambda screen: go(screen, Link(Target.TALLY)),
    "claims": _claims,
    "evidence": _evidence,
    "zoom": _zoom,
    "unzoom": _unzoom,
    "back": _back,
}

TAKES: dict[str, Take] = {"goto": _go_to}
