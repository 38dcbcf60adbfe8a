"""Whoever commits rings at every other session, and nothing that can go wrong with that goes unnoticed for long."""

import asyncio
import contextlib
import os
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from store.sqlite import watch
from store.sqlite.bell import Bell, directory_of
from store.sqlite.driver import Pool, open_pool
from store.sqlite.watch import Watch

ROW = "INSERT INTO event VALUES (NULL, 1, randomblob(16), 1, 1, NULL, NULL, NULL, NULL, 0, 0, 0, '')"


@pytest.fixture
async def other(pool: Pool) -> AsyncIterator[Pool]:
    """The same file, opened by another session."""
    opened = await open_pool(pool.path, create=False)
    yield opened
    await opened.aclose()


@pytest.fixture
def deaf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sessions that look only when somebody rings."""
    monkeypatch.setattr(watch, "_RARELY", 3_600.0)


async def insert(pool: Pool) -> None:
    async with pool.write() as connection:
        await connection.run(ROW)


def insert_silently(pool: Pool) -> None:
    with contextlib.closing(sqlite3.connect(pool.path, isolation_level=None)) as raw:
        raw.execute(ROW)


async def number(changes: AsyncIterator[object], newest: int) -> int:
    """Return how many revisions come until the one that has so many events."""
    seen = 0
    async with asyncio.timeout(10):
        while True:
            revision = await anext(changes)
            seen += 1
            if revision.newest == newest:  # type: ignore[attr-defined]
                return seen


def sockets(pool: Pool) -> list[Path]:
    return sorted(directory_of(pool.path).iterdir())


@pytest.mark.usefixtures("deaf")
async def test_a_session_is_told_of_another_s_commits(pool: Pool, other: Pool) -> None:
    changes = Watch(pool).changes()
    await anext(changes)
    for newest in (1, 2, 3):
        await insert(other)
        assert await number(changes, newest) == 1


@pytest.mark.usefixtures("deaf")
async def test_a_thousand_commits_are_a_few_looks(pool: Pool, other: Pool) -> None:
    changes = Watch(pool).changes()
    await anext(changes)
    for _ in range(1_000):
        other.bell.ring()
    await insert(other)
    assert await number(changes, 1) == 1
    for _ in range(100):
        await insert(other)
    assert await number(changes, 101) < 10


@pytest.mark.usefixtures("deaf")
async def test_whoever_rings_for_nothing_is_not_answered(pool: Pool, other: Pool) -> None:
    changes = Watch(pool).changes()
    await anext(changes)
    (bell,) = sockets(pool)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as stranger:
        stranger.setblocking(False)
        for junk in (b"", b"look", b"\x1b]0;\x07" * 10_000):
            stranger.sendto(junk, str(bell))
        waiting = asyncio.ensure_future(anext(changes))
        done, _ = await asyncio.wait({waiting}, timeout=0.3)
        assert not done
        with contextlib.suppress(BlockingIOError):
            for _ in range(10_000):
                stranger.sendto(b"junk", str(bell))
    await insert(other)
    async with asyncio.timeout(10):
        assert (await waiting).newest == 1


async def test_who_does_not_ring_is_noticed_and_from_then_on_looked_for(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    wait = watch._wait

    async def noted(wake: asyncio.Event, seconds: float) -> bool:
        waits.append(seconds)
        return await wait(wake, seconds)

    monkeypatch.setattr(watch, "_wait", noted)
    changes = Watch(pool).changes()
    await anext(changes)
    for newest in (1, 2):
        insert_silently(pool)
        await number(changes, newest)
    assert waits[0] == watch._RARELY
    assert waits[-1] == watch._OFTEN
    await insert(pool)
    await number(changes, 3)
    waiting = asyncio.ensure_future(anext(changes))
    await asyncio.wait({waiting}, timeout=0.1)
    assert waits[-1] == watch._RARELY
    waiting.cancel()


async def test_where_there_can_be_no_socket_one_looks_often(pool: Pool, other: Pool) -> None:
    directory_of(pool.path).write_text("in the way")
    changes = Watch(pool).changes()
    await anext(changes)
    assert not pool.bell.open()
    await insert(other)
    assert await number(changes, 1) == 1


async def test_a_link_in_its_place_is_not_followed(pool: Pool, other: Pool, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    directory_of(pool.path).symlink_to(elsewhere)
    assert not pool.bell.open()
    assert list(elsewhere.iterdir()) == []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as victim:
        victim.bind(str(elsewhere / "victim"))
        victim.setblocking(False)
        other.bell.ring()
        directory_of(pool.path).unlink()
        assert pool.bell.open()
        (directory_of(pool.path) / "link").symlink_to(elsewhere / "victim")
        os.mkfifo(directory_of(pool.path) / "pipe")
        (directory_of(pool.path) / "file").write_text("")
        other.bell.ring()
        with pytest.raises(BlockingIOError):
            victim.recv(1)


async def test_the_bell_of_a_session_that_was_killed_is_taken_away(pool: Pool, other: Pool) -> None:
    code = (
        "import sys, time, pathlib, store.sqlite.bell as b\n"
        "assert b.Bell(pathlib.Path(sys.argv[1])).open()\nprint('open', flush=True)\ntime.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(pool.path)], stdout=subprocess.PIPE) as session:
        assert session.stdout is not None
        assert session.stdout.readline() == b"open\n"
        session.send_signal(signal.SIGKILL)
    assert len(sockets(pool)) == 1
    assert pool.bell.open()
    assert len(sockets(pool)) == 2
    await insert(other)
    assert len(sockets(pool)) == 1


async def test_the_last_one_takes_away_what_was_left(pool: Pool) -> None:
    assert pool.bell.open()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as killed:
        killed.bind(str(directory_of(pool.path) / "killed"))
    assert len(sockets(pool)) == 2
    await pool.aclose()
    assert not directory_of(pool.path).exists()


async def test_the_last_one_leaves_nothing_behind(pool: Pool, other: Pool) -> None:
    assert pool.bell.open()
    assert other.bell.open()
    assert pool.bell.open()
    assert len(sockets(pool)) == 2
    await other.aclose()
    assert len(sockets(pool)) == 1
    await pool.aclose()
    assert not directory_of(pool.path).exists()
    pool.bell.ring()


@pytest.mark.parametrize(("file", "directory", "bell"), [(0o600, 0o700, 0o600), (0o660, 0o2770, 0o660)])
async def test_those_may_ring_who_may_open_the_store(pool: Pool, file: int, directory: int, bell: int) -> None:
    pool.path.chmod(file)
    assert pool.bell.open()
    (made,) = sockets(pool)
    assert stat.S_IMODE(directory_of(pool.path).stat().st_mode) == directory
    assert stat.S_IMODE(made.stat().st_mode) == bell


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as several users")
@pytest.mark.parametrize(("file", "is_told"), [(0o660, True), (0o600, False)])
async def test_other_users_ring_where_the_store_is_shared(tmp_path: Path, file: int, is_told: bool) -> None:
    anna, ben, analysts = 4001, 4002, 4010
    shared = tmp_path / "shared"
    shared.mkdir()
    os.chown(shared, anna, analysts)
    shared.chmod(0o2770)
    for parent in shared.parents:
        if parent.stat().st_uid == os.geteuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o011)
    path = shared / "sitmon.db"
    path.touch()
    os.chown(path, anna, analysts)
    path.chmod(file)
    code = (
        "import os, sys, pathlib\nimport store.sqlite.bell as b\n"
        "uid, path, what = int(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]\n"
        f"os.setgroups([]); os.setgid({analysts}); os.setuid(uid); os.umask(0o077)\n"
        "bell = b.Bell(path)\n"
        "if what == 'ring':\n    bell.ring()\n"
        "else:\n    print(bell.open(), flush=True)\n    sys.stdin.readline()\n"
        "    try: bell._socket.recv(1); print('told', flush=True)\n"
        "    except BlockingIOError: print('not told', flush=True)\n"
    )

    def start(user: int, what: str) -> subprocess.Popen[str]:
        argv = [sys.executable, "-c", code, str(user), str(path), what]
        return subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    with start(anna, "hear") as listening:
        assert listening.stdin is not None
        assert listening.stdout is not None
        assert listening.stdout.readline() == "True\n"
        with start(ben, "ring") as ringing:
            assert ringing.wait() == 0
        listening.stdin.write("\n")
        listening.stdin.flush()
        assert listening.stdout.readline() == ("told\n" if is_told else "not told\n")


def test_a_long_path_is_no_hindrance(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["a-directory-with-a-long-name"] * 6)
    deep.mkdir(parents=True)
    store = deep / "sitmon.db"
    store.touch()
    bell = Bell(store)
    assert bell.open()
    Bell(store).ring()
    assert bell._socket is not None
    assert bell._socket.recv(1) == b""
    bell.close()
