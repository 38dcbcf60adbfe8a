"""Reading `situation.toml`, which describes the situation itself."""

import datetime as dt
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from model.entities import Situation
from model.rows import CellRefused, nearest_hint, need_cell, read_cell
from model.text import clean_text
from model.times import end_of, parse_time, timezone
from seed.cells import Problem, identifier, line_of_text

FILE = "situation.toml"
_KEYS = ("id", "name", "zone", "summary", "begins", "ends", "credit")

T = TypeVar("T")


def read_situation(folder: Path, problems: list[Problem]) -> Situation:
    """Return the situation that the file describes; adds what is wrong with it to `problems`."""
    try:
        text = (folder / FILE).read_text("utf-8-sig")
        stated = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        problems.append(Problem(FILE, 0, "", _reason(error)))
        return Situation("", "", "UTC")
    heading = _Heading(text, problems)
    for key, value in stated.items():
        heading.state(key, value)
    zone = heading.cell("zone", _zone, needed=True) or "UTC"
    begins = heading.cell("begins", lambda time: parse_time(time, zone))
    ends = heading.cell("ends", lambda time: parse_time(time, zone))
    if begins and ends and begins[0] > ends[0]:
        heading.refuse("ends", "it ends before it begins")
    return Situation(
        id=heading.cell("id", identifier, needed=True) or "",
        name=heading.cell("name", line_of_text, needed=True) or "",
        zone=zone,
        summary=heading.cell("summary", str) or "",
        begins=begins[0] if begins else None,
        ends=end_of(*ends, zone) if ends else None,
        credit=heading.cell("credit", str) or "",
    )


class _Heading:
    """The keys and values of the file; finds their lines for problems."""

    def __init__(self, text: str, problems: list[Problem]) -> None:
        self._text = text
        self._problems = problems
        self._cells: dict[str, str] = {}
        self._refused: set[str] = set()

    def state(self, key: str, value: object) -> None:
        """Take a key's value, if it is valid."""
        if key not in _KEYS:
            self.refuse(key, f"there is no such key{nearest_hint(key, _KEYS, what='keys')}")
        elif isinstance(value, dt.date) and key in ("begins", "ends"):
            self._cells[key] = value.isoformat()
        elif isinstance(value, str):
            self._cells[key] = clean_text(value).strip()
        else:
            self.refuse(key, "is not text; write it in quotes")

    def cell(self, key: str, parse: Callable[[str], T], *, needed: bool = False) -> T | None:
        """Return a key's parsed value; None if it is missing or refused."""
        if key in self._refused:
            return None
        try:
            return (need_cell if needed else read_cell)(self._cells, key, parse)
        except CellRefused as refused:
            self.refuse(key, refused.reason)
            return None

    def refuse(self, key: str, what: str) -> None:
        """Add a problem with a key, at its line."""
        self._refused.add(key)
        found = re.search(rf"^\s*[\"']?{re.escape(key)}[\"']?\s*=", self._text, re.MULTILINE)
        line = self._text.count("\n", 0, found.end()) + 1 if found else 0
        self._problems.append(Problem(FILE, line, key, what))


def _zone(text: str) -> str:
    timezone(text)
    return text


def _reason(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "is missing; `sitmon situation new FOLDER` writes one to begin with"
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start:,} is not UTF-8; save the file as UTF-8"
    if isinstance(error, RecursionError):
        return "is nested too deeply; its keys need no brackets"
    return str(error)
