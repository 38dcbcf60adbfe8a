"""Colours, as data. Colour says who or how sure; everything that it says, a letter or glyph says too.

The actors' hues are Okabe and Ito's, which readers with any kind of colour vision tell apart; each theme makes them so
much lighter or darker that they can be read on all its backgrounds.
"""

import os
from collections.abc import Mapping
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.theme import Theme

from model.catalog import Catalog


class Look(NamedTuple):
    """One theme: what Textual needs of it, and what our own lines are painted with."""

    name: str
    """As users write it."""
    theme: Theme
    actors: tuple[str, ...]
    """Hues for the sides, in the order in which a situation lists them; none without colour."""
    roles: Mapping[str, str]
    """What a part of a line is -> a Rich style."""


class Colours(NamedTuple):
    """What a theme of our own colours is made of, each as `#rrggbb`."""

    background: str
    text: str
    panel: str
    """The background of the first and last line, and of what lies over the panes."""
    cursor: str
    """The background of the line that the keys act on."""
    rule: str
    """The lines between the panes."""
    dim: str
    """What matters less."""
    title: str
    mark: str
    """Unread, tags, notes, and the keys in the last line."""
    warn: str
    """Disputed, starred, new."""
    alert: str
    """The background of a clock that is not at now."""
    actors: tuple[str, ...]


def coloured(name: str, colours: Colours, *, dark: bool) -> Look:
    """Return the theme that is made of these colours."""
    return Look(
        name,
        Theme(
            name=f"sitmon-{name}",
            primary=colours.mark,
            warning=colours.warn,
            foreground=colours.text,
            background=colours.background,
            surface=colours.background,
            panel=colours.panel,
            dark=dark,
            variables={"rule": colours.rule},
        ),
        colours.actors,
        {
            "dim": colours.dim,
            "strong": "bold",
            "title": f"bold {colours.title}",
            "alert": f"bold {colours.background} on {colours.alert}",
            "warn": colours.warn,
            "mark": colours.mark,
            "doubt": "italic",
            "struck": f"strike {colours.dim}",
            "cursor": f"on {colours.cursor}",
            "picked": "bold reverse",
            "bar": f"bold {colours.mark}",
        },
    )


DARK_COLOURS = Colours(
    background="#12161b",
    text="#d4d9df",
    panel="#1d242c",
    cursor="#26303a",
    rule="#3a444f",
    dim="#949da7",
    title="#ffffff",
    mark="#56b4e9",
    warn="#f0e442",
    alert="#f0e442",
    actors=("#e69f00", "#56b4e9", "#cf80ab", "#21ab85", "#f0e442", "#de8036", "#54a1cb"),
)
LIGHT_COLOURS = Colours(
    background="#fbfaf7",
    text="#1f252b",
    panel="#ecebe6",
    cursor="#dfe6ee",
    rule="#b9b8b2",
    dim="#59626d",
    title="#000000",
    mark="#006aa6",
    warn="#a03b00",
    alert="#a64900",
    actors=("#855c00", "#006aa6", "#8d5373", "#007354", "#6c671e", "#a64900", "#336a89"),
)
HIGH_CONTRAST_COLOURS = Colours(
    background="#000000",
    text="#ffffff",
    panel="#000000",
    cursor="#303030",
    rule="#ffffff",
    dim="#c8c8c8",
    title="#ffffff",
    mark="#80c7ee",
    warn="#f0e442",
    alert="#f0e442",
    actors=("#ecb63d", "#80c7ee", "#e1b1cc", "#7dceb8", "#f0e442", "#ebb387", "#96c5df"),
)

DARK = coloured("dark", DARK_COLOURS, dark=True)


def _uncoloured(name: str) -> Theme:
    default = "ansi_default"
    return Theme(
        name=f"sitmon-{name}",
        ansi=True,
        primary=default,
        foreground=default,
        background=default,
        surface=default,
        panel=default,
        variables={"rule": default, "ansi-background": default, "ansi-foreground": default},
    )


MONO = Look(
    "mono",
    _uncoloured("mono"),
    (),
    {
        "dim": "dim",
        "strong": "bold",
        "title": "bold underline",
        "alert": "bold reverse",
        "warn": "bold",
        "doubt": "italic",
        "struck": "strike",
        "cursor": "reverse",
        "picked": "bold reverse",
        "bar": "bold",
    },
)
"""No colour at all: what it says, it says by bold, underlined, reversed and struck-through letters."""

ANSI = Look(
    "ansi",
    _uncoloured("ansi"),
    # Those that most terminals show legibly on black as well as on white come first.
    ("red", "bright_blue", "green", "cyan", "magenta", "yellow"),
    {
        **MONO.roles,
        "title": "bold",
        "alert": "bold black on yellow",
        "warn": "bold magenta",
        "mark": "cyan",
        "bar": "bold cyan",
    },
)
"""The 16 colours, the letters and the background that the terminal has anyway."""

LOOKS = {
    look.name: look
    for look in (
        DARK,
        coloured("light", LIGHT_COLOURS, dark=False),
        coloured("high-contrast", HIGH_CONTRAST_COLOURS, dark=True),
        MONO,
        ANSI,
    )
}
"""Every theme that comes with sitmon, by its name."""


class WithoutColour(LineFilter):
    """Takes every colour away, the default ones too, so that no code for one is ever written."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - Textual's signature
        """Return the same text in bold, reversed and so on alone."""
        return [Segment(text, style.without_color if style else style, control) for text, style, control in segments]


def default_look(environment: Mapping[str, str] = os.environ) -> Look:
    """Return the theme for a terminal of which nobody said which: as many colours as it has.

    `NO_COLOR` with any value asks for none.
    """
    if environment.get("NO_COLOR"):
        return MONO
    term = environment.get("TERM", "")
    if environment.get("COLORTERM") in ("truecolor", "24bit") or any(
        word in term for word in ("256color", "direct", "kitty")
    ):
        return DARK
    colours = _colours_of(term)
    return MONO if colours <= 1 else ANSI if colours < 256 else DARK


def _colours_of(term: str) -> int:
    # 8 for a terminal that nobody has described: nearly all there are have them.
    import _curses

    try:
        _curses.setupterm(term, 1)
    except _curses.error:
        return 8
    return _curses.tigetnum("colors")


class Palette:
    """Styles for what a line's parts are, in one theme and one situation."""

    def __init__(self, look: Look, catalog: Catalog) -> None:
        self.look = look
        self.catalog = catalog
        self.edition = 0
        """Goes up whenever something is painted differently than before."""
        self._styles: dict[str, Style] = {}
        self._held: Mapping[str | None, int] = {}
        self._sides: dict[str | None, int] = {}
        """Each side's number among those that have a hue of their own, once it was needed."""

    def wear(self, look: Look) -> None:
        """Change the theme; whatever was painted with it has to be painted again."""
        self.look = look
        self._begin_anew()

    def rank(self, held: Mapping[str | None, int]) -> bool:
        """Let sides that hold places have hues first; return whether anything has to be painted again.

        Args:
            held: how many places each side holds; those that hold none may be missing.
        """
        before = self._numbered() if self.look.actors else {}
        self._held = dict(held)
        self._begin_anew()
        return bool(self.look.actors) and self._numbered() != before

    def _begin_anew(self) -> None:
        self._styles.clear()
        self._sides.clear()
        self.edition += 1

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
        """Return the hue of an actor's side; None, the neutral colour, where hues have run out: letters tell apart."""
        if not self.look.actors:
            return None
        side = self._numbered().get(self.catalog.side_of(actor, self._begins))
        return None if side is None else self.look.actors[side]

    def _numbered(self) -> dict[str | None, int]:
        """Return the number of each side that has a hue: first those that hold places, then the others, as listed.

        Where even those are too many, the ones with fewest places have none.
        """
        if not self._sides:
            listed = list(dict.fromkeys(self.catalog.side_of(one, self._begins) for one in self.catalog.actors))
            most = len(self.look.actors)
            first = sorted(listed, key=lambda side: -self._held.get(side, 0))[:most]
            chosen = [side for side in listed if side in first and self._held.get(side)]
            chosen += [side for side in listed if side in first and side not in chosen]
            self._sides.update((side, number) for number, side in enumerate(chosen))
        return dict(self._sides)

    @property
    def _begins(self) -> int:
        return self.catalog.situation.begins or 0
