"""What a filter means: names bound to ids, times to instants, and which events match."""

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from model.catalog import Catalog
from model.entities import (
    Actor,
    ControlState,
    Event,
    Mark,
    MarkKind,
    Name,
    Place,
    Relation,
    Route,
    Situation,
    Source,
    Standing,
    Status,
    Weight,
)
from model.errors import FilterError
from model.filters.bind import compile_filter
from model.filters.complete import completions, token_start, with_last_word_as_prefix
from model.filters.conditions import EVERYTHING, Condition, KnownBefore, Occurred, TextHas
from model.filters.match import matches, shown
from model.filters.parse import parse
from model.filters.places import check_place_filter, place_matches
from model.grades import Grade
from model.query import Clocks, Cursor, EventRow
from model.times import EARLIEST, FOREVER, Precision, parse_time

ZONE = "Asia/Kabul"
ANALYST = "analyst"
CATALOG = Catalog(
    Situation("afghanistan-2021", "Afghanistan 2021", ZONE, begins=parse_time("2021-08-06", ZONE)[0]),
    places={
        place.id: place
        for place in (
            Place("herat", "Herat", names=(Name("هرات", "fa"),), longitude=62.2, latitude=34.35),
            Place("herat-airport", "Herat airport", parent="herat", longitude=62.23, latitude=34.21),
            Place("lashkar-gah", "Lashkar Gah", names=(Name("Lashkargah"),), longitude=64.36, latitude=31.59),
            Place("kabul", "Kabul"),
        )
    },
    routes={"highway-1": Route("highway-1", "Highway 1", ("lashkar-gah", "herat"))},
    actors={
        actor.id: actor
        for actor in (
            Actor("taliban", "Taliban"),
            Actor("red-unit", "Red Unit", relations=(Relation("part-of", "taliban"),)),
            Actor("government", "Government"),
        )
    },
    sources={"afp": Source("afp", "AFP"), "tolonews": Source("tolonews", "TOLOnews")},
)
TEXTS = ("Herat: police headquarters taken", "security forces left the city", "a local official")


def at(text: str) -> int:
    return parse_time(text, ZONE)[0]


ROW = EventRow(
    Event(
        "017b3a2c-0000-7000-8000-0000deadbeef",
        "capture",
        at("2021-08-12"),
        Precision.DAY,
        TEXTS[0],
        place="herat-airport",
        actor="red-unit",
        against="government",
    ),
    Cursor(0, 1),
    Weight(
        Standing.CONFIRMED,
        2,
        0,
        Grade("B", 2),
        first_reported_at=at("2021-08-12T18:40"),
        source_ids=("afp", "tolonews"),
    ),
)
MARKS = (
    Mark("m1", ROW.event.id, MarkKind.STAR),
    Mark("m2", ROW.event.id, MarkKind.TAG, value="airport"),
    Mark("m3", ROW.event.id, MarkKind.ASSIGNED, value=ANALYST),
    Mark("m4", ROW.event.id, MarkKind.VERIFIED),
)


def condition(text: str) -> Condition:
    return compile_filter(text, CATALOG, ANALYST)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "herat",
        "HÉRAT",
        "headq*",
        '"police headquarters"',
        "security official",
        "place:herat",
        "place:هرات",
        'place:"Herat Airport"',
        "near:herat<20km",
        "near:lashkargah<5000.5km",
        "route:highway-1",
        'route:"highway 1"',
        "actor:taliban",
        "by:taliban",
        "by:red-unit",
        "against:government",
        "actor:government",
        "source:afp",
        "kind:capture",
        "grade:>=B2",
        "grade:B2",
        "grade:C3",
        "standing:confirmed",
        "since:2021-08-12",
        "until:2021-08-12",
        "until:2021-08",
        "until:2021-08-12T00:00",
        'since:"2021-08-11 evening" until:2021-08-13',
        "known:2021-08-12",
        "known:2021-08-12T18:40",
        "is:unread",
        "is:starred",
        "is:verified",
        "is:assigned",
        "tag:airport",
        "assigned:me",
        "assigned:analyst",
        "id:deadbeef",
        "id:BEEF",
        "id:017b3a2c-0000-7000-8000-0000deadbeef",
        "-place:kabul",
        "place:kabul OR kind:capture",
        "-(place:kabul OR kind:clash) actor:taliban",
    ],
)
def test_the_event_matches(text: str) -> None:
    assert matches(condition(text), ROW, TEXTS, MARKS)


@pytest.mark.parametrize(
    "text",
    [
        "hera",
        "eadq*",
        '"headquarters police"',
        '"taken security"',
        "herat kandahar",
        "place:kabul",
        "near:herat<5km",
        "actor:red-unit kind:clash",
        "by:government",
        "against:taliban",
        "grade:>=A2",
        "grade:B1",
        "standing:disputed",
        "since:2021-08-13",
        "since:2021-09",
        "until:2021-08-11",
        "until:2021-07",
        "known:2021-08-12T18:39",
        "is:read",
        "is:disputed",
        "is:noted",
        "tag:air",
        "assigned:other",
        "id:dead",
        "-herat",
        "place:kabul OR kind:clash",
    ],
)
def test_the_event_does_not_match(text: str) -> None:
    assert not matches(condition(text), ROW, TEXTS, MARKS)


def test_a_prefix_applies_to_the_last_word_of_a_row() -> None:
    assert condition("Pul-e-Kh*") == TextHas(("pul", "e", "kh"), prefix=True, adjacent=True)
    row_of_words = condition("police-head*")
    assert matches(row_of_words, ROW, TEXTS)
    assert not matches(row_of_words, ROW, ("head police",))


def test_times_are_read_in_the_situations_zone_to_the_end_of_their_period() -> None:
    assert condition("since:2021-08-10") == Occurred(at("2021-08-10"), FOREVER)
    assert condition("until:2021-08-10") == Occurred(EARLIEST, at("2021-08-11"))
    assert condition("until:2021-08") == Occurred(EARLIEST, at("2021-09-01"))
    assert condition("known:2021-08-10T14") == KnownBefore(at("2021-08-10T15:00"))


def test_the_clocks_show_what_occurred_and_was_reported_by_then() -> None:
    assert shown(ROW, Clocks())
    assert shown(ROW, Clocks(at("2021-08-12"), at("2021-08-12T18:40")))
    assert not shown(ROW, Clocks(as_of=at("2021-08-12") - 1))
    assert not shown(ROW, Clocks(known_at=at("2021-08-12T18:40") - 1))


@pytest.mark.parametrize(
    ("text", "column", "nearest"),
    [
        ("kind:capture place:hirat", 19, "Herat"),
        ('-actor:"Talibans"', 7, "Taliban"),
        ("near:lashkar<50km", 5, "Lashkar Gah"),
        ("source:tolo", 7, "TOLOnews"),
        ("route:highway", 6, "Highway 1"),
    ],
)
def test_an_unknown_name_is_refused_where_it_stands_with_the_nearest(text: str, column: int, nearest: str) -> None:
    with pytest.raises(FilterError) as caught:
        condition(text)
    assert caught.value.column == column
    assert nearest in caught.value.expected


def test_nothing_asked_is_everything() -> None:
    assert condition(" ") == EVERYTHING


def _outcome(text: str) -> Condition | FilterError:
    try:
        return condition(text)
    except FilterError as error:
        return error


_PIECES = """
place:herat place: near:herat<9km route:highway-1 actor:x assigned:me is:read id:abcd herat * " ( ) - OR
until:9999-12-31 since:0001-01-01 until:9999-12 known:0001-01
"""
_pieces = st.sampled_from(_PIECES.split())


@given(st.one_of(st.text(max_size=40), st.lists(_pieces, max_size=8).map(" ".join)))
@settings(max_examples=300)
def test_any_text_means_something_or_is_refused_at_one_of_its_columns(text: str) -> None:
    outcome = _outcome(text)
    if isinstance(outcome, FilterError):
        assert 0 <= outcome.column <= len(text)
    else:
        assert matches(outcome, ROW, TEXTS, MARKS) in (True, False)


@given(st.lists(_pieces, max_size=4).map(" ".join))
def test_what_is_negated_matches_exactly_the_rest(text: str) -> None:
    plain, negated = _outcome(text), _outcome(f"-({text})")
    if isinstance(plain, FilterError) or isinstance(negated, FilterError):
        reject()
    assert matches(plain, ROW, TEXTS, MARKS) is not matches(negated, ROW, TEXTS, MARKS)


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("sta", ("standing:",)),
        ("x -si", ("since:",)),
        ("kind:cap", ("kind:capture",)),
        ("is:un", ("is:unread", "is:unverifiable")),
        ("standing:con", ("standing:confirmed",)),
        ("(place:her", ("place:herat", "place:herat-airport")),
        ('place:"gah', ("place:lashkar-gah",)),
        ("near:هر", ("near:herat<50km",)),
        ("by:tal", ("by:taliban",)),
        ("source:t", ("source:tolonews",)),
        ("since:", ("since:2021-08-06",)),
        ("grade:b", ("grade:>=B1", "grade:>=B2", "grade:>=B3")),
        ("assigned:", ("assigned:me",)),
        ("tag:x", ()),
        ("nofield:x", ()),
        ('"in a phr', ()),
    ],
)
def test_the_prompt_offers_what_is_valid_at_the_cursor(text: str, offered: tuple[str, ...]) -> None:
    assert completions(text, len(text), CATALOG) == offered


@pytest.mark.parametrize(
    ("typed", "searched"),
    [
        ("conv", "conv*"),
        ("kabul -conv", "kabul -conv*"),
        ("(kind:clash OR Pul-e-Kh", "(kind:clash OR Pul-e-Kh*"),
        *((text, text) for text in ("", "conv ", "conv*", "-", "kind:clash", "a OR", '"police head', '"a" ', "(conv)")),
        ("y" * 1_000, "y" * 1_000),
    ],
)
def test_the_last_word_is_a_beginning_while_it_is_typed(typed: str, searched: str) -> None:
    assert with_last_word_as_prefix(typed) == searched


def test_an_empty_prompt_offers_every_field() -> None:
    assert "place:" in completions("", 0, CATALOG)
    assert completions("", 0, CATALOG) == completions("a b ", 4, CATALOG)


@given(st.one_of(st.text(max_size=30), st.lists(_pieces, max_size=5).map(" ".join)), st.integers(0, 40))
@settings(max_examples=200)
def test_every_completion_of_a_field_is_a_filter_in_its_place(text: str, column: int) -> None:
    start = token_start(text, column)
    assert 0 <= start <= min(column, len(text))
    for choice in completions(text, column, CATALOG):
        if not choice.endswith(":"):
            assert parse(choice)


HERAT = ControlState(
    "herat", Status.HELD, "taliban", former="government", disputed=True, since=at("2021-08-12"), grade=Grade("B", 2)
)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("", True),
        ("herat", True),
        ("هرات", True),
        ("kabul", False),
        ("place:herat", True),
        ("near:herat<50km -airport", True),
        ("route:highway-1", True),
        ("by:taliban", True),
        ("by:government", False),
        ("against:government", True),
        ("actor:government", True),
        ("since:2021-08-12 until:2021-08-12", True),
        ("since:2021-08-13", False),
        ("grade:>=B2", True),
        ("grade:>=A1", False),
        ("is:disputed", True),
        ("-standing:disputed", False),
        ("place:kabul OR grade:C3", True),
    ],
)
def test_of_places_a_filter_asks_who_controls_them(text: str, holds: bool) -> None:
    check_place_filter(parse(text), text)
    assert place_matches(condition(text), CATALOG.places["herat"], HERAT) is holds


@pytest.mark.parametrize(
    ("text", "column", "valid"),
    [
        ("herat kind:capture", 11, "place:"),
        ("-(is:read)", 5, "is:disputed"),
        ("standing:confirmed", 9, "standing:disputed"),
        ("a OR known:2021-08-12", 11, "place:"),
    ],
)
def test_of_places_what_only_events_have_is_refused(text: str, column: int, valid: str) -> None:
    with pytest.raises(FilterError) as caught:
        check_place_filter(parse(text), text)
    assert caught.value.column == column
    assert valid in caught.value.expected


def test_a_place_that_nothing_is_known_of_has_no_beginning() -> None:
    unknown = ControlState("kabul", Status.UNKNOWN)
    for text in ("since:2021-08-01", "until:2021-09-01", "grade:F6", "is:disputed", "actor:taliban"):
        assert not place_matches(condition(text), CATALOG.places["kabul"], unknown)


def test_a_kind_goes_by_its_code_and_by_what_a_row_says() -> None:
    assert condition('kind:"handed over"') == condition("kind:handover") == condition("kind:Handover")
    assert condition("kind:captured") == condition("kind:capture")
