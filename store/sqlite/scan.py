"""Rows of the log in order, a page at a time, at a cost that does not grow with how many match.

The index gives rows by arrival; an order by occurrence must not sort all that match. So (`Scan.way`): few matches are
all sorted; many are sorted day by day, in windows that widen until they have filled the page; where a single day has
too many, slices of the time index say between which arrival numbers to look. A mark that few events bear leads to its
events at once.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isqrt

from model.query import Cursor, Order
from model.times import DAY, FOREVER
from store.sqlite.cover import Frame
from store.sqlite.driver import Connection
from store.sqlite.plan import Branch, Sql
from store.sqlite.records import EVENT_COLUMNS, WEIGHT_COLUMNS, Row

COLUMNS = f"{EVENT_COLUMNS}, {WEIGHT_COLUMNS}"
OCCURRED_AT = 7
"""Where in a row of `COLUMNS` the occurrence stands; the arrival number stands first."""

_PAGE = 128
_FEW = 1_500
"""So many matches are sorted in a few milliseconds."""
_FEW_MARKED = 1_000
"""So many marked events are read in place of asking the index."""
_SLICE = 1_024
_SCATTERED = 64
"""Arrival numbers in a slice per event of it, above which they do not follow the order of occurrence."""

_WEIGHED = "CROSS JOIN weight ON weight.event = event.seq"
_BY_INDEX = f"event_index CROSS JOIN event ON event.seq = event_index.rowid {_WEIGHED}"
_BY_TIME = f"event INDEXED BY event_time {_WEIGHED}"


class Way(enum.Enum):
    """How a branch's rows are found."""

    INDEX = enum.auto()
    """Those of the full-text index, in its order: of arrival."""
    SORT = enum.auto()
    """All of them from the index, sorted."""
    WINDOWS = enum.auto()
    """From the index and sorted, some days at a time."""
    TIME = enum.auto()
    """Along the time index."""
    MARKS = enum.auto()
    """From the marks. What the index would say is not asked: the rows must be checked."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The part of an order that is looked at, both ends included."""

    low: Cursor
    high: Cursor

    def cut(self, begin: int, end: int) -> "Stretch":
        """Return what of it occurred at or after begin and before end."""
        return Stretch(max(self.low, Cursor(begin, 0)), min(self.high, Cursor(end - 1, FOREVER)))


_ALL = Stretch(Cursor(-FOREVER, 0), Cursor(FOREVER, FOREVER))


@dataclass(frozen=True, slots=True)
class Scan:
    """Reads rows of one situation in one order and direction."""

    connection: Connection
    situation: int
    frame: Frame
    order: Order = Order.RECEIVED
    newer: bool = False

    async def way(self, branch: Branch) -> Way:
        """Choose how the branch's rows are found."""
        occurred = self.order is Order.OCCURRED
        if not branch.everything and (occurred or branch.marks):
            match = branch.between(branch.begin, branch.end - 1, self.frame)
            if await self._count_match(match) <= _FEW:
                return Way.SORT if occurred else Way.INDEX
        cap = isqrt(_PAGE * self.frame.newest) if branch.everything else _FEW_MARKED
        for mark in branch.marks[:1]:
            if await self._count_marked(mark, cap) <= cap:
                return Way.MARKS
        if occurred:
            return Way.TIME if branch.everything else Way.WINDOWS
        return Way.INDEX

    async def rows(self, branch: Branch, way: Way, after: Cursor | None, need: int) -> list[Row]:
        """Return up to so many rows of `COLUMNS` that come after the cursor, in the scan's direction."""
        stretch = self._span(after)
        if self.order is Order.OCCURRED:
            stretch = stretch.cut(max(branch.begin, self.frame.first), min(branch.end, self.frame.last + 1))
            if stretch.low > stretch.high:
                return []
        if way is Way.WINDOWS:
            return await self._windows(branch, stretch, need)
        return await self._run(*self._select(branch, way, stretch), need)

    async def count(self, branch: Branch, way: Way, cap: int | None, *, since: int = 0) -> int:
        """Count the branch's events that arrived later than since; a number above the cap says only that."""
        first, last = max(branch.begin, self.frame.first), min(branch.end - 1, self.frame.last)
        if first > last:
            return 0
        if way is Way.INDEX and not branch.where and first == self.frame.first and last == self.frame.last:
            sql, parameters = "SELECT 1 FROM event_index WHERE event_index MATCH ? AND rowid > ?", (branch.match, since)
        else:
            stretch = _ALL.cut(first, last + 1) if self.order is Order.OCCURRED else _ALL
            sql, parameters = _join("1", *self._select(branch, way, replace(stretch, low=Cursor(first, since + 1))))
        ((number,),) = await self.connection.rows(
            f"SELECT count(*) FROM ({sql} LIMIT ?)",  # noqa: S608
            (*parameters, -1 if cap is None else cap + 1),
        )
        return int(number)

    def _span(self, after: Cursor | None) -> Stretch:
        if after is None:
            return _ALL
        if self.newer:
            return Stretch(Cursor(after.at, after.seq + 1), _ALL.high)
        return Stretch(_ALL.low, Cursor(after.at, after.seq - 1))

    def _select(self, branch: Branch, way: Way, stretch: Stretch) -> tuple[Sql, list[Sql]]:
        """Return a source of rows, and what must hold of them."""
        clauses = list(branch.where)
        if self.order is Order.OCCURRED:
            clauses.append(_within(stretch))
            first, last = stretch.low.at, stretch.high.at
        else:
            column = "event_index.rowid" if way is Way.INDEX else "event.seq"
            clauses.append((f"{column} BETWEEN ? AND ?", (stretch.low.seq, stretch.high.seq)))
            first, last = max(branch.begin, self.frame.first), min(branch.end - 1, self.frame.last)
            if first > self.frame.first or last < self.frame.last:
                clauses.append(("event.occurred_at BETWEEN ? AND ?", (first, last)))
        if way is Way.TIME:
            return (_BY_TIME, ()), [("event.situation = ?", (self.situation,)), *clauses]
        if way is Way.MARKS:
            mark, parameters = branch.marks[0]
            marked = f"SELECT DISTINCT mark_now.event AS seq FROM mark_now WHERE mark_now.situation = ? AND {mark}"  # noqa: S608
            source = f"({marked}) AS marked CROSS JOIN event ON event.seq = marked.seq {_WEIGHED}"
            return (source, (self.situation, *parameters)), clauses
        return (_BY_INDEX, ()), [("event_index MATCH ?", (branch.between(first, last, self.frame),)), *clauses]

    async def _run(self, source: Sql, clauses: Sequence[Sql], need: int) -> list[Row]:
        sql, parameters = _join(COLUMNS, source, clauses)
        direction = "ASC" if self.newer else "DESC"
        if self.order is Order.OCCURRED:
            order = f"event.occurred_at {direction}, event.seq {direction}"
        else:
            order = f"{'event_index.rowid' if source[0] is _BY_INDEX else 'event.seq'} {direction}"
        return list(await self.connection.rows(f"{sql} ORDER BY {order} LIMIT ?", (*parameters, need)))

    async def _windows(self, branch: Branch, stretch: Stretch, need: int) -> list[Row]:
        rows: list[Row] = []
        days = 1
        while len(rows) < need and stretch.low <= stretch.high:
            window, rest = self._window(stretch, days)
            match = branch.between(window.low.at, window.high.at, self.frame)
            number = await self._count_match(match)
            if number > _FEW and days > 1:
                days //= 4
                continue
            clauses = [("event_index MATCH ?", (match,)), _within(window), *branch.where]
            if number > _FEW:
                rows += await self._slices(branch, window, clauses, need - len(rows))
            elif number:
                rows += await self._run((_BY_INDEX, ()), clauses, need - len(rows))
            stretch = rest
            days *= 4
        return rows

    def _window(self, stretch: Stretch, days: int) -> tuple[Stretch, Stretch]:
        """Return the first days of a stretch in the scan's direction, and the rest of it."""
        if self.newer:
            end = (stretch.low.at // DAY + days) * DAY
            return stretch.cut(-FOREVER, end), stretch.cut(end, FOREVER)
        begin = (stretch.high.at // DAY - days + 1) * DAY
        return stretch.cut(begin, FOREVER), stretch.cut(-FOREVER, begin)

    async def _slices(self, branch: Branch, day: Stretch, clauses: list[Sql], need: int) -> list[Row]:
        """Return rows of one day that has many, slice by slice of the time index while arrivals follow it."""
        rows: list[Row] = []
        size = _SLICE
        while len(rows) < need and day.low <= day.high:
            slice_, first, last, number = await self._slice(day, size)
            if not number:
                break
            if last - first > _SCATTERED * number:
                return rows + await self._run((_BY_INDEX, ()), [*clauses, _within(day)], need - len(rows))
            rows += await self._run(
                (_BY_INDEX, ()),
                [
                    ("event_index MATCH ?", (branch.match,)),
                    ("event_index.rowid BETWEEN ? AND ?", (first, last)),
                    _within(slice_),
                    *branch.where,
                ],
                need - len(rows),
            )
            day = self._beyond(day, slice_)
            size *= 2
        return rows

    async def _slice(self, stretch: Stretch, size: int) -> tuple[Stretch, int, int, int]:
        """Return so many events as a stretch of their own, the lowest and highest arrival number, and how many."""
        direction = "ASC" if self.newer else "DESC"
        within, parameters = _within(stretch)
        ((first, last, number, low_at, low_seq, high_at, high_seq),) = await self.connection.rows(
            "WITH slice AS MATERIALIZED (SELECT occurred_at, seq FROM event INDEXED BY event_time "  # noqa: S608
            f"WHERE situation = ? AND {within} ORDER BY occurred_at {direction}, seq {direction} LIMIT ?), "
            "low AS (SELECT occurred_at, seq FROM slice ORDER BY occurred_at, seq LIMIT 1), "
            "high AS (SELECT occurred_at, seq FROM slice ORDER BY occurred_at DESC, seq DESC LIMIT 1) "
            "SELECT coalesce(min(seq), 0), coalesce(max(seq), 0), count(*), (SELECT occurred_at FROM low), "
            "(SELECT seq FROM low), (SELECT occurred_at FROM high), (SELECT seq FROM high) FROM slice",
            (self.situation, *parameters, size),
        )
        if not number:
            return stretch, 0, 0, 0
        return Stretch(Cursor(low_at, low_seq), Cursor(high_at, high_seq)), first, last, number

    def _beyond(self, stretch: Stretch, slice_: Stretch) -> Stretch:
        """Return what of a stretch comes after a slice of it."""
        if self.newer:
            return replace(stretch, low=Cursor(slice_.high.at, slice_.high.seq + 1))
        return replace(stretch, high=Cursor(slice_.low.at, slice_.low.seq - 1))

    async def _count_match(self, match: str) -> int:
        ((number,),) = await self.connection.rows(
            "SELECT count(*) FROM (SELECT 1 FROM event_index WHERE event_index MATCH ? LIMIT ?)", (match, _FEW + 1)
        )
        return int(number)

    async def _count_marked(self, mark: Sql, cap: int) -> int:
        clause, parameters = mark
        ((number,),) = await self.connection.rows(
            f"SELECT count(*) FROM (SELECT 1 FROM mark_now WHERE situation = ? AND {clause} LIMIT ?)",  # noqa: S608
            (self.situation, *parameters, cap + 1),
        )
        return int(number)


def _within(stretch: Stretch) -> Sql:
    return (
        "(event.occurred_at, event.seq) >= (?, ?) AND (event.occurred_at, event.seq) <= (?, ?)",
        (stretch.low.at, stretch.low.seq, stretch.high.at, stretch.high.seq),
    )


def _join(columns: str, source: Sql, clauses: Sequence[Sql]) -> Sql:
    table, parameters = source
    condition = " AND ".join(clause for clause, _ in clauses)
    return (
        f"SELECT {columns} FROM {table} WHERE {condition}",  # noqa: S608 - made of this package's own words
        (*parameters, *(value for _, values in clauses for value in values)),
    )
