"""What the line that asks remembers: the texts that were entered before, and what could stand at the cursor."""

from collections.abc import Callable
from typing import NamedTuple

MOST = 100
"""Texts that are remembered."""


class Recall:
    """The texts that were entered for one purpose, walked through by two keys, with the one being typed at the end."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._at = 0
        self._typed = ""

    def begin(self) -> None:
        """Stand at the end."""
        self._at = len(self._texts)

    def add(self, text: str) -> None:
        """Remember a text as the newest; what is there already moves."""
        if text.strip():
            self._texts = [*(one for one in self._texts if one != text), text][-MOST:]

    def step(self, present: str, *, back: bool) -> str:
        """Return the text before or after the one that stands in the line now."""
        if self._at == len(self._texts):
            self._typed = present
        self._at = max(0, min(len(self._texts), self._at + (-1 if back else 1)))
        return self._texts[self._at] if self._at < len(self._texts) else self._typed


class Offer(NamedTuple):
    """What could stand at the cursor, and which of it does."""

    before: str
    """What precedes it in the line."""
    texts: tuple[str, ...]
    rest: str
    """What follows the cursor."""
    chosen: int = 0

    @property
    def line(self) -> str:
        """The whole line, with the chosen text in it."""
        return self.before + self.text + self.rest

    @property
    def text(self) -> str:
        """The chosen text; one that is whole has a space after it."""
        text = self.texts[self.chosen]
        return text if text.endswith(":") or self.rest.startswith(" ") else f"{text} "

    def next(self, step: int) -> "Offer":
        """Return the same with the next one chosen."""
        return self._replace(chosen=(self.chosen + step) % len(self.texts))


Complete = Callable[[str, int], tuple[int, tuple[str, ...]]]
"""Text and cursor -> where what could be completed begins, and what it could become."""


def offer(complete: Complete, text: str, column: int) -> Offer | None:
    """Return what could stand at the cursor; None when nothing could."""
    start, texts = complete(text, column)
    return Offer(text[:start], texts, text[column:]) if texts else None
