"""Tables of others whose columns mean ours by HXL tags or by a mapping file."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.importers.formats import FormatUnknown, recognise
from ingest.importers.guessing import guess, sample_of, write_meaning
from ingest.importers.mapped import mapped, read_meaning
from model.entities import Standing
from model.errors import InputRefused
from model.rows import Row, read_table
from model.times import parse_time
from store.base import Store
from tests.importing_world import DATA, csv_of, files, take

MAPPING = b"""
[columns]
id = "Ref"
occurred_at = "Date"
kind = "What"
place = "Town"
actor = "Who"
summary = "Text"

[constants]
source = "wire"
credibility = "2"

[values.kind]
"Town taken" = "capture"

[actors]
"Crimson Front" = "red"
"""

ROW: dict[str, Any] = {
    "Ref": "7", "Date": "2024-01-10", "What": "town TAKEN", "Town": "Nordstadt", "Who": "Crimson Front",
    "Text": "Taken.",
}  # fmt: skip


async def test_a_mapping_file_says_what_columns_values_and_names_mean(store: Store, situation: str) -> None:
    meaning = read_meaning(MAPPING)
    form = mapped(meaning)
    options: dict[str, Any] = {"form": form, "aliases": meaning.aliases}
    assert (await take(store, situation, csv_of(ROW | {"Other": "x"}), **options)).counts == (1, 1, 0, 0, 0)
    (file,) = await files(store, situation)
    event, (claim,) = file.row.event, file.claims
    assert (event.kind, event.place, event.actor, event.summary) == ("capture", "north", "red", "Taken.")
    assert (claim.source, claim.credibility) == ("wire", 2)
    assert (await take(store, situation, csv_of(ROW), **options)).counts == (1, 0, 0, 1, 0)
    later = ROW | {"Date": "2024-01-11"}
    assert (await take(store, situation, csv_of(later), **options)).counts == (1, 0, 1, 0, 0)
    standings = [file.row.weight.standing for file in await files(store, situation)]
    assert standings == [Standing.RETRACTED, Standing.REPORTED]


async def test_a_row_that_is_wrong(store: Store, situation: str) -> None:
    meaning = read_meaning(MAPPING)
    changes = [
        {"What": "captur"},
        {"Date": "0025"},
        {"Date": "0025-01-10"},
        {"Date": "2030-01-10"},
        {"Town": "Nort Town"},
    ]
    rows = [*(ROW | change for change in changes), ROW]
    outcome = await take(store, situation, csv_of(*rows), form=mapped(meaning), aliases=meaning.aliases)
    found = [(one.row, one.column) for one in outcome.refused]
    assert found == [(2, "kind"), *((line, "occurred_at") for line in (3, 4, 5)), (6, "place")]
    assert outcome.imported.new == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"[columns", "not TOML"),
        (b"\xff", "not TOML"),
        (b"[colums]", "nearest: columns"),
        (b"[columns]\nplaec = 'x'", "nearest: place"),
        (b"columns = 3", "is not a table"),
        (b"[columns]\nplace = 3", "not text"),
        (b"[values]\nkind = 3", "is not a table"),
    ],
)
def test_a_mapping_file_that_is_wrong(text: bytes, said: str) -> None:
    with pytest.raises(InputRefused, match=said):
        read_meaning(text)


CELL = st.text(max_size=20)


@given(st.lists(CELL, min_size=2, max_size=6), st.lists(st.lists(CELL, min_size=2, max_size=6), max_size=3))
@example(["Date", "x"], [["12.08.2021", "\x7f\x1b[31m"]])
@example(['"', "a\nb"], [["2021-08-12", "y" * 50]])
def test_a_guess_about_any_table_is_a_mapping_file(header: list[str], rows: list[list[str]]) -> None:
    cells = [header, *rows]
    data = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in cells).encode(
        "utf-8", "replace"
    )
    try:
        sample = sample_of(data)
    except InputRefused:
        return
    guessed = guess(sample)
    assert read_meaning(write_meaning(guessed, sample, "x").encode()).columns == guessed.columns
    assert set(guessed.columns.values()) <= set(sample.header)


@given(st.binary(max_size=100) | st.text(max_size=100).map(str.encode))
@example(b"a = " + b"[" * 5_000)
@example(b"a = " + b"{a=" * 3_000)
@example(b"a = " + b"1" * 10_000)
@example(b"[values]\nkind.a = 1")
def test_any_bytes_as_a_mapping_file(data: bytes) -> None:
    with suppress(InputRefused):
        read_meaning(data)


async def test_tabs_and_dates_of_others_and_a_column_that_is_not_there(store: Store, situation: str) -> None:
    table = b"When\tWhat\tWhere\n10.01.2024 14:30\tarmed clash\tNorth Town\n10/01/2024\tclash\tNorth Town\n"
    meaning = guess(sample_of(table))
    assert meaning.columns == {"kind": "What", "place": "Where", "occurred_at": "When"}
    told = read_meaning(b'[columns]\noccurred_at="When"\nkind="What"\n[dates]\noccurred_at="%d.%m.%Y %H:%M"')
    outcome = await take(store, situation, table, form=mapped(told))
    assert (outcome.imported.new, [one.column for one in outcome.refused]) == (1, ["occurred_at"])
    (file,) = await files(store, situation)
    assert file.row.event.occurred_at == parse_time("2024-01-10T14:30", "Europe/Berlin")[0]
    semicolons = b'When;What;Y;X;"Where";Who\n2024-01-10;clash;51,0;10,0;"North; Town";red\n'
    with pytest.raises(FormatUnknown, match="When, What"):
        recognise(semicolons)
    with pytest.raises(InputRefused, match="commas between them"):
        recognise(b"event_id_cnty;event_date;sub_event_type\nX1;2024-01-10;Attack\n")
    assert (await take(store, situation, semicolons, form=mapped(guess(sample_of(semicolons))))).imported.new == 1
    with pytest.raises(InputRefused, match=r"no column 'Wen'.*columns: When"):
        await take(store, situation, table, form=mapped(read_meaning(b'[columns]\noccurred_at="Wen"')))


HXL = """Incident,When,Type,Where,Lat,Lon,By whom,Told by,Link
#event+id,#date+occurred,#event+type,#loc+name+en,#geo+lat,#geo+lon,#org+name,#meta+source,#meta+url
1,2024-01-10,Armed clash,North Town,51.0,10.0,Red Side,wire,https://example.org/1
2,2024-01-11,capture,East Town,50.2,11.5,Green Side,The Post,
"""


async def test_hxl_tags_say_what_columns_mean(store: Store, situation: str) -> None:
    outcome = await take(store, situation, HXL.encode())
    assert outcome.counts == (2, 1, 0, 0, 1)
    assert (await take(store, situation, HXL.encode(), create=True)).counts == (2, 1, 0, 1, 0)
    catalog = await store.catalog(situation)
    assert (catalog.place("East Town").longitude, catalog.source("The Post").kind) == (11.5, "unknown")
    bare = HXL.split("\n", 1)[1]
    assert (await take(store, situation, bare.encode())).counts == (2, 0, 0, 2, 0)


async def test_hxl_control(store: Store, situation: str) -> None:
    text = "#date,#loc+name,#status,#org+name\n2024-01-10,North Town,Controlled,Red Side\n"
    text += "2024-01-10,Middle Town,?,Red Side\n2024-01-10,South Town,unknown,\n"
    text += "2024-01-10,South Town,Claimed,Red Guard\n2024-01-10,Middle Town,claimed,\n"
    outcome = await take(store, situation, text.encode())
    assert (outcome.counts, outcome.imported.passed) == ((5, 2, 0, 0, 2), 1)
    states = {state.place: (state.status.value, state.actor) for state in await store.control(situation)}
    assert (states["north"], states["south"]) == (("held", "red"), ("claimed", "red"))


async def test_hxl_people_and_p_codes(store: Store, situation: str) -> None:
    text = "#date,#adm1+code,#loc+code,#affected+killed,#affected+injured+f,#description\n"
    text += "2024-01-10,YY1,XX01,3,2,A blast.\n"
    text += "2024-01-11,XX01,YY1,0,,None.\n2024-01-12,,,many,,Some.\n"
    outcome = await take(store, situation, text.encode())
    assert [(one.row, one.column) for one in outcome.refused] == [(3, "pcode"), (4, "killed")]
    (file,) = await files(store, situation)
    assert (file.row.event.kind, file.row.event.place) == ("casualties", "north")
    assert file.claims[0].quote == "3 killed, 2 injured: A blast."


async def test_hxl_as_it_is_published(store: Store, situation: str) -> None:
    """Headings of several lines, empty or twice the same; the layout in which ACLED's data are offered with tags."""
    text = 'Conflict events,,,,,,,,,,,,,\n"Where\nand when",,,,,Who,Who,,,,,,,\n'
    text += "#date+year,#event+code,#event+type,#event+type+sub,#date+occurred,#group+name+first+assoc,"
    text += "#group +name +first,#group+name+second,#adm1+code,#adm2+code,#affected+killed,#severity,#access,#status\n"
    text += "2024,A1,Battles,Armed clash,2024-01-10,Green Side,Red Side,Blue Side,XX01,,2,4,none,\n"
    text += '2024,A2,,,2024-01-11,,Red Side,,,XX01,"1,200",,,\n'
    text += "2024,A3,,,2024-01-12,,Red Side,,XX01,,,,,influence\n2024,A4,,,2024-01-12,,Red Side,,XX01,,4o,,,\n"
    for form in (
        text,
        text.replace('"1,200"', "1200").replace(",", ";"),
        text.replace('"1,200"', "1200").replace(",", "\t"),
    ):
        outcome = await take(store, situation, form.encode(), dry_run=True)
        assert (outcome.counts, outcome.refused[0].row) == ((4, 3, 0, 0, 1), 8)
    assert outcome.imported.taken_as == ("1 of influence only, which no kind of event means; taken in as contested",)
    assert (await take(store, situation, text.encode())).imported.new == 3
    found = {file.row.event.kind: file for file in await files(store, situation)}
    clash = found["clash"].row.event
    assert (clash.place, clash.actor, clash.against) == ("north", "red", "blue")
    assert found["clash"].claims[0].quote == "2 killed, severity 4, access none"
    assert (found["casualties"].claims[0].quote[:12], found["contested"].row.event.place) == ("1,200 killed", "north")


async def test_hxl_without_a_date(store: Store, situation: str) -> None:
    with pytest.raises(InputRefused, match="when anything happened"):
        await take(store, situation, b"#loc+name,#org+name\nNorth Town,Red Side\n")


@pytest.mark.skipif(not DATA.exists(), reason="the samples are not beside the repository")
def test_every_table_of_csv_spectrum() -> None:
    folder = DATA / "csv_spectrum"
    read = 0
    for path in sorted((folder / "csvs").glob("*.csv")):
        expected = json.loads((folder / "json" / path.with_suffix(".json").name).read_bytes().decode(errors="replace"))
        with path.open("rb") as stream:
            rows = list(read_table(stream))
        found = [row.cells for row in rows if isinstance(row, Row)]
        expected = expected if isinstance(expected, list) else [expected]
        if path.stem == "location_coordinates":  # where the expected number is another one than the table's
            expected[0]["Contact Phone Number"] = "2095257564"
        # An empty cell is not in a row.
        assert found == [{name: cell for name, cell in row.items() if cell} for row in expected], path.name
        read += 1
    assert read >= 5
