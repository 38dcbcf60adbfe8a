"""The palette: what it finds first, and that keys which come all at once are all its own."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.events import Key

from model.catalog import Catalog
from tests.tui_fakes import PRESENT, FakeStore, event_on, screen_text, type_in, wait_for
from tui.app import SitmonApp
from tui.keymap import ACTIONS, PANES, Scope, everything
from tui.screens.palette import CommandPalette, find


def found(app: SitmonApp, typed: str) -> list[str]:
    palette = CommandPalette(app.main.palette, Scope.EVENTS, app.session, app.main.keys)
    return [line[0].text.strip() for line in palette.lines(typed, 120)]


def keys_of(text: str) -> list[Key]:
    names = {":": "colon", " ": "space", "\r": "enter"}
    return [Key(names.get(one, one), one) for one in text]


@pytest.fixture
async def app(catalog: Catalog) -> SitmonApp:
    store = FakeStore(catalog)
    await store.happen(*(event_on(day) for day in range(1, 9)))
    return SitmonApp(store, catalog, present=lambda: PRESENT)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("aso", "asof TIME"),
        ("re", "read"),
        ("un", "unverifiable"),
        ("kn", "known TIME"),
        ("not", "note"),
        ("now", "now"),
    ],
)
async def test_what_begins_with_the_typed_comes_before_what_only_holds_it(
    app: SitmonApp, typed: str, first: str
) -> None:
    names = found(app, typed)
    assert names[0] == first
    begins = [name.startswith(typed) for name in names]
    assert begins == sorted(begins, reverse=True)


async def test_words_in_a_description_are_found_too(app: SitmonApp) -> None:
    assert found(app, "were received") == ["order received"]


async def test_an_argument_belongs_to_the_command_that_takes_one(app: SitmonApp) -> None:
    assert found(app, "asof 2021-08-12") == ["asof 2021-08-12"]
    assert found(app, "kn 2021-08-12") == ["known 2021-08-12"]
    assert found(app, "save filter my own") == found(app, "save_filter my own") == ["save filter my own"]


async def test_a_command_that_is_typed_faster_than_the_palette_opens(app: SitmonApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.main.board and app.main.total, "the first reading")
        for key in keys_of(":asof 2021-08-05\r"):
            app.post_message(key)
        await wait_for(pilot, lambda: "as of 5 Aug 2021" in screen_text(app), "the clock")
        assert not any(one.starred or one.read for one in map(app.main.log_window.row, range(8)) if one)


def test_every_action_can_be_found_by_its_name_and_by_its_label_from_every_pane() -> None:
    for pane in PANES:
        for name, action in ACTIONS.items():
            assert find(name.replace("_", " "), everything(pane))[0].action is action
            assert action in [found.action for found in find(action.label, everything(pane))]


@given(st.text(max_size=30))
@settings(max_examples=100)
def test_whatever_is_typed_finds_commands_or_none(typed: str) -> None:
    for rank, action, argument in find(typed, everything(Scope.EVENTS)):
        assert rank >= 0
        assert action.argument or not argument
        assert argument in typed


async def test_letters_in_their_order_and_beginnings_of_words_find_a_command(app: SitmonApp) -> None:
    assert found(app, "svf")[0] == "save filter NAME"
    assert found(app, "ne pa")[0] == "next pane"
    assert found(app, "zzz") == ["no command matches; fewer letters find more"]


async def test_tab_completes_and_enter_asks_for_the_argument(app: SitmonApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.main.board and app.main.total, "the first reading")
        await pilot.press("colon", *"know", "tab")
        assert isinstance(app.screen, CommandPalette)
        assert app.screen.typed.value == "known "
        await pilot.press("5", "tab", "backspace")
        assert app.screen.typed.value == "known "
        await pilot.press("enter")
        await wait_for(pilot, lambda: "known at (" in screen_text(app), "the question")
        await type_in(pilot, "2021-08-05")
        await pilot.press("enter")
        await wait_for(pilot, lambda: "known at 5 Aug 2021" in screen_text(app), "the clock")


async def test_what_works_in_another_pane_says_where(app: SitmonApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.main.board and app.main.total, "the first reading")
        await pilot.press("1", "colon", *"star")
        await wait_for(pilot, lambda: "not now: it works on an event; 2 goes there" in screen_text(app), "the reason")
        await pilot.press("enter")
        await wait_for(pilot, lambda: "star: it works on an event" in screen_text(app), "the reason again")
        row = app.main.events.row
        assert row
        assert not row.starred


@pytest.mark.parametrize("more", ["\r", "\r\r"])
async def test_more_keys_after_the_last_find_it_closed(app: SitmonApp, more: str) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.main.board and app.main.total, "the first reading")
        for key in keys_of(f":pause\r{more}"):
            app.post_message(key)
        await wait_for(pilot, lambda: app.session.paused and app.screen is app.main, "the command to be done")
        await pilot.pause()
        assert app.is_running
