"""GDELT: what becomes a lead, and what is passed over or refused."""

from typing import Any

import pytest

from ingest.importers.gdelt import COLUMNS
from model.times import parse_time
from store.base import Store
from tests.importing_world import DATA, files, take


def row(*, version: int = 61, **cells: Any) -> bytes:
    said = {
        "GlobalEventID": "1",
        "Day": "20240110",
        "Year": "2024",
        "Actor1Name": "REBEL",
        "EventCode": "190",
        "EventRootCode": "19",
        "QuadClass": "4",
        "ActionGeo_Type": "4",
        "ActionGeo_FullName": "North Town, Somewhere",
        "ActionGeo_Lat": "51.0",
        "ActionGeo_Long": "10.0",
        "DATEADDED": "20240111143000",
        "SOURCEURL": "https://news.example.org/1",
    } | cells
    return "\t".join(said.get(column, "") for column in COLUMNS[version]).encode() + b"\n"


async def test_a_lead_is_a_weak_event_that_says_nothing_of_control(store: Store, situation: str) -> None:
    assert (await take(store, situation, row())).counts == (1, 1, 0, 0, 0)
    (file,) = await files(store, situation)
    event, (claim,) = file.row.event, file.claims
    assert (event.kind, event.place, event.actor) == ("other", "north", None)
    assert event.summary == "Lead, fight (CAMEO 190): REBEL, North Town, Somewhere"
    assert (claim.credibility, claim.attribution) == (6, "news.example.org")
    assert (claim.url, claim.reported_at) == ("https://news.example.org/1", parse_time("2024-01-11T14:30Z")[0])
    assert {state.actor for state in await store.control(situation)} == {None}
    assert (await take(store, situation, row())).counts == (1, 0, 0, 1, 0)


async def test_version_1_says_the_same(store: Store, situation: str) -> None:
    await take(store, situation, row())
    assert (await take(store, situation, row(version=58, DATEADDED="20240111"))).imported.new == 0


@pytest.mark.parametrize(
    "change",
    [
        {"EventRootCode": "04", "EventCode": "043"},
        {"ActionGeo_Type": "1"},
        {"ActionGeo_FullName": "Elsewhere", "ActionGeo_Lat": "1"},
        {"ActionGeo_Lat": "north"},
    ],
)
async def test_what_is_no_lead_is_passed_over(store: Store, situation: str, change: dict[str, Any]) -> None:
    outcome = await take(store, situation, row(**change))
    assert (outcome.imported.new, outcome.imported.passed, outcome.refused) == (0, 1, [])


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"Day": "20230110", "Year": "2023"}, "Day"),
        ({"Day": "20231211", "Year": "2023"}, "Day"),
        ({"Day": "00250110", "Year": "0025"}, "Day"),
        ({"Year": "2023"}, "Day"),
        ({"Day": "20240120"}, "Day"),
        ({"DATEADDED": "2024"}, "DATEADDED"),
        ({"GlobalEventID": "x"}, "GlobalEventID"),
    ],
)
async def test_a_date_that_cannot_be(store: Store, situation: str, change: dict[str, Any], column: str) -> None:
    outcome = await take(store, situation, row(**change) + row(GlobalEventID="2"), form="gdelt")
    assert [one.column for one in outcome.refused] == [column]
    assert outcome.imported.new == 1


async def test_an_article_is_one_lead_a_place_and_none_where_it_names_many(store: Store, situation: str) -> None:
    two = row() + row(GlobalEventID="2", EventRootCode="18")
    outcome = await take(store, situation, two)
    assert (outcome.imported.new, outcome.imported.passed) == (1, 1)
    many = b"".join(
        row(GlobalEventID=str(number), ActionGeo_FullName=f"{name} Town", SOURCEURL="https://example.org/many")
        for number, name in enumerate(("North", "A", "B", "C"), 10)
    )
    outcome = await take(store, situation, many)
    assert (outcome.imported.new, outcome.imported.passed) == (0, 4)


@pytest.mark.skipif(not DATA.exists(), reason="the samples are not beside the repository")
async def test_the_sample_is_of_elsewhere(store: Store, situation: str) -> None:
    outcome = await take(store, situation, (DATA / "gdelt2_samples" / "events.csv").read_bytes())
    assert (outcome.imported.read, outcome.imported.passed, outcome.refused) == (100, 100, [])
