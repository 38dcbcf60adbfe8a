"""A situation's names (ids and the small integers that stand for them in this file) and its catalog.

Both only ever hold what was committed. A writer adds its new names to a copy (`Names.extended`), so that a transaction
that is rolled back leaves nothing behind.

Undoing the changeset that made a thing need not remove it: *a place, route, actor, source or tally that something in
force still refers to stays, in its newest version, even if the changeset that made it was undone; it goes when nothing
refers to it any more; redo brings back the same.* An event, a claim, a published count, a report, or another thing that
stays can refer to it. Only an undo, a redo or a new version can change that; after each of them the catalog is read
again.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, cast

from model.catalog import Catalog
from model.entities import Actor, Place, Route, Situation, Source, Tally
from model.errors import IdUnknown
from model.feeds import Feed
from model.trust import Trust
from store.sqlite.bodies import Thing, thing_of
from store.sqlite.damage import damaged, decoder
from store.sqlite.driver import Connection
from store.sqlite.facets import ACTOR, PLACE, ROUTE, SOURCE, word

Key = tuple[str, str]
"""What a thing is (`place`, `actor`, ...), and its id."""

_LETTERS = {"place": PLACE, "actor": ACTOR, "route": ROUTE, "source": SOURCE}
"""What -> its facet letter; no event refers to a tally."""


class Names(NamedTuple):
    """A situation's ids and the numbers that stand for them in this file, in both directions."""

    situation: int
    """The situation's own number."""
    last: int
    """The highest number in the file when they were read."""
    numbers: Mapping[str, Mapping[str, int]]
    """What (`place`, `actor`, `kind`, ...) -> id -> number, in order of number."""
    ids: Mapping[int, tuple[str, str]]
    """Number -> (what, id)."""

    def no(self, what: str, id_: str) -> int:
        """Return the number of an id.

        Raises:
            IdUnknown: the situation never had such a thing.
        """
        found = self.numbers.get(what, {}).get(id_)
        if found is None:
            raise IdUnknown(f"this situation has no {what} {id_!r}")
        return found

    def id(self, no: int) -> str:
        """Return the id of a number.

        Raises:
            StoreDamaged: the situation has no such number.
        """
        try:
            return self.ids[no][1]
        except KeyError:
            raise damaged("name", f"no number {no}") from None

    def extended(self, rows: Iterable[tuple[int, str, str]], last: int) -> "Names":
        """Return these names with further ones, each (number, what, id)."""
        rows = list(rows)
        if not rows and last == self.last:
            return self
        numbers = {what: dict(known) for what, known in self.numbers.items()}
        for no, what, id_ in rows:
            numbers.setdefault(what, {})[id_] = no
        return Names(self.situation, last, numbers, dict(self.ids) | {no: (what, id_) for no, what, id_ in rows})


async def load_names(connection: Connection, situation_id: str) -> Names:
    """Return a situation's names.

    Raises:
        IdUnknown: there is no such situation.
    """
    found = await connection.rows(
        "SELECT no FROM name WHERE situation = 0 AND what = 'situation' AND id = ?", (situation_id,)
    )
    if not found:
        raise IdUnknown(f"this store has no situation {situation_id!r}; `sitmon situation list` shows those it has")
    situation = found[0][0]
    return await _newer_names(
        connection, Names(situation, 0, {}, {}).extended([(situation, "situation", situation_id)], 0)
    )


async def load_situation_ids(connection: Connection) -> tuple[str, ...]:
    """Return the id of every situation of the file, oldest first."""
    rows = await connection.rows("SELECT id FROM name WHERE situation = 0 AND what = 'situation' ORDER BY no")
    return tuple(id_ for (id_,) in rows)


async def load_whole(connection: Connection, names: Names) -> Catalog:
    """Return everything that the situation ever had, each thing in its newest version in force or else its newest one.

    Events are weighed with this catalog: it has everything that an event can refer to, whatever was undone and in which
    order. Things that nothing in force refers to do no harm here.
    """
    things, _ = await _load_things(connection, names)
    return _catalog_of(things)


async def _load_things(connection: Connection, names: Names) -> tuple[dict[Key, Thing], set[Key]]:
    """Return all things of `load_whole` in order of number, and which of them have no version in force."""
    # All in one row and one JSON text: thousands of either take three times as long, and the first screen waits for it.
    [(text,)] = await connection.rows(
        """
        SELECT '[' || group_concat('[' || name || ',' || body || ',' || (rank < 1 << 62) || ']', ',' ORDER BY name)
               || ']'
        FROM (
            SELECT name, body, max(iif(changeset IN (SELECT changeset FROM undone), seq, seq + (1 << 62))) AS rank
            FROM version WHERE situation = ? GROUP BY name
        )
        """,
        (names.situation,),
    )
    return _decode_things(text, names)


@decoder("version")
def _decode_things(text: str, names: Names) -> tuple[dict[Key, Thing], set[Key]]:
    things: dict[Key, Thing] = {}
    undone: set[Key] = set()
    for name, values, is_undone in json.loads(text):
        key = names.ids[name]
        things[key] = thing_of(key[0], values)
        if is_undone:
            undone.add(key)
    return things, undone


async def _load_catalogs(connection: Connection, names: Names) -> tuple[Catalog, Catalog]:
    """Return the catalog, and that of `load_whole`; the same object if nothing is gone."""
    things, undone = await _load_things(connection, names)
    whole = _catalog_of(things)
    gone = undone - await _named_by_facts(connection, names, undone) if undone else undone
    look = things.keys() - gone
    while gone and look:
        named = {key for one in look for key in _named_by(things[one])} & gone
        gone -= named
        look = named
    return _catalog_of({key: thing for key, thing in things.items() if key not in gone}) if gone else whole, whole


async def _named_by_facts(connection: Connection, names: Names, keys: Iterable[Key]) -> set[Key]:
    """Return those of these that a fact in force refers to; the index has only events and claims in force."""
    numbers = {names.no(what, id_): what for what, id_ in keys}
    words = [(no, f'"{word(_LETTERS[what], no)}"') for no, what in numbers.items() if what in _LETTERS]
    rows = await connection.rows(
        """
        SELECT value ->> 0 FROM json_each(?2)
        WHERE EXISTS (SELECT 1 FROM event_index WHERE event_index MATCH value ->> 1)
        UNION SELECT source FROM report WHERE situation = ?1 AND changeset NOT IN (SELECT changeset FROM undone)
        UNION SELECT source FROM tally_claim WHERE situation = ?1 AND changeset NOT IN (SELECT changeset FROM undone)
        UNION SELECT tally FROM tally_claim WHERE situation = ?1 AND changeset NOT IN (SELECT changeset FROM undone)
        """,
        (names.situation, json.dumps(words)),
    )
    return {names.ids[no] for (no,) in rows if no in numbers}


def _named_by(thing: Thing) -> Iterator[Key]:
    match thing:
        case Place(parent=str(parent)):
            yield "place", parent
        case Route():
            yield from (("place", place) for place in thing.place_ids)
        case Actor():
            yield from (("actor", relation.other) for relation in thing.relations)
        case Source():
            if thing.speaks_for is not None:
                yield "actor", thing.speaks_for
            if thing.copies is not None:
                yield "source", thing.copies
        case Tally():
            yield "actor", thing.actor
            yield from (("place", place) for place in thing.place_ids)
        case Feed() | Trust():
            yield "source", thing.source


@decoder("version")
def _catalog_of(given: Mapping[Key, Thing]) -> Catalog:
    things: dict[str, dict[str, Thing]] = {}
    for (what, id_), thing in given.items():
        if thing.id != id_:
            raise ValueError(f"{what} {id_} says that it is {thing.id}")
        things.setdefault(what, {})[id_] = thing
    (situation,) = things["situation"].values()
    return Catalog(
        cast("Situation", situation),
        places=cast("dict[str, Place]", things.get("place", {})),
        routes=cast("dict[str, Route]", things.get("route", {})),
        actors=cast("dict[str, Actor]", things.get("actor", {})),
        sources=cast("dict[str, Source]", things.get("source", {})),
        tallies=cast("dict[str, Tally]", things.get("tally", {})),
        feeds=cast("dict[str, Feed]", things.get("feed", {})),
        trusts=cast("dict[str, Trust]", things.get("trust", {})),
    )


class _Known(NamedTuple):
    names: Names
    catalog: Catalog
    whole: Catalog
    changeset: int
    """The newest one of the file when they were read."""


class Directory:
    """A cache of each situation's names and catalog, read again only if they have changed.

    Each open store has one. Use it only in a transaction that has not written anything yet.
    """

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}

    async def look_up(self, connection: Connection, situation_id: str) -> tuple[Names, Catalog]:
        """Return the situation's names and catalog, as this transaction sees them or newer.

        Raises:
            IdUnknown: there is no such situation.
        """
        known = await self._look_up(connection, situation_id)
        return known.names, known.catalog

    async def look_up_whole(self, connection: Connection, situation_id: str) -> tuple[Names, Catalog]:
        """Return the situation's names, and the catalog of `load_whole`.

        Raises:
            IdUnknown: there is no such situation.
        """
        known = await self._look_up(connection, situation_id)
        return known.names, known.whole

    async def _look_up(self, connection: Connection, situation_id: str) -> _Known:
        known = self._known.get(situation_id)
        if known is None:
            ((newest,),) = await connection.rows("SELECT coalesce(max(seq), 0) FROM changeset")
            names = await load_names(connection, situation_id)
            known = _Known(names, *await _load_catalogs(connection, names), newest)
        else:
            known = await _brought_up_to_date(connection, known)
        self._known[situation_id] = known
        return known

    def forget(self, situation_id: str) -> None:
        """Read a situation again when it is looked up next."""
        self._known.pop(situation_id, None)


async def _brought_up_to_date(connection: Connection, known: _Known) -> _Known:
    ((newest, name_to, catalog_changed),) = await connection.rows(
        """
        SELECT max(seq), max(name_to), max(situation = ?2 AND (version_to > before OR target IS NOT NULL))
        FROM (SELECT seq, situation, target, name_to, version_to, lag(version_to) OVER (ORDER BY seq) AS before
              FROM changeset WHERE seq >= ?1)
        WHERE seq > ?1
        """,
        (known.changeset, known.names.situation),
    )
    if newest is None:
        return known
    names = await _newer_names(connection, known.names) if name_to > known.names.last else known.names
    catalogs = await _load_catalogs(connection, names) if catalog_changed else (known.catalog, known.whole)
    return _Known(names, *catalogs, newest)


async def _newer_names(connection: Connection, names: Names) -> Names:
    rows = await connection.rows("SELECT no, situation, what, id FROM name WHERE no > ? ORDER BY no", (names.last,))
    last = rows[-1][0] if rows else names.last
    return names.extended(((no, what, id_) for no, situation, what, id_ in rows if situation == names.situation), last)
