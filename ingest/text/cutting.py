"""A report cut into sentences, each with its place in the text; whatever the text is, pieces are small and bounded."""

import datetime as dt
import re
from collections.abc import Iterator

MAX_SENTENCE = 1_200
"""Characters of a sentence; a longer one is cut at a space, or in the middle of what has none."""

_DATELINE = re.compile(
    r"\s*(?:date[:\s]+)?(?P<date>\d{4}-\d\d-\d\d)(?:[T ]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:?\d\d)?)?[\s:,.-]*",
    re.IGNORECASE,
)
_BREAK = re.compile(r"""(?<=[.!?…])(["”’')\]]*)\s+(?=["“‘'(\[]?[A-Z0-9À-ÞĀ-Ž])""")
_ABBREVIATED = re.compile(
    r"""(?:\b(?:Mr|Mrs|Ms|Dr|Gen|Lt|Col|Maj|Capt|Sgt|Brig|Gov|Sen|Rep|Rev|St|Mt|Ft|Jr|Sr|Prof|Adm|Cmdr|Pvt|vs|No|Nos|
    Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Inc|Ltd|Co|Corp|approx|est|e\.g|i\.e|al)|\b[A-Z](?:\.[A-Z])*)\.$""",
    re.VERBOSE,
)


def find_dateline(text: str) -> tuple[dt.date | None, int]:
    """Return the ISO date that a text begins with, None without one, and the characters before the text proper."""
    match = _DATELINE.match(text)
    if match is None:
        return None, 0
    try:
        return dt.date.fromisoformat(match["date"]), match.end()
    except ValueError:
        return None, 0


def cut(text: str, begin: int = 0) -> Iterator[tuple[str, int]]:
    """Cut a text into sentences from a position on: each with the characters before it. Line ends end sentences."""
    position = begin
    for line in text[begin:].split("\n"):
        for piece, offset in _sentences(line):
            yield from _bounded(piece, position + offset)
        position += len(line) + 1


_CLAUSES = re.compile(r"(?<=\w\w);\s+(?=[\w'’-]+\s+[\w'’-]+\s+[\w'’-]+)")
"""Between two statements of one sentence, each with its own speaker."""


def _sentences(line: str) -> Iterator[tuple[str, int]]:
    start = 0
    for match in _BREAK.finditer(line):
        before = line[max(start, match.start() - 12) : match.start()]
        if _ABBREVIATED.search(before):
            continue
        yield from _statements(line, start, match.end(1))
        start = match.end()
    yield from _statements(line, start, len(line))


def _statements(line: str, start: int, end: int) -> Iterator[tuple[str, int]]:
    for match in _CLAUSES.finditer(line, start, end):
        yield line[start : match.start() + 1], start
        start = match.end()
    yield line[start:end], start


def _bounded(piece: str, position: int) -> Iterator[tuple[str, int]]:
    while piece.strip():
        indent = len(piece) - len(piece.lstrip())
        piece, position = piece[indent:], position + indent
        end = len(piece)
        if end > MAX_SENTENCE:
            end = piece.rfind(" ", 1, MAX_SENTENCE)
            end = MAX_SENTENCE if end < 1 else end
        yield piece[:end].rstrip(), position
        piece, position = piece[end:], position + end
