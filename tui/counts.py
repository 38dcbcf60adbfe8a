"""What numbers are made of: the places that a tally counts, the counts that sources published, a city's claims."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from model.catalog import Catalog
from model.entities import ControlState, Place, Stance, Tally
from model.query import EventFile
from model.tally import Published, compared_at, count
from model.times import FOREVER, format_time
from tui.cells import Line, Span, actor_name, fit, graded, kind_of, place_name, source_name, weighed
from tui.cities import city_line
from tui.links import Link, LinkLine, Target

if TYPE_CHECKING:
    from tui.main_screen import MainScreen
    from tui.session import Session

_SIGNS = {
    Stance.ASSERTS: "for",
    Stance.CONFIRMS: "for",
    Stance.DENIES: "against",
    Stance.CORRECTS: "corrects",
    Stance.RETRACTS: "retracts",
}


class Compared(NamedTuple):
    """A tally beside the counts that sources published."""

    tally: Tally
    number: int
    """Computed at the clocks."""
    published: tuple[Published, ...]
    """In order of what they speak of."""


async def open_list(screen: "MainScreen", link: Link) -> str | None:
    """Open the list that a number stands for; a chosen line leads on."""
    if screen.board is None:
        return "nothing has been read yet"
    session = screen.session
    if link.target is Target.HELD:
        heading, rows = held(session, link.what, screen.board.states)
    elif link.target is Target.CLAIMS:
        heading, rows = await _claims(session, link.what)
    else:
        heading = "TALLIES computed, beside the counts that sources published"
        rows = partial(tally_lines, await compare(session), session.catalog)
    from tui.screens.choose import Choose

    await screen.app.push_screen(Choose(screen.palette, heading, rows), screen.follow_link)
    return None


Rows = Callable[[int], Sequence[LinkLine]]
"""Makes the lines for so many cells."""


def held(session: "Session", what: str, states: Sequence[ControlState]) -> tuple[str, Rows]:
    """Return the places that a tally counts, or that a side holds of what the first tally counts; latest first.

    Args:
        session: has the catalog and the clocks.
        what: id of a tally, or of a side.
        states: who controls each place.
    """
    catalog = session.catalog
    first = next(iter(catalog.tallies.values()), None)
    tally = catalog.tallies.get(what) or Tally(
        what, first.name if first else "", what, first.place_ids if first else tuple(catalog.places)
    )
    counted = count(tally, states, catalog, session.instant)
    ids = {*counted.held, *counted.claimed}
    found = sorted(
        (state for state in states if state.place in ids), key=lambda state: (-(state.since or -FOREVER), state.place)
    )
    heading = f"{actor_name(catalog, tally.actor)} {counted.number} of {counted.of}"
    return f"{heading} · {tally.name}" if what in catalog.tallies else heading, partial(held_lines, found, catalog)


def held_lines(states: Sequence[ControlState], catalog: Catalog, width: int) -> list[LinkLine]:
    """Return places that are held, each leading to its city."""
    if not states:
        return [((Span("none at these clocks", "dim"),), None)]
    return [(city_line(state, catalog, width), Link(Target.CITY, state.place)) for state in states]


def _place(catalog: Catalog, id_: str) -> Place | None:
    return catalog.places.get(id_)


async def compare(session: "Session") -> tuple[Compared, ...]:
    """Read every tally, and what sources published of each by the clocks, beside the computed count of that time."""
    clocks, zone, instant = session.clocks, session.zone, session.instant
    claims = await session.store.tally_claims(session.situation, clocks=clocks)
    found = []
    for tally in session.catalog.tallies.values():
        own = [claim for claim in claims if claim.tally == tally.id]
        ends = [min(compared_at(claim, zone), instant) for claim in own]
        instants = tuple(dict.fromkeys((*ends, instant)))
        counts = await session.store.held_by_day(
            session.situation, frozenset(tally.place_ids), tally.actor, instants, known_at=clocks.known_at
        )
        number = {at: one[0] for at, one in zip(instants, counts, strict=True)}
        published = tuple(Published(claim, number[end]) for claim, end in zip(own, ends, strict=True))
        found.append(Compared(tally, number[instant], published))
    return tuple(found)


def tally_lines(compared: Sequence[Compared], catalog: Catalog, width: int) -> list[LinkLine]:
    """Return each tally with its published counts, the latest first; `!` where one differs from the computed count."""
    lines: list[LinkLine] = []
    for one in compared:
        if lines:
            lines.append(((), None))
        words = f"{actor_name(catalog, one.tally.actor)} {one.number} of {len(one.tally.place_ids)} "
        name = Span(fit(one.tally.name, max(0, width - len(words))), "dim")
        lines.append(((Span(words, f"actor:{one.tally.actor} strong"), name), Link(Target.HELD, one.tally.id)))
        lines += [_published_line(published, catalog, width) for published in reversed(one.published)]
        if not one.published:
            lines.append(((Span("  no source had published a count by these clocks", "dim"),), None))
    return lines or [((Span("this situation has no tallies", "dim"),), None)]


def _published_line(published: Published, catalog: Catalog, width: int) -> LinkLine:
    claim, zone, differs = published.claim, catalog.situation.zone, published.difference
    source_width = 26 if width >= 90 else 16
    said = " ".join(part for part in (claim.attribution, claim.note) if part)
    of = "" if claim.of is None else f" of {claim.of}"
    then = f"computed {published.computed}, {-differs:+d}" if differs else "the same"
    line: Line = (
        Span("! " if differs else "  ", "warn strong"),
        Span(fit(format_time(claim.as_of, claim.as_of_precision, zone, year=False), 13), "dim"),
        Span(fit(f"{claim.count}{of}", 9), "warn strong" if differs else "strong"),
        Span(fit(then, 20), "warn" if differs else "dim"),
        Span(fit(source_name(catalog, claim.source), source_width)),
        Span(fit(f" {said}", width - 44 - source_width), "dim"),
    )
    return line, Link(Target.INSTANT, instant=compared_at(claim, zone))


async def _claims(session: "Session", place: str) -> tuple[str, Rows]:
    files = [await session.event(id_) for id_ in (await session.why(place)).state.event_ids]
    heading = f"CLAIMS that the status of {place_name(session.catalog, place)} rests on"
    return heading, partial(claim_lines, files, session.catalog)


def claim_lines(files: Sequence[EventFile], catalog: Catalog, width: int) -> list[LinkLine]:
    """Return the claims on events, under the events, each leading to its event."""
    zone = catalog.situation.zone
    lines: list[LinkLine] = []
    for file in files:
        event = file.row.event
        when = format_time(event.occurred_at, event.precision, zone, year=False)
        what = event.summary or kind_of(file.row).label
        tail = f" {weighed(file.row.weight)} {graded(file.row.weight.grade)}"
        head = (Span(fit(when, 13), "dim"), Span(fit(what, width - 13 - len(tail)), "strong"), Span(tail, "dim"))
        link = Link(Target.EVENT, event.id)
        lines.append((head, link))
        for claim in file.claims:
            reported = format_time(claim.reported_at, claim.reported_precision, zone, year=False)
            against = claim.stance in (Stance.DENIES, Stance.RETRACTS)
            said = " ".join(part for part in (claim.attribution, f"“{claim.quote}”" if claim.quote else "") if part)
            line: Line = (
                Span(fit(f"    {_SIGNS[claim.stance]}", 13), "warn strong" if against else "dim"),
                Span(fit(source_name(catalog, claim.source), 18)),
                Span(fit(f" {reported}", 14), "dim"),
                Span(fit(said, width - 45)),
            )
            lines.append((line, link))
    return lines or [((Span("no accepted event says who holds it at these clocks", "dim"),), None)]
