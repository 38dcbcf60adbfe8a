"""The catalog: names found in any spelling, sides through parts, and places by what is around them."""

import math

import pytest

from model.catalog import Catalog, distance_km
from model.entities import Actor, Name, Place, Relation, Route, Situation, Source
from model.errors import NameUnknown


@pytest.fixture
def world() -> Catalog:
    places = (
        Place(
            "herat",
            "Herat",
            (Name("هرات", "fa"), Name("Ghor")),
            pcode="AF32",
            geonameid=1140026,
            longitude=62.2,
            latitude=34.35,
        ),
        Place("airport", "Herat Airport", longitude=62.23, latitude=34.21, parent="herat"),
        Place("runway", "Runway", parent="airport"),
        Place("ghor", "Ghor", longitude=65.25, latitude=34.52),
        Place("pul-e-khumri", "Pul-e Khumri"),
    )
    actors = (
        Actor("gov", "Government", (Name("Kabul"),)),
        Actor("army", "Army", relations=(Relation("part-of", "gov", valid_to=100), Relation("ally-of", "nato"))),
        Actor("corps", "Corps", relations=(Relation("part-of", "army"),)),
        Actor("one", "One", relations=(Relation("part-of", "two"),)),
        Actor("two", "Two", relations=(Relation("part-of", "one"),)),
        Actor("outer", "Outer", relations=(Relation("part-of", "two"),)),
    )
    return Catalog(
        Situation("s", "S", "UTC"),
        places={place.id: place for place in places},
        routes={"ring": Route("ring", "Ring Road", ("herat", "ghor"), (Name("Highway 1"),))},
        actors={actor.id: actor for actor in actors},
        sources={"afp": Source("afp", "Agence France-Presse", (Name("AFP"),))},
    )


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        *(("herat", "herat"), ("HERAT", "herat"), (" Herāt ", "herat"), ("هرات", "herat"), ("af32", "herat")),
        *(("1140026", "herat"), ("Pul e Khumri", "pul-e-khumri"), ("herat airport", "airport")),
    ],
)
def test_a_place_goes_by_id_name_alias_and_code(world: Catalog, name: str, id_: str) -> None:
    assert world.place(name).id == id_


def test_a_things_own_name_wins_over_anothers_alias(world: Catalog) -> None:
    assert world.place("Ghor").id == "ghor"


def test_actors_sources_and_routes_go_by_their_names_too(world: Catalog) -> None:
    assert world.actor("kabul").id == "gov"
    assert world.source("afp").id == "afp"
    assert world.source("agence france presse").id == "afp"
    assert world.route("highway 1").id == "ring"


def test_an_unknown_name_is_refused_with_the_nearest(world: Catalog) -> None:
    with pytest.raises(NameUnknown) as refused:
        world.place("Hirat")
    assert refused.value.nearest[0] == "Herat"
    assert "no place is called 'Hirat'; nearest: Herat" in str(refused.value)
    with pytest.raises(NameUnknown, match="no actor is called"):
        world.actor("")


def test_a_part_is_of_the_outermost_side_while_it_is_a_part(world: Catalog) -> None:
    assert world.side_of("corps", 50) == "gov"
    assert world.side_of("corps", 100) == "army"
    assert world.side_of("gov", 50) == "gov"
    assert world.side_of("unheard-of", 50) == "unheard-of"
    assert world.side_of(None, 50) is None


def test_parts_of_each_other_are_one_side(world: Catalog) -> None:
    assert {world.side_of(actor, 0) for actor in ("one", "two", "outer")} == {"one"}


def test_parts_and_outposts_are_found_at_any_depth(world: Catalog) -> None:
    assert world.parts_of("gov") == {"gov", "army", "corps"}
    assert world.parts_of("one") == {"one", "two", "outer"}
    assert world.within("herat") == {"herat", "airport", "runway"}
    assert world.within("ghor") == {"ghor"}


def test_near_is_by_distance_and_always_has_the_place_itself(world: Catalog) -> None:
    assert world.near("herat", 20) == {"herat", "airport"}
    assert world.near("herat", 300) == {"herat", "airport", "ghor"}
    assert world.near("runway", 1_000) == {"runway"}


def test_distances_are_great_circles(world: Catalog) -> None:
    equator = [Place(str(degree), "", longitude=float(degree), latitude=0.0) for degree in (0, 90, 180)]
    assert distance_km(equator[0], equator[1]) == pytest.approx(math.pi * 6371.0088 / 2)
    assert distance_km(equator[0], equator[2]) == pytest.approx(math.pi * 6371.0088)
    assert distance_km(world.places["herat"], world.places["runway"]) == math.inf


def test_each_side_has_a_letter_of_its_name_that_no_side_before_has() -> None:
    names = ("Syrian government", "Syrian National Army", "Southern Room", "Syrian Forces", "s", "طالبان", "9")
    actors = {str(number): Actor(str(number), name) for number, name in enumerate(names)}
    letters = Catalog(Situation("one", "One", "UTC"), actors=actors).side_letters
    assert "".join(letters.values()) == "snrfsط9"
