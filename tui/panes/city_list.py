"""The cities: who holds each, grouped so that what is fought over comes before what is quiet."""

from collections.abc import Container, Mapping
from typing import ClassVar

from model.catalog import Catalog
from model.entities import ControlState
from tui.cells import Line
from tui.cities import (
    USUAL,
    Arrangement,
    Entry,
    Heading,
    Sort,
    arranged,
    city_line,
    differing,
    heading_line,
    matching,
    places_of,
)
from tui.keymap import Scope
from tui.panes import bars
from tui.panes.lines import LineView
from tui.themes import Palette

_FEW = 64
"""Cities that change in place; where more have changed, all lines are laid out again."""


class CityList(LineView):
    """The city list."""

    SCOPE: ClassVar[Scope] = Scope.CITIES

    def __init__(self, palette: Palette, catalog: Catalog, *, id: str) -> None:  # noqa: A002 - Textual's word
        super().__init__(palette, id=id)
        self.catalog = catalog
        self.states: tuple[ControlState, ...] = ()
        self.entries: tuple[Entry, ...] = ()
        self.arrangement = USUAL
        self.filter_text = ""
        self.changed: frozenset[str] = frozenset()
        """Ids of the places that changed since this user last looked at them."""
        self.title = bars.cities_title((), catalog)
        """What the pane's title says."""
        self._leading: str | None = None

    @property
    def last(self) -> int:
        """Position of the last line."""
        return len(self.entries) - 1

    @property
    def entry(self) -> Entry | None:
        """The entry under the cursor."""
        return self.entries[self.cursor] if 0 <= self.cursor < len(self.entries) else None

    def show(self, states: tuple[ControlState, ...], catalog: Catalog, leading: str | None = None) -> None:
        """Show these; the cursor stays on its city, wherever that is listed now.

        Args:
            states: who holds what.
            catalog: the situation's names.
            leading: the side that is listed first.
        """
        others = {state.place: state for state in differing(self.states, states)}
        same_names = catalog is self.catalog and leading == self._leading
        in_place = same_names and len(others) <= _FEW and self._stand_as_before(others)
        self.states, self.catalog, self._leading = states, catalog, leading
        if not in_place:
            self._lay_out()
        elif others:
            self._replace(others)

    def regroup(self, how: Arrangement) -> None:
        """Change the grouping and the order."""
        self.arrangement = how
        self._lay_out()

    def narrow_down(self, text: str) -> None:
        """Show only the cities that match these words; all without any."""
        self.filter_text = text.strip()
        self._lay_out()

    def mark_changed(self, places: frozenset[str]) -> None:
        """Mark these cities as changed."""
        others, self.changed = places ^ self.changed, places
        if others:
            self._repaint_of(others)

    def _stand_as_before(self, others: Mapping[str, ControlState]) -> bool:
        """Say whether the lines stay where they are, whatever else is new in these states."""
        before = {state.place: state for state in self.states if state.place in others}
        return before.keys() == others.keys() and all(
            self._stands_by(state) == self._stands_by(before[place]) for place, state in others.items()
        )

    def _stands_by(self, state: ControlState) -> tuple[object, ...]:
        """Return what a line's place, and the numbers in titles and headings, follow from."""
        return state.status, state.actor, state.disputed, state.since if self.arrangement.sort is Sort.SINCE else None

    def _replace(self, others: Mapping[str, ControlState]) -> None:
        self.entries = tuple(
            [others.get(entry.place, entry) if isinstance(entry, ControlState) else entry for entry in self.entries]
        )
        self._repaint_of(others)

    def _repaint_of(self, places: Container[str]) -> None:
        for position, entry in enumerate(self.entries[self.top : self.top + self.height], self.top):
            if isinstance(entry, ControlState) and entry.place in places:
                self.repaint(position)

    def _lay_out(self) -> None:
        under, y = self.entry, self.cursor - self.top
        found = matching(self.states, self.catalog, self.filter_text)
        self.entries = arranged(found, self.catalog, self._leading, self.arrangement)
        if isinstance(under, ControlState):
            places = places_of(self.entries)
            if under.place in places:
                self.cursor = places.index(under.place)
                self.top = self.cursor - y
        self.title = bars.cities_title(self.entries, self.catalog, self.filter_text, self.arrangement)
        self.settle()
        if self.entry != under:
            self.post_message(self.Moved(self))

    def line(self, position: int, width: int) -> Line:
        """Return a heading or a city."""
        entry = self.entries[position]
        if isinstance(entry, Heading):
            return heading_line(entry, width)
        return city_line(entry, self.catalog, width, self.arrangement, changed=entry.place in self.changed)
