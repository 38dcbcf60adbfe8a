"""GeoJSON: points are places, polygons say who holds the places inside them.

A polygon file is a snapshot of one day. Whether a place inside was captured or is still held follows from who held it,
as the situation has it, before that day. docs/importing.md has the rules for users.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from ingest.importers.gazetteers import area_of, enter_place, names_area
from ingest.importers.geometry import (
    Polygon,
    bbox_complaint,
    box_of,
    complaint_of,
    geometry_complaint,
    is_inside,
    points_of,
    polygons_of,
)
from ingest.importers.jsonstream import LIST, read_values
from ingest.importers.records import (
    INFLUENCE,
    NO_SPOKESMAN,
    Context,
    Entry,
    Format,
    Head,
    Item,
    Passed,
    Record,
    Settings,
)
from model.entities import Claim, Event, Name, Place, Source, Stance
from model.errors import InputRefused, StreamBroken
from model.rows import CellRefused, Refused, Row
from model.text import clean_line, clean_text
from model.times import Precision, parse_time, to_datetime

MAP = Source("map", "Control map", kind="map")
DEEPSTATE = Source("deepstatemap", "DeepStateMap", kind="map")

_GEOMETRIES = (
    *("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"),
)
_DATE = re.compile(r"(?<!\d)(20\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)")
_WHO = ("actor", "holder", "controller", "side")
_CLAIM = re.compile(r"\bclaim(?:s|ed)?\b", re.IGNORECASE)
_ADVANCE = re.compile(r"\b(?:advances?|influence)\b", re.IGNORECASE)
_CONTESTED = frozenset({"contested", "unknown status", "grey zone", "gray zone", "disputed", "geojson.status.unknown"})
_FREED = frozenset({"liberated", "geojson.status.liberated"})
"""What DeepStateMap calls what the other side has back."""


def _recognises(head: Head) -> bool:
    if not head.text.lstrip().startswith("{"):
        return False
    match = re.search(r'"type"\s*:\s*"(\w+)"', head.text)
    kinds = ("FeatureCollection", "Feature", *_GEOMETRIES)
    return match is not None and match[1] in kinds and not _is_row(head.text)


def _is_row(text: str) -> bool:
    return '"occurred_at"' in text.partition("\n")[0]


def dated(head: str, settings: Settings, zone: str) -> int | None:
    """Return the day of a snapshot: of its name within it, of the file's name, or when it was published."""
    named = re.search(r'"name"\s*:\s*"([^"]{1,200})"', head[:2_000])
    for text in (named[1] if named else "", settings.file):
        match = _DATE.search(text)
        if match:
            try:
                return parse_time("-".join(match.groups()), zone)[0]
            except InputRefused:
                continue
    return settings.published


def _read(stream: BinaryIO, context: Context) -> Iterator[Item]:
    snapshot = _Snapshot(context)
    members: dict[str, Any] = {}
    line = 1
    try:
        for line, key, value in read_values(stream, ("features",)):
            if value is LIST:
                members[key] = []
            elif key == "features":
                yield from _feature(line, value, context, snapshot)
            elif key in members:
                raise InputRefused(f"{key[:40]!r} appears twice")
            else:
                members[key] = value
    except StreamBroken as broken:
        yield Refused(line, "", "", f"{broken}; nothing from here on was read")
        return
    if members.get("type") == "FeatureCollection":
        wrong = bbox_complaint(members) or (
            "" if members.get("features") == [] else '"features" is missing, or no list'
        )
        if wrong:
            yield Refused(1, "", "", wrong)
    elif members.get("type") in _GEOMETRIES:
        wrong = geometry_complaint(members)
        feature = {"type": "Feature", "properties": {}, "geometry": members}
        yield from [Refused(1, "", "", wrong)] if wrong else _feature(1, feature, context, snapshot)
    elif isinstance(members.get("map"), dict) and "type" not in members:
        yield from _drawn(members["map"].get("features"), context, snapshot)
    else:
        yield from _feature(1, members, context, snapshot)
    yield from snapshot.end()


def _drawn(features: object, context: Context, snapshot: "_Snapshot") -> Iterator[Item]:
    """Read the polygons of a map's own answer; its points are units, and no places."""
    for feature in features if isinstance(features, list) else ():
        yield from _feature(1, feature, context, snapshot) if _is_area(feature) else [Passed(1)]


def _is_area(feature: object) -> bool:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    return not isinstance(geometry, dict) or "olygon" in str(geometry.get("type"))


def _feature(line: int, feature: object, context: Context, snapshot: "_Snapshot") -> Iterator[Item]:
    wrong = complaint_of(feature)
    if wrong:
        yield Refused(line, "", "", wrong)
        return
    assert isinstance(feature, dict)
    said = {str(name): value for name, value in (feature["properties"] or {}).items()}
    polygons = list(polygons_of(feature["geometry"]))
    points = list(points_of(feature["geometry"]))
    try:
        if polygons and names_area(said):
            cells = {name: text for name in said if (text := _text(said, name))}
            yield area_of(Row(line, cells), context) or Passed(line)
        elif polygons:
            yield from snapshot.take(line, polygons, said)
        elif points:
            yield _place(line, points[0], feature, said, context)
        else:
            yield Passed(line)  # a line, or nothing: no place is inside or there
    except CellRefused as refused:
        context.names.forget()
        yield refused.at(line)
    else:
        context.names.keep()


def _place(
    line: int, point: tuple[float, float], feature: Mapping[str, Any], said: Mapping[str, Any], context: Context
) -> Entry:
    name = _text(said, "name", "NAME", "Name", "name_en", "ADM1_EN")
    if not name:
        raise CellRefused("name", "", "the point has no name, so it cannot become a place")
    population = said.get("population")
    place = Place(
        "",
        name[:200],
        tuple(
            Name(text, key[5:])
            for key in sorted(said)
            if key.startswith("name_") and (text := _text(said, key)) and text != name
        )[:20],
        _text(said, "kind") or "town",
        _text(said, "admin1", "ADM1_EN", "ADM1_NAME"),
        _text(said, "admin2", "ADM2_EN", "ADM2_NAME"),
        _text(said, "pcode"),
        geonameid=_whole(said.get("geonameid")),
        longitude=point[0],
        latitude=point[1],
        population=_whole(population),
    )
    known = str(feature.get("id") or said.get("id") or "")
    return enter_place(line, place, name, context, known=known)


class _Snapshot:
    """Who holds what on one day, by the polygons so far."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._inside: dict[str, str | None] = {}
        """Place -> who holds it; None where that is contested."""
        self._located = [
            place
            for place in context.catalog.places.values()
            if place.longitude is not None and place.latitude is not None
        ]

    def take(self, line: int, polygons: list[Polygon], said: Mapping[str, Any]) -> Iterator[Item]:
        """Yield an event for each place of the situation inside; the first polygon around a place decides."""
        actor = self._actor(said)
        if self._context.day is None:
            raise CellRefused("", "", "the file does not say which day it shows; say it with --published")
        status = _text(said, "status", "name")
        teller = self._spokesman(actor, status) if actor is not None and _CLAIM.search(status) else None
        advances = _ADVANCE.search(status) is not None
        boxes = [(box_of(polygon), polygon) for polygon in polygons if polygon]
        found = False
        for place in self._located:
            if place.id in self._inside:
                continue
            x, y = place.longitude or 0.0, place.latitude or 0.0
            for (west, south, east, north), polygon in boxes:
                if west <= x <= east and south <= y <= north and is_inside(x, y, polygon):
                    self._inside[place.id] = actor
                    found = True
                    yield self._record(line, place, actor, teller, advances=advances)
                    break
        if not found:
            yield Passed(line)

    def end(self) -> Iterator[Item]:
        """Yield what was left: places outside that the side of the polygons held before."""
        other = self._context.settings.against
        if other is None or not self._inside:
            return
        against = self._context.names.actor("--against", other)
        sides = {self._side(actor) for actor in self._inside.values() if actor is not None}
        for place in self._located:
            before = self._context.holders.get(place.id)
            if place.id not in self._inside and before in sides and before != self._side(against):
                yield self._record(0, place, against)

    def _actor(self, said: Mapping[str, Any]) -> str | None:
        names = self._context.names
        # In several languages, or with a word for programs: "Звільнено /// Liberated /// geoJSON.status.liberated".
        parts = [part.strip() for part in _text(said, "status", "name").split("///")][::-1]
        folded = {part.casefold() for part in parts}
        if folded & _CONTESTED:
            return None
        who = _text(said, *_WHO)
        if who:
            return names.actor(next(column for column in _WHO if column in said), who)
        known = next((actor for part in filter(None, parts) if (actor := names.known_actor(part)) is not None), None)
        if known is not None:
            return known
        if folded & _FREED:
            if self._context.settings.against is None:
                raise CellRefused("status", parts[0], "who has it back is not said; say it with --against")
            return names.actor("--against", self._context.settings.against)
        if self._context.settings.actor is None:
            raise CellRefused(
                "actor",
                parts[0],
                "the polygon does not say who holds what is inside; say it with --actor; "
                "the areas of a gazetteer need P-codes",
            )
        return names.actor("--actor", self._context.settings.actor)

    def _side(self, actor: str) -> str | None:
        assert self._context.day is not None
        return self._context.catalog.side_of(actor, self._context.day)

    def _spokesman(self, actor: str, status: str) -> str:
        assert self._context.day is not None
        found = self._context.spokesman(actor, self._context.day)
        if found is None:
            raise CellRefused("status", status, NO_SPOKESMAN)
        return found

    def _record(
        self, line: int, place: Place, actor: str | None, teller: str | None = None, *, advances: bool = False
    ) -> Record:
        """Return what a polygon says of a place inside, or of one outside; a teller is who merely claims it."""
        day = self._context.day
        assert day is not None
        before = self._context.holders.get(place.id)
        source = DEEPSTATE if "deepstate" in self._context.begins.casefold() else MAP
        date = to_datetime(day, self._context.zone).date().isoformat()
        words, kind = f"{place.name} is contested, by {source.name}", "contested"
        side = None if actor is None else self._side(actor)
        stays = actor is not None and before in (None, side)
        if actor is not None and (before == side or not advances):
            shown = self._context.catalog.actors.get(actor)
            words = (
                f"{place.name} {'claimed' if teller else 'held'} by {shown.name if shown else actor}, by {source.name}"
            )
            kind = "still-held" if stays else "capture"
        elif actor is not None:
            self._context.taken_as[INFLUENCE] += 1
        event = Event("", kind, day, Precision.DAY, words, place.id, actor, None if stays else before)
        attribution = source.name if teller else ""
        told_by = teller or source.id
        claim = Claim("", "", told_by, Stance.ASSERTS, day, Precision.DAY, credibility=3, attribution=attribution)
        return Record(line, ("polygons", source.id, date, place.id), event, (claim,))


def _text(said: Mapping[str, Any], *names: str) -> str:
    for name in names:
        value = said.get(name)
        if isinstance(value, str) and value.strip():
            return clean_line(clean_text(value)).strip()
    return ""


def _whole(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 2**53 else None


GEOJSON = Format("geojson", "GeoJSON places and control", _recognises, _read, (MAP, DEEPSTATE), dated)
