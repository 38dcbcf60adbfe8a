"""Looking after a store: checks of its inside, backups."""

import asyncio
import contextlib
import sqlite3
from pathlib import Path

import pytest

from model.errors import StoreError, StoreFull
from store.sqlite import admin, driver, files
from store.sqlite.driver import Pool, open_pool

EVENT = "INSERT INTO event VALUES (NULL, 1, randomblob(16), 1, 1, NULL, NULL, NULL, NULL, 0, 0, 0, ?)"


async def run(pool: Pool, *statements: str) -> None:
    async with pool.write() as connection:
        for statement in statements:
            await connection.run(statement)


async def fill(pool: Pool, events: int, text: str = "x" * 400) -> None:
    async with pool.write() as connection:
        await connection.run_many(EVENT, ((text,) for _ in range(events)))


def events_of(path: Path) -> int:
    with contextlib.closing(sqlite3.connect(path)) as copy:
        [(number,)] = copy.execute("SELECT count(*) FROM event")
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    return int(number)


async def test_an_empty_store_is_in_order(pool: Pool) -> None:
    assert await admin.check(pool) == ()


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (("DROP INDEX event_time",), ["the schema lacks index event_time"]),
        (("CREATE TABLE stray (x)",), ["the schema has table stray, which is not sitmon's"]),
        (
            ("DROP INDEX event_time", "CREATE INDEX event_time ON event (occurred_at)"),
            ["index event_time is not defined as sitmon defines it"],
        ),
        (
            ("CREATE TRIGGER sly AFTER INSERT ON mark BEGIN DELETE FROM mark; END",),
            ["the schema has trigger sly, which is not sitmon's"],
        ),
        (
            ("INSERT INTO mark VALUES (NULL, 1, randomblob(16), 1, 77, 'read', 1, '', 'anna', 0)",),
            ["1 marks are of no changeset", "1 marks are on no event"],
        ),
        (
            ("INSERT INTO weight VALUES (77, 1, 0, 0, 0, NULL, NULL, 0, 0, '')",),
            ["1 weights are of no event; `sitmon store rebuild` mends it"],
        ),
        (("INSERT INTO undone VALUES (5)",), ["1 undone changesets are missing"]),
    ],
)
async def test_what_is_wrong_inside_is_said(pool: Pool, statements: tuple[str, ...], said: list[str]) -> None:
    await run(pool, *statements)
    assert list(await admin.check(pool)) == said


async def test_damage_is_said_not_raised(pool: Pool) -> None:
    await fill(pool, 2_000)
    await pool.aclose()
    damaged = bytearray(pool.path.read_bytes())
    damaged[40 * 4096 : 80 * 4096] = bytes(40 * 4096)
    pool.path.write_bytes(damaged)
    again = await open_pool(pool.path, create=False)
    assert await admin.check(again)
    await again.aclose()


async def test_information_counts_without_reading_everything(pool: Pool) -> None:
    await fill(pool, 3)
    info = await admin.read_info(pool, "anna")
    assert info.counts["events"] == 3
    assert info.counts["situations"] == 0
    assert info.author == "anna"
    assert info.schema >= 1
    assert info.backend.startswith("SQLite 3.")
    assert info.size_bytes > 0
    assert "names are claims" in info.promise


async def test_a_backup_is_a_whole_private_store(pool: Pool, tmp_path: Path) -> None:
    await fill(pool, 20_000)
    target = tmp_path / "copy.db"
    told: list[tuple[int, int]] = []
    await admin.back_up(pool, target, progress=lambda done, total: told.append((done, total)))
    await asyncio.sleep(0)
    assert events_of(target) == 20_000
    assert target.stat().st_mode & 0o777 == 0o600
    assert told[-1][0] == told[-1][1] > 0
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    copy = await open_pool(target, create=False)
    await fill(copy, 1)
    await copy.aclose()


async def test_a_backup_shows_one_instant_and_ends_though_others_write(pool: Pool, tmp_path: Path) -> None:
    await fill(pool, 10_000)
    writers: list[asyncio.Task[None]] = []

    def progress(_done: int, _total: int) -> None:
        writers.append(asyncio.ensure_future(fill(pool, 5)))

    await admin.back_up(pool, tmp_path / "copy.db", progress=progress)
    await asyncio.gather(*writers)
    assert events_of(tmp_path / "copy.db") == 10_000
    assert len(writers) > 0


async def test_a_backup_is_written_over_nothing(pool: Pool, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_text("precious")
    with pytest.raises(StoreError, match="exists already"):
        await admin.back_up(pool, target)
    assert target.read_text() == "precious"


async def test_a_backup_into_no_directory_is_refused(pool: Pool, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no directory"):
        await admin.back_up(pool, tmp_path / "out" / "copy.db")


async def test_a_cancelled_backup_leaves_nothing(pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "_COPY_PAGES", 8)
    await fill(pool, 50_000)
    begun = asyncio.Event()
    (tmp_path / "out").mkdir()
    target = tmp_path / "out" / "copy.db"
    copying = asyncio.create_task(admin.back_up(pool, target, progress=lambda _done, _total: begun.set()))
    await begun.wait()
    copying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await copying
    assert not list(target.parent.iterdir())
    await fill(pool, 1)


async def test_a_backup_that_finds_no_room_says_where(
    pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(pool, 5_000)
    small = "PRAGMA max_page_count = 10; PRAGMA journal_mode = OFF;"
    monkeypatch.setattr(admin, "COPY_SETUP", small)
    with pytest.raises(StoreFull, match=r"copy\.db"):
        await admin.back_up(pool, tmp_path / "copy.db")
    assert not files.exists(tmp_path / "copy.db")
