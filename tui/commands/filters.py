"""Which events the log shows, and in which order."""

from typing import TYPE_CHECKING

from model.errors import InputRefused
from tui.commands.work import Do, Work

if TYPE_CHECKING:
    from tui.main_screen import MainScreen

FILTER = "filter"
"""What the line asks for that is a filter: it takes effect while it is typed."""


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


def _order(screen: "MainScreen") -> Work:
    screen.session.swap_order()
    screen.read_log()
    screen.say(f"the log runs as {screen.session.order.value}")
    return None


def _show_new(screen: "MainScreen") -> Work:
    screen.read_log()
    return None


DO: dict[str, Do] = {"filter": _filter, "order": _order, "show_new": _show_new}
