"""Control at any pair of clocks: what the store reads is what the rule says."""

import contextlib
import itertools
import sqlite3
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.control import control, explain
from model.entities import Claim, ControlState, Event, Mark, MarkKind, Stance, Status, Tally, TallyClaim
from model.errors import IdUnknown
from model.ids import derived_id
from model.query import NOW, Clocks
from model.tally import count
from model.times import DAY, FOREVER, HOUR, Precision
from store.base import Draft, Store
from store.sqlite import spans
from store.sqlite.board import Boards
from tests.store_world import START, World

PLACES = ("north", "middle", "south", "airfield")
instants = st.just(FOREVER) | st.builds(
    lambda day, hours: START + day * DAY + hours * HOUR // 2, st.integers(-2, 16), st.integers(0, 47)
)
clocks = st.builds(Clocks, instants, instants)


def rule(world: World, at: Clocks) -> tuple[ControlState, ...]:
    return tuple(control(place, world.evidence(place), world.catalog, at) for place in PLACES)


def without_events(states: tuple[ControlState, ...]) -> tuple[ControlState, ...]:
    return tuple(state._replace(event_ids=()) for state in states)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), known=st.booleans(), few=st.booleans())
def test_a_walk_of_a_clock_shows_what_each_instant_shows(
    world: World, data: st.DataObject, known: bool, few: bool
) -> None:
    occurred = {event.occurred_at for event in world.events.values()}
    said = {claim.reported_at for claims in world.claims.values() for claim in claims}
    turns = sorted(said if known else occurred)
    boards, at = Boards(most=2 if few else 1_000), NOW
    for turn in data.draw(st.lists(st.sampled_from(turns), min_size=2, max_size=8)):
        for instant in (turn - 1, turn):
            at = at._replace(known_at=instant) if known else at._replace(as_of=instant)
            assert world.run(partial(boards.control, clocks=at), "ann") == without_events(rule(world, at))
    at = data.draw(clocks)
    assert world.run(partial(boards.control, clocks=at), "ann") == without_events(rule(world, at))


def outline(states: tuple[ControlState, ...]) -> list[tuple[object, ...]]:
    return [(one.status, one.actor, one.former, one.disputed, one.date_disputed) for one in states]


@settings(max_examples=80, deadline=None)
@given(at=clocks)
def test_control_is_what_the_rule_says_of_what_was_known(world: World, at: Clocks) -> None:
    assert world.run(partial(spans.control, clocks=at), "ann") == rule(world, at)
    assert world.run(partial(Boards().control, clocks=at), "ann") == without_events(rule(world, at))


@settings(max_examples=20, deadline=None)
@given(at=clocks, place=st.sampled_from(PLACES))
def test_why_ends_in_the_state_and_gives_the_rule_s_steps(world: World, at: Clocks, place: str) -> None:
    why = world.run(lambda view: spans.why(view, place, clocks=at), "ann")
    assert why == explain(place, world.evidence(place), world.catalog, at)


@settings(max_examples=60, deadline=None)
@given(at=clocks, known=st.booleans(), back=st.booleans())
def test_the_next_change_is_the_nearest_one(world: World, at: Clocks, known: bool, back: bool) -> None:
    found = world.run(lambda view: spans.next_change(view, clocks=at, known=known, back=back), "ann")

    def moved(to: int) -> list[tuple[object, ...]]:
        return outline(rule(world, Clocks(at.as_of, to) if known else Clocks(to, at.known_at)))

    clock = min(at.known_at if known else at.as_of, FOREVER)
    begin, end = (found, clock - 1) if back else (clock, found)
    if begin is None:
        begin = START - 3_000 * 365 * DAY
    if end is None:
        end = FOREVER
    if found is not None:
        assert (found < clock) if back else (found > clock)
        assert moved(found - 1) != moved(found)
        if not back:
            end -= 1
    # Between the two nothing changes, wherever something happened or was said.
    turns = {event.occurred_at for event in world.events.values()}
    if known:
        turns = {claim.reported_at for claims in world.claims.values() for claim in claims}
        turns |= {mark.recorded_at for marks in world.marks.values() for mark in marks}
    still = moved(begin)
    for turn in sorted(turn for turn in turns if begin < turn <= end):
        assert moved(turn) == still


@settings(max_examples=30, deadline=None)
@given(known_at=instants, place=st.sampled_from(PLACES))
def test_history_gives_each_state_where_it_begins(world: World, known_at: int, place: str) -> None:
    states = world.run(lambda view: spans.history(view, place, known_at=known_at), "ann")
    evidence = world.evidence(place)
    for state, end in zip(states, [*(one.since for one in states[1:]), FOREVER], strict=False):
        assert end is not None
        for at in {state.since or end - 1, end - 1}:
            said = control(place, evidence, world.catalog, Clocks(at, known_at))
            assert outline((state,)) == outline((said,))
    assert all(outline((one,)) != outline((other,)) for one, other in itertools.pairwise(states))
    first = control(place, evidence, world.catalog, Clocks(FOREVER, known_at))
    # What was said of a place may leave it unknown who holds it.
    assert first.event_ids if states else first.status is Status.UNKNOWN


@settings(max_examples=20, deadline=None)
@given(known_at=instants, actor=st.sampled_from(("red", "red-guard", "blue")))
def test_places_held_are_counted_as_the_tally_counts_them(world: World, known_at: int, actor: str) -> None:
    days = tuple(START + day * DAY for day in range(-1, 14))
    places = frozenset({"north", "south", "airfield"})
    counted = world.run(lambda view: spans.held_by_day(view, places, actor, days, known_at=known_at), "ann")
    tally = Tally("", "", actor, tuple(places))
    expected = [count(tally, rule(world, Clocks(day, known_at)), world.catalog, day) for day in days]
    assert counted == tuple((one.number, len(one.claimed)) for one in expected)


def capture(place: str, day: int, actor: str = "red") -> tuple[Event, Claim]:
    at = START + day * DAY
    event = Event(derived_id(at, place, actor), "capture", at, Precision.DAY, "taken", place=place, actor=actor)
    claim = Claim(derived_id(at, place, actor, "wire"), event.id, "wire", Stance.ASSERTS, at + HOUR, credibility=2)
    return event, claim


async def test_places_come_in_the_catalog_s_order_also_where_nothing_is_known(store: Store, situation: str) -> None:
    event, claim = capture("south", 1)
    await store.write(situation, Draft("add", events=(event,), claims=(claim,)))
    states = await store.control(situation)
    assert [(one.place, one.status) for one in states] == [
        ("north", Status.UNKNOWN),
        ("middle", Status.UNKNOWN),
        ("south", Status.HELD),
        ("airfield", Status.UNKNOWN),
    ]
    assert without_events(await store.control(situation, with_events=True)) == states
    assert (await store.control(situation, with_events=True))[2].event_ids == (event.id,)
    assert await store.history(situation, "north") == ()
    assert await store.next_change(situation, clocks=NOW, back=True) == event.occurred_at
    assert await store.next_change(situation, clocks=NOW) is None


async def test_what_others_commit_between_two_looks_is_seen(store: Store, colleague: Store, situation: str) -> None:
    seen = []
    for day, place, who in ((1, "south", "red"), (2, "north", "red"), (1, "middle", "red"), (3, "south", "blue")):
        event, claim = capture(place, day, who)
        await colleague.write(situation, Draft("add", events=(event,), claims=(claim,)))
        states = {one.place: one.actor for one in await store.control(situation)}
        assert states[place] == who
        seen.append(states)
        then = {one.place: one.actor for one in await store.control(situation, clocks=Clocks(START + day * DAY))}
        assert then[place] == who
    await colleague.undo(situation)
    assert {one.place: one.actor for one in await store.control(situation)} == seen[-2]


async def test_what_was_derived_anew_is_seen(store: Store, colleague: Store, situation: str, tmp_path: Path) -> None:
    event, claim = capture("south", 1)
    await store.write(situation, Draft("add", events=(event,), claims=(claim,)))
    right = await store.control(situation)
    with contextlib.closing(sqlite3.connect(tmp_path / "sitmon.db", isolation_level=None)) as raw:
        raw.execute("UPDATE span SET status = 'contested' WHERE status = 'held'")
    assert (await store.control(situation))[2].status is Status.CONTESTED
    await colleague.rebuild(situation)
    event, claim = capture("north", 2)
    await colleague.write(situation, Draft("add", events=(event,), claims=(claim,)))
    assert (await store.control(situation))[1:] == right[1:]


async def test_what_is_said_later_of_an_event_is_seen(store: Store, colleague: Store, situation: str) -> None:
    event, claim = capture("south", 1)
    await store.write(situation, Draft("add", events=(event,), claims=(claim,)))
    assert (await store.control(situation))[2].n_for == 1
    again = Claim(derived_id(1, "again"), event.id, "gazette", Stance.CONFIRMS, claim.reported_at, credibility=2)
    await colleague.write(situation, Draft("confirm", claims=(again,)))
    assert (await store.control(situation))[2].n_for == 2
    for kind, status in ((MarkKind.STAR, Status.HELD), (MarkKind.REJECTED, Status.UNKNOWN)):
        await colleague.write(situation, Draft("mark", marks=(Mark(derived_id(2, kind), event.id, kind),)))
        assert (await store.control(situation))[2].status is status


async def test_undone_facts_hold_nothing(store: Store, situation: str) -> None:
    event, claim = capture("south", 1)
    before = await store.control(situation)
    await store.write(situation, Draft("add", events=(event,), claims=(claim,)))
    await store.undo(situation)
    assert await store.control(situation) == before
    assert (await store.why(situation, "south")).steps == ()
    assert await store.next_change(situation, clocks=NOW, back=True) is None


async def test_a_place_that_there_is_not_is_named(store: Store, situation: str) -> None:
    with pytest.raises(IdUnknown, match="atlantis"):
        await store.why(situation, "atlantis")
    with pytest.raises(IdUnknown, match="atlantis"):
        await store.history(situation, "atlantis")


async def test_published_counts_come_in_order_and_only_once_known(store: Store, situation: str) -> None:
    published = [
        TallyClaim(derived_id(day * DAY, "t"), "towns", "wire", number, 3, START + day * DAY, Precision.DAY, reported)
        for day, number, reported in ((3, 2, START + 3 * DAY), (1, 1, START + 9 * DAY))
    ]
    await store.write(situation, Draft("add", tally_claims=tuple(published)))
    assert await store.tally_claims(situation) == (published[1], published[0])
    assert await store.tally_claims(situation, clocks=Clocks(known_at=START + 5 * DAY)) == (published[0],)
    assert await store.tally_claims(situation, clocks=Clocks(as_of=START + 2 * DAY)) == (published[1],)
    await store.undo(situation)
    assert await store.tally_claims(situation) == ()
