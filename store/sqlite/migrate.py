"""The schema of a SQLite store: numbered files, each applied in one transaction together with its number."""

import functools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from model.errors import StoreError, StoreTooNew
from store.sqlite.driver import Connection, Pool, is_complete

APPLICATION_ID = 0x73_69_74_6D
"""`sitm`, in the header of every store's file."""


@functools.cache
def schemas() -> tuple[str, ...]:
    """Return the text of each schema file in order; applying the first makes schema 1."""
    found = sorted((Path(__file__).parent / "schema").glob("*.sql"))
    return tuple(path.read_text(encoding="utf-8") for path in found)


def statements(text: str) -> Iterator[str]:
    """Yield the SQL statements of a schema file, one by one, comments included."""
    pending = ""
    for line in text.splitlines(keepends=True):
        pending += line
        if is_complete(pending):
            yield pending
            pending = ""
    if pending.strip():
        yield pending


async def migrate(
    pool: Pool,
    *,
    create: bool,
    texts: Sequence[str] | None = None,
    on_upgrade: Callable[[int, int], None] | None = None,
) -> int:
    """Bring the file to the newest schema and return its number; a file that has it already takes a single read.

    Args:
        pool: the file's connections.
        create: make an empty file a store.
        texts: schema files to use in place of this program's.
        on_upgrade: see `store.open_store`.

    Raises:
        StoreTooNew: a newer program has written the file.
        StoreError: the file is another program's, or empty.
    """
    wanted = schemas() if texts is None else texts
    async with pool.read() as connection:
        present = await _schema_of(connection, pool.path, len(wanted), create=create)
    if on_upgrade is not None and 0 < present < len(wanted):
        on_upgrade(present, len(wanted))
    for number, text in enumerate(wanted[present:], present + 1):
        async with pool.write() as connection:
            # Another session may have done it while this one waited for the lock.
            if await _schema_of(connection, pool.path, len(wanted), create=create) >= number:
                continue
            for statement in statements(text):
                await connection.run(statement)
            await connection.run(f"PRAGMA application_id = {APPLICATION_ID}")
            await connection.run(f"PRAGMA user_version = {number}")
    return len(wanted)


async def _schema_of(connection: Connection, path: Path, newest: int, *, create: bool) -> int:
    """Return the file's schema number; 0 if it is empty and may become a store."""
    sql = """
        SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version),
            (SELECT count(*) FROM sqlite_schema)
    """
    [(application, version, tables)] = await connection.rows(sql)
    if application == 0 and version == 0 and tables == 0:
        if create:
            return 0
        raise StoreError(f"{path} is empty; make it a store with `sitmon store init {path}`")
    if application != APPLICATION_ID:
        raise StoreError(f"{path} is another program's SQLite database, not a sitmon store; give another file")
    if version > newest:
        raise StoreTooNew(
            f"{path} has schema {version} and this sitmon knows {newest} at most; "
            "use the newer sitmon that wrote it, or restore a backup from before"
        )
    return int(version)
