"""`sitmon ingest` and `sitmon review` on the shipped situation, from a text to an event and back."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from ingest.text.language import LanguageMissing
from model.entities import ControlState
from model.kinds import KINDS, Effect
from model.query import Clocks, EventQuery
from model.times import end_of, parse_time
from sitmon import cli
from store import open_store
from store.base import Store

T = TypeVar("T")
SITUATION = "afghanistan-2021"
ARTICLE = Path(__file__).parents[2] / "shared" / "data" / "seed_article" / "article.txt"
TEXT = "2021-08-08 Taliban fighters captured the city of Kunduz on Sunday, officials said.\n"


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "text.txt"
    path.write_text(TEXT)
    return path


def run(store: Path, *arguments: object) -> int:
    return cli.main(["--store", str(store), *map(str, arguments)])


def ask(path: Path, read: Callable[[Store], Awaitable[T]]) -> T:
    async def work() -> T:
        async with await open_store(str(path)) as store:
            return await read(store)

    return asyncio.run(work())


def listed(store: Path, capsys: pytest.CaptureFixture[str], *more: str) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert run(store, "review", "list", "--format", "jsonl", *more) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def last_line(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err.splitlines()[-1]


def control(path: Path, day: str) -> dict[str, ControlState]:
    clocks = Clocks(as_of=end_of(*parse_time(day, "Asia/Kabul"), "Asia/Kabul"))
    states = ask(path, lambda store: store.control(SITUATION, clocks=clocks))
    return {state.place: state for state in states}


@pytest.mark.skipif(not ARTICLE.is_file(), reason="the reference article is not beside the repository")
def test_the_article_that_sitmon_was_born_from(shipped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    expected = json.loads((ARTICLE.parent / "expected_state.json").read_text())
    before = control(shipped, "2021-08-12")
    assert run(shipped, "ingest", ARTICLE) == 0
    assert control(shipped, "2021-08-12") == before, "nothing counts before it is accepted"
    proposed = listed(shipped, capsys)
    events = [one for one in proposed if one["kind"] != "count"]
    least, most = expected["distinct_events_total_range"]
    assert least <= len(events) <= most
    changes = [one for one in events if KINDS[one["kind"]].effect is Effect.TAKES]
    assert {(one["place"], one["actor"], one["occurred_at"]) for one in changes} == {
        (place, "Taliban", "2021-08-12") for place in ("Kandahar", "Herat", "Ghazni")
    }
    assert len(changes) == expected["distinct_new_control_changes"]
    counts = [one["summary"] for one in proposed if one["kind"] == "count"]
    assert any("12 of 34" in summary for summary in counts)
    assert all(one["quote"] and one["rule"] for one in proposed)
    assert any("AFP" in (one["attribution"] or "") for one in events)
    assert any("Interior Ministry" in (one["attribution"] or "") for one in events)

    assert run(shipped, "review", "accept", "--all") == 0
    accepted = capsys.readouterr().out.splitlines()
    assert len(accepted) == len(proposed)
    assert listed(shipped, capsys) == []
    after = control(shipped, "2021-08-12")
    held = {place for place, state in after.items() if state.actor == "taliban"}
    assert {"kandahar", "herat", "ghazni"} <= held
    assert {p: (s.status, s.actor) for p, s in after.items()} == {p: (s.status, s.actor) for p, s in before.items()}
    assert after["kabul"].actor == "gov"

    # The four flags that the article brings, on the shipped situation.
    assert run(shipped, "events", "standing:disputed", "--format", "jsonl") == 0
    disputed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    shown = {(one["place"], one["kind"]) for one in disputed if one["occurred_at"].startswith("2021-08-12")}
    assert {("kandahar", "capture"), ("ghazni", "capture"), ("ghazni", "deal")} <= shown
    assert run(shipped, "events", "place:ghazni kind:arrest", "--format", "jsonl") == 0
    assert capsys.readouterr().out
    assert run(shipped, "tally", "taliban-capitals", "--format", "json") == 0
    assert {"10", "12", "13"} <= set(capsys.readouterr().out.replace(",", " ").split())

    assert run(shipped, "undo") == 0
    assert [one["id"] for one in listed(shipped, capsys)] == [one["id"] for one in proposed]
    assert control(shipped, "2021-08-12") == before


def test_report_is_stored_once(shipped: Path, text: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(shipped, "ingest", text, "--url", "https://wire.example/1") == 0
    first = listed(shipped, capsys)
    assert len(first) == 1
    assert run(shipped, "ingest", text) == 0
    assert "stored already" in capsys.readouterr().out
    other = tmp_path / "other.txt"
    other.write_text(f"{TEXT}And more.\n")
    assert run(shipped, "ingest", other, "--url", "https://wire.example/1") == 0
    assert "stored already" in capsys.readouterr().out
    assert listed(shipped, capsys) == first


def test_another_language_is_kept_as_a_report_and_says_so(
    shipped: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    french = tmp_path / "fr.txt"
    french.write_text(
        "2021-08-12 Les talibans ont pris la ville de Herat jeudi, selon des responsables dans la région.\n"
    )
    assert run(shipped, "ingest", french) == 0
    assert "not English" in capsys.readouterr().out
    assert listed(shipped, capsys) == []
    assert run(shipped, "ingest", french) == 0
    assert "stored already" in capsys.readouterr().out


def test_without_the_language_library_the_report_is_kept_and_read_later(
    shipped: Path, text: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise LanguageMissing

    (tmp_path / "fr.txt").write_text("Les talibans ont pris la ville de Herat jeudi, selon des responsables.\n")
    with monkeypatch.context() as patch:
        patch.setattr("sitmon.ingestion.load_language_model", missing)
        assert run(shipped, "ingest", text, tmp_path / "fr.txt") == 0
        assert "pipx install" in capsys.readouterr().err
        assert run(shipped, "ingest", "--unread") == cli.EXIT_REFUSED
    assert listed(shipped, capsys) == []
    assert run(shipped, "ingest", "--unread") == 0
    assert len(listed(shipped, capsys)) == 1
    assert run(shipped, "undo") == 0
    capsys.readouterr()
    assert run(shipped, "ingest", "--unread") == 0
    assert capsys.readouterr().out == "", "what was undone stays away"


def test_lines_of_json_are_a_report_each(
    shipped: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        json.dumps({"text": TEXT, "source": "AFP", "url": "https://wire.example/\ud800", "title": "\udfff"}),
        "{not json",
        json.dumps({"title": "no text"}),
        json.dumps({"text": TEXT + "Again.", "source": "Nobody's Gazette"}),
        json.dumps({"text": TEXT + "Of old.", "date": "0025-08-12"}),
        json.dumps({"text": "2921-08-09 Taliban fighters captured Farah on Monday."}),
        json.dumps({"text": "2021-08-09 Taliban fighters captured Aybak on Monday, officials said."}),
    ]
    (tmp_path / "rows.jsonl").write_text("\n".join(rows))
    with (tmp_path / "rows.jsonl").open() as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        assert run(shipped, "ingest", "-") == cli.EXIT_REFUSED
    said = capsys.readouterr().err
    assert "line 2" in said
    assert "line 3" in said
    assert "line 4: no source" in said
    assert "line 5: its date, 0025-08-12, is in the future or before 1900" in said
    assert "line 6: its date, 2921-08-09, is" in said
    found = listed(shipped, capsys)
    assert [one["place"] for one in found] == ["Aybak", "Kunduz"]
    assert found[1]["source"] == "Agence France-Presse"
    assert run(shipped, "undo") == 0
    assert [one["place"] for one in listed(shipped, capsys)] == ["Kunduz"], "lines of a pipe are undone one by one"


def test_named_agency_makes_a_copy_that_counts_once(
    shipped: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wire = tmp_path / "wire.txt"
    wire.write_text(
        "2021-08-08 KABUL (AFP) - Taliban fighters captured the city of Kunduz on Sunday, officials said.\n"
    )
    assert run(shipped, "ingest", wire, "--source", "tolonews") == 0
    source = next(
        one
        for one in ask(shipped, lambda store: store.catalog(SITUATION)).sources.values()
        if one.name == "TOLOnews (Agence France-Presse)"
    )
    assert source.copies == "afp"
    assert listed(shipped, capsys)[0]["source"] == source.name


def test_nearly_the_same_words_make_a_copy_of_the_source_that_had_them_first(
    shipped: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fight = "The fighting had lasted for two days, and shops were closed. " * 4
    rain = "The mayor of the town said that it was the first day of rain in a month. " * 4
    for name, more in (("reuters", fight), ("wion", f"{fight}More follows."), ("slate", rain)):
        report = tmp_path / name
        report.write_text(TEXT + more)
        assert run(shipped, "ingest", report, "--source", name) == 0
    catalog = ask(shipped, lambda store: store.catalog(SITUATION))
    found = {one["source"] for one in listed(shipped, capsys)}
    assert found == {"Reuters", "WION (Reuters)", "Slate"}
    assert catalog.sources["reuters-via-wion"].copies == "reuters"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "give a file"),
        (["--watch", "nowhere"], "does not exist"),
        (["nowhere.txt"], "no such file"),
    ],
)
def test_what_cannot_be_ingested_says_why(
    shipped: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert run(shipped, "ingest", *arguments) == cli.EXIT_USAGE
    assert said in capsys.readouterr().err


def test_show_says_what_accepting_changes_and_what_it_may_repeat(
    shipped: Path, text: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(shipped, "ingest", text)
    (one,) = listed(shipped, capsys)
    assert run(shipped, "review", "show", one["id"]) == 0
    printed = capsys.readouterr().out
    assert "effect        Kunduz  H Taliban: bears it out" in printed
    assert "same place, same kind, same side, same day" in printed
    assert run(shipped, "review", "show", one["id"], "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["likely"]


def test_accepting_as_a_claim_adds_a_source_to_an_event_and_no_event(
    shipped: Path, text: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(shipped, "ingest", text, "--source", "sputnik")
    (one,) = listed(shipped, capsys)
    run(shipped, "events", "place:kunduz kind:capture", "--format", "jsonl")
    (event,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    count = ask(shipped, lambda store: store.count(SITUATION, EventQuery(), cap=None))
    assert run(shipped, "review", "accept", one["id"], "--as-claim-of", event["id"]) == 0
    assert ask(shipped, lambda store: store.count(SITUATION, EventQuery(), cap=None)) == count
    claims = ask(shipped, lambda store: store.event(SITUATION, event["id"])).claims
    assert claims[-1].source == "sputnik"
    assert claims[-1].quote
    assert claims[-1].report
    assert run(shipped, "undo") == 0
    assert len(ask(shipped, lambda store: store.event(SITUATION, event["id"])).claims) == len(claims) - 1
    assert [again["id"] for again in listed(shipped, capsys)] == [one["id"]]


def test_rejected_with_a_reason_is_decided_and_not_decided_again(
    shipped: Path, text: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(shipped, "ingest", text)
    (one,) = listed(shipped, capsys)
    assert run(shipped, "review", "reject", one["id"], "--reason", "an exercise") == 0
    assert listed(shipped, capsys) == []
    (decided,) = listed(shipped, capsys, "--decided")
    assert (decided["state"], decided["reason"]) == ("rejected", "an exercise")
    assert run(shipped, "review", "accept", one["id"]) == cli.EXIT_USAGE
    assert "rejected already, by" in last_line(capsys)
    assert run(shipped, "undo") == 0
    assert run(shipped, "review", "reject", "--all", "--unverifiable") == 0
    (decided,) = listed(shipped, capsys, "--decided")
    assert decided["state"] == "unverifiable"


def test_edited_is_accepted_as_edited(shipped: Path, text: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(shipped, "ingest", text)
    (one,) = listed(shipped, capsys)
    assert run(shipped, "review", "edit", one["id"], "--place", "aybak", "--when", "2021-08-09 evening") == 0
    assert run(shipped, "review", "edit", one["id"], "--place", "Atlantis") == cli.EXIT_USAGE
    assert "no place is called" in last_line(capsys)
    (edited,) = listed(shipped, capsys)
    assert (edited["place"], edited["occurred_at"]) == ("Aybak", "2021-08-09 evening")
    assert run(shipped, "review", "edit", one["id"], "--new-place", "Khwaja Ghar") == 0
    capsys.readouterr()
    assert run(shipped, "review", "accept", one["id"]) == 0
    event = ask(shipped, lambda store: store.event(SITUATION, capsys.readouterr().out.strip())).row.event
    assert event.place == "khwaja-ghar"


def test_place_that_the_situation_lacks_must_be_chosen_first(
    shipped: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "far.txt"
    text.write_text("2021-08-08 Taliban fighters captured the city of Mosul on Sunday, officials said.\n")
    run(shipped, "ingest", text)
    (one,) = listed(shipped, capsys)
    assert run(shipped, "review", "accept", "--all") == cli.EXIT_REFUSED
    assert "no place 'Mosul'" in capsys.readouterr().err
    assert run(shipped, "review", "show", one["id"]) == 0
    assert "km from" in capsys.readouterr().out
    assert run(shipped, "review", "edit", one["id"], "--place", "#1") == 0
    assert run(shipped, "review", "accept", "--all") == 0
    assert listed(shipped, capsys) == []


def test_trusted_source_is_accepted_by_itself_and_taken_back_in_one_action(
    shipped: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def told(*arguments: object, code: int = 0) -> str:
        capsys.readouterr()
        assert run(shipped, *arguments) == code
        printed = capsys.readouterr()
        return printed.out + printed.err

    article = tmp_path / "new.txt"
    article.write_text("The Taliban captured Asadabad on Monday, officials said.\n")
    unsigned = tmp_path / "unsigned.txt"
    unsigned.write_text("ASADABAD (AFP) - The Taliban captured Aybak on Monday, officials said.\n")
    assert "nobody is trusted" in told("review", "trust")
    assert "--kind" in told("review", "trust", "AFP", code=2)
    assert "afp:capture" in told("review", "trust", "AFP", "--kind", "captured", "--kind", "clash")
    assert "already" in told("review", "trust", "AFP", "--kind", "capture")
    assert "1 accepted by trust" in told("ingest", "--source", "AFP", "--date", "2021-07-05", article)
    assert "1 to review" in told("ingest", "--date", "2021-07-05", unsigned), "the text alone says whose it is"
    assert "accepted by trust: 1 of Agence France-Presse" in told("review", "list")
    (event,) = told("events", "is:trusted", "--format", "jsonl").splitlines()
    assert "trusted" in json.loads(event)["marks"]
    assert "not by a person" in told("show", json.loads(event)["id"])
    assert "accepted by trust of Agence France-Presse" in told("why", "asadabad", "--as-of", "2021-07-06")
    rows = [json.loads(line) for line in told("review", "trust", "--list", "--format", "jsonl").splitlines()]
    assert [(one["kind"], one["let_in"]) for one in rows] == [("capture", 1), ("clash", 0)]
    assert "1 proposal that this accepted is open again" in told(
        "review", "trust", "--revoke", "AFP", "--kind", "capture"
    )
    assert len(listed(shipped, capsys)) == 2
    assert "not trusted for that" in told("review", "trust", "--revoke", "AFP", "--kind", "capture", code=2)
    assert "in force again" in told("redo")
    assert len(listed(shipped, capsys)) == 1
    assert "captured, armed clash" in told("review", "trust", "--revoke", "AFP")
    assert "nobody is trusted" in told("review", "trust")
