"""The commands on the shipped situation, in a real store: what is printed, written, refused and read back."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from export.view import CONTROL_COLUMNS, EVENT_COLUMNS, PLACE_COLUMNS
from model import times
from model.errors import StoreFull
from sitmon import cli
from store.base import Draft, Written
from store.sqlite.backend import SqliteStore

AUGUST_12 = ("--as-of", "2021-08-12")


class Shell:
    """Runs commands on one store and keeps what they print."""

    def __init__(self, store: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.store = store
        self.err = ""
        self._capsys = capsys

    def run(self, *arguments: str, code: int = 0) -> str:
        self._capsys.readouterr()
        found = cli.main(["--store", str(self.store), *arguments])
        printed = self._capsys.readouterr()
        self.err = printed.err
        assert found == code, printed.err
        return printed.out

    def json(self, *arguments: str) -> Any:
        return json.loads(self.run(*arguments, "--format", "json"))

    def lines(self, *arguments: str) -> list[Any]:
        return [json.loads(line) for line in self.run(*arguments, "--format", "jsonl").splitlines()]


@pytest.fixture
def shell(
    shipped_once: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Shell:
    """A shell that only reads."""
    _alone(monkeypatch, tmp_path)
    return Shell(shipped_once, capsys)


@pytest.fixture
def own_shell(
    shipped: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Shell:
    """A shell with a store of its own to write to."""
    _alone(monkeypatch, tmp_path)
    return Shell(shipped, capsys)


def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("SITMON_STORE", "SITMON_SITUATION", "SITMON_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def capitals(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [record for record in records if record["kind"] in ("capital", "provincial-capital")]


def test_places_say_who_controls_what_as_of_any_day(shell: Shell) -> None:
    before = capitals(shell.json("places", "--as-of", "2021-08-05"))
    after = capitals(shell.json("places", "--as-of", "2021-09-07"))
    assert len(before) == len(after) == 34
    assert {record["actor"] for record in before} == {"gov"}
    assert {record["actor"] for record in after} == {"taliban"}
    assert tuple(before[0]) == PLACE_COLUMNS


def test_every_form_of_places_has_the_same_rows(shell: Shell) -> None:
    records = shell.json("places", *AUGUST_12)
    table = shell.run("places", *AUGUST_12).splitlines()
    rows = list(csv.DictReader(io.StringIO(shell.run("places", *AUGUST_12, "--format", "csv"))))
    collection = json.loads(shell.run("places", *AUGUST_12, "--format", "geojson"))
    assert len(records) == len(table) - 1 == len(rows) == len(collection["features"])
    assert [row["place_id"] for row in rows] == [record["place_id"] for record in records]
    assert collection["as_of"].startswith("2021-08-12T23:59:59")
    herat = next(feature for feature in collection["features"] if feature["id"] == "herat")
    longitude, latitude = herat["geometry"]["coordinates"]
    assert 62 < longitude < 63
    assert 34 < latitude < 35
    assert herat["properties"]["sources"]


def test_a_filter_narrows_places(shell: Shell) -> None:
    taken = shell.json("places", "actor:taliban", "since:2021-08-10", "until:2021-08-12", *AUGUST_12)
    assert taken
    assert all("2021-08-10" <= record["since"] <= "2021-08-13" for record in taken)
    named = shell.json("places", "place:herat", "-airport")
    assert {record["place_id"] for record in named} == {"herat"}


def test_what_places_do_not_have_is_refused_with_what_they_have(shell: Shell) -> None:
    assert shell.run("places", "kind:capture", code=2) == ""
    assert "column 6" in shell.err
    assert "place:" in shell.err
    assert shell.err.count("\n") == 1


def test_why_gives_the_steps_and_their_sources(shell: Shell) -> None:
    why = shell.json("why", "ghazni", *AUGUST_12)
    assert why["place_id"] == "ghazni"
    assert why["steps"]
    assert why["steps"][-1]["after"]["status"] == why["status"]
    assert all(step["reason"] and step["sources"] for step in why["steps"])
    text = shell.run("why", "غزني", *AUGUST_12)
    assert text.startswith("Ghazni:")
    assert why["steps"][-1]["reason"] in text
    assert "; against: Afghan Interior Ministry\n" in text


def test_why_names_the_day_that_a_source_gives_instead(shell: Shell) -> None:
    assert "(13 Aug 2021)" in shell.run("why", "herat")


def test_events_are_the_newest_first_up_to_the_limit(shell: Shell) -> None:
    events = shell.lines("events", "--limit", "20")
    assert len(events) == 20
    assert "--limit" in shell.err
    assert tuple(events[0]) == EVENT_COLUMNS
    times = [event["occurred_at"][:10] for event in events]
    assert times == sorted(times, reverse=True)
    assert len(shell.lines("events", "--all")) > 100


def test_events_answer_a_filter(shell: Shell) -> None:
    captures = shell.json("events", "place:herat", "kind:capture", "by:taliban")
    assert captures
    assert {(event["place"], event["kind"]) for event in captures} == {("herat", "capture")}
    assert shell.json("events", "-place:herat place:herat") == []


@pytest.mark.parametrize(("text", "hint"), [("kind:captur", "capture"), ("place:herrat", "Herat"), ("(a", ")")])
def test_a_wrong_filter_says_where_and_what_would_be_valid(shell: Shell, text: str, hint: str) -> None:
    assert shell.run("events", text, code=2) == ""
    assert "column" in shell.err
    assert hint in shell.err


def test_show_finds_an_event_by_the_end_of_its_id(shell: Shell) -> None:
    event = shell.json("events", "place:ghazni", "--limit", "1")[0]
    shown = shell.json("show", event["id"][-8:])
    assert shown["id"] == event["id"]
    assert {claim["source"] for claim in shown["claims"]} >= set(event["sources"])
    assert event["summary"] in shell.run("show", event["id"])
    assert shell.run("show", "00000000", code=2) == ""


def test_actors_are_listed_with_their_sides_and_how_many_places_those_hold(shell: Shell) -> None:
    actors = {one["id"]: one for one in shell.json("actor", *AUGUST_12)}
    assert (actors["taliban"]["name"], actors["taliban"]["side"]) == ("Taliban", "taliban")
    assert actors["taliban"]["places"] == len(shell.json("actor", "taliban", *AUGUST_12)["controls"])
    assert (actors["andsf"]["side"], actors["andsf"]["places"]) == ("gov", 0)
    assert "Taliban" in shell.run("actor")


def test_an_actors_file_names_it_and_what_it_holds(shell: Shell) -> None:
    file = shell.json("actor", "طالبان", "--as-of", "2021-08-08")
    assert file["id"] == "taliban"
    assert "kunduz" in {place["place_id"] for place in file["controls"]}
    assert "Taliban" in shell.run("actor", "taliban")
    shell.run("actor", "nobody at all", code=2)


def test_a_route_is_cut_where_the_sides_meet(shell: Shell) -> None:
    cut = shell.json("route", "highway-1", *AUGUST_12)
    assert cut["state"] == "cut"
    assert {leg["state"] for leg in cut["legs"]} >= {"cut"}
    assert "cut" in shell.run("route", "highway 1", *AUGUST_12)


def test_a_tally_stands_beside_the_published_counts_with_the_difference(shell: Shell) -> None:
    records = shell.json("tally", "taliban-capitals")
    by_day = {record["day"]: record["computed"] for record in records}
    assert by_day["2021-08-06"] == 1
    assert by_day["2021-09-06"] == 34
    published = [record for record in records if record["source"]]
    assert published
    assert all(record["difference"] == record["published"] - record["computed_then"] for record in published)
    assert "PUBLISHED" in shell.run("tally")
    shell.run("tally", "no such count", code=2)


def test_the_table_of_a_tally_leaves_out_days_without_news(shell: Shell) -> None:
    days = [line.split("  ")[1].strip() for line in shell.run("tally", "taliban-capitals").splitlines()]
    assert "12 Aug 2021" in days
    assert "20 Aug 2021" not in days
    assert {"6 Sep 2021", "7 Sep 2021"} <= set(days)


def test_a_tally_begins_with_the_first_event_where_nothing_says_when(own_shell: Shell, tmp_path: Path) -> None:
    folder = str(tmp_path / "my-valley")
    own_shell.run("situation", "new", folder)
    own_shell.run("situation", "load", folder)
    days = own_shell.lines("tally", "--situation", "my-valley")
    assert [(day["day"], day["computed"], day["published"]) for day in days[:3]] == [
        ("2024-01-01", 0, None),
        ("2024-01-02", 1, 1),
        ("2024-01-03", 1, None),
    ]


TWELFTH = ("--since", "2021-08-12", "--as-of", "2021-08-12", "--known-at", "2021-08-12")


def test_a_brief_says_what_changed_since_with_its_grounds(shell: Shell) -> None:
    brief = shell.json("brief", *TWELFTH)
    assert brief["counts"][0] == {"tally": "taliban-capitals", "before": 9, "now": 13, "of": 34}
    moved = {one["place_id"]: one for one in brief["control"] if one["before"]["actor"] != one["now"]["actor"]}
    assert sorted(moved) == ["ghazni", "herat", "qala-e-naw"]
    assert moved["ghazni"]["now"]["disputed"]
    assert [event["id"][-8:] for event in moved["ghazni"]["events"]] == ["d3935ff5"]
    assert {one["id"][-8:]: (one["before"], one["standing"]) for one in brief["doubtful"]}["d3935ff5"] == (
        None,
        "disputed",
    )
    assert brief["n_reported"] == len(shell.json("brief", *TWELFTH, "--limit", "99")["reported"]) == 12


@pytest.fixture
def one_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be the same day from the first command to the last."""
    monkeypatch.setattr(times, "now", lambda: times.parse_time("2024-05-06T12:00")[0])


@pytest.mark.usefixtures("one_day")
def test_a_brief_is_text_or_markdown_in_which_no_data_is_markup(own_shell: Shell) -> None:
    lines = own_shell.run("brief", *TWELFTH).splitlines()
    assert "  Taliban 9 -> 13 of 34: Provincial capitals held by the Taliban" in lines
    ghazni = next(number for number, line in enumerate(lines) if line.startswith("  Ghazni: held by Afghan government"))
    assert any("Afghan Interior Ministry denies (B2, " in line for line in lines[ghazni : ghazni + 9])
    assert "  Associated Press: B, agency" in lines
    own_shell.run("add", "--kind", "clash", "--occurred-at", "yesterday", "--summary", "1. <b>x</b> [a](b_c) *d* _e_")
    written = own_shell.run("brief", "--since", "yesterday", "--format", "markdown")
    assert "\n## Reported since: 1 event\n" in written
    assert r"1. \<b>x\</b> \[a\](b_c) \*d\* \_e\_" in written


@pytest.mark.parametrize(
    ("since", "reason"), [((), "on the screen"), (("--since", "9000-01-01"), "before it"), (("--since", "x"), "no")]
)
def test_a_brief_needs_a_time_that_something_can_have_changed_since(
    shell: Shell, since: tuple[str, ...], reason: str
) -> None:
    assert shell.run("brief", *since, code=2) == ""
    assert reason in shell.err


@pytest.mark.usefixtures("one_day")
def test_times_are_asked_for_in_words_as_well(own_shell: Shell) -> None:
    own_shell.run("add", "--kind", "clash", "--occurred-at", "yesterday", "--summary", "last night")
    own_shell.run("add", "--kind", "clash", "--occurred-at", "today", "--summary", "this morning")
    assert [event["precision"] for event in own_shell.lines("events", "since:yesterday")] == ["day", "day"]
    assert [event["summary"] for event in own_shell.lines("events", "until:yesterday since:yesterday")] == [
        "last night"
    ]
    assert own_shell.lines("events", "since:today", "--as-of", "yesterday") == []
    assert len(own_shell.lines("events", "since:today", "--as-of", "now")) == 1


def test_the_control_file_has_its_columns_clocks_and_filter(shell: Shell) -> None:
    text = shell.run("export", "--format", "csv", "actor:taliban", *AUGUST_12)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert tuple(rows[0]) == CONTROL_COLUMNS
    assert {row["filter"] for row in rows} == {"actor:taliban"}
    assert all(row["as_of"].startswith("2021-08-12") and row["claim_ids"] for row in rows)


def test_an_export_into_a_file_appears_whole(shell: Shell, tmp_path: Path) -> None:
    target = tmp_path / "control.geojson"
    assert shell.run("export", "--format", "geojson", "--output", str(target), *AUGUST_12) == ""
    assert json.loads(target.read_text())["type"] == "FeatureCollection"
    shell.run("export", "--output", str(tmp_path / "no" / "folder.json"), code=1)
    assert shell.err.count("\n") == 1


def test_a_file_that_cannot_come_to_be_is_refused_by_its_own_name(shell: Shell, tmp_path: Path) -> None:
    for target in (tmp_path / "none" / "x.csv", tmp_path):
        shell.run("export", "-o", str(target), code=1)
        assert shell.err.startswith(f"sitmon: {target}: ")


def test_a_wrong_time_is_refused_by_its_option(shell: Shell) -> None:
    for option in ("--as-of", "--known-at"):
        shell.run("places", option, "2021-08-32", code=2)
        assert shell.err.startswith(f"sitmon: {option}: '2021-08-32' is not a time")


def test_what_is_exported_is_imported_as_it_was(shell: Shell, own_shell: Shell, tmp_path: Path) -> None:
    whole = ("export", "--format", "jsonl", "--as-of", "2021-12-31", "--known-at", "2021-12-31")
    exported = shell.run(*whole)
    file = tmp_path / "all.jsonl"
    file.write_text(exported)
    printed = own_shell.run("import", str(file))
    assert "new 0" in printed
    assert "refused 0" in printed
    assert own_shell.run(*whole) == exported


def test_an_import_that_the_store_stops_says_what_is_in_and_how_to_complete_it(
    own_shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [{"kind": "clash", "place": "herat", "occurred_at": "2021-08-01", "summary": str(n)} for n in range(5)]
    file = tmp_path / "clashes.jsonl"
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    with monkeypatch.context() as patch:
        patch.setattr("ingest.native.BATCH", 2)
        write, batches = SqliteStore.write, iter(range(9))

        async def until_full(store: SqliteStore, situation: str, draft: Draft) -> Written:
            if next(batches) == 1:
                raise StoreFull("no room is left; nothing was written; free some space")
            return await write(store, situation, draft)

        patch.setattr(SqliteStore, "write", until_full)
        printed = own_shell.run("import", str(file), str(file), code=3)
    assert printed == f"{file}: read 4, new 5, updated 0, unchanged 0, refused 0\n"
    assert own_shell.err.startswith(f"sitmon: {file}: no room is left; ")
    assert own_shell.err.endswith("; run it again to complete it\n")
    assert "nothing was written" not in own_shell.err
    assert "new 6, updated 0, unchanged 4, refused 0" in own_shell.run("import", str(file))


def test_an_import_takes_the_good_rows_and_names_the_others(own_shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    good = {"kind": "capture", "place": "herat", "actor": "taliban", "summary": "s", "occurred_at": "2021-08-14"}
    file.write_text("\n".join(map(json.dumps, ({**good, "source": "afp"}, {**good, "place": "herrat"}, {"kind": "x"}))))
    dry = own_shell.run("import", "--dry-run", str(file), code=1)
    assert "new 2" in dry
    printed = own_shell.run("import", str(file), code=1)
    assert "read 3, new 2, updated 0, unchanged 0, refused 2" in printed
    assert "line 2, place" in own_shell.err
    assert "Herat" in own_shell.err
    assert "line 3" in own_shell.err
    again = own_shell.run("import", str(file), code=1)
    assert "new 0, updated 0, unchanged 2" in again


def add(shell: Shell, *more: str, code: int = 0) -> str:
    event = ("--kind", "capture", "--place", "Herat", "--actor", "taliban", "--against", "gov")
    said = ("--occurred-at", "2021-08-14 evening", "--summary", "=Governor's office [/] taken", "--source", "afp")
    return shell.run("add", *event, *said, *more, code=code).strip()


def test_a_file_that_is_no_table_is_refused_by_name_and_the_next_is_read(own_shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "semicolons.csv").write_text("kind;summary\nclash;x\n")
    (tmp_path / "good.csv").write_text("kind,place,occurred_at,summary\nclash,kabul,2021-08-12,Shots near the gate\n")
    printed = own_shell.run("import", str(tmp_path / "semicolons.csv"), str(tmp_path / "good.csv"), code=2)
    assert "semicolons.csv: line 1" in own_shell.err
    assert "good.csv: read 1" in printed
    assert len(own_shell.lines("events", "--all")) == len(own_shell.lines("events", "--all", '-"Shots near"')) + 1


def test_add_writes_an_event_that_the_log_shows(own_shell: Shell) -> None:
    id_ = add(own_shell, "--reported-at", "2021-08-14T21:00", "--credibility", "2")
    shown = own_shell.json("show", id_)
    assert (shown["kind"], shown["place"], shown["occurred_at"]) == ("capture", "herat", "2021-08-14 evening")
    assert shown["claims"][0]["credibility"] == 2
    assert add(own_shell, "--reported-at", "2021-08-14T21:00", "--credibility", "2") == id_
    assert "nothing was written" in own_shell.err
    own_shell.run("add", "--event", id_[-8:], "--source", "reuters", "--stance", "denies")
    assert [claim["stance"] for claim in own_shell.json("show", id_)["claims"]] == ["asserts", "denies"]


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (("--place", "Herrat"), "--place: "),
        (("--kind", "captur"), "capture"),
        (("--occurred-at", "tomorrow"), "--occurred-at: "),
        (("--stance", "doubts"), "denies"),
        (("--credibility", "9"), "credibility"),
    ],
)
def test_a_wrong_field_is_refused_by_its_option(own_shell: Shell, wrong: tuple[str, str], hint: str) -> None:
    before = own_shell.lines("events", "--all")
    assert add(own_shell, *wrong, code=2) == ""
    assert hint in own_shell.err
    assert own_shell.err.count("\n") == 1
    assert own_shell.lines("events", "--all") == before


def test_a_mark_is_one_changeset_that_undo_takes_back_and_redo_brings_back(own_shell: Shell) -> None:
    first, second = (event["id"] for event in own_shell.json("events", "--limit", "2"))
    changeset = own_shell.run("mark", first[-8:], second, "--star", "--tag", "airport", "--note", "see [/] video")
    starred = own_shell.json("events", "is:starred tag:airport is:noted")
    assert {event["id"] for event in starred} == {first, second}
    assert starred[0]["marks"] == ["star", "tag:airport", "note"]
    assert own_shell.run("undo") == changeset
    assert own_shell.json("events", "is:starred") == []
    assert own_shell.run("redo") == changeset
    assert len(own_shell.json("events", "is:starred")) == 2
    own_shell.run("mark", first, "--unstar", "--untag", "airport")
    assert len(own_shell.json("events", "is:starred")) == 1


def test_a_verdict_changes_what_an_event_is_worth_and_can_be_cleared(own_shell: Shell) -> None:
    event = own_shell.json("events", "kind:capture standing:confirmed")[0]["id"]
    own_shell.run("mark", event, "--reject", "--reason", "the video is old")
    assert own_shell.json("show", event)["standing"] == "rejected"
    assert own_shell.json("show", event)["notes"][-1]["kind"] == "rejected"
    own_shell.run("mark", event, "--clear")
    assert own_shell.json("show", event)["standing"] == "confirmed"


def test_changes_list_what_everybody_wrote_so_that_any_of_it_can_be_undone(own_shell: Shell) -> None:
    starred = own_shell.run("mark", "ae5c5caa", "--star").strip()
    own_shell.run("add", "--event", "ae5c5caa", "--source", "afp", "--stance", "denies")
    assert own_shell.run("undo", starred[-8:]).strip() == starred
    newest, claim, star, *_, first = own_shell.lines("changes")
    assert (newest["deed"], newest["target"], newest["in_force"]) == ("undo", starred, True)
    assert (claim["reason"], claim["rows"]) == ("Agence France-Presse denies ae5c5caa", 1)
    assert (star["id"], star["action"], star["in_force"]) == (starred, starred, False)
    assert first["deed"] == "load"
    table = own_shell.run("changes", "--limit", "3").splitlines()
    assert [line.split()[0] for line in table] == ["ID", newest["id"][-8:], claim["id"][-8:], starred[-8:]]
    assert " - " in table[3]
    assert "--all" in own_shell.err


def test_an_empty_id_undoes_nothing(own_shell: Shell) -> None:
    own_shell.run("mark", "ae5c5caa", "--star")
    own_shell.run("undo", "", code=2)
    assert "'' is not an id" in own_shell.err
    assert own_shell.lines("changes")[0]["deed"] == "write"


def test_marks_that_mean_nothing_are_refused(own_shell: Shell) -> None:
    event = own_shell.json("events", "--limit", "1")[0]["id"]
    opposites = [("--verify", "--reject"), ("--star", "--unstar"), ("--dispute", "--clear")]
    for wrong in ((), ("--duplicate-of", event), ("--tag", " "), *opposites):
        own_shell.run("mark", event, *wrong, code=2)
    own_shell.run("mark", "0000", "--star", code=2)
    own_shell.run("undo", "0000", code=2)
    own_shell.run("redo", code=1)


def test_assigning_to_me_is_found_as_mine(own_shell: Shell) -> None:
    event = own_shell.json("events", "--limit", "1")[0]["id"]
    own_shell.run("mark", event, "--assign", "me")
    assert [one["id"] for one in own_shell.json("events", "assigned:me")] == [event]


def test_a_store_that_is_named_must_be_there(shell: Shell, tmp_path: Path) -> None:
    shell.store = tmp_path / "none.db"
    assert shell.run("places", code=3) == ""
    assert "sitmon store init" in shell.err
    assert shell.err.count("\n") == 1


def test_an_unknown_situation_is_refused_with_those_there_are(shell: Shell) -> None:
    shell.run("--situation", "atlantis", "places", code=2)
    assert "atlantis" in shell.err


def test_the_default_store_is_made_on_first_use(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _alone(monkeypatch, tmp_path)
    assert cli.main(["places", "--format", "json"]) == 0
    printed = capsys.readouterr()
    assert len(capitals(json.loads(printed.out))) == 34
    assert "created your store" in printed.err
    assert cli.main(["places"]) == 0
    assert capsys.readouterr().err == ""
    assert [path.name for path in (tmp_path / "data" / "sitmon").iterdir() if path.suffix == ".db"] == ["sitmon.db"]


def test_without_a_terminal_the_screen_is_a_list_and_how_to_open_it(shell: Shell) -> None:
    printed = shell.run()
    assert "Kabul" in printed
    assert "terminal" in shell.err
