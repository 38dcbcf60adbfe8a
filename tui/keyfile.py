"""A user's keys: a preset, and over it a key file; what is wrong in that is said, and the rest of it holds."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from model.errors import InputRefused
from model.text import clean_line
from tui.keymap import ACTIONS, PANES, PROTECTED, works_in
from tui.keys import shown_key
from tui.keyspelling import parse_key
from tui.presets import DEFAULT, PRESETS

Bound = Mapping[str, tuple[str, ...]]
"""Action name -> its keys."""

MAX_TEXT = 100_000
"""Characters of a key file that are read."""


class Problem(NamedTuple):
    """What is wrong in a key file."""

    line: int
    """Where, from 1; 0 for the whole of it."""
    text: str
    file: str = "keys.toml"

    def __str__(self) -> str:
        return f"{self.file} line {self.line}: {self.text}" if self.line else f"{self.file}: {self.text}"


class Wish(NamedTuple):
    """What a key file says of one action."""

    name: str
    keys: tuple[str, ...]
    line: int
    """Where it says so, from 1."""


class Entry(NamedTuple):
    """One line of a key file, as TOML has it."""

    name: str
    value: Any
    line: int


def read_keys(text: str, preset: str = DEFAULT) -> tuple[Bound, tuple[Problem, ...]]:
    """Return the keys that a key file leads to, and what is wrong in it, in its order.

    Args:
        text: the file; empty where there is none.
        preset: the preset that holds where the file names none.
    """
    entries, problems = _entries(text[:MAX_TEXT])
    if len(text) > MAX_TEXT:
        problems.append(Problem(0, f"only the first {MAX_TEXT:,} characters were read"))
    if preset not in PRESETS:
        problems.append(Problem(0, _no_preset(preset), "config.toml"))
        preset = DEFAULT
    wishes: list[Wish] = []
    for entry in entries:
        try:
            if entry.name == "preset":
                preset = _preset(entry.value)
            else:
                wishes += _wish(entry, problems)
        except InputRefused as error:
            problems.append(Problem(entry.line, str(error)))
    bound, refused = bind(preset_keys(preset), wishes)
    return bound, tuple(sorted([*problems, *refused]))


def preset_keys(preset: str) -> Bound:
    """Return all keys of a preset."""
    table = {name: action.keys for name, action in ACTIONS.items()}
    return bind(table, [Wish(name, keys, 0) for name, keys in PRESETS[preset].items()])[0]


def bind(bound: Bound, wishes: Iterable[Wish]) -> tuple[Bound, list[Problem]]:
    """Return keys with the wishes fulfilled, and what kept one from being so.

    A wish takes its keys away from whatever else had them; of two wishes for one key, the earlier has it. In no pane
    has a key two meanings then, and the protected keys are where they were.
    """
    granted: dict[str, tuple[str, ...]] = {}
    lines: dict[str, int] = {}
    problems = []
    for name, keys, line in wishes:
        if name in lines:
            problems.append(Problem(line, f"{name} stands in line {lines[name]} already, and that one holds"))
            continue
        free: list[str] = []
        for key in dict.fromkeys(keys):
            if reason := _taken(name, key, granted, lines) or _begins(key, free):
                problems.append(Problem(line, f"{name}: {reason}"))
            else:
                free.append(key)
        if free or not keys:
            granted[name] = _with_protected(name, free)
            lines[name] = line
    kept = {
        name: tuple(key for key in keys if not any(_meet(name, key, other, granted[other]) for other in granted))
        for name, keys in bound.items()
        if name not in granted
    }
    return {name: granted.get(name, kept.get(name, ())) for name in bound}, problems


def without_key(bound: Bound) -> tuple[str, ...]:
    """Return the names of the actions that have keys in the table, and none here."""
    return tuple(name for name, action in ACTIONS.items() if action.keys and not bound.get(name))


def _taken(name: str, key: str, granted: Bound, lines: Mapping[str, int]) -> str | None:
    parts = key.split()
    for owner, protected in PROTECTED.items():
        if protected in parts and (owner != name or len(parts) > 1):
            return f"{protected} always means {owner}, so that there is a way out"
    for other, keys in granted.items():
        if _meet(name, key, other, keys):
            return f"{shown_key(key)} is taken by {other} in line {lines[other]}"
    return None


def _begins(key: str, keys: Iterable[str]) -> str | None:
    other = next((other for other in keys if key.split(maxsplit=1)[0] == other or other.split()[0] == key), None)
    return other and f"{shown_key(key)} and {shown_key(other)} begin with the same key"


def _with_protected(name: str, keys: Sequence[str]) -> tuple[str, ...]:
    protected = PROTECTED.get(name)
    return (*keys, protected) if protected and protected not in keys else tuple(keys)


def _meet(name: str, key: str, other: str, keys: Iterable[str]) -> bool:
    if name == other or not any(works_in(ACTIONS[name], pane) and works_in(ACTIONS[other], pane) for pane in PANES):
        return False
    return any(key == one or key.split(maxsplit=1)[0] == one or one.split()[0] == key for one in keys)


# -- the file ----------------------------------------------------------------------------------------------------------


def _entries(text: str) -> tuple[list[Entry], list[Problem]]:
    if not text.strip():
        return [], []
    import tomllib

    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return _line_by_line(text)
    return [Entry(name, value, _line_of(name, text)) for name, value in table.items()], []


def _line_by_line(text: str) -> tuple[list[Entry], list[Problem]]:
    # One slip must not cost a user all other keys.
    import tomllib

    entries: list[Entry] = []
    problems = []
    for number, line in enumerate(text.splitlines(), 1):
        try:
            entries += [Entry(name, value, number) for name, value in tomllib.loads(line).items()]
        except (tomllib.TOMLDecodeError, RecursionError):
            problems.append(Problem(number, 'this is not written as name = "key"'))
    return entries, problems


def _line_of(name: str, text: str) -> int:
    written = re.compile(rf"""\s*\[*\s*["']?{re.escape(name)}["']?\s*[\].=]""")
    return next((number for number, line in enumerate(text.splitlines(), 1) if written.match(line)), 1)


def _preset(value: Any) -> str:
    if isinstance(value, str) and value in PRESETS:
        return value
    raise InputRefused(_no_preset(str(value)))


def _no_preset(name: str) -> str:
    return f"no preset is called {clean_line(name)[:40]!r}; there are {', '.join(PRESETS)}"


def _wish(entry: Entry, problems: list[Problem]) -> Iterator[Wish]:
    name, value = re.sub("[ -]", "_", entry.name), entry.value
    if name not in ACTIONS:
        raise InputRefused(f"no action is called {clean_line(entry.name)[:40]!r}{_nearest(name, ACTIONS)}")
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
        raise InputRefused(f'{name} must be a key in quotation marks, or several: ["a", "b"]; [] for none')
    values = [one for one in values if one.strip()]
    keys = []
    for one in values:
        try:
            keys.append(parse_key(one))
        except InputRefused as error:
            problems.append(Problem(entry.line, f"{name}: {error}"))
    if keys or not values:
        yield Wish(name, tuple(keys), entry.line)


def _nearest(name: str, names: Iterable[str]) -> str:
    import difflib

    found = difflib.get_close_matches(name, list(names), n=1)
    return f"; nearest: {found[0]}" if found else "; the palette lists them"
