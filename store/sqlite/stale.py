"""Which events may weigh differently because the situation changed: a source's grade, an actor's side, the zone."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from model.catalog import Catalog
from model.entities import Actor, Source
from store.sqlite.driver import Connection
from store.sqlite.facets import ACTOR, SITUATION, SOURCE, word
from store.sqlite.names import Names

T = TypeVar("T", Actor, Source)


async def load_stale(connection: Connection, names: Names, before: Catalog, after: Catalog) -> list[int]:
    """Return the numbers of the events in force that the change of the catalog can affect.

    Args:
        connection: in the transaction that changed it.
        names: those of the situation before: new things affect no old event.
        before: the catalog before.
        after: the catalog now.
    """
    if before is after:
        return []
    if before.situation.zone != after.situation.zone:
        rows = await connection.rows("SELECT event FROM weight WHERE situation = ?", (names.situation,))
        return [seq for (seq,) in rows]
    actors = _changed_actors(before, after)
    words = [
        word(SOURCE, names.no("source", id_))
        for id_ in _changed_sources(before, after, actors)
        if id_ in names.numbers.get("source", {})
    ]
    words += [word(ACTOR, names.no("actor", id_)) for id_ in actors if id_ in names.numbers.get("actor", {})]
    if not words:
        return []
    wanted = " OR ".join(f'"{one}"' for one in words)
    rows = await connection.rows(
        "SELECT rowid FROM event_index WHERE event_index MATCH ?",
        (f'"{word(SITUATION, names.situation)}" AND ({wanted})',),
    )
    return [seq for (seq,) in rows]


def _changed_actors(before: Catalog, after: Catalog) -> frozenset[str]:
    """Return the actors whose side may have changed, with all that are part of them."""
    changed = _differing(before.actors, after.actors, lambda actor: actor.relations)
    return frozenset(part for id_ in changed for catalog in (before, after) for part in catalog.parts_of(id_))


def _changed_sources(before: Catalog, after: Catalog, actors: frozenset[str]) -> frozenset[str]:
    """Return the sources whose claims may count differently, with all that copy them."""
    changed = _differing(
        before.sources, after.sources, lambda source: (source.reliability, source.copies, source.speaks_for)
    )
    sources = [*before.sources.values(), *after.sources.values()]
    changed |= {source.id for source in sources if source.speaks_for in actors}
    while more := {source.id for source in sources if source.copies in changed} - changed:
        changed |= more
    return frozenset(changed)


def _differing(before: Mapping[str, T], after: Mapping[str, T], worth: Callable[[T], object]) -> set[str]:
    return {
        id_
        for id_ in before.keys() | after.keys()
        if (one := before.get(id_)) is not (other := after.get(id_))
        and (one is None or other is None or worth(one) != worth(other))
    }
