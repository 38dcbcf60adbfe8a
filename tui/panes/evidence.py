"""The drawer: what an event's sources say, for and against, or the steps behind a city's status."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from model.catalog import Catalog
from model.entities import REPEATABLE, Claim, ControlState, Mark, MarkKind, Stance
from model.grades import Grade
from model.ids import short_id
from model.kinds import KINDS
from model.query import EventFile
from model.text import clean_line, number_of
from model.times import DAY, Precision, format_time, to_datetime
from tui.cells import (
    GLYPHS,
    Line,
    Span,
    actor_name,
    age_text,
    fit,
    graded,
    kind_of,
    native_name,
    place_name,
    source_name,
    status_word,
    weighed,
    width_of,
)
from tui.keymap import Scope
from tui.links import Link, LinkLine, Target, linked
from tui.panes.actor_detail import wrapped
from tui.panes.links import LinkList
from tui.themes import Palette

if TYPE_CHECKING:
    from model.control import Step, Why

_ROOMY = 100
"""Columns from which the drawer says more in a line: when a claim was recorded, the reason beside its step."""

_FINE = frozenset({Precision.MINUTE, Precision.HOUR})
"""Precisions with which a time has an age in hours."""

_SHOWN_MARKS = REPEATABLE | {MarkKind.ASSIGNED, MarkKind.TRUSTED}
"""Marks that are shown with their values, beside the verdict in force."""

_SIDES = {
    Stance.ASSERTS: ("for", ""),
    Stance.CONFIRMS: ("for", ""),
    Stance.DENIES: ("against", "warn"),
    Stance.CORRECTS: ("corrects", "warn"),
    Stance.RETRACTS: ("retracts", "struck"),
}


def event_heading(file: EventFile, catalog: Catalog, width: int, present: int | None = None) -> tuple[Line, Line]:
    """Return what the drawer's title says of an event: what, and how sure, when, how long ago, first reported when.

    Args:
        file: the event.
        catalog: has the names.
        width: cells of the line.
        present: the present instant; a time to the minute or hour in the two days before it has its age beside it.
    """
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
    if present is not None and event.precision in _FINE and 0 <= present - event.occurred_at < 2 * DAY:
        when += f", {age_text(event.occurred_at, present)} ago"
    earliest = min(file.claims, key=lambda claim: claim.reported_at, default=None)
    first = ""
    if earliest is not None and width >= _ROOMY:
        first = f", first {format_time(earliest.reported_at, earliest.reported_precision, zone, year=False)}"
    return left, (Span(f" {sure} ", "warn"), Span(f"{weighed(weight)} {graded(weight.grade)}  {when}{first} ", "dim"))


def event_lines(file: EventFile, catalog: Catalog, width: int) -> tuple[LinkLine, ...]:
    """Return who did it, the claims on it in order of reporting, its marks and reports, each with where it leads."""
    zone = catalog.situation.zone
    event = file.row.event
    lines = _actor_line("by", event.actor, catalog, width) + _what_lines(file, catalog, width)
    for number, claim in enumerate(file.claims):
        recorded = file.recorded[number] if file.recorded else None
        lines += linked(_claim_lines(claim, recorded, catalog, width), Link(Target.WHOLE, claim.id))
    if not file.claims:
        lines.append(((Span("no source had said so by the known-at clock", "dim"),), None))
    for mark in file.marks:
        if mark.kind in _SHOWN_MARKS or mark.kind is file.row.verdict:
            if mark.kind is MarkKind.DUPLICATE and file.original is not None:
                link = Link(Target.EVENT, file.original.id)
                lines += linked(_mark_lines(mark, zone, width, f"of {file.original.summary}"), link)
            elif mark.kind is MarkKind.TRUSTED:
                words = f"accepted by trust of {source_name(catalog, mark.value)}, without review"
                lines += linked(_mark_lines(mark, zone, width, words), Link(Target.WHOLE, mark.id))
            else:
                lines += linked(_mark_lines(mark, zone, width), Link(Target.WHOLE, mark.id))
    for same in file.duplicates:
        when = format_time(same.occurred_at, same.precision, zone, year=False)
        line = (Span(fit("duplicate", 13), "mark strong"), Span(fit(f"{when}  {same.summary}", width - 13), "mark"))
        lines.append((line, Link(Target.EVENT, same.id)))
    lines += _report_lines(file, catalog, width)
    lines += _actor_line("to", event.against, catalog, width)
    if event.place:
        place = catalog.places.get(event.place)
        where = ", ".join(part for part in (place_name(catalog, event.place), place.admin1 if place else "") if part)
        line = (Span(fit("at", 9), "dim"), Span(fit(where, width - 9)))
        lines.append((line, Link(Target.CITY, event.place)))
    who = file.changeset
    at = format_time(who.recorded_at, Precision.MINUTE, zone)
    written = fit(f"{'written':<9}{who.author}, {at}: {clean_line(who.reason)}", width)
    return (*lines, ((Span(written, "dim"),), Link(Target.WHOLE, event.id)))


def _what_lines(file: EventFile, catalog: Catalog, width: int) -> list[LinkLine]:
    """Return what happened, where the title has no room for all of it."""
    left, right = event_heading(file, catalog, width)
    if not file.row.event.summary or width_of(left) + width_of(right) <= width:
        return []
    first, *more = wrapped(file.row.event.summary, width - 9)
    lines: list[Line] = [(Span(fit("what", 9), "dim"), Span(first, "strong"))]
    lines += [(Span(" " * 9), Span(part, "strong")) for part in more]
    return linked(lines, Link(Target.WHOLE, file.row.event.id))


def _actor_line(words: str, actor: str | None, catalog: Catalog, width: int) -> list[LinkLine]:
    if not actor:
        return []
    name = Span(fit(actor_name(catalog, actor), width - 9), f"actor:{actor}")
    return [((Span(fit(words, 9), "dim"), name), Link(Target.ACTOR, actor))]


def _mark_lines(mark: Mark, zone: str, width: int, words: str = "") -> list[Line]:
    at = format_time(mark.recorded_at, Precision.MINUTE, zone, year=False)
    value = words or (f"of event {short_id(mark.value)}" if mark.kind is MarkKind.DUPLICATE else mark.value)
    words = f"{mark.author}: {value}" if value else mark.author
    first, *more = wrapped(f"{words} ({at})", width - 13)
    head = Span(fit(mark.kind.value, 13), "mark strong")
    return [(head, Span(first, "mark")), *((Span(" " * 13), Span(part, "mark")) for part in more)]


def _report_lines(file: EventFile, catalog: Catalog, width: int) -> list[LinkLine]:
    lines: list[LinkLine] = []
    for report in file.reports:
        words = " · ".join(part for part in (source_name(catalog, report.source), report.title, report.url) if part)
        line = (Span(fit("report", 9), "dim"), Span(fit(words, width - 9), "dim"))
        lines.append((line, Link(Target.WHOLE, report.id)))
    known = {report.url for report in file.reports}
    for url in dict.fromkeys(claim.url for claim in file.claims if claim.url and claim.url not in known):
        claim = next(claim for claim in file.claims if claim.url == url)
        line = (Span(fit("link", 9), "dim"), Span(fit(url, width - 9), "dim"))
        lines.append((line, Link(Target.WHOLE, claim.id)))
    kept = {report.id for report in file.reports}
    missing = [claim for claim in file.claims if claim.report not in kept and not claim.url]
    if missing:
        names = ", ".join(dict.fromkeys(source_name(catalog, claim.source) for claim in missing[:10]))
        line = (Span(fit("report", 9), "dim"), Span(fit(f"not at hand: {names}", width - 9), "dim"))
        lines.append((line, Link(Target.WHOLE, missing[0].id)))
    return lines


def _claim_lines(claim: Claim, recorded: int | None, catalog: Catalog, width: int) -> list[Line]:
    zone = catalog.situation.zone
    side, role = _SIDES[claim.stance]
    source = catalog.sources.get(claim.source)
    letter = source.reliability_at(claim.reported_at) if source else "F"
    reported = format_time(claim.reported_at, claim.reported_precision, zone, year=False)
    if claim.occurred_at is not None:
        says = format_time(claim.occurred_at, claim.occurred_precision or Precision.DAY, zone, year=False)
        reported = f"says {says}; {reported}"
    if recorded is not None and width >= _ROOMY:
        same_year = to_datetime(recorded, zone).year == to_datetime(claim.reported_at, zone).year
        reported += f" / {format_time(recorded, Precision.DAY, zone, year=not same_year)}"
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


def why_heading(why: "Why", catalog: Catalog) -> tuple[Line, Line]:
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


def why_lines(
    why: "Why", catalog: Catalog, width: int, history: Sequence[ControlState] = (), as_of: int = 0
) -> tuple[LinkLine, ...]:
    """Return the steps that led to a city's status, the latest first; what would change it; who held it before.

    Args:
        why: the steps.
        catalog: has the names.
        width: cells of a line.
        history: the place's states in order of occurrence.
        as_of: the first clock; later states are shown as such.
    """
    lines: list[LinkLine] = []
    if not why.steps:
        nothing = "no accepted event says who holds it; at these clocks nothing is known"
        lines.append(((Span(fit(nothing, width), "dim"),), None))
    for step in reversed(why.steps):
        lines += linked(_step_lines(step, catalog, width), Link(Target.EVENT, step.event.id))
    lines += _claims_line(why, width)
    lines += _prospect_lines(why, catalog, width)
    return (*lines, *_history_lines(history, as_of, catalog, width))


def _step_lines(step: "Step", catalog: Catalog, width: int) -> list[Line]:
    zone = catalog.situation.zone
    roomy = width >= 75
    who = 9 if roomy else 6
    beside = 57 + 2 * who
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
    lines: list[Line] = [(*head, Span(reason[0] if reason else ""))]
    lines += [(Span(" " * beside), Span(part)) for part in reason[1:]]
    if width < _ROOMY:
        lines += [(Span("    "), Span(part, "dim")) for part in wrapped(step.reason, width - 4, most=3)]
    return lines


def _claims_line(why: "Why", width: int) -> list[LinkLine]:
    state = why.state
    if not state.event_ids:
        return []
    number = len(state.event_ids)
    words = f"rests on {number_of(number, 'event')}, sources {weighed(state)}, best {graded(state.grade)}"
    line = (Span(fit("claims", 13), "title"), Span(fit(words, width - 13)))
    return [(line, Link(Target.CLAIMS, state.place))]


def _prospect_lines(why: "Why", catalog: Catalog, width: int) -> list[LinkLine]:
    from model.control import describe
    from model.prospects import prospects

    state = why.state
    found = [(one.after, one.cause) for one in prospects(why, catalog)]
    if found and state.grade is not None and not state.disputed:
        found.append((state._replace(disputed=True), f"denied in grade {state.grade} or better"))
    lines: list[LinkLine] = []
    outcome_width = 36 if width >= _ROOMY else 10
    for number, (after, words) in enumerate(found):
        same = (after.status, after.actor) == (state.status, state.actor)
        outcome = describe(after, catalog) if width >= _ROOMY else "disputed" if same else after.status.value
        line = (
            Span(fit("" if number else "would change", 13), "title"),
            Span(f"{after.status.letter} {GLYPHS[after.status]} ", f"actor:{after.actor}"),
            Span(fit(outcome, outcome_width)),
            Span(fit(f" {words}", width - 17 - outcome_width), "dim"),
        )
        lines.append((line, None))
    return lines


def _history_lines(history: Sequence[ControlState], as_of: int, catalog: Catalog, width: int) -> list[LinkLine]:
    from model.control import describe

    zone = catalog.situation.zone
    lines: list[LinkLine] = []
    shown = max((number for number, one in enumerate(history) if (one.since or 0) <= as_of), default=None)
    for number, state in reversed(list(enumerate(history))):
        head = Span(fit("history" if not lines else "", 13), "title")
        since = "from the beginning" if state.since is None else format_time(state.since, state.since_precision, zone)
        later = shown is None or number > shown
        sign = "▸" if number == shown else "later" if later else ""
        line = (
            head,
            Span(f"{fit(sign, 6)}{fit(since, 19)}", "dim"),
            Span(f" {state.status.letter} {GLYPHS[state.status]} ", f"actor:{state.actor}"),
            Span(fit(describe(state, catalog), width - 43), "dim" * later),
        )
        lines.append((line, Link(Target.INSTANT, instant=state.since) if state.since is not None else None))
    return lines


def _holder(state: ControlState, catalog: Catalog, width: int) -> str:
    # The name too, because a change of hands from `H` to `H` is one of colour only.
    return f"{state.status.letter} {fit(actor_name(catalog, state.actor), width)}"


class Evidence(LinkList):
    """The drawer's lines."""

    SCOPE = Scope.EVIDENCE

    def __init__(self, palette: Palette, *, id: str) -> None:  # noqa: A002 - Textual's word
        super().__init__(palette, id=id)
        self.file: EventFile | None = None
        """What is shown, if it is an event."""
        self._why: Why | None = None
        self._history: Sequence[ControlState] = ()
        self._as_of = 0
        self._catalog: Catalog | None = None

    def show_event(self, file: EventFile, catalog: Catalog) -> None:
        """Show an event's claims."""
        self.file, self._why, self._catalog = file, None, catalog
        self._lay_out()

    def show_city(self, why: "Why", history: Sequence[ControlState], as_of: int, catalog: Catalog) -> None:
        """Show a city's steps and its history."""
        self.file, self._why, self._catalog = None, why, catalog
        self._history, self._as_of = history, as_of
        self._lay_out()

    def show_nothing(self, nothing: Sequence[str]) -> None:
        """Show that there is nothing to show, and why."""
        self.file = self._why = None
        self.nothing = tuple(nothing)
        self.clear()

    def on_resize(self) -> None:
        """Break the lines again."""
        self._lay_out()

    def _lay_out(self) -> None:
        if self._catalog is None:
            return
        width = max(20, self.size.width - 2)
        if self.file is not None:
            self.show_links(self.file.row.event.id, event_lines(self.file, self._catalog, width))
        elif self._why is not None:
            lines = why_lines(self._why, self._catalog, width, self._history, self._as_of)
            self.show_links(self._why.state.place, lines)
