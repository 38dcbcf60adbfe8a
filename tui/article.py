"""A report's text broken into lines, a part at a time: none takes long, however long the text is. Pure; no widget."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache

from rich.cells import cell_len

from model.proposals import Proposal
from tui.cells import Line, Span

PART = 10_000
"""Characters that are broken at once, or as many lines as a tenth of these; a line is never left unfinished."""

_WORD = 200
"""Characters that are measured at once: of a word, and of the spaces behind it."""
_BREAK = re.compile(rf"\S{{1,{_WORD}}}\s{{0,{_WORD}}}|\s{{1,{_WORD}}}")


class Broken:
    """A text, and where its lines begin and end as far as that is known: broken at spaces where it can be.

    Args:
        text: the text.
        width: cells of a line.
    """

    def __init__(self, text: str, width: int) -> None:
        self.text = text
        self.begins: list[int] = []
        self.ends: list[int] = []
        self.is_done = False
        self._lines = _lines_of(text, width)
        self.further()

    def __len__(self) -> int:
        """Return how many lines are known."""
        return len(self.begins)

    def further(self) -> None:
        """Break one part more."""
        least, most = self._at + PART, len(self) + PART // 10
        while self._at < least and len(self) < most:
            found = next(self._lines, None)
            if found is None:
                self.is_done = True
                return
            self.begins.append(found[0])
            self.ends.append(found[1])

    def has(self, position: int) -> bool:
        """Say whether the line that holds a position of the text is known."""
        return self.is_done or position < self._at

    def line_at(self, position: int) -> int:
        """Return the number of the line that holds a position of the text, or of the last one that is known."""
        return max(0, bisect_right(self.begins, position) - 1)

    @property
    def _at(self) -> int:
        return self.ends[-1] if self.ends else 0


broken = lru_cache(8)(Broken)
"""The same, kept as far as it was broken: proposals one after the other are of the same text."""


def lit_of(proposal: Proposal, chosen: int | None = None) -> tuple[tuple[tuple[int, int], ...], int]:
    """Return where a proposal's quotes, or that of the chosen claim, begin and end, in order; and where to look first.

    Args:
        proposal: whose quotes are lit.
        chosen: which claim's, from 0; None: those of all.
    """
    quotes = proposal.claims if chosen is None else proposal.claims[chosen : chosen + 1]
    lit = sorted((claim.quote_start, claim.quote_start + len(claim.quote)) for claim in quotes if claim.quote)
    return tuple(lit), next((begin for begin, _ in lit if begin >= quotes[0].quote_start), 0)


def lit_line(text: str, begin: int, end: int, lit: tuple[tuple[int, int], ...]) -> Line:
    """Return a line of a text, the lit parts of it as such.

    Args:
        text: the whole text.
        begin: where the line begins.
        end: where it ends.
        lit: where what is lit begins and ends, in order of the beginnings.
    """
    spans, at = [], begin
    for first, last in lit:
        start, stop = max(first, at), min(last, end)
        if stop <= start:
            continue
        if start > at:
            spans.append(Span(text[at:start]))
        spans.append(Span(text[start:stop], "picked"))
        at = stop
    if at < end:
        spans.append(Span(text[at:end]))
    return tuple(spans)


def _lines_of(text: str, width: int) -> Iterator[tuple[int, int]]:
    at = 0
    while at <= len(text):
        found = text.find("\n", at)
        end = found if found >= 0 else len(text)
        yield from _lines_of_paragraph(text, at, end, width)
        at = end + 1


def _lines_of_paragraph(text: str, begin: int, end: int, width: int) -> Iterator[tuple[int, int]]:
    used, goes_on = 0, False
    for match in _BREAK.finditer(text, begin, end):
        start, word = match.start(), match[0]
        bare = word.rstrip()
        size = cell_len(bare)
        if used and used + size > width and not goes_on:
            yield begin, start
            begin, used = start, 0
        while used + size > width and bare:  # a word longer than the line
            # More characters than cells fit only where some have none.
            fits = _fitting(bare[: 2 * width], width - used) or (0 if used else 1)
            start += fits
            yield begin, start
            begin, used, bare = start, 0, bare[fits:]
            size = cell_len(bare)  # less than what is gone does not tell where letters join
        used += size + cell_len(word[len(word.rstrip()) :])
        goes_on = len(word) == _WORD and not word[-1].isspace()
    yield begin, end


def _fitting(word: str, width: int) -> int:
    """Return how many characters of a word have room in so many cells."""
    used = 0
    for number, char in enumerate(word):
        used += cell_len(char)
        if used > width:
            return number
    return len(word)
