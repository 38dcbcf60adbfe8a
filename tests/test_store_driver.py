"""Connections and transactions of the SQLite backend."""

import asyncio
import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from model.errors import StoreBusy, StoreError, StoreFull, StoreUnsafe
from store.sqlite import driver, files
from store.sqlite.driver import Connection, Pool, open_pool

ENDLESS = "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number) SELECT count(*) FROM number"
INSERT = "INSERT INTO undone VALUES (?)"


async def count(pool: Pool) -> int:
    async with pool.read() as connection:
        [(number,)] = await connection.rows("SELECT count(*) FROM undone")
    return int(number)


async def insert(pool: Pool, *rows: int, then: Callable[[], object] = lambda: None) -> None:
    async with pool.write() as connection:
        await connection.run_many(INSERT, ((row,) for row in rows))
        then()


def fail() -> None:
    raise KeyError


async def cancel(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 3), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((4, 0, 0), True),
    ],
)
def test_only_libraries_without_the_wal_bug_are_safe(version: tuple[int, int, int], safe: bool) -> None:
    assert driver.is_safe(version) is safe


async def test_an_unsafe_library_is_refused_with_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "library_version", lambda: (3, 40, 1))
    with pytest.raises(StoreUnsafe, match=r"SQLite 3\.40\.1 can corrupt .*`pip install pysqlite3`"):
        await open_pool(tmp_path / "s.db", create=True)
    assert not list(tmp_path.iterdir())


def test_importing_the_store_loads_no_driver() -> None:
    code = "import sys, store, store.base; print([m for m in sys.modules if 'sqlite' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_library_that_aiosqlite_uses_is_a_safe_one() -> None:
    code = "import store.sqlite.driver as d, aiosqlite, sqlite3; print(d.is_safe(aiosqlite.sqlite_version_info))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"


async def test_a_new_store_is_private_durable_and_keeps_a_write_ahead_log(pool: Pool) -> None:
    async with pool.write() as connection:
        assert await connection.rows("PRAGMA journal_mode") == [("wal",)]
        assert await connection.rows("PRAGMA synchronous") == [(2,)]
    assert pool.path.stat().st_mode & 0o777 == 0o600
    assert files.wal_of(pool.path).stat().st_mode & 0o777 == 0o600


async def test_a_block_that_raises_leaves_nothing_behind(pool: Pool) -> None:
    with pytest.raises(KeyError):
        await insert(pool, 1, then=fail)
    assert await count(pool) == 0
    await insert(pool, 1)
    assert await count(pool) == 1


async def test_a_reader_sees_one_state_until_its_block_ends(pool: Pool) -> None:
    async with pool.read() as reader:
        assert await reader.rows("SELECT count(*) FROM undone") == [(0,)]
        await insert(pool, 1)
        assert await reader.rows("SELECT count(*) FROM undone") == [(0,)]
    assert await count(pool) == 1


async def test_readers_cannot_write(pool: Pool) -> None:
    async with pool.read() as connection:
        with pytest.raises(StoreError):
            await connection.run(INSERT, (1,))


async def test_a_cancelled_read_is_interrupted_and_its_connection_goes_on(pool: Pool) -> None:
    async def read() -> None:
        async with pool.read() as connection:
            await connection.rows(ENDLESS)

    for _ in range(4):  # more often than there are readers
        task = asyncio.create_task(read())
        await asyncio.sleep(0.03)
        await cancel(task)
    assert await count(pool) == 0


async def test_a_slow_read_lets_other_reads_and_writes_pass(pool: Pool) -> None:
    async def read() -> None:
        async with pool.read() as connection:
            await connection.rows(ENDLESS)

    task = asyncio.create_task(read())
    await asyncio.sleep(0.03)
    await insert(pool, 1)
    assert await count(pool) == 1
    assert not task.done()
    await cancel(task)


@pytest.mark.parametrize(
    "work",
    [
        lambda connection: connection.run_many(INSERT, ((number,) for number in range(10**9))),
        lambda connection: connection.run(f"INSERT INTO undone SELECT * FROM ({ENDLESS})"),
    ],
    ids=["many short statements", "one long statement"],
)
async def test_a_cancelled_write_leaves_nothing_behind(
    pool: Pool, work: Callable[[Connection], "asyncio.Future[None]"]
) -> None:
    async def write() -> None:
        async with pool.write() as connection:
            await connection.run(INSERT, (-1,))
            await work(connection)

    task = asyncio.create_task(write())
    await asyncio.sleep(0.05)
    await cancel(task)
    assert await count(pool) == 0
    await insert(pool, 1)
    assert await count(pool) == 1


async def test_a_task_cancelled_while_it_waits_for_the_lock_holds_no_lock_later(pool: Pool) -> None:
    with contextlib.closing(sqlite3.connect(pool.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        task = asyncio.create_task(insert(pool, 7))
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.sleep(0)
        other.execute("ROLLBACK")
        with pytest.raises(asyncio.CancelledError):
            await task
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    await insert(pool, 1)
    assert await count(pool) == 1


async def test_a_commit_that_cannot_happen_is_not_acknowledged(pool: Pool) -> None:
    async def write() -> None:
        async with pool.write() as connection:
            await connection.run(INSERT, (1,))
            await connection.run("ROLLBACK")

    with pytest.raises(StoreError):
        await write()
    assert await count(pool) == 0


async def test_a_lock_that_is_released_in_time_only_delays(pool: Pool) -> None:
    with contextlib.closing(sqlite3.connect(pool.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        asyncio.get_running_loop().call_later(0.6, other.execute, "ROLLBACK")
        await insert(pool, 1)
    assert await count(pool) == 1


async def test_a_lock_that_is_not_released_is_reported_with_its_holder(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "_BUSY_TIMEOUT", 0.1)
    code = """
        import sys, sqlite3
        other = sqlite3.connect(sys.argv[1], isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        print("locked", flush=True)
        sys.stdin.read()
    """
    arguments = [sys.executable, "-c", textwrap.dedent(code), str(pool.path)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "locked\n"
        with pytest.raises(StoreBusy) as caught:
            await insert(pool, 1)
        process.communicate()
    assert "nothing was written; try again" in str(caught.value)
    if Path("/proc/locks").exists():
        assert f"process {process.pid}" in str(caught.value)
    assert await count(pool) == 0


async def test_a_full_disk_is_said_and_reading_goes_on(pool: Pool) -> None:
    async with pool.write() as connection:
        await connection.run(INSERT, (-1,))
        [(pages,)] = await connection.rows("PRAGMA page_count")
    writer = pool._writer
    assert writer is not None
    await writer.rows(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(StoreFull, match="nothing was written; free some space"):
        async with pool.write() as connection:
            await connection.run_many(INSERT, ((number,) for number in range(100_000)))
    assert await count(pool) == 1
    await writer.rows(f"PRAGMA max_page_count = {pages + 1_000}")
    await insert(pool, 1)
    assert await count(pool) == 2


async def test_the_write_ahead_log_stays_bounded(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "_WAL_LIMIT", 200_000)
    pool._wal_limit = 200_000
    async with pool.read() as reader:  # keeps the log from beginning again
        await reader.rows("SELECT * FROM undone")
        for start in range(0, 100_000, 20_000):
            async with pool.write() as connection:
                await connection.run_many(INSERT, ((number,) for number in range(start, start + 20_000)))
    before = files.size_of(files.wal_of(pool.path))
    async with pool.write() as connection:
        await connection.run_many(INSERT, ((number,) for number in range(100_000, 200_000)))
    assert files.size_of(files.wal_of(pool.path)) < before


async def test_a_closed_pool_says_so_and_closes_twice(pool: Pool) -> None:
    async def read() -> None:
        async with pool.read() as connection:
            await connection.rows(ENDLESS)

    task = asyncio.create_task(read())
    await asyncio.sleep(0.03)
    await pool.aclose()
    await pool.aclose()
    with pytest.raises(StoreError):
        await task
    with pytest.raises(StoreError, match="was closed"):
        await count(pool)


def test_a_store_that_nobody_closed_does_not_keep_the_process(tmp_path: Path) -> None:
    code = """
        import asyncio, sys
        from pathlib import Path
        from store.sqlite.driver import open_pool

        async def main():
            global pool
            pool = await open_pool(Path(sys.argv[1]), create=True)
            async with pool.write() as connection:
                await connection.run("INSERT INTO undone VALUES (1)")

        asyncio.run(main())
        print("ends")
    """
    arguments = [sys.executable, "-c", textwrap.dedent(code), str(tmp_path / "s.db")]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=20, check=True)
    assert done.stdout == "ends\n"


WRITER = """
    import asyncio, sys
    from pathlib import Path
    from store.sqlite.driver import open_pool

    async def main(path, first, number):
        pool = await open_pool(Path(path), create=True)
        for row in range(first, first + number):
            async with pool.write() as connection:
                await connection.run("INSERT INTO undone VALUES (?)", (row,))
                await connection.run("INSERT INTO undone VALUES (?)", (-row,))
            print(row, flush=True)
        await pool.aclose()

    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
"""


def start_writer(path: Path, first: int, number: int) -> "subprocess.Popen[str]":
    arguments = [sys.executable, "-c", textwrap.dedent(WRITER), str(path), str(first), str(number)]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)


async def test_processes_that_create_and_write_one_store_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    writers = [start_writer(path, first, 40) for first in (1_000, 2_000, 3_000)]
    for writer in writers:
        writer.communicate(timeout=60)
        assert writer.returncode == 0
    pool = await open_pool(path, create=False)
    assert await count(pool) == 2 * 3 * 40
    await pool.aclose()


async def test_a_killed_writer_loses_no_acknowledged_row_and_leaves_no_half(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    acknowledged: set[int] = set()
    for first in (1_000_000, 2_000_000, 3_000_000):
        with start_writer(path, first, 900_000) as writer:
            assert writer.stdout is not None
            acknowledged |= {int(writer.stdout.readline()) for _ in range(60)}
            os.kill(writer.pid, signal.SIGKILL)
            acknowledged |= {int(line) for line in writer.stdout if line.endswith("\n")}
    pool = await open_pool(path, create=False)
    async with pool.read() as connection:
        present = {row for (row,) in await connection.rows("SELECT changeset FROM undone")}
        assert await connection.rows("PRAGMA integrity_check") == [("ok",)]
    await pool.aclose()
    assert acknowledged <= present
    assert all(-row in present for row in present)
