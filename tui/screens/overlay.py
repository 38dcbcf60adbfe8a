"""What lies over the main screen: lines that typing narrows down."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input
from textual.worker import Worker

from model.text import clean_line
from tui.cells import Line, Span
from tui.layout import take_size
from tui.panes.ask import HarmlessInput
from tui.panes.lines import Bar, FixedLines
from tui.themes import Palette

Result = TypeVar("Result")

WIDE, WIDEST = 84, 140
"""Columns from which the lines leave a margin, and that they never exceed."""


class Listing(FixedLines, can_focus=False):
    """Lines that move by the keys of the input above them."""

    _parts: Iterator[Sequence[Line]] = iter(())

    def grow(self, parts: Iterator[Sequence[Line]]) -> None:
        """Show lines that may take long to make: the first part now, the others while keys have their turn."""
        self._parts = parts
        self.show(next(parts, ()))
        _: Worker[None] = self.run_worker(self._make_all, group="growing", exclusive=True)

    def make_more(self) -> bool:
        """Add the next part; return whether there was one."""
        part = next(self._parts, None)
        if part is None:
            return False
        known = len(self.lines)
        self.lines += part
        if known < self.top + self.height:
            self.settle()
        return True

    async def _make_all(self) -> None:
        there_is_more = True
        while there_is_more:
            there_is_more = self.make_more()
            await asyncio.sleep(0)


def width_of_lines(listing: Listing) -> int:
    """Return the cells that there are for a line.

    Before the first layout, those that app.tcss will leave: lines are made once, also where that takes long.
    """
    columns = listing.app.size.width
    around = columns if columns < WIDE else min(WIDEST, columns * 96 // 100)
    return max(20, (listing.size.width or around - 2) - 2)


class Heading(Bar):
    """The first line of what lies over a screen: what it is and, unless something is said, what its keys do."""

    def __init__(self, palette: Palette, text: str, hint: str) -> None:
        super().__init__(palette, classes="title")
        self._text = Span(clean_line(text), "title")
        self._hint = Span(f" {clean_line(hint)} ", "dim")
        self.clear()

    def say(self, text: str) -> None:
        """Say something in place of what the keys do."""
        self.show((self._text,), (Span(f" {clean_line(text)} ", "strong"),))

    def clear(self) -> None:
        """Show what the keys do."""
        self.show((self._text,), (self._hint,))


class Overlay(ModalScreen[Result]):
    """A title, an input, and the lines that hold what was typed."""

    CSS_PATH = "overlay.tcss"
    HORIZONTAL_BREAKPOINTS: list[tuple[int, str]] | None = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("ctrl+l", "app.redraw", show=False),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("pagedown", "move(10)", show=False, priority=True),
        Binding("pageup", "move(-10)", show=False, priority=True),
        Binding("tab,shift+tab", "stay", show=False, priority=True),
    ]

    def __init__(self, palette: Palette, heading: str, hint: str = "type to search · esc closes") -> None:
        super().__init__()
        self.palette = palette
        self.heading = Heading(palette, heading, hint)
        self._narrowed = ""
        self._made_for = 0
        self.typed = HarmlessInput(id="typed")
        self.listing = Listing(palette, id="listing")

    def compose(self) -> ComposeResult:
        """Put the input over the lines."""
        take_size(self)
        with Vertical(id="overlay"):
            yield self.heading
            yield self.typed
            yield self.listing

    def on_mount(self) -> None:
        """Take the keys."""
        self.set_focus(self.typed)
        self.show("")

    def on_resize(self) -> None:
        """Fit the lines, where they were made for another width."""
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        if width_of_lines(self.listing) != self._made_for:
            self.show(self.typed.value)

    def lines(self, typed: str, width: int) -> Sequence[Line]:
        """Return the lines that hold what was typed."""
        raise NotImplementedError

    def parts(self, typed: str, width: int) -> Iterator[Sequence[Line]]:
        """Yield them a part at a time, none of which takes long to make."""
        yield self.lines(typed, width)

    def show(self, typed: str) -> None:
        """Show the lines that hold it."""
        self._made_for = width_of_lines(self.listing)
        self.listing.grow(self.parts(typed, self._made_for))

    def narrow_down(self, typed: str) -> None:
        """Show the lines that hold what is typed now, from the first."""
        if typed != self._narrowed:
            self._narrowed = typed
            self.listing.cursor = self.listing.top = 0
            self.show(typed)

    @on(Input.Changed)
    def follow_typing(self, event: Input.Changed) -> None:
        """Show fewer lines."""
        event.stop()
        self.narrow_down(event.value)

    def action_move(self, lines: int) -> None:
        """Move among the lines."""
        self.listing.move(lines)

    def action_stay(self) -> None:
        """Keep the keys in the input."""

    def action_leave(self) -> None:
        """Close."""
        self.close(None)

    def close(self, result: Result | None) -> None:
        """Close, and give this back; a second Enter or Esc finds it closed already."""
        if self.is_current:
            self.dismiss(result)
