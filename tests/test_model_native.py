"""sitmon's own rows: what is written is read back the same, and what is wrong is refused by its cell."""

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.catalog import Catalog
from model.entities import Actor, Claim, Event, Name, Place, Route, Situation, Source, Stance
from model.ids import new_id
from model.kinds import KINDS
from model.native import COLUMNS, Line, read_native, write_native
from model.rows import Refused, read_rows
from model.text import clean_text
from model.times import DAY, Precision, parse_time

PLACES = (Place("herat", "Herat", (Name("هرات", "fa"),)), Place("kabul", "Kabul"))
ACTORS = (Actor("taliban", "Taliban"), Actor("government", "Government"))
SOURCES = (Source("afp", "AFP", (Name("Agence France-Presse"),)), Source("tolo", "TOLOnews"))


def catalog(zone: str = "Asia/Kabul") -> Catalog:
    return Catalog(
        Situation("test", "Test", zone),
        {place.id: place for place in PLACES},
        {"ring": Route("ring", "Highway 1", ("herat", "kabul"))},
        {actor.id: actor for actor in ACTORS},
        {source.id: source for source in SOURCES},
    )


def read(*rows: dict[str, Any], **options: Any) -> list[Line | Refused]:
    text = "".join(json.dumps(row) + "\n" for row in rows)
    return list(read_native(read_rows(io.BytesIO(text.encode()), COLUMNS), catalog(), **options))


def lines(*rows: dict[str, Any], **options: Any) -> list[Line]:
    found = read(*rows, **options)
    assert all(isinstance(line, Line) for line in found), found
    return [line for line in found if isinstance(line, Line)]


def refused(*rows: dict[str, Any], **options: Any) -> Refused:
    last = read(*rows, **options)[-1]
    assert isinstance(last, Refused)
    return last


CAPTURE = {
    "kind": "capture",
    "place": "Herat",
    "actor": "taliban",
    "occurred_at": "2021-08-12 evening",
    "summary": "The Taliban take Herat",
    "source": "agence france presse",
}


def test_a_row_with_names_and_a_time_as_people_write_it() -> None:
    (line,) = lines(
        CAPTURE | {"place": "هرات", "credibility": 2, "reported_at": "2021-08-12T21:05", "dated": "2021-08-13"}
    )
    assert line.event is not None
    assert (line.event.place, line.event.actor, line.event.precision) == ("herat", "taliban", Precision.PART)
    claim = line.claim
    assert (claim.source, claim.stance, claim.credibility, claim.event) == ("afp", Stance.ASSERTS, 2, line.event.id)
    assert (claim.reported_at, claim.reported_precision) == parse_time("2021-08-12T21:05", "Asia/Kabul")
    assert (claim.occurred_at, claim.occurred_precision) == parse_time("2021-08-13", "Asia/Kabul")


def test_a_row_that_does_not_say_when_it_was_reported_was_reported_when_it_happened() -> None:
    (line,) = lines(CAPTURE)
    assert (line.claim.reported_at, line.claim.reported_precision) == parse_time("2021-08-12 evening", "Asia/Kabul")
    assert line.claim.credibility == 6


def test_reading_again_gives_the_same_ids_and_another_source_the_same_event() -> None:
    one, again, other = lines(CAPTURE, CAPTURE, CAPTURE | {"source": "tolo"})
    assert one.event == again.event == other.event
    assert one.claim == again.claim
    assert other.claim.id != one.claim.id
    (elsewhere,) = lines(CAPTURE | {"route": "ring"})
    assert elsewhere.event is not None
    assert one.event is not None
    assert elsewhere.event.id != one.event.id


def test_a_label_gives_further_claims_to_its_event() -> None:
    first, second = lines(
        CAPTURE | {"event": "herat-falls"}, {"event": "herat-falls", "source": "tolo", "stance": "denies"}
    )
    assert second.event == first.event
    assert second.claim.stance is Stance.DENIES


def test_in_a_seed_the_label_makes_the_id_so_that_words_can_be_corrected() -> None:
    (one,) = lines(CAPTURE | {"event": "herat-falls"}, seed=True)
    (other,) = lines(CAPTURE | {"event": "herat-falls", "summary": "Herat falls"}, seed=True)
    assert one.event is not None
    assert other.event is not None
    assert one.event.id == other.event.id


def test_an_id_alone_adds_a_claim_to_an_event_that_is_elsewhere() -> None:
    id_ = new_id()
    (line,) = lines({"event": id_, "source": "tolo", "reported_at": "2021-08-13"})
    assert line.event is None
    assert line.claim.event == id_


def test_unknown_names_are_made_on_request_once_and_not_for_refused_rows() -> None:
    bad, first, second = read(
        CAPTURE | {"place": "Farah", "stance": "shrugs"},
        CAPTURE | {"place": "Farah", "source": "Ｆarah  News"},
        CAPTURE | {"place": "FARAH", "actor": "گروه"},
        create=True,
    )
    assert isinstance(bad, Refused)
    assert isinstance(first, Line)
    assert isinstance(second, Line)
    assert first.made == (Place("farah", "Farah", kind="unknown"), Source("farah-news", "Ｆarah News", kind="unknown"))
    assert [one.name for one in second.made] == ["گروه"]
    assert second.made[0].id.startswith("actor-")
    assert second.event is not None
    assert second.event.place == "farah"


def test_a_row_without_a_source_is_the_default_sources_claim() -> None:
    row = {column: cell for column, cell in CAPTURE.items() if column != "source"}
    assert refused(row).column == "source"
    (line,) = lines(row, source="tolo")
    assert line.claim.source == "tolo"


@pytest.mark.parametrize(
    ("change", "column", "words"),
    [
        ({"place": "Heart"}, "place", "nearest: Herat"),
        ({"route": "ring road"}, "route", "Highway 1"),
        ({"kind": "captured"}, "kind", "nearest: capture"),
        ({"kind": ""}, "kind", "missing"),
        ({"summary": " "}, "summary", "missing"),
        ({"occurred_at": "2021-02-30"}, "occurred_at", "not a time"),
        ({"occurred_at": "yesterday"}, "occurred_at", "2021-08-12 evening"),
        ({"reported_at": "12.8.2021"}, "reported_at", "not a time"),
        ({"dated": "?"}, "dated", "not a time"),
        ({"precision": "days"}, "precision", "nearest: day"),
        ({"stance": "denied"}, "stance", "nearest: denies"),
        ({"credibility": 0}, "credibility", "1 (confirmed)"),
        ({"credibility": "²"}, "credibility", "1 (confirmed)"),
        ({"claim": "7"}, "claim", "not a whole id"),
        ({"actor": "--"}, "actor", "no actor"),
    ],
)
def test_a_wrong_cell_is_named_with_what_would_be_right(change: dict[str, Any], column: str, words: str) -> None:
    found = refused(CAPTURE | change, create=column == "actor")
    assert (found.row, found.column) == (1, column)
    assert words in found.reason


@pytest.mark.parametrize(
    ("change", "column"),
    [({"place": "kabul"}, "place"), ({"occurred_at": "2021-08-13"}, "occurred_at"), ({"summary": "Other"}, "summary")],
)
def test_rows_with_one_label_must_agree(change: dict[str, Any], column: str) -> None:
    found = refused(CAPTURE | {"event": "x"}, {"event": "x", "source": "tolo"} | change)
    assert (found.row, found.column) == (2, column)
    assert "line 1" in found.reason


def test_a_row_that_only_names_an_unknown_label_or_no_time_is_refused() -> None:
    assert refused({"event": "nowhere", "source": "tolo"}).column == "kind"
    assert refused({"event": new_id(), "source": "tolo"}).column == "reported_at"


def test_hostile_text_is_harmless_once_read() -> None:
    (line,) = lines(CAPTURE | {"summary": "a\x1b]0;x\x07b\u202ec\ud800"})
    assert line.event is not None
    assert line.event.summary == "a␛]0;x␇bc�"


TEXTS = st.text(max_size=30).map(clean_text)
INSTANTS = st.integers(-DAY * 20_000, DAY * 40_000) | st.integers(-500, 1_000).map(lambda days: days * DAY)
IDS = st.uuids().map(str)


@st.composite
def facts(draw: st.DrawFn) -> tuple[Event, Claim]:
    event = Event(
        id=draw(IDS),
        kind=draw(st.sampled_from(list(KINDS))),
        occurred_at=draw(INSTANTS),
        precision=draw(st.sampled_from(Precision)),
        summary=draw(TEXTS.filter(str.strip)),
        place=draw(st.sampled_from([None, *(place.id for place in PLACES)])),
        actor=draw(st.sampled_from([None, *(actor.id for actor in ACTORS)])),
        against=draw(st.sampled_from([None, *(actor.id for actor in ACTORS)])),
        route=draw(st.sampled_from([None, "ring"])),
    )
    dated = draw(st.none() | INSTANTS)
    return event, Claim(
        id=draw(IDS),
        event=event.id,
        source=draw(st.sampled_from([source.id for source in SOURCES])),
        stance=draw(st.sampled_from(Stance)),
        reported_at=draw(INSTANTS),
        reported_precision=draw(st.sampled_from(Precision)),
        credibility=draw(st.integers(1, 6)),
        attribution=draw(TEXTS),
        quote=draw(TEXTS),
        url=draw(TEXTS),
        occurred_at=dated,
        occurred_precision=None if dated is None else draw(st.sampled_from(Precision)),
    )


@given(facts(), st.sampled_from(["Asia/Kabul", "UTC", "America/St_Johns", "Europe/Berlin"]))
def test_what_is_written_is_read_back(fact: tuple[Event, Claim], zone: str) -> None:
    row = write_native(*fact, catalog(zone))
    assert set(row) <= set(COLUMNS)
    data = json.dumps(row).encode()
    (line,) = read_native(read_rows(io.BytesIO(data), COLUMNS), catalog(zone))
    assert line == Line(1, *fact)


def test_a_time_that_says_its_own_precision_is_written_as_people_write_it() -> None:
    (line,) = lines(CAPTURE | {"reported_at": "2021-08-13"})
    assert line.event is not None
    row = write_native(line.event, line.claim, catalog())
    assert (row["occurred_at"], row["precision"], row["reported_at"]) == ("2021-08-12 evening", "part", "2021-08-13")
    assert "reported_precision" not in row
