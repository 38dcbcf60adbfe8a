"""A pane of the main screen."""

from textual.app import ComposeResult
from textual.widget import Widget

from tui.panes.lines import Bar, LineView


class Pane(Widget):
    """A title over a list."""

    def __init__(self, title: Bar, view: LineView, *, id: str) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id)
        self.title = title
        self.view = view

    def compose(self) -> ComposeResult:
        """Put the title on top."""
        yield self.title
        yield self.view
