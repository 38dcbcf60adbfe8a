"""A store in memory for the screen's tests, and the words in which they wait."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import textual.app
import textual.pilot
from textual.events import Paste
from textual.pilot import Pilot

from model.catalog import Catalog
from model.control import Why
from model.entities import (
    PERSONAL,
    REPEATABLE,
    VERDICTS,
    Changeset,
    Claim,
    ControlState,
    Event,
    Mark,
    MarkKind,
    Report,
    Situation,
    Stance,
    Status,
    TallyClaim,
)
from model.errors import IdUnknown, NothingToUndo, StoreError
from model.feeds import Progress as FeedProgress
from model.filters.match import matches, shown
from model.history import action_of
from model.ids import new_id
from model.kinds import KINDS, Effect
from model.proposals import ProposalPage
from model.query import NOW, Clocks, Count, Cursor, EventFile, EventQuery, EventRow, Order, Page, Revision, Touched
from model.standing import Evidence, weigh
from model.times import DAY, FOREVER, Precision, parse_time
from model.trust import Trusted
from store.base import Draft, Head, Progress, Store, StoreInfo, Verdict, Written
from tests.tui_waits import wait_for_idle

textual.app.wait_for_idle = textual.pilot.wait_for_idle = wait_for_idle  # type: ignore[attr-defined]

PRESENT = parse_time("2021-08-20T12:00", "Europe/Berlin")[0]
"""The instant at which the tests' clock stands."""


@dataclass
class Kept:
    """An event with what was said of it, in the order of arrival."""

    event: Event
    seq: int
    claims: list[Claim]


@dataclass
class FakeStore(Store):
    """Everything in lists; control is the latest capture. Set `error` to make every call fail."""

    known: Catalog
    user: str = "analyst"
    events: list[Kept] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    written: list[tuple[Changeset, tuple[str, ...]]] = field(default_factory=list)
    undone: list[str] = field(default_factory=list)
    error: StoreError | None = None
    reads: int = 0
    """Pages that were asked for."""
    published: list[TallyClaim] = field(default_factory=list)
    commits: int = 0
    poller_is: str = ""
    fares: dict[str, FeedProgress] = field(default_factory=dict)
    heard: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def author(self) -> str:
        return self.user

    async def happen(self, *events: Event, claims: Iterable[Claim] = ()) -> None:
        """Let events be written as if by somebody else."""
        await self.write("valley", Draft("add", events=events, claims=tuple(claims)), user="colleague")

    def _check(self) -> None:
        if self.error is not None:
            raise self.error

    def _gone(self) -> set[str]:
        return {fact for changeset, facts in self.written if changeset.id in self.undone for fact in facts}

    def _marks(self, event: str) -> list[Mark]:
        gone = self._gone()
        found: dict[Any, Mark] = {}
        for mark in self.marks:
            if mark.event != event or mark.id in gone or (mark.kind in PERSONAL and mark.author != self.user):
                continue
            apart = mark.value if mark.kind in REPEATABLE else ""
            key: Any = "verdict" if mark.kind in VERDICTS else (mark.kind, apart)
            found.pop(key, None)
            if mark.on:
                found[key] = mark
        return list(found.values())

    def _row(self, kept: Kept, query: EventQuery) -> EventRow:
        marks = self._marks(kept.event.id)
        kinds = {mark.kind for mark in marks}
        verdicts = tuple(mark for mark in marks if mark.kind in VERDICTS)
        at = kept.event.occurred_at if query.order is Order.OCCURRED else 0
        return EventRow(
            kept.event,
            Cursor(at, kept.seq),
            weigh(Evidence(kept.event, tuple(kept.claims), verdicts), self.known, query.clocks.known_at),
            read=MarkKind.READ in kinds,
            starred=MarkKind.STAR in kinds,
            tags=tuple(mark.value for mark in marks if mark.kind is MarkKind.TAG),
            verdict=verdicts[-1].kind if verdicts else None,
            notes=sum(mark.kind is MarkKind.NOTE for mark in marks),
            remarks=sum(mark.kind is MarkKind.REMARK for mark in marks),
        )

    def _all(self, query: EventQuery) -> list[EventRow]:
        gone, found = self._gone(), []
        for kept in self.events:
            if kept.event.id in gone:
                continue
            row = self._row(kept, query)
            texts = [kept.event.summary, *(claim.quote for claim in kept.claims)]
            if shown(row, query.clocks) and matches(query.where, row, texts, self._marks(kept.event.id)):
                found.append(row)
        return sorted(found, key=lambda row: row.cursor, reverse=True)

    def _revision(self) -> Revision:
        return Revision(self.commits, max((kept.seq for kept in self.events), default=0))

    async def situations(self) -> tuple[Situation, ...]:
        return (self.known.situation,)

    async def situation_ids(self) -> tuple[str, ...]:
        raise NotImplementedError

    async def put_situation(self, situation: Situation) -> bool:
        raise NotImplementedError

    async def catalog(self, situation: str) -> Catalog:  # noqa: ARG002 - there is one
        return self.known

    async def page(
        self, situation: str, query: EventQuery, *, after: Cursor | None = None, newer: bool = False, limit: int = 128
    ) -> Page:
        del situation
        self._check()
        self.reads += 1
        await asyncio.sleep(0)
        rows = self._all(query)
        if newer:
            rows = [row for row in rows if after is None or row.cursor > after]
            return Page(tuple(rows[-limit:]), len(rows) > limit, self._revision())
        rows = [row for row in rows if after is None or row.cursor < after]
        return Page(tuple(rows[:limit]), len(rows) > limit, self._revision())

    async def count(self, situation: str, query: EventQuery, *, cap: int | None = 1_000) -> Count:
        del situation
        self._check()
        number = len(self._all(query))
        return Count(number) if cap is None or number <= cap else Count(cap, capped=True)

    async def arrived(self, situation: str, query: EventQuery, since: int, *, cap: int = 1_000) -> Count:
        del situation
        number = sum(row.cursor.seq > since for row in self._all(query))
        return Count(min(number, cap), number > cap)

    async def event(self, situation: str, id_: str, *, clocks: Clocks = NOW) -> EventFile:
        del situation
        self._check()
        for kept in self.events:
            if kept.event.id == id_ and id_ not in self._gone():
                by = next(changeset for changeset, facts in self.written if id_ in facts)
                claims = tuple(claim for claim in kept.claims if claim.reported_at <= clocks.known_at)
                row, marks = self._row(kept, EventQuery(clocks=clocks)), tuple(self._marks(id_))
                events = {one.event.id: one.event for one in self.events}
                original = next((events[mark.value] for mark in marks if mark.kind is MarkKind.DUPLICATE), None)
                same = [
                    events[mark.event] for mark in self.marks if mark.kind is MarkKind.DUPLICATE and mark.value == id_
                ]
                return EventFile(row, claims, (), marks, by, (PRESENT,) * len(claims), original, tuple(same))
        raise IdUnknown(f"no event {id_}")

    async def evidence(self, situation: str, ids: Collection[str]) -> Mapping[str, Evidence | None]:
        del situation
        said = {kept.event.id: Evidence(kept.event, tuple(kept.claims)) for kept in self.events}
        return {id_: None if id_ in self._gone() else said[id_] for id_ in ids if id_ in said}

    async def find(self, situation: str, digits: str) -> str:
        del situation
        found = [kept.event.id for kept in self.events if kept.event.id.endswith(digits)]
        if len(found) != 1:
            raise IdUnknown(f"no event has an id that ends in {digits}")
        return found[0]

    def _states(self, clocks: Clocks) -> dict[str, list[ControlState]]:
        found: dict[str, list[ControlState]] = {
            place: [ControlState(place, Status.UNKNOWN)] for place in self.known.places
        }
        for row in reversed(self._all(EventQuery(clocks=clocks))):
            event = row.event
            if event.place in found and KINDS[event.kind].effect is Effect.TAKES:
                found[event.place].append(
                    ControlState(
                        event.place,
                        Status.HELD,
                        event.actor,
                        since=event.occurred_at,
                        since_precision=event.precision,
                        n_for=row.weight.n_for,
                        grade=row.weight.grade,
                        event_ids=(event.id,),
                    )
                )
        return found

    async def control(
        self, situation: str, *, clocks: Clocks = NOW, with_events: bool = False
    ) -> tuple[ControlState, ...]:
        del situation
        self._check()
        last = (states[-1] for states in self._states(clocks).values())
        return tuple(state if with_events else state._replace(event_ids=()) for state in last)

    async def history(self, situation: str, place: str, *, known_at: int = FOREVER) -> tuple[ControlState, ...]:
        del situation
        return tuple(self._states(Clocks(known_at=known_at))[place][1:])

    async def why(self, situation: str, place: str, *, clocks: Clocks = NOW) -> Why:
        del situation
        return Why(self._states(clocks)[place][-1], ())

    async def next_change(
        self, situation: str, *, clocks: Clocks, known: bool = False, back: bool = False
    ) -> int | None:
        del situation
        at = clocks.known_at if known else clocks.as_of
        instants = sorted(
            min(claim.reported_at for claim in kept.claims) if known else kept.event.occurred_at
            for kept in self.events
            if KINDS[kept.event.kind].effect is Effect.TAKES
        )
        if back:
            return next((instant for instant in reversed(instants) if instant < at), None)
        return next((instant for instant in instants if instant > at), None)

    async def held_by_day(
        self, situation: str, places: frozenset[str], actor: str, days: tuple[int, ...], *, known_at: int
    ) -> tuple[tuple[int, int], ...]:
        del situation
        boards = [self._states(Clocks(day, known_at)) for day in days]
        return tuple((sum(board[place][-1].actor == actor for place in places), 0) for board in boards)

    async def tally_claims(self, situation: str, *, clocks: Clocks = NOW) -> tuple[TallyClaim, ...]:
        del situation
        return tuple(
            claim for claim in self.published if claim.as_of <= clocks.as_of and claim.reported_at <= clocks.known_at
        )

    async def reports(self, situation: str, *, url: str = "", sha256: str = "") -> tuple[Report, ...]:
        raise NotImplementedError

    async def trusted(self, situation: str) -> tuple[Trusted, ...]:
        del situation
        return ()

    async def withdraw(self, situation: str, trusts: Collection[str]) -> tuple[Changeset, ...]:
        raise NotImplementedError

    async def feed_progress(self, situation: str) -> dict[str, FeedProgress]:
        del situation
        return self.fares

    async def put_feed_progress(self, situation: str, feed: str, progress: FeedProgress) -> None:
        raise NotImplementedError

    def poller(self) -> AbstractAsyncContextManager[None]:
        raise NotImplementedError

    async def polled_by(self) -> str:
        return self.poller_is

    async def reports_without_proposals(
        self, situation: str, *, after: str | None = None, limit: int = 100
    ) -> tuple[Report, ...]:
        raise NotImplementedError

    async def proposals(
        self,
        situation: str,
        *,
        digits: str = "",
        report: str | None = None,
        decided: bool = False,
        after: str | None = None,
        limit: int = 128,
    ) -> ProposalPage:
        del situation, digits, report, decided, after, limit
        return ProposalPage((), {}, more=False, open=0)

    async def write(self, situation: str, draft: Draft, user: str = "") -> Written:
        del situation
        self._check()
        changeset = Changeset(
            *(new_id(), user or self.user, PRESENT, draft.reason), batch=draft.batch, facts=len(draft.marks)
        )
        for event in draft.events:
            claims = [claim for claim in draft.claims if claim.event == event.id]
            self.events.append(Kept(event, len(self.events) + 1, claims or [claim_on(event)]))
        self.marks += [mark._replace(author=user or self.user, recorded_at=PRESENT) for mark in draft.marks]
        facts = (*(event.id for event in draft.events), *(mark.id for mark in draft.marks))
        self.written.append((changeset, facts))
        await self._tell()
        return Written(changeset, len(facts))

    async def undo(self, situation: str, changeset: str | None = None) -> tuple[Changeset, ...]:
        del situation
        mine = [one for one, _ in self.written if one.author == self.user and one.id not in self.undone]
        if not mine or changeset is not None:
            raise NothingToUndo("you have nothing left to undo")
        action = tuple(one for one in reversed(mine) if action_of(one) == action_of(mine[-1]))
        self.undone += [one.id for one in action]
        await self._tell()
        return action

    async def redo(self, situation: str) -> tuple[Changeset, ...]:
        del situation
        if not self.undone:
            raise NothingToUndo("you have nothing to redo")
        by_id = {one.id: one for one, _ in self.written}
        action = [one for id_ in self.undone if action_of(one := by_id[id_]) == action_of(by_id[self.undone[-1]])]
        self.undone = [id_ for id_ in self.undone if by_id[id_] not in action]
        await self._tell()
        return tuple(action)

    async def changesets(self, situation: str, *, limit: int = 100) -> tuple[Changeset, ...]:
        del situation
        return tuple(one for one, _ in self.written[::-1][:limit])

    async def changes(self) -> AsyncIterator[Revision]:
        seen = -1
        while True:
            async with self.heard:
                await self.heard.wait_for(lambda: self.commits != seen)  # noqa: B023 - seen is what was last told
                seen = self.commits
            self._check()
            yield self._revision()

    async def _tell(self) -> None:
        self.commits += 1
        async with self.heard:
            self.heard.notify_all()

    async def revision(self) -> Revision:
        return self._revision()

    async def touched(self, situation: str, since: int) -> Touched:  # noqa: ARG002 - it keeps no record
        return Touched(since, self.commits, everything=True)

    async def info(self) -> StoreInfo:
        raise NotImplementedError

    async def head(self, situation: str) -> Head:
        return Head(situation, len(self.written), "0123456789abcdef" * 4)

    async def verify(self, situation: str, head: Head | None = None, *, progress: Progress | None = None) -> Verdict:
        raise NotImplementedError

    async def state_hash(self, situation: str) -> str:
        raise NotImplementedError

    async def rebuild(self, situation: str, *, progress: Progress | None = None) -> str:
        raise NotImplementedError

    async def check(self, *, progress: Progress | None = None) -> tuple[str, ...]:
        raise NotImplementedError

    async def backup(self, target: Path, *, progress: Progress | None = None) -> None:
        raise NotImplementedError

    async def aclose(self) -> None:
        pass

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        pass


def event_on(
    day: int, place: str | None = "north", kind: str = "capture", actor: str | None = "red", summary: str = ""
) -> Event:
    """Return an event of a day of August 2021."""
    at = parse_time(f"2021-08-{day:02}", "Europe/Berlin")[0]
    words = summary or f"{kind} on the {day}th"
    return Event(new_id(), kind, at, Precision.DAY, words, place, actor, "blue" if actor == "red" else "red")


def claim_on(event: Event, source: str = "wire", stance: Stance = Stance.ASSERTS, quote: str = "") -> Claim:
    """Return what a source says of an event a day later."""
    return Claim(new_id(), event.id, source, stance, event.occurred_at + DAY, credibility=2, quote=quote)


async def wait_for(pilot: Pilot[Any], condition: Callable[[], object], what: str) -> None:
    """Wait until the condition holds.

    Raises:
        AssertionError: it did not within ten seconds; says what was waited for.
    """
    for _ in range(2_000):
        if condition():
            return
        await pilot.pause(0.005)
    raise AssertionError(f"waited in vain for {what}; on the screen:\n{screen_text(pilot.app)}")


async def type_in(pilot: Pilot[Any], text: str) -> None:
    """Paste text into the input that has the keys; much faster than key by key."""
    focused = pilot.app.screen.focused
    assert focused is not None
    focused.post_message(Paste(text))
    await pilot.pause()


def screen_text(app: Any) -> str:
    """Return what is on the screen, a line each."""
    width, height = app.size
    strips = app.screen._compositor.render_strips()
    del width
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips[:height])
