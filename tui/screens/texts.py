"""Texts to read whole, or to choose one of."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import ClassVar, NamedTuple

from rich.cells import chop_cells
from textual import on
from textual.binding import BindingType
from textual.widgets import Input

from model.text import fold
from tui.cells import Line, Span
from tui.quotes import escaped
from tui.screens.overlay import Overlay
from tui.themes import Palette

PIECE = 10_000
"""Characters that are looked through and broken at once."""


class Text(NamedTuple):
    """A text that is shown whole, in as many lines as it takes."""

    text: str
    value: str = ""
    """What choosing it gives back; empty where it cannot be chosen."""
    role: str = ""


class Texts(Overlay[str]):
    """Gives back the value of the text that was chosen.

    Args:
        palette: the colours.
        heading: what these texts are.
        texts: the texts.
        other: makes a value of what was typed where no text with a value holds it.
    """

    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(
        self, palette: Palette, heading: str, texts: Sequence[Text], other: Callable[[str], str] | None = None
    ) -> None:
        super().__init__(palette, heading)
        self._texts = texts
        self._other = other
        self._values: list[str] = []

    def parts(self, typed: str, width: int) -> Iterator[Sequence[Line]]:
        """Yield the texts that hold what was typed; of a very long one the pieces that do."""
        values = self._values = []
        lines: list[Line] = []
        work = 0
        for text in self._texts:
            for begin in range(0, len(text.text) or 1, PIECE):
                piece = text.text[begin : begin + PIECE]
                if work and work + len(piece) > PIECE:
                    yield lines
                    lines, work = [], 0
                work += len(piece)
                if _holds(piece, typed):
                    broken = _parts(piece, width)
                    lines += [(Span(part, text.role),) for part in broken]
                    values += [text.value] * len(broken)
        yield lines

    @on(Input.Submitted)
    def choose(self, event: Input.Submitted) -> None:
        """Give back what is under the cursor."""
        event.stop()
        self.narrow_down(event.value)  # what was typed last may not have been shown yet
        while not self._values and self.listing.make_more():
            pass
        value = self._values[self.listing.cursor] if self._values else ""
        if not value and self._other is not None:
            value = self._other(event.value.strip())
        if value:
            self.close(value)


@lru_cache(64)
def _parts(text: str, width: int) -> tuple[str, ...]:
    # Kept, because a text of 20,000 characters takes 20 ms, and lines are asked for at every key.
    safe = escaped(text)
    if safe.isascii():
        return tuple(safe[at : at + width] for at in range(0, len(safe), width)) or ("",)
    return tuple(chop_cells(safe, width)) or ("",)


def _holds(text: str, typed: str) -> bool:
    wanted = typed.strip()
    return wanted in text or bool(fold(wanted) and fold(wanted) in fold(text))
