"""Commits are noticed, whoever made them."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator

import pytest

from model.query import Revision
from store.sqlite.driver import Pool
from store.sqlite.watch import Watch, read_revision

ROW = "INSERT INTO event VALUES (NULL, 1, randomblob(16), 1, 1, NULL, NULL, NULL, NULL, 0, 0, 0, '')"


async def insert(pool: Pool) -> None:
    async with pool.write() as connection:
        await connection.run(ROW)


def insert_elsewhere(pool: Pool) -> None:
    with contextlib.closing(sqlite3.connect(pool.path, isolation_level=None)) as other:
        other.execute(ROW)


async def after(changes: AsyncIterator[Revision], newest: int) -> Revision:
    """Wait for the revision in which so many events are there."""
    async with asyncio.timeout(10):
        async for revision in changes:
            if revision.newest >= newest:
                return revision
    raise AssertionError("the changes ended")


async def test_the_first_revision_comes_at_once(pool: Pool) -> None:
    await insert(pool)
    assert await anext(Watch(pool).changes()) == Revision(0, 1) == await read_revision(pool)


async def test_own_and_others_commits_are_both_seen(pool: Pool) -> None:
    changes = Watch(pool).changes()
    assert (await anext(changes)).newest == 0
    await insert(pool)
    assert (await after(changes, 1)).newest == 1
    insert_elsewhere(pool)
    assert (await after(changes, 2)).newest == 2
    await insert(pool)
    assert (await after(changes, 3)).newest == 3


async def test_without_commits_nothing_comes(pool: Pool) -> None:
    changes = Watch(pool).changes()
    await anext(changes)
    waiting = asyncio.ensure_future(anext(changes))
    done, _ = await asyncio.wait({waiting}, timeout=0.5)
    assert not done
    waiting.cancel()


async def test_a_transaction_that_was_rolled_back_is_no_commit(pool: Pool) -> None:
    async def fail() -> None:
        async with pool.write() as connection:
            await connection.run(ROW)
            raise KeyError

    changes = Watch(pool).changes()
    await anext(changes)
    with pytest.raises(KeyError):
        await fail()
    waiting = asyncio.ensure_future(anext(changes))
    done, _ = await asyncio.wait({waiting}, timeout=0.4)
    assert not done
    waiting.cancel()


async def test_each_of_several_listeners_sees_each_commit_or_a_later_one(pool: Pool) -> None:
    watch = Watch(pool)
    several = [watch.changes() for _ in range(3)]
    for changes in several:
        await anext(changes)
    await insert(pool)
    insert_elsewhere(pool)
    assert [(await after(changes, 2)).newest for changes in several] == [2, 2, 2]


async def test_a_burst_of_commits_needs_no_revision_for_each(pool: Pool) -> None:
    changes = Watch(pool).changes()
    await anext(changes)
    for _ in range(50):
        await insert(pool)
    seen = [await anext(changes)]
    while seen[-1].newest < 50:
        seen.append(await anext(changes))
    assert len(seen) < 5


async def test_listening_ends_with_the_store(pool: Pool) -> None:
    async def listen() -> int:
        return len([revision async for revision in Watch(pool).changes()])

    listening = asyncio.create_task(listen())
    await asyncio.sleep(0.1)
    await pool.aclose()
    async with asyncio.timeout(5):
        assert await listening >= 1
    assert not pool.listeners


async def test_a_listener_that_stops_is_forgotten(pool: Pool) -> None:
    changes = Watch(pool).changes()
    await anext(changes)
    assert pool.listeners
    await changes.aclose()
    assert not pool.listeners
