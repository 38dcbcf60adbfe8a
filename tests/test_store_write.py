"""What a store takes in, what it refuses, and what writing again does: for every backend."""

import asyncio
import math
from dataclasses import replace
from typing import Any

import pytest

from model.catalog import Catalog
from model.entities import (
    Actor,
    Claim,
    Event,
    Mark,
    MarkKind,
    Name,
    Place,
    Relation,
    Reliability,
    Report,
    Role,
    Route,
    Situation,
    Source,
    Stance,
    Standing,
    Status,
    Tally,
    TallyClaim,
)
from model.errors import IdUnknown, InputRefused
from model.filters.conditions import KindIn, SourceIn, StandingIn, TextHas
from model.ids import derived_id, new_id
from model.query import EventQuery
from model.times import DAY, FOREVER, HOUR, Precision
from store.base import Draft, Store

AT = 18_850 * DAY


def event(kind: str = "capture", at: int = AT, **more: Any) -> Event:
    more = {"place": "north", "actor": "red", "against": "blue", "summary": "North Town fell"} | more
    return Event(new_id(), kind, at, Precision.DAY, **more)


def claim(of: Event, source: str = "wire", stance: Stance = Stance.ASSERTS, **more: Any) -> Claim:
    return Claim(new_id(), of.id, source, stance, **({"reported_at": of.occurred_at + HOUR, "credibility": 2} | more))


async def found(store: Store, condition: Any) -> set[str]:
    return {row.event.id for row in (await store.page("valley", EventQuery(condition))).rows}


async def held(store: Store, place: str) -> Status:
    return next(state.status for state in await store.control("valley") if state.place == place)


async def test_a_draft_is_one_changeset_and_all_that_follows_from_it_is_there(store: Store, situation: str) -> None:
    fell = event()
    written = await store.write(situation, Draft("typed in", events=(fell,), claims=(claim(fell),)))
    assert written.changeset is not None
    assert (written.new, written.updated, written.unchanged) == (2, 0, 0)
    assert (written.changeset.author, written.changeset.reason, written.changeset.facts) == (
        store.author,
        "typed in",
        3,  # the kind is named for the first time
    )
    file = await store.event(situation, fell.id)
    assert file.row.event == fell
    assert file.row.weight.standing is Standing.REPORTED
    assert file.changeset == written.changeset
    assert await held(store, "north") is Status.HELD
    assert await found(store, TextHas(("fell",))) == {fell.id}


async def test_what_is_there_already_is_unchanged_and_writes_nothing(store: Store, situation: str) -> None:
    fell = event()
    draft = Draft("first", events=(fell,), claims=(claim(fell),), marks=(Mark(new_id(), fell.id, MarkKind.VERIFIED),))
    await store.write(situation, draft)
    head, state = await store.head(situation), await store.state_hash(situation)
    again = await store.write(situation, draft._replace(reason="again", events=(fell._replace(summary="otherwise"),)))
    assert (again.changeset, again.new, again.unchanged) == (None, 0, 3)
    assert (await store.head(situation), await store.state_hash(situation)) == (head, state)
    assert (await store.event(situation, fell.id)).row.event.summary == fell.summary


async def test_an_id_twice_in_a_draft_counts_once(store: Store, situation: str) -> None:
    fell = event()
    said = claim(fell)
    draft = Draft("twice", events=(fell, fell._replace(summary="again")), claims=(said, said, claim(fell, "gazette")))
    written = await store.write(situation, draft)
    assert (written.new, written.unchanged) == (3, 2)
    file = await store.event(situation, fell.id)
    assert (file.row.event.summary, len(file.claims)) == (fell.summary, 2)


async def test_a_claim_on_an_old_event_changes_its_standing_its_index_and_control(store: Store, situation: str) -> None:
    fell = event()
    await store.write(situation, Draft("a", events=(fell,), claims=(claim(fell, "red-radio"),)))
    assert await held(store, "north") is Status.CLAIMED
    more = (claim(fell, quote="The garrison marched out"), claim(fell, "blue-ministry", Stance.CONFIRMS))
    await store.write(situation, Draft("b", claims=more))
    assert await held(store, "north") is Status.HELD
    assert await found(store, StandingIn(frozenset({Standing.CONFIRMED}))) == {fell.id}
    assert await found(store, StandingIn(frozenset({Standing.CLAIMED}))) == set()
    assert await found(store, TextHas(("garrison",))) == {fell.id}
    assert await found(store, SourceIn(frozenset({"blue-ministry"}))) == {fell.id}


async def test_a_thing_becomes_a_next_version_only_where_it_differs(
    store: Store, situation: str, catalog: Catalog
) -> None:
    same = tuple(catalog.places.values())
    written = await store.write(situation, Draft("again", places=same))
    assert (written.changeset, written.unchanged) == (None, len(same))
    renamed = same[0]._replace(name="Northern Town")
    written = await store.write(situation, Draft("rename", places=(renamed, *same[1:])))
    assert (written.new, written.updated, written.unchanged) == (0, 1, len(same) - 1)
    now = await store.catalog(situation)
    assert list(now.places) == list(catalog.places)
    assert now.places["north"] == renamed
    assert now == replace(catalog, places={**catalog.places, "north": renamed})


async def test_a_better_grade_of_a_source_weighs_what_it_said_before(store: Store, situation: str) -> None:
    fell = event()
    denial = claim(fell, "gazette", Stance.DENIES)
    await store.write(situation, Draft("a", events=(fell,), claims=(claim(fell), denial)))
    assert await found(store, StandingIn(frozenset({Standing.REPORTED}))) == {fell.id}
    better = Source("gazette", "The Gazette", reliability=(Reliability("A"),))
    await store.write(situation, Draft("regrade", sources=(better,)))
    assert await found(store, StandingIn(frozenset({Standing.DENIED}))) == {fell.id}
    incremental = await store.state_hash(situation)
    assert await store.rebuild(situation) == incremental


async def test_a_new_relation_of_an_actor_weighs_what_its_voice_said(store: Store, situation: str) -> None:
    fell = event(actor="red-guard")
    await store.write(situation, Draft("a", events=(fell,), claims=(claim(fell, "red-radio"),)))
    assert await held(store, "north") is Status.CLAIMED
    await store.write(situation, Draft("split", actors=(Actor("red-guard", "Red Guard"),)))
    assert await held(store, "north") is Status.HELD
    incremental = await store.state_hash(situation)
    assert await store.rebuild(situation) == incremental


async def test_a_situation_is_created_once_and_then_changed(store: Store) -> None:
    first = Situation("valley", "The Valley", "UTC")
    assert await store.put_situation(first)
    assert not await store.put_situation(first)
    assert await store.put_situation(first._replace(zone="Asia/Kabul", credit="nobody"))
    assert await store.put_situation(Situation("hill", "The Hill", "UTC"))
    assert [(one.id, one.zone) for one in await store.situations()] == [("valley", "Asia/Kabul"), ("hill", "UTC")]
    assert [one.reason for one in await store.changesets("valley")] == [
        "change situation valley",
        "create situation valley",
    ]


async def test_two_situations_share_no_name_and_no_id(store: Store, situation: str, catalog: Catalog) -> None:
    await store.put_situation(Situation("hill", "The Hill", "UTC"))
    fell = event()
    with pytest.raises(IdUnknown, match="names place 'north'"):
        await store.write("hill", Draft("x", events=(fell,)))
    await store.write("hill", Draft("x", places=(Place("north", "Elsewhere"),), actors=tuple(catalog.actors.values())))
    await store.write(situation, Draft("x", events=(fell,)))
    assert (await store.write("hill", Draft("x", events=(fell,)))).new == 1
    assert (await store.catalog("hill")).places["north"].name == "Elsewhere"
    assert (await store.catalog(situation)).places["north"].name == "North Town"


async def test_recorded_at_runs_forward_when_the_clock_steps_back(
    store: Store, situation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fell = event()
    for now in (AT + 9 * 10**15, AT, AT - DAY, AT + 8 * 10**15):
        monkeypatch.setattr("model.times.now", lambda now=now: now)
        draft = Draft("x", marks=(Mark(new_id(), fell.id, MarkKind.NOTE, value=str(now)),))
        await store.write(situation, draft._replace(events=(fell,)))
    instants = [one.recorded_at for one in await store.changesets(situation)]
    assert instants == sorted(set(instants), reverse=True)
    marks = (await store.event(situation, fell.id)).marks
    assert [mark.recorded_at for mark in marks] == instants[:4][::-1]


async def test_marks_carry_who_and_when_whatever_the_caller_says(store: Store, situation: str) -> None:
    fell = event()
    forged = Mark(new_id(), fell.id, MarkKind.NOTE, value="mine", author="somebody", recorded_at=1)
    written = await store.write(situation, Draft("x", events=(fell,), claims=(claim(fell),), marks=(forged,)))
    assert written.changeset is not None
    (mark,) = (await store.event(situation, fell.id)).marks
    assert (mark.author, mark.recorded_at) == (store.author, written.changeset.recorded_at)


async def test_reading_what_is_read_changes_nothing(store: Store, colleague: Store, situation: str) -> None:
    fell = event()
    await store.write(situation, Draft("x", events=(fell,)))

    async def mark(who: Store, kind: MarkKind, *, on: bool = True, value: str = "") -> tuple[int, int]:
        written = await who.write(situation, Draft("m", marks=(Mark(new_id(), fell.id, kind, on, value),)))
        return written.new, written.unchanged

    assert await mark(store, MarkKind.READ) == (1, 0)
    assert await mark(store, MarkKind.READ) == (0, 1)
    assert await mark(colleague, MarkKind.READ) == (1, 0)
    assert await mark(store, MarkKind.STAR, on=False) == (0, 1)
    assert await mark(store, MarkKind.TAG, value="fuel") == (1, 0)
    assert await mark(store, MarkKind.TAG, value="roads") == (1, 0)
    assert await mark(store, MarkKind.TAG, value="fuel", on=False) == (1, 0)
    assert (await store.event(situation, fell.id)).row.tags == ("roads",)
    twice = tuple(Mark(new_id(), fell.id, MarkKind.STAR) for _ in range(2))
    assert (await store.write(situation, Draft("s", marks=twice))).unchanged == 1


async def test_a_verdict_outweighs_what_sources_say(store: Store, colleague: Store, situation: str) -> None:
    fell = event()
    await store.write(situation, Draft("x", events=(fell,), claims=(claim(fell),)))
    await colleague.write(situation, Draft("no", marks=(Mark(new_id(), fell.id, MarkKind.REJECTED),)))
    assert await held(store, "north") is Status.UNKNOWN
    assert await found(store, StandingIn(frozenset({Standing.REJECTED}))) == {fell.id}
    await store.write(situation, Draft("yes", marks=(Mark(new_id(), fell.id, MarkKind.VERIFIED),)))
    assert await held(store, "north") is Status.HELD
    assert (await store.event(situation, fell.id)).row.verdict is MarkKind.VERIFIED


async def test_a_batch_is_named_by_its_first_changeset(store: Store, situation: str) -> None:
    first = await store.write(situation, Draft("load", events=(event(),)))
    assert first.changeset is not None
    second = await store.write(situation, Draft("load", events=(event(),), batch=first.changeset.id))
    assert second.changeset is not None
    third = await store.write(situation, Draft("load", events=(event(),), batch=second.changeset.id))
    assert third.changeset is not None
    assert (second.changeset.batch, third.changeset.batch) == (first.changeset.id, first.changeset.id)
    with pytest.raises(IdUnknown, match="no changeset"):
        await store.write(situation, Draft("load", events=(event(),), batch=new_id()))


HOSTILE = "a\x1b[31mb\u202ec\ue000d\x00e\udc80f"
CLEAN = "a\u241b[31mbc\ufffdd\u2400e\ufffdf"


async def test_every_text_is_cleaned(store: Store, situation: str, catalog: Catalog) -> None:
    names = (Name(HOSTILE, HOSTILE),)
    report = Report(new_id(), "wire", HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    fell = event(summary=HOSTILE)
    said = claim(fell, attribution=HOSTILE, quote=HOSTILE, url=HOSTILE, report=report.id)
    count = TallyClaim(new_id(), "towns", "wire", 1, 3, AT, Precision.DAY, AT, HOSTILE, HOSTILE)
    draft = Draft(
        HOSTILE,
        places=(Place("p", HOSTILE, names, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE),),
        routes=(Route("r", HOSTILE, ("p",), names, HOSTILE),),
        actors=(Actor("a", HOSTILE, names, HOSTILE, (Role(HOSTILE, HOSTILE),), note=HOSTILE),),
        sources=(Source("s", HOSTILE, names, HOSTILE),),
        tallies=(Tally("t", HOSTILE, "a", ("p",)),),
        reports=(report,),
        events=(fell,),
        claims=(said,),
        tally_claims=(count,),
        marks=(Mark(new_id(), fell.id, MarkKind.NOTE, value=HOSTILE),),
    )
    written = await store.write(situation, draft)
    await store.put_situation(catalog.situation._replace(name=HOSTILE, summary=HOSTILE, credit=HOSTILE))
    stored = (
        written.changeset,
        await store.catalog(situation),
        await store.situations(),
        await store.event(situation, fell.id),
        await store.tally_claims(situation),
        await store.changesets(situation),
    )
    text = repr(stored)
    assert repr(CLEAN)[1:-1] in text
    for part in ("\\x1b", "\\u202e", "\\ue000", "\\x00", "\\udc80"):
        assert part not in text


async def test_texts_that_are_no_plain_strings_are_stored_as_such(store: Store, situation: str) -> None:
    class Styled(str):
        __slots__ = ()

        def __repr__(self) -> str:
            return "styled"

    fell = event(summary=Styled("North Town fell"))
    await store.write(situation, Draft("x", events=(fell,)))
    assert (await store.verify(situation)).problem == ""


place, source_, actor_ = Place("p", "P"), Source("s", "S"), Actor("a", "A")
fell_ = event()._replace(id=derived_id(0, "fell"))  # the same one in every process that collects tests
said_ = claim(fell_)._replace(id=derived_id(0, "said"))
count_ = TallyClaim(new_id(), "towns", "wire", 1, 3, AT, Precision.DAY, AT)
day_after_all = 253_402_300_800 * 1_000_000


@pytest.mark.parametrize(
    "draft",
    [
        Draft("x", places=(place._replace(longitude=181.0, latitude=0.0),)),
        Draft("x", places=(place._replace(longitude=0.0, latitude=-90.5),)),
        Draft("x", places=(place._replace(longitude=math.nan, latitude=0.0),)),
        Draft("x", places=(place._replace(longitude=10.0),)),
        Draft("x", places=(place._replace(population=-1),)),
        Draft("x", places=(place._replace(id=""),)),
        Draft("x", places=(place._replace(id="a\nb"),)),
        Draft("x", places=(place._replace(name=" "),)),
        Draft("x", routes=(Route("r", "R", ()),)),
        Draft("x", sources=(source_._replace(reliability=(Reliability("G"),)),)),
        Draft("x", sources=(source_._replace(reliability=(Reliability("A", AT, AT),)),)),
        Draft("x", actors=(actor_._replace(relations=(Relation("likes", "red"),)),)),
        Draft("x", actors=(actor_._replace(roles=(Role("leader", "?", valid_from=FOREVER),)),)),
        Draft("x", events=(fell_._replace(id="42"),)),
        Draft("x", events=(fell_._replace(id=fell_.id.upper()),)),
        Draft("x", events=(fell_._replace(occurred_at=day_after_all),)),
        Draft("x", events=(fell_._replace(occurred_at=1.5),)),  # type: ignore[arg-type]
        Draft("x", events=(fell_._replace(precision="soon"),)),  # type: ignore[arg-type]
        Draft("x", events=(fell_._replace(kind="party"),)),
        Draft("x", events=(fell_,), claims=(said_._replace(credibility=0),)),
        Draft("x", events=(fell_,), claims=(said_._replace(credibility=7),)),
        Draft("x", events=(fell_,), claims=(said_._replace(credibility=2.0),)),  # type: ignore[arg-type]
        Draft("x", events=(fell_,), claims=(said_._replace(quote_start=-1),)),
        Draft("x", events=(fell_,), claims=(said_._replace(reported_at=-day_after_all),)),
        Draft("x", events=(fell_,), claims=(said_._replace(stance="mutters"),)),  # type: ignore[arg-type]
        Draft("x", tally_claims=(count_._replace(count=-1),)),
        Draft("x", tally_claims=(count_._replace(of=2**63),)),
        Draft("x", reports=(Report(new_id(), "wire", sha256="beef"),)),
        Draft("x", events=(fell_,), marks=(Mark(new_id(), fell_.id, MarkKind.READ, value="x"),)),
        Draft("x", events=(fell_,), marks=(Mark(new_id(), fell_.id, MarkKind.TAG),)),
        Draft("x", events=(fell_,), marks=(Mark(new_id(), fell_.id, MarkKind.DUPLICATE, value=fell_.id),)),
    ],
)
async def test_a_value_out_of_bounds_refuses_the_whole_draft(store: Store, situation: str, draft: Draft) -> None:
    head, state = await store.head(situation), await store.state_hash(situation)
    with pytest.raises(InputRefused) as refused:
        await store.write(situation, draft._replace(actors=(Actor("extra", "Extra"), *draft.actors)))
    assert not isinstance(refused.value, IdUnknown) or "party" in str(refused.value)
    assert "\n" not in str(refused.value)
    assert (await store.head(situation), await store.state_hash(situation)) == (head, state)


@pytest.mark.parametrize(
    ("draft", "missing"),
    [
        (Draft("x", events=(fell_._replace(place="east"),)), "place 'east'"),
        (Draft("x", events=(fell_._replace(actor="green"),)), "actor 'green'"),
        (Draft("x", events=(fell_._replace(against="green"),)), "actor 'green'"),
        (Draft("x", events=(fell_._replace(route="lane"),)), "route 'lane'"),
        (Draft("x", events=(fell_,), claims=(said_._replace(source="tabloid"),)), "source 'tabloid'"),
        (Draft("x", claims=(said_,)), f"event {fell_.id!r}"),
        (Draft("x", events=(fell_,), claims=(said_._replace(report=said_.id),)), f"report {said_.id!r}"),
        (Draft("x", marks=(Mark(new_id(), "east", MarkKind.STAR),)), "event 'east'"),
        (Draft("x", events=(fell_,), marks=(Mark(new_id(), fell_.id, MarkKind.DUPLICATE, value="x"),)), "event 'x'"),
        (Draft("x", tally_claims=(count_._replace(tally="hills"),)), "tally 'hills'"),
        (Draft("x", reports=(Report(new_id(), "tabloid"),)), "source 'tabloid'"),
        (Draft("x", places=(place._replace(parent="east"),)), "place 'east'"),
        (Draft("x", routes=(Route("r", "R", ("north", "east")),)), "place 'east'"),
        (Draft("x", actors=(actor_._replace(relations=(Relation("part-of", "green"),)),)), "actor 'green'"),
        (Draft("x", sources=(source_._replace(speaks_for="green"),)), "actor 'green'"),
        (Draft("x", sources=(source_._replace(copies="tabloid"),)), "source 'tabloid'"),
        (Draft("x", tallies=(Tally("t", "T", "green", ("north",)),)), "actor 'green'"),
    ],
)
async def test_what_names_nothing_is_refused_by_its_name(
    store: Store, situation: str, draft: Draft, missing: str
) -> None:
    head = await store.head(situation)
    with pytest.raises(IdUnknown, match=missing):
        await store.write(situation, draft._replace(actors=(Actor("extra", "Extra"), *draft.actors)))
    assert await store.head(situation) == head
    assert "extra" not in (await store.catalog(situation)).actors


@pytest.mark.parametrize(
    "wrong",
    [
        Situation("The Valley", "x", "UTC"),
        Situation("", "x", "UTC"),
        Situation("v", "x", "Moon/Base"),
        Situation("v", "", "UTC"),
        Situation("v", "x", "UTC", begins=AT, ends=AT - 1),
        Situation("v", "x", "UTC", begins=day_after_all),
    ],
)
async def test_a_situation_that_cannot_be_is_refused(store: Store, wrong: Situation) -> None:
    with pytest.raises(InputRefused):
        await store.put_situation(wrong)
    assert await store.situations() == ()


async def test_an_unknown_situation_is_named(store: Store) -> None:
    with pytest.raises(IdUnknown, match="'nowhere'"):
        await store.write("nowhere", Draft("x"))


async def test_the_first_and_the_last_instant_of_the_calendar_can_be_stored(store: Store, situation: str) -> None:
    events = (event(at=-62_135_596_800_000_000), event(at=day_after_all - 1))
    claims = tuple(claim(one, reported_at=one.occurred_at) for one in events)
    await store.write(situation, Draft("x", events=events, claims=claims))
    assert await found(store, KindIn(frozenset({"capture"}))) == {one.id for one in events}
    incremental = await store.state_hash(situation)
    assert await store.rebuild(situation) == incremental


def many(number: int, start: int) -> Draft:
    events = tuple(event(at=AT + (start + index) * HOUR) for index in range(number))
    return Draft("load", events=events, claims=tuple(claim(one) for one in events))


async def test_a_write_that_fails_half_way_leaves_nothing_not_even_a_name(
    store: Store, situation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    head, state = await store.head(situation), await store.state_hash(situation)
    fell = event(place="east")
    draft = Draft("x", places=(Place("east", "East"),), events=(fell,), claims=(claim(fell),))

    async def fail(*_arguments: object, **_named: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("store.sqlite.write.derive", fail)
        with pytest.raises(RuntimeError):
            await store.write(situation, draft)
    assert (await store.head(situation), await store.state_hash(situation)) == (head, state)
    assert "east" not in (await store.catalog(situation)).places
    await store.write(situation, Draft("y", places=(Place("west", "West"),)))
    assert (await store.write(situation, draft)).new == 3
    assert list((await store.catalog(situation)).places)[-2:] == ["west", "east"]
    assert (await store.event(situation, fell.id)).row.event.place == "east"
    assert (await store.verify(situation)).problem == ""


@pytest.mark.parametrize("patience", [0, 1, 3, 6, 10, 20, 40])
async def test_a_cancelled_write_is_done_whole_or_not_at_all(store: Store, situation: str, patience: int) -> None:
    head = await store.head(situation)
    draft = many(1_200, 0)
    writing = asyncio.ensure_future(store.write(situation, draft))
    for _ in range(patience):
        await asyncio.sleep(0.001)
    writing.cancel()
    done, _ = await asyncio.wait({writing})
    is_there = await store.head(situation) != head
    assert is_there or done.pop().cancelled()
    assert (await store.count(situation, EventQuery(), cap=None)).number == (1_200 if is_there else 0)
    again = await store.write(situation, draft)
    assert (again.new, again.unchanged) == ((0, 2_400) if is_there else (2_400, 0))
    assert (await store.verify(situation)).problem == ""


async def test_a_load_that_was_broken_off_is_completed_without_duplicates(store: Store, situation: str) -> None:
    drafts = [many(80, part * 80) for part in range(4)]
    for draft in drafts[:2]:
        await store.write(situation, draft)
    counted = [(await store.write(situation, draft)) for draft in drafts]
    assert [(written.new, written.unchanged) for written in counted] == [(0, 160), (0, 160), (160, 0), (160, 0)]
    assert (await store.count(situation, EventQuery())).number == 320


async def test_old_and_new_ids_are_told_apart_in_one_draft(store: Store, situation: str) -> None:
    draft = many(150, 0)
    half = draft._replace(events=draft.events[::2], claims=draft.claims[::2])
    await store.write(situation, half)
    written = await store.write(situation, draft)
    assert (written.new, written.unchanged) == (150, 150)
    assert (await store.count(situation, EventQuery())).number == 150
