"""Tallies: how many places of a list a side holds, compared with the counts that sources published.

A place counts for the side that holds it, even if that side is threatened, encircled or has agreed to hand over, and
for the side that claims it; every count says how many are only claimed. A contested place, or one that is merely under
a side's influence, counts for nobody.
"""

from collections.abc import Iterable
from typing import NamedTuple

from model.catalog import Catalog
from model.entities import ControlState, Status, Tally, TallyClaim
from model.times import end_of

HOLDING = frozenset({Status.HELD, Status.THREATENED, Status.ENCIRCLED, Status.NEGOTIATED})
"""Statuses in which the state's actor holds the place."""


class TallyCount(NamedTuple):
    """A tally at one instant, place by place."""

    tally: Tally
    held: tuple[str, ...]
    """Ids of the places that the side holds, in the tally's order."""
    claimed: tuple[str, ...]
    """Ids of those that it only claims."""

    @property
    def number(self) -> int:
        """How many places count, including the claimed ones."""
        return len(self.held) + len(self.claimed)

    @property
    def of(self) -> int:
        """The denominator."""
        return len(self.tally.place_ids)


class Published(NamedTuple):
    """A count that a source published, with the computed one at the end of the period that it is for."""

    claim: TallyClaim
    computed: int

    @property
    def difference(self) -> int:
        """Published minus computed."""
        return self.claim.count - self.computed


def count(tally: Tally, states: Iterable[ControlState], catalog: Catalog, instant: int) -> TallyCount:
    """Count the tally's places that its actor's side holds or claims.

    Args:
        tally: the tally.
        states: who controls each place at the instant; places that the tally does not count are ignored.
        catalog: says which actors are parts of which sides.
        instant: at which the sides are looked up.
    """
    side = catalog.side_of(tally.actor, instant)
    statuses = {
        state.place: state.status
        for state in states
        if state.actor is not None and catalog.side_of(state.actor, instant) == side
    }
    return TallyCount(
        tally,
        held=tuple(place for place in tally.place_ids if statuses.get(place) in HOLDING),
        claimed=tuple(place for place in tally.place_ids if statuses.get(place) is Status.CLAIMED),
    )


def compared_at(claim: TallyClaim, zone: str) -> int:
    """Return the instant at which a published count is compared with a computed one: the end of its period."""
    return end_of(claim.as_of, claim.as_of_precision, zone)
