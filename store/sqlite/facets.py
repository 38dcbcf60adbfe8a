"""Facets of an event as coined words of the full-text index, so that one index answers any combination of filters.

A facet word begins with a private-use character, which `model.text.clean_text` lets into no text: it can never be
typed. Days are UTC days since 1970; blocks of 32 and 1,024 of them make any period a few words (`period_words`).
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
"""Of these eight the value is the `name.no`; of the situation too."""
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
    """Return the coined word of one facet: a letter of this module and a number, code or hexadecimal digits."""
    return f"{MARK}{letter}{value}".lower()


def id_word(digits: str) -> str:
    """Return the word of an id, or the beginning of that word for the last few digits of an id."""
    return word(ID_TAIL, digits[: -SHORT_LENGTH - 1 : -1])


def day_words(letters: str, instant: int) -> str:
    """Return an instant's three words: its day, its 32 days and its 1,024 days."""
    day = instant // DAY - _FIRST_DAY
    return f"{MARK}{letters[0]}{day} {MARK}{letters[1]}{day >> 5} {MARK}{letters[2]}{day >> 10}"


def period_words(letters: str, first: int, last: int) -> list[str]:
    """Return the fewest words that together cover the days of both instants and all days between, and no other."""
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
    """Return beginnings of words, and words, that cover the last instant's day and all days before it.

    Reaching back to the year 1 by words of 1,024 days would take hundreds. But blocks whose number begins with another
    digit than the last one's lie all before it, or centuries after: one beginning stands for all of each digit.
    """
    block = last // DAY - _FIRST_DAY >> 10
    lead = str(block)[0]
    beginnings = [f"{MARK}{letters[2]}{digit}" for digit in "123456789" if digit != lead]
    words = [f"{MARK}{letters[2]}{number}" for number in range(block) if str(number)[0] in {"0", lead}]
    return beginnings, words + period_words(letters, ((block << 10) + _FIRST_DAY) * DAY, last)


def text_words(texts: Iterable[str]) -> str:
    """Return texts as the index keeps them: folded as `model.text.fold` folds what is searched for."""
    joined = "\n".join(texts)
    return joined.lower() if joined.isascii() else fold(joined)
