"""Routes: open on one side's ground, cut where sides meet or fight."""

import pytest

from model.catalog import Catalog
from model.entities import ControlState, Status
from model.routes import Passage, route_state


@pytest.mark.parametrize(
    ("along", "passage", "legs"),
    [
        (("held red", "held red", "held red"), "open", "open open"),
        (("held red", "held red-guard", "influence red"), "open", "open open"),
        (("threatened red", "held red", "negotiated red"), "open", "open open"),
        (("held red", "held red", "held blue"), "cut", "open cut"),
        (("held red", "contested red", "held red"), "cut", "cut cut"),
        (("held red", "claimed red", "held red"), "cut", "cut cut"),
        (("encircled red", "held red", "held red"), "cut", "cut open"),
        (("held red", "held red", "unknown"), "unknown", "open unknown"),
        (("unknown", "held red", "held blue"), "cut", "unknown cut"),
        (("held red", "unknown", "held blue"), "cut", "unknown unknown"),
        (("held red", "unknown", "held red"), "unknown", "unknown unknown"),
        (("contested red", "unknown", "unknown"), "cut", "cut unknown"),
    ],
)
def test_a_route_is_open_on_one_sides_ground(along: tuple[str, ...], passage: str, legs: str, catalog: Catalog) -> None:
    route = next(iter(catalog.routes.values()))
    states = {}
    for place, said in zip(route.place_ids, along, strict=True):
        status, _, actor = said.partition(" ")
        states[place] = ControlState(place, Status(status), actor or None)
    state = route_state(route, states, catalog, 0)
    assert (state.passage, " ".join(leg.passage for leg in state.legs)) == (passage, legs)
    assert state.side == ("red" if passage == "open" else None)


def test_of_places_that_nobody_knows_of_nothing_is_known(catalog: Catalog) -> None:
    route = next(iter(catalog.routes.values()))
    assert route_state(route, {}, catalog, 0).passage is Passage.UNKNOWN
