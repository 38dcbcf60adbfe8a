"""The control rule, case by case and as a whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.control import control, describe, explain
from model.entities import ControlState, MarkKind, Stance, Status
from model.grades import Grade
from model.kinds import KINDS
from model.query import NOW, Clocks
from model.standing import Evidence
from model.steps import MAX_EVENTS
from model.times import DAY, HOUR, MINUTE, Precision
from tests.control_world import CATALOG, PLACE, START, bodies, claim, event, evidence, instants, one_evidence, verdict

State = tuple[Status, str | None, str | None]

HELD_BY_BLUE = evidence(event("still-held", START - 9 * DAY, "blue", None, id_="held"))


def state_of(*body: Evidence, clocks: Clocks = NOW) -> ControlState:
    return control(PLACE, body, CATALOG, clocks)


def after(*body: Evidence) -> State:
    state = state_of(*body)
    return state.status, state.actor, state.former


def then(
    kind: str, actor: str | None = "red", against: str | None = "blue", *, day: int = 1, by: str = "wire"
) -> Evidence:
    at = START + day * DAY
    return evidence(event(kind, at, actor, against, id_=f"{kind}-{day}"), claim(by, at=at))


HELD_BLUE: State = (Status.HELD, "blue", None)
HELD_RED: State = (Status.HELD, "red", None)
CLAIMED: State = (Status.CLAIMED, "red", "blue")
CONTESTED: State = (Status.CONTESTED, "red", "blue")
THREATENED: State = (Status.THREATENED, "blue", None)
ENCIRCLED: State = (Status.ENCIRCLED, "blue", None)
NEGOTIATED: State = (Status.NEGOTIATED, "blue", None)
NOBODY: State = (Status.UNKNOWN, None, None)


def test_nothing_is_known_of_a_place_without_events() -> None:
    assert state_of() == ControlState(PLACE, Status.UNKNOWN)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (then("capture"), HELD_RED),
        (then("capture", by="blue-ministry"), HELD_RED),
        (then("capture", by="red-radio"), CLAIMED),
        (then("capture", "red-guard"), HELD_RED),
        (then("capture", None), HELD_BLUE),
        (then("regain", "blue", "red"), HELD_BLUE),
        (then("still-held", "blue", None), HELD_BLUE),
        (then("still-held", "red"), HELD_BLUE),
        (then("clash"), CONTESTED),
        (then("clash", "blue-army", "red"), CONTESTED),
        (then("clash", "blue", None), HELD_BLUE),
        (then("clash", "green", "red"), (Status.CONTESTED, "green", "blue")),
        (then("entered", by="red-radio"), CONTESTED),
        (then("entered", "blue", "red"), HELD_BLUE),
        (then("contested", None, None), (Status.CONTESTED, None, "blue")),
        (then("attempt"), THREATENED),
        (then("attempt", "blue", "red"), HELD_BLUE),
        (then("siege"), ENCIRCLED),
        (then("withdrawal", "blue", "red"), HELD_RED),
        (then("withdrawal", "blue", None), NOBODY),
        (then("withdrawal", "blue", "red", by="red-radio"), CLAIMED),
        (then("withdrawal", "red", None), HELD_BLUE),
        (then("handover-agreed"), NEGOTIATED),
        (then("handover-agreed", by="red-radio"), HELD_BLUE),
        (then("arrest"), HELD_BLUE),
        (then("route-cut"), HELD_BLUE),
    ],
)
def test_what_one_event_does_to_a_place_that_blue_holds(one: Evidence, expected: State) -> None:
    assert after(HELD_BY_BLUE, one) == expected


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (then("capture"), HELD_RED),
        (then("capture", by="red-radio"), CLAIMED),
        (then("still-held", "blue", None), HELD_BLUE),
        (then("still-held", "blue", None, by="red-radio"), HELD_BLUE),
        (then("still-held", "red", None, by="red-radio"), (Status.CLAIMED, "red", None)),
        (then("clash"), CONTESTED),
        (then("attempt"), THREATENED),
        (then("attempt", against=None), (Status.THREATENED, None, None)),
        (then("siege"), ENCIRCLED),
        (then("withdrawal", "blue", "red"), HELD_RED),
        (then("withdrawal", "blue", None), NOBODY),
        (then("handover-agreed"), NEGOTIATED),
        (then("handover-agreed", against=None), NOBODY),
    ],
)
def test_what_one_event_does_to_a_place_that_nobody_is_known_to_hold(one: Evidence, expected: State) -> None:
    assert after(one) == expected


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        # a claim
        ("claim", then("capture", day=2), HELD_RED),
        ("claim", then("capture", day=2, by="red-radio"), CLAIMED),
        ("claim", then("still-held", "red", None, day=2), HELD_RED),
        ("claim", then("still-held", "red", None, day=2, by="red-radio"), CLAIMED),
        ("claim", then("still-held", "blue", None, day=2), HELD_BLUE),
        ("claim", then("still-held", "blue", None, day=2, by="blue-ministry"), CLAIMED),
        ("claim", then("regain", "blue", "red", day=2, by="blue-ministry"), CLAIMED),
        ("claim", then("regain", "blue", "red", day=2), HELD_BLUE),
        ("claim", then("clash", "blue", "red", day=2), CONTESTED),
        ("claim", then("entered", day=2), CONTESTED),
        ("claim", then("attempt", "green", day=2), CLAIMED),
        ("claim", then("withdrawal", "blue", None, day=2), HELD_RED),
        ("claim", then("withdrawal", "red", None, day=2), HELD_BLUE),
        ("claim", then("withdrawal", "blue", "red", day=2, by="red-radio"), CLAIMED),
        # a contest
        ("contest", then("capture", day=2), HELD_RED),
        ("contest", then("capture", day=2, by="red-radio"), CLAIMED),
        ("contest", then("regain", "blue", "red", day=2), HELD_BLUE),
        ("contest", then("regain", "blue", "red", day=2, by="blue-ministry"), CONTESTED),
        ("contest", then("still-held", "blue", None, day=2), HELD_BLUE),
        ("contest", then("still-held", "blue", None, day=2, by="blue-ministry"), CONTESTED),
        ("contest", then("still-held", "red", None, day=2), CONTESTED),
        ("contest", then("siege", day=2), CONTESTED),
        ("contest", then("attempt", day=2), CONTESTED),
        ("contest", then("withdrawal", "blue", None, day=2), HELD_RED),
        ("contest", then("withdrawal", "red", None, day=2), HELD_BLUE),
        ("contest", then("withdrawal", "green", None, day=2), CONTESTED),
        ("contest", then("handover-agreed", day=2), NEGOTIATED),
        # a threat, a siege, an agreement
        ("threat", then("siege", day=2), ENCIRCLED),
        ("threat", then("clash", day=2), CONTESTED),
        ("threat", then("still-held", "blue", None, day=2), HELD_BLUE),
        ("threat", then("withdrawal", "red", None, day=2), HELD_BLUE),
        ("siege", then("attempt", day=2), ENCIRCLED),
        ("siege", then("still-held", "blue", None, day=2), ENCIRCLED),
        ("siege", then("regain", "blue", "red", day=2), HELD_BLUE),
        ("siege", then("withdrawal", "red", None, day=2), HELD_BLUE),
        ("agreement", then("capture", day=2), HELD_RED),
        ("agreement", then("clash", day=2), CONTESTED),
        ("agreement", then("attempt", day=2), NEGOTIATED),
        ("agreement", then("still-held", "blue", None, day=2), NEGOTIATED),
        # a capture
        ("capture", then("partial-capture", day=2), HELD_RED),
        ("capture", then("withdrawal", "blue", "red", day=2), HELD_RED),
        ("capture", then("handover-agreed", day=2), HELD_RED),
        ("capture", then("clash", "blue", "red", day=2), (Status.CONTESTED, "blue", "red")),
        ("capture", then("regain", "blue", "red", day=2, by="blue-ministry"), (Status.CLAIMED, "blue", "red")),
    ],
)
def test_what_a_second_event_does(first: str, second: Evidence, expected: State) -> None:
    firsts = {
        "claim": then("capture", by="red-radio"),
        "contest": then("clash"),
        "threat": then("attempt"),
        "siege": then("siege"),
        "agreement": then("handover-agreed"),
        "capture": then("capture"),
    }
    assert after(HELD_BY_BLUE, firsts[first], second) == expected


# -- disputes ----------------------------------------------------------------------------------------------------------


def taken(*claims: tuple[str, Stance], credibility: int = 2) -> Evidence:
    return evidence(
        event("capture", START + DAY, id_="taken"),
        *(claim(source, stance, START + DAY, credibility) for source, stance in claims),
    )


ASSERTS, DENIES, RETRACTS = Stance.ASSERTS, Stance.DENIES, Stance.RETRACTS


def test_a_denial_of_equal_grade_disputes_the_place_and_one_of_lower_grade_does_not() -> None:
    equal = state_of(HELD_BY_BLUE, taken(("wire", ASSERTS), ("gazette", DENIES)))
    assert (equal.status, equal.actor, equal.disputed) == (Status.HELD, "red", True)
    lower = state_of(HELD_BY_BLUE, taken(("wire", ASSERTS), ("blue-ministry", DENIES)))
    assert (lower.status, lower.actor, lower.disputed, lower.n_against) == (Status.HELD, "red", False, 1)


def test_a_claim_that_is_denied_is_still_a_claim() -> None:
    state = state_of(HELD_BY_BLUE, taken(("red-radio", ASSERTS), ("nobody", DENIES)))
    assert (state.status, state.disputed) == (Status.CLAIMED, False)
    one = evidence(event(), claim("red-radio"), claim("blue-ministry", DENIES, credibility=3))
    assert (state_of(HELD_BY_BLUE, one).status, state_of(HELD_BY_BLUE, one).disputed) == (Status.CLAIMED, True)


def test_what_is_outweighed_by_denials_changes_nothing_but_disputes() -> None:
    state = state_of(HELD_BY_BLUE, taken(("rumour", ASSERTS), ("wire", DENIES)))
    assert (state.status, state.actor, state.disputed) == (Status.HELD, "blue", True)
    assert state.event_ids == ("held", "taken")
    assert state.since == HELD_BY_BLUE.event.occurred_at
    only_denied = state_of(HELD_BY_BLUE, taken(("wire", DENIES)))
    assert only_denied == state_of(HELD_BY_BLUE)


def test_a_contradiction_disputes_by_its_grade() -> None:
    capture = then("capture")
    weaker = evidence(event("still-held", START + 2 * DAY, "blue", None, id_="x"), claim("wire", credibility=3))
    assert not state_of(HELD_BY_BLUE, capture, weaker).disputed
    equal = evidence(event("still-held", START + 2 * DAY, "blue", None, id_="x"), claim("gazette"))
    disputed = state_of(HELD_BY_BLUE, capture, equal)
    assert (disputed.status, disputed.actor, disputed.disputed) == (Status.HELD, "red", True)
    assert disputed.event_ids == ("capture-1", "x")


def test_a_disputed_date_is_not_a_disputed_place() -> None:
    one = evidence(event(), claim("wire"), claim("gazette", dated=START + DAY))
    state = state_of(HELD_BY_BLUE, one)
    assert (state.date_disputed, state.disputed, state.actor) == (True, False, "red")


def test_marks_outweigh_sources() -> None:
    claimed = evidence(event(), claim("red-radio"), verdicts=(verdict(MarkKind.VERIFIED, START + HOUR),))
    assert state_of(HELD_BY_BLUE, claimed).status is Status.HELD
    assert state_of(HELD_BY_BLUE, claimed, clocks=Clocks(known_at=START)).status is Status.CLAIMED
    rejected = evidence(event(), claim("wire"), verdicts=(verdict(MarkKind.REJECTED),))
    assert state_of(HELD_BY_BLUE, rejected) == state_of(HELD_BY_BLUE)
    marked = evidence(event(), claim("wire"), verdicts=(verdict(MarkKind.DISPUTED),))
    assert (state_of(marked).actor, state_of(marked).disputed) == ("red", True)
    denied = evidence(event(), claim("wire"), claim("gazette", DENIES), verdicts=(verdict(MarkKind.VERIFIED),))
    assert (state_of(denied).actor, state_of(denied).disputed) == ("red", False)
    assert state_of(denied._replace(verdicts=())).disputed
    redated = marked._replace(claims=(claim("wire"), claim("gazette", dated=START + DAY)))
    assert (state_of(redated).disputed, state_of(redated).date_disputed) == (True, True)


def test_a_dispute_passes_when_something_new_happens() -> None:
    disputed = taken(("wire", ASSERTS), ("gazette", DENIES))
    assert not state_of(disputed, then("regain", "blue", "red", day=3)).disputed


# -- time --------------------------------------------------------------------------------------------------------------


def test_since_is_when_status_and_actor_came_to_be() -> None:
    claimed, settled = then("capture", by="red-radio"), then("capture", day=2)
    assert state_of(HELD_BY_BLUE, claimed).since == START + DAY
    assert state_of(HELD_BY_BLUE, claimed, settled).since == START + 2 * DAY
    assert state_of(HELD_BY_BLUE, then("capture"), settled).since == START + DAY
    upgraded = claimed._replace(claims=(*claimed.claims, claim("wire", at=START + 3 * DAY)))
    assert state_of(HELD_BY_BLUE, upgraded).since == START + DAY


@pytest.mark.parametrize("fighting", ["clash", "attempt", "siege"])
def test_fighting_that_is_not_known_to_be_later_does_not_undo_a_capture(fighting: str) -> None:
    capture = evidence(event("capture", START, precision=Precision.DAY))
    for hours, expected in ((10, "red"), (23, "red"), (24, None)):
        fight = event(fighting, START + hours * HOUR, "blue", "red", precision=Precision.MINUTE, id_="f")
        state = state_of(HELD_BY_BLUE, capture, evidence(fight))
        assert (state.status is Status.HELD) == (expected == "red"), hours
    to_the_minute = evidence(event("capture", START, precision=Precision.MINUTE))
    fight = event(fighting, START + MINUTE, "blue", "red", precision=Precision.MINUTE, id_="f")
    assert state_of(HELD_BY_BLUE, to_the_minute, evidence(fight)).status is not Status.HELD


def test_at_one_instant_what_decides_comes_last_whatever_the_ids() -> None:
    kinds = ["attempt", "siege", "clash", "still-held", "handover-agreed", "capture"]
    for ids in ("abcdef", "fedcba"):
        body = [
            evidence(event(kind, START, "blue" if kind == "still-held" else "red", id_=id_))
            for kind, id_ in zip(kinds, ids, strict=True)
        ]
        assert after(*body) == HELD_RED


def test_both_clocks() -> None:
    late = evidence(event("capture", START, id_="late"), claim("wire", at=START + 3 * DAY))
    assert state_of(HELD_BY_BLUE, late, clocks=Clocks(as_of=START - 1)).actor == "blue"
    assert state_of(HELD_BY_BLUE, late, clocks=Clocks(as_of=START)).actor == "red"
    assert state_of(HELD_BY_BLUE, late, clocks=Clocks(known_at=START + 3 * DAY - 1)).actor == "blue"
    assert state_of(HELD_BY_BLUE, late, clocks=Clocks(known_at=START + 3 * DAY)).actor == "red"


def test_a_side_is_what_the_actor_is_part_of_at_the_time() -> None:
    by_guard = evidence(event("capture", START, "red-guard", id_="1"))
    assert state_of(by_guard).actor == "red"
    after_the_split = evidence(event("entered", START + 4 * DAY, "red-guard", "red", id_="2"))
    assert after(by_guard, after_the_split) == (Status.CONTESTED, "red-guard", "red")


# -- what a state rests on ---------------------------------------------------------------------------------------------


def test_a_state_carries_the_weight_of_the_event_that_made_it() -> None:
    state = state_of(HELD_BY_BLUE, evidence(event(), claim("wire"), claim("rumour"), claim("nobody", DENIES)))
    assert (state.n_for, state.n_against, state.grade) == (2, 1, Grade("B", 2))
    assert state.since_precision is Precision.DAY
    assert state.event_ids == ("e1",)


def test_a_state_names_its_maker_and_a_few_others_and_always_what_disputes_it() -> None:
    clashes = [then("clash", day=day) for day in range(1, 20)]
    ids = state_of(*clashes).event_ids
    assert len(ids) == MAX_EVENTS
    assert ids[0] == "clash-1"
    against = evidence(event("still-held", START + 30 * DAY, "green", None, id_="against"))
    disputed = state_of(*clashes, against)
    assert disputed.event_ids == (*ids[:-1], "against")
    assert disputed.disputed


# -- why ---------------------------------------------------------------------------------------------------------------


def test_each_step_says_why() -> None:
    body = (
        HELD_BY_BLUE,
        then("clash", day=1),
        evidence(
            event("capture", START + 2 * DAY, id_="taken"),
            *(claim(source, at=START + 2 * DAY) for source in ("wire", "gazette", "rumour", "nobody")),
            claim("blue-ministry", DENIES, START + 2 * DAY, 3),
        ),
        then("partial-capture", day=3),
        evidence(event("capture", START + 4 * DAY, "green", id_="gone"), claim("wire", RETRACTS, START + 4 * DAY)),
    )
    why = explain(PLACE, reversed(body), CATALOG)
    assert why.state == state_of(*body)
    assert [step.reason for step in why.steps] == [
        "still held: 1 independent source for, B2: held by Blue Side",
        "armed clash: 1 independent source for, B2: contested by Red Side, held before by Blue Side",
        "captured: 4 independent sources for, best B2; 1 against, C3: held by Red Side",
        "partly captured: 1 independent source for, B2: the place is that side's already",
        "captured: 0 independent sources for: left out: nobody stands behind it",
    ]


def test_every_state_can_be_said() -> None:
    said = {describe(ControlState(PLACE, status, "red", "blue", disputed=True), CATALOG) for status in Status}
    assert len(said) == len(Status)
    assert describe(ControlState(PLACE, Status.CLAIMED, "red", "x", date_disputed=True), CATALOG) == (
        "claimed by Red Side, held before by x; date disputed"
    )


# -- the rule as a whole -----------------------------------------------------------------------------------------------


@given(bodies(), st.data())
def test_the_order_of_arrival_never_matters(body: list[Evidence], data: st.DataObject) -> None:
    shuffled = [
        one._replace(claims=tuple(data.draw(st.permutations(one.claims)))) for one in data.draw(st.permutations(body))
    ]
    assert explain(PLACE, shuffled, CATALOG) == explain(PLACE, body, CATALOG)


@given(bodies(), one_evidence(9), instants())
def test_an_event_that_all_take_back_leaves_no_trace(body: list[Evidence], one: Evidence, at: int) -> None:
    sources = {said.source for said in one.claims}
    taken_back = tuple(claim(source, RETRACTS, max(at, START + 9 * DAY)) for source in sorted(sources))
    gone = one._replace(claims=(*one.claims, *taken_back), verdicts=())
    assert control(PLACE, [*body, gone], CATALOG) == control(PLACE, body, CATALOG)


@given(bodies(), instants(), instants())
def test_the_clocks_never_leak_the_future(body: list[Evidence], as_of: int, known_at: int) -> None:
    past = [
        one._replace(
            claims=tuple(said for said in one.claims if said.reported_at <= known_at),
            verdicts=tuple(mark for mark in one.verdicts if mark.recorded_at <= known_at),
        )
        for one in body
        if one.event.occurred_at <= as_of
    ]
    assert control(PLACE, body, CATALOG, Clocks(as_of, known_at)) == control(PLACE, past, CATALOG)


@given(bodies())
def test_steps_lead_from_nothing_to_the_state_one_after_the_other(body: list[Evidence]) -> None:
    why = explain(PLACE, body, CATALOG)
    state = ControlState(PLACE, Status.UNKNOWN)
    for step in why.steps:
        assert step.before == state
        assert step.reason.startswith(KINDS[step.event.kind].label)
        state = step.after
    assert state == why.state == control(PLACE, body, CATALOG)


@given(bodies())
def test_states_make_sense(body: list[Evidence]) -> None:
    for step in explain(PLACE, body, CATALOG).steps:
        state = step.after
        if state.former is not None:
            assert state.status in (Status.CLAIMED, Status.CONTESTED)
            assert state.former != state.actor
        if state.status in (Status.HELD, Status.CLAIMED, Status.NEGOTIATED):
            assert state.actor is not None
        assert len(state.event_ids) <= MAX_EVENTS
        assert state.event_ids or step.before == state
        assert len(set(state.event_ids)) == len(state.event_ids)
