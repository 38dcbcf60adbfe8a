"""Records -> text on a stream: CSV, JSON, JSON Lines.

Every text is cleaned once more on its way out: what reads the stream may be a terminal, and what wrote the store may
have been another program.
"""

import csv
import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from textwrap import indent
from typing import IO, Any

from export.view import Record, Value
from model.text import clean_text

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\n")
"""What a clean text begins with that a spreadsheet takes for a formula; some read the wide forms as the plain ones."""


def write_csv(stream: IO[str], columns: Sequence[str], records: Iterable[Record], *, header: bool = True) -> None:
    """Write records as CSV (RFC 4180, but with line feeds): empty cells for nothing, lists with spaces between.

    A text that a spreadsheet would run as a formula gets an apostrophe in front (`'=1+1`), so a CSV file is for
    reading, and a line in a text ends with a line feed; JSON Lines keep every text as it is.

    Args:
        stream: where to; open it with `newline=""`.
        columns: which cells, in which order.
        records: the rows.
        header: whether the first line names the columns.
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
    """Write one JSON document whose last entry is a list, an item at a time, so that any number can be written.

    The text is the one that `write_json` writes of the same document.
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
    """Return a JSON value with every text in it clean, keys as well."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, Mapping):
        return {clean_text(key): _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value
