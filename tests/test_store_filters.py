"""Every filter over a small store of everything that can go wrong, against a plain reading of what it means."""

import asyncio
import random
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.catalog import Catalog
from model.entities import PERSONAL, VERDICTS, Claim, Event, Mark, MarkKind, Stance, Standing
from model.filters.conditions import (
    ActorIn,
    AllOf,
    AnyOf,
    GradeAtLeast,
    IdEnds,
    KindIn,
    KnownBefore,
    Marked,
    NotThat,
    Occurred,
    PlaceIn,
    RouteIn,
    SourceIn,
    StandingIn,
    TextHas,
)
from model.filters.match import matches, shown
from model.grades import Grade
from model.ids import derived_id
from model.marks import in_force
from model.query import NOW, Clocks, Count, Cursor, EventQuery, EventRow, Order
from model.standing import Evidence, weigh
from model.times import DAY, FOREVER, HOUR, Precision, parse_time
from store.base import Draft
from store.sqlite import pages, scan
from store.sqlite.driver import Pool, open_pool
from store.sqlite.names import Directory
from store.sqlite.pages import View
from store.sqlite.records import unpack_id
from store.sqlite.undo import undo
from store.sqlite.write import put_situation, write

T = TypeVar("T")

START, _ = parse_time("2021-08-01")
TEXTS = (
    "The ring road was cut north of the town",
    "Ring-road checkpoints handed over",
    "A convoy left, convoys followed",
    "Herāt fell; HERAT, says the governor",
    "نیروها وارد قندهار شدند",
    "\U0001d400nother town",
    "road ring",
    "!?",
    "",
)
WORDS = ("ring", "road", "convoy", "convoys", "herat", "town", "قندهار", "another", "cut", "nothing", "conv", "r")
KINDS = ("capture", "clash", "handover", "siege", "arrest")
READERS = ("ann", "bob")


class World:
    """What was written and not undone, as a plain reader sees it."""

    def __init__(self, catalog: Catalog, loop: asyncio.AbstractEventLoop, pool: Pool) -> None:
        self.catalog = catalog
        self.loop = loop
        self.pool = pool
        self.directory = Directory()
        self.events: dict[str, Event] = {}
        self.claims: dict[str, list[Claim]] = {}
        self.marks: dict[str, list[Mark]] = {}
        self.seqs: dict[str, int] = {}

    def run(self, read: Callable[[View], Coroutine[Any, Any, T]], reader: str) -> T:
        async def in_view() -> T:
            async with self.pool.read() as connection:
                names, catalog = await self.directory.look_up(connection, "valley")
                return await read(View(connection, names, catalog, reader))

        return self.loop.run_until_complete(in_view())

    def rows(self, query: EventQuery, reader: str) -> list[EventRow]:
        found = [row for event in self.events.values() if (row := self._row(event, query, reader))]
        return sorted(found, key=lambda row: row.cursor, reverse=True)

    def _row(self, event: Event, query: EventQuery, reader: str) -> EventRow | None:
        clocks = query.clocks
        claims = tuple(self.claims.get(event.id, ()))
        all_marks = self.marks.get(event.id, [])
        marks = [mark for mark in in_force(all_marks) if mark.kind not in PERSONAL or mark.author == reader]
        verdicts = tuple(mark for mark in all_marks if mark.kind in VERDICTS)
        kinds = [mark.kind for mark in marks]
        row = EventRow(
            event,
            Cursor(event.occurred_at if query.order is Order.OCCURRED else 0, self.seqs[event.id]),
            weigh(Evidence(event, claims, verdicts), self.catalog, clocks.known_at),
            read=MarkKind.READ in kinds,
            starred=MarkKind.STAR in kinds,
            tags=tuple(sorted(mark.value for mark in marks if mark.kind is MarkKind.TAG)),
            verdict=next((kind for kind in kinds if kind in VERDICTS), None),
            notes=kinds.count(MarkKind.NOTE),
        )
        texts = [event.summary]
        for claim in claims:
            if claim.reported_at <= clocks.known_at:
                texts += [claim.quote, claim.attribution]
        return row if shown(row, clocks) and matches(query.where, row, texts, marks) else None

    async def put(self, draft: Draft, author: str, recorded_at: int, *, keep: bool, situation: str = "valley") -> None:
        async with self.pool.write() as connection:
            written = await write(connection, self.directory, situation, draft, author=author, recorded_at=recorded_at)
        assert written.changeset is not None
        if not keep:
            await undo(
                self.pool, self.directory, situation, written.changeset.id, author=author, recorded_at=recorded_at
            )
            return
        self.events |= {event.id: event for event in draft.events}
        for claim in draft.claims:
            self.claims.setdefault(claim.event, []).append(claim)
        for mark in draft.marks:
            put = Mark(mark.id, mark.event, mark.kind, mark.on, mark.value, author, written.changeset.recorded_at)
            self.marks.setdefault(mark.event, []).append(put)


def random_events(dice: random.Random, number: int, start: int = 0) -> list[Event]:
    def maybe(values: tuple[str, ...]) -> str | None:
        return dice.choice((None, *values))

    return [
        Event(
            derived_id(at := _instant(dice), str(start + index)),
            dice.choice(KINDS),
            at,
            dice.choice(tuple(Precision)),
            f"{dice.choice(TEXTS)} {dice.choice(TEXTS)}",
            place=maybe(("north", "middle", "south", "airfield")),
            actor=maybe(("red", "red-guard", "blue")),
            against=maybe(("red", "blue")),
            route=maybe(("road",)),
        )
        for index in range(number)
    ]


def _instant(dice: random.Random) -> int:
    if dice.random() < 0.02:
        return parse_time(dice.choice(("1950-05-05", "0003-01-01", "2890-01-01")))[0]
    return START + dice.randrange(12) * DAY + dice.choice((0, 0, 5 * HOUR, dice.randrange(DAY)))


def random_claims(dice: random.Random, events: list[Event], tag: str) -> list[Claim]:
    return [
        Claim(
            derived_id(event.occurred_at, tag, event.id, str(number)),
            event.id,
            dice.choice(("wire", "reprint", "gazette", "red-radio", "blue-ministry")),
            dice.choice((Stance.ASSERTS, Stance.ASSERTS, *Stance)),
            event.occurred_at + dice.choice((0, HOUR, dice.randrange(5 * DAY), -DAY)),
            credibility=dice.randint(1, 6),
            quote=dice.choice(TEXTS),
            attribution=dice.choice(("", "a security source")),
        )
        for event in events
        for number in range(dice.choice((0, 1, 1, 2, 3)))
    ]


def random_marks(dice: random.Random, events: list[Event], tag: str) -> list[Mark]:
    marks = []
    for event in events:
        for number in range(dice.choice((0, 1, 3))):
            kind = dice.choice(tuple(MarkKind))
            value = {
                MarkKind.TAG: dice.choice(("fuel", "roads")),
                MarkKind.NOTE: dice.choice(("look again", "called them")),
                MarkKind.ASSIGNED: dice.choice(READERS),
                MarkKind.DUPLICATE: dice.choice([other for other in events if other is not event]).id,
            }.get(kind, "")
            id_ = derived_id(event.occurred_at, tag, event.id, str(number))
            on = kind is MarkKind.DUPLICATE or dice.random() < 0.7
            marks.append(Mark(id_, event.id, kind, on, value))
    return marks


async def fill(world: World, dice: random.Random) -> None:
    """Write some of everything, by two people, in an order that is not that of occurrence, and undo a part of it."""
    recorded_at = START + 5 * DAY
    for situation in ("valley", "other"):
        of = world.catalog.situation
        async with world.pool.write() as connection:
            await put_situation(
                connection,
                world.directory,
                type(of)(situation, of.name, of.zone),
                author="ann",
                recorded_at=recorded_at,
            )
        catalog = world.catalog
        things = Draft(
            "begin",
            places=tuple(catalog.places.values()),
            routes=tuple(catalog.routes.values()),
            actors=tuple(catalog.actors.values()),
            sources=tuple(catalog.sources.values()),
        )
        await world.put(things, "ann", recorded_at, keep=True, situation=situation)
    for part in range(6):
        events = random_events(dice, 40, 1000 * part)
        claims = random_claims(dice, events, "with")
        draft = Draft("import", events=tuple(events), claims=tuple(claims))
        await world.put(draft, READERS[part % 2], recorded_at, keep=part != 4)
        others = random_events(dice, 10, 1000 * part + 500)
        await _elsewhere(
            world, Draft("elsewhere", events=tuple(others), claims=tuple(random_claims(dice, others, "e")))
        )
    events = list(world.events.values())
    for part in range(6):
        recorded_at += DAY
        some = dice.sample(events, 60)
        late = tuple(random_claims(dice, some, f"late{part}"))
        await world.put(Draft("late", claims=late), READERS[part % 2], recorded_at, keep=part != 2)
        marks = tuple(random_marks(dice, some, f"mark{part}"))
        await world.put(Draft("mark", marks=marks), READERS[part % 2], recorded_at, keep=part != 3)
    async with world.pool.read() as connection:
        rows = await connection.rows("SELECT seq, id FROM event")
        world.seqs = {unpack_id(id_): seq for seq, id_ in rows}


async def _elsewhere(world: World, draft: Draft) -> None:
    async with world.pool.write() as connection:
        await write(connection, world.directory, "other", draft, author="ann", recorded_at=START)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, catalog: Catalog) -> Iterator[World]:
    loop = asyncio.new_event_loop()
    pool = loop.run_until_complete(open_pool(tmp_path_factory.mktemp("store") / "sitmon.db", create=True))
    built = World(catalog, loop, pool)
    loop.run_until_complete(fill(built, random.Random(7)))
    yield built
    loop.run_until_complete(pool.aclose())
    loop.close()


instants = st.builds(
    lambda day, hour: START + day * DAY + hour * HOUR, st.integers(-2, 14), st.sampled_from((0, 0, 5, 13))
)
single = st.one_of(
    st.builds(
        TextHas,
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(tuple),
        prefix=st.booleans(),
        adjacent=st.booleans(),
    ),
    st.builds(PlaceIn, st.frozensets(st.sampled_from(("north", "middle", "south", "airfield", "nowhere")))),
    st.builds(
        ActorIn, st.frozensets(st.sampled_from(("red", "red-guard", "blue"))), by=st.booleans(), against=st.booleans()
    ),
    st.builds(KindIn, st.frozensets(st.sampled_from(KINDS))),
    st.builds(RouteIn, st.frozensets(st.just("road"))),
    st.builds(SourceIn, st.frozensets(st.sampled_from(("wire", "gazette", "red-radio")))),
    st.builds(StandingIn, st.frozensets(st.sampled_from(Standing))),
    st.builds(GradeAtLeast, st.builds(Grade, st.sampled_from("ABCDEF"), st.integers(1, 6))),
    st.builds(Occurred, st.just(-(10**18)) | instants, st.just(FOREVER) | instants),
    st.builds(KnownBefore, instants),
    st.builds(Marked, st.sampled_from(MarkKind), st.sampled_from((None, None, "fuel", "ann", "look again"))),
    st.builds(IdEnds, st.text("0123456789abcdef", min_size=4, max_size=5)),
)
conditions = st.recursive(
    single,
    lambda inner: st.one_of(
        st.builds(NotThat, inner),
        st.builds(AllOf, st.lists(inner, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, max_size=3).map(tuple)),
    ),
    max_leaves=8,
)
clocks = st.one_of(
    st.just(NOW),
    st.builds(Clocks, st.just(FOREVER) | instants, st.just(FOREVER) | instants),
)
queries = st.builds(EventQuery, conditions, clocks, st.sampled_from(Order))


async def read_all(view: View, query: EventQuery, *, newer: bool, limit: int) -> list[EventRow]:
    """Walk all pages; newest first."""
    rows: list[EventRow] = []
    cursor = None
    while True:
        page = await pages.page(view, query, after=cursor, newer=newer, limit=limit)
        rows = [*page.rows, *rows] if newer else [*rows, *page.rows]
        if not page.more:
            return rows
        assert len(page.rows) == limit
        cursor = page.rows[0 if newer else -1].cursor


sizes = st.sampled_from(
    (
        {"_FEW": 1_500},
        {"_FEW": 5, "_FEW_MARKED": 2, "_SLICE": 4, "_SCATTERED": 64, "_PAGE": 0},
        {"_FEW": 9, "_FEW_MARKED": 50, "_SLICE": 3, "_SCATTERED": 1},
    )
)
"""Of what counts as many rows: so small that a few hundred events go all the ways that millions do."""


@settings(max_examples=100, deadline=None)
@given(
    query=queries,
    reader=st.sampled_from(READERS),
    newer=st.booleans(),
    limit=st.sampled_from((7, 60, 500)),
    many=sizes,
)
def test_pages_are_what_the_filter_means(
    *, world: World, query: EventQuery, reader: str, newer: bool, limit: int, many: dict[str, Any]
) -> None:
    with patch.multiple(scan, **many):
        rows = world.run(lambda view: read_all(view, query, newer=newer, limit=limit), reader)
    assert rows == world.rows(query, reader)


@settings(max_examples=40, deadline=None)
@given(
    query=queries,
    reader=st.sampled_from(READERS),
    cap=st.sampled_from((None, 3, 1000)),
    since=st.just(0) | st.integers(0, 300),
    many=sizes,
)
def test_counts_are_what_the_filter_means(
    *, world: World, query: EventQuery, reader: str, cap: int | None, since: int, many: dict[str, Any]
) -> None:
    expected = [row for row in world.rows(query, reader) if row.cursor.seq > since]
    with patch.multiple(scan, **many):
        counted = world.run(lambda view: pages.count(view, query, cap=cap, since=since), reader)
    assert counted == (Count(cap, capped=True) if cap is not None and len(expected) > cap else Count(len(expected)))
