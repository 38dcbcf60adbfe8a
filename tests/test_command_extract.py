"""`sitmon extract` on the shipped situation: what is printed, what is refused, and that nothing is stored."""

import asyncio
import io
import json
from pathlib import Path
from typing import Any

import pytest

from sitmon import cli
from store import open_store
from store.base import Store

TEXT = b"Taliban fighters captured the city of Kunduz on Tuesday, officials say.\n"


def run(store: Path, *arguments: str) -> int:
    return cli.main(["--store", str(store), "extract", *arguments])


def give(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))


def lines(printed: str) -> list[Any]:
    return [json.loads(line) for line in printed.splitlines()]


def test_a_text_gives_a_line_for_each_proposal_and_stores_nothing(
    shipped_once: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def head() -> object:
        async with await open_store(str(shipped_once)) as store:
            return await _facts(store)

    before = asyncio.run(head())
    file = tmp_path / "article.txt"
    file.write_bytes(TEXT)
    assert run(shipped_once, str(file), "--date", "2021-08-12", "--format", "jsonl") == 0
    (row,) = lines(capsys.readouterr().out)
    assert (row["kind"], row["place_id"], row["actor_id"]) == ("capture", "kunduz", "taliban")
    assert (row["occurred_on"], row["certainty"], row["attribution"]) == ("2021-08-10", "confirmed", "officials")
    assert TEXT.decode()[row["start"] : row["end"]] == row["quote"]
    assert asyncio.run(head()) == before


async def _facts(store: Store) -> object:
    return await store.head("afghanistan-2021")


def test_many_reports_come_as_lines_and_a_wrong_one_is_named(
    shipped_once: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    good = {"id": "one", "date": "2021-08-12", "text": TEXT.decode(), "more": ["is", "ignored"]}
    other = good | {"id": "two", "text": "The army retook the city of Herat."}
    rows = [json.dumps(good), "no json", json.dumps({"id": "x", "text": "no date"}), json.dumps(other), '{"text": 3}']
    give(monkeypatch, "\n".join(rows).encode())
    assert run(shipped_once, "--input-format", "jsonl", "--format", "jsonl") == cli.EXIT_REFUSED
    printed = capsys.readouterr()
    assert [(row["id"], row["place_id"]) for row in lines(printed.out)] == [("one", "kunduz"), ("two", "herat")]
    assert [line.split(":")[1].strip() for line in printed.err.splitlines()] == ["line 2", "line 3", "line 5"]


def test_a_text_without_a_date_says_what_is_missing(
    shipped_once: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch, TEXT)
    assert run(shipped_once) == cli.EXIT_USAGE
    assert "date" in capsys.readouterr().err


def test_another_language_is_said_so(
    shipped_once: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch, "طالبان شهر هرات را تصرف کردند".encode())
    assert run(shipped_once, "--date", "2021-08-12") == 0
    assert "not English" in capsys.readouterr().err


def test_a_missing_language_model_is_said_with_what_installs_it(
    shipped_once: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.text.language.is_installed", lambda: False)
    monkeypatch.setattr(
        "ingest.text.language.load_language_model",
        __import__("ingest.text.language", fromlist=["x"]).load_language_model.__wrapped__,
    )
    give(monkeypatch, TEXT)
    assert run(shipped_once, "--date", "2021-08-12") == cli.EXIT_USAGE
    assert "pipx install --force '.[nlp]'" in capsys.readouterr().err
