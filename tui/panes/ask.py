"""The line in which something is typed: a filter, a tag, a note."""

from typing import ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from model.text import clean_line
from tui.cells import Line, Span
from tui.panes.lines import Bar
from tui.panes.recall import Complete, Offer, Recall, offer
from tui.themes import Palette

MAX_TYPED = 1_000
"""Characters that can be typed or pasted."""


class HarmlessInput(Input):
    """An input that holds no character that a terminal obeys, however it got there."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id, max_length=MAX_TYPED, compact=True, select_on_focus=False)
        # A blinking cursor costs every analyst on a slow line 2.5 kB a second.
        self.cursor_blink = False

    class Cut(Message):
        """A paste was too long."""

    def on_paste(self, event: events.Paste) -> None:
        """Take as much of a paste as there is room for; Textual's own input would take nothing of a longer one."""
        event.stop()
        event.prevent_default()
        text = clean_line(" ".join(event.text[:MAX_TYPED].split()))
        start, end = sorted(self.selection)
        room = MAX_TYPED - len(self.value) + end - start
        self.replace(text[:room], start, end)
        if len(text) > room or len(event.text) > MAX_TYPED:
            self.post_message(self.Cut())

    def validate_value(self, value: str) -> str:
        """Clean whatever is typed, pasted or set."""
        return clean_line(value[:MAX_TYPED])


class Ask(Horizontal):
    """Asks for one line of text, for a purpose that its messages name."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "give_up", show=False),
        Binding("up", "recall(True)", show=False),
        Binding("down", "recall(False)", show=False),
        Binding("tab", "complete(1)", show=False),
        Binding("shift+tab", "complete(-1)", show=False),
    ]

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
        self.display = False
        self.purpose = ""
        self.asked_from: Widget | None = None
        """What had the keys before the line took them."""
        self._label = Bar(palette, id="ask-label")
        self._input = HarmlessInput(id="ask-input")
        self._offers = Bar(palette, id="ask-offers")
        self._recalls: dict[str, Recall] = {}
        self._complete: Complete | None = None
        self._offer: Offer | None = None

    def compose(self) -> ComposeResult:
        """Put the label before the input, and behind it what it could become."""
        yield self._label
        yield self._input
        yield self._offers

    def ask(self, purpose: str, label: str, text: str = "", complete: Complete | None = None) -> None:
        """Show the line and take the keys; a text that is there already is replaced by typing, kept by an arrow.

        Args:
            purpose: whose answer this is; texts entered before are remembered by purpose.
            label: what is asked for.
            text: the text that is in the line at first.
            complete: gives completions for the cursor.
        """
        self.purpose = purpose
        self.asked_from = self.screen.focused
        self._complete = complete
        self._recall.begin()
        self._show_offer(None)
        self._label.styles.width = cell_len(clean_line(label)) + 2
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

    @property
    def text(self) -> str:
        """The text in the line."""
        return self._input.value

    @property
    def hints(self) -> Line:
        """What the keys do while something is asked."""
        more = (Span(" tab ", "strong"), Span("completes ", "dim")) if self._complete else ()
        return (
            *(Span(" enter ", "strong"), Span("takes it ", "dim")),
            *(Span(" esc ", "strong"), Span("leaves ", "dim")),
            *more,
            *(Span(" ↑ ↓ ", "strong"), Span("earlier ones ", "dim")),
        )

    @property
    def _recall(self) -> Recall:
        return self._recalls.setdefault(self.purpose, Recall())

    def action_recall(self, back: bool) -> None:
        """Put a text that was entered before into the line."""
        self._write(self._recall.step(self._input.value, back=back))

    def action_complete(self, step: int) -> None:
        """Complete the word at the cursor; again: by the next that it could become."""
        text, column = self._input.value, self._input.cursor_position
        if self._complete is None:
            return
        if self._offer is not None and text == self._offer.line:
            found: Offer | None = self._offer.next(step)
        else:
            found = offer(self._complete, text, column)
        if found is not None:
            self._write(found.line, len(found.line) - len(found.rest))
        self._show_offer(found)

    def _write(self, text: str, column: int | None = None) -> None:
        self._input.value = text
        self._input.cursor_position = len(text) if column is None else column

    def _show_offer(self, found: Offer | None) -> None:
        self._offer = found
        more = found.texts[found.chosen + 1 :] + found.texts[: found.chosen] if found else ()
        text = f" {len(more)} more: {'  '.join(more)}" if more else ""
        self._offers.styles.width = min(cell_len(text), self.size.width // 2)
        self._offers.show((Span(text, "dim"),))

    @on(Input.Changed)
    def pass_on_text(self, event: Input.Changed) -> None:
        """Say what is typed."""
        event.stop()
        if self._offer is not None and event.value != self._offer.line:
            self._show_offer(None)
        self.post_message(self.Typed(self.purpose, event.value))

    @on(Input.Submitted)
    def pass_on_answer(self, event: Input.Submitted) -> None:
        """Say what was entered."""
        event.stop()
        self._recall.add(event.value)
        self.post_message(self.Answered(self.purpose, event.value))

    def action_give_up(self) -> None:
        """Say that nothing was entered."""
        self.post_message(self.GivenUp(self.purpose))
