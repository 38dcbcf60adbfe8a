"""CAP 1.2 alerts (OASIS Common Alerting Protocol): one document is one item, and may update or cancel earlier ones."""

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from ingest.feeds.items import Document, Item
from ingest.feeds.plain import plain_line
from ingest.feeds.stamps import read_stamp
from model.errors import InputRefused

_NAMESPACE = re.compile(r"urn:oasis:names:tc:emergency:cap:1\.\d")
_FIELDS = (
    *("event", "urgency", "severity", "certainty", "responseType", "effective", "onset", "expires", "audience"),
    *("contact",),
)
_SHOWN = {"responseType": "response"}


def cap_id(sender: str, identifier: str, sent: str) -> str:
    """Return the id of an alert: the three that CAP tells alerts apart by, as `references` writes them."""
    return f"{sender},{identifier},{sent}"


def is_cap(root: str) -> bool:
    """Say whether a root element, as `{namespace}name`, is an alert's."""
    namespace, _, name = root.removeprefix("{").rpartition("}")
    return name == "alert" and _NAMESPACE.fullmatch(namespace) is not None


def read_cap(data: bytes) -> Document:
    """Read one alert.

    Args:
        data: a document that `require_bounded` let through.

    Raises:
        InputRefused: it is no XML, or lacks what tells it apart from other alerts.
    """
    try:
        alert = ET.fromstring(data)  # noqa: S314 - its entities and its depth were looked at before
    except (ET.ParseError, LookupError, ValueError) as error:
        raise InputRefused(f"the alert is not well-formed XML: {error}") from None
    named = [_text(alert, name) for name in ("sender", "identifier", "sent")]
    if not all(named):
        raise InputRefused("the alert lacks a sender, an identifier or the time when it was sent")
    info = _chosen_info(alert)
    published, precision = read_stamp(named[2])
    kind, status = _text(alert, "msgType"), _text(alert, "status")
    headline = _text(info, "headline") or _text(info, "event") or named[1]
    marks = [word for word in (kind if kind != "Alert" else "", status if status != "Actual" else "") if word]
    references = references_of(_text(alert, "references"))
    item = Item(
        title=f"{', '.join(marks)}: {headline}" if marks else headline,
        link=_web(_text(info, "web")),
        id=cap_id(*named),
        published=published,
        precision=precision,
        summary=_paragraph(info, "description"),
        content="\n\n".join(part for part in _parts(alert, info) if part),
        language=_text(info, "language").partition("-")[0].lower(),
        updates=references if kind == "Update" else (),
        cancels=references if kind == "Cancel" else (),
    )
    return Document(_text(info, "senderName") or named[0], (item,))


def references_of(text: str) -> tuple[str, ...]:
    """Return the ids of the alerts that `references` names: triples, apart by white space."""
    return tuple(one for one in text.split() if one.count(",") >= 2)


def _chosen_info(alert: ET.Element) -> ET.Element | None:
    """Return the alert in English, or in its first language."""
    infos = list(_children(alert, "info"))
    english = [
        info for info in infos if _text(info, "language").lower().startswith("en") or not _text(info, "language")
    ]
    return next(iter([*english, *infos]), None)


def _parts(alert: ET.Element, info: ET.Element | None) -> Iterator[str]:
    yield _paragraph(info, "description")
    yield _paragraph(info, "instruction")
    if info is not None:
        areas = [_text(area, "areaDesc") for area in _children(info, "area")]
        yield "; ".join(filter(None, areas)) and f"Area: {'; '.join(filter(None, areas))}"
    yield "\n".join(f"{_SHOWN.get(name, name)}: {value}" for name in _FIELDS if (value := _text(info, name)))
    yield _paragraph(alert, "note")


def _children(parent: ET.Element | None, name: str) -> Iterator[ET.Element]:
    if parent is not None:
        yield from (child for child in parent if isinstance(child.tag, str) and child.tag.rpartition("}")[2] == name)


def _text(parent: ET.Element | None, name: str) -> str:
    found = next(_children(parent, name), None)
    return plain_line(found.text or "") if found is not None else ""


def _paragraph(parent: ET.Element | None, name: str) -> str:
    found = next(_children(parent, name), None)
    return (found.text or "").strip() if found is not None else ""


def _web(url: str) -> str:
    return url if url.lower().startswith(("http://", "https://")) else ""
