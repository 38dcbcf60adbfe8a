"""What each action of `tui/keymap.py` does: a few lines each, from a key to the session or to a pane.

A module per topic, each with its part of the tables below. A function with something to wait for returns that as
work, which the screen runs in its turn; what work returns is said.
"""

from typing import TYPE_CHECKING

from tui.commands import (
    cities,
    clocks,
    duplicates,
    export,
    feeds,
    filters,
    jumps,
    marks,
    moves,
    overall,
    panes,
    piping,
    quoting,
    review,
    select,
    since,
    themes,
)
from tui.commands.work import Do, Take
from tui.keymap import ACTIONS

if TYPE_CHECKING:
    from tui.main_screen import MainScreen

DO: dict[str, Do] = {
    name: do
    for topic in (
        moves,
        cities,
        panes,
        filters,
        select,
        jumps,
        marks,
        duplicates,
        quoting,
        export,
        piping,
        clocks,
        overall,
        review,
        since,
        feeds,
        themes,
    )
    for name, do in topic.DO.items()
}
"""What each action does, by its name."""

TAKES: dict[str, Take] = clocks.TAKES | export.TAKES | filters.TAKES | panes.TAKES | piping.TAKES | themes.TAKES
"""What an action does with the argument that was typed after its name in the palette."""

ANSWERS: dict[str, Take] = (
    marks.ANSWERS | cities.ANSWERS | export.ANSWERS | piping.ANSWERS | filters.ANSWERS | clocks.TAKES
)
"""What is done with the answer to a question, by the question's purpose."""


def run(screen: "MainScreen", text: str | None) -> None:
    """Do what the palette gave back: an action's name, and its argument where it takes one."""
    name, _, argument = (text or "").partition(" ")
    if not name:
        return
    if reason := screen.keys.why_not(ACTIONS[name], screen.scope, screen.session):
        screen.say(f"{ACTIONS[name].label}: {reason}")
    elif argument and name in TAKES:
        screen.run_in_turn(TAKES[name](screen, argument))
    else:
        screen.action_do(name)
