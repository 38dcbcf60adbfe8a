"""Which rows of the log are selected: some by their ids, some as stretches between two rows. No widget, no store.

The log is a window onto millions of rows, so a stretch is kept as its two ends and read only when something is done
with it. What arrived after it was selected is not in it, wherever in it that occurred.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from model.filters.conditions import AllOf, Arrived, Between, Condition, NotThat
from model.query import Cursor, EventQuery, EventRow, Order
from model.times import FOREVER


class Stretch(NamedTuple):
    """All rows between two of them, both included, that had arrived by then."""

    low: Cursor
    high: Cursor
    horizon: int
    """Arrival number of the last event that was shown when it was selected."""

    def holds(self, at: Cursor) -> bool:
        """Say whether a row at this place in the order is one of them."""
        return self.low <= at <= self.high and at.seq <= self.horizon


class Selection(NamedTuple):
    """Rows that were selected from what one query lists."""

    query: EventQuery
    picked: Mapping[str, Cursor] = MappingProxyType({})
    """Rows selected one by one: event's id -> its place in the query's order."""
    stretches: tuple[Stretch, ...] = ()
    dropped: Mapping[str, Cursor] = MappingProxyType({})
    """Rows taken out of stretches again."""
    anchor: Cursor | None = None
    """Where the last stretch began, as long as its other end follows the cursor."""

    @property
    def loose(self) -> tuple[str, ...]:
        """Ids of the events that were picked and are in no stretch."""
        return tuple(id_ for id_, at in self.picked.items() if not self._in_stretch(at))

    @property
    def empty(self) -> bool:
        """Whether nothing is selected."""
        return not self.picked and not self.stretches

    def holds(self, row: EventRow) -> bool:
        """Say whether a row of the query is selected."""
        id_ = row.event.id
        return id_ in self.picked or (self._in_stretch(row.cursor) and id_ not in self.dropped)

    def toggled(self, row: EventRow) -> "Selection":
        """Return the selection with the row in it, or without it where it was in it."""
        id_ = row.event.id
        picked = {one: at for one, at in self.picked.items() if one != id_}
        dropped = {one: at for one, at in self.dropped.items() if one != id_}
        if self.holds(row):
            if self._in_stretch(row.cursor):
                dropped[id_] = row.cursor
        elif not self._in_stretch(row.cursor):
            picked[id_] = row.cursor
        return self._replace(picked=picked, dropped=dropped)

    def begun(self, row: EventRow, horizon: int) -> "Selection":
        """Return the selection with a stretch that begins at a row and follows the cursor."""
        return self._replace(stretches=(*self.stretches, Stretch(row.cursor, row.cursor, horizon)), anchor=row.cursor)

    def stretched(self, to: Cursor) -> "Selection":
        """Return the selection with the stretch that follows the cursor ending there."""
        if self.anchor is None:
            return self
        *others, last = self.stretches
        last = Stretch(min(self.anchor, to), max(self.anchor, to), last.horizon)
        return self._replace(stretches=(*others, last))

    def ended(self) -> "Selection":
        """Return the selection with no stretch following the cursor any more."""
        return self._replace(anchor=None)

    def conditions(self) -> tuple[Condition, ...]:
        """Return for each stretch what its rows fulfil, without those of earlier stretches and those taken out."""
        within = [_within(stretch, self.query.order) for stretch in self.stretches]
        without = [NotThat(Arrived(at.seq, at.seq)) for at in self.dropped.values()]
        return tuple(
            AllOf((*one, *(NotThat(AllOf(earlier)) for earlier in within[:index]), *without))
            for index, one in enumerate(within)
        )

    def _in_stretch(self, at: Cursor) -> bool:
        return any(stretch.holds(at) for stretch in self.stretches)


def all_of(query: EventQuery, horizon: int) -> Selection:
    """Return everything that a query listed when the last arrival was this one."""
    return Selection(query, stretches=(Stretch(Cursor(-FOREVER, 0), Cursor(FOREVER, FOREVER), horizon),))


def only(query: EventQuery, row: EventRow) -> Selection:
    """Return one row of a query."""
    return Selection(query, picked={row.event.id: row.cursor})


def _within(stretch: Stretch, order: Order) -> tuple[Condition, ...]:
    low, high, horizon = stretch
    if order is Order.RECEIVED:
        return (Arrived(low.seq, min(high.seq, horizon)),)
    if high.at == FOREVER:
        return (Arrived(0, horizon),)
    return (Between((low.at, low.seq), (high.at, high.seq)), Arrived(0, horizon))
