"""Configuration: a TOML file and the environment -> a frozen `Config`; a user's files; the default store."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from model.errors import InputRefused
from store.base import Store

_MAX_BYTES = 100_000
"""Size of a configuration file, at most."""

_MAX_NAME = 200
"""Characters of a file name that every file system allows."""

SHIPPED = "afghanistan_2021"
"""The situation that a new default store is filled with."""


class Config(NamedTuple):
    """Settings of a user or a machine; a command's options override them."""

    store: str | None = None
    """Path or URL of the store; `SITMON_STORE`. None: `default_store()`."""
    situation: str | None = None
    """Id of the situation; `SITMON_SITUATION`. None: the store's only one."""
    mouse: bool = True
    """Whether the screen uses the mouse."""
    keys: str = "vim"
    """The preset of the screen's keys; the key file changes single keys."""
    theme: str | None = None
    """Name of the screen's theme, one of sitmon's or in `themes_folder()`. None: chosen for the terminal."""
    bell: bool = False
    """Whether the terminal's bell rings when something new matches a watched filter."""
    poll_feeds: bool = False
    """Whether the screen polls the feeds while no other process does."""
    scroll_regions: bool = True
    """Whether to let the terminal scroll a part of the screen; `SITMON_SCROLL_REGIONS=0` turns it off."""


_KEYS: dict[str, tuple[type, str]] = {
    "store": (str, "a text in quotation marks"),
    "situation": (str, "a text in quotation marks"),
    "mouse": (bool, "true or false"),
    "keys": (str, "a preset in quotation marks"),
    "theme": (str, "a text in quotation marks"),
    "bell": (bool, "true or false"),
    "poll_feeds": (bool, "true or false"),
    "scroll_regions": (bool, "true or false"),
}


def _own_folder(variable: str, usual: str) -> Path:
    """Return sitmon's folder in an XDG base directory; a relative path in the variable is ignored."""
    named = Path(os.environ.get(variable, ""))
    return (named if named.is_absolute() else Path.home() / usual) / "sitmon"


def config_file(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the path of the configuration: `SITMON_CONFIG`, or `config.toml` in the user's configuration directory."""
    named = environment.get("SITMON_CONFIG")
    return Path(named) if named else _own_folder("XDG_CONFIG_HOME", ".config") / "config.toml"


def themes_folder() -> Path:
    """Return the folder of the user's own themes: `themes` beside the configuration."""
    return config_file().parent / "themes"


def memory_file(store: str | None, situation: str) -> Path:
    """Return the path of the file that remembers what this user has seen of a situation.

    Args:
        store: the store's path or URL; None: the default one.
        situation: the situation's id.
    """
    from urllib.parse import quote

    where = str(default_store()) if store is None else store if "://" in store else str(Path(store).resolve())
    name = quote(os.fsencode(f"{where}\n{situation}"), safe="")[-_MAX_NAME:]  # the ends differ
    return _own_folder("XDG_STATE_HOME", ".local/state") / "looked" / f"{name}.json"


def default_store() -> Path:
    """Return the path of the store that is used if none is given."""
    return _own_folder("XDG_DATA_HOME", ".local/share") / "sitmon.db"


def read_config(environment: Mapping[str, str] = os.environ) -> Config:
    """Read the configuration; the environment overrides the file, and the file need not exist.

    Raises:
        InputRefused: the file cannot be read, is not TOML, or has a wrong key or value.
    """
    path = config_file(environment)
    try:
        text = _read(path).decode("utf-8")
    except FileNotFoundError:
        if environment.get("SITMON_CONFIG"):
            raise InputRefused(f"there is no configuration at {path}; SITMON_CONFIG names it") from None
        text = ""
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise InputRefused(f"the configuration {path} is not UTF-8 (line {line})") from None
    except OSError as error:
        raise InputRefused(f"the configuration {path} cannot be read: {error.strerror}") from None
    config = _from_toml(text, path) if text else Config()
    return config._replace(
        store=environment.get("SITMON_STORE") or config.store,
        situation=environment.get("SITMON_SITUATION") or config.situation,
        scroll_regions=config.scroll_regions and environment.get("SITMON_SCROLL_REGIONS") != "0",
    )


def _read(path: Path) -> bytes:
    found = path.stat()
    if not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
        raise InputRefused(f"the configuration {path} is not a regular file")  # reading a pipe would block
    if found.st_size > _MAX_BYTES:
        raise InputRefused(f"the configuration {path} is larger than {_MAX_BYTES:,} bytes; it needs only a few lines")
    return path.read_bytes()


def _from_toml(text: str, path: Path) -> Config:
    import tomllib

    try:
        table: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputRefused(f"the configuration {path} is not TOML: {error}") from None
    except RecursionError:
        raise InputRefused(f"the configuration {path} is nested too deeply; its keys need no brackets") from None
    for key, value in table.items():
        if key not in _KEYS:
            from model.rows import nearest_hint

            raise InputRefused(f"the configuration {path} has no key {key[:40]!r}{nearest_hint(key, _KEYS)}")
        if not isinstance(value, _KEYS[key][0]):
            raise InputRefused(f"the configuration {path}: {key} must be {_KEYS[key][1]}")
    return Config(**table)


async def ready_store(store: str | None) -> Store:
    """Open the given store, or else the configured one, or else the default one.

    Only the default store is made if it does not exist: with the shipped situation loaded, or not at all. If two
    sessions do so at once, both use the store of the first.

    Raises:
        StoreError: it cannot be opened, or does not exist.
    """
    from store import open_store

    named = store or read_config().store
    if named:
        return await open_store(named, on_upgrade=tell_upgrade)
    path = default_store()
    if not path.exists():
        await _make_default(path)
    return await open_store(str(path), on_upgrade=tell_upgrade)


def tell_upgrade(old: int, new: int) -> None:
    """Say that an older store is brought up to date, before it is."""
    from sitmon.output import say

    say(f"bringing the store from schema {old} to {new}; with millions of events this takes a minute")


async def _make_default(path: Path) -> None:
    from seed import load_shipped
    from sitmon.output import say
    from store import open_store

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        async with await open_store(str(unfinished), create=True) as opened:
            await load_shipped(opened, SHIPPED)
        os.link(unfinished, path)
        say(f"created your store, {path}, and loaded the situation that ships with sitmon")
    except FileExistsError:
        say(f"another session has just created your store, {path}")
    finally:
        for suffix in ("", "-wal", "-shm"):
            unfinished.with_name(unfinished.name + suffix).unlink(missing_ok=True)
