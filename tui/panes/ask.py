"""The line in which something is typed: a filter, a tag, a note."""

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input

from model.text import clean_line
from tui.cells import Span
from tui.panes.lines import Bar
from tui.themes import Palette

MAX_TYPED = 1_000
"""Characters that can be typed or pasted."""


class HarmlessInput(Input):
    """An input that holds no character that a terminal obeys, however it got there."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id, max_length=MAX_TYPED, compact=True, select_on_focus=False)
        # A blinking cursor costs every analyst on a slow line 2.5 kB a second.
        self.cursor_blink = False

    def on_paste(self, event: events.Paste) -> None:
        """Take as much of a paste as there is room for; Textual's own input would take nothing of a longer one."""
        event.stop()
        event.prevent_default()
        text = clean_line(" ".join(event.text[:MAX_TYPED].split()))
        start, end = sorted(self.selection)
        self.replace(text[: MAX_TYPED - len(self.value) + end - start], start, end)

    def validate_value(self, value: str) -> str:
        """Clean whatever is typed, pasted or set."""
        return clean_line(value[:MAX_TYPED])


class Ask(Horizontal):
    """Asks for one line of text, for a purpose that its messages name."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "give_up", show=False)]

    class Typed(Message):
        """The text has changed."""

        def __init__(self, purpose: str, text: str) -> None:
            super().__init__()
            self.purpose = purpose
            self.text = text

    class Answered(Message):
        """Enter was pressed."""

        def __init__(self, purpose: str, text: str) -> None:
            super().__init__()
            self.purpose = purpose
            self.text = text

    class GivenUp(Message):
        """Esc was pressed."""

        def __init__(self, purpose: str) -> None:
            super().__init__()
            self.purpose = purpose

    def __init__(self, palette: Palette, *, id: str) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id)
        self.purpose = ""
        self._label = Bar(palette, id="ask-label")
        self._input = HarmlessInput(id="ask-input")

    def compose(self) -> ComposeResult:
        """Put the label before the input."""
        yield self._label
        yield self._input

    def ask(self, purpose: str, label: str, text: str = "") -> None:
        """Show the line and take the keys; a text that is there already is replaced by typing, kept by an arrow."""
        self.purpose = purpose
        self._label.styles.width = len(label) + 2
        self._label.show((Span(f" {label} ", "bar"),))
        with self.prevent(Input.Changed):
            self._input.value = text
        self._input.select_all()
        self.display = True
        # At once: what is typed next must not be taken for commands.
        self.screen.set_focus(self._input)

    def close(self) -> None:
        """Hide the line."""
        self.display = False

    @on(Input.Changed)
    def pass_on_text(self, event: Input.Changed) -> None:
        """Say what is typed."""
        event.stop()
        self.post_message(self.Typed(self.purpose, event.value))

    @on(Input.Submitted)
    def pass_on_answer(self, event: Input.Submitted) -> None:
        """Say what was entered."""
        event.stop()
        self.post_message(self.Answered(self.purpose, event.value))

    def action_give_up(self) -> None:
        """Say that nothing was entered."""
        self.post_message(self.GivenUp(self.purpose))
