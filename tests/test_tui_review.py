"""The review queue on the screen: deciding by the keyboard alone, live, at every size."""

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.pilot import Pilot

from ingest.trusting import accept_trusted
from model.catalog import Catalog
from model.entities import Claim, Event, Place, Report, Stance
from model.ids import new_id
from model.proposals import COUNT, Decision, DecisionKind, Proposal, ProposedClaim
from model.query import EventQuery
from model.times import Precision, parse_time
from store.base import Draft, Store
from tests.tui_fakes import PRESENT, screen_text, type_in, wait_for
from tui import article
from tui.app import SitmonApp
from tui.article import Broken, lit_line, lit_of
from tui.screens.review import ReviewScreen

AT, _ = parse_time("2021-08-12", "Europe/Berlin")
SENTENCES = (
    "Red Side has taken North Town, an officer said.",
    "Its fighters have taken Middle Town as well.",
    "A convoy was stopped in Elsewhere.",
    "Two of three towns are lost.",
)
TEXT = "An article about the valley.\n\n" + "\n\n".join(SENTENCES) + "\n" * 40 + "Its end."
REPORT = Report(new_id(), "wire", title="An article about the valley", text=TEXT, published_at=AT)


def proposal(number: int, kind: str, place: str | None, name: str, summary: str) -> Proposal:
    quote = SENTENCES[number]
    said = ProposedClaim(Stance.ASSERTS, 2, "an officer", quote=quote, quote_start=TEXT.index(quote))
    made = Proposal(*(new_id(), REPORT.id, kind, AT, Precision.DAY, summary, (said,)), place=place, place_name=name)
    return made._replace(actor="red", actor_name="Red Side", against="blue")


def four() -> tuple[Proposal, ...]:
    far = Place("far-1", "Elsewhere", admin1="Far Away", longitude=11.0, latitude=50.0)
    return (
        proposal(0, "capture", "north", "North Town", "Red Side took North Town"),
        proposal(1, "capture", "middle", "Middle Town", "Red Side took Middle Town"),
        proposal(2, "arrest", None, "Elsewhere", "Convoy stopped")._replace(candidates=(far,)),
        proposal(3, COUNT, None, "", "Red Side: 2 of 3 towns")._replace(tally="towns", number=2, of=3, against=None),
    )


@pytest.fixture
async def proposals(store: Store, situation: str) -> tuple[Proposal, ...]:
    made = four()
    await store.write(situation, Draft("ingest", reports=(REPORT,), proposals=made))
    return made


@asynccontextmanager
async def opened(
    store: Store, catalog: Catalog, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[ReviewScreen, Pilot[int]]]:
    app = SitmonApp(store, catalog, present=lambda: PRESENT)
    async with app.run_test(size=size) as pilot:
        await wait_for(pilot, lambda: app.main.board, "the first reading")
        await pilot.press("R")
        await wait_for(pilot, lambda: isinstance(app.screen, ReviewScreen), "the queue")
        screen = app.screen
        assert isinstance(screen, ReviewScreen)
        await wait_for(pilot, lambda: "reading" not in screen.queue.nothing[0], "what is in it")
        yield screen, pilot


def now(screen: ReviewScreen) -> str:
    return screen.present.proposal.id if screen.present else ""


def lit_in(screen: ReviewScreen) -> str:
    lines = [screen.article.line(number, 0) for number in range(screen.article.last + 1)]
    return "".join(span.text for line in lines for span in line if span.role == "picked")


async def open_ids(store: Store, situation: str) -> list[str]:
    return [one.proposal.id for one in (await store.proposals(situation)).proposed]


async def test_article_stands_beside_the_proposal_with_its_quote_lit(
    store: Store, catalog: Catalog, proposals: tuple[Proposal, ...]
) -> None:
    async with opened(store, catalog) as (screen, pilot):
        await wait_for(pilot, lambda: "tally 0 → 1 of 3" in screen_text(pilot.app), "what accepting changes")
        text = screen_text(pilot.app)
        assert "4 open" in text
        assert "The Wire · An article about the valley" in text
        assert "North Town  . nobody known → H Red Side" in text
        assert now(screen) == proposals[0].id
        for number in range(3):
            lit = lit_in(screen)
            assert "".join(lit.split()) == "".join(SENTENCES[number].split())
            await pilot.press("j")
            await wait_for(pilot, lambda: now(screen) == proposals[number + 1].id, "the next one")  # noqa: B023


async def test_title_line_says_how_many_wait_and_forgets_them(
    store: Store, catalog: Catalog, proposals: tuple[Proposal, ...]
) -> None:
    async with opened(store, catalog) as (screen, pilot):
        await pilot.press("escape")
        await wait_for(pilot, lambda: "4 to review" in screen_text(pilot.app), "how many wait")
        await pilot.press("R")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, ReviewScreen), "the queue")
        await wait_for(pilot, lambda: "4 open" in screen_text(pilot.app), "what is in it")
        await pilot.press("ctrl+c")
        assert "ctrl+c again quits" in screen_text(pilot.app)
        await pilot.press("v", "v", "v", "v", "escape")
        await wait_for(pilot, lambda: "EVENTS" in screen_text(pilot.app), "the main screen")
        await wait_for(pilot, lambda: "to review" not in screen_text(pilot.app), "nothing to wait")
    del screen, proposals


async def test_accepting_brings_the_next_one_and_undo_brings_it_back(
    store: Store, catalog: Catalog, situation: str, proposals: tuple[Proposal, ...]
) -> None:
    async with opened(store, catalog) as (screen, pilot):
        await pilot.press("a")
        assert now(screen) == proposals[1].id
        await wait_for(pilot, lambda: "accepted; u opens it again" in screen_text(pilot.app), "the answer")
        assert {row.event.place for row in (await store.page(situation, EventQuery())).rows} == {"north"}
        await pilot.press("u")
        await wait_for(pilot, lambda: now(screen) == proposals[0].id, "the proposal to be open again")
        assert (await store.page(situation, EventQuery())).rows == ()
        await pilot.press("ctrl+r")
        await wait_for(pilot, lambda: screen.open == 3, "the acceptance again")


async def test_keys_that_come_at_once_are_for_one_proposal_each(
    store: Store, catalog: Catalog, situation: str, proposals: tuple[Proposal, ...]
) -> None:
    async with opened(store, catalog) as (screen, pilot):
        await pilot.press("a", "a", "v", "a")
        await wait_for(pilot, lambda: "nothing waits for a decision" in screen_text(pilot.app), "the empty queue")
        await wait_for(pilot, lambda: not screen._deciding, "the last decision")
        assert await open_ids(store, situation) == []
        assert "sitmon ingest FILE" in screen_text(pilot.app)
        decided = (await store.proposals(situation, decided=True)).proposed
        kinds = {one.proposal.id: one.decision.kind for one in decided if one.decision}
        assert [kinds[one.id] for one in proposals] == [
            *(DecisionKind.ACCEPTED, DecisionKind.ACCEPTED, DecisionKind.UNVERIFIABLE, DecisionKind.ACCEPTED)
        ]
        await pilot.press("a", "x", "e", "p", "J", "s")
        assert "nothing is under the cursor" in screen_text(pilot.app)


async def test_what_cannot_be_accepted_says_why_and_stays(
    store: Store, catalog: Catalog, situation: str, proposals: tuple[Proposal, ...]
) -> None:
    async with opened(store, catalog) as (screen, pilot):
        await pilot.press("j", "j")
        await wait_for(pilot, lambda: "the situation has no place 'Elsewhere'" in screen_text(pilot.app), "the problem")
        assert "Far Away" in screen_text(pilot.app)
        await pilot.press("a")
        await wait_for(pilot, lambda: len(screen.entries) == 5 and not screen._deciding, "it to be listed again")
        assert await open_ids(store, situation) == [one.id for one in proposals]


async def test_rejecting_asks_why(
    store: Store, catalog: Catalog, situation: str, proposals: tuple[Proposal, ...]
) -> None:
    async with opened(store, catalog) as (screen, pilot):
        await pilot.press("x")
        await type_in(pilot, "an exercise")
        await pilot.press("escape")
        assert now(screen) == proposals[0].id
        await pilot.press("x")
        await type_in(pilot, "an exercise")
        await pilot.press("enter")
        await wait_for(pilot, lambda: "rejected; u opens it again" in screen_text(pilot.app), "the answer")
        assert now(screen) == proposals[1].id
        decided = (await store.proposals(situation, decided=True)).proposed
        assert [one.decision.reason for one in decided if one.decision] == ["an exercise"]


async def test_place_is_completed_chosen_among_candidates_or_added(
    store: Store, catalog: Catalog, situation: str, proposals: tuple[Proposal, ...]
) -> None:
    async with opened(store, catalog) as (screen, pilot):
        await pilot.press("e", "p")
        await type_in(pilot, "sou")
        await pilot.press("tab", "tab", "enter")
        await wait_for(pilot, lambda: "(read: North Town)" in screen_text(pilot.app), "the edit")
        assert screen.present
        assert screen.present.proposal.place == "south"
        await pilot.press("j", "j", "e", "p")
        await type_in(pilot, "elsew")
        await pilot.press("tab")
        assert "#1 Elsewhere, Far Away" in screen_text(pilot.app)
        assert "tab completes" in screen_text(pilot.app)
        await pilot.press("enter")
        await wait_for(pilot, lambda: "edited" in screen_text(pilot.app), "the second edit")
        assert (await store.catalog(situation)).places["far-1"].name == "Elsewhere"
        await pilot.press("a")
        await wait_for(pilot, lambda: "accepted" in screen_text(pilot.app), "the acceptance")
        await pilot.press("e", "p")
        assert "a count has no place" in screen_text(pilot.app)
        await pilot.press("g", "e", "k")
        await type_in(pilot, "conquest")
        await pilot.press("enter")
        await wait_for(pilot, lambda: "no kind of event is called" in screen_text(pilot.app), "the refusal")
    del proposals


async def test_one_claim_of_several_is_corrected_alone(store: Store, catalog: Catalog, situation: str) -> None:
    made = four()[0]
    other = made.claims[0]._replace(quote=SENTENCES[1], quote_start=TEXT.index(SENTENCES[1]), attribution="a driver")
    made = made._replace(claims=(*made.claims, other))
    await store.write(situation, Draft("ingest", reports=(REPORT,), proposals=(made,)))
    async with opened(store, catalog) as (screen, pilot):
        await wait_for(pilot, lambda: "says 2 of 2" in screen_text(pilot.app), "both claims")
        await pilot.press("tab", "tab")
        lit = lit_in(screen)
        assert "".join(lit.split()) == "".join(SENTENCES[1].split())
        await pilot.press("e", "t")
        await wait_for(pilot, lambda: "stance of claim 2" in screen_text(pilot.app), "what is asked")
        await type_in(pilot, "denies")
        await pilot.press("enter")
        await wait_for(pilot, lambda: "denies 2  a driver" in screen_text(pilot.app), "the correction")
        await pilot.press("a")
        await wait_for(pilot, lambda: "nothing waits" in screen_text(pilot.app), "the end of the queue")
    (row,) = (await store.page(situation, EventQuery())).rows
    claims = (await store.event(situation, row.event.id)).claims
    assert {claim.attribution: claim.stance for claim in claims} == {
        "an officer": Stance.ASSERTS,
        "a driver": Stance.DENIES,
    }


async def test_accepted_as_a_claim_of_what_it_repeats(
    store: Store, catalog: Catalog, situation: str, proposals: tuple[Proposal, ...]
) -> None:
    event = Event(new_id(), "capture", AT, Precision.DAY, "North Town falls", "north", "red", "blue")
    claim = Claim(new_id(), event.id, "gazette", Stance.ASSERTS, AT)
    await store.write(situation, Draft("before", events=(event,), claims=(claim,)))
    async with opened(store, catalog) as (screen, pilot):
        await wait_for(pilot, lambda: "100 %: same place" in screen_text(pilot.app), "the likely duplicate")
        await pilot.press("equals_sign")
        await wait_for(pilot, lambda: "A CLAIM OF" in screen_text(pilot.app), "the choice")
        assert "North Town  H Red Side: changes nothing" in screen_text(pilot.app)
        await pilot.press("enter")
        await wait_for(pilot, lambda: "accepted as a further claim" in screen_text(pilot.app), "the answer")
        assert now(screen) == proposals[1].id
        assert [one.source for one in (await store.event(situation, event.id)).claims] == ["gazette", "wire"]
        assert len((await store.page(situation, EventQuery())).rows) == 1


async def test_keys_of_a_chord_stay_and_further_claims_wait_for_what_is_read(
    store: Store, catalog: Catalog, situation: str, proposals: tuple[Proposal, ...]
) -> None:
    event = Event(new_id(), "capture", AT, Precision.DAY, "Middle Town falls", "middle", "red", "blue")
    claim = Claim(new_id(), event.id, "gazette", Stance.ASSERTS, AT)
    await store.write(situation, Draft("before", events=(event,), claims=(claim,)))
    async with opened(store, catalog, (80, 24)) as (screen, pilot):
        await pilot.press("e")
        await wait_for(pilot, lambda: "esc cancels" in screen_text(pilot.app), "the keys of the chord")
        await pilot.press("escape")
        screen.do("down")
        screen.do("accept_as")
        await wait_for(pilot, lambda: "Middle Town falls" in screen_text(pilot.app), "what it may repeat")
        assert now(screen) == proposals[1].id


async def test_what_another_session_decides_shows_here(
    store: Store, colleague: Store, catalog: Catalog, situation: str, proposals: tuple[Proposal, ...]
) -> None:
    async with opened(store, catalog) as (screen, pilot):
        await pilot.press("j")
        decision = Decision(new_id(), proposals[0].id, DecisionKind.REJECTED)
        await colleague.write(situation, Draft("reject", decisions=(decision,)))
        await wait_for(pilot, lambda: screen.open == 3, "the other session's decision")
        assert now(screen) == proposals[1].id


async def test_skipped_stays_open_and_is_marked(
    store: Store, catalog: Catalog, situation: str, proposals: tuple[Proposal, ...]
) -> None:
    async with opened(store, catalog) as (screen, pilot):
        await pilot.press("s")
        assert now(screen) == proposals[1].id
        assert screen.queue.lines[1][0].text == "–"
        await pilot.press("escape")
        await wait_for(pilot, lambda: pilot.app.screen is not screen, "the main screen")
        assert len(await open_ids(store, situation)) == 4


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40), (200, 60)])
async def test_everything_fits_at_every_size(
    store: Store, catalog: Catalog, proposals: tuple[Proposal, ...], size: tuple[int, int]
) -> None:
    async with opened(store, catalog, size) as (screen, pilot):
        await wait_for(pilot, lambda: "→ H Red Side" in screen_text(pilot.app), "what accepting changes")
        text = screen_text(pilot.app)
        assert "North Town" in text
        assert "taken North Town, an officer" in " ".join(text.split())
        assert "asserts 2  an officer" in text
        assert "a accept" in text.splitlines()[-1]
        await pilot.press("question_mark")
        await wait_for(pilot, lambda: "KEYS in the review queue" in screen_text(pilot.app), "the help")
        await pilot.press("escape")
        await wait_for(pilot, lambda: pilot.app.screen is screen, "the queue")
    del proposals


async def test_hostile_text_is_harmless_there(store: Store, catalog: Catalog, situation: str) -> None:
    hostile = "\x1b[2J\x9b31m\u202eevil\x07 [bold]markup[/] {undo}"
    report = Report(new_id(), "wire", title=hostile, text=f"{hostile}\n{hostile}", published_at=AT)
    said = ProposedClaim(Stance.ASSERTS, attribution=hostile, quote=hostile)
    bad = Proposal(*(new_id(), report.id, "capture", AT, Precision.DAY, hostile, (said,)), place="north")
    await store.write(situation, Draft("ingest", reports=(report,), proposals=(bad,)))
    async with opened(store, catalog) as (_, pilot):
        text = screen_text(pilot.app)
        assert "[bold]markup[/]" in text
        assert not set(text) & set("\x1b\x9b\x07\u202e")
        await pilot.press("a")
        await wait_for(pilot, lambda: "u opens it again" in screen_text(pilot.app), "the answer")
        assert not set(screen_text(pilot.app)) & set("\x1b\x9b\x07\u202e")
        await pilot.press("ctrl+l")


async def test_empty_queue_says_what_fills_it(store: Store, catalog: Catalog, situation: str) -> None:
    async with opened(store, catalog, (80, 24)) as (screen, pilot):
        assert "nothing waits for a decision" in screen_text(pilot.app)
        await pilot.resize_terminal(40, 20)
        await wait_for(
            pilot, lambda: "a feed that is polled" in " ".join(screen_text(pilot.app).split()), "whole words"
        )
        assert "`sitmon ingest FILE`" in screen_text(pilot.app)
        for key in ("a", "equals_sign", "x", "v", "s", "J", "K", "j", "G", "ctrl+d", "u", "r"):
            await pilot.press(key)
        assert screen.present is None
    del situation


@settings(max_examples=60)
@given(
    text=st.text(alphabet="ab 中é\n-", max_size=120),
    width=st.integers(11, 40),
    start=st.integers(0, 100),
    length=st.integers(0, 60),
)
def test_article_loses_nothing_and_lights_the_quote_alone(text: str, width: int, start: int, length: int) -> None:
    quote = text[start : start + length]
    said = ProposedClaim(Stance.ASSERTS, quote=quote, quote_start=start)
    known, (lit_ones, _) = Broken(text, width), lit_of(four()[0]._replace(claims=(said,)))
    shown = [lit_line(text, begin, end, lit_ones) for begin, end in zip(known.begins, known.ends, strict=True)]
    lines = ["".join(span.text for span in line) for line in shown]
    assert "".join(lines) == text.replace("\n", "")
    assert max(cell_len(line.rstrip()) for line in lines) <= width
    lit = "".join(span.text for line in shown for span in line if span.role == "picked")
    assert lit == quote.replace("\n", "")


def test_what_draws_the_queue_has_nothing_that_reads_text() -> None:
    code = "import sys, tui.screens.review; print([m for m in sys.modules if m.split('.')[0] in ('ingest', 'spacy')])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


async def test_trust_is_given_and_withdrawn_from_the_queue(
    store: Store, catalog: Catalog, situation: str, proposals: tuple[Proposal, ...]
) -> None:
    async with opened(store, catalog) as (screen, pilot):
        await pilot.press("t")
        await wait_for(pilot, lambda: "trust The Wire for captured" in screen_text(pilot.app), "what can be trusted")
        await pilot.press("enter")
        await wait_for(pilot, lambda: "trusted from now on: The Wire" in screen_text(pilot.app), "that it is")
        first = (await store.changesets(situation))[0].id
        trusting = await store.catalog(situation)
        assert await accept_trusted(store, trusting, REPORT, proposals, recorded_at=AT, batch=first) == 2
        await wait_for(pilot, lambda: "2 open  accepted by trust: 2 of The Wire" in screen_text(pilot.app), "the words")
        await pilot.press("t", "down", "enter")
        await wait_for(pilot, lambda: "withdrawn, with all that it let in" in screen_text(pilot.app), "the way back")
        assert screen.open == 4
        await pilot.press("ctrl+r")
        await wait_for(pilot, lambda: "2 open  accepted by trust" in screen_text(pilot.app), "the redo")
        await pilot.press("escape")
        await wait_for(pilot, lambda: " @Hr North Town" in screen_text(pilot.app), "the sign")
        mark = "accepted by trust of The Wire, without review"
        await wait_for(pilot, lambda: mark in screen_text(pilot.app), "a mark")


async def test_the_end_of_a_long_article_is_shown_too(store: Store, catalog: Catalog, situation: str) -> None:
    text = "喀 lines\n" * 20_000 + SENTENCES[0] + "\nthe end"
    report = REPORT._replace(text=text)
    said = ProposedClaim(Stance.ASSERTS, quote=SENTENCES[0], quote_start=text.index(SENTENCES[0]))
    late = proposal(0, "capture", "north", "North Town", "late")._replace(claims=(said,))
    await store.write(situation, Draft("ingest", reports=(report,), proposals=(late,)))
    async with opened(store, catalog) as (screen, pilot):
        await wait_for(pilot, lambda: SENTENCES[0] in screen_text(pilot.app), "the quote")
        for _ in range(3):
            await pilot.press("J")
        await wait_for(pilot, lambda: "the end" in screen_text(pilot.app), "the end")
        assert screen.article.last == 20_001


@pytest.mark.parametrize("letter", ["x", "喀", "e\u0301", "👩\u200d👧"])
def test_a_word_without_an_end_is_broken_by_looking_at_each_of_its_letters_a_few_times(
    letter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = letter * (60_000 // len(letter))
    looked = 0

    def count(part: str) -> int:
        nonlocal looked
        looked += len(part)
        return cell_len(part)

    monkeypatch.setattr(article, "cell_len", count)
    known = Broken(text, 60)
    while not known.is_done:
        looked = 0
        known.further()
        assert looked < 8 * article.PART  # however long the text, a key waits for no more
    lines = list(zip(known.begins, known.ends, strict=True))
    assert "".join(text[begin:end] for begin, end in lines) == text
    assert all(cell_len(text[begin:end]) <= 60 for begin, end in lines)
