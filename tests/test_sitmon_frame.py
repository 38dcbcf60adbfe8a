"""The command's frame: arguments, configuration, tables, and how errors end."""

import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from model.errors import InputRefused, StoreBusy
from model.text import clean_line
from sitmon import cli, group
from sitmon.arguments import FilterCommand, filter_argument
from sitmon.config import Config, read_config
from sitmon.output import cell_width, cut, fit, print_table, progress_line


@click.command(cls=FilterCommand)
@filter_argument
@click.option("--limit", type=int)
def listing(filter_text: str, limit: int | None) -> None:
    click.echo(f"{filter_text}|{limit}")


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        ([], "|None"),
        (["place:herat", "by:taliban"], "place:herat by:taliban|None"),
        (["-is:read", "--limit", "3"], "-is:read|3"),
        (["--limit", "3", "a", "-(b OR c)", "-herat"], "a -(b OR c) -herat|3"),
        (["--limit=3", "--", "--a"], "--a|3"),
        (["--limit", "-3", "-a"], "-a|-3"),
    ],
)
def test_words_are_one_filter_and_a_minus_excludes(arguments: list[str], printed: str) -> None:
    assert CliRunner().invoke(listing, arguments).output == f"{printed}\n"


def test_a_misspelled_option_is_no_filter() -> None:
    result = CliRunner().invoke(listing, ["--limt", "3"])
    assert result.exit_code == 2
    assert "--limt" in result.output


def config(tmp_path: Path, text: str, **more: str) -> Config:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return read_config({"SITMON_CONFIG": str(path), **more})


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    text = 'store = "/srv/a.db"\nsituation = "x"\nmouse = false\n'
    assert config(tmp_path, text) == Config("/srv/a.db", "x", mouse=False)
    assert config(tmp_path, text, SITMON_STORE="/b.db").store == "/b.db"
    assert config(tmp_path, "") == Config()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('stoer = "x"', "no key 'stoer'; nearest: store"),
        ("store = 3", "store must be a text"),
        ('mouse = "yes"', "mouse must be true or false"),
        ("store = ", "not TOML"),
    ],
)
def test_a_wrong_configuration_is_refused_by_name(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(InputRefused, match=reason) as caught:
        config(tmp_path, text)
    assert "config.toml" in str(caught.value)


def test_a_configuration_that_is_named_must_be_there_and_readable(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="there is no configuration"):
        read_config({"SITMON_CONFIG": str(tmp_path / "none.toml")})
    (tmp_path / "latin.toml").write_bytes(b'store = "caf\xe9"')
    with pytest.raises(InputRefused, match="is not UTF-8"):
        read_config({"SITMON_CONFIG": str(tmp_path / "latin.toml")})


def test_columns_align_by_the_cells_that_a_terminal_fills(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("NAME", "N"), [("喀布尔", "1"), ("ab", "2")])
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["NAME    N", "喀布尔  1", "ab      2"]


def test_no_cell_of_a_table_reaches_the_terminal_raw(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("A", "B"), [("\x1b[2J", "\u202ex\ny"), ("[/]", "\x9b1m")])
    printed = capsys.readouterr().out
    assert not any(char in printed for char in "\x1b\x9b\u202e")
    assert len(printed.splitlines()) == 3
    assert "[/]" in printed


@given(st.lists(st.integers(1, 60), min_size=3, max_size=9), st.integers(20, 200))
def test_columns_fit_a_terminal_that_has_room_for_what_is_of_use(widths: list[int], room: int) -> None:
    fitted = fit(widths, room, spare=[1])
    assert all(0 <= new <= old for new, old in zip(fitted, widths, strict=True))
    assert [column for column, width in enumerate(fitted) if not width] in ([], [1])
    shown = [width for width in fitted if width]
    assert sum(shown) + 2 * (len(shown) - 1) <= room or max(shown) <= 16


def test_on_a_narrow_terminal_spare_columns_go_and_wide_ones_are_cut(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "30")
    print_table(("ID", "KIND", "SUMMARY"), [("4a", "captured" * 3, "Ghazni falls without a fight")], spare=("KIND",))
    assert capsys.readouterr().out.splitlines() == ["ID  SUMMARY", "4a  Ghazni falls without a fi…"]


def test_progress_is_shown_once_it_has_taken_a_second_and_where_it_moves(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    clock = iter((0.0, 0.5, 1.5))
    monkeypatch.setattr("sitmon.output.time.monotonic", lambda: next(clock))
    show = progress_line("reading \x1b[2J")
    assert show is not None
    for done in (1, 2, 2, 4):
        show(done, 4)
    what = "\r" + clean_line("reading \x1b[2J")
    assert capsys.readouterr().err == f"{what}: 50 %{what}: 100 %\n"


def test_an_empty_table_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("A", "B"), [])
    assert capsys.readouterr().err == "sitmon: there is nothing to show\n"


@given(st.text(max_size=40).map(clean_line), st.integers(1, 30))
def test_a_cut_text_fits(text: str, width: int) -> None:
    assert cell_width(cut(text, width)) <= max(width, 1)


def test_every_command_of_the_table_is_there_with_help_and_an_example() -> None:
    for name in group.COMMANDS:
        result = CliRunner().invoke(group.cli, [name, "--help"])
        assert result.exit_code == 0, name
        assert f"sitmon {name}" in result.output.split("Usage:", 1)[1].split("\n", 1)[1], name


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["nothing"], 2),
        (["places", "--format", "xml"], 2),
        (["--version"], 0),
        (["show"], 2),
        (["store"], 2),
        (["store", "nothing"], 2),
        (["completion"], 2),
        (["--store", "", "places"], 2),
        (["places", "--situation", " "], 2),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_two(
    arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(arguments) == code
    printed = capsys.readouterr()
    if code:
        assert printed.out == ""
        assert printed.err.count("\n") == 1
        assert "--help" in printed.err


@pytest.mark.parametrize(("error", "code"), [(StoreBusy("busy"), 3), (InputRefused("wrong"), 2), (OSError("full"), 1)])
def test_an_error_is_one_line_with_its_exit_code(
    error: Exception, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_arguments: object, **_options: object) -> int:
        raise error

    monkeypatch.setattr("sitmon.commands.screen.open_screen", fail)
    assert cli.main([]) == code
    assert capsys.readouterr().err == f"sitmon: {error}\n"


@pytest.mark.parametrize(("arguments", "listens"), [((), True), (("--no-mouse",), False)])
def test_the_mouse_is_listened_to_unless_the_command_says_otherwise(
    arguments: tuple[str, ...], listens: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def keep(*_arguments: object, mouse: bool = True, **_options: object) -> int:
        asked.append(mouse)
        return 0

    monkeypatch.setattr("sitmon.commands.screen.open_screen", keep)
    assert cli.main(list(arguments)) == 0
    assert asked == [listens]
