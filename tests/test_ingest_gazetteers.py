"""Gazetteers: their places become the situation's, and what it has already is filled in, not overwritten."""

import pytest

from store.base import Store
from tests.importing_world import DATA, csv_of, take

NORTH = "1\tNorth Town\tNorth Town\tNorthville,Nordburg,https://example.org/x\t51.01\t10.01\tP\tPPLA\tXX\t\t01\t\t\t\t5000\t\t1\tUTC\t2024-01-01\n"
EAST = "2\tÖst Town\tOst Town\t\t50.2\t11.5\tP\tPPL\tXX\t\t01\t\t\t\t0\t\t1\tUTC\t2024-01-01\n"
HILL = "3\tA Hill\tA Hill\t\t50.2\t11.5\tT\tHLL\tXX\t\t01\t\t\t\t0\t\t1\tUTC\t2024-01-01\n"


async def test_geonames_fills_in_and_adds(store: Store, situation: str) -> None:
    data = (NORTH + EAST + HILL).encode()
    outcome = await take(store, situation, data)
    assert (outcome.counts, outcome.imported.passed) == ((3, 1, 1, 0, 0), 1)
    assert [place.id for place in outcome.imported.places] == ["north", "ost-town"], "what a dry run shows"
    catalog = await store.catalog(situation)
    north = catalog.places["north"]
    assert (north.name, north.kind, north.longitude, north.pcode) == ("North Town", "town", 10.0, "XX01"), "its own"
    assert (north.geonameid, north.population) == (1, 5000), "filled in"
    assert [name.text for name in north.names] == ["Nordstadt", "Northville", "Nordburg"]
    assert catalog.place("Ost Town").id == catalog.place("2").id == "ost-town"
    assert (await take(store, situation, data)).counts == (3, 0, 0, 2, 0)


async def test_geonames_with_a_header(store: Store, situation: str) -> None:
    header = "geonameid\tname\tasciiname\talternatenames\tlatitude\tlongitude\tfeature_code\tpopulation\n"
    row = "2\tÖst Town\tOst Town\tEastville\t50.2\t11.5\tPPLA2\t10\n"
    assert (await take(store, situation, (header + row).encode())).counts == (1, 1, 0, 0, 0)
    assert (await store.catalog(situation)).place("eastville").kind == "district-centre"


async def test_homonyms_are_two_places(store: Store, situation: str) -> None:
    other = EAST.replace("2\t", "4\t", 1).replace("50.2", "45.0")
    await take(store, situation, (EAST + other).encode())
    catalog = await store.catalog(situation)
    assert catalog.place("2").id != catalog.place("4").id


@pytest.mark.parametrize(("wrong", "column"), [("50.2", "latitude"), ("2\t", "geonameid"), ("Öst Town", "name")])
async def test_a_row_that_is_wrong(store: Store, situation: str, wrong: str, column: str) -> None:
    bad = EAST.replace(wrong, "" if wrong == "Öst Town" else "x" + wrong[1:], 1)
    outcome = await take(store, situation, (NORTH + bad).encode(), form="geonames")
    assert [one.column for one in outcome.refused] == [column]
    assert outcome.imported.updated == 1


@pytest.mark.parametrize(
    "columns",
    [
        "admin1Name_en,admin1Pcode,admin2Name_en,admin2AltName1_en,admin2Pcode,x,y",
        "adm1_name,adm1_pcode,adm2_name,adm2_name1,adm2_pcode,center_lat,center_lon",
    ],
)
async def test_pcodes_of_older_and_newer_tables(store: Store, situation: str, columns: str) -> None:
    row = "The North,XX01,Hill District,Hills,XX0101,50.5,10.5"
    assert (await take(store, situation, f"{columns}\n{row}\n".encode())).counts == (1, 1, 0, 0, 0)
    (place,) = [one for one in (await store.catalog(situation)).places.values() if one.pcode == "XX0101"]
    assert (place.name, place.admin1, [name.text for name in place.names]) == ("Hill District", "The North", ["Hills"])
    assert place.latitude == (50.5 if "center_lat" in columns else None)


async def test_a_table_of_events_with_pcodes_and_tags_is_none_of_areas(store: Store, situation: str) -> None:
    table = "adm1_pcode,When,What\n#adm1+code,#date+occurred,#event+type\nXX01,2024-01-10,clash\n"
    assert (await take(store, situation, table.encode())).imported.sample[0].kind == "clash"


async def test_pcodes(store: Store, situation: str) -> None:
    rows = [
        {"ADM0_EN": "#country", "ADM1_EN": "#adm1", "ADM1_PCODE": "#adm1+code", "ADM2_EN": "", "ADM2_PCODE": ""},
        {"ADM1_EN": "The North", "ADM1_FA": "شمال", "ADM1_PCODE": "XX01"},
        {"ADM1_EN": "The North", "ADM1_PCODE": "XX01", "ADM2_EN": "Hill District", "ADM2_PCODE": "XX0101"},
        {"ADM1_EN": "The North", "ADM1_PCODE": "?"},
    ]
    outcome = await take(store, situation, csv_of(*rows))
    assert (outcome.counts, outcome.imported.passed) == ((4, 1, 1, 0, 1), 1)
    catalog = await store.catalog(situation)
    assert catalog.place("شمال").id == "north", "whose P-code is its province's"
    hill = catalog.place("XX0101")
    assert (hill.name, hill.kind, hill.admin1) == ("Hill District", "district", "The North")
    assert (await take(store, situation, csv_of(*rows))).counts == (4, 0, 0, 2, 1)


@pytest.mark.skipif(not DATA.exists(), reason="the samples are not beside the repository")
async def test_the_sample(store: Store, situation: str) -> None:
    data = (DATA / "geography" / "geonames_AF_cities500.tsv").read_bytes()
    outcome = await take(store, situation, data)
    assert outcome.imported.refused == 0
    assert outcome.imported.new == data.count(b"\n") - 1 - outcome.imported.passed
    again = await take(store, situation, data)
    assert (again.imported.new, again.imported.updated, again.imported.unchanged) == (0, 0, outcome.imported.new)
    assert (await store.catalog(situation)).place("Herat").geonameid == 1140026
