"""Taking an event elsewhere: its text, a citation, its sources' addresses, what is stored of it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

from export.view import View
from model.query import EventFile, EventRow
from model.text import clean_line, number_of
from tui import browser
from tui.cells import place_name
from tui.commands.select import target
from tui.commands.work import Do, Work
from tui.marking import read_selected
from tui.quotes import addresses, citation, row_text, stored_lines, web_address
from tui.selection import Selection

if TYPE_CHECKING:
    from tui.main_screen import MainScreen

TextOf = Callable[[EventRow], Awaitable[str]]
"""Writes an event down."""

MOST = 50_000
"""Characters that are copied at once: many terminals take no more than 75,000 of base64."""


def _copy_rows(screen: "MainScreen") -> Work:
    async def text_of(row: EventRow) -> str:
        return row_text(row, screen.session.catalog)

    return partial(_copy, screen, text_of, "copied")


def _copy_citations(screen: "MainScreen") -> Work:
    session = screen.session
    view = View(session.catalog, session.clocks, session.present(), session.filter_text)

    async def text_of(row: EventRow) -> str:
        file = await session.event(row.event.id)
        return citation(file, view, await session.store.head(session.situation))

    return partial(_copy, screen, text_of, "copied the citation of")


async def _copy(screen: "MainScreen", text_of: TextOf, words: str) -> str | None:
    chosen = target(screen)
    if chosen is None:
        return None
    texts: list[str] = []
    length, cut = 0, False
    async for row in _each(screen, chosen):
        text = await text_of(row)
        if cut := length + len(text) > MOST:
            break
        texts.append(text)
        length += len(text) + 1
        screen.long_task.report(f"{len(texts):,} events read to be copied")
    screen.app.copy_to_clipboard("\n".join(texts))
    number = number_of(len(texts), "event")
    return f"{words} {number}" + ("; a terminal takes no more at once, `:export FILE` writes all" if cut else "")


async def _each(screen: "MainScreen", chosen: Selection) -> AsyncIterator[EventRow]:
    async for rows in read_selected(screen.session, chosen):
        for row in rows:
            yield row


def _show_stored(screen: "MainScreen") -> Work:
    row = screen.session.selected
    return partial(_show_file, screen, row) if row else None


async def _show_file(screen: "MainScreen", row: EventRow) -> None:
    from tui.screens.texts import Text, Texts

    file = await screen.session.event(row.event.id)
    screen.app.push_screen(Texts(screen.palette, "AS STORED", [Text(line) for line in stored_lines(file)]))


def _open(screen: "MainScreen") -> Work:
    row = screen.session.selected
    return partial(_open_one, screen, row) if row else None


async def _open_one(screen: "MainScreen", row: EventRow) -> str | None:
    file = await screen.session.event(row.event.id)
    found = [address for url in addresses(file) if (address := web_address(url))]
    if len(found) == 1:
        return await _give(screen, found[0])
    return _list(screen, file)


def _list_addresses(screen: "MainScreen") -> Work:
    row = screen.session.selected

    async def show(row: EventRow) -> str | None:
        return _list(screen, await screen.session.event(row.event.id))

    return partial(show, row) if row else None


def _list(screen: "MainScreen", file: EventFile) -> str | None:
    from tui.screens.texts import Text, Texts

    urls = addresses(file)
    if not urls:
        return "no source of this event gave an address"
    texts: list[Text] = []
    for url in urls:
        address = web_address(url)
        why_not = "" if address else "  (shown only: no plain http or https address)"
        texts.append(Text(f"{url}{why_not}", address or "", "" if address else "dim"))
        if address and address != url:
            texts.append(Text(f"    is looked up as {address}", address, "dim"))
    where = place_name(screen.session.catalog, file.row.event.place).upper()
    verb = "enter opens" if browser.is_near() else "enter copies"
    heading = clean_line(f"SOURCES OF {where or 'THE EVENT'} · {verb}")
    screen.app.push_screen(Texts(screen.palette, heading, texts), partial(_chosen, screen))
    return None


def _chosen(screen: "MainScreen", address: str | None) -> None:
    if address:
        screen.run_in_turn(partial(_give, screen, address))


async def _give(screen: "MainScreen", address: str) -> str:
    """Open an address where the user would see it, else copy it."""
    if browser.is_near():
        try:
            await browser.show(address)
        except OSError as error:
            return f"no browser could be started: {error.strerror}"
        return f"the browser was given {address}"
    screen.app.copy_to_clipboard(address)
    return f"copied {address}"


DO: dict[str, Do] = {
    "copy": _copy_rows,
    "cite": _copy_citations,
    "open_source": _open,
    "list_sources": _list_addresses,
    "raw": _show_stored,
}
