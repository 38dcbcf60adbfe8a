"""What a reviewer wants to know about a proposal, read from the store; and the drafts that write a decision.

No widgets: for the command as well as for the screen.
"""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from model.acceptance import Acceptance, accept, evidence_of
from model.catalog import Catalog, distance_km
from model.entities import Event, Place, Report
from model.errors import InputRefused
from model.ids import new_id, short_id
from model.preview import Preview, preview
from model.proposals import Decision, DecisionKind, Proposal
from model.query import Clocks, EventFile
from model.similarity import COPY_OVERLAP, SimilarEvent, similar_events, similar_query, text_overlap
from model.standing import Evidence
from model.text import number_of
from model.times import FOREVER, end_of
from model.trust import Trusted
from store.base import Draft, Store

_NEAR = 200
"""Events that are compared with a proposal at most."""
_COMPARED = 20_000
"""Characters of two reports that are compared: a copy shows at its beginning, and keys must not wait for the rest."""
_LIKELY = 3
"""Likely duplicates that are shown."""


class Likely(NamedTuple):
    """An event that a proposal may repeat."""

    similar: SimilarEvent
    copied: bool
    """Whether one of its reports says so in nearly the same words: a copy, not a second source."""
    file: EventFile
    preview: Preview | None = None
    """What accepting it as further claims of this event would change; None where that cannot be."""


class Look(NamedTuple):
    """What there is to know before deciding."""

    preview: Preview | None
    """None where accepting cannot change who controls a place, or something has to be edited first."""
    likely: tuple[Likely, ...]
    problem: str = ""
    """What has to be edited before it can be accepted."""


async def look_at(store: Store, catalog: Catalog, proposal: Proposal, report: Report, *, present: int) -> Look:
    """Read what accepting a proposal would change, and which events it may repeat.

    Args:
        store: where from.
        catalog: the situation's.
        proposal: with its edits.
        report: where it was read.
        present: the present instant.
    """
    if proposal.is_count:
        return Look(None, ())
    likely = await _likely(store, catalog, proposal, report, present)
    try:
        evidence = evidence_of(proposal, report, catalog, recorded_at=present)
    except InputRefused as error:
        return Look(None, likely, str(error))
    return Look(await _preview(store, catalog, evidence), likely)


def acceptance_draft(accepted: Sequence[Acceptance], reason: str) -> Draft:
    """Return what writes acceptances, all of them in one action."""
    return Draft(
        reason,
        events=tuple(event for one in accepted for event in one.events),
        claims=tuple(claim for one in accepted for claim in one.claims),
        tally_claims=tuple(claim for one in accepted for claim in one.tally_claims),
        decisions=tuple(one.decision for one in accepted),
    )


def refusal_draft(proposals: Sequence[Proposal], kind: DecisionKind, reason: str) -> Draft:
    """Return what rejects proposals, or calls them unverifiable, all of them in one action."""
    decisions = tuple(Decision(new_id(), one.id, kind, reason=reason) for one in proposals)
    named = proposals[0].summary if len(proposals) == 1 else f"{len(proposals)} proposals"
    return Draft(f"{kind.value}: {named}"[:200], decisions=decisions)


def candidate_words(place: Place, catalog: Catalog) -> str:
    """Describe a place of the world that could be added: where it is, and how far from the situation's nearest."""
    distances = ((distance_km(place, other), other.name) for other in catalog.places.values())
    near = min(distances, default=(math.inf, ""))
    people = f", pop. {place.population:,}" if place.population else ""
    far = f", {near[0]:,.0f} km from {near[1]}" if near[0] < math.inf else ""
    return f"{place.name}, {place.admin1}{people}{far}"


async def _preview(store: Store, catalog: Catalog, evidence: Evidence) -> Preview | None:
    event: Event = evidence.event
    if event.place is None:
        return None
    situation = catalog.situation.id
    clocks = Clocks(as_of=min(end_of(event.occurred_at, event.precision, catalog.situation.zone), FOREVER))
    why = await store.why(situation, event.place, clocks=clocks)
    states = await store.control(situation, clocks=clocks)
    return preview(why, evidence, states, catalog, clocks.as_of)


async def _likely(
    store: Store, catalog: Catalog, proposal: Proposal, report: Report, present: int
) -> tuple[Likely, ...]:
    situation = catalog.situation.id
    page = await store.page(situation, similar_query(proposal, catalog), limit=_NEAR)
    found = []
    for similar in similar_events(proposal, (row.event for row in page.rows), catalog)[:_LIKELY]:
        file = await store.event(situation, similar.event.id)
        texts = [one.text for one in file.reports if one.id != report.id]
        copied = any(text_overlap(report.text[:_COMPARED], text[:_COMPARED]) >= COPY_OVERLAP for text in texts)
        known = (await store.evidence(situation, [similar.event.id])).get(similar.event.id)
        effect = None
        if known is not None:
            more = accept(proposal, report, catalog, recorded_at=present, event=known.event).claims
            effect = await _preview(store, catalog, known._replace(claims=(*known.claims, *more)))
        found.append(Likely(similar, copied, file, effect))
    return tuple(found)


def likely_words(one: Likely) -> str:
    """Say what a proposal may repeat, and why: "…a41f  92 %: same place, same kind, same day  summary (2 sources)"."""
    reasons = ", ".join(one.similar.reasons)
    if one.copied:
        reasons += ", nearly the same words: most likely a copy"
    sources = number_of(len({claim.source for claim in one.file.claims}), "source")
    event = one.similar.event
    return f"{short_id(event.id)}  {one.similar.score} %: {reasons}  {event.summary} ({sources})"


def let_in_words(found: Iterable[Trusted], catalog: Catalog) -> str:
    """Say what was accepted by trust alone: "accepted by trust: 3 of AFP, 1 of Reuters"; empty where nothing was."""
    sums: dict[str, int] = {}
    for one in found:
        sums[one.trust.source] = sums.get(one.trust.source, 0) + one.let_in
    names = {id_: catalog.sources[id_].name if id_ in catalog.sources else id_ for id_ in sums}
    parts = [f"{number:,} of {names[id_]}" for id_, number in sums.items() if number]
    return f"accepted by trust: {', '.join(parts)}" if parts else ""
