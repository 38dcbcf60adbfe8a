"""The one place that reaches into Textual: what it does not offer, and why it is needed."""

import codecs
import functools
import time
from collections.abc import Iterable

from textual import events
from textual._xterm_parser import XTermParser
from textual.drivers import linux_driver
from textual.message import Message

from tui.pastes import END, Pasted, Splitter

_PAUSE = 0.1
"""Seconds between two looks at a keyboard on which nothing is typed; Textual's own."""


def read_any_bytes() -> None:
    """Let a byte that is not UTF-8 be a replacement character.

    Textual's reading thread decodes strictly, so that one such byte (a Latin-1 paste, the eighth bit of a meta key)
    would end the app.
    """
    lenient = functools.partial(codecs.getincrementaldecoder("utf-8"), errors="replace")
    linux_driver.getincrementaldecoder = lambda _encoding: lenient  # type: ignore[attr-defined]


class Keyboard(XTermParser):
    """Textual's parser, without its pastes.

    There, one whose end is missing swallows every later key; a sequence within one becomes keys that act as commands;
    and each character of a megabyte is looked at by itself.
    """

    def __init__(self, debug: bool = False) -> None:
        self._splitter = Splitter()
        self._looked = 0.0
        super().__init__(debug)

    def feed(self, data: str) -> Iterable[Message]:
        """Yield the keys, pastes and mouse events of what has arrived; nothing arrives at the end."""
        self._looked = 0.0
        if not data:
            yield from super().feed(data)
        for part in self._splitter.split(data):
            yield from self._paste(part.text) if isinstance(part, Pasted) else super().feed(part.text)

    def tick(self) -> Iterable[Message]:
        """Yield what has waited for long enough; called after each look at the keyboard."""
        now = time.monotonic()
        if now - self._looked < _PAUSE / 2:
            time.sleep(_PAUSE)  # a look that neither waited nor found anything: the terminal is gone
        self._looked = now
        for part in self._splitter.overdue():
            yield from self._paste(part.text)
        yield from super().tick()

    def _paste(self, text: str) -> Iterable[Message]:
        # Textual's parser has seen the beginning, and is told of the end, of a paste of nothing.
        yield from (one for one in super().feed(END) if not isinstance(one, events.Paste))
        yield events.Paste(text.replace("\0", ""))


def bound_pastes() -> None:
    """Let the keyboard be read by a parser whose pastes have a bound, and an end."""
    linux_driver.XTermParser = Keyboard  # type: ignore[attr-defined]
