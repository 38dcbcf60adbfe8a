"""What a condition is planned for: who asks, how far the situation reaches, and what a few cheap looks at it show."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from model.filters.conditions import AllOf, AnyOf, Condition, NotThat, PlaceIn, TextHas
from model.query import EventQuery, Revision
from model.times import FOREVER
from store.sqlite.driver import Connection
from store.sqlite.names import Names

Sql = tuple[str, tuple[Any, ...]]
"""An expression and its parameters."""

MANY_PLACES = 128
"""Each word of an expression costs the index a search in each of its segments."""

_INDEXED = 3
"""Letters of a beginning that the index knows; it gathers all that begin with a longer one, however many."""
_MOST_WORDS = 64
_SAMPLE = 1_000
_DENSE = 60
"""Of the latest so many events, so many make it quicker to look at each event's place than to ask the index."""


class Frame(NamedTuple):
    """How far the situation's events reach."""

    first: int
    """The earliest occurrence."""
    last: int
    """The latest one; before `first` where there are no events."""
    newest: int
    """The highest arrival number in the store."""
    alone: bool
    """Whether the store has no other situation."""


class Scene(NamedTuple):
    """What a condition is planned for."""

    names: Names
    frame: Frame
    author: str
    """Whose personal marks count."""
    known_at: int
    words: Mapping[str, tuple[str, ...]]
    """Beginning -> the words of the index that begin so; beginnings of too many words are left out."""
    dense: frozenset[frozenset[str]]
    """Large sets of places that many of the latest events are at."""

    @property
    def past(self) -> bool:
        """Whether events are weighed anew, as they were known at an earlier time; the index holds the present."""
        return self.known_at < FOREVER

    def is_loose(self, condition: Condition) -> bool:
        """Say whether to look at each row for this one, rather than to ask the index."""
        return isinstance(condition, PlaceIn) and condition.ids in self.dense


async def load_scene(connection: Connection, names: Names, author: str, query: EventQuery) -> tuple[Scene, Revision]:
    """Return what a query is planned for, and the state of the store that it will show."""
    ((changes, newest, first, last, alone),) = await connection.rows(
        "SELECT (SELECT coalesce(max(seq), 0) FROM changeset), (SELECT coalesce(max(seq), 0) FROM event), "
        "(SELECT coalesce(min(occurred_at), 0) FROM event WHERE situation = ?1), "
        "(SELECT coalesce(max(occurred_at), -1) FROM event WHERE situation = ?1), "
        "(SELECT count(*) = 1 FROM name WHERE situation = 0 AND what = 'situation')",
        (names.situation,),
    )
    words: dict[str, tuple[str, ...]] = {}
    dense: set[frozenset[str]] = set()
    for one in _singles(query.where):
        if isinstance(one, TextHas) and one.prefix and one.words and len(one.words[-1]) > _INDEXED:
            found = await _words(connection, one.words[-1])
            if len(found) <= _MOST_WORDS:
                words[one.words[-1]] = found
        if isinstance(one, PlaceIn) and len(one.ids) > MANY_PLACES and await _is_dense(connection, names, one):
            dense.add(one.ids)
    frame = Frame(first, last, newest, bool(alone))
    scene = Scene(names, frame, author, query.clocks.known_at, words, frozenset(dense))
    return scene, Revision(changes, newest)


async def _words(connection: Connection, beginning: str) -> tuple[str, ...]:
    rows = await connection.rows(
        "SELECT term FROM event_word WHERE term >= ? AND term < ? LIMIT ?",
        (beginning, beginning + chr(0x10FFFF), _MOST_WORDS + 1),
    )
    return tuple(term for (term,) in rows)


async def _is_dense(connection: Connection, names: Names, places: PlaceIn) -> bool:
    numbers = names.numbers.get("place", {})
    wanted = {numbers[id_] for id_ in places.ids if id_ in numbers}
    rows = await connection.rows(
        "SELECT place FROM event INDEXED BY event_time WHERE situation = ? ORDER BY occurred_at DESC LIMIT ?",
        (names.situation, _SAMPLE),
    )
    return sum(place in wanted for (place,) in rows) * _SAMPLE >= _DENSE * len(rows)


def _singles(condition: Condition) -> Iterator[Condition]:
    match condition:
        case AllOf() | AnyOf():
            for part in condition.parts:
                yield from _singles(part)
        case NotThat():
            yield from _singles(condition.inner)
        case _:
            yield condition
