"""The event log as everybody reads it: pages that hold still, counts, single events, ids from their last digits."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.catalog import Catalog
from model.entities import Claim, Event, Mark, MarkKind, Place, Report, Situation, Source, Stance, Standing
from model.errors import IdUnknown, InputRefused
from model.filters.bind import compile_filter
from model.filters.conditions import AllOf, AnyOf, Condition, IdEnds, NotThat, PlaceIn, TextHas
from model.ids import derived_id
from model.query import Clocks, Count, Cursor, EventQuery, EventRow, Order
from model.times import DAY, HOUR, Precision
from store.base import Draft, Store
from store.sqlite import pages, scan
from tests.store_world import START, World


def event_on(day: int, summary: str = "fighting", place: str = "north") -> Event:
    at = START + day * DAY
    return Event(derived_id(at, summary, place), "clash", at, Precision.DAY, summary, place=place, actor="red")


def claim_on(event: Event, source: str = "wire", after: int = HOUR, stance: Stance = Stance.ASSERTS) -> Claim:
    at = event.occurred_at + after
    return Claim(derived_id(at, event.id, source, stance), event.id, source, stance, at, credibility=2)


def found(world: World, where: Condition) -> list[EventRow]:
    query = EventQuery(where)
    return list(world.run(lambda view: pages.page(view, query, after=None, newer=False, limit=500), "ann").rows)


async def add(store: Store, situation: str, *events: Event) -> None:
    await store.write(situation, Draft("add", events=events, claims=tuple(claim_on(event) for event in events)))


def ids(rows: tuple[EventRow, ...]) -> list[str]:
    return [row.event.id for row in rows]


async def test_a_cursor_holds_its_place_while_others_add(store: Store, situation: str) -> None:
    events = [event_on(day) for day in range(6)]
    await add(store, situation, *events)
    first = await store.page(situation, EventQuery(), limit=3)
    await add(store, situation, event_on(9, "later"), event_on(2, "between"))
    rest = await store.page(situation, EventQuery(), after=first.rows[-1].cursor, limit=10)
    assert ids(first.rows) == [event.id for event in reversed(events[3:])]
    assert [row.event.summary for row in rest.rows] == ["between", "fighting", "fighting", "fighting"]
    newer = await store.page(situation, EventQuery(), after=first.rows[0].cursor, newer=True)
    assert [row.event.summary for row in newer.rows] == ["later"]
    assert not newer.more


async def test_a_page_says_whether_more_follow_and_which_state_it_shows(store: Store, situation: str) -> None:
    assert (await store.page(situation, EventQuery())).rows == ()
    await add(store, situation, event_on(1), event_on(2))
    page = await store.page(situation, EventQuery(), limit=2)
    assert (len(page.rows), page.more) == (2, False)
    assert page.revision == await store.revision()
    assert (await store.page(situation, EventQuery(), limit=1)).more


async def test_the_oldest_page_is_shown_newest_first_too(store: Store, situation: str) -> None:
    events = [event_on(day) for day in (3, 1, 2)]
    await add(store, situation, *events)
    page = await store.page(situation, EventQuery(), newer=True, limit=2)
    assert ids(page.rows) == [events[2].id, events[1].id]
    assert page.more
    received = await store.page(situation, EventQuery(order=Order.RECEIVED))
    assert ids(received.rows) == [events[2].id, events[1].id, events[0].id]


async def test_arrivals_are_those_that_match_and_came_since(store: Store, situation: str) -> None:
    await add(store, situation, event_on(1), event_on(2, place="south"))
    seen = await store.revision()
    await add(store, situation, event_on(3, "late"), event_on(0, "old", "south"))
    south = EventQuery(PlaceIn(frozenset({"south"})))
    assert await store.arrived(situation, EventQuery(), seen.newest) == Count(2)
    assert await store.arrived(situation, south, seen.newest) == Count(1)
    assert await store.arrived(situation, EventQuery(), 0, cap=3) == Count(3, capped=True)
    assert await store.count(situation, EventQuery(), cap=None) == Count(4)


@pytest.mark.parametrize("few", [0, 16])
async def test_all_are_counted_up_to_any_instant_whichever_way(
    store: Store, situation: str, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(scan, "_FEW_ROWS", few)
    await store.put_situation(Situation("hills", "The Hills", "UTC"))
    elsewhere = event_on(3)._replace(place=None, actor=None)
    claim = claim_on(elsewhere, "post")
    await store.write(
        "hills", Draft("add", sources=(Source("post", "The Post"),), events=(elsewhere,), claims=(claim,))
    )
    await add(store, situation, *(event_on(day) for day in range(10)))
    await add(store, situation, *(event_on(day, "undone", "south") for day in (0, 8, 9)))
    await store.undo(situation)
    await add(store, situation, *(event_on(day, "late", "south") for day in (2, 9)))
    listed = [START + day * DAY for day in (*range(10), 2, 9)]
    for day in range(-1, 11):
        instant = START + day * DAY
        query = EventQuery(clocks=Clocks(as_of=instant))
        assert (await store.count(situation, query, cap=None)).number == sum(at <= instant for at in listed)
    assert (await store.count("hills", EventQuery(), cap=None)).number == 1


async def test_undone_events_are_in_no_view(store: Store, situation: str) -> None:
    await add(store, situation, kept := event_on(1))
    await add(store, situation, undone := event_on(2))
    await store.undo(situation)
    for order in Order:
        assert ids((await store.page(situation, EventQuery(order=order))).rows) == [kept.id]
    for query in (EventQuery(), EventQuery(clocks=Clocks(as_of=undone.occurred_at))):
        assert await store.count(situation, query) == await store.count(situation, query, cap=None) == Count(1)
    before = EventQuery(clocks=Clocks(as_of=undone.occurred_at - 1))
    assert await store.count(situation, before, cap=None) == Count(1)
    for look in (store.event, store.find):
        with pytest.raises(IdUnknown, match=undone.id[-8:]):
            await look(situation, undone.id)
    await store.redo(situation)
    assert await store.find(situation, undone.id) == undone.id


async def test_marks_are_the_reader_s_own_and_everybody_s_verdict(store: Store, situation: str) -> None:
    event = event_on(1)
    await add(store, situation, event)
    kinds = ((MarkKind.READ, ""), (MarkKind.TAG, "roads"), (MarkKind.TAG, "fuel"), (MarkKind.NOTE, "look again"))
    marks = [Mark(derived_id(n, "mark"), event.id, kind, value=value) for n, (kind, value) in enumerate(kinds)]
    verified = Mark(derived_id(9 * DAY, "mark"), event.id, MarkKind.VERIFIED)
    await store.write(situation, Draft("mark", marks=(*marks, verified)))
    (row,) = (await store.page(situation, EventQuery())).rows
    assert (row.read, row.starred, row.tags, row.verdict, row.notes) == (
        True,
        False,
        ("fuel", "roads"),
        MarkKind.VERIFIED,
        1,
    )
    assert row.weight.standing is Standing.VERIFIED


async def test_an_event_s_file_holds_what_was_known(store: Store, situation: str) -> None:
    event = event_on(1)
    report = Report(derived_id(START, "report"), "gazette", "Front page", published_at=START + 3 * DAY)
    early, late = claim_on(event), claim_on(event, "gazette", 2 * DAY, Stance.DENIES)._replace(report=report.id)
    await store.write(situation, Draft("add", events=(event,), claims=(late, early), reports=(report,)))
    await store.write(situation, Draft("mark", marks=(Mark(derived_id(1, "m"), event.id, MarkKind.STAR),)))
    now = await store.event(situation, event.id)
    assert (now.claims, now.reports, [mark.kind for mark in now.marks]) == ((early, late), (report,), [MarkKind.STAR])
    assert now.marks[0].author == store.author
    assert now.changeset.reason == "add"
    assert now.recorded == (now.changeset.recorded_at,) * 2
    then = await store.event(situation, event.id, clocks=Clocks(known_at=event.occurred_at + DAY))
    assert (then.claims, then.reports, then.row.weight.n_against) == ((early,), (), 0)
    with pytest.raises(IdUnknown, match="nobody had reported"):
        await store.event(situation, event.id, clocks=Clocks(known_at=event.occurred_at))
    with pytest.raises(InputRefused, match="not an id"):
        await store.event(situation, "nonsense")


async def test_an_id_is_found_by_its_end(store: Store, situation: str) -> None:
    events = [event_on(day) for day in range(30)]
    await add(store, situation, *events)
    for event in events:
        for digits in (event.id, event.id[-8:].upper(), event.id[-17:], event.id.replace("-", "")):
            assert await store.find(situation, digits) == event.id
    (changeset, *_) = await store.changesets(situation)
    assert await store.find(situation, changeset.id[-8:]) == changeset.id


async def test_an_end_of_several_ids_lists_them(store: Store, situation: str) -> None:
    event = event_on(1)
    twins = [event._replace(id=f"{n:08x}{event.id[8:]}") for n in range(7)]
    await add(store, situation, *twins)
    with pytest.raises(IdUnknown, match="several") as raised:
        await store.find(situation, event.id[-8:])
    assert sum(twin.id in str(raised.value) for twin in twins) == 5
    assert await store.find(situation, twins[3].id) == twins[3].id


@pytest.mark.parametrize("digits", ["", "abc", "xyzw", "0" * 33, "%%%%", "____", "0000000g", '"*"*', "ffffffff"])
async def test_what_is_no_end_of_an_id_is_refused(store: Store, situation: str, digits: str) -> None:
    await add(store, situation, event_on(1))
    with pytest.raises(IdUnknown):
        await store.find(situation, digits)


hostile = st.text(st.sampled_from("a\"'*()^:-+{}\\ \0\ue000\ufffdANDORTé漢\U0001d400%;\n"), min_size=1, max_size=6)


@settings(max_examples=25, deadline=None)
@given(words=st.lists(hostile, max_size=4), prefix=st.booleans(), adjacent=st.booleans(), digits=hostile)
def test_no_text_is_read_as_a_query(
    world: World, *, words: list[str], prefix: bool, adjacent: bool, digits: str
) -> None:
    text = TextHas(tuple(words), prefix=prefix and bool(words), adjacent=adjacent)
    for where in (text, NotThat(text), AnyOf((text, IdEnds(digits))), AllOf((text, PlaceIn(frozenset({digits}))))):
        assert found(world, where) == world.rows(EventQuery(where), "ann")


def test_a_thousand_characters_of_filter_are_answered(world: World) -> None:
    deep = "(" * 45 + "ring" + " road)" * 45
    for text in (
        " ".join(["road"] * 190),
        " OR ".join(f"w{n}" for n in range(120)),
        "-(ring OR -(road place:north OR -(is:starred OR convoy)))",
        deep,
        " ".join(f"(is:starred OR tag:t{n})" for n in range(40)),
    ):
        where = compile_filter(text[:1_000], world.catalog, "ann")
        assert found(world, where) == world.rows(EventQuery(where), "ann")


async def test_two_thousand_places_are_one_filter(store: Store, situation: str) -> None:
    places = tuple(Place(f"p{n}", f"Place {n}") for n in range(2_000))
    await store.write(situation, Draft("places", places=places))
    events = [event_on(n % 50, f"at {n}", f"p{n}") for n in range(0, 2_000, 100)]
    await add(store, situation, event_on(3), *events)
    near = PlaceIn(frozenset(place.id for place in places))
    for where in (near, AllOf((near, TextHas(("at",)))), NotThat(NotThat(near))):
        assert await store.count(situation, EventQuery(where)) == Count(len(events))
        assert len((await store.page(situation, EventQuery(where))).rows) == len(events)
    assert [row.event.place for row in (await store.page(situation, EventQuery(NotThat(near)))).rows] == ["north"]


async def test_thousands_on_one_day_are_walked_without_sorting_them_all(
    store: Store, situation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "_FEW", 20)
    monkeypatch.setattr(scan, "_SLICE", 16)
    events = [event_on(n % 2, f"convoy {n}")._replace(occurred_at=START + (n % 2) * DAY + n % 7) for n in range(300)]
    await add(store, situation, *events)
    expected = [event.id for event in sorted(events, key=lambda e: (e.occurred_at, events.index(e)), reverse=True)]
    for newer in (False, True):
        seen: list[str] = []
        cursor: Cursor | None = None
        while True:
            query = EventQuery(TextHas(("convoy",)))
            page = await store.page(situation, query, after=cursor, newer=newer, limit=37)
            seen = ids(page.rows) + seen if newer else seen + ids(page.rows)
            if not page.more:
                break
            cursor = page.rows[0 if newer else -1].cursor
        assert seen == expected


async def test_a_claim_that_came_later_was_recorded_later(store: Store, situation: str) -> None:
    event = event_on(1)
    await add(store, situation, event)
    said = claim_on(event, "gazette", -HOUR)
    await store.write(situation, Draft("add", claims=(said,)))
    file = await store.event(situation, event.id)
    later, first = (changeset.recorded_at for changeset in await store.changesets(situation, limit=2))
    assert dict(zip([claim.source for claim in file.claims], file.recorded, strict=True)) == {
        "gazette": later,
        "wire": first,
    }


def repeats(event: Event, original: Event, number: int) -> Mark:
    return Mark(derived_id(number, "repeats"), event.id, MarkKind.DUPLICATE, value=original.id)


async def test_two_events_never_repeat_each_other(store: Store, situation: str) -> None:
    one, other, third = event_on(1), event_on(2), event_on(3)
    await add(store, situation, one, other, third)
    await store.write(situation, Draft("repeats", marks=(repeats(one, other, 1),)))
    back = repeats(other, one, 2)
    with pytest.raises(InputRefused, match="is itself a duplicate"):
        await store.write(situation, Draft("circle", marks=(back,)))
    with pytest.raises(InputRefused, match="is itself a duplicate"):
        await store.write(situation, Draft("chain", marks=(repeats(third, one, 3),)))
    await store.undo(situation)
    await store.write(situation, Draft("the other way", marks=(back,)))
    assert (await store.event(situation, one.id)).duplicates == (other,)


async def test_duplicates_know_each_other_until_the_mark_is_taken_away(store: Store, situation: str) -> None:
    event, twin, third = event_on(1, "the first"), event_on(2, "again"), event_on(3, "and again")
    await add(store, situation, event, twin, third)
    for number, one in enumerate((third, twin)):
        mark = Mark(derived_id(number + 1, "d"), one.id, MarkKind.DUPLICATE, value=event.id)
        await store.write(situation, Draft("mark", marks=(mark,)))
    file = await store.event(situation, event.id)
    assert (file.original, file.duplicates) == (None, (twin, third))
    file = await store.event(situation, twin.id)
    assert (file.original, file.duplicates) == (event, ())
    await store.undo(situation)
    assert (await store.event(situation, event.id)).duplicates == (third,)
    assert (await store.event(situation, twin.id)).original is None


async def test_a_cancelled_read_leaves_the_store_as_it_was(store: Store, situation: str) -> None:
    await add(store, situation, *(event_on(day, f"ring road {day}") for day in range(200)))
    phrase = EventQuery(TextHas(("road", "ring"), adjacent=True))
    for delay in (0.0, 0.001, 0.003):
        task = asyncio.create_task(store.count(situation, phrase, cap=None))
        await asyncio.sleep(delay)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert await store.count(situation, EventQuery(TextHas(("ring", "road"), adjacent=True))) == Count(200)


async def test_a_situation_sees_its_own_events_alone(store: Store, situation: str, catalog: Catalog) -> None:
    await store.put_situation(catalog.situation._replace(id="elsewhere"))
    await store.write("elsewhere", Draft("things", places=(Place("north", "North"),)))
    twin = event_on(1)._replace(actor=None)
    await store.write("elsewhere", Draft("add", events=(twin,)))
    await add(store, situation, event_on(2, "ours"))
    for where in (AllOf(), TextHas(("fighting",)), NotThat(TextHas(("ours",)))):
        for order in Order:
            found = await store.page(situation, EventQuery(where, order=order))
            assert twin.id not in ids(found.rows)
    assert await store.count(situation, EventQuery()) == Count(1)
    with pytest.raises(IdUnknown):
        await store.find(situation, twin.id)
    with pytest.raises(IdUnknown, match="nowhere"):
        await store.page("nowhere", EventQuery())
