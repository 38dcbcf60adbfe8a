"""What the lines above and below the panes say: which clock, which instant, how many, and the keys that matter."""

from collections.abc import Container, Iterable, Mapping, Sequence

from model.catalog import Catalog
from model.entities import ControlState
from model.query import NOW, Count
from model.text import clean_line
from model.times import FOREVER
from tui.cells import (
    Line,
    Span,
    actor_name,
    age_text,
    clock_text,
    counted,
    counted_places,
    fit,
    flowed,
    is_now,
    trend,
    width_of,
    worded,
)
from tui.cities import USUAL, Arrangement, Entry, Group, Sort
from tui.keymap import ACTIONS, FOOTER, Action, Scope
from tui.keys import Keys, shown_key
from tui.session import Board, Clock, Session

_LEAST_FIRST = (
    "brand",
    "author",
    "minutes",
    "trend",
    "feeds",
    "review",
    "filter",
    "name",
    "age",
    "paused",
    "watched",
    "new",
    "tally",
)
"""The parts of the title line, in the order in which they go when it gets narrow; the clocks stay."""


def header(session: Session, board: Board | None, width: int) -> tuple[Line, Line]:
    """Return the title line: the situation, the clocks (loud when not now), the filter; the tally, what is new, who.

    What matters least goes first when the width shrinks.
    """
    parts = dict.fromkeys(_LEAST_FIRST)
    for least in (None, *_LEAST_FIRST):
        parts.pop(least or "", None)
        left, right = _left(session, parts), _right(session, board, parts)
        if width_of(left) + width_of(right) <= width:
            break
    return left, right


def _left(session: Session, parts: Container[str]) -> Line:
    spans: list[Span] = []
    if "name" in parts:
        brand = "sitmon · " if "brand" in parts else ""
        spans.append(Span(f" {brand}{clean_line(session.catalog.situation.name)}  ", "title"))
    spans += clocks(session, minutes="minutes" in parts, age="age" in parts)
    if session.filter_text and "filter" in parts:
        text = f" /{clean_line(session.filter_text)} "
        spans.append(Span(text if len(text) <= _FILTER else fit(text, _FILTER), "mark"))
    return tuple(spans)


_FILTER = 28
"""Cells of the title line that the filter takes at most."""


def clocks(session: Session, *, minutes: bool, age: bool) -> Line:
    """Return both clocks as far as they matter, the one that the keys move with a `▸`.

    Args:
        session: what they are set to.
        minutes: whether there is room for the time of day and the zone.
        age: whether there is room for how far before now they are.
    """
    if is_now(session.clocks):
        held = "  known at" if session.clock is Clock.KNOWN_AT else ""
        return (Span(" now ", "strong"), Span(held, "dim"))
    spans = []
    for clock, instant in ((Clock.AS_OF, session.clocks.as_of), (Clock.KNOWN_AT, session.clocks.known_at)):
        hand = "▸" if clock is session.clock else " "
        if instant != FOREVER:
            text = clock_text(instant, session.zone, short=not minutes)
            ago = f"{age_text(instant, session.present())} {'before now ' if minutes else ''}" if age else ""
            spans += [Span(f"{hand}{clock.value} {text} ◀ {ago}", "alert"), Span(" ")]
        elif clock is session.clock and minutes:
            spans += [Span(f"{hand}{clock.value} now ", "dim")]
    return tuple(spans)


def _right(session: Session, board: Board | None, parts: Container[str]) -> Line:
    spans: list[Span] = []
    for view in board.tallies[:1] if board and "tally" in parts else ():
        hue = f"actor:{view.tally.actor} strong"
        spans.append(Span(f" {actor_name(session.catalog, view.tally.actor)} {view.held}/{view.of} ", hue))
        if "trend" in parts:
            spans.append(Span(f"{trend(view.trend, view.of)} ", hue))
    if session.lost:
        spans.append(Span(" store lost ", "alert"))
    if session.feeds and "feeds" in parts:
        spans.append(Span(f" {session.feeds.word} ", session.feeds.hue))
    if session.paused and "paused" in parts:
        spans.append(Span(" paused ", "alert"))
    if session.watching.number and "watched" in parts:
        spans.append(Span(f" {session.watching.number:,} watched ", "warn strong"))
    if session.arrived.number and "new" in parts:
        spans.append(Span(f" {counted(session.arrived)} new ", "warn strong"))
    if session.to_review and "review" in parts:
        spans.append(Span(f" {session.to_review:,} to review ", "mark"))
    if "author" in parts:
        spans.append(Span(f" {clean_line(session.store.author)} ", "dim"))
    return tuple(spans)


def cities_title(entries: Iterable[Entry], catalog: Catalog, filter_text: str = "", how: Arrangement = USUAL) -> str:
    """Return the city list's title: how many the tallies count, how many more, how many are disputed, what narrows it.

    How it is grouped and sorted is said where that is not the usual.
    """
    states = [entry for entry in entries if isinstance(entry, ControlState)]
    disputed = sum(state.disputed for state in states)
    return (
        f"CITIES {counted_places(states, catalog, ' more')}"
        + (f"  /{clean_line(filter_text)}" if filter_text else "")
        + (f"  ·{disputed} disputed" if disputed else "")
        + (f"  by {how.group.value}" if how.group is Group.PROVINCE else "")
        + (f"  by {how.sort.value}" if how.sort is not Sort.NAME else "")
    )


def why_no_city(filter_text: str, keys: Keys) -> tuple[str, ...]:
    """Return why the city list is empty, and what changes that."""
    if filter_text:
        return (
            f"no city matches /{clean_line(filter_text)}",
            keys.spell("{back} clears the filter, {filter} changes it"),
        )
    return ("this situation has no places;", "`sitmon situation load` adds some")


def events_title(session: Session, total: Count | None) -> str:
    """Return the log's title: how many match, how many of them are selected, and which filter."""
    number = counted(total) if total else "…"
    order = "" if session.order == "occurred" else "  as received"
    text = f"  /{clean_line(session.filter_text)}" if session.filter_text else ""
    selected = "" if session.selection.empty else f"  {session.selected_number:,} selected"
    return f"EVENTS {number}{selected}{order}{text}"


def actor_title(catalog: Catalog, id_: str | None) -> tuple[str, str]:
    """Return the actor pane's title, and what kind of actor it is."""
    actor = catalog.actors.get(id_) if id_ else None
    kind = clean_line(actor.kind.replace("-", " ")) if actor else ""
    return actor_name(catalog, id_).upper() or "ACTOR", kind


def tabs(titles: Sequence[str], current: int) -> Line:
    """Return the one line that stands for three titles where only one pane is shown."""
    return tuple(
        Span(f" {number} {title} ", "title" if number - 1 == current else "dim")
        for number, title in enumerate(titles, 1)
    )


def footer(pane: Scope, keys: Keys, width: int, without: Container[str] = ()) -> Line:
    """Return the keys that matter most in a pane, as many as fit, and always the one for all others.

    Args:
        pane: the pane.
        keys: the user's keys.
        width: cells of the line.
        without: actions that would do nothing now.
    """
    hints = [_hint(name, keys) for name in FOOTER[pane] if name not in without]
    while len(hints) > 1 and width_of(span for hint in hints for span in hint) > width:
        del hints[-2]
    return tuple(span for hint in hints for span in hint)


def chord(first: str, follow: Mapping[str, Action], width: int) -> tuple[Line, ...]:
    """Return what may follow the first key of a chord, key by key, and how to get out where that takes no more lines.

    Args:
        first: the key that was pressed.
        follow: what each second one does.
        width: cells of a line.
    """
    keys: list[Line] = [(Span(f" {shown_key(first)}", "bar"),)]
    keys += [(Span(f"  {shown_key(key)} ", "strong"), Span(action.label)) for key, action in follow.items()]
    out: Line = (Span("   esc cancels", "dim"),)
    lines = (len(flowed(atoms, width, len(keys))) for atoms in (keys, (*keys, out)))
    return (*keys, out) if len(set(lines)) == 1 else tuple(keys)


def question(text: str, width: int) -> tuple[Line, ...]:
    """Return what is asked before something large is done, word by word."""
    return (*worded(text, width, "strong"), (Span("  y ", "bar"), Span("yes")), (Span("   any other key: no", "dim"),))


def why_empty(session: Session, keys: Keys) -> tuple[str, ...]:
    """Return why the log has no line, and which key changes that."""
    if session.filter_text:
        set_back = (keys.spell("a clock is set back, too: {now} shows now"),) if session.clocks != NOW else ()
        return (
            f"no event matches /{clean_line(session.filter_text)}",
            keys.spell("{back} clears the filter, {filter} changes it"),
            *set_back,
        )
    if session.clocks.as_of != session.clocks.known_at:
        return ("no event had happened, or was known, by then", keys.spell("{later} goes on in time, {now} shows now"))
    return ("no events yet", "`sitmon add` writes one, `sitmon import` reads a file")


_CHORDS = {"verify": "verify/dispute", "edit_place": "edit"}
"""What all chords that begin as an action's does are about."""


def _hint(name: str, keys: Keys) -> Line:
    first, _, second = (keys.of(name) or ("",))[0].partition(" ")
    if second:
        return (Span(f" {shown_key(first)} ", "strong"), Span(f"{_CHORDS.get(name, ACTIONS[name].label)} ", "dim"))
    if name == "earlier":
        return (Span(f" {keys.hint('earlier')} {keys.hint('later')} ", "strong"), Span("clock ", "dim"))
    return (Span(f" {keys.hint(name)} ", "strong"), Span(f"{ACTIONS[name].label} ", "dim"))
