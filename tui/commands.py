"""What each action of `tui/keymap.py` does: a few lines each, from a key to the session or to a pane.

A function with something to wait for returns that as work, which the screen runs in its turn; what work returns is
said. One that opens a screen returns its opening, which the next key waits for.
"""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.widget import AwaitMount

from model.entities import ControlState, MarkKind
from model.errors import InputRefused
from model.query import EventRow
from tui.keymap import ACTIONS, Scope
from tui.panes.event_log import EventLog
from tui.panes.lines import LineView
from tui.session import Clock

if TYPE_CHECKING:
    from tui.main_screen import MainScreen

Work = Callable[[], Coroutine[Any, Any, str | None]] | None
"""What is left to wait for: a function, so that work that is never begun leaves nothing behind."""
FILTER, TAG, NOTE = "filter", "tag", "note"

OPENS = {Scope.CITIES: "open_city", Scope.EVENTS: "open_event", Scope.ACTOR: "open_place"}
"""What Enter does in each pane; a second click does the same."""

_MOVES: dict[str, Callable[[LineView], None]] = {
    "down": lambda view: view.move(1),
    "up": lambda view: view.move(-1),
    "half_down": lambda view: view.turn(view.height // 2),
    "half_up": lambda view: view.turn(-(view.height // 2)),
    "page_down": lambda view: view.turn(view.height),
    "page_up": lambda view: view.turn(-view.height),
}


def _move(name: str) -> Callable[["MainScreen"], Work]:
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


# -- panes -------------------------------------------------------------------------------------------------------------


def _next_pane(screen: "MainScreen", step: int = 1) -> Work:
    views: list[LineView] = [screen.cities, screen.events, screen.actor]
    if screen.drawer.display:
        views.append(screen.evidence)
    at = views.index(screen.focused) if isinstance(screen.focused, LineView) and screen.focused in views else 0
    screen.to_pane(views[(at + step) % len(views)])
    return None


def _to(pane: Callable[["MainScreen"], LineView]) -> Callable[["MainScreen"], Work]:
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
        _show_events(screen, "place", entry.place)
    elif entry is not None and entry.actor:
        _show_events(screen, "actor", entry.actor)
    return None


def _open_place(screen: "MainScreen") -> Work:
    if screen.actor.place is None:
        screen.say("this line is about no place")
    else:
        _show_events(screen, "place", screen.actor.place)
    return None


def _show_events(screen: "MainScreen", field: str, id_: str) -> None:
    from model.filters.ast import Field, Term
    from model.filters.write import write

    apply_filter(screen, write(Term(Field(field), id_)))
    screen.to_pane(screen.events)


def _evidence(screen: "MainScreen") -> Work:
    screen.open_drawer(is_open=not screen.drawer.display)
    return None


def _back(screen: "MainScreen") -> Work:
    if screen.evidence.has_focus:
        screen.to_pane(screen.about)
        if screen.narrow:
            screen.open_drawer(is_open=False)
    elif screen.narrow and screen.drawer.display:
        screen.open_drawer(is_open=False)
    elif screen.session.filter_text:
        apply_filter(screen, "")
    elif screen.pressed == "q":
        screen.app.exit(0)
    else:
        screen.say("this is the outermost level; q quits")
    return None


def _quit(screen: "MainScreen") -> Work:
    screen.app.exit(0)
    return None


# -- the filter --------------------------------------------------------------------------------------------------------


def _filter(screen: "MainScreen") -> Work:
    screen.question.ask(FILTER, "filter", screen.session.filter_text)
    return None


def apply_filter(screen: "MainScreen", text: str, *, after: float = 0) -> bool:
    """Filter the log, if the text is a filter; else say what is wrong with it and where. Return whether it is one."""
    try:
        screen.session.set_filter(text)
    except InputRefused as error:
        screen.say(str(error), "warn")
        return False
    screen.show_keys()
    screen.show_bars()
    # Without a filter every event is listed, the selected one too.
    screen.read_log(at=None if screen.session.filter_text else screen.events.row, after=after)
    return True


def answer(screen: "MainScreen", purpose: str, text: str) -> Work:
    """Write the tag or the note that was entered."""
    row = screen.session.selected
    if row is None:
        return None
    write_mark = screen.session.tag if purpose == TAG else screen.session.note
    return partial(_marked, screen, row, partial(write_mark, text))


# -- marks -------------------------------------------------------------------------------------------------------------


def _mark(kind: MarkKind) -> Callable[["MainScreen"], Work]:
    def do(screen: "MainScreen") -> Work:
        row = screen.session.selected
        return partial(_marked, screen, row, lambda now: screen.session.toggle(kind, (now,))) if row else None

    return do


async def _marked(
    screen: "MainScreen", row: EventRow, write_mark: Callable[[EventRow], Coroutine[Any, Any, str]]
) -> str:
    # What is true of the row now, not when the key was pressed: the same key twice sets and takes away.
    position = screen.log_window.position_of(row.event.id)
    now = screen.log_window.row(position) if position is not None else None
    said = await write_mark(now or row)
    await screen.events.reread()
    screen.read_details()
    return said


def _tag(screen: "MainScreen") -> Work:
    screen.question.ask(TAG, "tag (the same one again takes it away)")
    return None


def _note(screen: "MainScreen") -> Work:
    screen.question.ask(NOTE, "note that everybody sees")
    return None


# -- clocks ------------------------------------------------------------------------------------------------------------


async def _step(screen: "MainScreen", *, back: bool) -> str:
    said = await screen.session.step(back=back)
    if not said:
        screen.read_all()
    return said


async def _day(screen: "MainScreen", *, back: bool) -> None:
    await screen.session.step_day(back=back)
    screen.read_all()


def _swap_clock(screen: "MainScreen") -> Work:
    screen.session.swap_clock()
    screen.show_bars()
    screen.say(f"[ ] {{ }} now move the {screen.session.clock.value} clock")
    return None


def _now(screen: "MainScreen") -> Work:
    screen.session.to_now()
    screen.read_all()
    return None


def set_clock(screen: "MainScreen", clock: Clock, text: str) -> None:
    """Set a clock to a time as it was typed, or say why that is none."""
    try:
        screen.session.set_clock(clock, text)
    except InputRefused as error:
        screen.say(str(error), "warn")
        return
    screen.read_all()


# -- the rest ----------------------------------------------------------------------------------------------------------


def _order(screen: "MainScreen") -> Work:
    screen.session.swap_order()
    screen.read_log()
    screen.say(f"the log runs as {screen.session.order.value}")
    return None


def _show_new(screen: "MainScreen") -> Work:
    screen.read_log()
    return None


def _pause(screen: "MainScreen") -> Work:
    screen.session.paused = not screen.session.paused
    screen.show_bars()
    if screen.session.paused:
        screen.say("live updates are held; p lets them in again")
    else:
        screen.hear_of_change()
        screen.say("live updates come in again")
    return None


def _palette(screen: "MainScreen") -> AwaitMount:
    from tui.screens.palette import CommandPalette

    palette = CommandPalette(screen.palette, screen.scope, screen.session)
    return screen.app.push_screen(palette, lambda text: run(screen, text))


def run(screen: "MainScreen", text: str | None) -> None:
    """Do what the palette gave back: an action's name, and its argument where it takes one."""
    if not text:
        return
    name, _, argument = text.partition(" ")
    if name in _CLOCKS:
        set_clock(screen, _CLOCKS[name], argument)
    elif name in ACTIONS:
        screen.action_do(name)


_CLOCKS = {"asof": Clock.AS_OF, "known": Clock.KNOWN_AT}


def _ask_clock(name: str) -> Callable[["MainScreen"], Work]:
    def do(screen: "MainScreen") -> Work:
        screen.say(f"write the time after it: `:{name} 2021-08-12`, `:{name} 2021-08-12T14:20` or `:{name} now`")
        return None

    return do


def _help(screen: "MainScreen") -> AwaitMount:
    from tui.screens.help import HelpScreen

    return screen.app.push_screen(HelpScreen(screen.palette, screen.scope))


def _redraw(screen: "MainScreen") -> Work:
    for widget in screen.walk_children():  # lines that were kept could be the ones that are wrong
        widget.refresh()
    screen.app.refresh(layout=True)
    return None


def _suspend(screen: "MainScreen") -> Work:
    screen.app.action_suspend_process()
    return None


def _interrupt(screen: "MainScreen") -> Work:
    screen.interrupt()
    return None


DO: dict[str, Callable[["MainScreen"], Work | AwaitMount]] = {
    **{name: _move(name) for name in _MOVES},
    "first": _first,
    "last": _last,
    "next_pane": _next_pane,
    "previous_pane": lambda screen: _next_pane(screen, -1),
    "cities": _to(lambda screen: screen.cities),
    "events": _to(lambda screen: screen.events),
    "actor": _to(lambda screen: screen.actor),
    "open_city": _open_city,
    "open_event": _open_event,
    "open_place": _open_place,
    "back": _back,
    "quit": _quit,
    "interrupt": _interrupt,
    "filter": _filter,
    "read": _mark(MarkKind.READ),
    "star": _mark(MarkKind.STAR),
    "tag": _tag,
    "note": _note,
    "verify": _mark(MarkKind.VERIFIED),
    "dispute": _mark(MarkKind.DISPUTED),
    "reject": _mark(MarkKind.REJECTED),
    "unverifiable": _mark(MarkKind.UNVERIFIABLE),
    "undo": lambda screen: screen.session.undo,
    "redo": lambda screen: screen.session.redo,
    "evidence": _evidence,
    "earlier": lambda screen: partial(_step, screen, back=True),
    "later": lambda screen: partial(_step, screen, back=False),
    "day_before": lambda screen: partial(_day, screen, back=True),
    "day_after": lambda screen: partial(_day, screen, back=False),
    "swap_clock": _swap_clock,
    "now": _now,
    "asof": _ask_clock("asof"),
    "known": _ask_clock("known"),
    "order": _order,
    "show_new": _show_new,
    "pause": _pause,
    "palette": _palette,
    "help": _help,
    "redraw": _redraw,
    "suspend": _suspend,
}
"""What each action does, by its name."""
