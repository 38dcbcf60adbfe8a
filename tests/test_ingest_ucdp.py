"""UCDP's rows: what they mean here, what is refused, and what becomes of another release's."""

import json
from typing import Any

import pytest

from ingest.importers.ucdp import COLUMNS
from model.entities import Stance, Standing
from model.times import Precision, parse_time
from store.base import Store
from tests.importing_world import DATA, csv_of, files, take

ROW: dict[str, Any] = {
    "id": "100",
    "relid": "XXX-2024-1-1",
    "year": "2024",
    "code_status": "Clear",
    "type_of_violence": "1",
    "dyad_name": "Blue Side - Red Side",
    "side_a": "Blue Side",
    "side_b": "Red Side",
    "number_of_sources": "2",
    "source_office": "Sample Wire;Sample Post",
    "source_date": "2024-01-12;2024-01-11",
    "source_headline": "Two die",
    "where_prec": "1",
    "where_coordinates": "North Town village",
    "latitude": "51.0",
    "longitude": "10.0",
    "event_clarity": "1",
    "date_prec": "1",
    "date_start": "2024-01-10 00:00:00.000",
    "date_end": "2024-01-10 00:00:00.000",
    "best": "2",
    "high": "3",
    "low": "1",
}
ROW = dict.fromkeys(COLUMNS, "") | ROW


async def test_a_row_is_an_event_that_says_nothing_of_control(store: Store, situation: str) -> None:
    assert (await take(store, situation, csv_of(ROW))).counts == (1, 1, 0, 0, 0)
    (file,) = await files(store, situation)
    event, (claim,) = file.row.event, file.claims
    assert (event.kind, event.place, event.actor, event.against) == ("casualties", "north", "blue", "red")
    assert (event.occurred_at, event.precision) == (parse_time("2024-01-10", "Europe/Berlin")[0], Precision.DAY)
    assert (claim.credibility, claim.attribution) == (2, "Sample Wire;Sample Post")
    assert claim.reported_at == parse_time("2024-01-11", "Europe/Berlin")[0]
    assert claim.quote == "2 killed (1 to 3): Two die"
    assert {state.actor for state in await store.control(situation)} == {None}


async def test_a_file_without_a_header_and_json_say_the_same(store: Store, situation: str) -> None:
    await take(store, situation, csv_of(ROW))
    headless = csv_of(ROW).split(b"\n", 1)[1]
    assert (await take(store, situation, headless.replace(b'"', b""))).counts == (1, 0, 0, 1, 0)
    answer = {"TotalCount": 1, "Result": [ROW | {"id": 100, "best": 2}]}
    assert (await take(store, situation, json.dumps(answer).encode())).counts == (1, 0, 0, 1, 0)


async def test_another_release_supersedes_from_when_it_was_published(store: Store, situation: str) -> None:
    await take(store, situation, csv_of(ROW))
    published = parse_time("2025-06-01")[0]
    moved = ROW | {"where_coordinates": "Middle Town", "latitude": "50.5"}
    assert (await take(store, situation, csv_of(moved), published=published)).counts == (1, 0, 1, 0, 0)
    assert (await take(store, situation, csv_of(moved), published=published)).counts == (1, 0, 0, 1, 0)
    standings = {file.row.event.place: file.row.weight.standing for file in await files(store, situation)}
    assert standings == {"north": Standing.RETRACTED, "middle": Standing.REPORTED}
    (former,) = await files(store, situation, known_at=published - 1)
    assert (former.row.event.place, former.row.weight.standing) == ("north", Standing.REPORTED)
    counted = moved | {"best": "5"}
    assert (await take(store, situation, csv_of(counted))).counts == (1, 0, 1, 0, 0)
    assert (await take(store, situation, csv_of(counted))).counts == (1, 0, 0, 1, 0)
    (file,) = [file for file in await files(store, situation) if file.row.event.place == "middle"]
    assert (file.claims[-1].stance, file.claims[-1].quote) == (Stance.CORRECTS, "5 killed (1 to 3): Two die")


@pytest.mark.parametrize(
    ("coded", "until", "meant"),
    [
        ("1", "2024-01-10", Precision.DAY),
        ("2", "2024-01-12", Precision.WEEK),
        ("3", "2024-01-16", Precision.WEEK),
        ("4", "2024-02-05", Precision.MONTH),
        ("1", "2024-01-30", Precision.MONTH),
    ],
)
async def test_date_precision(store: Store, situation: str, coded: str, until: str, meant: Precision) -> None:
    await take(store, situation, csv_of(ROW | {"date_prec": coded, "date_end": until}))
    (file,) = await files(store, situation)
    assert file.row.event.precision is meant


@pytest.mark.parametrize(("coded", "place"), [("1", "north"), ("2", "north"), ("3", None), ("4", None), ("6", None)])
async def test_place_precision(store: Store, situation: str, coded: str, place: str | None) -> None:
    await take(store, situation, csv_of(ROW | {"where_prec": coded}))
    (file,) = await files(store, situation)
    assert file.row.event.place == place


@pytest.mark.parametrize(
    ("change", "credibility"),
    [
        ({"number_of_sources": "1"}, 3),
        ({"number_of_sources": "-1"}, 3),
        ({"event_clarity": "2"}, 4),
        ({"code_status": "Check deaths"}, 4),
    ],
)
async def test_credibility(store: Store, situation: str, change: dict[str, str], credibility: int) -> None:
    await take(store, situation, csv_of(ROW | change))
    (file,) = await files(store, situation)
    assert file.claims[0].credibility == credibility


async def test_violence_against_civilians_has_no_second_side(store: Store, situation: str) -> None:
    await take(store, situation, csv_of(ROW | {"type_of_violence": "3", "side_b": "Civilians"}))
    (file,) = await files(store, situation)
    assert (file.row.event.kind, file.row.event.against) == ("attack", None)


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"id": "x"}, "id"),
        ({"type_of_violence": "4"}, "type_of_violence"),
        ({"where_prec": ""}, "where_prec"),
        ({"date_prec": "5"}, "date_prec"),
        ({"date_end": "2024-05-10"}, "date_prec"),
        ({"date_end": "2024-01-09"}, "date_end"),
        ({"year": "2022"}, "date_start"),
        ({"date_start": "0025-01-10", "year": ""}, "date_start"),
        ({"side_a": "Nobody Known"}, "side_a"),
    ],
)
async def test_a_row_that_is_wrong(store: Store, situation: str, change: dict[str, str], column: str) -> None:
    outcome = await take(store, situation, csv_of(ROW | change, ROW | {"id": "101"}))
    assert outcome.counts == (2, 1, 0, 0, 1)
    assert (outcome.refused[0].row, outcome.refused[0].column) == (2, column)


@pytest.mark.skipif(not DATA.exists(), reason="the samples are not beside the repository")
async def test_the_sample(store: Store, situation: str) -> None:
    data = (DATA / "ucdp_ged" / "ged_sample_dev.csv").read_bytes()
    outcome = await take(store, situation, data, create=True)
    assert outcome.counts == (486, 479, 0, 0, 7)
    assert {one.column for one in outcome.refused} == {"date_prec"}
    headless = data.split(b"\n", 1)[1]
    assert (await take(store, situation, headless, create=True)).counts == (486, 0, 0, 479, 7)
