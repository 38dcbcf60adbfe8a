"""Which events the log shows, and in which order."""

from functools import partial
from typing import TYPE_CHECKING

from textual.widget import AwaitMount

from model.errors import InputRefused
from model.query import Order
from model.text import clean_line
from tui.commands.cities import ask_for_cities
from tui.commands.work import Do, Take, Work
from tui.saved_filters import MAX_NAME, SavedFilters, checked_name

if TYPE_CHECKING:
    from tui.main_screen import MainScreen

FILTER = "filter"
"""What the line asks for that is a filter: it takes effect while it is typed."""


SAVE, REPLACE, WATCH = "save filter", "replace filter", "watch filter"


def _filter(screen: "MainScreen") -> Work:
    if screen.focused is screen.cities:
        ask_for_cities(screen)
    else:
        from model.filters.complete import with_last_word_as_prefix

        text = screen.session.filter_text
        whole = " " if with_last_word_as_prefix(text) != text else ""  # so that Enter keeps a whole word as one
        screen.question.ask(FILTER, "filter", text + whole, partial(_complete, screen))
    return None


def _complete(screen: "MainScreen", text: str, column: int) -> tuple[int, tuple[str, ...]]:
    from model.filters.complete import completions, token_start

    column_of_text = len(text) - len(text.lstrip().removeprefix("!")) if text.lstrip().startswith("!") else 0
    text = " " * column_of_text + text[column_of_text:]
    return token_start(text, column), completions(text, column, screen.session.catalog)


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


def _order(order: Order) -> Do:
    def do(screen: "MainScreen") -> Work:
        screen.session.order = order
        screen.read_log()
        screen.say(f"the log is ordered as {order.value}")
        return None

    return do


def _show_new(screen: "MainScreen") -> Work:
    screen.read_log()
    return None


# -- saved filters -----------------------------------------------------------------------------------------------------


def _ask_name(screen: "MainScreen") -> Work:
    screen.question.ask(SAVE, f"save /{clean_line(screen.session.filter_text)[:20]} as")
    return None


def _save(screen: "MainScreen", text: str, *, replace: bool = False) -> Work:
    saved, filter_text = screen.session.saved, screen.session.filter_text
    if saved is None or not filter_text:
        return None
    try:
        name = checked_name(text)
        before = saved.read().get(name)
        if before not in (None, filter_text) and not replace:
            screen.question.ask(REPLACE, f"it is /{clean_line(str(before))[:20]} now; replace", name)
            return None
        saved.put(name, filter_text)
    except InputRefused as error:
        screen.say(str(error), "alert")
        return None
    screen.say(screen.keys.spell("saved; {pick_filter} picks it: ") + name)
    return None


def _watch(screen: "MainScreen") -> Work:
    saved, text = screen.session.saved, screen.session.filter_text
    if saved is None:
        return None
    try:
        name = next((name for name, one in saved.read().items() if one == text), None)
        if name is None:
            screen.question.ask(WATCH, "watch as", text[:MAX_NAME])
        else:
            _set_watch(screen, saved, name, on=name not in saved.watched())
    except InputRefused as error:
        screen.say(str(error), "alert")
    return None


def _watch_as(screen: "MainScreen", text: str) -> Work:
    saved, filter_text = screen.session.saved, screen.session.filter_text
    if saved is None or not filter_text:
        return None
    try:
        name = checked_name(text)
        if saved.read().get(name, filter_text) != filter_text:
            screen.question.ask(WATCH, f"{name[:20]} is another filter; watch as", name)
            return None
        saved.put(name, filter_text)
        _set_watch(screen, saved, name, on=True)
    except InputRefused as error:
        screen.say(str(error), "alert")
    return None


def _set_watch(screen: "MainScreen", saved: SavedFilters, name: str, *, on: bool) -> None:
    session = screen.session
    saved.watch(name, on=on)
    session.watching.read()
    session.watching.saw(session.filter_text, screen.log_window.horizon)
    screen.show_bars()
    if on:
        screen.say(
            screen.keys.spell("watched: you are told of new matches; {watch} ends that, {pick_filter} lists it: ")
            + name
        )
    else:
        screen.say(screen.keys.spell("no longer watched, still saved; {watch} watches it again: ") + name)


def _pick(screen: "MainScreen") -> AwaitMount | None:
    from tui.screens.filter_picker import FilterPicker

    if screen.session.saved is None:
        return None
    empty = screen.keys.spell("no filter is saved yet: {filter} filters, {save_filter} saves the filter")
    picker = FilterPicker(screen.palette, screen.session.saved, screen.session.watching, empty)
    return screen.app.push_screen(picker, lambda text: _use(screen, text))


def _use(screen: "MainScreen", text: str | None) -> None:
    if text is not None and apply_filter(screen, text):
        screen.to_pane(screen.events)


def _pick_named(screen: "MainScreen", name: str) -> Work:
    try:
        filters = screen.session.saved.read() if screen.session.saved else {}
    except InputRefused as error:
        screen.say(str(error), "alert")
        return None
    if name in filters:
        _use(screen, filters[name])
    else:
        screen.say(f"no filter is saved as {clean_line(name)}", "warn")
    return None


def _filter_by(screen: "MainScreen", text: str) -> Work:
    _use(screen, text)
    return None


DO: dict[str, Do] = {
    "filter": _filter,
    "save_filter": _ask_name,
    "pick_filter": _pick,
    "watch": _watch,
    "order_occurred": _order(Order.OCCURRED),
    "order_received": _order(Order.RECEIVED),
    "show_new": _show_new,
}

TAKES: dict[str, Take] = {"filter": _filter_by, "save_filter": _save, "pick_filter": _pick_named}

ANSWERS: dict[str, Take] = {SAVE: _save, REPLACE: partial(_save, replace=True), WATCH: _watch_as}
