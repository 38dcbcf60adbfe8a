"""Nothing that comes from outside reaches the terminal raw: names of files, settings, what a store holds."""

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from model.errors import InputRefused, StoreError
from model.text import clean_text
from sitmon import cli
from sitmon.output import print_lines, say

# Not only ESC: click itself takes some escape sequences out where stdout is not a terminal.
ATTACK = "a\x9b2J\x9d52;c;eA==\x9c\x1b]0;t\x07\u202eb\rc\nd\u200be\x7f"
ROW = b'{"kind": "clash", "occurred_at": "2024-01-02", "summary": "Fighting"}\n'


def assert_harmless(text: str) -> None:
    """Check that a terminal obeys nothing in it but line feeds."""
    for line in text.split("\n"):
        assert line == clean_text(line)


def assert_harmless_lines(text: str, lines: int) -> None:
    """Check that the attack is in so many lines, and that a terminal obeys nothing but their ends."""
    assert text.count("\n") == lines, text
    assert_harmless(text)
    assert "2J" in text, "the attack is not in it: it tests nothing"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The path of a store with one situation, in an environment without configuration."""
    for name in ("SITMON_STORE", "SITMON_SITUATION", "SITMON_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    path = tmp_path / "store.db"
    folder = tmp_path / "folder"
    assert cli.main(["store", "init", str(path)]) == 0
    assert cli.main(["situation", "new", str(folder), "--id", "valley"]) == 0
    assert cli.main(["--store", str(path), "situation", "load", str(folder)]) == 0
    return path


@pytest.fixture
def spoilt(store: Path) -> Path:
    """A store whose texts another program has changed into what sitmon would not let in."""
    with contextlib.closing(sqlite3.connect(store, isolation_level=None)) as raw:
        raw.execute("UPDATE changeset SET reason = ?", (ATTACK,))
        raw.execute("UPDATE event SET summary = ?", (ATTACK,))
        raw.execute("UPDATE claim SET quote = ?, attribution = ?, url = ?", (ATTACK, ATTACK, ATTACK))
        versions = "SELECT seq, what, body FROM version JOIN name ON name.no = version.name"
        for seq, what, body in raw.execute(versions).fetchall():
            changed = json.loads(body) | {"name": ATTACK} | ({"pcode": ATTACK} if what == "place" else {})
            raw.execute("UPDATE version SET body = ? WHERE seq = ?", (json.dumps(changed), seq))
    return store


def test_talk_and_lines_are_harmless(capsys: pytest.CaptureFixture[str]) -> None:
    say(ATTACK)
    print_lines([ATTACK, ATTACK])
    printed = capsys.readouterr()
    assert_harmless_lines(printed.err, 1)
    assert_harmless_lines(printed.out, 2)


@pytest.mark.parametrize("error", [InputRefused(ATTACK), StoreError(ATTACK), OSError(2, "gone", ATTACK)])
def test_an_error_is_one_harmless_line(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_arguments: object, **_options: object) -> int:
        raise error

    monkeypatch.setattr("sitmon.commands.screen.open_screen", fail)
    assert cli.main([]) in (1, 2, 3)
    assert_harmless_lines(capsys.readouterr().err, 1)


def test_import_names_a_file_with_a_hostile_name_harmlessly(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad, undecodable = tmp_path / f"{ATTACK}.jsonl", tmp_path / f"{ATTACK}.csv", tmp_path / f"2J\udce9{ATTACK}"
    good.write_bytes(ROW + b"{}\n")
    bad.write_bytes(b"nothing\n")
    undecodable.write_bytes(ROW)
    capsys.readouterr()
    for path, code, told in ((good, 1, 1), (undecodable, 0, 0)):
        assert cli.main(["--store", str(store), "import", str(path)]) == code
        printed = capsys.readouterr()
        assert_harmless_lines(printed.out, 1)
        assert printed.err.count("\n") == told
        assert_harmless(printed.err)
    assert cli.main(["--store", str(store), "import", str(bad)]) == 2
    assert_harmless_lines(capsys.readouterr().err, 1)


@pytest.mark.parametrize(
    "arguments",
    [
        ["import", f"/none/{ATTACK}"],
        ["export", "--output", f"/none/{ATTACK}/x.json"],
        ["export", "--output", f"/proc/{ATTACK}"],
        ["events", f"place:{ATTACK}"],
        ["places", f"--{ATTACK}"],
        ["places", "--as-of", ATTACK],
        ["places", "--format", ATTACK],
        ["why", ATTACK],
        ["show", ATTACK],
        ["tally", ATTACK],
        ["route", ATTACK],
        ["actor", ATTACK],
        ["undo", ATTACK],
        ["situation", "check", f"/none/{ATTACK}"],
        ["situation", "load", f"/none/{ATTACK}"],
        ["--situation", ATTACK, "places"],
        ["--situation", "\udcff", "places"],
        ["--store", f"/none/{ATTACK}", "places"],
        ["--store", f"{ATTACK}://x", "places"],
        [ATTACK],
    ],
    ids=lambda arguments: ascii(" ".join(arguments).replace(ATTACK, "X")),
)
def test_a_hostile_argument_is_refused_harmlessly(
    store: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert cli.main(["--store", str(store), *arguments]) in (1, 2, 3)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert_harmless(printed.err)
    assert printed.err


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SITMON_CONFIG", f"/none/{ATTACK}"),
        ("SITMON_STORE", f"/none/{ATTACK}"),
        ("SITMON_STORE", f"{ATTACK}://x"),
        ("SITMON_SITUATION", ATTACK),
    ],
)
def test_a_hostile_setting_is_refused_harmlessly(
    store: Path, variable: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SITMON_STORE", str(store))
    monkeypatch.setenv(variable, value)
    capsys.readouterr()
    assert cli.main(["places"]) in (2, 3)
    assert_harmless_lines(capsys.readouterr().err, 1)


def test_a_hostile_configuration_is_refused_harmlessly(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"{ATTACK}.toml"
    monkeypatch.setenv("SITMON_CONFIG", str(path))
    for text in ("situation = 3", json.dumps(ATTACK, ensure_ascii=True) + " = 1", "=", "x=" + 3_000 * "["):
        path.write_text(text, encoding="utf-8")
        capsys.readouterr()
        assert cli.main(["--store", str(store), "places"]) == 2
        assert_harmless_lines(capsys.readouterr().err, 1)


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("a directory", "Is a directory"),
        ("a pipe", "not a regular file"),
        ("a device", "not a regular file"),
        ("too large", "larger than"),
        ("not UTF-8", "is not UTF-8 (line 2)"),
    ],
)
def test_a_configuration_that_is_no_readable_file_is_refused_at_once(
    tmp_path: Path, what: str, why: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "strange.toml"
    monkeypatch.setenv("SITMON_CONFIG", str(path))
    if what == "a directory":
        path.mkdir()
    elif what == "a pipe":
        os.mkfifo(path)
    elif what == "a device":
        path.symlink_to("/dev/zero")
    else:
        path.write_bytes(b"#" * 1_000_001 if what == "too large" else b"mouse = true\n# \xff\n")
    monkeypatch.delenv("SITMON_STORE", raising=False)
    assert cli.main(["places"]) == 2
    printed = capsys.readouterr().err
    assert why in printed
    assert str(path) in printed


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1, 2)])
def test_closed_streams_harm_nothing(store: Path, closed: tuple[int, ...]) -> None:
    before = store.read_bytes()
    program = [sys.executable, "-c", "import sys; from sitmon import cli; sys.exit(cli.main())"]
    shell = ["sh", "-c", 'exec "$@" ' + " ".join(f"{number}>&-" for number in closed), "sh"]
    ended = subprocess.run(
        [*shell, *program, "--store", str(store), "places"],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        check=False,
    )
    assert ended.returncode == 0
    assert b"Traceback" not in ended.stderr
    assert store.read_bytes() == before


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv", "geojson"])
@pytest.mark.parametrize("command", ["events", "places"])
def test_what_another_program_wrote_into_the_store_is_printed_harmless(
    spoilt: Path, command: str, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert cli.main(["--store", str(spoilt), command, "--format", form]) == 0
    printed = capsys.readouterr().out
    assert_harmless(printed)
    assert "2J" in printed


@pytest.mark.parametrize("form", ["table", "json"])
@pytest.mark.parametrize(
    "command", [["show"], ["why", "first-town"], ["actor", "rebels"], ["situation", "list"], ["changes"]]
)
def test_every_reading_command_prints_it_harmless(
    spoilt: Path, command: list[str], form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    if command == ["show"]:
        assert cli.main(["--store", str(spoilt), "events", "kind:capture", "--format", "json"]) == 0
        command = [*command, json.loads(capsys.readouterr().out)[0]["id"]]
    assert cli.main(["--store", str(spoilt), *command, "--format", form]) == 0
    printed = capsys.readouterr().out
    assert_harmless(printed)
    assert "2J" in printed


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_a_brief_prints_it_harmless(spoilt: Path, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert cli.main(["--store", str(spoilt), "brief", "--since", "2023-01-01", "--format", form]) == 0
    printed = capsys.readouterr().out
    assert_harmless(printed)
    assert "2J" in printed


@pytest.mark.parametrize(
    ("statement", "command"),
    [
        ("UPDATE claim SET credibility = -1", ["why", "first-town"]),
        ("UPDATE claim SET credibility = 7", ["store", "check"]),
        ("UPDATE claim SET changeset = 99", ["show", "EVENT"]),
        ("UPDATE event SET changeset = 99", ["show", "EVENT"]),
        ("UPDATE version SET situation = 99 WHERE body LIKE '%agency%'", ["show", "EVENT"]),
        ("UPDATE name SET id = 'x\x1b[2J' WHERE id = 'rebels'", ["actor", "rebels"]),
    ],
)
def test_a_row_that_refers_to_nothing_is_damage_that_is_named(
    store: Path, statement: str, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with contextlib.closing(sqlite3.connect(store, isolation_level=None)) as raw:
        assert raw.execute(statement).rowcount > 0
        event = raw.execute("SELECT lower(hex(id)) FROM event").fetchone()[0]
    capsys.readouterr()
    code = cli.main(["--store", str(store), *(event if word == "EVENT" else word for word in command)])
    printed = capsys.readouterr()
    assert code in (1, 3)
    assert "unreadable row" in printed.err + printed.out
    assert_harmless(printed.err + printed.out)


@pytest.mark.parametrize("form", ["json", "jsonl", "csv", "geojson"])
@pytest.mark.parametrize("what", ["events", "places"])
def test_what_another_program_wrote_into_the_store_is_exported_harmless(
    spoilt: Path, tmp_path: Path, what: str, form: str
) -> None:
    target = tmp_path / "view"
    arguments = ["export", "--what", what, "--format", form, "--output", str(target)]
    assert cli.main(["--store", str(spoilt), *arguments]) == 0
    written = target.read_text(encoding="utf-8")
    assert_harmless(written)
    assert "2J" in written


def test_a_situation_nested_too_deeply_is_one_problem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "deep"
    assert cli.main(["situation", "new", str(folder)]) == 0
    (folder / "situation.toml").write_text("x=" + 3_000 * "[", encoding="utf-8")
    capsys.readouterr()
    assert cli.main(["situation", "check", str(folder)]) == 1
    problem, count = capsys.readouterr().err.splitlines()
    assert "situation.toml: is nested too deeply" in problem
    assert count.startswith("sitmon: 1 problem")
