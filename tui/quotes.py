"""Events as text for elsewhere: a line, a citation, what is stored, and the addresses of its reports.

Nothing that leaves here has a character in it that a terminal obeys, so that it can be pasted into one.
"""

import unicodedata
from collections.abc import Iterable

from export.view import View
from model.catalog import Catalog
from model.ids import short_id
from model.query import EventFile, EventRow
from model.text import clean_line
from model.times import format_time
from store.base import Head
from tui.cells import actor_name, graded, kind_of, place_name, source_name, weighed

_AT_ONCE = 500
"""Characters of a text that are looked at together."""


def row_text(row: EventRow, catalog: Catalog) -> str:
    """Return an event as one line: when, where, what, how it stands, its short id."""
    event, weight = row.event, row.weight
    zone = catalog.situation.zone
    what = f"{kind_of(row).label}{_by(row, catalog)}"
    parts = (
        format_time(event.occurred_at, event.precision, zone),
        place_name(catalog, event.place),
        f"{what}: {event.summary}" if event.summary else what,
        f"{weight.standing.value} {weighed(weight)} {graded(weight.grade)}".strip(),
        short_id(event.id),
    )
    return clean_line(" · ".join(part for part in map(clean_line, parts) if part))


def citation(file: EventFile, view: View, head: Head) -> str:
    """Return all that is needed to find an event again, and to see it as it was known then, in one line."""
    row, catalog, zone = file.row, view.catalog, view.zone
    event, weight = row.event, row.weight
    earliest = min(file.claims, key=lambda claim: claim.reported_at, default=None)
    first = ""
    if earliest is not None:
        at = format_time(earliest.reported_at, earliest.reported_precision, zone)
        first = f", first reported {at} ({earliest.reported_precision.value})"
    where = place_name(catalog, event.place)
    sure = weight.standing.value + (", date disputed" if weight.date_disputed else "")
    sources = "; ".join(source_name(catalog, id_) for id_ in weight.source_ids) or "none"
    sentences = (
        f"{where + ': ' if where else ''}{kind_of(row).label}{_by(row, catalog)}",
        event.summary.rstrip("."),
        f"Occurred {format_time(event.occurred_at, event.precision, zone)} ({event.precision.value}){first}",
        f"Standing {sure}, grade {graded(weight.grade).strip() or 'none'}, sources {weighed(weight)}",
        f"Sources: {sources}",
        f"sitmon, {catalog.situation.name}, event {short_id(event.id)}",
        f"As of {view.as_of}, known at {view.known_at}, head {head.sha256[:12]} of {head.count:,} changesets",
    )
    return clean_line(". ".join(clean_line(part) for part in sentences if part) + ".")


def stored_lines(file: EventFile) -> list[str]:
    r"""Return an event with its claims, reports, marks and changeset as JSON, exactly as they are stored.

    As `escaped`, as they are shown, it is JSON too: a character that would be obeyed stands there as `\u202e`.
    """
    import json

    document = {
        "event": file.row.event._asdict(),
        "claims": [claim._asdict() for claim in file.claims],
        "reports": [report._asdict() for report in file.reports],
        "marks": [mark._asdict() for mark in file.marks],
        "changeset": file.changeset._asdict(),
    }
    return json.dumps(document, ensure_ascii=False, indent=2).split("\n")


def escaped(text: str) -> str:
    """Return a text with each character that `clean_line` would change as its escape in JSON."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escaped(text[begin : begin + _AT_ONCE]) for begin in range(0, len(text), _AT_ONCE))


def _escaped(text: str) -> str:
    if clean_line(text) == text:
        return text
    return "".join(char if _is_plain(char) else _escape(char) for char in text)


def _is_plain(char: str) -> bool:
    return clean_line(char) == char and not unicodedata.category(char).startswith("M")


def _escape(char: str) -> str:
    code = ord(char)
    if code > 0xFFFF:
        code -= 0x10000
        return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
    return f"\\u{code:04x}"


def addresses(file: EventFile) -> tuple[str, ...]:
    """Return the URLs of an event's claims and reports as they are stored, each once."""
    urls: Iterable[str] = [claim.url for claim in file.claims] + [report.url for report in file.reports]
    return tuple(dict.fromkeys(url for url in urls if url))


def web_address(url: str) -> str | None:
    """Return a URL as one that a browser may be given: http or https, plain ASCII; None where it is no such one.

    A host in another script is written as it is looked up (`xn--`), so that no letter passes for another. One with a
    user's name before its host is refused: it is there to mislead.
    """
    from urllib.parse import quote, urlsplit, urlunsplit

    if len(url) > _LONGEST or clean_line(url) != url or " " in url:
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
            return None
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        return None
    if ":" in host:
        host = f"[{host}]"
    if not set(host) <= _HOST:
        return None
    netloc = host if port is None else f"{host}:{port}"
    path, query, fragment = (quote(part, safe=_SAFE) for part in parts[2:])
    return urlunsplit((parts.scheme, netloc, path, query, fragment))


_LONGEST = 2_000
_HOST = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-._:[]")
_SAFE = "%/:=&?~#+!$,;'@()*[]|"


def _by(row: EventRow, catalog: Catalog) -> str:
    actor, against = actor_name(catalog, row.event.actor), actor_name(catalog, row.event.against)
    return (f" by {actor}" if actor else "") + (f" (against {against})" if against else "")
