"""The event log: pages, counts, single events, and ids from their last digits.

Each function reads in one transaction, with a few statements, for one user of one situation (`View`).
"""

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from string import hexdigits
from typing import NamedTuple

from model.catalog import Catalog
from model.entities import PERSONAL, VERDICTS, Changeset, Claim, Event, Mark, MarkKind
from model.errors import IdUnknown
from model.filters.conditions import Condition, IdEnds
from model.filters.match import matches
from model.ids import MIN_ID_DIGITS, short_id
from model.query import NOW, Clocks, Count, Cursor, EventFile, EventQuery, EventRow, Order, Page, Revision
from model.standing import Evidence, weigh
from model.times import FOREVER
from store.sqlite.context import load_context
from store.sqlite.damage import damaged, decoder
from store.sqlite.driver import Connection
from store.sqlite.evidence import IN_FORCE, load_events
from store.sqlite.names import Names
from store.sqlite.plan import Branch, plan
from store.sqlite.records import (
    CHANGESET_COLUMNS,
    CHANGESETS,
    EVENT_WIDTH,
    MARK_COLUMNS,
    MARKS,
    REPORT_COLUMNS,
    Row,
    decode_changeset,
    decode_event,
    decode_kind,
    decode_mark,
    decode_report,
    decode_weight,
    pack_id,
    unpack_id,
)
from store.sqlite.scan import COLUMNS, OCCURRED_AT, AccessPath, Scan, Spread, Strategy

_PERSONAL = ", ".join(f"'{kind.value}'" for kind in sorted(PERSONAL))
_DUPLICATES = f"""
    SELECT event FROM mark_now WHERE situation = ? AND kind = '{MarkKind.DUPLICATE.value}' AND value = ? LIMIT 100
"""  # noqa: S608 - our own word
_ORIGINAL = f"""
    SELECT event.seq FROM mark_now JOIN event ON event.situation = mark_now.situation
    AND event.id = unhex(replace(mark_now.value, '-', ''))
    WHERE mark_now.situation = ? AND mark_now.event = ? AND mark_now.kind = '{MarkKind.DUPLICATE.value}'
"""  # noqa: S608
_MOST = 1_000
"""Rows that are read at once if each must be checked."""
_LISTED = 5
"""Ids that are listed if several end in the same digits."""


class View(NamedTuple):
    """One user's read transaction on one situation."""

    connection: Connection
    names: Names
    catalog: Catalog
    author: str
    spread: Spread
    """What earlier scans found out."""


async def page(view: View, query: EventQuery, *, after: Cursor | None, newer: bool, limit: int) -> Page:
    """Return the events after the cursor; see `store.base.Store.page`."""
    search, revision = await _prepare(view, query, newer=newer)
    found: list[EventRow] = []
    async for rows in search.read(after, limit + 1):
        found += rows
        if len(found) > limit:
            break
    kept = found[:limit]
    return Page(tuple(reversed(kept)) if newer else tuple(kept), more=len(found) > limit, revision=revision)


async def count(view: View, query: EventQuery, *, cap: int | None, since: int = 0) -> Count:
    """Count the events whose arrival number is greater than `since`."""
    search, _ = await _prepare(view, EventQuery(query.where, query.clocks, Order.RECEIVED), newer=True)
    number = await search.how_many(cap, since)
    return Count(number) if cap is None or number <= cap else Count(cap, capped=True)


async def event(view: View, id_: str, *, clocks: Clocks = NOW) -> EventFile:
    """Return one event with its claims, reports and marks that were known at the known-at.

    Raises:
        IdUnknown: there is no such event, it was undone, or nobody had reported it yet.
    """
    situation = view.names.situation
    rows = await view.connection.rows(
        f"SELECT {COLUMNS} FROM event JOIN weight ON weight.event = event.seq "  # noqa: S608
        "WHERE event.situation = ? AND event.id = ?",
        (situation, pack_id(id_)),
    )
    if not rows:
        raise IdUnknown(f"there is no event {short_id(id_)}, or it was undone")
    (row,) = rows
    (weighable,) = await load_events(view.connection, view.names, [row[0]])
    known = tuple(claim for claim in weighable.evidence.claims if claim.reported_at <= clocks.known_at)
    if not known and clocks.known_at < FOREVER:
        raise IdUnknown(f"nobody had reported event {short_id(id_)} by the known-at")
    ((dressed, _),) = await _dress(view, rows, {row[0]: weighable.evidence}, EventQuery(clocks=clocks))
    marks = await view.connection.rows(
        f"SELECT {MARK_COLUMNS} FROM {MARKS} JOIN mark_now ON mark_now.mark = mark.seq "  # noqa: S608
        f"WHERE mark_now.situation = ? AND mark_now.event = ? AND (mark_now.kind NOT IN ({_PERSONAL}) "
        "OR mark_now.author = ?) ORDER BY mark.recorded_at, mark.seq",
        (situation, row[0], view.author),
    )
    reports = await view.connection.rows(
        f"SELECT {REPORT_COLUMNS} FROM report WHERE report.situation = ? AND report.changeset {IN_FORCE} "  # noqa: S608
        "AND report.id IN (SELECT unhex(value) FROM json_each(?)) ORDER BY report.published_at, report.seq",
        (situation, json.dumps([pack_id(claim.report).hex() for claim in known if claim.report])),
    )
    changesets = await view.connection.rows(
        f"SELECT {CHANGESET_COLUMNS} FROM {CHANGESETS} "  # noqa: S608
        "WHERE changeset.seq = (SELECT changeset FROM event WHERE seq = ?)",
        (row[0],),
    )
    claims = tuple(sorted(known, key=lambda claim: (claim.reported_at, claim.id)))
    recorded = await view.connection.rows(
        "SELECT claim.id, changeset.recorded_at FROM claim JOIN changeset ON changeset.seq = claim.changeset "
        "WHERE claim.situation = ? AND claim.event = ?",
        (situation, row[0]),
    )
    if strange := {claim.source for claim in claims} - view.catalog.sources.keys():
        raise damaged("claim", f"no source {min(strange)}")
    return EventFile(
        row=dressed,
        claims=claims,
        reports=tuple(decode_report(report, view.names) for report in reports),
        marks=tuple(decode_mark(mark) for mark in marks),
        changeset=_only(changesets),
        recorded=_recorded(claims, recorded),
        original=next(iter(await _events(view, _ORIGINAL, (situation, row[0]))), None),
        duplicates=await _events(view, _DUPLICATES, (situation, id_)),
    )


@decoder("changeset")
def _only(rows: Sequence[Row]) -> Changeset:
    (row,) = rows
    return decode_changeset(row)


@decoder("changeset")
def _recorded(claims: Sequence[Claim], rows: Sequence[Row]) -> tuple[int, ...]:
    at = {unpack_id(claim): recorded_at for claim, recorded_at in rows}
    return tuple(at[claim.id] for claim in claims)


async def _events(view: View, numbers: str, parameters: tuple[object, ...]) -> tuple[Event, ...]:
    seqs = [seq for (seq,) in await view.connection.rows(numbers, parameters)]
    found = await load_events(view.connection, view.names, seqs) if seqs else []
    return tuple(one.evidence.event for one in found if one.in_force)


def last_digits(text: str) -> str:
    """Return an id, or the last digits of one, as lower-case digits without hyphens.

    Raises:
        IdUnknown: it is neither.
    """
    digits = text.strip().lower().replace("-", "")
    if not MIN_ID_DIGITS <= len(digits) <= 32 or set(digits) - set(hexdigits):
        raise IdUnknown(f"{text[:40]!r} is not an id: write its last {MIN_ID_DIGITS} digits or more, or all of it")
    return digits


async def find(view: View, digits: str) -> str:
    """Return the whole id of the event or changeset with this id, or with these last digits.

    Raises:
        IdUnknown: there is none, or there are several.
    """
    wanted = last_digits(digits)
    condition = IdEnds(wanted)
    search, _ = await _prepare(view, EventQuery(condition, order=Order.RECEIVED), newer=False)
    found = []
    async for rows in search.read(None, _LISTED + 1):
        found += [row.event.id for row in rows]
        if len(found) > _LISTED:
            break
    found += [
        unpack_id(id_)
        for (id_,) in await view.connection.rows(
            "SELECT id FROM changeset WHERE situation = ? AND lower(hex(id)) LIKE '%' || ? ORDER BY seq DESC LIMIT ?",
            (view.names.situation, wanted, _LISTED + 1),
        )
    ]
    if len(found) == 1:
        return found[0]
    if not found:
        raise IdUnknown(f"no event or changeset has an id that ends in {digits.strip()!r}")
    listed = ", ".join(found[:_LISTED]) + (", ..." if len(found) > _LISTED else "")
    raise IdUnknown(f"{digits.strip()!r} is the end of several ids, write more of it: {listed}")


class _Search(NamedTuple):
    """A planned query, ready to be read."""

    view: View
    query: EventQuery
    scan: Scan
    strategies: tuple[tuple[Branch, Strategy], ...]
    check: Condition | None

    async def read(self, after: Cursor | None, need: int) -> AsyncIterator[list[EventRow]]:
        """Yield the matching rows in the scan's order, some at a time; at least `need` rows, if there are so many."""
        while True:
            rows = await self._candidates(after, need)
            if rows:
                yield await self._matching(rows)
            if len(rows) < need:
                return
            after = _cursor(rows[-1], self.query.order)
            need = min(2 * need, _MOST)

    async def how_many(self, cap: int | None, since: int) -> int:
        """Count the matches that arrived later than `since`; above the cap the number is not exact."""
        if self.check is None and len(self.strategies) <= 1:
            return sum(
                [await self.scan.how_many(branch, strategy, cap, since=since) for branch, strategy in self.strategies]
            )
        number = 0
        async for rows in self.read(Cursor(0, since), _MOST):
            number += len(rows)
            if cap is not None and number > cap:
                break
        return number

    async def _candidates(self, after: Cursor | None, need: int) -> list[Row]:
        """Return the first rows of all branches together, without repeats."""
        if len(self.strategies) == 1:
            return await self.scan.rows(*self.strategies[0], after, need)
        rows = {row[0]: row for strategy in self.strategies for row in await self.scan.rows(*strategy, after, need)}
        ordered = sorted(rows.values(), key=lambda row: _cursor(row, self.query.order), reverse=not self.scan.newer)
        return ordered[:need]

    async def _matching(self, rows: Sequence[Row]) -> list[EventRow]:
        connection, names, known_at = self.view.connection, self.view.names, self.query.clocks.known_at
        evidence: Mapping[int, Evidence] = {}
        texts: Mapping[int, Sequence[str]] = {}
        if known_at < FOREVER:
            loaded = await load_events(connection, names, [row[0] for row in rows])
            evidence = {one.seq: one.evidence for one in loaded}
            texts = {one.seq: _texts(one.evidence, known_at) for one in loaded}
        elif self.check is not None:
            texts = await _load_texts(connection, names.situation, rows)
        dressed = await _dress(self.view, rows, evidence, self.query)
        if self.check is None:
            return [row for row, _ in dressed]
        return [row for row, marks in dressed if matches(self.check, row, texts[row.cursor.seq], marks)]


async def _prepare(view: View, query: EventQuery, *, newer: bool) -> tuple[_Search, Revision]:
    context, revision = await load_context(view.connection, view.names, view.author, query)
    planned = plan(query.where, query.clocks, context)
    scan = Scan(view.connection, view.names.situation, context.extent, view.spread, query.order, newer)
    strategies = tuple([(branch, await scan.choose(branch)) for branch in planned.branches])
    unasked = any(strategy.path is AccessPath.MARKS and not branch.everything for branch, strategy in strategies)
    return _Search(view, query, scan, strategies, query.where if unasked else planned.check), revision


async def _dress(
    view: View, rows: Sequence[Row], evidence: Mapping[int, Evidence], query: EventQuery
) -> list[tuple[EventRow, list[Mark]]]:
    """Return rows of `COLUMNS` as lines of the log, each with the marks in force that the user sees.

    If the query's known-at is in the past, `evidence` must have every row's.
    """
    marks: defaultdict[int, list[Mark]] = defaultdict(list)
    for seq, kind, author, value in await view.connection.rows(
        f"SELECT event, kind, author, value FROM mark_now WHERE situation = ? AND (kind NOT IN ({_PERSONAL}) "  # noqa: S608
        "OR author = ?) AND event IN (SELECT value FROM json_each(?))",
        (view.names.situation, view.author, json.dumps([row[0] for row in rows])),
    ):
        marks[seq].append(Mark("", "", decode_kind(kind), value=value, author=author))
    known_at = query.clocks.known_at
    dressed = []
    for row in rows:
        borne = marks[row[0]]
        kinds = {mark.kind for mark in borne}
        weight = (
            decode_weight(row[EVENT_WIDTH:], view.names)
            if known_at == FOREVER
            else weigh(evidence[row[0]], view.catalog, known_at)
        )
        line = EventRow(
            decode_event(row, view.names),
            _cursor(row, query.order),
            weight,
            read=MarkKind.READ in kinds,
            starred=MarkKind.STAR in kinds,
            tags=tuple(sorted(mark.value for mark in borne if mark.kind is MarkKind.TAG)),
            verdict=next(iter(kinds & VERDICTS), None),
            notes=sum(mark.kind is MarkKind.NOTE for mark in borne),
            remarks=sum(mark.kind is MarkKind.REMARK for mark in borne),
            trusted=next((mark.value for mark in borne if mark.kind is MarkKind.TRUSTED), ""),
        )
        dressed.append((line, borne))
    return dressed


def _cursor(row: Row, order: Order) -> Cursor:
    return Cursor(row[OCCURRED_AT] if order is Order.OCCURRED else 0, row[0])


def _texts(evidence: Evidence, known_at: int) -> list[str]:
    texts = [evidence.event.summary]
    for claim in evidence.claims:
        if claim.reported_at <= known_at:
            texts += (claim.quote, claim.attribution)
    return texts


async def _load_texts(connection: Connection, situation: int, rows: Sequence[Row]) -> Mapping[int, Sequence[str]]:
    texts: dict[int, list[str]] = {row[0]: [row[EVENT_WIDTH - 1]] for row in rows}
    for seq, quote, attribution in await connection.rows(
        "SELECT event, quote, attribution FROM claim WHERE situation = ? AND "  # noqa: S608
        f"event IN (SELECT value FROM json_each(?)) AND changeset {IN_FORCE}",
        (situation, json.dumps(list(texts))),
    ):
        texts[seq] += (quote, attribution)
    return texts
