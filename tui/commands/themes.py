"""Changing the theme while the screen runs."""

from typing import TYPE_CHECKING, Any

from textual.app import App

from model.errors import InputRefused
from tui.commands.work import Do, Take, Work
from tui.themes import Look, Palette

if TYPE_CHECKING:
    from tui.main_screen import MainScreen


def wear(app: App[Any], palette: Palette, look: Look) -> None:
    """Change the theme; everything is painted again."""
    palette.wear(look)
    app.register_theme(look.theme)
    app.theme = look.theme.name


def _list_themes(screen: "MainScreen") -> Work:
    from tui.theme_files import names

    now = screen.palette.look.name
    screen.say(f"now {now}; `:theme light` changes it; there are: {', '.join(names(screen.themes))}")
    return None


def _wear(screen: "MainScreen", name: str) -> Work:
    from tui.theme_files import find

    try:
        look = find(name, screen.themes)
    except InputRefused as error:
        screen.say(str(error), "warn")
        return None
    wear(screen.app, screen.palette, look)
    screen.say(f'theme {look.name}; to keep it, write theme = "{look.name}" into the configuration')
    return None


DO: dict[str, Do] = {"theme": _list_themes}

TAKES: dict[str, Take] = {"theme": _wear}
