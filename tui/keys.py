"""Which keys do what, for one user: looking a key up, and writing it down."""

import re
from collections.abc import Mapping

from tui.keymap import ACTIONS, GOES_TO, PANES, Action, Scope, here, works_in
from tui.session import Session

_SHOWN = {
    "escape": "esc",
    "pagedown": "pgdn",
    "pageup": "pgup",
    "down": "↓",
    "up": "↑",
    "left": "←",
    "right": "→",
    "ctrl+backslash": "ctrl+\\",
    "ctrl+right_square_bracket": "ctrl+]",
    "ctrl+circumflex_accent": "ctrl+^",
    "ctrl+underscore": "ctrl+_",
    "ctrl+@": "ctrl+space",
}
_NAMED = re.compile(r"\{([a-z_]+)\}")


def shown_key(keys: str) -> str:
    """Return a key, or a chord of them, as the help and the footer write it: `x v` is `xv`."""
    parts = [_SHOWN.get(key, key) for key in keys.split()]
    return ("" if all(len(part) == 1 for part in parts) else " ").join(parts)


def pressed_key(key: str, character: str | None) -> str:
    """Return a key that was pressed as the table writes it: the character where it writes one, else its name."""
    is_written = character is not None and len(character) == 1 and character.isprintable() and character != " "
    return character if character is not None and is_written and "+" not in key[:-1] else key


def unspelt(text: str) -> str:
    """Return a text of others in which `Keys.spell` takes nothing for the name of an action."""
    return text.replace("{", "(").replace("}", ")")


class Keys:
    """The keys of one user, every action's by its name.

    Args:
        bound: action name -> keys. No key may mean two things in one pane, and none may begin a chord as well.
    """

    def __init__(self, bound: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self._bound = {name: action.keys for name, action in ACTIONS.items()} if bound is None else dict(bound)
        self._does: dict[Scope, dict[str, Action]] = {pane: {} for pane in PANES}
        self._chords: dict[Scope, dict[str, dict[str, Action]]] = {pane: {} for pane in PANES}
        for pane in PANES:
            for action in here(pane):
                for key in self.of(action.name):
                    first, _, second = key.partition(" ")
                    if second:
                        self._chords[pane].setdefault(first, {})[second] = action
                    else:
                        self._does[pane][first] = action

    def of(self, name: str) -> tuple[str, ...]:
        """Return the keys of an action, most usual first; none where it has none."""
        return self._bound.get(name, ())

    def does(self, pane: Scope, key: str) -> Action | None:
        """Return what a key does in a pane."""
        return self._does[pane].get(key)

    def chord(self, pane: Scope, first: str) -> Mapping[str, Action]:
        """Return what may follow the first key of a chord; nothing where it is none."""
        return self._chords[pane].get(first, {})

    def shown(self, name: str) -> str:
        """Return all keys of an action as the help writes them; the palette's spelling where it has none."""
        action = ACTIONS[name]
        return " ".join(shown_key(key) for key in self.of(name)) or f":{name} {action.argument}".rstrip()

    def hint(self, name: str) -> str:
        """Return the key of an action that a hint names; the palette's spelling where it has none."""
        keys = self.of(name)
        return shown_key(keys[0]) if keys else f":{name}"

    def why_not(self, action: Action, pane: Scope, session: Session) -> str | None:
        """Return why an action cannot be done from a pane now, and what to do instead; None when it can."""
        if not works_in(action, pane):
            return self.spell(f"it works {action.scope.value}; {{{GOES_TO[action.scope]}}} goes there")
        reason = action.unavailable(session)
        return self.spell(reason) if reason else None

    def spell(self, text: str) -> str:
        """Return a text of ours with each action's name in braces as its key: `{events} goes to the events`."""
        return _NAMED.sub(lambda found: self.hint(found[1]), text)
