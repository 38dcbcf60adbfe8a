"""The palette: what it finds first, and that keys which come all at once are all its own."""

import pytest
from textual.events import Key

from model.catalog import Catalog
from tests.tui_fakes import PRESENT, FakeStore, event_on, screen_text, wait_for
from tui.app import SitmonApp
from tui.keymap import Scope
from tui.screens.palette import CommandPalette


def found(app: SitmonApp, typed: str) -> list[str]:
    palette = CommandPalette(app.main.palette, Scope.EVENTS, app.session, app.main.keys)
    return [line[0].text.strip() for line in palette.lines(typed, 100)]


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
    [("as", "asof"), ("re", "read"), ("un", "unverifiable"), ("kn", "known"), ("not", "note"), ("now", "now")],
)
async def test_what_begins_with_the_typed_comes_before_what_only_holds_it(
    app: SitmonApp, typed: str, first: str
) -> None:
    names = found(app, typed)
    assert names[0] == first
    begins = [name.startswith(typed) for name in names]
    assert begins == sorted(begins, reverse=True)


async def test_words_in_a_description_are_found_too(app: SitmonApp) -> None:
    assert found(app, "occurred, or as") == ["order"]


async def test_an_argument_belongs_to_the_command_that_takes_one(app: SitmonApp) -> None:
    assert found(app, "asof 2021-08-12") == ["asof"]
    assert found(app, "kn 2021-08-12") == ["known"]


async def test_a_command_that_is_typed_faster_than_the_palette_opens(app: SitmonApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.main.board and app.main.total, "the first reading")
        for key in keys_of(":asof 2021-08-05\r"):
            app.post_message(key)
        await wait_for(pilot, lambda: "as of 5 Aug 2021" in screen_text(app), "the clock")
        assert not any(one.starred or one.read for one in map(app.main.log_window.row, range(8)) if one)


@pytest.mark.parametrize("more", ["\r", "\r\r"])
async def test_more_keys_after_the_last_find_it_closed(app: SitmonApp, more: str) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.main.board and app.main.total, "the first reading")
        for key in keys_of(f":pause\r{more}"):
            app.post_message(key)
        await wait_for(pilot, lambda: app.session.paused and app.screen is app.main, "the command to be done")
        await pilot.pause()
        assert app.is_running
