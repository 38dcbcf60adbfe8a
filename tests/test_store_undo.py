"""Undo and redo as a store does them: exact, whole, each user's own, and across restarts."""

import random
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from model.entities import (
    Actor,
    Claim,
    Deed,
    Event,
    Mark,
    MarkKind,
    Place,
    Relation,
    Reliability,
    Report,
    Route,
    Situation,
    Source,
    Stance,
    Status,
    Tally,
    TallyClaim,
)
from model.errors import IdUnknown, InputRefused, NothingToUndo
from model.ids import new_id
from model.query import EventQuery
from model.times import DAY, HOUR, Precision
from store import open_store
from store.base import Draft, Store
from store.sqlite.driver import Pool
from tests.store_world import random_claims, random_events, random_marks


async def size(store: Store) -> int:
    return (await store.count("valley", EventQuery())).number


async def write_events(store: Store, dice: random.Random, number: int, *, batch: str | None = None) -> str:
    events = random_events(dice, number, dice.randrange(10**9))
    claims = random_claims(dice, events, "with")
    marks = random_marks(dice, events, "mark")
    draft = Draft("load", events=tuple(events), claims=tuple(claims), marks=tuple(marks), batch=batch)
    written = await store.write("valley", draft)
    assert written.changeset is not None
    return written.changeset.id


async def write_late(store: Store, dice: random.Random) -> None:
    rows = (await store.page("valley", EventQuery())).rows
    events = dice.sample([row.event for row in rows], len(rows) // 2)
    claims = random_claims(dice, events, str(dice.random()))
    await store.write("valley", Draft("late", claims=tuple(claims)))


async def write_marks(store: Store, dice: random.Random) -> None:
    events = [row.event for row in (await store.page("valley", EventQuery())).rows]
    await store.write("valley", Draft("mark", marks=tuple(random_marks(dice, events, str(dice.random())))))


async def write_versions(store: Store, dice: random.Random) -> None:
    letter = dice.choice("ABCDE")
    gazette = Source("gazette", "The Gazette", reliability=(Reliability(letter),), copies=dice.choice((None, "wire")))
    draft = Draft("regrade", sources=(gazette,), places=(Place("north", f"North {dice.random()}"),))
    await store.write("valley", draft)


ACTIONS: tuple[Callable[[Store, random.Random], Awaitable[None]], ...] = (write_late, write_marks, write_versions)


@pytest.mark.parametrize("seed", range(4))
async def test_undo_and_redo_are_exact_inverses_whatever_was_done(
    store: Store, colleague: Store, situation: str, seed: int
) -> None:
    dice = random.Random(seed)
    await write_events(colleague, dice, 15)
    states = [await store.state_hash(situation)]
    catalogs = [await store.catalog(situation)]
    for number in range(6):
        if number % 3 == 0:
            await write_events(store, dice, 12)
        else:
            await dice.choice(ACTIONS)(store, dice)
        states.append(await store.state_hash(situation))
        catalogs.append(await store.catalog(situation))
    for state, catalog in zip(states[-2::-1], catalogs[-2::-1], strict=True):
        await store.undo(situation)
        assert await store.state_hash(situation) == state
        assert await store.catalog(situation) == catalog
    for state, catalog in zip(states[1:], catalogs[1:], strict=True):
        await store.redo(situation)
        assert await store.state_hash(situation) == state
        assert await store.catalog(situation) == catalog
    assert await store.rebuild(situation) == states[-1]
    assert (await store.verify(situation)).problem == ""


async def test_undo_takes_a_whole_batch(store: Store, situation: str) -> None:
    dice = random.Random(1)
    before = await store.state_hash(situation)
    first = await write_events(store, dice, 5)
    second = await write_events(store, dice, 5, batch=first)
    third = await write_events(store, dice, 5, batch=first)
    full = await store.state_hash(situation)
    assert [one.id for one in await store.undo(situation, second)] == [third, second, first]
    assert await store.state_hash(situation) == before
    undos = (await store.changesets(situation))[:3]
    assert [(one.deed, one.target) for one in undos] == [
        (Deed.UNDO, first),
        (Deed.UNDO, second),
        (Deed.UNDO, third),
    ]
    assert [one.id for one in await store.redo(situation)] == [first, second, third]
    assert await store.state_hash(situation) == full


async def test_a_large_batch_is_undone_in_several_transactions(
    store: Store, situation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.sqlite.undo._FACTS", 10)
    dice = random.Random(2)
    before = await store.state_hash(situation)
    first = await write_events(store, dice, 8)
    for _ in range(3):
        await write_events(store, dice, 8, batch=first)
    full = await store.state_hash(situation)
    assert len(await store.undo(situation)) == 4
    assert await store.state_hash(situation) == before
    assert len(await store.redo(situation)) == 4
    assert await store.state_hash(situation) == full


async def test_each_user_undoes_their_own_and_another_ones_only_by_id(
    store: Store, colleague: Store, situation: str
) -> None:
    dice = random.Random(3)
    theirs = await write_events(colleague, dice, 3)
    own = await write_events(store, dice, 4)
    (undone,) = await colleague.undo(situation)
    assert (undone.id, await size(store)) == (theirs, 4)
    await colleague.redo(situation)
    await colleague.undo(situation, own)
    assert await size(store) == 3
    audit = (await store.changesets(situation))[0]
    assert (audit.author, audit.deed, audit.target) == (colleague.author, Deed.UNDO, own)
    with pytest.raises(NothingToUndo):
        await store.redo(situation)
    await colleague.redo(situation)
    assert await size(store) == 7


async def test_redo_ends_with_the_next_own_write_only(store: Store, colleague: Store, situation: str) -> None:
    dice = random.Random(4)
    await write_events(store, dice, 3)
    await store.undo(situation)
    await write_events(colleague, dice, 2)
    await store.redo(situation)
    assert await size(store) == 5
    await store.undo(situation)
    await write_events(store, dice, 2)
    with pytest.raises(NothingToUndo, match="since you last wrote"):
        await store.redo(situation)


async def test_undo_and_redo_outlast_the_session(tmp_path: Path) -> None:
    url = str(tmp_path / "kept.db")

    async with await open_store(url, create=True) as store:
        await store.put_situation(Situation("valley", "The Valley", "UTC"))
        await store.write("valley", Draft("one", places=(Place("one", "One"),)))
        await store.write("valley", Draft("two", places=(Place("two", "Two"), Place("one", "First"))))
    async with await open_store(url) as store:
        assert [one.reason for one in await store.undo("valley")] == ["two"]
        assert {place.name for place in (await store.catalog("valley")).places.values()} == {"One"}
    async with await open_store(url) as store:
        assert [one.reason for one in await store.undo("valley")] == ["one"]
        with pytest.raises(NothingToUndo):
            await store.undo("valley")
    async with await open_store(url) as store:
        assert [one.reason for one in await store.redo("valley")] == ["one"]
        assert [one.reason for one in await store.redo("valley")] == ["two"]
        assert {place.name for place in (await store.catalog("valley")).places.values()} == {"First", "Two"}


async def test_another_session_sees_what_was_undone(store: Store, colleague: Store, situation: str) -> None:
    await store.write(situation, Draft("rename", places=(Place("north", "Upper Town"),)))
    assert (await colleague.catalog(situation)).places["north"].name == "Upper Town"
    await store.undo(situation)
    assert (await colleague.catalog(situation)).places["north"].name == "North Town"


async def test_undoing_a_mark_gives_the_former_verdict_back(store: Store, situation: str) -> None:
    dice = random.Random(5)
    await write_events(store, dice, 2)
    row, _ = (await store.page(situation, EventQuery())).rows

    async def judge(kind: MarkKind) -> None:
        await store.write(situation, Draft("judge", marks=(Mark(new_id(), row.event.id, kind),)))

    await judge(MarkKind.REJECTED)
    await judge(MarkKind.VERIFIED)
    await store.undo(situation)
    assert (await store.event(situation, row.event.id)).row.verdict is MarkKind.REJECTED


async def test_what_cannot_be_undone_says_why(store: Store, situation: str) -> None:
    dice = random.Random(6)
    creation = (await store.changesets(situation))[-1]
    with pytest.raises(InputRefused, match="created the situation"):
        await store.undo(situation, creation.id)
    with pytest.raises(IdUnknown, match="no changeset"):
        await store.undo(situation, new_id())
    with pytest.raises(InputRefused, match="is not an id"):
        await store.undo(situation, "x")
    written = await write_events(store, dice, 2)
    await store.undo(situation, written)
    with pytest.raises(NothingToUndo, match="already"):
        await store.undo(situation, written)
    undo = (await store.changesets(situation))[0]
    with pytest.raises(InputRefused, match="itself an undo"):
        await store.undo(situation, undo.id)


async def test_undoing_all_leaves_a_situation_of_which_nothing_is_known(store: Store, situation: str) -> None:
    dice = random.Random(7)
    await write_events(store, dice, 20)
    await store.undo(situation)
    assert await size(store) == 0
    assert {state.status for state in await store.control(situation)} == {Status.UNKNOWN}
    await store.undo(situation)
    assert (await store.catalog(situation)).places == {}


AT = 18_850 * DAY
EAST = Place("east", "East Town")
GATE = Place("gate", "East Gate", parent="east")
GREEN = Actor("green", "Green Side")
LANE = Route("lane", "The Lane", ("east", "north"))
ANALYST = Source("analyst", "The Analyst", reliability=(Reliability("B"),))
HILLS = Tally("hills", "hills held by the Greens", "green", ("east",))


def report_of(number: int, place: str = "east", actor: str = "green", source: str = "analyst") -> Draft:
    fell = Event(new_id(), "capture", AT + number * DAY, Precision.DAY, f"report {number}", place, actor, None, "lane")
    claim = Claim(new_id(), fell.id, source, Stance.ASSERTS, fell.occurred_at + HOUR, credibility=2)
    return Draft(f"add {number}", events=(fell,), claims=(claim,))


def first_report() -> Draft:
    return report_of(1)._replace(places=(EAST,), actors=(GREEN,), routes=(LANE,), sources=(ANALYST,))


def on_the_road(draft: Draft) -> Draft:
    return draft._replace(events=tuple(event._replace(route="road") for event in draft.events))


async def shown(store: Store) -> list[object]:
    """What a user sees of the situation; each of it fails where a name is missing."""
    catalog, page = await store.catalog("valley"), await store.page("valley", EventQuery())
    files = [await store.event("valley", row.event.id) for row in page.rows]
    for file in files:
        event = file.row.event
        assert event.place in catalog.places
        assert event.actor in catalog.actors
        assert event.route in catalog.routes
        assert {claim.source for claim in file.claims} <= catalog.sources.keys()
    control = await store.control("valley")
    assert [state.place for state in control] == list(catalog.places)
    why = [await store.why("valley", place) for place in catalog.places]
    return [catalog, page.rows, files, control, why, await store.state_hash("valley")]


async def test_what_others_name_stays_when_the_one_who_made_it_undoes(
    store: Store, colleague: Store, situation: str
) -> None:
    before = await shown(store)
    await store.write(situation, first_report())
    one = await shown(store)
    await colleague.write(situation, report_of(2))
    both = await shown(store)
    await store.undo(situation)
    second = await shown(store)
    assert second == await shown(colleague)
    assert second[0] == both[0]
    assert [row.event.summary for row in (await store.page(situation, EventQuery())).rows] == ["report 2"]
    held = {state.place: (state.status, state.actor) for state in await colleague.control(situation)}
    assert held["east"] == (Status.HELD, "green")
    assert await store.rebuild(situation) == second[-1]
    assert await shown(store) == second
    await colleague.undo(situation)
    assert await shown(store) == await shown(colleague) == before
    await store.redo(situation)
    assert await shown(store) == await shown(colleague) == one
    await colleague.redo(situation)
    assert await shown(store) == await shown(colleague) == both
    assert await store.rebuild(situation) == both[-1]


async def test_redoing_the_second_first_brings_the_names_back_with_it(
    store: Store, colleague: Store, situation: str
) -> None:
    await store.write(situation, first_report())
    await colleague.write(situation, report_of(2))
    both = await shown(store)
    await store.undo(situation)
    second = await shown(store)
    await colleague.undo(situation)
    await colleague.redo(situation)
    assert await shown(store) == second
    await store.redo(situation)
    assert await shown(store) == both


async def test_what_stays_can_be_named_anew_and_what_went_cannot(
    store: Store, colleague: Store, situation: str
) -> None:
    await store.write(situation, first_report())
    await colleague.write(situation, report_of(2))
    await store.undo(situation)
    await store.write(situation, report_of(3))
    await colleague.undo(situation)
    third = await shown(store)
    assert await shown(colleague) == third
    await store.undo(situation)
    with pytest.raises(IdUnknown, match="place 'east'"):
        await colleague.write(situation, report_of(4))
    await colleague.write(situation, first_report()._replace(places=(EAST._replace(name="Far East"),)))
    assert (await store.catalog(situation)).places["east"].name == "Far East"
    assert (await shown(store))[-1] == await store.rebuild(situation)


NAMING = {
    "a place's parent": ({"place"}, Draft("x", places=(Place("wall", "Other Gate", parent="east"),))),
    "a route": ({"place"}, Draft("x", routes=(Route("pass", "The Pass", ("north", "east")),))),
    "what is named only by what stays": ({"place"}, Draft("x", routes=(Route("pass", "The Pass", ("gate",)),))),
    "a relation": ({"actor"}, Draft("x", actors=(Actor("moss", "Moss", relations=(Relation("ally-of", "green"),)),))),
    "a voice": ({"actor"}, Draft("x", sources=(Source("green-radio", "Green Radio", speaks_for="green"),))),
    "a copy": ({"source"}, Draft("x", sources=(Source("echo", "Echo", copies="analyst"),))),
    "a tally": ({"actor", "place"}, Draft("x", tallies=(Tally("towns-2", "towns", "green", ("east",)),))),
    "a count": (
        {"source", "tally", "actor", "place"},
        Draft("x", tally_claims=(TallyClaim(new_id(), "hills", "analyst", 1, 3, AT, Precision.DAY, AT),)),
    ),
    "a count of another tally": (
        {"source"},
        Draft("x", tally_claims=(TallyClaim(new_id(), "towns", "analyst", 1, 3, AT, Precision.DAY, AT),)),
    ),
    "a report": ({"source"}, Draft("x", reports=(Report(new_id(), "analyst", "Front page"),))),
    "an event's route, and the route its place": ({"route", "place"}, report_of(2, "north", "red", "wire")),
    "an event's place": ({"place"}, on_the_road(report_of(2, "east", "red", "wire"))),
    "an event's actor": ({"actor"}, on_the_road(report_of(2, "north", "green", "wire"))),
    "a claim": ({"source"}, on_the_road(report_of(2, "north", "red", "analyst"))),
}


@pytest.mark.parametrize(("stays", "draft"), NAMING.values(), ids=NAMING)
async def test_each_thing_stays_as_long_as_something_names_it_and_no_other_does(
    store: Store, colleague: Store, situation: str, stays: set[str], draft: Draft
) -> None:
    async def there() -> set[str]:
        catalog = await colleague.catalog(situation)
        made = {"place": EAST, "actor": GREEN, "route": LANE, "source": ANALYST, "tally": HILLS}
        lists = {"place": catalog.places, "actor": catalog.actors, "route": catalog.routes, "source": catalog.sources}
        return {what for what, one in made.items() if one in {**lists, "tally": catalog.tallies}[what].values()}

    await store.write(situation, first_report()._replace(places=(EAST, GATE), tallies=(HILLS,)))
    await colleague.write(situation, draft)
    assert await there() == {"place", "actor", "route", "source", "tally"}
    await store.undo(situation)
    assert await there() == stays
    await colleague.undo(situation)
    assert await there() == set()
    await colleague.redo(situation)
    assert await there() == stays


async def test_a_name_goes_when_a_next_version_no_longer_names_it(
    store: Store, colleague: Store, situation: str
) -> None:
    await store.write(situation, Draft("make", actors=(GREEN,)))
    radio = Source("green-radio", "Green Radio", speaks_for="green")
    await colleague.write(situation, Draft("x", sources=(radio,)))
    await store.undo(situation)
    assert "green" in (await store.catalog(situation)).actors
    await colleague.write(situation, Draft("y", sources=(radio._replace(speaks_for=None),)))
    assert "green" not in (await store.catalog(situation)).actors
    assert "green" not in (await colleague.catalog(situation)).actors
    await colleague.undo(situation)
    assert (await store.catalog(situation)).actors["green"] == GREEN


async def test_a_rebuild_needs_no_index_to_know_what_stays(
    store: Store, colleague: Store, situation: str, pool: Pool
) -> None:
    await store.write(situation, first_report())
    await colleague.write(situation, report_of(2))
    await store.undo(situation)
    second = await shown(store)
    async with pool.write() as connection:
        await connection.run("DELETE FROM event_index")
    assert await store.rebuild(situation) == second[-1]
    assert await shown(store) == second
