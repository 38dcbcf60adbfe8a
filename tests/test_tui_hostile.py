"""Whatever a user, a file or an older store holds: no character of it that a terminal obeys gets onto the screen."""

import functools
import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.style import Style
from textual.pilot import Pilot

from model.catalog import Catalog
from model.control import Step, Why
from model.entities import (
    Actor,
    Claim,
    ControlState,
    Event,
    MarkKind,
    Name,
    Place,
    Relation,
    Role,
    Situation,
    Source,
    Status,
    Tally,
    TallyClaim,
)
from model.query import Count, EventQuery
from model.text import MAX_LINE, clean_line
from model.times import Precision
from tests.tui_fakes import PRESENT, FakeStore, claim_on, event_on, screen_text, type_in, wait_for
from tui.app import SitmonApp
from tui.cells import Line, Span, event_line, fit
from tui.cities import city_line
from tui.counts import claim_lines, compare, held_lines, tally_lines
from tui.marking import Marking, mark
from tui.panes import bars
from tui.panes.actor_detail import actor_lines
from tui.panes.evidence import event_heading, event_lines, why_heading, why_lines
from tui.panes.lines import paint
from tui.selection import only
from tui.session import Session
from tui.themes import DARK, Palette
from tui.whole import Paragraph, whole_actor, whole_of, whole_parts

DATA = Path(__file__).parent / "data"

OWN = (
    "\x1b[2J\x1b[H",
    "\x1b]52;c;AAAA\x07",
    "\x1b]52;c;AAAA\x1b\\",
    "\x1b]0;title\x07",
    "\x1bP$qm\x1b\\",
    "\x1bc",
    "\x9b2J",
    "\x9d52;c;AAAA\x9c",
    "\x00\x05\x0e\x0f\x13\x7f",
    "tab\there\r\nand\u2028there\x85and\x0bthere",
    "\u202eright to left\u202c \u2066isolated\u2069",
    "zero\u200bwidth\ufeff and tags \U000e0041",
    "a" + "\u0301" * 2_000,
    "[/]",
    "[/b]",
    "[link=http://x/]",
    '[a="x]',
    "[@click=app.quit('\"]",
    "[@click=app.quit]x[/]",
    "[#zzz]x[/]",
    "[$primary]x[/]",
    '["a", {"b": [1]}]',
    "\ud800 alone",
    "漢字" * 60,
    "👩‍👩‍👧‍👦" * 30,
    "هرات و قندهار",
    " ",
)


def whole_lines_of(paragraphs: tuple[Paragraph, ...], width: int) -> list[Line]:
    return [line for part in whole_parts(paragraphs, width) for line in part]


def payloads() -> tuple[str, ...]:
    """Return our own strings, and the public collections where they are to be had."""
    found = list(OWN)
    for name in ("naughty_strings/blns.json", "terminal_escapes/garak_ansi_subset.json"):
        found += json.loads((DATA / name).read_text(encoding="utf-8"))
    return tuple(found)


@functools.cache
def is_harmless(text: str) -> bool:
    """Say whether a terminal obeys no character of a text, and a reader sees each."""
    return clean_line(text) == text and "\n" not in text


def hostile_catalog(text: str) -> Catalog:
    """Return a situation in which everything is called so."""
    return Catalog(
        Situation("hostile", text or "x", "Asia/Kabul"),
        places={"p": Place("p", text, names=(Name(text, "fa"),), admin1=text, population=7, kind=text)},
        actors={
            "red": Actor("red", text, names=(Name(text),), kind=text, roles=(Role(text, text),), note=text),
            "blue": Actor("blue", text, relations=(Relation("opposes", "red"), Relation(text, "red"))),
        },
        sources={"wire": Source("wire", text)},
        tallies={"t": Tally("t", text, "red", ("p",))},
    )


def hostile_event(text: str, catalog_has_kind: bool = True) -> tuple[Event, Claim]:
    """Return an event and a claim on it in which every text is this."""
    event = event_on(12, "p", summary=text)._replace(kind="capture" if catalog_has_kind else text)
    claim = claim_on(event, quote=text)._replace(attribution=text, url=text, occurred_at=event.occurred_at)
    return event, claim


async def all_lines(text: str) -> list[Line]:
    """Return every line that the panes make of a situation, an event and an actor in which every text is this."""
    catalog = hostile_catalog(text)
    store = FakeStore(catalog, user=text)
    event, claim = hostile_event(text)
    await store.happen(event, claims=[claim])
    session = Session(store, catalog, present=lambda: PRESENT)
    row = (await store.page("hostile", EventQuery())).rows[0]
    for kind, value in ((MarkKind.DISPUTED, ""), (MarkKind.STAR, ""), (MarkKind.TAG, text), (MarkKind.NOTE, text)):
        await mark(session, only(session.query, row), Marking(kind, value))
    session.filter_text = text
    session.arrived = Count(7)
    at = event.occurred_at
    store.published.append(TallyClaim("c", "t", "wire", 3, None, at, Precision.DAY, at, attribution=text, note=text))
    board, file = await session.board(), await session.event(event.id)
    state = ControlState("p", Status.CLAIMED, "red", "blue", disputed=True, since=event.occurred_at)
    why = Why(state, (Step(event, row.weight, ControlState("p", Status.UNKNOWN), state, text),))
    lines: list[Line] = []
    for width in (10, 34, 52, 80, 200):
        lines += [event_line(file.row, catalog, width), city_line(state, catalog, width)]
        lines += [city_line(state._replace(place=text), catalog, width)]
        lines += [line for line, _ in event_lines(file, catalog, width)]
        lines += [line for line, _ in why_lines(why, catalog, width, (state, state), event.occurred_at)]
        lines += [line for line, _ in actor_lines(await session.actor_file("blue", board), catalog, width)]
        lines += [line for line, _ in actor_lines(await session.actor_file("red", board), catalog, width)]
        lines += [*event_heading(file, catalog, width), *why_heading(why, catalog)]
        lines += [*bars.header(session, board, width)]
        lines += whole_lines_of(whole_of(claim.id, file, catalog)[1], width)
        lines += whole_lines_of(whole_of(event.id, file, catalog)[1], width)
        lines += [line for mark in file.marks for line in whole_lines_of(whole_of(mark.id, file, catalog)[1], width)]
        for actor in catalog.actors.values():
            lines += whole_lines_of(whole_actor(actor, PRESENT, catalog)[1], width)
        lines += [line for line, _ in claim_lines((file,), catalog, width)]
        lines += [line for line, _ in held_lines((state, state._replace(place=text)), catalog, width)]
        lines += [line for line, _ in tally_lines(await compare(session), catalog, width)]
    titles = (
        bars.cities_title(board.states, catalog),
        bars.events_title(session, Count(1)),
        *bars.actor_title(catalog, "red"),
    )
    return [*lines, bars.tabs(titles, 1)]


def check(lines: Iterable[Line], catalog: Catalog, width: int = 60) -> None:
    palette = Palette(DARK, catalog)
    for line in lines:
        strip = paint(line, width, palette, Style())
        assert strip.cell_length == width
        for segment in strip:
            assert is_harmless(segment.text), repr(segment.text)


async def test_no_pane_lets_a_raw_character_through() -> None:
    # All that has to be cleaned, and some of what has not.
    harmless = [text for text in payloads() if clean_line(text) == text]
    for text in [text for text in payloads() if clean_line(text) != text] + harmless[::6]:
        check(await all_lines(text), hostile_catalog(text))


@given(st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_text_is_painted_harmlessly_and_in_its_width(text: str) -> None:
    check([(Span(text), Span(fit(text, 20), "strong"))], hostile_catalog(""))


@given(st.text(max_size=60), st.integers(0, 40))
@settings(max_examples=200, deadline=None)
def test_fit_takes_exactly_its_cells(text: str, width: int) -> None:
    from rich.cells import cell_len

    assert cell_len(fit(text, width)) == width
    assert is_harmless(fit(text, width))


async def test_an_unknown_kind_and_unknown_names_are_shown_harmlessly() -> None:
    store = FakeStore(hostile_catalog("x"))
    event = event_on(3, "\x1b[31mnowhere")._replace(actor="\x9b2J", kind="other")
    await store.happen(event)
    row = (await store.page("hostile", EventQuery())).rows[0]
    row = row._replace(event=row.event._replace(kind="\x1bc"))
    check([event_line(row, store.known, 80)], store.known)


def strips(app: SitmonApp) -> Iterable[str]:
    for strip in app.screen._compositor.render_strips():
        for segment in strip:
            yield segment.text


async def press(app: SitmonApp, pilot: Pilot[int], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        for text in strips(app):
            assert is_harmless(text), repr(text)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_the_whole_screen_stays_harmless_while_it_is_used(size: tuple[int, int]) -> None:
    texts = payloads()[:50]
    catalog = hostile_catalog(OWN[0])
    places = {f"p{number}": Place(f"p{number}", text, admin1=text) for number, text in enumerate(texts)}
    catalog = replace(catalog, places=places, tallies={"t": Tally("t", OWN[1], "red", tuple(places))})
    store = FakeStore(catalog, user="analyst\x1b[31m")
    for number, text in enumerate(texts):
        event, claim = hostile_event(text)
        await store.happen(event._replace(place=f"p{number}"), claims=[claim])
    app = SitmonApp(store, catalog, present=lambda: PRESENT)
    async with app.run_test(size=size) as pilot:
        await wait_for(pilot, lambda: app.main.board and app.main.events.row, "the first rows")
        await press(app, pilot, "e", "pagedown", "pagedown", "1", "j", "pagedown", "3", "j", "question_mark", "escape")
        for text in (OWN[0], OWN[6], OWN[10], "[/]", "place:\x1b[31m", '"\x9b'):
            await press(app, pilot, "2", "slash")
            await type_in(pilot, text)
            await press(app, pilot, "left", "escape")
        for key in ("t", "c"):
            await press(app, pilot, "2", key)
            await type_in(pilot, OWN[0] + "[/]")
            await press(app, pilot, "enter", "m", "s")
        await press(app, pilot, "colon")
        await type_in(pilot, OWN[0])
        await press(app, pilot, "escape")
        assert app.is_running
    written = [mark.value for mark in store.marks if mark.kind in (MarkKind.TAG, MarkKind.NOTE)]
    assert len(written) == 2
    assert all(is_harmless(value) for value in written)


async def test_a_megabyte_in_every_field_does_not_hold_the_screen_up() -> None:
    # Bounded by what is kept of a line, whatever came in: nothing is measured or painted in full.
    big = "wörter und mehr " * 65_536
    lines = await all_lines(big)
    assert max(len(span.text) for line in lines for span in line) <= 3 * MAX_LINE


async def test_a_paste_over_a_selection_has_the_room_of_all_that_it_replaces() -> None:
    store = FakeStore(hostile_catalog("x"))
    await store.happen(event_on(3, "p"))
    app = SitmonApp(store, store.known, present=lambda: PRESENT)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.main.events.row, "the row")
        await pilot.press("slash")
        for letter in "xy":
            await type_in(pilot, letter * 1_000)
            await pilot.press("shift+home")
        await pilot.press("enter")
        await wait_for(pilot, lambda: not app.main.question.display, "the filter")
    assert app.session.filter_text == "y" * 1_000


async def test_a_pasted_megabyte_is_cut() -> None:
    store = FakeStore(hostile_catalog("x"))
    await store.happen(event_on(3, "p"))
    app = SitmonApp(store, store.known, present=lambda: PRESENT)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.main.events.row, "the row")
        await pilot.press("c")
        await type_in(pilot, "x" * 1_000_000)
        await wait_for(pilot, lambda: "only the first 1,000 characters" in screen_text(app), "what is said of it")
        await pilot.press("enter")
        await wait_for(pilot, lambda: store.marks, "the note")
    assert len(store.marks[0].value) <= 1_000


async def test_a_link_of_data_is_never_an_action() -> None:
    store = FakeStore(hostile_catalog("[@click=app.leave]x[/]"))
    event, claim = hostile_event("[@click=app.leave]x[/]")
    await store.happen(event, claims=[claim])
    app = SitmonApp(store, store.known, present=lambda: PRESENT)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: "[@click=app.leave]" in screen_text(app), "the text as it is")
        for strip in app.screen._compositor.render_strips():
            assert not any(segment.style and segment.style.meta.get("@click") for segment in strip)
