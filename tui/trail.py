"""Where somebody has been: views to go back to, and forward again, as in a browser. Pure; no widget."""

from typing import NamedTuple

from model.query import Clocks, EventRow, Order
from tui.keymap import Scope
from tui.session import Clock

MAX_STOPS = 100
"""Views that are kept in each direction; the ones farthest away are forgotten first."""


class Spot(NamedTuple):
    """Where the cursor of a list stands, and how the list is scrolled."""

    subject: str = ""
    """What the cursor or the list is about: the id of a place, an event or an actor."""
    cursor: int = 0
    offset: int = 0
    """Lines between the top of the list and the cursor."""


class Stop(NamedTuple):
    """A view as it was left: everything that going back brings back."""

    pane: Scope
    """The one that had the keys."""
    about: Scope
    """The list that the drawer was about."""
    drawer: bool
    filter_text: str
    order: Order
    clocks: Clocks
    clock: Clock
    event: EventRow | None
    """The one under the log's cursor."""
    actor: str | None
    cities: Spot
    log: Spot
    file: Spot
    """In the actor's file."""
    evidence: Spot


class Trail:
    """The stops behind and before the present view."""

    def __init__(self) -> None:
        self._behind: list[Stop] = []
        self._before: list[Stop] = []

    def leave(self, stop: Stop) -> None:
        """Remember a view that is left for a new one; there is nothing to go forward to any more."""
        self._before.clear()
        self._behind.append(stop)
        del self._behind[:-MAX_STOPS]

    @property
    def ends(self) -> tuple[bool, bool]:
        """Whether there is nothing to go back to, and nothing to go forward to."""
        return not self._behind, not self._before

    def back(self, here: Stop) -> Stop | None:
        """Return the view before this one, None where there is none; this one can be gone forward to."""
        return _turn(self._behind, self._before, here)

    def forward(self, here: Stop) -> Stop | None:
        """Return the view that was gone back from, None where there is none."""
        return _turn(self._before, self._behind, here)


def _turn(source: list[Stop], target: list[Stop], here: Stop) -> Stop | None:
    if not source:
        return None
    target.append(here)
    del target[:-MAX_STOPS]
    return source.pop()
