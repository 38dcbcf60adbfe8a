"""How a cell is written: SGR parameters, and the least of them that turns one pen into another."""

from functools import lru_cache
from typing import NamedTuple

Pen = str
"""The parameters of SGR, as `1;38;5;3`; and after a zero byte those of a link, if the cell has one."""

_OFF = {
    "1": "22", "2": "22", "3": "23", "4": "24", "21": "24", "5": "25", "6": "25", "7": "27", "8": "28", "9": "29",
    "51": "54", "52": "54", "53": "55",
}  # fmt: skip
"""Attribute -> what takes it away, with whatever else that takes away."""
_SEEN_ON_BLANKS = frozenset({"4", "21", "5", "6", "7", "9", "51", "52", "53"})


class _Parts(NamedTuple):
    attributes: tuple[str, ...]
    foreground: str
    background: str
    link: str


@lru_cache(4096)
def blank_of(pen: Pen) -> Pen:
    """Return the pen of which a blank looks the same: what colour no letter has does not matter."""
    parts = _parts(pen)
    if parts.link or not _SEEN_ON_BLANKS.isdisjoint(parts.attributes):
        return pen
    return parts.background


@lru_cache(16384)
def turn(old: Pen, new: Pen) -> str:
    """Return what to write so that a terminal that writes with one pen writes with another; `""` is a new one's."""
    if old == new:
        return ""
    was, now = _parts(old), _parts(new)
    link = ""
    if was.link != now.link:
        link = f"\x1b]8;{now.link or ';'}\x1b\\"
    changes = _changes(was, now)
    reset = ";".join(("0", *now.attributes, *filter(None, (now.foreground, now.background))))
    sgr = min(changes, "" if reset == "0" else reset, key=len) if changes else None
    return link + (f"\x1b[{sgr}m" if sgr is not None else "")


def _changes(was: _Parts, now: _Parts) -> str:
    off = dict.fromkeys(_OFF[one] for one in was.attributes if one not in now.attributes)
    on = [one for one in now.attributes if one not in was.attributes or _OFF[one] in off]
    foreground = [now.foreground or "39"] if now.foreground != was.foreground else []
    background = [now.background or "49"] if now.background != was.background else []
    return ";".join((*off, *on, *foreground, *background))


@lru_cache(4096)
def _parts(pen: Pen) -> _Parts:
    sgr, _, link = pen.partition("\0")
    attributes, foreground, background = [], "", ""
    codes = iter(sgr.split(";") if sgr else ())
    for code in codes:
        if code in _OFF:
            attributes.append(code)
            continue
        colour = code
        if code in ("38", "48"):
            kind = next(codes)
            colour = ";".join((code, kind, *(next(codes) for _ in range(3 if kind == "2" else 1))))
        if code[0] == "3" or code[0] == "9":
            foreground = "" if code == "39" else colour
        else:
            background = "" if code == "49" else colour
    return _Parts(tuple(attributes), foreground, background, link)
