"""Reports and what was read out of them: what is open, what a decision does, what undoing it brings back."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from model.entities import Claim, Event, Place, Report, Stance, Status, TallyClaim
from model.errors import IdUnknown, InputRefused
from model.ids import new_id
from model.proposals import COUNT, Decision, DecisionKind, Proposal, ProposedClaim
from model.text import MAX_REPORT, MAX_TEXT
from model.times import Precision, parse_time
from store.base import Draft, Store

DAY, _ = parse_time("2021-08-12")
SAID = ProposedClaim(Stance.ASSERTS, 3, "a security source", quote="Red Side has taken North Town.", quote_start=7)


def a_report(
    text: str = "Today. Red Side has taken North Town.", *, url: str = "", language: str = "", sha256: str = ""
) -> Report:
    return Report(new_id(), "wire", url=url, text=text, language=language, published_at=DAY, sha256=sha256)


def a_proposal(report: Report, summary: str = "Red Side took North Town", **fields: Any) -> Proposal:
    proposal = Proposal(
        *(new_id(), report.id, "capture", DAY, Precision.DAY, summary, (SAID,)),
        place="north",
        place_name="North Town",
        actor="red",
        candidates=(Place("gn-1", "Northtown", longitude=1.0, latitude=2.0, admin1="Far"),),
    )
    return proposal._replace(**fields)


def acceptance(proposal: Proposal) -> Draft:
    event = Event(
        *(new_id(), proposal.kind, proposal.occurred_at, proposal.precision, proposal.summary),
        place=proposal.place,
        actor=proposal.actor,
    )
    claim = Claim(new_id(), event.id, "wire", Stance.ASSERTS, DAY, credibility=3, report=proposal.report)
    decision = Decision(new_id(), proposal.id, DecisionKind.ACCEPTED, became=event.id)
    return Draft("accept", events=(event,), claims=(claim,), decisions=(decision,))


async def open_ids(store: Store, situation: str) -> list[str]:
    page = await store.proposals(situation)
    assert page.open == len(page.proposed)
    return [one.proposal.id for one in page.proposed]


async def test_proposal_comes_back_as_it_was_read_with_its_report(store: Store, situation: str) -> None:
    report = a_report(url="https://wire.example/1", language="en", sha256="ab" * 32)
    proposal = a_proposal(report)
    written = await store.write(situation, Draft("ingest", reports=(report,), proposals=(proposal,)))
    assert written.new == 2
    page = await store.proposals(situation)
    (found,) = page.proposed
    assert (found.proposal, found.as_read, found.decision) == (proposal, proposal, None)
    assert page.reports == {report.id: report}
    assert not page.more


async def test_proposal_counts_for_nothing_until_it_is_accepted(store: Store, situation: str) -> None:
    report = a_report()
    proposal = a_proposal(report)
    before = await store.control(situation)
    await store.write(situation, Draft("ingest", reports=(report,), proposals=(proposal,)))
    assert await store.control(situation) == before
    await store.write(situation, acceptance(proposal))
    north = next(state for state in await store.control(situation) if state.place == "north")
    assert (north.status, north.actor) == (Status.HELD, "red")
    assert await open_ids(store, situation) == []


async def test_undoing_an_acceptance_opens_the_proposal_again_and_takes_the_event_away(
    store: Store, situation: str
) -> None:
    report = a_report()
    proposal = a_proposal(report)
    await store.write(situation, Draft("ingest", reports=(report,), proposals=(proposal,)))
    before, hashed = await store.control(situation), await store.state_hash(situation)
    draft = acceptance(proposal)
    await store.write(situation, draft)
    assert await store.state_hash(situation) != hashed
    await store.undo(situation)
    assert await open_ids(store, situation) == [proposal.id]
    assert await store.control(situation) == before
    assert await store.state_hash(situation) == hashed
    with pytest.raises(IdUnknown):
        await store.event(situation, draft.events[0].id)
    await store.redo(situation)
    assert await open_ids(store, situation) == []
    assert (await store.event(situation, draft.events[0].id)).claims


async def test_undoing_an_ingest_empties_the_queue_and_redoing_fills_it(store: Store, situation: str) -> None:
    report = a_report(sha256="cd" * 32)
    proposal = a_proposal(report)
    await store.write(situation, Draft("ingest", reports=(report,), proposals=(proposal,)))
    await store.undo(situation)
    assert await open_ids(store, situation) == []
    assert await store.reports(situation, sha256="cd" * 32) == ()
    await store.redo(situation)
    assert await open_ids(store, situation) == [proposal.id]


@pytest.mark.parametrize("kind", [DecisionKind.REJECTED, DecisionKind.UNVERIFIABLE])
async def test_decision_says_who_and_why(store: Store, situation: str, kind: DecisionKind) -> None:
    report = a_report()
    proposal = a_proposal(report)
    await store.write(situation, Draft("ingest", reports=(report,), proposals=(proposal,)))
    decision = Decision(new_id(), proposal.id, kind, reason="a training text")
    written = await store.write(situation, Draft("reject", decisions=(decision,)))
    assert written.changeset
    assert await open_ids(store, situation) == []
    (found,) = (await store.proposals(situation, decided=True)).proposed
    assert found.decision == decision._replace(author=store.author, recorded_at=written.changeset.recorded_at)


async def test_second_decision_on_a_proposal_is_refused_and_writes_nothing(
    store: Store, colleague: Store, situation: str
) -> None:
    report = a_report()
    proposal = a_proposal(report)
    await store.write(situation, Draft("ingest", reports=(report,), proposals=(proposal,)))
    draft = acceptance(proposal)
    await colleague.write(situation, draft)
    with pytest.raises(InputRefused, match="no longer open"):
        await store.write(situation, acceptance(proposal))
    assert (await store.write(situation, draft)).unchanged == 3, "the same draft again is a retry"
    await colleague.undo(situation)
    await store.write(situation, acceptance(proposal))
    assert await open_ids(store, situation) == []


async def test_edit_is_the_next_version_and_the_first_one_stays(store: Store, situation: str) -> None:
    report = a_report()
    proposal = a_proposal(report)
    await store.write(situation, Draft("ingest", reports=(report,), proposals=(proposal,)))
    edited = proposal._replace(place="south", precision=Precision.HOUR)
    written = await store.write(situation, Draft("edit", proposals=(edited,)))
    assert (written.new, written.updated) == (0, 1)
    assert (await store.write(situation, Draft("edit", proposals=(edited,)))).changeset is None
    (found,) = (await store.proposals(situation)).proposed
    assert (found.proposal, found.as_read) == (edited, proposal)
    await store.undo(situation)
    (found,) = (await store.proposals(situation)).proposed
    assert found.proposal == proposal


async def test_count_becomes_a_claim_of_a_tally(store: Store, situation: str) -> None:
    report = a_report()
    count = a_proposal(report, kind=COUNT, place=None, tally="towns")._replace(number=2, of=3)
    await store.write(situation, Draft("ingest", reports=(report,), proposals=(count,)))
    claim = TallyClaim(new_id(), "towns", "wire", 2, 3, DAY, Precision.DAY, DAY)
    decision = Decision(new_id(), count.id, DecisionKind.ACCEPTED, became=claim.id)
    await store.write(situation, Draft("accept", tally_claims=(claim,), decisions=(decision,)))
    assert [one.count for one in await store.tally_claims(situation)] == [2]
    assert await open_ids(store, situation) == []
    await store.undo(situation)
    assert await store.tally_claims(situation) == ()
    assert await open_ids(store, situation) == [count.id]


async def test_pages_keep_reports_together_the_latest_first(store: Store, situation: str) -> None:
    reports = [a_report(), a_report(), a_report()]
    proposals = [a_proposal(report, str(number)) for number in range(2) for report in reports]
    await store.write(situation, Draft("ingest", reports=tuple(reports), proposals=tuple(proposals)))
    wanted = [one.id for report in reversed(reports) for one in proposals if one.report == report.id]
    assert await open_ids(store, situation) == wanted
    found: list[str] = []
    after = None
    while True:
        page = await store.proposals(situation, after=after, limit=2)
        assert page.open == len(wanted)
        found += [one.proposal.id for one in page.proposed]
        if not page.more:
            break
        after = found[-1]
    assert found == wanted
    counted = await store.proposals(situation, limit=0)
    assert (counted.proposed, counted.open, counted.more) == ((), len(wanted), True)
    of_one = await store.proposals(situation, report=reports[1].id)
    assert [one.proposal.report for one in of_one.proposed] == [reports[1].id] * 2
    assert of_one.open == len(wanted)


async def test_proposal_is_found_by_its_last_digits(store: Store, situation: str) -> None:
    report = a_report()
    proposals = tuple(a_proposal(report, str(number)) for number in range(3))
    await store.write(situation, Draft("ingest", reports=(report,), proposals=proposals))
    found = await store.proposals(situation, digits=proposals[1].id[-8:].upper())
    assert [one.proposal for one in found.proposed] == [proposals[1]]
    with pytest.raises(IdUnknown, match="not an id"):
        await store.proposals(situation, digits="%")
    with pytest.raises(IdUnknown):
        await store.proposals(situation, after=new_id())


async def test_report_is_found_by_url_or_hash_and_by_no_empty_one(store: Store, situation: str) -> None:
    first, second = a_report(url="https://wire.example/1", sha256="ab" * 32), a_report()
    await store.write(situation, Draft("ingest", reports=(first, second)))
    assert await store.reports(situation, url=first.url) == (first,)
    assert await store.reports(situation, url="https://wire.example/2", sha256=first.sha256) == (first,)
    assert await store.reports(situation) == ()


async def test_text_of_a_report_is_kept_whole(store: Store, situation: str) -> None:
    report = a_report("x" * (MAX_TEXT * 2), url="u")
    giant = a_report("x" * (MAX_REPORT + 5), url="v")
    await store.write(situation, Draft("ingest", reports=(report, giant)))
    assert (await store.reports(situation, url="u"))[0].text == report.text
    assert len((await store.reports(situation, url="v"))[0].text) == MAX_REPORT


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"kind": "conquest"}, "kind of event"),
        ({"place": "nowhere"}, "place 'nowhere'"),
        ({"actor": "green"}, "actor 'green'"),
        ({"report": new_id()}, "report"),
        ({"claims": ()}, "no claim"),
        ({"claims": (SAID._replace(source="nobody"),)}, "source 'nobody'"),
        ({"claims": (SAID._replace(credibility=7),)}, "credibility"),
        ({"number": -1}, "number"),
    ],
)
async def test_what_is_no_proposal_is_refused(
    store: Store, situation: str, change: dict[str, object], error: str
) -> None:
    report = a_report()
    proposal = a_proposal(report)._replace(**change)  # type: ignore[arg-type] # on purpose
    with pytest.raises(InputRefused, match=error):
        await store.write(situation, Draft("ingest", reports=(report,), proposals=(proposal,)))
    assert (await store.proposals(situation)).open == 0


async def test_hostile_text_of_a_proposal_is_made_harmless(store: Store, situation: str) -> None:
    report = a_report()
    hostile = a_proposal(report, "a\x1b[2Jb")._replace(claims=(SAID._replace(quote="q\x9b2J", attribution="\u202ew"),))
    await store.write(situation, Draft("ingest", reports=(report,), proposals=(hostile,)))
    (found,) = (await store.proposals(situation)).proposed
    assert "\x1b" not in found.proposal.summary
    assert found.proposal.claims[0].quote == "q\ufffd2J"
    assert found.proposal.claims[0].attribution == "w"


async def test_rebuild_verify_and_check_know_proposals(store: Store, situation: str, tmp_path: Path) -> None:
    report = a_report()
    proposals = (a_proposal(report, "one"), a_proposal(report, "two"))
    head = await store.head(situation)
    await store.write(situation, Draft("ingest", reports=(report,), proposals=proposals))
    await store.write(situation, acceptance(proposals[0]))
    hashed = await store.state_hash(situation)
    assert await store.check() == ()
    assert not (await store.verify(situation, head)).problem
    with sqlite3.connect(tmp_path / "sitmon.db") as file:
        file.execute("DELETE FROM queue")
    assert any("proposals are open" in sentence for sentence in await store.check())
    assert await store.rebuild(situation) == hashed
    assert await open_ids(store, situation) == [proposals[1].id]
    with sqlite3.connect(tmp_path / "sitmon.db") as file:
        file.execute("UPDATE decision SET reason = 'another'")
    assert "event, claim, decision" in (await store.verify(situation)).problem


async def test_chain_of_a_store_without_proposals_is_as_before_them(
    store: Store, situation: str, tmp_path: Path
) -> None:
    assert not (await store.verify(situation)).problem
    with sqlite3.connect(tmp_path / "sitmon.db") as file:
        file.execute("UPDATE changeset SET proposal_to = 1")
    assert (await store.verify(situation)).problem


async def test_two_sessions_accept_at_once_and_one_of_them_is_told(
    store: Store, colleague: Store, situation: str
) -> None:
    report = a_report()
    proposal = a_proposal(report)
    await store.write(situation, Draft("ingest", reports=(report,), proposals=(proposal,)))
    drafts = [acceptance(proposal), acceptance(proposal)]
    results = await asyncio.gather(
        *(one.write(situation, draft) for one, draft in zip((store, colleague), drafts, strict=True)),
        return_exceptions=True,
    )
    assert sum(isinstance(result, InputRefused) for result in results) == 1
    north = next(state for state in await store.control(situation, with_events=True) if state.place == "north")
    assert len(north.event_ids) == 1
