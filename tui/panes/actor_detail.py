"""The actor's file: who it is, at the instant that the clocks show, what it holds and what it did last."""

from collections.abc import Iterable

from model.catalog import Catalog
from model.entities import ControlState
from model.kinds import KINDS
from model.query import EventRow
from model.text import clean_line
from model.times import DAY, MINUTE, Precision, write_time
from tui.actor_file import ActorFile, Tie
from tui.cells import (
    GLYPHS,
    Line,
    Span,
    actor_name,
    day_cell,
    event_letter,
    fit,
    is_rtl,
    kind_words,
    place_name,
    time_cell,
    trend,
)
from tui.keymap import Scope
from tui.links import Link, LinkLine, Target, linked, to_events
from tui.panes.links import LinkList
from tui.themes import Palette

_POSTS = 3
"""Posts that are listed; the others are a line that leads to them all."""

_PLACES = 6
"""Places that are listed, latest first; so are the others."""


def actor_lines(file: ActorFile, catalog: Catalog, width: int) -> tuple[LinkLine, ...]:
    """Return an actor's file line by line, each with where it leads."""
    return (
        *_who(file, catalog, width),
        ((), None),
        *_holdings(file, catalog, width),
        *_last_day(file, catalog, width),
        *_recent(file, catalog, width),
    )


def _said(text: str, width: int, role: str = "", most: int = 2) -> list[Line]:
    return [(Span(part, role),) for part in wrapped(text, width, most=most)]


def _who(file: ActorFile, catalog: Catalog, width: int) -> list[LinkLine]:
    actor = file.actor
    whole = Link(Target.WHOLE, actor.id)
    names = dict.fromkeys(name.text for name in actor.names if is_rtl(name))
    others = dict.fromkeys(name.text for name in actor.names if not is_rtl(name))
    lines: list[LinkLine] = []
    if names:
        lines += linked(_said(" · ".join(names), width, most=1), whole)
    if others:
        lines += linked(_said("also " + ", ".join(others), width, "dim"), whole)
    for post in file.posts[:_POSTS]:
        words = f"{clean_line(post.role.title)} {clean_line(post.role.person)}"
        lines.append(((Span(fit(words, width)),), Link(Target.ACTOR, post.person) if post.person else whole))
    if more := len(file.posts) - _POSTS:
        lines += linked([(Span(f"… {more} more", "dim"),)] if more > 0 else [], whole)
    lines += _ties(file.ties, catalog, width)
    if actor.note:
        lines += linked(_said(actor.note, width, "dim"), whole)
    return lines


def _ties(ties: Iterable[Tie], catalog: Catalog, width: int) -> list[LinkLine]:
    lines: list[LinkLine] = []
    before = ""
    for tie in ties:
        words = clean_line(tie.words)
        label = words if words != before else " " * min(len(words), 12)
        before = words
        name = actor_name(catalog, tie.actor)
        line = (Span(f"{label} ", "dim"), Span(fit(name, width - len(label) - 1), f"actor:{tie.actor}"))
        lines.append((line, Link(Target.ACTOR, tie.actor)))
    return lines


def _holdings(file: ActorFile, catalog: Catalog, width: int) -> list[LinkLine]:
    held = Link(Target.HELD, file.tally.tally.id if file.tally else file.side)
    lines: list[Line] = []
    if file.side != file.actor.id:
        lines += _said(f"its side, {actor_name(catalog, file.side)}:", width, "dim", most=1)
    lines.append(_holds_line(file))
    if file.tally is not None and file.tally.claimed:
        lines += _said(f"{file.tally.claimed} of them only claimed", width, "doubt")
    if catalog.population:
        held_places = [place for state in file.holds if (place := catalog.places.get(state.place))]
        number = sum(place.population or 0 for place in held_places)
        lines += _said(f"population {_people(number)} of {_people(catalog.population)}", width, "dim")
    places: list[LinkLine] = [
        (_held_line(state, file, catalog, width), Link(Target.CITY, state.place)) for state in file.holds[:_PLACES]
    ]
    if (more := len(file.holds) - _PLACES) > 0:
        places.append(((Span(f"… {more} more", "dim"),), held))
    return [*linked(lines, held), *places]


def _last_day(file: ActorFile, catalog: Catalog, width: int) -> list[LinkLine]:
    if not file.day:
        return []
    zone = catalog.situation.zone
    # To the minute, so that the filter can be read; the as-of clock is its end.
    since = write_time(file.instant - DAY + MINUTE, Precision.MINUTE, zone)[:16]
    parts = [f"{number} {KINDS.get(kind, KINDS['other']).label}" for kind, number in file.day.items()]
    words = ", ".join(parts) if file.day_is_whole else f"{', '.join(parts)} and earlier ones"
    link = Link(Target.EVENTS, f"{to_events('actor', file.actor.id).what} since:{since}")
    return [((), None), *linked([(Span("LAST 24 H", "title"),), *_said(words, width, most=4)], link)]


def _recent(file: ActorFile, catalog: Catalog, width: int) -> list[LinkLine]:
    if not file.recent:
        return []
    heading: Line = (Span("RECENT", "title"),)
    return [
        ((), None),
        (heading, to_events("actor", file.actor.id)),
        *((_event_line(row, file, catalog, width), Link(Target.EVENT, row.event.id)) for row in file.recent),
    ]


def _held_line(state: ControlState, file: ActorFile, catalog: Catalog, width: int) -> Line:
    since = day_cell(state.since, state.since_precision, catalog.situation.zone) or "–"
    sign = f"{state.status.letter}{GLYPHS[state.status]}{'!' if state.disputed else ' '} "
    return (
        Span(fit(since + ("~" if state.date_disputed else ""), 8), "dim"),
        Span(sign, f"actor:{file.actor.id}"),
        Span(fit(place_name(catalog, state.place), max(0, width - 12))),
    )


def _event_line(row: EventRow, file: ActorFile, catalog: Catalog, width: int) -> Line:
    when = time_cell(row.event.occurred_at, row.event.precision, catalog.situation.zone, 7)
    words = f"{place_name(catalog, row.event.place)} {kind_words(row)}".strip()
    return (
        Span(fit(when, 8), "dim"),
        Span(f"{event_letter(row)}   ", f"actor:{file.actor.id}"),
        Span(fit(words, max(0, width - 12))),
    )


def _holds_line(file: ActorFile) -> Line:
    if file.tally is None:
        return (Span("HOLDS ", "title"), Span(str(len(file.holds)), "strong"))
    return (
        Span("HOLDS ", "title"),
        Span(f"{file.tally.held} of {file.tally.of}  ", "strong"),
        Span(trend(file.tally.trend, file.tally.of), f"actor:{file.actor.id}"),
    )


def _people(number: int) -> str:
    return f"{number / 1e6:.1f} M" if number >= 1_000_000 else f"{number:,}"


def wrapped(text: str, width: int, most: int = 4) -> list[str]:
    """Return a text as at most so many lines of so many cells, broken at spaces where it can be."""
    lines: list[str] = []
    words, width = clean_line(text).split(" "), max(8, width)
    line = ""
    for word in words:
        if not line or fit(f"{line} {word}", width).rstrip() == f"{line} {word}".rstrip():
            line = f"{line} {word}".strip()
            continue
        lines.append(fit(line, width))
        line = word
    lines.append(fit(line, width))
    return lines if len(lines) <= most else [*lines[: most - 1], fit(f"{lines[most - 1].rstrip()} …", width)]


class ActorDetail(LinkList):
    """The actor's file."""

    SCOPE = Scope.ACTOR

    def __init__(self, palette: Palette, *, id: str) -> None:  # noqa: A002 - Textual's word
        super().__init__(palette, id=id)
        self.file: ActorFile | None = None
        self._catalog: Catalog | None = None

    def show_file(self, file: ActorFile, catalog: Catalog) -> None:
        """Show an actor."""
        self.file, self._catalog = file, catalog
        self._lay_out()

    def on_resize(self) -> None:
        """Break the lines again."""
        self._lay_out()

    def _lay_out(self) -> None:
        if self.file is not None and self._catalog is not None:
            lines = actor_lines(self.file, self._catalog, max(8, self.size.width - 2))
            self.show_links(self.file.actor.id, lines)
