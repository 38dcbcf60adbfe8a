"""The `Store` protocol: what every backend can do, and all that the other rooms may know of one.

One contract suite (`tests/test_store_*.py`) is run against each backend. A store keeps facts append-only; what it
derives from them (standing, control, the index) can be thrown away and rebuilt.
"""

from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
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
"""How many events a load of many does best to put into one draft."""

Progress = Callable[[int, int], None]
"""Called with (done, in all) rows, at least once a second while something long runs."""


class Draft(NamedTuple):
    """What one action wants written: all of it in one transaction and one changeset, or none of it.

    Facts that the store has already, with the same id, are left as they are and counted as unchanged. A place,
    route, actor, source, tally, feed or trust whose content differs from the newest one of its id becomes its next
    version.
    """

    reason: str
    """Why, in the user's words or the command's: "import acled.csv"."""
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
    """One that the store has with another content becomes that one's next version: an edit."""
    decisions: "tuple[Decision, ...]" = ()
    batch: str | None = None
    """Id of the first changeset of the action, where this draft continues it."""
    deed: Deed = Deed.WRITE
    """Or `Deed.LOAD`."""


class Written(NamedTuple):
    """What became of a draft."""

    changeset: Changeset | None
    """None when every fact was there already: then nothing was written."""
    new: int = 0
    updated: int = 0
    """Next versions of places, routes, actors, sources, tallies, feeds and trusts."""
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a situation's hash chain: a witness of all that was written up to it."""

    situation: str
    count: int
    """Changesets in the chain."""
    sha256: str


class Verdict(NamedTuple):
    """What checking the hash chain showed."""

    head: Head
    broken_at: int | None = None
    """Number (from 1) of the first changeset that is not what the chain says."""
    problem: str = ""
    """One sentence; empty when all is well."""


@dataclass(frozen=True, slots=True)
class StoreInfo:
    """What there is to know about an opened store."""

    url: str
    backend: str
    """`SQLite 3.53.4`."""
    schema: int
    author: str
    """Who this session writes as."""
    promise: str
    """What that name is worth, in one sentence."""
    size_bytes: int
    counts: dict[str, int] = field(default_factory=dict)
    """Rows by what they are: situations, events, claims, marks, changesets."""


class Store(Protocol):
    """A store, opened. Times are UTC microseconds; ids are text; every method may raise `StoreError`.

    Reading never waits for another session's writing. A read whose task is cancelled is interrupted, not awaited.
    """

    @property
    def author(self) -> str:
        """The user that this session writes as: the Unix user name."""

    # -- situations ------------------------------------------------------------------------------------------------

    async def situations(self) -> tuple[Situation, ...]:
        """Return every situation, oldest first."""

    async def situation_ids(self) -> tuple[str, ...]:
        """Return the id of every situation, oldest first, whatever became of what else is kept of it."""

    async def put_situation(self, situation: Situation) -> bool:
        """Create the situation, or a next version of it if it differs; return whether anything was written."""

    async def catalog(self, situation: str) -> Catalog:
        """Return what the situation's events can name, in the newest versions.

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
        """Return the `limit` events that come after the cursor, towards older ones or, with `newer`, newer ones.

        Without a cursor: the newest, or with `newer` the oldest. Rows come newest first either way.
        """

    async def count(self, situation: str, query: EventQuery, *, cap: int | None = 1_000) -> Count:
        """Count the events, up to the cap (None: exactly, which may take seconds at ten millions)."""

    async def arrived(self, situation: str, query: EventQuery, since: int, *, cap: int = 1_000) -> Count:
        """Count the matching events whose arrival number is greater than `since`."""

    async def event(self, situation: str, id_: str, *, clocks: Clocks = NOW) -> EventFile:
        """Return one event with its claims, reports and marks.

        Raises:
            IdUnknown: there is none, or it was undone.
        """

    async def evidence(self, situation: str, ids: Collection[str]) -> "Mapping[str, Evidence | None]":
        """Return, of those of these events that were ever written, all that is said of them; None where undone.

        Made for thousands of ids at a time: importers ask what they wrote before.
        """

    async def find(self, situation: str, digits: str) -> str:
        """Return the whole id of the event or changeset whose id is this, or ends in these digits (4 or more).

        Raises:
            IdUnknown: none does, or several do (then the message lists them).
        """

    # -- control ---------------------------------------------------------------------------------------------------

    async def control(
        self, situation: str, *, clocks: Clocks = NOW, with_events: bool = False
    ) -> tuple[ControlState, ...]:
        """Return who controls each place of the catalog, in its order.

        The events that the states rest on are named only `with_events`, which takes twice as long: a map needs none.
        """

    async def history(self, situation: str, place: str, *, known_at: int = NOW.known_at) -> tuple[ControlState, ...]:
        """Return the place's states in order of occurrence; `since` of each is where it begins."""

    async def why(self, situation: str, place: str, *, clocks: Clocks = NOW) -> "Why":
        """Return the steps behind a place's state.

        Raises:
            IdUnknown: there is no such place.
        """

    async def next_change(
        self, situation: str, *, clocks: Clocks, known: bool = False, back: bool = False
    ) -> int | None:
        """Return the nearest instant at which control of any place changes, after (or before) a clock.

        The clock is `clocks.as_of`, or with `known` `clocks.known_at`; the other one stays as it is. None: no more.
        """

    async def held_by_day(
        self, situation: str, places: frozenset[str], actor: str, days: tuple[int, ...], *, known_at: int
    ) -> tuple[tuple[int, int], ...]:
        """Return (held, of which only claimed) by the actor's side at each of the given instants."""

    async def tally_claims(self, situation: str, *, clocks: Clocks = NOW) -> tuple[TallyClaim, ...]:
        """Return the counts that sources published, in order of their as-of."""

    # -- reports and what was read out of them ---------------------------------------------------------------------

    async def reports(self, situation: str, *, url: str = "", sha256: str = "") -> tuple[Report, ...]:
        """Return the reports in force that have this URL or this SHA-256, oldest first."""

    async def unread(self, situation: str, *, after: str | None = None, limit: int = 100) -> tuple[Report, ...]:
        """Return reports in force of which nothing was ever proposed, in the order in which they came.

        Args:
            situation: the situation's id.
            after: the id of the report after which they begin.
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
            decided: also those that were decided.
            after: the id of the proposal after which the page begins.
            limit: how many at most; 0 only counts the open ones.

        Raises:
            IdUnknown: there is no such situation, or no proposal `after`.
        """

    async def trusted(self, situation: str) -> tuple[Trusted, ...]:
        """Return the trusts in force, and those that have let in something which stands, in the order of their ids."""

    async def withdraw(self, situation: str, trusts: Collection[str]) -> tuple[Changeset, ...]:
        """Undo these trusts, and with them everything that they let in, as one action; return what is now undone.

        `redo` brings all of it back.

        Args:
            situation: the situation's id.
            trusts: ids of `Trust`s.

        Raises:
            NothingToUndo: none of them is in force, or has let in anything that still stands.
        """

    # -- feeds -----------------------------------------------------------------------------------------------------

    async def feed_progress(self, situation: str) -> Mapping[str, FeedProgress]:
        """Return how each feed of the situation fares, by id; one that was never asked is not among them."""

    async def put_feed_progress(self, situation: str, feed: str, progress: FeedProgress) -> None:
        """Keep how a feed fares, in place of what was kept: no fact, in no changeset and no hash.

        Raises:
            IdUnknown: the situation has never had such a feed.
        """

    def poller(self) -> AbstractAsyncContextManager[None]:
        """Hold the place of the one process that polls this store's feeds, for as long as the context lasts.

        It becomes free by itself when the process ends, however it does.

        Raises:
            StoreBusy: another one holds it; says who.
        """

    async def polled_by(self) -> str:
        """Return who holds that place, as people are told; empty where nobody does."""

    # -- writing ---------------------------------------------------------------------------------------------------

    async def write(self, situation: str, draft: Draft) -> Written:
        """Write the draft and everything derived from it, in one transaction; what it returns is on the disk.

        Raises:
            IdUnknown: a fact names a place, actor, event, ... that the situation does not have.
            InputRefused: a value is out of its bounds, a proposal was decided already, or accepted by a trust that is
                not in force.
            StoreBusy, StoreFull: nothing was written; trying again with the same draft is harmless.
        """

    async def undo(self, situation: str, changeset: str | None = None) -> tuple[Changeset, ...]:
        """Undo a changeset with its whole batch, or this user's latest one; return those now undone.

        Raises:
            NothingToUndo, IdUnknown
        """

    async def redo(self, situation: str) -> tuple[Changeset, ...]:
        """Redo what this user undid last; return the changesets that are in force again.

        Raises:
            NothingToUndo
        """

    async def changesets(self, situation: str, *, limit: int = 100) -> tuple[Changeset, ...]:
        """Return the newest changesets, newest first."""

    # -- others ----------------------------------------------------------------------------------------------------

    def changes(self) -> AsyncIterator[Revision]:
        """Yield the store's revision now, then again within 250 ms of each commit, whoever made it.

        Where a commit could not be told of, it is found within a second, and those after it within 250 ms again.
        """

    async def touched(self, situation: str, since: int) -> Touched:
        """Return what the changesets after one may have changed; `since` is a `Revision.changes` of this store."""

    async def revision(self) -> Revision:
        """Return the store's present revision."""

    # -- health ----------------------------------------------------------------------------------------------------

    async def info(self) -> StoreInfo:
        """Return what there is to know about the store."""

    async def head(self, situation: str) -> Head:
        """Return the end of the situation's hash chain."""

    async def verify(self, situation: str, head: Head | None = None, *, progress: Progress | None = None) -> Verdict:
        """Check every changeset against the chain, and the chain against a head that was kept elsewhere."""

    async def state_hash(self, situation: str) -> str:
        """Return a SHA-256 over all that is derived; the same facts give the same hash."""

    async def rebuild(self, situation: str, *, progress: Progress | None = None) -> str:
        """Derive everything anew from the facts and return the state hash."""

    async def check(self, *, progress: Progress | None = None) -> tuple[str, ...]:
        """Return what is wrong inside the store, a sentence each; empty when all is well."""

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
