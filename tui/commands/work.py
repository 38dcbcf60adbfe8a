"""What a function behind a key gives back."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.widget import AwaitMount

if TYPE_CHECKING:
    from tui.main_screen import MainScreen

Work = Callable[[], Coroutine[Any, Any, str | None]] | None
"""What is left to wait for: a function, so that work that is never begun leaves nothing behind."""


class Writing(partial[Coroutine[Any, Any, str | None]]):
    """Work that writes something, which who leaves the screen waits for."""


class Aside(Writing):
    """Such work that moves, opens and asks nothing, and knows what it is for: later keys need not wait for it."""


Do = Callable[["MainScreen"], Work | AwaitMount]
"""What an action does; one that opens a screen returns its opening, which the next key waits for."""

Take = Callable[["MainScreen", str], Work]
"""What is done with a text that was typed: after an action's name in the palette, or as the answer to a question."""
