"""A situation's folder: the template is accepted, and every mistake is named by file, line and column."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model.entities import Name, Stance
from model.errors import InputRefused
from model.times import FOREVER, Precision, parse_time
from seed import FolderRefused, check, read, shipped, write_template

SHIPPED = {one.situation.id: one.folder for one in shipped()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "valley"
    write_template(path, id_="the-valley", name='The "Valley"', zone="Europe/Berlin")
    return path


def edit(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), "utf-8")


def test_the_template_is_accepted_and_read(folder: Path) -> None:
    assert check(folder) == ()
    contents = read(folder)
    catalog = contents.catalog
    assert (catalog.situation.id, catalog.situation.name) == ("the-valley", 'The "Valley"')
    assert catalog.place("town one").id == "first-town"
    assert catalog.places["first-airport"].parent == "first-town"
    assert catalog.routes["highway"].place_ids == ("first-town", "second-town")
    assert catalog.tallies["capitals"].place_ids == ("first-town",)
    assert catalog.side_of("army", 0) == "government"
    assert catalog.sources["daily"].copies == "agency"
    assert catalog.sources["agency"].reliability_at(0) == "B"
    falls = next(event for event in contents.events if event.kind == "capture")
    assert (falls.occurred_at, falls.precision) == parse_time("2024-01-02 evening", "Europe/Berlin")
    assert [claim.stance for claim in contents.claims if claim.event == falls.id] == [
        *(Stance.ASSERTS, Stance.DENIES, Stance.CONFIRMS)
    ]
    assert contents.tally_claims[0].count == 1


def test_a_situation_of_nothing_but_a_heading_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "situation.toml").write_text('id = "x"\nname = "X"\nzone = "UTC"\nbegins = 2024-01-01\n')
    (tmp_path / "README.md").write_text("Nothing yet.")
    assert check(tmp_path) == ()
    assert read(tmp_path).catalog.situation.begins == parse_time("2024-01-01")[0]


def test_periods_last_until_the_time_that_is_named(folder: Path) -> None:
    edit(folder, "reliability.csv", "state-media,D,,", "state-media,D,,2024-02-01\nstate-media,E,2024-02-01,")
    edit(folder, "names.csv", "the authorities,en", 'the authorities,en\nactor,government,"Régime, le",fr')
    catalog = read(folder).catalog
    february = parse_time("2024-02-01", "Europe/Berlin")[0]
    media = catalog.sources["state-media"]
    assert (media.reliability_at(february - 1), media.reliability_at(february)) == ("D", "E")
    assert media.reliability[1].valid_to == FOREVER
    assert Name("Régime, le", "fr") in catalog.actors["government"].names


@pytest.mark.parametrize(
    ("file", "old", "new", "where", "words"),
    [
        ("situation.toml", 'id = "the-valley"', 'id = "The Valley"', ":3: id: ", "lower-case"),
        ("situation.toml", "name =", "nam =", ":4: nam: ", "nearest: name"),
        ("situation.toml", "name =", "# name =", ": name: ", "missing"),
        ("situation.toml", "Europe/Berlin", "Mars", ":6: zone: ", "IANA"),
        ("situation.toml", '# begins = "2024-01-01"', 'begins = "soon"', ":9: begins: ", "not a time"),
        ("situation.toml", '# begins = "2024-01-01"', 'begins = 2024\nends = "2023"', ":9: begins: ", "quotes"),
        ("situation.toml", "summary =", "summary", ": ", "line 7"),
        ("places.csv", "pcode", "pcod", ": ", "nearest: pcode"),
        ("places.csv", "first-town,First Town", "First,First Town", ":2: id: ", "lower-case"),
        ("places.csv", "second-town,", "first-town,", ":3: id: ", "line 2"),
        ("places.csv", "second-town,Second Town", "second-town,", ":3: name: ", "missing"),
        ("places.csv", "second-town,Second Town", "second-town,FIRST TOWN", ":3: name: ", "also a name"),
        ("places.csv", "50.25", "50°15'", ":2: latitude: ", "degrees"),
        ("places.csv", "10.5,50.25", "180.5,50.25", ":2: longitude: ", "-180 to 180"),
        ("places.csv", "10.5,50.25", "10.5,", ":2: longitude: ", "go together"),
        ("places.csv", "120000", "120.000", ":2: population: ", "digits only"),
        ("places.csv", ",first-town\n", ",first-tow\n", ":4: parent: ", "nearest: first-town"),
        ("places.csv", "First Province,,,,,10.5", "First Province,,,,10.5", ":2: ", "11 cells under a header of 12"),
        ("names.csv", "place,first-town", "town,first-town", ":2: what: ", "place, route, actor, source"),
        ("names.csv", "place,first-town", "actor,first-town", ":2: id: ", "actors.csv"),
        ("names.csv", "Town One", "second town", ":2: text: ", "also a name of 'second-town'"),
        ("routes.csv", "first-town second-town", "first-town", ":2: places: ", "two or more places"),
        ("routes.csv", "first-town second-town", "first-town elsewhere", ":2: places: ", "'elsewhere'"),
        ("roles.csv", "valid_to\n", "valid_to\narmy,chief,X,2024-02,2024-01\n", ":2: valid_to: ", "first time"),
        ("relations.csv", "part-of", "partof", ":2: kind: ", "nearest: part-of"),
        ("relations.csv", "army,part-of,government", "army,part-of,army", ":2: other: ", "itself"),
        (
            "sources.csv",
            "state-media,State media,outlet,government",
            "state-media,State media,,x",
            ":4: speaks_for: ",
            "x",
        ),
        ("sources.csv", "agency,News Agency,agency,,", "agency,News Agency,agency,,daily", ":2: copies: ", "to itself"),
        ("reliability.csv", "agency,B", "agency,G", ":2: letter: ", "A (reliable)"),
        ("tallies.csv", "provincial-capital,", "city,", ":2: place_kinds: ", "provincial-capital, town, airport"),
        ("tallies.csv", "provincial-capital,", ",", ":2: places: ", "place_kinds"),
        ("tally_claims.csv", "1,1,2024", "2,1,2024", ":2: of: ", "greater"),
        ("events.csv", "falls,capture", "falls,captured", ":3: kind: ", "nearest: capture"),
        ("events.csv", "rebels,government", "rebles,government", ":3: actor: ", "nearest: Rebels"),
        ("events.csv", "state-media,denies", ",denies", ":4: source: ", "missing"),
        ("events.csv", "2024-01-02T21:30", "2 January", ":4: reported_at: ", "not a time"),
        ("events.csv", ",2024-01-02,\n", ",2024-01-01,\n", ":3: reported_at: ", "before it happened"),
        (
            "events.csv",
            "daily,confirms,3",
            "agency,asserts,2,a resident,,2024-01-02,\nfalls,,,,,,,,daily,confirms,3",
            ":5: ",
            "events.csv:3 already",
        ),
    ],
)
def test_each_mistake_is_named(folder: Path, file: str, *, old: str, new: str, where: str, words: str) -> None:
    edit(folder, file, old, new)
    problems = check(folder)
    first = str(next(problem for problem in problems if problem.file == file))
    assert first.startswith(file + where)
    assert words in first
    with pytest.raises(FolderRefused) as caught:
        read(folder)
    assert caught.value.problems == problems
    assert str(problems[0]) in str(caught.value)


def test_one_wrong_row_is_one_problem_even_where_others_rest_on_it(folder: Path) -> None:
    edit(folder, "places.csv", "50.25", "91")
    edit(folder, "events.csv", "falls,capture", "falls,captured")
    assert [(problem.file, problem.line) for problem in check(folder) if problem.column != "event"] == [
        ("places.csv", 2),
        ("events.csv", 3),
    ]


def test_overlapping_periods_of_reliability_are_named(folder: Path) -> None:
    edit(folder, "reliability.csv", "agency,B,,", "agency,B,,\nagency,C,2024-01-01,")
    (problem,) = check(folder)
    assert (problem.file, problem.line) == ("sources.csv", 2)
    assert "overlap" in problem.what


@pytest.mark.parametrize("file", ["situation.toml", "places.csv", "events.csv", "outlines.geojson", "README.md"])
def test_a_pipe_a_device_and_a_directory_are_never_opened(folder: Path, file: str) -> None:
    for put in (os.mkfifo, lambda path: path.symlink_to("/dev/zero"), Path.mkdir):
        path = folder / file
        path.unlink(missing_ok=True)
        put(path)
        assert [(problem.file, problem.what) for problem in check(folder)] == [(file, "is not an ordinary file")]


def test_a_heading_without_end_is_refused(folder: Path) -> None:
    (folder / "situation.toml").write_text("# " + "x" * 200_000)
    assert [problem.what for problem in check(folder)] == ["is larger than 100,000 bytes; it has a dozen short lines"]


@pytest.mark.parametrize("header", ["id;name;kind\n", "id,name,type\n", ""])
def test_a_table_that_cannot_be_read_is_the_one_problem(folder: Path, header: str) -> None:
    (folder / "places.csv").write_text(header)
    (folder / "actors.csv").write_text("id,name\nx\n")
    assert [(problem.file, problem.line) for problem in check(folder)] == [("places.csv", 0)]


def test_a_wrong_id_is_answered_by_near_ones_of_all_and_by_few_others(folder: Path) -> None:
    rows = "".join(f"place-{number},Place {number}\n" for number in range(100))
    (folder / "places.csv").write_text(f"id,name\nfirst-town,First\nsecond-town,Second\n{rows}herat,Herat\n")
    edit(folder, "tallies.csv", "provincial-capital,", ",heart")
    edit(folder, "routes.csv", "second-town", "qqq")
    route, tally = (problem.what for problem in check(folder) if problem.column == "places")
    assert "nearest: herat" in tally
    assert "valid: first-town, second-town, place-0" in route
    assert route.endswith("and 58 more")


def test_what_is_missing_or_strange_in_the_folder_is_named(folder: Path) -> None:
    (folder / "README.md").unlink()
    (folder / "event.csv").write_text("x")
    (folder / "notes.txt").write_text("anything")
    (folder / "places.XLSX").write_text("x")
    assert [(problem.file, problem.what.split(";")[0]) for problem in check(folder)] == [
        ("README.md", "is missing"),
        ("event.csv", "is not one of a situation's files"),
        ("places.XLSX", "is not one of a situation's files"),
    ]
    assert [problem.file for problem in check(folder / "nowhere")] == [str(folder / "nowhere")]


@pytest.mark.parametrize(
    "outlines",
    [
        "{",
        "[]",
        '{"type": "FeatureCollection"}',
        '{"features": [{"geometry": {"type": "Point", "coordinates": [1, 2]}}]}',
        '{"features": [{"geometry": {"type": "Polygon", "coordinates": [[[1, 2], [3, 4], [5, 600], [1, 2]]]}}]}',
        "[" * 100_000,
    ],
)
def test_outlines_must_be_polygons_in_degrees(folder: Path, outlines: str) -> None:
    (folder / "outlines.geojson").write_text(outlines)
    (problem,) = check(folder)
    assert problem.file == "outlines.geojson"


def test_jsonl_events_stand_beside_csv_ones(folder: Path) -> None:
    row = '{"kind": "siege", "place": "Second Town", "occurred_at": "2024-01-03", "summary": "S", "source": "daily"}'
    (folder / "events.jsonl").write_text(row + "\n{}\n")
    (problem,) = check(folder)
    assert (problem.file, problem.line) == ("events.jsonl", 2)
    (folder / "events.jsonl").write_text(row)
    siege = read(folder).events[-1]
    assert (siege.kind, siege.precision) == ("siege", Precision.DAY)


def test_a_template_is_written_only_where_nothing_is(folder: Path) -> None:
    with pytest.raises(InputRefused, match="is not empty"):
        write_template(folder, id_="x", name="X", zone="UTC")
    with pytest.raises(InputRefused, match="IANA"):
        write_template(folder / "new", id_="x", name="X", zone="Nowhere")
    assert not (folder / "new").exists()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_stands_in_a_file_the_answer_is_problems(folder: Path, data: st.DataObject) -> None:
    file = data.draw(st.sampled_from(sorted(path for path in folder.iterdir() if path.suffix in (".csv", ".toml"))))
    before = file.read_bytes()
    at = data.draw(st.integers(0, len(before)))
    file.write_bytes(before[:at] + data.draw(st.binary(max_size=8)) + before[at + data.draw(st.integers(0, 8)) :])
    try:
        for problem in check(folder):
            assert problem.what
            assert str(problem).isprintable()
    finally:
        file.write_bytes(before)


@pytest.mark.parametrize("situation", sorted(SHIPPED))
def test_every_shipped_situation_is_accepted(situation: str) -> None:
    assert check(SHIPPED[situation]) == ()
    contents = read(SHIPPED[situation])
    assert contents.catalog.situation.credit
    assert {claim.event for claim in contents.claims} == {event.id for event in contents.events}
    assert len({event.id for event in contents.events}) == len(contents.events)
