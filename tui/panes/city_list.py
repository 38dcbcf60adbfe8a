"""The cities: who holds each, grouped so that what is fought over comes before what is quiet."""

from typing import ClassVar

from model.catalog import Catalog
from model.entities import ControlState
from tui.cells import Line
from tui.cities import USUAL, Arrangement, Entry, Heading, arranged, city_line, heading_line, matching, places_of
from tui.keymap import Scope
from tui.panes.lines import LineView
from tui.themes import Palette


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
        self._leading: str | None = None

    @property
    def last(self) -> int:
        """Position of the last line."""
        return len(self.entries) - 1

    @property
    def entry(self) -> Entry | None:
        """What the cursor stands on."""
        return self.entries[self.cursor] if 0 <= self.cursor < len(self.entries) else None

    def show(self, states: tuple[ControlState, ...], catalog: Catalog, leading: str | None = None) -> None:
        """Show these; the cursor stays on its city, wherever that is listed now.

        Args:
            states: who holds what.
            catalog: the situation's names.
            leading: the side that is listed first.
        """
        if states == self.states and catalog is self.catalog and leading == self._leading:
            return
        self.states, self.catalog, self._leading = states, catalog, leading
        self._lay_out()

    def regroup(self, how: Arrangement) -> None:
        """Group and sort otherwise."""
        self.arrangement = how
        self._lay_out()

    def narrow_down(self, text: str) -> None:
        """Show only the cities that go by these words; all without any."""
        self.filter_text = text.strip()
        self._lay_out()

    def mark_changed(self, places: frozenset[str]) -> None:
        """Mark these cities as changed."""
        if places != self.changed:
            self.changed = places
            self.refresh()

    def go_to(self, place: str) -> bool:
        """Set the cursor on a city; return whether it is listed."""
        places = places_of(self.entries)
        if place not in places:
            return False
        self.go(places.index(place))
        return True

    def _lay_out(self) -> None:
        under, y = self.entry, self.cursor - self.top
        found = matching(self.states, self.catalog, self.filter_text)
        self.entries = arranged(found, self.catalog, self._leading, self.arrangement)
        if isinstance(under, ControlState):
            places = places_of(self.entries)
            if under.place in places:
                self.cursor = places.index(under.place)
                self.top = self.cursor - y
        self.settle()
        if self.entry != under:
            self.post_message(self.Moved(self))

    def line(self, position: int, width: int) -> Line:
        """Return a heading or a city."""
        entry = self.entries[position]
        if isinstance(entry, Heading):
            return heading_line(entry, width)
        return city_line(entry, self.catalog, width, self.arrangement, changed=entry.place in self.changed)
