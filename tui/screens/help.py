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

_HEADING = "LETTERS AND SIGNS"

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
        sections = self._keys(typed, width - _SIGNS if wide else width)
        signs = _signs(typed)
        if not sections and not signs:
            return [(Span("nothing holds what was typed; fewer letters find more", "dim"),)]
        if not wide:  # behind the keys of the pane itself
            return _below([*sections[:1], *([signs] if signs else []), *sections[1:]])
        keys = _below(sections)
        rows = max(len(keys), len(signs))
        blank: Line = ()
        keys += [blank] * (rows - len(keys))
        signs += [blank] * (rows - len(signs))
        return [(*_filled(left, width - _SIGNS), *right) for left, right in zip(keys, signs, strict=True)]

    def _keys(self, typed: str, width: int) -> list[list[Line]]:
        found: list[list[Line]] = []
        scope = None
        for action in everything(self._pane):
            keys = self._bound.shown(action.name)
            description = self._bound.spell(action.description)
            if not _holds(typed, keys, action.name, action.label, description):
                continue
            if action.scope is not scope:
                scope = action.scope
                found.append([(Span(scope.value.upper(), "title"),)])
            first, *more = wrapped(description, width - 14)
            found[-1].append((Span(fit(keys, 12), "bar"), Span(first)))
            found[-1] += [(Span(" " * 12), Span(part)) for part in more]
        return found


def _below(sections: Sequence[Sequence[Line]]) -> list[Line]:
    """Return sections one below the other, with a line between them."""
    lines: list[Line] = []
    for section in sections:
        lines += [(), *section] if lines else section
    return lines


def _signs(typed: str) -> list[Line]:
    wanted = fold(typed)
    every = len(wanted) > 2 and any(word.startswith(wanted) for word in ("letters", "signs", "legend"))
    found: list[Line] = [
        (Span(fit(sign, 6), "strong"), Span(words)) for sign, words in LEGEND if every or _holds(typed, sign, words)
    ]
    return [(Span(_HEADING, "title"),), *found] if found else []


def _holds(typed: str, *texts: str) -> bool:
    wanted = typed.strip()
    return any(wanted in text or (fold(wanted) and fold(wanted) in fold(text)) for text in texts)


def _filled(line: Line, width: int) -> Line:
    used = sum(len(span.text) for span in line)
    return (*line, Span(" " * max(0, width - used)))
