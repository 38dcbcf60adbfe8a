"""A condition as what SQLite answers fast: expressions of the full-text index, and SQL for what that does not hold.

The index knows words, names, kinds, grades, standings and days, so that most conditions are one expression of it
(`cover.py`). Marks are not in it: a condition is brought into branches, any of which may hold, in each of which every
mark stands alone. Instants are finer than days, and a phrase is finer than its words: the first are compared in SQL,
the last (`Plan.check`) by `model.filters.match` on the rows that are left.
"""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from model.entities import PERSONAL, VERDICTS, MarkKind
from model.filters.conditions import (
    AllOf,
    AnyOf,
    Condition,
    GradeAtLeast,
    KnownBefore,
    Marked,
    NotThat,
    Occurred,
    StandingIn,
)
from model.query import Clocks
from model.times import EARLIEST, FOREVER
from store.sqlite import facets
from store.sqlite.cover import Cover, Frame, Scene, cover, grades_from, period
from store.sqlite.records import STANDINGS

MOST_BRANCHES = 12
"""Beyond so many, the parts of a condition that marks are mixed into are checked row by row instead."""

Sql = tuple[str, tuple[Any, ...]]
"""An expression and its parameters."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One of the ways in which an event can fulfil a condition: each part of it must hold."""

    match: str
    """Expression of the index."""
    everything: bool
    """Whether that is every event of the situation."""
    begin: int
    """It occurred then or later, ..."""
    end: int
    """... and before then."""
    where: tuple[Sql, ...]
    """What else must hold of `event` and `weight`."""
    marks: tuple[Sql, ...]
    """Of these, each mark that it must bear, as a condition of `mark_now`."""

    def between(self, first: int, last: int, frame: Frame) -> str:
        """Return the expression for those that occurred on the days from the first to the last instant."""
        if first <= frame.first and last >= frame.last:
            return self.match
        days = period(facets.OCCURRED, max(first, frame.first), min(last, frame.last))
        return f"({self.match}) AND {days}"


@dataclass(frozen=True, slots=True)
class Plan:
    """How a query is answered."""

    branches: tuple[Branch, ...]
    """None: no event fulfils it."""
    check: Condition | None
    """What rows must be checked for besides; None where the branches say it all."""


def plan(condition: Condition, clocks: Clocks, scene: Scene) -> Plan:
    """Plan a query."""
    limits: list[Condition] = [condition]
    if clocks.as_of < FOREVER:
        limits.append(Occurred(EARLIEST, clocks.as_of + 1))
    if clocks.known_at < FOREVER:
        limits.append(KnownBefore(clocks.known_at + 1))
    settled = settle(AllOf(tuple(limits)))
    if settled == AnyOf():
        return Plan((), None)
    planned = [_branch(parts, scene) for parts in _split(settled)]
    exact = all(exact for _, exact in planned)
    return Plan(tuple(branch for branch, _ in planned if branch.begin < branch.end), None if exact else condition)


def settle(condition: Condition, *, negated: bool = False) -> Condition:
    """Return an equal condition in which only single conditions are negated and nothing is trivial.

    Always true is `AllOf()`, never true `AnyOf()`, and neither is part of anything.
    """
    match condition:
        case NotThat():
            return settle(condition.inner, negated=not negated)
        case AllOf() | AnyOf():
            settled = [settle(part, negated=negated) for part in condition.parts]
            return _any(settled) if isinstance(condition, AnyOf) is not negated else _all(settled)
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
    """Return branches, any of which may hold, each as parts that must all hold; marks are parts of their own."""
    if isinstance(condition, AnyOf) and _has_mark(condition):
        branches = [branch for part in condition.parts for branch in _split(part)]
        return branches if len(branches) <= MOST_BRANCHES else [(condition,)]
    if not isinstance(condition, AllOf):
        return [(condition,)]
    branches = [()]
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


def _branch(parts: Iterable[Condition], scene: Scene) -> tuple[Branch, bool]:
    """Return a branch, and whether it holds for exactly the events for which the parts do."""
    begin, end = EARLIEST, FOREVER
    where: list[Sql] = []
    marks: list[Sql] = []
    covers: list[Cover] = []
    exact = True
    for part in parts:
        inner = part.inner if isinstance(part, NotThat) else part
        match inner:
            case Occurred():
                begin, end = max(begin, inner.begin), min(end, inner.end)
            case KnownBefore():
                covers.append(cover(part, scene))
                sign = "<" if inner is part else ">="
                where.append((f"weight.first_reported_at {sign} ?", (inner.instant,)))
            case Marked():
                mark = _mark(inner, scene.author)
                where.append(_bears(mark, scene.names.situation, negated=inner is not part))
                if inner is part:
                    marks.append(mark)
            case _:
                covered = cover(part, scene)
                covers.append(covered)
                exact = exact and covered.exact
                if scene.past and isinstance(part, StandingIn | GradeAtLeast):
                    where.append(_now_or_stale(part, scene))
    match, everything = Cover.all(covers).expression(scene.names.situation)
    return Branch(match, everything, begin, end, tuple(where), tuple(marks)), exact


def _mark(marked: Marked, author: str) -> Sql:
    clauses, parameters = ["mark_now.kind = ?"], [marked.kind.value]
    if marked.kind is not MarkKind.NOTE:
        clauses.append("mark_now.author = ?")
        parameters.append(author if marked.kind in PERSONAL else "")
    if marked.value is not None:
        clauses.append("mark_now.value = ?")
        parameters.append(marked.value)
    return " AND ".join(clauses), tuple(parameters)


def _bears(mark: Sql, situation: int, *, negated: bool) -> Sql:
    clause, parameters = mark
    bearing = f"mark_now.situation = ? AND mark_now.event = event.seq AND {clause}"
    exists = f"EXISTS (SELECT 1 FROM mark_now WHERE {bearing})"  # noqa: S608 - our own words
    return f"NOT {exists}" if negated else exists, (situation, *parameters)


_VERDICTS = ", ".join(f"'{kind.value}'" for kind in sorted(VERDICTS))
_STALE = (
    "EXISTS (SELECT 1 FROM claim WHERE claim.situation = event.situation AND claim.event = event.seq "  # noqa: S608
    "AND claim.reported_at > ?) OR EXISTS (SELECT 1 FROM mark WHERE mark.situation = event.situation "
    f"AND mark.event = event.seq AND mark.recorded_at > ? AND mark.kind IN ({_VERDICTS}))"
)
"""Whether an event's weight has changed since an instant of knowing."""


def _now_or_stale(part: StandingIn | GradeAtLeast, scene: Scene) -> Sql:
    """Leave out the events that are not as asked now, and of which nothing was said since the known-at."""
    if isinstance(part, StandingIn):
        values: tuple[Any, ...] = ()
        column, values = "weight.standing", tuple(STANDINGS.index(standing) for standing in part.standings)
    else:
        column, values = "weight.grade", grades_from(part.grade)
    places = ", ".join("?" * len(values))
    return f"({column} IN ({places}) OR {_STALE})", (*values, scene.known_at, scene.known_at)
