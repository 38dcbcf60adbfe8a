"""The actor's file: who it is, at the instant that the clocks show, and what it holds."""

from collections.abc import Sequence

from model.catalog import Catalog
from model.entities import ControlState, Relation
from model.query import EventRow
from model.text import clean_line
from tui.cells import (
    GLYPHS,
    Line,
    Span,
    actor_name,
    day_cell,
    event_letter,
    fit,
    kind_of,
    place_name,
    time_cell,
    trend,
)
from tui.keymap import Scope
from tui.panes.lines import FixedLines
from tui.session import ActorFile
from tui.themes import Palette

_RELATIONS = {"part-of": "part of", "ally-of": "allied to", "opposes": "against"}


def actor_lines(file: ActorFile, catalog: Catalog, width: int) -> tuple[tuple[Line, str | None], ...]:
    """Return an actor's file line by line, each with the id of the place that it is about."""
    about = [*_who(file, catalog, width), (), *_holdings(file, catalog, width)]
    lines: list[tuple[Line, str | None]] = [(line, None) for line in about]
    lines += [(_held_line(state, file, catalog, width), state.place) for state in file.holds]
    if file.recent:
        lines += [((), None), ((Span("RECENT", "title"),), None)]
    lines += [(_event_line(row, file, catalog, width), row.event.place) for row in file.recent]
    return tuple(lines)


def _said(text: str, width: int, role: str = "") -> list[Line]:
    return [(Span(part, role),) for part in wrapped(text, width, most=2)]


def _who(file: ActorFile, catalog: Catalog, width: int) -> list[Line]:
    actor = file.actor
    lines: list[Line] = []
    if actor.names:
        lines += _said("also " + ", ".join(name.text for name in actor.names), width, "dim")
    lines += [(Span(fit(f"{clean_line(role.person)}, {clean_line(role.title)}", width)),) for role in file.roles]
    for kind, others in _by_kind(file.relations).items():
        names = ", ".join(actor_name(catalog, other) for other in others)
        lines += _said(f"{_RELATIONS.get(kind, kind)} {names}", width)
    if actor.note:
        lines += _said(actor.note, width, "dim")
    return lines


def _holdings(file: ActorFile, catalog: Catalog, width: int) -> list[Line]:
    lines = [_holds_line(file)]
    if file.tally is not None and file.tally.claimed:
        lines += _said(f"{file.tally.claimed} of them only claimed", width, "doubt")
    people = {id_: place.population or 0 for id_, place in catalog.places.items()}
    if everybody := sum(people.values()):
        held = sum(people.get(state.place, 0) for state in file.holds)
        lines += _said(f"population {_people(held)} of {_people(everybody)}", width, "dim")
    return lines


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
    words = f"{place_name(catalog, row.event.place)} {kind_of(row).label}".strip()
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


def _by_kind(relations: Sequence[Relation]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for relation in relations:
        found.setdefault(relation.kind, []).append(relation.other)
    return found


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


class ActorDetail(FixedLines):
    """The actor's file."""

    SCOPE = Scope.ACTOR

    def __init__(self, palette: Palette, *, id: str) -> None:  # noqa: A002 - Textual's word
        super().__init__(palette, id=id)
        self._file: ActorFile | None = None
        self._catalog: Catalog | None = None
        self._places: tuple[str | None, ...] = ()

    @property
    def place(self) -> str | None:
        """Id of the place that the cursor's line is about."""
        return self._places[self.cursor] if 0 <= self.cursor < len(self._places) else None

    def show_file(self, file: ActorFile, catalog: Catalog) -> None:
        """Show an actor."""
        self._file, self._catalog = file, catalog
        self._lay_out()

    def on_resize(self) -> None:
        """Break the lines anew."""
        self._lay_out()

    def _lay_out(self) -> None:
        if self._file is None or self._catalog is None:
            return
        found = actor_lines(self._file, self._catalog, max(8, self.size.width - 2))
        self._places = tuple(place for _, place in found)
        self.show([line for line, _ in found])
