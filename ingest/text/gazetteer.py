"""Names and whose they are: the situation's places and actors, GeoNames for the rest of the world, countries.

GeoNames (CC BY 4.0) comes as `gazetteer.tsv.gz`, made by `make_gazetteer.py`; `countries.txt` lists the names and
adjectives by which texts call a state and its people, and with an asterisk what stands for its government.
"""

import functools
import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources

from model.catalog import Catalog
from model.errors import NameUnknown
from model.text import fold

_WORDS_OF_A_NAME = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place of the world that goes by a name that the situation does not know."""

    geonameid: int | None
    """None for a first-level region."""
    name: str
    country: str
    """ISO 3166-1 alpha-2."""
    admin1: str
    longitude: float | None
    """Degrees east, WGS 84."""
    latitude: float | None
    """Degrees north."""
    population: int | None


@dataclass(frozen=True)
class World:
    """What GeoNames and the list of countries know, by folded name."""

    lines: tuple[str, ...]
    rows: dict[str, tuple[int, ...]]
    countries: dict[str, str]
    """Name or adjective -> ISO code."""
    states: frozenset[str]
    """Names of the states themselves."""
    metonyms: frozenset[str]
    """Names that stand for a state, and are not its own: its capital, its seat of government, its army."""

    def places(self, name: str) -> tuple[Candidate, ...]:
        """Return the places of that name, the most populous first."""
        found = [_candidate(self.lines[row]) for row in self.rows.get(fold(name), ())]
        return tuple(sorted(found, key=lambda place: (place.geonameid is None, -(place.population or 0))))

    def is_region(self, name: str) -> bool:
        """Say whether a first-level region goes by the name."""
        return any(self.lines[row].startswith("\t") for row in self.rows.get(fold(name), ()))

    def is_region_only(self, name: str) -> bool:
        """Say whether a first-level region goes by the name, and no settlement."""
        rows = [self.lines[row] for row in self.rows.get(fold(name), ())]
        return bool(rows) and all(row.startswith("\t") for row in rows)

    def knows(self, name: str) -> bool:
        """Say whether any place of the world, no country, goes by the name."""
        return fold(name) in self.rows

    def is_country(self, name: str) -> bool:
        """Say whether a state, or its people, goes by the name."""
        folded = fold(name)
        return folded in self.countries and folded not in self.metonyms

    def is_party(self, name: str) -> bool:
        """Say whether a text can mean a state by the name: also by that of its capital."""
        return fold(name) in self.countries

    def is_state(self, name: str) -> bool:
        """Say whether a state itself goes by the name, not its people."""
        return fold(name) in self.states

    def countries_in(self, text: str) -> frozenset[str]:
        """Return the ISO codes of the states, peoples and first-level regions that a text names."""
        words = fold(text).split()
        found = set()
        for name in _runs(words):
            if name in self.countries:
                found.add(self.countries[name])
        if not found:
            for name in _runs(words):
                found |= {
                    self.lines[row].split("\t", 3)[2]
                    for row in self.rows.get(name, ())
                    if self.lines[row].startswith("\t")
                }
        return frozenset(found)


class Gazetteer:
    """The names of one situation before those of the world."""

    def __init__(self, catalog: Catalog | None) -> None:
        self.catalog = catalog
        self.world = load_world()
        names = [name for place in self._places() for name in place]
        # Longest first, so that "Kandahar airport" is not read as Kandahar.
        names.sort(key=len, reverse=True)
        self._spotted = (
            re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, names)) + r")(?!\w)", re.IGNORECASE) if names else None
        )

    def place(self, name: str) -> str | None:
        """Return the id of the situation's place of that name."""
        if self.catalog is None or not name:
            return None
        try:
            return self.catalog.place(name).id
        except NameUnknown:
            return None

    def actor(self, name: str) -> str | None:
        """Return the id of the situation's actor of that name, numbers and kinds of troops apart.

        A name of its own before it that is not the situation's makes it another: "Israeli government forces".
        """
        if self.catalog is None or not name:
            return None
        spelled = name.split()
        for first in range(len(spelled)):
            if any(word[:1].isupper() and fold(word) not in self._home for word in spelled[:first]):
                break
            if found := self._actor_called(" ".join(spelled[first:])):
                return found
        if found := self._endings.get(fold(name)):
            return found
        named = spelled[0] if spelled[0][:1].isupper() else ""
        # "Taliban insurgents"; "Kabul has offered": the capital stands for who governs there.
        return self._actor_called(named) or (
            self._actor_called(f"{name} government") if len(spelled) == 1 and named else None
        )

    def _actor_called(self, name: str) -> str | None:
        try:
            return self.catalog.actor(name).id if self.catalog is not None and name else None
        except NameUnknown:
            return None

    def is_group(self, name: str) -> bool:
        """Say whether a name is one of the situation's armed groups: of the kind that no other country has, too."""
        found = self.catalog.find_id("actor", name) if self.catalog is not None and name[:1].isupper() else None
        return self.catalog is not None and found is not None and self.catalog.actors[found].kind == "armed-group"

    def source(self, name: str) -> str | None:
        """Return the id of the situation's source of that name, also with its own country's before it.

        "Afghanistan's Interior Ministry" is the Interior Ministry there, another country's is not.
        """
        if self.catalog is None or not name:
            return None
        owner, _, rest = name.replace("\u2019", "'").partition("'s ")
        known = self.catalog.find_id("source", name)
        return self.catalog.find_id("source", rest) if known is None and rest and fold(owner) in self._home else known

    @functools.cached_property
    def _home(self) -> frozenset[str]:
        """Words that name the situation's own state and people."""
        governments = (
            [actor for actor in self.catalog.actors.values() if actor.kind == "government"] if self.catalog else []
        )
        codes = {code for actor in governments for code in self.world.countries_in(actor.name)}
        return frozenset(word for name, code in self.world.countries.items() if code in codes for word in name.split())

    def is_at_home(self, text: str) -> bool:
        """Say whether a text speaks of the situation: of one of its places, or its state."""
        if next(self.spot(text), None) is not None:
            return True
        return bool(self._home) and not self._home.isdisjoint(map(fold, set(text.split())))

    @functools.cached_property
    def _endings(self) -> dict[str, str]:
        """What "security forces" stands for: the only actor called "Afghan security forces"."""
        found: dict[str, set[str]] = {}
        for actor in self.catalog.actors.values() if self.catalog is not None else ():
            for name in (actor.name, *(name.text for name in actor.names)):
                first, _, rest = fold(name).partition(" ")
                if " " in rest and first in self.world.countries:
                    found.setdefault(rest, set()).add(actor.id)
        return {name: ids.pop() for name, ids in found.items() if len(ids) == 1}

    def spot(self, text: str) -> Iterator[tuple[int, str]]:
        """Return where a text names a place of the situation, and how."""
        if self._spotted is not None:
            for match in self._spotted.finditer(text):
                if match[0][:1].isupper():
                    yield match.start(), match[0]

    def knows(self, name: str) -> bool:
        """Say whether a place goes by the name, here or in the world."""
        return self.place(name) is not None or self.world.knows(name)

    def _places(self) -> Iterator[tuple[str, ...]]:
        for place in self.catalog.places.values() if self.catalog is not None else ():
            yield (place.name, *(name.text for name in place.names if name.text.isascii() and len(name.text) > 3))


@functools.cache
def load_world() -> World:
    """Return the world; read once in a process."""
    folder = resources.files("ingest.text")
    packed = (folder / "gazetteer.tsv.gz").read_bytes()
    lines = tuple(gzip.decompress(packed).decode().rstrip("\n").split("\n"))
    rows: dict[str, list[int]] = {}
    for index, line in enumerate(lines):
        for key in line.rsplit("\t", 1)[1].split("|"):
            rows.setdefault(key, []).append(index)
    countries: dict[str, str] = {}
    states, metonyms = set(), set()
    for line in (folder / "countries.txt").read_text("utf-8").splitlines():
        code, names = line.split(" ", 1)
        states.add(fold(names.partition("|")[0]))
        for name in names.split("|"):
            countries[fold(name)] = code
            if name.startswith("*"):
                metonyms.add(fold(name))
    # Tuples of numbers are none of the garbage collector's business, a hundred thousand lists are.
    return World(
        lines, {key: tuple(found) for key, found in rows.items()}, countries, frozenset(states), frozenset(metonyms)
    )


def _runs(words: list[str]) -> Iterator[str]:
    """Return every run of a few words, the longest first."""
    for length in range(min(_WORDS_OF_A_NAME, len(words)), 0, -1):
        for first in range(len(words) - length + 1):
            yield " ".join(words[first : first + length])


def _candidate(line: str) -> Candidate:
    number, name, country, region, longitude, latitude, population, _keys = line.split("\t")
    return Candidate(
        int(number) if number else None,
        name,
        country,
        region,
        float(longitude) if longitude else None,
        float(latitude) if latitude else None,
        int(population) if population else None,
    )
