"""What every pane is made of: a list painted line by line, and a bar of one line.

Only ready-made segments are painted, never markup. This is the last gate before the terminal: no character that it
could obey passes.
"""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from model.text import CUT, clean_line
from tui.cells import Line, Span, flowed, width_of, worded
from tui.keymap import Scope
from tui.themes import Palette

WHEEL_LINES = 3
"""Lines that one notch of a mouse wheel moves."""


_role = attrgetter("role")

_ELSEWHERE, _HERE, _WAITING = Span(" "), Span("▌", "bar"), Span("·", "dim")
"""Before a line: the cursor is elsewhere; it is here, and keys act on the line; it waits for keys to come here."""

_KEPT = 512
"""Painted lines that a list keeps."""


def paint(line: Sequence[Span], width: int, palette: Palette, base: Style) -> Strip:
    """Return a line as exactly so many cells."""
    segments = []
    for role, spans in groupby(line, _role):
        text = "".join(span.text for span in spans)
        if text:
            safe = text if text.isascii() and text.isprintable() else clean_line(text)
            segments.append(Segment(safe, base + palette.style(role) if role else base))
    return Strip(segments).adjust_cell_length(width, base)


class LineView(Widget, can_focus=True, inherit_bindings=False):
    """A list of lines with a cursor, painted line by line; it scrolls itself, so that its length need not be known.

    Positions are numbers; the first need not be 0. Subclasses say which there are, and what each line shows.
    """

    SCOPE: ClassVar[Scope] = Scope.LIST
    """Whose keys hold here."""

    class Moved(Message):
        """The cursor stands on another line."""

        def __init__(self, view: "LineView") -> None:
            super().__init__()
            self.view = view

        @property
        def control(self) -> "LineView":
            """The list."""
            return self.view

    class Opened(Message):
        """A line was clicked while the cursor stood on it."""

        def __init__(self, view: "LineView") -> None:
            super().__init__()
            self.view = view

    def __init__(self, palette: Palette, *, id: str) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id)
        self.palette = palette
        self.cursor = 0
        self.top = 0
        """Position of the line that is painted first."""
        self._kept: dict[Line, Strip] = {}
        """Lines as they were painted, by what they say."""
        self._kept_for: tuple[object, ...] = ()
        """What else they depend on."""
        self.nothing: tuple[str, ...] = ()
        """What an empty list says: why it is empty, and which key changes that."""

    # -- what there is: for subclasses -----------------------------------------------------------------------------

    @property
    def first(self) -> int:
        """Position of the first line."""
        return 0

    @property
    def last(self) -> int:
        """Position of the last line; `first - 1` when there is none."""
        return -1

    def line(self, position: int, width: int) -> Line:
        """Return what a line shows, in so many cells."""
        raise NotImplementedError

    def moved(self) -> None:
        """Called when the cursor or the part that is shown has moved, or would have, were there more lines."""

    # -- painting --------------------------------------------------------------------------------------------------

    def render_lines(self, crop: Region) -> list[Strip]:
        """Paint some lines of the screen: of a list without border and padding, so that each keeps its strip."""
        if self.gutter or self.opacity < 1:
            return super().render_lines(crop)
        strips = [self.render_line(y) for y in crop.line_range]
        background = self.background_colors[1]
        for line_filter in self.get_line_filters():
            strips = [strip.apply_filter(line_filter, background) for strip in strips]
        if crop.column_span != (0, self.size.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def render_line(self, y: int) -> Strip:
        """Paint one line of the screen."""
        width = self.size.width
        base = self.visual_style.rich_style  # kept by Textual; `rich_style` is made again for every line
        position = self.top + y
        if self.last < self.first:
            text = self.nothing[y] if y < len(self.nothing) else ""
            return self._painted_once((Span(f" {text}", "dim"),), width, base)
        if not self.first <= position <= self.last:
            return self._painted_once((_ELSEWHERE,), width, base)
        sign = _ELSEWHERE
        if position == self.cursor:
            sign = _HERE if self.has_focus or not self.can_focus else _WAITING
        return self._painted_once((sign, *self.line(position, width - 1)), width, base)

    def _painted_once(self, line: Line, width: int, base: Style) -> Strip:
        kept_for = (width, base, self.palette.edition)
        if kept_for != self._kept_for or len(self._kept) >= _KEPT:
            self._kept_for, self._kept = kept_for, {}
        strip = self._kept.get(line)
        if strip is None:
            style = base + self.palette.style("cursor") if line[0] is _HERE else base
            strip = self._kept[line] = paint(line, width, self.palette, style)
        return strip

    def repaint(self, position: int) -> None:
        """Paint one line again, if it is on the screen."""
        y = position - self.top
        if 0 <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    # -- moving ----------------------------------------------------------------------------------------------------

    @property
    def height(self) -> int:
        """Lines that are shown at once."""
        return max(1, self.size.height)

    def go(self, position: int, *, page: int = 0) -> None:
        """Set the cursor, and scroll no further than it needs, or a page with it."""
        wanted, position = position, max(self.first, min(position, self.last))
        was, top = self.cursor, self.top
        self.cursor = position
        self.top = self._fitting(self.top + page)
        if self.top != top:
            self.refresh()
        elif was != position:
            self.repaint(was)
            self.repaint(position)
        if was != position or self.top != top or wanted != position:
            self.moved()
        if was != position:
            self.post_message(self.Moved(self))

    def move(self, lines: int) -> None:
        """Move the cursor by so many lines."""
        self.go(self.cursor + lines)

    def turn(self, lines: int) -> None:
        """Move the cursor and what is shown together."""
        self.go(self.cursor + lines, page=lines)

    def settled(self) -> bool:
        """Say whether cursor and top are among the lines there are."""
        cursor = max(self.first, min(self.cursor, self.last))
        return self.last >= self.first and self.cursor == cursor and self.top == self._fitting(self.top)

    def settle(self) -> None:
        """Bring cursor and top back among the lines there are, after these have changed."""
        self.cursor = max(self.first, min(self.cursor, self.last))
        self.top = self._fitting(self.top)
        self.refresh()

    def _fitting(self, top: int) -> int:
        top = max(self.first, min(top, self.last - self.height + 1))
        return min(max(top, self.cursor - self.height + 1), max(self.cursor, self.first))

    # -- Textual's events ------------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Keep the cursor on the screen."""
        self.settle()
        self.moved()

    def on_focus(self) -> None:
        """Show the cursor's line as the one that keys act on."""
        self.repaint(self.cursor)

    def on_blur(self) -> None:
        """Show it as one that waits."""
        self.repaint(self.cursor)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll by the wheel."""
        event.stop()
        event.prevent_default()
        self.turn(WHEEL_LINES)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll by the wheel."""
        event.stop()
        event.prevent_default()
        self.turn(-WHEEL_LINES)

    def on_click(self, event: events.Click) -> None:
        """Set the cursor; a click on the line under it opens it."""
        position = self.top + event.y
        if not self.first <= position <= self.last:
            return
        if position == self.cursor:
            self.post_message(self.Opened(self))
        self.go(position)


class FixedLines(LineView):
    """A list whose lines are all in memory, for as long as nobody sets others."""

    def __init__(self, palette: Palette, *, id: str) -> None:  # noqa: A002 - Textual's word
        super().__init__(palette, id=id)
        self.lines: list[Line] = []

    @property
    def last(self) -> int:
        """Position of the last line."""
        return len(self.lines) - 1

    def line(self, position: int, width: int) -> Line:  # noqa: ARG002 - these lines have their widths
        """Return a line as it was set."""
        return self.lines[position]

    def show(self, lines: Sequence[Line]) -> None:
        """Show other lines; the cursor keeps its number."""
        if list(lines) != self.lines:
            self.lines = list(lines)
            self.settle()


class Bar(Widget):
    """One line: parts from the left, parts from the right; where they meet, the left ones give way."""

    def __init__(self, palette: Palette, *, id: str = "", classes: str = "") -> None:  # noqa: A002
        super().__init__(id=id or None, classes=classes)
        self.palette = palette
        self._left: Line = ()
        self._right: Line = ()

    def show(self, left: Line, right: Line = ()) -> None:
        """Show these parts."""
        if (left, right) != (self._left, self._right):
            self._left, self._right = left, right
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Paint the line; below it there is nothing."""
        width, base = self.size.width, self.visual_style.rich_style
        if y:
            return Strip.blank(width, base)
        room = max(0, width - width_of(self._right))
        left = _cut(self._left, room, self.palette, base)
        return Strip([*left, *paint(self._right, width - room, self.palette, base)])


def _cut(line: Line, width: int, palette: Palette, base: Style) -> Strip:
    """Return a line in exactly so many cells, with a sign where that is less than all of it."""
    strip = paint(line, width, palette, base)
    return Strip([*strip.crop(0, width - 1), Segment(CUT, base)]) if width and width_of(line) > width else strip


class Footer(Widget):
    """The last line: keys, or what was said last, which takes more lines where one has no room for it."""

    MOST = 4
    """Lines that it takes at most, and never more than a third of the screen."""

    def __init__(self, palette: Palette, *, id: str) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id)
        self.palette = palette
        self._atoms: Sequence[Line] = ()
        self._lines: Sequence[Line] = ((),)

    def show(self, line: Line) -> None:
        """Show one line."""
        self.tell((line,))

    def say(self, text: str, role: str, *, whole: bool = True) -> None:
        """Show a text: all of it, or what one line has room for."""
        atoms = worded(text, self.app.size.width, role)
        self.tell(atoms if whole else (tuple(span for atom in atoms for span in atom),))

    def tell(self, atoms: Sequence[Line]) -> None:
        """Show these parts, each on one line."""
        if atoms != self._atoms:
            self._atoms = atoms
            self.flow()

    def flow(self) -> None:
        """Give the parts as many lines as they take on a terminal of this size."""
        width, height = self.app.size
        lines = flowed(self._atoms, width, max(1, min(self.MOST, height // 3)))
        if len(lines) != len(self._lines):
            self.styles.height = len(lines)
        self._lines = lines
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Paint one of its lines."""
        line = self._lines[y] if y < len(self._lines) else ()
        return _cut(line, self.size.width, self.palette, self.visual_style.rich_style)
