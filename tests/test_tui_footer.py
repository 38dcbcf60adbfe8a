"""The last line: every key of a chord, and all of a message, on as many lines as they take."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from model.catalog import Catalog
from model.errors import StoreBusy
from tests.tui_fakes import screen_text, wait_for
from tests.tui_open import eighteen_days, opened, shows
from tui.cells import flowed, width_of, worded
from tui.keymap import Scope
from tui.keys import Keys
from tui.panes.bars import chord

BUSY = "/a/path/so/long/that/it/takes/a/line/of/its/own/sitmon.db is in use; nothing was written; try again"


@given(st.text(st.sampled_from("ab 漢é"), max_size=80), st.integers(2, 30))
def test_a_text_is_told_whole_in_lines_that_fit(text: str, width: int) -> None:
    lines = flowed(worded(text, width), width, 1_000)
    assert all(width_of(line) <= max(width, 3) for line in lines)
    told = "".join(span.text for line in lines for span in line).replace(" ", "")
    assert cell_len(told) == cell_len("".join(text.split()))


@pytest.mark.parametrize("width", [50, 60, 80, 120])
def test_every_key_of_every_chord_is_shown(width: int) -> None:
    keys = Keys()
    for pane, first in ((Scope.EVENTS, "x"), (Scope.EVENTS, "S"), (Scope.CITIES, "S"), (Scope.REVIEW, "e")):
        follow = keys.chord(pane, first)
        lines = flowed(chord(first, follow, width), width, 4)
        assert all(width_of(line) <= width for line in lines)
        text = " ".join(span.text for line in lines for span in line)
        assert all(action.label in text for action in follow.values())


async def test_it_grows_and_shrinks_with_what_it_says(catalog: Catalog) -> None:
    store = await eighteen_days(catalog)
    async with opened(store, (60, 20)) as (app, pilot):
        await pilot.press("x")
        await shows(pilot, "u unverifiable", "a assign")
        await pilot.press("escape")
        await wait_for(pilot, lambda: app.main.footer.size.height == 1, "one line again")
        store.error = StoreBusy(BUSY)
        await pilot.press("s")
        await shows(pilot, "nothing was written; try again")
        assert app.main.footer.size.height == 2
        await pilot.resize_terminal(120, 40)
        await wait_for(pilot, lambda: app.main.footer.size.height == 1, "one line")
        assert BUSY in screen_text(app)
        await pilot.press("?", "ctrl+c")
        await shows(pilot, "ctrl+c again quits")
        await pilot.press("x")
        await shows(pilot, "type to search")
