"""Conditions as expressions of the full-text index that match at least the events that the condition holds for.

Everything in an expression is a quoted word: a facet word (`facets.py`), or the letters and digits that
`model.text.fold` left. So nothing that anybody typed is ever read as query syntax.
"""

from collections.abc import Iterable
from typing import NamedTuple

from model.filters.conditions import (
    ActorIn,
    AllOf,
    AnyOf,
    Condition,
    GradeAtLeast,
    IdEnds,
    KindIn,
    KnownBefore,
    NotThat,
    Occurred,
    PlaceIn,
    RouteIn,
    SourceIn,
    StandingIn,
    TextHas,
)
from model.grades import CREDIBILITIES, RELIABILITIES, Grade
from model.ids import SHORT_LENGTH
from model.text import fold
from model.times import DAY, SECOND
from store.sqlite import facets
from store.sqlite.context import QueryContext
from store.sqlite.names import Names
from store.sqlite.records import STANDINGS

_DIGITS = frozenset("0123456789abcdef")

NEVER = '"\ue000"'
"""A word that no event has."""

_EARLY = -2_208_988_800 * SECOND
"""1900: times of report before it are not told apart."""
_LATE = 253_370_764_800 * SECOND
"""9999."""


class Cover(NamedTuple):
    """Events that have all of the wanted words and none of the unwanted ones; each may be an expression in brackets."""

    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    exact: bool = True
    """Whether it matches only events that the condition holds for."""
    local: bool = False
    """Whether a wanted word occurs in one situation only."""

    @classmethod
    def all(cls, covers: Iterable["Cover"]) -> "Cover":
        """Return the intersection of covers."""
        covers = list(covers)
        return cls(
            tuple(word for one in covers for word in one.wanted),
            tuple(word for one in covers for word in one.unwanted),
            exact=all(one.exact for one in covers),
            local=any(one.local for one in covers),
        )

    @classmethod
    def any(cls, covers: Iterable["Cover"], context: QueryContext) -> "Cover":
        """Return the union of covers."""
        covers = list(covers)
        exact = all(one.exact for one in covers)
        if any(not one.wanted and not one.unwanted for one in covers):
            return cls(exact=exact)
        words = tuple(one.expression(context)[0] for one in covers)
        return cls((either(words),), exact=exact, local=True)

    def expression(self, context: QueryContext) -> tuple[str, bool]:
        """Return the expression, limited to the situation, and whether it matches all of the situation's events."""
        wanted = self.wanted
        if not wanted or not (self.local or context.extent.alone):
            wanted = (*wanted, quoted(facets.word(facets.SITUATION, context.names.situation)))
        text = " AND ".join(wanted)
        if self.unwanted:
            text = f"({text}) NOT {either(self.unwanted)}" if len(wanted) > 1 else f"{text} NOT {either(self.unwanted)}"
        return text, not self.wanted and not self.unwanted


def quoted(word: str) -> str:
    """Return a word quoted for the index."""
    return f'"{word}"'


def either(words: Iterable[str]) -> str:
    """Return the expression that matches any of the words or expressions."""
    words = tuple(words)
    return words[0] if len(words) == 1 else f"({' OR '.join(words)})" if words else NEVER


def period(letters: str, first: int, last: int) -> str:
    """Return the expression for the days from the first to the last instant."""
    return either(quoted(word) for word in facets.period_words(letters, first, last))


def grades_from(least: Grade) -> tuple[str, ...]:
    """Return all grades that are at least this good, as text."""
    grades = (Grade(letter, number) for letter in RELIABILITIES for number in CREDIBILITIES)
    return tuple(str(grade) for grade in grades if grade.at_least(least))


def cover(condition: Condition, context: QueryContext) -> Cover:
    """Return the cover of a condition in which only single conditions are negated."""
    match condition:
        case AllOf():
            return Cover.all(cover(part, context) for part in condition.parts)
        case AnyOf():
            return Cover.any([cover(part, context) for part in condition.parts], context)
        case NotThat(inner=KnownBefore(instant=instant)):
            return Cover(unwanted=(period(facets.KNOWN, _EARLY, instant - instant % DAY - 1),), exact=False)
        case NotThat():
            inner = _single(condition.inner, context)
            if not inner.exact:
                return Cover(exact=False)
            return Cover(unwanted=(inner.wanted[0] if len(inner.wanted) == 1 else f"({' AND '.join(inner.wanted)})",))
    return _single(condition, context)


def _single(condition: Condition, context: QueryContext) -> Cover:  # noqa: C901, PLR0911, PLR0912 - a case per condition
    names, past = context.names, context.past
    match condition:
        case TextHas():
            exact = not past and (not condition.adjacent or len(condition.words) == 1)
            return Cover(_text(condition, context), exact=exact)
        case PlaceIn():
            return _named(names, "place", facets.PLACE, condition.ids)
        case ActorIn(by=True, against=True):
            return _named(names, "actor", facets.ACTOR, condition.ids)
        case ActorIn(by=True):
            return _named(names, "actor", facets.BY, condition.ids)
        case ActorIn(against=True):
            return _named(names, "actor", facets.AGAINST, condition.ids)
        case ActorIn():
            return Cover((NEVER,))
        case KindIn():
            return _named(names, "kind", facets.KIND, condition.codes)
        case RouteIn():
            return _named(names, "route", facets.ROUTE, condition.ids)
        case SourceIn():
            return _named(names, "source", facets.SOURCE, condition.ids)._replace(exact=not past)
        case StandingIn() if not past:
            return _coined(facets.STANDING, sorted(map(STANDINGS.index, condition.standings)))
        case GradeAtLeast() if not past:
            return _coined(facets.GRADE, grades_from(condition.grade))
        case IdEnds() if set(condition.digits) - _DIGITS:
            return Cover((NEVER,))
        case IdEnds():
            word = quoted(facets.id_word(condition.digits))
            short = len(condition.digits) < SHORT_LENGTH
            return Cover((f"{word}*" if short else word,), exact=len(condition.digits) <= SHORT_LENGTH)
        case Occurred():
            first, last = max(condition.begin, context.extent.first), min(condition.end - 1, context.extent.last)
            return Cover((period(facets.OCCURRED, first, last),), exact=False)
        case KnownBefore():
            return Cover((known_by(condition.instant - 1),), exact=False)
    return Cover(exact=False)


def _text(condition: TextHas, context: QueryContext) -> tuple[str, ...]:
    if not all(word.isalnum() and word == fold(word) for word in condition.words):
        return (NEVER,)
    words = tuple(map(quoted, condition.words))
    if not words or not condition.prefix:
        return words
    begun = context.words.get(condition.words[-1])
    return (*words[:-1], f"{words[-1]}*" if begun is None else either(map(quoted, begun)))


def _named(names: Names, what: str, letter: str, ids: Iterable[str]) -> Cover:
    numbers = names.numbers.get(what, {})
    known = sorted(numbers[id_] for id_ in ids if id_ in numbers)
    return _coined(letter, known)._replace(local=True)


def _coined(letter: str, values: Iterable[int | str]) -> Cover:
    return Cover((either(quoted(facets.word(letter, value)) for value in values),))


def known_by(instant: int) -> str:
    """Return an expression that matches everything first reported by an instant, and little else."""
    beginnings, words = facets.words_until(facets.KNOWN, min(instant, _LATE))
    return either([f"{quoted(word)}*" for word in beginnings] + [quoted(word) for word in words])
