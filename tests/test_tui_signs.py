"""What a line says without colour: each doubt by a sign of its own, both sides by their names, a greeting once."""

import pytest

from model.catalog import Catalog
from model.control import Step, Why
from model.entities import ControlState, Stance, Status
from model.query import EventQuery
from model.times import DAY
from tests.tui_fakes import PRESENT, FakeStore, claim_on, event_on, screen_text, wait_for
from tui.app import SitmonApp
from tui.cells import LEGEND, event_line, width_of
from tui.panes.evidence import why_lines


async def test_a_disputed_date_has_its_own_sign_and_a_denial_has_its(catalog: Catalog) -> None:
    store = FakeStore(catalog)
    redated, denied = event_on(3, summary="redated"), event_on(4, summary="denied")
    elsewhen = claim_on(redated)._replace(occurred_at=redated.occurred_at + 3 * DAY)
    await store.happen(redated, claims=[elsewhen])
    await store.happen(denied, claims=[claim_on(denied), claim_on(denied, "reprint", Stance.DENIES)])
    by_words = {found.event.summary: found for found in (await store.page("valley", EventQuery())).rows}
    lines = {words: "".join(span.text for span in event_line(found, catalog, 80)) for words, found in by_words.items()}
    assert "3 Aug~" in lines["redated"]
    assert "!" not in lines["redated"]
    assert "~" not in lines["denied"]
    assert "!" in lines["denied"]


async def test_whose_doing_it_is_can_be_read_without_colour(catalog: Catalog) -> None:
    store = FakeStore(catalog)
    await store.happen(*(event_on(3, actor=actor, summary=str(actor)) for actor in ("red-guard", "blue", None)))
    rows = (await store.page("valley", EventQuery())).rows
    lines = {row.event.summary: "".join(span.text for span in event_line(row, catalog, 80)) for row in rows}
    assert [next(sign for sign in ("Hr North", "Hb North", "H  North") if sign in line) for line in lines.values()] == [
        {"red-guard": "Hr North", "blue": "Hb North", "None": "H  North"}[actor] for actor in lines
    ]


async def test_what_no_kind_says_is_said_in_its_own_words(catalog: Catalog) -> None:
    store = FakeStore(catalog)
    await store.happen(event_on(3, kind="other", summary="talks go on"))
    row = (await store.page("valley", EventQuery())).rows[0]
    assert "talks go on" in "".join(span.text for span in event_line(row, catalog, 52))


@pytest.mark.parametrize("width", [24, 58, 78, 118])
async def test_tags_and_notes_have_a_sign_beside_the_star(catalog: Catalog, width: int) -> None:
    store = FakeStore(catalog)
    await store.happen(event_on(3))
    row = (await store.page("valley", EventQuery())).rows[0]
    noted = {
        " ": row,
        "#": row._replace(tags=("key",)),
        '"': row._replace(remarks=1),
        "&": row._replace(tags=("key",), notes=2),
    }
    for sign, found in noted.items():
        line = event_line(found, catalog, width)
        assert "".join(span.text for span in line)[2] == sign
        assert width_of(line) <= max(width, 31)
    assert {one for one in noted if one.strip()} <= {sign for sign, _ in LEGEND}


@pytest.mark.parametrize("width", [58, 78, 118])
async def test_the_steps_behind_a_city_name_both_sides_and_fit(catalog: Catalog, width: int) -> None:
    store = FakeStore(catalog)
    await store.happen(event_on(3))
    found = (await store.page("valley", EventQuery())).rows[0]
    held = ControlState("north", Status.HELD, "blue"), ControlState("north", Status.HELD, "red", "blue")
    why = Why(held[1], (Step(found.event, found.weight, *held, "several sources say so: held by Red Side " * 2),))
    lines = [line for line, _ in why_lines(why, catalog, width)]
    assert "H Blue" in "".join(span.text for span in lines[0])
    assert "→ H Red" in "".join(span.text for span in lines[0])
    assert " ".join("".join(span.text for line in lines for span in line).split()).count("held by Red Side") == 2
    assert max(width_of(line) for line in lines) <= width


async def test_a_greeting_is_said_until_the_first_key(catalog: Catalog) -> None:
    store = FakeStore(catalog)
    app = SitmonApp(store, store.known, present=lambda: PRESENT)
    app.main.greeting = "valley is open"
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.main.total, "the count")
        await wait_for(pilot, lambda: "valley is open" in screen_text(app).splitlines()[-1], "the greeting")
        await pilot.press("j")
        assert "valley is open" not in screen_text(app)
