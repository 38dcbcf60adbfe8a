"""Write docs/keys.md from the action table; `--print` shows it instead."""  # noqa: INP001 - a script

import sys
from pathlib import Path

from tui.cells import LEGEND
from tui.keymap import ACTIONS, Scope
from tui.keys import Keys

HEAD = """# Keys

Made from `tui/keymap.py` by `make docs`; do not edit. On the screen, `?` shows the keys of the pane that you are in.
Every action is also in the palette, by its name: `:` or `ctrl+p`.
"""


def page() -> str:
    """Return the page."""
    parts, keys = [HEAD], Keys()
    for scope in Scope:
        parts.append(f"\n## {scope.value.capitalize()}\n\n| keys | what they do |\n|--|--|\n")
        parts += [
            f"| {_code(keys.shown(action.name))} | {keys.spell(action.description)} |\n"
            for action in ACTIONS.values()
            if action.scope is scope
        ]
    parts.append("\n## Letters and signs\n\n| sign | meaning |\n|--|--|\n")
    parts += [f"| {_code(sign)} | {words} |\n" for sign, words in LEGEND]
    return "".join(parts)


def _code(keys: str) -> str:
    if keys.startswith(":"):
        return f"`{keys}`"
    return " ".join(f"`{key}`" for key in keys.split())


if __name__ == "__main__":
    if "--print" in sys.argv:
        sys.stdout.write(page())
    else:
        Path(__file__).with_name("keys.md").write_text(page(), encoding="utf-8")
