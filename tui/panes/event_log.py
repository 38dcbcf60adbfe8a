"""The event log: a window onto a list of any length, of which only the lines on the screen are ever painted."""

import asyncio
from collections.abc import Callable

from textual.message import Message
from textual.strip import Strip

from model.catalog import Catalog
from model.query import EventQuery, EventRow, Touched
from tui.cells import Line, Span, event_line
from tui.keymap import Scope
from tui.panes.lines import LineView
from tui.selection import Selection
from tui.themes import Palette
from tui.window import PAGE, Window

_MARGIN = PAGE
"""Rows between the screen and an end of the window at which more are read: some pages of a held key."""


class EventLog(LineView):
    """The event log. It asks for rows by `Wanted`, and never reads one itself while painting."""

    SCOPE = Scope.EVENTS

    class Wanted(Message):
        """The cursor comes near an end of the window."""

        def __init__(self, *, newer: bool) -> None:
            super().__init__()
            self.newer = newer

    def __init__(self, palette: Palette, window: Window, catalog: Callable[[], Catalog], *, id: str) -> None:  # noqa: A002
        super().__init__(palette, id=id)
        self.window = window
        self._catalog = catalog
        self._painted: dict[str, tuple[EventRow, int, Catalog, bool, Line]] = {}
        self._selection: Selection | None = None
        self._wanted: set[bool] = set()
        """Ends at which more rows were asked for and have not come: whether it is the newer one."""
        self._on_screen: dict[int, EventRow | None] = {}
        """What each line of the screen was painted of last."""
        self._rereading = asyncio.Lock()

    @property
    def first(self) -> int:
        """Position of the newest row held."""
        return self.window.first

    @property
    def last(self) -> int:
        """Position of the oldest row held."""
        return self.window.last

    @property
    def row(self) -> EventRow | None:
        """The event under the cursor."""
        return self.window.row(self.cursor)

    @property
    def shown(self) -> tuple[int, int]:
        """First and last position on the screen."""
        return self.top, self.top + self.height - 1

    def line(self, position: int, width: int) -> Line:
        """Return one event."""
        row = self.window.row(position)
        if row is None:
            return (Span("…", "dim"),)
        catalog = self._catalog()
        selected = self._selection is not None and self._selection.holds(row)
        known = self._painted.get(row.event.id)
        if known is not None and known[0] is row and known[1] == width and known[2] is catalog and known[3] is selected:
            return known[4]
        if len(self._painted) > 4 * PAGE:
            self._painted.clear()
        line = event_line(row, catalog, width, selected=selected)
        self._painted[row.event.id] = (row, width, catalog, selected, line)
        return line

    def select(self, selection: Selection) -> None:
        """Show which rows are selected."""
        before, self._selection = self._selection, None if selection.empty else selection
        for position in range(self.top, self.top + self.height):
            row = self.window.row(position)
            if row is not None and (before is not None and before.holds(row)) is not selection.holds(row):
                self.repaint(position)

    async def load(
        self, query: EventQuery, *, oldest: bool = False, at: EventRow | None = None, offset: int | None = None
    ) -> None:
        """Show a query from its newest or its oldest row, or with a row of before still selected."""
        await self.window.load(query, oldest=oldest, at=at)
        self.begin(oldest=oldest, at=at, offset=offset)

    def begin(self, *, oldest: bool = False, at: EventRow | None = None, offset: int | None = None) -> None:
        """Show what was loaded from its newest or its oldest row, or with a row in the middle."""
        position = self.window.position_of(at.event.id) if at else None
        self.cursor = position if position is not None else self.last if oldest else self.first
        self.top = self.first if position is None else position - (self.height // 2 if offset is None else offset)
        self.settle()
        self.call_after_refresh(self.moved)  # what is read beside the painting holds it up

    async def extend(self, *, newer: bool) -> None:
        """Read a page more at one end; nothing on the screen moves."""
        try:
            if await self.window.extend(newer=newer):
                self._repaint_changed()
        finally:
            self._wanted.discard(newer)
        self.moved()

    async def reread(self, touched: Touched | None = None) -> None:
        """Show what is now true of the rows on the screen, each in its place; the cursor stays on its event.

        Rows beyond the screen that may look different are asked for at the next move, or `moved`.

        Args:
            touched: what may have changed since it was last read; None: all of it.
        """
        async with self._rereading:
            top, bottom = self.shown
            while await self._reread(touched) and not (top <= self.shown[0] and self.shown[1] <= bottom):
                top, bottom = self.shown  # a key or the layout has moved it meanwhile

    async def _reread(self, touched: Touched | None) -> bool:
        cursor, under = self.cursor, self.row

        def shown() -> tuple[int, int]:
            nonlocal cursor, under
            cursor, under = self.cursor, self.row  # as they are last before rows change their places
            return self.shown

        window = self.window
        if not await (window.catch_up(touched, shown) if touched else window.reread(shown)):
            return False
        position = window.position_of(under.event.id) if under is not None and self.cursor == cursor else None
        if position is not None:
            self.cursor, self.top = position, position - (self.cursor - self.top)
        if self.settled():
            self._repaint_changed()
        else:
            self.settle()
        if self.row is not under:  # it may look different now
            self.post_message(self.Moved(self))
        return True

    def render_line(self, y: int) -> Strip:
        """Paint one line of the screen, and remember of which row."""
        self._on_screen[y] = self.window.row(self.top + y)
        return super().render_line(y)

    def _repaint_changed(self) -> None:
        for y in range(self.height):
            if self.window.row(self.top + y) is not self._on_screen.get(y):
                self.repaint(self.top + y)

    def moved(self) -> None:
        """Ask for more rows in time."""
        top, bottom = self.shown
        if not self.window.at_oldest and bottom + _MARGIN > self.last:
            self._want(newer=False)
        if not self.window.at_newest and top - _MARGIN < self.first:
            self._want(newer=True)

    def _want(self, *, newer: bool) -> None:
        if newer not in self._wanted:
            self._wanted.add(newer)
            self.post_message(self.Wanted(newer=newer))
