"""Trusts of sources: which are in force, what they accepted, and the check that nothing is accepted without one."""

import json
from collections.abc import Collection, Iterable, Mapping

from model.catalog import Catalog
from model.errors import StaleDecision
from model.ids import short_id
from model.proposals import Decision, DecisionKind
from model.trust import Trust, Trusted, trust_of
from store.sqlite.driver import Connection
from store.sqlite.evidence import IN_FORCE
from store.sqlite.names import Names
from store.sqlite.pages import View
from store.sqlite.queue import StoredProposal, decode_proposal

# Each decision in force by trust: its changeset, the source of the report, and the kind as it was read.
_LET_IN = f"""
SELECT decision.changeset, report.source, proposal.body ->> 'kind' AS kind
FROM decision INDEXED BY decision_trusted
JOIN proposal ON proposal.seq = decision.proposal JOIN report ON report.seq = proposal.report
WHERE decision.situation = ? AND decision.kind = '{DecisionKind.TRUSTED.value}' AND decision.changeset {IN_FORCE}
"""  # noqa: S608 - our own condition
# The newest version of each trust, whether it is in force, and who wrote it when.
_DECIDED = f"""
SELECT name.id, changeset.author, changeset.recorded_at,
       max(iif(version.changeset {IN_FORCE}, version.seq + (1 << 62), version.seq)) >= 1 << 62
FROM name JOIN version ON version.situation = name.situation AND version.name = name.no
JOIN changeset ON changeset.seq = version.changeset
WHERE name.situation = ? AND name.what = 'trust' GROUP BY name.no ORDER BY name.id
"""  # noqa: S608
_GRANTS = f"""
SELECT version.changeset FROM version
WHERE version.situation = ? AND version.changeset {IN_FORCE} AND version.name IN (SELECT value FROM json_each(?))
"""  # noqa: S608


async def load_trusted(view: View) -> tuple[Trusted, ...]:
    """Return the trusts in force, and those that accepted something that is in force, ordered by id."""
    decided = await view.connection.rows(_DECIDED, (view.names.situation,))
    if not decided:
        return ()
    let_in: dict[str, int] = {}
    for trust, _ in await _let_in(view.connection, view.names):
        let_in[trust.id] = let_in.get(trust.id, 0) + 1
    found = []
    for id_, author, recorded_at, in_force in decided:
        source, _, kind = id_.rpartition(":")
        if in_force or id_ in let_in:
            trust = Trust(id_, source, kind)
            found.append(Trusted(trust, author, recorded_at, bool(in_force), let_in.get(id_, 0)))
    return tuple(found)


async def to_withdraw(connection: Connection, names: Names, trusts: Collection[str]) -> list[int]:
    """Return the numbers of the changesets in force that granted these trusts, and of those that they accepted."""
    numbers = [number for id_, number in names.numbers.get("trust", {}).items() if id_ in trusts]
    grants = [seq for (seq,) in await connection.rows(_GRANTS, (names.situation, json.dumps(numbers)))]
    let_in = [seq for trust, seq in await _let_in(connection, names) if trust.id in trusts]
    return list(dict.fromkeys((*grants, *sorted(let_in, reverse=True))))


async def require_trust(
    connection: Connection,
    names: Names,
    catalog: Catalog,
    decisions: Iterable[Decision],
    stored: Mapping[str, StoredProposal],
) -> None:
    """Refuse decisions by trust that no trust in force allows.

    Raises:
        StaleDecision: the source of the proposal's report is not trusted for its kind, or the proposal is not stored.
    """
    let_in = [one for one in decisions if one.kind is DecisionKind.TRUSTED]
    if not let_in:
        return
    wanted = json.dumps([stored[one.proposal].report for one in let_in if one.proposal in stored])
    rows = await connection.rows(
        "SELECT seq, source FROM report WHERE seq IN (SELECT value FROM json_each(?))", (wanted,)
    )
    sources = {seq: names.id(source) for seq, source in rows}
    for one in let_in:
        known = stored.get(one.proposal)
        kind = decode_proposal(known.body).kind if known else ""
        if known is None or trust_of(sources[known.report], kind).id not in catalog.trusts:
            raise StaleDecision(
                f"proposal {short_id(one.proposal)} needs a person's decision: its source is not trusted for its kind"
            )


async def _let_in(connection: Connection, names: Names) -> list[tuple[Trust, int]]:
    """Return the trust and the changeset's number of each decision by trust that is in force."""
    rows = await connection.rows(_LET_IN, (names.situation,))
    return [(trust_of(names.id(source), kind), seq) for seq, source, kind in rows]
