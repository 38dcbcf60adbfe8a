"""Several people on one store: permissions, what the doctor says about them, who holds the lock."""

import asyncio
import dataclasses
import grp
import os
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from model.errors import StoreError
from model.query import EventQuery
from store.base import Store
from store.doctor import Facts, Finding, Level, Owned, User, examine, look
from store.sqlite import files

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as several users")

ANNA, BEN, ANALYSTS = 4001, 4002, 4010
SHARED = Facts(
    path=Path("/srv/sitmon/s.db"),
    user=User(ANNA, frozenset({ANNA, ANALYSTS})),
    file=Owned(0o660, ANNA, ANALYSTS),
    directory=Owned(0o2770, 0, ANALYSTS),
    reachable=True,
    side_files={},
    sqlite=(3, 53, 4),
    mount=files.Mount("/", "ext4"),
    free_bytes=2**40,
    wal_bytes=0,
    zones=True,
    environment={"TERM": "xterm-256color", "COLORTERM": "truecolor"},
    encoding="utf-8",
)
PRIVATE = dataclasses.replace(SHARED, file=Owned(0o600, ANNA, ANNA), directory=Owned(0o755, ANNA, ANNA))


def bad(facts: Facts) -> list[Finding]:
    return [finding for finding in examine(facts) if finding.level is Level.BAD]


@pytest.mark.parametrize(
    "facts",
    [
        SHARED,
        PRIVATE,
        # a home directory of a system on which everybody has a group of their own
        dataclasses.replace(PRIVATE, directory=Owned(0o775, ANNA, ANNA)),
        dataclasses.replace(SHARED, directory=Owned(0o3770, 0, ANALYSTS)),
        dataclasses.replace(SHARED, user=User(0, frozenset({0}))),
        dataclasses.replace(SHARED, side_files={"/srv/sitmon/s.db-wal": Owned(0o660, BEN, ANALYSTS)}),
    ],
    ids=["shared", "private", "private group", "sticky", "root", "the other's log"],
)
def test_a_good_set_up_is_called_good(facts: Facts) -> None:
    assert bad(facts) == []


def test_the_promise_about_names_comes_first() -> None:
    first = examine(SHARED)[0]
    assert first.level is Level.NOTE
    assert "names are claims" in first.what
    assert "PostgreSQL enforces names" in first.what


@pytest.mark.parametrize(
    ("facts", "what", "fix"),
    [
        pytest.param(
            dataclasses.replace(SHARED, file=Owned(0o600, ANNA, ANALYSTS)),
            "analysts may not write it",
            "chmod 660 /srv/sitmon/s.db",
            id="1 file not group-writable in a shared directory",
        ),
        pytest.param(
            dataclasses.replace(SHARED, directory=Owned(0o770, 0, ANALYSTS)),
            "does not pass its group on",
            "chgrp analysts /srv/sitmon && chmod 2770 /srv/sitmon",
            id="2 directory without setgid",
        ),
        pytest.param(
            dataclasses.replace(SHARED, file=Owned(0o640, ANNA, ANALYSTS), directory=Owned(0o770, 0, ANALYSTS)),
            "anna can be locked out",
            "chmod 660 /srv/sitmon/s.db",
            id="3 file 640 with group-writable directory",
        ),
        pytest.param(
            dataclasses.replace(
                SHARED,
                user=User(BEN, frozenset({BEN})),
                file=Owned(0o664, ANNA, ANALYSTS),
                directory=Owned(0o2775, 0, ANALYSTS),
            ),
            "ben may read /srv/sitmon/s.db, but not write",
            "sudo usermod -aG analysts ben",
            id="4 reader without write permission",
        ),
        pytest.param(
            dataclasses.replace(PRIVATE, user=User(0, frozenset({0})), file=Owned(0o444, ANNA, ANNA)),
            "may be written by nobody, not even by anna",
            "chmod u+rw /srv/sitmon/s.db",
            id="nobody writes it, as root sees it",
        ),
        pytest.param(
            dataclasses.replace(PRIVATE, side_files={"/srv/sitmon/s.db-wal": Owned(0o600, BEN, ANNA)}),
            "/srv/sitmon/s.db-wal was left by ben",
            "sudo chown anna:anna /srv/sitmon/s.db-wal",
            id="a log of somebody else",
        ),
        pytest.param(
            dataclasses.replace(PRIVATE, directory=Owned(0o755, 0, 0)),
            "anna may write /srv/sitmon/s.db, but may not create files",
            "ls -ld /srv/sitmon",
            id="a directory that is not one's own",
        ),
        pytest.param(
            dataclasses.replace(SHARED, user=User(BEN, frozenset({BEN}))),
            "ben may not read",
            "sudo usermod -aG analysts ben",
            id="not a member",
        ),
        pytest.param(
            dataclasses.replace(PRIVATE, user=User(BEN, frozenset({BEN}))),
            "ben may not read",
            "ask anna to share it",
            id="somebody's private store",
        ),
        pytest.param(
            dataclasses.replace(SHARED, file=Owned(0o660, ANNA, ANNA)),
            "is of group anna, its directory of group analysts",
            "chgrp analysts /srv/sitmon/s.db",
            id="two groups",
        ),
        pytest.param(
            dataclasses.replace(SHARED, directory=Owned(0o2750, ANNA, ANALYSTS)),
            "may not create files in its directory",
            "chmod 2770 /srv/sitmon",
            id="directory not group-writable",
        ),
        pytest.param(
            dataclasses.replace(SHARED, side_files={"/srv/sitmon/s.db-shm": Owned(0o640, BEN, ANALYSTS)}),
            "/srv/sitmon/s.db-shm was left by ben",
            "sudo chmod 660 /srv/sitmon/s.db-shm",
            id="a log with other permissions",
        ),
        pytest.param(
            dataclasses.replace(SHARED, directory=None, file=None, reachable=False),
            "anna may not search the directories above /srv/sitmon/s.db",
            "namei -l /srv/sitmon/s.db",
            id="no way there",
        ),
        pytest.param(
            dataclasses.replace(SHARED, mount=files.Mount("/srv", "nfs4")),
            "is on nfs4",
            "a local disk of the server",
            id="network file system",
        ),
        pytest.param(
            dataclasses.replace(SHARED, sqlite=(3, 40, 1)), "SQLite 3.40.1", "pip install pysqlite3", id="old SQLite"
        ),
        pytest.param(dataclasses.replace(SHARED, free_bytes=2**20), "1 MiB are free", "du -xh /srv/sitmon", id="full"),
        pytest.param(dataclasses.replace(SHARED, zones=False), "no time zone data", "pip install tzdata", id="zones"),
        pytest.param(
            dataclasses.replace(SHARED, environment={"TERM": "dumb"}),
            "TERM is dumb",
            "export TERM=xterm-256color",
            id="terminal",
        ),
        pytest.param(
            dataclasses.replace(SHARED, encoding="iso8859-1"), "not UTF-8", "export LANG=C.UTF-8", id="encoding"
        ),
    ],
)
def test_a_bad_set_up_is_named_with_the_command_that_fixes_it(
    facts: Facts, what: str, fix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "user_name", {ANNA: "anna", BEN: "ben", 0: "root"}.__getitem__)
    monkeypatch.setattr(files, "group_name", {ANNA: "anna", ANALYSTS: "analysts", BEN: "ben", 0: "root"}.__getitem__)
    [finding] = [finding for finding in bad(facts) if what in finding.what]
    assert fix in finding.fix
    assert finding.why


def test_a_store_that_everybody_can_read_is_noted() -> None:
    facts = dataclasses.replace(PRIVATE, file=Owned(0o644, ANNA, ANNA))
    assert any(
        "read by everybody" in finding.what and finding.fix == "chmod o= /srv/sitmon/s.db" for finding in examine(facts)
    )


def test_a_path_that_a_shell_would_take_apart_is_quoted() -> None:
    facts = dataclasses.replace(SHARED, path=Path("/srv/x; rm -r y/s.db"), file=Owned(0o640, ANNA, ANALYSTS))
    assert all("'/srv/x; rm -r y/s.db'" in finding.fix for finding in bad(facts) if "chmod" in finding.fix)


def test_a_grown_log_is_noted_with_how_to_find_who_keeps_it() -> None:
    notes = [
        finding for finding in examine(dataclasses.replace(SHARED, wal_bytes=100 * 2**20)) if "log" in finding.what
    ]
    assert [note.fix.split("    ")[0] for note in notes] == ["fuser -v /srv/sitmon/s.db-wal"]


def test_the_facts_are_those_of_the_machine(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    files.create_file(path, 0o640)
    files.create_file(files.wal_of(path), 0o600)
    facts = look(path, {"TERM": "vt100"})
    assert facts.file is not None
    assert facts.file.mode == 0o640
    assert list(facts.side_files) == [str(files.wal_of(path))]
    assert facts.user.uid == os.geteuid()
    assert facts.free_bytes > 0
    assert facts.environment == {"TERM": "vt100"}
    assert facts.zones


def test_looking_opens_and_makes_nothing(tmp_path: Path) -> None:
    facts = look(tmp_path / "none" / "s.db", {"TERM": "xterm"})
    assert (facts.file, facts.directory) == (None, None)
    assert facts.free_bytes > 0
    assert any(finding.fix == f"mkdir -p {tmp_path}/none" for finding in examine(facts))
    assert not list(tmp_path.iterdir())


# -- making a shared store -----------------------------------------------------------------------------------------


def own_group() -> str:
    return grp.getgrgid(os.getegid()).gr_name


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o000])
def test_a_shared_store_is_writable_by_the_group_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    path = tmp_path / "team" / "s.db"
    former = os.umask(umask)
    try:
        files.create_shared(path, own_group())
    finally:
        os.umask(former)
    assert path.stat().st_mode & 0o7777 == 0o660
    assert path.parent.stat().st_mode & 0o7777 == 0o2770
    assert not [finding for finding in bad(look(path, {"TERM": "xterm"})) if "s.db" in finding.what]


def test_a_directory_that_does_not_fit_is_left_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    with pytest.raises(StoreError, match=r"not a shared directory of .*sudo chgrp .* && sudo chmod 2770"):
        files.create_shared(tmp_path / "s.db", own_group())
    assert tmp_path.stat().st_mode & 0o7777 == 0o750
    assert not list(tmp_path.iterdir())


def test_nothing_is_shared_with_a_group_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"there is no group 'no-such-group'.*sudo groupadd"):
        files.create_shared(tmp_path / "team" / "s.db", "no-such-group")
    assert not list(tmp_path.iterdir())


def test_nothing_is_shared_over_another_file(tmp_path: Path) -> None:
    (tmp_path / "s.db").write_text("mine")
    with pytest.raises(StoreError, match="exists already"):
        files.create_shared(tmp_path / "s.db", own_group())
    assert (tmp_path / "s.db").read_text() == "mine"


def test_nothing_is_shared_through_a_link(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (tmp_path / "s.db").symlink_to(elsewhere)
    with pytest.raises(StoreError, match="exists already"):
        files.create_file(tmp_path / "s.db", files.SHARED_FILE)
    with pytest.raises(StoreError, match="exists already"):
        files.create_shared(tmp_path / "s.db", own_group())
    assert not elsewhere.exists()


def test_sharing_changes_only_what_it_made_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        pytest.fail("changed by its name, which may be another's by then")

    monkeypatch.setattr(os, "chown", refuse)
    monkeypatch.setattr(os, "chmod", refuse)
    files.create_shared(tmp_path / "team" / "s.db", own_group())
    assert (tmp_path / "team" / "s.db").stat().st_mode & 0o7777 == 0o660


def test_a_file_that_cannot_be_shared_is_not_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "team").mkdir()
    os.chown(tmp_path / "team", -1, os.getegid())
    (tmp_path / "team").chmod(0o2770)

    def refuse(*_arguments: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "fchown", refuse)
    with pytest.raises(StoreError, match="you must be a member of"):
        files.create_shared(tmp_path / "team" / "s.db", own_group())
    assert not list((tmp_path / "team").iterdir())


def test_two_sessions_that_make_one_store_at_once_both_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make = files.create_file

    def be_late(path: Path, mode: int) -> None:
        make(path, mode)
        make(path, mode)

    monkeypatch.setattr(files, "create_file", be_late)
    files.require_store(tmp_path / "s.db", create=True)
    assert (tmp_path / "s.db").exists()


# -- who holds the lock --------------------------------------------------------------------------------------------

LOCKS = """\
1: POSIX  ADVISORY  WRITE 811 fe:00:4711 120 120
2: POSIX  ADVISORY  READ 812 fe:00:4711 124 124
3: POSIX  ADVISORY  READ 813 fe:00:4711 120 120
4: FLOCK  ADVISORY  WRITE 814 fe:00:99 0 EOF
5: POSIX  ADVISORY  WRITE 815 fe:00:4711 128 128
6: POSIX  ADVISORY  WRITE 816 fe:00:4712 120 120
7: POSIX  ADVISORY  WRITE 817 fe:00:4711 0 EOF
7: -> POSIX  ADVISORY  WRITE 818 fe:00:4711 120 120
"""


def test_only_who_holds_the_write_lock_is_named() -> None:
    assert files.write_lockers(LOCKS, 4711) == (811, 817)


# -- several real users --------------------------------------------------------------------------------------------

AS_USER = """
    import asyncio, os, sys
    from pathlib import Path
    from store.sqlite.driver import open_pool
    from store.sqlite.migrate import schemas

    schemas()  # the other users may not be able to read where Python and sitmon are installed
    uid, gid, umask = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3], 8)
    path, hold = Path(sys.argv[4]), sys.argv[5]
    os.setgroups([gid])
    os.setgid(uid)
    os.setuid(uid)
    os.umask(umask)

    async def main():
        pool = await open_pool(path, create=False)
        async with pool.write() as connection:
            await connection.run("INSERT INTO undone VALUES ((SELECT count(*) FROM undone))")
        print("written", flush=True)
        if hold == "kill":
            os.kill(os.getpid(), 9)
        if hold == "hold":
            sys.stdin.read()
        await pool.aclose()

    asyncio.run(main())
"""


def start_as(uid: int, umask: int, path: Path, hold: str = "") -> "subprocess.Popen[str]":
    arguments = [sys.executable, "-c", textwrap.dedent(AS_USER), str(uid), str(ANALYSTS), f"{umask:o}", str(path), hold]
    return subprocess.Popen(
        arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd="/"
    )


@pytest.fixture
def team() -> Iterator[Path]:
    """A shared directory that the users of this machine can reach."""
    with tempfile.TemporaryDirectory(prefix="sitmon-") as folder:
        Path(folder).chmod(0o711)
        directory = Path(folder) / "team"
        directory.mkdir()
        os.chown(directory, 0, ANALYSTS)
        directory.chmod(0o2770)
        yield directory


async def make_store(directory: Path) -> Path:
    from store.sqlite.driver import open_pool

    path = directory / "s.db"
    files.create_file(path, files.SHARED_FILE)
    os.chown(path, ANNA, ANALYSTS)
    await (await open_pool(path, create=True)).aclose()
    return path


@ROOT_ONLY
@pytest.mark.parametrize("umask", [0o022, 0o077])
@pytest.mark.parametrize(("first", "second"), [(ANNA, BEN), (BEN, ANNA)])
async def test_two_users_write_one_store_whoever_comes_first(team: Path, umask: int, first: int, second: int) -> None:
    path = await make_store(team)
    holder = start_as(first, umask, path, "hold")
    assert holder.stdout is not None
    assert holder.stdout.readline() == "written\n", holder.communicate()[1]
    other = start_as(second, umask, path)
    out, err = other.communicate(timeout=30)
    assert out == "written\n", err
    holder.communicate(timeout=30)
    assert holder.returncode == 0


@ROOT_ONLY
async def test_what_a_killed_user_left_is_recovered_by_another(team: Path) -> None:
    path = await make_store(team)
    assert start_as(ANNA, 0o077, path, "kill").communicate(timeout=30)[0] == "written\n"
    assert files.wal_of(path).exists()
    assert start_as(BEN, 0o077, path).communicate(timeout=30)[0] == "written\n"


@ROOT_ONLY
async def test_who_may_not_write_leaves_nothing_that_locks_the_owner_out(team: Path) -> None:
    path = await make_store(team)
    path.chmod(0o640)
    out, err = start_as(BEN, 0o022, path).communicate(timeout=30)
    assert out == ""
    assert "would lock" in err
    assert "`sitmon doctor` says what to do" in err
    assert [file.name for file in team.iterdir()] == ["s.db"]
    assert start_as(ANNA, 0o022, path).communicate(timeout=30)[0] == "written\n"


# -- several processes on one situation ----------------------------------------------------------------------------

WRITER = """
    import asyncio, sys
    from model.entities import Claim, Event, Mark, MarkKind, Stance
    from model.ids import new_id
    from model.times import DAY, Precision
    from store import open_store
    from store.base import Draft

    async def main(path, number):
        async with await open_store(path) as store:
            for day in range(number):
                event = Event(new_id(), "capture", day * DAY, Precision.DAY, "taken", "north", "red", "blue")
                claim = Claim(new_id(), event.id, "wire", Stance.ASSERTS, day * DAY)
                mark = Mark(new_id(), event.id, MarkKind.STAR)
                await store.write("valley", Draft("a day", events=(event,), claims=(claim,), marks=(mark,)))
                print(event.id, flush=True)

    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""


def start_writer(path: Path, number: int) -> "subprocess.Popen[str]":
    arguments = [sys.executable, "-c", textwrap.dedent(WRITER), str(path), str(number)]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)


async def test_sessions_that_write_at_once_and_are_killed_keep_the_situation_whole(
    store: Store, situation: str, tmp_path: Path
) -> None:
    path = tmp_path / "sitmon.db"
    seen: set[int] = set()

    async def follow() -> None:
        async for revision in store.changes():
            seen.add(revision.newest)

    following = asyncio.create_task(follow())
    writers = [start_writer(path, number) for number in (15, 15, 100_000)]
    acknowledged: set[str] = set()
    loop = asyncio.get_running_loop()
    for writer in writers:
        assert writer.stdout is not None
        for _ in range(15):
            acknowledged.add((await loop.run_in_executor(None, writer.stdout.readline)).strip())
    writers[-1].kill()
    for writer in writers:
        acknowledged |= {
            line.strip() for line in writer.communicate()[0].splitlines(keepends=True) if line.endswith("\n")
        }
    page = await store.page(situation, EventQuery(), limit=100_000)
    newest = page.revision.newest
    async with asyncio.timeout(5):
        while newest not in seen:  # noqa: ASYNC110 - it is the listener that is waited for
            await asyncio.sleep(0.01)
    following.cancel()
    assert acknowledged <= {row.event.id for row in page.rows}
    assert all(row.starred for row in page.rows)
    assert (await store.verify(situation)).problem == ""
    assert await store.check() == ()
    assert await store.state_hash(situation) == await store.rebuild(situation)
