"""`sitmon store ...` and `sitmon doctor`, from the outside."""

import asyncio
import contextlib
import grp
import json
import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from model.catalog import Catalog
from model.entities import Claim, Event, Place, Stance
from model.errors import InputRefused
from model.ids import derived_id
from model.times import DAY, Precision
from sitmon import cli
from sitmon.commands.store import read_heads
from store import open_store
from store.base import Draft, Head
from store.sqlite import migrate


class Shell:
    """Runs commands on one store."""

    def __init__(self, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.path = path
        self.err = ""
        self._capsys = capsys

    def run(self, *arguments: str, code: int = 0) -> str:
        self._capsys.readouterr()
        found = cli.main(["--store", str(self.path), *arguments])
        out, self.err = self._capsys.readouterr()
        assert found == code, self.err + out
        return out

    def lines(self, *arguments: str, code: int = 0) -> list[Any]:
        return [json.loads(line) for line in self.run(*arguments, code=code).splitlines()]

    def spoil(self, *statements: str) -> None:
        """Do to the store's file what no command of sitmon does."""
        with contextlib.closing(sqlite3.connect(self.path, isolation_level=None)) as raw:
            for statement in statements:
                raw.execute(statement)


@pytest.fixture
def empty(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    for name in ("SITMON_STORE", "SITMON_SITUATION", "SITMON_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("TERM", "xterm")
    shell = Shell(tmp_path / "s.db", capsys)
    shell.run("store", "init")
    return shell


def test_a_store_of_an_older_sitmon_is_brought_up_to_date_and_the_user_told(empty: Shell) -> None:
    newest = len(migrate.schemas())
    empty.spoil(
        "DROP INDEX span_now", "CREATE INDEX span_now ON span (situation)", f"PRAGMA user_version = {newest - 1}"
    )
    empty.run("situation", "list")
    assert f"bringing the store from schema {newest - 1} to {newest}" in empty.err
    empty.run("store", "check")
    assert "schema" not in empty.err


@pytest.fixture
def shell(empty: Shell, catalog: Catalog) -> Shell:
    """A store with a situation of four changesets."""

    async def fill() -> None:
        async with await open_store(str(empty.path)) as store:
            situation = catalog.situation.id
            await store.put_situation(catalog.situation)
            await store.write(
                situation,
                Draft(
                    "scene",
                    places=tuple(catalog.places.values()),
                    actors=tuple(catalog.actors.values()),
                    sources=tuple(catalog.sources.values()),
                ),
            )
            for day in range(2):
                event = Event(
                    derived_id(day, "event", str(day)),
                    "capture",
                    day * DAY,
                    Precision.DAY,
                    f"day {day}",
                    "north",
                    "red",
                )
                claim = Claim(derived_id(day, "claim", str(day)), event.id, "wire", Stance.ASSERTS, day * DAY)
                await store.write(situation, Draft(f"day {day}", events=(event,), claims=(claim,)))

    asyncio.run(fill())
    return empty


def rename_place(shell: Shell) -> None:
    async def write() -> None:
        async with await open_store(str(shell.path)) as store:
            await store.write("valley", Draft("rename", places=(Place("north", "Another Town"),)))

    asyncio.run(write())


# -- init and info -------------------------------------------------------------------------------------------------


def test_init_makes_a_private_store_and_prints_its_path(empty: Shell, tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    assert empty.run("store", "init", str(path)) == f"{path}\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert "made" in empty.err
    assert empty.run("store", "init", str(path)) == f"{path}\n"
    assert "exists already" in empty.err


def test_init_without_a_path_makes_the_default_store(empty: Shell, tmp_path: Path) -> None:
    assert not (empty.path.parent / "data").exists()
    assert cli.main(["store", "init"]) == 0
    assert (tmp_path / "data" / "sitmon" / "sitmon.db").exists()


def test_init_shared_makes_a_store_for_a_group(empty: Shell, tmp_path: Path) -> None:
    group = grp.getgrgid(os.getegid()).gr_name
    path = tmp_path / "team" / "s.db"
    empty.run("store", "init", "--shared", "--group", group, str(path))
    assert path.stat().st_mode & 0o777 == 0o660
    assert path.parent.stat().st_mode & 0o7777 == 0o2770
    empty.run("--store", str(path), "store", "info")
    empty.run("store", "init", "--shared", "--group", group, str(path), code=3)
    assert "exists already" in empty.err


def test_init_shared_needs_a_group_and_the_other_way_round(empty: Shell) -> None:
    for arguments in (["--shared"], ["--group", "analysts"]):
        empty.run("store", "init", *arguments, code=2)
        assert "belong together" in empty.err


def test_info_counts_what_there_is(shell: Shell) -> None:
    info = json.loads(shell.run("store", "info", "--format", "json"))
    assert (info["situations"], info["places"], info["events"], info["claims"], info["changesets"]) == (1, 4, 2, 2, 4)
    assert info["backend"].startswith("SQLite 3.")
    assert "names are claims" in info["promise"]
    assert "events      2" in shell.run("store", "info")


def test_a_store_that_is_not_there_is_not_made_by_looking(empty: Shell, tmp_path: Path) -> None:
    for command in ("info", "check", "head", "verify", "rebuild"):
        empty.run("store", command, "--store", str(tmp_path / "none.db"), code=3)
        assert "make one with `sitmon store init" in empty.err
    assert not (tmp_path / "none.db").exists()


def test_a_situation_that_is_not_there_is_refused_with_those_that_are(shell: Shell) -> None:
    shell.run("store", "head", "--situation", "hill", code=2)
    assert "it has: valley" in shell.err


# -- check and rebuild ---------------------------------------------------------------------------------------------


def test_check_of_a_good_store_finds_nothing(shell: Shell) -> None:
    assert shell.run("store", "check") == ""
    assert "nothing is wrong" in shell.err


def test_check_prints_what_is_wrong_and_rebuild_fixes_what_is_derived(shell: Shell) -> None:
    shell.spoil("DELETE FROM weight WHERE event = 1")
    assert "1 of 2 events are not weighed as" in shell.run("store", "check", code=1)
    [found] = shell.lines("store", "rebuild", "--format", "jsonl", code=1)
    assert found["before"] != found["after"]
    assert found["result"] == "fixed"
    assert found["after"] in shell.run("store", "rebuild")
    shell.run("store", "check")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE span SET status = 'bogus'",
        "UPDATE span SET actor = 999",
        "UPDATE span SET grade = 'Z9'",
        "UPDATE weight SET grade = 'Z9'",
        "UPDATE weight SET standing = 99",
        "UPDATE weight SET sources = '99999 x'",
    ],
)
def test_what_is_derived_and_cannot_be_read_is_said_to_be_unreadable_and_fixed(shell: Shell, statement: str) -> None:
    [good] = shell.lines("store", "rebuild", "--format", "jsonl")
    shell.spoil(statement)
    assert "fix it with `sitmon store rebuild`" in shell.run("store", "check", code=1)
    [found] = shell.lines("store", "rebuild", "--format", "jsonl", code=1)
    assert (found["before"], found["after"], found["result"]) == ("unreadable", good["after"], "fixed")
    shell.run("store", "check")


@pytest.mark.parametrize(
    ("statement", "command"),
    [
        ("UPDATE span SET status = 'bogus'", ("places",)),
        ("UPDATE span SET actor = 999", ("places",)),
        ("UPDATE weight SET grade = 'Z9'", ("events",)),
        ("UPDATE weight SET sources = '99999 x'", ("events",)),
        ("UPDATE claim SET stance = 99", ("why", "north")),
        ("UPDATE event SET kind = 999", ("events",)),
        ("UPDATE version SET body = '{'", ("events",)),
        ("UPDATE version SET body = '{\"no-such-field\": 1}'", ("places",)),
    ],
)
def test_a_row_that_means_nothing_is_one_line_that_says_what_to_do(
    shell: Shell, statement: str, command: tuple[str, ...]
) -> None:
    shell.spoil(statement)
    assert shell.run(*command, code=3) == ""
    assert len(shell.err.splitlines()) == 1
    assert "the store is damaged: " in shell.err
    assert "run `sitmon store check`, then `sitmon store rebuild`, or restore a backup" in shell.err


def test_a_situation_that_was_turned_off_is_found_and_fixed(shell: Shell) -> None:
    shell.spoil("INSERT INTO undone VALUES (1)")
    assert "1 of 4 changesets count as undone" in shell.run("store", "check", code=1)
    shell.run("store", "rebuild", code=1)
    shell.run("store", "check")


def test_rebuild_of_a_good_store_gives_the_same_hash(shell: Shell) -> None:
    [found] = shell.lines("store", "rebuild", "--format", "jsonl")
    assert found["situation"] == "valley"
    assert found["before"] == found["after"]
    assert found["result"] == "the same"
    assert "the same" in shell.run("store", "rebuild")


# -- head and verify -----------------------------------------------------------------------------------------------


def keep_head(shell: Shell, tmp_path: Path) -> Path:
    kept = tmp_path / "heads.jsonl"
    with kept.open("a") as file:
        file.write(shell.run("store", "head"))
    return kept


def test_a_kept_head_fits_a_store_that_only_grew(shell: Shell, tmp_path: Path) -> None:
    kept = keep_head(shell, tmp_path)
    rename_place(shell)
    kept = keep_head(shell, tmp_path)
    out = shell.run("store", "verify", "--head", str(kept))
    assert [line.split(",")[0] for line in out.splitlines()] == ["valley: whole"] * 2
    assert shell.run("store", "verify").startswith("valley: whole, 5 changesets, sha256 ")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET summary = 'nothing happened' WHERE seq = 1",
        "UPDATE changeset SET author = 'somebody' WHERE seq = 3",
        "DELETE FROM claim WHERE seq = 1",
    ],
)
def test_what_was_changed_is_found_without_a_head(shell: Shell, statement: str) -> None:
    shell.spoil(statement)
    [found] = shell.lines("store", "verify", "--format", "jsonl", code=1)
    assert found["broken_at"] == 3
    assert shell.run("store", "verify", code=1).startswith("valley: BROKEN: ")


def test_a_situation_that_calls_itself_otherwise_is_broken_not_unknown(shell: Shell) -> None:
    shell.spoil("UPDATE version SET body = json_set(body, '$.id', 'hill') WHERE seq = 1")
    assert '"valley"' in shell.run("store", "head")
    assert shell.run("store", "verify", code=1).startswith("valley: BROKEN: changeset 1 ")


def test_a_situation_whose_own_record_cannot_be_read_is_broken_too(shell: Shell) -> None:
    shell.spoil("UPDATE version SET body = '{' WHERE seq = 1")
    assert shell.run("store", "verify", code=1).startswith("valley: BROKEN: changeset 1 ")
    assert "the store is damaged: version" in shell.run("store", "check", code=1)


def test_a_file_that_is_one_endless_line_is_refused(shell: Shell) -> None:
    shell.run("store", "verify", "--head", "/dev/zero", code=2)
    assert "line 1 of the heads" in shell.err


def test_a_file_without_a_head_verifies_nothing_and_says_so(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "heads.jsonl").write_text("\n", encoding="utf-8")
    assert shell.run("store", "verify", "--head", str(tmp_path / "heads.jsonl"), code=2) == ""
    assert "no head in it" in shell.err


def test_what_was_dropped_from_the_end_is_found_with_a_head(shell: Shell, tmp_path: Path) -> None:
    kept = keep_head(shell, tmp_path)
    shell.spoil(
        *(f"DELETE FROM {table} WHERE changeset = 4" for table in ("event", "claim")),
        "DELETE FROM changeset WHERE seq = 4",
    )
    shell.run("store", "verify")
    [found] = shell.lines("store", "verify", "--head", str(kept), "--format", "jsonl", code=1)
    assert found["broken_at"] == 4


def test_a_situation_that_is_gone_is_found_with_a_head(shell: Shell, empty: Shell, tmp_path: Path) -> None:
    kept = keep_head(shell, tmp_path)
    empty.run("store", "init", str(tmp_path / "new.db"))
    out = empty.run("store", "verify", "--store", str(tmp_path / "new.db"), "--head", str(kept), code=1)
    assert out.startswith("valley: BROKEN: this store has no such situation")


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        "[1]",
        "{}",
        '{"situation": "valley", "count": true, "sha256": "' + "0" * 64 + '"}',
        '{"situation": "valley", "count": -1, "sha256": "' + "0" * 64 + '"}',
        '{"situation": "valley", "count": 1, "sha256": "abc"}',
        '{"situation": 5, "count": 1, "sha256": "' + "0" * 64 + '"}',
        "[" * 100_000,
    ],
)
def test_a_line_that_is_no_head_is_refused_with_its_number(line: str) -> None:
    good = json.dumps({"situation": "valley", "count": 1, "sha256": "0" * 64})
    assert list(read_heads([good, "", "\n"])) == [Head("valley", 1, "0" * 64)]
    with pytest.raises(InputRefused, match="line 2 of the heads"):
        list(read_heads([good, line]))


# -- backup and doctor ---------------------------------------------------------------------------------------------


def test_a_backup_is_a_store_with_the_same_head(shell: Shell, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    assert shell.run("store", "backup", str(target)) == f"{target}\n"
    head = shell.run("store", "head")
    rename_place(shell)
    copy = Shell(target, shell._capsys)
    assert copy.run("store", "head") == head
    copy.run("store", "check")
    shell.run("store", "backup", str(target), code=3)
    assert "exists already" in shell.err


def test_the_doctor_finds_nothing_bad_in_a_private_store(shell: Shell) -> None:
    findings = shell.lines("doctor", "--format", "jsonl")
    assert [finding["what"] for finding in findings if finding["level"] == "bad"] == []
    assert "names are claims" in findings[0]["what"]


def test_the_doctor_says_what_is_bad_why_and_what_fixes_it(shell: Shell) -> None:
    shell.path.chmod(0o660)
    out = shell.run("doctor", code=1)
    assert "BAD   the directory" in out
    assert "why:  the -wal and -shm get the group of whoever opens the store first" in out
    assert "fix: chgrp " in out


def test_the_doctor_looks_at_a_store_that_cannot_be_opened(empty: Shell, tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("text")
    empty.run("doctor", "--store", str(tmp_path / "text.db"))
    empty.run("doctor", "--store", "postgresql://db/sitmon", code=3)


def test_the_doctor_says_what_is_wrong_in_the_key_file(shell: Shell, tmp_path: Path) -> None:
    assert "the keys in" not in shell.run("doctor")
    file = tmp_path / "config" / "sitmon" / "keys.toml"
    file.parent.mkdir(parents=True)
    file.write_text('read = "r"\nstra = "f"\nstar = "r"\n')
    out = shell.run("doctor", code=1)
    assert "line 2: no action is called 'stra'; nearest: star" in out
    assert "line 3: star: r is taken by read in line 1" in out
    file.write_text('read = "r"\nhalf_up = []\n')
    out = shell.run("doctor")
    assert "all the keys in" in out
    assert "actions without a key: half_up" in out
    file.write_bytes(b"\xff")
    assert "it is not UTF-8" in shell.run("doctor", code=1)
    (file.parent / "filters.toml").write_text("nothing of the kind")
    file.write_text('read = "r"\n')
    assert "filters.toml is not TOML" in shell.run("doctor", code=1)
    (file.parent / "filters.toml").unlink()
    (file.parent / "config.toml").write_text('keys = "emacs"\n')
    file.unlink()
    assert "no preset is called 'emacs'" in shell.run("doctor", code=1)
