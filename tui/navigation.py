"""Following links from one view to the next, and going back: every view is as it was left."""

from functools import partial
from typing import TYPE_CHECKING

from textual.widget import AwaitMount

from model.entities import ControlState
from model.errors import IdUnknown, InputRefused
from model.query import Cursor, EventRow, Order
from tui.cells import place_name
from tui.keymap import Scope
from tui.links import Link, Target
from tui.panes.lines import LineView
from tui.session import Clock
from tui.trail import Spot, Stop
from tui.typeahead import ended

if TYPE_CHECKING:
    from tui.commands.work import Work
    from tui.main_screen import MainScreen

SETTLED = 0.06
"""Seconds for which the cursor rests on a line before its details are read."""


def here(screen: "MainScreen") -> Stop:
    """Return the present view, to come back to."""
    session, cities, log = screen.session, screen.cities, screen.events
    entry = cities.entry
    return Stop(
        screen.scope,
        screen.about.SCOPE,
        screen.drawer.display,
        session.filter_text,
        session.order,
        session.clocks,
        session.clock,
        log.row,
        session.actor,
        Spot(entry.place if isinstance(entry, ControlState) else "", cities.cursor, cities.cursor - cities.top),
        Spot(log.row.event.id if log.row else "", log.cursor, log.cursor - log.top),
        screen.actor.spot,
        screen.evidence.spot,
    )


def go(screen: "MainScreen", link: Link | None) -> "Work | AwaitMount":  # noqa: PLR0911 - one case a line
    """Follow a link, or say that there is none."""
    if link is None:
        screen.say("this line leads nowhere")
        return None
    match link.target:
        case Target.WHOLE:
            return _show_whole(screen, link.what)
        case Target.HELD | Target.CLAIMS | Target.TALLY:
            from tui.counts import open_list

            return partial(open_list, screen, link)
        case Target.EVENT:
            return partial(_to_event, screen, link.what)
        case Target.EVENTS:
            return _to_events(screen, link.what)
        case Target.CITY:
            return _to_city(screen, link.what)
        case Target.ACTOR:
            return _to_actor(screen, link.what)
        case Target.INSTANT:
            return _to_instant(screen, link.instant)


def follow(screen: "MainScreen") -> None:
    """Let the actor's file be about who acts in the line, unless another was chosen while it stayed the same."""
    session, entry = screen.session, screen.cities.entry
    actor: str | None = None
    if screen.about is screen.events and session.selected is not None:
        subject, actor = session.selected.event.id, session.selected.event.actor
    elif isinstance(entry, ControlState):
        subject, actor = entry.place, entry.actor
    else:
        subject, actor = "", entry.actor if entry else None  # a heading
    if subject != screen.followed or not subject:
        session.actor = actor or session.actor
    screen.followed = subject
    screen.read_details(SETTLED)


def _to_city(screen: "MainScreen", place: str) -> "Work":
    if screen.cities.filter_text and _position(screen, place) is None:
        from tui.commands.cities import narrow_cities

        narrow_cities(screen, "")
    position = _position(screen, place)
    if position is None:
        screen.say(f"{place_name(screen.session.catalog, place)} is not in the list of cities")
        return None
    screen.trail.leave(here(screen))
    screen.cities.go(position)
    screen.to_pane(screen.cities)
    return None


def _position(screen: "MainScreen", place: str) -> int | None:
    entries = enumerate(screen.cities.entries)
    return next((at for at, entry in entries if isinstance(entry, ControlState) and entry.place == place), None)


def _to_actor(screen: "MainScreen", actor: str) -> "Work":
    screen.trail.leave(here(screen))
    screen.session.actor = actor
    screen.to_pane(screen.actor)
    screen.read_details()
    return None


def _to_events(screen: "MainScreen", text: str) -> "Work":
    stop = here(screen)
    from tui.commands.filters import apply_filter

    if apply_filter(screen, text):
        screen.trail.leave(stop)
        screen.to_pane(screen.events)
    return None


def _to_instant(screen: "MainScreen", instant: int) -> "Work":
    screen.trail.leave(here(screen))
    session = screen.session
    session.clock, session.clocks = Clock.AS_OF, session.clocks._replace(as_of=instant)
    screen.read_all()
    return None


async def _to_event(screen: "MainScreen", id_: str) -> str | None:
    session = screen.session
    try:
        row = (await session.event(id_)).row
    except IdUnknown as error:
        return str(error)
    if row.event.occurred_at > session.clocks.as_of:
        return screen.keys.spell("that had not happened by the as-of clock; {now} shows now")
    screen.trail.leave(here(screen))
    if session.order is Order.RECEIVED:
        row = row._replace(cursor=Cursor(0, row.cursor.seq))
    if not _show_held(screen, row, None):
        if session.filter_text and not await _matches(screen, row):
            session.set_filter("")
        await ended(screen.read_log(at=row))
    screen.to_pane(screen.events)
    return None


async def _matches(screen: "MainScreen", row: EventRow) -> bool:
    session = screen.session
    above = row.cursor._replace(seq=row.cursor.seq + 1)
    page = await session.store.page(session.situation, session.query, after=above, limit=1)
    return any(found.event.id == row.event.id for found in page.rows)


def _show_held(screen: "MainScreen", row: EventRow, offset: int | None) -> bool:
    """Set the log's cursor on an event that is in memory, scrolled as it was; say whether it is."""
    log = screen.events
    position = log.window.position_of(row.event.id)
    if position is None:
        return False
    log.go(position)
    if offset is not None and log.cursor - log.top != offset:
        log.top = position - offset
        log.settle()
        log.moved()
    screen.session.selected = log.row
    return True


def _show_whole(screen: "MainScreen", id_: str) -> "Work | AwaitMount":
    from tui.screens.whole import WholeScreen
    from tui.whole import whole_actor, whole_of

    catalog = screen.session.catalog
    if screen.focused is screen.actor and screen.actor.file is not None:
        heading, paragraphs = whole_actor(screen.actor.file.actor, screen.actor.file.instant, catalog)
    elif screen.evidence.file is not None:
        heading, paragraphs = whole_of(id_, screen.evidence.file, catalog)
    else:
        return None
    return screen.app.push_screen(WholeScreen(screen.palette, screen.keys, heading, paragraphs))


# -- back and forward --------------------------------------------------------------------------------------------------


def retrace(screen: "MainScreen", *, back: bool) -> "Work":
    """Go back to the view before, or forward to the one that was gone back from."""
    return partial(_retrace, screen, back=back)


async def _retrace(screen: "MainScreen", *, back: bool) -> str | None:
    stop = (screen.trail.back if back else screen.trail.forward)(here(screen))
    if stop is None:
        return f"nothing to go {'back' if back else 'forward'} to; Enter on a line goes to what it is about"
    return await _restore(screen, stop)


async def _restore(screen: "MainScreen", stop: Stop) -> str | None:
    session, before = screen.session, screen.session.query
    views: dict[Scope, LineView] = {
        view.SCOPE: view for view in (screen.cities, screen.events, screen.actor, screen.evidence)
    }
    said = None
    try:
        session.set_filter(stop.filter_text)
    except InputRefused:  # what it names is no longer known here
        said = f"the filter {stop.filter_text} is no longer valid; everything is shown"
        session.set_filter("")
    session.order, session.clocks, session.clock = stop.order, stop.clocks, stop.clock
    session.actor = stop.actor
    screen.about = views[stop.about]
    screen.followed = stop.cities.subject if stop.about is Scope.CITIES else stop.log.subject
    _stand(screen, stop.cities)
    screen.actor.come_back(stop.file)
    screen.evidence.come_back(stop.evidence)
    if stop.clocks != before.clocks:
        await ended(screen.read_board())
    if session.query != before or stop.event is None or not _show_held(screen, stop.event, stop.log.offset):
        await ended(screen.read_log(at=stop.event, offset=stop.log.offset))
    screen.open_drawer(is_open=stop.drawer)
    screen.to_pane(views[stop.pane])
    screen.read_details()
    return said


def _stand(screen: "MainScreen", spot: Spot) -> None:
    cities = screen.cities
    position = _position(screen, spot.subject)
    cities.go(spot.cursor if position is None else position)
    if cities.cursor - cities.top != spot.offset:
        cities.top = cities.cursor - spot.offset
        cities.settle()
