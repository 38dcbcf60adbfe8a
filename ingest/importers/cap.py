"""CAP alerts (1.0 to 1.2) as events: one a document, said by the authority that sent it.

An *Update* is a newer edition of the alert whose place it takes, a *Cancel* takes it back. docs/importing.md has the
mapping for users.
"""

from collections.abc import Iterator
from typing import BinaryIO
from xml.etree.ElementTree import Element

from ingest.feeds.cap import (
    ALERT,
    cap_id,
    children,
    chosen_info,
    named_by,
    paragraph_of,
    parse_alert,
    references_of,
    text_of,
)
from ingest.feeds.limits import MAX_BYTES, require_bounded
from ingest.importers.geometry import box_of, is_inside
from ingest.importers.mapped import kind_of
from ingest.importers.records import Context, Format, Head, Item, Passed, Record, Withdrawn
from model.catalog import distance_km
from model.entities import Claim, Event, Place, Stance
from model.errors import InputRefused
from model.kinds import KINDS, Effect
from model.rows import CellRefused
from model.times import DAY, Precision, parse_time

FIRST_YEAR = 1999
SUMMARY = 200
_CREDIBILITY = {"observed": 2, "likely": 3, "possible": 4, "unlikely": 5}
_TAKEN = ("Alert", "Update", "Cancel")


def _recognises(head: Head) -> bool:
    return head.text.lstrip("\ufeff \t\r\n").startswith("<") and ALERT.search(head.text) is not None


def _read(stream: BinaryIO, context: Context) -> Iterator[Item]:
    data = stream.read(MAX_BYTES + 1)
    require_bounded(data)
    alert = parse_alert(data)
    try:
        item = _item(alert, context)
    except CellRefused as refused:
        context.names.forget()
        yield refused.at(1)
    else:
        context.names.keep()
        yield item


def _item(alert: Element, context: Context) -> Item:
    sender, identifier, sent = named_by(alert)
    kind = text_of(alert, "msgType")
    if text_of(alert, "status") != "Actual" or kind not in _TAKEN:
        return Passed(1)
    at = _sent(sent, context)
    references = references_of(text_of(alert, "references")) if kind != "Alert" else ()
    # The oldest one that is named is what the others, and this one, are editions of.
    first = min(references, key=lambda one: _order(one.rpartition(",")[2]), default=cap_id(sender, identifier, sent))
    key = "cap", first
    info = chosen_info(alert)
    name = text_of(info, "senderName") or sender
    source = context.names.source("senderName", name)
    if kind == "Cancel":
        return Withdrawn(1, key, at, source)
    event = Event("", _kind(info), *_occurred(info, at, context), _summary(info, identifier), _place(info, context))
    claim = Claim(
        "",
        "",
        source,
        Stance.ASSERTS,
        at,
        credibility=_CREDIBILITY.get(text_of(info, "certainty").casefold(), 6),
        attribution=sender if sender != name else "",
        quote=_quote(info),
        url=text_of(info, "web"),
    )
    return Record(1, key, event, (claim,), stamped=True)


def _sent(text: str, context: Context) -> int:
    try:
        at, _ = parse_time(text)
        year = int(text[:4])
    except (InputRefused, ValueError):
        raise CellRefused("sent", text, "not a time such as 2021-08-12T14:20:00+04:30") from None
    if year < FIRST_YEAR:
        raise CellRefused("sent", text, f"the year {year} is before {FIRST_YEAR}, when there was no CAP yet")
    if at > context.now + DAY:
        raise CellRefused("sent", text, "is in the future")
    return at


def _order(sent: str) -> tuple[int, str]:
    try:
        return parse_time(sent)[0], sent
    except InputRefused:
        return 2**63, sent


def _kind(info: Element | None) -> str:
    """Return the kind that the alert's event is called; one that bears on control is for people to say."""
    kind = KINDS.get(kind_of(text_of(info, "event")))
    return kind.code if kind is not None and kind.effect is Effect.NONE else "other"


def _occurred(info: Element | None, sent: int, context: Context) -> tuple[int, Precision]:
    """Return when it began; of what is still to come, when it was announced."""
    for name in ("onset", "effective"):
        try:
            begins, precision = parse_time(text_of(info, name), context.zone)
        except InputRefused:
            continue
        if sent - 366 * DAY < begins <= sent:
            return begins, precision
    return sent, Precision.MINUTE


def _summary(info: Element | None, identifier: str) -> str:
    line = text_of(info, "headline") or text_of(info, "event") or identifier
    return line if len(line) <= SUMMARY else line[: SUMMARY - 1] + "…"


def _quote(info: Element | None) -> str:
    where = "; ".join(filter(None, (text_of(area, "areaDesc") for area in children(info, "area"))))
    said = paragraph_of(info, "description")
    headline = text_of(info, "headline")
    return "\n".join(filter(None, (headline, said, where and f"Area: {where}", paragraph_of(info, "instruction"))))


def _place(info: Element | None, context: Context) -> str | None:
    """Return the place that the alert names, or the only one of the situation in its area; an area is not a place."""
    areas = list(children(info, "area"))
    for area in areas:
        for code in children(area, "geocode"):
            known = context.names.pcode(text_of(code, "value"))
            if known is not None:
                return known
        known = context.names.known_place(text_of(area, "areaDesc"), None, None)
        if known is not None:
            return known
    inside = {place.id for place in context.catalog.places.values() if any(_is_in(place, area) for area in areas)}
    return inside.pop() if len(inside) == 1 else None


def _is_in(place: Place, area: Element) -> bool:
    x, y = place.longitude, place.latitude
    if x is None or y is None:
        return False
    for drawn in children(area, "polygon"):
        ring = [[longitude, latitude] for latitude, longitude in _pairs(drawn.text)]
        if len(ring) >= 4:
            west, south, east, north = box_of([ring])
            if west <= x <= east and south <= y <= north and is_inside(x, y, [ring]):
                return True
    for drawn in children(area, "circle"):
        around, _, radius = (drawn.text or "").strip().rpartition(" ")
        for latitude, longitude in _pairs(around):
            centre = Place("", "", longitude=longitude, latitude=latitude)
            if distance_km(centre, place) <= (_number(radius) or 0):
                return True
    return False


def _pairs(text: str | None) -> Iterator[tuple[float, float]]:
    """Yield the positions of a text, latitude first as CAP writes them."""
    for pair in (text or "").split():
        latitude, _, longitude = pair.partition(",")
        y, x = _number(latitude), _number(longitude)
        if y is not None and x is not None and -90 <= y <= 90 and -180 <= x <= 180:
            yield y, x


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


CAP = Format("cap", "a CAP alert", _recognises, _read)
