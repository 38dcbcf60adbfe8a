"""What becomes of a text that is asked for: while it is typed, when it is entered, when it is given up."""

from typing import TYPE_CHECKING

from model.errors import StoreError
from model.filters.complete import with_last_word_as_prefix
from tui import commands
from tui.commands.cities import CITIES, narrow_cities
from tui.commands.filters import FILTER, apply_filter
from tui.commands.work import Writing
from tui.panes.lines import LineView

if TYPE_CHECKING:
    from tui.main_screen import MainScreen

TYPED = 0.05
"""Seconds between the last typed character and the query, where another one was running."""


def typed(screen: "MainScreen", purpose: str, text: str) -> None:
    """Filter while it is typed, the last word being no more than a beginning."""
    if purpose == FILTER:
        apply_filter(screen, with_last_word_as_prefix(text), after=TYPED)
    elif purpose == CITIES:
        narrow_cities(screen, text)


def answered(screen: "MainScreen", purpose: str, text: str) -> None:
    """Do what was asked for; a filter is kept as it was shown, and one that is none stays to be fixed."""
    if purpose != FILTER:
        _close(screen, purpose)
        work = commands.ANSWERS[purpose](screen, text)
        screen.run_in_turn(type(work)(_keeping, work) if isinstance(work, Writing) else work)
    elif apply_filter(screen, with_last_word_as_prefix(text)):
        _close(screen, purpose)


async def _keeping(work: Writing) -> str | None:
    """Write what was typed; where that fails, say how to have the text again."""
    try:
        return await work()
    except StoreError as error:
        raise StoreError(f"{error}; ↑ in the same line brings back what you typed") from error


def given_up(screen: "MainScreen", purpose: str) -> None:
    """Leave it; a filter is cleared."""
    _close(screen, purpose)
    if purpose == FILTER and not screen.session.filter_text:
        screen.show_keys()  # the log lists everything already
    elif purpose == FILTER:
        apply_filter(screen, "")
    elif purpose == CITIES:
        narrow_cities(screen, "")


def _close(screen: "MainScreen", purpose: str) -> None:
    screen.question.close()
    before = screen.question.asked_from
    screen.to_pane(before if isinstance(before, LineView) and purpose != FILTER else screen.events)
