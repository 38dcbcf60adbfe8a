"""A user's key file: what holds, what is refused and why, and that no file can take the way out away."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.errors import InputRefused
from tui.keyfile import Bound, Problem, Wish, bind, preset_keys, read_keys, without_key
from tui.keymap import ACTIONS, PANES, PROTECTED, here
from tui.keys import shown_key
from tui.keyspelling import parse_key
from tui.presets import DEFAULT, PRESETS

TABLE: Bound = {name: action.keys for name, action in ACTIONS.items()}
SOME_KEYS = ("j", "x", "g", "g g", "x j", "x v", "enter", "ctrl+c", "ctrl+q", "ctrl+d", "f5", "ö", "x ctrl+c")


def assert_sound(bound: Bound) -> None:
    """Assert that each key means one thing in each pane, and that there is a way out."""
    assert set(bound) == set(ACTIONS)
    for pane in PANES:
        keys = [key for action in here(pane) for key in bound[action.name]]
        assert len(keys) == len(set(keys))
        assert {key.split()[0] for key in keys if " " in key}.isdisjoint(keys)
    for name, key in PROTECTED.items():
        assert key in bound[name]


def texts(problems: tuple[Problem, ...]) -> list[str]:
    return [str(problem).removeprefix("keys.toml ").removeprefix("keys.toml: ") for problem in problems]


def test_an_empty_file_is_the_preset() -> None:
    assert read_keys("") == (TABLE, ())
    assert read_keys("# only a remark\n", "plain") == (preset_keys("plain"), ())


def test_a_file_binds_by_name_and_takes_the_key_from_what_had_it() -> None:
    bound, problems = read_keys('star = "*"\nread = ["(", "p"]\n')
    assert not problems
    assert bound["star"] == ("*",)
    assert bound["read"] == ("(", "p")
    assert bound["pause"] == ()
    assert without_key(bound) == ("pause",)
    assert_sound(bound)


def test_a_file_names_its_preset_and_that_wins_over_the_configuration() -> None:
    bound, problems = read_keys('preset = "plain"\n', "newsboat")
    assert (bound, problems) == (preset_keys("plain"), ())


@pytest.mark.parametrize("text", ["star = []", 'star = ""'])
def test_nothing_takes_all_keys_away(text: str) -> None:
    bound, problems = read_keys(text)
    assert not problems
    assert bound["star"] == ()


def test_names_may_be_written_as_the_palette_shows_them() -> None:
    assert read_keys('"half down" = "J"\nhalf-up = "K"')[0]["half_down"] == ("J",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('stra = "f"', ["line 1: no action is called 'stra'; nearest: star"]),
        ('\n\nstar = "ctrl+i"', ["line 3: star: terminals send the same for ctrl+i as for tab; write tab"]),
        ("star = 3", ['line 1: star must be a key in quotation marks, or several: ["a", "b"]; [] for none']),
        (
            'read = "f"\nstar = "f"',
            ["line 2: star: f is taken by read in line 1"],
        ),
        ('read = "g g"\nstar = "g"', ["line 2: star: g is taken by read in line 1"]),
        ('read = ["g", "g g"]', ["line 1: read: gg and g begin with the same key"]),
        ('star = "ctrl+c"', ["line 1: star: ctrl+c always means interrupt, so that there is a way out"]),
        ('quit = "x ctrl+q"', ["line 1: quit: ctrl+q always means quit, so that there is a way out"]),
        ('preset = "emacs"', ["line 1: no preset is called 'emacs'; there are vim, newsboat, plain"]),
        ('[keys]\nstar = "f"', ["line 1: no action is called 'keys'; the palette lists them"]),
        ('star = "f\nread = "r"', ['line 1: this is not written as name = "key"']),
        ('read = "r"\nread = "R"', ["line 2: read stands in line 1 already, and that one holds"]),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, said: list[str]) -> None:
    bound, problems = read_keys(text)
    assert texts(problems) == said
    assert_sound(bound)


def test_what_is_right_holds_beside_what_is_wrong() -> None:
    bound, problems = read_keys('stra = "*"\nnote = ["ctrl+m", "N"]\nread = "r"\nbroken\n')
    assert [problem.line for problem in problems] == [1, 2, 4]
    assert bound["note"] == ("N",)
    assert bound["read"] == ("r",)
    assert bound["star"] == ("s",)


def test_an_action_whose_only_key_is_wrong_keeps_the_presets() -> None:
    bound, problems = read_keys('star = "ctrl+1"')
    assert len(problems) == 1
    assert bound["star"] == ("s",)


def test_a_preset_of_the_configuration_that_there_is_not_is_said() -> None:
    bound, problems = read_keys("", "emacs")
    assert bound == TABLE
    assert texts(problems) == ["config.toml: no preset is called 'emacs'; there are vim, newsboat, plain"]


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_is_sound_and_names_only_actions_and_keys_that_there_are(preset: str) -> None:
    wishes = [Wish(name, keys, 1) for name, keys in PRESETS[preset].items()]
    assert set(PRESETS[preset]) <= set(ACTIONS)
    for wish in wishes:
        assert tuple(map(parse_key, wish.keys)) == wish.keys
    bound, problems = bind(TABLE, wishes)
    assert problems == []
    assert_sound(bound)
    assert set(without_key(bound)) == {name for name, keys in PRESETS[preset].items() if not keys}


def test_no_action_is_called_as_the_line_that_names_the_preset() -> None:
    assert "preset" not in ACTIONS
    assert DEFAULT in PRESETS


@given(
    st.lists(
        st.builds(
            Wish,
            st.sampled_from(sorted(ACTIONS)),
            st.lists(st.sampled_from(SOME_KEYS), max_size=3).map(tuple),
            st.integers(1, 9),
        ),
        max_size=12,
    ),
    st.sampled_from(sorted(PRESETS)),
)
@settings(max_examples=150)
def test_whatever_is_wished_for_no_key_means_two_things_and_the_way_out_stays(wishes: list[Wish], preset: str) -> None:
    bound, problems = bind(preset_keys(preset), wishes)
    assert_sound(bound)
    for wish in wishes:  # what was wished for is had, or its refusal said
        refused = any(problem.text.startswith(wish.name) for problem in problems)
        assert refused or set(wish.keys) <= set(bound[wish.name])


@given(st.text(max_size=80))
@settings(max_examples=100)
def test_no_text_is_too_wrong(text: str) -> None:
    bound, problems = read_keys(text)
    assert_sound(bound)
    assert all(str(problem).isprintable() for problem in problems)


def test_of_a_file_without_end_a_part_is_read() -> None:
    bound, problems = read_keys('star = "*"\n' + "# more\n" * 50_000)
    assert bound["star"] == ("*",)
    assert texts(problems)[0] == "only the first 100,000 characters were read"


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("j", "j"),
        ("G", "G"),
        ("-", "-"),
        ("+", "+"),
        ("esc", "escape"),
        ("Enter", "enter"),
        ("PgDn", "pagedown"),
        ("↓", "down"),
        ("space", "space"),
        ("Ctrl-D", "ctrl+d"),
        ("ctrl+\\", "ctrl+backslash"),
        ("ctrl+backslash", "ctrl+backslash"),
        ("ctrl+]", "ctrl+right_square_bracket"),
        ("ctrl+space", "ctrl+@"),
        ("shift+tab", "shift+tab"),
        ("shift-up", "shift+up"),
        ("alt+j", "alt+j"),
        ("f5", "f5"),
        ("xv", "x v"),
        ("x  v", "x v"),
        ("g ctrl+g", "g ctrl+g"),
        ("ж", "ж"),
    ],
)
def test_a_key_is_read_as_people_write_it(written: str, key: str) -> None:
    assert parse_key(written) == key
    assert parse_key(key) == key
    assert parse_key(shown_key(key)) == key


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("ctrl+m", "the same for ctrl+m as for enter"),
        ("ctrl+h", "the same for ctrl+h as for backspace"),
        ("ctrl+[", "the same for ctrl+[ as for esc"),
        ("ctrl+5", "do not deliver ctrl+5"),
        ("ctrl+shift+a", "cannot tell ctrl+shift+a"),
        ("shift+enter", "the same for shift+enter as for enter"),
        ("shift+g", "written as the capital letter, G"),
        ("shift+1", "written as the character that it makes"),
        ("super+j", "do not pass super+j on"),
        ("ctrl+enter", "few terminals deliver"),
        ("alt+enter", "few terminals deliver"),
        ("ctrl+f5", "few terminals deliver"),
        ("pgdwn", "nearest: pgd"),
        ("escpe", "nearest: esc"),
        ("a b c", "one, or two"),
        ("x esc", "esc leaves a chord"),
        ("\u200b", "cannot be typed"),
        ("hello", "a key is one character, or a name"),
    ],
)
def test_a_key_that_terminals_do_not_deliver_is_refused_with_the_reason(written: str, reason: str) -> None:
    with pytest.raises(InputRefused) as raised:
        parse_key(written)
    assert reason in str(raised.value)


@given(st.text(max_size=12))
@settings(max_examples=200)
def test_a_key_is_read_or_refused_and_reading_it_again_changes_nothing(text: str) -> None:
    try:
        key = parse_key(text)
    except InputRefused:
        return
    assert parse_key(key) == key
