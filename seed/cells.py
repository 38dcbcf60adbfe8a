"""Parsers for the cells of a situation's files."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from model.errors import InputRefused
from model.grades import RELIABILITIES
from model.rows import nearest_hint
from model.text import clean_line

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ISO = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
_DEGREES = re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]{1,20})?")
_LONGEST_ID, _LONGEST_LINE = 64, 200


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a situation's folder."""

    file: str
    line: int
    """From 1; 0 if the file as a whole is wrong."""
    column: str
    """Empty if the whole line is wrong."""
    what: str
    """What is wrong, and what would be valid."""

    def __str__(self) -> str:
        where = self.file + (f":{self.line}" if self.line else "")
        return clean_line(f"{where}: {f'{self.column}: ' if self.column else ''}{self.what}")


def why_unread(error: InputRefused | OSError) -> str:
    """Return why a file cannot be read, without its path."""
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)


def identifier(text: str) -> str:
    """Return the text if it can be an id."""
    if _ID.fullmatch(text) and len(text) <= _LONGEST_ID:
        return text
    raise InputRefused(f"{text[:40]!r} is not an id; write lower-case letters a-z, digits and single hyphens")


def one_of(text: str, known: Collection[str], what: str) -> str:
    """Return the text if it is one of the known words or ids."""
    if text in known:
        return text
    raise InputRefused(f"{text[:40]!r} is not {what}{nearest_hint(text, known)}")


def line_of_text(text: str) -> str:
    """Return the text if it is one line and not too long."""
    if "\n" in text or len(text) > _LONGEST_LINE:
        raise InputRefused(f"write one line of at most {_LONGEST_LINE} characters")
    return text


def whole(text: str) -> int:
    """Return a whole number that is not negative."""
    if text.isascii() and text.isdigit() and len(text) <= 15:
        return int(text)
    raise InputRefused(f"{text[:40]!r} is not a whole number; write digits only, 1250000")


def longitude(text: str) -> float:
    """Return degrees east."""
    return _degrees(text, 180, "longitude")


def latitude(text: str) -> float:
    """Return degrees north."""
    return _degrees(text, 90, "latitude")


def iso(text: str) -> str:
    """Return an ISO 3166-2 code."""
    if _ISO.fullmatch(text):
        return text
    raise InputRefused(f"{text[:40]!r} is not an ISO 3166-2 code; write it as AF-HER")


def letter(text: str) -> str:
    """Return a letter of reliability."""
    if len(text) == 1 and text in RELIABILITIES:
        return text
    raise InputRefused(f"{text[:20]!r} is not a reliability; write a letter A (reliable) to E, or F (unknown)")


def _degrees(text: str, most: int, what: str) -> float:
    if _DEGREES.fullmatch(text) and -most <= float(text) <= most:
        return float(text)
    raise InputRefused(f"{text[:40]!r} is not a {what}; write degrees from -{most} to {most}, with a point: 34.52813")
