"""Control of every place, of which only what has changed is read: what a connection read last is kept.

Between two instants control can only change where a span begins between them; an index leads to those. So a step of
a clock reads a few places of thousands. Whatever anybody commits, even what is derived anew from the same facts, makes
a connection forget: it then has another `data_version`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from model.entities import ControlState, Status
from model.query import NOW, Clocks
from model.times import FOREVER
from store.sqlite.driver import Connection
from store.sqlite.pages import View
from store.sqlite.records import decode_states
from store.sqlite.spans import rows_at

_MOST = 400
"""Beginnings of spans beyond which every place is read: that takes as long as a few hundred at a time."""
_BEGUN_OCCURRING = f"""
    SELECT place FROM span INDEXED BY span_change
    WHERE situation = ?1 AND known_to = {FOREVER} AND occurred_from > ?2 AND occurred_from <= ?3 LIMIT ?4
"""  # noqa: S608 - our own numbers
_BEGUN_KNOWN = """
    SELECT place FROM span INDEXED BY span_known
    WHERE situation = ?1 AND known_from > ?2 AND known_from <= ?3 LIMIT ?4
"""


@dataclass(frozen=True, slots=True)
class _Board:
    situation: int
    version: int
    as_of: int
    known_at: int
    states: Mapping[str, ControlState]
    """Place -> its state, where anything is known of it."""


class Boards:
    """The control that each connection of one store read last."""

    def __init__(self, *, most: int = _MOST) -> None:
        self._most = most
        self._last: dict[Connection, _Board] = {}

    async def control(self, view: View, clocks: Clocks = NOW) -> tuple[ControlState, ...]:
        """Return who controls each place of the catalog, in its order."""
        as_of, known_at = min(clocks.as_of, FOREVER - 1), min(clocks.known_at, FOREVER - 1)
        ((version,),) = await view.connection.rows("PRAGMA data_version")
        last = self._last.get(view.connection)
        places = view.catalog.places
        wanted = [view.names.no("place", place) for place in places]
        states: dict[str, ControlState] = {}
        if last is not None and (last.situation, last.version) == (view.names.situation, version):
            changed = await self._changed(view, last, as_of, known_at)
            if changed is not None:
                gone = {view.names.id(place) for place in changed}
                states = {place: state for place, state in last.states.items() if place not in gone}
                wanted = changed
        rows = await rows_at(view, wanted, as_of, known_at) if wanted else []
        states |= {state.place: state for state in decode_states(rows, view.names)}
        self._last[view.connection] = _Board(view.names.situation, version, as_of, known_at, states)
        return tuple([states.get(place) or ControlState(place, Status.UNKNOWN) for place in places])

    async def _changed(self, view: View, last: _Board, as_of: int, known_at: int) -> list[int] | None:
        """Return the numbers of places whose control may differ from the last; None where that may be any of them."""
        if last.as_of == as_of:
            begun, between = _BEGUN_KNOWN, sorted((last.known_at, known_at))
        elif last.known_at == known_at == FOREVER - 1:
            begun, between = _BEGUN_OCCURRING, sorted((last.as_of, as_of))
        else:
            return None
        ((number, places),) = await view.connection.rows(
            f"SELECT count(*), json_group_array(DISTINCT place) FROM ({begun})",  # noqa: S608 - our own statements
            (view.names.situation, *between, self._most + 1),
        )
        return None if number > self._most else json.loads(places)
