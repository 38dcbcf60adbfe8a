"""All formats that can be imported, and recognising which one a file has."""

import re

from ingest.importers.acled import ACLED, ACLED_DELETED
from ingest.importers.cap import CAP
from ingest.importers.gazetteers import GEONAMES, PCODES
from ingest.importers.gdelt import GDELT
from ingest.importers.geojson import GEOJSON
from ingest.importers.hxl import HXL
from ingest.importers.records import Format, read_head
from ingest.importers.ucdp import UCDP
from ingest.importers.viina import VIINA
from ingest.importers.viina_control import VIINA_CONTROL
from model.errors import InputRefused
from model.native import COLUMNS, VIEW_COLUMNS
from model.rows import header_of

FORMATS: tuple[Format, ...] = (
    ACLED,
    ACLED_DELETED,
    UCDP,
    VIINA_CONTROL,
    VIINA,
    GEONAMES,
    PCODES,
    GEOJSON,
    CAP,
    HXL,
    GDELT,
)
"""In the order in which they are tried: the more specific first."""

NATIVE = ("csv", "jsonl")
"""sitmon's own rows (`ingest/native.py`)."""

NAMES = (*NATIVE, *(form.name for form in FORMATS))
"""All that `--as` takes."""


class FormatUnknown(InputRefused):
    """Raised for a table whose columns are those of no format; a mapping file may say what they mean."""


def format_of(name: str) -> Format:
    """Return the format of that name."""
    return next(form for form in FORMATS if form.name == name)


def _require_rows(text: str) -> None:
    """Refuse a JSON document that cannot be rows of sitmon's own, one object a line."""
    first, is_whole, _ = text.partition("\n")
    if re.search(r'"type"\s*:\s*"Topology"', text[:2_000]):
        raise InputRefused("it is TopoJSON; save it as GeoJSON")
    if text.startswith("[") or (is_whole and not first.rstrip().endswith("}")):
        raise InputRefused("a JSON document of no known format; sitmon's own rows are one object a line")


def _is_any(data: bytes) -> bool:
    head = read_head(data)
    return any(form.recognises(head) for form in FORMATS)


def recognise(data: bytes) -> Format | None:
    """Return the format of a file by its first bytes; None: sitmon's own rows.

    Raises:
        FormatUnknown: it is a table of no known format.
        InputRefused: it cannot be read.
    """
    head = read_head(data)
    for form in FORMATS:
        if form.recognises(head):
            return form
    if head.text.lstrip().startswith(("{", "[")):
        _require_rows(head.text.lstrip())
        return None
    if head.text.lstrip().startswith("<"):
        raise InputRefused("it is XML or a page, and no CAP alert; `sitmon ingest` takes in feeds and pages")
    if not head.text.strip():
        return None
    known = {*COLUMNS, *VIEW_COLUMNS}
    own = [cell for cell in head.cells if cell in known]
    if len(own) * 2 >= len(head.cells):
        return None
    columns = head.cells if head.delimiter != ";" else header_of(head.text.encode(), delimiter=";")
    if head.delimiter == ";" and (len(known & {*columns}) * 2 >= len(columns) or _is_any(data.replace(b";", b","))):
        raise InputRefused("line 1: the columns are separated by semicolons; save the file with commas between them")
    raise FormatUnknown(f"line 1: its columns ({', '.join(columns)[:80]}) are those of no known format")
