"""Model -> text: what a line says, as parts that each know what they are. Pure; no widget, no colour.

Every string of the data passes `clean_line` here, and `tui/panes/lines.py` lets no other character through.
"""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from rich.cells import cell_len, chop_cells, set_cell_size

from model.catalog import Catalog, name_of
from model.entities import ControlState, MarkKind, Name, Place, Standing, Status, Weight
from model.grades import Grade
from model.kinds import KINDS, Effect, Kind
from model.query import Clocks, Count, EventRow
from model.text import CUT, clean_line
from model.times import DAY, FOREVER, Precision, format_time, to_datetime


class Span(NamedTuple):
    """A part of a line: its text, and what it is (`tui/themes.py` has the styles)."""

    text: str
    role: str = ""


Line = tuple[Span, ...]
"""One line, left to right."""

GLYPHS = {
    Status.HELD: "■",
    Status.INFLUENCE: "▪",
    Status.CONTESTED: "×",
    Status.CLAIMED: "□",
    Status.ENCIRCLED: "◎",
    Status.THREATENED: "»",
    Status.NEGOTIATED: "≈",
    Status.UNKNOWN: "·",
}
"""A status as a shape, beside its letter and its actor's colour."""

EFFECT_LETTERS = {
    Effect.TAKES: Status.HELD.letter,
    Effect.HOLDS: Status.HELD.letter,
    Effect.CONTESTS: Status.CONTESTED.letter,
    Effect.THREATENS: Status.THREATENED.letter,
    Effect.ENCIRCLES: Status.ENCIRCLED.letter,
    Effect.AGREES: Status.NEGOTIATED.letter,
}
"""The status that an event makes, where it counts, as its letter."""

FALLEN = frozenset({Standing.DENIED, Standing.RETRACTED, Standing.REJECTED})
"""Standings of events that do not count; such lines are struck through and marked x."""

VERDICT_SIGNS = {
    MarkKind.VERIFIED: "v",
    MarkKind.DISPUTED: "!",
    MarkKind.REJECTED: "x",
    MarkKind.UNVERIFIABLE: "u",
    MarkKind.DUPLICATE: "=",
}
"""Verdicts in one cell."""

LEGEND: tuple[tuple[str, str], ...] = (
    *((f"{status.letter} {GLYPHS[status]}", status.value) for status in Status),
    ("Ht", "in the log, by which side: its own letter"),
    ("!", "disputed"),
    ("~", "the date is disputed, or known to a week"),
    ("+3-1", "sources for, sources against"),
    ("B2", "best grade: source A-F, claim 1-6"),
    ("●", "unread; a city: changed since you last looked"),
    ("★", "starred"),
    ("#", "tagged, beside the star"),
    ('"', "noted, for all or by you for yourself"),
    ("&", "tagged and noted"),
    ("+", "selected, beside these"),
    ("x", "denied, retracted or rejected"),
    ("v", "verified by an analyst"),
    ("u", "unverifiable, says an analyst"),
    ("=", "a duplicate, says an analyst"),
    ("@", "accepted by trust, without review"),
    ("╳ ═", "a route cut, reopened"),
    ("◀", "a clock is not at now"),
    ("▸", "the clock that the keys move; what it shows"),
    ("34 +2", "places that a tally counts, and others"),
    ("▁▅█", "how many it counted, a day each, the last now"),
    ("▌ ·", "the line that keys act on; that of other panes"),
    ("ev", "night nt, morning mo, afternoon af, evening ev"),
    ("w", "in the week that begins on the day"),
)
"""What the letters and signs mean, for the help screen."""

_BARS = "▁▂▃▄▅▆▇█"
_RTL_LANGUAGES = frozenset({"fa", "ps", "ar", "prs", "ur", "ckb"})


def fit(text: str, width: int, *, right: bool = False) -> str:
    """Return the text in exactly so many cells, cut with an ellipsis or filled with spaces."""
    if width <= 0:
        return ""
    text = clean_line(text)
    length = len(text) if text.isascii() else cell_len(text)
    if length > width:
        return set_cell_size(text, width - 1) + CUT
    return " " * (width - length) + text if right else text + " " * (width - length)


def width_of(line: Iterable[Span]) -> int:
    """Return how many cells a line takes."""
    return sum(cell_len(span.text) for span in line)


def worded(text: str, width: int, role: str = "") -> list[Line]:
    """Return a text as its words, for `flowed`; a word of more than so many cells as several."""
    words, room = clean_line(text).split(" "), max(1, width - 1)
    parts = [part for word in words for part in (chop_cells(word, room) if cell_len(word) > room else [word])]
    return [(Span(f" {part}", role),) for part in parts]


def flowed(atoms: Iterable[Line], width: int, most: int) -> list[Line]:
    """Return parts that nothing may break on as few lines of so many cells as they take; the last may be longer.

    Args:
        atoms: the parts, from left to right.
        width: cells of a line.
        most: how many lines there may be.
    """
    lines: list[list[Span]] = [[]]
    used = 0
    for atom in atoms:
        cells = width_of(atom)
        if used and used + cells > width and len(lines) < most:
            lines.append([])
            used = 0
        lines[-1] += atom
        used += cells
    return [tuple(line) for line in lines]


def trend(numbers: tuple[int, ...], of: int) -> str:
    """Return counts as bars against their denominator."""
    if of <= 0:
        return ""
    return "".join(_BARS[min(len(_BARS) - 1, number * (len(_BARS) - 1) // of)] for number in numbers)


def counted(count: Count) -> str:
    """Return a count as it is shown: `1,204`, or `1,000+` where counting stopped."""
    return f"{count.number:,}" + ("+" if count.capped else "")


def counted_places(states: Collection[ControlState], catalog: Catalog, word: str = "") -> str:
    """Return how many of these places the situation's tallies count, and how many others there are: `34 +13`."""
    places = {id_ for tally in catalog.tallies.values() for id_ in tally.place_ids}
    number = sum(state.place in places for state in states) if places else len(states)
    others = f"+{len(states) - number}{word}" if number < len(states) else ""
    return f"{number} {others}".strip() if number or not others else others


def weighed(weight: Weight | ControlState) -> str:
    """Return the sources for and against, `+3-1`."""
    return f"+{weight.n_for}-{weight.n_against}"


def graded(grade: Grade | None) -> str:
    """Return a grade in two cells, blank where there is none."""
    return str(grade) if grade else "  "


def place_name(catalog: Catalog, id_: str | None) -> str:
    """Return a place's name, its id where the catalog does not know it, empty for none."""
    return clean_line(name_of(catalog.places, id_))


def actor_name(catalog: Catalog, id_: str | None) -> str:
    """Return an actor's name, its id where the catalog does not know it, empty for none."""
    return clean_line(name_of(catalog.actors, id_))


def source_name(catalog: Catalog, id_: str) -> str:
    """Return a source's name, its id where the catalog does not know it."""
    return clean_line(name_of(catalog.sources, id_))


def native_name(place: Place) -> str:
    """Return a place's name in Arabic script, empty where none is known."""
    return next((clean_line(name.text) for name in place.names if is_rtl(name)), "")


def is_rtl(name: Name) -> bool:
    """Say whether a name is in a language that is written from right to left."""
    return name.language.split("-")[0] in _RTL_LANGUAGES


def kind_of(row: EventRow) -> Kind:
    """Return the kind of an event, `other` for a code that this program does not know."""
    return KINDS.get(row.event.kind, KINDS["other"])


def kind_words(row: EventRow) -> str:
    """Return what happened in a word or two; its summary where no kind says it."""
    return row.event.summary if row.event.kind == "other" and row.event.summary else kind_of(row).label


# -- times -------------------------------------------------------------------------------------------------------------


def day_cell(instant: int | None, precision: Precision, zone: str) -> str:
    """Return a time without its year, never finer than the day: `12 Aug`, `Aug`; blank for none."""
    if instant is None:
        return ""
    if precision in (Precision.MINUTE, Precision.HOUR, Precision.PART):
        precision = Precision.DAY
    return format_time(instant, precision, zone, year=False).removeprefix("week of ")


def time_cell(instant: int, precision: Precision, zone: str, width: int) -> str:
    """Return a time as precisely as it is known and as fits: `12 Aug 14:20`, `12 Aug ev`, `12 Aug`."""
    text = format_time(instant, precision, zone, year=False).replace("week of", "w")
    return text if len(text) <= width else day_cell(instant, precision, zone)


def clock_text(instant: int, zone: str, *, short: bool = False) -> str:
    """Return the instant that a clock is set to: `12 Aug 2021 23:59 +0430`; `now` for no limit.

    Short it is `12 Aug 2021` at the end of the day, else `12 Aug 2021 14:20`.
    """
    if instant == FOREVER:
        return "now"
    moment = to_datetime(instant, zone)
    day = f"{moment.day} {moment:%b %Y}"
    if short:
        return day if to_datetime(instant + 1, zone).date() != moment.date() else f"{day} {moment:%H:%M}"
    return f"{day} {moment:%H:%M} {moment.tzname()}"


def age_text(instant: int, present: int) -> str:
    """Return how long ago an instant was, coarsely: `5 y 102 d`, `3 d`, `4 h`, `12 min`."""
    minutes = max(0, present - instant) // (60 * 1_000_000)
    days = minutes * 60 * 1_000_000 // DAY
    years = days * 4 // 1461
    if years:
        return f"{years} y {days - years * 1461 // 4} d"
    if days:
        return f"{days} d"
    return f"{minutes // 60} h" if minutes >= 60 else f"{minutes} min"


def is_now(clocks: Clocks) -> bool:
    """Say whether neither clock is set back."""
    return clocks.as_of == FOREVER and clocks.known_at == FOREVER


def side_letter(actor: str | None, catalog: Catalog) -> str:
    """Return the letter of an actor's side, in one cell: what its hue says; a space for none."""
    side = catalog.side_of(actor, catalog.situation.begins or 0) or ""
    return fit(catalog.side_letters.get(side, side[:1].lower()), 1)


# -- the log -----------------------------------------------------------------------------------------------------------


def event_flag(row: EventRow) -> str:
    """Return the one sign that matters most about an event's worth; a space when nothing does."""
    if row.verdict is not None:
        return VERDICT_SIGNS.get(row.verdict, " ")
    if row.weight.standing in FALLEN:
        return "x"
    return "!" if row.weight.denied else " "  # not for its date, which has a sign of its own


def note_sign(row: EventRow) -> str:
    """Return the sign of what was written onto an event, tags, notes or both; a space where nothing was."""
    noted = row.notes + row.remarks > 0
    return "&" if row.tags and noted else "#" if row.tags else '"' if noted else " "


def event_letter(row: EventRow) -> str:
    """Return the status that an event makes, as its letter; a route's sign; else a space."""
    kind = kind_of(row)
    if kind.effect in (Effect.CUTS, Effect.REOPENS):
        return kind.glyph
    if kind.effect is Effect.TAKES and row.weight.standing is Standing.CLAIMED:
        return Status.CLAIMED.letter
    return EFFECT_LETTERS.get(kind.effect, " ")


def event_line(row: EventRow, catalog: Catalog, width: int, *, selected: bool = False) -> Line:
    """Return one line of the log: marks, selected or not, time, flags, letter and side, place, what happened, sources.

    The least important column goes first when the width shrinks; what happened takes what is left.
    """
    event, weight = row.event, row.weight
    zone = catalog.situation.zone
    time_width = 12 if width >= 64 else 9 if width >= 44 else 6
    place_width = 22 if width >= 110 else 14 if width >= 64 else 12
    counts, grade = weighed(weight), graded(weight.grade)
    tail = f" {counts:>5} {grade}" if width >= 40 else f" {grade}" if width >= 32 else ""
    left = width - (5 + time_width + 1 + 4 + place_width + 1) - len(tail)
    struck = "struck" if weight.standing in FALLEN else ""
    doubt = "doubt" if weight.standing in (Standing.CLAIMED, Standing.DISPUTED) else ""
    flag = event_flag(row)
    words = event.summary if left >= 28 and event.summary else kind_words(row)
    hue = f"actor:{event.actor}" if event.actor else ""
    where = place_name(catalog, event.place) or _route_name(catalog, event.route) or "–"
    when = time_cell(event.occurred_at, event.precision, zone, time_width)
    return (
        Span(" " if row.read else "●", "mark"),
        Span("★" if row.starred else " ", "warn"),
        Span(note_sign(row), "mark"),
        Span("+" if selected else " ", "picked" if selected else ""),
        Span(fit(when + ("~" if weight.date_disputed else ""), time_width + 1), "picked" if selected else "dim"),
        Span(flag, "warn strong" if flag == "!" else "strong"),
        Span("@" if row.trusted else " ", "warn"),
        Span(event_letter(row), f"{hue} strong"),
        Span(side_letter(event.actor, catalog), hue),
        Span(" "),
        Span(fit(where, place_width), f"{hue} {struck}".strip()),
        Span(" "),
        Span(fit(words, left), struck or doubt),
        Span(tail, "dim"),
    )


def _route_name(catalog: Catalog, id_: str | None) -> str:
    return clean_line(name_of(catalog.routes, id_))


# -- the cities --------------------------------------------------------------------------------------------------------


def status_word(state: ControlState, catalog: Catalog) -> str:
    """Return a status in words: `held by Taliban`, `contested`, `claimed by Taliban, held by Government before`."""
    actor = actor_name(catalog, state.actor)
    words = state.status.value
    if actor and state.status in (Status.HELD, Status.CLAIMED):
        words += f" by {actor}"
    elif actor:
        words += f": {actor}"
    if state.former and state.former != state.actor:
        words += f"; before: {actor_name(catalog, state.former)}"
    return words + (" · disputed" if state.disputed else "")
