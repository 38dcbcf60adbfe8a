"""Opening a store's file: what is made, what is refused, and what the refusal says."""

import contextlib
import os
import sqlite3
from pathlib import Path

import pytest

from model.errors import StoreError, StoreTooNew, StoreUnsafe
from store import open_store, path_of
from store.sqlite import files, migrate
from store.sqlite.driver import Pool, open_pool

FIRST = "CREATE TABLE one (n INTEGER) STRICT;\nINSERT INTO one VALUES (1); -- a remark; with a semicolon"
SECOND = "CREATE TABLE two (n INTEGER) STRICT;\nINSERT INTO two SELECT n FROM one;"


async def schema_of(pool: Pool) -> tuple[int, set[str]]:
    async with pool.read() as connection:
        [(version,)] = await connection.rows("PRAGMA user_version")
        tables = {name for (name,) in await connection.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    return version, tables


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


async def test_a_store_is_made_only_where_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with pytest.raises(StoreError, match=f"no store at {path}; make one with `sitmon store init"):
        await open_pool(path, create=False)
    assert contents(tmp_path) == {}
    await (await open_pool(path, create=True)).aclose()
    await (await open_pool(path, create=False)).aclose()


async def test_closing_the_last_connection_leaves_one_file(tmp_path: Path) -> None:
    pool = await open_pool(tmp_path / "s.db", create=True)
    await pool.aclose()
    assert list(contents(tmp_path)) == ["s.db"]


async def test_a_store_says_what_it_is_in_its_header(tmp_path: Path) -> None:
    pool = await open_pool(tmp_path / "s.db", create=True)
    await pool.aclose()
    assert (tmp_path / "s.db").read_bytes()[68:72] == b"sitm"


@pytest.mark.parametrize("content", [b"id,name\n1,Herat\n", b"\x7fELF", b"SQLite format 2\0" * 100])
async def test_a_file_that_is_not_sqlite_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "s.db"
    path.write_bytes(content)
    for create in (False, True):
        with pytest.raises(StoreError, match="is not a SQLite file, so not a sitmon store; it was left as it is"):
            await open_pool(path, create=create)
    assert contents(tmp_path) == {"s.db": content}


async def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.executescript("CREATE TABLE bookmark (url TEXT); PRAGMA user_version = 1;")
    before = contents(tmp_path)
    for create in (False, True):
        with pytest.raises(StoreError, match="another program's SQLite database"):
            await open_pool(path, create=create)
    assert contents(tmp_path) == before


async def test_an_empty_file_becomes_a_store_only_where_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    path.touch(0o640)
    with pytest.raises(StoreError, match="is empty; make it a store with `sitmon store init"):
        await open_pool(path, create=False)
    assert path.stat().st_size == 0
    await (await open_pool(path, create=True)).aclose()
    assert path.stat().st_mode & 0o777 == 0o640


async def test_a_damaged_file_is_named_and_a_backup_advised(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    await (await open_pool(path, create=True)).aclose()
    path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 40_000)
    with pytest.raises(StoreError, match=r"is damaged .* restore the newest backup"):
        await open_pool(path, create=False)


async def test_a_newer_schema_is_refused_and_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    pool = await open_pool(path, create=True)
    async with pool.write() as connection:
        await connection.run("PRAGMA user_version = 99")
    await pool.aclose()
    with pytest.raises(StoreTooNew, match="has schema 99 and this sitmon knows"):
        await open_pool(path, create=False)


async def test_an_older_schema_is_brought_up_to_date_with_what_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    files.create_file(path, files.PRIVATE_FILE)
    pool = Pool(path)
    told: list[tuple[int, int]] = []

    def tell(old: int, new: int) -> None:
        told.append((old, new))

    await migrate.migrate(pool, create=True, texts=(FIRST,), on_upgrade=tell)
    assert await schema_of(pool) == (1, {"one"})
    assert told == []
    for _ in range(2):
        await migrate.migrate(pool, create=False, texts=(FIRST, SECOND), on_upgrade=tell)
    assert await schema_of(pool) == (2, {"one", "two"})
    assert told == [(1, 2)]
    async with pool.read() as connection:
        assert await connection.rows("SELECT n FROM two") == [(1,)]
    await pool.aclose()


async def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    files.create_file(path, files.PRIVATE_FILE)
    pool = Pool(path)
    await migrate.migrate(pool, create=True, texts=(FIRST,))
    with pytest.raises(StoreError, match="no_such"):
        await migrate.migrate(pool, create=False, texts=(FIRST, SECOND + "\nINSERT INTO no_such VALUES (1);"))
    assert await schema_of(pool) == (1, {"one"})
    await pool.aclose()


def test_each_schema_file_is_taken_apart_into_its_statements() -> None:
    assert [len(list(migrate.statements(text))) for text in (FIRST, SECOND, "")] == [2, 2, 0]
    for text in migrate.schemas():
        assert "".join(migrate.statements(text)) == text


@pytest.mark.parametrize(
    ("url", "path"),
    [("s.db", "s.db"), ("/srv/x y.db", "/srv/x y.db"), ("sqlite:///srv/x%20y.db", "/srv/x y.db")],
)
def test_a_store_is_named_by_a_path_or_a_url(url: str, path: str) -> None:
    assert path_of(url) == Path(path)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("postgresql://anna:secret@db/sitmon", "cannot open PostgreSQL"),
        ("mysql://db/sitmon", "not a kind of store"),
        ("sqlite://s.db", "write sqlite:///"),
        ("", "needs a path"),
        ("a\0b", "needs a path"),
    ],
)
async def test_a_url_that_names_no_file_is_refused(url: str, reason: str) -> None:
    with pytest.raises(StoreError, match=reason) as caught:
        await open_store(url)
    assert "secret" not in str(caught.value)


async def test_a_path_that_cannot_be_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for path, reason in (
        (tmp_path, "is a directory"),
        (tmp_path / "file" / "s.db", "is not a directory"),
        (tmp_path / "none" / "s.db", "no directory"),
        (Path("/dev/null"), "not a regular file"),
        (tmp_path / ("x" * 300), "name too long|cannot be reached"),
    ):
        with pytest.raises(StoreError, match=reason):
            await open_pool(path, create=True)


MOUNTS = r"""
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:26 / /tmp rw - tmpfs tmpfs rw
31 22 0:27 / /home rw,relatime shared:2 master:1 - nfs4 server:/home rw
32 31 0:28 / /home/local rw - btrfs /dev/vdb rw
33 22 0:29 / /mnt/with\040space rw - fuse.sshfs anna@server: rw
34 22 0:30 / /covered rw - 9p host rw
35 22 0:31 / /covered rw - xfs /dev/vdc rw
""".strip()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/srv/s.db", "ext4"),
        ("/tmp/s.db", "tmpfs"),
        ("/home/anna/s.db", "nfs4"),
        ("/home/local/s.db", "btrfs"),
        ("/homeless/s.db", "ext4"),
        ("/mnt/with space/s.db", "fuse.sshfs"),
        ("/covered/s.db", "xfs"),
    ],
)
def test_the_file_system_of_a_path_is_that_of_the_longest_mount(path: str, kind: str) -> None:
    mount = files.mount_of(Path(path), MOUNTS)
    assert mount is not None
    assert mount.kind == kind
    if kind in ("nfs4", "fuse.sshfs"):
        with pytest.raises(StoreUnsafe, match=f"is on {kind} .*put the store on a local disk"):
            files.require_local(Path(path), mounts=MOUNTS)
    else:
        files.require_local(Path(path), mounts=MOUNTS)


@pytest.mark.parametrize("kind", ["nfs", "cifs", "smb3", "9p", "virtiofs", "fuse", "fuseblk", "ceph", "afs"])
def test_file_systems_that_machines_share_are_refused(kind: str) -> None:
    assert files.is_remote(files.Mount("/", kind))


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs", "tmpfs", "overlay", "zfs", "f2fs", "ramfs"])
def test_file_systems_of_one_machine_are_not(kind: str) -> None:
    assert not files.is_remote(files.Mount("/", kind))


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="only Linux lists who holds which lock")
async def test_opening_a_store_twice_keeps_the_locks_of_the_first(pool: Pool) -> None:
    def locks() -> int:
        inode = f":{pool.path.stat().st_ino} "
        return sum(inode in line for line in Path("/proc/locks").read_text().splitlines())

    before = locks()
    assert before > 0
    await (await open_pool(pool.path, create=False)).aclose()
    assert locks() == before


async def test_a_store_is_found_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link.db").symlink_to(tmp_path / "real" / "s.db")
    pool = await open_pool(tmp_path / "link.db", create=True)
    assert pool.path == Path(os.path.realpath(tmp_path / "real" / "s.db"))
    await pool.aclose()
