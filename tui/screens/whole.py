"""A text in full, where a line shows its beginning."""

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from tui.keymap import Scope
from tui.keys import Keys, pressed_key
from tui.layout import take_size
from tui.screens.overlay import WIDE, Heading, Listing, width_of_lines
from tui.themes import Palette
from tui.whole import Paragraph, whole_parts

_CLOSING = frozenset({"back", "follow"})
"""Actions that close it: a second Enter, as well as Esc."""


class WholeScreen(ModalScreen[None]):
    """Texts under a heading, to be scrolled through."""

    CSS_PATH = "overlay.tcss"
    HORIZONTAL_BREAKPOINTS: list[tuple[int, str]] | None = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+l", "app.redraw", show=False)]

    def __init__(self, palette: Palette, keys: Keys, heading: str, paragraphs: tuple[Paragraph, ...]) -> None:
        super().__init__()
        self._keys = keys
        self._paragraphs = paragraphs
        self._made_for = 0
        self.heading = Heading(palette, heading, keys.spell("{down} {up} scroll · {back} closes"))
        self.listing = Listing(palette, id="listing")

    def compose(self) -> ComposeResult:
        """Put the heading over the text."""
        take_size(self)
        with Vertical(id="overlay"):
            yield self.heading
            yield self.listing

    def on_mount(self) -> None:
        """Have the lines before the first key."""
        self._lay_out()

    def on_resize(self) -> None:
        """Break the lines again, where they were made for another width."""
        self.call_after_refresh(self._lay_out)

    def _lay_out(self) -> None:
        width = width_of_lines(self.listing)
        if width != self._made_for:
            self._made_for = width
            self.listing.grow(whole_parts(self._paragraphs, width))

    def on_key(self, event: events.Key) -> None:
        """Scroll, or close."""
        listing, half = self.listing, self.listing.height // 2
        action = self._keys.does(Scope.ACTOR, pressed_key(event.key, event.character))
        if action is None:
            return
        if action.name in _CLOSING and self.is_current:
            event.stop()
            self.dismiss(None)
        turns = {
            "down": 1,
            "up": -1,
            "half_down": half,
            "half_up": -half,
            "page_down": listing.height,
            "page_up": -listing.height,
            "first": -len(listing.lines),
            "last": len(listing.lines),
        }
        if lines := turns.get(action.name, 0):
            event.stop()
            listing.turn(lines)
