"""Reading rows of the log in order, a page at a time, at a cost that does not grow with the number of matches.

The full-text index returns rows by arrival, and ordering by occurrence must not sort all matches. So (`Scan.choose`): a
few matches are all sorted; many are sorted a few days at a time, in windows that widen until the page is full; if a
single day has too many, slices of the time index say between which arrival numbers to look. A mark that few events have
leads straight to them. Whole rows are only read for what is on the page.
"""

import enum
import json
from collections.abc import Sequence
from math import isqrt
from typing import NamedTuple

from model.query import Cursor, Order
from model.times import DAY, FOREVER
from store.sqlite.context import Extent, Sql
from store.sqlite.cover import quoted
from store.sqlite.driver import Connection
from store.sqlite.facets import EARLY
from store.sqlite.plan import Branch
from store.sqlite.records import EVENT_COLUMNS, WEIGHT_COLUMNS, Row

COLUMNS = f"{EVENT_COLUMNS}, {WEIGHT_COLUMNS}"
OCCURRED_AT = 7
"""Index of the occurrence in a row of `COLUMNS`; the arrival number is the first column."""

_FEW = 400
"""Matches that are sorted in a few milliseconds."""
_PAGE = 128
"""The usual number of rows of a page."""
_FEW_MARKED = 1_000
"""Up to this many marked events are checked instead of searching the index."""
_FEWEST_SORTED = 500
"""Up to this many marked events are sorted; more in a large store, where walking the time index takes longer."""
_FEW_ROWS = 16
"""Entries of an index that can be counted in the time that reading one changeset takes."""
_SLICE = 1_024
"""Events in the first slice of a day."""
_SCATTERED = 64
"""If a slice spans more arrival numbers per event than this, arrivals do not follow the order of occurrence."""

_WEIGHED = "CROSS JOIN weight ON weight.event = event.seq"
_BY_INDEX = "event_index CROSS JOIN event ON event.seq = event_index.rowid"
_BY_NUMBER = "event"
_BY_TIME = f"event INDEXED BY event_time {_WEIGHED}"
_BY_MARKS = f"mark_now INDEXED BY mark_now_kind CROSS JOIN event ON event.seq = mark_now.event {_WEIGHED}"


class AccessPath(enum.Enum):
    """How a branch's rows are found."""

    INDEX = enum.auto()
    """In the full-text index, in its order, which is by arrival."""
    SORT = enum.auto()
    """All of them were found in the full-text index when the strategy was chosen; they are sorted."""
    WINDOWS = enum.auto()
    """In the full-text index, a few days at a time, then sorted."""
    TIME = enum.auto()
    """Along the time index."""
    MARKS = enum.auto()
    """From the marks, without the full-text index: rows must be checked, unless its expression is everything."""


class Strategy(NamedTuple):
    """An access path, and what was found out when it was chosen."""

    path: AccessPath
    days: int = 1
    """Days at the start of a scan that are likely to have one and a half pages of rows."""
    seqs: tuple[int, ...] = ()
    """Arrival numbers of all matches in the full-text index, if they are sorted."""


class Stretch(NamedTuple):
    """A part of an order of rows, including both ends."""

    low: Cursor
    high: Cursor

    def cut(self, begin: int, end: int) -> "Stretch":
        """Return the part of it that occurred at or after `begin` and before `end`."""
        return Stretch(max(self.low, Cursor(begin, 0)), min(self.high, Cursor(end - 1, FOREVER)))

    @property
    def empty(self) -> bool:
        """Whether nothing is in it."""
        return self.low > self.high


Spread = dict[tuple[int, str], int]
"""(situation, expression that many events match) -> `Strategy.days`, remembered from earlier scans."""

_MOST_SPREAD = 256
"""Expressions that are remembered."""

_ALL = Stretch(Cursor(-FOREVER, 0), Cursor(FOREVER, FOREVER))


class Scan(NamedTuple):
    """Reads rows of one situation in one order and direction."""

    connection: Connection
    situation: int
    extent: Extent
    spread: Spread
    """What earlier scans found out; only a guess, that saves sampling again."""
    order: Order = Order.RECEIVED
    newer: bool = False

    async def choose(self, branch: Branch) -> Strategy:
        """Choose how the branch's rows are found."""
        occurred = self.order is Order.OCCURRED
        if branch.everything and branch.marks and not occurred:
            return Strategy(AccessPath.MARKS)
        days = 1
        if not branch.everything and (occurred or branch.marks):
            match = branch.between(branch.begin, branch.end - 1, self.extent)
            known = self.spread.get((self.situation, match))
            if known is None:
                sample = await self._sample(match)
                if len(sample) <= _FEW:
                    return Strategy(AccessPath.SORT, seqs=tuple(sample)) if occurred else Strategy(AccessPath.INDEX)
                known = self._days_for_page(len(sample), max(sample) - min(sample) + 1)
                if len(self.spread) >= _MOST_SPREAD:
                    self.spread.clear()
                self.spread[self.situation, match] = known
            days = known
        cap = max(_FEWEST_SORTED, isqrt(self.extent.newest)) if branch.everything else _FEW_MARKED
        if branch.marks and await self._count_marked(branch.marks[0], cap) <= cap:
            return Strategy(AccessPath.MARKS)
        if occurred:
            return Strategy(AccessPath.TIME) if branch.everything else Strategy(AccessPath.WINDOWS, days)
        return Strategy(AccessPath.INDEX)

    async def rows(self, branch: Branch, strategy: Strategy, after: Cursor | None, need: int) -> list[Row]:
        """Return up to `need` rows of `COLUMNS` after the cursor, in the scan's direction."""
        path, stretch = strategy.path, self._stretch(after)
        if self.order is Order.RECEIVED:
            return await self._run(*self._select(branch, strategy, stretch), need)
        stretch = stretch.cut(max(branch.begin, self.extent.first), min(branch.end, self.extent.last + 1))
        if path in {AccessPath.SORT, AccessPath.MARKS}:
            return [] if stretch.empty else await self._run(*self._select(branch, strategy, stretch), need)
        # Of events that occurred before `known_before`, nearly all were known in time. Later ones can only match if
        # they were reported before they occurred, for which the index has a word.
        ahead, rest = stretch.cut(branch.known_before, FOREVER), stretch.cut(-FOREVER, branch.known_before)
        rows: list[Row] = []
        for part in (rest, ahead) if self.newer else (ahead, rest):
            if part.empty or len(rows) >= need:
                continue
            if part == ahead:
                early = branch._replace(match=f"({branch.match}) AND {quoted(EARLY)}")
                whole = (part.high.at - part.low.at) // DAY + 2
                rows += await self._windows(early, part, need - len(rows), whole)
            elif path is AccessPath.TIME:
                rows += await self._run(*self._select(branch, strategy, part), need - len(rows))
            else:
                rows += await self._windows(branch, part, need - len(rows), strategy.days * need // _PAGE + 1)
        return rows

    async def how_many(self, branch: Branch, strategy: Strategy, cap: int | None, *, since: int = 0) -> int:
        """Count the branch's events that arrived later than `since`; above the cap the number is not exact."""
        path = strategy.path
        first, last = max(branch.begin, self.extent.first), min(branch.end - 1, self.extent.last)
        if first > last:
            return 0
        if cap is None and branch.everything and not branch.where:
            return await self._count_all(first, last, since)
        if path is AccessPath.INDEX and not branch.where and first == self.extent.first and last == self.extent.last:
            sql, parameters = "SELECT 1 FROM event_index WHERE event_index MATCH ? AND rowid > ?", (branch.match, since)
        else:
            stretch = _ALL.cut(first, last + 1) if self.order is Order.OCCURRED else _ALL
            source, clauses = self._select(branch, strategy, stretch._replace(low=Cursor(first, since + 1)))
            sql, parameters = _statement("1", source, clauses)
        ((number,),) = await self.connection.rows(
            f"SELECT count(*) FROM ({sql} LIMIT ?)",  # noqa: S608
            (*parameters, -1 if cap is None else cap + 1),
        )
        return int(number)

    async def _count_all(self, first: int, last: int, since: int) -> int:
        """Count all events of a period: all events minus later ones, where that is faster than counting them."""
        if first > self.extent.first or since or 2 * (self.extent.last - last) > self.extent.last - first:
            return await self._count_between(first, last, since)
        ((changesets,),) = await self.connection.rows("SELECT coalesce(max(seq), 0) FROM changeset")
        if _FEW_ROWS * changesets > self.extent.newest:
            return await self._count_between(first, last, since)
        later = await self._count_between(last + 1, self.extent.last, 0) if last < self.extent.last else 0
        ((number,),) = await self.connection.rows(
            "SELECT coalesce(sum(event_to - before), 0) FROM ("
            "SELECT seq, situation, event_to, lag(event_to, 1, 0) OVER (ORDER BY seq) AS before FROM changeset) "
            "WHERE situation = ? AND seq NOT IN (SELECT changeset FROM undone)",
            (self.situation,),
        )
        return int(number) - later

    async def _count_between(self, first: int, last: int, since: int) -> int:
        """Count all events of a period along an index, minus those that were undone."""
        ((number,),) = await self.connection.rows(
            "SELECT (SELECT count(*) FROM event INDEXED BY event_time "
            "WHERE situation = ?1 AND occurred_at BETWEEN ?2 AND ?3 AND seq > ?4) - "
            "(SELECT count(*) FROM undone CROSS JOIN changeset ON changeset.seq = undone.changeset "
            "CROSS JOIN event ON event.seq > ifnull((SELECT before.event_to FROM changeset AS before "
            "WHERE before.seq < changeset.seq ORDER BY before.seq DESC LIMIT 1), 0) "
            "AND event.seq <= changeset.event_to WHERE changeset.situation = ?1 "
            "AND event.occurred_at BETWEEN ?2 AND ?3 AND event.seq > ?4)",
            (self.situation, first, last, since),
        )
        return int(number)

    def _stretch(self, after: Cursor | None) -> Stretch:
        if after is None:
            return _ALL
        if self.newer:
            return Stretch(Cursor(after.at, after.seq + 1), _ALL.high)
        return Stretch(_ALL.low, Cursor(after.at, after.seq - 1))

    def _select(self, branch: Branch, strategy: Strategy, stretch: Stretch) -> tuple[str, list[Sql]]:
        """Return a source of rows, and the conditions on them."""
        path = strategy.path
        first, last = max(branch.begin, self.extent.first), min(branch.end - 1, self.extent.last)
        if self.order is Order.OCCURRED:
            first, last = max(first, stretch.low.at), min(last, stretch.high.at)
            clauses = [_within(stretch)]
        else:
            clauses = _arrived(_SEQ[path], stretch)
            if first > self.extent.first or last < self.extent.last:
                clauses.append(("event.occurred_at BETWEEN ? AND ?", (first, last)))
        if path is AccessPath.TIME:
            return _BY_TIME, [("event.situation = ?", (self.situation,)), *clauses, *branch.where]
        if path is AccessPath.MARKS:
            within = ("mark_now.situation = ?", (self.situation,))
            narrowed = branch.where if branch.everything else (branch.rowwise,)
            return _BY_MARKS, [within, branch.marks[0], *clauses, *narrowed]
        if path is AccessPath.SORT:
            numbered = ("event.seq IN (SELECT value FROM json_each(?))", (json.dumps(strategy.seqs),))
            return _BY_NUMBER, [numbered, *clauses, *branch.where]
        match = branch.between(first, last, self.extent)
        if self.order is Order.RECEIVED:
            match = branch.in_time(match)
        return _BY_INDEX, [("event_index MATCH ?", (match,)), *clauses, *branch.where]

    async def _run(self, source: str, clauses: Sequence[Sql], need: int) -> list[Row]:
        direction = "ASC" if self.newer else "DESC"
        if self.order is Order.OCCURRED:
            inner = order = f"event.occurred_at {direction}, event.seq {direction}"
        else:
            inner = f"{_SEQ_OF[source]} {direction}"
            order = f"event.seq {direction}"
        found, parameters = _statement("event.seq AS seq", source, clauses)
        return list(
            await self.connection.rows(
                f"SELECT {COLUMNS} FROM ({found} ORDER BY {inner} LIMIT ?) AS found "  # noqa: S608 - our own words
                f"CROSS JOIN event ON event.seq = found.seq {_WEIGHED} ORDER BY {order}",
                (*parameters, need),
            )
        )

    async def _windows(self, branch: Branch, stretch: Stretch, need: int, days: int) -> list[Row]:
        keys: list[Cursor] = []
        few = min(_FEW, 4 * need)
        dense, least = 0, 0  # so many days of the stretch are known to have so many matches, or more
        while len(keys) < need and not stretch.empty:
            window, rest = self._window(stretch, days)
            crowded = days == dense == 1 and least > need - len(keys)
            if not crowded:
                match = branch.between(window.low.at, window.high.at, self.extent)
                found = await self._keys([("event_index MATCH ?", (match,)), _within(window), *branch.where], few + 1)
                crowded = len(found) > few
            if crowded and days > 1:
                dense, least, days = days, few, max(1, days // 4)
                continue
            if crowded:
                found = await self._slices(branch, window, need - len(keys))
            keys += sorted(found, reverse=not self.newer)
            stretch = rest
            dense, least = dense - days, least - len(found)
            days = min(4 * days, 1 + 2 * days * (need - len(keys)) // max(1, len(found)))  # twice what has the rest
            if dense > 0:
                days = min(days, max(1, dense // 4))
        return await self._whole([key.seq for key in keys[:need]])

    async def _keys(self, clauses: Sequence[Sql], limit: int) -> list[Cursor]:
        """Return the occurrence and arrival of up to `limit` events, in no order."""
        sql, parameters = _statement("event.occurred_at, event.seq", _BY_INDEX, clauses)
        return [Cursor(*row) for row in await self.connection.rows(f"{sql} LIMIT ?", (*parameters, limit))]

    async def _whole(self, seqs: Sequence[int]) -> list[Row]:
        """Return the rows with these arrival numbers, in the same order."""
        rows = await self.connection.rows(
            f"SELECT {COLUMNS} FROM event CROSS JOIN weight ON weight.event = event.seq "  # noqa: S608
            "WHERE event.seq IN (SELECT value FROM json_each(?))",
            (json.dumps(seqs),),
        )
        by_seq = {row[0]: row for row in rows}
        return [by_seq[seq] for seq in seqs]

    def _window(self, stretch: Stretch, days: int) -> tuple[Stretch, Stretch]:
        """Return the first days of a stretch in the scan's direction, and the rest."""
        if self.newer:
            end = (stretch.low.at // DAY + days) * DAY
            return stretch.cut(-FOREVER, end), stretch.cut(end, FOREVER)
        begin = (stretch.high.at // DAY - days + 1) * DAY
        return stretch.cut(begin, FOREVER), stretch.cut(-FOREVER, begin)

    async def _slices(self, branch: Branch, day: Stretch, need: int) -> list[Cursor]:
        """Return `need` events or more of a day with many, slice by slice while arrivals follow occurrences."""
        keys: list[Cursor] = []
        size = min(_SLICE, 8 * need)
        while len(keys) < need and not day.empty:
            slice_, first, last, number = await self._slice(day, size)
            if not number:
                break
            if last - first > _SCATTERED * number:  # read the rest of the day at once
                match = branch.between(day.low.at, day.high.at, self.extent)
                return keys + await self._keys([("event_index MATCH ?", (match,)), _within(day), *branch.where], -1)
            rowids = ("event_index.rowid BETWEEN ? AND ?", (first, last))
            wanted = ("event_index MATCH ?", (branch.match,))
            keys += await self._keys([wanted, rowids, _within(slice_), *branch.where], -1)
            day = self._beyond(day, slice_)
            size *= 2
        return keys

    async def _slice(self, stretch: Stretch, size: int) -> tuple[Stretch, int, int, int]:
        """Return the first `size` events as a stretch, their lowest and highest arrival number, and their number."""
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
        """Return the part of a stretch after a slice of it."""
        if self.newer:
            return stretch._replace(low=Cursor(slice_.high.at, slice_.high.seq + 1))
        return stretch._replace(high=Cursor(slice_.low.at, slice_.low.seq - 1))

    async def _sample(self, match: str) -> list[int]:
        """Return the arrival numbers of up to `_FEW` + 1 matches."""
        rows = await self.connection.rows(
            "SELECT rowid FROM event_index WHERE event_index MATCH ? LIMIT ?", (match, _FEW + 1)
        )
        return [seq for (seq,) in rows]

    def _days_for_page(self, number: int, reach: int) -> int:
        """Estimate how many days have one and a half pages of rows, if `number` matches span `reach` arrivals."""
        days = (self.extent.last - self.extent.first) // DAY + 1
        return max(1, min(days, days * reach * (_FEW // 2) // (number * max(self.extent.newest, 1))))

    async def _count_marked(self, mark: Sql, cap: int) -> int:
        clause, parameters = mark
        ((number,),) = await self.connection.rows(
            f"SELECT count(*) FROM (SELECT 1 FROM mark_now WHERE situation = ? AND {clause} LIMIT ?)",  # noqa: S608
            (self.situation, *parameters, cap + 1),
        )
        return int(number)


_SEQ = {AccessPath.INDEX: "event_index.rowid", AccessPath.MARKS: "mark_now.event"}
_SEQ_OF = {_BY_INDEX: "event_index.rowid", _BY_MARKS: "mark_now.event"}


def _within(stretch: Stretch) -> Sql:
    return (
        "(event.occurred_at, event.seq) >= (?, ?) AND (event.occurred_at, event.seq) <= (?, ?)",
        (stretch.low.at, stretch.low.seq, stretch.high.at, stretch.high.seq),
    )


def _arrived(column: str, stretch: Stretch) -> list[Sql]:
    """Return only bounds that leave something out: given two, SQLite may use the other one."""
    bounds = [(f"{column} >= ?", (stretch.low.seq,))] if stretch.low.seq > 0 else []
    return [*bounds, (f"{column} <= ?", (stretch.high.seq,))] if stretch.high.seq < FOREVER else bounds


def _statement(column: str, source: str, clauses: Sequence[Sql]) -> Sql:
    """Return a statement that returns each event once."""
    condition = " AND ".join(clause for clause, _ in clauses)
    if source in {_BY_INDEX, _BY_NUMBER} and "weight." in condition:
        source = f"{source} {_WEIGHED}"
    once = " GROUP BY mark_now.event" if source is _BY_MARKS else ""  # an event may have several of a kind
    return (
        f"SELECT {column} FROM {source} WHERE {condition}{once}",  # noqa: S608 - made of this package's own words
        tuple(value for _, values in clauses for value in values),
    )
