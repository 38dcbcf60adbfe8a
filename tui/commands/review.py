"""The review queue: opening it, and what its keys do there."""

from functools import partial
from typing import TYPE_CHECKING

from textual.widget import AwaitMount

from tui.commands.work import Do, Work
from tui.keymap import ACTIONS, Scope

if TYPE_CHECKING:
    from tui.main_screen import MainScreen


def _open(screen: "MainScreen") -> AwaitMount:
    from tui.screens.review import ReviewScreen

    return screen.app.push_screen(ReviewScreen(screen))


def _there(screen: "MainScreen", name: str) -> Work:
    from tui.screens.review import ReviewScreen

    if isinstance(screen.app.screen, ReviewScreen):
        screen.app.screen.do(name)
    return None


DO: dict[str, Do] = {
    "review": _open,
    **{name: partial(_there, name=name) for name, action in ACTIONS.items() if action.scope is Scope.REVIEW},
}
