"""What a terminal sends, told apart: keys, and what was pasted.

A paste is bounded while it is read, none of it can become a key, and one whose end never comes is ended.
"""

import time
from collections.abc import Callable, Generator, Iterator
from typing import NamedTuple

BEGIN, END = "\x1b[200~", "\x1b[201~"
"""What a terminal puts around a paste."""

MAX_PASTE = 20_000
"""Characters kept of a paste."""

PATIENCE = 2.0
"""Seconds without more of a paste after which it is taken to have ended."""

_TYPED = 8
"""Characters that may arrive at once by typing. Somebody whose keys have no effect types more of them."""

_INTERRUPT = "\x03"


class Keys(NamedTuple):
    """What was typed, in a terminal's sequences."""

    text: str


class Pasted(NamedTuple):
    """What was pasted, as much of it as is kept."""

    text: str


class Splitter:
    """Tells keys and pastes apart.

    Args:
        clock: tells seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._pasted: str | None = None
        """What was pasted so far; None outside of a paste."""
        self._tail = ""
        """The last characters, in which a mark may have begun; those of a paste are not in `_pasted` yet."""
        self._heard = 0.0

    def split(self, data: str) -> Iterator[Keys | Pasted]:
        """Yield what has arrived. `BEGIN` itself counts as keys, because its first characters were taken for some."""
        if data == _INTERRUPT:
            yield from self._end()
        yield from self.overdue()
        while data:
            data = yield from (self._keys(data) if self._pasted is None else self._paste(data))

    def overdue(self) -> Iterator[Pasted]:
        """Yield a paste that has gone on for too long without more of it; to be called from time to time."""
        if self._pasted is not None and self._clock() - self._heard >= PATIENCE:
            yield from self._end()

    def _end(self) -> Iterator[Pasted]:
        if self._pasted is not None:
            text = (self._pasted + self._tail)[:MAX_PASTE]
            self._pasted, self._tail = None, ""
            yield Pasted(text)

    def _keys(self, data: str) -> Generator[Keys | Pasted, None, str]:
        seen = self._tail + data
        at = seen.find(BEGIN)
        if at < 0:
            self._tail = seen[-len(BEGIN) + 1 :]
            yield Keys(data)
            return ""
        begun = at + len(BEGIN) - len(self._tail)
        self._pasted, self._tail, self._heard = "", "", self._clock()
        yield Keys(data[:begun])
        return data[begun:]

    def _paste(self, data: str) -> Generator[Keys | Pasted, None, str]:
        if len(data) > _TYPED:
            self._heard = self._clock()
        seen = self._tail + data
        at = seen.find(END)
        if at < 0:
            held = len(END) - 1
            self._add(seen[:-held])
            self._tail = seen[-held:]
            return ""
        self._add(seen[:at])
        self._tail = ""
        yield from self._end()
        return seen[at + len(END) :]

    def _add(self, text: str) -> None:
        kept = self._pasted or ""
        self._pasted = kept + text[: MAX_PASTE - len(kept)]
