"""Views as GeoJSON (RFC 7946): one FeatureCollection, longitude before latitude, the view's clocks beside it."""

from collections.abc import Iterable
from typing import Any

from export.view import PlaceLine, Record, View, event_record, place_properties
from model.entities import Place
from model.query import EventRow


def places_geojson(lines: Iterable[PlaceLine], view: View) -> dict[str, Any]:
    """Return places as points with who controls them; a place without coordinates has no geometry."""
    features = [_feature(line.place, place_properties(line, view)) for line in lines]
    return {"type": "FeatureCollection", **view.head, "features": features}


def events_geojson(rows: Iterable[EventRow], view: View) -> dict[str, Any]:
    """Return events as points at their places; an event without a place has no geometry."""
    return {"type": "FeatureCollection", **view.head, "features": [feature(row, view) for row in rows]}


def feature(row: EventRow, view: View) -> dict[str, Any]:
    """Return one event as a point at its place."""
    return _feature(view.catalog.places.get(row.event.place or ""), event_record(row, view))


def _feature(place: Place | None, record: Record) -> dict[str, Any]:
    return {"type": "Feature", "id": record["id"], "geometry": _point(place), "properties": record}


def _point(place: Place | None) -> dict[str, Any] | None:
    if place is None or place.longitude is None or place.latitude is None:
        return None
    return {"type": "Point", "coordinates": [place.longitude, place.latitude]}
