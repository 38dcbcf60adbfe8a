"""The dictionary of a situation's names, and its catalog: what turns the ids of facts into the file's small integers.

Both only ever hold what was committed. A writer adds its own new names to a copy (`Names.grown`), so that a
transaction which is rolled back leaves nothing behind.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from model.catalog import Catalog
from model.entities import Actor, Place, Route, Situation, Source, Tally
from model.errors import IdUnknown
from store.sqlite.bodies import Thing, thing_of
from store.sqlite.driver import Connection


@dataclass(frozen=True, slots=True)
class Names:
    """Ids as the numbers that stand for them in this file, and back; both ways in memory."""

    situation: int
    """The situation's own number."""
    last: int
    """The highest number of the file that was looked at."""
    numbers: Mapping[str, Mapping[str, int]]
    """What (`place`, `actor`, `kind`, ...) -> id -> number, in the order in which they were first named."""
    ids: Mapping[int, tuple[str, str]]
    """Number -> (what, id)."""

    def no(self, what: str, id_: str) -> int:
        """Return the number of an id.

        Raises:
            IdUnknown: the situation has never named such a thing.
        """
        found = self.numbers.get(what, {}).get(id_)
        if found is None:
            raise IdUnknown(f"this situation has no {what} {id_!r}")
        return found

    def id(self, no: int) -> str:
        """Return the id of a number."""
        return self.ids[no][1]

    def grown(self, rows: Iterable[tuple[int, str, str]], last: int) -> "Names":
        """Return these names and more of them, each (number, what, id)."""
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
        connection, Names(situation, 0, {}, {}).grown([(situation, "situation", situation_id)], 0)
    )


async def load_catalog(connection: Connection, names: Names) -> Catalog:
    """Return the newest version of all that the situation's events can name, undone versions left out."""
    # One row and one text: thousands of either take three times as long, and the screen waits for this.
    [(text,)] = await connection.rows(
        """
        SELECT '[' || group_concat('[' || name || ',' || body || ']', ',' ORDER BY name) || ']' FROM (
            SELECT name, max(seq), body FROM version
            WHERE situation = ? AND changeset NOT IN (SELECT changeset FROM undone)
            GROUP BY name
        )
        """,
        (names.situation,),
    )
    things: dict[str, dict[str, Thing]] = {}
    for name, values in json.loads(text):
        what, id_ = names.ids[name]
        things.setdefault(what, {})[id_] = thing_of(what, values)
    (situation,) = things["situation"].values()
    return Catalog(
        cast("Situation", situation),
        places=cast("dict[str, Place]", things.get("place", {})),
        routes=cast("dict[str, Route]", things.get("route", {})),
        actors=cast("dict[str, Actor]", things.get("actor", {})),
        sources=cast("dict[str, Source]", things.get("source", {})),
        tallies=cast("dict[str, Tally]", things.get("tally", {})),
    )


@dataclass(frozen=True, slots=True)
class _Known:
    names: Names
    catalog: Catalog
    changeset: int
    """The newest one of the file when they were read."""


class Directory:
    """Each situation's names and catalog, kept from one transaction to the next and read again only when they changed.

    One for each open store. To be asked in a transaction that has written nothing yet.
    """

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}

    async def look_up(self, connection: Connection, situation_id: str) -> tuple[Names, Catalog]:
        """Return the situation's names and catalog as this transaction sees them, or newer.

        Raises:
            IdUnknown: there is no such situation.
        """
        known = self._known.get(situation_id)
        if known is None:
            ((newest,),) = await connection.rows("SELECT coalesce(max(seq), 0) FROM changeset")
            names = await load_names(connection, situation_id)
            known = _Known(names, await load_catalog(connection, names), newest)
        else:
            known = await _brought_up_to_date(connection, known)
        self._known[situation_id] = known
        return known.names, known.catalog

    def forget(self, situation_id: str) -> None:
        """Read a situation anew when it is looked up next."""
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
    return _Known(names, await load_catalog(connection, names) if catalog_changed else known.catalog, newest)


async def _newer_names(connection: Connection, names: Names) -> Names:
    rows = await connection.rows("SELECT no, situation, what, id FROM name WHERE no > ? ORDER BY no", (names.last,))
    last = rows[-1][0] if rows else names.last
    return names.grown(((no, what, id_) for no, situation, what, id_ in rows if situation == names.situation), last)
