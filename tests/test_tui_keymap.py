"""The action table: no key means two things in one place, and everything is made from it."""

import subprocess
import sys
from pathlib import Path

import pytest

from model.catalog import Catalog
from model.query import Count
from tests.tui_fakes import FakeStore
from tui import commands
from tui.keymap import ACTIONS, FOOTER, PANES, PROTECTED, Scope, here
from tui.keys import Keys, pressed_key
from tui.session import Session

FORBIDDEN = ("ctrl+i", "ctrl+m", "ctrl+h", "ctrl+b", "ctrl+a")
"""What terminals send for tab, enter and backspace, and the prefixes of multiplexers."""

KEYS = Keys()


@pytest.mark.parametrize("pane", PANES)
def test_no_key_means_two_things_in_one_pane(pane: Scope) -> None:
    keys = [key for action in here(pane) for key in action.keys]
    assert sorted(keys) == sorted(set(keys))


@pytest.mark.parametrize("pane", PANES)
def test_a_chord_begins_with_a_key_that_does_nothing_else(pane: Scope) -> None:
    keys = [key for action in here(pane) for key in action.keys]
    starts = {key.split()[0] for key in keys if " " in key}
    assert starts.isdisjoint(key for key in keys if " " not in key)


def test_every_action_is_done_by_something_and_nothing_is_done_without_one() -> None:
    assert set(commands.DO) == set(ACTIONS)


def test_every_pane_has_a_footer_of_actions_that_work_there() -> None:
    for pane in PANES:
        assert set(FOOTER[pane]) <= {action.name for action in here(pane)}


def test_no_key_is_one_that_terminals_cannot_tell_or_that_multiplexers_take() -> None:
    keys = [part for action in ACTIONS.values() for key in action.keys for part in key.split()]
    assert not set(keys) & set(FORBIDDEN)
    assert not [key for key in keys if key.startswith(("ctrl+shift+", "f1", "ctrl+0"))]


def test_an_action_has_a_key_or_a_spelling_for_the_palette() -> None:
    for action in ACTIONS.values():
        assert KEYS.shown(action.name)
        assert action.description.endswith((".", "`."))


def test_the_verdicts_follow_x() -> None:
    assert {key: action.name for key, action in KEYS.chord(Scope.EVENTS, "x").items()} == {
        "v": "verify",
        "d": "dispute",
        "r": "reject",
        "u": "unverifiable",
        "=": "duplicate",
        "a": "assign",
    }
    assert KEYS.does(Scope.EVENTS, "x") is None
    assert not KEYS.chord(Scope.CITIES, "x")


def test_what_cannot_be_done_says_why(catalog: Catalog) -> None:
    session = Session(FakeStore(catalog), catalog)
    assert "no event is selected" in (ACTIONS["star"].unavailable(session) or "")
    assert "now already" in (ACTIONS["now"].unavailable(session) or "")
    assert ACTIONS["show_new"].unavailable(session)
    session.arrived = Count(3)
    assert ACTIONS["show_new"].unavailable(session) is None


def test_the_page_of_keys_is_the_one_that_the_table_makes() -> None:
    root = Path(__file__).parents[1]
    made = subprocess.run(
        [sys.executable, root / "docs" / "make_keys.py", "--print"], capture_output=True, text=True, check=True
    )
    assert made.stdout == (root / "docs" / "keys.md").read_text(encoding="utf-8")
    for action in ACTIONS.values():
        assert KEYS.spell(action.description) in made.stdout


def test_the_way_out_is_in_the_table_as_it_is_protected() -> None:
    for name, key in PROTECTED.items():
        assert key in ACTIONS[name].keys


@pytest.mark.parametrize(
    ("key", "character", "written"),
    [
        ("j", "j", "j"),
        ("question_mark", "?", "?"),
        ("plus", "+", "+"),
        ("+", "+", "+"),
        ("space", " ", "space"),
        ("enter", "\r", "enter"),
        ("ctrl+d", "\x04", "ctrl+d"),
        ("alt+x", "x", "alt+x"),
        ("up", None, "up"),
    ],
)
def test_a_pressed_key_is_written_as_the_table_writes_it(key: str, character: str | None, written: str) -> None:
    assert pressed_key(key, character) == written


def test_a_text_names_keys_as_they_are_bound() -> None:
    keys = Keys({"events": ("e",), "later": ()})
    assert keys.spell("no event; {events} goes there, {later} goes on, {this} and { } stay") == (
        "no event; e goes there, :later goes on, :this and { } stay"
    )
