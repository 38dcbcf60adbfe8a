"""Stores of facts. Only this package has SQL or a database driver; `open_store` is its entry point."""

from collections.abc import Callable
from pathlib import Path

from model.errors import StoreError
from store.base import Store

__all__ = ["Store", "open_store", "path_of"]


async def open_store(
    url: str, *, create: bool = False, group: str | None = None, on_upgrade: Callable[[int, int], None] | None = None
) -> Store:
    """Open a store.

    Args:
        url: a path, or `sqlite:///` followed by an absolute path.
        create: make a new store if there is none, readable and writable by its owner alone.
        group: make a new store that the members of this Unix group share.
        on_upgrade: called with the schema numbers before and after, before a store that an older sitmon made is
            brought up to date, which takes a minute with ten million events.

    Raises:
        StoreTooNew: a newer sitmon has written it.
        StoreUnsafe: the SQLite library or the file system would risk several users' data.
        StoreError: it is missing, is not a store, or may not be opened.
    """
    path = path_of(url)
    from store.sqlite.backend import open_sqlite

    return await open_sqlite(path, create=create, group=group, on_upgrade=on_upgrade)


def path_of(url: str) -> Path:
    """Return the path of the file in a store's URL.

    Raises:
        StoreError: the URL has none.
    """
    scheme, separator, rest = url.partition("://")
    if not separator:
        if not url.strip() or "\0" in url:
            raise StoreError("a store needs a path; give a file")
        return Path(url).expanduser()
    if scheme in ("postgresql", "postgres"):
        raise StoreError(
            "this sitmon keeps its stores in SQLite files and cannot open PostgreSQL; give a path instead of "
            f"{scheme}://..."  # the rest may hold a password
        )
    if scheme != "sqlite":
        raise StoreError(f"{scheme[:20]}:// is not a kind of store; give a path, or sqlite:///path")
    if not rest.startswith("/"):
        raise StoreError(f"sqlite://{rest} names a host, not a file; write sqlite:/// and an absolute path")
    from urllib.parse import unquote

    return Path(unquote(rest))
