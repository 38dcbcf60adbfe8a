"""The event log's rows: a window onto a list of any length, read by key, a page at a time. No widgets.

A row has a *position*: a number that only means "so many rows below the one at 0". Positions stay true while rows
are added at either end, so nothing that is on the screen moves. The window shows what had arrived when it was loaded
(`horizon`); what arrives later waits until it is loaded again.
"""

from collections.abc import Awaitable, Callable

from model.filters.conditions import EVERYTHING
from model.query import Count, Cursor, EventQuery, EventRow, Page, Revision, Touched
from model.times import FOREVER
from store.base import Store

PAGE = 128
"""Rows that one read asks for."""

FIRST = 64
"""Rows that the first read asks for: what most screens show, so that it is there soon."""

KEPT = 2_048
"""Rows held in memory at most."""

Shown = Callable[[], tuple[int, int]]
"""Gives the first and the last position on the screen, which keys and the layout change while rows are read."""

_FEW = 8
"""Rows that are read one by one where nothing else is new; of more, all on the screen are read again."""

_PATIENCE = 8
"""Pages of nothing but waiting arrivals that one extension reads through."""


class Window:
    """Rows of one query, newest first, without gaps.

    Args:
        store: where they are read from.
        situation: the situation's id.
        fresh_row: reads one row by its event's id whatever the filter; None when it is gone.
    """

    def __init__(self, store: Store, situation: str, fresh_row: Callable[[str], Awaitable[EventRow | None]]) -> None:
        self._store = store
        self._situation = situation
        self._fresh_row = fresh_row
        self._query = EventQuery()
        self._rows: list[EventRow] = []
        self._loads = 0
        self._newer_edge: Cursor | None = None
        self._older_edge: Cursor | None = None
        self.first = 0
        """Position of the newest row held."""
        self.at_newest = True
        """Whether no row of the horizon is newer than the first one."""
        self.at_oldest = True
        """Whether no row is older than the last one."""
        self.horizon = 0
        """Arrival number of the last event that may be shown."""
        self.revision: Revision | None = None
        """How new the store was when the window was loaded; None before that."""
        self._changes = 0
        """Changesets of the store that all rows show, or more."""

    @property
    def last(self) -> int:
        """Position of the oldest row held; `first - 1` when there are none."""
        return self.first + len(self._rows) - 1

    @property
    def lists_all(self) -> bool:
        """Whether its query matches every event that occurred, whatever is said of it."""
        return self._query.where == EVERYTHING and self._query.clocks.known_at == FOREVER

    def row(self, position: int) -> EventRow | None:
        """Return the row at a position, None where none is held."""
        index = position - self.first
        return self._rows[index] if 0 <= index < len(self._rows) else None

    def position_of(self, id_: str) -> int | None:
        """Return where an event is, None when it is not held."""
        return next((self.first + index for index, row in enumerate(self._rows) if row.event.id == id_), None)

    async def load(self, query: EventQuery, *, oldest: bool = False, at: EventRow | None = None) -> None:
        """Begin again at the newest row, position 0, at the oldest ones, or at a row that was read in the same order.

        Everything that has arrived is shown.
        """
        after = at.cursor._replace(seq=at.cursor.seq + 1) if at else None
        page = await self._read(query, after, newer=oldest, first=True)
        if at and not page.rows:
            await self.load(query)
            return
        # Before anything is set: whoever looks meanwhile finds all that was held before, or all that is new.
        above = await self._read(query, page.rows[0].cursor, newer=True) if at else None
        self._loads += 1
        self._query = query
        self.horizon = page.revision.newest
        self.revision = page.revision
        self._changes = page.revision.changes
        newer = self._shown(above) if above else []
        self._rows = [*newer, *page.rows]
        self.first = -len(newer)
        self.at_newest = not above.more if above else not (oldest and page.more)
        self.at_oldest = oldest or not page.more
        self._set_edges()

    async def extend(self, *, newer: bool) -> bool:
        """Hold a page more at one end, dropping rows at the other beyond `KEPT`; return whether anything changed."""
        loads = self._loads
        for _ in range(_PATIENCE):
            if (self.at_newest if newer else self.at_oldest) or not self._rows:
                return False
            edge = self._newer_edge if newer else self._older_edge
            page = await self._read(self._query, edge, newer=newer)
            if loads != self._loads or edge != (self._newer_edge if newer else self._older_edge):
                return False
            if page.revision.changes < self._changes:  # what it lacks was heard of meanwhile
                continue
            rows = self._shown(page)
            if newer:
                self._rows[:0] = rows
                self.first -= len(rows)
                self._newer_edge = page.rows[0].cursor if page.rows else edge
                self.at_newest = not page.more
            else:
                self._rows += rows
                self._older_edge = page.rows[-1].cursor if page.rows else edge
                self.at_oldest = not page.more
            if rows:
                self._drop(newer=not newer)
                return True
        return False

    async def catch_up(self, touched: Touched, shown: Shown) -> bool:
        """Bring the rows up to date with what was touched; as `reread`, but only where anything has to be read.

        Rows outside these positions are kept where nothing was touched that they show, or should show.
        """
        first, last = shown()
        if touched.everything or self._changes < touched.since or first > self.last or last < self.first:
            return await self.reread(shown)
        loads = self._loads
        here = [row for row in self._rows if row.cursor.seq in touched.events]
        elsewhere = sum(seq <= self.horizon for seq in touched.events) - len(here)
        if len(here) > _FEW or (elsewhere and not self.lists_all):  # one that did not match may match now
            return await self.reread(shown)
        # From here on, since a page that lacks what was touched may come while these are read.
        before, self._changes = self._changes, max(self._changes, touched.changes)
        try:
            fresh = [(row, await self._fresh_row(row.event.id)) for row in here]
        except BaseException:
            self._changes = before
            raise
        if loads != self._loads:
            return False
        for row, found in fresh:
            position = self.position_of(row.event.id)
            if found is None or position is None:
                return await self.reread(shown)
            self._rows[position - self.first] = _in_place(found, row)
        return True

    async def reread(self, shown: Shown) -> bool:
        """Read the rows of the positions that are shown again, each in its place.

        Rows that no longer match stay, with what is now true of them; rows that are gone leave. Rows that were neither
        read nor are shown by then are dropped, to be read again when they are needed.

        Returns:
            Whether that was done; not when the window was loaded meanwhile, which shows what is newer.
        """
        loads = self._loads
        first, last = self._within(*shown())
        if first > last:
            if self.revision is not None:
                await self.load(self._query)
            return True
        seen = self._rows[first - self.first : last - self.first + 1]
        # From below, because arrivals mostly wait above; a row that this page lacks is read by itself.
        above, below = self.row(first - 1), self.row(last + 1)
        if below or (self.at_oldest and last == self.last):
            page = await self._read(self._query, below.cursor if below else None, newer=True)
        else:
            page = await self._read(self._query, above.cursor if above else None, newer=False)
        fresh = {row.event.id: row for row in page.rows}
        for row in seen:
            if row.event.id not in fresh and (found := await self._fresh_row(row.event.id)) is not None:
                fresh[row.event.id] = found
        if loads != self._loads:
            return False
        begin, end = shown()
        begin, end = self._within(min(first, begin), max(last, end))
        gone = {row.event.id for row in seen} - fresh.keys()
        # A row read by itself has no place of its own in this order: its old one holds.
        kept = [
            _in_place(fresh.get(row.event.id, row), row)
            for row in self._rows[begin - self.first : end - self.first + 1]
            if row.event.id not in gone
        ]
        if not kept:
            await self.load(self._query)
            return True
        self.at_newest, self.at_oldest = self.at_newest and begin == self.first, self.at_oldest and end == self.last
        self._rows, self.first = kept, begin
        self._changes = page.revision.changes
        self._set_edges()
        return True

    async def arrived(self) -> Count:
        """Count the matching events that wait beyond the horizon."""
        return await self._store.arrived(self._situation, self._query, self.horizon)

    async def _read(self, query: EventQuery, after: Cursor | None, *, newer: bool, first: bool = False) -> Page:
        return await self._store.page(self._situation, query, after=after, newer=newer, limit=FIRST if first else PAGE)

    def _within(self, first: int, last: int) -> tuple[int, int]:
        return max(first, self.first), min(last, self.last)

    def _shown(self, page: Page) -> list[EventRow]:
        return [row for row in page.rows if row.cursor.seq <= self.horizon]

    def _set_edges(self) -> None:
        self._newer_edge = self._rows[0].cursor if self._rows else None
        self._older_edge = self._rows[-1].cursor if self._rows else None

    def _drop(self, *, newer: bool) -> None:
        surplus = len(self._rows) - KEPT
        if surplus <= 0:
            return
        if newer:
            del self._rows[:surplus]
            self.first += surplus
            self.at_newest = False
            self._newer_edge = self._rows[0].cursor
        else:
            del self._rows[-surplus:]
            self.at_oldest = False
            self._older_edge = self._rows[-1].cursor


def _in_place(fresh: EventRow, old: EventRow) -> EventRow:
    # The very same object where nothing is new, so that nothing is painted again.
    fresh = fresh if fresh.cursor == old.cursor else fresh._replace(cursor=old.cursor)
    return old if fresh == old else fresh
