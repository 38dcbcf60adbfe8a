"""Taking events elsewhere: what is copied, listed and shown has nothing in it that a terminal or a browser obeys."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len, chop_cells

from export.view import View
from model.catalog import Catalog
from model.entities import Mark, MarkKind, Stance
from model.ids import new_id, short_id
from model.query import NOW, EventFile, EventQuery
from model.text import clean_line
from store.base import Draft, Head
from tests.tui_fakes import PRESENT, FakeStore, claim_on, event_on, screen_text, type_in, wait_for
from tests.tui_open import NARROW, opened, shows
from tests.valley import valley
from tui import browser
from tui.article import PART
from tui.quotes import addresses, citation, escaped, row_text, stored_lines, web_address
from tui.screens.texts import PIECE, Text, Texts, _parts
from tui.themes import DARK, Palette
from tui.whole import whole_parts

DATA = Path(__file__).parent / "data"
HOSTILE = "\x1b]52;c;aGk=\x07\u202eevil\u200b\x9b2J\r\n[/b]\ud800"


@pytest.fixture
async def store(catalog: Catalog) -> FakeStore:
    store = FakeStore(catalog)
    for day in range(1, 10):
        event = event_on(day, summary=f"fell on the {day}th")
        claim = claim_on(event, quote="as we saw")._replace(url=f"https://wire.example/{day}")
        await store.happen(event, claims=[claim, claim_on(event, "blue-ministry", Stance.DENIES)])
    return store


async def hostile(catalog: Catalog, text: str = HOSTILE) -> FakeStore:
    store = FakeStore(catalog)
    event = event_on(12, summary=text)
    claims = [claim_on(event, quote=text)._replace(url=url) for url in (text, f"https://a.example/{text}")]
    await store.happen(event, claims=claims)
    await store.write("valley", Draft("note", marks=(Mark(new_id(), event.id, MarkKind.NOTE, value=text),)))
    return store


def harmless(text: str) -> bool:
    return clean_line(text) == text and "\n" not in text


async def test_a_row_and_its_citation_say_what_is_needed_to_find_it_again(store: FakeStore) -> None:
    row = (await store.page("valley", EventQuery())).rows[0]
    assert row_text(row, store.known) == (
        f"9 Aug 2021 · North Town · captured by Red Side (against Blue Side): fell on the 9th · reported +1-1 B2 · "
        f"{short_id(row.event.id)}"
    )
    file = await store.event("valley", row.event.id)
    text = citation(file, View(store.known, NOW, PRESENT), Head("valley", 9, "0123456789abcdef" * 4))
    for part in (
        "North Town: captured by Red Side",
        "Occurred 9 Aug 2021 (day), first reported 10 Aug 2021",
        "Standing reported, grade B2, sources +1-1",
        "Sources: The Wire; Blue Ministry",
        f"The Valley, event {short_id(row.event.id)}",
        "As of 2021-08-20T12:00",
        "known at 2021-08-20T12:00",
        "head 0123456789ab of 9 changesets",
    ):
        assert part in text


async def test_nothing_hostile_leaves_by_the_clipboard_or_the_list(catalog: Catalog) -> None:
    store = await hostile(catalog)
    file = await store.event("valley", store.events[0].event.id)
    assert harmless(row_text(file.row, catalog))
    assert harmless(citation(file, View(catalog, NOW, PRESENT), await store.head("valley")))
    for line in stored_lines(file):
        assert harmless(escaped(line))
    for url in addresses(file):
        assert harmless(escaped(url))


async def test_what_is_stored_is_shown_exactly(catalog: Catalog) -> None:
    for text in (HOSTILE, "Herāt هرات", "e" + "\u0301" * 30, "\U000e0041", "x" * 5_000, "\\u202e", '"}'):
        store = await hostile(catalog, text)
        file = await store.event("valley", store.events[0].event.id)
        read = json.loads("\n".join(map(escaped, stored_lines(file))))
        assert read["event"]["summary"] == text
        assert read["claims"][0]["url"] == text
        assert read["marks"][0]["value"] == text
    assert any("هرات" in line for line in stored_lines(await _with(catalog, "هرات")))


async def _with(catalog: Catalog, text: str) -> EventFile:
    store = await hostile(catalog, text)
    return await store.event("valley", store.events[0].event.id)


@given(st.text(max_size=60))
@example("\u202e")
@settings(max_examples=150)
def test_an_escaped_text_is_harmless_and_says_the_same(text: str) -> None:
    line = json.dumps(text, ensure_ascii=False)
    assert harmless(escaped(line))
    assert json.loads(escaped(line)) == text


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://wire.example/a?b=c&d=1#e", "https://wire.example/a?b=c&d=1#e"),
        ("http://wire.example:8080/ä/هرات", "http://wire.example:8080/%C3%A4/%D9%87%D8%B1%D8%A7%D8%AA"),
        ("https://w\u0456re.example/", "https://xn--wre-jhd.example/"),
        ("https://[2001:db8::1]/x", "https://[2001:db8::1]/x"),
        ("HTTPS://Wire.Example/x", "https://wire.example/x"),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("ftp://wire.example/", None),
        ("https://bank.example@evil.example/", None),
        ("https:///nothing", None),
        ("https://a b.example/", None),
        ("https://[::1", None),
        ("https://a.example:99999/", None),
        ("https://wire.example/\x1b]0;x\x07", None),
        ("https://wire.example/\u202egpj.exe", None),
        ("-https://wire.example/", None),
        ("https://" + "a" * 3_000, None),
        ("", None),
    ],
)
def test_only_plain_web_addresses_are_given_to_a_browser(url: str, address: str | None) -> None:
    assert web_address(url) == address


@given(st.text(max_size=30).map(lambda text: f"https://{text}"))
@settings(max_examples=150)
def test_an_address_is_plain_ascii_and_has_no_space(url: str) -> None:
    address = web_address(url)
    if address is not None:
        assert address.isascii()
        assert address.isprintable()
        assert " " not in address
        assert address.startswith("https://")


def test_a_browser_is_near_only_with_a_display_and_without_ssh() -> None:
    assert browser.is_near({"DISPLAY": ":0"}, "linux")
    assert browser.is_near({"WAYLAND_DISPLAY": "wayland-0"}, "linux")
    assert browser.is_near({}, "darwin")
    assert not browser.is_near({}, "linux")
    assert not browser.is_near({"DISPLAY": "localhost:10.0", "SSH_CONNECTION": "x"}, "linux")
    assert not browser.is_near({"SSH_TTY": "/dev/pts/0"}, "darwin")


@dataclass
class Browser:
    """A browser that only remembers what it was given."""

    near: bool = False
    given: list[str] = field(default_factory=list)

    def is_near(self) -> bool:
        return self.near

    async def show(self, address: str) -> None:
        self.given.append(address)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Browser:
    fake = Browser()
    monkeypatch.setattr(browser, "is_near", fake.is_near)
    monkeypatch.setattr(browser, "show", fake.show)
    return fake


async def test_what_is_selected_is_copied_a_line_each(store: FakeStore) -> None:
    async with opened(store, NARROW) as (app, pilot):
        await pilot.press("y")
        await shows(pilot, "copied 1 event")
        assert app.clipboard.startswith("9 Aug 2021 · North Town")
        await pilot.press("v", "j", "j", "y")
        await shows(pilot, "copied 3 events")
        assert len(app.clipboard.split("\n")) == 3
        await pilot.press("Y")
        await shows(pilot, "copied the citation of 3 events")
        assert app.clipboard.count("head 0123456789ab") == 3


async def test_an_address_is_copied_where_no_browser_is_near_and_opened_where_one_is(
    store: FakeStore, shown: Browser
) -> None:
    async with opened(store, NARROW) as (app, pilot):
        await pilot.press("o")
        await shows(pilot, "copied https://wire.example/9")
        assert app.clipboard == "https://wire.example/9"
        assert not shown.given
        shown.near = True
        await pilot.press("j", "o")
        await shows(pilot, "the browser was given https://wire.example/8")
        await pilot.press("O")
        await shows(pilot, "SOURCES OF NORTH TOWN")
        await pilot.press("enter")
        await wait_for(pilot, lambda: len(shown.given) == 2, "the browser")
        assert shown.given == ["https://wire.example/8"] * 2


async def test_a_hostile_address_is_shown_and_never_opened(catalog: Catalog, shown: Browser) -> None:
    shown.near = True
    async with opened(await hostile(catalog), NARROW) as (app, pilot):
        for key in ("o", "O"):
            await pilot.press(key)
            await shows(pilot, "shown only: no plain http or https address")
            assert "\\u001b]52;c;aGk=\\u0007\\u202eevil" in screen_text(app)
            await pilot.press("enter", "escape")
            await wait_for(pilot, lambda: app.screen is app.main, "the list to close")
        assert not shown.given


async def test_an_event_is_shown_as_it_is_stored(catalog: Catalog) -> None:
    async with opened(await hostile(catalog), NARROW) as (app, pilot):
        await pilot.press("E")
        await shows(pilot, '"summary": "\\u001b]52')
        await type_in(pilot, "reported_precision")
        await wait_for(pilot, lambda: '"summary"' not in screen_text(app), "the lines that hold it")
        await pilot.press("escape")
        await wait_for(pilot, lambda: app.screen is app.main, "the text to close")


async def test_the_next_unread_is_found_wherever_it_is_and_wrapping_is_said(store: FakeStore) -> None:
    async with opened(store, NARROW) as (app, pilot):
        await _read_all_but(store, {3, 9})

        def on(day: int) -> bool:
            row = app.main.events.row
            return row is not None and row.event.summary == f"fell on the {day}th"

        await pilot.press("n")
        await wait_for(pilot, lambda: on(3), "the next unread one")
        await pilot.press("n")
        await wait_for(pilot, lambda: on(9), "the first again")
        await shows(pilot, "the last unread event was passed")
        await pilot.press("N")
        await wait_for(pilot, lambda: on(3), "the one before, from the other end")
        await pilot.press("m", "N")
        await wait_for(pilot, lambda: on(9), "the other one")
        await pilot.press("n")
        await shows(pilot, "there is no other unread event")


async def test_with_a_filter_it_is_the_next_hit(store: FakeStore) -> None:
    async with opened(store, NARROW) as (app, pilot):
        await pilot.press("slash")
        await type_in(pilot, "since:2021-08-08")
        await pilot.press("enter")
        await shows(pilot, "EVENTS 2")
        await pilot.press("n")
        await wait_for(pilot, lambda: app.main.events.cursor == 1, "the next hit")
        await pilot.press("n")
        await shows(pilot, "the last hit was passed")


async def _read_all_but(store: FakeStore, days: set[int]) -> None:
    unread = {f"fell on the {day}th" for day in days}
    events = [kept.event for kept in store.events if kept.event.summary not in unread]
    marks = tuple(Mark(new_id(), event.id, MarkKind.READ) for event in events)
    await store.write("valley", Draft("read", marks=marks))


@given(st.text(st.characters(max_codepoint=127), max_size=90), st.integers(1, 30))
@settings(max_examples=60)
def test_a_plain_text_breaks_where_any_other_would(text: str, width: int) -> None:
    assert "".join(_parts(text, width)) == escaped(text)
    assert all(cell_len(part) <= width for part in _parts(text, width))
    assert list(_parts(text, width)) == (chop_cells(escaped(text), width) or [""])


@pytest.mark.parametrize("text", ["漢" * 45_000, "a\n" * 25_000, "word " * 9_000, "\u202e" * 15_000])
def test_a_text_without_an_end_is_shown_a_part_at_a_time(text: str) -> None:
    palette = Palette(DARK, valley())
    for parts, room in (
        (Texts(palette, "AS STORED", [Text("short"), Text(text)]).parts("", 80), 6 * PIECE),
        (whole_parts((("note", "short"), ("text", text)), 80), 6 * PART),
    ):
        sizes = [sum(len(span.text) for line in part for span in line) for part in parts]
        assert len(sizes) > 1
        assert max(sizes) <= room
