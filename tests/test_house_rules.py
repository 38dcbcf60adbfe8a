"""Rules of the house that no linter knows."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = ("sitmon", "tui", "store", "model", "seed", "export", "ingest", "tests", "bench", "docs", "screenshots")
SOURCES = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]


def test_no_file_is_longer_than_500_lines() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in SOURCES}
    assert {name: length for name, length in lengths.items() if length > 500} == {}


def test_no_class_is_called_manager_helper_or_utils() -> None:
    found = [
        (path.name, match)
        for path in SOURCES
        for match in re.findall(r"^class \w*(?:Manager|Helper|Utils)\b", path.read_text(), re.MULTILINE)
    ]
    assert found == []


def test_no_css_in_python() -> None:
    holders = [
        path
        for path in (ROOT / "tui").rglob("*.py")
        if re.search(r"^\s+(DEFAULT_)?CSS\b", path.read_text(), re.MULTILINE)
    ]
    assert holders == []


def test_private_names_of_the_screen_library_stay_in_one_file() -> None:
    reach = re.compile(r"\b(?:app|screen|self\.app|driver|compositor|widget)\._[a-z]")
    holders = {path.name for path in (ROOT / "tui").rglob("*.py") if reach.search(path.read_text())}
    assert holders <= {"_textual_compat.py"}


def test_the_locks_name_no_host_and_pin_everything_by_hash() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        text = lock.read_text()
        assert "://" not in text
        for requirement in re.findall(r"^[a-z0-9].*(?:\n    .*)*", text, re.MULTILINE):
            assert "==" in requirement
            assert "--hash=sha256:" in requirement


def test_nothing_of_the_reference_texts_is_tracked() -> None:
    tracked = subprocess.run(["git", "ls-files"], capture_output=True, text=True, cwd=ROOT, check=False)
    if tracked.returncode:
        return
    assert not [name for name in tracked.stdout.split() if "current_events" in name or name.endswith("article.txt")]
