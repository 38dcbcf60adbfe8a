"""Watched filters: which of them something new has come for, and how much. No widgets."""

from typing import TYPE_CHECKING

from model.errors import FilterError, InputRefused
from model.query import EventQuery

if TYPE_CHECKING:
    from tui.saved_filters import SavedFilters
    from tui.session import Session


class Watching:
    """The saved filters that tell when something new matches them, for as long as a session runs.

    Args:
        saved: where they are kept; None: there are none.
    """

    def __init__(self, saved: "SavedFilters | None") -> None:
        self._saved = saved
        self.filters: dict[str, str] = {}
        """Name -> filter."""
        self.is_due = False
        """Whether it will soon be counted."""
        self._seen: dict[str, int] = {}
        """Name -> arrival number of the last event that was shown with that filter on, where it was on."""
        self._from: int | None = None
        """The same for all others; None until this has begun."""
        self.new: dict[str, int] = {}
        """Name -> how many events that match have come since they were looked at; none of them 0."""

    @property
    def number(self) -> int:
        """How many have come, of all filters together; an event that two of them match counts twice."""
        return sum(self.new.values())

    def begin(self, newest: int) -> None:
        """Begin to tell of what comes after this arrival number."""
        self._from = newest
        self.read()

    def read(self) -> None:
        """Read which filters are watched; where their file cannot be understood, none is."""
        try:
            self.filters = self._saved.watched() if self._saved else {}
        except InputRefused:  # whoever lists them is told
            self.filters = {}
        self.new = {name: number for name, number in self.new.items() if name in self.filters}

    def saw(self, text: str, newest: int) -> None:
        """Hear that a filter is on, and that everything up to an arrival number is shown."""
        for name, watched in self.filters.items():
            if watched == text:
                self._seen[name] = newest
                self.new.pop(name, None)

    async def count(self, session: "Session") -> tuple[str, ...]:
        """Count what has come; return the names of the filters that there is more for than before."""
        if self._from is None or not self.filters:
            return ()
        from model.filters.bind import compile_filter

        more = []
        for name, text in tuple(self.filters.items()):
            try:
                where = compile_filter(text, session.catalog, session.store.author)
            except FilterError:  # what it names is not known here; whoever takes it is told
                continue
            since = max(self._from, self._seen.get(name, 0))
            number = (await session.store.arrived(session.situation, EventQuery(where), since)).number
            if since < self._seen.get(name, 0):
                continue  # it was looked at meanwhile
            if number > self.new.get(name, 0):
                more.append(name)
            self.new.pop(name, None)
            if number:
                self.new[name] = number
        return tuple(more)
