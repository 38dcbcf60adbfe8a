"""Write docs/keys.md from the action table; `--print` shows it instead."""  # noqa: INP001 - a script

import sys
from collections.abc import Iterable
from pathlib import Path

from tui.cells import LEGEND
from tui.keyfile import preset_keys
from tui.keymap import ACTIONS, Scope
from tui.keys import Keys, shown_key
from tui.presets import DEFAULT, PRESETS

HEAD = """# Keys

Made from `tui/keymap.py` by `make docs`; do not edit. On the screen, `?` shows the keys of the pane that you are in.
Every action is also in the palette, by its name: `:` or `ctrl+p`.
"""

PRESETS_HEAD = """
## Presets

Where the presets of keys differ. `keys = "plain"` in the configuration chooses one, and a key file binds single keys:
see [the guide](guide.md#bind-your-own-keys).
"""


def page() -> str:
    """Return the page."""
    parts, keys = [HEAD], Keys()
    for scope in Scope:
        rows = [
            f"| {_code(keys, name)} | `{name}` | {keys.spell(action.description)} |\n"
            for name, action in ACTIONS.items()
            if action.scope is scope
        ]
        if rows:
            title = scope.value.capitalize()
            parts += [f"\n## {title}\n\n| keys | name | what they do |\n|--|--|--|\n", *rows]
    parts.append(_presets())
    parts.append("\n## Letters and signs\n\n| sign | meaning |\n|--|--|\n")
    parts += [f"| {_marked(sign.split())} | {words} |\n" for sign, words in LEGEND]
    return "".join(parts)


def _presets() -> str:
    names = [name for name in PRESETS if name != DEFAULT]
    presets = [Keys(preset_keys(name)) for name in (DEFAULT, *names)]
    parts = [PRESETS_HEAD, f"\n| name | {' | '.join((DEFAULT, *names))} |\n|--|{'--|' * len(presets)}\n"]
    for name in ACTIONS:
        cells = [_code(keys, name) if keys.of(name) else "none" for keys in presets]
        if len(set(cells)) > 1:
            parts.append(f"| `{name}` | {' | '.join(cells)} |\n")
    return "".join(parts)


def _code(keys: Keys, name: str) -> str:
    return _marked([shown_key(key) for key in keys.of(name)] or [keys.shown(name)])


def _marked(texts: Iterable[str]) -> str:
    return " ".join(f"`{text}`" for text in texts).replace("|", "\\|")


if __name__ == "__main__":
    if "--print" in sys.argv:
        sys.stdout.write(page())
    else:
        Path(__file__).with_name("keys.md").write_text(page(), encoding="utf-8")
