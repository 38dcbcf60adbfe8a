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
    """A user's keys, and what is wrong in the key file."""

    bound: "Bound | None"
    """None: the keys of the action table."""
    problems: "tuple[Problem, ...]"


def key_file() -> Path:
    """Return the path of the key file, which need not exist."""
    return config_file().with_name("keys.toml")


def filters_file() -> Path:
    """Return the path of the saved filters, which need not exist."""
    return config_file().with_name("filters.toml")


def user_keys(preset: str) -> UserKeys:
    """Read the key file on top of a preset; it need not exist, but it is a problem if it cannot be read."""
    text, wrong = "", ""
    try:
        text = read_bytes(key_file()).decode("utf-8")
    except FileNotFoundError:
        if preset == "vim":  # the usual case, in which the first screen need not wait for `tui.keyfile`
            return UserKeys(None, ())
    except UnicodeDecodeError:
        wrong = "it is not UTF-8; the preset's keys apply"
    except OSError as error:
        wrong = f"it cannot be read ({error.strerror}); the preset's keys apply"
    from tui.keyfile import Problem, read_keys

    bound, problems = read_keys(text, preset)
    return UserKeys(bound, (Problem(0, wrong), *problems) if wrong else problems)


def examine_own_files() -> Iterator["Finding"]:
    """Yield what is wrong in a user's own files, and which actions have no key."""
    from store.doctor import Finding, Level
    from tui.keyfile import preset_keys, without_key
    from tui.saved_filters import SavedFilters

    path, preset = key_file(), read_config().keys
    bound, problems = user_keys(preset)
    for problem in problems:
        yield Finding(Level.BAD, f"the keys: {problem}", f"only this is left out; everything else in {path} applies")
    if not problems and path.exists():
        yield Finding(Level.GOOD, f"all the keys in {path} apply")
    if idle := without_key(preset_keys("vim") if bound is None else bound):
        yield Finding(Level.NOTE, f"actions without a key: {', '.join(idle)}", "the palette (:) has every action")
    try:
        SavedFilters(filters_file(), "").read()
    except InputRefused as error:
        yield Finding(Level.BAD, f"the saved filters: {error}", "saved filters can be neither used nor saved")
