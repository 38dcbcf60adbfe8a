"""Rows selected by keys, and marks on all of them: nothing is loaded for it, and one undo takes it back."""

import asyncio
from unittest.mock import patch

import pytest

from model.catalog import Catalog
from model.entities import MarkKind
from model.ids import short_id
from store.base import Draft, Written
from tests.tui_fakes import FakeStore, claim_on, event_on, screen_text, type_in, wait_for
from tests.tui_open import NARROW, numbered, opened, shows
from tui import long_task, marking, window
from tui.panes import event_log


@pytest.fixture
async def store(catalog: Catalog) -> FakeStore:
    return await numbered(catalog, 120)


def marked(store: FakeStore, kind: MarkKind) -> int:
    off = store._gone()
    return len({mark.event for mark in store.marks if mark.kind is kind and mark.on and mark.id not in off})


async def test_space_selects_goes_on_and_deselects(store: FakeStore) -> None:
    async with opened(store, NARROW) as (app, pilot):
        await pilot.press("space", "space", "j", "space")
        await shows(pilot, "EVENTS 120  3 selected")
        assert app.main.events.cursor == 4
        lines = screen_text(app).splitlines()[2:8]
        assert ["+" in line[:5] for line in lines] == [True, True, False, True, False, False]
        await pilot.press("k", "space")
        await shows(pilot, "2 selected")
        await pilot.press("escape")
        await wait_for(pilot, lambda: "selected" not in screen_text(app), "nothing to be selected")


async def test_one_key_marks_all_that_is_selected_and_one_undo_takes_it_back(store: FakeStore) -> None:
    async with opened(store, NARROW) as (app, pilot):
        await pilot.press("v", "j", "j", "j", "s")
        await shows(pilot, "starred 4 events")
        assert marked(store, MarkKind.STAR) == 4
        await pilot.press("v", "j", "s")
        await shows(pilot, "took the star from 4 events")
        assert not app.session.selection.empty
        await pilot.press("u", "u")
        await shows(pilot, "undone: starred 4 events")
        assert not marked(store, MarkKind.STAR)


async def test_the_event_under_the_cursor_repeats_the_one_that_is_selected(store: FakeStore) -> None:
    async with opened(store, NARROW) as (app, pilot):
        original = app.main.events.row
        assert original is not None
        await pilot.press("space", "j", "x", "=")
        await shows(pilot, f"marked 1 event as repeating {short_id(original.event.id)}")
        (made,) = store.marks
        row = app.main.events.row
        assert row is not None
        assert (made.event, made.value) == (row.event.id, original.event.id)
        await pilot.press("escape", "enter")
        await shows(pilot, f"of {original.event.summary}")
        await pilot.press("escape", "x", "=")
        await shows(pilot, "no longer a duplicate: 1 event")
        await pilot.press("u", "u")
        await wait_for(pilot, lambda: not marked(store, MarkKind.DUPLICATE), "the undo")


async def test_what_an_event_repeats_is_chosen_from_those_near_it(store: FakeStore) -> None:
    async with opened(store, NARROW) as (app, pilot):
        row = app.main.events.row
        assert row is not None
        await pilot.press("x", "=")
        await shows(pilot, "A DUPLICATE OF")
        assert short_id(row.event.id) not in screen_text(app)
        await type_in(pilot, "number 89")
        await shows(pilot, "number 89")
        await pilot.press("enter")
        await shows(pilot, "marked 1 event as repeating")
        by_id = {kept.event.id: kept.event.summary for kept in store.events}
        assert [(by_id[mark.event], by_id[mark.value]) for mark in store.marks] == [(row.event.summary, "number 89")]
        await pilot.press("j", "x", "=")
        await shows(pilot, "A DUPLICATE OF")
        await type_in(pilot, short_id(row.event.id))
        await pilot.press("enter")
        await shows(pilot, "is itself a duplicate")


async def test_an_event_does_not_repeat_itself(store: FakeStore) -> None:
    async with opened(store, NARROW) as (app, pilot):
        await pilot.press("x", "=")
        await shows(pilot, "A DUPLICATE OF")
        row = app.main.events.row
        assert row is not None
        await type_in(pilot, row.event.id)
        await pilot.press("enter")
        await shows(pilot, "an event is not a duplicate of itself")
        assert not store.marks


async def test_a_tag_and_a_note_go_to_all_that_is_selected(store: FakeStore) -> None:
    async with opened(store, NARROW) as (_, pilot):
        await pilot.press("space", "space", "t")
        await type_in(pilot, "ring road")
        await pilot.press("enter")
        await shows(pilot, "tagged 2 events ring road")
        await pilot.press("c")
        await type_in(pilot, "look again")
        await pilot.press("enter")
        await shows(pilot, "noted 2 events")
        await pilot.press("t", "enter")
        await shows(pilot, "a tag has at least one character")


async def test_a_note_of_ones_own_is_another_key_and_says_so(store: FakeStore) -> None:
    async with opened(store, NARROW) as (_, pilot):
        await pilot.press("C")
        await shows(pilot, "note that only you see")
        await type_in(pilot, "ask her")
        await pilot.press("enter")
        await shows(pilot, "noted for yourself: 1 event")
        assert [(mark.kind, mark.value) for mark in store.marks] == [(MarkKind.REMARK, "ask her")]


async def test_a_range_reaches_to_rows_that_were_never_read(store: FakeStore) -> None:
    with patch.object(window, "PAGE", 25), patch.object(event_log, "_MARGIN", 5):
        await _a_range_to_the_oldest(store)


async def _a_range_to_the_oldest(store: FakeStore) -> None:
    async with opened(store, NARROW) as (app, pilot):
        await pilot.press("j", "v", "G")
        await wait_for(pilot, lambda: app.main.log_window.at_oldest and app.main.events.row, "the oldest rows")
        await shows(pilot, "119 selected")
        assert app.main.log_window.last - app.main.log_window.first + 1 < 119
        await pilot.press("x", "v")
        await shows(pilot, "all 119 selected events?")
        await pilot.press("n")
        assert not marked(store, MarkKind.VERIFIED)
        await pilot.press("x", "v", "y")
        with patch.object(marking, "PART", 50):
            await shows(pilot, "verified 119 events")
        assert marked(store, MarkKind.VERIFIED) == 119
        await pilot.press("u")
        await shows(pilot, "undone: verified")
        assert not marked(store, MarkKind.VERIFIED)


async def test_what_is_selected_stays_so_while_others_write(store: FakeStore) -> None:
    async with opened(store, NARROW) as (app, pilot):
        await pilot.press("v", "j", "j", "v")
        await shows(pilot, "3 selected")
        new = event_on(18, summary="came later")
        await store.happen(new, claims=[claim_on(new)])
        await shows(pilot, "1 new")
        await pilot.press("full_stop")
        await shows(pilot, "came later")
        assert "3 selected" in screen_text(app)
        await pilot.press("s")
        await shows(pilot, "starred 3 events")
        assert new.id not in {mark.event for mark in store.marks}


@pytest.mark.parametrize("keys", [("slash", *"kind:capture"), ("S", "r"), ("left_square_bracket",)])
async def test_another_list_has_nothing_selected_and_says_so(store: FakeStore, keys: tuple[str, ...]) -> None:
    async with opened(store, NARROW) as (app, pilot):
        await pilot.press("space")
        await shows(pilot, "1 selected")
        await pilot.press(*keys)
        await wait_for(pilot, lambda: app.session.selection.empty, "nothing to be selected")
        await wait_for(pilot, lambda: "1 selected" not in screen_text(app), "the title to say so")


async def test_all_that_is_listed_is_read_only_after_yes(store: FakeStore) -> None:
    async with opened(store, NARROW) as (app, pilot):
        await pilot.press("slash")
        await type_in(pilot, "place:north")
        await pilot.press("enter")
        await shows(pilot, "EVENTS 40")
        await pilot.press("m")
        await shows(pilot, "marked read 1 event")
        await pilot.press("A")
        await shows(pilot, "mark 39 events read?")
        await pilot.press("x")
        assert marked(store, MarkKind.READ) == 1
        await pilot.press("A")
        await shows(pilot, "mark 39 events read?")
        await pilot.press("y")
        await shows(pilot, "marked read 39 events")
        assert marked(store, MarkKind.READ) == 40
        await pilot.press("u")
        await wait_for(pilot, lambda: marked(store, MarkKind.READ) == 1, "the undo")
        await pilot.press("A", "y", "A")
        await shows(pilot, "is read already")
        assert app.is_running


async def test_what_takes_long_says_how_far_it_is_and_stops(store: FakeStore, monkeypatch: pytest.MonkeyPatch) -> None:
    write, never = store.write, asyncio.Event()

    async def write_some(situation: str, draft: Draft, user: str = "") -> Written:
        if len(store.marks) > 50:
            await never.wait()
        return await write(situation, draft, user)

    monkeypatch.setattr(store, "write", write_some)
    with patch.object(marking, "PART", 20), patch.object(long_task, "SOON", 0.0):
        async with opened(store, NARROW) as (app, pilot):
            await pilot.press("A")
            await shows(pilot, "mark 120 events read?")
            await pilot.press("y")
            await shows(pilot, "60 of 120 events marked · esc stops")
            await pilot.press("escape")
            await shows(pilot, "of 120 events marked; u takes that back")
            assert marked(store, MarkKind.READ) == 60
            await pilot.press("u")
            await wait_for(pilot, lambda: not marked(store, MarkKind.READ), "all of it to be undone")
            assert app.is_running
