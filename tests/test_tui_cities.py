"""The city list: its groups and order, its filter, and columns that stay in line at every width."""

import itertools
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from model.catalog import Catalog
from model.entities import Actor, ControlState, Name, Place, Situation, Status
from model.times import Precision, parse_time
from tests.tui_fakes import FakeStore, event_on, screen_text, type_in, wait_for
from tests.tui_open import NARROW, opened
from tui.cells import width_of
from tui.cities import (
    USUAL,
    Arrangement,
    Group,
    Heading,
    Sort,
    arranged,
    city_line,
    columns,
    heading_line,
    matching,
    since_text,
)
from tui.panes.bars import cities_title

ZONE = "Asia/Kabul"
PLACES = (
    Place("herat", "Herat", (Name("هرات", "fa"), Name("Hirat", "en")), admin1="Herat", population=500_000),
    Place("kabul", "Kabul", (Name("کابل", "fa"),), admin1="Kabul", population=4_000_000),
    Place("field", "Kabul airport", kind="airport", admin1="Kabul"),
    Place("ghazni", "Ghazni", (Name("غزنی", "fa"),), admin1="Ghazni", population=200_000),
    Place("cafe", "Cafe\u0301 de\u0301s 漢字 👩\u200d🚒", admin1="漢字漢字漢字漢字"),
)
CATALOG = Catalog(
    Situation("s", "S", ZONE),
    places={place.id: place for place in PLACES},
    actors={"red": Actor("red", "Red Side"), "blue": Actor("blue", "Blue Side")},
)


def at(text: str) -> int:
    return parse_time(text, ZONE)[0]


STATES = (
    ControlState("herat", Status.HELD, "red", since=at("2021-08-12"), n_for=4, n_against=1),
    ControlState("kabul", Status.CONTESTED, "red", "blue", since=at("2021-08-15"), disputed=True),
    ControlState("field", Status.THREATENED, "blue", since=at("2021-08-14T10:20"), since_precision=Precision.MINUTE),
    ControlState("ghazni", Status.CLAIMED, "red", "blue", since=at("2021-08-01"), since_precision=Precision.WEEK),
    ControlState("cafe", Status.UNKNOWN),
)


def listed(how: Arrangement) -> list[str]:
    """Return the list as text: headings as they are, places by id."""
    entries = arranged(STATES, CATALOG, "red", how)
    return [f"{entry.words} {entry.number}" if isinstance(entry, Heading) else entry.place for entry in entries]


def test_by_status_the_counted_side_comes_first_then_doubt_then_the_others() -> None:
    assert listed(USUAL) == [
        *("Red Side 1", "herat", "Red Side claimed 1", "ghazni", "contested 1", "kabul"),
        *("Blue Side 1", "field", "unknown 1", "cafe"),
    ]


def test_by_province_the_names_run_on_and_the_latest_change_can_come_first() -> None:
    assert listed(Arrangement(Group.PROVINCE, Sort.SINCE)) == [
        *("Ghazni 1", "ghazni", "Herat 1", "herat", "Kabul 2", "kabul", "field", "漢字漢字漢字漢字 1", "cafe"),
    ]


@pytest.mark.parametrize(
    ("sort", "places"),
    [
        (Sort.NAME, ["cafe", "ghazni", "herat", "kabul", "field"]),
        (Sort.SINCE, ["kabul", "field", "herat", "ghazni", "cafe"]),
        (Sort.POPULATION, ["kabul", "herat", "ghazni", "cafe", "field"]),
    ],
)
def test_one_list_is_sorted_as_a_whole(sort: Sort, places: list[str]) -> None:
    assert listed(Arrangement(Group.NONE, sort)) == places


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("", ["herat", "kabul", "field", "ghazni", "cafe"]),
        ("kab", ["kabul", "field"]),
        ("KAB airp", ["field"]),
        ("هرات", ["herat"]),
        ("hirat", ["herat"]),
        ("red", ["herat", "kabul", "ghazni"]),
        ("claimed", ["ghazni"]),
        ("disputed", ["kabul"]),
        ("kab !disputed", ["field"]),
        ("-red -unknown", ["field"]),
        ("!", ["herat", "kabul", "field", "ghazni", "cafe"]),
        ("nowhere", []),
    ],
)
def test_the_filter_finds_by_name_alias_province_side_and_status(text: str, places: list[str]) -> None:
    assert [state.place for state in matching(STATES, CATALOG, text)] == places


def test_since_is_never_shown_finer_than_it_is_known() -> None:
    held, _, minute, week, unknown = STATES
    shown = [since_text(state, ZONE, 13).strip() for state in (held, minute, week, unknown)]
    assert shown == ["12 Aug", "14 Aug 10:20", "w 1 Aug", ""]
    assert since_text(minute, ZONE, 7) == "14 Aug "
    assert since_text(week._replace(since=at("2021-08-15")), ZONE, 7) == "15 Aug~"
    assert since_text(held._replace(date_disputed=True), ZONE, 7) == "12 Aug~"


@given(
    width=st.integers(0, 200),
    group=st.sampled_from(Group),
    sort=st.sampled_from(Sort),
    state=st.sampled_from(STATES),
    changed=st.booleans(),
)
def test_every_line_has_the_width_of_its_columns(
    width: int, group: Group, sort: Sort, state: ControlState, *, changed: bool
) -> None:
    how = Arrangement(group, sort)
    line = city_line(state, CATALOG, width, how, changed=changed)
    room = columns(width, how)
    assert width_of(line) == 6 + sum(room)
    assert width_of(line) <= max(width, 6)
    plain = city_line(STATES[0], CATALOG, width, how)
    assert [width_of([span]) for span in line] == [width_of([span]) for span in plain]


@given(width=st.integers(10, 200))
def test_a_terminal_counts_the_cells_of_a_line_as_we_do(width: int) -> None:
    for state in STATES:
        text = "".join(span.text for span in city_line(state, CATALOG, width))
        assert wcswidth(text) == width_of(city_line(state, CATALOG, width))


def test_the_least_important_column_goes_first() -> None:
    shown = [{name for name, cells in columns(width, USUAL)._asdict().items() if cells} for width in range(10, 120)]
    assert all(narrower <= wider for narrower, wider in itertools.pairwise(shown))
    assert shown[0] == {"name"}
    assert shown[35 - 10] == {"name", "since", "counts"}
    assert shown[-1] == {"name", "since", "counts", "province", "grade", "native", "population"}


def test_a_group_that_is_no_side_names_the_side() -> None:
    by_province = city_line(STATES[0], CATALOG, 35, Arrangement(Group.PROVINCE))
    assert "Red Side" in "".join(span.text for span in by_province)
    assert "Red Side" not in "".join(span.text for span in city_line(STATES[0], CATALOG, 35))


@given(width=st.integers(0, 120))
def test_a_heading_keeps_its_number(width: int) -> None:
    heading = Heading("A very long name of a province or of a side", "12 +3", Status.HELD, "red")
    assert width_of(heading_line(heading, width)) == max(width, len("H ■ ") + len("12 +3") + 1)


# -- on the screen -----------------------------------------------------------------------------------------------------


@pytest.fixture
async def store(catalog: Catalog) -> FakeStore:
    places = dict(catalog.places)
    places["north"] = places["north"]._replace(admin1="Upper", population=10)
    places["south"] = places["south"]._replace(admin1="Lower", population=20)
    store = FakeStore(replace(catalog, places=places))
    await store.happen(event_on(3, "north"), event_on(5, "south"), event_on(4, "middle", actor="blue"))
    return store


def lines(text: str) -> list[str]:
    """Return the names of the cities and groups as they are listed, top down."""
    words = ("North Town", "Middle Town", "South Town", "South Airfield", "Upper", "Lower", "no province")
    return [next(word for word in words if word in line) for line in text.splitlines()[2:-1] if line.strip()]


async def test_the_menu_groups_and_sorts_and_the_cursor_stays_on_its_city(store: FakeStore) -> None:
    async with opened(store, NARROW) as (app, pilot):
        await pilot.press("1", "j", "j")
        entry = app.main.cities.entry
        assert isinstance(entry, ControlState)
        await pilot.press("S")
        hint = screen_text(app).splitlines()[-1]
        for words in ("s status", "v province", "l list", "n name", "c change", "p population", "esc cancels"):
            assert words in hint
        await pilot.press("l")
        await pilot.press("S", "c")
        assert [city.place for city in app.main.cities.entries if isinstance(city, ControlState)] == [
            *("south", "middle", "north", "airfield")
        ]
        assert app.main.cities.entry == entry
        assert "by latest change" in screen_text(app).splitlines()[1]
        await pilot.press("S", "v", "S", "n")
        await wait_for(
            pilot,
            lambda: (
                lines(screen_text(app))
                == ["Lower", "South Town", "Upper", "North Town", "no province", "Middle Town", "South Airfield"]
            ),
            "the provinces",
        )
        assert app.main.cities.entry == entry


async def test_whatever_changes_of_a_city_the_list_is_as_laid_out_anew(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        cities = app.main.cities
        await pilot.press("1", "S", "c")
        for change in (
            {"n_for": 9},
            {"since": 0},
            {"actor": "blue"},
            {"disputed": True},
            {"status": Status.CLAIMED},
        ):
            states = tuple(state._replace(**change) if state.place == "north" else state for state in cities.states)
            assert states != cities.states
            cities.show(states, cities.catalog, "red")
            assert cities.entries == arranged(states, cities.catalog, "red", cities.arrangement)
            assert cities.title == cities_title(cities.entries, cities.catalog, how=cities.arrangement)
        cities.show(tuple(state._replace(n_against=7) for state in states), cities.catalog, "red")
        await wait_for(pilot, lambda: screen_text(app).count("+9-7") == 1, "the line")


async def test_the_menu_of_the_log_is_its_order(store: FakeStore) -> None:
    async with opened(store, NARROW) as (app, pilot):
        await pilot.press("S")
        assert "o as it occurred" in screen_text(app).splitlines()[-1]
        await pilot.press("r")
        await wait_for(pilot, lambda: "EVENTS 3  as received" in screen_text(app), "the order of arrival")
        await wait_for(pilot, lambda: app.main.events.row and app.main.events.row.event.place == "middle", "the log")
        await pilot.press("S", "o")
        await wait_for(pilot, lambda: "as received" not in screen_text(app).splitlines()[1], "the usual order")


async def test_the_filter_of_the_city_list_narrows_as_it_is_typed_and_leaves_the_log_alone(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        await pilot.press("1", "G", "k", "k")
        kept = app.main.cities.entry
        assert isinstance(kept, ControlState)
        await pilot.press("slash")
        await type_in(pilot, "town")
        places = [entry.place for entry in app.main.cities.entries if isinstance(entry, ControlState)]
        assert sorted(places) == ["middle", "north", "south"]
        assert app.session.filter_text == ""
        await wait_for(pilot, lambda: "CITIES 3  /town" in screen_text(app), "the title")
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.main.cities.has_focus, "the cities to have the keys")
        assert app.main.cities.entry == kept
        await pilot.press("escape")
        await wait_for(pilot, lambda: "CITIES 3 +1 more" in screen_text(app), "all cities")
        assert app.main.cities.entry == kept


async def test_a_city_filter_without_a_match_says_why_and_esc_clears_it(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        await pilot.press("1", "slash")
        await type_in(pilot, "zephyr")
        await wait_for(pilot, lambda: "no city matches /zephyr" in screen_text(app), "the reason")
        assert "esc clears the filter" in screen_text(app)
        await pilot.press("escape")
        await wait_for(pilot, lambda: "CITIES 3 +1 more" in screen_text(app), "all cities")
        assert app.main.cities.has_focus


HEADS = (
    (120, ("sitmon · The Valley", "as of", "before now", "Red Side 2/3", "1 new", "analyst")),
    (80, ("as of 15 Aug 2021", "Red Side 2/3", "1 new")),
    (60, ("as of 15 Aug 2021", "4 d", "Red Side 2/3", "1 new")),
    (40, ("as of 15 Aug 2021",)),
)


@pytest.mark.parametrize(("width", "words"), HEADS)
async def test_the_title_line_keeps_what_matters_most(store: FakeStore, width: int, words: tuple[str, ...]) -> None:
    async with opened(store, (width, 24)) as (app, pilot):
        await store.happen(event_on(1, "north", "clash"))
        await wait_for(pilot, lambda: app.session.arrived.number == 1, "the arrival")
        await pilot.press("colon")
        await type_in(pilot, "asof 2021-08-15")
        await pilot.press("enter")
        await wait_for(pilot, partial(_head_has, app, words[:1]), "the clock")
        await store.happen(event_on(1, "south", "clash"))
        await wait_for(pilot, partial(_head_has, app, words), "the title line")
        await pilot.press("backslash", "left_square_bracket")
        await wait_for(pilot, lambda: screen_text(app).splitlines()[0].count("◀") == min(2, width // 23), "both clocks")


def _head_has(app: object, words: tuple[str, ...]) -> bool:
    head = screen_text(app).splitlines()[0]
    return all(word in head for word in words)
