"""Maintenance of a SQLite store: information about it, checks inside it, backup."""

import secrets
from collections.abc import Mapping
from pathlib import Path

from model.errors import StoreBusy, StoreDamaged, StoreError
from store.base import Progress, StoreInfo
from store.sqlite import driver, files, migrate
from store.sqlite.audit import audit
from store.sqlite.driver import Pool

PROMISE = "names are claims: any member of the group can write the file; the chain shows accidents"
"""How far author names can be relied on in a file."""

# Nothing is ever deleted from a table of facts, so its highest number is its count.
_COUNTS = """
    SELECT 'situations', count(*) FROM name WHERE situation = 0 AND what = 'situation'
    UNION ALL SELECT 'places', count(*) FROM name WHERE what = 'place'
    UNION ALL SELECT 'actors', count(*) FROM name WHERE what = 'actor'
    UNION ALL SELECT 'sources', count(*) FROM name WHERE what = 'source'
    UNION ALL SELECT 'reports', coalesce(max(seq), 0) FROM report
    UNION ALL SELECT 'events', coalesce(max(seq), 0) FROM event
    UNION ALL SELECT 'claims', coalesce(max(seq), 0) FROM claim
    UNION ALL SELECT 'marks', coalesce(max(seq), 0) FROM mark
    UNION ALL SELECT 'proposals', count(DISTINCT id) FROM proposal
    UNION ALL SELECT 'changesets', coalesce(max(seq), 0) FROM changeset
"""

COPY_SETUP = "PRAGMA journal_mode = OFF; PRAGMA synchronous = FULL;"
"""For the file of a backup: a copy that fails is deleted, and needs no journal."""

# What must hold between tables: a sentence, and a query for the rows that break it.
_RULES = (
    ("{n} events are of no changeset", "SELECT 1 FROM event WHERE changeset NOT IN (SELECT seq FROM changeset)"),
    ("{n} claims are of no changeset", "SELECT 1 FROM claim WHERE changeset NOT IN (SELECT seq FROM changeset)"),
    ("{n} marks are of no changeset", "SELECT 1 FROM mark WHERE changeset NOT IN (SELECT seq FROM changeset)"),
    ("{n} claims are about no event", "SELECT 1 FROM claim WHERE event NOT IN (SELECT seq FROM event)"),
    (
        "{n} claims are from a report that is missing",
        "SELECT 1 FROM claim WHERE report IS NOT NULL AND report NOT IN (SELECT seq FROM report)",
    ),
    (
        "{n} proposals are of no changeset or no report",
        """
        SELECT 1 FROM proposal WHERE changeset NOT IN (SELECT seq FROM changeset)
        OR report NOT IN (SELECT seq FROM report)
        """,
    ),
    (
        "{n} decisions are of no changeset or on no proposal",
        """
        SELECT 1 FROM decision WHERE changeset NOT IN (SELECT seq FROM changeset)
        OR proposal NOT IN (SELECT seq FROM proposal)
        """,
    ),
    ("{n} marks are on no event", "SELECT 1 FROM mark WHERE event NOT IN (SELECT seq FROM event)"),
    (
        "{n} names of places, actors, routes, kinds or sources are used and missing",
        """
        SELECT kind FROM event UNION SELECT place FROM event UNION SELECT actor FROM event
        UNION SELECT against FROM event UNION SELECT route FROM event UNION SELECT source FROM claim
        UNION SELECT source FROM report UNION SELECT tally FROM tally_claim UNION SELECT source FROM tally_claim
        UNION SELECT name FROM version EXCEPT SELECT no FROM name EXCEPT SELECT NULL
        """,
    ),
    (
        "{n} changesets are not numbered in sequence",
        """
        SELECT 1 FROM (SELECT number, row_number() OVER (PARTITION BY situation ORDER BY seq) AS n FROM changeset)
        WHERE number <> n
        """,
    ),
    (
        "{n} undone changesets are missing",
        "SELECT 1 FROM undone WHERE changeset NOT IN (SELECT seq FROM changeset)",
    ),
    (
        "{n} weights are of no event; `sitmon store rebuild` fixes it",
        "SELECT 1 FROM weight WHERE event NOT IN (SELECT seq FROM event)",
    ),
    (
        "{n} marks in force are missing; `sitmon store rebuild` fixes it",
        "SELECT 1 FROM mark_now WHERE mark NOT IN (SELECT seq FROM mark)",
    ),
    (
        "{n} open proposals are missing; `sitmon store rebuild` fixes it",
        "SELECT 1 FROM queue WHERE proposal NOT IN (SELECT seq FROM proposal)",
    ),
    (
        "{n} spans of control are of places that are missing; `sitmon store rebuild` fixes it",
        "SELECT 1 FROM span WHERE place NOT IN (SELECT no FROM name WHERE what = 'place')",
    ),
)


async def read_info(pool: Pool, author: str) -> StoreInfo:
    """Return facts about the store."""
    async with pool.read() as connection:
        counts = await connection.rows(_COUNTS)
        [(schema,)] = await connection.rows("PRAGMA user_version")
    return StoreInfo(
        url=str(pool.path),
        backend=f"SQLite {'.'.join(map(str, driver.library_version()))}",
        schema=schema,
        author=author,
        promise=PROMISE,
        size_bytes=files.size_of(pool.path) + files.size_of(files.wal_of(pool.path)),
        counts=dict(counts),
    )


async def check(pool: Pool, *, progress: Progress | None = None) -> tuple[str, ...]:
    """Return what is wrong inside the store, a sentence each.

    Reads all of it and derives everything again. What is derived is only compared if SQLite and the facts are intact.
    """
    try:
        async with pool.read() as connection:
            # Without a read first, the pragma would check the index as this connection last saw it.
            await connection.rows("SELECT rowid FROM event_index LIMIT 1")
            found = [text for (text,) in await connection.rows("PRAGMA integrity_check(20)") if text != "ok"]
            found += _differences(dict(await connection.rows(driver.SCHEMA_SQL)), driver.schema_of(migrate.schemas()))
    except StoreBusy:
        raise
    except StoreError as error:  # damage that keeps SQLite from checking further
        return (str(error),)
    if found:
        return tuple(found)
    for sentence, sql in _RULES:
        async with pool.read() as connection:
            [(number,)] = await connection.rows(f"SELECT count(*) FROM ({sql})")  # noqa: S608 - ours
        if number:
            found.append(sentence.format(n=f"{number:,}"))
    if found:
        return tuple(found)
    try:
        return tuple(await audit(pool, progress))
    except StoreDamaged as error:
        return (str(error),)


def _differences(present: Mapping[str, str], expected: Mapping[str, str]) -> list[str]:
    return [
        *(f"the schema lacks {name}" for name in sorted(expected.keys() - present.keys())),
        *(f"the schema has {name}, which is not sitmon's" for name in sorted(present.keys() - expected.keys())),
        *(
            f"{name} is not defined as sitmon defines it"
            for name in sorted(expected.keys() & present.keys())
            if present[name] != expected[name]
        ),
    ]


async def back_up(pool: Pool, target: Path, *, progress: Progress | None = None) -> None:
    """Copy the store, as it is at one instant, to a new file that only its owner can read.

    Others can read and write meanwhile. The copy is written beside the target, and renamed when it is complete and on
    the disk.

    Raises:
        StoreError: the target exists or cannot be written.
        StoreFull: the disk is full.
    """
    target = files.real_path(target)
    # An unpredictable name: whoever made a file of that name first could read what is written into it.
    partial = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
    _require_absent(target)
    files.create_file(partial, files.PRIVATE_FILE)
    try:
        await _copy(pool, partial, progress or (lambda _done, _all: None))
        _require_absent(target)
        files.move(partial, target)
    except BaseException:
        files.remove(partial)
        raise


async def _copy(pool: Pool, partial: Path, progress: Progress) -> None:
    copy = await driver.connect(partial, COPY_SETUP)
    try:
        async with pool.read() as source:
            await source.rows("SELECT count(*) FROM sqlite_schema")  # from here on it sees one state
            await source.copy_to(copy, progress)
    finally:
        await copy.aclose()


def _require_absent(target: Path) -> None:
    if files.exists(target):
        raise StoreError(f"{target} exists already, and a backup never overwrites a file; give a new name")
