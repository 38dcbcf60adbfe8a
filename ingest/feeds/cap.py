"""CAP 1.2 alerts (OASIS Common Alerting Protocol): one document is one item, and may update or cancel earlier ones."""

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from ingest.feeds.items import Document, Item
from ingest.feeds.plain import plain_line
from ingest.feeds.stamps import read_stamp
from model.errors import InputRefused

_NAMESPACE = re.compile(r"urn:oasis:names:tc:emergency:cap:1\.\d")
ALERT = re.compile(r"<(?:\w+:)?alert\b[^>]{0,500}urn:oasis:names:tc:emergency:cap:1\.\d")
"""How the root element of an alert begins, as text."""
MAX_REFERENCES = 50
"""Earlier alerts that one can name."""
_FIELDS = (
    *("event", "urgency", "severity", "certainty", "responseType", "effective", "onset", "expires", "audience"),
    *("contact",),
)
_SHOWN = {"responseType": "response"}


def cap_id(sender: str, identifier: str, sent: str) -> str:
    """Return the id of an alert: the three parts that identify it in CAP, as `references` writes them."""
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
        InputRefused: it is not XML, or lacks a sender, an identifier or the time when it was sent.
    """
    alert = parse_alert(data)
    named = named_by(alert)
    info = chosen_info(alert)
    published, precision = read_stamp(named[2])
    kind, status = text_of(alert, "msgType"), text_of(alert, "status")
    headline = text_of(info, "headline") or text_of(info, "event") or named[1]
    marks = [word for word in (kind if kind != "Alert" else "", status if status != "Actual" else "") if word]
    references = references_of(text_of(alert, "references"))
    item = Item(
        title=f"{', '.join(marks)}: {headline}" if marks else headline,
        link=_web(text_of(info, "web")),
        id=cap_id(*named),
        published=published,
        precision=precision,
        summary=paragraph_of(info, "description"),
        content="\n\n".join(part for part in _parts(alert, info) if part),
        language=text_of(info, "language").partition("-")[0].lower(),
        updates=references if kind == "Update" else (),
        cancels=references if kind == "Cancel" else (),
    )
    return Document(text_of(info, "senderName") or named[0], (item,))


def parse_alert(data: bytes) -> ET.Element:
    """Return an alert's element; as `read_cap`."""
    try:
        return ET.fromstring(data)  # noqa: S314 - its entities and its depth were looked at before
    except (ET.ParseError, LookupError, ValueError) as error:
        raise InputRefused(f"the alert is not well-formed XML: {error}") from None


def named_by(alert: ET.Element) -> tuple[str, str, str]:
    """Return the sender, the identifier and the time of sending, which identify an alert.

    Raises:
        InputRefused: it lacks one of them.
    """
    sender, identifier, sent = (text_of(alert, name) for name in ("sender", "identifier", "sent"))
    if not (sender and identifier and sent):
        raise InputRefused("the alert lacks a sender, an identifier or the time when it was sent")
    return sender, identifier, sent


def references_of(text: str) -> tuple[str, ...]:
    """Return the ids of the last alerts that `references` names: triples separated by white space."""
    return tuple(dict.fromkeys(one for one in text.split() if one.count(",") >= 2))[-MAX_REFERENCES:]


def chosen_info(alert: ET.Element) -> ET.Element | None:
    """Return what an alert says in English, or in its first language."""
    infos = list(children(alert, "info"))
    english = [
        info for info in infos if text_of(info, "language").lower().startswith("en") or not text_of(info, "language")
    ]
    return next(iter([*english, *infos]), None)


def _parts(alert: ET.Element, info: ET.Element | None) -> Iterator[str]:
    yield paragraph_of(info, "description")
    yield paragraph_of(info, "instruction")
    if info is not None:
        areas = [text_of(area, "areaDesc") for area in children(info, "area")]
        yield "; ".join(filter(None, areas)) and f"Area: {'; '.join(filter(None, areas))}"
    yield "\n".join(f"{_SHOWN.get(name, name)}: {value}" for name in _FIELDS if (value := text_of(info, name)))
    yield paragraph_of(alert, "note")


def children(parent: ET.Element | None, name: str) -> Iterator[ET.Element]:
    """Yield the elements of a name inside another one, whatever namespace they are in."""
    if parent is not None:
        yield from (child for child in parent if isinstance(child.tag, str) and child.tag.rpartition("}")[2] == name)


def text_of(parent: ET.Element | None, name: str) -> str:
    """Return the text of the first element of a name, as one line; empty where there is none."""
    found = next(children(parent, name), None)
    return plain_line(found.text or "") if found is not None else ""


def paragraph_of(parent: ET.Element | None, name: str) -> str:
    """Return the text of the first element of a name with its line ends; empty where there is none."""
    found = next(children(parent, name), None)
    return (found.text or "").strip() if found is not None else ""


def _web(url: str) -> str:
    return url if url.lower().startswith(("http://", "https://")) else ""
