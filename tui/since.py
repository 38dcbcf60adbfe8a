"""Since you last looked: what has changed, as lines that lead there, and when the screen says so."""

from pathlib import Path
from typing import TYPE_CHECKING

from model.catalog import Catalog
from model.entities import ControlState, Status, Tally
from model.query import EventRow
from model.text import number_of
from tui.cells import Line, Span, actor_name, age_text, clock_text, event_line, fit, place_name, weighed
from tui.cities import since_text
from tui.last_look import City, LastLook, News, compare, present, remembered
from tui.links import Link, LinkLine, Target

if TYPE_CHECKING:
    from tui.main_screen import MainScreen


def news_lines(news: News, catalog: Catalog, width: int) -> list[LinkLine]:
    """Return what has changed, a line each, leading there; the line above each kind leads where its first line does."""
    groups: tuple[tuple[str, list[LinkLine]], ...] = (
        ("CHANGED HANDS", [_hand(was, state, catalog, width) for was, state in news.hands]),
        (
            "NEWLY CONTRADICTED",
            [
                *(_hand(remembered(state), state, catalog, width) for state in news.disputed),
                *(_event(row, catalog, width) for row in news.contradicted),
            ],
        ),
        ("DENIED, RETRACTED OR REJECTED", [_event(row, catalog, width) for row in news.fallen]),
        ("COUNTS", [_count(*moved, catalog) for moved in news.counts]),
    )
    lines: list[LinkLine] = []
    for words, found in groups:
        if found:
            heading: Line = (Span(f"{words} ", "title"), Span(str(len(found)), "dim"))
            lines += [*([((), None)] if lines else []), (heading, found[0][1]), *found]
    return lines


def _hand(was: City, state: ControlState, catalog: Catalog, width: int) -> LinkLine:
    who = max(4, min(24, (width - 38) // 2))
    status, actor, _ = was
    return (
        (
            Span("● ", "mark"),
            Span(fit(place_name(catalog, state.place), 16), "strong"),
            Span("! " if state.disputed else "  ", "warn strong"),
            Span(fit(f"{Status(status).letter} {actor_name(catalog, actor)}", who), f"actor:{actor}"),
            Span(" → "),
            Span(fit(f"{state.status.letter} {actor_name(catalog, state.actor)}", who), f"actor:{state.actor} strong"),
            Span(f" {since_text(state, catalog.situation.zone, 7)} {weighed(state)}", "dim"),
        ),
        Link(Target.CITY, state.place),
    )


def _event(row: EventRow, catalog: Catalog, width: int) -> LinkLine:
    return event_line(row, catalog, width), Link(Target.EVENT, row.event.id)


def _count(tally: Tally, was: int, now: int, catalog: Catalog) -> LinkLine:
    words = (
        Span(f"  {actor_name(catalog, tally.actor)} ", f"actor:{tally.actor} strong"),
        Span(f"{was} → {now} of {len(tally.place_ids)}", "strong"),
        Span(f"  {tally.name}", "dim"),
    )
    return words, Link(Target.HELD, tally.id)


# -- on the screen -----------------------------------------------------------------------------------------------------


async def greet(screen: "MainScreen", memory: Path) -> None:
    """Show what has changed since the last look, if anything has; in one line to whoever is typing already.

    Args:
        screen: shows it.
        memory: the file in which the last look is kept.
    """
    session = screen.session
    looked = LastLook(memory)
    news = await looked.begin(session)
    session.looked = looked
    if screen.board is not None:
        screen.cities.mark_changed(looked.hear(screen.board))
    if news is None or not news.number:
        return
    if screen.pressed or not screen.is_current:
        changes = number_of(news.number, "change")
        screen.say(f"{changes} since you last looked; {screen.keys.spell('{since}')} lists what")
    else:
        await _open(screen, news)


async def list_news(screen: "MainScreen") -> str | None:
    """Show what has changed since the look before this session, or say that nothing has."""
    session = screen.session
    before = session.looked.before if session.looked else None
    if before is None:
        return "you have not looked at this situation before; next time this says what has changed"
    news = compare(before, await present(session))
    if not news.number:
        return f"nothing has changed since you last looked, {age_text(before.at, session.present())} ago"
    await _open(screen, news)
    return None


async def _open(screen: "MainScreen", news: News) -> None:
    from tui.screens.choose import Choose

    session = screen.session
    when = f"{clock_text(news.since, session.zone)}, {age_text(news.since, session.present())} ago"
    heading = f"SINCE YOU LAST LOOKED  {when}"
    choice = Choose(screen.palette, heading, lambda width: news_lines(news, session.catalog, width))
    await screen.app.push_screen(choice, screen.follow_link)
