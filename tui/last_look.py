"""What has changed since a person last looked at a situation, and which cities they have not looked at since.

What they had been shown is kept in a file of theirs, not in the store: it is nobody's fact. A file that cannot be
read is no memory, and costs nothing but one "since you last looked".
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from model.entities import ControlState, Standing, Status, Tally
from model.errors import StoreError
from model.filters.conditions import StandingIn
from model.query import NOW, EventQuery, EventRow
from tui.cells import FALLEN
from tui.cities import differing
from tui.userfile import read_bytes, write_text

if TYPE_CHECKING:
    from tui.session import Board, Session

NEWEST = 200
"""Doubtful events that are looked through, by their occurrence: what is older is not news."""

MAX_SIZE = 4_000_000
"""Bytes of a file that is taken for a memory."""

_DOUBTFUL = StandingIn(FALLEN | {Standing.DISPUTED})

City = tuple[str, str, bool]
"""What is remembered of a city: status, actor, whether it was disputed."""


class Seen(NamedTuple):
    """What a person had been shown when they last looked, with both clocks at now."""

    at: int
    changes: int
    """Changesets of the store by then."""
    cities: Mapping[str, City]
    held: Mapping[str, int]
    """Tally -> how many it counted."""
    doubtful: Mapping[str, str]
    """Id of each of the newest disputed, denied, retracted and rejected events -> its standing."""
    back_to: int
    """Occurrence of the oldest one of these, where there were more."""
    unseen: frozenset[str]
    """Places that had changed by then and were not looked at."""
    newest: int | None = None
    """Arrival number of the newest event by then."""


class Present(NamedTuple):
    """What is true now, of that."""

    changes: int
    newest: int
    states: tuple[ControlState, ...]
    held: tuple[tuple[Tally, int], ...]
    doubtful: tuple[EventRow, ...]


class News(NamedTuple):
    """What has changed since."""

    since: int
    hands: tuple[tuple[City, ControlState], ...]
    """Cities of another status or actor than before, with what was."""
    disputed: tuple[ControlState, ...]
    """Other cities that were not disputed before."""
    contradicted: tuple[EventRow, ...]
    """Events that were not in doubt before."""
    fallen: tuple[EventRow, ...]
    """Events that were not denied, retracted or rejected before."""
    counts: tuple[tuple[Tally, int, int], ...]
    """Tallies that counted otherwise before: how many then, how many now."""

    @property
    def number(self) -> int:
        """How many changes that are."""
        return sum(len(part) for part in self[1:])


def remembered(state: ControlState) -> City:
    """Return what is remembered of a city."""
    return state.status.value, state.actor or "", state.disputed


def compare(before: Seen, now: Present) -> News:
    """Return what has changed; a city, event or tally that was not there before has not."""
    known = [(before.cities[state.place], state) for state in now.states if state.place in before.cities]
    news = [
        row
        for row in now.doubtful
        if row.event.occurred_at >= before.back_to and before.doubtful.get(row.event.id) != row.weight.standing.value
    ]
    return News(
        before.at,
        tuple((was, state) for was, state in known if was[:2] != remembered(state)[:2]),
        tuple(state for was, state in known if was[:2] == remembered(state)[:2] and state.disputed and not was[2]),
        tuple(row for row in news if row.weight.standing is Standing.DISPUTED),
        tuple(row for row in news if row.weight.standing in FALLEN),
        tuple(
            (tally, before.held[tally.id], number)
            for tally, number in now.held
            if before.held.get(tally.id, number) != number
        ),
    )


async def present(session: "Session") -> Present:
    """Read what is true now."""
    from model.tally import count

    store, situation = session.store, session.situation
    revision = await store.revision()
    states = await store.control(situation, clocks=NOW)
    page = await store.page(situation, EventQuery(_DOUBTFUL), limit=NEWEST)
    held = tuple(
        (tally, count(tally, states, session.catalog, session.present()).number)
        for tally in session.catalog.tallies.values()
    )
    return Present(revision.changes, revision.newest, states, held, page.rows)


class LastLook:
    """One person's memory of one situation.

    Args:
        path: its file; None: nothing is remembered beyond this session.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self.before: Seen | None = None
        """What was remembered when this session began."""
        self.unseen: frozenset[str] = frozenset()
        """Places that have changed and were not looked at since."""
        self._cities: dict[str, City] = {}
        self._states: tuple[ControlState, ...] = ()
        self._at_now = True

    async def begin(self, session: "Session") -> News | None:
        """Remember; return what has changed, None at a first visit."""
        self.before = read(self._path) if self._path else None
        now = await present(session)
        self._states = now.states
        self._cities = {state.place: remembered(state) for state in now.states}
        if self.before is None or self.before.changes > now.changes:  # another store, or one that was put back
            self.before = None
            return None
        news = compare(self.before, now)
        changed = {state.place for _, state in news.hands} | {state.place for state in news.disputed}
        self.unseen = frozenset((self.before.unseen | changed) & self._cities.keys())
        return news

    def hear(self, board: "Board") -> frozenset[str]:
        """Hear of a board that was read: what differs from the one before is unseen; return what is to be marked."""
        self._at_now = board.clocks == NOW
        if self._at_now:
            now = {state.place: remembered(state) for state in differing(self._states, board.states)}
            self.unseen |= {place for place, city in now.items() if self._cities.get(place, city) != city}
            self._cities |= now
            self._states = board.states
        return self.marked

    def saw(self, place: str) -> frozenset[str]:
        """Hear that the cursor rests on a city; return what is still to be marked."""
        if self._at_now:
            self.unseen -= {place}
        return self.marked

    @property
    def marked(self) -> frozenset[str]:
        """Places to be marked: none while a clock is set back, for it is not what changed that is shown then."""
        return self.unseen if self._at_now else frozenset()

    async def end(self, session: "Session") -> None:
        """Write down what has been shown; where that cannot be, what was remembered before stays."""
        if self._path is None:
            return
        try:
            now = await present(session)
            write(self._path, _seen(now, session.present(), self.unseen))
        except (OSError, StoreError):
            pass  # it is a memory; whoever leaves must not be kept


def _seen(now: Present, at: int, unseen: frozenset[str]) -> Seen:
    return Seen(
        at,
        now.changes,
        {state.place: remembered(state) for state in now.states},
        {tally.id: number for tally, number in now.held},
        {row.event.id: row.weight.standing.value for row in now.doubtful},
        now.doubtful[-1].event.occurred_at if len(now.doubtful) >= NEWEST else -(2**63),
        unseen,
        now.newest,
    )


# -- the file ----------------------------------------------------------------------------------------------------------


def read(path: Path) -> Seen | None:
    """Return what is in a file; None where there is none, or nothing that can be understood."""
    import json

    try:
        kept = json.loads(read_bytes(path, MAX_SIZE))
        return Seen(
            int(kept["at"]),
            int(kept["changes"]),
            {
                str(id_): (Status(status), str(actor), bool(flag))
                for id_, (status, actor, flag) in kept["cities"].items()
            },
            {str(id_): int(number) for id_, number in kept["held"].items()},
            {str(id_): Standing(standing) for id_, standing in kept["doubtful"].items()},
            int(kept["back_to"]),
            frozenset(map(str, kept["unseen"])),
            int(kept["newest"]) if kept.get("newest") is not None else None,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def write(path: Path, seen: Seen) -> None:
    """Replace a file, whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    import json

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_text(path, json.dumps({**seen._asdict(), "unseen": sorted(seen.unseen)}))
