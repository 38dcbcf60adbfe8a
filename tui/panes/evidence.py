"""The drawer: what an event's sources say, for and against, or the steps behind a city's status."""

from collections.abc import Sequence

from model.catalog import Catalog
from model.control import Why
from model.entities import Claim, ControlState, Mark, MarkKind, Stance
from model.grades import Grade
from model.kinds import KINDS
from model.query import EventFile
from model.text import clean_line
from model.times import Precision, format_time
from tui.cells import (
    Line,
    Span,
    actor_name,
    fit,
    graded,
    kind_of,
    native_name,
    place_name,
    source_name,
    status_word,
    weighed,
)
from tui.keymap import Scope
from tui.panes.actor_detail import wrapped
from tui.panes.lines import FixedLines
from tui.themes import Palette

_ROOMY = 100
"""Columns from which the drawer says more in a line: when an event was first reported, the reason beside its step."""

_SIDES = {
    Stance.ASSERTS: ("for", ""),
    Stance.CONFIRMS: ("for", ""),
    Stance.DENIES: ("against", "warn"),
    Stance.CORRECTS: ("corrects", "warn"),
    Stance.RETRACTS: ("retracts", "struck"),
}


def event_heading(file: EventFile, catalog: Catalog, width: int) -> tuple[Line, Line]:
    """Return what the drawer's title says of an event: what, and how sure, when, first reported when."""
    event, weight, zone = file.row.event, file.row.weight, catalog.situation.zone
    where = place_name(catalog, event.place)
    what = event.summary or f"{actor_name(catalog, event.actor)} {kind_of(file.row).label}".strip()
    left = (
        Span(f" {where.upper()} " if where else " ", "title"),
        Span(f"· {clean_line(what)} " if where else f"{clean_line(what)} "),
    )
    sure = weight.standing.value + (" · date disputed" if weight.date_disputed else "")
    if file.row.verdict is not None:
        sure += f" · analyst: {file.row.verdict.value}"
    when = format_time(event.occurred_at, event.precision, zone)
    earliest = min(file.claims, key=lambda claim: claim.reported_at, default=None)
    first = ""
    if earliest is not None and width >= _ROOMY:
        first = f", first {format_time(earliest.reported_at, earliest.reported_precision, zone, year=False)}"
    return left, (Span(f" {sure} ", "warn"), Span(f"{weighed(weight)} {graded(weight.grade)}  {when}{first} ", "dim"))


def event_lines(file: EventFile, catalog: Catalog, width: int) -> tuple[Line, ...]:
    """Return the claims on an event in order of reporting, its marks, and where to read more."""
    zone = catalog.situation.zone
    lines: list[Line] = []
    for claim in file.claims:
        lines += _claim_lines(claim, catalog, width)
    if not file.claims:
        lines.append((Span("no source had said so by the known-at clock", "dim"),))
    for mark in file.marks:
        if mark.kind in (MarkKind.NOTE, MarkKind.TAG, MarkKind.ASSIGNED) or mark.kind is file.row.verdict:
            lines += _mark_lines(mark, zone, width)
    links = dict.fromkeys([claim.url for claim in file.claims] + [report.url for report in file.reports])
    lines += [(Span(fit(f"{'link':<9}{clean_line(url)}", width), "dim"),) for url in links if url]
    who = file.changeset
    at = format_time(who.recorded_at, Precision.MINUTE, zone)
    lines.append((Span(fit(f"{'written':<9}{who.author}, {at}: {clean_line(who.reason)}", width), "dim"),))
    return tuple(lines)


def _mark_lines(mark: Mark, zone: str, width: int) -> list[Line]:
    at = format_time(mark.recorded_at, Precision.MINUTE, zone, year=False)
    words = f"{mark.author}: {mark.value}" if mark.value else mark.author
    first, *more = wrapped(f"{words} ({at})", width - 13)
    head = Span(fit(mark.kind.value, 13), "mark strong")
    return [(head, Span(first, "mark")), *((Span(" " * 13), Span(part, "mark")) for part in more)]


def _claim_lines(claim: Claim, catalog: Catalog, width: int) -> list[Line]:
    zone = catalog.situation.zone
    side, role = _SIDES[claim.stance]
    source = catalog.sources.get(claim.source)
    letter = source.reliability_at(claim.reported_at) if source else "F"
    reported = format_time(claim.reported_at, claim.reported_precision, zone, year=False)
    if claim.occurred_at is not None:
        says = format_time(claim.occurred_at, claim.occurred_precision or Precision.DAY, zone, year=False)
        reported = f"says {says}; {reported}"
    source_width = 26 if width >= 100 else 18 if width >= 70 else 12
    head = (
        Span(fit(side, 9), f"{role} strong"),
        Span(fit(source_name(catalog, claim.source), source_width)),
        Span(f" {graded(Grade(letter, claim.credibility))}  ", "strong"),
    )
    used = 9 + source_width + 5
    quote = " ".join(part for part in (claim.attribution, f"“{claim.quote}”" if claim.quote else "") if part)
    room = width - used - len(reported) - 1
    if room < 20:
        return [
            (*head, Span(fit(reported, width - used, right=True), "dim")),
            *((Span(" " * 9), Span(part, "doubt" if role else "")) for part in wrapped(quote, width - 9) if quote),
        ]
    parts = wrapped(quote, room, most=3)
    return [
        (*head, Span(parts[0]), Span(f" {reported}", "dim")),
        *((Span(" " * used), Span(part)) for part in parts[1:]),
    ]


def why_heading(why: Why, catalog: Catalog) -> tuple[Line, Line]:
    """Return what the drawer's title says of a city."""
    state, zone = why.state, catalog.situation.zone
    place = catalog.places.get(state.place)
    native = f" {native_name(place)}" if place else ""
    since = f" since {format_time(state.since, state.since_precision, zone)}" if state.since is not None else ""
    left = (
        Span(f" {place_name(catalog, state.place).upper()} ", "title"),
        Span(f"· {status_word(state, catalog)}{since}"),
    )
    return left, (Span(f" {weighed(state)} {graded(state.grade)} ", "dim"), Span(f"{native} ", "dim"))


def why_lines(why: Why, catalog: Catalog, width: int) -> tuple[Line, ...]:
    """Return the steps that led to a city's status, the latest first."""
    zone = catalog.situation.zone
    if not why.steps:
        return ((Span("no accepted event says who holds it; at these clocks nothing is known", "dim"),),)
    lines: list[Line] = []
    roomy = width >= 75
    who = 9 if roomy else 6
    beside = 57 + 2 * who
    for step in reversed(why.steps):
        when = format_time(step.event.occurred_at, step.event.precision, zone, year=False)
        kind = KINDS.get(step.event.kind, KINDS["other"]).label
        head = (
            Span(fit(when, 13), "dim"),
            Span(_holder(step.before, catalog, who), f"actor:{step.before.actor}"),
            Span(" → "),
            Span(_holder(step.after, catalog, who), f"actor:{step.after.actor} strong"),
            Span(f" {fit(kind, 16)} ", "strong"),
            Span(f"{weighed(step.weight):>5} {graded(step.weight.grade)}", "dim"),
            Span(f" {fit(step.weight.standing.value, 10)}" if roomy else "", "dim"),
        )
        reason = wrapped(step.reason, width - beside, most=3) if width >= _ROOMY else []
        lines.append((*head, Span(reason[0] if reason else "")))
        lines += [(Span(" " * beside), Span(part)) for part in reason[1:]]
        if width < _ROOMY:
            lines += [(Span("    "), Span(part, "dim")) for part in wrapped(step.reason, width - 4, most=3)]
    return tuple(lines)


def _holder(state: ControlState, catalog: Catalog, width: int) -> str:
    # The name too, because a change of hands from `H` to `H` is one of colour only.
    return f"{state.status.letter} {fit(actor_name(catalog, state.actor), width)}"


class Evidence(FixedLines):
    """The drawer's lines."""

    SCOPE = Scope.EVIDENCE

    def __init__(self, palette: Palette, *, id: str) -> None:  # noqa: A002 - Textual's word
        super().__init__(palette, id=id)
        self._subject: EventFile | Why | None = None
        self._catalog: Catalog | None = None

    def show_subject(self, subject: EventFile | Why, catalog: Catalog) -> None:
        """Show an event's claims, or a city's steps, from the first line on if it is another one than before."""
        if _key(subject) != _key(self._subject):
            self.cursor = self.top = 0
            self.refresh()  # also where the new lines are the very same: the cursor has moved
        self._subject, self._catalog = subject, catalog
        self._lay_out()

    def clear(self, nothing: Sequence[str]) -> None:
        """Show that there is nothing to show, and why."""
        self._subject = None
        self.nothing = tuple(nothing)
        self.show(())

    def on_resize(self) -> None:
        """Break the lines anew."""
        self._lay_out()

    def _lay_out(self) -> None:
        if self._subject is None or self._catalog is None:
            return
        width = max(20, self.size.width - 2)
        if isinstance(self._subject, EventFile):
            self.show(event_lines(self._subject, self._catalog, width))
        else:
            self.show(why_lines(self._subject, self._catalog, width))


def _key(subject: EventFile | Why | None) -> str | None:
    if subject is None:
        return None
    return subject.row.event.id if isinstance(subject, EventFile) else subject.state.place
