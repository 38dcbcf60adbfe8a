"""Help: the keys of a pane, and what the letters and signs mean."""

from collections.abc import Sequence

from model.text import fold
from tui.cells import LEGEND, Line, Span, fit
from tui.keymap import Scope, everything
from tui.keys import Keys
from tui.panes.actor_detail import wrapped
from tui.screens.overlay import Overlay
from tui.themes import Palette

_SIGNS = 52
"""Columns of the legend."""

_SIDE_BY_SIDE = 106
"""Columns from which the legend stands beside the keys."""


class HelpScreen(Overlay[None]):
    """The action table and the legend, as far as they hold what was typed."""

    def __init__(self, palette: Palette, pane: Scope, keys: Keys) -> None:
        super().__init__(palette, f"KEYS {pane.value}")
        self._pane = pane
        self._bound = keys

    def lines(self, typed: str, width: int) -> Sequence[Line]:
        """Return keys and legend, side by side where there is room."""
        wide = width >= _SIDE_BY_SIDE
        keys = self._keys(typed, width - _SIGNS if wide else width)
        signs = _signs(typed)
        if not keys and not signs:
            return [(Span("nothing holds what was typed; fewer letters find more", "dim"),)]
        if not wide:
            return (*keys, (), *signs) if signs else keys
        rows = max(len(keys), len(signs))
        blank: Line = ()
        keys += [blank] * (rows - len(keys))
        signs += [blank] * (rows - len(signs))
        return [(*_filled(left, width - _SIGNS), *right) for left, right in zip(keys, signs, strict=True)]

    def _keys(self, typed: str, width: int) -> list[Line]:
        found: list[Line] = []
        scope = None
        for action in everything(self._pane):
            keys = self._bound.shown(action.name)
            description = self._bound.spell(action.description)
            if not _holds(typed, keys, action.name, action.label, description):
                continue
            if action.scope is not scope:
                scope = action.scope
                found += (
                    [((Span(scope.value.upper(), "title"),))]
                    if not found
                    else [(), (Span(scope.value.upper(), "title"),)]
                )
            first, *more = wrapped(description, width - 14)
            found.append((Span(fit(keys, 12), "bar"), Span(first)))
            found += [(Span(" " * 12), Span(part)) for part in more]
        return found


def _signs(typed: str) -> list[Line]:
    found: list[Line] = [
        (Span(fit(sign, 6), "strong"), Span(words)) for sign, words in LEGEND if _holds(typed, sign, words)
    ]
    return [(Span("LETTERS AND SIGNS", "title"),), *found] if found else []


def _holds(typed: str, *texts: str) -> bool:
    wanted = typed.strip()
    return any(wanted in text or (fold(wanted) and fold(wanted) in fold(text)) for text in texts)


def _filled(line: Line, width: int) -> Line:
    used = sum(len(span.text) for span in line)
    return (*line, Span(" " * max(0, width - used)))
