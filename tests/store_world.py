"""A small store of everything that can go wrong, and a plain reading of it to compare with."""

import asyncio
import random
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from model.catalog import Catalog
from model.entities import PERSONAL, VERDICTS, Claim, Event, Mark, MarkKind, Situation, Stance
from model.filters.match import matches, shown
from model.ids import derived_id
from model.marks import in_force
from model.query import Cursor, EventQuery, EventRow, Order
from model.standing import Evidence, weigh
from model.times import DAY, HOUR, Precision, parse_time
from store.base import Draft
from store.sqlite.driver import Pool
from store.sqlite.names import Directory
from store.sqlite.pages import View
from store.sqlite.records import unpack_id
from store.sqlite.scan import Spread
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
KINDS = ("capture", "clash", "handover", "siege", "arrest", "withdrawal", "still-held", "attempt", "handover-agreed")
READERS = ("ann", "bob")


class World:
    """What was written and not undone, as a plain reader sees it."""

    def __init__(self, catalog: Catalog, runner: asyncio.Runner, pool: Pool) -> None:
        self.catalog = catalog
        self.runner = runner
        self.pool = pool
        self.directory = Directory()
        self.spread: Spread = {}
        self.events: dict[str, Event] = {}
        self.claims: dict[str, list[Claim]] = {}
        self.marks: dict[str, list[Mark]] = {}
        self.seqs: dict[str, int] = {}

    def evidence(self, place: str) -> list[Evidence]:
        return [self._evidence(event) for event in self.events.values() if event.place == place]

    def _evidence(self, event: Event) -> Evidence:
        verdicts = tuple(mark for mark in self.marks.get(event.id, []) if mark.kind in VERDICTS)
        return Evidence(event, tuple(self.claims.get(event.id, ())), verdicts)

    def run(self, read: Callable[[View], Coroutine[Any, Any, T]], reader: str) -> T:
        async def in_view() -> T:
            async with self.pool.read() as connection:
                names, catalog = await self.directory.look_up(connection, "valley")
                return await read(View(connection, names, catalog, reader, self.spread))

        return self.runner.run(in_view())

    def rows(self, query: EventQuery, reader: str) -> list[EventRow]:
        found = [row for event in self.events.values() if (row := self._row(event, query, reader))]
        return sorted(found, key=lambda row: row.cursor, reverse=True)

    def _row(self, event: Event, query: EventQuery, reader: str) -> EventRow | None:
        clocks = query.clocks
        evidence = self._evidence(event)
        marks_in_force = in_force(self.marks.get(event.id, []))
        marks = [mark for mark in marks_in_force if mark.kind not in PERSONAL or mark.author == reader]
        kinds = [mark.kind for mark in marks]
        row = EventRow(
            event,
            Cursor(event.occurred_at if query.order is Order.OCCURRED else 0, self.seqs[event.id]),
            weigh(evidence, self.catalog, clocks.known_at),
            read=MarkKind.READ in kinds,
            starred=MarkKind.STAR in kinds,
            tags=tuple(sorted(mark.value for mark in marks if mark.kind is MarkKind.TAG)),
            verdict=next((kind for kind in kinds if kind in VERDICTS), None),
            notes=kinds.count(MarkKind.NOTE),
            remarks=kinds.count(MarkKind.REMARK),
        )
        texts = [event.summary]
        for claim in evidence.claims:
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
    originals = dict.fromkeys(
        event.id for event in events if event.id[-1] in "01234567"
    )  # none of which repeats another
    for event in events:
        unused = (
            {MarkKind.TRUSTED, MarkKind.DUPLICATE} if event.id in originals or not originals else {MarkKind.TRUSTED}
        )
        for number in range(dice.choice((0, 1, 3))):
            kind = dice.choice([kind for kind in MarkKind if kind not in unused])
            value = {
                MarkKind.TAG: dice.choice(("fuel", "roads")),
                MarkKind.NOTE: dice.choice(("look again", "called them")),
                MarkKind.REMARK: dice.choice(("look again", "ask her")),
                MarkKind.ASSIGNED: dice.choice(READERS),
                MarkKind.DUPLICATE: dice.choice([*originals] or [event.id]),
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
                Situation(situation, of.name, of.zone),
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
