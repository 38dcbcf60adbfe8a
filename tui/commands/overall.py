"""What is about the screen as a whole: what lies over it, live updates, the way out."""

from functools import partial
from typing import TYPE_CHECKING

from textual.widget import AwaitMount

from tui._textual_compat import ChangesApp
from tui.commands.work import Do, Work

if TYPE_CHECKING:
    from tui.main_screen import MainScreen


def _pause(screen: "MainScreen") -> Work:
    screen.session.paused = not screen.session.paused
    screen.show_bars()
    if screen.session.paused:
        screen.say(screen.keys.spell("live updates are paused; {pause} resumes them"))
    else:
        screen.hear_of_change()
        screen.say("live updates are resumed")
    return None


def _palette(screen: "MainScreen") -> AwaitMount:
    from tui.commands import run
    from tui.screens.palette import CommandPalette

    palette = CommandPalette(screen.palette, screen.scope, screen.session, screen.keys)
    return screen.app.push_screen(palette, partial(run, screen))


def _help(screen: "MainScreen") -> AwaitMount:
    from tui.screens.help import HelpScreen

    return screen.app.push_screen(HelpScreen(screen.palette, screen.scope, screen.keys))


def _reload(screen: "MainScreen") -> Work:
    screen.read_all()
    return None


def _redraw(screen: "MainScreen") -> Work:
    for widget in screen.walk_children():  # lines that were kept could be the ones that are wrong
        widget.refresh()
    assert isinstance(screen.app, ChangesApp)
    screen.app.redraw()
    return None


def _suspend(screen: "MainScreen") -> Work:
    screen.app.action_suspend_process()
    return None


def _interrupt(screen: "MainScreen") -> Work:
    screen.leaving.interrupt()
    return None


def _quit(screen: "MainScreen") -> Work:
    screen.leaving.leave()
    return None


DO: dict[str, Do] = {
    "pause": _pause,
    "palette": _palette,
    "help": _help,
    "reload": _reload,
    "redraw": _redraw,
    "suspend": _suspend,
    "interrupt": _interrupt,
    "quit": _quit,
}
