"""Going from one thing to the next by Enter, and back and forward again, with every view as it was left."""

from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.events import Key
from textual.pilot import Pilot

from model.catalog import Catalog
from model.entities import Actor, Mark, MarkKind, Name, Relation, Role, TallyClaim
from model.ids import new_id
from model.query import NOW, Order
from model.times import Precision, parse_time
from store.base import Draft
from tests.tui_fakes import FakeStore, claim_on, event_on, screen_text, type_in, wait_for
from tests.tui_open import NARROW, SMALL, WIDE, denied_days, opened
from tui.app import SitmonApp
from tui.keymap import Scope
from tui.links import Link, Target
from tui.panes.links import LinkList
from tui.session import Clock
from tui.trail import MAX_STOPS, Spot, Stop, Trail

PLACES = ("north", "middle", "south")
LONG = "it fell, said one; it held, said another; " * 30 + "and so it ends"


@pytest.fixture
async def store(catalog: Catalog) -> FakeStore:
    return await denied_days(catalog)


def text_of(view: LinkList, position: int) -> str:
    return "".join(span.text for span in view.lines[position])


async def stand_on(pilot: Pilot[int], view: LinkList, words: str) -> None:
    """Move the cursor, by keys, to the last line with these words."""
    await wait_for(pilot, lambda: any(words in text_of(view, at) for at in range(len(view.lines))), words)
    at = max(at for at in range(len(view.lines)) if words in text_of(view, at))
    await pilot.press("g", *("j" * at))
    await wait_for(pilot, lambda: view.cursor == at, f"the cursor on {words}")


@pytest.mark.parametrize("size", [WIDE, NARROW, SMALL])
async def test_enter_walks_from_city_to_event_to_actor_to_city_and_back_and_forward(
    store: FakeStore, size: tuple[int, int]
) -> None:
    async with opened(store, size) as (app, pilot):
        main = app.main
        await pilot.press("1", "j")
        await wait_for(pilot, lambda: app.session.place == "north", "the city")
        await pilot.press("enter")
        await wait_for(pilot, lambda: main.total and main.total.number == 6, "its events")
        await pilot.press("j", "enter")
        await wait_for(pilot, lambda: main.evidence.has_focus and main.evidence.link, "the evidence")
        event = main.events.row
        assert event
        assert event.event.place == "north"
        assert "H where I was" in screen_text(app).splitlines()[-1]
        await pilot.press("enter")
        await wait_for(pilot, lambda: main.actor.has_focus and main.actor.subject == "red", "the actor")
        assert "L forward" not in screen_text(app).splitlines()[-1]
        await stand_on(pilot, main.actor, "North Town")
        await pilot.press("enter")
        await wait_for(pilot, lambda: main.events.has_focus or main.cities.has_focus, "an event or a city")
        for key, view in (("H", main.actor), ("H", main.evidence), ("H", main.cities)):
            await pilot.press(key)
            await wait_for(pilot, partial(getattr, view, "has_focus"), f"{view.id} by {key}")
        assert app.session.filter_text == ""
        await wait_for(pilot, lambda: "EVENTS 18" in screen_text(app) or size != WIDE, "all events")
        await pilot.press("H")
        await wait_for(pilot, lambda: "nothing to go back to" in screen_text(app), "the end of the trail")
        await pilot.press("g")
        assert "H where I was" not in screen_text(app).splitlines()[-1]
        assert "L forward" in screen_text(app).splitlines()[-1] or size == SMALL
        await pilot.press("L")
        await wait_for(pilot, lambda: main.evidence.has_focus and main.events.row == event, "the event again")
        assert app.session.filter_text == "place:north"
        await pilot.press("L")
        await wait_for(pilot, lambda: main.actor.has_focus, "the actor again")


async def test_an_event_is_judged_where_its_evidence_is_read(store: FakeStore) -> None:
    async with opened(store, NARROW) as (app, pilot):
        main, line = app.main, partial(screen_text, app)
        await wait_for(pilot, lambda: main.events.row, "the rows")
        await pilot.press("enter")
        await wait_for(pilot, lambda: main.evidence.has_focus and main.evidence.link, "the evidence")
        await pilot.press("x", "d")
        await wait_for(pilot, lambda: main.events.row and main.events.row.verdict is MarkKind.DISPUTED, "the verdict")
        await pilot.press("t", *"key", "enter")
        await wait_for(pilot, lambda: "analyst: key" in line(), "the tag")
        assert main.evidence.has_focus
        await pilot.press("1", "j", "4")
        await wait_for(pilot, lambda: main.evidence.has_focus and "history" in line(), "the city's evidence")
        await pilot.press("s")
        await wait_for(pilot, lambda: "this is about a city" in line(), "the reason")
        assert not any(mark.kind is MarkKind.STAR for mark in store.marks)


async def test_a_place_that_an_actor_holds_leads_to_the_city_and_back_to_the_same_line(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        await pilot.press("3")
        await wait_for(pilot, lambda: app.main.actor.subject == "red", "the file")
        held = next(at for at, link in enumerate(app.main.actor.links) if link == Link(Target.CITY, "north"))
        await pilot.press("g", *("j" * held), "enter")
        await wait_for(pilot, lambda: app.main.cities.has_focus and app.session.place == "north", "the city")
        await pilot.press("ctrl+o")
        await wait_for(pilot, lambda: app.main.actor.has_focus and app.main.actor.cursor == held, "the line of before")


async def test_going_back_brings_back_filter_clocks_order_and_row(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        main, session = app.main, app.session
        await pilot.press("slash", *"kind:clash", "enter", "S", "r", "[", "j", "j")
        await wait_for(pilot, lambda: session.clocks != NOW and session.order is Order.RECEIVED, "clock and order")
        await wait_for(pilot, lambda: main.events.cursor - main.events.first == 2, "the row")
        was = session.query, main.events.row, main.events.cursor - main.events.top
        await pilot.press("1", "g", "j", "enter")
        await wait_for(pilot, lambda: session.filter_text.startswith("place:"), "the city's events")
        await pilot.press("0", "S", "o", "G", "3")
        await wait_for(pilot, lambda: session.clocks == NOW, "now")
        await pilot.press("H")
        await wait_for(pilot, lambda: main.cities.has_focus, "the cities")
        assert (session.query, main.events.row, main.events.cursor - main.events.top) == was
        assert "/kind:clash" in screen_text(app)
        assert "◀" in screen_text(app).splitlines()[0]


async def test_back_and_forward_pressed_together_are_done_one_after_the_other(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        await pilot.press("1", "j", "enter", "1", "j", "j", "enter")
        filters = app.session.filter_text
        assert filters.startswith("place:")
        await pilot.press("H", "H", "L", "L", "H", "L")
        await wait_for(pilot, lambda: app.main.events.has_focus and app.session.filter_text == filters, "the last view")
        await wait_for(pilot, lambda: "EVENTS 6" in screen_text(app), "its events")


async def test_what_arrived_meanwhile_still_waits_after_going_back(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.main.evidence.link, "the evidence")
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.main.actor.has_focus, "the actor")
        await store.happen(event_on(19, "middle", "arrest"))
        await wait_for(pilot, lambda: "1 new" in screen_text(app), "the news")
        await pilot.press("H")
        await wait_for(pilot, lambda: app.main.evidence.has_focus, "the evidence again")
        assert "1 new" in screen_text(app)
        assert app.main.events.row
        assert app.main.events.row.event.occurred_at == event_on(18).occurred_at


async def test_an_actor_that_was_chosen_stays_while_events_arrive(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        await pilot.press("enter")
        await stand_on(pilot, app.main.evidence, "to       Blue Side")
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.main.actor.subject == "blue", "the other actor")
        await store.happen(event_on(19, "middle", "arrest"))
        await wait_for(pilot, lambda: "1 new" in screen_text(app), "the news")
        await pilot.pause()
        assert app.main.actor.subject == "blue"
        await pilot.press("2", "j")
        await wait_for(pilot, lambda: app.main.actor.subject == "red", "the next event's actor")


async def test_an_event_that_the_filter_hides_is_shown_without_it_and_one_that_it_shows_with_it(
    store: FakeStore,
) -> None:
    async with opened(store) as (app, pilot):
        await pilot.press("slash", *"kind:clash", "enter", "3")
        await stand_on(pilot, app.main.actor, "Middle Town arm")
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.main.events.has_focus, "the log")
        assert app.session.filter_text == "kind:clash"
        await pilot.press("3")
        await stand_on(pilot, app.main.actor, "South Town ente")
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.main.events.has_focus, "the log again")
        assert app.session.filter_text == ""
        assert app.main.events.row
        assert app.main.events.row.event.kind == "entered"
        await pilot.press("H")
        await wait_for(pilot, lambda: app.session.filter_text == "kind:clash", "the filter")


async def test_the_tallys_number_lists_what_it_counts(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        await pilot.press("T")
        await wait_for(pilot, lambda: "Red Side 1 of 3 · towns held by the Reds" in screen_text(app), "the list")
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.main.cities.has_focus and app.session.place == "north", "the city")
        await pilot.press("3")
        await stand_on(pilot, app.main.actor, "HOLDS")
        await pilot.press("enter")
        await wait_for(pilot, lambda: "Red Side 1 of 3" in screen_text(app), "the list again")


async def test_published_counts_stand_beside_the_computed_ones_and_lead_to_their_time(store: FakeStore) -> None:
    for number, (day, count) in enumerate(((3, 1), (6, 3))):
        at = event_on(day).occurred_at
        store.published.append(TallyClaim(f"t{number}", "towns", "wire", count, 3, at, Precision.DAY, at, "so it says"))
    async with opened(store) as (app, pilot):
        await pilot.press("colon")
        await type_in(pilot, "tally")
        await pilot.press("enter")
        await wait_for(pilot, lambda: "Red Side 1 of 3" in screen_text(app), "the tally")
        lines = screen_text(app).splitlines()
        assert any("! 6 Aug" in line and "3 of 3" in line and "computed 1, -2" in line for line in lines)
        assert any("  3 Aug" in line and "the same" in line and "The Wire" in line for line in lines)
        await pilot.press("down", "enter")
        await wait_for(pilot, lambda: "as of 6 Aug 2021" in screen_text(app).splitlines()[0], "the clock")
        await pilot.press("H")
        await wait_for(pilot, lambda: app.session.clocks == NOW, "now again")


async def test_a_city_or_an_actor_is_found_by_any_of_its_names(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        for words, there in (("goto nordstadt", app.main.cities), ("goto the reds", app.main.actor)):
            await pilot.press("colon")
            await type_in(pilot, words)
            await pilot.press("enter")
            await wait_for(pilot, partial(getattr, there, "has_focus"), words)
        assert (app.session.place, app.session.actor) == ("north", "red")
        await pilot.press("colon")
        await type_in(pilot, "goto nord")
        await pilot.press("enter")
        await wait_for(pilot, lambda: "North Town" in screen_text(app).splitlines()[-1], "the nearest name")
        await pilot.press("H", "H")
        await wait_for(pilot, lambda: app.main.events.has_focus, "where it began")


async def test_a_citys_claim_count_lists_its_claims(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        await pilot.press("1", "j", "C")
        await wait_for(pilot, lambda: "CLAIMS that the status of North Town rests on" in screen_text(app), "the claims")
        assert "“it fell on the 18”" in screen_text(app)
        assert "against  Blue Ministry" in screen_text(app)
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.main.events.has_focus, "the event")
        assert app.main.events.row
        assert app.main.events.row.event.place == "north"


@pytest.mark.parametrize("size", [WIDE, NARROW, SMALL])
async def test_a_long_quote_is_cut_in_the_drawer_and_whole_on_enter(store: FakeStore, size: tuple[int, int]) -> None:
    event = event_on(19)
    await store.happen(event, claims=[claim_on(event, quote=LONG)._replace(attribution="an officer")])
    async with opened(store, size) as (app, pilot):
        await pilot.press("g", "enter")
        await stand_on(pilot, app.main.evidence, "…")
        assert "and so it ends" not in screen_text(app)
        await pilot.press("enter")
        await wait_for(pilot, lambda: "an officer" in screen_text(app), "the claim")
        await pilot.press("G")
        await wait_for(pilot, lambda: "so it ends”" in screen_text(app), "the end of the quote")
        assert "recorded      20 Aug 2021 12:00" in screen_text(app)
        await pilot.press("q")
        await wait_for(pilot, lambda: app.screen is app.main and app.main.evidence.has_focus, "the drawer")


async def test_the_evidence_names_reports_that_are_not_at_hand_notes_tags_and_duplicates(store: FakeStore) -> None:
    other, event = store.events[0].event, event_on(19)
    linked = claim_on(event)._replace(url="https://example.org/a")
    await store.happen(event, claims=[linked, claim_on(event, "gazette")])
    marks = (
        Mark(new_id(), event.id, MarkKind.NOTE, value="see the other one"),
        Mark(new_id(), event.id, MarkKind.DUPLICATE, value=other.id),
    )
    await store.write("valley", Draft("mark", marks=marks), user="colleague")
    async with opened(store) as (app, pilot):
        await pilot.press("enter")
        for words in (
            "report   not at hand: The Gazette",
            "link     https://example.org/a",
            "colleague: see the other",
        ):
            await stand_on(pilot, app.main.evidence, words)
        await stand_on(pilot, app.main.evidence, f"duplicate    colleague: of {other.summary}")
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.main.events.row and app.main.events.row.event == other, "the other event")
        await pilot.press("4")
        await stand_on(pilot, app.main.evidence, f"duplicate    19 Aug  {event.summary}")
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.main.events.row and app.main.events.row.event == event, "the event again")


async def test_a_citys_history_sets_the_clock_and_back_takes_it_away(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        await pilot.press("1", "j")
        await stand_on_history(app, pilot, "6 Aug 2021")
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.session.clocks.as_of == event_on(6).occurred_at, "the clock")
        assert app.session.clock is Clock.AS_OF
        await wait_for(pilot, lambda: "since 6 Aug 2021" in screen_text(app), "what stood then")
        await wait_for(pilot, lambda: "later 9 Aug 2021" in screen_text(app), "later")
        await pilot.press("H")
        await wait_for(pilot, lambda: app.session.clocks == NOW and app.main.evidence.has_focus, "now, in the drawer")


async def stand_on_history(app: SitmonApp, pilot: Pilot[int], words: str) -> None:
    await wait_for(pilot, lambda: app.main.evidence.subject == "north", "why")
    await pilot.press("4")
    await wait_for(pilot, lambda: app.main.evidence.has_focus, "the drawer")
    await stand_on(pilot, app.main.evidence, words)


async def test_the_drawer_takes_the_lower_third_and_on_a_short_screen_everything(store: FakeStore) -> None:
    async with opened(store, NARROW) as (app, pilot):
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.main.drawer.size.height, "the drawer")
        assert app.main.drawer.outer_size.height == NARROW[1] // 3
        assert app.main.events.region.height > 10
    async with opened(store, SMALL) as (app, pilot):
        await pilot.press("e")
        await wait_for(pilot, lambda: app.main.evidence.has_focus and app.main.drawer.size.height, "the drawer")
        await wait_for(pilot, lambda: app.main.drawer.outer_size.height == SMALL[1] - 3, "all of the body")
        await pilot.press("2")
        await wait_for(pilot, lambda: app.main.events.has_focus and not app.main.drawer.display, "the log")
        assert "18 Aug" in screen_text(app)


async def test_keys_in_one_burst_go_into_the_drawer_of_the_city_that_they_chose(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        for key in ("1", "j", "4"):
            app.post_message(Key(key, key))
        await wait_for(pilot, lambda: app.main.evidence.subject == "north", "the city's drawer")
        assert app.main.evidence.has_focus


async def test_a_line_that_leads_nowhere_says_so(store: FakeStore) -> None:
    async with opened(store) as (app, pilot):
        await pilot.press("3")
        await wait_for(pilot, lambda: app.main.actor.subject, "the file")
        blank = next(at for at, link in enumerate(app.main.actor.links) if link is None)
        await pilot.press("g", *("j" * blank), "enter")
        assert "leads nowhere" in screen_text(app)


@pytest.fixture
def peopled(catalog: Catalog) -> Catalog:
    begin = parse_time("2021-08-10", "Europe/Berlin")[0]
    actors = {
        "red": catalog.actors["red"]._replace(
            names=(Name("the Reds", "en"), Name("سرخ", "fa")),
            roles=(Role("leader", "Old One", valid_to=begin), Role("leader", "New One", valid_from=begin)),
            relations=(Relation("opposes", "blue"), Relation("ally-of", "green", valid_from=begin)),
        ),
        "new-one": Actor("new-one", "New One", kind="person"),
        "green": Actor("green", "Green Band"),
    }
    return replace(catalog, actors={**catalog.actors, **actors})


async def test_an_actors_file_follows_both_clocks(store: FakeStore, peopled: Catalog) -> None:
    store.known = peopled
    async with opened(store) as (app, pilot):
        session, main = app.session, app.main
        await pilot.press("3")

        def file() -> str:
            return "\n".join(text_of(main.actor, at) for at in range(len(main.actor.lines)))

        await wait_for(pilot, lambda: "leader New One" in file(), "the leader of now")
        assert "سرخ" in file()
        assert "allied to Green Band" in file()
        assert "parts Red Guard" in file()
        assert "LAST 24 H" not in file()
        session.set_clock(Clock.AS_OF, "2021-08-09")
        main.read_all()
        await wait_for(pilot, lambda: "leader Old One" in file(), "the leader of then")
        assert "Green Band" not in file()
        assert "LAST 24 H" in file()
        assert "1 captured" in file()
        assert "HOLDS 1 of 3" in file()
        session.set_clock(Clock.KNOWN_AT, "2021-08-03")
        main.read_all()
        await wait_for(pilot, lambda: "LAST 24 H" not in file(), "what was known then")
        assert "HOLDS 0 of 3" in file()


async def test_from_an_actor_to_its_leader_and_back_by_their_ties(store: FakeStore, peopled: Catalog) -> None:
    store.known = peopled
    async with opened(store) as (app, pilot):
        await pilot.press("3")
        await stand_on(pilot, app.main.actor, "leader New One")
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.main.actor.subject == "new-one", "the leader")
        await stand_on(pilot, app.main.actor, "leader of Red Side")
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.main.actor.subject == "red", "the actor")
        await pilot.press("H", "H")
        await wait_for(pilot, lambda: "leader New One" in text_of(app.main.actor, app.main.actor.cursor), "the line")


# -- the trail ---------------------------------------------------------------------------------------------------------


def stop(number: int) -> Stop:
    spot = Spot("", number)
    return Stop(
        Scope.EVENTS, Scope.EVENTS, False, "", Order.OCCURRED, NOW, Clock.AS_OF, None, None, spot, spot, spot, spot
    )


@given(st.lists(st.sampled_from(("leave", "back", "forward")), max_size=60))
@settings(max_examples=200)
def test_the_trail_is_that_of_a_browser(deeds: list[str]) -> None:
    trail, pages, at = Trail(), [0], 0
    for number, deed in enumerate(deeds, 1):
        if deed == "leave":
            trail.leave(stop(pages[at]))
            pages[at + 1 :] = [number]
            at += 1
            continue
        found = (trail.back if deed == "back" else trail.forward)(stop(pages[at]))
        to = at - 1 if deed == "back" else at + 1
        if 0 <= to < len(pages):
            at = to
            assert found == stop(pages[at])
        else:
            assert found is None


def test_the_trail_forgets_what_is_farthest_away() -> None:
    trail = Trail()
    for number in range(MAX_STOPS + 5):
        trail.leave(stop(number))
    found = []
    while (one := trail.back(stop(-1))) is not None:
        found.append(one.log.cursor)
    assert found == list(range(MAX_STOPS + 4, 4, -1))
