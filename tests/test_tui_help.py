"""The help: the focused pane's keys first, all the others after, and what is typed narrows it down."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from model.catalog import Catalog
from tests.tui_fakes import PRESENT, FakeStore, event_on, screen_text, type_in, wait_for
from tui.app import SitmonApp
from tui.cells import LEGEND, Line
from tui.keyfile import read_keys
from tui.keymap import ACTIONS, PANES, Scope
from tui.keys import Keys
from tui.screens.help import HelpScreen
from tui.themes import DARK, Palette


def text_of(catalog: Catalog, pane: Scope, typed: str = "", *, width: int = 100, keys: str = "") -> str:
    screen = HelpScreen(Palette(DARK, catalog), pane, Keys(read_keys(keys)[0]))
    return "\n".join("".join(span.text for span in line) for line in screen.lines(typed, width))


@pytest.mark.parametrize("pane", PANES)
@pytest.mark.parametrize("width", [58, 78, 138])
def test_it_begins_with_the_panes_own_keys_and_has_all_others(catalog: Catalog, pane: Scope, width: int) -> None:
    lines = text_of(catalog, pane, width=width).splitlines()
    assert lines[0].startswith(pane.value.upper())
    words = " ".join(" ".join(line[: 86 if width == 138 else None] for line in lines).split())
    for action in ACTIONS.values():
        assert Keys().spell(action.description) in words


@pytest.mark.parametrize("width", [58, 78, 138])
def test_no_line_is_wider_than_there_is_room(catalog: Catalog, width: int) -> None:
    assert max(map(len, text_of(catalog, Scope.EVENTS, width=width).splitlines())) <= width


def test_the_legend_stands_beside_the_keys_where_there_is_room_else_behind_the_panes_own(catalog: Catalog) -> None:
    first = text_of(catalog, Scope.EVENTS, width=138).splitlines()[0]
    assert "LETTERS AND SIGNS" in first
    narrow = text_of(catalog, Scope.EVENTS, width=78)
    assert narrow.index("ON AN EVENT") < narrow.index("LETTERS AND SIGNS") < narrow.index("EVERYWHERE")
    for _, words in LEGEND:
        assert words[:20] in narrow


def test_typing_narrows_it_down_by_key_name_and_words(catalog: Catalog) -> None:
    starred = text_of(catalog, Scope.CITIES, "star")
    assert "Star the event" in starred
    assert "★" in starred
    assert "One line down" not in starred
    assert "Half a page down" in text_of(catalog, Scope.CITIES, "ctrl+d")
    assert "Half a page down" in text_of(catalog, Scope.CITIES, "half_down")
    assert "Star the event" in text_of(catalog, Scope.EVENTS, " STÀR ")


def test_the_legend_is_found_by_its_name(catalog: Catalog) -> None:
    found = text_of(catalog, Scope.EVENTS, "sign", width=78)
    assert all(words in found for _, words in LEGEND)
    assert "contested" not in text_of(catalog, Scope.EVENTS, "s s", width=78)


def test_it_shows_the_keys_as_the_user_bound_them(catalog: Catalog) -> None:
    text = text_of(catalog, Scope.EVENTS, keys='star = "ctrl+g"\nread = []\nearlier = "("')
    assert "ctrl+g      Star the event" in text
    assert ":read       Mark the event read" in text
    assert "Let ( ] { } set the other clock" in text


@asynccontextmanager
async def opened(catalog: Catalog, size: tuple[int, int]) -> AsyncIterator[tuple[SitmonApp, Pilot[int]]]:
    store = FakeStore(catalog)
    await store.happen(event_on(1))
    app = SitmonApp(store, catalog, present=lambda: PRESENT)
    async with app.run_test(size=size) as pilot:
        await wait_for(pilot, lambda: app.main.board and app.main.total, "the first reading")
        yield app, pilot


async def test_it_scrolls_to_its_end_on_a_small_screen_and_closes(catalog: Catalog) -> None:
    async with opened(catalog, (60, 20)) as (app, pilot):
        await pilot.press("question_mark")
        await wait_for(pilot, lambda: "KEYS on an event" in screen_text(app), "the help")
        last = "Scroll the article up"
        assert last not in screen_text(app)
        for _ in range(30):
            await pilot.press("pagedown")
        await wait_for(pilot, lambda: last in screen_text(app), "the last line")
        await pilot.press("escape")
        await wait_for(pilot, lambda: app.screen is app.main, "the main screen")


async def test_what_is_typed_searches_and_what_is_found_nowhere_says_so(catalog: Catalog) -> None:
    async with opened(catalog, (80, 24)) as (app, pilot):
        await pilot.press("question_mark")
        await type_in(pilot, "clock")
        await wait_for(pilot, lambda: "Set both clocks to now" in screen_text(app), "the clocks' keys")
        assert "One line down" not in screen_text(app)
        await type_in(pilot, "zzz")
        await wait_for(pilot, lambda: "nothing holds what was typed" in screen_text(app), "the empty state")


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40), (170, 50)])
async def test_its_lines_are_made_once(
    catalog: Catalog, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    widths: list[int] = []
    lines = HelpScreen.lines

    def count(screen: HelpScreen, typed: str, width: int) -> Sequence[Line]:
        widths.append(width)
        return lines(screen, typed, width)

    monkeypatch.setattr(HelpScreen, "lines", count)
    async with opened(catalog, size) as (app, pilot):
        await pilot.press("question_mark")
        await wait_for(pilot, lambda: isinstance(app.screen, HelpScreen) and app.screen.listing.size.width, "the help")
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)
        assert widths == [app.screen.listing.size.width - 2]
