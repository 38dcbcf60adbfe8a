"""The screen, driven by keys: what it shows, what it does, and that nothing moves under the cursor."""

import asyncio

import pytest
from textual.events import Key, MouseScrollDown

from model.catalog import Catalog
from model.entities import ControlState, Mark, MarkKind
from model.errors import StoreBusy
from model.ids import new_id
from model.query import NOW, Clocks, EventQuery, EventRow
from model.times import FOREVER
from store.base import Draft
from tests.tui_fakes import FakeStore, event_on, screen_text, type_in, wait_for
from tests.tui_open import NARROW, SMALL, WIDE, denied_days, opened
from tui.app import SitmonApp
from tui.panes.lines import WHEEL_LINES
from tui.session import Clock

PLACES = ("north", "middle", "south")


@pytest.fixture
async def store(catalog: Catalog) -> FakeStore:
    return await denied_days(catalog)


def row(app: SitmonApp) -> EventRow:
    found = app.main.events.row
    assert found is not None
    return found


@pytest.mark.parametrize("size", [WIDE, NARROW, SMALL, (200, 60), (20, 5)])
async def test_it_fits_any_terminal(store: FakeStore, size: tuple[int, int]) -> None:
    async with opened(store, size) as (app, pilot):
        for key in ("j", "e", "tab", "tab", "question_mark", "escape", "1", "2", "3", "slash", "escape"):
            await pilot.press(key)
        lines = screen_text(app).splitlines()
        assert len(lines) == size[1]
        assert all(len(line) <= size[0] for line in lines)


async def test_wide_shows_three_panes_and_the_drawer(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        await wait_for(pilot, lambda: "RECENT" in screen_text(app), "the actor's file")
        text = screen_text(app)
        for words in ("The Valley", "CITIES 3 +1 more", "EVENTS 18", "RED SIDE", "HOLDS 1 of 3", "Red Side 1/3"):
            assert words in text
        assert "also the Reds" in text
        await wait_for(pilot, lambda: "it fell on the 18" in screen_text(app), "the evidence of the first event")
        assert "against" in screen_text(app)


@pytest.mark.parametrize("size", [NARROW, SMALL])
async def test_narrow_shows_one_pane_and_keeps_clock_and_tally(store: FakeStore, size: tuple[int, int]) -> None:
    async with opened(store, size) as (app, pilot):
        lines = screen_text(app).splitlines()
        assert "1/3" in lines[0]
        assert "1 CITIES 3 +1 more" in lines[1]
        assert "2 EVENTS 18" in lines[1]
        assert "18 Aug" in lines[2]
        await pilot.press("1")
        await wait_for(pilot, lambda: "■ North Town" in screen_text(app), "the cities")
        assert "captured" not in screen_text(app)
        await pilot.press("3")
        await wait_for(pilot, lambda: "HOLDS" in screen_text(app), "the actor")
        await pilot.press("2", "left_square_bracket")
        await wait_for(pilot, lambda: "as of 18 Aug 2021" in screen_text(app).splitlines()[0], "the clock")


async def test_keys_move_the_cursor_and_the_evidence_follows(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        await pilot.press("j", "down", "k")
        assert app.main.events.cursor == 1
        await wait_for(pilot, lambda: "it fell on the 17" in screen_text(app), "the evidence")
        await pilot.press("G")
        await wait_for(
            pilot, lambda: row(app).event.summary == "capture on the 1th" or app.main.events.cursor == 17, "G"
        )
        await pilot.press("g", "ctrl+d", "ctrl+u", "pagedown", "home")
        assert app.main.events.cursor == 0


async def test_enter_goes_into_the_evidence_and_back(store: FakeStore) -> None:
    async with opened(store, NARROW) as (app, pilot):
        assert not app.main.drawer.display
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.main.evidence.has_focus, "the evidence to have the keys")
        await wait_for(pilot, lambda: "it fell on the 18" in screen_text(app), "the evidence")
        await pilot.press("escape")
        await wait_for(pilot, lambda: app.main.events.has_focus, "the events to have the keys")
        assert not app.main.drawer.display


async def test_enter_on_a_city_shows_its_events_and_escape_all_again(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        await pilot.press("1", "j")
        await wait_for(pilot, lambda: app.session.place == "north", "the city")
        await pilot.press("enter")
        await wait_for(pilot, lambda: "EVENTS 6  /place:north" in screen_text(app), "the filtered log")
        assert app.main.events.has_focus
        await pilot.press("escape")
        await wait_for(pilot, lambda: "EVENTS 18" in screen_text(app), "the whole log")


async def test_the_drawer_says_why_a_city_stands_so(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        await pilot.press("1", "j")
        await wait_for(pilot, lambda: "NORTH TOWN · held by Red Side since 18 Aug 2021" in screen_text(app), "why")
        await pilot.press("2")
        await wait_for(pilot, lambda: "it fell on the 18" in screen_text(app), "the event again")


async def test_the_filter_narrows_as_it_is_typed(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        await pilot.press("slash", *"kind:clash")
        await wait_for(pilot, lambda: "EVENTS 6  /kind:clash" in screen_text(app), "the filtered log")
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.main.events.has_focus, "the events to have the keys")
        assert row(app).event.kind == "clash"
        await pilot.press("slash", "escape")
        await wait_for(pilot, lambda: "EVENTS 18" in screen_text(app), "the whole log")


async def test_a_wrong_filter_says_where_and_enter_keeps_the_line_open_until_it_is_fixed(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        await pilot.press("slash")
        await type_in(pilot, "kind:clas")
        await wait_for(pilot, lambda: "column" in screen_text(app).splitlines()[-1], "the error")
        assert "EVENTS 18" in screen_text(app)
        await pilot.press("enter")
        await wait_for(pilot, lambda: "column" in screen_text(app).splitlines()[-1], "the error again")
        assert app.main.question.display
        assert "kind:clas" in screen_text(app).splitlines()[-2]
        await pilot.press("h", "enter")
        await wait_for(pilot, lambda: app.main.events.has_focus, "the events to have the keys")
        assert app.session.filter_text == "kind:clash"
        await wait_for(pilot, lambda: "EVENTS 6  /kind:clash" in screen_text(app), "the filtered log")


async def test_typing_replaces_the_present_filter_and_an_arrow_keeps_it(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        await pilot.press("slash", *"kind:clash", "enter", "slash", *"kind:entered", "enter")
        assert app.session.filter_text == "kind:entered"
        await pilot.press("slash", "end", *" town", "enter")
        assert app.session.filter_text == "kind:entered town*"


async def test_clearing_a_filter_keeps_the_selected_event(store: FakeStore) -> None:
    await store.happen(*(event_on(1 + number % 18, summary=f"number {number}") for number in range(300)))
    async with opened(store) as (app, pilot):
        await pilot.press("slash", *"kind:clash", "enter")
        await wait_for(pilot, lambda: "EVENTS 6  /kind:clash" in screen_text(app), "the filtered log")
        await pilot.press("j", "j", "j")
        chosen = row(app).event
        await pilot.press("escape")
        await wait_for(pilot, lambda: "EVENTS 318" in screen_text(app), "the whole log")
        assert row(app).event == chosen
        assert app.main.events.shown[0] < app.main.events.cursor < app.main.events.shown[1]
        await pilot.press("g")
        await wait_for(pilot, lambda: row(app).event.occurred_at == event_on(18).occurred_at, "the newest")


async def test_a_filter_without_a_match_says_why_and_what_to_press(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        await pilot.press("slash")
        await type_in(pilot, "zephyr")
        await pilot.press("enter")
        await wait_for(pilot, lambda: "no event matches /zephyr" in screen_text(app), "the empty state")
        assert "esc clears the filter" in screen_text(app)
        await pilot.press("m")
        assert "no event is selected" in screen_text(app)


async def test_marks_show_and_undo_takes_them_back(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        await pilot.press("j", "s")
        await wait_for(pilot, lambda: row(app).starred, "the star")
        assert "★" in screen_text(app)
        assert "starred 1 event" in screen_text(app)
        assert app.main.events.cursor == 1
        await pilot.press("m")
        await wait_for(pilot, lambda: row(app).read, "the read mark")
        await pilot.press("u")
        await wait_for(pilot, lambda: not row(app).read, "the undo")
        await pilot.press("u")
        await wait_for(pilot, lambda: not row(app).starred, "the second undo")
        await pilot.press("ctrl+r")
        await wait_for(pilot, lambda: row(app).starred, "the redo")


async def test_the_same_key_twice_at_once_sets_and_takes_away(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        await pilot.press("s", "s", "m")
        await wait_for(pilot, lambda: row(app).read, "all three")
        assert not row(app).starred
        assert len(store.marks) == 3


async def test_a_chord_shows_what_may_follow_and_escape_leaves_it(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        await pilot.press("x")
        hint = screen_text(app).splitlines()[-1]
        for words in ("v verified", "d disputed", "r rejected", "u unverifiable", "esc cancels"):
            assert words in hint
        await pilot.press("escape")
        assert "enter open" in screen_text(app).splitlines()[-1]
        await pilot.press("x", "d")
        await wait_for(pilot, lambda: row(app).verdict is MarkKind.DISPUTED, "the verdict")
        await pilot.press("x", "u")
        await wait_for(pilot, lambda: row(app).verdict is MarkKind.UNVERIFIABLE, "the other verdict")
        await pilot.press("x", "j")
        assert app.main.events.cursor == 0


async def test_notes_and_tags_are_asked_for(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        await pilot.press("t")
        await type_in(pilot, "key")
        await pilot.press("enter")
        await wait_for(pilot, lambda: row(app).tags == ("key",), "the tag")
        await pilot.press("c")
        await type_in(pilot, "who says so?")
        await pilot.press("enter")
        await wait_for(pilot, lambda: row(app).notes == 1, "the note")
        await wait_for(pilot, lambda: "analyst: who says so?" in screen_text(app), "the note in the evidence")
        assert "▌● & 18 Aug" in screen_text(app)
        await pilot.press("x", "a", *"me", "enter")
        await wait_for(pilot, lambda: "assigned     analyst: analyst" in screen_text(app), "the assignment")
        await pilot.press("x", "a", "enter")
        await wait_for(pilot, lambda: "assigned     " not in screen_text(app), "it to be nobody's")
        await pilot.press("c")
        await type_in(pilot, "never mind")
        await pilot.press("escape")
        await wait_for(pilot, lambda: app.main.events.has_focus, "the events to have the keys")
        assert row(app).notes == 1


async def test_the_clocks_step_loudly_and_come_back_to_now(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        await pilot.press("left_square_bracket", "left_square_bracket")
        await wait_for(pilot, lambda: "as of 15 Aug 2021" in screen_text(app), "the clock")
        await wait_for(pilot, lambda: "15 Aug" in screen_text(app).splitlines()[2], "the log as of then")
        assert "before now" in screen_text(app)
        await pilot.press("right_curly_bracket")
        await wait_for(pilot, lambda: "as of 15 Aug 2021 23:59" in screen_text(app), "the end of the day")
        await pilot.press("backslash", "left_square_bracket")
        await wait_for(pilot, lambda: app.session.clocks.known_at != FOREVER, "the other clock")
        assert "known at" in screen_text(app)
        await pilot.press("0")
        await wait_for(pilot, lambda: app.session.clocks == NOW and "EVENTS 18" in screen_text(app), "now")
        await pilot.press("0")
        assert "now already" in screen_text(app)


async def test_arrivals_wait_behind_a_bar_and_nothing_moves(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        await pilot.press("j", "j")
        before, chosen = app.main.events.cursor, row(app).event.id
        lines = screen_text(app).splitlines()[2:20]
        await store.happen(event_on(19, summary="newest"), event_on(4, summary="late"))
        await wait_for(pilot, lambda: "2 new" in screen_text(app), "the bar")
        assert (app.main.events.cursor, row(app).event.id) == (before, chosen)
        shown = screen_text(app).splitlines()[2:20]
        assert [line[36:88] for line in shown] == [line[36:88] for line in lines]
        await pilot.press("full_stop")
        await wait_for(pilot, lambda: row(app).event.summary == "newest", "the new ones")
        assert "new" not in screen_text(app).splitlines()[0]


async def test_at_the_top_arrivals_wait_too_until_g(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        chosen = row(app).event.id
        await store.happen(event_on(19, summary="newest"))
        await wait_for(pilot, lambda: app.session.arrived.number == 1, "the arrival")
        assert row(app).event.id == chosen
        await pilot.press("g")
        await wait_for(pilot, lambda: row(app).event.summary == "newest", "the new one")


async def test_anothers_mark_appears_by_itself(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        third = app.main.events.window.row(2)
        assert third is not None
        mark = Mark(new_id(), third.event.id, MarkKind.DISPUTED)
        await store.write("valley", Draft("dispute", marks=(mark,)), user="colleague")
        await wait_for(pilot, lambda: "!" in screen_text(app).splitlines()[4], "the flag on the third row")
        assert app.main.events.cursor == 0


async def test_while_paused_nothing_comes_in(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        await pilot.press("p")
        assert "paused" in screen_text(app)
        await store.happen(event_on(19))
        await pilot.pause(0.1)
        assert app.session.arrived.number == 0
        await pilot.press("p")
        await wait_for(pilot, lambda: app.session.arrived.number == 1, "the arrival")


async def test_many_changes_at_once_are_read_for_a_few_times(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        reads = store.reads
        for day in range(200):
            await store.happen(event_on(1 + day % 18))
        await wait_for(pilot, lambda: app.session.arrived.number == 200, "all arrivals")
        assert store.reads - reads < 100


async def test_an_error_is_one_line_and_the_screen_stays(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        store.error = StoreBusy("another session is writing; nothing was written, try again")
        await pilot.press("s")
        await wait_for(pilot, lambda: "nothing was written, try again" in screen_text(app), "the error")
        store.error = None
        await pilot.press("s")
        await wait_for(pilot, lambda: row(app).starred, "the star after all")


async def test_q_goes_back_and_quits_only_at_the_outermost_level(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        await pilot.press("slash")
        await type_in(pilot, "kind:clash")
        await pilot.press("enter")
        await wait_for(pilot, lambda: "/kind:clash" in screen_text(app), "the filter")
        await pilot.press("enter", "q")
        await wait_for(pilot, lambda: app.main.events.has_focus, "the events to have the keys")
        await pilot.press("q")
        await wait_for(pilot, lambda: "EVENTS 18" in screen_text(app), "the whole log")
        await pilot.press("escape")
        assert "q quits" in screen_text(app)
        assert app.is_running
        await pilot.press("q")
        await wait_for(pilot, lambda: not app.is_running, "the end")


async def test_ctrl_c_twice_quits_and_once_does_not(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        await pilot.press("ctrl+c", "j", "ctrl+c")
        assert app.is_running
        assert "ctrl+c again quits" in screen_text(app)
        await pilot.press("ctrl+c")
        await wait_for(pilot, lambda: not app.is_running, "the end")


async def test_help_shows_the_keys_of_the_pane_and_narrows_by_typing(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        await pilot.press("question_mark")
        await wait_for(pilot, lambda: "Star the event" in screen_text(app), "the help")
        assert "the date is disputed" in screen_text(app)
        await type_in(pilot, "unverif")
        await wait_for(pilot, lambda: "Star the event" not in screen_text(app), "fewer lines")
        assert "xu" in screen_text(app)
        await pilot.press("escape", "1", "question_mark")
        await wait_for(pilot, lambda: "Show only what happened in this city." in screen_text(app), "other keys")


async def test_the_palette_does_what_it_names_and_says_what_it_cannot(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        await pilot.press("colon")
        await type_in(pilot, "star")
        await wait_for(pilot, lambda: "Star the event" in screen_text(app), "the command")
        await pilot.press("enter")
        await wait_for(pilot, lambda: row(app).starred, "the star")
        await pilot.press("ctrl+p")
        await type_in(pilot, "show new")
        await wait_for(pilot, lambda: "not now: nothing new has arrived" in screen_text(app), "the reason")
        await pilot.press("escape", "colon")
        await type_in(pilot, "asof 2021-08-05")
        await pilot.press("enter")
        await wait_for(pilot, lambda: "as of 5 Aug 2021" in screen_text(app), "the clock")
        await pilot.press("colon")
        await type_in(pilot, "asof never")
        await pilot.press("enter")
        await wait_for(pilot, lambda: "'never' is not a time" in screen_text(app), "the refusal")


async def test_a_thousand_rows_scroll_and_the_window_stays_small(store: FakeStore) -> None:
    await store.happen(*(event_on(1 + number % 18, summary=f"number {number}") for number in range(600)))
    async with opened(store) as (app, pilot):
        for _ in range(30):
            await pilot.press("pagedown")
        await wait_for(pilot, lambda: app.main.events.cursor > 500, "the rows below")
        await pilot.press("G")
        await wait_for(pilot, lambda: app.main.events.window.at_oldest, "the oldest row")
        assert app.main.events.window.row(app.main.events.cursor + 1) is None
        await pilot.press("g")
        await wait_for(pilot, lambda: app.main.events.cursor == 0 and row(app).event.occurred_at > 0, "the newest row")
        page = await store.page("valley", EventQuery())
        assert row(app).event.id == page.rows[0].event.id


async def test_the_cursor_is_marked_only_where_the_keys_are(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        await pilot.press("1")
        await wait_for(pilot, lambda: "▌H ■ Red Side" in screen_text(app), "the mark on the cities")
        assert screen_text(app).count("▌") == 1
        assert "·●" in screen_text(app)
        await pilot.press("colon")
        await wait_for(pilot, lambda: "COMMANDS" in screen_text(app), "the palette")
        assert "▌" in screen_text(app)


@pytest.mark.parametrize("size", [NARROW, SMALL])
async def test_where_it_is_narrow_nothing_shows_beside_what_lies_over_the_screen(
    store: FakeStore, size: tuple[int, int]
) -> None:
    async with opened(store, size) as (app, pilot):
        await pilot.press("question_mark")
        await wait_for(pilot, lambda: "Star the event" in screen_text(app), "the help")
        for words in ("EVENTS 18", "The Valley", "enter open", "·●", "▌●"):
            assert words not in screen_text(app)
        assert all(line.startswith(" ") for line in screen_text(app).splitlines() if line)


async def test_a_narrow_title_line_tells_the_time_of_a_clock_within_a_day(store: FakeStore) -> None:
    async with opened(store, SMALL) as (app, pilot):
        await pilot.press("left_curly_bracket")
        await wait_for(pilot, lambda: "as of 18 Aug 2021 ◀" in screen_text(app), "the end of the day")
        await pilot.press("left_square_bracket")
        await wait_for(pilot, lambda: "as of 18 Aug 2021 00:00 ◀" in screen_text(app), "the time of day")
        app.session.set_clock(Clock.AS_OF, "2021-07-01")
        await pilot.press("left_square_bracket")
        await wait_for(pilot, lambda: "no earlier change" in screen_text(app), "the refusal")


async def test_resizing_changes_the_layout_and_keeps_the_event(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        await pilot.press("j", "j", "j")
        chosen = row(app).event.id
        for size in (NARROW, SMALL, (10, 3), WIDE):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        assert row(app).event.id == chosen
        await wait_for(
            pilot, lambda: "CITIES 3 +1 more" in screen_text(app) and "HOLDS" in screen_text(app), "three panes"
        )


async def test_keys_that_arrive_together_are_taken_in_their_order(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        for key in ("j", "j", "s", "x", "d", "x", "y", "k", "m"):
            app.post_message(Key(key, key))
        await wait_for(pilot, lambda: row(app).read, "the last key")
        second, third = app.main.events.window.row(1), app.main.events.window.row(2)
        assert second is not None
        assert third is not None
        assert (second.read, second.starred, second.verdict) == (True, False, None)
        assert (third.read, third.starred, third.verdict) == (False, True, MarkKind.DISPUTED)


async def test_what_is_typed_after_a_question_is_no_command(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        for key in "csQ?":
            app.post_message(Key({"?": "question_mark"}.get(key, key), key))
            await pilot.pause()
        await pilot.press("enter")
        await wait_for(pilot, lambda: row(app).notes == 1, "the note")
        assert store.marks[-1].value == "sQ?"
        assert app.screen is app.main


async def test_the_mouse_chooses_opens_and_scrolls(store: FakeStore) -> None:
    async with opened(store, NARROW) as (app, pilot):
        await pilot.click("#events-list", offset=(10, 3))
        assert app.main.events.cursor == 3
        await pilot.click("#events-list", offset=(10, 3))
        await wait_for(pilot, lambda: app.main.evidence.has_focus, "the evidence")
        app.main.events.post_message(MouseScrollDown(app.main.events, 1, 1, 0, 1, 0, False, False, False))
        await wait_for(pilot, lambda: app.main.events.cursor == 3 + WHEEL_LINES, "the wheel")


async def test_a_move_while_the_board_is_read_for_another_clock_does_not_end_that(
    store: FakeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = asyncio.Event()
    async with opened(store) as (app, pilot):
        control = store.control

        async def slow(situation: str, *, clocks: Clocks = NOW) -> tuple[ControlState, ...]:
            await go_on.wait()
            return await control(situation, clocks=clocks)

        monkeypatch.setattr(store, "control", slow)
        app.main.session.set_clock(Clock.AS_OF, "2021-08-03")
        app.main.read_all()
        await pilot.pause()
        app.main.read_details()
        await pilot.pause()
        go_on.set()
        clocks = app.main.session.clocks
        await wait_for(pilot, lambda: app.main.board and app.main.board.clocks == clocks, "the board of that clock")
