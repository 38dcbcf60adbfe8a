"""The values that each field takes: read here for the parser, the binder and the prompt alike."""

import difflib
import re
from collections.abc import Iterable

from model.entities import MarkKind, Standing
from model.errors import InputRefused
from model.filters.ast import Field
from model.grades import Grade, parse_grade
from model.ids import MIN_ID_DIGITS, is_id
from model.kinds import KINDS
from model.text import clean_text, fold
from model.times import spoken_time

STATES: dict[str, MarkKind] = {
    "unread": MarkKind.READ,
    "read": MarkKind.READ,
    "starred": MarkKind.STAR,
    "verified": MarkKind.VERIFIED,
    "disputed": MarkKind.DISPUTED,
    "rejected": MarkKind.REJECTED,
    "unverifiable": MarkKind.UNVERIFIABLE,
    "duplicate": MarkKind.DUPLICATE,
    "noted": MarkKind.NOTE,
    "assigned": MarkKind.ASSIGNED,
    "trusted": MarkKind.TRUSTED,
}
"""Words after `is:` with the kind of mark that each asks for; `unread` asks that there is none."""

_TIMES = frozenset({Field.SINCE, Field.UNTIL, Field.KNOWN})
_NEAR = re.compile(r"(?P<place>[^<]*[^<\s][^<]*)<\s*(?P<km>\d+(?:\.\d+)?)\s*km", re.ASCII | re.IGNORECASE)
_NOT_HEX = re.compile(r"[^0-9a-f]")
_EXAMPLES: dict[Field, tuple[str, ...]] = {
    Field.PLACE: ("place:NAME",),
    Field.ACTOR: ("actor:NAME",),
    Field.BY: ("by:NAME",),
    Field.AGAINST: ("against:NAME",),
    Field.SOURCE: ("source:NAME",),
    Field.ROUTE: ("route:NAME",),
    Field.KIND: tuple(KINDS),
    Field.GRADE: ("grade:>=B2", "grade:C3"),
    Field.STANDING: tuple(Standing),
    Field.SINCE: ("since:2021-08-10", 'since:"2021-08-12 evening"', "since:2021-08-12T14:20", "since:yesterday"),
    Field.UNTIL: ("until:2021-08-15", "until:2021-08", "until:2021-08-12T14:20"),
    Field.KNOWN: ("known:2021-08-13", "known:2021-08-12T14:20"),
    Field.NEAR: ("near:PLACE<50km",),
    Field.IS: tuple(STATES),
    Field.TAG: ("tag:WORD",),
    Field.ASSIGNED: ("assigned:me", "assigned:NAME"),
    Field.ID: ("id:DIGITS, at least 4 of the last ones",),
}


def examples(field: Field) -> tuple[str, ...]:
    """Return all the values that a field can have, where they are few, or else examples of them."""
    return _EXAMPLES[field]


def nearest_first(word: str, words: Iterable[str]) -> tuple[str, ...]:
    """Return the words with those spelled most like this one first, then the others in their order."""
    words = tuple(words)
    close = difflib.get_close_matches(word.lower(), words, n=5, cutoff=0.5)
    return (*close, *(other for other in words if other not in close))


def check_value(field: Field, value: str) -> None:
    """Refuse a value that the field can never have, whatever the situation.

    Raises:
        InputRefused: the value can never be valid; the message quotes it.
    """
    if not clean_text(value).strip():
        raise InputRefused(f"{field}: has no value")
    if field is Field.KIND:
        read_kind(value)
    elif field is Field.STANDING:
        _one_of("standing", value, tuple(Standing))
    elif field is Field.IS:
        _one_of("state", value, STATES)
    elif field is Field.GRADE:
        read_grade(value)
    elif field is Field.NEAR:
        read_near(value)
    elif field is Field.ID:
        read_digits(value)
    elif field in _TIMES:
        spoken_time(value)


def read_kind(value: str) -> str:
    """Read a kind by its code or by the label that a row of the log shows: `capture`, `captured`; return the code.

    Raises:
        InputRefused: no kind has either.
    """
    code = value.strip().lower()
    if code in KINDS:
        return code
    named = next((kind.code for kind in KINDS.values() if fold(kind.label) == fold(value)), None)
    if named is None:
        raise InputRefused(f"no kind of event is called {value[:40]!r}")
    return named


def read_grade(value: str) -> Grade:
    """Read `>=B2` or `B2`; both mean B2 or better.

    Raises:
        InputRefused: it is neither.
    """
    return parse_grade(value.removeprefix(">="))


def read_near(value: str) -> tuple[str, float]:
    """Read `herat<50km` as the place's name and the distance in kilometres.

    Raises:
        InputRefused: it is not of that form.
    """
    match = _NEAR.fullmatch(value.strip())
    if match is None:
        raise InputRefused(f"{value[:40]!r} is not a place and a distance in kilometres")
    return match["place"].strip(), float(match["km"])


def read_digits(value: str) -> str:
    """Read the last digits of an id, or a whole one, as lower-case digits without hyphens.

    Raises:
        InputRefused: there are too few, too many, or they are not hexadecimal.
    """
    digits = value.strip().lower()
    if is_id(digits):
        return digits.replace("-", "")
    if not MIN_ID_DIGITS <= len(digits) <= 32 or _NOT_HEX.search(digits):
        raise InputRefused(f"{value[:40]!r} is not the end of an id")
    return digits


def _one_of(what: str, value: str, words: Iterable[str]) -> None:
    if value.lower() not in words:
        raise InputRefused(f"no {what} is called {value[:40]!r}")
