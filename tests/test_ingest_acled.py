"""ACLED's rows: what they mean here, and what becomes of a newer edition, an older one, and a deleted row."""

import json
from typing import Any

import pytest

from model.entities import Stance, Standing
from model.times import Precision, format_time, parse_time
from store.base import Store
from tests.importing_world import DATA, csv_of, files, take

ROW: dict[str, Any] = {
    "event_id_cnty": "XXX1",
    "event_date": "2024-01-10",
    "year": "2024",
    "time_precision": "1",
    "event_type": "Battles",
    "sub_event_type": "Non-state actor overtakes territory",
    "actor1": "Red Side",
    "inter1": "2",
    "actor2": "Blue Side",
    "inter2": "1",
    "admin1": "",
    "location": "North Town",
    "latitude": "51.0",
    "longitude": "10.0",
    "geo_precision": "1",
    "source": "Sample Wire; Sample Radio",
    "notes": "The Reds took the town.",
    "fatalities": "0",
    "timestamp": "1705000000",
}


def stamp(text: str) -> str:
    return str(parse_time(text)[0] // 1_000_000)


async def test_a_row_is_an_event_with_one_claim_by_the_data_set(store: Store, situation: str) -> None:
    outcome = await take(store, situation, csv_of(ROW))
    assert outcome.counts == (1, 1, 0, 0, 0)
    (file,) = await files(store, situation)
    event, (claim,) = file.row.event, file.claims
    assert (event.kind, event.place, event.actor, event.against) == ("capture", "north", "red", "blue")
    assert format_time(event.occurred_at, event.precision, "Europe/Berlin") == "10 Jan 2024"
    assert event.summary == "The Reds took the town."
    assert (claim.source, claim.stance, claim.credibility) == ("acled", Stance.ASSERTS, 2)
    assert claim.attribution == "Sample Wire; Sample Radio"
    assert claim.reported_at == 1_705_000_000_000_000
    assert (await store.catalog(situation)).sources["acled"].name == "ACLED"


async def test_the_same_file_again_adds_nothing(store: Store, situation: str) -> None:
    await take(store, situation, csv_of(ROW))
    before = await store.state_hash(situation)
    outcome = await take(store, situation, csv_of(ROW))
    assert outcome.counts == (1, 0, 0, 1, 0)
    assert outcome.imported.changeset is None
    assert await store.state_hash(situation) == before


@pytest.mark.parametrize(
    ("precision", "begins", "meant"),
    [("1", "2024-01-10", Precision.DAY), ("2", "2024-01-07", Precision.WEEK), ("3", "2024-01-01", Precision.MONTH)],
)
async def test_time_precision(store: Store, situation: str, precision: str, begins: str, meant: Precision) -> None:
    await take(store, situation, csv_of(ROW | {"time_precision": precision}))
    ((event, *_),) = [file.row for file in await files(store, situation)]
    assert (event.occurred_at, event.precision) == (parse_time(begins, "Europe/Berlin")[0], meant)


@pytest.mark.parametrize(
    ("coded", "meant"),
    [
        (("Non-state actor overtakes territory", "2", "1"), ("capture", "red")),
        (("Non-state actor overtakes territory", "1", "2"), ("capture", "blue")),
        (("Non-state actor overtakes territory", "2", "3"), ("contested", "red")),
        (("Government regains territory", "1", "2"), ("regain", "red")),
        (("Government regains territory", "2", "State forces"), ("regain", "blue")),
        (("Government regains territory", "8", "2"), ("regain", "red")),
        (("Government regains territory", "3", "2"), ("contested", "red")),
        (("Non-violent transfer of territory", "2", "1"), ("transfer", "red")),
        (("Agreement", "2", "1"), ("deal", "red")),
        (("Armed clash", "2", "1"), ("clash", "red")),
    ],
)
async def test_who_gains(store: Store, situation: str, coded: tuple[str, str, str], meant: tuple[str, str]) -> None:
    said = dict(zip(("sub_event_type", "inter1", "inter2"), coded, strict=True))
    await take(store, situation, csv_of(ROW | said))
    (file,) = await files(store, situation)
    assert (file.row.event.kind, file.row.event.actor) == meant


@pytest.mark.parametrize(
    ("precision", "sub_type", "place"),
    [
        ("1", "Armed clash", "north"),
        ("2", "Armed clash", None),
        ("2", "Looting/property destruction", "north"),
        ("3", "Looting/property destruction", None),
    ],
)
async def test_geo_precision(store: Store, situation: str, precision: str, sub_type: str, place: str | None) -> None:
    await take(store, situation, csv_of(ROW | {"geo_precision": precision, "sub_event_type": sub_type}))
    (file,) = await files(store, situation)
    assert file.row.event.place == place


async def test_a_newer_edition_with_other_facts_supersedes(store: Store, situation: str) -> None:
    await take(store, situation, csv_of(ROW))
    newer = ROW | {"location": "Middle Town", "latitude": "50.5", "timestamp": stamp("2024-02-01")}
    assert (await take(store, situation, csv_of(newer))).counts == (1, 0, 1, 0, 0)
    present = {file.row.event.place: file for file in await files(store, situation)}
    assert present["north"].row.weight.standing is Standing.RETRACTED
    assert present["middle"].row.weight.standing is Standing.REPORTED
    states = {state.place: state for state in await store.control(situation)}
    assert (states["north"].actor, states["middle"].actor) == (None, "red")
    # As it was known before, the former edition counts, and nothing else is there.
    (former,) = await files(store, situation, known_at=parse_time("2024-01-20")[0])
    assert (former.row.event.place, former.row.weight.standing) == ("north", Standing.REPORTED)
    assert "differs" in present["north"].claims[-1].attribution
    assert (await take(store, situation, csv_of(newer))).counts == (1, 0, 0, 1, 0)
    assert (await take(store, situation, csv_of(ROW))).counts == (1, 0, 0, 1, 0), "an older edition changes nothing"


async def test_a_newer_edition_with_the_same_facts_corrects(store: Store, situation: str) -> None:
    await take(store, situation, csv_of(ROW))
    newer = ROW | {"notes": "The Reds took it; 3 died.", "timestamp": stamp("2024-02-01")}
    assert (await take(store, situation, csv_of(newer))).counts == (1, 0, 1, 0, 0)
    (file,) = await files(store, situation)
    assert [(claim.stance, claim.quote) for claim in file.claims] == [
        (Stance.ASSERTS, "The Reds took the town."),
        (Stance.CORRECTS, "The Reds took it; 3 died."),
    ]
    assert (file.row.weight.standing, file.row.weight.n_for) == (Standing.REPORTED, 1)
    assert (await take(store, situation, csv_of(newer))).counts == (1, 0, 0, 1, 0)
    restamped = newer | {"timestamp": stamp("2024-03-01")}
    assert (await take(store, situation, csv_of(restamped))).counts == (1, 0, 0, 1, 0)


async def test_facts_that_go_back_and_forth_end_as_the_newest_edition_has_them(store: Store, situation: str) -> None:
    dates = ["2024-01-10", "2024-01-09", "2024-01-10", "2024-01-08"]
    for number, date in enumerate(dates):
        row = ROW | {"event_date": date, "timestamp": stamp(f"2024-02-0{number + 1}")}
        await take(store, situation, csv_of(row))
    standing = {
        format_time(file.row.event.occurred_at, Precision.DAY, "Europe/Berlin")
        for file in await files(store, situation)
        if file.row.weight.standing is Standing.REPORTED
    }
    assert standing == {"8 Jan 2024"}


async def test_two_editions_in_one_file(store: Store, situation: str) -> None:
    newer = ROW | {"event_date": "2024-01-09", "timestamp": stamp("2024-02-01")}
    for _ in range(2):
        await take(store, situation, csv_of(ROW, newer, ROW))
    found = await files(store, situation)
    assert [file.row.weight.standing for file in found] == [Standing.REPORTED, Standing.RETRACTED]


async def test_a_deleted_row_is_taken_back_and_may_come_again(store: Store, situation: str) -> None:
    await take(store, situation, csv_of(ROW))
    deleted = csv_of({"event_id_cnty": "XXX1", "deleted_timestamp": stamp("2024-02-01")})
    assert (await take(store, situation, deleted)).counts == (1, 0, 1, 0, 0)
    (file,) = await files(store, situation)
    assert file.row.weight.standing is Standing.RETRACTED
    (before,) = await files(store, situation, known_at=parse_time("2024-01-20")[0])
    assert before.row.weight.standing is Standing.REPORTED
    assert (await take(store, situation, deleted)).counts == (1, 0, 0, 1, 0)
    assert (await take(store, situation, csv_of(ROW))).counts == (1, 0, 0, 1, 0), "older than the deletion"
    again = ROW | {"timestamp": stamp("2024-03-01")}
    assert (await take(store, situation, csv_of(again))).counts == (1, 0, 1, 0, 0)
    (file,) = await files(store, situation)
    assert file.row.weight.standing is Standing.REPORTED
    unknown = csv_of({"event_id_cnty": "XXX9", "deleted_timestamp": stamp("2024-02-01")})
    assert (await take(store, situation, unknown)).counts == (1, 0, 0, 1, 0)


async def test_what_was_undone_can_be_imported_again(store: Store, situation: str) -> None:
    await take(store, situation, csv_of(ROW))
    await store.undo(situation)
    assert await files(store, situation) == []
    assert (await take(store, situation, csv_of(ROW))).counts == (1, 1, 0, 0, 0)
    newer = csv_of(ROW | {"notes": "The Reds took it; 3 died.", "timestamp": stamp("2024-02-01")})
    deleted = csv_of({"event_id_cnty": "XXX1", "deleted_timestamp": stamp("2024-03-01")})
    for edition, stance in ((newer, Stance.CORRECTS), (deleted, Stance.RETRACTS)):
        for _ in range(2):
            (before,) = await files(store, situation)
            assert (await take(store, situation, edition)).counts == (1, 0, 1, 0, 0)
            (file,) = await files(store, situation)
            assert [claim.stance for claim in file.claims] == [*(one.stance for one in before.claims), stance]
            await store.undo(situation)
        await take(store, situation, edition)


@pytest.mark.parametrize(
    ("change", "column", "reason"),
    [
        ({"event_id_cnty": ""}, "event_id_cnty", "is missing"),
        ({"event_date": "0025-01-10", "year": "25"}, "event_date", "is before 1990"),
        ({"event_date": "2024-02-30"}, "event_date", "not a time"),
        ({"event_date": "2024"}, "event_date", "not a"),
        ({"event_date": "2027-01-10", "year": "2027"}, "event_date", "in the future"),
        ({"year": "2023"}, "event_date", "is not in 2023"),
        ({"time_precision": "4"}, "time_precision", "1 to 3"),
        ({"geo_precision": "x"}, "geo_precision", "1 to 3"),
        ({"sub_event_type": "Armed clashh"}, "sub_event_type", "nearest: "),
        ({"inter1": "17"}, "inter1", "1 to 8"),
        ({"location": "Nort Town", "latitude": "51.2"}, "location", "nearest: North Town"),
        ({"latitude": "95"}, "latitude", "between"),
        ({"latitude": "0"}, "location", "km from there"),
        ({"actor1": "Redd Side"}, "actor1", "nearest: Red Side"),
        ({"timestamp": "soon"}, "timestamp", "seconds"),
        ({"timestamp": "9999999999"}, "timestamp", "in the future"),
    ],
)
async def test_a_row_that_is_wrong(
    store: Store, situation: str, change: dict[str, str], column: str, reason: str
) -> None:
    outcome = await take(store, situation, csv_of(ROW | change, ROW | {"event_id_cnty": "XXX2"}))
    assert outcome.counts == (2, 1, 0, 0, 1)
    (refused,) = outcome.refused
    assert (refused.row, refused.column) == (2, column)
    assert reason in refused.reason


async def test_names_are_made_on_request_with_what_the_row_says_of_them(store: Store, situation: str) -> None:
    east = {"location": "East Town", "latitude": "50.2", "longitude": "11.5", "admin1": "The East"}
    rows = [
        ROW | east | {"actor1": "Green Side (2020-)"},
        ROW | east | {"event_id_cnty": "XXX2"},
        ROW | east | {"event_id_cnty": "XXX3", "latitude": "49.0", "admin1": "The South"},
        ROW | east | {"event_id_cnty": "XXX4", "event_date": "bad", "location": "Never Town"},
    ]
    outcome = await take(store, situation, csv_of(*rows), create=True)
    assert outcome.counts == (4, 3, 0, 0, 1)
    catalog = await store.catalog(situation)
    made = catalog.place("East Town")
    assert (made.longitude, made.latitude, made.admin1) == (11.5, 50.2, "The East")
    assert {place.name for place in catalog.places.values()} & {"Never Town"} == set()
    assert [place.id for place in catalog.places.values() if place.name == "East Town"] == [
        "east-town",
        "east-town-the-south",
    ]
    assert catalog.actor("Green Side (2020-)").kind == "unknown"
    assert (await take(store, situation, csv_of(*rows), create=True)).counts == (4, 0, 0, 3, 1)


async def test_a_place_is_known_by_its_coordinates_and_an_actor_without_its_years(store: Store, situation: str) -> None:
    row = ROW | {"location": "Nrth Twn", "latitude": "51.005", "actor2": "Blue Side (1990-2030)"}
    await take(store, situation, csv_of(row))
    (file,) = await files(store, situation)
    assert (file.row.event.place, file.row.event.against) == ("north", "blue")


async def test_what_the_user_says_that_a_name_means(store: Store, situation: str) -> None:
    aliases = {"actor": {"Crimson Front": "red"}, "place": {"Northville": "North Town"}}
    row = ROW | {"actor1": "CRIMSON FRONT", "location": "Northville", "latitude": "1"}
    assert (await take(store, situation, csv_of(row), aliases=aliases)).counts == (1, 1, 0, 0, 0)


@pytest.mark.parametrize("shape", ["list", "data"])
async def test_json_says_the_same_as_csv(store: Store, situation: str, shape: str) -> None:
    await take(store, situation, csv_of(ROW))
    row = ROW | {"latitude": 51.0, "year": 2024, "timestamp": 1705000000}
    document = [row] if shape == "list" else {"status": 200, "success": True, "data": [row], "count": 1}
    assert (await take(store, situation, json.dumps(document).encode())).counts == (1, 0, 0, 1, 0)


async def test_a_dry_run_writes_nothing_and_counts_the_same(store: Store, situation: str) -> None:
    rows = csv_of(ROW, ROW | {"event_id_cnty": "XXX2", "location": "East Town", "latitude": "50.2"}, ROW)
    before = await store.info()
    dry = await take(store, situation, rows, create=True, dry_run=True)
    assert (await store.info()).counts == before.counts
    wet = await take(store, situation, rows, create=True)
    assert dry.counts == wet.counts == (3, 2, 0, 1, 0)
    assert dry.imported.made == wet.imported.made
    assert [event.place for event in dry.imported.sample] == ["north", "east-town"]


@pytest.mark.skipif(not DATA.exists(), reason="the samples are not beside the repository")
async def test_the_sample(store: Store, situation: str) -> None:
    data = (DATA / "acled_layout" / "acled_layout_handmade.csv").read_bytes()
    outcome = await take(store, situation, b"\xef\xbb\xbf" + data, create=True)
    assert outcome.counts == (5, 5, 0, 0, 0)
    kinds = {file.row.event.summary[:60]: file.row.event.kind for file in await files(store, situation)}
    assert sorted(kinds.values()) == ["air-strike", "capture", "clash", "contested", "transfer"]


async def test_the_store_tells_what_was_ever_written(store: Store, situation: str) -> None:
    await take(store, situation, csv_of(ROW))
    (file,) = await files(store, situation)
    id_ = file.row.event.id
    found = await store.evidence(situation, [id_, "00000000-0000-7000-8000-000000000000"])
    assert [(one, said.claims if said else None) for one, said in found.items()] == [(id_, file.claims)]
    await store.undo(situation)
    assert dict(await store.evidence(situation, [id_])) == {id_: None}
