"""All formats that can be imported, and which one a file is."""

from ingest.importers.acled import ACLED, ACLED_DELETED
from ingest.importers.cap import CAP
from ingest.importers.gazetteers import GEONAMES, PCODES
from ingest.importers.gdelt import GDELT
from ingest.importers.geojson import GEOJSON
from ingest.importers.mapped import HXL
from ingest.importers.records import Format, read_head
from ingest.importers.ucdp import UCDP
from ingest.importers.viina import VIINA
from ingest.importers.viina_control import VIINA_CONTROL
from model.errors import InputRefused
from model.native import COLUMNS, VIEW_COLUMNS

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
"""In the order in which they are tried: the more telling first."""

NATIVE = ("csv", "jsonl")
"""sitmon's own rows (`ingest/native.py`)."""

NAMES = (*NATIVE, *(form.name for form in FORMATS))
"""All that `--as` takes."""


class FormatUnknown(InputRefused):
    """Raised for a table whose columns are those of no format; a mapping file may say what they mean."""


def format_of(name: str) -> Format:
    """Return the format of that name."""
    return next(form for form in FORMATS if form.name == name)


def recognise(data: bytes) -> Format | None:
    """Say of which format a file is by its first bytes; None: sitmon's own rows.

    Raises:
        FormatUnknown: it is a table, but of none.
        InputRefused: it is nothing that can be read.
    """
    head = read_head(data)
    for form in FORMATS:
        if form.recognises(head):
            return form
    if head.text.lstrip().startswith(("{", "[")) or not head.text.strip():
        return None
    known = {*COLUMNS, *VIEW_COLUMNS}
    own = [cell for cell in head.cells if cell in known]
    if len(own) * 2 >= len(head.cells):
        return None
    if any(";" in cell for cell in head.cells):
        raise InputRefused("line 1: the columns are separated by semicolons; save the file with commas between them")
    raise FormatUnknown(f"line 1: its columns ({', '.join(head.cells)[:80]}) are those of no format that is known")
