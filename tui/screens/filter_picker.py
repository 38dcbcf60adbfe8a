"""The saved filters: Enter takes one, Delete twice removes one."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import Input

from model.errors import InputRefused
from model.text import clean_line, fold
from tui.cells import Line, Span, fit
from tui.panes.actor_detail import wrapped
from tui.saved_filters import SavedFilters
from tui.screens.overlay import Overlay
from tui.themes import Palette
from tui.watching import Watching

_NAME, _NEW = 24, 10
"""Columns of a name, and of what has come for it where it is watched."""


class FilterPicker(Overlay[str]):
    """Gives back the text of a saved filter."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("delete", "remove", show=False, priority=True)]

    def __init__(self, palette: Palette, saved: SavedFilters, watching: Watching, empty: str) -> None:
        super().__init__(palette, "SAVED FILTERS", "enter takes it · del removes it · esc closes")
        self._saved = saved
        self._watching = watching
        self._empty = empty
        self._found: list[tuple[str, str]] = []
        self._to_remove = ""
        self._said = ""

    def lines(self, typed: str, width: int) -> Sequence[Line]:
        """Return the filters that go by what was typed, or what is wrong with their file."""
        try:
            filters, watched = self._saved.read(), self._saved.watched()
        except InputRefused as error:
            self._found = []
            return [(Span(part, "alert"),) for part in wrapped(str(error), width)]
        self._found = [(name, text) for name, text in filters.items() if fold(typed) in fold(f"{name} {text}")]
        lines: list[Line] = []
        left = width - _NAME - _NEW - 1
        for name, text in self._found:
            new = self._watching.new.get(name, 0)
            tells = Span(fit(f"{new:,} new" if new else "watched" if name in watched else "", _NEW), "warn")
            said = Span(fit("del again removes it", left), "alert")
            if name != self._to_remove:
                said = Span(fit(f"/{text}", left), "dim")
            lines.append((Span(fit(name, _NAME), "strong"), Span(" "), tells, said))
        if not lines:
            lines.append((Span(self._empty if not filters else "no saved filter holds what was typed", "dim"),))
        return (*lines, (), (Span(self._said, "strong"),)) if self._said else lines

    def action_remove(self) -> None:
        """Remove the filter under the cursor, the second time in a row."""
        if not self._found:
            return
        name, text = self._found[min(self.listing.cursor, len(self._found) - 1)]
        if name != self._to_remove:
            self._to_remove, self._said = name, ""
        else:
            try:
                self._saved.remove(name)
                self._watching.read()
                self._said = f"removed {clean_line(name)}; it was /{clean_line(text)}"
            except InputRefused as error:
                self._said = str(error)
            self._to_remove = ""
        self.show(self.typed.value)

    def action_move(self, lines: int) -> None:
        """Move among the filters."""
        self._keep()
        super().action_move(lines)

    def narrow_down(self, typed: str) -> None:
        """Show the filters that hold what is typed now."""
        self._keep()
        super().narrow_down(typed)

    def _keep(self) -> None:
        if self._to_remove:
            self._to_remove = ""
            self.show(self.typed.value)

    @on(Input.Submitted)
    def choose(self, event: Input.Submitted) -> None:
        """Give the filter under the cursor back."""
        event.stop()
        self.narrow_down(event.value)
        if self._found and not self._to_remove:
            self.close(self._found[min(self.listing.cursor, len(self._found) - 1)][1])
