"""Exports: what the files hold, that other programs read them, and that nothing in them runs."""

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.files import write_csv, write_json, write_jsonl
from export.geojson import events_geojson, places_geojson
from export.view import (
    CONTROL_COLUMNS,
    EVENT_COLUMNS,
    NATIVE_COLUMNS,
    PLACE_COLUMNS,
    PlaceLine,
    Record,
    View,
    control_record,
    event_record,
    native_records,
    place_record,
)
from model.catalog import Catalog
from model.entities import Claim, ControlState, Event, MarkKind, Stance, Standing, Status, Weight
from model.grades import Grade
from model.ids import new_id
from model.native import VIEW_COLUMNS, Line, read_native
from model.query import Clocks, Cursor, EventRow
from model.rows import read_rows
from model.standing import Evidence
from model.text import clean_text
from model.times import Precision, end_of, parse_time

ZONE = "Europe/Berlin"
READ_AT = parse_time("2021-09-01T10:00", ZONE)[0]


def claim(event: str, source: str, stance: Stance, url: str = "") -> Claim:
    return Claim(new_id(), event, source, stance, parse_time("2021-08-12T18:40Z")[0], quote="=taken", url=url)


@pytest.fixture
def event() -> Event:
    begin, precision = parse_time("2021-08-12", ZONE)
    return Event(new_id(), "capture", begin, precision, "-2 brigades left, then taken", "middle", "red", "blue")


@pytest.fixture
def view(catalog: Catalog) -> View:
    return View(catalog, Clocks(as_of=end_of(*parse_time("2021-08-12", ZONE), ZONE)), READ_AT, "place:middle")


@pytest.fixture
def line(catalog: Catalog, event: Event) -> PlaceLine:
    state = ControlState(
        "middle",
        Status.HELD,
        "red",
        disputed=True,
        since=event.occurred_at,
        n_for=2,
        n_against=1,
        grade=Grade("B", 2),
        event_ids=(event.id,),
    )
    claims = (
        claim(event.id, "blue-ministry", Stance.DENIES, "https://ministry.example/no"),
        claim(event.id, "wire", Stance.ASSERTS),
        claim(event.id, "gazette", Stance.CONFIRMS, "https://gazette.example/1"),
        claim(event.id, "wire", Stance.CONFIRMS),
    )
    return PlaceLine(catalog.places["middle"], state, claims)


def row_of(event: Event) -> EventRow:
    weight = Weight(Standing.DISPUTED, 2, 1, Grade("B", 2), source_ids=("wire", "gazette"))
    return EventRow(event, Cursor(0, 1), weight, starred=True, tags=("airport",), verdict=MarkKind.DISPUTED, notes=2)


def test_records_have_the_keys_that_are_promised_in_their_order(line: PlaceLine, view: View, event: Event) -> None:
    assert tuple(place_record(line, view)) == PLACE_COLUMNS
    assert tuple(control_record(line, view)) == CONTROL_COLUMNS
    assert tuple(event_record(row_of(event), view)) == EVENT_COLUMNS


def test_a_place_says_since_when_as_precisely_as_it_is_known_and_under_which_clocks(
    line: PlaceLine, view: View
) -> None:
    record = place_record(line, view)
    assert record["since"] == "2021-08-12"
    assert str(record["as_of"]).startswith("2021-08-12T23:59")
    assert str(record["known_at"]).startswith("2021-09-01T10:00")


def test_the_control_file_names_the_claims_and_the_filter(line: PlaceLine, view: View) -> None:
    record = control_record(line, view)
    assert record["claim_ids"] == [one.id for one in line.claims]
    assert (record["best_grade"], record["filter"]) == ("B2", "place:middle")


def test_an_event_lists_its_sources_and_marks(event: Event, view: View) -> None:
    record = event_record(row_of(event), view)
    assert record["sources"] == ["wire", "gazette"]
    assert record["marks"] == ["star", "tag:airport", "disputed", "note"]
    assert (record["occurred_at"], record["precision"]) == ("2021-08-12", "day")


def test_geojson_says_its_clocks_and_puts_longitude_first(line: PlaceLine, view: View) -> None:
    collection = places_geojson([line], view)
    assert collection["type"] == "FeatureCollection"
    assert collection["filter"] == "place:middle"
    assert (collection["as_of"], collection["known_at"]) == (view.as_of, view.known_at)
    feature = collection["features"][0]
    assert feature["geometry"] == {"type": "Point", "coordinates": [10.0, 50.5]}
    assert feature["properties"]["sources"] == ["wire", "gazette"]
    assert feature["properties"]["url"] == "https://gazette.example/1"
    assert tuple(feature["properties"]) == (
        *("id", "name", "pcode", "kind", "status", "actor", "disputed", "grade"),
        *("since", "as_of", "known_at", "sources", "url"),
    )


def test_an_event_of_no_place_is_a_feature_without_geometry(view: View) -> None:
    nowhere = Event(new_id(), "other", READ_AT, Precision.DAY, "an offer to share power")
    feature = events_geojson([row_of(nowhere)], view)["features"][0]
    assert feature["geometry"] is None
    assert feature["id"] == nowhere.id


def test_json_and_json_lines_keep_every_script_readable() -> None:
    stream = io.StringIO()
    write_jsonl(stream, [{"name": "هرات"}, {"name": "a\nb"}])
    assert stream.getvalue().splitlines() == ['{"name": "هرات"}', r'{"name": "a\nb"}']
    stream = io.StringIO()
    write_json(stream, {"name": "هرات", "list": [1]})
    assert "هرات" in stream.getvalue()
    assert json.loads(stream.getvalue()) == {"name": "هرات", "list": [1]}


_CELLS: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(), st.lists(st.text(alphabet="ab", min_size=1))
)


@given(st.lists(st.fixed_dictionaries({"a": _CELLS, "b": _CELLS}), max_size=5))
@settings(max_examples=100)
def test_no_csv_cell_that_is_a_text_begins_like_a_formula(records: list[Record]) -> None:
    stream = io.StringIO(newline="")
    write_csv(stream, ("a", "b"), records)
    stream.seek(0)
    header, *rows = csv.reader(stream, strict=True)
    assert header == ["a", "b"]
    assert len(rows) == len(records)
    for row, record in zip(rows, records, strict=True):
        for cell, value in zip(row, (record["a"], record["b"]), strict=True):
            if isinstance(value, str):
                assert not cell.startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n"))
                assert cell in (clean_text(value), f"'{clean_text(value)}")


def test_a_formula_gets_an_apostrophe_and_a_number_does_not() -> None:
    stream = io.StringIO()
    write_csv(stream, ("text", "number", "flag", "nothing"), [{"text": "=1+1", "number": -3, "flag": True}])
    assert stream.getvalue() == "text,number,flag,nothing\n'=1+1,-3,true,\n"


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "\u200b=", "\r\n="])
def test_whatever_may_begin_a_formula_gets_an_apostrophe(begin: str) -> None:
    stream = io.StringIO()
    write_csv(stream, ("text", "list"), [{"text": f"{begin}A1", "list": [f"{begin}A1", "b"]}], header=False)
    (row,) = csv.reader(io.StringIO(stream.getvalue()), strict=True)
    assert [cell[0] for cell in row] == ["'", "'"]


@given(st.recursive(_CELLS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8))
@settings(max_examples=100)
def test_no_text_is_written_raw_however_deep_it_is(value: object) -> None:
    indented, line = io.StringIO(), io.StringIO()
    write_json(indented, value)
    write_jsonl(line, [{"key": value}])
    for written in (indented.getvalue(), line.getvalue()):
        assert written == clean_text(written)


def test_exported_events_are_read_back_as_they_are(line: PlaceLine, view: View, event: Event) -> None:
    text = io.StringIO()
    write_jsonl(text, native_records(Evidence(event, line.claims[::-1]), view))
    rows = read_rows(io.BytesIO(text.getvalue().encode()), NATIVE_COLUMNS)
    read = list(read_native(rows, view.catalog))
    assert all(isinstance(one, Line) for one in read)
    in_order = sorted(line.claims, key=lambda claim: (claim.reported_at, claim.id))
    assert [one.claim for one in read if isinstance(one, Line)] == in_order
    assert {one.event for one in read if isinstance(one, Line)} == {event}
    assert all(set(VIEW_COLUMNS) <= set(json.loads(one)) for one in text.getvalue().splitlines())
