"""A store whose file is moved, replaced or upgraded while it is open: said, nothing pretended, and heard again."""

import contextlib
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from model.catalog import Catalog
from model.entities import Event, Mark, MarkKind
from model.errors import StoreError, StoreTooNew
from model.ids import new_id
from model.query import EventQuery
from model.times import Precision, parse_time
from store import Store, open_store
from store.base import Draft
from store.sqlite import files
from store.sqlite.driver import explain


@pytest.fixture
async def path(tmp_path: Path, catalog: Catalog) -> Path:
    """The path of a store with one event."""
    event = Event(new_id(), "clash", parse_time("2021-08-02")[0], Precision.DAY, "Fighting", "north")
    async with await open_store(str(tmp_path / "kept.db"), create=True) as store:
        await store.put_situation(catalog.situation)
        things = Draft("load", tuple(catalog.places.values()), actors=tuple(catalog.actors.values()), events=(event,))
        await store.write("valley", things)
    return tmp_path / "kept.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[Store]:
    async with await open_store(str(path)) as opened:
        yield opened


async def star(store: Store) -> None:
    [row] = (await store.page("valley", EventQuery())).rows
    await write_star(store, row.event.id)


async def write_star(store: Store, event: str) -> None:
    await store.write("valley", Draft("star", marks=(Mark(new_id(), event, MarkKind.STAR),)))


async def is_starred(store: Store) -> bool:
    [row] = (await store.page("valley", EventQuery())).rows
    return row.starred


async def test_a_file_that_is_gone_is_not_written_until_it_is_back(store: Store, path: Path) -> None:
    [row] = (await store.page("valley", EventQuery())).rows
    away = path.with_name("away.db")
    path.rename(away)
    for work in (write_star(store, row.event.id), is_starred(store), anext(store.changes())):
        with pytest.raises(StoreError, match="is gone; nothing is written until it is back"):
            await work
    assert not path.exists()
    away.rename(path)
    assert not await is_starred(store)
    await star(store)
    assert (await anext(store.changes())).changes == 3
    assert await is_starred(store)


async def test_a_backup_that_took_its_place_is_opened_when_changes_are_asked_for(store: Store, path: Path) -> None:
    backup = path.with_name("backup.db")
    await store.backup(backup)
    await star(store)
    backup.rename(path)
    with pytest.raises(StoreError, match="was replaced"):
        await star(store)
    with pytest.raises(StoreError, match=r"move kept.db-wal and kept.db-shm away"):
        await anext(store.changes())
    for name in (files.wal_of(path), files.shm_of(path)):
        name.unlink()
    assert (await anext(store.changes())).changes == 2
    assert not await is_starred(store)
    await star(store)
    with contextlib.closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT count(*) FROM changeset").fetchone() == (3,)


async def test_a_store_that_a_newer_program_has_changed_is_not_written(store: Store, path: Path) -> None:
    await star(store)
    changes = store.changes()
    await anext(changes)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreTooNew, match=r"from schema \d+ to 99; nothing is written"):
        await star(store)
    with pytest.raises(StoreTooNew):
        await anext(changes)
    assert await is_starred(store)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("disk I/O error", "is it full, over quota, or failing"),
        ("database or disk is full", "free some space"),
        ("database disk image is malformed", "restore the newest backup"),
        ("whatever {path} comes", "SQLite says 'whatever {path} comes'"),
    ],
)
def test_an_error_of_the_driver_says_what_to_do(text: str, said: str) -> None:
    assert said in str(explain(sqlite3.OperationalError(text), Path("x.db")))
