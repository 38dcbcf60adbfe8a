"""Marks on what is selected: what is selected, how many that is, and that all of it is one undo, at any size."""

import asyncio
import random
from collections.abc import AsyncIterator
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.catalog import Catalog
from model.entities import Mark, MarkKind, Standing, Weight
from model.filters.conditions import EVERYTHING, Marked, PlaceIn
from model.filters.match import matches
from model.ids import new_id
from model.query import Cursor, EventQuery, EventRow, Order
from store.base import Draft, Store, Written
from tests.store_world import random_events
from tests.tui_fakes import PRESENT, event_on
from tests.tui_open import three_days
from tui import marking
from tui.marking import Marking, count_selected, mark, toggle
from tui.selection import Selection, all_of, only
from tui.session import Session

STAR, READ = Marking(MarkKind.STAR), Marking(MarkKind.READ)


@pytest.fixture
async def session(catalog: Catalog) -> Session:
    return Session(await three_days(catalog), catalog, present=lambda: PRESENT)


@pytest.fixture
async def large(store: Store, catalog: Catalog, situation: str) -> AsyncIterator[Session]:
    """A session on a store of a few hundred events, of which so many are written at a time."""
    events = random_events(random.Random(1), 400, 7)
    await store.write(situation, Draft("load", events=tuple(events)))
    with patch.object(marking, "PART", 64):
        yield Session(store, catalog, present=lambda: PRESENT)


async def rows_of(session: Session, where: object = EVERYTHING) -> tuple[EventRow, ...]:
    page = await session.store.page("valley", EventQuery(where, order=session.order), limit=1_000)  # type: ignore[arg-type]
    return page.rows


async def first(session: Session) -> tuple[EventRow, Selection]:
    row = (await rows_of(session))[0]
    return row, only(session.query, row)


async def test_marks_are_set_taken_away_and_undone(session: Session) -> None:
    assert await toggle(session, (await first(session))[1], STAR) == "starred 1 event"
    assert (await first(session))[0].starred
    assert await session.undo() == "undone: starred 1 event"
    assert not (await first(session))[0].starred
    assert await session.redo() == "done again: starred 1 event"
    assert (await first(session))[0].starred
    assert await toggle(session, (await first(session))[1], STAR) == "took the star from 1 event"
    assert not (await first(session))[0].starred


async def test_a_mark_that_some_have_is_given_to_the_others_and_taken_back_from_those(session: Session) -> None:
    listed = all_of(session.query, 3)
    await toggle(session, (await first(session))[1], READ)
    assert await toggle(session, listed, READ) == "marked read 2 events"
    await session.undo()
    assert [row.read for row in await rows_of(session)] == [True, False, False]
    await toggle(session, listed, READ)
    assert await toggle(session, listed, READ) == "marked unread 3 events"


async def test_a_verdict_takes_the_place_of_another_and_can_be_taken_away(session: Session) -> None:
    rejected = Marking(MarkKind.REJECTED)
    for given_one, left in ((Marking(MarkKind.VERIFIED), MarkKind.VERIFIED), (rejected, MarkKind.REJECTED)):
        await toggle(session, (await first(session))[1], given_one)
        assert (await first(session))[0].verdict is left
    await toggle(session, (await first(session))[1], rejected)
    assert (await first(session))[0].verdict is None


async def test_the_same_tag_twice_is_no_tag(session: Session) -> None:
    tag = Marking(MarkKind.TAG, "key point")
    assert await toggle(session, (await first(session))[1], tag) == "tagged 1 event key point"
    assert (await first(session))[0].tags == ("key point",)
    assert await toggle(session, (await first(session))[1], tag) == "took the tag key point from 1 event"
    assert (await first(session))[0].tags == ()


async def test_notes_stand_beside_each_other(session: Session) -> None:
    for text in ("one", "two"):
        await mark(session, (await first(session))[1], Marking(MarkKind.NOTE, text))
    assert (await first(session))[0].notes == 2


async def test_a_remark_is_seen_by_its_author_alone(large: Session, colleague: Store) -> None:
    row, chosen = await first(large)
    for text in ("ask her", "look again", "ask her"):
        await mark(large, chosen, Marking(MarkKind.REMARK, text))
    await mark(large, chosen, Marking(MarkKind.NOTE, "for all"))
    own, others = await large.event(row.event.id), await colleague.event("valley", row.event.id)
    assert sorted(mark.value for mark in own.marks) == ["ask her", "for all", "look again"]
    assert [mark.value for mark in others.marks] == ["for all"]


@pytest.mark.parametrize("order", Order)
async def test_many_rows_are_marked_in_parts_and_undone_at_once(large: Session, order: Order) -> None:
    large.order = order
    rows = await rows_of(large)
    chosen = Selection(large.query).begun(rows[300], 10_000).stretched(rows[20].cursor).ended().toggled(rows[25])
    chosen = chosen.toggled(rows[350]).toggled(rows[2])
    assert await count_selected(large, chosen) == 280 + 2
    told: list[tuple[int, int]] = []
    assert await toggle(large, chosen, STAR, lambda *at: told.append(at)) == "starred 282 events"
    assert [index for index, row in enumerate(await rows_of(large)) if row.starred] == [
        index for index in range(400) if (20 <= index <= 300 and index != 25) or index in (2, 350)
    ]
    assert told[-1] == (282, 282)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert "282 marks" in await large.undo()
    assert not await rows_of(large, Marked(MarkKind.STAR))
    assert "282 marks" in await large.redo()
    assert len(await rows_of(large, Marked(MarkKind.STAR))) == 282


async def test_what_was_done_before_it_was_stopped_is_one_undo(large: Session) -> None:
    listed = all_of(large.query, 10_000)
    task: asyncio.Task[str] | None = None

    def stop(done: int, of: int) -> None:
        if task is not None and done * 2 > of:
            task.cancel()

    task = asyncio.create_task(toggle(large, listed, READ, stop))
    with pytest.raises(asyncio.CancelledError):
        await task
    assert 200 < len(await rows_of(large, Marked(MarkKind.READ))) < 400
    await large.undo()
    assert not await rows_of(large, Marked(MarkKind.READ))


async def test_another_sessions_writing_comes_between_the_parts(
    large: Session, colleague: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = all_of(large.query, 10_000)
    others: list[asyncio.Task[object]] = []
    row = (await rows_of(large))[-1]
    write = large.store.write

    async def write_after_others(situation: str, draft: Draft) -> Written:
        await asyncio.gather(*others)  # which would wait in vain, were the store kept from one part to the next
        return await write(situation, draft)

    monkeypatch.setattr(large.store, "write", write_after_others)

    def interrupt(_done: int, _of: int) -> None:
        draft = Draft("note", marks=(Mark(new_id(), row.event.id, MarkKind.NOTE, value=str(len(others))),))
        others.append(asyncio.create_task(colleague.write("valley", draft)))

    await toggle(large, listed, READ, interrupt)
    await asyncio.gather(*others)
    changesets = await large.store.changesets("valley")
    reasons = [one.reason for one in reversed(changesets)]
    assert reasons.index("note") < max(
        index for index, reason in enumerate(reasons) if reason.startswith("marked read")
    )
    await large.undo()
    after = (await rows_of(large))[-1]
    assert (after.read, after.notes) == (False, len(others))


async def test_only_what_the_filter_lists_is_marked_and_nothing_that_arrived_later(large: Session) -> None:
    large.where = PlaceIn(frozenset({"north"}))
    listed = all_of(large.query, len(await rows_of(large)) - 10)
    await mark(large, listed, READ)
    for row in await rows_of(large):
        assert row.read == (row.event.place == "north" and row.cursor.seq <= 390)


def row_at(number: int, at: int) -> EventRow:
    event = event_on(1 + at % 20)
    return EventRow(event, Cursor(event.occurred_at, number), Weight(Standing.REPORTED, 1, 0, None))


@given(
    st.lists(
        st.tuples(st.sampled_from(("toggle", "stretch", "end")), st.integers(0, 11), st.integers(0, 11)), max_size=8
    ),
    st.integers(3, 12),
    st.sampled_from(Order),
)
@settings(max_examples=60)
def test_what_is_shown_as_selected_is_what_is_marked(
    steps: list[tuple[str, int, int]], horizon: int, order: Order
) -> None:
    rows = [row_at(number, number * 7) for number in range(12)]
    if order is Order.RECEIVED:
        rows = [EventRow(row.event, Cursor(0, row.cursor.seq), row.weight) for row in rows]
    chosen = Selection(EventQuery(order=order))
    for step, one, other in steps:
        if step == "toggle":
            was = chosen.holds(rows[one])
            chosen = chosen.ended().toggled(rows[one])
            assert chosen.holds(rows[one]) is not was
        elif step == "stretch":
            chosen = chosen.begun(rows[one], horizon).stretched(rows[other].cursor)
        else:
            chosen = chosen.ended()
    conditions = chosen.conditions()
    for row in rows:
        found = sum(matches(condition, row) for condition in conditions) + (row.event.id in chosen.loose)
        assert found == chosen.holds(row)
