"""What a commit may have changed, and that whoever goes by it misses nothing."""

import pytest

from model.entities import Mark, MarkKind, Name, Source, Stance
from model.ids import new_id
from model.query import EventQuery
from store.base import Draft, Store
from tests.tui_fakes import claim_on, event_on
from tui.session import Session


async def changes(store: Store) -> int:
    return (await store.revision()).changes


async def test_a_few_facts_touch_their_events_and_nothing_else(store: Store, colleague: Store, situation: str) -> None:
    first, second = event_on(3), event_on(5, "middle", actor="blue")
    since = await changes(store)
    assert not (await store.touched(situation, since)).events
    await colleague.write(situation, Draft("add", events=(first, second), claims=(claim_on(first), claim_on(second))))
    touched = await store.touched(situation, since)
    numbers = {row.event.id: row.cursor.seq for row in (await store.page(situation, EventQuery())).rows}
    assert touched.events == set(numbers.values())
    assert touched.places == {"north", "middle"}
    assert touched.actors == {"red", "blue"}
    assert (touched.since, touched.changes, touched.everything) == (since, await changes(store), False)
    for draft in (
        Draft("deny", claims=(claim_on(second, "gazette", Stance.DENIES),)),
        Draft("star", marks=(Mark(new_id(), second.id, MarkKind.STAR),)),
    ):
        since = await changes(store)
        await colleague.write(situation, draft)
        touched = await store.touched(situation, since)
        assert touched.events == {numbers[second.id]}
        assert touched.places == {"middle"}
        assert touched.marked is bool(draft.marks)


async def test_what_is_more_than_a_few_facts_may_touch_anything(
    store: Store, colleague: Store, situation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = event_on(3)
    since = await changes(store)
    await colleague.write(situation, Draft("add", events=(event,), claims=(claim_on(event),)))
    assert (await store.touched(situation, 0)).everything
    assert (await store.touched(situation, since + 7)).everything
    assert not (await store.touched(situation, since)).everything
    since = await changes(store)
    await colleague.undo(situation)
    assert (await store.touched(situation, since)).everything
    since = await changes(store)
    await colleague.write(situation, Draft("rename", sources=(Source("wire", "Wire", names=(Name("Wire", "en"),)),)))
    assert (await store.touched(situation, since)).everything
    monkeypatch.setattr("store.sqlite.touched.load_touched.__kwdefaults__", {"most": 1})
    since = await changes(store)
    await colleague.write(situation, Draft("add", events=(late := event_on(4),), claims=(claim_on(late),)))
    assert (await store.touched(situation, since)).everything


async def test_a_session_that_reads_what_was_touched_knows_what_one_knows_that_reads_everything(
    store: Store, colleague: Store, situation: str
) -> None:
    events = tuple(event_on(day, place) for day, place in enumerate(("north", "middle", "south") * 4, 1))
    await store.write(situation, Draft("add", events=events, claims=tuple(map(claim_on, events))))
    catalog = await store.catalog(situation)
    session = Session(store, catalog, present=lambda: events[-1].occurred_at)
    session.heard = await changes(store)
    await session.actor_file("red", await session.board())
    other, late = event_on(6, None)._replace(actor=None, against=None), event_on(11, "airfield")
    drafts = (
        Draft(
            "elsewhere",
            events=(other,),
            claims=(claim_on(other),),
        ),
        Draft("deny", claims=(claim_on(events[4], "gazette", Stance.DENIES),)),
        Draft("reject", marks=(Mark(new_id(), events[9].id, MarkKind.REJECTED),)),
        Draft("add", events=(late,), claims=(claim_on(late),)),
    )
    for draft in drafts:
        before = await session.actor_file("red", await session.board())
        await colleague.write(situation, draft)
        await session.hear()
        fresh = Session(store, catalog, present=session.present)
        file = await fresh.actor_file("red", await fresh.board())
        assert await session.actor_file("red", await session.board()) == file
        assert (file == before) is (draft is drafts[0])
