"""A user's own keys on the screen: they do what they are bound to, and every hint names them."""

import pytest

from model.catalog import Catalog
from tests.tui_fakes import FakeStore, event_on, screen_text, wait_for
from tests.tui_open import opened
from tui.keyfile import read_keys
from tui.keys import Keys


@pytest.fixture
async def store(catalog: Catalog) -> FakeStore:
    store = FakeStore(catalog)
    await store.happen(*(event_on(day) for day in range(1, 9)))
    return store


def own(text: str) -> Keys:
    return Keys(read_keys(text)[0])


async def test_an_own_key_does_its_action_and_the_old_one_nothing(store: FakeStore) -> None:
    async with opened(store, keys=own('down = "n"\nstar = "ctrl+g"\nread = ["*", "R"]')) as (app, pilot):
        await pilot.press("n", "j", "s")
        assert app.main.events.cursor == 1
        await pilot.press("ctrl+g")
        await wait_for(pilot, lambda: app.main.events.row and app.main.events.row.starred, "the star")
        await pilot.press("asterisk")
        await wait_for(pilot, lambda: app.main.events.row and app.main.events.row.read, "the read mark")
        assert len(store.marks) == 2


async def test_an_own_chord_waits_for_its_second_key_and_shows_what_it_may_be(store: FakeStore) -> None:
    async with opened(store, keys=own('verify = ", v"\nstar = ",s"\nfirst = "gg"')) as (app, pilot):
        await pilot.press("j", "j", "g", "g")
        assert app.main.events.cursor == 0
        await pilot.press("comma")
        hint = screen_text(app).splitlines()[-1]
        assert "v verified" in hint
        assert "s starred" in hint or "s star" in hint
        await pilot.press("s")
        await wait_for(pilot, lambda: app.main.events.row and app.main.events.row.starred, "the star")
        await pilot.press("x")
        assert "v verified" not in screen_text(app).splitlines()[-1]


async def test_hints_help_and_palette_name_the_own_keys(store: FakeStore) -> None:
    text = 'read = "R"\nopen_event = "o"\nhelp = "h"\nback = "escape"\nquit = "X"\npause = "H"\nearlier = []'
    async with opened(store, keys=own(text)) as (app, pilot):
        footer = screen_text(app).splitlines()[-1]
        for words in ("o open", "R read", "h keys", ":earlier ] clock"):
            assert words in footer
        await pilot.press("H")
        await wait_for(pilot, lambda: "H resumes them" in screen_text(app), "the message")
        await pilot.press("escape")
        assert "X quits" in screen_text(app)
        await pilot.press("h")
        await wait_for(pilot, lambda: "Mark the event read" in screen_text(app), "the help")
        line = next(line for line in screen_text(app).splitlines() if "Mark the event read" in line)
        assert line.split()[0] == "R"
        await pilot.press("escape", "colon", *"pause")
        await wait_for(pilot, lambda: "Pause all live updates" in screen_text(app), "the palette")
        assert " H " in next(line for line in screen_text(app).splitlines() if "Pause all live updates" in line)


async def test_the_way_out_stays_whatever_is_bound(store: FakeStore) -> None:
    async with opened(store, keys=own('quit = []\ninterrupt = []\nback = []\nstar = "ctrl+c"\nread = "ctrl+q"')) as (
        app,
        pilot,
    ):
        await pilot.press("ctrl+c")
        await wait_for(pilot, lambda: "ctrl+c again quits" in screen_text(app), "the first of two")
        assert not store.marks
        await pilot.press("ctrl+q")
        await wait_for(pilot, lambda: not app.is_running or app.return_value == 0, "the end")


@pytest.mark.parametrize("preset", ["newsboat", "plain"])
async def test_a_preset_drives_the_screen(store: FakeStore, preset: str) -> None:
    async with opened(store, keys=own(f'preset = "{preset}"')) as (app, pilot):
        await pilot.press("down", "down", "m")
        await wait_for(pilot, lambda: app.main.events.row and app.main.events.row.read, "the read mark")
        assert app.main.events.cursor == 2
        await pilot.press("home", "j")
        assert app.main.events.cursor == (0 if preset == "plain" else 1)
        await pilot.press("slash", *"kind:clash", "escape")
        assert app.session.filter_text == ""


async def test_reading_again_shows_what_a_held_screen_missed(store: FakeStore) -> None:
    async with opened(store, keys=own("")) as (app, pilot):
        await pilot.press("p")
        await store.happen(event_on(9, summary="missed"))
        await pilot.press("r")
        await wait_for(pilot, lambda: "EVENTS 9" in screen_text(app), "the event")
        await wait_for(pilot, lambda: (row := app.main.events.row) and row.event.summary == "missed", "its line")
