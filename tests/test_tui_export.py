"""The present view written into a file from the screen: what was shown, where it was asked for, or nothing at all."""

import asyncio
import csv
import json
from collections.abc import Collection, Mapping
from pathlib import Path
from unittest.mock import patch

import pytest

from model.catalog import Catalog
from model.entities import Stance
from model.standing import Evidence
from tests.tui_fakes import FakeStore, claim_on, event_on, type_in, wait_for
from tests.tui_open import NARROW, opened, shows
from tui import long_task


@pytest.fixture
async def store(catalog: Catalog) -> FakeStore:
    store = FakeStore(catalog)
    for day in range(1, 10):
        event = event_on(day, "north" if day % 2 else "south", summary=f"=fell on the {day}th")
        await store.happen(event, claims=[claim_on(event), claim_on(event, "blue-ministry", Stance.DENIES)])
    return store


@pytest.mark.parametrize("form", ["csv", "json", "jsonl", "geojson"])
async def test_what_the_filter_and_the_clocks_show_is_written(store: FakeStore, tmp_path: Path, form: str) -> None:
    target = tmp_path / f"view.{form}"
    async with opened(store, NARROW) as (_, pilot):
        await pilot.press("slash")
        await type_in(pilot, "place:north until:2021-08-06")
        await pilot.press("enter")
        await shows(pilot, "EVENTS 3")
        await pilot.press("ctrl+s")
        await type_in(pilot, str(target))
        await pilot.press("enter")
        await shows(pilot, "wrote 3 events to")
    text = target.read_text(encoding="utf-8")
    if form == "csv":
        rows = list(csv.DictReader(text.splitlines()))
        assert len(rows) == 6
        assert {row["filter"] for row in rows} == {"place:north until:2021-08-06"}
        assert rows[0]["summary"] == "'=fell on the 5th"
    elif form == "jsonl":
        assert [json.loads(line)["summary"] for line in text.splitlines()[::2]] == [
            f"=fell on the {day}th" for day in (5, 3, 1)
        ]
    else:
        document = json.loads(text)
        assert document["filter"] == "place:north until:2021-08-06"
        assert len(document["features" if form == "geojson" else "events"]) == (3 if form == "geojson" else 6)


async def test_from_the_cities_who_holds_what_is_written(store: FakeStore, tmp_path: Path) -> None:
    async with opened(store, NARROW) as (_, pilot):
        await pilot.press("1", "ctrl+s")
        await type_in(pilot, str(tmp_path / "control.csv"))
        await pilot.press("enter")
        await shows(pilot, "wrote 4 places to")
    rows = list(csv.DictReader((tmp_path / "control.csv").read_text().splitlines()))
    assert [row["place_id"] for row in rows] == list(store.known.places)
    assert rows[0]["status"] == "held"


async def test_a_file_that_is_there_is_written_over_only_after_yes(store: FakeStore, tmp_path: Path) -> None:
    target = tmp_path / "view.csv"
    target.write_text("mine")
    async with opened(store, NARROW) as (_, pilot):
        for key in ("n", "enter"):
            await pilot.press("ctrl+s")
            await type_in(pilot, str(target))
            await pilot.press("enter")
            await shows(pilot, "view.csv exists already")
            await pilot.press(key)
            assert target.read_text() == "mine"
        await pilot.press("ctrl+s")
        await type_in(pilot, str(target))
        await pilot.press("enter")
        await shows(pilot, "overwrite it?")
        await pilot.press("y")
        await shows(pilot, "wrote 9 events to")
    assert "fell on the 9th" in target.read_text()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("view.xlsx", "must end in .csv"),
        ("none/view.csv", "there is no directory"),
        (".", "must end in"),
        ("~nobody-of-this-name/x.csv", "nothing was written"),
        ("x" * 300 + ".csv", "nothing was written"),
    ],
)
async def test_a_name_that_cannot_be_is_said_and_nothing_is_written(
    store: FakeStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    async with opened(store, NARROW) as (_, pilot):
        await pilot.press("ctrl+s")
        await type_in(pilot, name)
        await pilot.press("enter")
        await shows(pilot, said)
    assert not list(tmp_path.iterdir())


async def test_a_long_one_is_stopped_and_leaves_no_file(
    store: FakeStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(_situation: str, _ids: Collection[str]) -> Mapping[str, Evidence]:
        await asyncio.Event().wait()
        return {}

    monkeypatch.setattr(store, "evidence", never)
    with patch.object(long_task, "SOON", 0.0):
        async with opened(store, NARROW) as (_, pilot):
            await pilot.press("ctrl+s")
            await type_in(pilot, str(tmp_path / "view.csv"))
            await pilot.press("enter")
            await shows(pilot, "esc stops")
            await pilot.press("escape")
            await shows(pilot, "stopped")
            await wait_for(pilot, lambda: not list(tmp_path.iterdir()), "the unfinished file to go")
