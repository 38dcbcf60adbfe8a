"""Lines with links over the main screen: what a number counts, or what it rests on."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.widgets import Input

from model.text import clean_line, fold
from tui.cells import Line
from tui.links import Link, LinkLine
from tui.screens.overlay import Overlay
from tui.themes import Palette


class Choose(Overlay[Link]):
    """Returns the link of the line that was chosen.

    Args:
        palette: the colours.
        heading: what the lines are.
        rows: makes the lines for so many cells.
    """

    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, palette: Palette, heading: str, rows: Callable[[int], Sequence[LinkLine]]) -> None:
        super().__init__(palette, clean_line(heading))
        self._rows = rows
        self._links: list[Link | None] = []
        self._made: tuple[int, Sequence[LinkLine]] = (0, ())

    def lines(self, typed: str, width: int) -> Sequence[Line]:
        """Return the lines that hold what was typed."""
        wanted = fold(typed)
        if self._made[0] != width:
            self._made = width, self._rows(width)
        found = [(line, link) for line, link in self._made[1] if wanted in fold("".join(span.text for span in line))]
        self._links = [link for _, link in found]
        return [line for line, _ in found]

    @on(Input.Submitted)
    def choose(self, event: Input.Submitted) -> None:
        """Return the link under the cursor; a line without one does nothing."""
        event.stop()
        self.narrow_down(event.value)
        link = self._links[self.listing.cursor] if self.listing.cursor < len(self._links) else None
        if link is not None:
            self.close(link)
