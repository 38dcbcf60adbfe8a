"""A user's own files beside the configuration: `keys.toml`, and the filters that the screen saves."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from model.errors import InputRefused
from sitmon.config import config_file, read_config
from tui.userfile import read_bytes

if TYPE_CHECKING:
    from store.doctor import Finding
    from tui.keyfile import Bound, Problem


class UserKeys(NamedTuple):
    """Which keys a user has, and what is wrong in what led to them."""

    bound: "Bound | None"
    """None: those of the action table."""
    problems: "tuple[Problem, ...]"


def key_file() -> Path:
    """Return where the key file is, or would be."""
    return config_file().with_name("keys.toml")


def filters_file() -> Path:
    """Return where the saved filters are, or would be."""
    return config_file().with_name("filters.toml")


def user_keys(preset: str) -> UserKeys:
    """Read the key file over a preset; one that is not there says nothing, and one that cannot be read is a problem."""
    text, wrong = "", ""
    try:
        text = read_bytes(key_file()).decode("utf-8")
    except FileNotFoundError:
        if preset == "vim":  # as for most, whose screen need not wait for what reads key files
            return UserKeys(None, ())
    except UnicodeDecodeError:
        wrong = "it is not UTF-8; the preset's keys hold"
    except OSError as error:
        wrong = f"it cannot be read ({error.strerror}); the preset's keys hold"
    from tui.keyfile import Problem, read_keys

    bound, problems = read_keys(text, preset)
    return UserKeys(bound, (Problem(0, wrong), *problems) if wrong else problems)


def examine_own_files() -> Iterator["Finding"]:
    """Say what is wrong in a user's own files, and which actions are left without a key."""
    from store.doctor import Finding, Level
    from tui.keyfile import preset_keys, without_key
    from tui.saved_filters import SavedFilters

    path, preset = key_file(), read_config().keys
    bound, problems = user_keys(preset)
    for problem in problems:
        yield Finding(Level.BAD, f"the keys: {problem}", f"only this is left out; all else in {path} holds")
    if not problems and path.exists():
        yield Finding(Level.GOOD, f"the keys in {path} hold, all of them")
    if idle := without_key(preset_keys("vim") if bound is None else bound):
        yield Finding(Level.NOTE, f"actions without a key: {', '.join(idle)}", "the palette (:) has every action")
    try:
        SavedFilters(filters_file(), "").read()
    except InputRefused as error:
        yield Finding(Level.BAD, f"the saved filters: {error}", "none can be taken or saved")
