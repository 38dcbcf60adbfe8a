"""Control at every pair of clocks: the spans are the rule, the fewest, and the same however they came about."""

from collections.abc import Iterable, Sequence
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from model.control import control
from model.entities import Claim, ControlState, Mark, Stance, Status
from model.query import Clocks
from model.spans import Span, extend, timeline
from model.standing import Evidence
from model.times import DAY, EARLIEST, FOREVER
from tests.control_world import CATALOG, PLACE, START, bodies, claim, event, evidence, verdicts

Spans = tuple[Span, ...]


def spans_of(body: Iterable[Evidence]) -> Spans:
    return timeline(PLACE, body, CATALOG)


def instants_of(body: Iterable[Evidence]) -> list[int]:
    """Return every instant at which something happened or became known, and the ends of time."""
    found = {EARLIEST, START - 1, FOREVER - 1}
    for one in body:
        found.add(one.event.occurred_at)
        found |= {said.reported_at for said in one.claims} | {mark.recorded_at for mark in one.verdicts}
    return sorted(found)


def after(spans: Spans, change: tuple[Spans, Spans]) -> Spans:
    """Return the spans that a store has after it put and dropped what it was told to."""
    put, drop = change
    kept = {span.key: span for span in spans}
    for span in drop:
        assert kept.pop(span.key) == span
    for span in put:
        assert kept.get(span.key) != span, "what stays as it is is not written again"
        kept[span.key] = span
    return tuple(span for _, span in sorted(kept.items()))


def facts_of(one: Evidence | None) -> set[tuple[int, Claim | Mark]]:
    if one is None:
        return set()
    return {(said.reported_at, said) for said in one.claims} | {(mark.recorded_at, mark) for mark in one.verdicts}


def change(before: Sequence[Evidence], now: Sequence[Evidence], spans: Spans) -> tuple[Spans, Spans]:
    """Extend a timeline from one body of evidence to another as a store does: with no more than it must look at."""
    old = {one.event.id: one for one in before}
    new = {one.event.id: one for one in now}
    touched = [id_ for id_ in old.keys() | new.keys() if facts_of(old.get(id_)) != facts_of(new.get(id_))]
    if not touched:
        return (), ()
    occurred_from = min((old.get(id_) or new[id_]).event.occurred_at for id_ in touched)
    known_after = min(at for id_ in touched for at, _ in facts_of(old.get(id_)) ^ facts_of(new.get(id_))) - 1
    return extend(
        PLACE,
        [span for span in spans if span.occurred_to >= occurred_from and span.known_to > known_after],
        [one for one in now if one.event.occurred_at >= occurred_from],
        CATALOG,
        occurred_from=occurred_from,
        known_after=known_after,
    )


@given(bodies(5))
def test_at_every_pair_of_clocks_one_span_says_what_the_rule_says(body: list[Evidence]) -> None:
    spans = spans_of(body)
    instants = instants_of(body)
    for known_at in instants:
        for as_of in instants:
            there = [
                span.state
                for span in spans
                if span.occurred_from <= as_of < span.occurred_to and span.known_from <= known_at < span.known_to
            ]
            assert there == [control(PLACE, body, CATALOG, Clocks(as_of, known_at))]


@given(bodies())
def test_no_two_spans_could_be_one(body: list[Evidence]) -> None:
    spans = spans_of(body)
    assert len({span.key for span in spans}) == len(spans)
    assert all(span.occurred_from < span.occurred_to and span.known_from < span.known_to for span in spans)
    for one, other in permutations(spans, 2):
        if one.state != other.state:
            continue
        same_known = (one.known_from, one.known_to) == (other.known_from, other.known_to)
        same_occurred = (one.occurred_from, one.occurred_to) == (other.occurred_from, other.occurred_to)
        assert not (same_known and one.occurred_to == other.occurred_from)
        assert not (same_occurred and one.known_to == other.known_from)


@given(bodies(), st.data())
def test_the_order_of_arrival_never_matters(body: list[Evidence], data: st.DataObject) -> None:
    spans = spans_of(body)
    assert spans_of(data.draw(st.permutations(body))) == spans
    arrived: list[Evidence] = []
    piecemeal: Spans = spans_of(())
    for one in data.draw(st.permutations(body)):
        piecemeal = after(piecemeal, change(arrived, [*arrived, one], piecemeal))
        arrived.append(one)
    assert piecemeal == spans


@given(bodies(5), st.data())
@settings(max_examples=200)
def test_any_change_of_facts_is_an_extension_and_undoing_it_the_exact_inverse(
    body: list[Evidence], data: st.DataObject
) -> None:
    changed: list[Evidence] = []
    for one in body:
        what = data.draw(st.sampled_from(["kept", "kept", "gone", "fewer claims", "other verdicts"]))
        if what == "fewer claims":
            changed.append(one._replace(claims=one.claims[: data.draw(st.integers(1, len(one.claims)))]))
        elif what == "other verdicts":
            changed.append(one._replace(verdicts=data.draw(verdicts())))
        elif what == "kept":
            changed.append(one)
    spans, others = spans_of(body), spans_of(changed)
    assert after(spans, change(body, changed, spans)) == others
    assert after(others, change(changed, body, others)) == spans


@given(bodies(4))
def test_spans_beside_the_matter_do_no_harm(body: list[Evidence]) -> None:
    spans = spans_of(body)
    again = extend(PLACE, spans, body[:0], CATALOG, occurred_from=FOREVER - 1, known_after=FOREVER - 2)
    assert again == ((), ())
    everything = extend(PLACE, spans, body, CATALOG, occurred_from=START, known_after=START - 1)
    assert everything == ((), ())


def test_a_place_of_which_nothing_was_ever_reported_has_one_span() -> None:
    assert spans_of(()) == (Span(ControlState(PLACE, Status.UNKNOWN), EARLIEST, FOREVER, EARLIEST, FOREVER),)


def test_a_late_report_and_a_retraction_in_spans() -> None:
    taken = evidence(
        event("capture", START),
        claim("wire", at=START + DAY),
        claim("wire", Stance.RETRACTS, START + 2 * DAY),
    )
    assert [(span.state.status, *span.key, span.occurred_to, span.known_to) for span in spans_of([taken])] == [
        (Status.UNKNOWN, EARLIEST, EARLIEST, FOREVER, START + DAY),
        (Status.UNKNOWN, EARLIEST, START + DAY, START, START + 2 * DAY),
        (Status.UNKNOWN, EARLIEST, START + 2 * DAY, FOREVER, FOREVER),
        (Status.HELD, START, START + DAY, FOREVER, START + 2 * DAY),
    ]


def test_an_event_that_arrives_in_order_changes_only_the_end() -> None:
    body = [
        evidence(event("capture", START + day * DAY, "red" if day % 2 else "blue", id_=f"e{day}")) for day in range(30)
    ]
    spans = spans_of(body[:-1])
    put, drop = change(body[:-1], body, spans)
    assert (len(put), drop) == (3, ())
    assert after(spans, (put, drop)) == spans_of(body)


def test_evidence_of_other_places_and_of_no_bearing_is_passed_over() -> None:
    elsewhere = evidence(event(id_="x")._replace(place="elsewhere"))
    arrest = evidence(event("arrest", id_="y"))
    assert spans_of([elsewhere, arrest, evidence(event())]) == spans_of([evidence(event())])
