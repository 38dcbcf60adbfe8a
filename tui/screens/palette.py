"""The palette: every command by its name, with its key, and why it cannot be done now."""

from collections.abc import Sequence
from typing import NamedTuple

from textual import on
from textual.widgets import Input

from model.text import fold
from tui.cells import Line, Span, fit
from tui.keymap import Action, Scope, everything
from tui.keys import Keys
from tui.screens.overlay import Overlay
from tui.session import Session
from tui.themes import Palette


class Found(NamedTuple):
    """A command that goes by what was typed."""

    rank: int
    """How well it does: 0 best."""
    action: Action
    argument: str = ""


class CommandPalette(Overlay[str]):
    """Gives back an action's name, with what was typed after it where the action takes an argument."""

    def __init__(self, palette: Palette, pane: Scope, session: Session, keys: Keys) -> None:
        super().__init__(palette, "COMMANDS", "type to find · tab completes · esc closes")
        self._pane = pane
        self._session = session
        self._bound = keys
        self._found: list[Found] = []

    def lines(self, typed: str, width: int) -> Sequence[Line]:
        """Return the actions that go by what was typed, best first."""
        self._found = find(typed, everything(self._pane))
        if not self._found:
            return [(Span("no command matches; fewer letters find more", "dim"),)]
        return [self._line(one.action, one.argument, width) for one in self._found]

    def _line(self, action: Action, argument: str, width: int) -> Line:
        name_width, key_width = (24, 14) if width >= 100 else (20, 11) if width >= 70 else (18, 10)
        reason = self._bound.why_not(action, self._pane, self._session)
        words = f"not now: {reason}" if reason else self._bound.spell(action.description)
        keys = self._bound.shown(action.name) if self._bound.of(action.name) else ""
        return (
            Span(fit(f"{_spoken(action)} {argument or action.argument}", name_width), "dim" if reason else "strong"),
            Span(fit(keys, key_width - 1) + " ", "bar"),
            Span(fit(words, width - name_width - key_width), "dim" if reason else ""),
        )

    def action_stay(self) -> None:
        """Complete the name of the command under the cursor, unless its argument is being typed."""
        if self._found and not self._found[self.listing.cursor].argument:
            action = self._found[self.listing.cursor].action
            self.typed.value = _spoken(action) + " " * bool(action.argument)
            self.typed.cursor_position = len(self.typed.value)

    @on(Input.Submitted)
    def choose(self, event: Input.Submitted) -> None:
        """Give the action under the cursor back."""
        event.stop()
        self.narrow_down(event.value)  # what was typed last may not have been shown yet
        if self._found:
            _, action, argument = self._found[self.listing.cursor]
            self.close(f"{action.name} {argument}".strip())


def find(typed: str, actions: Sequence[Action]) -> list[Found]:
    """Return the actions that go by what was typed, best first; what follows the name of one is its argument."""
    with_argument = [one for action in actions if (one := _with_argument(typed, action))]
    if named := [one for one in with_argument if one.rank == 0]:
        return named
    wanted = _folded(typed)
    found = [Found(rank, action) for action in actions if (rank := _rank(wanted, action)) is not None]
    return sorted([*with_argument, *found], key=lambda one: one.rank)


def _with_argument(typed: str, action: Action) -> Found | None:
    if not action.argument:
        return None
    spoken = _spoken(action)
    for number in {1, len(spoken.split())}:  # `save_filter x` and `save filter x`
        words = typed.split(maxsplit=number)
        if len(words) <= number:
            continue
        name = _folded(" ".join(words[:number]))
        if name == spoken:
            return Found(0, action, words[number].strip())
        if " " not in spoken and spoken.startswith(name):
            return Found(4, action, words[number].strip())
    return None


def _rank(wanted: str, action: Action) -> int | None:
    name, label = _spoken(action), _folded(action.label)
    spoken = f"{name} {label}"
    if name == wanted:
        return 0
    if name.startswith(wanted):
        return 1
    if all(any(word.startswith(part) for word in spoken.split()) for part in wanted.split()):
        return 2
    if wanted in spoken:
        return 3
    if wanted in _folded(action.description):
        return 5
    return 6 if _has_in_order(name, wanted.replace(" ", "")) else None


def _has_in_order(text: str, letters: str) -> bool:
    rest = iter(text)
    return all(letter in rest for letter in letters)


def _spoken(action: Action) -> str:
    return action.name.replace("_", " ")


def _folded(text: str) -> str:
    return fold(text.replace("_", " "))
