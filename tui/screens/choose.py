"""Lines with doors over the main screen: what a number counts, or what it rests on."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.widgets import Input

from model.text import clean_line, fold
from tui.cells import Line
from tui.doors import Door, DoorLine
from tui.screens.overlay import Overlay
from tui.themes import Palette


class Choose(Overlay[Door]):
    """Gives back the door of the line that was chosen.

    Args:
        palette: the colours.
        heading: what the lines are.
        rows: makes the lines for so many cells.
    """

    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, palette: Palette, heading: str, rows: Callable[[int], Sequence[DoorLine]]) -> None:
        super().__init__(palette, clean_line(heading))
        self._rows = rows
        self._doors: list[Door | None] = []
        self._made: tuple[int, Sequence[DoorLine]] = (0, ())

    def lines(self, typed: str, width: int) -> Sequence[Line]:
        """Return the lines that hold what was typed."""
        wanted = fold(typed)
        if self._made[0] != width:
            self._made = width, self._rows(width)
        found = [(line, door) for line, door in self._made[1] if wanted in fold("".join(span.text for span in line))]
        self._doors = [door for _, door in found]
        return [line for line, _ in found]

    @on(Input.Submitted)
    def choose(self, event: Input.Submitted) -> None:
        """Give the door under the cursor back; a line that leads nowhere stays."""
        event.stop()
        self.narrow_down(event.value)
        door = self._doors[self.listing.cursor] if self.listing.cursor < len(self._doors) else None
        if door is not None:
            self.close(door)
