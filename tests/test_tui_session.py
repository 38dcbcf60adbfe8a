"""What the screen knows, without a screen: clocks, filter, marks, and what they make the store do."""

import pytest

from model.catalog import Catalog
from model.entities import ControlState
from model.errors import FilterError, InputRefused
from model.query import NOW, Clocks, EventQuery, EventRow
from model.times import DAY, FOREVER, HOUR, parse_time
from tests.tui_fakes import PRESENT
from tests.tui_open import three_days
from tui.keys import Keys
from tui.panes.bars import why_empty
from tui.session import Clock, Session


@pytest.fixture
async def session(catalog: Catalog) -> Session:
    return Session(await three_days(catalog), catalog, present=lambda: PRESENT)


def at(text: str) -> int:
    return parse_time(text, "Europe/Berlin")[0]


async def row_of(session: Session, index: int = 0) -> EventRow:
    return (await session.store.page("valley", EventQuery())).rows[index]


async def test_the_clock_steps_from_change_to_change(session: Session) -> None:
    for day in (9, 6, 3):
        assert not await session.step(back=True)
        assert session.clocks.as_of == at(f"2021-08-{day:02}")
    assert "no earlier change" in await session.step(back=True)
    assert session.clocks.as_of == at("2021-08-03")
    assert not await session.step(back=False)
    assert session.clocks.as_of == at("2021-08-06")
    assert session.clocks.known_at == FOREVER


async def test_the_other_clock_steps_by_what_was_reported(session: Session) -> None:
    session.swap_clock()
    await session.step(back=True)
    assert session.clocks.known_at == at("2021-08-10")
    assert session.clocks.as_of == FOREVER


async def test_a_day_back_from_now_begins_where_things_ended(session: Session) -> None:
    await session.step_day(back=True)
    assert session.clocks.as_of == at("2021-08-10") - 1
    await session.step_day(back=True)
    assert session.clocks.as_of == at("2021-08-09") - 1
    await session.step_day(back=False)
    assert session.clocks.as_of == at("2021-08-10") - 1


async def test_a_day_on_from_within_a_day_is_its_end_and_never_beyond_today(session: Session) -> None:
    session.set_clock(Clock.AS_OF, "2021-08-19T15:00")
    await session.step_day(back=False)
    assert session.clocks.as_of == at("2021-08-20") - 1
    await session.step_day(back=False)
    assert session.clocks.as_of == at("2021-08-21") - 1
    await session.step_day(back=False)
    assert session.clocks == NOW


async def test_a_day_back_over_the_change_of_clocks_ends_at_midnight(session: Session) -> None:
    session.set_clock(Clock.AS_OF, "2021-03-28")
    assert session.clocks.as_of == at("2021-03-29") - 1
    await session.step_day(back=True)
    assert session.clocks.as_of == at("2021-03-28") - 1
    session.set_clock(Clock.AS_OF, "2021-03-29")
    await session.step_day(back=True)
    assert session.clocks.as_of == at("2021-03-29") - 1


async def test_a_clock_is_set_to_the_end_of_what_was_typed(session: Session) -> None:
    session.set_clock(Clock.AS_OF, "2021-08-12")
    assert session.clocks.as_of == at("2021-08-13") - 1
    session.set_clock(Clock.KNOWN_AT, "2021-08-12T14")
    assert session.clocks.known_at == at("2021-08-12T14:00") + HOUR - 1
    session.set_clock(Clock.KNOWN_AT, "now")
    assert session.clocks.known_at == FOREVER
    with pytest.raises(InputRefused, match="is not a time"):
        session.set_clock(Clock.AS_OF, "tomorrow")
    assert session.clocks.as_of == at("2021-08-13") - 1


async def test_a_filter_that_is_none_leaves_the_present_one(session: Session) -> None:
    session.set_filter(" place:north ")
    where = session.where
    with pytest.raises(FilterError):
        session.set_filter("place:")
    with pytest.raises(FilterError, match="no place is called"):
        session.set_filter("place:nowhere-at-all")
    assert (session.filter_text, session.where) == ("place:north", where)


async def test_an_empty_log_says_that_a_clock_is_set_back_too(session: Session) -> None:
    session.set_filter("place:middle")
    assert not any("clock" in line for line in why_empty(session, Keys()))
    session.set_clock(Clock.KNOWN_AT, "2021-08-01")
    assert why_empty(session, Keys())[-1] == "a clock is set back, too: 0 shows now"


async def test_nothing_to_undo_is_a_sentence(session: Session) -> None:
    assert await session.undo() == "you have nothing left to undo"
    assert await session.redo() == "you have nothing to redo"


async def test_the_board_counts_as_the_clocks_say(session: Session) -> None:
    session.set_clock(Clock.AS_OF, "2021-08-07")
    board = await session.board()
    assert board.tallies[0].held == 1
    assert board.tallies[0].of == 3
    assert board.tallies[0].trend == (0, 0, 0, 0, 1, 1, 1, 1, 1)
    session.to_now()
    assert (await session.board()).tallies[0].held == 2


async def test_a_clock_that_is_set_while_the_board_is_read_is_for_the_next_one(
    session: Session, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, control = session.store, session.store.control
    expected = await Session(store, catalog, present=lambda: PRESENT).board()

    async def meanwhile(situation: str, *, clocks: Clocks) -> tuple[ControlState, ...]:
        states = await control(situation, clocks=clocks)
        session.set_clock(Clock.AS_OF, "2021-08-03")
        return states

    monkeypatch.setattr(store, "control", meanwhile)
    assert await session.board() == expected
    assert (await session.board()).tallies != expected.tallies


async def test_an_actors_file_is_true_at_the_clock(session: Session) -> None:
    file = await session.actor_file("red", await session.board())
    assert [state.place for state in file.holds] == ["south", "north"]
    assert len(file.recent) == 3
    session.set_clock(Clock.AS_OF, "2021-08-07")
    file = await session.actor_file("red", await session.board())
    assert [state.place for state in file.holds] == ["north"]
    assert file.instant == at("2021-08-08") - 1


async def test_the_trend_ends_with_the_clock_not_with_the_present(session: Session) -> None:
    session.set_clock(Clock.AS_OF, "2021-08-03")
    assert (await session.board()).tallies[0].trend[-1] == 1
    assert session.instant < PRESENT - 10 * DAY
