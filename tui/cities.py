"""The city list as data: which cities, in which groups and order, and what each line says. Pure; no widget."""

import enum
import functools
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

from model.catalog import Catalog
from model.entities import ControlState, Place, Status
from model.text import fold
from model.times import FOREVER, Precision
from tui.cells import (
    GLYPHS,
    Line,
    Span,
    actor_name,
    counted_places,
    day_cell,
    fit,
    graded,
    native_name,
    time_cell,
    weighed,
)


class Group(enum.StrEnum):
    """What the cities stand under."""

    STATUS = "status"
    PROVINCE = "province"
    NONE = "one list"


class Sort(enum.StrEnum):
    """In which order the cities of a group stand."""

    NAME = "name"
    SINCE = "latest change"
    POPULATION = "population"


class Arrangement(NamedTuple):
    """How the city list is laid out."""

    group: Group = Group.STATUS
    sort: Sort = Sort.NAME


USUAL = Arrangement()


class Heading(NamedTuple):
    """The line above a group."""

    words: str
    number: str
    """How many places of the group the tallies count, and how many others there are."""
    status: Status | None = None
    """None above a province."""
    actor: str | None = None


Entry = Heading | ControlState

_UNDER_THE_HOLDER = frozenset({Status.THREATENED, Status.ENCIRCLED})
"""Statuses of places that somebody still holds; they are listed with the holder's, with their own letter."""

_TURN = {
    Status.HELD: 0,
    Status.CLAIMED: 1,
    Status.INFLUENCE: 2,
    Status.NEGOTIATED: 3,
    Status.CONTESTED: 4,
    Status.UNKNOWN: 6,
}


def arranged(
    states: Iterable[ControlState], catalog: Catalog, first: str | None = None, how: Arrangement = USUAL
) -> tuple[Entry, ...]:
    """Return the states in their groups, each with its heading.

    Args:
        states: who holds what.
        catalog: the situation's names.
        first: the side that the situation counts; where statuses are the groups, it comes first, then doubt, then
            the others.
        how: groups and order.
    """
    in_order = sorted(states, key=_order(how.sort, catalog))
    if how.group is Group.NONE:
        return tuple(in_order)
    groups: dict[tuple[Status, str | None] | str, list[ControlState]] = {}
    for state in in_order:
        key = _side(state) if how.group is Group.STATUS else _province(state, catalog)
        groups.setdefault(key, []).append(state)

    def turn(key: tuple[Status, str | None] | str) -> tuple[bool, int, str]:
        if isinstance(key, str):
            return (not key, 0, key.casefold())
        status, actor = key
        others = actor is not None and actor != first
        return (others or status is Status.UNKNOWN, _TURN[status], actor_name(catalog, actor))

    entries: list[Entry] = []
    for key in sorted(groups, key=turn):
        number = counted_places(groups[key], catalog)
        if isinstance(key, str):
            entries.append(Heading(key or "no province", number))
        else:
            entries.append(Heading(_heading_words(*key, catalog), number, *key))
        entries += groups[key]
    return tuple(entries)


def differing(before: Sequence[ControlState], now: Sequence[ControlState]) -> Sequence[ControlState]:
    """Return the states that are not what they were before; all of them where other places are listed."""
    pairs = zip(before, now, strict=False)
    other = [(one, two) for one, two in pairs if one is not two and one != two]  # most are the very same
    if len(before) != len(now) or any(one.place != two.place for one, two in other):
        return now
    return [state for _, state in other]


def _side(state: ControlState) -> tuple[Status, str | None]:
    status = Status.HELD if state.status in _UNDER_THE_HOLDER else state.status
    return status, None if status in (Status.CONTESTED, Status.UNKNOWN) else state.actor


def _heading_words(status: Status, actor: str | None, catalog: Catalog) -> str:
    name = actor_name(catalog, actor)
    return (name if status is Status.HELD else f"{name} {status.value}".strip()) or status.value


def _province(state: ControlState, catalog: Catalog) -> str:
    place = catalog.places.get(state.place)
    return place.admin1 if place else ""


def _order(sort: Sort, catalog: Catalog) -> Callable[[ControlState], tuple[int, str]]:
    def key(state: ControlState) -> tuple[int, str]:
        place = catalog.places.get(state.place)
        name = place.name if place else state.place
        if sort is Sort.SINCE:
            return (-state.since if state.since is not None else FOREVER, name)
        if sort is Sort.POPULATION:
            return (-(place.population or 0) if place else 0, name)
        return (0, name)

    return key


# -- the filter --------------------------------------------------------------------------------------------------------


def matching(states: Iterable[ControlState], catalog: Catalog, text: str) -> tuple[ControlState, ...]:
    """Return the states whose city matches every word: a part of a name, province, status, side, or `disputed`.

    A word after `!` or `-` must not hold.
    """
    words = [(word[0] in "!-", fold(word)) for word in text.split()]
    words = [(no, word) for no, word in words if word]
    if not words:
        return tuple(states)
    return tuple(state for state in states if all((word in _searched(state, catalog)) is not no for no, word in words))


def _searched(state: ControlState, catalog: Catalog) -> str:
    place = catalog.places.get(state.place)
    about = _about(place) if place else fold(state.place)
    flags = " disputed" if state.disputed else ""
    return f"{about} {state.status.value} {_folded(actor_name(catalog, state.actor))}{flags}"


@functools.lru_cache(8_192)
def _about(place: Place) -> str:
    names = (name.text for name in place.names)
    return fold(" ".join((place.name, *names, place.admin1, place.admin2, place.id, place.pcode, place.kind)))


@functools.lru_cache(512)
def _folded(text: str) -> str:
    return fold(text)


# -- a line ------------------------------------------------------------------------------------------------------------


class Columns(NamedTuple):
    """How many cells each column of a city's line has; 0 where it is left out."""

    name: int
    since: int = 0
    side: int = 0
    population: int = 0
    counts: int = 0
    province: int = 0
    grade: int = 0
    native: int = 0


_LEAD = 6
"""Cells that every line begins with: changed, letter, glyph, and the disputed sign after the name."""

_SMALL = Columns(name=12, since=8, side=9, population=11, counts=6, province=10, grade=3, native=12)
_LARGE = Columns(name=22, since=14, side=16, population=11, counts=6, province=18, grade=3, native=22)


@functools.lru_cache(64)
def columns(width: int, how: Arrangement) -> Columns:
    """Return the columns that fit: the least important goes first, and what is left over widens the others."""
    wanted = ["since", "counts", "province", "grade", "native", "population"]
    if how.group is Group.PROVINCE:
        wanted.remove("province")
    if how.group is not Group.STATUS:
        wanted.insert(1, "side")
    if how.sort is Sort.POPULATION:
        wanted.remove("population")
        wanted.insert(0, "population")
    cells = {"name": min(_SMALL.name, max(0, width - _LEAD))}
    left = width - _LEAD - cells["name"]
    for column in wanted:
        if getattr(_SMALL, column) > left:
            break
        cells[column] = getattr(_SMALL, column)
        left -= cells[column]
    for column, most in (("name", 15), ("since", 14), ("province", 18), ("side", 16), ("native", 22), ("name", 22)):
        if column in cells:
            more = max(0, min(left, min(most, getattr(_LARGE, column)) - cells[column]))
            cells[column] += more
            left -= more
    if not cells.keys() - {"name"}:
        cells["name"] += max(0, left)
    return Columns(**cells)


def city_line(
    state: ControlState, catalog: Catalog, width: int, how: Arrangement = USUAL, *, changed: bool = False
) -> Line:
    """Return one line of the city list: changed, letter and glyph, name, `!`, since with `~`, sources, more if it fits.

    Where the groups are not the sides, the side is named.
    """
    place, zone = catalog.places.get(state.place), catalog.situation.zone
    room = columns(width, how)
    hue = f"actor:{state.actor}" if state.actor else ""
    population = f"{place.population:,}" if place and place.population else ""
    return (
        Span("●" if changed else " ", "mark"),
        Span(f"{state.status.letter} ", f"{hue} strong"),
        Span(f"{GLYPHS[state.status]} ", hue),
        Span(fit(place.name if place else state.place, room.name), _sure(state, changed=changed)),
        Span("!" if state.disputed else " ", "warn strong"),
        Span(_cell(since_text(state, zone, room.since - 1), room.since, right=True), "dim"),
        Span(_cell(actor_name(catalog, state.actor), room.side), hue),
        Span(_cell(population, room.population, right=True), "dim"),
        Span(_cell(weighed(state) if state.n_for or state.n_against else "", room.counts), "dim"),
        Span(_cell(place.admin1 if place else "", room.province), "dim"),
        Span(_cell(graded(state.grade), room.grade), "dim"),
        Span(_cell(native_name(place) if place else "", room.native), "dim"),
    )


def _cell(text: str, width: int, *, right: bool = False) -> str:
    # Every column brings the space before it.
    return f" {fit(text, width - 1, right=right)}" if width else ""


def _sure(state: ControlState, *, changed: bool) -> str:
    return " ".join(role for role, holds in (("doubt", state.status is Status.CLAIMED), ("strong", changed)) if holds)


def since_text(state: ControlState, zone: str, width: int) -> str:
    """Return since when a state is, as precisely as known and as fits; `~` where its date is uncertain."""
    if state.since is None or width <= 0:
        return ""
    text = time_cell(state.since, state.since_precision, zone, width - 1)
    vaguer = state.since_precision is Precision.WEEK and text == day_cell(state.since, state.since_precision, zone)
    return text + ("~" if state.date_disputed or vaguer else " ")


def heading_line(heading: Heading, width: int) -> Line:
    """Return the line above a group: of a side in its hue and with its letter, of a province in bold."""
    hue = f"actor:{heading.actor} strong" if heading.actor else "strong"
    lead = f"{heading.status.letter} {GLYPHS[heading.status]} " if heading.status else ""
    room = max(0, width - len(lead) - 1 - len(heading.number))
    return (
        Span(lead, hue),
        Span(fit(heading.words, room - 1), hue),
        Span(f"{' ' * (room > 0)}{heading.number} ", "dim"),
    )


def places_of(entries: Collection[Entry]) -> tuple[str | None, ...]:
    """Return the id of the place that each line is about; None for a heading."""
    return tuple(entry.place if isinstance(entry, ControlState) else None for entry in entries)
