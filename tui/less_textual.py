"""What Textual would load at a start and sitmon never shows; only for a process that shows sitmon and nothing else."""

import sys
import types

_PALETTE = ("CommandListItem", "CommandPalette", "DiscoveryHit", "Hit", "Hits", "Provider", "SimpleProvider")
"""All that other modules of Textual name of its command palette when they are loaded."""


def leave_out_palette() -> None:
    """Give Textual an empty command palette, before it is loaded: sitmon has one of its own.

    Textual's, with the five widgets that only it has, takes a twentieth of the time to the first painting.
    """
    if "textual.app" in sys.modules or "textual.command" in sys.modules:
        return
    empty = types.ModuleType("textual.command", "Left out.")
    for name in _PALETTE:
        setattr(empty, name, type(name, (), {}))
    sys.modules[empty.__name__] = empty
