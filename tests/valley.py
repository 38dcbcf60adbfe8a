"""A situation small enough to be known by heart."""

from model.catalog import Catalog
from model.entities import Actor, Name, Place, Relation, Reliability, Route, Situation, Source, Tally


def valley() -> Catalog:
    """Return three places on a route, two sides, four sources and a tally; invented, and so named."""
    places = (
        Place("north", "North Town", names=(Name("Nordstadt", "de"),), pcode="XX01", longitude=10.0, latitude=51.0),
        Place("middle", "Middle Town", kind="provincial-capital", longitude=10.0, latitude=50.5, population=40_000),
        Place("south", "South Town", longitude=10.0, latitude=50.0),
        Place("airfield", "South Airfield", kind="airport", longitude=10.1, latitude=50.0, parent="south"),
    )
    actors = (
        Actor("red", "Red Side", names=(Name("the Reds", "en"),)),
        Actor("red-guard", "Red Guard", relations=(Relation("part-of", "red"),)),
        Actor("blue", "Blue Side", kind="government"),
    )
    sources = (
        Source("wire", "The Wire", reliability=(Reliability("B"),)),
        Source("reprint", "The Reprint", reliability=(Reliability("B"),), copies="wire"),
        Source("gazette", "The Gazette", reliability=(Reliability("C"),)),
        Source("red-radio", "Red Radio", reliability=(Reliability("D"),), speaks_for="red"),
        Source("blue-ministry", "Blue Ministry", reliability=(Reliability("C"),), speaks_for="blue"),
    )
    road = Route("road", "The Road", place_ids=("north", "middle", "south"))
    tally = Tally("towns", "towns held by the Reds", "red", place_ids=("north", "middle", "south"))
    return Catalog(
        Situation("valley", "The Valley", "Europe/Berlin"),
        places={place.id: place for place in places},
        routes={road.id: road},
        actors={actor.id: actor for actor in actors},
        sources={source.id: source for source in sources},
        tallies={tally.id: tally},
    )
