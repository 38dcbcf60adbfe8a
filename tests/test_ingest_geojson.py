"""GeoJSON: points are places, polygons say who holds what is inside; what is not GeoJSON is refused by feature."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.importers.geometry import complaint_of, geometry_complaint, is_inside
from model.entities import Actor, Place, Standing
from model.errors import InputRefused
from model.times import Precision, format_time
from store.base import Draft, Store
from tests.importing_world import DATA, files, take

needs_data = pytest.mark.skipif(not DATA.exists(), reason="the samples are not beside the repository")


def box(west: float, south: float, east: float, north: float) -> list[list[list[float]]]:
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


def feature(geometry: dict[str, Any] | None, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def polygon(*corners: float, **properties: Any) -> dict[str, Any]:
    return feature({"type": "Polygon", "coordinates": box(*corners)}, **properties)


def collection(*features: dict[str, Any], **members: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", **members, "features": list(features)}).encode()


async def test_places_inside_are_held_and_then_captured(store: Store, situation: str) -> None:
    first = collection(polygon(9, 50.2, 11, 52, actor="Red Side"), name="control_20240101")
    assert (await take(store, situation, first)).counts == (2, 2, 0, 0, 0)
    second = collection(polygon(9, 50.7, 11, 52, actor="Blue Side"), name="control_20240105")
    assert (await take(store, situation, second)).counts == (1, 1, 0, 0, 0)
    told = {
        (format_time(event.occurred_at, event.precision, "UTC"), event.place, event.kind, event.actor, event.against)
        for event in (file.row.event for file in await files(store, situation))
    }
    assert {(kind, place, actor, against) for _, place, kind, actor, against in told} == {
        ("still-held", "north", "red", None),
        ("still-held", "middle", "red", None),
        ("capture", "north", "blue", "red"),
    }
    states = {state.place: state.actor for state in await store.control(situation)}
    assert (states["north"], states["middle"], states["south"]) == ("blue", "red", None)
    assert (await take(store, situation, second)).counts == (1, 0, 0, 1, 0)


async def test_what_lies_outside_again_goes_back_to_the_other_side(store: Store, situation: str) -> None:
    await take(store, situation, collection(polygon(9, 49, 11, 52)), published=1_704_067_200_000_000, actor="Red Side")
    smaller = collection(polygon(9, 50.7, 11, 52))
    outcome = await take(store, situation, smaller, name="map-2024-02-01.geojson", actor="red", against="blue")
    assert outcome.imported.new == 4
    states = {state.place: state.actor for state in await store.control(situation)}
    assert states == {"north": "red", "middle": "blue", "south": "blue", "airfield": "blue"}


async def test_who_and_when_must_be_said(store: Store, situation: str) -> None:
    outcome = await take(store, situation, collection(polygon(9, 49, 11, 52), name="x_20240101"))
    assert [one.column for one in outcome.refused] == ["actor"]
    outcome = await take(store, situation, collection(polygon(9, 49, 11, 52, actor="red")))
    assert "--published" in outcome.refused[0].reason


async def test_contested_polygons_and_labels(store: Store, situation: str) -> None:
    grey = polygon(9, 50.7, 11, 52, name="Сіра зона /// Unknown status")
    red = polygon(9, 49.9, 11, 50.2, name="Окуповано /// Occupied")
    aliases = {"actor": {"Occupied": "red"}}
    await take(store, situation, collection(grey, red, name="x_20240101"), aliases=aliases)
    states = {state.place: (state.status.value, state.actor) for state in await store.control(situation)}
    assert (states["north"], states["south"]) == (("contested", None), ("held", "red"))


async def test_what_is_claimed_or_advanced_into_is_not_held(store: Store, situation: str) -> None:
    claimed = polygon(9, 50.7, 11, 52, name="Claimed control over territory")
    advance = polygon(9, 49.9, 10.05, 50.2, name="Assessed advance", actor="Blue Side")
    outcome = await take(store, situation, collection(claimed, advance, name="x_20240101"), actor="Blue Side")
    assert outcome.refused == []
    states = {state.place: (state.status.value, state.actor) for state in await store.control(situation)}
    assert (states["north"], states["south"]) == (("claimed", "blue"), ("contested", "blue"))
    (north,) = [file for file in await files(store, situation) if file.row.event.place == "north"]
    assert (north.claims[0].source, north.claims[0].attribution) == ("blue-ministry", "Control map")
    outcome = await take(store, situation, collection(claimed, name="x_20240102"), actor="Green", create=True)
    assert "needs a source that speaks for it" in outcome.refused[0].reason


async def test_a_maps_own_answer(store: Store, situation: str) -> None:
    """DeepStateMap's: the collection under "map", names in several languages, and units as points."""
    held = polygon(9, 50.7, 11, 52, name="Окуповано /// Occupied /// geoJSON.status.occupied")
    freed = polygon(9, 49.9, 10.05, 50.2, name="Звільнено /// Liberated /// geoJSON.status.liberated")
    grey = polygon(9, 50.4, 11, 50.6, name="Невідомо /// Unknown status /// geoJSON.status.unknown")
    unit = feature({"type": "Point", "coordinates": [10, 51, 0]}, name="Some Brigade")
    answer = {"id": 1, "map": json.loads(collection(held, freed, grey, unit)), "datetime": "x"}
    data = json.dumps(answer).encode()
    options: dict[str, Any] = {"published": 1_704_067_200_000_000, "name": "deepstate.json"}
    outcome = await take(store, situation, data, actor="red", **options)
    assert (outcome.imported.new, outcome.imported.passed) == (2, 1)
    assert "--against" in outcome.refused[0].reason
    await take(store, situation, data, actor="red", against="blue", **options)
    states = {state.place: (state.status.value, state.actor) for state in await store.control(situation)}
    assert (states["north"], states["middle"]) == (("held", "red"), ("contested", None))
    assert (states["south"], states["airfield"]) == (("held", "blue"), ("unknown", None))
    assert (await files(store, situation))[0].claims[0].source == "deepstatemap"


async def test_areas_with_p_codes_are_places_and_no_control(store: Store, situation: str) -> None:
    area = polygon(9, 49, 11, 52, ADM1_EN="The Hills", ADM1_PCODE="YY01", ADM0_EN="Sampleland", Shape_Area=1.5)
    assert (await take(store, situation, collection(area, name="x_20240101"), actor="red")).imported.new == 1
    place = (await store.catalog(situation)).place("The Hills")
    assert (place.kind, place.pcode, place.longitude) == ("province", "YY01", None)
    assert await files(store, situation) == []


async def test_points_are_places(store: Store, situation: str) -> None:
    where = {"type": "Point", "coordinates": [11.5, 50.2, 300]}
    east = feature(where, name="East Town", name_de="Oststadt", pcode="XX9")
    nameless = feature({"type": "Point", "coordinates": [1, 2]})
    line = feature({"type": "LineString", "coordinates": [[1, 2], [3, 4]]}, name="a road")
    outcome = await take(store, situation, collection(east, nameless, line, feature(None)))
    assert (outcome.imported.new, outcome.imported.passed, len(outcome.refused)) == (1, 2, 1)
    made = (await store.catalog(situation)).place("oststadt")
    assert (made.id, made.longitude, made.latitude, made.pcode) == ("east-town", 11.5, 50.2, "XX9")


async def test_a_feature_that_is_wrong_is_refused_by_line_and_the_rest_goes_in(store: Store, situation: str) -> None:
    good = json.dumps(feature({"type": "Point", "coordinates": [11.5, 50.2]}, name="East Town"))
    text = f'{{"type": "FeatureCollection", "features": [\n{{"type": "Feature"}},\n{good},\n7]}}'
    outcome = await take(store, situation, text.encode())
    assert (outcome.imported.new, [one.row for one in outcome.refused]) == (1, [2, 4])
    cut = text[: text.index("7]")].encode()
    outcome = await take(store, situation, cut)
    assert outcome.imported.unchanged == 1
    assert "not JSON" in outcome.refused[-1].reason


MEMBERS = ["type", "coordinates", "geometry", "properties", "bbox", "geometries"]
TYPES = ["Point", "Polygon", "Feature", "GeometryCollection"]


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.sampled_from(TYPES),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(MEMBERS), inner),
        max_leaves=12,
    )
)
def test_whatever_it_is_the_answer_is_a_sentence_or_none(value: Any) -> None:
    assert isinstance(complaint_of(value), str)
    assert isinstance(geometry_complaint(value), str)


@given(st.floats(-5, 5), st.floats(-5, 5))
def test_inside_a_box_with_a_hole(x: float, y: float) -> None:
    if {abs(x), abs(y)} & {1.0, 2.0}:
        return
    rings = box(-2, -2, 2, 2) + box(-1, -1, 1, 1)
    assert is_inside(x, y, rings) == (max(abs(x), abs(y)) < 2 and not max(abs(x), abs(y)) < 1)


LET_PASS = {
    "bad-feature-with-number-id": "RFC 7946 lets an id be a number",
    "excessive_precision_truncated": "digits are no mistake, as its own list of complaints, which is empty, says",
    "point-toomany": "a remark: RFC 7946 has readers pass over further elements",
    "polygon_winding_order": "a remark: RFC 7946 has readers take both orders",
}


REFUSED = {"issue82": "has a latitude of -107 degrees, which is nowhere on the earth"}


@needs_data
async def test_every_case_of_geojsonhint(store: Store, situation: str) -> None:
    folder = DATA / "geojsonhint_cases"
    seen = 0
    for path in sorted(folder.rglob("*.geojson")):
        expected = path.with_suffix(".result")
        complaints = json.loads(expected.read_text()) if expected.exists() else []
        wanted = path.stem in REFUSED or (bool(complaints) and path.stem not in LET_PASS)
        try:
            outcome = await take(store, situation, path.read_bytes(), form="geojson", actor="red", published=0)
            reasons = [one.reason for one in outcome.refused if "no name" not in one.reason]
        except InputRefused as error:
            reasons = [str(error)]
        assert bool(reasons) is wanted, (path.name, reasons, complaints)
        seen += 1
    assert seen == len(list(folder.rglob("*.geojson"))) > 10


@needs_data
@pytest.mark.parametrize("path", sorted((DATA / "geojson_fixtures").rglob("*.geojson")), ids=lambda path: path.stem)
async def test_every_type_of_geometry_is_read(store: Store, situation: str, path: Path) -> None:
    outcome = await take(store, situation, path.read_bytes(), actor="red", published=0)
    assert [one.reason for one in outcome.refused if "no name" not in one.reason] == []


@needs_data
async def test_deepstate_over_a_year(store: Store, situation: str) -> None:
    places = (
        Place("donetsk", "Donetsk", longitude=37.80224, latitude=48.023),
        Place("vuhledar", "Vuhledar", longitude=37.2497, latitude=47.7806),
        Place("kyiv", "Kyiv", longitude=30.5238, latitude=50.45466),
    )
    await store.write(situation, Draft("add", places=places, actors=(Actor("ru", "Russia"), Actor("ua", "Ukraine"))))
    for path in sorted((DATA / "deepstate_control").glob("*.geojson.gz")):
        data = path.read_bytes()
        outcome = await take(store, situation, data, name=path.name, actor="Russia", against="Ukraine")
        assert outcome.refused == []
        plain = await take(store, situation, gzip.decompress(data), name="-", actor="Russia", against="Ukraine")
        assert (plain.imported.new, plain.imported.updated) == (0, 0), "the date is in the file, too"
    states = {state.place: (state.actor, state.since) for state in await store.control(situation)}
    assert states["donetsk"][0] == "ru"
    assert states["kyiv"] == (None, None)
    assert states["vuhledar"][0] == "ru"
    since = format_time(states["vuhledar"][1] or 0, Precision.DAY, "Europe/Berlin")
    assert since == "1 Nov 2024", "it fell on 1 October, between two of the snapshots"
    assert {file.row.weight.standing for file in await files(store, situation)} == {Standing.REPORTED}
