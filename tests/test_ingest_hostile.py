"""Hostile files: whatever the bytes, the answer is rows, refusals, or one sentence; the rest of the file goes in."""

import gzip
import io
import json
import random
import zipfile
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingest.importers import unpacking
from ingest.importers.formats import FORMATS, recognise
from ingest.importers.jsonstream import read_objects, read_values
from ingest.importers.names import Names
from ingest.importers.records import Context, Format, Item, Record, Settings
from ingest.importers.unpacking import unpack
from model.catalog import Catalog
from model.errors import InputRefused, StreamBroken
from model.rows import Refused, Row
from store.base import Store
from tests.importing_world import DATA, NOW, csv_of, take
from tests.test_ingest_acled import ROW as ACLED_ROW
from tests.test_ingest_cap import alert
from tests.test_ingest_gdelt import row as gdelt_row
from tests.test_ingest_mapped import HXL
from tests.test_ingest_ucdp import ROW as UCDP_ROW

POLYGON = {"type": "Polygon", "coordinates": [[[9, 49], [11, 49], [11, 52], [9, 52], [9, 49]]]}
FEATURE = {"type": "Feature", "properties": {"actor": "red"}, "geometry": POLYGON}
SAMPLES: dict[str, bytes] = {
    "acled": csv_of(ACLED_ROW, ACLED_ROW | {"event_id_cnty": "XXX2"}),
    "acled-deleted": csv_of({"event_id_cnty": "XXX1", "deleted_timestamp": "1705000000"}),
    "ucdp": csv_of(UCDP_ROW, UCDP_ROW | {"id": "101"}),
    "viina-control": b"geonameid,date,status_wiki,status\n1,20221110,RU,RU\n1,20221111,UA,UA\n",
    "viina": b"event_id_1pd,date,geonameid,asciiname,longitude,latitude,t_uav_b\n7,20230102,1,North Town,10,51,1\n",
    "geonames": b"1\tNorth Town\tNorth Town\tA,B\t51\t10\tP\tPPL\tXX\t\t\t\t\t\t5\t\t\tUTC\t2024-01-01\n",
    "pcodes": b"ADM1_EN,ADM1_PCODE,ADM2_EN,ADM2_PCODE\nThe North,XX01,Hill,XX0101\n",
    "geojson": json.dumps({"type": "FeatureCollection", "features": [FEATURE]}).encode(),
    "cap": alert(),
    "hxl": HXL.encode(),
    "gdelt": gdelt_row() + gdelt_row(GlobalEventID="2"),
}


def read(form: Format, data: bytes, catalog: Catalog, *, create: bool = True) -> list[Item]:
    """Read a file as one of a format; InputRefused is an answer, too."""
    context = Context(catalog, Names(catalog, create=create), NOW, Settings(published=0), "", 0)
    try:
        opened = next(unpack("file", io.BytesIO(data)))
        return list(form.read(opened.stream, context))
    except InputRefused:
        return []


def test_what_is_a_feed_or_a_page_is_sent_where_these_are_taken_in() -> None:
    for text in (b"<rss version='2.0'/>", b"\n<!DOCTYPE html><html>", b"\xef\xbb\xbf<?xml version='1.0'?><feed/>"):
        with pytest.raises(InputRefused, match="sitmon ingest"):
            recognise(text)


def test_there_is_a_sample_of_every_format_and_it_is_recognised(catalog: Catalog) -> None:
    assert set(SAMPLES) == {form.name for form in FORMATS}
    for form in FORMATS:
        found = recognise(SAMPLES[form.name])
        assert found is form
        assert any(not isinstance(item, Refused) for item in read(form, SAMPLES[form.name], catalog)), form.name


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
@settings(max_examples=60)
@given(cuts=st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 40), st.binary(max_size=12)), max_size=5))
@example(cuts=[(0, 2_000, b"")])
@example(cuts=[(0, 0, b"\xff\xfe")])
@example(cuts=[(300, 1, b'"')])
@example(cuts=[(200, 0, b"\0")])
def test_a_damaged_file(form: Format, cuts: list[tuple[int, int, bytes]], catalog: Catalog) -> None:
    data = SAMPLES[form.name]
    for at, length, put in cuts:
        at = at % (len(data) + 1)  # noqa: PLW2901 - within the file
        data = data[:at] + put + data[at + length :]
    for item in read(form, data, catalog):
        if isinstance(item, Refused):
            assert item.reason
            assert item.reason.isprintable()
        elif isinstance(item, Record):
            assert item.claims


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
@settings(max_examples=30)
@given(data=st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_any_bytes_at_all(form: Format, data: bytes, catalog: Catalog) -> None:
    read(form, data, catalog)
    with suppress(InputRefused):
        recognise(data)


NASTY: list[dict[str, Any]] = [
    {"notes": "x" * 200_000},
    {"notes": "\x1b]52;c;aGk=\x07\u202e"},
    {"actor1": "\u0000"},
    {"actor1": "=cmd|' /C calc'!A0"},
    {"latitude": "nan"},
    {"latitude": "1e999"},
    {"latitude": "٣٤"},
    {"timestamp": "9" * 5_000},
    {"event_date": "2024-01-10" * 1_000},
    {"event_id_cnty": "\u2028"},
    {"location": "\ud7ff\uffff"},
    {"location": "[/]" * 50},
]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"type": "Topology", "objects": {}}', "TopoJSON"),
        ('[{"kind": "clash"}]', "one object a line"),
        ('{\n "kind": "clash"\n}', "one object a line"),
    ],
)
def test_json_that_is_no_rows(text: str, said: str) -> None:
    with pytest.raises(InputRefused, match=said):
        recognise(text.encode())
    assert recognise(b'{"kind": "clash"}\n{"kind"') is None


@pytest.mark.parametrize("change", NASTY, ids=lambda change: next(iter(change)))
async def test_a_nasty_row_leaves_the_rest(store: Store, situation: str, change: dict[str, Any]) -> None:
    data = csv_of(ACLED_ROW | {"event_id_cnty": "BAD"} | change, ACLED_ROW)
    outcome = await take(store, situation, data, create=True)
    assert outcome.imported.read == 2
    assert outcome.imported.new >= 1
    assert await store.check() == ()


async def test_an_unclosed_quote_costs_its_row(store: Store, situation: str) -> None:
    rows = [ACLED_ROW | {"event_id_cnty": f"X{number}", "notes": "y" * 300} for number in range(600)]
    data = csv_of(*rows).replace(b'"X3"', b'"X3', 1)
    outcome = await take(store, situation, data)
    assert outcome.imported.refused >= 1
    assert outcome.imported.new > 200, "what a row can hold at most is lost, and no more"


async def test_a_packed_file_that_is_cut_off(store: Store, situation: str) -> None:
    chooser = random.Random(5)
    rows = [ACLED_ROW | {"event_id_cnty": f"X{number}", "notes": str(chooser.random())} for number in range(3_000)]
    packed = gzip.compress(csv_of(*rows))
    outcome = await take(store, situation, packed[: len(packed) // 2])
    assert 0 < outcome.imported.new < 3_000
    assert "cut off or damaged" in outcome.refused[-1].reason
    whole = await take(store, situation, packed)
    assert (whole.imported.new + outcome.imported.new, whole.refused) == (3_000, []), "again, and it is complete"


def bomb(size: int) -> bytes:
    return gzip.compress(b"event_id_cnty,event_date,sub_event_type\n" + b"0" * size)


async def test_a_bomb_is_not_read_on(store: Store, situation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "_FREE_BYTES", 1 << 20)
    outcome = await take(store, situation, bomb(8 << 20))
    assert "swells" in outcome.refused[-1].reason
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"event_id_cnty,event_date,sub_event_type\n" + b"0" * (8 << 20))
    outcome = await take(store, situation, packed.getvalue())
    assert "swells" in outcome.refused[-1].reason


def test_each_table_of_a_zip_file_comes_by_itself() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("folder/a.csv", "a\n1\n")
        archive.writestr("readme.md", "no table")
        archive.writestr("b.TSV", "b\n2\n")
    packed.seek(0)
    read = [(opened.name, opened.stream.read()) for opened in unpack("x.zip", packed)]
    assert read == [("x.zip: folder/a.csv", b"a\n1\n"), ("x.zip: b.TSV", b"b\n2\n")]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\x03\x04broken", "not a ZIP file"),
        (b"BZh91AY", "unpack it"),
        (b"\xfd7zXZ\0", "unpack it"),
        (b"\x1f\x8bnonsense", "cut off or damaged"),
    ],
)
def test_what_cannot_be_unpacked(data: bytes, said: str) -> None:
    with pytest.raises(InputRefused, match=said):
        list(unpack("x", io.BytesIO(data)))


@given(st.binary(max_size=200), st.booleans())
def test_any_packed_bytes(data: bytes, zipped: bool) -> None:
    begin = b"PK\x03\x04" if zipped else b"\x1f\x8b\x08\x00"
    with suppress(InputRefused):
        for opened in unpack("x", io.BytesIO(begin + data)):
            opened.stream.read()


@pytest.mark.skipif(not DATA.exists(), reason="the samples are not beside the repository")
def test_every_document_of_the_json_test_suite() -> None:
    """What must parse does, what must not is refused, and nothing else happens; docs/importing.md has exceptions."""
    lone = {"y_structure_lonely_false", "y_structure_lonely_int"}
    seen = 0
    for path in sorted((DATA / "json_torture").glob("*.json")):
        data = path.read_bytes()
        try:
            list(read_values(io.BytesIO(b"[" + data + b"]" if path.stem in lone else data), ()))
            taken = True
        except (StreamBroken, InputRefused):
            taken = False
        assert taken is (path.name[0] == "y") or path.name[0] == "i", path.name
        seen += 1
    assert seen > 50


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3)))
def test_a_list_is_read_as_it_was_written(value: Any) -> None:
    document = json.dumps({"before": 1, "data": [value, value], "after": [1]}).encode()
    values = [one.value for one in read_values(io.BytesIO(document), ("data",)) if one.key == "data"][1:]
    assert values == [value, value] or any(isinstance(one, float) for one in values)


def test_objects_larger_than_a_piece_and_deep_ones() -> None:
    big = [{"event": "x" * 300_000, "n": number} for number in range(3)]
    rows = list(read_objects(io.BytesIO(json.dumps(big).encode()), ()))
    assert [isinstance(row, Row) for row in rows] == [True] * 3
    deep = list(read_objects(io.BytesIO(b"[" * 100_000), ()))
    assert isinstance(deep[0], Refused)
