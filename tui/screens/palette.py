"""The palette: every command by its name, with its key, and why it cannot be done now."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.widgets import Input

from model.text import fold
from tui.cells import Line, Span, fit
from tui.keymap import Action, Scope, here
from tui.keys import Keys
from tui.screens.overlay import Overlay
from tui.session import Session
from tui.themes import Palette


class CommandPalette(Overlay[str]):
    """Gives back an action's name, with what was typed after it where the action takes an argument."""

    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, palette: Palette, pane: Scope, session: Session, keys: Keys) -> None:
        super().__init__(palette, "COMMANDS")
        self._pane = pane
        self._session = session
        self._bound = keys
        self._found: list[Action] = []

    def lines(self, typed: str, width: int) -> Sequence[Line]:
        """Return the actions that go by what was typed."""
        name, _, argument = fold(typed).partition(" ")
        actions = sorted(here(self._pane), key=lambda action: not fold(action.name).startswith(name))
        with_argument = [action for action in actions if action.argument and fold(action.name).startswith(name)]
        self._found = (argument and with_argument) or [
            action for action in actions if fold(typed) in fold(f"{action.name} {action.label} {action.description}")
        ]
        lines: list[Line] = []
        for action in self._found:
            reason = action.unavailable(self._session)
            lines.append(
                (
                    Span(fit(action.name.replace("_", " "), 16), "dim" if reason else "strong"),
                    Span(fit(self._bound.shown(action.name), 14), "bar"),
                    Span(
                        fit(self._bound.spell(f"not now: {reason}" if reason else action.description), width - 31),
                        "dim" if reason else "",
                    ),
                )
            )
        return lines

    @on(Input.Submitted)
    def choose(self, event: Input.Submitted) -> None:
        """Give the action under the cursor back."""
        event.stop()
        self.narrow_down(event.value)  # what was typed last may not have been shown yet
        if not self._found:
            return
        action = self._found[self.listing.cursor]
        argument = event.value.strip().partition(" ")[2] if action.argument else ""
        self.close(f"{action.name} {argument}".strip())
