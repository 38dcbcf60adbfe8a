"""The weighing rule: what an event is worth, from who says what about it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.entities import Claim, Event, Mark, MarkKind, Stance, Standing, Weight
from model.grades import Grade
from model.standing import Evidence, verdict_in_force, weigh, weigh_all
from model.times import DAY, FOREVER, HOUR
from tests.control_world import CATALOG, SOURCES, START, claim, event, evidence, instants, one_evidence, verdict

B2 = Grade("B", 2)
TAKEN = event()
"""Red is said to have captured the town from Blue."""


def weight(*claims: Claim, verdicts: tuple[Mark, ...] = (), of: Event = TAKEN, known_at: int = FOREVER) -> Weight:
    return weigh(evidence(of, *claims, verdicts=verdicts), CATALOG, known_at)


def standing(*claims: Claim, verdicts: tuple[Mark, ...] = (), of: Event = TAKEN) -> Standing:
    return weight(*claims, verdicts=verdicts, of=of).standing


# -- who stands behind it ----------------------------------------------------------------------------------------------


def test_one_outlet_reports_two_confirm() -> None:
    assert weight(claim("wire")).standing is Standing.REPORTED
    assert weight(claim("wire"), claim("gazette")).standing is Standing.CONFIRMED
    assert weight(claim("wire"), claim("gazette")).n_for == 2
    assert weight(claim("wire")).grade == B2


def test_a_copy_is_not_a_second_source() -> None:
    copied = weight(claim("wire", credibility=4), claim("reprint", credibility=2))
    assert (copied.n_for, copied.standing, copied.grade) == (1, Standing.REPORTED, Grade("C", 2))
    assert copied.source_ids == ("reprint", "wire")


def test_a_copy_that_contradicts_what_it_copies_counts_on_both_sides() -> None:
    torn = weight(claim("wire"), claim("reprint", Stance.DENIES))
    assert (torn.n_for, torn.n_against) == (1, 1)


def test_only_the_gaining_side_claims() -> None:
    for claims in ((claim("red-radio"),), (claim("red-radio"), claim("red-echo"))):
        claimed = weight(*claims)
        assert (claimed.standing, claimed.n_for, claimed.only_claimed) == (Standing.CLAIMED, 1, True)
    assert standing(claim("red-radio"), claim("wire")) is Standing.REPORTED
    assert not weight(claim("red-radio"), claim("wire")).only_claimed


def test_the_losing_side_concedes() -> None:
    assert standing(claim("blue-ministry", credibility=6)) is Standing.CONFIRMED


def test_a_part_speaks_for_its_side() -> None:
    assert standing(claim("red-radio"), of=event(actor="red-guard")) is Standing.CLAIMED
    later = event(actor="red-guard", at=START + 5 * DAY)
    assert standing(claim("red-radio"), of=later) is Standing.REPORTED, "the guard has left the side by then"


@pytest.mark.parametrize("kind", ["withdrawal", "departure", "surrender-offer", "power-sharing-offer"])
def test_who_gives_something_up_concedes_by_saying_so(kind: str) -> None:
    left = event(kind, actor="blue", against="red")
    assert standing(claim("blue-ministry"), of=left) is Standing.CONFIRMED
    assert standing(claim("red-radio"), of=left) is Standing.CLAIMED


def test_nobody_gains_where_no_side_is_named() -> None:
    assert standing(claim("red-radio"), of=event(actor=None, against=None)) is Standing.REPORTED


# -- each source's last word -------------------------------------------------------------------------------------------


def test_a_sources_last_word_counts() -> None:
    assert standing(claim("wire"), claim("wire", Stance.DENIES, START + 1)) is Standing.DENIED
    regraded = weight(claim("wire"), claim("wire", Stance.CONFIRMS, START + 1, credibility=4))
    assert (regraded.grade, regraded.n_for) == (Grade("B", 4), 1)
    same_time = weight(claim("wire", id_="b"), claim("wire", Stance.DENIES, id_="a"))
    assert same_time.n_for == 1


def test_a_correction_still_stands_for_it() -> None:
    assert standing(claim("wire", Stance.CORRECTS)) is Standing.REPORTED


def test_a_retraction_leaves_nobody_behind_it() -> None:
    empty = weight(claim("wire"), claim("wire", Stance.RETRACTS, START + 1))
    assert (empty.standing, empty.n_for, empty.n_against, empty.grade) == (Standing.RETRACTED, 0, 0, None)
    assert weight(claim("wire"), known_at=START - 1).standing is Standing.RETRACTED


@given(one_evidence(0), st.sampled_from(SOURCES), instants(), st.booleans())
def test_a_retraction_restores_what_was_before_the_source_spoke(
    one: Evidence, source: str, at: int, denied: bool
) -> None:
    others = tuple(other for other in one.claims if other.source != source)
    said = claim(source, Stance.DENIES if denied else Stance.ASSERTS, at, id_="said", dated=at)
    taken_back = claim(source, Stance.RETRACTS, at, id_="taken-back")
    before = weigh(one._replace(claims=others), CATALOG)
    after = weigh(one._replace(claims=(taken_back, *others, said)), CATALOG)
    assert after._replace(first_reported_at=before.first_reported_at, source_ids=before.source_ids) == before


# -- denials -----------------------------------------------------------------------------------------------------------


def test_a_denial_of_equal_grade_disputes_and_one_of_lower_grade_does_not() -> None:
    equal = weight(claim("wire"), claim("gazette"), claim("blue-ministry", Stance.DENIES, credibility=1))
    assert (equal.standing, equal.denied, equal.n_against) == (Standing.DISPUTED, True, 1)
    lower = weight(claim("wire"), claim("gazette"), claim("blue-ministry", Stance.DENIES, credibility=2))
    assert (lower.standing, lower.denied, lower.n_against) == (Standing.CONFIRMED, False, 1)
    assert lower.grade_against == Grade("C", 2)


@given(st.sampled_from(SOURCES), st.sampled_from(SOURCES), st.integers(1, 6), st.integers(1, 6))
def test_a_single_denial_disputes_exactly_when_its_grade_is_as_good(
    by: str, against: str, credible: int, credible_against: int
) -> None:
    if by in ("blue-ministry", against) or {by, against} in ({"wire", "reprint"}, {"red-radio", "red-echo"}):
        return
    found = weight(claim(by, credibility=credible), claim(against, Stance.DENIES, credibility=credible_against))
    assert found.grade is not None
    assert found.grade_against is not None
    assert found.denied == (found.grade_against >= found.grade)
    assert (found.standing is Standing.DENIED) == (found.grade_against > found.grade)


def test_denials_outweigh_by_grade_and_number_together() -> None:
    better = (claim("rumour"), claim("wire", Stance.DENIES))
    assert standing(*better) is Standing.DENIED
    assert standing(claim("red-radio", credibility=5), *better) is Standing.DISPUTED, "two for it, one against"
    assert standing(claim("wire", Stance.DENIES)) is Standing.DENIED


def test_the_losing_sides_word_outweighs_an_equal_denial() -> None:
    conceded = claim("blue-ministry", credibility=1)
    assert standing(conceded, claim("wire", Stance.DENIES, credibility=2)) is Standing.CONFIRMED
    assert not weight(conceded, claim("wire", Stance.DENIES, credibility=2)).denied
    assert standing(conceded, claim("wire", Stance.DENIES, credibility=1)) is Standing.DISPUTED


# -- dates -------------------------------------------------------------------------------------------------------------


def test_a_date_is_disputed_by_a_source_as_good_as_those_that_keep_it() -> None:
    next_day = START + DAY
    as_good = weight(claim("wire"), claim("gazette", dated=next_day))
    assert (as_good.date_disputed, as_good.standing, as_good.denied) == (True, Standing.DISPUTED, False)
    assert not weight(claim("wire"), claim("gazette", credibility=3, dated=next_day)).date_disputed
    assert weight(claim("wire", dated=next_day)).date_disputed


def test_a_date_is_disputed_by_two_independent_sources_whatever_their_grade() -> None:
    rumour, nobody, wire, reprint = (
        claim(source, credibility=5, dated=START + DAY) for source in ("rumour", "nobody", "wire", "reprint")
    )
    assert weight(claim("wire"), rumour, nobody).date_disputed
    assert not weight(claim("gazette"), wire, reprint).date_disputed


def test_another_hour_of_the_same_day_is_not_another_date() -> None:
    assert not weight(claim("wire"), claim("gazette", dated=START + 23 * HOUR)).date_disputed


def test_a_denial_or_a_retraction_dates_nothing() -> None:
    assert not weight(claim("wire"), claim("gazette", Stance.DENIES, credibility=6, dated=START + DAY)).date_disputed
    assert not weight(claim("wire"), claim("gazette", Stance.RETRACTS, dated=START + DAY)).date_disputed


# -- verdicts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (MarkKind.VERIFIED, Standing.VERIFIED),
        (MarkKind.REJECTED, Standing.REJECTED),
        (MarkKind.DUPLICATE, Standing.REJECTED),
        (MarkKind.DISPUTED, Standing.DISPUTED),
        (MarkKind.UNVERIFIABLE, Standing.CONFIRMED),
    ],
)
def test_an_analysts_verdict_wins(kind: MarkKind, expected: Standing) -> None:
    both = (claim("wire"), claim("gazette"))
    assert standing(*both, verdicts=(verdict(kind),)) is expected
    assert standing(*both, verdicts=(verdict(kind), verdict(kind, START + 1, on=False))) is Standing.CONFIRMED


def test_a_verdict_does_not_hide_a_denial() -> None:
    found = weight(claim("wire"), claim("gazette", Stance.DENIES), verdicts=(verdict(MarkKind.VERIFIED),))
    assert (found.standing, found.denied, found.n_against) == (Standing.VERIFIED, True, 1)


def test_what_nobody_stands_behind_cannot_be_disputed() -> None:
    taken_back = (claim("wire"), claim("wire", Stance.RETRACTS, START + 1))
    assert standing(*taken_back, verdicts=(verdict(MarkKind.DISPUTED),)) is Standing.RETRACTED


def test_the_latest_verdict_is_in_force_until_it_is_taken_away() -> None:
    first, second = verdict(MarkKind.VERIFIED), verdict(MarkKind.DISPUTED, START + 1)
    assert verdict_in_force([second, first]) == second
    assert verdict_in_force([second, first], START) == first
    assert verdict_in_force([first, second, verdict(MarkKind.VERIFIED, START + 2, on=False)]) == second
    assert verdict_in_force([first, second, verdict(MarkKind.DISPUTED, START + 2, on=False)]) is None
    assert verdict_in_force([first, verdict(MarkKind.STAR, START + 2)]) == first
    assert verdict_in_force([]) is None


# -- the rule as a whole -----------------------------------------------------------------------------------------------


@given(one_evidence(0), instants())
@settings(max_examples=200)
def test_the_short_cut_is_the_same_rule(one: Evidence, known_at: int) -> None:
    assert weigh(one, CATALOG, known_at) == weigh_all(one, CATALOG, known_at)
    single = one._replace(claims=one.claims[:1], verdicts=())
    assert weigh(single, CATALOG, known_at) == weigh_all(single, CATALOG, known_at)


@given(one_evidence(0), st.data())
def test_the_order_of_arrival_never_matters(one: Evidence, data: st.DataObject) -> None:
    shuffled = one._replace(
        claims=tuple(data.draw(st.permutations(one.claims))),
        verdicts=tuple(data.draw(st.permutations(one.verdicts))),
    )
    assert weigh(shuffled, CATALOG) == weigh(one, CATALOG)


@given(one_evidence(0), instants())
def test_what_became_known_later_changes_nothing(one: Evidence, known_at: int) -> None:
    until_then = one._replace(
        claims=tuple(one_claim for one_claim in one.claims if one_claim.reported_at <= known_at),
        verdicts=tuple(mark for mark in one.verdicts if mark.recorded_at <= known_at),
    )
    assert weigh(one, CATALOG, known_at) == weigh(until_then, CATALOG)
