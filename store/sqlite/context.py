"""What a query is planned for: the user, the extent of the situation's events, and a few cheap statistics."""

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
"""Above so many places, check whether they are dense: each word of an expression costs a search in the index."""

_INDEXED = 3
"""Letters of a prefix that the index has entries for; a longer prefix makes it collect every word that begins so."""
_MOST_WORDS = 64
_SAMPLE = 1_000
_DENSE = 60
"""If this many of the latest `_SAMPLE` events match, checking each event's place is faster than using the index."""


class Extent(NamedTuple):
    """The extent of the situation's events."""

    first: int
    """The earliest occurrence."""
    last: int
    """The latest one; before `first` where there are no events."""
    newest: int
    """The highest arrival number in the store."""
    alone: bool
    """Whether the store has no other situation."""


class QueryContext(NamedTuple):
    """What a query is planned for."""

    names: Names
    extent: Extent
    author: str
    """Whose personal marks count."""
    known_at: int
    words: Mapping[str, tuple[str, ...]]
    """Prefix -> the words of the index that begin with it; prefixes of too many words are left out."""
    dense: frozenset[frozenset[str]]
    """Large sets of places where many of the latest events are."""

    @property
    def past(self) -> bool:
        """Whether events have to be weighed at an earlier known-at; the index has the present."""
        return self.known_at < FOREVER

    def is_dense(self, condition: Condition) -> bool:
        """Say whether checking each row for this condition is faster than using the index."""
        return isinstance(condition, PlaceIn) and condition.ids in self.dense


async def load_context(
    connection: Connection, names: Names, author: str, query: EventQuery
) -> tuple[QueryContext, Revision]:
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
    extent = Extent(first, last, newest, bool(alone))
    context = QueryContext(names, extent, author, query.clocks.known_at, words, frozenset(dense))
    return context, Revision(changes, newest)


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
