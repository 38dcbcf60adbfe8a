"""The filters that a person saved under names: a file of TOML, a table per situation, for people to read and edit."""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from model.errors import InputRefused
from model.text import clean_line
from tui.userfile import read_bytes, write_text

MAX_NAME = 60
"""Characters of a name."""

_FILTER, _WATCH = "filter", "watch"

Kept = str | dict[str, str | bool]
"""A filter as the file has it: its text alone, or `{ filter = "...", watch = true }`."""

_HEAD = "# Filters saved in sitmon, by situation. Edit them as you like; saving the next one drops remarks.\n"


class SavedFilters:
    """The saved filters of one situation.

    Whatever a person wrote into the file is kept: one that cannot be understood is never written over.

    Args:
        path: the file, which need not be there.
        situation: the situation's id.
    """

    def __init__(self, path: Path, situation: str) -> None:
        self._path = path
        self._situation = situation

    def read(self) -> dict[str, str]:
        """Return name -> filter, in the order in which they were saved.

        Raises:
            InputRefused: the file cannot be read or understood.
        """
        return {name: _text_of(kept) for name, kept in self._tables().get(self._situation, {}).items()}

    def watched(self) -> dict[str, str]:
        """Return name -> filter of those that tell when something new matches.

        Raises:
            InputRefused: the file cannot be read or understood.
        """
        tables = self._tables().get(self._situation, {})
        return {name: _text_of(kept) for name, kept in tables.items() if isinstance(kept, dict) and kept.get(_WATCH)}

    def put(self, name: str, text: str) -> None:
        """Save a filter under a name, also in place of another of that name.

        Raises:
            InputRefused: the name is none, or the file cannot be read, understood or written; it is as it was.
        """
        with self._changing() as tables:
            table = tables.setdefault(self._situation, {})
            before = table.get(name)
            table[name] = {**before, _FILTER: text} if isinstance(before, dict) else text

    def watch(self, name: str, *, on: bool) -> None:
        """Let the filter of that name tell when something new matches, or no longer.

        Raises:
            InputRefused: there is none, or the file cannot be read, understood or written; it is as it was.
        """
        with self._changing() as tables:
            table = tables.get(self._situation, {})
            if name not in table:
                raise InputRefused(f"no filter is saved as {clean_line(name)} any more")
            text = _text_of(table[name])
            table[name] = {_FILTER: text, _WATCH: True} if on else text

    def remove(self, name: str) -> None:
        """Remove the filter of that name, if there is one.

        Raises:
            InputRefused: the file cannot be read, understood or written; it is as it was.
        """
        with self._changing() as tables:
            tables.get(self._situation, {}).pop(name, None)

    @contextmanager
    def _changing(self) -> Iterator[dict[str, dict[str, Kept]]]:
        # Read again under a lock: another session of the same person may have saved one meanwhile.
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            directory = os.open(self._path.parent, os.O_RDONLY)
            try:
                fcntl.flock(directory, fcntl.LOCK_EX)
                tables = self._tables()
                yield tables
                write_text(self._path, _as_toml(tables))
                os.fsync(directory)
            finally:
                os.close(directory)
        except OSError as error:
            raise InputRefused(f"{self._path.name} cannot be written ({error.strerror}); {self._kept}") from None

    def _tables(self) -> dict[str, dict[str, Kept]]:
        import tomllib

        try:
            tables = tomllib.loads(read_bytes(self._path).decode("utf-8"))
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise InputRefused(f"{self._path.name} cannot be read ({error.strerror}); {self._kept}") from None
        except (ValueError, RecursionError) as error:
            raise InputRefused(f"{self._path.name} is not TOML ({error}); {self._kept}") from None
        if not all(isinstance(table, dict) and all(map(_is_kept, table.values())) for table in tables.values()):
            raise InputRefused(f'{self._path.name} has more in it than name = "filter" by situation; {self._kept}')
        return tables

    @property
    def _kept(self) -> str:
        return f"it is kept as it is: fix or move {clean_line(str(self._path))}"


def checked_name(text: str) -> str:
    """Return a name as it is saved.

    Raises:
        InputRefused: there is none in the text, or it is too long.
    """
    name = " ".join(clean_line(text).split())
    if not name:
        raise InputRefused("a name has at least one character; nothing was saved")
    if len(name) > MAX_NAME:
        raise InputRefused(f"a name has at most {MAX_NAME} characters; nothing was saved")
    return name


def _is_kept(value: object) -> bool:
    if isinstance(value, dict):
        return isinstance(value.get(_FILTER), str) and value.keys() <= {_FILTER, _WATCH}
    return isinstance(value, str)


def _text_of(kept: Kept) -> str:
    return kept if isinstance(kept, str) else str(kept[_FILTER])


def _as_toml(tables: Mapping[str, Mapping[str, Kept]]) -> str:
    # What JSON escapes in a text, TOML reads back.
    parts = [_HEAD]
    for situation, filters in tables.items():
        if filters:
            parts.append(f"\n[{_quoted(situation)}]\n")
            parts += [f"{_quoted(name)} = {_written(kept)}\n" for name, kept in filters.items()]
    return "".join(parts)


def _written(kept: Kept) -> str:
    if isinstance(kept, str):
        return _quoted(kept)
    watch = "true" if kept.get(_WATCH) else "false"
    return f"{{ {_FILTER} = {_quoted(_text_of(kept))}, {_WATCH} = {watch} }}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
