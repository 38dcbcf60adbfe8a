"""What a `Condition` means, written plainly: a store may evaluate it faster, but with the same result."""

from collections.abc import Collection, Iterable, Sequence

from model.entities import Mark
from model.filters.conditions import (
    ActorIn,
    AllOf,
    AnyOf,
    Arrived,
    Between,
    Condition,
    GradeAtLeast,
    IdEnds,
    KindIn,
    KnownBefore,
    Marked,
    NotThat,
    Occurred,
    PlaceIn,
    RouteIn,
    SourceIn,
    StandingIn,
    TextHas,
)
from model.query import Clocks, EventRow
from model.text import fold


def shown(row: EventRow, clocks: Clocks) -> bool:
    """Say whether a row, weighed at the clocks' known-at, is in a view with these clocks."""
    return row.event.occurred_at <= clocks.as_of and row.weight.first_reported_at <= clocks.known_at


def matches(  # noqa: C901, PLR0911, PLR0912 - a case per condition
    condition: Condition, row: EventRow, texts: Sequence[str] = (), marks: Collection[Mark] = ()
) -> bool:
    """Say whether the condition holds for an event.

    Args:
        condition: any condition.
        row: the event, weighed at the query's known-at.
        texts: the event's summary and the quotes and attributions of its claims.
        marks: those in force on the event: the reader's personal ones and everybody's shared ones.
    """
    event = row.event
    match condition:
        case TextHas():
            return has_words(condition, texts)
        case PlaceIn():
            return event.place in condition.ids
        case ActorIn():
            by = condition.by and event.actor in condition.ids
            return by or (condition.against and event.against in condition.ids)
        case KindIn():
            return event.kind in condition.codes
        case RouteIn():
            return event.route in condition.ids
        case SourceIn():
            return not condition.ids.isdisjoint(row.weight.source_ids)
        case StandingIn():
            return row.weight.standing in condition.standings
        case GradeAtLeast():
            return row.weight.grade is not None and row.weight.grade.at_least(condition.grade)
        case Occurred():
            return condition.begin <= event.occurred_at < condition.end
        case KnownBefore():
            return row.weight.first_reported_at < condition.instant
        case Between():
            return condition.low <= (event.occurred_at, row.cursor.seq) <= condition.high
        case Arrived():
            return condition.first <= row.cursor.seq <= condition.last
        case Marked():
            return any(mark.kind is condition.kind and condition.value in (None, mark.value) for mark in marks)
        case IdEnds():
            return event.id.replace("-", "").endswith(condition.digits)
        case NotThat():
            return not matches(condition.inner, row, texts, marks)
        case AllOf():
            return all(matches(part, row, texts, marks) for part in condition.parts)
        case AnyOf():
            return any(matches(part, row, texts, marks) for part in condition.parts)


def has_words(condition: TextHas, texts: Sequence[str]) -> bool:
    """Say whether the texts have the condition's words."""
    wanted, prefix = condition.words, condition.prefix
    split = [fold(text).split() for text in texts]
    if condition.adjacent:
        return any(
            _same(wanted, text[start : start + len(wanted)], prefix)
            for text in split
            for start in range(len(text) - len(wanted) + 1)
        )
    present = {word for text in split for word in text}
    whole = wanted[:-1] if prefix else wanted
    return present.issuperset(whole) and (not prefix or _begins(present, wanted[-1]))


def _same(wanted: Sequence[str], words: Sequence[str], prefix: bool) -> bool:
    if not prefix:
        return list(wanted) == list(words)
    return list(wanted[:-1]) == list(words[:-1]) and words[-1].startswith(wanted[-1])


def _begins(words: Iterable[str], beginning: str) -> bool:
    return any(word.startswith(beginning) for word in words)
