"""Undo and redo as a store does them: exact, whole, each user's own, and across restarts."""

import random
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from model.entities import Deed, Mark, MarkKind, Place, Reliability, Situation, Source, Status
from model.errors import IdUnknown, InputRefused, NothingToUndo
from model.ids import new_id
from model.query import EventQuery
from store import open_store
from store.base import Draft, Store
from tests.store_world import random_claims, random_events, random_marks


async def size(store: Store) -> int:
    return (await store.count("valley", EventQuery())).number


async def write_events(store: Store, dice: random.Random, number: int, *, batch: str | None = None) -> str:
    events = random_events(dice, number, dice.randrange(10**9))
    claims = random_claims(dice, events, "with")
    marks = random_marks(dice, events, "mark")
    draft = Draft("load", events=tuple(events), claims=tuple(claims), marks=tuple(marks), batch=batch)
    written = await store.write("valley", draft)
    assert written.changeset is not None
    return written.changeset.id


async def write_late(store: Store, dice: random.Random) -> None:
    rows = (await store.page("valley", EventQuery())).rows
    events = dice.sample([row.event for row in rows], len(rows) // 2)
    claims = random_claims(dice, events, str(dice.random()))
    await store.write("valley", Draft("late", claims=tuple(claims)))


async def write_marks(store: Store, dice: random.Random) -> None:
    events = [row.event for row in (await store.page("valley", EventQuery())).rows]
    await store.write("valley", Draft("mark", marks=tuple(random_marks(dice, events, str(dice.random())))))


async def write_versions(store: Store, dice: random.Random) -> None:
    letter = dice.choice("ABCDE")
    gazette = Source("gazette", "The Gazette", reliability=(Reliability(letter),), copies=dice.choice((None, "wire")))
    draft = Draft("regrade", sources=(gazette,), places=(Place("north", f"North {dice.random()}"),))
    await store.write("valley", draft)


ACTIONS: tuple[Callable[[Store, random.Random], Awaitable[None]], ...] = (write_late, write_marks, write_versions)


@pytest.mark.parametrize("seed", range(4))
async def test_undo_and_redo_are_exact_inverses_whatever_was_done(
    store: Store, colleague: Store, situation: str, seed: int
) -> None:
    dice = random.Random(seed)
    await write_events(colleague, dice, 15)
    states = [await store.state_hash(situation)]
    catalogs = [await store.catalog(situation)]
    for number in range(6):
        if number % 3 == 0:
            await write_events(store, dice, 12)
        else:
            await dice.choice(ACTIONS)(store, dice)
        states.append(await store.state_hash(situation))
        catalogs.append(await store.catalog(situation))
    for state, catalog in zip(states[-2::-1], catalogs[-2::-1], strict=True):
        await store.undo(situation)
        assert await store.state_hash(situation) == state
        assert await store.catalog(situation) == catalog
    for state, catalog in zip(states[1:], catalogs[1:], strict=True):
        await store.redo(situation)
        assert await store.state_hash(situation) == state
        assert await store.catalog(situation) == catalog
    assert await store.rebuild(situation) == states[-1]
    assert (await store.verify(situation)).problem == ""


async def test_undo_takes_a_whole_batch(store: Store, situation: str) -> None:
    dice = random.Random(1)
    before = await store.state_hash(situation)
    first = await write_events(store, dice, 5)
    second = await write_events(store, dice, 5, batch=first)
    third = await write_events(store, dice, 5, batch=first)
    full = await store.state_hash(situation)
    assert [one.id for one in await store.undo(situation, second)] == [third, second, first]
    assert await store.state_hash(situation) == before
    undos = (await store.changesets(situation))[:3]
    assert [(one.deed, one.target) for one in undos] == [
        (Deed.UNDO, first),
        (Deed.UNDO, second),
        (Deed.UNDO, third),
    ]
    assert [one.id for one in await store.redo(situation)] == [first, second, third]
    assert await store.state_hash(situation) == full


async def test_a_large_batch_is_undone_in_several_transactions(
    store: Store, situation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.sqlite.undo._FACTS", 10)
    dice = random.Random(2)
    before = await store.state_hash(situation)
    first = await write_events(store, dice, 8)
    for _ in range(3):
        await write_events(store, dice, 8, batch=first)
    full = await store.state_hash(situation)
    assert len(await store.undo(situation)) == 4
    assert await store.state_hash(situation) == before
    assert len(await store.redo(situation)) == 4
    assert await store.state_hash(situation) == full


async def test_each_user_undoes_their_own_and_another_ones_only_by_id(
    store: Store, colleague: Store, situation: str
) -> None:
    dice = random.Random(3)
    theirs = await write_events(colleague, dice, 3)
    own = await write_events(store, dice, 4)
    (undone,) = await colleague.undo(situation)
    assert (undone.id, await size(store)) == (theirs, 4)
    await colleague.redo(situation)
    await colleague.undo(situation, own)
    assert await size(store) == 3
    audit = (await store.changesets(situation))[0]
    assert (audit.author, audit.deed, audit.target) == (colleague.author, Deed.UNDO, own)
    with pytest.raises(NothingToUndo):
        await store.redo(situation)
    await colleague.redo(situation)
    assert await size(store) == 7


async def test_redo_ends_with_the_next_own_write_only(store: Store, colleague: Store, situation: str) -> None:
    dice = random.Random(4)
    await write_events(store, dice, 3)
    await store.undo(situation)
    await write_events(colleague, dice, 2)
    await store.redo(situation)
    assert await size(store) == 5
    await store.undo(situation)
    await write_events(store, dice, 2)
    with pytest.raises(NothingToUndo, match="since you last wrote"):
        await store.redo(situation)


async def test_undo_and_redo_outlast_the_session(tmp_path: Path) -> None:
    url = str(tmp_path / "kept.db")

    async with await open_store(url, create=True) as store:
        await store.put_situation(Situation("valley", "The Valley", "UTC"))
        await store.write("valley", Draft("one", places=(Place("one", "One"),)))
        await store.write("valley", Draft("two", places=(Place("two", "Two"), Place("one", "First"))))
    async with await open_store(url) as store:
        assert [one.reason for one in await store.undo("valley")] == ["two"]
        assert {place.name for place in (await store.catalog("valley")).places.values()} == {"One"}
    async with await open_store(url) as store:
        assert [one.reason for one in await store.undo("valley")] == ["one"]
        with pytest.raises(NothingToUndo):
            await store.undo("valley")
    async with await open_store(url) as store:
        assert [one.reason for one in await store.redo("valley")] == ["one"]
        assert [one.reason for one in await store.redo("valley")] == ["two"]
        assert {place.name for place in (await store.catalog("valley")).places.values()} == {"First", "Two"}


async def test_another_session_sees_what_was_undone(store: Store, colleague: Store, situation: str) -> None:
    await store.write(situation, Draft("rename", places=(Place("north", "Upper Town"),)))
    assert (await colleague.catalog(situation)).places["north"].name == "Upper Town"
    await store.undo(situation)
    assert (await colleague.catalog(situation)).places["north"].name == "North Town"


async def test_undoing_a_mark_gives_the_former_verdict_back(store: Store, situation: str) -> None:
    dice = random.Random(5)
    await write_events(store, dice, 2)
    row, _ = (await store.page(situation, EventQuery())).rows

    async def judge(kind: MarkKind) -> None:
        await store.write(situation, Draft("judge", marks=(Mark(new_id(), row.event.id, kind),)))

    await judge(MarkKind.REJECTED)
    await judge(MarkKind.VERIFIED)
    await store.undo(situation)
    assert (await store.event(situation, row.event.id)).row.verdict is MarkKind.REJECTED


async def test_what_cannot_be_undone_says_why(store: Store, situation: str) -> None:
    dice = random.Random(6)
    creation = (await store.changesets(situation))[-1]
    with pytest.raises(InputRefused, match="created the situation"):
        await store.undo(situation, creation.id)
    with pytest.raises(IdUnknown, match="no changeset"):
        await store.undo(situation, new_id())
    with pytest.raises(InputRefused, match="is not an id"):
        await store.undo(situation, "x")
    written = await write_events(store, dice, 2)
    await store.undo(situation, written)
    with pytest.raises(NothingToUndo, match="already"):
        await store.undo(situation, written)
    undo = (await store.changesets(situation))[0]
    with pytest.raises(InputRefused, match="itself an undo"):
        await store.undo(situation, undo.id)


async def test_undoing_all_leaves_a_situation_of_which_nothing_is_known(store: Store, situation: str) -> None:
    dice = random.Random(7)
    await write_events(store, dice, 20)
    await store.undo(situation)
    assert await size(store) == 0
    assert {state.status for state in await store.control(situation)} == {Status.UNKNOWN}
    await store.undo(situation)
    assert (await store.catalog(situation)).places == {}
