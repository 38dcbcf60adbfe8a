"""Turning a file's names into ids of the situation: places by name and coordinates, actors by name."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from model.catalog import Catalog, distance_km
from model.entities import Actor, Place, Source
from model.errors import NameUnknown
from model.ids import derived_id
from model.rows import CellRefused
from model.text import fold

SAME_KM = 2.0
"""A place as near as this is the same one under another spelling."""

HOMONYM_KM = 50.0
"""A place of the same name farther away than this is another one."""

_LONGEST_NAME = 200
_MAX_REMEMBERED = 50_000
_MAX_COMPARED = 200
"""Unknown names for which the nearest ones are looked for: that costs milliseconds each."""
_CELL = 0.1
"""Degrees of a cell of the grid in which near places are looked for."""

_PERIOD = re.compile(r"\s*\(\d{4}\s*-\s*(?:\d{4})?\)$")
"""What data sets add to a government's name: "(2014-2021)"."""

Made = Place | Actor | Source


class Names:
    """Looks up the names of one file; what a refused row added is forgotten again."""

    def __init__(
        self, catalog: Catalog, *, create: bool = False, aliases: Mapping[str, Mapping[str, str]] | None = None
    ) -> None:
        """Take the catalog, whether unknown names become entries, and what the user says that names mean.

        Args:
            catalog: the situation's.
            create: makes entries.
            aliases: `place`, `actor` or `source` -> the file's name -> ours.
        """
        self._catalog = catalog
        self._create = create
        self._aliases = {
            what: {fold(name): ours for name, ours in meant.items()} for what, meant in (aliases or {}).items()
        }
        self._known: dict[tuple[object, ...], str] = {}
        self._taken: set[str] = {*catalog.places, *catalog.actors, *catalog.sources}
        self._row: dict[tuple[object, ...], Made] = {}
        """What the present row made."""
        self._fresh: list[Made] = []
        self._everything: dict[str, Made] = {}
        """All that was made, by id."""
        self._made = 0
        """How often anything was made or forgotten."""
        self._grown = 0, catalog
        self._compared = 0
        self._homonyms: defaultdict[str, list[Place]] = defaultdict(list)
        """Places that were made, by folded name."""
        self._grid: defaultdict[tuple[int, int], list[Place]] = defaultdict(list)
        self._places: dict[str, Place] = {}
        """By id; those that gazetteers entered among them."""
        self._pcodes: dict[str, str] = {}
        self._geonames: dict[int, str] = {}
        for place in catalog.places.values():
            self._put(place)
            self.know(place)

    def actor(self, column: str, name: str) -> str:
        """Return the actor's id.

        Raises:
            CellRefused: the situation knows none by this name, and none may be made.
        """
        name = " ".join(name.split())
        key = ("actor", fold(name) or name)
        known = self._known.get(key)
        if known is not None:
            return known
        # A coalition may be named by all its members: it is known by as many as there is room for.
        meant = _short(self._aliases.get("actor", {}).get(fold(name), name))
        found = self._catalog.find_id("actor", meant) or self._catalog.find_id("actor", _PERIOD.sub("", meant))
        if found is not None:
            return self._remember(key, found)
        if self._may_make(meant):
            return self._make(key, Actor(self._free_id("actor", meant), meant, kind="unknown"))
        raise CellRefused(column, name, self._unknown("actor", meant))

    def source(self, column: str, name: str) -> str:
        """Return the source's id; as `actor`."""
        name = " ".join(name.split())
        key = ("source", fold(name) or name)
        known = self._known.get(key)
        if known is not None:
            return known
        meant = _short(self._aliases.get("source", {}).get(fold(name), name))
        found = self._catalog.find_id("source", meant)
        if found is not None:
            return self._remember(key, found)
        if self._may_make(meant):
            return self._make(key, Source(self._free_id("source", meant), meant, kind="unknown"))
        raise CellRefused(column, name, self._unknown("source", meant))

    def grown(self) -> Catalog:
        """Return the catalog with all that was made, that of the present row among it."""
        if self._made != self._grown[0]:
            more = self._everything.values()
            catalog = replace(
                self._catalog,
                places={**self._catalog.places, **{one.id: one for one in more if isinstance(one, Place)}},
                actors={**self._catalog.actors, **{one.id: one for one in more if isinstance(one, Actor)}},
                sources={**self._catalog.sources, **{one.id: one for one in more if isinstance(one, Source)}},
            )
            self._grown = self._made, catalog
        return self._grown[1]

    def known_actor(self, name: str) -> str | None:
        """Return the id of the actor of this name, if the situation or the user knows one."""
        return self._catalog.find_id("actor", self._aliases.get("actor", {}).get(fold(name), name))

    def place(
        self,
        column: str,
        name: str,
        *,
        longitude: float | None = None,
        latitude: float | None = None,
        geonameid: int | None = None,
        admin1: str = "",
        admin2: str = "",
    ) -> str:
        """Return the place's id: the one of this GeoNames number, else of this name near here, else the one right here.

        Raises:
            CellRefused: the situation knows none, and none may be made.
        """
        name = _short(" ".join(name.split()))
        key = ("place", name, longitude, latitude, geonameid, admin1)
        known = self._known.get(key)
        if known is not None:
            return known
        if geonameid is not None and geonameid in self._geonames:
            return self._remember(key, self._geonames[geonameid])
        here = Place(
            "", name, (), "unknown", admin1, admin2, longitude=longitude, latitude=latitude, geonameid=geonameid
        )
        alias = self._aliases.get("place", {}).get(fold(name))
        if alias is not None:
            return self._remember(key, self._named(column, alias).id)
        found = self._look_up(here)
        if found is not None:
            return self._remember(key, found.id)
        if self._may_make(name):
            made = here._replace(id=self._free_id("place", name, admin1 or admin2))
            return self._make(key, made)
        raise CellRefused(column, name, self._unknown_place(here))

    def known_place(self, name: str, longitude: float | None, latitude: float | None) -> str | None:
        """Return the id of the place of this name near here, or else right here; None where the situation has none."""
        meant = self._aliases.get("place", {}).get(fold(name), name)
        found = self._look_up(Place("", meant, longitude=longitude, latitude=latitude))
        return found.id if found else None

    def geoname(self, number: int) -> str | None:
        """Return the id of the place with this GeoNames number; None where the situation has none."""
        return self._geonames.get(number)

    def pcode(self, code: str) -> str | None:
        """Return the id of the place with this P-code; None where the situation has none."""
        return self._pcodes.get(code.strip().upper())

    def same_place(self, place: Place) -> Place | None:
        """Return the place that a gazetteer's entry is: by GeoNames number, P-code, or name and neighbourhood."""
        if place.geonameid is not None and place.geonameid in self._geonames:
            return self._places.get(self._geonames[place.geonameid])
        if place.pcode in self._pcodes:
            return self._places.get(self._pcodes[place.pcode])
        namesake = self._namesake(place)
        found = None if namesake is None else self._places.get(namesake.id)
        if found is None or (found.pcode and place.pcode) or (found.geonameid and place.geonameid):
            return None
        return found

    def enter(self, place: Place, name: str) -> Place:
        """Return a gazetteer's entry with an id that follows from the name, and know it from now on."""
        made = place._replace(id=self._free_id("place", name, place.admin1 or place.pcode))
        self._taken.add(made.id)
        self._homonyms[fold(made.name)].append(made)
        self._put(made)
        self.know(made)
        return made

    def know(self, place: Place) -> None:
        """Know a place, as it is from now on, by its numbers."""
        self._places[place.id] = place
        if place.geonameid is not None:
            self._geonames[place.geonameid] = place.id
        if place.pcode:
            self._pcodes[place.pcode] = place.id

    def count_places(self) -> int:
        """Return how many places there are, with those that were entered."""
        return len(self._places)

    def near(self, longitude: float, latitude: float, kilometres: float) -> Place | None:
        """Return the nearest place of the catalog or of those made, if it is as near as this; at most 10 km."""
        here = Place("", "", longitude=longitude, latitude=latitude)
        column, line = _cell(longitude, latitude)
        found: list[tuple[float, str, Place]] = []
        for x in (column - 1, column, column + 1):
            for y in (line - 1, line, line + 1):
                for place in self._grid.get((x, y), ()):
                    away = distance_km(here, place)
                    if away <= kilometres:
                        found.append((away, place.id, place))
        return min(found)[2] if found else None

    def made(self) -> tuple[Made, ...]:
        """Return what rows that were kept made since this was last asked."""
        fresh, self._fresh = tuple(self._fresh), []
        return fresh

    def keep(self) -> None:
        """Let what the present row made stand."""
        if self._row:
            self._fresh += self._row.values()
            self._row = {}

    def forget(self) -> None:
        """Take back what the present row made."""
        for key, thing in self._row.items():
            self._known.pop(key, None)
            self._taken.discard(thing.id)
            del self._everything[thing.id]
            self._made += 1
            if isinstance(thing, Place):
                self._take_out(thing)
                self._homonyms[fold(thing.name)].remove(thing)
        self._row = {}

    def _namesake(self, here: Place) -> Place | None:
        """Return the place of this name that may be the one meant."""
        named = self._homonyms.get(fold(here.name), [])
        known = self._catalog.find_id("place", here.name)
        if known is not None:
            named = [self._catalog.places[known], *named]
        for one in named:
            if _may_be(one, here):
                return one
        return None

    def _look_up(self, here: Place) -> Place | None:
        namesake = self._namesake(here)
        if namesake is not None:
            return namesake
        if here.longitude is None or here.latitude is None:
            return None
        close = self.near(here.longitude, here.latitude, SAME_KM)
        return close if close is not None and _agrees(close.admin1, here.admin1) else None

    def _named(self, column: str, name: str) -> Place:
        try:
            return self._catalog.place(name)
        except NameUnknown as unknown:
            raise CellRefused(column, name, f"{unknown}; so the mapping file calls it") from None

    def _unknown(self, what: str, name: str) -> str:
        """Return that there is none of this name, with the nearest ones as long as they are not too many."""
        self._compared += 1
        if self._compared <= _MAX_COMPARED:
            try:
                (self._catalog.actor if what == "actor" else self._catalog.source)(name)
            except NameUnknown as unknown:
                return str(unknown)
        return f"no {what} is called {name[:100]!r}"

    def _unknown_place(self, here: Place) -> str:
        if self._compared >= _MAX_COMPARED:
            return f"no place is called {here.name[:100]!r}"
        self._compared += 1
        try:
            found = self._catalog.place(here.name)
        except NameUnknown as unknown:
            close = (
                self.near(here.longitude, here.latitude, 10.0)
                if here.longitude is not None and here.latitude is not None
                else None
            )
            if close is None:
                return str(unknown)
            return f"{unknown}; {close.name} is {distance_km(close, here):.0f} km from there"
        return f"{found.name} is {distance_km(found, here):,.0f} km from there: another place of that name"

    def _may_make(self, name: str) -> bool:
        return self._create and bool(fold(name))

    def _free_id(self, what: str, name: str, area: str = "") -> str:
        """Return an id that follows from the name and is nobody's yet."""
        slug = fold(name).replace(" ", "-")
        wider = f"{slug}-{fold(area).replace(' ', '-')}" if area else slug
        for id_ in (slug, wider):
            if id_.isascii() and len(id_) <= 60 and id_ not in self._taken:
                return id_
        for number in range(1_000):
            id_ = f"{what}-{derived_id(number, wider)[-12:]}"
            if id_ not in self._taken:
                break
        return id_

    def _make(self, key: tuple[object, ...], thing: Made) -> str:
        self._row[key] = self._everything[thing.id] = thing
        self._made += 1
        self._taken.add(thing.id)
        if isinstance(thing, Place):
            self._put(thing)
            self._homonyms[fold(thing.name)].append(thing)
        # Not bounded, as other names are: what is made must be found again.
        self._known[key] = thing.id
        return thing.id

    def _remember(self, key: tuple[object, ...], id_: str) -> str:
        if len(self._known) < _MAX_REMEMBERED:
            self._known[key] = id_
        return id_

    def _put(self, place: Place) -> None:
        if place.longitude is not None and place.latitude is not None:
            self._grid[_cell(place.longitude, place.latitude)].append(place)

    def _take_out(self, place: Place) -> None:
        if place.longitude is not None and place.latitude is not None:
            self._grid[_cell(place.longitude, place.latitude)].remove(place)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"


def _cell(longitude: float, latitude: float) -> tuple[int, int]:
    return int(longitude // _CELL), int(latitude // _CELL)


def _may_be(known: Place, here: Place) -> bool:
    """Say whether a place of the same name is the one meant."""
    if known.geonameid and here.geonameid and known.geonameid != here.geonameid:
        return False
    if known.longitude is None or here.longitude is None:
        return _agrees(known.admin1, here.admin1)
    return distance_km(known, here) <= HOMONYM_KM


def _agrees(one: str, other: str) -> bool:
    """Say whether two names of an area can be those of one: spellings differ by more than a comparison can tell."""
    return not one or not other or fold(one)[:1] == fold(other)[:1]
