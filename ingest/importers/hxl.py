"""Tables whose columns are named by a row of HXL tags within the first rows (hxlstandard.org, formats.md has the list).

Rows above the tags are ignored. Attributes may come in any order, and further ones are ignored too.
"""

import csv
import functools
import io
import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO, NamedTuple

from ingest.importers.mapped import Meaning, items_of, translate
from ingest.importers.records import Context, Format, Head, Item, head_of
from ingest.native import ANALYST
from model.errors import InputRefused
from model.rows import Refused, Row, read_table

TAG_ROWS = 25
"""Rows among which the tags are looked for, as the standard has it."""

TAGS = {
    "#event+id": "id",
    "#event+code": "id",
    "#meta+id": "id",
    "#date+occurred": "occurred_at",
    "#date+start": "occurred_at",
    "#date+reported": "reported_at",
    "#date": "occurred_at",
    "#event+type+sub": "kind",
    "#event+type": "kind",
    "#event": "kind",
    "#loc+name": "place",
    "#loc": "place",
    "#geo+lat": "latitude",
    "#geo+lon": "longitude",
    "#adm1+name": "admin1",
    "#adm1": "admin1",
    "#adm2+name": "admin2",
    "#adm2": "admin2",
    "#org+name": "actor",
    "#org": "actor",
    "#group+name+first": "actor",
    "#group+name+second": "against",
    "#group+name": "actor",
    "#meta+source": "source",
    "#meta+url": "url",
    "#meta+confidence": "credibility",
    "#description": "summary",
    "#event+description": "summary",
    "#status": "status",
    "#severity": "severity",
    "#access": "access",
    "#affected+killed": "killed",
    "#affected+injured": "injured",
    "#affected+displaced": "displaced",
}
"""Tag -> our column. Of several columns that mean the same, the one with the most telling tag counts."""

_CODES = ("#loc+code", "#adm4+code", "#adm3+code", "#adm2+code", "#adm1+code")
"""Tags of P-codes, the smallest area first."""

_TAG = re.compile(r"#[a-z][a-z0-9_]*(?:\s*\+[a-z][a-z0-9_]*)*\s*", re.IGNORECASE)
_FEWEST = 2
"""Tags of a row of tags; with fewer it may be a row of anything."""


class _Tags(NamedTuple):
    """The row of tags."""

    line: int
    """On which it begins."""
    cells: tuple[str, ...]
    delimiter: str


def _recognises(head: Head) -> bool:
    return _tags_of(head.text) is not None


def says_events(head: Head) -> bool:
    """Say whether a table's tags are those of events, and not of a gazetteer, which has P-codes and dates too."""
    tags = _tags_of(head.text)
    heads = {tag.partition("+")[0].strip().casefold() for tag in tags.cells} if tags else set()
    return "#date" in heads and not heads.isdisjoint({"#event", "#affected", "#status", "#org", "#group"})


def _tags_of(text: str) -> _Tags | None:
    """Return the row of tags at a file's beginning; None where there is none."""
    if "#" not in text:
        return None
    for delimiter in ",;\t":
        lines = io.StringIO(text, newline="\n")
        if delimiter == "\t":
            reader = csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)
        else:
            reader = csv.reader(lines, delimiter=delimiter)
        begin = 1
        try:
            for _, cells in zip(range(TAG_ROWS), reader, strict=False):
                filled = [cell for cell in map(str.strip, cells) if cell]
                tags = sum(_TAG.fullmatch(cell) is not None for cell in filled)
                if tags >= _FEWEST and 2 * tags >= len(filled):
                    return _Tags(begin, tuple(cell.strip() for cell in cells), delimiter)
                begin = reader.line_num + 1
        except csv.Error:
            continue
    return None


def _read(stream: BinaryIO, context: Context) -> Iterator[Item]:
    tags = _tags_of(head_of(stream).text)
    if tags is None:
        raise InputRefused(f"none of its first {TAG_ROWS} rows are HXL tags, such as #date+occurred and #loc+name")
    columns, codes = _columns(tags.cells)
    if "occurred_at" not in columns:
        raise InputRefused(f"line {tags.line}: no HXL tag says when anything happened; #date+occurred does")
    # By number: a heading may be empty, or there twice.
    rows = read_table(stream, header=[str(n) for n in range(len(tags.cells))], delimiter=tags.delimiter)
    below = (row for row in rows if (row.row if isinstance(row, Refused) else row.number) > tags.line)
    return items_of(below, context, functools.partial(_translate, meaning=Meaning(columns), codes=codes))


def _translate(row: Row, meaning: Meaning, codes: tuple[str, ...]) -> dict[str, str]:
    """Return a row in our columns, with the P-code of the smallest area that it gives."""
    ours = translate(row, meaning)
    code = next((code for column in codes if (code := row.cells.get(column, "").strip())), "")
    return {**ours, "pcode": code} if code else ours


def _columns(tags: tuple[str, ...]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return our column -> the number of the table's, and the numbers of those of P-codes, the smallest area first."""
    found: dict[str, tuple[int, int, int]] = {}
    codes: dict[str, int] = {}
    for number, tag in enumerate(tags):
        if (code := _meant(tag, {one: one for one in _CODES})) is not None:
            codes.setdefault(code[0], number)
        elif (ours := _meant(tag, TAGS)) is not None:
            telling = (-ours[1], ours[2], number)
            found[ours[0]] = min(telling, found.get(ours[0], telling))
    columns = {ours: str(number) for ours, (_, _, number) in found.items()}
    return columns, tuple(str(codes[code]) for code in _CODES if code in codes)


def _meant(tag: str, tags: Mapping[str, str]) -> tuple[str, int, int] | None:
    """Return what a tag means, with how many of its attributes say so and how many do not; None for what is none.

    The most telling entry counts whose attributes it all has.
    """
    head, *attributes = (part.strip().casefold() for part in tag.split("+"))
    best: tuple[str, int, int] | None = None
    for known, ours in tags.items():
        known_head, *needed = known.split("+")
        if head == known_head and set(needed) <= set(attributes) and (best is None or len(needed) > best[1]):
            best = ours, len(needed), len(attributes) - len(needed)
    return best


HXL = Format("hxl", "a table with HXL tags", _recognises, _read, (ANALYST,))
