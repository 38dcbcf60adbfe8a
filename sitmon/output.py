"""What commands print: data on stdout in the form that was asked for, talk on stderr."""

import enum
import itertools
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import click

from export.files import write_csv, write_json, write_jsonl
from export.view import Record
from model.text import clean_line

F = TypeVar("F", bound=Callable[..., Any])

_GAP = "  "
_LEAST = 12
"""Cells of the last column that a narrow terminal still shows."""


class Form(enum.StrEnum):
    """How data is printed."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    GEOJSON = "geojson"


def format_option(*forms: Form) -> Callable[[F], F]:
    """Add `--format` with these forms, the first one the default."""
    return click.option(
        "--format",
        "form",
        type=click.Choice([form.value for form in forms]),
        callback=lambda _context, _parameter, value: Form(value),
        default=forms[0].value,
        show_default=True,
        help="How to print it.",
    )


def say(sentence: str) -> None:
    """Tell the user something that is no data."""
    click.echo(f"sitmon: {clean_line(sentence)}", err=True)


def print_records(form: Form, columns: Sequence[str], records: Iterable[Record]) -> None:
    """Print records as JSON (a list), JSON Lines or CSV."""
    if form is Form.JSON:
        write_json(sys.stdout, list(records))
    elif form is Form.JSONL:
        write_jsonl(sys.stdout, records)
    else:
        write_csv(sys.stdout, columns, records)


def print_document(form: Form, document: object) -> None:
    """Print one thing as JSON, or as a single line of it."""
    if form is Form.JSONL:
        assert isinstance(document, dict)
        write_jsonl(sys.stdout, [document])
    else:
        write_json(sys.stdout, document)


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows in columns under their headings; on a terminal the last column is cut to what fits."""
    cells = [[clean_line(cell) for cell in row] for row in itertools.chain([headings], rows)]
    widths = [max(map(cell_width, column)) for column in zip(*cells, strict=True)]
    if sys.stdout.isatty():
        before = sum(widths[:-1]) + len(_GAP) * (len(widths) - 1)
        room = shutil.get_terminal_size().columns - before
        widths[-1] = min(widths[-1], max(room, _LEAST))
    for row in cells:
        last = cut(row[-1], widths[-1])
        line = _GAP.join([*(pad(cell, width) for cell, width in zip(row, widths[:-1], strict=False)), last])
        sys.stdout.write(f"{line.rstrip()}\n")


def print_lines(lines: Iterable[str]) -> None:
    """Print texts, each as one harmless line."""
    sys.stdout.writelines(f"{clean_line(line).rstrip()}\n" for line in lines)


def cell_width(text: str) -> int:
    """Return how many cells of a terminal a clean line fills."""
    from wcwidth import wcswidth

    return max(0, wcswidth(text))


def pad(text: str, width: int) -> str:
    """Return the text with spaces up to the width in cells."""
    return text + " " * (width - cell_width(text))


def cut(text: str, width: int) -> str:
    """Return the text cut to the width in cells, with a mark where something is missing."""
    if cell_width(text) <= width:
        return text
    from wcwidth import wcwidth

    filled, kept = 1, []
    for char in text:
        filled += max(0, wcwidth(char))
        if filled > width:
            break
        kept.append(char)
    return "".join(kept) + "…"
