"""A situation's places, routes, actors, sources, tallies, feeds and trusts, in memory as one frozen value.

There are hundreds or a few thousand of them, and every screen, filter and import needs their names; a store returns
them together. Events and claims are never in here.
"""

import functools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from model.entities import Actor, Name, Place, Relation, Route, Situation, Source, Tally
from model.errors import NameUnknown
from model.feeds import Feed
from model.text import fold
from model.trust import Trust

_EARTH_KM = 6371.0088
"""Mean radius (IUGG)."""


class Named(Protocol):
    """What can be looked up by any of its names."""

    @property
    def id(self) -> str: ...  # noqa: D102 - the field says it
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def names(self) -> tuple[Name, ...]: ...  # noqa: D102


N = TypeVar("N", bound=Named)


@dataclass(frozen=True)
class Catalog:
    """Everything that a situation's events can name."""

    situation: Situation
    places: Mapping[str, Place] = field(default_factory=dict)
    """By id, in the order in which the situation lists them; so are the others."""
    routes: Mapping[str, Route] = field(default_factory=dict)
    actors: Mapping[str, Actor] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    tallies: Mapping[str, Tally] = field(default_factory=dict)
    feeds: Mapping[str, Feed] = field(default_factory=dict)
    """Subscriptions, also those that were removed."""
    trusts: Mapping[str, Trust] = field(default_factory=dict)
    """Those in force: sources whose proposals of one kind are accepted without a person."""

    def place(self, name: str) -> Place:
        """Return the place that goes by this id, name, alias, P-code or GeoNames number.

        Raises:
            NameUnknown: none does.
        """
        return _look_up("place", name, self.places, self._place_index)

    def actor(self, name: str) -> Actor:
        """Return the actor that goes by this id, name or alias.

        Raises:
            NameUnknown: none does.
        """
        return _look_up("actor", name, self.actors, self._actor_index)

    def source(self, name: str) -> Source:
        """Return the source that goes by this id, name or alias.

        Raises:
            NameUnknown: none does.
        """
        return _look_up("source", name, self.sources, self._source_index)

    def route(self, name: str) -> Route:
        """Return the route that goes by this id or name.

        Raises:
            NameUnknown: none does.
        """
        return _look_up("route", name, self.routes, self._route_index)

    def find_id(self, what: str, name: str) -> str | None:
        """Return the id of the place, actor or source (`what`) that goes by this name; None where none does.

        For names by the thousand: it does not look for the nearest names, which takes milliseconds each.
        """
        things, index = {
            "place": (self.places, self._place_index),
            "actor": (self.actors, self._actor_index),
            "source": (self.sources, self._source_index),
        }[what]
        return name if name in things else index.get(fold(name))

    def side_of(self, actor: str | None, instant: int) -> str | None:
        """Return the id of the outermost actor that this one is part of at the instant: its side.

        Actors that are part of each other have the first of them by id as their side.
        """
        if actor is None or actor not in self._parts:
            return actor
        path: list[str] = []
        while actor not in path:
            path.append(actor)
            above = next(
                (
                    relation.other
                    for relation in self._parts.get(actor, ())
                    if relation.valid_from <= instant < relation.valid_to
                ),
                None,
            )
            if above is None:
                return actor
            actor = above
        return min(path[path.index(actor) :])

    def parts_of(self, actor: str) -> frozenset[str]:
        """Return the actor's id and those of all that are, or ever were, part of it."""
        found = {actor}
        while True:
            more = {
                other.id
                for other in self.actors.values()
                if any(relation.kind == "part-of" and relation.other in found for relation in other.relations)
            } - found
            if not more:
                return frozenset(found)
            found |= more

    def within(self, place: str) -> frozenset[str]:
        """Return the place's id and those of its parts and outposts (`Place.parent`)."""
        found = {place}
        while more := {other.id for other in self.places.values() if other.parent in found} - found:
            found |= more
        return frozenset(found)

    def near(self, place: str, kilometres: float) -> frozenset[str]:
        """Return the ids of the places at most so far from this one (great-circle distance), itself included."""
        centre = self.places[place]
        return frozenset(
            other.id for other in self.places.values() if other.id == place or distance_km(centre, other) <= kilometres
        )

    @functools.cached_property
    def population(self) -> int:
        """People in all the places together; a place of unknown population counts as 0."""
        return sum(place.population or 0 for place in self.places.values())

    @functools.cached_property
    def side_letters(self) -> dict[str, str]:
        """A letter of each side's name, sides as when the situation begins: an initial if no side before has it.

        Where names have no other letters left, two sides have the same.
        """
        begins, letters = self.situation.begins or 0, dict[str, str]()
        for side in dict.fromkeys(self.side_of(actor, begins) or actor for actor in self.actors):
            name = (self.actors[side].name if side in self.actors else side).lower()
            initials = [word[0] for word in name.split()]
            wanted = [letter for letter in (*initials, *name) if letter.isalpha()]
            taken = set(letters.values())
            letters[side] = next((letter for letter in wanted if letter not in taken), name[:1])
        return letters

    @functools.cached_property
    def _parts(self) -> dict[str, tuple[Relation, ...]]:
        """What each actor is, or was, part of; actors that never were part of anything are left out."""
        parts = {
            actor.id: tuple(relation for relation in actor.relations if relation.kind == "part-of")
            for actor in self.actors.values()
        }
        return {actor: relations for actor, relations in parts.items() if relations}

    @functools.cached_property
    def _place_index(self) -> dict[str, str]:
        index = _index(self.places.values())
        for place in self.places.values():
            for code in (place.pcode, str(place.geonameid) if place.geonameid else ""):
                if code:
                    index.setdefault(fold(code), place.id)
        return index

    @functools.cached_property
    def _actor_index(self) -> dict[str, str]:
        return _index(self.actors.values())

    @functools.cached_property
    def _source_index(self) -> dict[str, str]:
        return _index(self.sources.values())

    @functools.cached_property
    def _route_index(self) -> dict[str, str]:
        return _index(self.routes.values())


def name_of(things: Mapping[str, Named], id_: str | None) -> str:
    """Return the name of the thing with this id; the id itself where there is no such thing, empty for None."""
    known = things.get(id_) if id_ is not None else None
    return known.name if known else id_ or ""


def distance_km(one: Place, other: Place) -> float:
    """Return the great-circle distance between two places in kilometres; infinite where a coordinate is missing."""
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return math.inf
    lat1, lon1, lat2, lon2 = map(math.radians, (one.latitude, one.longitude, other.latitude, other.longitude))
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def _index(things: Iterable[Named]) -> dict[str, str]:
    things = list(things)
    index: dict[str, str] = {}
    # A thing's own id and name win over another's alias, whatever the order.
    for thing in things:
        index.setdefault(fold(thing.id), thing.id)
    for thing in things:
        index.setdefault(fold(thing.name), thing.id)
    for thing in things:
        for name in thing.names:
            index.setdefault(fold(name.text), thing.id)
    index.pop("", None)
    return index


def _look_up(what: str, name: str, things: Mapping[str, N], index: dict[str, str]) -> N:
    if name in things:
        return things[name]
    folded = fold(name)
    if folded in index:
        return things[index[folded]]
    import difflib

    close = difflib.get_close_matches(folded, index, n=5, cutoff=0.6)
    close += [known for known in index if folded and known.startswith(folded) and known not in close]
    nearest = tuple(dict.fromkeys(things[index[key]].name for key in close))[:3]
    raise NameUnknown(what, name, nearest)
