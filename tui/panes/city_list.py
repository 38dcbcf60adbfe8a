"""The cities: who holds each, grouped so that what is fought over comes before what is quiet."""

from collections.abc import Iterable
from typing import NamedTuple

from model.catalog import Catalog
from model.entities import ControlState, Status
from tui.cells import GLYPHS, Line, Span, actor_name, city_line, counted_places, fit
from tui.keymap import Scope
from tui.panes.lines import LineView
from tui.themes import Palette

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


class Heading(NamedTuple):
    """The line above a group."""

    status: Status
    actor: str | None
    number: str
    """How many places of the group the tallies count, and how many others there are."""


Entry = Heading | ControlState


def grouped(states: Iterable[ControlState], catalog: Catalog, first: str | None = None) -> tuple[Entry, ...]:
    """Return the states under headings: the side that the situation counts first, then doubt, then the others."""
    groups: dict[tuple[Status, str | None], list[ControlState]] = {}
    for state in states:
        status = Status.HELD if state.status in _UNDER_THE_HOLDER else state.status
        actor = None if status in (Status.CONTESTED, Status.UNKNOWN) else state.actor
        groups.setdefault((status, actor), []).append(state)

    def turn(key: tuple[Status, str | None]) -> tuple[bool, int, str]:
        status, actor = key
        others = actor is not None and actor != first
        return (others or status is Status.UNKNOWN, _TURN[status], actor_name(catalog, actor))

    entries: list[Entry] = []
    for key in sorted(groups, key=turn):
        entries.append(Heading(key[0], key[1], counted_places(groups[key], catalog)))
        members = sorted(groups[key], key=lambda state: _name(state, catalog))
        entries.extend(members)
    return tuple(entries)


class CityList(LineView):
    """The city list."""

    SCOPE = Scope.CITIES

    def __init__(self, palette: Palette, catalog: Catalog, *, id: str) -> None:  # noqa: A002 - Textual's word
        super().__init__(palette, id=id)
        self.catalog = catalog
        self.entries: tuple[Entry, ...] = ()

    @property
    def last(self) -> int:
        """Position of the last line."""
        return len(self.entries) - 1

    @property
    def entry(self) -> Entry | None:
        """What the cursor stands on."""
        return self.entries[self.cursor] if 0 <= self.cursor < len(self.entries) else None

    def show(self, entries: tuple[Entry, ...], catalog: Catalog) -> None:
        """Show these; the cursor stays on its city, wherever that is listed now."""
        if entries == self.entries and catalog is self.catalog:
            return
        under, y = self.entry, self.cursor - self.top
        self.entries, self.catalog = entries, catalog
        if isinstance(under, ControlState):
            places = [entry.place if isinstance(entry, ControlState) else None for entry in entries]
            if under.place in places:
                self.cursor = places.index(under.place)
                self.top = self.cursor - y
        self.settle()

    def line(self, position: int, width: int) -> Line:
        """Return a heading or a city."""
        entry = self.entries[position]
        if isinstance(entry, Heading):
            hue = f"actor:{entry.actor}" if entry.actor else ""
            name = actor_name(self.catalog, entry.actor)
            words = name if entry.status is Status.HELD else f"{name} {entry.status.value}".strip()
            return (
                Span(f"{entry.status.letter} {GLYPHS[entry.status]} ", f"{hue} strong"),
                Span(fit(words or entry.status.value, width - 5 - len(entry.number)), f"{hue} strong"),
                Span(f"{entry.number} ", "dim"),
            )
        return city_line(entry, self.catalog.places.get(entry.place), self.catalog.situation.zone, width)


def _name(state: ControlState, catalog: Catalog) -> str:
    place = catalog.places.get(state.place)
    return place.name if place else state.place
