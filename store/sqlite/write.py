"""Writing a draft: its rows in one changeset, and everything derived from them, in the caller's transaction."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import TypeVar

from model.catalog import Catalog
from model.entities import PERSONAL, VERDICTS, Claim, Deed, Event, Mark, MarkKind, Report, Situation, TallyClaim
from model.errors import IdUnknown, InputRefused
from model.ids import short_id
from model.proposals import Decision
from model.standing import Evidence
from model.text import clean_text
from model.times import FOREVER
from store.accept import accept
from store.accept_things import accept_situation
from store.base import Draft, Written
from store.sqlite.bodies import encode_body
from store.sqlite.bulk import in_background, run_all, without_garbage_collection
from store.sqlite.derive import Fresh, derive, weigh_events
from store.sqlite.driver import Connection
from store.sqlite.encode import Encoded, encode, things_of
from store.sqlite.evidence import Weighable
from store.sqlite.ledger import (
    Heading,
    Rows,
    Tail,
    append,
    facts_of,
    inserting_facts,
    load_tail,
    make_link,
    next_instant,
)
from store.sqlite.names import Directory, Names
from store.sqlite.queue import StoredProposal, encode_proposal, load_stored, put_queue, require_open
from store.sqlite.records import pack_id, unpack_id
from store.sqlite.stale import load_stale
from store.sqlite.trust import require_trust

F = TypeVar("F", Report, Event, Claim, TallyClaim, Mark, Decision)

_LARGE = 1_000
"""Above so many rows it pays to pause the garbage collector."""
_MANY = 64
"""Above so many ids it pays to check first whether they can be in the store at all."""


@dataclass(frozen=True, slots=True)
class _Stored:
    """Which of the ids that a draft uses are in the store: table -> id -> number."""

    reports: dict[str, int]
    events: dict[str, int]
    claims: dict[str, int]
    tally_claims: dict[str, int]
    marks: dict[str, int]
    decisions: dict[str, int]
    proposals: dict[str, StoredProposal]


async def write(
    connection: Connection,
    directory: Directory,
    situation_id: str,
    draft: Draft,
    *,
    author: str,
    recorded_at: int,
) -> Written:
    """Write a draft and everything derived from it.

    Args:
        connection: in a write transaction that has written nothing yet.
        directory: the open store's.
        situation_id: the situation.
        draft: what to write.
        author: who this session writes as.
        recorded_at: the present instant.

    Raises:
        InputRefused: a value is out of bounds.
        StaleDecision: a proposal is decided already, or a trust that accepts one is not in force.
        IdUnknown: there is no such situation, or a fact refers to something that is not in it.
    """
    with without_garbage_collection() if _size(draft) > _LARGE else nullcontext():
        return await _write(connection, directory, situation_id, draft, Heading(author, recorded_at, draft.reason))


async def _write(
    connection: Connection, directory: Directory, situation_id: str, given: Draft, heading: Heading
) -> Written:
    names, catalog = await directory.look_up(connection, situation_id)
    draft, after = accept(given, catalog)
    stored = await _load_stored(connection, names, draft)
    _require_stored(draft, stored)
    await _require_originals(connection, names, draft, stored)
    added = _only_new(draft, catalog, stored)
    added = added._replace(marks=await _effective(connection, names, added.marks, stored, heading.author))
    decided = {one.proposal for one in added.decisions} & stored.proposals.keys()
    await require_open(connection, names.situation, {id_: stored.proposals[id_] for id_ in decided})
    await require_trust(connection, names, catalog, added.decisions, stored.proposals)
    new = _size(added)
    if not new:
        return Written(None, unchanged=_size(given))
    tail = await load_tail(connection, names.situation)
    heading = replace(
        heading,
        reason=draft.reason,
        deed=draft.deed,
        recorded_at=next_instant(tail, heading.recorded_at),
        batch=await _find_batch(connection, names, draft.batch),
    )
    added = added._replace(marks=tuple(_signed(mark, heading) for mark in added.marks))
    encoded = encode(names, tail, added, stored.events, stored.reports, stored=stored.proposals)
    facts = facts_of(encoded.facts)
    async with in_background(inserting_facts(connection, facts)):
        made = make_link(tail, heading, facts)
        events = _fresh(added, encoded)
        fresh = Fresh(events, weigh_events(encoded.names, after, events))
    await append(connection, made)
    seqs = {**stored.events, **encoded.events}
    await derive(
        connection,
        encoded.names,
        after,
        fresh=fresh,
        weighed={seqs[id_] for id_ in _reweighed(added) if id_ not in encoded.events}.union(
            await load_stale(connection, names, catalog, after)
        ),
        marked={seqs[mark.event] for mark in added.marks},
    )
    await put_queue(connection, names.situation, encoded.proposals)
    updated = _updated(added, catalog) + sum(one.id in stored.proposals for one in added.proposals)
    return Written(made.changeset, new - updated, updated, _size(given) - new)


async def put_situation(
    connection: Connection, directory: Directory, situation: Situation, *, author: str, recorded_at: int
) -> bool:
    """Create a situation, or a new version of it if it differs; return whether anything was written.

    Raises:
        InputRefused: its id, zone or period is not valid.
    """
    situation = accept_situation(situation)
    found = await connection.rows(
        "SELECT no FROM name WHERE situation = 0 AND what = 'situation' AND id = ?", (situation.id,)
    )
    body = encode_body(situation)
    if not found:
        tail = await load_tail(connection, 0)
        no, changeset = tail.to["name"] + 1, tail.seq + 1
        rows: dict[str, Rows] = {
            "name": [(no, 0, "situation", situation.id, changeset)],
            "version": [(tail.to["version"] + 1, no, no, changeset, body)],
        }
        heading = Heading(author, recorded_at, f"create situation {situation.id}", Deed.LOAD)
        await _append(connection, replace(tail, situation=no), heading, rows)
        return True
    names, catalog = await directory.look_up(connection, situation.id)
    if catalog.situation == situation:
        return False
    tail = await load_tail(connection, names.situation)
    row = (tail.to["version"] + 1, names.situation, names.situation, tail.seq + 1, body)
    heading = Heading(author, recorded_at, f"change situation {situation.id}", Deed.LOAD)
    await _append(connection, tail, heading, {"version": [row]})
    after = replace(catalog, situation=situation)
    await derive(connection, names, after, weighed=await load_stale(connection, names, catalog, after))
    return True


async def _append(connection: Connection, tail: Tail, heading: Heading, rows: Mapping[str, Rows]) -> None:
    facts = facts_of(rows)
    await run_all(inserting_facts(connection, facts))
    await append(connection, make_link(tail, heading, facts))


async def _load_stored(connection: Connection, names: Names, draft: Draft) -> _Stored:
    return _Stored(
        await _find(
            *(connection, names, "report"),
            {one.id for one in draft.reports}.union(one.report for one in draft.claims if one.report is not None).union(
                one.report for one in draft.proposals
            ),
        ),
        await _find(
            *(connection, names, "event"),
            {one.id for one in draft.events}.union(one.event for one in draft.claims)
            .union(one.event for one in draft.marks)
            .union(one.value for one in draft.marks if one.kind is MarkKind.DUPLICATE and one.on)
            .union(one.became for one in draft.decisions if one.became is not None),
        ),
        await _find(connection, names, "claim", {one.id for one in draft.claims}),
        await _find(
            *(connection, names, "tally_claim"),
            {one.id for one in draft.tally_claims}.union(one.became for one in draft.decisions if one.became),
        ),
        await _find(connection, names, "mark", {one.id for one in draft.marks}),
        await _find(connection, names, "decision", {one.id for one in draft.decisions}),
        await load_stored(
            connection, names, {one.id for one in draft.proposals}.union(one.proposal for one in draft.decisions)
        ),
    )


async def _find(connection: Connection, names: Names, table: str, ids: Collection[str]) -> dict[str, int]:
    """Return id -> number of those of the ids that the table has."""
    if len(ids) > _MANY:
        ((newest,),) = await connection.rows(
            f"SELECT max(id) FROM {table} WHERE situation = ?",  # noqa: S608 - our own table
            (names.situation,),
        )
        # Ids begin with their time: when history is loaded in order, hardly any can be stored already.
        ids = [id_ for id_ in ids if id_ <= unpack_id(newest)] if newest else ()
    if not ids:
        return {}
    rows = await connection.rows(
        f"SELECT id, seq FROM {table} WHERE situation = ? "  # noqa: S608
        "AND id IN (SELECT unhex(value, '-') FROM json_each(?))",
        (names.situation, json.dumps(list(ids))),
    )
    return {unpack_id(id_): seq for id_, seq in rows}


def _require_stored(draft: Draft, stored: _Stored) -> None:
    """Refuse facts about events and reports that are neither in the draft nor in the store."""
    events = stored.events.keys() | {one.id for one in draft.events}
    reports = stored.reports.keys() | {one.id for one in draft.reports}
    proposals = stored.proposals.keys() | {one.id for one in draft.proposals}
    became = events | stored.tally_claims.keys() | {one.id for one in draft.tally_claims}
    claims: Iterable[tuple[str, str, str]] = (
        *(("claim " + short_id(one.id), "event", one.event) for one in draft.claims if one.event not in events),
        *(
            ("claim " + short_id(one.id), "report", one.report)
            for one in draft.claims
            if one.report is not None and one.report not in reports
        ),
        *((f"mark {one.kind.value!r}", "event", one.event) for one in draft.marks if one.event not in events),
        *(
            ("mark 'duplicate'", "event", one.value)
            for one in draft.marks
            if one.kind is MarkKind.DUPLICATE and one.on and one.value not in events
        ),
        *(
            ("proposal " + short_id(one.id), "report", one.report)
            for one in draft.proposals
            if one.report not in reports
        ),
        *(
            ("decision " + short_id(one.id), "proposal", one.proposal)
            for one in draft.decisions
            if one.proposal not in proposals
        ),
        *(
            ("decision " + short_id(one.id), "event", one.became)
            for one in draft.decisions
            if one.became is not None and one.became not in became
        ),
    )
    for where, what, id_ in claims:
        raise IdUnknown(f"{where} names {what} {clean_text(id_[:60])!r}, which this situation does not have")


async def _require_originals(connection: Connection, names: Names, draft: Draft, stored: _Stored) -> None:
    """Refuse a duplicate of what is itself one: two events that repeat each other would both count for nothing."""
    originals = {one.value for one in draft.marks if one.kind is MarkKind.DUPLICATE and one.on}
    numbers = [stored.events[original] for original in originals if original in stored.events]
    if not numbers:
        return
    rows = await connection.rows(
        "SELECT event.id FROM json_each(?1) AS given JOIN event ON event.seq = given.value "
        "JOIN mark_now ON (mark_now.situation, mark_now.event, mark_now.kind) = (?2, event.seq, ?3)",
        (json.dumps(numbers), names.situation, MarkKind.DUPLICATE.value),
    )
    for (id_,) in rows:
        raise InputRefused(f"event {short_id(unpack_id(id_))} is itself a duplicate; name the one that it repeats")


def _only_new(draft: Draft, catalog: Catalog, stored: _Stored) -> Draft:
    return draft._replace(
        places=tuple(one for one in draft.places if catalog.places.get(one.id) != one),
        routes=tuple(one for one in draft.routes if catalog.routes.get(one.id) != one),
        actors=tuple(one for one in draft.actors if catalog.actors.get(one.id) != one),
        sources=tuple(one for one in draft.sources if catalog.sources.get(one.id) != one),
        tallies=tuple(one for one in draft.tallies if catalog.tallies.get(one.id) != one),
        feeds=tuple(one for one in draft.feeds if catalog.feeds.get(one.id) != one),
        trusts=tuple(one for one in draft.trusts if catalog.trusts.get(one.id) != one),
        reports=_without(draft.reports, stored.reports),
        events=_without(draft.events, stored.events),
        claims=_without(draft.claims, stored.claims),
        tally_claims=_without(draft.tally_claims, stored.tally_claims),
        marks=_without(draft.marks, stored.marks),
        proposals=tuple(
            one
            for one in draft.proposals
            if one.id not in stored.proposals or stored.proposals[one.id].body != encode_proposal(one)
        ),
        decisions=_without(draft.decisions, stored.decisions),
    )


def _without(facts: tuple[F, ...], stored: Collection[str]) -> tuple[F, ...]:
    return tuple(one for one in facts if one.id not in stored) if stored else facts


async def _effective(
    connection: Connection, names: Names, marks: tuple[Mark, ...], stored: _Stored, author: str
) -> tuple[Mark, ...]:
    """Leave out personal marks that change nothing: reading what is read, removing a star that is not there."""
    personal = [mark for mark in marks if mark.kind in PERSONAL]
    if not personal:
        return marks
    seqs = {mark.event: stored.events.get(mark.event, 0) for mark in personal}
    rows = await connection.rows(
        "SELECT event, kind, value FROM mark_now "
        "WHERE situation = ? AND event IN (SELECT value FROM json_each(?)) AND author = ?",
        (names.situation, json.dumps(list(set(seqs.values()))), author),
    )
    ids = {seq: id_ for id_, seq in seqs.items()}
    there = {(ids[event], kind, value) for event, kind, value in rows}
    idle: set[str] = set()
    # In the order in which marks of the same instant come into force (`model/marks.py`), whatever the draft's order.
    for mark in sorted(personal, key=lambda mark: mark.id):
        key = (mark.event, mark.kind.value, mark.value)
        if mark.on == (key in there):
            idle.add(mark.id)
        else:
            (there.add if mark.on else there.discard)(key)
    return tuple(mark for mark in marks if mark.id not in idle)


async def _find_batch(connection: Connection, names: Names, batch: str | None) -> tuple[int, str] | None:
    """Return number and id of the first changeset of the action that a draft continues."""
    if batch is None:
        return None
    rows = await connection.rows(
        "SELECT first.seq, first.id FROM changeset AS given "
        "JOIN changeset AS first ON first.seq = ifnull(given.batch, given.seq) "
        "WHERE given.situation = ? AND given.id = ?",
        (names.situation, pack_id(batch)),
    )
    if not rows:
        raise IdUnknown(f"this situation has no changeset {clean_text(batch[:60])!r} for the draft to continue")
    return rows[0][0], unpack_id(rows[0][1])


def _fresh(added: Draft, encoded: Encoded) -> list[Weighable]:
    claims: defaultdict[str, list[Claim]] = defaultdict(list)
    for claim in added.claims:
        claims[claim.event].append(claim)
    verdicts: defaultdict[str, list[Mark]] = defaultdict(list)
    for mark in added.marks:
        if mark.kind in VERDICTS:
            verdicts[mark.event].append(mark)
    fresh = []
    for event, seq in zip(added.events, encoded.events.values(), strict=True):
        said, judged = tuple(claims.get(event.id, ())), tuple(verdicts.get(event.id, ()))
        instants = [claim.reported_at for claim in said]
        if judged:
            instants += [mark.recorded_at for mark in judged]
        fresh.append(
            Weighable(seq, Evidence(event, said, judged), in_force=True, known_from=min(instants, default=FOREVER))
        )
    return fresh


def _signed(mark: Mark, heading: Heading) -> Mark:
    return mark._replace(author=heading.author, recorded_at=heading.recorded_at)


def _reweighed(added: Draft) -> set[str]:
    """Return the ids of the events that the draft adds claims or verdicts to."""
    return {claim.event for claim in added.claims} | {mark.event for mark in added.marks if mark.kind in VERDICTS}


def _updated(added: Draft, catalog: Catalog) -> int:
    """Count the things of the draft that are new versions of existing ones."""
    return (
        sum(one.id in catalog.places for one in added.places)
        + sum(one.id in catalog.routes for one in added.routes)
        + sum(one.id in catalog.actors for one in added.actors)
        + sum(one.id in catalog.sources for one in added.sources)
        + sum(one.id in catalog.tallies for one in added.tallies)
        + sum(one.id in catalog.feeds for one in added.feeds)
        + sum(one.id in catalog.trusts for one in added.trusts)
    )


def _size(draft: Draft) -> int:
    return (
        sum(1 for _ in things_of(draft))
        + len(draft.reports)
        + len(draft.events)
        + len(draft.claims)
        + len(draft.tally_claims)
        + len(draft.marks)
        + len(draft.proposals)
        + len(draft.decisions)
    )
