"""A user's own files, from where they lie to the screen that begins with them."""

import gc
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sitmon import cli
from tui.app import SitmonApp
from tui.keymap import Scope


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("SITMON_STORE", "SITMON_SITUATION", "SITMON_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    folder = tmp_path / "config" / "sitmon"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[SitmonApp]]:
    """Give the screens that `sitmon` would have shown."""
    screens: list[SitmonApp] = []

    async def keep(app: SitmonApp) -> int:
        screens.append(app)
        return 0

    monkeypatch.setattr("tui.app.run", keep)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    yield screens
    gc.enable()  # a start puts it off, and these end before it is over


def test_without_files_the_screen_begins_with_the_table_and_says_nothing(config: Path, begun: list[SitmonApp]) -> None:
    assert cli.main([]) == 0
    keys = begun[0].main.keys
    assert keys.of("star") == ("s",)
    assert begun[0].main.greeting == ""
    assert begun[0].session.saved is not None
    begun[0].session.saved.put("mine", "kind:capture")
    assert (config / "filters.toml").exists()


def test_the_key_file_holds_over_the_preset_and_its_first_slip_is_said(config: Path, begun: list[SitmonApp]) -> None:
    (config / "config.toml").write_text('keys = "plain"\nmouse = false\n')
    (config / "keys.toml").write_text('star = "*"\nstra = "f"\nread = "ctrl+i"\n')
    assert cli.main([]) == 0
    main = begun[0].main
    assert main.keys.of("star") == ("*",)
    assert main.keys.of("read") == ("m",)
    assert main.keys.does(Scope.EVENTS, "j") is None
    assert not begun[0].mouse
    assert main.greeting == ("keys.toml line 2: no action is called 'stra'; nearest: star; `sitmon doctor` has 1 more")


@pytest.mark.parametrize("content", [b"\xff", b"[" * 100_000, None])
def test_no_key_file_is_too_wrong_to_work_with(config: Path, begun: list[SitmonApp], content: bytes | None) -> None:
    if content is None:
        (config / "keys.toml").mkdir()
    else:
        (config / "keys.toml").write_bytes(content)
    assert cli.main([]) == 0
    assert begun[0].main.keys.of("star") == ("s",)
    assert begun[0].main.greeting.startswith("keys.toml")


def test_the_key_file_lies_beside_the_configuration_that_is_named(
    config: Path, begun: list[SitmonApp], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.toml").write_text("")
    (tmp_path / "keys.toml").write_text('star = "*"')
    (config / "keys.toml").write_text('star = "+"')
    monkeypatch.setenv("SITMON_CONFIG", str(tmp_path / "mine.toml"))
    assert cli.main([]) == 0
    assert begun[0].main.keys.of("star") == ("*",)
