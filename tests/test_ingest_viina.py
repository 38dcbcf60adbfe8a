"""VIINA: days made intervals, each source of the consensus heard by itself; and its events."""

import gzip
from typing import Any

import pytest

from ingest.importers.absent import Whole, find_absent
from model.entities import Actor, Place, Stance, Standing
from model.times import format_time, parse_time
from store.base import Draft, Store
from tests.importing_world import DATA, NOW, csv_of, files, take


@pytest.fixture
async def ukraine(store: Store, situation: str) -> str:
    places = (
        Place("one", "Sample One", geonameid=706448, longitude=32.6, latitude=46.6),
        Place("two", "Sample Two", geonameid=701404, longitude=33.4, latitude=46.8),
    )
    await store.write(situation, Draft("add", places=places, actors=(Actor("ru", "Russia"), Actor("ua", "Ukraine"))))
    return situation


def days(place: int, statuses: str, *, since: int = 20221110, **others: str) -> list[dict[str, Any]]:
    names = {"R": "RU", "U": "UA", "C": "CONTESTED", "-": ""}
    return [
        {"geonameid": place, "date": since + number, "status": names[letter]}
        | {column: names[said[number]] for column, said in others.items()}
        for number, letter in enumerate(statuses)
    ]


async def told(store: Store, situation: str) -> list[tuple[str, str, str | None, str | None]]:
    return [
        (format_time(event.occurred_at, event.precision, "Europe/Berlin"), event.kind, event.actor, event.against)
        for event in (file.row.event for file in await files(store, situation))
        if event.place == "one"
    ]


async def test_days_become_intervals(store: Store, ukraine: str) -> None:
    outcome = await take(store, ukraine, csv_of(*days(706448, "RRRU-UCCRR")))
    assert outcome.counts == (10, 4, 0, 0, 0)
    assert outcome.imported.passed == 6
    assert await told(store, ukraine) == [
        ("10 Nov 2022", "still-held", "ru", None),
        ("13 Nov 2022", "capture", "ua", "ru"),
        ("16 Nov 2022", "contested", "ru", "ua"),
        ("18 Nov 2022", "capture", "ru", "ua"),
    ]
    history = await store.history(ukraine, "one")
    assert [(state.status.value, state.actor) for state in history if state.since] == [
        ("held", "ru"),
        ("held", "ua"),
        ("contested", "ru"),
        ("held", "ru"),
    ]


async def test_longer_and_revised_editions(store: Store, ukraine: str) -> None:
    await take(store, ukraine, csv_of(*days(706448, "RRU")))
    longer = csv_of(*days(706448, "RRUUC"))
    assert (await take(store, ukraine, longer)).counts == (5, 1, 0, 2, 0)
    assert (await take(store, ukraine, longer)).counts == (5, 0, 0, 3, 0)
    revised = csv_of(*days(706448, "RRRUU"))
    published = parse_time("2023-02-01")[0]
    assert (await take(store, ukraine, revised, published=published)).counts == (5, 0, 2, 1, 0)
    standing = {
        (file.row.event.kind, format_time(file.row.event.occurred_at, file.row.event.precision, "Europe/Berlin"))
        for file in await files(store, ukraine)
        if file.row.weight.standing is not Standing.RETRACTED
    }
    assert standing == {("still-held", "10 Nov 2022"), ("capture", "13 Nov 2022")}
    assert (await take(store, ukraine, revised)).counts == (5, 0, 0, 2, 0)
    assert (await take(store, ukraine, csv_of(*days(706448, "RR")))).counts == (2, 0, 0, 1, 0), "shorter, not otherwise"


async def test_each_source_is_heard_from_the_day_on_which_it_says_so(store: Store, ukraine: str) -> None:
    rows = days(706448, "RUU", status_wiki="RUU", status_isw="RCU", status_dsm="-RR")
    await take(store, ukraine, csv_of(*rows))
    capture = next(file for file in await files(store, ukraine) if file.row.event.kind == "capture")
    claims = sorted(capture.claims, key=lambda claim: claim.reported_at)
    said = {(claim.source, claim.stance, claim.quote) for claim in claims}
    assert said == {
        ("viina-wikipedia", Stance.ASSERTS, ""),
        ("viina-deepstate", Stance.DENIES, "has it as RU"),
        ("viina-isw", Stance.DENIES, "has it as CONTESTED"),
        ("viina-isw", Stance.CONFIRMS, ""),
    }
    assert claims[-1].reported_at == parse_time("2022-11-12", "Europe/Berlin")[0]
    assert (capture.row.weight.n_for, capture.row.weight.n_against) == (2, 1)


async def test_rows_by_date_and_by_place_say_the_same(store: Store, ukraine: str) -> None:
    rows = days(706448, "RRU") + days(701404, "UUC")
    await take(store, ukraine, csv_of(*rows))
    by_date = sorted(rows, key=lambda row: str(row["date"]))
    assert (await take(store, ukraine, csv_of(*by_date))).counts == (6, 0, 0, 4, 0)


async def test_the_wide_layout_says_the_same(store: Store, ukraine: str) -> None:
    wide = {"geonameid": 706448, "name": "Sample One", "longitude": 32.6, "latitude": 46.6}
    wide |= {"ctr_20221110000000": "RU", "ctr_20221111000000": "RU", "ctr_20221112120000": "UA"}
    assert (await take(store, ukraine, csv_of(wide))).counts[1] == 2
    assert (await take(store, ukraine, csv_of(*days(706448, "RRU")))).counts == (3, 0, 0, 2, 0)


async def test_places_that_the_situation_lacks_are_refused_once(store: Store, ukraine: str) -> None:
    outcome = await take(store, ukraine, csv_of(*days(99, "RRU"), *days(706448, "R")))
    assert outcome.counts == (4, 1, 0, 0, 1)
    assert "GeoNames" in outcome.refused[0].reason


@pytest.mark.parametrize(
    ("change", "column"),
    [({"date": "00251110"}, "date"), ({"status": "XX"}, "status"), ({"geonameid": "a"}, "geonameid")],
)
async def test_a_row_that_is_wrong(store: Store, ukraine: str, change: dict[str, str], column: str) -> None:
    good = days(706448, "RR")
    outcome = await take(store, ukraine, csv_of(good[0], good[1] | change, *days(701404, "U")))
    assert (outcome.imported.new, [one.column for one in outcome.refused]) == (2, [column])


@pytest.mark.skipif(not DATA.exists(), reason="the samples are not beside the repository")
async def test_the_samples(store: Store, ukraine: str) -> None:
    control = (DATA / "viina_layout" / "control_layout_handmade.csv").read_bytes()
    assert (await take(store, ukraine, control)).counts == (4, 3, 0, 0, 0)
    for year, count in ((2024, 543), (2025, 325)):
        data = (DATA / "viina_derived" / f"VIINA_{year}_REBUILD.csv.gz").read_bytes()
        outcome = await take(store, ukraine, data, create=True)
        assert outcome.counts == (count, count, 0, 0, 0)
        assert (await take(store, ukraine, gzip.decompress(data), create=True)).counts == (count, 0, 0, count, 0)


async def test_events_by_layout(store: Store, ukraine: str) -> None:
    where = {"geonameid": "706448.0", "asciiname": "Sample One", "longitude": "32.6", "latitude": "46.6"}
    labelled = {"event_id_1pd": 7, "date": 20230102, "n_reports": 2, "sources": "aa;bb", **where}
    labelled |= {"t_artillery_b": 1, "t_control_b": 1, "a_rus_init_b": 1, "a_ukr_b": 1, "text": "Sample text."}
    report = {"event_id": 8, "event_id_1pd": 7, "date": 20230102, "time": "14:30", "source": "aa", **where}
    report |= {"url": "https://example.org/1", "text": "Another text.", "GEO_PRECISION": "ADM1"}
    assert (await take(store, ukraine, csv_of(labelled))).counts == (1, 1, 0, 0, 0)
    assert (await take(store, ukraine, csv_of(report))).counts == (1, 1, 0, 0, 0)
    one, other = sorted(await files(store, ukraine), key=lambda file: file.row.event.kind, reverse=True)
    assert (one.row.event.kind, one.row.event.place, one.row.event.actor) == ("shelling", "one", "ru")
    assert (one.claims[0].credibility, one.claims[0].attribution) == (4, "aa; bb")
    assert (other.row.event.kind, other.row.event.place, other.claims[0].url) == (
        "other",
        None,
        "https://example.org/1",
    )
    assert other.claims[0].reported_at == parse_time("2023-01-02T14:30", "Europe/Berlin")[0]


async def test_each_of_the_two_tables_is_whole_by_itself_and_counts_as_one_source_with_the_other(
    store: Store, ukraine: str
) -> None:
    where = {"geonameid": "706448", "asciiname": "Sample One", "longitude": "32.6", "latitude": "46.6"}
    reports = [
        {"event_id": n, "event_id_1pd": n, "date": 20230100 + n, "text": f"Text {n}.", **where} for n in range(1, 9)
    ]
    events = [{name: cell for name, cell in one.items() if name != "event_id"} for one in reports]
    await take(store, ukraine, csv_of(*reports))
    await take(store, ukraine, csv_of(*events))
    whole = Whole()
    refused = {**reports[4], "longitude": "west"}
    await take(store, ukraine, csv_of(*reports[:3], refused, *reports[5:]), whole=whole)
    catalog = await store.catalog(ukraine)
    assert catalog.sources["viina-reports"].copies == "viina"
    absent = await find_absent(store, catalog, whole, seen_at=NOW)
    assert (absent.events, absent.covered, absent.sample[0].summary) == (1, 8, "Text 4.")
