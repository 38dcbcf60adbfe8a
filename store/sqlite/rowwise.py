"""Conditions as SQL on an event's own row; it holds for at least the events that the condition holds for.

For rows that are not found through the full-text index but through a mark or the order of time: this leaves out most of
those that `model.filters.match` would otherwise have to check one by one.
"""

from collections.abc import Iterable
from typing import Any

from model.entities import PERSONAL, VERDICTS, MarkKind
from model.filters.conditions import (
    ActorIn,
    AllOf,
    AnyOf,
    Arrived,
    Between,
    Condition,
    GradeAtLeast,
    KindIn,
    KnownBefore,
    Marked,
    NotThat,
    Occurred,
    PlaceIn,
    RouteIn,
    StandingIn,
    TextHas,
)
from store.sqlite.context import QueryContext, Sql
from store.sqlite.cover import grades_from
from store.sqlite.records import STANDINGS

_ALWAYS: Sql = ("TRUE", ())
_NEVER: Sql = ("FALSE", ())

_EXACT = (Marked, PlaceIn, ActorIn, KindIn, RouteIn, KnownBefore, Between, Arrived)
"""Conditions whose SQL is exact, so that it can be negated."""

_VERDICTS = ", ".join(f"'{kind.value}'" for kind in sorted(VERDICTS))
_STALE = (
    "EXISTS (SELECT 1 FROM claim WHERE claim.situation = event.situation AND claim.event = event.seq "  # noqa: S608
    "AND claim.reported_at > ?) OR EXISTS (SELECT 1 FROM mark WHERE mark.situation = event.situation "
    f"AND mark.event = event.seq AND mark.recorded_at > ? AND mark.kind IN ({_VERDICTS}))"
)
"""Whether an event's weight may have changed since a known-at."""

_TEXTS = """(SELECT {0} FROM (SELECT lower(event.summary || char(10) || coalesce((
    SELECT group_concat(claim.quote || char(10) || claim.attribution, char(10)) FROM claim
    WHERE claim.situation = event.situation AND claim.event = event.seq), '')) AS text))"""
_BEYOND_ASCII = "text GLOB '*[^' || char(9, 10) || ' -~]*'"


def of_row(condition: Condition, context: QueryContext) -> Sql:  # noqa: C901, PLR0911, PLR0912 - a case per condition
    """Return a settled condition as SQL on `event` and `weight`; may be true for more events than the condition."""
    match condition:
        case AllOf():
            return _joined(" AND ", [of_row(part, context) for part in condition.parts], _ALWAYS)
        case AnyOf():
            return _joined(" OR ", [of_row(part, context) for part in condition.parts], _NEVER)
        case Marked():
            return _has_mark(condition, context)
        case TextHas():
            return _text(condition)
        case Occurred():
            return "event.occurred_at >= ? AND event.occurred_at < ?", (condition.begin, condition.end)
        case StandingIn() | GradeAtLeast():
            return _weighs(condition, context)
        case Between():
            return "(event.occurred_at, event.seq) BETWEEN (?, ?) AND (?, ?)", (*condition.low, *condition.high)
        case Arrived():
            return "event.seq BETWEEN ? AND ?", (condition.first, condition.last)
        case NotThat(inner=inner) if isinstance(inner, _EXACT):
            clause, values = of_row(inner, context)
            return f"NOT coalesce({clause}, 0)", values
        case KnownBefore():
            return "weight.first_reported_at < ?", (condition.instant,)
        case PlaceIn():
            return _among("event.place", "place", condition.ids, context)
        case KindIn():
            return _among("event.kind", "kind", condition.codes, context)
        case RouteIn():
            return _among("event.route", "route", condition.ids, context)
        case ActorIn():
            sides = ["event.actor"] * condition.by + ["event.against"] * condition.against
            return _joined(" OR ", [_among(side, "actor", condition.ids, context) for side in sides], _NEVER)
    return _ALWAYS


def _has_mark(marked: Marked, context: QueryContext) -> Sql:
    clause, values = mark_clause(marked, context)
    where = f"mark_now.situation = ? AND mark_now.event = event.seq AND {clause}"
    return f"EXISTS (SELECT 1 FROM mark_now WHERE {where})", (context.names.situation, *values)  # noqa: S608


def mark_clause(marked: Marked, context: QueryContext) -> Sql:
    """Return a condition on a mark as SQL on `mark_now`."""
    clauses, values = ["mark_now.kind = ?"], [marked.kind.value]
    if marked.kind is not MarkKind.NOTE:
        clauses.append("mark_now.author = ?")
        values.append(context.author if marked.kind in PERSONAL else "")
    if marked.value is not None:
        clauses.append("mark_now.value = ?")
        values.append(marked.value)
    return " AND ".join(clauses), tuple(values)


def _weighs(condition: StandingIn | GradeAtLeast, context: QueryContext) -> Sql:
    """Compare with the weight of now; at a past known-at, also match every event with anything said since."""
    if isinstance(condition, StandingIn):
        clause, values = _listed("weight.standing", sorted(map(STANDINGS.index, condition.standings)))
    else:
        clause, values = _listed("weight.grade", grades_from(condition.grade))
    return (
        (f"({clause} OR {_STALE})", (*values, context.known_at, context.known_at)) if context.past else (clause, values)
    )


def _text(condition: TextHas) -> Sql:
    """Look for the words in ASCII texts, which Python and SQLite fold alike; match all other texts."""
    if not all(word.isascii() and word.isalnum() for word in condition.words):
        return _ALWAYS if not condition.words else (_TEXTS.format(_BEYOND_ASCII), ())
    tests: list[Sql] = [("instr(text, ?)", (word,)) for word in condition.words]
    if condition.adjacent:
        for one, other in zip(condition.words, condition.words[1:], strict=False):
            near = (f"*{one}[^0-9a-z]{other}*", f"*{one}[^0-9a-z][^0-9a-z]*{other}*")
            tests.append(("(text GLOB ? OR text GLOB ?)", near))
    clause, values = _joined(" AND ", tests, _ALWAYS)
    return _TEXTS.format(f"{_BEYOND_ASCII} OR {clause}"), values


def _among(column: str, what: str, ids: Iterable[str], context: QueryContext) -> Sql:
    numbers = context.names.numbers.get(what, {})
    known = sorted(numbers[id_] for id_ in ids if id_ in numbers)
    # Our own numbers, so they are safe in the text; thousands of parameters would be slower.
    return f"{column} IN ({', '.join(map(str, known))})", ()


def _listed(column: str, values: Iterable[Any]) -> Sql:
    values = tuple(values)
    return f"{column} IN ({', '.join('?' * len(values))})", values


def _joined(word: str, parts: list[Sql], empty: Sql) -> Sql:
    if not parts:
        return empty
    clauses = word.join(clause for clause, _ in parts)
    return f"({clauses})" if len(parts) > 1 else clauses, tuple(value for _, values in parts for value in values)
