"""The `Store` of one SQLite file: each method is a transaction around a function of another module.

What a session does later or never (writing, undoing, checking) is imported when it is needed: the first screen waits
for everything imported here.
"""

from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self, cast

from model import times
from model.catalog import Catalog
from model.entities import Changeset, ControlState, Report, Situation, TallyClaim
from model.feeds import Progress as FeedProgress
from model.query import NOW, Clocks, Count, Cursor, EventFile, EventQuery, Page, Revision, Touched
from model.trust import Trusted
from store.base import Draft, Head, Progress, StoreInfo, Verdict, Written
from store.sqlite import files, pages, spans, watch
from store.sqlite.board import Boards
from store.sqlite.bodies import decode_body
from store.sqlite.damage import decoder
from store.sqlite.driver import Pool, open_pool
from store.sqlite.evidence import load_written
from store.sqlite.names import Directory, load_situation_ids
from store.sqlite.pages import View
from store.sqlite.scan import Spread
from store.sqlite.touched import touched

if TYPE_CHECKING:
    from model.control import Why
    from model.proposals import ProposalPage
    from model.standing import Evidence

_SITUATIONS = """
    SELECT name.id, body, max(version.seq) FROM name JOIN version ON version.situation = no AND version.name = no
    WHERE name.situation = 0 AND what = 'situation'
      AND (version.changeset = name.changeset OR version.changeset NOT IN (SELECT changeset FROM undone))
    GROUP BY no ORDER BY no
"""
"""The newest version of each: `max` makes SQLite take `body` from that row. The first version is never undone."""


@decoder("version")
def _decode_situation(body: str) -> Situation:
    return cast("Situation", decode_body("situation", body))


async def open_sqlite(
    path: Path, *, create: bool, group: str | None = None, on_upgrade: Callable[[int, int], None] | None = None
) -> "SqliteStore":
    """Open a file as a store; see `store.open_store`."""
    if group is not None:
        files.create_shared(files.real_path(path), group)
    return SqliteStore(await open_pool(path, create=create, on_upgrade=on_upgrade))


class SqliteStore:
    """A store in one file; see `store.base.Store` for what each method does."""

    def __init__(self, pool: Pool) -> None:
        self._author = files.user_name()
        self._use(pool)

    def _use(self, pool: Pool) -> None:
        self._pool = pool
        self._directory = Directory()
        self._boards = Boards()
        self._spread: Spread = {}
        self._watch = watch.Watch(pool)

    async def _follow_file(self) -> None:
        """Reopen the store if its path is another file now, such as a restored backup."""
        old = self._pool
        if old.closed or not old.replaced():
            return
        pool = await open_pool(old.path, create=False)
        self._use(pool)
        await old.aclose()

    @property
    def author(self) -> str:
        """The Unix user that this process acts as."""
        return self._author

    @asynccontextmanager
    async def _view(self, situation: str) -> AsyncIterator[View]:
        async with self._pool.read() as connection:
            names, catalog = await self._directory.look_up(connection, situation)
            yield View(connection, names, catalog, self._author, self._spread)

    # -- situations ------------------------------------------------------------------------------------------------

    async def situations(self) -> tuple[Situation, ...]:
        """Return every situation, oldest first."""
        async with self._pool.read() as connection:
            rows = await connection.rows(_SITUATIONS)
        # Everything else in the file refers to the name, so it counts even if the body is damaged.
        return tuple(_decode_situation(body)._replace(id=id_) for id_, body, _ in rows)

    async def situation_ids(self) -> tuple[str, ...]:
        """Return the id of every situation, oldest first."""
        async with self._pool.read() as connection:
            return await load_situation_ids(connection)

    async def put_situation(self, situation: Situation) -> bool:
        """Create the situation or a new version of it."""
        from store.sqlite import write

        async with self._pool.write() as connection:
            return await write.put_situation(
                connection, self._directory, situation, author=self._author, recorded_at=times.now()
            )

    async def catalog(self, situation: str) -> Catalog:
        """Return what the situation's events can name."""
        async with self._view(situation) as view:
            return view.catalog

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
        """Return a page of the log."""
        async with self._view(situation) as view:
            return await pages.page(view, query, after=after, newer=newer, limit=limit)

    async def count(self, situation: str, query: EventQuery, *, cap: int | None = 1_000) -> Count:
        """Count the events, up to the cap."""
        async with self._view(situation) as view:
            return await pages.count(view, query, cap=cap)

    async def arrived(self, situation: str, query: EventQuery, since: int, *, cap: int = 1_000) -> Count:
        """Count the matching events that arrived since."""
        async with self._view(situation) as view:
            return await pages.count(view, query, cap=cap, since=since)

    async def event(self, situation: str, id_: str, *, clocks: Clocks = NOW) -> EventFile:
        """Return one event with its claims, reports and marks."""
        async with self._view(situation) as view:
            return await pages.event(view, id_, clocks=clocks)

    async def evidence(self, situation: str, ids: Collection[str]) -> "Mapping[str, Evidence | None]":
        """Return the evidence of those of these events that were ever written."""
        async with self._view(situation) as view:
            return await load_written(view.connection, view.names, ids)

    async def find(self, situation: str, digits: str) -> str:
        """Return the whole id that ends in these digits."""
        async with self._view(situation) as view:
            return await pages.find(view, digits)

    # -- control ---------------------------------------------------------------------------------------------------

    async def control(
        self, situation: str, *, clocks: Clocks = NOW, with_events: bool = False
    ) -> tuple[ControlState, ...]:
        """Return who controls each place."""
        async with self._view(situation) as view:
            if with_events:
                return await spans.control(view, clocks=clocks)
            return await self._boards.control(view, clocks)

    async def history(self, situation: str, place: str, *, known_at: int = NOW.known_at) -> tuple[ControlState, ...]:
        """Return the place's states in order of occurrence."""
        async with self._view(situation) as view:
            return await spans.history(view, place, known_at=known_at)

    async def why(self, situation: str, place: str, *, clocks: Clocks = NOW) -> "Why":
        """Return the steps behind a place's state."""
        async with self._view(situation) as view:
            return await spans.why(view, place, clocks=clocks)

    async def next_change(
        self, situation: str, *, clocks: Clocks, known: bool = False, back: bool = False
    ) -> int | None:
        """Return the nearest instant at which control of any place changes."""
        async with self._view(situation) as view:
            return await spans.next_change(view, clocks=clocks, known=known, back=back)

    async def held_by_day(
        self, situation: str, places: frozenset[str], actor: str, days: tuple[int, ...], *, known_at: int
    ) -> tuple[tuple[int, int], ...]:
        """Return how many of the places the actor's side held at each instant."""
        async with self._view(situation) as view:
            return await spans.held_by_day(view, places, actor, days, known_at=known_at)

    async def tally_claims(self, situation: str, *, clocks: Clocks = NOW) -> tuple[TallyClaim, ...]:
        """Return the counts that sources published."""
        async with self._view(situation) as view:
            return await spans.tally_claims(view, clocks=clocks)

    # -- reports and proposals -------------------------------------------------------------------------------------

    async def reports(self, situation: str, *, url: str = "", sha256: str = "") -> tuple[Report, ...]:
        """Return the reports in force that have this URL or this SHA-256."""
        from store.sqlite import queue

        async with self._view(situation) as view:
            return await queue.load_reports(view, url=url, sha256=sha256)

    async def reports_without_proposals(
        self, situation: str, *, after: str | None = None, limit: int = 100
    ) -> tuple[Report, ...]:
        """Return reports in force that have no proposals."""
        from store.sqlite import queue

        async with self._view(situation) as view:
            return await queue.load_reports_without_proposals(view, after=after, limit=limit)

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
        """Return a page of proposals."""
        from store.sqlite import queue

        async with self._view(situation) as view:
            return await queue.page(view, digits=digits, report=report, decided=decided, after=after, limit=limit)

    async def trusted(self, situation: str) -> tuple[Trusted, ...]:
        """Return the trusts, with who decided them and how much they accepted."""
        from store.sqlite import trust

        async with self._view(situation) as view:
            return await trust.load_trusted(view)

    async def withdraw(self, situation: str, trusts: Collection[str]) -> tuple[Changeset, ...]:
        """Undo trusts and everything that they accepted."""
        from store.sqlite import undo

        return await undo.withdraw(
            self._pool, self._directory, situation, trusts, author=self._author, recorded_at=times.now()
        )

    # -- feeds -----------------------------------------------------------------------------------------------------

    async def feed_progress(self, situation: str) -> Mapping[str, FeedProgress]:
        """Return the progress of each feed of the situation."""
        from store.sqlite import feeds

        async with self._view(situation) as view:
            return await feeds.load_progress(view.connection, view.names)

    async def put_feed_progress(self, situation: str, feed: str, progress: FeedProgress) -> None:
        """Store a feed's progress."""
        from store.sqlite import feeds

        async with self._pool.write() as connection:
            names, _ = await self._directory.look_up(connection, situation)
            await feeds.put_progress(connection, names, feed, progress)

    def poller(self) -> AbstractAsyncContextManager[None]:
        """Hold the lock of the one process that polls this store's feeds."""
        from store.sqlite import feeds

        return feeds.holding_poller(self._pool.path)

    async def polled_by(self) -> str:
        """Return who polls this store's feeds."""
        from store.sqlite import feeds

        return feeds.poller_of(self._pool.path)

    # -- writing ---------------------------------------------------------------------------------------------------

    async def write(self, situation: str, draft: Draft) -> Written:
        """Write the draft and everything derived from it."""
        from store.sqlite import write

        async with self._pool.write() as connection:
            return await write.write(
                connection, self._directory, situation, draft, author=self._author, recorded_at=times.now()
            )

    async def undo(self, situation: str, changeset: str | None = None) -> tuple[Changeset, ...]:
        """Undo a changeset with its whole batch, or this user's latest one."""
        from store.sqlite import undo

        return await undo.undo(
            self._pool, self._directory, situation, changeset, author=self._author, recorded_at=times.now()
        )

    async def redo(self, situation: str) -> tuple[Changeset, ...]:
        """Redo what this user undid last."""
        from store.sqlite import undo

        return await undo.redo(self._pool, self._directory, situation, author=self._author, recorded_at=times.now())

    async def changesets(self, situation: str, *, limit: int = 100) -> tuple[Changeset, ...]:
        """Return the newest changesets, newest first."""
        from store.sqlite import undo

        async with self._view(situation) as view:
            return tuple(await undo.load_changesets(view.connection, view.names, limit))

    # -- others ----------------------------------------------------------------------------------------------------

    async def changes(self) -> AsyncIterator[Revision]:
        """Yield the store's revision now and after each commit; begin with the file that is there now."""
        await self._follow_file()
        async with aclosing(self._watch.changes()) as revisions:
            async for revision in revisions:
                yield revision

    async def touched(self, situation: str, since: int) -> Touched:
        """Return what the changesets after one may have changed."""
        async with self._view(situation) as view:
            return await touched(view.connection, view.names, since)

    async def revision(self) -> Revision:
        """Return the store's present revision."""
        return await watch.read_revision(self._pool)

    # -- health ----------------------------------------------------------------------------------------------------

    async def info(self) -> StoreInfo:
        """Return facts about the store."""
        from store.sqlite import admin

        return await admin.read_info(self._pool, self._author)

    async def head(self, situation: str) -> Head:
        """Return the end of the situation's hash chain."""
        from store.sqlite import chain

        async with self._pool.read() as connection:
            return await chain.load_head(connection, situation)

    async def verify(self, situation: str, head: Head | None = None, *, progress: Progress | None = None) -> Verdict:
        """Check every changeset against the chain, and the chain against a head."""
        from store.sqlite import chain

        return await chain.verify(self._pool, situation, head, progress)

    async def state_hash(self, situation: str) -> str:
        """Return a SHA-256 of everything derived."""
        from store.sqlite import fingerprint

        return await fingerprint.state_hash(self._pool, situation)

    async def rebuild(self, situation: str, *, progress: Progress | None = None) -> str:
        """Derive everything again and return the state hash."""
        from store.sqlite import rebuild

        await rebuild.rebuild(self._pool, self._directory, situation, progress)
        return await self.state_hash(situation)

    async def check(self, *, progress: Progress | None = None) -> tuple[str, ...]:
        """Return what is wrong inside the store."""
        from store.sqlite import admin

        return await admin.check(self._pool, progress=progress)

    async def backup(self, target: Path, *, progress: Progress | None = None) -> None:
        """Copy the store to a new file while it is in use."""
        from store.sqlite import admin

        await admin.back_up(self._pool, target, progress=progress)

    async def aclose(self) -> None:
        """Close everything; may be called twice."""
        await self._pool.aclose()

    async def __aenter__(self) -> Self:
        """Return the store itself."""
        return self

    async def __aexit__(self, *exception: object) -> None:
        """Close the store."""
        await self.aclose()
