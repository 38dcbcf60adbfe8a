"""What the screen knows and can do, without a widget: clocks, filter, selection, and commands to the store.

Whatever is read comes out as a frozen whole; whatever is written goes through the store, and the screen hears of it
as it hears of everybody's writing: by `Store.changes`.
"""

import datetime as dt
import enum
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from model import times
from model.catalog import Catalog
from model.entities import Changeset, ControlState, Tally
from model.errors import IdUnknown, NothingToUndo
from model.filters.conditions import EVERYTHING, Condition
from model.query import NOW, Clocks, Count, EventFile, EventQuery, EventRow, Order, Touched
from model.times import DAY, FOREVER, MINUTE
from store.base import Store
from tui.actor_file import ActorFile, Deeds, actor_file, read_deeds
from tui.saved_filters import SavedFilters
from tui.selection import Selection
from tui.watching import Watching

if TYPE_CHECKING:
    from model.control import Why
    from tui.feeds import Polling
    from tui.last_look import LastLook

TREND_DAYS = 9
"""Days that a trend line shows, the last one being the clock's."""


class Clock(enum.StrEnum):
    """Which of the two clocks the keys move."""

    AS_OF = "as of"
    KNOWN_AT = "known at"


class TallyView(NamedTuple):
    """A tally at the clocks, with how it got there."""

    tally: Tally
    held: int
    claimed: int
    """How many of the held ones rest on the gaining side's word alone."""
    trend: tuple[int, ...]
    """Held at the end of each of the last `TREND_DAYS` days, the newest last."""

    @property
    def of(self) -> int:
        """The denominator."""
        return len(self.tally.place_ids)


class Board(NamedTuple):
    """Who holds what at the clocks."""

    clocks: Clocks
    states: tuple[ControlState, ...]
    tallies: tuple[TallyView, ...]


class _Counted(NamedTuple):
    clocks: Clocks
    instant: int
    view: TallyView


class Session:
    """One person's view of one situation.

    Args:
        store: where everything is read from and written to.
        catalog: the situation's names.
        clocks: what the view is set to at first.
        present: tells the present instant; tests hold it still.
        memory: tells the file in which is kept what this person has seen; None: nothing is.
        saved: the filters that were saved for the situation; None where there is no place for them.
    """

    def __init__(
        self,
        store: Store,
        catalog: Catalog,
        clocks: Clocks = NOW,
        present: Callable[[], int] = times.now,
        saved: SavedFilters | None = None,
        *,
        memory: Callable[[], Path] | None = None,
    ) -> None:
        self.store = store
        self.catalog = catalog
        self.clocks = clocks
        self.present = present
        self.clock = Clock.AS_OF
        self.order = Order.OCCURRED
        self.filter_text = ""
        self.where: Condition = EVERYTHING
        self.selected: EventRow | None = None
        """The event under the log's cursor."""
        self.place: str | None = None
        """Id of the place under the city list's cursor."""
        self.actor: str | None = next((tally.actor for tally in catalog.tallies.values()), None)
        """Whose file is shown."""
        self.arrived = Count(0)
        """Events that wait to be shown; the log keeps it."""
        self.to_review = 0
        """Proposals that wait for a decision."""
        self.feeds: Polling | None = None
        """How the feeds fare; None where there are none."""
        self.paused = False
        self.lost = ""
        """Why the store cannot be heard now; empty while it can."""
        self.selection = Selection(self.query)
        """Rows of the log that the next mark is for; none of them, and it is for the one under the cursor."""
        self.selected_number = 0
        """How many those are; the screen counts them."""
        self.saved = saved
        self.watching = Watching(saved)
        self.memory = memory
        self.heard = 0
        """Changesets of the store that all that is shown shows, or more; 0 where that is not known."""
        self._deeds: Deeds | None = None
        self._counted: dict[Tally, _Counted] = {}
        self.looked: LastLook | None = None
        """What has changed since the last look; None until that was read."""

    @property
    def situation(self) -> str:
        """The situation's id."""
        return self.catalog.situation.id

    @property
    def zone(self) -> str:
        """The zone in which its times are shown."""
        return self.catalog.situation.zone

    @property
    def query(self) -> EventQuery:
        """What the log shows."""
        return EventQuery(self.where, self.clocks, self.order)

    def left_selection(self) -> bool:
        """Let go of rows that were selected from another list than the present one; return whether there were any."""
        if self.selection.query == self.query:
            return False
        there_were = not self.selection.empty
        self.selection = Selection(self.query)
        return there_were

    # -- filter, order and clocks ----------------------------------------------------------------------------------

    def set_filter(self, text: str) -> None:
        """Filter the log; with `!` in front, by what the rest does not say.

        Raises:
            FilterError: the text is not a filter of this situation; the present one stays.
        """
        from model.filters.ast import Everything, Not
        from model.filters.bind import bind
        from model.filters.parse import parse
        from model.filters.write import write

        inverted = text.lstrip().startswith("!")
        if inverted:
            text = text.replace("!", " ", 1)  # a space, so that columns stay where they are
        tree = parse(text)
        if inverted and not isinstance(tree, Everything):
            tree = tree.inner if isinstance(tree, Not) else Not(tree)
        self.where = bind(tree, self.catalog, self.store.author, text)
        self.filter_text = write(tree) if inverted else text.strip()

    def swap_clock(self) -> None:
        """Let the keys move the other clock."""
        self.clock = Clock.KNOWN_AT if self.clock is Clock.AS_OF else Clock.AS_OF

    def set_clock(self, clock: Clock, text: str) -> None:
        """Set a clock to a time as people write it, to the end of its period; `now` takes the limit away.

        Raises:
            InputRefused: the text is not a time.
        """
        instant = FOREVER if text.strip() == "now" else times.end_of(*times.spoken_time(text, self.zone), self.zone)
        self.clock = clock
        self._move_to(instant)

    async def step(self, *, back: bool) -> str:
        """Set the clock to the next change of control, or the one before; return what there is to say about it."""
        known = self.clock is Clock.KNOWN_AT
        instant = await self.store.next_change(self.situation, clocks=self.clocks, known=known, back=back)
        if instant is None:
            return f"no {'earlier' if back else 'later'} change of control" + ("" if back else "; {now} shows now")
        self._move_to(instant)
        return ""

    async def step_day(self, *, back: bool) -> None:
        """Set the clock to the end of the day before, or of the next day; from now back, begin where things end."""
        instant, one = self._at, dt.timedelta(days=1)
        today = times.day_of(self.present(), self.zone)
        if instant == FOREVER:
            if not back:
                return
            known = self.clock is Clock.KNOWN_AT
            latest = await self.store.next_change(self.situation, clocks=self.clocks, known=known, back=True)
            day = today - one if latest is None else min(today - one, times.day_of(latest, self.zone))
        else:
            day = times.day_of(instant, self.zone)
            if back:
                day -= one
            elif instant == self._end(day):
                day += one
        self._move_to(FOREVER if day > today else self._end(day))

    def to_now(self) -> None:
        """Take both limits away."""
        self.clocks = NOW

    @property
    def _at(self) -> int:
        return self.clocks.as_of if self.clock is Clock.AS_OF else self.clocks.known_at

    def _move_to(self, instant: int) -> None:
        if self.clock is Clock.AS_OF:
            self.clocks = self.clocks._replace(as_of=instant)
        else:
            self.clocks = self.clocks._replace(known_at=instant)

    def _end(self, day: dt.date) -> int:
        begin = dt.datetime(day.year, day.month, day.day, tzinfo=times.timezone(self.zone))
        return times.end_of(times.from_datetime(begin), times.Precision.DAY, self.zone)

    # -- reading ---------------------------------------------------------------------------------------------------

    @property
    def instant(self) -> int:
        """The instant at which roles, relations and trends are shown."""
        return self._instant(self.clocks)

    def _instant(self, clocks: Clocks) -> int:
        """Return when roles, relations and trends are shown: at the as-of clock, but never in the future."""
        return min(clocks.as_of, self.present())

    async def hear(self) -> Touched:
        """Read what commits have touched since the last time, and forget what was kept of that."""
        touched = await self.store.touched(self.situation, self.heard)
        self.heard = touched.changes
        if touched.everything:
            self._deeds, self._counted = None, {}
            return touched
        if self._deeds is not None and not self._deeds.parts.isdisjoint(touched.actors):
            self._deeds = None
        for tally in [tally for tally in self._counted if not touched.places.isdisjoint(tally.place_ids)]:
            del self._counted[tally]
        return touched

    async def board(self) -> Board:
        """Read who holds what; names that the catalog lacks are fetched with it."""
        clocks = self.clocks
        states = await self.store.control(self.situation, clocks=clocks)
        if any(state.place not in self.catalog.places for state in states):
            self.catalog = await self.store.catalog(self.situation)
        tallies = [await self._tally(tally, clocks) for tally in self.catalog.tallies.values()]
        return Board(clocks, states, tuple(tallies))

    async def why(self, place: str) -> "Why":
        """Read the steps behind a place's state."""
        return await self.store.why(self.situation, place, clocks=self.clocks)

    async def history(self, place: str) -> tuple[ControlState, ...]:
        """Read who held a place, one after the other, as known by the second clock."""
        return await self.store.history(self.situation, place, known_at=self.clocks.known_at)

    async def event(self, id_: str) -> EventFile:
        """Read one event with its claims and marks."""
        return await self.store.event(self.situation, id_, clocks=self.clocks)

    async def actor_file(self, id_: str, board: Board) -> ActorFile:
        """Read an actor's file; what it holds comes from the board."""
        if id_ not in self.catalog.actors:
            self.catalog = await self.store.catalog(self.situation)
            self.catalog.actor(id_)
        clocks, instant = board.clocks, self._instant(board.clocks)
        side = self.catalog.side_of(id_, instant) or id_
        tally = next((view for view in board.tallies if view.tally.actor == side), None)
        if tally is None and board.tallies:
            counted = board.tallies[0].tally
            tally = await self._tally(Tally(side, counted.name, side, counted.place_ids), clocks)
        deeds = await self._read_deeds(id_, clocks, instant)
        return actor_file(deeds, self.catalog, id_, instant=instant, states=board.states, tally=tally)

    async def _read_deeds(self, id_: str, clocks: Clocks, instant: int) -> Deeds:
        """Read what an actor did last, unless it is known and nothing of it was touched since."""
        deeds, heard = self._deeds, self.heard
        if deeds is None or (deeds.id, deeds.clocks) != (id_, clocks) or self.paused:
            deeds = await read_deeds(self.store, self.catalog, id_, clocks=clocks, instant=instant)
            self._deeds = deeds if heard == self.heard else None
        return deeds

    async def _tally(self, tally: Tally, clocks: Clocks) -> TallyView:
        """Count a tally and its trend, unless both are known, and are not a minute old yet."""
        end = instant = self._instant(clocks)
        if self.catalog.situation.ends is not None:
            end = min(end, self.catalog.situation.ends)
        kept, heard = self._counted.get(tally), self.heard
        if kept is not None and kept.clocks == clocks and 0 <= instant - kept.instant < MINUTE:
            return kept.view
        days = [end - back * DAY for back in reversed(range(TREND_DAYS))]
        instants = tuple(dict.fromkeys((*days, instant)))
        counts = await self.store.held_by_day(
            self.situation, frozenset(tally.place_ids), tally.actor, instants, known_at=clocks.known_at
        )
        held = dict(zip(instants, counts, strict=True))
        view = TallyView(tally, *held[instant], tuple(held[day][0] for day in days))
        if heard == self.heard:
            self._counted[tally] = _Counted(clocks, instant, view)
        return view

    # -- writing ---------------------------------------------------------------------------------------------------

    async def undo(self) -> str:
        """Undo this user's latest change; return what was undone, or that there is nothing."""
        try:
            undone = await self.store.undo(self.situation)
        except NothingToUndo as error:
            return str(error)
        return f"undone: {_told(undone)}"

    async def redo(self) -> str:
        """Redo what this user undid last; return what is in force again, or that there is nothing."""
        try:
            redone = await self.store.redo(self.situation)
        except NothingToUndo as error:
            return str(error)
        return f"done again: {_told(redone)}"

    async def fresh_row(self, id_: str) -> EventRow | None:
        """Read one line of the log again; None when the event was undone."""
        try:
            return (await self.event(id_)).row
        except IdUnknown:
            return None


def _told(changesets: Sequence[Changeset]) -> str:
    """Return what changesets of one action did."""
    if len(changesets) == 1:
        return changesets[0].reason
    rows = sum(one.facts for one in changesets)
    return f"{changesets[0].reason}, and all that was done with it: {rows:,} marks in {len(changesets):,} parts"
