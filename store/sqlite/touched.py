"""What commits touched: events that are new, or have new claims or marks, up to a few hundred.

Any other commit (a new version of a thing, an undo, many facts) may have changed anything.
"""

from collections.abc import Sequence
from typing import NamedTuple

from model.query import Touched
from store.sqlite.driver import Connection
from store.sqlite.names import Names

MOST = 400
"""Above so many facts, reading everything again takes no longer."""

_SINCE = """
    SELECT newest.event_to + newest.claim_to + newest.mark_to - since.event_to - since.claim_to - since.mark_to,
        newest.version_to = since.version_to
            AND NOT EXISTS (SELECT 1 FROM changeset WHERE seq > since.seq AND target IS NOT NULL),
        since.event_to, since.claim_to, since.mark_to
    FROM changeset AS since CROSS JOIN changeset AS newest WHERE since.seq = ?1 AND newest.seq = ?2
"""
_TOUCHED = """
    SELECT event.seq, event.place, event.actor, event.against,
        EXISTS (SELECT 1 FROM mark WHERE mark.situation = ?1 AND mark.event = event.seq AND mark.seq > ?4)
    FROM (
        SELECT seq FROM event WHERE seq > ?2 UNION SELECT event FROM claim WHERE seq > ?3
        UNION SELECT event FROM mark WHERE seq > ?4
    ) AS touched CROSS JOIN event ON event.seq = touched.seq
    WHERE event.situation = ?1
"""


class Numbers(NamedTuple):
    """A touched event, by the file's numbers."""

    seq: int
    place: int | None
    actor: int | None
    against: int | None
    marked: bool


async def load_touched(
    connection: Connection, situation: int, since: int, newest: int, *, most: int = MOST
) -> Sequence[Numbers] | None:
    """Return the events that the changesets after `since`, up to `newest`, touched; None if it may be any."""
    if since == newest:
        return ()
    for facts, is_plain, *numbers in await connection.rows(_SINCE, (since, newest)):
        if is_plain and facts <= most:
            return [Numbers(*row) for row in await connection.rows(_TOUCHED, (situation, *numbers))]
    return None


async def touched(connection: Connection, names: Names, since: int) -> Touched:
    """Return what the changesets after `since` touched."""
    ((newest,),) = await connection.rows("SELECT coalesce(max(seq), 0) FROM changeset")
    found = await load_touched(connection, names.situation, since, newest)
    if found is None:
        return Touched(since, newest, everything=True)
    return Touched(
        since,
        newest,
        frozenset(one.seq for one in found),
        frozenset(names.id(one.place) for one in found if one.place is not None),
        frozenset(names.id(actor) for one in found for actor in (one.actor, one.against) if actor is not None),
        marked=any(one.marked for one in found),
    )
