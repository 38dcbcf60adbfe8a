"""Control at any pair of clocks, read from the spans that were derived: seeks, never a walk over all that happened.

The spans of a place tile the two axes of occurrence and of knowledge. As things are known now they tile the axis of
occurrence alone, and at the end of that axis the axis of knowledge alone; both edges have an index of their own.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from model.entities import ControlState, MarkKind, Status, Tally, TallyClaim
from model.errors import IdUnknown
from model.query import NOW, Clocks
from model.times import EARLIEST, FOREVER
from store.sqlite.evidence import IN_FORCE, load_places
from store.sqlite.pages import View
from store.sqlite.records import (
    STATE_COLUMNS,
    TALLY_CLAIM_COLUMNS,
    decode_states,
    decode_status,
    decode_tally_claim,
    unpack_id,
)

if TYPE_CHECKING:
    from model.control import Why

# Parameters of all statements here: ?1 situation, ?2 as-of, ?3 known-at, ?4 numbers of places as JSON.
_CONTAINS = "occurred_from <= ?2 AND occurred_to > ?2 AND known_from <= ?3 AND known_to > ?3"
_KNOWN = "span.known_from <= ?3 AND span.known_to > ?3"
# What names a place's span at both clocks, where known-at is now, where as-of is, and at any two.
_AT_NOW = f"""
    SELECT one.occurred_from, one.known_from FROM span AS one INDEXED BY span_now
    WHERE one.situation = ?1 AND one.place = place.value AND one.known_to = {FOREVER} AND one.occurred_from <= ?2
    ORDER BY one.occurred_from DESC LIMIT 1
"""  # noqa: S608 - our own number
_AT_LAST = f"""
    SELECT one.occurred_from, one.known_from FROM span AS one INDEXED BY span_last
    WHERE one.situation = ?1 AND one.place = place.value AND one.occurred_to = {FOREVER} AND one.known_from <= ?3
    ORDER BY one.known_from DESC LIMIT 1
"""  # noqa: S608
_AT = f"""
    SELECT one.occurred_from, one.known_from FROM span AS one
    WHERE one.situation = ?1 AND one.place = place.value AND {_CONTAINS}
    ORDER BY one.occurred_from DESC LIMIT 1
"""  # noqa: S608


def _changed(before: str) -> str:
    """Return whether a span's state is another one than before; its evidence may grow meanwhile."""
    return (
        "(span.status, span.actor, span.former, span.flags) IS NOT ("  # noqa: S608
        "SELECT status, actor, former, flags FROM span AS earlier WHERE earlier.situation = ?1 "
        f"AND earlier.place = span.place AND {before} ORDER BY earlier.occurred_from DESC LIMIT 1)"
    )


# The nearest change beyond ?5, in each direction (`{order}`) and up to where it reaches (`{ahead}`).
_CHANGE_NOW = f"""
    SELECT span.occurred_from FROM span INDEXED BY span_change
    WHERE span.situation = ?1 AND span.known_to = {FOREVER} AND span.occurred_from {{ahead}}
      AND {_changed(f"earlier.known_to = {FOREVER} AND earlier.occurred_from < span.occurred_from")}
    ORDER BY span.occurred_from {{order}} LIMIT 1
"""  # noqa: S608


def _change_known(*, back: bool, last: bool) -> str:
    """Return the statement for the nearest change along the axis of knowledge: place by place, the nearest first.

    A walk along all that became known would lead past whatever occurred at other times than the as-of.
    """
    at = _AT_LAST if last else _AT

    def span(columns: str, known_at: str) -> str:
        statement = at.replace("one.occurred_from, one.known_from", columns, 1).replace("place.value", "walk.place")
        return f"({statement.replace('?3', known_at)})"

    if back:
        edge, first, following, order = "one.known_from", "?5 - 1", "walk.instant - 1", "DESC"
        inside = f"walk.instant > {EARLIEST}"
    else:
        edge, first, following, order = "one.known_to", "?5", "walk.instant", "ASC"
        inside = f"walk.instant < {FOREVER}"
    state = "one.status, one.actor, one.former, one.flags"
    return f"""
        WITH RECURSIVE walk (place, instant) AS (
            SELECT walk.place, {span(edge, first)} FROM (SELECT value AS place FROM json_each(?4)) AS walk
            UNION ALL SELECT walk.place, {span(edge, following)} FROM walk WHERE {inside}
            ORDER BY 2 {order}
        )
        SELECT instant FROM walk
        WHERE {inside} AND {span(state, "walk.instant")} IS NOT {span(state, "walk.instant - 1")} LIMIT 1
    """  # noqa: S608 - our own statements


_BEFORE_THEN = (
    "earlier.occurred_from < span.occurred_from AND earlier.occurred_to = span.occurred_from "
    "AND earlier.known_from <= ?3 AND earlier.known_to > ?3"
)
# No index leads along what was known at an earlier time: place by place, and no further than the last span known then.
_CHANGE_THEN = f"""
    WITH last AS MATERIALIZED (
        SELECT place.value AS place, (
            SELECT one.occurred_from FROM span AS one INDEXED BY span_last
            WHERE one.situation = ?1 AND one.place = place.value AND one.occurred_to = {FOREVER}
              AND one.known_from <= ?3
            ORDER BY one.known_from DESC LIMIT 1
        ) AS begin FROM json_each(?4) AS place
    ), nearest AS (
        SELECT (
            SELECT span.occurred_from FROM span
            WHERE span.situation = ?1 AND span.place = last.place AND span.occurred_from {{ahead}} AND {_KNOWN}
              AND {_changed(_BEFORE_THEN)}
            ORDER BY span.occurred_from {{order}} LIMIT 1
        ) AS instant FROM last
    )
    SELECT instant FROM nearest WHERE instant IS NOT NULL ORDER BY instant {{order}} LIMIT 1
"""  # noqa: S608


async def history(view: View, place: str, *, known_at: int = FOREVER) -> tuple[ControlState, ...]:
    """Return the place's states in order of occurrence, from the first of which anything is known.

    Each is as at its end, when most was known to bear it out; its `since` is where it begins.
    """
    number = _require_place(view, place)
    is_now = known_at >= FOREVER - 1
    index, known = ("INDEXED BY span_now", f"known_to = {FOREVER}") if is_now else ("", _KNOWN)
    rows = await view.connection.rows(
        f"SELECT {STATE_COLUMNS}, span.occurred_from FROM span {index} "  # noqa: S608
        f"WHERE span.situation = ?1 AND span.place = ?2 AND {known} ORDER BY span.occurred_from",
        (view.names.situation, number) if is_now else (view.names.situation, number, known_at),
    )
    states: list[ControlState] = []
    for (*_, begin), state in zip(rows, decode_states(rows, view.names), strict=True):
        if states and _is_same(states[-1], state):
            states[-1] = state._replace(since=states[-1].since)
        elif states or state.status is not Status.UNKNOWN:
            states.append(state._replace(since=begin if begin > EARLIEST else None))
    return tuple(states)


async def why(view: View, place: str, *, clocks: Clocks = NOW) -> "Why":
    """Return the steps behind a place's state.

    Raises:
        IdUnknown: there is no such place.
    """
    _require_place(view, place)
    found = await load_places(view.connection, view.names, {place: EARLIEST}, FOREVER)
    from model.control import explain

    there = found.get(place, ())
    trusted = await _load_trusted(view, [one.seq for one in there])
    return explain(place, [one.evidence for one in there], view.catalog, clocks, trusted)


async def _load_trusted(view: View, seqs: Sequence[int]) -> dict[str, str]:
    """Return, of those of these events that were let in by trust, the id of the source that is trusted."""
    rows = await view.connection.rows(
        "SELECT event.id, mark_now.value FROM mark_now JOIN event ON event.seq = mark_now.event "
        "WHERE mark_now.situation = ? AND mark_now.kind = ? AND mark_now.author = '' "
        "AND mark_now.event IN (SELECT value FROM json_each(?))",
        (view.names.situation, MarkKind.TRUSTED.value, json.dumps(seqs)),
    )
    return {unpack_id(id_): source for id_, source in rows}


async def next_change(view: View, *, clocks: Clocks, known: bool, back: bool) -> int | None:
    """Return the nearest instant at which control of any place changes, after (or before) a clock."""
    as_of, known_at = min(clocks.as_of, FOREVER - 1), min(clocks.known_at, FOREVER - 1)
    clock = min(max(clocks.known_at if known else clocks.as_of, EARLIEST), FOREVER - 1)
    last = str(FOREVER)
    if known:
        sql = _change_known(back=back, last=as_of == FOREVER - 1)
    elif known_at == FOREVER - 1:
        sql = _CHANGE_NOW
    else:
        sql, last = _CHANGE_THEN, "last.begin"
    ahead = f"BETWEEN {EARLIEST + 1} AND min(?5 - 1, {last})" if back else f"BETWEEN ?5 + 1 AND {last}"
    places = json.dumps(numbers_of(view))
    rows = await view.connection.rows(
        sql.format(ahead=ahead, order="DESC" if back else "ASC"),
        (view.names.situation, as_of, known_at, places, clock),
    )
    return int(rows[0][0]) if rows else None


async def held_by_day(
    view: View, places: frozenset[str], actor: str, days: tuple[int, ...], *, known_at: int
) -> tuple[tuple[int, int], ...]:
    """Return (held, of which only claimed) by the actor's side at each of the given instants."""
    names = view.names
    instants = {day: min(day, FOREVER - 1) for day in days}
    rows = await view.connection.rows(
        "SELECT day.value, span.place, span.status, span.actor "
        "FROM json_each(?4) AS place CROSS JOIN json_each(?5) AS day CROSS JOIN "
        + _span_at(EARLIEST, known_at, each="day.value"),
        (
            names.situation,
            None,
            min(known_at, FOREVER - 1),
            json.dumps([names.no("place", place) for place in places]),
            json.dumps(sorted(set(instants.values()))),
        ),
    )
    states: defaultdict[int, list[ControlState]] = defaultdict(list)
    for instant, place, status, holder in rows:
        states[instant].append(
            ControlState(names.id(place), decode_status(status), None if holder is None else names.id(holder))
        )
    from model.tally import count

    tally = Tally("", "", actor, tuple(sorted(places)))
    counts = {instant: count(tally, states[instant], view.catalog, instant) for instant in instants.values()}
    return tuple((counts[instant].number, len(counts[instant].claimed)) for instant in instants.values())


async def tally_claims(view: View, *, clocks: Clocks = NOW) -> tuple[TallyClaim, ...]:
    """Return the counts that sources published, in order of their as-of."""
    rows = await view.connection.rows(
        f"SELECT {TALLY_CLAIM_COLUMNS} FROM tally_claim WHERE situation = ? AND as_of <= ? AND reported_at <= ? "  # noqa: S608
        f"AND changeset {IN_FORCE} ORDER BY as_of, reported_at, seq",
        (view.names.situation, clocks.as_of, clocks.known_at),
    )
    return tuple(decode_tally_claim(row, view.names) for row in rows)


async def control(view: View, *, clocks: Clocks = NOW) -> tuple[ControlState, ...]:
    """Return who controls each place of the catalog, in its order, and the events that each state rests on."""
    as_of, known_at = min(clocks.as_of, FOREVER - 1), min(clocks.known_at, FOREVER - 1)
    found = await states_at(view, numbers_of(view), as_of, known_at, with_events=True)
    return in_order(view, {state.place: state for state in found})


def in_order(view: View, states: Mapping[str, ControlState]) -> tuple[ControlState, ...]:
    """Return the state of each place of the catalog, in its order; unknown where there is none."""
    return tuple([states.get(place) or ControlState(place, Status.UNKNOWN) for place in view.catalog.places])


def numbers_of(view: View) -> list[int]:
    """Return the numbers of the catalog's places, in its order."""
    numbers = view.names.numbers.get("place", {})
    return [numbers[place] for place in view.catalog.places]


async def states_at(
    view: View, places: Iterable[int], as_of: int, known_at: int, *, with_events: bool = False
) -> list[ControlState]:
    """Return the places' states at both clocks, none where nothing is known.

    Args:
        view: who reads which situation.
        places: their numbers.
        as_of: before FOREVER.
        known_at: before FOREVER.
        with_events: whether to name the events that the states rest on; else no event is named.
    """
    columns = STATE_COLUMNS if with_events else STATE_COLUMNS.replace("span.events", "x''")
    rows = await view.connection.rows(
        f"SELECT {columns} FROM json_each(?4) AS place CROSS JOIN {_span_at(as_of, known_at)}",  # noqa: S608
        (view.names.situation, as_of, known_at, json.dumps(list(places))),
    )
    return decode_states(rows, view.names)


def _span_at(as_of: int, known_at: int, *, each: str = "?2") -> str:
    """Return what follows `FROM` to find the span of `place.value` at both clocks; `each` stands for the as-of."""
    if known_at >= FOREVER - 1:
        # All is in the index, where the places' states lie closer together than their rows do.
        table, statement = f"span INDEXED BY span_now WHERE span.known_to = {FOREVER} AND", _AT_NOW
    elif as_of >= FOREVER - 1:
        table, statement = "span WHERE", _AT_LAST
    else:
        table, statement = "span WHERE", _AT
    at = statement.replace("?2", each)
    return (
        f"{table} span.situation = ?1 AND span.place = place.value AND (span.occurred_from, span.known_from) = ({at})"
    )


def _is_same(one: ControlState, other: ControlState) -> bool:
    return _kept(one) == _kept(other)


def _kept(state: ControlState) -> Sequence[object]:
    return state.status, state.actor, state.former, state.disputed, state.date_disputed


def _require_place(view: View, place: str) -> int:
    if place not in view.catalog.places:
        raise IdUnknown(f"this situation has no place {place!r}")
    return view.names.no("place", place)
