"""The store's figures: loading against bare SQLite, a first and a deep page for each filter shape, control at any T."""

import asyncio
import contextlib
import random
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench import generate
from model.filters.bind import compile_filter
from model.query import Clocks, EventQuery, Order
from model.times import HOUR
from store import open_store
from store.base import GOOD_DRAFT, Draft, Store

ROWS = GOOD_DRAFT
"""Events in a transaction, for the store and for bare SQLite alike."""

SHAPES = {
    "no filter": "",
    "rare word": "zephyrion",
    "medium word": "sinkhole",
    "common word": "convoy",
    "one-letter prefix": "c*",
    "phrase": '"ring road"',
    "place": "place:p3",
    "actor": "actor:side2",
    "kind": "kind:capture",
    "source": "source:s5",
    "place + kind": "place:p3 kind:clash",
    "place + actor + kind": "place:p3 actor:side1 kind:capture",
    "word + place": "convoy place:p3",
    "near": "near:p3<50km",
    "grade": "grade:>=B2",
    "standing": "standing:claimed",
    "a day": "since:2024-03-10 until:2024-03-10",
    "word + month": "convoy since:2024-03-01 until:2024-03-31",
    "negation": "-actor:side2 -kind:clash",
    "either of two": "kind:capture OR kind:withdrawal",
    "unread": "is:unread",
    "starred": "is:starred",
}


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds over many samples."""

    median: float
    p95: float


async def load(path: Path, size: int, report: Callable[[str], None]) -> float:
    """Load a fresh store; return events a second, the making of the events themselves left out."""
    spent = 0.0
    done = 0
    async with await open_store(str(path), create=True) as store:
        catalog = generate.catalog()
        await store.put_situation(catalog.situation)
        await store.write(
            generate.SITUATION,
            Draft(
                reason="benchmark",
                places=tuple(catalog.places.values()),
                actors=tuple(catalog.actors.values()),
                sources=tuple(catalog.sources.values()),
                tallies=tuple(catalog.tallies.values()),
            ),
        )
        for draft in generate.drafts(size, rows=ROWS):
            begun = time.perf_counter()
            await store.write(generate.SITUATION, draft)
            spent += time.perf_counter() - begun
            done += len(draft.events)
            if done % 200_000 == 0:
                report(f"loaded {done:,} of {size:,}: {done / spent:,.0f} a second")
    return size / spent


async def pages(store: Store, *, samples: int = 20) -> dict[str, tuple[Timing, Timing]]:
    """Time a page of 128 rows per shape: (first page, a page from a random instant), in order of occurrence."""
    catalog = await store.catalog(generate.SITUATION)
    chooser = random.Random(3)
    found: dict[str, tuple[Timing, Timing]] = {}
    for shape, text in SHAPES.items():
        where = compile_filter(text, catalog, store.author)
        first = EventQuery(where=where, order=Order.OCCURRED)
        deep = [
            EventQuery(where=where, clocks=Clocks(as_of=generate.BEGINS + chooser.randrange(generate.LASTS)))
            for _ in range(samples)
        ]
        found[shape] = (
            await _timed([partial(store.page, generate.SITUATION, first)] * samples),
            await _timed([partial(store.page, generate.SITUATION, query) for query in deep]),
        )
    return found


async def control(store: Store, *, samples: int = 60) -> Timing:
    """Time the control of all 2,000 places as of random instants."""
    chooser = random.Random(4)
    instants = [generate.BEGINS + chooser.randrange(generate.LASTS) for _ in range(samples)]
    return await _timed([partial(store.control, generate.SITUATION, clocks=Clocks(as_of=at)) for at in instants])


async def control_both(store: Store, *, samples: int = 60) -> Timing:
    """Time the same with both clocks in the past."""
    chooser = random.Random(5)
    instants = [generate.BEGINS + chooser.randrange(generate.LASTS) for _ in range(samples)]
    return await _timed(
        [partial(store.control, generate.SITUATION, clocks=Clocks(as_of=at, known_at=at - HOUR)) for at in instants]
    )


async def step(store: Store, *, samples: int = 20) -> Timing:
    """Time one step of the as-of clock: the next change and the control there."""
    chooser = random.Random(6)

    async def once(at: int) -> None:
        following = await store.next_change(generate.SITUATION, clocks=Clocks(as_of=at))
        await store.control(generate.SITUATION, clocks=Clocks(as_of=following or at))

    instants = [generate.BEGINS + chooser.randrange(generate.LASTS) for _ in range(samples)]
    return await _timed([partial(once, at) for at in instants])


async def seen_by_another(path: Path, *, samples: int = 20) -> Timing:
    """Time from one connection's acknowledged commit to another store's `changes()` saying so."""
    async with await open_store(str(path)) as writer, await open_store(str(path)) as reader:
        heard = asyncio.Queue[int]()

        async def listen() -> None:
            async for revision in reader.changes():
                heard.put_nowait(revision.changes)

        listener = asyncio.create_task(listen())
        await heard.get()
        catalog = await writer.catalog(generate.SITUATION)
        source = catalog.sources["s0"]
        taken: list[float] = []
        for number in range(samples):
            await asyncio.sleep(0.07)
            await writer.write(
                generate.SITUATION, Draft(reason="tick", sources=(source._replace(name=f"Source 0.{number}"),))
            )
            begun = time.perf_counter()
            await heard.get()
            taken.append((time.perf_counter() - begun) * 1_000)
        listener.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await listener
        return _summary(taken)


async def _timed(calls: Sequence[Callable[[], Awaitable[object]]]) -> Timing:
    taken: list[float] = []
    for call in calls:
        begun = time.perf_counter()
        await call()
        taken.append((time.perf_counter() - begun) * 1_000)
    return _summary(taken)


def _summary(taken: list[float]) -> Timing:
    ordered = sorted(taken)
    return Timing(statistics.median(ordered), ordered[int(len(ordered) * 0.95) - 1])
