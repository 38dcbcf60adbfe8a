"""A pane of the main screen, and what lies under the panes."""

from textual.app import ComposeResult
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui.panes.lines import Bar, LineView


class Ground(Widget):
    """What holds others: below the rule at its top, if it has one, all its lines look the same."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """Paint one line for all of them: most are covered, and the first painting waits for each."""
        rule = max(0, min(self.gutter.top - crop.y, crop.height))
        top = super().render_lines(Region(crop.x, crop.y, crop.width, rule)) if rule else []
        return top + super().render_lines(Region(crop.x, crop.y + rule, crop.width, 1)) * (crop.height - rule)


class Pane(Ground):
    """A title over a list."""

    def __init__(self, title: Bar, view: LineView, *, id: str) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id)
        self.title = title
        self.view = view

    def compose(self) -> ComposeResult:
        """Put the title on top."""
        yield self.title
        yield self.view
