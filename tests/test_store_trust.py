"""Trust of a source: what it lets in is marked, counted and taken back in one action; without it nothing is let in."""

import pytest

from model.entities import Claim, Event, Mark, MarkKind, Report, Stance, Status
from model.errors import IdUnknown, InputRefused, NothingToUndo
from model.filters.conditions import Marked
from model.ids import new_id
from model.proposals import Decision, DecisionKind, Proposal
from model.query import EventQuery
from model.trust import Trust, Trusted, trust_of
from store.base import Draft, Store
from tests.test_store_proposals import DAY, a_proposal, a_report, acceptance, open_ids

CAPTURES = trust_of("wire", "capture")


def let_in(proposal: Proposal) -> Draft:
    event = Event(
        *(new_id(), proposal.kind, proposal.occurred_at, proposal.precision, proposal.summary),
        place=proposal.place,
        actor=proposal.actor,
    )
    return Draft(
        "accepted by trust",
        events=(event,),
        claims=(Claim(new_id(), event.id, "wire", Stance.ASSERTS, DAY, credibility=3, report=proposal.report),),
        decisions=(Decision(new_id(), proposal.id, DecisionKind.TRUSTED, event.id, "by trust of The Wire"),),
        marks=(Mark(new_id(), event.id, MarkKind.TRUSTED, value="wire"),),
    )


async def read_in(store: Store, situation: str, *proposals: Proposal, report: Report) -> str:
    """Store a report with its proposals; return the id of the changeset."""
    written = await store.write(situation, Draft("ingest", reports=(report,), proposals=proposals))
    assert written.changeset
    return written.changeset.id


async def test_nothing_is_let_in_without_a_trust_in_force_for_its_source_and_kind(store: Store, situation: str) -> None:
    report = a_report()
    proposal, clash = a_proposal(report), a_proposal(report, kind="clash")
    await read_in(store, situation, proposal, clash, report=report)
    with pytest.raises(InputRefused, match="trust"):
        await store.write(situation, let_in(proposal))
    await store.write(situation, Draft("trust", trusts=(CAPTURES, trust_of("gazette", "clash"))))
    with pytest.raises(InputRefused, match="trust"):
        await store.write(situation, let_in(clash))
    assert (await store.proposals(situation)).open == 2
    await store.write(situation, let_in(proposal))
    await store.undo(situation)
    await store.undo(situation)
    with pytest.raises(InputRefused, match="trust"):
        await store.write(situation, let_in(proposal))
    assert await store.trusted(situation) == ()


async def test_what_is_let_in_says_so_wherever_it_is_read(store: Store, situation: str) -> None:
    report = a_report()
    proposal = a_proposal(report)
    await read_in(store, situation, proposal, report=report)
    granted = await store.write(situation, Draft("trust", trusts=(CAPTURES,)))
    draft = let_in(proposal)
    await store.write(situation, draft)
    assert granted.changeset
    (found,) = await store.trusted(situation)
    assert found == Trusted(CAPTURES, store.author, granted.changeset.recorded_at, in_force=True, let_in=1)
    (row,) = (await store.page(situation, EventQuery(Marked(MarkKind.TRUSTED)))).rows
    assert (row.event.id, row.trusted) == (draft.events[0].id, "wire")
    assert (await store.event(situation, row.event.id)).marks[0].kind is MarkKind.TRUSTED
    assert "accepted by trust of The Wire" in (await store.why(situation, "north")).steps[-1].reason
    (decided,) = (await store.proposals(situation, decided=True)).proposed
    assert decided.decision
    assert (decided.decision.kind, decided.decision.reason) == (DecisionKind.TRUSTED, "by trust of The Wire")


async def test_withdrawing_a_trust_takes_back_all_that_it_let_in_and_redo_brings_it_back(
    store: Store, colleague: Store, situation: str
) -> None:
    clashes = trust_of("wire", "clash")
    for trust in (CAPTURES, clashes):
        await store.write(situation, Draft("trust", trusts=(trust,)))
    before = await store.state_hash(situation)
    report = a_report()
    proposals = [
        a_proposal(report),
        a_proposal(report, place="south", place_name=""),
        a_proposal(report, kind="clash", place="middle"),
        a_proposal(report, place="airfield"),
    ]
    first = await read_in(store, situation, *proposals, report=report)
    waiting = await store.state_hash(situation)
    for proposal in proposals[:3]:
        await store.write(situation, let_in(proposal)._replace(batch=first))
    full = await store.state_hash(situation)
    undone = await colleague.withdraw(situation, [CAPTURES.id])
    assert len(undone) == 3
    assert {one.proposal.id for one in (await store.proposals(situation)).proposed} == {
        one.id for one in proposals if one.kind == "capture"
    }
    north = next(state for state in await store.control(situation) if state.place == "north")
    assert north.status is Status.UNKNOWN
    assert [one.trust for one in await store.trusted(situation)] == [clashes]
    assert (await store.changesets(situation))[0].author == colleague.author
    await store.withdraw(situation, [clashes.id, CAPTURES.id])
    assert await store.state_hash(situation) == waiting
    with pytest.raises(NothingToUndo):
        await store.withdraw(situation, [clashes.id, CAPTURES.id])
    await store.redo(situation)
    await colleague.redo(situation)
    assert await store.state_hash(situation) == full
    assert [one.let_in for one in await store.trusted(situation)] == [2, 1]
    assert await store.rebuild(situation) == full
    assert not (await store.verify(situation)).problem
    assert await store.check() == ()
    await store.undo(situation, first)
    assert await store.state_hash(situation) == before


async def test_redo_leaves_what_somebody_has_decided_meanwhile_as_they_decided(
    store: Store, colleague: Store, situation: str
) -> None:
    await store.write(situation, Draft("trust", trusts=(CAPTURES,)))
    report = a_report()
    proposals = a_proposal(report), a_proposal(report, place="south")
    await read_in(store, situation, *proposals, report=report)
    for proposal in proposals:
        await store.write(situation, let_in(proposal))
    await store.withdraw(situation, [CAPTURES.id])
    by_hand = acceptance(proposals[0])
    await colleague.write(situation, by_hand)
    assert len(await store.redo(situation)) == 2, "the trust, and what nobody has decided"
    rows = (await store.page(situation, EventQuery())).rows
    assert {row.event.place: row.trusted for row in rows} == {"north": "", "south": "wire"}
    assert await open_ids(store, situation) == []
    hashed = await store.state_hash(situation)
    assert await store.rebuild(situation) == hashed
    with pytest.raises(NothingToUndo):
        await store.redo(situation)


@pytest.mark.parametrize(
    "trust",
    [
        Trust("wire:capture", "wire", "clash"),
        trust_of("unnamed", "capture"),
        trust_of("nobody", "capture"),
        trust_of("wire", "conquest"),
    ],
)
async def test_strange_trust_is_refused(store: Store, situation: str, trust: Trust) -> None:
    with pytest.raises((InputRefused, IdUnknown)):
        await store.write(situation, Draft("trust", trusts=(trust,)))
    assert (await store.catalog(situation)).trusts == {}


async def test_mark_of_trust_stands_on_what_was_let_in_and_on_nothing_else(store: Store, situation: str) -> None:
    report = a_report()
    proposal = a_proposal(report)
    await read_in(store, situation, proposal, report=report)
    await store.write(situation, Draft("trust", trusts=(CAPTURES,)))
    draft = let_in(proposal)
    for wrong in (
        draft._replace(marks=()),
        draft._replace(decisions=()),
        draft._replace(decisions=(draft.decisions[0]._replace(kind=DecisionKind.ACCEPTED),)),
    ):
        with pytest.raises(InputRefused, match="mark 'trusted'"):
            await store.write(situation, wrong)
    await store.write(situation, draft)
