"""Facets of an event as extra words of the full-text index, so that one index answers any combination of filters.

A facet word begins with a private-use character, which `model.text.clean_text` removes from every text, so that nobody
can type one. Days are UTC days; with blocks of 32 and 1,024 days, any period is a few words (`period_words`).
"""

from collections.abc import Iterable

from model.ids import SHORT_LENGTH
from model.text import fold
from model.times import DAY, EARLIEST

MARK = "\ue000"

SITUATION = "s"
PLACE = "p"
ACTOR = "a"
"""Either side."""
BY = "b"
AGAINST = "g"
KIND = "k"
ROUTE = "r"
SOURCE = "c"
"""The value of each facet up to here is a `name.no`."""
STANDING = "t"
"""The value is the number that `weight.standing` holds."""
GRADE = "q"
"""The value is the grade as text, `b2`; none where the event has none."""
ID_TAIL = "i"
"""The last eight hexadecimal digits of the event's id, last one first (`id_word`)."""
OCCURRED = "def"
"""Letters for day, 32 days and 1,024 days of occurrence."""
KNOWN = "lmn"
"""The same for the first report."""
EARLY = f"{MARK}w"
"""The word of an event that was first reported before it occurred."""

_FIRST_DAY = EARLIEST // DAY
_SPANS = (1, 32, 1024)


def word(letter: str, value: int | str) -> str:
    """Return the word of one facet: a letter of this module, and a number, code or hexadecimal digits."""
    return f"{MARK}{letter}{value}".lower()


def id_word(digits: str) -> str:
    """Return the word of an id; for the last few digits of an id, the beginning of its word."""
    return word(ID_TAIL, digits[: -SHORT_LENGTH - 1 : -1])


def day_words(letters: str, instant: int) -> str:
    """Return an instant's three words: its day, its 32 days and its 1,024 days."""
    day = instant // DAY - _FIRST_DAY
    return f"{MARK}{letters[0]}{day} {MARK}{letters[1]}{day >> 5} {MARK}{letters[2]}{day >> 10}"


def period_words(letters: str, first: int, last: int) -> list[str]:
    """Return the fewest words that cover exactly the days from the first to the last instant."""
    low, high = first // DAY - _FIRST_DAY, last // DAY - _FIRST_DAY + 1
    words: list[str] = []
    while low < high:
        level = 2
        while level and (low % _SPANS[level] or low + _SPANS[level] > high):
            level -= 1
        words.append(f"{MARK}{letters[level]}{low // _SPANS[level]}")
        low += _SPANS[level]
    return words


def words_until(letters: str, last: int) -> tuple[list[str], list[str]]:
    """Return prefixes of words, and words, that cover the last instant's day and all days before it.

    Back to the year 1 it would take hundreds of words of 1,024 days. But blocks whose number begins with another digit
    than the last one's are all before it, or centuries after it: one prefix covers all of each digit.
    """
    block = last // DAY - _FIRST_DAY >> 10
    lead = str(block)[0]
    beginnings = [f"{MARK}{letters[2]}{digit}" for digit in "123456789" if digit != lead]
    words = [f"{MARK}{letters[2]}{number}" for number in range(block) if str(number)[0] in {"0", lead}]
    return beginnings, words + period_words(letters, ((block << 10) + _FIRST_DAY) * DAY, last)


def text_words(texts: Iterable[str]) -> str:
    """Return texts as they are indexed: folded like the words that are searched for (`model.text.fold`)."""
    joined = "\n".join(texts)
    return joined.lower() if joined.isascii() else fold(joined)
