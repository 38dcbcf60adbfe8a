"""Tallies: who counts as holding, and what a published count is compared with."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.entities import ControlState, Status, Tally, TallyClaim
from model.tally import HOLDING, Published, TallyCount, compared_at, count
from model.times import DAY, Precision, parse_time
from tests.control_world import ACTORS, CATALOG, START

PLACES = ("north", "middle", "south")
TALLY = Tally("towns", "towns held by Red", "red", PLACES)


def counted(*states: ControlState, instant: int = START) -> TallyCount:
    return count(TALLY, states, CATALOG, instant)


@pytest.mark.parametrize("status", Status)
def test_what_counts_for_the_side_that_the_state_names(status: Status) -> None:
    one = counted(ControlState("north", status, "red"))
    assert (one.held == ("north",)) == (status in HOLDING)
    assert (one.claimed == ("north",)) == (status is Status.CLAIMED)
    assert one.number == len(one.held) + len(one.claimed)
    assert one.of == 3


def test_a_contested_place_counts_for_nobody() -> None:
    contested = ControlState("north", Status.CONTESTED, "red", former="blue")
    assert counted(contested).number == 0
    assert count(Tally("b", "", "blue", PLACES), [contested], CATALOG, START).number == 0


def test_a_former_holder_does_not_count_while_another_side_claims() -> None:
    claimed = ControlState("north", Status.CLAIMED, "blue", former="red")
    assert counted(claimed).number == 0


def test_parts_count_for_their_side_while_they_are_parts() -> None:
    state = ControlState("north", Status.HELD, "red-guard")
    assert counted(state).held == ("north",)
    assert counted(state, instant=START + 5 * DAY).held == ()
    assert count(Tally("a", "", "blue-army", PLACES), [ControlState("south", Status.HELD, "blue")], CATALOG, 0).number


def test_places_come_in_the_tallys_order_and_others_are_passed_over() -> None:
    states = [ControlState(place, Status.HELD, "red") for place in ("south", "elsewhere", "north")]
    assert counted(*states).held == ("north", "south")


@given(st.lists(st.tuples(st.sampled_from(Status), st.sampled_from([*ACTORS, None])), min_size=3, max_size=3))
def test_no_place_counts_for_two_sides(rows: list[tuple[Status, str | None]]) -> None:
    states = [ControlState(place, *row) for place, row in zip(PLACES, rows, strict=True)]
    counts = [count(Tally(side, "", side, PLACES), states, CATALOG, START) for side in ("red", "blue", "green")]
    assert sum(one.number for one in counts) <= len(PLACES)
    assert all(not set(one.held) & set(one.claimed) for one in counts)


def test_a_published_count_is_compared_at_the_end_of_the_time_that_it_speaks_of() -> None:
    zone = "Asia/Kabul"
    at, precision = parse_time("2021-08-12 morning", zone)
    claim = TallyClaim("c", "towns", "wire", count=10, of=34, as_of=at, as_of_precision=precision, reported_at=at)
    assert compared_at(claim, zone) == parse_time("2021-08-12T12", zone)[0] - 1
    assert Published(claim, computed=12).difference == -2
    assert precision is Precision.PART
