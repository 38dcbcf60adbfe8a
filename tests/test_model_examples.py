"""The examples of docs/control-rule.md are what the rule says about the shipped facts."""

import functools
from pathlib import Path

import pytest

import seed
from model.control import Why, explain
from model.entities import Claim, MarkKind, Stance, Standing, Status
from model.grades import Grade
from model.query import NOW, Clocks
from model.standing import Evidence, weigh
from model.times import DAY, HOUR, parse_time
from tests.control_world import verdict

ROOT = Path(__file__).parents[1]
PAGE = " ".join((ROOT / "docs" / "control-rule.md").read_text(encoding="utf-8").split())
ZONE = "Asia/Kabul"


@functools.cache
def contents() -> seed.Contents:
    return seed.read(ROOT / "seed" / "afghanistan_2021")


def evidence(place: str) -> list[Evidence]:
    return [
        Evidence(event, tuple(claim for claim in contents().claims if claim.event == event.id))
        for event in contents().events
        if event.place == place
    ]


def why(place: str, clocks: Clocks = NOW) -> Why:
    return explain(place, evidence(place), contents().catalog, clocks)


@pytest.mark.parametrize("place", ["ghazni", "bazarak"])
def test_the_page_gives_the_reasons_that_the_program_gives(place: str) -> None:
    for step in why(place).steps[1:]:
        assert step.reason in PAGE
        assert step.event.summary in PAGE


def of_ghazni(*more: Claim, credibility: int = 2) -> Evidence:
    (capture,) = (one for one in evidence("ghazni") if one.event.kind == "capture")
    claims = (
        claim._replace(credibility=credibility) if claim.stance is Stance.DENIES else claim for claim in capture.claims
    )
    return capture._replace(claims=(*claims, *more))


def test_ghazni_hangs_on_the_grade_of_one_denial() -> None:
    catalog = contents().catalog
    disputed = weigh(of_ghazni(), catalog)
    assert (disputed.standing, disputed.n_for, disputed.n_against) == (Standing.DISPUTED, 6, 1)
    assert disputed.grade == disputed.grade_against == Grade("B", 2)
    weaker = weigh(of_ghazni(credibility=3), catalog)
    assert (weaker.standing, weaker.n_for, weaker.n_against) == (Standing.CONFIRMED, 6, 1)
    (denial,) = (claim for claim in of_ghazni().claims if claim.stance is Stance.DENIES)
    conceded = denial._replace(id="conceded", stance=Stance.CONFIRMS, reported_at=denial.reported_at + DAY)
    assert weigh(of_ghazni(conceded), catalog).standing is Standing.CONFIRMED


def test_bazarak_is_claimed_until_somebody_else_says_so() -> None:
    state = why("bazarak").state
    assert (state.status, state.actor, state.former, state.disputed) == (Status.CLAIMED, "taliban", "nrf", True)
    *before, last = sorted(evidence("bazarak"), key=lambda one: one.event.occurred_at)
    later = last.event.occurred_at + DAY
    agency = last.claims[0]._replace(id="agency", source="reuters", reported_at=later, credibility=2)
    held = explain("bazarak", [*before, last._replace(claims=(*last.claims, agency))], contents().catalog).state
    assert (held.status, held.actor, held.disputed) == (Status.HELD, "taliban", False)
    retraction = last.claims[0]._replace(id="retraction", stance=Stance.RETRACTS, reported_at=later)
    restored = explain("bazarak", [*before, last._replace(claims=(*last.claims, retraction))], contents().catalog).state
    assert restored == why("bazarak", Clocks(as_of=parse_time("2021-09-06", ZONE)[0] - 1)).state


def test_a_mark_outweighs_the_spokesman_and_its_removal_restores_him() -> None:
    *before, last = sorted(evidence("bazarak"), key=lambda one: one.event.occurred_at)
    marked_at = last.event.occurred_at + HOUR
    verified = last._replace(verdicts=(verdict(MarkKind.VERIFIED, marked_at),))
    assert explain("bazarak", [*before, verified], contents().catalog).state.status is Status.HELD
    lifted = verified._replace(verdicts=(*verified.verdicts, verdict(MarkKind.VERIFIED, marked_at + 1, on=False)))
    assert explain("bazarak", [*before, lifted], contents().catalog).state == why("bazarak").state
