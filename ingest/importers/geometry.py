"""GeoJSON geometries: whether one is well formed, and whether a point is inside."""

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ingest.importers.jsonstream import twice_in

Ring = list[list[float]]
Polygon = list[Ring]

_NESTED = 8
"""Collections of geometries within each other; the standard advises against even one."""

_DEPTH = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
"""How many lists there are around a position."""


def complaint_of(feature: object) -> str:  # noqa: PLR0911 - one rule a line
    """Return why this is not a feature of RFC 7946; empty where it is one.

    Winding order, further elements of a position and its digits are not checked, as the standard asks of readers.
    """
    if not isinstance(feature, dict):
        return "not an object"
    twice = twice_in(feature)
    if twice:
        return f"{twice!r} appears twice in one object"
    if feature.get("type") != "Feature":
        return 'not a feature: its "type" is not "Feature"'
    if "features" in feature:
        return 'a feature has no "features"'
    if not isinstance(feature.get("properties"), dict | None) or "properties" not in feature:
        return '"properties" is missing, or not an object'
    if "geometry" not in feature:
        return '"geometry" is missing'
    if isinstance(feature.get("id"), bool | list | dict):
        return '"id" is neither text nor a number'
    geometry = feature["geometry"]
    return bbox_complaint(feature) or (geometry_complaint(geometry) if geometry is not None else "")


def bbox_complaint(thing: Mapping[str, Any]) -> str:
    """Return what is wrong with the bounding box, if there is one."""
    box = thing.get("bbox")
    if box is not None and not (isinstance(box, list) and all(map(_is_number, box)) and len(box) in (4, 6)):
        return '"bbox" is not a list of 4 or 6 numbers'
    return ""


def geometry_complaint(geometry: object, depth: int = 0) -> str:  # noqa: PLR0911 - one rule a line
    """Return why this is not a geometry; empty where it is one."""
    if not isinstance(geometry, dict):
        return "the geometry is not an object"
    twice = twice_in(geometry)
    if twice:
        return f"{twice!r} appears twice in one object"
    kind = geometry.get("type")
    if kind == "GeometryCollection":
        members = geometry.get("geometries")
        if not isinstance(members, list):
            return '"geometries" is missing'
        if depth >= _NESTED:
            return "geometries are nested too deep"
        return next(filter(None, (geometry_complaint(one, depth + 1) for one in members)), "")
    if not isinstance(kind, str) or kind not in _DEPTH:
        return f"no geometry is called {str(kind)[:40]!r}"
    if "coordinates" not in geometry:
        return '"coordinates" is missing'
    return bbox_complaint(geometry) or _coordinates_complaint(geometry["coordinates"], _DEPTH[kind], kind)


def _coordinates_complaint(coordinates: object, depth: int, kind: str) -> str:
    if not isinstance(coordinates, list):
        return "a list of coordinates is missing"
    if depth == 0:
        return _position_complaint(coordinates)
    if depth == 1 and "Line" in kind and len(coordinates) < 2:
        return "a line needs two positions"
    if depth == 1 and "Polygon" in kind:
        if len(coordinates) < 4:
            return "a ring of a polygon needs four positions"
        if coordinates[0] != coordinates[-1]:
            return "a ring of a polygon ends where it begins"
    return next(filter(None, (_coordinates_complaint(one, depth - 1, kind) for one in coordinates)), "")


def _position_complaint(position: list[object]) -> str:
    if any(isinstance(one, list) for one in position):
        return "the coordinates are nested too deep"
    if len(position) < 2 or not all(map(_is_number, position)):
        return "a position is a list of numbers: longitude, latitude"
    longitude, latitude = position[0], position[1]
    assert isinstance(longitude, int | float)
    assert isinstance(latitude, int | float)
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        return f"the position {longitude}, {latitude} is nowhere; longitude comes first"
    return ""


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def points_of(geometry: Mapping[str, Any] | None) -> Iterator[tuple[float, float]]:
    """Yield longitude and latitude of each point of a well-formed geometry; lines and polygons have none."""
    if geometry is None:
        return
    if geometry["type"] == "Point":
        yield geometry["coordinates"][0], geometry["coordinates"][1]
    elif geometry["type"] == "MultiPoint":
        yield from ((one[0], one[1]) for one in geometry["coordinates"])
    elif geometry["type"] == "GeometryCollection":
        for one in geometry["geometries"]:
            yield from points_of(one)


def polygons_of(geometry: Mapping[str, Any] | None) -> Iterator[Polygon]:
    """Yield the polygons of a well-formed geometry."""
    if geometry is None:
        return
    if geometry["type"] == "Polygon":
        yield geometry["coordinates"]
    elif geometry["type"] == "MultiPolygon":
        yield from geometry["coordinates"]
    elif geometry["type"] == "GeometryCollection":
        for one in geometry["geometries"]:
            yield from polygons_of(one)


def is_inside(longitude: float, latitude: float, polygon: Polygon) -> bool:
    """Say whether a point is inside a polygon and in none of its holes; an edge belongs to one of its two sides."""
    if not polygon or not _is_in_ring(longitude, latitude, polygon[0]):
        return False
    return not any(_is_in_ring(longitude, latitude, hole) for hole in polygon[1:])


def box_of(polygon: Polygon) -> tuple[float, float, float, float]:
    """Return west, south, east and north of a polygon that is not empty."""
    ring = polygon[0]
    longitudes, latitudes = [one[0] for one in ring], [one[1] for one in ring]
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


def _is_in_ring(x: float, y: float, ring: Iterable[list[float]]) -> bool:
    """Count how often a ray to the east crosses the ring: an odd number of times from inside."""
    inside = False
    before: list[float] | None = None
    for here in ring:
        if before is not None and (before[1] > y) != (here[1] > y):
            crossing = (before[0] - here[0]) * (y - here[1]) / (before[1] - here[1]) + here[0]
            if x < crossing:
                inside = not inside
        before = here
    return inside
