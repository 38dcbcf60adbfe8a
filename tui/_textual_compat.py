"""The one place that reaches into Textual: what it does not offer, and why it is needed."""

import codecs
import functools

from textual.drivers import linux_driver


def read_any_bytes() -> None:
    """Let a byte that is not UTF-8 be a replacement character.

    Textual's reading thread decodes strictly, so that one such byte (a Latin-1 paste, the eighth bit of a meta key)
    would end the app.
    """
    lenient = functools.partial(codecs.getincrementaldecoder("utf-8"), errors="replace")
    linux_driver.getincrementaldecoder = lambda _encoding: lenient  # type: ignore[attr-defined]
