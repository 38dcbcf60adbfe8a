"""Themes that users make: a small TOML file of colours each, of which every value is checked."""

import re
from pathlib import Path
from typing import Any

from model.errors import InputRefused
from model.text import clean_line
from tui.themes import DARK_COLOURS, LIGHT_COLOURS, LOOKS, Colours, Look, coloured
from tui.userfile import read_bytes

MAX_SIZE = 20_000
"""Bytes of a file that is taken for a theme."""

_NAME = re.compile("[a-z0-9][a-z0-9-]{0,31}")
_COLOUR = re.compile("#[0-9a-fA-F]{6}")


def names(folder: Path | None) -> tuple[str, ...]:
    """Return the name of every theme: sitmon's, then the user's own."""
    own = sorted(path.stem for path in folder.glob("*.toml") if _NAME.fullmatch(path.stem)) if folder else ()
    return tuple(dict.fromkeys((*LOOKS, *own)))


def find(name: str, folder: Path | None) -> Look:
    """Return the theme of this name: one of sitmon's, else the user's own, read from its file.

    Raises:
        InputRefused: there is none, or its file is wrong; says what there is, or where the mistake is.
    """
    if name in LOOKS:
        return LOOKS[name]
    if folder is not None and _NAME.fullmatch(name) and (folder / f"{name}.toml").is_file():
        return read_look(folder / f"{name}.toml")
    raise InputRefused(f"no theme is called {clean_line(name[:40])!r}; there are: {', '.join(names(folder))}")


def read_look(path: Path) -> Look:
    """Read a theme from its file; colours that it leaves out are those of dark, or of light where `dark = false`.

    Raises:
        InputRefused: the file cannot be read, is not TOML, or has a key or a value that it cannot have.
    """
    table = _table(path)
    dark = table.pop("dark", True)
    if not isinstance(dark, bool):
        raise InputRefused(f"the theme {path.name}: dark must be true or false")
    for key, value in table.items():
        if key not in Colours._fields:
            from model.rows import nearest_hint

            hint = nearest_hint(key, ("dark", *Colours._fields))
            raise InputRefused(f"the theme {path.name} has no key {clean_line(key[:40])!r}{hint}")
        if key != "actors" and not _is_colour(value):
            raise InputRefused(f'the theme {path.name}: {key} must be a colour like "#56b4e9"')
    if "actors" in table:
        actors = table["actors"]
        if not isinstance(actors, list) or not actors or not all(map(_is_colour, actors)):
            raise InputRefused(f'the theme {path.name}: actors must be a list of colours like ["#e69f00", "#56b4e9"]')
        table["actors"] = tuple(actors)
    base = DARK_COLOURS if dark else LIGHT_COLOURS
    return coloured(path.stem, base._replace(**table), dark=dark)


def _is_colour(value: object) -> bool:
    return isinstance(value, str) and _COLOUR.fullmatch(value) is not None


def _table(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        content = read_bytes(path)
        if len(content) > MAX_SIZE:
            raise InputRefused(
                f"the theme {path.name} is larger than {MAX_SIZE:,} bytes; a theme is a dozen short lines"
            )
        return tomllib.loads(content.decode())
    except (OSError, UnicodeDecodeError) as error:
        raise InputRefused(f"the theme {path.name} cannot be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise InputRefused(f"the theme {path.name} is not TOML: {error}") from None
    except RecursionError:
        raise InputRefused(f"the theme {path.name} is nested too deeply; its keys need no brackets") from None
