"""The pane of a report's text, with what a proposal rests on lit."""

import asyncio

from textual.worker import Worker

from tui.article import broken, lit_line
from tui.cells import Line
from tui.panes.queue import Still
from tui.themes import Palette


class Article(Still):
    """A text without a cursor; it is broken into lines as far as it is shown, and nothing waits for it."""

    def __init__(self, palette: Palette, *, id: str) -> None:  # noqa: A002 - Textual's word
        super().__init__(palette, id=id)
        self._broken = broken("", 1)
        self._lit: tuple[tuple[int, int], ...] = ()
        self._wanted = 0
        """Position of the text that is to be shown near the top."""

    @property
    def last(self) -> int:
        """Position of the last line that is known."""
        return len(self._broken) - 1 if self._broken.text else -1

    def line(self, position: int, width: int) -> Line:
        """Return a line of the text."""
        del width
        known = self._broken
        return lit_line(known.text, known.begins[position], known.ends[position], self._lit)

    def show_text(self, text: str, lit: tuple[tuple[int, int], ...] = (), wanted: int = 0) -> None:
        """Show a text from about where it is wanted.

        Args:
            text: the text.
            lit: where what is lit begins and ends, in order.
            wanted: position that is shown near the top.
        """
        self._broken = broken(text, max(10, self.size.width - 2))
        self._lit, self._wanted = lit, wanted
        self._to_wanted()
        if not self._broken.has(wanted):
            _: Worker[None] = self.run_worker(self._break_up_to_wanted, group="breaking", exclusive=True)

    def scroll(self, lines: int) -> None:
        """Show what is so many lines further on."""
        while not self._broken.is_done and self.top + lines + self.height > len(self._broken):
            self._broken.further()
        super().scroll(lines)

    async def _break_up_to_wanted(self) -> None:
        known = self._broken
        while not known.has(self._wanted):
            known.further()
            await asyncio.sleep(0)  # keys have their turn
        if known is self._broken:
            self._to_wanted()

    def _to_wanted(self) -> None:
        known = self._broken
        above = min(3, self.height // 3)
        if not known.is_done and known.line_at(self._wanted) + self.height > len(known):
            known.further()
        self.top = known.line_at(self._wanted) - above if self._lit else 0
        self.settle()
