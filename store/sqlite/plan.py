"""A condition as what SQLite answers fast: expressions of the full-text index, and SQL for what that does not hold.

The index knows words, names, kinds, grades, standings and days, so that most conditions are one expression of it
(`cover.py`). Marks are not in it: a condition is brought into branches, any of which may hold, in each of which every
mark stands alone. Instants are finer than days, and a phrase is finer than its words: the first are compared in SQL,
the last (`Plan.check`) by `model.filters.match` on the rows that are left.
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
from store.sqlite.cover import Cover, cover, known_by, period
from store.sqlite.rowwise import mark_clause, of_row
from store.sqlite.scene import Frame, Scene, Sql

MOST_BRANCHES = 12
"""Beyond so many, the parts of a condition that marks are mixed into are checked row by row instead."""


class Branch(NamedTuple):
    """One of the ways in which an event can fulfil a condition: each part of it must hold."""

    match: str
    """Expression of the index."""
    everything: bool
    """Whether that is every event of the situation."""
    begin: int
    """It occurred then or later, ..."""
    end: int
    """... and before then."""
    known_before: int
    """It was first reported before then."""
    where: tuple[Sql, ...]
    """What else must hold of `event` and `weight`, those first reports included."""
    marks: tuple[Sql, ...]
    """Of these, each mark that it must bear, as a condition of `mark_now`."""
    rowwise: Sql
    """All of it as far as a row shows it, for rows that something else than the index leads to."""

    def between(self, first: int, last: int, frame: Frame) -> str:
        """Return the expression for those that occurred on the days from the first to the last instant."""
        if first <= frame.first and last >= frame.last:
            return self.match
        days = period(facets.OCCURRED, max(first, frame.first), min(last, frame.last))
        return f"({self.match}) AND {days}"

    def in_time(self, match: str) -> str:
        """Return an expression narrowed to what was first reported in time, by a hundred words."""
        return match if self.known_before == FOREVER else f"({match}) AND {known_by(self.known_before - 1)}"


class Plan(NamedTuple):
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


def settle(condition: Condition, *, negated: bool = False) -> Condition:  # noqa: PLR0911 - a case per condition
    """Return an equal condition in which only single conditions are negated and nothing is trivial.

    Always true is `AllOf()`, never true `AnyOf()`, and neither is part of anything.
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
    """Return branches, any of which may hold, each as parts that must all hold; marks are parts of their own."""
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


def _branch(parts: tuple[Condition, ...], scene: Scene) -> tuple[Branch, bool]:
    """Return a branch, and whether it holds for exactly the events for which the parts do."""
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
                where.append(of_row(part, scene))
            case Marked():
                marks.append(mark_clause(part, scene))
                where.append(of_row(part, scene))
            case Between():
                begin, end = max(begin, part.low[0]), min(end, part.high[0] + 1)
                where.append(of_row(part, scene))
            case Arrived() | NotThat(inner=Marked() | Between() | Arrived()):
                where.append(of_row(part, scene))
            case NotThat(inner=KnownBefore()):
                covers.append(cover(part, scene)._replace(exact=True))
                where.append(of_row(part, scene))
            case _ if scene.is_loose(part.inner if isinstance(part, NotThat) else part):
                where.append(of_row(part, scene))
            case _:
                covers.append(cover(part, scene))
                # Cheap ways to leave out most of what the index takes for more than it is.
                if (isinstance(part, TextHas) and part.adjacent and len(part.words) > 1) or (
                    scene.past and isinstance(part, StandingIn | GradeAtLeast)
                ):
                    where.append(of_row(part, scene))
    covered = Cover.all(covers)
    match, everything = covered.expression(scene)
    rowwise = of_row(AllOf(parts), scene)
    return Branch(match, everything, begin, end, known_before, tuple(where), tuple(marks), rowwise), covered.exact
