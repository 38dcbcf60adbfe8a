"""Deriving everything again from the facts.

Each transaction replaces a block of events or places: it deletes and writes their weights, documents, marks and spans.
So a reader sees every event and place at every moment, old or rebuilt, and other writers get their turn between blocks.
"""

import asyncio
from collections.abc import Iterable

from model.catalog import Catalog
from model.times import EARLIEST, FOREVER
from store.base import Progress
from store.sqlite.derive import BLOCK, put_events, put_marks, weigh_events
from store.sqlite.driver import Connection, Pool
from store.sqlite.evidence import IN_FORCE, Weighable, load_events, load_places
from store.sqlite.names import Directory, Names, load_names
from store.sqlite.queue import rebuild_queue
from store.sqlite.respan import Change, group_by_size, put_spans, whole_change

# The latest undo or redo of a changeset says whether it is in force.
_UNDONE = """
SELECT target FROM (SELECT target, deed, max(seq) FROM changeset
                    WHERE situation = ? AND target IS NOT NULL GROUP BY target)
WHERE deed = 'undo'
"""
WRONGLY_UNDONE = f"""
SELECT id FROM changeset
WHERE situation = ?1 AND (seq IN (SELECT changeset FROM undone)) <> (seq IN ({_UNDONE.replace("?", "?1")}))
"""  # noqa: S608 - our own statement
"""The ids of a situation's changesets that are stored as undone, or not, in spite of its undos and redos."""

_SET_INDEX = "INSERT INTO event_index (event_index, rank) VALUES (?, ?)"
_DELETE_MERGE = 10
"""SQLite's default: per cent of a segment that may be replaced before it is rewritten."""
_MERGE_PAGES = 500
"""Pages of the index, of about 4 KB each, that are rewritten in one transaction."""
_DROP_GHOSTS = f"""
DELETE FROM event_index WHERE rowid > ?2 AND rowid <= ?3 AND rowid NOT IN (
  SELECT seq FROM event WHERE seq > ?2 AND seq <= ?3 AND (situation <> ?1 OR changeset {IN_FORCE})
)
"""  # noqa: S608 - our own condition


async def rebuild(pool: Pool, directory: Directory, situation_id: str, progress: Progress | None) -> None:
    """Derive everything of a situation again.

    Raises:
        IdUnknown: there is no such situation.
    """
    async with pool.write() as connection:
        # Only the names: the catalog depends on what is undone, which may be wrong.
        names = await load_names(connection, situation_id)
        situation = names.situation
        await connection.run(
            "DELETE FROM undone WHERE changeset IN (SELECT seq FROM changeset WHERE situation = ?)", (situation,)
        )
        await connection.run(f"INSERT INTO undone (changeset) {_UNDONE}", (situation,))
        await connection.run(
            "DELETE FROM span WHERE situation = ?1 "
            "AND place NOT IN (SELECT no FROM name WHERE situation = ?1 AND what = 'place')",
            (situation,),
        )
        await rebuild_queue(connection, situation)
        events, sizes = await load_sizes(connection, names)
    directory.forget(situation_id)
    done, in_all = 0, events + len(sizes)
    last = 0
    while last < FOREVER:
        async with pool.write() as connection:
            names, catalog = await directory.look_up_whole(connection, situation_id)
            count, last = await _rebuild_events(connection, names, catalog, last)
        done += count
        if progress is not None:
            progress(done, max(done, in_all))
        await asyncio.sleep(0)
    await _merge_index(pool)
    for places in group_by_size(sizes):
        async with pool.write() as connection:
            names, catalog = await directory.look_up_whole(connection, situation_id)
            await _rebuild_places(connection, names, catalog, places)
        done += len(places)
        if progress is not None:
            progress(done, max(done, in_all))
        await asyncio.sleep(0)
    directory.forget(situation_id)  # which undone names stay was looked up in the old index


async def load_sizes(connection: Connection, names: Names) -> tuple[int, dict[str, int]]:
    """Return how many events a situation has, and how many of them bear on control of each place."""
    ((events,),) = await connection.rows("SELECT count(*) FROM event WHERE situation = ?", (names.situation,))
    counts = await connection.rows(
        "SELECT place, count(*) FROM event WHERE situation = ? AND affects = 1 AND place IS NOT NULL GROUP BY place",
        (names.situation,),
    )
    return events, dict.fromkeys(names.numbers.get("place", ()), 0) | {names.id(place): size for place, size in counts}


async def load_block(connection: Connection, names: Names, after: int) -> tuple[list[Weighable], int]:
    """Return the next events, undone ones too, and the number up to which there are no others."""
    rows = await connection.rows(
        "SELECT seq FROM event WHERE situation = ? AND seq > ? ORDER BY seq LIMIT ?", (names.situation, after, BLOCK)
    )
    seqs = [seq for (seq,) in rows]
    return await load_events(connection, names, seqs), seqs[-1] if len(seqs) == BLOCK else FOREVER


async def derive_spans(connection: Connection, names: Names, catalog: Catalog, places: Iterable[str]) -> Change:
    """Return all spans of places, derived from all their events."""
    stored = await load_places(connection, names, dict.fromkeys(places, EARLIEST), FOREVER)
    return whole_change(names, catalog, stored)


async def _rebuild_events(connection: Connection, names: Names, catalog: Catalog, after: int) -> tuple[int, int]:
    """Derive the next block of events again; return how many, and the number up to which everything is done."""
    events, upto = await load_block(connection, names, after)
    between = (names.situation, after, upto)
    await connection.run("DELETE FROM weight WHERE situation = ? AND event > ? AND event <= ?", between)
    await connection.run("DELETE FROM mark_now WHERE situation = ? AND event > ? AND event <= ?", between)
    await connection.run(_DROP_GHOSTS, between)
    # Otherwise the index would rewrite itself each time a tenth of its documents were replaced.
    await connection.run(_SET_INDEX, ("deletemerge", 0))
    await put_events(connection, weigh_events(names, catalog, [one for one in events if one.in_force]))
    await connection.run(_SET_INDEX, ("deletemerge", _DELETE_MERGE))
    await put_marks(connection, names, [one.seq for one in events])
    return len(events), upto


async def _merge_index(pool: Pool) -> None:
    """Rewrite the index without what was replaced, a few megabytes in each transaction."""
    pages = -_MERGE_PAGES  # negative: begin, even if there is not much to merge
    changed = True
    while changed:
        async with pool.write() as connection:
            ((before,),) = await connection.rows("SELECT total_changes()")
            await connection.run(_SET_INDEX, ("merge", pages))
            ((after,),) = await connection.rows("SELECT total_changes()")
        changed = after - before > 1  # SQLite documents this as the sign that work was done
        pages = _MERGE_PAGES
        await asyncio.sleep(0)


async def _rebuild_places(connection: Connection, names: Names, catalog: Catalog, places: list[str]) -> None:
    change = await derive_spans(connection, names, catalog, places)
    # This changes the schema's version, which tells sessions that keep control in memory (`board.py`) to read it again.
    await connection.run("CREATE TABLE derived_anew (place INTEGER) STRICT")
    await connection.run("DROP TABLE derived_anew")
    await connection.run_many(
        "DELETE FROM span WHERE situation = ? AND place = ?",
        [(names.situation, names.no("place", place)) for place in places],
    )
    await put_spans(connection, change)
