"""Proposals before a decision: what they may repeat, what accepting them changes, how they are corrected."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.acceptance import accept, event_of
from model.catalog import Catalog
from model.control import control, explain
from model.editing import COUNT_FIELDS, EVENT_FIELDS, add_place, edit, shown
from model.entities import Claim, ControlState, Event, Place, Report, Stance, Status
from model.errors import InputRefused, NameUnknown
from model.ids import new_id
from model.kinds import KINDS
from model.preview import describe, preview
from model.proposals import COUNT, DecisionKind, Proposal, ProposedClaim
from model.query import Clocks
from model.similarity import MIN_SCORE, similar_events, text_overlap
from model.standing import Evidence
from model.times import DAY, FOREVER, Precision, parse_time

AT, _ = parse_time("2021-08-12", "Europe/Berlin")
REPORT = Report(new_id(), "wire", text="Red Side has taken North Town.", url="https://wire.example", published_at=AT)
SAID = ProposedClaim(Stance.ASSERTS, 2, "an officer", quote="Red Side has taken North Town.", quote_start=3)
PROPOSAL = Proposal(
    *(new_id(), REPORT.id, "capture", AT, Precision.DAY, "Red Side took North Town", (SAID,)),
    place="north",
    place_name="North Town",
    actor="red",
    against="blue",
)


def an_event(kind: str = "capture", place: str | None = "north", at: int = AT, actor: str | None = "red") -> Event:
    return Event(new_id(), kind, at, Precision.DAY, "said before", place, actor, "blue")


def evidence(event: Event, source: str = "gazette") -> Evidence:
    return Evidence(event, (Claim(new_id(), event.id, source, Stance.ASSERTS, event.occurred_at),))


def test_same_event_is_likelier_than_one_a_day_apart_or_of_another_kind(catalog: Catalog) -> None:
    same, later, kin = an_event(), an_event(at=AT + DAY), an_event("handover")
    found = similar_events(PROPOSAL, [kin, later, same], catalog)
    assert [one.event for one in found] == [same, later, kin]
    assert found[0].score == 100
    assert found[0].reasons == ("same place", "same kind", "same side", "against the same", "same day")


@pytest.mark.parametrize(
    "other",
    [
        an_event(place="south"),
        an_event("arrest"),
        an_event("clash"),
        an_event(at=AT + 4 * DAY),
        an_event(place=None),
    ],
)
def test_other_place_group_or_week_is_no_likeness(catalog: Catalog, other: Event) -> None:
    assert similar_events(PROPOSAL, [other], catalog) == ()


def test_part_of_a_place_and_of_a_side_are_like_the_whole(catalog: Catalog) -> None:
    (found,) = similar_events(
        PROPOSAL._replace(place="south"), [an_event(place="airfield", actor="red-guard")], catalog
    )
    assert "a part of the place" in found.reasons
    assert "same side" in found.reasons


@given(
    kind=st.sampled_from(sorted(KINDS)),
    place=st.sampled_from(["north", "middle", "airfield", None]),
    actor=st.sampled_from(["red", "red-guard", "blue", None]),
    days=st.integers(-5, 5),
)
def test_score_is_a_percentage_and_has_reasons(
    catalog: Catalog, kind: str, place: str | None, actor: str | None, days: int
) -> None:
    for one in similar_events(PROPOSAL, [an_event(kind, place, AT + days * DAY, actor)], catalog):
        assert MIN_SCORE <= one.score <= 100
        assert one.reasons


def test_copies_are_told_by_their_words() -> None:
    wire = "Fighters of the Red Side have taken North Town after two days of heavy fighting, officials said."
    assert text_overlap(wire, f"{wire} More soon.") == 1
    assert text_overlap(wire, wire.replace("officials", "witnesses")) > 0.6
    assert text_overlap(wire, "The mayor of Middle Town has opened a new bridge over the river this morning.") == 0
    assert text_overlap(wire, "") == 0


def test_accepted_event_has_the_claims_with_their_quotes_and_the_reports_source(catalog: Catalog) -> None:
    denied = SAID._replace(stance=Stance.DENIES, source="blue-ministry")
    accepted = accept(PROPOSAL._replace(claims=(SAID, denied)), REPORT, catalog, recorded_at=0)
    (event,) = accepted.events
    assert event[1:] == ("capture", AT, Precision.DAY, PROPOSAL.summary, "north", "red", "blue", None)
    assert [(one.source, one.stance) for one in accepted.claims] == [
        ("wire", Stance.ASSERTS),
        ("blue-ministry", Stance.DENIES),
    ]
    first = accepted.claims[0]
    assert (first.quote, first.quote_start, first.report, first.url) == (SAID.quote, 3, REPORT.id, REPORT.url)
    assert (first.reported_at, first.reported_precision, first.credibility) == (AT, Precision.DAY, 2)
    assert (accepted.decision.kind, accepted.decision.became) == (DecisionKind.ACCEPTED, event.id)


def test_claim_on_an_event_of_another_day_says_its_own_day(catalog: Catalog) -> None:
    event = an_event(at=AT - DAY)
    accepted = accept(PROPOSAL, REPORT, catalog, recorded_at=0, event=event)
    assert accepted.events == ()
    assert (accepted.claims[0].event, accepted.claims[0].occurred_at) == (event.id, AT)
    same = accept(PROPOSAL, REPORT, catalog, recorded_at=0, event=an_event())
    assert same.claims[0].occurred_at is None


def test_count_becomes_a_tallys_claim_or_says_that_nothing_counts_so(catalog: Catalog) -> None:
    count = PROPOSAL._replace(kind=COUNT, place=None, place_name="", tally="towns", number=2, of=3)
    (claim,) = accept(count, REPORT, catalog, recorded_at=0).tally_claims
    assert (claim.tally, claim.count, claim.of, claim.attribution) == ("towns", 2, 3, "an officer")
    with pytest.raises(InputRefused, match="count of nothing"):
        accept(count._replace(tally=None), REPORT, catalog, recorded_at=0)
    with pytest.raises(InputRefused, match="cannot be a claim"):
        accept(count, REPORT, catalog, recorded_at=0, event=an_event())


def test_place_that_the_situation_lacks_is_to_be_edited_first() -> None:
    with pytest.raises(InputRefused, match="no place 'Elsewhere'"):
        event_of(PROPOSAL._replace(place=None, place_name="Elsewhere"))
    assert event_of(PROPOSAL._replace(place=None, place_name="")).place is None


EVIDENCE = st.lists(
    st.builds(
        lambda kind, days, actor, source: evidence(an_event(kind, "north", AT + days * DAY, actor), source),
        st.sampled_from(["capture", "clash", "still-held", "withdrawal", "handover-agreed", "siege", "arrest"]),
        st.integers(-3, 3),
        st.sampled_from(["red", "blue"]),
        st.sampled_from(["wire", "gazette", "red-radio", "blue-ministry"]),
    ),
    max_size=6,
)


@given(known=EVIDENCE, new=EVIDENCE.filter(bool))
def test_what_is_foreseen_is_what_the_rule_says_once_it_is_accepted(
    catalog: Catalog, known: list[Evidence], new: list[Evidence]
) -> None:
    one, instant = new[0], AT + 2 * DAY
    clocks = Clocks(as_of=instant)
    why = explain("north", known, catalog, clocks)
    found = preview(why, one, [why.state], catalog, instant)
    if found is None:
        assert one.event.kind == "arrest"
        return
    assert found.before == why.state
    assert found.after == control("north", [*known, one], catalog, clocks)


def test_more_said_of_an_event_stands_in_the_stead_of_what_was_said(catalog: Catalog) -> None:
    event = an_event()
    claimed = evidence(event, "red-radio")
    why = explain("north", [claimed], catalog)
    assert why.state.status is Status.CLAIMED
    more = Claim(new_id(), event.id, "wire", Stance.ASSERTS, AT)
    found = preview(why, Evidence(event, (*claimed.claims, more)), [why.state], catalog, FOREVER)
    assert found
    assert (found.after.status, found.after.actor) == (Status.HELD, "red")


def test_foresight_says_place_and_tally_in_one_line(catalog: Catalog) -> None:
    held = [evidence(an_event("still-held", "north", AT - 9 * DAY, "blue"))]
    why = explain("north", held, catalog)
    states = [why.state, ControlState("south", Status.HELD, "red")]
    found = preview(why, evidence(an_event()), states, catalog, FOREVER)
    assert found
    assert describe(found, catalog) == "North Town  H Blue Side → H Red Side   tally 1 → 2 of 3"
    again = preview(explain("north", [evidence(an_event())], catalog), evidence(an_event()), [], catalog, FOREVER)
    assert again
    assert describe(again, catalog) == "North Town  H Red Side: bears it out"


@pytest.mark.parametrize(
    ("field", "text", "is_now"),
    [
        ("kind", "handover", "handover"),
        ("kind", "handed over", "handover"),
        ("place", "Nordstadt", "North Town"),
        ("place", "", ""),
        ("actor", "the reds", "Red Side"),
        ("against", "", ""),
        ("route", "road", "The Road"),
        ("when", "2021-08-13 evening", "2021-08-13 evening"),
        ("summary", "one\nline", "one line"),
        ("credibility", "5", "5"),
        ("source", "gazette", "The Gazette"),
        ("stance", "denies", "denies"),
        ("attribution", "an  officer", "an officer"),
    ],
)
def test_field_is_edited_as_it_is_typed(catalog: Catalog, field: str, text: str, is_now: str) -> None:
    edited = edit(PROPOSAL, field, text, catalog)
    assert edited.places == ()
    assert shown(edited.proposal, field, catalog) == is_now


def test_a_summary_that_was_composed_says_the_corrected_name_and_a_sentence_of_the_report_stays(
    catalog: Catalog,
) -> None:
    composed = PROPOSAL._replace(summary="The Reds took Nordstadt", place_name="Nordstadt", actor_name="The Reds")
    told = edit(composed, "place", "middle", catalog).proposal
    assert told.summary == "The Reds took Middle Town"
    assert edit(told, "actor", "blue", catalog).proposal.summary == "Blue Side took Middle Town"
    assert edit(told, "place", "", catalog).proposal.summary == "The Reds took Middle Town"
    assert add_place(told, "New Town", catalog).proposal.summary == "The Reds took New Town"
    for summary in (SAID.quote, f"{SAID.quote[:20]} …"):
        quoted = PROPOSAL._replace(summary=summary, place_name="North Town")
        assert edit(quoted, "place", "middle", catalog).proposal.summary == summary


def test_a_wrong_kind_is_refused_with_the_nearest(catalog: Catalog) -> None:
    with pytest.raises(InputRefused, match="called 'captur'; nearest: capture"):
        edit(PROPOSAL, "kind", "captur", catalog)


def test_one_claim_is_corrected_alone_and_all_of_them_at_once(catalog: Catalog) -> None:
    two = PROPOSAL._replace(claims=(PROPOSAL.claims[0], PROPOSAL.claims[0]._replace(quote="another")))
    one = edit(two, "stance", "denies", catalog, 1).proposal
    assert [claim.stance for claim in one.claims] == [two.claims[0].stance, Stance.DENIES]
    assert [shown(one, "stance", catalog, claim) for claim in (0, 1, None)] == [two.claims[0].stance, "denies", ""]
    both = edit(one, "attribution", "a spokesman", catalog).proposal
    assert {claim.attribution for claim in both.claims} == {"a spokesman"}
    for text, claim in (("deny", 0), ("denies", 2), ("denies", -1), ("", None)):
        with pytest.raises(InputRefused):
            edit(two, "stance", text, catalog, claim)


@pytest.mark.parametrize("field", EVENT_FIELDS)
def test_what_a_field_shows_is_what_it_takes(catalog: Catalog, field: str) -> None:
    assert edit(PROPOSAL, field, shown(PROPOSAL, field, catalog), catalog).proposal == PROPOSAL


@pytest.mark.parametrize("field", COUNT_FIELDS)
def test_what_a_counts_field_shows_is_what_it_takes(catalog: Catalog, field: str) -> None:
    count = PROPOSAL._replace(kind=COUNT, place=None, tally="towns", number=2, of=3)
    assert edit(count, field, shown(count, field, catalog), catalog).proposal == count


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("kind", "conquest"),
        ("place", "Elsewhere"),
        ("place", "#2"),
        ("actor", "green"),
        ("route", "path"),
        ("when", "soon"),
        ("summary", " "),
        ("credibility", "7"),
        ("source", "nobody"),
        ("colour", "red"),
        ("count", "3"),
    ],
)
def test_what_a_field_cannot_be_is_refused(catalog: Catalog, field: str, text: str) -> None:
    with pytest.raises(InputRefused):
        edit(PROPOSAL, field, text, catalog)


def test_candidate_is_added_by_its_number_and_a_new_place_by_its_name(catalog: Catalog) -> None:
    far = Place("far-1", "Far", longitude=1.0, latitude=2.0)
    proposal = PROPOSAL._replace(place=None, place_name="Far", candidates=(far,))
    edited = edit(proposal, "place", "#1", catalog)
    assert (edited.proposal.place, edited.places) == ("far-1", (far,))
    added = add_place(proposal, "New Town", catalog)
    assert (added.proposal.place, added.places) == ("new-town", (Place("new-town", "New Town"),))
    with pytest.raises(InputRefused):
        add_place(proposal, "north", catalog)
    with pytest.raises(NameUnknown):
        edit(proposal, "place", "Far", catalog)
