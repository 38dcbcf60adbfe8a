"""The user's keys, from the configuration and from the key file beside it."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sitmon.config import config_file, read_config
from tui.keyfile import Bound, Problem, read_keys, without_key

if TYPE_CHECKING:
    from store.doctor import Finding

MAX_BYTES = 1_000_000
"""Bytes of a key file that are looked at."""


class UserKeys(NamedTuple):
    """Which keys a user has, and what is wrong in what led to them."""

    path: Path
    """Where the key file is, or would be."""
    bound: Bound
    problems: tuple[Problem, ...]


def key_file(environment: Mapping[str, str] = os.environ) -> Path:
    """Return where the key file is: `keys.toml`, beside the configuration."""
    return config_file(environment).with_name("keys.toml")


def user_keys(preset: str, environment: Mapping[str, str] = os.environ) -> UserKeys:
    """Read the key file over a preset; one that is not there says nothing, and one that cannot be read is a problem."""
    path = key_file(environment)
    problems: tuple[Problem, ...] = ()
    text = ""
    try:
        with path.open("rb") as file:
            text = file.read(MAX_BYTES).decode("utf-8")
    except FileNotFoundError:
        pass
    except UnicodeDecodeError:
        problems = (Problem(0, "it is not UTF-8; the preset's keys hold"),)
    except OSError as error:
        problems = (Problem(0, f"it cannot be read ({error.strerror}); the preset's keys hold"),)
    bound, found = read_keys(text, preset)
    return UserKeys(path, bound, (*problems, *found))


def examine_keys() -> Iterator["Finding"]:
    """Say what is wrong in the key file, and which actions are left without a key."""
    from store.doctor import Finding, Level

    path, bound, problems = user_keys(read_config().keys)
    for problem in problems:
        yield Finding(Level.BAD, f"the keys in {path}: {problem}", "only this is left out; all else holds")
    if not problems and path.exists():
        yield Finding(Level.GOOD, f"the keys in {path} hold, all of them")
    if idle := without_key(bound):
        yield Finding(Level.NOTE, f"actions without a key: {', '.join(idle)}", "the palette (:) has every action")
