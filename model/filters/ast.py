"""A filter as written, before its names are looked up: the tree that `parse` returns and `write` prints."""

import dataclasses
import enum
from dataclasses import dataclass


class Field(enum.StrEnum):
    """The words that may come before a colon."""

    PLACE = "place"
    ACTOR = "actor"
    BY = "by"
    AGAINST = "against"
    KIND = "kind"
    SOURCE = "source"
    GRADE = "grade"
    STANDING = "standing"
    SINCE = "since"
    UNTIL = "until"
    KNOWN = "known"
    NEAR = "near"
    IS = "is"
    TAG = "tag"
    ASSIGNED = "assigned"
    ROUTE = "route"
    ID = "id"


@dataclass(frozen=True, slots=True)
class Everything:
    """The empty filter."""


@dataclass(frozen=True, slots=True)
class Word:
    """A bare word to find in the text; with `prefix` (written `conv*`), the beginning of a word."""

    text: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """`"words in a row"`."""

    text: str


@dataclass(frozen=True, slots=True)
class Term:
    """`field:value`. The value is as written, without its quotes: `>=B2`, `herat<50km`, `2021-08-10`."""

    field: Field
    value: str
    column: int = dataclasses.field(default=0, compare=False, repr=False)
    """Characters before the value in the text that it was read from, for errors; not part of the meaning."""


@dataclass(frozen=True, slots=True)
class Not:
    """`-filter`."""

    inner: "Filter"


@dataclass(frozen=True, slots=True)
class And:
    """Filters side by side; two or more, none of them an `And`."""

    parts: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Filters with `OR` between; two or more, none of them an `Or`."""

    parts: tuple["Filter", ...]


Filter = Everything | Word | Phrase | Term | Not | And | Or
