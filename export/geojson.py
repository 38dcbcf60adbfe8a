"""Views as GeoJSON (RFC 7946): one FeatureCollection, longitude before latitude, the view's clocks beside it."""

from collections.abc import Iterable
from typing import Any

from export.view import PlaceLine, Record, View, event_record, place_properties
from model.entities import Place
from model.query import EventRow


def places_geojson(lines: Iterable[PlaceLine], view: View) -> dict[str, Any]:
    """Return places as points with who controls them; a place without coordinates has no geometry."""
    return _collection(((line.place, place_properties(line, view)) for line in lines), view)


def events_geojson(rows: Iterable[EventRow], view: View) -> dict[str, Any]:
    """Return events as points at their places; an event without a place has no geometry."""
    places = view.catalog.places
    return _collection(((places.get(row.event.place or ""), event_record(row, view)) for row in rows), view)


def _collection(located: Iterable[tuple[Place | None, Record]], view: View) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        **view.head,
        "features": [
            {"type": "Feature", "id": record["id"], "geometry": _point(place), "properties": record}
            for place, record in located
        ],
    }


def _point(place: Place | None) -> dict[str, Any] | None:
    if place is None or place.longitude is None or place.latitude is None:
        return None
    return {"type": "Point", "coordinates": [place.longitude, place.latitude]}
