"""Zooming: the pane that has the keys gets the whole screen, and gives it back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.geometry import Region
from textual.pilot import Pilot
from textual.widget import Widget

from model.catalog import Catalog
from tests.tui_fakes import PRESENT, FakeStore, claim_on, event_on, screen_text, wait_for
from tui.app import SitmonApp
from tui.panes.pane import Ground

WIDE = (120, 40)


@asynccontextmanager
async def opened(catalog: Catalog, size: tuple[int, int]) -> AsyncIterator[tuple[SitmonApp, Pilot[int]]]:
    store = FakeStore(catalog)
    for day in range(1, 9):
        event = event_on(day)
        await store.happen(event, claims=[claim_on(event, quote=f"it fell on the {day}")])
    app = SitmonApp(store, catalog, present=lambda: PRESENT)
    async with app.run_test(size=size) as pilot:
        await wait_for(pilot, lambda: app.main.board and app.main.total, "the first reading")
        yield app, pilot


def shown(app: SitmonApp) -> list[str]:
    """Return the ids of the panes that are on the screen."""
    panes = [pane.id or "" for pane in app.main.panes if pane.display and app.main.body.display]
    return panes + ["drawer"] * app.main.drawer.display


async def test_the_focused_pane_gets_everything_and_gives_it_back(catalog: Catalog) -> None:
    async with opened(catalog, WIDE) as (app, pilot):
        assert shown(app) == ["cities", "events", "actor", "drawer"]
        for ground in app.main.query(Ground):
            crops = [ground.size.region, Region(0, 0, 9, 1), Region(1, 1, 7, 3), Region(2, 0, 5, 4)]
            for crop in crops:  # it paints one line for many: as it would paint each
                assert ground.render_lines(crop) == Widget.render_lines(ground, crop)
        await pilot.press("j", "plus")
        await wait_for(pilot, lambda: "2 EVENTS 8" in screen_text(app), "the tabs in place of the titles")
        assert shown(app) == ["events"]
        assert app.main.events.size.width == WIDE[0]
        assert app.main.events.size.height > 30
        assert app.main.events.cursor == 1
        await pilot.press("minus")
        await wait_for(pilot, lambda: "it fell on the 7" in screen_text(app), "the evidence")
        assert shown(app) == ["cities", "events", "actor", "drawer"]
        assert app.main.events.cursor == 1


async def test_the_zoom_goes_with_the_keys_into_other_panes_and_the_drawer(catalog: Catalog) -> None:
    async with opened(catalog, WIDE) as (app, pilot):
        for key, pane in (("plus", "events"), ("1", "cities"), ("tab", "events"), ("3", "actor"), ("2", "events")):
            await pilot.press(key)
            assert shown(app) == [pane]
        await pilot.press("enter")
        await wait_for(pilot, lambda: shown(app) == ["drawer"], "the drawer alone")
        await wait_for(pilot, lambda: app.main.evidence.size.height > 30, "the drawer to have the screen")
        await wait_for(pilot, lambda: "it fell on the 8" in screen_text(app), "the evidence")
        await pilot.press("escape")
        await wait_for(pilot, lambda: shown(app) == ["events"], "the events alone")
        await pilot.press("enter", "minus")
        await wait_for(pilot, lambda: shown(app) == ["cities", "events", "actor", "drawer"], "everything")
        assert app.main.evidence.has_focus


async def test_escape_leaves_the_zoom_before_it_says_that_there_is_nothing_left_to_leave(catalog: Catalog) -> None:
    async with opened(catalog, WIDE) as (app, pilot):
        await pilot.press("plus", "q")
        assert not app.main.zoomed
        assert len(shown(app)) == 4
        await pilot.press("minus")
        assert "nothing is zoomed; + gives" in screen_text(app)


async def test_a_closed_drawer_stays_closed(catalog: Catalog) -> None:
    async with opened(catalog, WIDE) as (app, pilot):
        await pilot.press("e", "plus", "minus")
        assert shown(app) == ["cities", "events", "actor"]


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (20, 5)])
async def test_where_one_pane_has_everything_already_nothing_is_lost(catalog: Catalog, size: tuple[int, int]) -> None:
    async with opened(catalog, size) as (app, pilot):
        await pilot.press("plus", "enter")
        assert shown(app) == ["drawer"]
        await pilot.press("escape", "minus")
        assert shown(app) == ["events"]


async def test_resizing_keeps_the_zoom(catalog: Catalog) -> None:
    async with opened(catalog, WIDE) as (app, pilot):
        await pilot.press("1", "plus")
        for size in ((80, 24), (10, 3), (200, 60)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert shown(app) == ["cities"]
        await pilot.press("minus")
        assert shown(app)[:3] == ["cities", "events", "actor"]
