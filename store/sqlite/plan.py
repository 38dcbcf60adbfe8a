"""Planning a query: a condition as full-text expressions that SQLite answers fast, and SQL for what these leave out.

The index has words, names, kinds, grades, standings and days, so most conditions are one expression of it (`cover.py`).
Marks are not in it: a condition is split into branches, any of which may hold, in which every mark is a part of its
own. Instants are finer than days and phrases finer than their words: instants are compared in SQL, phrases by
`model.filters.match` on the rows that are left (`Plan.check`).
"""

import itertools
from collections.abc import Iterable
from typing import NamedTuple

from model.filters.conditions import (
    AllOf,
    AnyOf,
    Arrived,
    Between,
    Condition,
    GradeAtLeast,
    KnownBefore,
    Marked,
    NotThat,
    Occurred,
    StandingIn,
    TextHas,
)
from model.query import Clocks
from model.times import EARLIEST, FOREVER
from store.sqlite import facets
from store.sqlite.context import Extent, QueryContext, Sql
from store.sqlite.cover import Cover, cover, known_by, period
from store.sqlite.rowwise import mark_clause, of_row

MOST_BRANCHES = 12
"""If there would be more, parts of the condition that contain marks are checked row by row instead."""


class Branch(NamedTuple):
    """One of the ways in which an event can satisfy a condition; all parts of a branch must hold."""

    match: str
    """Expression of the full-text index."""
    everything: bool
    """Whether that matches every event of the situation."""
    begin: int
    """The event occurred at this instant or later, ..."""
    end: int
    """... and before this one."""
    known_before: int
    """It was first reported before this instant."""
    where: tuple[Sql, ...]
    """What else must hold for `event` and `weight`, including `known_before` and `marks`."""
    marks: tuple[Sql, ...]
    """Each mark that the event must have, as a condition on `mark_now`."""
    rowwise: Sql
    """The whole branch, as far as a row shows it, for rows that are not found through the index."""

    def between(self, first: int, last: int, extent: Extent) -> str:
        """Return the expression limited to the days from the first to the last instant of occurrence."""
        if first <= extent.first and last >= extent.last:
            return self.match
        days = period(facets.OCCURRED, max(first, extent.first), min(last, extent.last))
        return f"({self.match}) AND {days}"

    def in_time(self, match: str) -> str:
        """Return an expression limited to what was first reported before `known_before`; adds about 100 words."""
        return match if self.known_before == FOREVER else f"({match}) AND {known_by(self.known_before - 1)}"


class Plan(NamedTuple):
    """How a query is answered."""

    branches: tuple[Branch, ...]
    """Empty: no event satisfies the condition."""
    check: Condition | None
    """What rows must still be checked for; None if the branches are exact."""


def plan(condition: Condition, clocks: Clocks, context: QueryContext) -> Plan:
    """Plan a query."""
    limits: list[Condition] = [condition]
    if clocks.as_of < FOREVER:
        limits.append(Occurred(EARLIEST, clocks.as_of + 1))
    if clocks.known_at < FOREVER:
        limits.append(KnownBefore(clocks.known_at + 1))
    settled = settle(AllOf(tuple(limits)))
    if settled == AnyOf():
        return Plan((), None)
    planned = [_branch(parts, context) for parts in _split(settled)]
    exact = all(exact for _, exact in planned)
    return Plan(tuple(branch for branch, _ in planned if branch.begin < branch.end), None if exact else condition)


def settle(condition: Condition, *, negated: bool = False) -> Condition:  # noqa: PLR0911 - a case per condition
    """Return an equivalent condition in which only single conditions are negated and nothing is trivial.

    If it is always true this is `AllOf()`, if never `AnyOf()`; neither of them is part of a larger condition.
    """
    match condition:
        case NotThat():
            return settle(condition.inner, negated=not negated)
        case AllOf() | AnyOf():
            settled = [settle(part, negated=negated) for part in condition.parts]
            return _any(settled) if isinstance(condition, AnyOf) is not negated else _all(settled)
        case TextHas(words=()):
            return AnyOf() if negated else AllOf()
        case Occurred() if negated:
            return _any(
                settle(period) for period in (Occurred(EARLIEST, condition.begin), Occurred(condition.end, FOREVER))
            )
        case Occurred():
            if condition.begin <= EARLIEST and condition.end >= FOREVER:
                return AllOf()
            return condition if condition.begin < condition.end else AnyOf()
    return NotThat(condition) if negated else condition


def _all(parts: Iterable[Condition]) -> Condition:
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, AllOf) else (part,))]
    if AnyOf() in flat:
        return AnyOf()
    return flat[0] if len(flat) == 1 else AllOf(tuple(flat))


def _any(parts: Iterable[Condition]) -> Condition:
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, AnyOf) else (part,))]
    if AllOf() in flat:
        return AllOf()
    return flat[0] if len(flat) == 1 else AnyOf(tuple(flat))


def _split(condition: Condition) -> list[tuple[Condition, ...]]:
    """Return branches, any of which may hold, each as parts that must all hold; a mark is a part of its own."""
    if isinstance(condition, AnyOf) and _has_mark(condition):
        split = [branch for part in condition.parts for branch in _split(part)]
        return split if len(split) <= MOST_BRANCHES else [(condition,)]
    if not isinstance(condition, AllOf):
        return [(condition,)]
    branches: list[tuple[Condition, ...]] = [()]
    for part in condition.parts:
        ways = _split(part)
        if len(branches) * len(ways) > MOST_BRANCHES:
            ways = [(part,)]
        branches = [one + other for one, other in itertools.product(branches, ways)]
    return branches


def _has_mark(condition: Condition) -> bool:
    match condition:
        case AllOf() | AnyOf():
            return any(_has_mark(part) for part in condition.parts)
        case NotThat():
            return isinstance(condition.inner, Marked)
    return isinstance(condition, Marked)


def _branch(parts: tuple[Condition, ...], context: QueryContext) -> tuple[Branch, bool]:
    """Return a branch, and whether it matches exactly the events that all the parts hold for."""
    begin, end, known_before = EARLIEST, FOREVER, FOREVER
    where: list[Sql] = []
    marks: list[Sql] = []
    covers: list[Cover] = []
    for part in parts:
        match part:
            case Occurred():
                begin, end = max(begin, part.begin), min(end, part.end)
            case KnownBefore():
                known_before = min(known_before, part.instant)
                where.append(of_row(part, context))
            case Marked():
                marks.append(mark_clause(part, context))
                where.append(of_row(part, context))
            case Between():
                begin, end = max(begin, part.low[0]), min(end, part.high[0] + 1)
                where.append(of_row(part, context))
            case Arrived() | NotThat(inner=Marked() | Between() | Arrived()):
                where.append(of_row(part, context))
            case NotThat(inner=KnownBefore()):
                covers.append(cover(part, context)._replace(exact=True))
                where.append(of_row(part, context))
            case _ if context.is_dense(part.inner if isinstance(part, NotThat) else part):
                where.append(of_row(part, context))
            case _:
                covers.append(cover(part, context))
                # Cheaply leaves out most of the rows that the index matches wrongly.
                if (isinstance(part, TextHas) and part.adjacent and len(part.words) > 1) or (
                    context.past and isinstance(part, StandingIn | GradeAtLeast)
                ):
                    where.append(of_row(part, context))
    covered = Cover.all(covers)
    match, everything = covered.expression(context)
    rowwise = of_row(AllOf(parts), context)
    return Branch(match, everything, begin, end, known_before, tuple(where), tuple(marks), rowwise), covered.exact
