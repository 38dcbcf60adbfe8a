"""Signs for a terminal that has no UTF-8: each as wide as the one that it stands for, so that columns stay in line."""

import codecs
from typing import TextIO

from rich.cells import cell_len

_SIGNS = str.maketrans(
    {
        **dict.fromkeys("│┃║▌", "|"),
        **dict.fromkeys("─━═–—", "-"),
        **dict.fromkeys("“”", '"'),
        **dict.fromkeys("‘’", "'"),
        **dict.fromkeys("·…", "."),
        **dict.fromkeys("→▸»", ">"),
        **dict.fromkeys("←◀«", "<"),
        **dict.fromkeys("×╳", "x"),
        **dict.fromkeys("■▆▇█", "#"),
        **dict.fromkeys("▪▄▅", "+"),
        **dict.fromkeys("▁▂▃", "_"),
        "□": "o",
        "◎": "@",
        "≈": "=",
        "●": "*",
        "★": "*",
        "↑": "^",
        "↓": "v",
        "⏎": "$",
    }
)
"""What the panes are drawn with, in ASCII."""

HANDLER = "sitmon-plain"
"""The name by which a stream is told to write `plain` text for what it lacks."""


def plain(text: str) -> str:
    """Return the text in ASCII and in as many cells: our own signs as others, a letter that it lacks as `?`."""
    return "".join(one if one.isascii() else "?" * cell_len(one) for one in text.translate(_SIGNS))


def _replace(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    return plain(error.object[error.start : error.end]), error.end


codecs.register_error(HANDLER, _replace)


def has_all_letters(stream: TextIO) -> bool:
    """Say whether every character can be written onto a stream."""
    try:
        "■漢".encode(stream.encoding)
    except UnicodeEncodeError:
        return False
    return True
