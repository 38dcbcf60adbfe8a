"""Feeds in a store: subscriptions are facts, undone and redone; how they fare is kept beside; one poller a store."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from model.catalog import Catalog
from model.entities import Claim, Deed, Event, Stance
from model.errors import IdUnknown, InputRefused, NothingToUndo, StoreBusy
from model.feeds import Feed, FeedStatus, Progress
from model.ids import new_id
from model.times import Precision
from store import open_store
from store.base import Draft, Store
from store.sqlite import migrate
from store.sqlite.driver import open_pool

WORLD = Feed("wire-1", "https://example.org/world.xml", "wire")


@pytest.fixture
async def valley(store: Store, catalog: Catalog) -> Store:
    """The store with the situation `valley`, its feeds yet to come."""
    await store.put_situation(catalog.situation)
    await store.write(
        "valley",
        Draft("load", sources=tuple(catalog.sources.values()), actors=tuple(catalog.actors.values()), deed=Deed.LOAD),
    )
    return store


async def test_a_subscription_is_one_changeset_with_versions_and_undo(valley: Store) -> None:
    await valley.write("valley", Draft("subscribe", feeds=(WORLD,)))
    paused = await valley.write("valley", Draft("pause", feeds=(WORLD._replace(status=FeedStatus.PAUSED),)))
    assert paused.updated == 1
    assert (await valley.catalog("valley")).feeds[WORLD.id].status == FeedStatus.PAUSED
    await valley.undo("valley")
    assert (await valley.catalog("valley")).feeds == {WORLD.id: WORLD}
    await valley.undo("valley")
    assert (await valley.catalog("valley")).feeds == {}
    await valley.redo("valley")
    assert (await valley.catalog("valley")).feeds == {WORLD.id: WORLD}
    assert not (await valley.verify("valley")).problem
    assert await valley.check() == ()


async def test_the_source_of_a_subscription_stays_while_the_subscription_does(valley: Store, catalog: Catalog) -> None:
    herald = catalog.sources["wire"]._replace(id="herald", name="Herald", copies=None)
    made = await valley.write("valley", Draft("add", sources=(herald,)))
    await valley.write("valley", Draft("subscribe", feeds=(WORLD._replace(source="herald"),)))
    assert made.changeset
    await valley.undo("valley", made.changeset.id)
    assert "herald" in (await valley.catalog("valley")).sources


@pytest.mark.parametrize(
    "feed",
    [
        WORLD._replace(url="file:///etc/passwd"),
        WORLD._replace(url="https://"),
        WORLD._replace(url="https://example.org/\x1b]52;"),
        WORLD._replace(url="https://exa mple.org/"),
        WORLD._replace(every=1),
        WORLD._replace(id=""),
        WORLD._replace(items_a_day=-1),
        WORLD._replace(status="asleep"),  # type: ignore[arg-type]
        WORLD._replace(source="nobody"),
    ],
)
async def test_a_strange_subscription_is_refused(valley: Store, feed: Feed) -> None:
    with pytest.raises(InputRefused):
        await valley.write("valley", Draft("subscribe", feeds=(feed,)))
    assert (await valley.catalog("valley")).feeds == {}


async def test_how_a_feed_fares_is_kept_and_is_no_fact(valley: Store) -> None:
    await valley.write("valley", Draft("subscribe", feeds=(WORLD,)))
    head, state = await valley.head("valley"), await valley.state_hash("valley")
    assert await valley.feed_progress("valley") == {}
    for failures in (1, 2):
        progress = Progress(etag='"x"', tried_at=5, error="bad \x1b[2J news", failures=failures, next_at=7)
        await valley.put_feed_progress("valley", WORLD.id, progress)
    (kept,) = (await valley.feed_progress("valley")).values()
    assert kept == progress._replace(error=kept.error)
    assert "\x1b" not in kept.error
    assert (await valley.head("valley"), await valley.state_hash("valley")) == (head, state)
    await valley.undo("valley")
    with pytest.raises(NothingToUndo):
        await valley.undo("valley")
    assert await valley.check() == ()
    with pytest.raises(IdUnknown):
        await valley.put_feed_progress("valley", "nobody", progress)


async def test_a_store_has_one_poller_and_says_who(store: Store) -> None:
    assert await store.polled_by() == ""
    async with store.poller():
        assert await store.polled_by() == f"{store.author} (process {os.getpid()})"
        with pytest.raises(StoreBusy, match=r"polled by .* \(process \d+\) already"):
            async with store.poller():
                pass
    assert await store.polled_by() == ""
    async with store.poller():
        pass


async def test_the_place_of_a_poller_that_was_killed_is_free(store: Store, tmp_path: Path) -> None:
    code = (
        "import asyncio, sys\nfrom store import open_store\n"
        "async def main():\n"
        "  async with await open_store(sys.argv[1]) as store, store.poller():\n"
        "    print('held', flush=True)\n    await asyncio.Event().wait()\n"
        "asyncio.run(main())"
    )
    path = str(tmp_path / "sitmon.db")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code, path), stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[1]
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"held\n"
    with pytest.raises(StoreBusy, match=f"process {process.pid}"):
        async with store.poller():
            pass
    assert f"(process {process.pid})" in await store.polled_by()
    process.kill()
    await process.wait()
    assert await store.polled_by() == ""
    async with store.poller():
        pass


async def test_a_store_of_an_older_schema_is_brought_forward_with_all_its_facts(
    tmp_path: Path, catalog: Catalog
) -> None:
    path = tmp_path / "old.db"
    pool = await open_pool(path, create=True)
    await pool.aclose()
    async with await open_store(str(path)) as store:
        await _fill(store, catalog)
        head, state = await store.head("valley"), await store.state_hash("valley")
    await _take_back(path)
    async with await open_store(str(path)) as store:
        assert (await store.info()).schema == len(migrate.schemas())
        assert (await store.head("valley"), await store.state_hash("valley")) == (head, state)
        assert not (await store.verify("valley", head)).problem
        assert await store.check() == ()
        await store.write("valley", Draft("subscribe", feeds=(WORLD,)))


async def _fill(store: Store, catalog: Catalog) -> None:
    await store.put_situation(catalog.situation)
    things = Draft(
        "load",
        places=tuple(catalog.places.values()),
        routes=tuple(catalog.routes.values()),
        actors=tuple(catalog.actors.values()),
        sources=tuple(catalog.sources.values()),
        tallies=tuple(catalog.tallies.values()),
    )
    await store.write("valley", things)
    event = Event(new_id(), "capture", 1_628_726_400_000_000, Precision.DAY, "The Reds take it", "north", "red", "blue")
    claim = Claim(new_id(), event.id, "wire", Stance.ASSERTS, event.occurred_at)
    await store.write("valley", Draft("add", events=(event,), claims=(claim,)))
    await store.undo("valley")
    await store.redo("valley")


async def _take_back(path: Path) -> None:
    """Make the file one of the schema before feeds, as the program of that time left it."""
    older = next(text for text in migrate.schemas() if "CREATE TABLE name (" in text)
    create = next(one for one in migrate.statements(older) if "CREATE TABLE name (" in one)
    pool = await open_pool(path, create=False)
    async with pool.write() as connection:
        await connection.run("DROP TABLE feed_progress")
        await connection.run("DROP INDEX decision_trusted")
        await connection.run("ALTER TABLE name RENAME TO name_now")
        await connection.run(create)
        await connection.run("INSERT INTO name SELECT * FROM name_now")
        await connection.run("DROP TABLE name_now")
        await connection.run("PRAGMA user_version = 2")
    await pool.aclose()
