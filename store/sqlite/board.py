"""Control of every place, of which only what has changed is read: what a connection read last is kept.

The events that the states rest on are not named here; `spans.control` reads them.

Between two instants control can only change where a span begins between them; an index leads to those. A commit can
only change it where an event is that came, or of which something new is said. So a step of a clock, or a colleague's
claim, reads a few places of thousands. Whatever else is committed, be it derived anew from the same facts, makes a
connection forget.
"""

from collections.abc import Mapping
from typing import NamedTuple

from model.entities import ControlState
from model.query import NOW, Clocks
from model.times import FOREVER
from store.sqlite.driver import Connection
from store.sqlite.pages import View
from store.sqlite.spans import in_order, numbers_of, states_at
from store.sqlite.touched import MOST, load_touched

_BEGUN_OCCURRING = f"""
    SELECT place FROM span INDEXED BY span_change
    WHERE situation = ?1 AND known_to = {FOREVER} AND occurred_from > ?2 AND occurred_from <= ?3 LIMIT ?4
"""  # noqa: S608 - our own numbers
_BEGUN_KNOWN = """
    SELECT place FROM span INDEXED BY span_known
    WHERE situation = ?1 AND known_from > ?2 AND known_from <= ?3 LIMIT ?4
"""


_STATE = """
    SELECT (SELECT data_version FROM pragma_data_version), (SELECT schema_version FROM pragma_schema_version),
        (SELECT max(seq) FROM changeset)
"""


class _Version(NamedTuple):
    """The state of the file that a transaction sees."""

    data: int
    """Another one after each commit of others."""
    schema: int
    """Another one after control was derived anew, too (`rebuild.py`)."""
    changeset: int
    """The newest one."""


class _Board(NamedTuple):
    situation: int
    version: _Version
    as_of: int
    known_at: int
    states: Mapping[str, ControlState]
    """Place -> its state, where anything is known of it."""


class Boards:
    """The control that each connection of one store read last."""

    def __init__(self, *, most: int = MOST) -> None:
        self._most = most
        self._last: dict[Connection, _Board] = {}

    async def control(self, view: View, clocks: Clocks = NOW) -> tuple[ControlState, ...]:
        """Return who controls each place of the catalog, in its order."""
        as_of, known_at = min(clocks.as_of, FOREVER - 1), min(clocks.known_at, FOREVER - 1)
        ((*numbers,),) = await view.connection.rows(_STATE)
        version = _Version(*numbers)
        wanted: list[int] | None = None
        states: dict[str, ControlState] = {}
        last = self._last.get(view.connection)
        if last is not None and last.situation == view.names.situation:
            touched = await self._touched(view, last.version, version)
            turned = await self._turned(view, last, as_of, known_at)
            if touched is not None and turned is not None:
                wanted = sorted(touched | turned)
                states = dict(last.states)
                for place in wanted:
                    states.pop(view.names.id(place), None)
        if wanted is None:
            wanted = numbers_of(view)
        if wanted:
            states |= {state.place: state for state in await states_at(view, wanted, as_of, known_at)}
        self._last[view.connection] = _Board(view.names.situation, version, as_of, known_at, states)
        return in_order(view, states)

    async def _touched(self, view: View, last: _Version, version: _Version) -> set[int] | None:
        """Return the numbers of places of which something else may be known since; None where that may be any."""
        if version == last:
            return set()
        if version.schema != last.schema or version.changeset == last.changeset:
            return None
        found = await load_touched(
            view.connection, view.names.situation, last.changeset, version.changeset, most=self._most
        )
        return None if found is None else {one.place for one in found if one.place is not None}

    async def _turned(self, view: View, last: _Board, as_of: int, known_at: int) -> set[int] | None:
        """Return the numbers of places whose control may differ at the clocks; None where that may be any."""
        if last.as_of == as_of:
            begun, between = _BEGUN_KNOWN, sorted((last.known_at, known_at))
        elif last.known_at == known_at == FOREVER - 1:
            begun, between = _BEGUN_OCCURRING, sorted((last.as_of, as_of))
        else:
            return None
        rows = await view.connection.rows(begun, (view.names.situation, *between, self._most + 1))
        return None if len(rows) > self._most else {place for (place,) in rows}
