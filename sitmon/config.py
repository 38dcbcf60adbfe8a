"""Configuration: a TOML file and the environment -> one frozen `Config`; and the store that it leads to."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from model.errors import InputRefused
from store.base import Store

_MOST = 100_000
"""Bytes that a configuration may have."""

_LONGEST = 200
"""Characters of a file's name that every file system takes."""

SHIPPED = "afghanistan_2021"
"""The situation that a new default store is filled with."""


class Config(NamedTuple):
    """What a user or a machine has settled; an option of a command wins over it."""

    store: str | None = None
    """Path or URL of the store; `SITMON_STORE`. None: `default_store()`."""
    situation: str | None = None
    """Id of the situation; `SITMON_SITUATION`. None: the store's only one."""
    mouse: bool = True
    """Whether the screen listens to the mouse."""
    keys: str = "vim"
    """The preset that the screen's keys begin with; the key file says more."""
    theme: str | None = None
    """Name of the screen's theme, one of sitmon's or of `themes_folder()`. None: what suits the terminal."""
    bell: bool = False
    """Whether the terminal's bell rings when something new matches a watched filter."""
    ask_feeds: bool = False
    """Whether the screen asks the feeds while nobody else does."""
    scroll_regions: bool = True
    """Whether the terminal may be told to scroll a part of itself; `SITMON_SCROLL_REGIONS=0`: it may not."""


_KEYS: dict[str, tuple[type, str]] = {
    "store": (str, "a text in quotation marks"),
    "situation": (str, "a text in quotation marks"),
    "mouse": (bool, "true or false"),
    "keys": (str, "a preset in quotation marks"),
    "theme": (str, "a text in quotation marks"),
    "bell": (bool, "true or false"),
    "ask_feeds": (bool, "true or false"),
    "scroll_regions": (bool, "true or false"),
}


def _own_folder(variable: str, usual: str) -> Path:
    """Return sitmon's own folder among a user's, as the XDG base directories have it: relative ones do not count."""
    named = Path(os.environ.get(variable, ""))
    return (named if named.is_absolute() else Path.home() / usual) / "sitmon"


def config_file(environment: Mapping[str, str] = os.environ) -> Path:
    """Return where the configuration is: `SITMON_CONFIG`, or `config.toml` in the user's configuration directory."""
    named = environment.get("SITMON_CONFIG")
    return Path(named) if named else _own_folder("XDG_CONFIG_HOME", ".config") / "config.toml"


def themes_folder() -> Path:
    """Return where the user's own themes are: `themes` beside the configuration."""
    return config_file().parent / "themes"


def memory_file(store: str | None, situation: str) -> Path:
    """Return where is kept what this user has seen of a situation.

    Args:
        store: the store's path or URL; None: the default one.
        situation: the situation's id.
    """
    from urllib.parse import quote

    where = str(default_store()) if store is None else store if "://" in store else str(Path(store).resolve())
    name = quote(os.fsencode(f"{where}\n{situation}"), safe="")[-_LONGEST:]  # their ends tell stores apart
    return _own_folder("XDG_STATE_HOME", ".local/state") / "looked" / f"{name}.json"


def default_store() -> Path:
    """Return the path of the store that is used where none is named."""
    return _own_folder("XDG_DATA_HOME", ".local/share") / "sitmon.db"


def read_config(environment: Mapping[str, str] = os.environ) -> Config:
    """Read the configuration; the environment wins over the file, and a file that is not there says nothing.

    Raises:
        InputRefused: the file cannot be read, is not TOML, or has a key or a value that it cannot have.
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
        raise InputRefused(f"the configuration {path} is not a regular file")  # reading a pipe would wait for ever
    if found.st_size > _MOST:
        raise InputRefused(f"the configuration {path} is larger than {_MOST:,} bytes; it has a dozen short lines")
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
    """Open the store that was named, or the configured one, or the default one.

    Only the default store is ever made by opening it: complete with the shipped situation, or not at all. Of two
    sessions that do so at once, one is first and both use its store.

    Raises:
        StoreError: it cannot be opened, or is not there.
    """
    from store import open_store

    named = store or read_config().store
    if named:
        return await open_store(named, create=False)
    path = default_store()
    if not path.exists():
        await _make_default(path)
    return await open_store(str(path), create=False)


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
        say(f"made your store, {path}, and loaded the situation that ships with sitmon")
    except FileExistsError:
        say(f"another session has just made your store, {path}")
    finally:
        for suffix in ("", "-wal", "-shm"):
            unfinished.with_name(unfinished.name + suffix).unlink(missing_ok=True)
