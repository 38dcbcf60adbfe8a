"""Records -> text on a stream: CSV, JSON, JSON Lines.

Every text is cleaned again on its way out: the stream may be a terminal, and another program may have written the
store.
"""

import csv
import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from textwrap import indent
from typing import IO, Any

from export.view import Record, Value
from model.text import clean_text

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\n")
"""Beginnings of a clean text that a spreadsheet takes for a formula; some treat the wide forms like the plain ones."""


def write_csv(stream: IO[str], columns: Sequence[str], records: Iterable[Record], *, header: bool = True) -> None:
    """Write records as CSV (RFC 4180, but with line feeds): None as an empty cell, lists joined by spaces.

    A text that a spreadsheet would run as a formula gets an apostrophe in front (`'=1+1`), so CSV is for reading; JSON
    Lines keep every text unchanged.

    Args:
        stream: opened with `newline=""`.
        columns: the keys to write, in order.
        records: the rows.
        header: whether to write a header row.
    """
    writer = csv.writer(stream, lineterminator="\n")
    if header:
        writer.writerow(columns)
    writer.writerows([_cell(record.get(column)) for column in columns] for record in records)


def write_jsonl(stream: IO[str], records: Iterable[Mapping[str, Any]]) -> None:
    """Write one JSON object a line."""
    stream.writelines(f"{json.dumps(_clean(record), ensure_ascii=False)}\n" for record in records)


def write_json(stream: IO[str], document: object) -> None:
    """Write one JSON document, indented, with a line feed at its end."""
    json.dump(_clean(document), stream, ensure_ascii=False, indent=2)
    stream.write("\n")


async def write_listing(
    stream: IO[str], head: Mapping[str, Any], key: str, items: AsyncIterator[Mapping[str, Any]]
) -> None:
    """Write a JSON document whose last entry is a list, an item at a time, in constant memory.

    The text is the same that `write_json` writes for the whole document.
    """
    outside = json.dumps(_clean({**head, key: []}), ensure_ascii=False, indent=2)
    begin, _, end = outside.rpartition("[]")
    stream.write(f"{begin}[")
    between, closing = "\n", "]"
    async for item in items:
        text = json.dumps(_clean(item), ensure_ascii=False, indent=2)
        stream.write(between + indent(text, "    "))
        between, closing = ",\n", "\n  ]"
    stream.write(f"{closing}{end}\n")


def _cell(value: Value) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    text = " ".join(map(clean_text, value)) if isinstance(value, list) else clean_text(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _clean(value: object) -> object:
    """Return a JSON value with all texts in it cleaned, including keys."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, Mapping):
        return {clean_text(key): _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value
