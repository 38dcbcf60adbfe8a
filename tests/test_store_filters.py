"""Every filter over a small store of everything that can go wrong, against a plain reading of what it means."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from model.entities import MarkKind, Standing
from model.filters.conditions import (
    ActorIn,
    AllOf,
    AnyOf,
    Arrived,
    Between,
    GradeAtLeast,
    IdEnds,
    KindIn,
    KnownBefore,
    Marked,
    NotThat,
    Occurred,
    PlaceIn,
    RouteIn,
    SourceIn,
    StandingIn,
    TextHas,
)
from model.grades import Grade
from model.query import NOW, Clocks, Count, EventQuery, EventRow, Order
from model.times import DAY, FOREVER, HOUR
from store.sqlite import pages
from store.sqlite.pages import View
from tests.store_world import KINDS, READERS, START, WORDS, World

instants = st.builds(
    lambda day, hour: START + day * DAY + hour * HOUR, st.integers(-2, 14), st.sampled_from((0, 0, 5, 13))
)
arrivals = st.integers(0, 80)
single = st.one_of(
    st.builds(
        TextHas,
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(tuple),
        prefix=st.booleans(),
        adjacent=st.booleans(),
    ),
    st.builds(PlaceIn, st.frozensets(st.sampled_from(("north", "middle", "south", "airfield", "nowhere")))),
    st.builds(
        ActorIn, st.frozensets(st.sampled_from(("red", "red-guard", "blue"))), by=st.booleans(), against=st.booleans()
    ),
    st.builds(KindIn, st.frozensets(st.sampled_from(KINDS))),
    st.builds(RouteIn, st.frozensets(st.just("road"))),
    st.builds(SourceIn, st.frozensets(st.sampled_from(("wire", "gazette", "red-radio")))),
    st.builds(StandingIn, st.frozensets(st.sampled_from(Standing))),
    st.builds(GradeAtLeast, st.builds(Grade, st.sampled_from("ABCDEF"), st.integers(1, 6))),
    st.builds(Occurred, st.just(-(10**18)) | instants, st.just(FOREVER) | instants),
    st.builds(KnownBefore, instants),
    st.builds(Between, st.tuples(instants, arrivals), st.tuples(instants, arrivals)),
    st.builds(Arrived, arrivals, arrivals),
    st.builds(Marked, st.sampled_from(MarkKind), st.sampled_from((None, None, "fuel", "ann", "look again"))),
    st.builds(IdEnds, st.text("0123456789abcdef", min_size=4, max_size=5)),
)
conditions = st.recursive(
    single,
    lambda inner: st.one_of(
        st.builds(NotThat, inner),
        st.builds(AllOf, st.lists(inner, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, max_size=3).map(tuple)),
    ),
    max_leaves=8,
)
clocks = st.one_of(
    st.just(NOW),
    st.builds(Clocks, st.just(FOREVER) | instants, st.just(FOREVER) | instants),
)
queries = st.builds(EventQuery, conditions, clocks, st.sampled_from(Order))


async def read_all(view: View, query: EventQuery, *, newer: bool, limit: int) -> list[EventRow]:
    """Walk all pages; newest first."""
    rows: list[EventRow] = []
    cursor = None
    while True:
        page = await pages.page(view, query, after=cursor, newer=newer, limit=limit)
        rows = [*page.rows, *rows] if newer else [*rows, *page.rows]
        if not page.more:
            return rows
        assert len(page.rows) == limit
        cursor = page.rows[0 if newer else -1].cursor


sizes = st.sampled_from(
    (
        {},
        {"scan._FEW": 5, "scan._FEW_MARKED": 2, "scan._FEWEST_SORTED": 0, "scan._SLICE": 4, "context.MANY_PLACES": 1},
        {"scan._FEW": 9, "scan._FEW_MARKED": 50, "scan._SLICE": 3, "scan._SCATTERED": 1, "context._MOST_WORDS": 1},
    )
)
"""Of what counts as many: so small that a few hundred events go all the ways that millions do."""


@contextmanager
def counting_as_many(sizes: dict[str, int]) -> Iterator[None]:
    with ExitStack() as stack:
        for name, size in sizes.items():
            stack.enter_context(patch(f"store.sqlite.{name}", size))
        yield


@settings(max_examples=100, deadline=None)
@given(
    query=queries,
    reader=st.sampled_from(READERS),
    newer=st.booleans(),
    limit=st.sampled_from((7, 60, 500)),
    many=sizes,
)
def test_pages_are_what_the_filter_means(
    *, world: World, query: EventQuery, reader: str, newer: bool, limit: int, many: dict[str, int]
) -> None:
    with counting_as_many(many):
        rows = world.run(lambda view: read_all(view, query, newer=newer, limit=limit), reader)
    assert rows == world.rows(query, reader)


@settings(max_examples=40, deadline=None)
@given(
    query=queries,
    reader=st.sampled_from(READERS),
    cap=st.sampled_from((None, 3, 1000)),
    since=st.just(0) | st.integers(0, 300),
    many=sizes,
)
def test_counts_are_what_the_filter_means(
    *, world: World, query: EventQuery, reader: str, cap: int | None, since: int, many: dict[str, int]
) -> None:
    expected = [row for row in world.rows(query, reader) if row.cursor.seq > since]
    with counting_as_many(many):
        counted = world.run(lambda view: pages.count(view, query, cap=cap, since=since), reader)
    assert counted == (Count(cap, capped=True) if cap is not None and len(expected) > cap else Count(len(expected)))
