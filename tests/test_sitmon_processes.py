"""The command as other processes meet it: pipes that close, and two sessions on one store."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def start(store: Path, *arguments: str, encoding: str = "utf-8") -> subprocess.Popen[str]:
    home = str(store.parent)
    own = {"HOME": home, "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home, "SITMON_STORE": str(store)}
    return subprocess.Popen(
        [sys.executable, "-m", "sitmon", *arguments],
        cwd=ROOT,
        env={**os.environ, **own, "PYTHONIOENCODING": encoding},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def test_a_reader_that_has_seen_enough_is_no_error(shipped: Path) -> None:
    process = start(shipped, "events", "--all", "--format", "json")
    assert process.stdout is not None
    assert process.stdout.readline() == "[\n"
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == ""
    assert process.wait(30) == 0


def test_watch_prints_what_another_process_adds_and_only_what_matches(shipped: Path) -> None:
    watching = start(shipped, "watch", "place:herat", "--count", "2")
    assert watching.stdout is not None
    try:
        # Until it listens, nothing says so; each round adds one more, of which it prints the first two that it sees.
        for number in range(50):
            for place in ("kabul", "herat"):
                said = ("--summary", f"clash {number}", "--source", "afp", "--occurred-at", "2021-08-13")
                adding = start(shipped, "add", "--kind", "clash", "--place", place, *said)
                _, err = adding.communicate(timeout=30)
                assert adding.returncode == 0, err
            if watching.poll() is not None:
                break
        events = [json.loads(line) for line in watching.stdout]
    finally:
        watching.kill()
        watching.communicate()
    assert [event["place"] for event in events] == ["herat", "herat"]
    numbers = [int(event["summary"].split()[1]) for event in events]
    assert numbers[1] == numbers[0] + 1


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_a_script_that_calls_sitmon_back(shipped: Path, shell: str) -> None:
    out, err = start(shipped, "completion", shell).communicate(timeout=30)
    assert "_SITMON_COMPLETE" in out
    assert err == ""


def test_characters_that_the_terminal_lacks_are_written_as_escapes(shipped: Path) -> None:
    process = start(shipped, "actor", "taliban", encoding="ascii")
    out, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    assert "\\u0637" in out
