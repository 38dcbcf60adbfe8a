"""Themes: every text can be read on its background, every state without colour, and each theme writes what it says."""

import re
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from rich.color import Color
from rich.style import Style

from bench.pty import Terminal
from model.catalog import Catalog
from model.entities import VERDICTS, Actor, ControlState, MarkKind, Standing, Status, Weight
from model.errors import InputRefused
from model.query import Cursor, EventRow
from tests.tui_fakes import FakeStore, event_on, screen_text, type_in, wait_for
from tests.tui_open import opened
from tui.cells import Line, event_line
from tui.cities import city_line
from tui.panes.lines import paint
from tui.theme_files import find, names, read_look
from tui.themes import ANSI, DARK, LOOKS, MONO, Look, Palette, default_look

COLOURED = [look for look in LOOKS.values() if not look.theme.ansi]
SUBDUED = {"dim", "struck"}
"""Roles of what matters less; for these a contrast of 3 is enough."""


def luminance(colour: Color) -> float:
    """Return the relative luminance of WCAG 2.2."""
    parts = (part / 255 for part in colour.get_truecolor())
    linear = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: Color, other: Color) -> float:
    """Return the contrast ratio of WCAG 2.2."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_contrast_of_black_on_white_is_the_most_there_is() -> None:
    assert round(contrast(Color.parse("#000000"), Color.parse("#ffffff")), 1) == 21.0
    assert round(contrast(Color.parse("#777777"), Color.parse("#ffffff")), 2) == 4.48


@pytest.mark.parametrize("look", COLOURED, ids=lambda look: look.name)
def test_every_text_can_be_read_on_every_background(look: Look) -> None:
    theme = look.theme
    cursor = Style.parse(look.roles["cursor"]).bgcolor
    assert cursor is not None
    backgrounds = [Color.parse(str(theme.background)), Color.parse(str(theme.panel)), cursor]
    texts = {"text": Style.parse(str(theme.foreground)), **{hue: Style.parse(hue) for hue in look.actors}}
    for name, style in (texts | {role: Style.parse(words) for role, words in look.roles.items()}).items():
        if style.color is None:
            continue
        for background in [style.bgcolor] if style.bgcolor else backgrounds:
            least = 3 if name in SUBDUED else 7 if look.name == "high-contrast" else 4.5
            assert contrast(style.color, background) >= least, f"{name} on {background.name}"


def plainly(line: Line, catalog: Catalog) -> list[tuple[str, bool, bool, bool, bool]]:
    """Return what is left of a line without any colour: its letters, and which of them are bold and so on."""
    found = []
    for segment in paint(line, 70, Palette(MONO, catalog), Style()):
        style = segment.style or Style()
        assert style.color is None
        assert style.bgcolor is None
        found.append((segment.text, bool(style.bold), bool(style.underline), bool(style.reverse), bool(style.strike)))
    return found


def test_without_colour_every_state_of_a_city_looks_different(catalog: Catalog) -> None:
    seen = [
        plainly(city_line(ControlState("north", status, "red", disputed=disputed), catalog, 60), catalog)
        for status in Status
        for disputed in (False, True)
    ]
    assert all(seen.count(one) == 1 for one in seen)


def test_without_colour_every_state_of_an_event_looks_different(catalog: Catalog) -> None:
    event = event_on(3)
    weight = Weight(Standing.REPORTED, 1, 0, None)
    plain = EventRow(event, Cursor(0, 1), weight, read=True)
    states = [
        plain,
        plain._replace(read=False),
        plain._replace(starred=True),
        plain._replace(weight=weight._replace(standing=Standing.CLAIMED)),
        plain._replace(weight=weight._replace(standing=Standing.DISPUTED, denied=True, n_against=1)),
        plain._replace(weight=weight._replace(date_disputed=True)),
        plain._replace(weight=weight._replace(standing=Standing.RETRACTED)),
        *(plain._replace(verdict=verdict) for verdict in VERDICTS if verdict is not MarkKind.REJECTED),
    ]
    seen = [plainly(event_line(row, catalog, 70), catalog) for row in states]
    assert all(seen.count(one) == 1 for one in seen)


def test_both_sides_have_a_hue_of_their_own_in_every_theme_with_colour(catalog: Catalog) -> None:
    for look in LOOKS.values():
        palette = Palette(look, catalog)
        red, guard, blue = (palette.style(f"actor:{side}").color for side in ("red", "red-guard", "blue"))
        assert red == guard
        assert (red != blue) == (look is not MONO)


def test_sides_that_hold_places_have_hues_first_and_no_two_sides_the_same(catalog: Catalog) -> None:
    names = [f"side-{letter}" for letter in "abcdefghijkl"]
    actors = tuple(Actor(name, name) for name in names)
    many = Catalog(catalog.situation, actors={actor.id: actor for actor in actors})
    for look in LOOKS.values():
        palette, most = Palette(look, many), len(look.actors)
        ranks: tuple[dict[str | None, int], ...] = (
            {},
            {"side-l": 2, "side-k": 1},
            {**dict.fromkeys(names[2:], 1), "side-l": 5},
        )
        for held in ranks:
            palette.rank(held)
            hues = {name: palette.style(f"actor:{name}").color for name in names}
            coloured = [name for name in names if hues[name] is not None]
            assert len({hues[name] for name in coloured}) == len(coloured) == most
            assert set(held) <= set(coloured) or set(coloured) <= set(held)
            assert not held or not most or "side-l" in coloured
    assert palette.style("actor:nobody").color is None


@pytest.mark.parametrize(
    ("environment", "name"),
    [
        ({"TERM": "xterm-256color"}, "dark"),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, "dark"),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "mono"),
        ({"TERM": "xterm-256color", "NO_COLOR": "0"}, "mono"),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, "dark"),
    ],
)
def test_the_terminal_says_which_theme_suits_it(environment: dict[str, str], name: str) -> None:
    assert default_look(environment).name == name


@pytest.mark.parametrize(("colours", "name"), [(-1, "mono"), (0, "mono"), (8, "ansi"), (16, "ansi"), (256, "dark")])
def test_as_many_colours_as_the_terminal_has(colours: int, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.themes._colours_of", lambda _term: colours)
    assert default_look({"TERM": "some-terminal"}).name == name


# -- the user's own ----------------------------------------------------------------------------------------------------


def test_a_theme_file_changes_what_it_names_and_keeps_the_rest(tmp_path: Path) -> None:
    (tmp_path / "dusk.toml").write_text('background = "#101418"\nactors = ["#FFAA00", "#00aaff"]\n', encoding="utf-8")
    look = find("dusk", tmp_path)
    assert (look.name, look.theme.background, look.actors) == ("dusk", "#101418", ("#FFAA00", "#00aaff"))
    assert look.roles["mark"] == DARK.roles["mark"]
    assert names(tmp_path) == ("dark", "light", "high-contrast", "mono", "ansi", "dusk")


def test_a_light_theme_file_begins_with_light(tmp_path: Path) -> None:
    (tmp_path / "day.toml").write_text("dark = false\n", encoding="utf-8")
    look = read_look(tmp_path / "day.toml")
    assert look.roles == LOOKS["light"].roles
    assert not look.theme.dark


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('dim = "grey"', "dim must be a colour like"),
        ("dim = 7", "dim must be a colour like"),
        ('dim = "#12345"', "dim must be a colour like"),
        ('backgrund = "#000000"', "has no key 'backgrund'; nearest: background"),
        ('actors = "#000000"', "actors must be a list"),
        ("actors = []", "actors must be a list"),
        ('dark = "yes"', "dark must be true or false"),
        ("dim = ", "is not TOML"),
        ("x = " + "[" * 9_000, "is not TOML|nested"),
        ("# " + "x" * 30_000, "larger than"),
        ("\x1b[31m", "is not TOML"),
    ],
)
def test_a_wrong_theme_file_is_named_with_its_key(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "wrong.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputRefused, match=rf"wrong\.toml.*({said})") as refused:
        find("wrong", tmp_path)
    assert "\x1b" not in str(refused.value)


def test_a_theme_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b'dim = "\xe9"')
    with pytest.raises(InputRefused, match="cannot be read"):
        find("latin", tmp_path)


@pytest.mark.parametrize("name", ["../dusk", "nosuch", "", "DARK", "dark\n"])
def test_a_name_that_is_none_is_refused_with_the_list(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="there are: dark, light, high-contrast, mono, ansi"):
        find(name, tmp_path)


# -- on the screen -----------------------------------------------------------------------------------------------------


async def test_the_palette_changes_the_theme_at_once_and_says_how_to_keep_it(catalog: Catalog) -> None:
    store = FakeStore(catalog)
    await store.happen(event_on(3))
    async with opened(store) as (app, pilot):
        for name, look in LOOKS.items():
            await pilot.press("colon")
            await type_in(pilot, f"theme {name}")
            await pilot.press("enter")
            said = f'theme = "{name}"'
            await wait_for(pilot, partial(lambda said: said in screen_text(app), said), "how to keep it")
            assert app.palette.look is look
            assert app.current_theme is look.theme
        await pilot.press("colon")
        await type_in(pilot, "theme drak")
        await pilot.press("enter")
        await wait_for(pilot, lambda: "no theme is called 'drak'; there are: dark" in screen_text(app), "the refusal")
        assert app.palette.look is ANSI


@pytest.fixture
def start(shipped: Path, tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """Opens the real command on a terminal of its own."""
    terminals: list[Terminal] = []

    def begin(*arguments: str, **env: str) -> Terminal:
        home = {"HOME": str(tmp_path)} | {f"XDG_{what}_HOME": str(tmp_path) for what in ("CONFIG", "DATA", "STATE")}
        argv = [sys.executable, "-m", "sitmon", "--store", str(shipped), *arguments]
        terminals.append(Terminal(argv, env=home | env))
        return terminals[-1]

    yield begin
    for terminal in terminals:
        terminal.close()


def sgr(terminal: Terminal) -> set[str]:
    """Return every graphic rendition that the program asked for, taken apart; colours of more than 16 as one."""
    written = b"".join(data for _, data in terminal.chunks).decode(errors="replace")
    found: set[str] = set()
    for codes in re.findall(r"\x1b\[([0-9;]*)m", written):
        found.update(re.sub(r"\b([34]8);(?:5;\d+|2;\d+;\d+;\d+)", r"\1", codes).split(";"))
    return found


COLOURS = {str(code) for begin in (30, 40, 90, 100) for code in range(begin, begin + 10)}
"""Every code that has to do with colour, the default ones too."""


def test_ansi_writes_the_terminals_own_colours_alone(start: Callable[..., Terminal]) -> None:
    terminal = start("--theme", "ansi")
    terminal.wait_for("HOLDS")
    terminal.send("?")
    terminal.wait_for("KEYS")
    codes = sgr(terminal)
    assert codes & {str(code) for code in (*range(30, 38), *range(90, 98))}
    assert not codes & {"38", "48"}
    assert not codes & {str(code) for code in (*range(40, 48), *range(100, 108))}, "the background is the terminal's"


@pytest.mark.parametrize(
    ("arguments", "env"),
    [(("--theme", "mono"), {}), ((), {"NO_COLOR": "1"}), ((), {"TERM": "vt100", "COLORTERM": ""})],
    ids=["asked for", "NO_COLOR", "a terminal without colours"],
)
def test_mono_writes_no_colour_at_all(
    arguments: tuple[str, ...], env: dict[str, str], start: Callable[..., Terminal]
) -> None:
    terminal = start(*arguments, **env)
    terminal.wait_for("HOLDS")
    for keys, shown in (
        ("?", "KEYS"),
        ("\x1b[27u", r"EVENTS \d"),
        ("[", "before now"),
        ("/", "filter  "),
        ("kabul", "/kabul"),
    ):
        terminal.send(keys)
        terminal.wait_for(shown)
    codes = sgr(terminal)
    assert {"1", "7"} <= codes
    assert not codes & COLOURS


def test_dark_writes_true_colours(start: Callable[..., Terminal]) -> None:
    terminal = start(NO_COLOR="")
    terminal.wait_for("HOLDS")
    assert {"38", "48"} <= sgr(terminal)


def test_an_option_that_names_no_theme_is_refused_with_the_list(start: Callable[..., Terminal]) -> None:
    terminal = start("--theme", "drak")
    terminal.wait_for("no theme is called 'drak'; there are: dark, light, high-contrast, mono, ansi")


def test_a_configured_theme_that_is_wrong_gives_way_to_dark_with_a_word(
    start: Callable[..., Terminal], tmp_path: Path
) -> None:
    own = tmp_path / "sitmon" / "themes" / "dusk.toml"
    own.parent.mkdir(parents=True)
    own.write_text('dim = "grey"', encoding="utf-8")
    (tmp_path / "sitmon" / "config.toml").write_text('theme = "dusk"', encoding="utf-8")
    terminal = start()
    terminal.wait_for(r"dusk\.toml: dim must be a colour .* this is dark")
    assert {"38", "48"} <= sgr(terminal)
