"""The lists of the review queue: proposals under the reports that they were read out of, and lines without a cursor."""

from typing import ClassVar

from textual.message import Message

from tui.cells import Line
from tui.keymap import Scope
from tui.panes.lines import FixedLines
from tui.themes import Palette


class Fitted(Message):
    """A list of lines has another size."""


class Queue(FixedLines):
    """The proposals, report by report; the cursor passes over the lines that name a report."""

    SCOPE: ClassVar[Scope] = Scope.REVIEW

    def __init__(self, palette: Palette, *, id: str) -> None:  # noqa: A002 - Textual's word
        super().__init__(palette, id=id)
        self.headings: frozenset[int] = frozenset()
        """Positions of the lines that name a report."""

    def go(self, position: int, *, page: int = 0) -> None:
        """Set the cursor on a proposal: the next one in the direction of the move."""
        position = max(self.first, min(position, self.last))
        if position in self.headings:
            position += 1 if position >= self.cursor or position == self.first else -1
        super().go(position, page=page)

    def on_resize(self) -> None:
        """Ask for lines that fit."""
        super().on_resize()
        self.post_message(Fitted())


class Still(FixedLines, can_focus=False):
    """Lines without a cursor."""

    def line(self, position: int, width: int) -> Line:
        """Return a line as it was set."""
        del width
        return self.lines[position]

    def settle(self) -> None:
        """Keep the top among the lines there are; the cursor stands outside them."""
        self.cursor = -1
        self.top = max(0, min(self.top, self.last - self.height + 1))
        self.refresh()

    def on_resize(self) -> None:
        """Ask for lines that fit."""
        super().on_resize()
        self.post_message(Fitted())

    def scroll(self, lines: int) -> None:
        """Show what is so many lines further on."""
        self.top += lines
        self.settle()
