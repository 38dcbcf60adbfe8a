"""Conditions as SQL over an event's own row, for rows that are at hand: it holds for at least the events wanted.

Where something else than the index leads to the rows (a mark, the order of time), this leaves out most of those that
`model.filters.match` would have to look at one by one.
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
from store.sqlite.cover import grades_from
from store.sqlite.records import STANDINGS
from store.sqlite.scene import Scene, Sql

_ALWAYS: Sql = ("TRUE", ())
_NEVER: Sql = ("FALSE", ())

_TOLD_BY_ROW = (Marked, PlaceIn, ActorIn, KindIn, RouteIn, KnownBefore, Between, Arrived)
"""Conditions that a row shows as they are, so that it shows their negation too."""

_VERDICTS = ", ".join(f"'{kind.value}'" for kind in sorted(VERDICTS))
_STALE = (
    "EXISTS (SELECT 1 FROM claim WHERE claim.situation = event.situation AND claim.event = event.seq "  # noqa: S608
    "AND claim.reported_at > ?) OR EXISTS (SELECT 1 FROM mark WHERE mark.situation = event.situation "
    f"AND mark.event = event.seq AND mark.recorded_at > ? AND mark.kind IN ({_VERDICTS}))"
)
"""Whether an event's weight has changed since an instant of knowing."""

_TEXTS = """(SELECT {0} FROM (SELECT lower(event.summary || char(10) || coalesce((
    SELECT group_concat(claim.quote || char(10) || claim.attribution, char(10)) FROM claim
    WHERE claim.situation = event.situation AND claim.event = event.seq), '')) AS text))"""
_BEYOND_ASCII = "text GLOB '*[^' || char(9, 10) || ' -~]*'"


def of_row(condition: Condition, scene: Scene) -> Sql:  # noqa: C901, PLR0911, PLR0912 - a case per condition
    """Return a settled condition as SQL over `event` and `weight`, true for all that it holds for and perhaps more."""
    match condition:
        case AllOf():
            return _joined(" AND ", [of_row(part, scene) for part in condition.parts], _ALWAYS)
        case AnyOf():
            return _joined(" OR ", [of_row(part, scene) for part in condition.parts], _NEVER)
        case Marked():
            return bears(condition, scene)
        case TextHas():
            return _text(condition)
        case Occurred():
            return "event.occurred_at >= ? AND event.occurred_at < ?", (condition.begin, condition.end)
        case StandingIn() | GradeAtLeast():
            return _weighs(condition, scene)
        case Between():
            return "(event.occurred_at, event.seq) BETWEEN (?, ?) AND (?, ?)", (*condition.low, *condition.high)
        case Arrived():
            return "event.seq BETWEEN ? AND ?", (condition.first, condition.last)
        case NotThat(inner=inner) if isinstance(inner, _TOLD_BY_ROW):
            clause, values = of_row(inner, scene)
            return f"NOT coalesce({clause}, 0)", values
        case KnownBefore():
            return "weight.first_reported_at < ?", (condition.instant,)
        case PlaceIn():
            return _among("event.place", "place", condition.ids, scene)
        case KindIn():
            return _among("event.kind", "kind", condition.codes, scene)
        case RouteIn():
            return _among("event.route", "route", condition.ids, scene)
        case ActorIn():
            sides = ["event.actor"] * condition.by + ["event.against"] * condition.against
            return _joined(" OR ", [_among(side, "actor", condition.ids, scene) for side in sides], _NEVER)
    return _ALWAYS


def bears(marked: Marked, scene: Scene) -> Sql:
    """Return SQL that says whether an event bears a mark."""
    clause, values = mark_clause(marked, scene)
    bearing = f"mark_now.situation = ? AND mark_now.event = event.seq AND {clause}"
    return f"EXISTS (SELECT 1 FROM mark_now WHERE {bearing})", (scene.names.situation, *values)  # noqa: S608


def mark_clause(marked: Marked, scene: Scene) -> Sql:
    """Return SQL over `mark_now`."""
    clauses, values = ["mark_now.kind = ?"], [marked.kind.value]
    if marked.kind is not MarkKind.NOTE:
        clauses.append("mark_now.author = ?")
        values.append(scene.author if marked.kind in PERSONAL else "")
    if marked.value is not None:
        clauses.append("mark_now.value = ?")
        values.append(marked.value)
    return " AND ".join(clauses), tuple(values)


def _weighs(condition: StandingIn | GradeAtLeast, scene: Scene) -> Sql:
    """As weighed now; of a past known-at, also every event of which anything was said since."""
    if isinstance(condition, StandingIn):
        clause, values = _listed("weight.standing", sorted(map(STANDINGS.index, condition.standings)))
    else:
        clause, values = _listed("weight.grade", grades_from(condition.grade))
    return (f"({clause} OR {_STALE})", (*values, scene.known_at, scene.known_at)) if scene.past else (clause, values)


def _text(condition: TextHas) -> Sql:
    """Look for the words where texts are ASCII, which Python and SQLite fold alike; all others may have them."""
    if not all(word.isascii() and word.isalnum() for word in condition.words):
        return _ALWAYS if not condition.words else (_TEXTS.format(_BEYOND_ASCII), ())
    tests: list[Sql] = [("instr(text, ?)", (word,)) for word in condition.words]
    if condition.adjacent:
        for one, other in zip(condition.words, condition.words[1:], strict=False):
            near = (f"*{one}[^0-9a-z]{other}*", f"*{one}[^0-9a-z][^0-9a-z]*{other}*")
            tests.append(("(text GLOB ? OR text GLOB ?)", near))
    clause, values = _joined(" AND ", tests, _ALWAYS)
    return _TEXTS.format(f"{_BEYOND_ASCII} OR {clause}"), values


def _among(column: str, what: str, ids: Iterable[str], scene: Scene) -> Sql:
    numbers = scene.names.numbers.get(what, {})
    known = sorted(numbers[id_] for id_ in ids if id_ in numbers)
    # They are our own numbers: thousands of them as parameters would cost more than the text.
    return f"{column} IN ({', '.join(map(str, known))})", ()


def _listed(column: str, values: Iterable[Any]) -> Sql:
    values = tuple(values)
    return f"{column} IN ({', '.join('?' * len(values))})", values


def _joined(word: str, parts: list[Sql], empty: Sql) -> Sql:
    if not parts:
        return empty
    clauses = word.join(clause for clause, _ in parts)
    return f"({clauses})" if len(parts) > 1 else clauses, tuple(value for _, values in parts for value in values)
