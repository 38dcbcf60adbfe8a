"""The log's window: without gaps, bounded, and nothing moves when something arrives."""

import random
from collections.abc import Awaitable, Callable

import pytest

from model.catalog import Catalog
from model.entities import Mark, MarkKind
from model.ids import new_id
from model.query import EventQuery, EventRow, Order, Page, Touched
from store.base import Draft
from tests.tui_fakes import FakeStore, event_on
from tui import window as window_module
from tui.window import Window

QUERY = EventQuery(order=Order.RECEIVED)


@pytest.fixture
def store(catalog: Catalog) -> FakeStore:
    return FakeStore(catalog)


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window_module, "FIRST", 10)
    monkeypatch.setattr(window_module, "PAGE", 10)
    monkeypatch.setattr(window_module, "KEPT", 40)


def fresh(store: FakeStore) -> Callable[[str], Awaitable[EventRow | None]]:
    async def read(id_: str) -> EventRow | None:
        if id_ in store._gone():
            return None
        return (await store.event("valley", id_)).row

    return read


def lines(first: int, last: int) -> Callable[[], tuple[int, int]]:
    return lambda: (first, last)


async def filled(store: FakeStore, number: int) -> Window:
    for index in range(number):
        await store.happen(event_on(1 + index % 28, summary=f"number {index}"))
    window = Window(store, "valley", fresh(store))
    await window.load(QUERY)
    return window


def summaries(window: Window) -> list[str]:
    rows = [window.row(position) for position in range(window.first, window.last + 1)]
    return [row.event.summary for row in rows if row is not None]


async def test_walking_down_and_up_meets_every_row_once_and_in_order(store: FakeStore) -> None:
    window = await filled(store, 100)
    seen = {position: row.event.summary for position in range(10) if (row := window.row(position))}
    while await window.extend(newer=False):
        for position in range(window.first, window.last + 1):
            row = window.row(position)
            assert row is not None
            assert seen.setdefault(position, row.event.summary) == row.event.summary
        assert window.last - window.first < 40
    assert window.at_oldest
    assert not window.at_newest
    assert [seen[position] for position in range(100)] == [f"number {index}" for index in reversed(range(100))]
    while await window.extend(newer=True):
        for position in range(window.first, window.last + 1):
            row = window.row(position)
            assert row is not None
            assert seen[position] == row.event.summary
    assert window.first == 0
    assert window.at_newest


async def test_it_can_begin_at_the_oldest_row(store: FakeStore) -> None:
    window = await filled(store, 25)
    await window.load(QUERY, oldest=True)
    assert summaries(window) == [f"number {index}" for index in reversed(range(10))]
    assert window.at_oldest
    assert await window.extend(newer=True)
    assert window.first == -10
    assert summaries(window)[0] == "number 19"


async def test_it_can_begin_at_a_row_of_before_and_goes_on_both_ways(store: FakeStore) -> None:
    window = await filled(store, 45)
    while await window.extend(newer=False):
        pass
    row = window.row(30)
    assert row is not None
    await window.load(QUERY, at=row)
    assert window.row(0) == row
    while await window.extend(newer=True):
        pass
    assert window.at_newest
    assert window.first == -30
    assert summaries(window)[30] == row.event.summary
    assert summaries(window)[0] == "number 44"


async def test_where_a_row_of_before_is_gone_and_nothing_is_older_it_begins_at_the_newest(store: FakeStore) -> None:
    window = await filled(store, 5)
    row = window.row(4)
    assert row is not None
    store.undone.append(store.written[0][0].id)
    await window.load(QUERY, at=row)
    assert summaries(window) == ["number 4", "number 3", "number 2", "number 1"]
    assert window.at_newest


async def test_what_arrives_waits_and_is_counted(store: FakeStore) -> None:
    window = await filled(store, 15)
    for day in (3, 20):
        await store.happen(event_on(day, summary="new"))
    assert (await window.arrived()).number == 2
    before = summaries(window)
    await window.reread(lines(window.first, window.last))
    assert summaries(window) == before
    assert await window.extend(newer=False)
    assert "new" not in summaries(window)
    await window.load(QUERY)
    assert summaries(window)[:2] == ["new", "new"]
    assert (await window.arrived()).number == 0


@pytest.mark.parametrize("order", list(Order))
async def test_late_reports_between_old_rows_wait_too(store: FakeStore, order: Order) -> None:
    window = await filled(store, 60)
    await window.load(QUERY._replace(order=order))
    for day in range(1, 28):
        await store.happen(event_on(day, summary="late"))
    while await window.extend(newer=False):
        pass
    while await window.extend(newer=True):
        pass
    assert "late" not in summaries(window)
    assert (await window.arrived()).number == 27


async def test_a_mark_appears_in_its_place(store: FakeStore) -> None:
    window = await filled(store, 60)
    await window.extend(newer=False)
    row = window.row(7)
    assert row is not None
    await store.write("valley", Draft("star", marks=(Mark(new_id(), row.event.id, MarkKind.STAR),)))
    await window.reread(lines(5, 12))
    again = window.row(7)
    assert again is not None
    assert again.starred
    assert again.event == row.event
    assert (window.first, window.last) == (5, 12)
    assert await window.extend(newer=True)
    assert await window.extend(newer=False)
    assert summaries(window) == [f"number {index}" for index in reversed(range(60))][: window.last + 1]


async def test_what_was_touched_is_read_and_the_rows_beyond_the_screen_stay(store: FakeStore) -> None:
    window = await filled(store, 60)
    await window.extend(newer=False)
    row = window.row(17)
    assert row is not None
    since = store.commits
    await store.write("valley", Draft("star", marks=(Mark(new_id(), row.event.id, MarkKind.STAR),)))
    await store.happen(event_on(9, summary="late"))
    reads = store.reads
    touched = Touched(since, store.commits, frozenset({row.cursor.seq, window.horizon + 1}))
    assert await window.catch_up(touched, lines(5, 12))
    again = window.row(17)
    assert again is not None
    assert again.starred
    assert (window.first, window.last, store.reads) == (0, 19, reads)
    assert (await window.arrived()).number == 1


@pytest.mark.parametrize("case", ["what it does not know of came between", "a row may match now", "a row is gone"])
async def test_where_what_was_touched_does_not_say_it_all_the_screen_is_read_anew(store: FakeStore, case: str) -> None:
    from model.filters.bind import compile_filter

    window = await filled(store, 30)
    query = EventQuery(compile_filter("-is:starred", store.known, store.user), order=Order.RECEIVED)
    await window.load(query if case == "a row may match now" else QUERY)
    row = window.row(3)
    assert row is not None
    since = store.commits
    touched = Touched(since, since + 1, frozenset({row.cursor.seq}))
    if case == "what it does not know of came between":
        await store.write("valley", Draft("star", marks=(Mark(new_id(), row.event.id, MarkKind.STAR),)))
        touched = Touched(since + 1, since + 2)
    elif case == "a row may match now":
        touched = touched._replace(events=frozenset({1}))
    else:
        store.undone.append(store.written[row.cursor.seq - 1][0].id)
    assert await window.catch_up(touched, lines(2, 5))
    assert (window.first, window.last) == ((2, 4) if case == "a row is gone" else (2, 5))
    if case == "what it does not know of came between":
        assert (again := window.row(3))
        assert again.starred


async def test_a_page_from_before_what_was_heard_is_read_again(store: FakeStore) -> None:
    window = await filled(store, 60)
    page = await store.page("valley", QUERY, after=window._older_edge, limit=10)
    row = page.rows[4]
    since = store.commits
    await store.write("valley", Draft("star", marks=(Mark(new_id(), row.event.id, MarkKind.STAR),)))
    await window.catch_up(Touched(since, store.commits, frozenset({row.cursor.seq})), lines(2, 5))
    pages, read = [page], store.page
    store.page = lambda *args, **named: late(pages.pop()) if pages else read(*args, **named)  # type: ignore[method-assign]
    assert await window.extend(newer=False)
    assert (found := window.row(14))
    assert found.starred


async def late(page: Page) -> Page:
    return page


async def test_a_row_that_no_longer_matches_stays_with_what_is_true_of_it_now(store: FakeStore) -> None:
    from model.filters.bind import compile_filter

    window = await filled(store, 5)
    await window.load(EventQuery(compile_filter("is:unread", store.known, store.user)))
    row = window.row(2)
    assert row is not None
    await store.write("valley", Draft("read", marks=(Mark(new_id(), row.event.id, MarkKind.READ),)))
    await window.reread(lines(0, 4))
    again = window.row(2)
    assert again is not None
    assert again.event.id == row.event.id
    assert again.read


async def test_an_event_that_was_undone_leaves(store: FakeStore) -> None:
    window = await filled(store, 5)
    store.undone.append(store.written[2][0].id)
    await window.reread(lines(0, 4))
    assert summaries(window) == ["number 4", "number 3", "number 1", "number 0"]


async def test_rows_that_come_onto_the_screen_while_it_is_read_anew_stay(store: FakeStore) -> None:
    window = await filled(store, 30)
    await window.extend(newer=False)
    shown = iter([(2, 5), (4, 8)])
    assert await window.reread(lambda: next(shown))
    assert (window.first, window.last) == (2, 8)
    assert summaries(window) == [f"number {29 - position}" for position in range(2, 9)]


async def test_an_empty_window_shows_the_first_event_at_once(store: FakeStore) -> None:
    window = await filled(store, 0)
    assert window.last < window.first
    await store.happen(event_on(1))
    await window.reread(lines(0, 20))
    assert window.last == 0


async def test_a_page_for_an_earlier_query_is_thrown_away(store: FakeStore) -> None:
    import asyncio

    window = await filled(store, 30)
    extending = asyncio.create_task(window.extend(newer=False))
    await asyncio.sleep(0)
    await window.load(QUERY, oldest=True)
    await extending
    assert summaries(window) == [f"number {index}" for index in reversed(range(10))]


async def test_any_walk_with_arrivals_and_marks_has_no_gap_and_no_repeat(store: FakeStore) -> None:
    chance = random.Random(5)
    window = await filled(store, 150)
    everything = [f"number {index}" for index in reversed(range(150))]
    top = 0
    for _ in range(150):
        match chance.randrange(5):
            case 0 | 1:
                await window.extend(newer=chance.random() < 0.5)
            case 2:
                await store.happen(event_on(chance.randrange(1, 28), summary="new"))
            case 3:
                await window.reread(lines(top, top + 8))
            case _:
                top = chance.randint(window.first, window.last)
        top = min(max(top, window.first), window.last)
        assert window.row(top) is not None
        assert summaries(window) == everything[window.first : window.last + 1]
