"""Checking what is derived: everything is derived again and compared with what is stored; nothing is written.

Each block of events or places is read in one short transaction together with what is stored for it, so that writers
are not held up and what they write meanwhile does not count as a difference. The rules are those of a rebuild. Rows
are compared as they are stored, so that an unreadable one is just another difference.
"""

import asyncio
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from model.times import FOREVER
from store.base import Progress
from store.sqlite.derive import MARK_NOW_COLUMNS, load_marks_now, weigh_events
from store.sqlite.driver import Connection, Pool
from store.sqlite.evidence import IN_FORCE
from store.sqlite.ledger import Rows
from store.sqlite.names import Directory, load_names, load_situation_ids
from store.sqlite.queue import wrongly_queued
from store.sqlite.rebuild import WRONGLY_UNDONE, derive_spans, load_block, load_sizes
from store.sqlite.records import STATE_COLUMNS, WEIGHT_COLUMNS
from store.sqlite.respan import group_by_size

FIX = "fix it with `sitmon store rebuild`"

# Documents in the index, without those of other situations' events in force; with the number of words of each.
_INDEXED = f"""
SELECT id, hex(sz) FROM event_index_docsize WHERE id > ?2 AND id <= ?3 AND id NOT IN (
  SELECT seq FROM event WHERE seq > ?2 AND seq <= ?3 AND situation <> ?1 AND changeset {IN_FORCE}
)
"""  # noqa: S608 - our own condition
_HITS = """
SELECT word.key, event_index.rowid FROM json_each(?) AS word CROSS JOIN event_index
WHERE event_index MATCH word.value AND event_index.rowid > ? AND event_index.rowid <= ?
"""
_WORD = re.compile("[0-9a-z\x80-\U0010ffff]+")
_SPANS = f"""
SELECT {STATE_COLUMNS.replace("span.events", "lower(hex(span.events))")},
       span.occurred_from, span.occurred_to, span.known_from, span.known_to, span.situation
FROM json_each(?) AS wanted CROSS JOIN span WHERE span.situation = ? AND span.place = wanted.value
"""  # noqa: S608 - our own columns


async def audit(pool: Pool, progress: Progress | None) -> list[str]:
    """Return what is stored in any situation that does not follow from its facts, a sentence each.

    Raises:
        StoreDamaged: facts cannot be read.
    """
    async with pool.read() as connection:
        ids = await load_situation_ids(connection)
        loads = [await load_sizes(connection, await load_names(connection, id_)) for id_ in ids]
    done, in_all = 0, sum(events + len(sizes) for events, sizes in loads)

    def advance(steps: int) -> None:
        nonlocal done
        done += steps
        if progress is not None:
            progress(done, max(done, in_all))

    return [sentence for id_ in ids for sentence in await _audit_situation(pool, id_, advance)]


async def _audit_situation(pool: Pool, situation_id: str, advance: Callable[[int], None]) -> list[str]:
    async with pool.read() as connection:
        names = await load_names(connection, situation_id)
        wrong = len(await connection.rows(WRONGLY_UNDONE, (names.situation,)))
        [(changesets,)] = await connection.rows(
            "SELECT count(*) FROM changeset WHERE situation = ?", (names.situation,)
        )
        events, sizes = await load_sizes(connection, names)
        counts: Counter[str] = Counter(queue=await wrongly_queued(connection, names.situation))
    if wrong:  # everything else is derived from this, so comparing it would mean nothing
        of = f"{wrong:,} of {changesets:,} changesets"
        return [f"{situation_id}: {of} count as undone or in force, which the undos and redos contradict; {FIX}"]
    directory = Directory()
    last = 0
    while last < FOREVER:
        async with pool.read() as connection:
            number, last = await _audit_events(connection, directory, situation_id, last, counts)
        advance(number)
        await asyncio.sleep(0)
    for places in group_by_size(sizes):
        async with pool.read() as connection:
            counts["places"] += await _wrong_places(connection, directory, situation_id, places)
        advance(len(places))
        await asyncio.sleep(0)
    sentences = (
        ("weights", f"{events:,} events are not weighed as their claims and verdicts say"),
        ("documents", f"{events:,} events are not in the search index as they should be"),
        ("marks", f"{events:,} events do not show the marks that are in force on them"),
        ("places", f"{len(sizes):,} places do not have the control that follows from their events"),
    )
    found = [f"{situation_id}: {counts[key]:,} of {rest}; {FIX}" for key, rest in sentences if counts[key]]
    if counts["queue"]:
        found.append(
            f"{situation_id}: {counts['queue']:,} proposals are open, or not, in spite of what was decided; {FIX}"
        )
    return found


async def _audit_events(
    connection: Connection, directory: Directory, situation_id: str, after: int, counts: Counter[str]
) -> tuple[int, int]:
    """Compare the next block of events; return how many, and the number up to which everything is compared now."""
    names, catalog = await directory.look_up_whole(connection, situation_id)
    events, upto = await load_block(connection, names, after)
    between = (names.situation, after, upto)
    derived = weigh_events(names, catalog, [one for one in events if one.in_force])
    stored = await connection.rows(
        f"SELECT event, {WEIGHT_COLUMNS}, situation FROM weight "  # noqa: S608 - our own columns
        "WHERE situation = ? AND event > ? AND event <= ?",
        between,
    )
    counts["weights"] += _differing(_by(stored, 0), _by(derived.weights, 0))
    marks = await load_marks_now(connection, names, [one.seq for one in events])
    stored = await connection.rows(
        f"SELECT {MARK_NOW_COLUMNS} FROM mark_now WHERE situation = ? AND event > ? AND event <= ?",  # noqa: S608
        between,
    )
    counts["marks"] += _differing(_by(stored, 1), _by(marks, 1))
    counts["documents"] += await _wrong_documents(connection, dict(derived.documents), between)
    return len(events), upto


async def _wrong_documents(connection: Connection, derived: Mapping[int, str], between: tuple[int, int, int]) -> int:
    """Count the documents that have a different number of words in the index, or not all of their words."""
    words = {seq: words_of(document) for seq, document in derived.items()}
    stored = {seq: _number(size) for seq, size in await connection.rows(_INDEXED, between)}
    wrong = {seq for seq in stored.keys() | words.keys() if stored.get(seq) != len(words.get(seq, ()))}
    by_word: defaultdict[str, set[int]] = defaultdict(set)
    for seq, some in words.items():
        for word in some:
            by_word[word].add(seq)
    hits: defaultdict[int, set[int]] = defaultdict(set)
    asked = json.dumps([f'"{word}"' for word in by_word])
    for place, seq in await connection.rows(_HITS, (asked, *between[1:])):
        hits[place].add(seq)
    for place, seqs in enumerate(by_word.values()):
        # The hits include other situations' events.
        wrong |= seqs ^ (hits[place] & words.keys())
    return len(wrong)


async def _wrong_places(connection: Connection, directory: Directory, situation_id: str, places: Sequence[str]) -> int:
    names, catalog = await directory.look_up_whole(connection, situation_id)
    derived = await derive_spans(connection, names, catalog, places)
    wanted = json.dumps([names.no("place", place) for place in places])
    stored = await connection.rows(_SPANS, (wanted, names.situation))
    return _differing(_by(stored, 0), _by(derived.puts, 0))


def _by(rows: Rows, column: int) -> dict[Hashable, set[tuple[Any, ...]]]:
    grouped: defaultdict[Hashable, set[tuple[Any, ...]]] = defaultdict(set)
    for row in rows:
        grouped[row[column]].add(tuple(row))
    return grouped


def _differing(stored: Mapping[Hashable, object], derived: Mapping[Hashable, object]) -> int:
    return sum(stored.get(key) != derived.get(key) for key in stored.keys() | derived.keys())


def words_of(document: str) -> list[str]:
    """Return the words of a document as the index's tokenizer splits them."""
    return _WORD.findall(document)


def _number(digits: str) -> int:
    """Return the number of words that the index keeps for a document: seven bits to a byte, highest first."""
    number = 0
    for byte in bytes.fromhex(digits):
        number = number << 7 | byte & 127
    return number
