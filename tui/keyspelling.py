"""How a key is written in a key file, and which keys no terminal can be trusted to deliver."""

import re

from model.errors import InputRefused
from model.text import clean_line

_ALIASES = {
    "esc": "escape",
    "return": "enter",
    "pgdn": "pagedown",
    "pgdown": "pagedown",
    "pgup": "pageup",
    "del": "delete",
    "ins": "insert",
    "backtab": "shift+tab",
    "↓": "down",
    "↑": "up",
    "←": "left",
    "→": "right",
}
_MOVING = ("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "insert", "delete")
_NAMED = frozenset(
    {*_MOVING, "enter", "escape", "tab", "shift+tab", "space", "backspace", *(f"f{number}" for number in range(1, 13))}
)
_CTRL_SIGNS = {
    "\\": "ctrl+backslash",
    "backslash": "ctrl+backslash",
    "]": "ctrl+right_square_bracket",
    "^": "ctrl+circumflex_accent",
    "_": "ctrl+underscore",
    "@": "ctrl+@",
    "space": "ctrl+@",
    "right_square_bracket": "ctrl+right_square_bracket",
    "circumflex_accent": "ctrl+circumflex_accent",
    "underscore": "ctrl+underscore",
}
_SAME = {"i": "tab", "m": "enter", "h": "backspace", "[": "esc"}
_MODIFIER = re.compile(r"(ctrl|control|shift|alt|option|meta|super|cmd|win|hyper)[+-](?=.)", re.IGNORECASE)
_ONE_WORD = {"control": "ctrl", "option": "alt", "meta": "alt", "cmd": "super", "win": "super", "hyper": "super"}


def parse_key(text: str) -> str:
    """Return a key, or a chord of two, as the action table writes it: `Ctrl-D` is `ctrl+d`, `xv` is `x v`.

    Raises:
        InputRefused: it is no key, or one that terminals do not deliver; says why, and what to write instead.
    """
    text = _ALIASES.get(text.strip().lower(), text.strip())
    parts = text.split()
    if len(text) == 2 and not _is_named(text):
        parts = list(text)
    if len(parts) == 1:
        return _single(parts[0])
    if len(parts) != 2:
        raise InputRefused("a key is one, or two with a space between; `[]` takes all keys away")
    first, second = _single(parts[0]), _single(parts[1])
    if "escape" in (first, second):
        raise InputRefused("esc leaves a chord, so that it cannot be part of one")
    return f"{first} {second}"


def _is_named(text: str) -> bool:
    return _ALIASES.get(text.lower(), text.lower()) in _NAMED


def _single(text: str) -> str:
    if len(text) == 1:
        if not text.isprintable() or clean_line(text) != text:
            raise InputRefused("this character cannot be typed with one key")
        return _ALIASES.get(text, text)
    modifiers = []
    rest = text
    while found := _MODIFIER.match(rest):
        modifiers.append(_ONE_WORD.get(found[1].lower(), found[1].lower()))
        rest = rest[found.end() :]
    key = rest if len(rest) == 1 else _ALIASES.get(rest.lower(), rest.lower())
    if not modifiers:
        if key in _NAMED:
            return key
        raise InputRefused(f"no key is called {clean_line(text)[:40]!r}{_nearest(key)}")
    return _modified(set(modifiers), key, clean_line(text)[:40])


def _nearest(name: str) -> str:
    import difflib

    found = difflib.get_close_matches(name, [*_NAMED, *_ALIASES], n=1)
    return f"; nearest: {found[0]}" if found else "; a key is one character, or a name such as esc, pgdn or ctrl+d"


def _modified(modifiers: set[str], key: str, text: str) -> str:
    if modifiers == {"ctrl"}:
        return _with_ctrl(key, text)
    if modifiers == {"shift"}:
        return _with_shift(key, text)
    if "super" in modifiers:
        raise InputRefused(f"terminals do not pass {text} on")
    if {"ctrl", "shift"} <= modifiers:
        raise InputRefused(f"terminals cannot tell {text} from the same key without shift")
    if modifiers == {"alt"} and len(key) == 1 and key.isascii() and key.isalnum():
        return f"alt+{key.lower()}"
    raise InputRefused(f"few terminals deliver {text}; alt goes with a letter or a digit")


def _with_ctrl(key: str, text: str) -> str:
    lower = key.lower()
    if lower in _SAME:
        same = _SAME[lower]
        raise InputRefused(f"terminals send the same for {text} as for {same}; write {same}")
    if key in _CTRL_SIGNS:
        return _CTRL_SIGNS[key]
    if key in _MOVING:
        return f"ctrl+{key}"
    if len(lower) == 1 and lower.isascii() and lower.isalpha():
        return f"ctrl+{lower}"
    if key.isdigit():
        raise InputRefused(f"terminals do not deliver {text}: most send the digit alone")
    raise InputRefused(f"few terminals deliver {text}; ctrl goes with a letter, an arrow or one of \\ ] ^ _")


def _with_shift(key: str, text: str) -> str:
    if key == "tab" or key in _MOVING:
        return f"shift+{key}"
    if len(key) == 1 and key.isalpha():
        raise InputRefused(f"{text} is written as the capital letter, {key.upper()}")
    if len(key) == 1:
        raise InputRefused(f"{text} is written as the character that it makes")
    raise InputRefused(f"terminals send the same for {text} as for {key}")
