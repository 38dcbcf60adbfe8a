"""`sitmon import` of others' data sets: what it prints, writes and exits with."""

import csv
import gzip
import sys
from collections.abc import Sequence
from pathlib import Path
from subprocess import run
from typing import Any

import pytest
from click.testing import CliRunner

from ingest.importers.mapped import read_meaning
from sitmon.cli import main
from tests.importing_world import csv_of
from tests.test_ingest_acled import ROW

HERAT: dict[str, Any] = ROW | {
    "location": "Herat",
    "latitude": "34.3482",
    "longitude": "62.1997",
    "actor1": "Taliban",
    "actor2": "Military Forces of Afghanistan (2014-2021)",
    "event_date": "2021-08-12",
    "year": "2021",
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("import") / "s.db"
    assert sitmon(path, "store", "init", str(path))[0] == 0
    assert sitmon(path, "situation", "load", "afghanistan-2021")[0] == 0
    return path


def sitmon(store: Path, *arguments: str) -> tuple[int, str, str]:
    done = run(
        [sys.executable, "-m", "sitmon", "--store", str(store), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=Path(__file__).parents[1],
    )
    return done.returncode, done.stdout, done.stderr


def run_here(store: Path, *arguments: str, answers: Sequence[str] = ()) -> tuple[int, str]:
    """Run the command in this process, which is faster; return its code, and all that it printed."""
    with CliRunner().isolation(input="".join(f"{answer}\n" for answer in answers)) as (_, _, output):
        done = main(["--store", str(store), *arguments])
        return done, output.getvalue().decode()


def test_a_dry_run_then_the_refused_into_a_file_then_with_a_mapping(store: Path, tmp_path: Path) -> None:
    events, refused, mapping = tmp_path / "acled.csv.gz", tmp_path / "refused.csv", tmp_path / "map.toml"
    wrong = HERAT | {"event_id_cnty": "XXX2", "event_date": "0025-08-12", "year": ""}
    events.write_bytes(gzip.compress(csv_of(HERAT, wrong)))
    code, out, err = sitmon(store, "import", str(events), "--dry-run", "--create")
    assert code == 1
    assert "new 1, updated 0, unchanged 0, refused 1; added 2 entries (dry run: nothing was written)" in out
    assert "12 Aug 2021 · capture · herat · taliban" in out
    assert "line 3, event_date: the year 25 is before 1990" in err
    code, out, err = sitmon(store, "import", str(events), "--refused", str(refused))
    assert (code, "new 0" in out, "2 refused rows are in" in err) == (1, True, True)
    with refused.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["line"], row["column"]) for row in rows] == [("2", "actor2"), ("3", "event_date")]
    mapping.write_text('[actors]\n"Military Forces of Afghanistan (2014-2021)" = "andsf"\n')
    code, out, _ = sitmon(store, "import", str(events), "--map", str(mapping))
    assert (code, "new 1, updated 0, unchanged 0, refused 1" in out) == (1, True)
    code, out, _ = sitmon(store, "events", "source:acled", "--format", "jsonl")
    assert '"place":"herat"' in out.replace(" ", "")


def test_a_file_of_no_known_format_and_one_that_is_told(store: Path, tmp_path: Path) -> None:
    strange, mapping = tmp_path / "strange.csv", tmp_path / "map.toml"
    strange.write_text("Date,What,Town\n2021-08-12,clash,Herat\n")
    code, out, err = sitmon(store, "import", str(strange))
    assert (code, "of no known format" in err, "--map" in err) == (2, True, True)
    assert read_meaning(out.encode()).columns == {"occurred_at": "Date", "kind": "What", "place": "Town"}
    mapping.write_text('[columns]\noccurred_at = "Date"\nkind = "What"\nplace = "Town"\n')
    code, out, _ = sitmon(store, "import", str(strange), "--map", str(mapping))
    assert (code, "new 1" in out) == (0, True)
    mapping.write_text("[columns]\nplaec = 'x'\n")
    code, _, err = sitmon(store, "import", str(strange), "--map", str(mapping))
    assert (code, "nearest: place" in err) == (2, True)
    code, _, err = sitmon(store, "import", "--as", "acledd", str(strange))
    assert code == 2


def test_an_unknown_table_is_asked_about_once(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    strange = tmp_path / "strange.csv"
    strange.write_text("Ref,Seen,Event,Town\n1,03/04/2021,Town fell,Herat\n2,04/04/2021,Armed clash,Herat\n")
    monkeypatch.setattr("sitmon.commands.importing.can_ask", lambda: True)
    # Two columns as guessed, one after a wrong word, one of which nothing is taken; then month first, and a kind.
    answers = ["", "wen", "?", "occurred_at", "", "-", "2", "Captured", "", "n"]

    code, out = run_here(store, "import", str(strange), answers=answers)
    assert (code, "'wen' is not one of the words" in out, "admin2" in out) == (2, True, True), out
    assert "2021-04-03" in out
    assert "2021-03-04" in out
    assert "the first 2 rows: read 2, new 2, updated 0, unchanged 0, refused 0" in out
    monkeypatch.setattr("sitmon.commands.importing._most_said", lambda: 1)
    meaning = read_meaning((tmp_path / "strange.map.toml").read_bytes())
    assert meaning.columns == {"id": "Ref", "occurred_at": "Seen", "kind": "Event"}
    assert (meaning.dates, meaning.values) == ({"occurred_at": "%m/%d/%Y"}, {"kind": {"town fell": "capture"}})
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("occurred_at,kind,summary,place\n2021-08-01,clash,a,Nowhere\n" + "2021-08-01,x,b,\n" * 3)
    code, out = run_here(store, "import", str(wrong))
    assert (code, out.count("line "), "3 more are refused (kind 3); --refused FILE" in out) == (1, 1, True), out
    code, out = run_here(store, "import", str(strange))
    assert (code, "read as" in out, "new 2" in out) == (0, True, True), out
    assert "4 Mar 2021" in sitmon(store, "events", "kind:capture until:2021-04-01")[1]


def test_a_whole_release(store: Path, tmp_path: Path) -> None:
    release = tmp_path / "release.csv"
    calm = {"sub_event_type": "Armed clash", "actor2": "Taliban"}
    rows = [HERAT | calm | {"event_id_cnty": f"W{day}", "event_date": f"2021-07-{day:02}"} for day in range(1, 21)]
    release.write_bytes(csv_of(*rows))
    assert run_here(store, "import", str(release))[0] == 0
    release.write_bytes(csv_of(*rows[:9], *rows[10:]))
    code, out = run_here(store, "import", str(release), "--complete", "--dry-run")
    assert (code, "ACLED: 1 of 20 events that the files cover are no longer in them (dry run" in out) == (0, True)
    assert "10 Jul 2021 · clash · herat" in out
    code, out = run_here(store, "import", str(release), "--complete")
    assert (code, "and taken back" in out) == (0, True)
    release.write_bytes(csv_of(rows[0], rows[19]))
    code, out = run_here(store, "import", str(release), "--complete")
    assert (code, "none was taken back" in out, "--even-many" in out) == (1, True, True)
    release.write_text("kind,occurred_at,summary\nclash,2021-07-01,x\n")
    code, out = run_here(store, "import", str(release), "--complete")
    assert (code, "does not work with these rows" in out) == (2, True)
