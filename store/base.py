"""The `Store` protocol: what every backend does, and all that other packages may know about a store.

One contract suite (`tests/test_store_*.py`) runs against each backend. Facts are append-only; what a store derives from
them (weights, control, the index) can be deleted and rebuilt.
"""

from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol, Self

from model.catalog import Catalog
from model.entities import (
    Actor,
    Changeset,
    Claim,
    ControlState,
    Deed,
    Event,
    Mark,
    Place,
    Report,
    Route,
    Situation,
    Source,
    Tally,
    TallyClaim,
)
from model.feeds import Feed
from model.feeds import Progress as FeedProgress
from model.query import NOW, Clocks, Count, Cursor, EventFile, EventQuery, Page, Revision, Touched
from model.trust import Trust, Trusted

if TYPE_CHECKING:
    from model.control import Why
    from model.proposals import Decision, Proposal, ProposalPage
    from model.standing import Evidence

GOOD_DRAFT = 10_000
"""Events in one draft with which loading many is fastest."""

Progress = Callable[[int, int], None]
"""Called with (rows done, rows in all), at least once a second during a long operation."""


class Draft(NamedTuple):
    """What one action writes: in one transaction and one changeset, all of it or nothing.

    Facts whose id the store has already are left as they are and counted as unchanged. A place, route, actor, source,
    tally, feed or trust that differs from the newest version with its id becomes the next version.
    """

    reason: str
    """Why it is written, in the user's or the command's words: "import acled.csv"."""
    places: tuple[Place, ...] = ()
    routes: tuple[Route, ...] = ()
    actors: tuple[Actor, ...] = ()
    sources: tuple[Source, ...] = ()
    tallies: tuple[Tally, ...] = ()
    feeds: tuple[Feed, ...] = ()
    trusts: tuple[Trust, ...] = ()
    reports: tuple[Report, ...] = ()
    events: tuple[Event, ...] = ()
    claims: tuple[Claim, ...] = ()
    tally_claims: tuple[TallyClaim, ...] = ()
    marks: tuple[Mark, ...] = ()
    proposals: "tuple[Proposal, ...]" = ()
    """One that differs from what the store has with its id becomes the next version: an edit."""
    decisions: "tuple[Decision, ...]" = ()
    batch: str | None = None
    """Id of the first changeset of the action, where this draft continues it."""
    deed: Deed = Deed.WRITE
    """`WRITE` or `LOAD`."""


class Written(NamedTuple):
    """The result of writing a draft."""

    changeset: Changeset | None
    """None when every fact was stored already: then nothing was written."""
    new: int = 0
    updated: int = 0
    """New versions of places, routes, actors, sources, tallies, feeds, trusts and proposals."""
    unchanged: int = 0


class Head(NamedTuple):
    """The end of a situation's hash chain, which proves everything written up to it."""

    situation: str
    count: int  # type: ignore[assignment] # hides tuple.count, which nothing calls
    """Changesets in the chain."""
    sha256: str


class Verdict(NamedTuple):
    """The result of checking a hash chain."""

    head: Head
    broken_at: int | None = None
    """Number (from 1) of the first changeset that does not match the chain."""
    problem: str = ""
    """One sentence; empty if nothing is wrong."""


class StoreInfo(NamedTuple):
    """Facts about an opened store."""

    url: str
    backend: str
    """`SQLite 3.53.4`."""
    schema: int
    author: str
    """Who this session writes as."""
    promise: str
    """How far author names can be relied on, in one sentence."""
    size_bytes: int
    counts: Mapping[str, int]
    """Number of situations, events, claims, marks, changesets, ..."""


class Store(Protocol):
    """An open store. Times are UTC microseconds; ids are text; every method may raise `StoreError`.

    Reading never waits for another session's writing. Cancelling the task of a read interrupts the read.
    """

    @property
    def author(self) -> str:
        """The user that this session writes as: the Unix user name."""

    # -- situations ------------------------------------------------------------------------------------------------

    async def situations(self) -> tuple[Situation, ...]:
        """Return every situation, oldest first."""

    async def situation_ids(self) -> tuple[str, ...]:
        """Return the id of every situation, oldest first, even of one that is damaged."""

    async def put_situation(self, situation: Situation) -> bool:
        """Create the situation, or a new version of it if it differs; return whether anything was written."""

    async def catalog(self, situation: str) -> Catalog:
        """Return everything that the situation's events can name, in the newest versions.

        Raises:
            IdUnknown: there is no such situation.
        """

    # -- the log ---------------------------------------------------------------------------------------------------

    async def page(
        self,
        situation: str,
        query: EventQuery,
        *,
        after: Cursor | None = None,
        newer: bool = False,
        limit: int = 128,
    ) -> Page:
        """Return up to `limit` events after the cursor, going to older ones or, with `newer`, to newer ones.

        Without a cursor: the newest, or with `newer` the oldest. The rows are newest first either way.
        """

    async def count(self, situation: str, query: EventQuery, *, cap: int | None = 1_000) -> Count:
        """Count the events, up to the cap (None: exactly, which may take seconds with ten million events)."""

    async def arrived(self, situation: str, query: EventQuery, since: int, *, cap: int = 1_000) -> Count:
        """Count the matching events whose arrival number is greater than `since`."""

    async def event(self, situation: str, id_: str, *, clocks: Clocks = NOW) -> EventFile:
        """Return one event with its claims, reports and marks.

        Raises:
            IdUnknown: there is no such event, or it was undone.
        """

    async def evidence(self, situation: str, ids: Collection[str]) -> "Mapping[str, Evidence | None]":
        """Return the evidence of those of these events that were ever written, by id; None for one that was undone.

        For thousands of ids at a time: importers ask what they wrote before.
        """

    async def find(self, situation: str, digits: str) -> str:
        """Return the whole id of the event or changeset with this id, or with these last digits (4 or more).

        Raises:
            IdUnknown: there is none, or there are several (the message lists them).
        """

    # -- control ---------------------------------------------------------------------------------------------------

    async def control(
        self, situation: str, *, clocks: Clocks = NOW, with_events: bool = False
    ) -> tuple[ControlState, ...]:
        """Return who controls each place of the catalog, in its order.

        The events that the states rest on are named only `with_events`, which takes twice as long: a map needs none.
        """

    async def history(self, situation: str, place: str, *, known_at: int = NOW.known_at) -> tuple[ControlState, ...]:
        """Return the place's states in order of occurrence; `since` of each is when it begins."""

    async def why(self, situation: str, place: str, *, clocks: Clocks = NOW) -> "Why":
        """Return the steps behind a place's state.

        Raises:
            IdUnknown: there is no such place.
        """

    async def next_change(
        self, situation: str, *, clocks: Clocks, known: bool = False, back: bool = False
    ) -> int | None:
        """Return the nearest instant at which control of any place changes, after (or before) a clock.

        The clock is `clocks.as_of`, or `clocks.known_at` with `known`; the other one stays fixed. None: there is none.
        """

    async def held_by_day(
        self, situation: str, places: frozenset[str], actor: str, days: tuple[int, ...], *, known_at: int
    ) -> tuple[tuple[int, int], ...]:
        """Return (held, of those only claimed) by the actor's side at each of the given instants."""

    async def tally_claims(self, situation: str, *, clocks: Clocks = NOW) -> tuple[TallyClaim, ...]:
        """Return the counts that sources published, in order of their as-of."""

    # -- reports and proposals -------------------------------------------------------------------------------------

    async def reports(self, situation: str, *, url: str = "", sha256: str = "") -> tuple[Report, ...]:
        """Return the reports in force that have this URL or this SHA-256, oldest first."""

    async def reports_without_proposals(
        self, situation: str, *, after: str | None = None, limit: int = 100
    ) -> tuple[Report, ...]:
        """Return reports in force that have no proposals, in the order in which they were stored.

        Args:
            situation: the situation's id.
            after: id of the report to begin after.
            limit: how many at most.

        Raises:
            IdUnknown: there is no such situation, or no report `after`.
        """

    async def proposals(
        self,
        situation: str,
        *,
        digits: str = "",
        report: str | None = None,
        decided: bool = False,
        after: str | None = None,
        limit: int = 128,
    ) -> "ProposalPage":
        """Return open proposals, report by report, the report that arrived last first.

        Args:
            situation: the situation's id.
            digits: only those whose id ends in these digits.
            report: only those of this report.
            decided: include those that are decided.
            after: id of the proposal to begin after.
            limit: how many at most; 0 only counts the open ones.

        Raises:
            IdUnknown: there is no such situation, or no proposal `after`.
        """

    async def trusted(self, situation: str) -> tuple[Trusted, ...]:
        """Return the trusts in force, and those that accepted something that is in force, ordered by id."""

    async def withdraw(self, situation: str, trusts: Collection[str]) -> tuple[Changeset, ...]:
        """Undo these trusts and everything that they accepted, as one action; return what is now undone.

        `redo` brings all of it back.

        Args:
            situation: the situation's id.
            trusts: ids of trusts.

        Raises:
            NothingToUndo: none of them is in force, or accepted anything that is in force.
        """

    # -- feeds -----------------------------------------------------------------------------------------------------

    async def feed_progress(self, situation: str) -> Mapping[str, FeedProgress]:
        """Return the progress of each feed of the situation, by id; feeds that were never polled are left out."""

    async def put_feed_progress(self, situation: str, feed: str, progress: FeedProgress) -> None:
        """Store a feed's progress in place of the last one; it is not a fact, and in no changeset or hash.

        Raises:
            IdUnknown: the situation never had such a feed.
        """

    def poller(self) -> AbstractAsyncContextManager[None]:
        """Hold the lock of the one process that polls this store's feeds, for as long as the context lasts.

        The lock is released when the process ends, even if it is killed.

        Raises:
            StoreBusy: another process holds it; the message says who.
        """

    async def polled_by(self) -> str:
        """Return who holds that lock, to be shown; empty if nobody does."""

    # -- writing ---------------------------------------------------------------------------------------------------

    async def write(self, situation: str, draft: Draft) -> Written:
        """Write the draft and everything derived from it in one transaction, which is on the disk on return.

        Raises:
            IdUnknown: a fact names a place, actor, event, ... that the situation does not have.
            InputRefused: a value is out of bounds.
            StaleDecision: a proposal is decided already, or a trust that accepts one is not in force.
            StoreBusy, StoreFull: nothing was written; trying again with the same draft is safe.
        """

    async def undo(self, situation: str, changeset: str | None = None) -> tuple[Changeset, ...]:
        """Undo a changeset with its whole batch, or this user's latest action; return what is now undone.

        Raises:
            NothingToUndo: there is nothing in force to undo.
            IdUnknown: there is no such changeset.
        """

    async def redo(self, situation: str) -> tuple[Changeset, ...]:
        """Redo what this user undid last; return the changesets that are in force again.

        Raises:
            NothingToUndo: there is nothing to redo.
        """

    async def changesets(self, situation: str, *, limit: int = 100) -> tuple[Changeset, ...]:
        """Return the newest changesets, newest first."""

    # -- others ----------------------------------------------------------------------------------------------------

    def changes(self) -> AsyncIterator[Revision]:
        """Yield the store's revision now, then again within 250 ms of each commit, whoever made it.

        A commit that could not be signalled is found within a second; from then on it is 250 ms again.
        """

    async def touched(self, situation: str, since: int) -> Touched:
        """Return what the changesets after one may have changed; `since` is a `Revision.changes` of this store."""

    async def revision(self) -> Revision:
        """Return the store's present revision."""

    # -- health ----------------------------------------------------------------------------------------------------

    async def info(self) -> StoreInfo:
        """Return facts about the store."""

    async def head(self, situation: str) -> Head:
        """Return the end of the situation's hash chain."""

    async def verify(self, situation: str, head: Head | None = None, *, progress: Progress | None = None) -> Verdict:
        """Check every changeset against the chain, and the chain against a head that was saved elsewhere."""

    async def state_hash(self, situation: str) -> str:
        """Return a SHA-256 of everything derived; the same facts give the same hash."""

    async def rebuild(self, situation: str, *, progress: Progress | None = None) -> str:
        """Derive everything from the facts again and return the state hash."""

    async def check(self, *, progress: Progress | None = None) -> tuple[str, ...]:
        """Return what is wrong inside the store, a sentence each; empty if nothing is."""

    async def backup(self, target: Path, *, progress: Progress | None = None) -> None:
        """Copy the store to a new file while it is in use.

        Raises:
            StoreError: the target exists or cannot be written.
        """

    async def aclose(self) -> None:
        """Close everything; may be called twice."""

    async def __aenter__(self) -> Self:
        """Return the store itself."""

    async def __aexit__(self, *exception: object) -> None:
        """Close the store."""
