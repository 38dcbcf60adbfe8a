"""Derived again, all is as it was; and the hash over it depends on the facts alone."""

import asyncio
import random
from pathlib import Path
from typing import Any

import pytest

from model.catalog import Catalog
from model.entities import Actor, Claim, Event, Relation, Reliability, Situation, Source, Stance
from model.errors import IdUnknown
from model.filters.conditions import EVERYTHING, TextHas
from model.ids import new_id
from model.query import EventQuery
from model.times import DAY, HOUR, Precision
from store import open_store
from store.base import Draft, Store
from store.sqlite.driver import Connection, Pool, open_pool
from store.sqlite.names import Directory
from store.sqlite.rebuild import rebuild
from tests.store_world import random_claims, random_events, random_marks


def facts(seed: int, number: int) -> tuple[list[Event], list[Claim]]:
    dice = random.Random(seed)
    events = random_events(dice, number)
    return events, random_claims(dice, events, "with")


def scene(catalog: Catalog) -> Draft:
    return Draft(
        "scene",
        places=tuple(catalog.places.values()),
        routes=tuple(catalog.routes.values()),
        actors=tuple(catalog.actors.values()),
        sources=tuple(catalog.sources.values()),
    )


async def ids(store: Store, text: str = "") -> list[str]:
    query = EventQuery(TextHas((text,)) if text else EVERYTHING)
    return [row.event.id for row in (await store.page("valley", query, limit=1000)).rows]


@pytest.mark.parametrize("seed", range(3))
async def test_the_order_in_which_facts_arrive_changes_nothing(tmp_path: Path, catalog: Catalog, seed: int) -> None:
    events, claims = facts(seed, 40)
    hashes = set()
    for shuffle in range(3):
        dice = random.Random(shuffle)
        arriving = dice.sample(events, len(events))
        late = dice.sample(claims, len(claims))
        async with await open_store(str(tmp_path / f"{shuffle}.db"), create=True) as store:
            await store.put_situation(catalog.situation)
            await store.write("valley", scene(catalog))
            step = 5 + 10 * shuffle
            for first in range(0, len(arriving), step):
                await store.write("valley", Draft("some", events=tuple(arriving[first : first + step])))
            for first in range(0, len(late), step):
                await store.write("valley", Draft("more", claims=tuple(late[first : first + step])))
            hashes.add(await store.state_hash("valley"))
    assert len(hashes) == 1


async def test_any_change_of_facts_changes_the_hash(store: Store, situation: str) -> None:
    events, claims = facts(1, 12)
    hashes = [await store.state_hash(situation)]
    await store.write(situation, Draft("a", events=tuple(events)))
    hashes.append(await store.state_hash(situation))
    for claim in claims[:5]:
        await store.write(situation, Draft("b", claims=(claim,)))
        hashes.append(await store.state_hash(situation))
    marks = random_marks(random.Random(1), events, "mark")
    await store.write(situation, Draft("c", marks=tuple(marks)))
    hashes.append(await store.state_hash(situation))
    assert len(set(hashes)) == len(hashes)


RUIN = (
    "DELETE FROM weight",
    "UPDATE weight SET standing = 0, grade = 'A1'",
    "DELETE FROM span",
    "UPDATE span SET status = 'threatened' WHERE known_from > 0",
    "DELETE FROM mark_now",
    "DELETE FROM event_index",
    "INSERT INTO event_index (rowid, body) VALUES (999, 'ghost')",
    "DELETE FROM undone",
    "INSERT INTO undone SELECT seq FROM changeset WHERE number = 3",
)


@pytest.mark.parametrize("ruin", RUIN)
async def test_whatever_became_of_what_is_derived_it_is_derived_again(
    store: Store, situation: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ruin: str
) -> None:
    monkeypatch.setattr("store.sqlite.rebuild.BLOCK", 7)
    events, claims = facts(2, 30)
    marks = random_marks(random.Random(2), events, "mark")
    await store.write(situation, Draft("a", events=tuple(events), claims=tuple(claims), marks=tuple(marks)))
    await store.write(situation, Draft("b", events=tuple(facts(3, 20)[0])))
    await store.undo(situation)
    state, found = await store.state_hash(situation), await ids(store, "road")
    everything = await ids(store)
    pool = await open_pool(tmp_path / "sitmon.db", create=False)
    async with pool.write() as connection:
        await connection.run(ruin)
    await pool.aclose()
    told: list[tuple[int, int]] = []
    assert await store.rebuild(situation, progress=lambda done, in_all: told.append((done, in_all))) == state
    assert (await ids(store, "road"), await ids(store, "ghost"), await ids(store)) == (found, [], everything)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] == told[-1][1]


async def test_a_rebuild_leaves_other_situations_alone(store: Store, situation: str, catalog: Catalog) -> None:
    await store.put_situation(catalog.situation._replace(id="hill"))
    await store.write("hill", scene(catalog))
    for part in range(3):
        for one in (situation, "hill"):
            events, claims = facts(10 + part, 8)
            await store.write(one, Draft("x", events=tuple(events), claims=tuple(claims)))
    states = [await store.state_hash(one) for one in (situation, "hill")]
    assert states[0] == states[1]
    assert await store.rebuild(situation) == states[0]
    assert await store.state_hash("hill") == states[1]
    with pytest.raises(IdUnknown):
        await store.rebuild("nowhere")
    with pytest.raises(IdUnknown):
        await store.state_hash("nowhere")


async def test_nothing_is_missing_from_a_view_while_it_is_rebuilt(
    store: Store, situation: str, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.sqlite.rebuild.BLOCK", 5)
    events, claims = facts(4, 30)
    await store.write(situation, Draft("a", events=tuple(events), claims=tuple(claims)))
    everything, control = await ids(store, "road"), await store.control(situation)
    seen: list[Any] = []
    run = Connection.run

    async def look_and_run(self: Connection, sql: str, parameters: Any = ()) -> None:
        await run(self, sql, parameters)
        if sql.lstrip().startswith("DELETE"):
            seen.append((await ids(store, "road"), await store.control(situation)))

    monkeypatch.setattr(Connection, "run", look_and_run)
    await rebuild(pool, Directory(), situation, None)
    assert len(seen) > 10
    assert all(one == (everything, control) for one in seen)


async def test_writers_get_their_turn_between_blocks(
    store: Store, colleague: Store, situation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.sqlite.rebuild.BLOCK", 5)
    events, claims = facts(5, 30)
    await store.write(situation, Draft("a", events=tuple(events[:25]), claims=()))
    blocks = iter(events[25:])
    writing = []

    def write_meanwhile(_done: int, _in_all: int) -> None:
        if one := next(blocks, None):
            said = tuple(claim for claim in claims if claim.event == one.id)
            writing.append(asyncio.ensure_future(colleague.write(situation, Draft("b", events=(one,), claims=said))))

    await store.rebuild(situation, progress=write_meanwhile)
    for written in writing:
        await written
    assert len(writing) == 5
    state = await store.state_hash(situation)
    assert await store.rebuild(situation) == state


NOON = 18_850 * DAY + 12 * HOUR
CHAIN = Draft(
    "copies of copies, and a part of a part",
    sources=(
        Source("echo", "The Echo", reliability=(Reliability("C"),), copies="reprint"),
        Source("blue-echo", "Blue Echo", reliability=(Reliability("C"),), copies="blue-ministry"),
    ),
    actors=(Actor("squad", "Red Squad", relations=(Relation("part-of", "red-guard"),)),),
)
CHANGES: dict[str, tuple[str, tuple[str, ...], Draft | str]] = {
    "a grade": ("red", ("wire",), Draft("x", sources=(Source("wire", "The Wire", reliability=(Reliability("E"),)),))),
    "what a copy's origin copies": (
        *("red", ("echo", "gazette")),
        Draft("x", sources=(Source("wire", "The Wire", reliability=(Reliability("B"),), copies="gazette"),)),
    ),
    "for whom a copy's origin speaks": (
        *("red", ("echo",)),
        Draft("x", sources=(Source("wire", "The Wire", reliability=(Reliability("B"),), speaks_for="red"),)),
    ),
    "the side of the actor that a source speaks for": (
        *("red", ("blue-ministry",)),
        Draft("x", actors=(Actor("blue", "Blue Side", relations=(Relation("part-of", "red"),)),)),
    ),
    "the side of the actor that a copy's origin speaks for": (
        *("red", ("blue-echo",)),
        Draft("x", actors=(Actor("blue", "Blue Side", relations=(Relation("part-of", "red"),)),)),
    ),
    "the side of an actor": ("red-guard", ("red-radio",), Draft("x", actors=(Actor("red-guard", "Red Guard"),))),
    "the side of what an actor is part of": (
        *("squad", ("red-radio",)),
        Draft("x", actors=(Actor("red-guard", "Red Guard"),)),
    ),
    "the zone": ("red", ("wire",), "Asia/Kabul"),
}


@pytest.mark.parametrize(("actor", "sources", "change"), CHANGES.values(), ids=CHANGES)
async def test_a_change_of_the_situation_reaches_every_event_that_a_rebuild_would_change(
    store: Store, situation: str, actor: str, sources: tuple[str, ...], change: Draft | str
) -> None:
    await store.write(situation, CHAIN)
    fell = Event(new_id(), "capture", NOON, Precision.HOUR, "North Town fell", "north", actor)
    # Ten in the evening in Berlin is the next day in Kabul.
    said = [
        Claim(new_id(), fell.id, source, Stance.CORRECTS, NOON + DAY, occurred_at=NOON + 8 * HOUR) for source in sources
    ]
    await store.write(situation, Draft("fall", events=(fell,), claims=tuple(said)))
    before = await store.state_hash(situation)
    if isinstance(change, Draft):
        await store.write(situation, change)
    else:
        assert await store.put_situation(Situation("valley", "The Valley", change))
    after = await store.state_hash(situation)
    assert after != before
    assert await store.rebuild(situation) == after
    await store.undo(situation, (await store.changesets(situation))[0].id)
    assert await store.state_hash(situation) == before
    assert await store.rebuild(situation) == before
