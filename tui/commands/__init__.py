"""What each action of `tui/keymap.py` does: a few lines each, from a key to the session or to a pane.

A module per topic, each with its part of the tables below. A function with something to wait for returns that as
work, which the screen runs in its turn; what work returns is said.
"""

from tui.commands import clocks, filters, marks, moves, overall, panes, select, themes
from tui.commands.work import Do, Take

DO: dict[str, Do] = moves.DO | panes.DO | filters.DO | marks.DO | clocks.DO | overall.DO | select.DO | themes.DO
"""What each action does, by its name."""

TAKES: dict[str, Take] = clocks.TAKES | themes.TAKES
"""What an action does with the argument that was typed after its name in the palette."""

ANSWERS: dict[str, Take] = marks.ANSWERS
"""What is done with the answer to a question, by the question's purpose."""
