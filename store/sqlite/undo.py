"""Undo and redo: rows that take changesets out of force or bring them back; what they wrote stays where it is.

`model/history.py` says which changesets. A large action takes several transactions, newest changesets first; if it is
interrupted, undoing again goes on where it stopped. Redo leaves out a changeset that decided a proposal which somebody
has decided meanwhile: their decision stays in force, and the event is not there twice.

Things that others' facts still refer to stay, even if the changeset that made them is undone (`names.py` has the rule).
"""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from model.catalog import Catalog
from model.entities import VERDICTS, Changeset, Deed
from model.errors import IdUnknown, InputRefused, NothingToUndo
from model.history import action_of, to_redo, to_undo
from model.ids import short_id
from model.text import clean_text
from store.sqlite.derive import derive
from store.sqlite.driver import Connection, Pool
from store.sqlite.ledger import Heading, append, load_tail, make_link
from store.sqlite.names import Directory, Names, load_whole
from store.sqlite.queue import load_redecided, load_touched, put_queue
from store.sqlite.records import CHANGESET_COLUMNS, CHANGESETS, decode_changeset, pack_id
from store.sqlite.stale import load_stale
from store.sqlite.trust import to_withdraw

_FACTS = 50_000
"""Rows whose changesets are undone or redone in one transaction; at least one changeset is."""
_WINDOW = 500
"""Changesets that are read first; the action is nearly always among them."""

_VERDICTS = ", ".join(f"'{kind.value}'" for kind in sorted(VERDICTS))
# Number of each event that the changesets wrote or refer to, and whether that can change its weight; null: a version.
_TOUCHED = f"""
WITH turned AS (
  SELECT own.*, ifnull(before.version_to, 0) AS version_from, ifnull(before.event_to, 0) AS event_from,
         ifnull(before.claim_to, 0) AS claim_from, ifnull(before.mark_to, 0) AS mark_from
  FROM json_each(?) AS given JOIN changeset AS own ON own.seq = given.value
  LEFT JOIN changeset AS before ON before.seq = own.seq - 1
)
SELECT seq, max(weighs) FROM (
  SELECT event.seq, 1 AS weighs FROM turned CROSS JOIN event ON event.seq > event_from AND event.seq <= event_to
  UNION ALL
  SELECT claim.event, 1 FROM turned CROSS JOIN claim ON claim.seq > claim_from AND claim.seq <= claim_to
  UNION ALL
  SELECT mark.event, mark.kind IN ({_VERDICTS})
  FROM turned CROSS JOIN mark ON mark.seq > mark_from AND mark.seq <= mark_to
  UNION ALL
  SELECT NULL, 0 FROM turned WHERE version_to > version_from
) GROUP BY seq
"""  # noqa: S608 - our own kinds


@dataclass(frozen=True, slots=True)
class _Numbered:
    seq: int
    changeset: Changeset


async def load_changesets(connection: Connection, names: Names, limit: int | None) -> list[Changeset]:
    """Return a situation's newest changesets, newest first; None: all."""
    return [one.changeset for one in await _load(connection, names, "changeset.number > 0", (), limit)]


async def undo(
    pool: Pool, directory: Directory, situation_id: str, changeset_id: str | None, *, author: str, recorded_at: int
) -> tuple[Changeset, ...]:
    """Undo a changeset with its whole action, or the author's latest action; return what is now undone.

    Raises:
        NothingToUndo: nothing in force can be undone.
        IdUnknown: there is no such changeset, or no such situation.
        InputRefused: the changeset is itself an undo or redo, or created the situation.
    """
    async with pool.read() as connection:
        names, _ = await directory.look_up(connection, situation_id)
        if changeset_id is None:
            targets = await _latest(connection, names, author)
        else:
            targets = await _action(connection, names, changeset_id)
    return await _turn_all(pool, directory, situation_id, targets, Heading(author, recorded_at, "", Deed.UNDO))


async def redo(
    pool: Pool, directory: Directory, situation_id: str, *, author: str, recorded_at: int
) -> tuple[Changeset, ...]:
    """Redo what this author undid last; return it.

    Raises:
        NothingToUndo: there is nothing to redo, or the author has written since.
        IdUnknown: there is no such situation.
    """
    async with pool.read() as connection:
        names, _ = await directory.look_up(connection, situation_id)
        undos = to_redo(_changesets(await _history(connection, names, _WINDOW)), author)
        if undos and undos[-1].batch is not None:
            undos = to_redo(_changesets(await _history(connection, names, None)), author)
        if not undos:
            raise NothingToUndo("nothing to redo: you have undone nothing since you last wrote")
        targets = await _by_id(connection, names, [one.target for one in undos if one.target is not None])
    return await _turn_all(pool, directory, situation_id, targets, Heading(author, recorded_at, "", Deed.REDO))


async def withdraw(
    pool: Pool, directory: Directory, situation_id: str, trusts: Collection[str], *, author: str, recorded_at: int
) -> tuple[Changeset, ...]:
    """Undo trusts and what they accepted, the trusts first, so that they accept nothing meanwhile.

    Raises:
        NothingToUndo: neither is in force.
        IdUnknown: there is no such situation.
    """
    async with pool.read() as connection:
        names, _ = await directory.look_up(connection, situation_id)
        seqs = await to_withdraw(connection, names, trusts)
        if not seqs:
            raise NothingToUndo("no such trust is in force, nor anything that one accepted")
        found = await _load(
            connection, names, "changeset.seq IN (SELECT value FROM json_each(?))", (json.dumps(seqs),), None
        )
    by_seq = {one.seq: one for one in found}
    targets = [by_seq[seq] for seq in seqs]
    return await _turn_all(pool, directory, situation_id, targets, Heading(author, recorded_at, "", Deed.UNDO))


async def _latest(connection: Connection, names: Names, author: str) -> list[_Numbered]:
    for limit in (_WINDOW, None):
        history = await _history(connection, names, limit)
        seqs = {one.changeset.id: one.seq for one in history}
        found = to_undo(_changesets(history), author)
        if found and (found[-1].batch is None or limit is None):
            return [_Numbered(seqs[one.id], one) for one in found]
    raise NothingToUndo("nothing to undo: you have written nothing here that is still in force")


async def _action(connection: Connection, names: Names, changeset_id: str) -> list[_Numbered]:
    found = await _load(connection, names, "changeset.id = ?", (pack_id(changeset_id),), None)
    if not found:
        raise IdUnknown(f"this situation has no changeset {clean_text(changeset_id[:60])!r}")
    changeset = found[0].changeset
    if changeset.target is not None:
        raise InputRefused(
            f"changeset {short_id(changeset_id)} is itself an {changeset.deed.value}; undo the one that it is about"
        )
    if await _is_first(connection, found[0].seq):
        raise InputRefused(f"changeset {short_id(changeset_id)} created the situation and cannot be undone")
    first = pack_id(action_of(changeset))
    action = await _load(connection, names, "? IN (changeset.id, batch.id)", (first,), None)
    off = {seq for (seq,) in await connection.rows("SELECT changeset FROM undone")}
    action = [one for one in action if one.seq not in off and one.changeset.target is None]
    if not action:
        raise NothingToUndo(f"changeset {short_id(changeset_id)} is undone already")
    return action


async def _turn_all(
    pool: Pool, directory: Directory, situation_id: str, targets: Sequence[_Numbered], like: Heading
) -> tuple[Changeset, ...]:
    turned: list[Changeset] = []
    batch: tuple[int, str] | None = None
    for group in _groups(targets):
        async with pool.write() as connection:
            names, before = await directory.look_up_whole(connection, situation_id)
            tail = await load_tail(connection, names.situation)
            off = {seq for (seq,) in await connection.rows("SELECT changeset FROM undone")}
            ready = [one for one in group if (one.seq in off) is (like.deed is Deed.REDO)]
            if like.deed is Deed.REDO:
                decided = await load_redecided(connection, [one.seq for one in ready])
                ready = [one for one in ready if one.seq not in decided]
            for one in ready:
                reason = clean_text(f"{like.deed.value}: {one.changeset.reason}")
                heading = replace(like, reason=reason, target=(one.seq, one.changeset.id), batch=batch)
                made = make_link(tail, heading)
                await append(connection, made)
                tail = made.tail
                batch = batch or (tail.seq, made.changeset.id)
            await connection.run_many(
                "INSERT INTO undone (changeset) VALUES (?)"
                if like.deed is Deed.UNDO
                else "DELETE FROM undone WHERE changeset = ?",
                [(one.seq,) for one in ready],
            )
            await _rederive(connection, names, before, [one.seq for one in ready])
        turned += [one.changeset for one in ready]
    if not turned:
        raise NothingToUndo(f"somebody else was faster: there is nothing left to {like.deed.value}")
    return tuple(turned)


async def _rederive(connection: Connection, names: Names, before: Catalog, turned: Sequence[int]) -> None:
    """Derive again what depends on changesets that were undone or redone."""
    rows = await connection.rows(_TOUCHED, (json.dumps(turned),))
    touched = {seq: weighs for seq, weighs in rows if seq is not None}
    after = before if len(touched) == len(rows) else await load_whole(connection, names)
    weighed = {seq for seq, weighs in touched.items() if weighs}
    weighed.update(await load_stale(connection, names, before, after))
    await derive(connection, names, after, weighed=weighed, marked=touched)
    await put_queue(connection, names.situation, await load_touched(connection, turned))


def _groups(targets: Sequence[_Numbered]) -> Iterator[list[_Numbered]]:
    """Yield the targets in order, in groups for one transaction each."""
    group: list[_Numbered] = []
    facts = 0
    for one in targets:
        if group and facts + one.changeset.facts > _FACTS:
            yield group
            group, facts = [], 0
        group.append(one)
        facts += one.changeset.facts
    if group:
        yield group


async def _history(connection: Connection, names: Names, limit: int | None) -> list[_Numbered]:
    """Return the newest changesets, newest first, but never the one that created the situation."""
    return await _load(connection, names, "changeset.number > 1", (), limit)


async def _by_id(connection: Connection, names: Names, ids: Sequence[str]) -> list[_Numbered]:
    found = await _load(
        connection,
        names,
        "changeset.id IN (SELECT unhex(value, '-') FROM json_each(?))",
        (json.dumps(ids),),
        None,
    )
    by_id = {one.changeset.id: one for one in found}
    return [by_id[id_] for id_ in ids]


async def _is_first(connection: Connection, seq: int) -> bool:
    ((number,),) = await connection.rows("SELECT number FROM changeset WHERE seq = ?", (seq,))
    return bool(number == 1)


async def _load(
    connection: Connection, names: Names, where: str, parameters: Sequence[object], limit: int | None
) -> list[_Numbered]:
    rows = await connection.rows(
        f"SELECT {CHANGESET_COLUMNS} FROM {CHANGESETS} WHERE changeset.situation = ? AND {where} "  # noqa: S608 - ours
        "ORDER BY changeset.number DESC LIMIT ?",
        (names.situation, *parameters, -1 if limit is None else limit),
    )
    return [_Numbered(row[0], decode_changeset(row)) for row in rows]


def _changesets(numbered: Sequence[_Numbered]) -> list[Changeset]:
    return [one.changeset for one in numbered]
