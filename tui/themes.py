"""Colours, as data. Colour says who or how sure; everything that it says, a letter or glyph says too.

The actors' hues are Okabe and Ito's, which readers with any kind of colour vision tell apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from rich.style import Style
from textual.theme import Theme

from model.catalog import Catalog


class Look(NamedTuple):
    """One theme: what Textual needs of it, and what our own lines are painted with."""

    theme: Theme
    actors: tuple[str, ...]
    """Hues for the sides, in the order in which a situation lists them."""
    roles: Mapping[str, str]
    """What a part of a line is -> a Rich style."""


DARK = Look(
    Theme(
        name="sitmon-dark",
        primary="#56b4e9",
        accent="#e69f00",
        warning="#f0e442",
        error="#d55e00",
        foreground="#d4d9df",
        background="#12161b",
        surface="#12161b",
        panel="#1d242c",
        dark=True,
    ),
    actors=("#e69f00", "#56b4e9", "#cc79a7", "#009e73", "#f0e442", "#d55e00", "#4a9fd8"),
    roles={
        "dim": "#8b949e",
        "strong": "bold",
        "title": "bold #ffffff",
        "alert": "bold #12161b on #f0e442",
        "warn": "#f0e442",
        "mark": "#56b4e9",
        "doubt": "italic",
        "struck": "strike #8b949e",
        "cursor": "on #26303a",
        "bar": "bold #56b4e9",
        "rule": "#3a444f",
    },
)

LOOKS = {look.theme.name: look for look in (DARK,)}
"""Every theme by its name."""


@dataclass(slots=True)
class Palette:
    """Styles for what a line's parts are, in one theme and one situation."""

    look: Look
    catalog: Catalog
    _styles: dict[str, Style] = field(default_factory=dict)
    _sides: dict[str | None, int] = field(default_factory=dict)
    """Each side's number, once it was needed."""

    def style(self, role: str) -> Style:
        """Return the style of a role, or of several with spaces between; `actor:ID` is the hue of that actor's side.

        A role that the theme does not know has no style.
        """
        found = self._styles.get(role)
        if found is None:
            found = self._styles[role] = Style.combine(map(self._one, role.split()))
        return found

    def _one(self, role: str) -> Style:
        if role.startswith("actor:"):
            return Style(color=self._hue(role.removeprefix("actor:")))
        return Style.parse(self.look.roles.get(role, ""))

    def _hue(self, actor: str) -> str | None:
        """Return the hue of a side: its number among the sides that the situation lists."""
        instant = self.catalog.situation.begins or 0
        if not self._sides:
            for one in self.catalog.actors:
                self._sides.setdefault(self.catalog.side_of(one, instant), len(self._sides))
        side = self._sides.get(self.catalog.side_of(actor, instant))
        return None if side is None else self.look.actors[side % len(self.look.actors)]
