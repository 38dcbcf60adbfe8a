"""Proposals and decisions: which proposals are open, and pages of them."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from model.entities import Place, Report, Stance
from model.errors import IdUnknown, StaleDecision
from model.ids import short_id
from model.proposals import Decision, DecisionKind, Proposal, ProposalPage, Proposed, ProposedClaim
from model.text import clean_text
from model.times import Precision
from store.base import Draft
from store.sqlite.bodies import plain_of, thing_of
from store.sqlite.damage import damaged, decoder
from store.sqlite.driver import Connection
from store.sqlite.evidence import IN_FORCE
from store.sqlite.ledger import Rows, Tail
from store.sqlite.names import Names
from store.sqlite.pages import View, last_digits
from store.sqlite.records import REPORT_COLUMNS, decode_report, pack_id, unpack_id

_FIRST = (
    "NOT EXISTS (SELECT 1 FROM proposal AS older "
    "WHERE (older.situation, older.id) = (first.situation, first.id) AND older.seq < first.seq)"
)
OPEN = f"""
SELECT first.situation, first.report, first.seq FROM proposal AS first
WHERE first.situation = ?1 AND first.changeset {IN_FORCE} AND {_FIRST}
  AND NOT EXISTS (SELECT 1 FROM decision WHERE (decision.situation, decision.proposal) = (first.situation, first.seq)
                  AND decision.changeset {IN_FORCE})
"""  # noqa: S608 - our own conditions
"""A situation's open proposals, as rows of `queue`."""

# Number of the first version of each proposal that the changesets wrote or decided.
_TOUCHED = """
WITH turned AS (
  SELECT own.proposal_to, own.decision_to, ifnull(before.proposal_to, 0) AS proposal_from,
         ifnull(before.decision_to, 0) AS decision_from
  FROM json_each(?) AS given JOIN changeset AS own ON own.seq = given.value
  LEFT JOIN changeset AS before ON before.seq = own.seq - 1
)
SELECT (SELECT min(seq) FROM proposal AS first WHERE (first.situation, first.id) = (proposal.situation, proposal.id))
FROM turned CROSS JOIN proposal ON proposal.seq > proposal_from AND proposal.seq <= proposal_to
UNION
SELECT decision.proposal FROM turned CROSS JOIN decision
  ON decision.seq > decision_from AND decision.seq <= decision_to
"""

# Those of the changesets that decided a proposal on which another changeset's decision is in force.
_REDECIDED = f"""
SELECT DISTINCT own.changeset FROM json_each(?) AS given
JOIN changeset ON changeset.seq = given.value LEFT JOIN changeset AS before ON before.seq = changeset.seq - 1
CROSS JOIN decision AS own ON own.seq > ifnull(before.decision_to, 0) AND own.seq <= changeset.decision_to
JOIN decision AS other ON other.situation = own.situation AND other.proposal = own.proposal
WHERE other.changeset <> own.changeset AND other.changeset {IN_FORCE}
"""  # noqa: S608 - our own condition

_PAGE = f"""
SELECT first.seq, first.report, first.body,
  (SELECT body FROM proposal AS version WHERE (version.situation, version.id) = (first.situation, first.id)
   AND version.changeset {IN_FORCE} ORDER BY version.seq DESC LIMIT 1),
  decision.id, decision.kind, decision.became, decision.reason, changeset.author, changeset.recorded_at, first.id
FROM {{source}} CROSS JOIN proposal AS first ON first.seq = given.proposal
LEFT JOIN decision ON decision.seq = (
  SELECT max(seq) FROM decision AS latest WHERE (latest.situation, latest.proposal) = (first.situation, first.seq)
  AND latest.changeset {IN_FORCE})
LEFT JOIN changeset ON changeset.seq = decision.changeset
WHERE first.situation = ?1 AND (?2 IS NULL OR given.report = ?2)
  AND (?3 IS NULL OR given.report < ?3 OR (given.report = ?3 AND given.proposal > ?4))
  AND (?5 = '' OR lower(hex(first.id)) LIKE '%' || ?5)
ORDER BY given.report DESC, given.proposal LIMIT ?6
"""  # noqa: S608 - our own conditions
_OPEN_ONES = "(SELECT report, proposal FROM queue WHERE situation = ?1) AS given"
_ALL = f"""(SELECT first.report, first.seq AS proposal FROM proposal AS first
WHERE first.situation = ?1 AND first.changeset {IN_FORCE} AND {_FIRST}) AS given"""  # noqa: S608 - our own conditions


class StoredProposal(NamedTuple):
    """What the store has of a proposal."""

    first: int
    """Number of its first version."""
    report: int
    """Number of its report."""
    body: str
    """The newest version in force."""


async def load_stored(connection: Connection, names: Names, ids: Collection[str]) -> dict[str, StoredProposal]:
    """Return what is stored of those of these proposals that the store has, by id; undone ones too."""
    if not ids:
        return {}
    rows = await connection.rows(
        f"SELECT id, seq, report, body, changeset {IN_FORCE} FROM proposal "  # noqa: S608 - our own condition
        "WHERE situation = ? AND id IN (SELECT unhex(value, '-') FROM json_each(?)) ORDER BY seq",
        (names.situation, json.dumps(list(ids))),
    )
    found: dict[str, StoredProposal] = {}
    for packed, seq, report, body, in_force in rows:
        id_ = unpack_id(packed)
        known = found.get(id_)
        if known is None:
            found[id_] = StoredProposal(seq, report, body)
        elif in_force:
            found[id_] = known._replace(body=body)
    return found


async def require_open(connection: Connection, situation: int, decided: Mapping[str, StoredProposal]) -> None:
    """Refuse to decide proposals that somebody has decided already.

    Args:
        connection: in the write transaction.
        situation: the situation's number.
        decided: id -> what is stored of each that is to be decided.

    Raises:
        StaleDecision: one is not open.
    """
    if not decided:
        return
    rows = await connection.rows(
        "SELECT queue.proposal FROM json_each(?2) AS given CROSS JOIN queue "
        "WHERE queue.situation = ?1 AND queue.report = given.value ->> 0 AND queue.proposal = given.value ->> 1",
        (situation, json.dumps([(one.report, one.first) for one in decided.values()])),
    )
    still_open = {first for (first,) in rows}
    for id_, one in decided.items():
        if one.first not in still_open:
            raise StaleDecision(
                f"proposal {short_id(id_)} is no longer open: somebody has decided it, or undone its report; "
                "nothing was written"
            )


def encode_proposals(
    tail: Tail, draft: Draft, stored: Mapping[str, StoredProposal], reports: Mapping[str | None, Any]
) -> tuple[Rows, Rows, set[int]]:
    """Return the rows of `proposal` and of `decision`, and the number of the first version of each one touched.

    Args:
        tail: where the file ends.
        draft: everything in it is new.
        stored: what the store has of the proposals that it refers to.
        reports: id -> number of each report that it refers to.
    """
    situation, changeset = tail.situation, tail.seq + 1
    firsts = {id_: one.first for id_, one in stored.items()}
    proposals = []
    for seq, one in enumerate(draft.proposals, tail.to["proposal"] + 1):
        firsts.setdefault(one.id, seq)
        report = stored[one.id].report if one.id in stored else reports[one.report]
        proposals.append((seq, situation, one.id.replace("-", ""), changeset, report, encode_proposal(one)))
    decisions = [
        (
            *(seq, situation, one.id.replace("-", ""), changeset, firsts[one.proposal], one.kind.value),
            *(None if one.became is None else one.became.replace("-", ""), one.reason),
        )
        for seq, one in enumerate(draft.decisions, tail.to["decision"] + 1)
    ]
    touched = {firsts[one.id] for one in draft.proposals} | {firsts[one.proposal] for one in draft.decisions}
    return proposals, decisions, touched


async def load_touched(connection: Connection, changesets: Sequence[int]) -> set[int]:
    """Return the number of the first version of each proposal that changesets wrote, or decided."""
    return {first for (first,) in await connection.rows(_TOUCHED, (json.dumps(changesets),))}


async def load_redecided(connection: Connection, changesets: Sequence[int]) -> set[int]:
    """Return those of the changesets that decided a proposal on which another decision is in force now."""
    return {seq for (seq,) in await connection.rows(_REDECIDED, (json.dumps(changesets),))}


async def put_queue(connection: Connection, situation: int, firsts: Iterable[int]) -> None:
    """Write which of these proposals (numbers of their first versions) are open."""
    wanted = json.dumps(sorted(firsts))
    if wanted == "[]":
        return
    rows = await connection.rows(
        "SELECT report, seq FROM proposal WHERE seq IN (SELECT value FROM json_each(?))", (wanted,)
    )
    await connection.run_many(
        "DELETE FROM queue WHERE situation = ? AND report = ? AND proposal = ?",
        [(situation, report, first) for report, first in rows],
    )
    await connection.run(
        f"INSERT INTO queue (situation, report, proposal) {OPEN} AND first.seq IN (SELECT value FROM json_each(?2))",  # noqa: S608
        (situation, wanted),
    )


async def rebuild_queue(connection: Connection, situation: int) -> None:
    """Write again which of a situation's proposals are open."""
    await connection.run("DELETE FROM queue WHERE situation = ?", (situation,))
    await connection.run(f"INSERT INTO queue (situation, report, proposal) {OPEN}", (situation,))


async def wrongly_queued(connection: Connection, situation: int) -> int:
    """Count the proposals that are in the queue but not open, or the other way round."""
    stored = "SELECT situation, report, proposal FROM queue WHERE situation = ?1"
    differing = f"SELECT * FROM ({stored} EXCEPT {OPEN}) UNION ALL SELECT * FROM ({OPEN} EXCEPT {stored})"  # noqa: S608
    ((number,),) = await connection.rows(f"SELECT count(*) FROM ({differing})", (situation,))  # noqa: S608 - ours
    return int(number)


async def load_reports(view: View, *, url: str, sha256: str) -> tuple[Report, ...]:
    """Return the reports in force that have this URL or this SHA-256, oldest first."""
    rows = await view.connection.rows(
        f"SELECT {REPORT_COLUMNS} FROM report WHERE situation = ?1 AND changeset {IN_FORCE} AND seq IN ("  # noqa: S608
        "SELECT seq FROM report WHERE situation = ?1 AND url = ?2 AND url <> '' UNION "
        "SELECT seq FROM report WHERE situation = ?1 AND sha256 = ?3 AND sha256 <> '') ORDER BY seq",
        (view.names.situation, url, sha256),
    )
    return tuple(decode_report(row, view.names) for row in rows)


async def load_reports_without_proposals(view: View, *, after: str | None, limit: int) -> tuple[Report, ...]:
    """Return reports in force that have no proposals, in the order in which they were stored.

    Raises:
        IdUnknown: there is no report `after`.
    """
    situation = view.names.situation
    rows = await view.connection.rows(
        f"SELECT {REPORT_COLUMNS} FROM report WHERE situation = ?1 AND seq > ?2 AND changeset {IN_FORCE} "  # noqa: S608
        "AND NOT EXISTS (SELECT 1 FROM proposal WHERE (proposal.situation, proposal.report) = (?1, report.seq)) "
        "ORDER BY seq LIMIT ?3",
        (situation, await _seq_of(view.connection, situation, "report", after) or 0, limit),
    )
    return tuple(decode_report(row, view.names) for row in rows)


async def page(
    view: View, *, digits: str, report: str | None, decided: bool, after: str | None, limit: int
) -> ProposalPage:
    """Return a page of proposals; see `store.base.Store.proposals`.

    Raises:
        IdUnknown: the digits are not those of an id, or there is no proposal `after`.
    """
    connection, situation = view.connection, view.names.situation
    report_seq = await _seq_of(connection, situation, "report", report)
    begin: tuple[int | None, int | None] = (None, None)
    if after is not None:
        rows = await connection.rows(
            "SELECT report, min(seq) FROM proposal WHERE situation = ? AND id = ?", (situation, pack_id(after))
        )
        if rows[0][1] is None:
            raise IdUnknown(f"this situation has no proposal {clean_text(after[:60])!r}")
        begin = rows[0]
    rows = await connection.rows(
        _PAGE.format(source=_ALL if decided else _OPEN_ONES),
        (situation, report_seq, *begin, last_digits(digits) if digits else "", limit + 1),
    )
    ((number,),) = await connection.rows("SELECT count(*) FROM queue WHERE situation = ?", (situation,))
    wanted = json.dumps(sorted({row[1] for row in rows[:limit]}))
    reports = [
        decode_report(row, view.names)
        for row in await connection.rows(
            f"SELECT {REPORT_COLUMNS} FROM report WHERE seq IN (SELECT value FROM json_each(?))",  # noqa: S608
            (wanted,),
        )
    ]
    found = tuple(_decode_proposed(row) for row in rows[:limit])
    by_id = {one.id: one for one in reports}
    if strange := {one.proposal.report for one in found} - by_id.keys():
        raise damaged("proposal", f"no report {min(strange)}")
    return ProposalPage(found, by_id, len(rows) > limit, number)


async def _seq_of(connection: Connection, situation: int, table: str, id_: str | None) -> int | None:
    if id_ is None:
        return None
    rows = await connection.rows(
        f"SELECT seq FROM {table} WHERE situation = ? AND id = ?",  # noqa: S608 - our own table
        (situation, pack_id(id_)),
    )
    if not rows:
        raise IdUnknown(f"this situation has no {table} {clean_text(id_[:60])!r}")
    return int(rows[0][0])


def encode_proposal(proposal: Proposal) -> str:
    """Return a proposal's body; equal proposals have equal bodies."""
    return json.dumps(plain_of(proposal), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


@decoder("proposal")
def decode_proposal(body: str) -> Proposal:
    """Return the proposal that a body describes."""
    values = json.loads(body)
    claims = tuple(ProposedClaim(**{**claim, "stance": Stance(claim["stance"])}) for claim in values.pop("claims"))
    places = tuple(thing_of("place", place) for place in values.pop("candidates", ()))
    precision = Precision(values.pop("precision"))
    return Proposal(
        **values,
        precision=precision,
        claims=claims,
        candidates=tuple(place for place in places if isinstance(place, Place)),
    )


@decoder("decision")
def _decode_proposed(row: Sequence[Any]) -> Proposed:
    _, _, first, newest, id_, kind, became, reason, author, recorded_at, proposal = row
    decision = None
    if id_ is not None:
        decision = Decision(
            unpack_id(id_),
            unpack_id(proposal),
            DecisionKind(kind),
            None if became is None else unpack_id(became),
            reason,
            author,
            recorded_at,
        )
    return Proposed(decode_proposal(newest), decode_proposal(first), decision)
