"""Limits of a document, checked before any feed parser sees it.

Only expat reads it here, and only to count: it builds no tree, and expands nothing, because a document that declares
an entity of its own is refused at the declaration.
"""

import re
from typing import NoReturn
from xml.parsers import expat

from model.errors import InputRefused

MAX_BYTES = 8 << 20
"""Of one document, after decompression."""
MAX_DEPTH = 100
"""Elements inside one another."""
MAX_ELEMENTS = 200_000
MAX_ITEMS = 1_000
"""Items kept of one document, the first ones: feeds begin with the newest."""

_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_ELEMENT = re.compile(rb"<[A-Za-z_]")


def require_bounded(data: bytes) -> None:
    """Refuse a document that is too long or too deep, or that declares entities.

    One that is not XML, or not well-formed, passes if the part that can be read is within the limits.

    Raises:
        InputRefused: says which limit.
    """
    if len(data) > MAX_BYTES:
        raise InputRefused(f"the document is longer than {MAX_BYTES >> 20} MiB; nothing of it was read")
    # Also where expat gives up early, and in UTF-16 and UTF-32: entities can only be declared before the first element.
    narrow = data.replace(b"\0", b"") if b"\0" in data else data
    element = _ELEMENT.search(narrow)
    if _ENTITY.search(narrow, 0, element.start() if element else len(narrow)):
        _refuse_entities()
    _count(data)


def _count(data: bytes) -> None:
    depth = elements = 0
    parser = expat.ParserCreate()

    def start(_name: str, _attributes: object) -> None:
        nonlocal depth, elements
        depth += 1
        elements += 1
        if depth > MAX_DEPTH:
            raise InputRefused(f"elements are nested more than {MAX_DEPTH} deep; nothing of it was read")
        if elements > MAX_ELEMENTS:
            raise InputRefused(f"the document has more than {MAX_ELEMENTS:,} elements; nothing of it was read")

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def entity(*_declared: object) -> None:
        _refuse_entities()

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.EntityDeclHandler = entity
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError):
        return  # not well-formed, or in an encoding that expat lacks


def _refuse_entities() -> NoReturn:
    raise InputRefused("the document declares entities of its own, as XML bombs do; nothing of it was read")
