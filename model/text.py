r"""Making hostile text harmless: once on its way into the store, and once more on its way onto a screen.

Terminals obey control characters wherever they come from, and invisible or reordering characters mislead readers.
`clean_text` is for the store's boundary, `clean_line` for the screen's; both are idempotent.
"""

import functools
import re
import unicodedata

MAX_TEXT = 20_000
"""Characters kept of one text field; the rest is cut off before anything else is done."""

MAX_REPORT = 1_000_000
"""Characters kept of a report's text: the whole of a long article is evidence."""

MAX_LINE = 2_000
"""Characters of one rendered line."""

MAX_MARKS = 4
"""Combining marks kept on one base character (UAX #15 allows 30; more than 4 paint over neighbouring lines)."""

CUT = "…"
NEWLINE_MARK = " ⏎ "

_MARKS = ("Mn", "Me")
"""Categories of the marks that are painted on the letter before them."""

_JOINERS = "\u200c\u200d"
"""Zero-width, but needed by Persian and emoji."""

# Invisible or reordering: bidi controls, zero-width characters but the joiners, soft hyphens, tags and
# variation-selector supplements, annotation marks, Hangul, Khmer and other fillers, controls of scripts and scores.
_REMOVED = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffc\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_REPLACED = (
    "\x80-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ue000-\uf8ff"
    "\U000f0000-\U000ffffd\U00100000-\U0010fffd"
    + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17))
)
_SAME_LETTERS = str.maketrans("يىك", "ییک")
"""Arabic and Persian keyboards have different characters for the same letters."""
_NEWLINES = re.compile("\r\n|[\r\x85\u2028\u2029]")
_CONTROLS = {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\t\n"} | {0x7F: "\u2421"}
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_ASCII_WORD = re.compile("[0-9a-z]+")
_BLOCKS = ((0x20, 0x7F), (0xA1, 0xAD), (0xAE, 0x180), (0x2010, 0x2028), (0x2190, 0x2300), (0x2500, 0x2700))
_PLAIN = frozenset(chr(code) for block in _BLOCKS for code in range(*block))
"""Latin letters, signs and lines: none of them is invisible, stands on another or makes one with it."""


@functools.cache
def _invisible() -> tuple[re.Pattern[str], re.Pattern[str]]:
    # Compiled when first needed: it takes a millisecond, and the first painting mostly does not need it.
    return re.compile(f"[{_REMOVED}]"), re.compile(f"[{_REPLACED}]")


def clean_text(text: str, limit: int = MAX_TEXT) -> str:
    r"""Return the text without anything that a terminal obeys or a reader cannot see.

    It is cut at `limit` characters first. Line ends become `\n`; C0 controls and DEL become their control pictures, so
    that an attack stays visible; C1 controls, surrogates, noncharacters and private-use characters become U+FFFD; bidi
    and zero-width controls are removed; at most `MAX_MARKS` marks stay on a letter; the result is NFC.
    """
    if len(text) > limit:
        text = text[: limit - 1] + CUT
    if text.isascii():
        if text.isprintable():
            return text
        return _CONTROL.sub(_picture, _NEWLINES.sub("\n", text))
    if _PLAIN.issuperset(text):  # as most lines of a screen: a tenth of the time, thousands of times
        return text
    text = _CONTROL.sub(_picture, _NEWLINES.sub("\n", text))
    removed, replaced = _invisible()
    text = removed.sub("", replaced.sub("\ufffd", text))
    text = _limit_marks(unicodedata.normalize("NFC", text))
    return text if len(text) <= limit else text[: limit - 1] + CUT


def clean_line(text: str) -> str:
    """Return the text as one harmless line of at most `MAX_LINE` characters, line ends shown as a mark."""
    if len(text) > MAX_LINE:
        text = text[:MAX_LINE] + CUT
    text = clean_text(text)
    if "\n" in text or "\t" in text:
        text = text.replace("\n", NEWLINE_MARK).replace("\t", " ")
    return text if len(text) <= MAX_LINE else text[: MAX_LINE - 1] + CUT


def number_of(number: int, thing: str) -> str:
    """Return a number with its noun, plural where needed: `1 event`, `1,204 events`."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def fold(text: str) -> str:
    """Return a text in the form in which spellings are compared: without case, accents and punctuation."""
    if text.isascii():
        return " ".join(_ASCII_WORD.findall(text.lower()))
    # Fold case again after decomposing: a mathematical bold A has no lower case, but the A it decomposes to has.
    decomposed = unicodedata.normalize("NFKD", text.casefold()).casefold().translate(_SAME_LETTERS)
    return " ".join(
        "".join(
            char if char.isalnum() else " " for char in decomposed if unicodedata.category(char) not in _MARKS
        ).split()
    )


def _picture(match: re.Match[str]) -> str:
    return _CONTROLS[ord(match[0])]


def _limit_marks(text: str) -> str:
    if not any(unicodedata.category(char) in _MARKS for char in set(text)):
        return text
    kept: list[str] = []
    run = 0
    for char in text:
        if unicodedata.category(char) in _MARKS:
            run += 1
        elif char not in _JOINERS:  # a mark after a joiner is still painted on the same letter
            run = 0
        if run <= MAX_MARKS:
            kept.append(char)
    return "".join(kept)
