"""What commands print: data on stdout in the chosen form, messages on stderr."""

import enum
import itertools
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import click

from export.files import write_csv, write_json, write_jsonl
from export.view import Record
from model.text import clean_line

F = TypeVar("F", bound=Callable[..., Any])

_GAP = "  "
_PATIENCE = 1.0
"""Seconds that pass before progress is shown."""
_MIN_WIDTH = 16
"""Cells below which a wide column is not narrowed."""


class Form(enum.StrEnum):
    """How data is printed."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    GEOJSON = "geojson"
    TEXT = "text"
    MARKDOWN = "markdown"


def format_option(*forms: Form) -> Callable[[F], F]:
    """Add `--format` with these forms; the first one is the default."""
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
    """Print a message for the user on stderr."""
    click.echo(f"sitmon: {clean_line(sentence)}", err=True)


def progress_line(what: str) -> Callable[[int, int], None] | None:
    """Return what shows progress on a terminal's last line, from a second on; None where there is no terminal."""
    if not sys.stderr.isatty():
        return None

    what = clean_line(what)
    begun, told = time.monotonic(), -1

    def show(done: int, total: int) -> None:
        nonlocal told
        share = 100 * done // total if total else 100
        if (told < 0 and time.monotonic() - begun < _PATIENCE) or share == told < 100:
            return
        told = share
        click.echo(f"\r{what}: {share} %{'' if done < total else chr(10)}", err=True, nl=False)

    return show


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


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]], spare: Sequence[str] = ()) -> None:
    """Print rows in columns under their headings, fitted to the terminal's width.

    Args:
        headings: of the columns.
        rows: one cell for each column.
        spare: headings of columns that a narrow terminal leaves out, in that order.
    """
    cells = [[clean_line(cell) for cell in row] for row in itertools.chain([headings], rows)]
    widths = [max(map(cell_width, column)) for column in zip(*cells, strict=True)]
    if sys.stdout.isatty():
        widths = fit(widths, shutil.get_terminal_size().columns, [headings.index(heading) for heading in spare])
    for row in cells:
        shown = (pad(cut(cell, width), width) for cell, width in zip(row, widths, strict=True) if width)
        sys.stdout.write(f"{_GAP.join(shown).rstrip()}\n")
    if len(cells) == 1:
        say("there is nothing to show")


def fit(widths: Sequence[int], room: int, spare: Sequence[int] = ()) -> list[int]:
    """Return the widths of columns, in cells, fitted into `room` cells as far as possible.

    Spare columns (indices) become 0 wide one after the other while the rest would not fit at `_MIN_WIDTH`; then the
    widest columns are narrowed, the rightmost first, but not below `_MIN_WIDTH`.
    """
    fitted = list(widths)
    for column in spare:
        if _filled([min(width, _MIN_WIDTH) for width in fitted]) <= room:
            break
        fitted[column] = 0
    while _filled(fitted) > room and max(fitted) > _MIN_WIDTH:
        fitted[max(range(len(fitted)), key=lambda column: (fitted[column], column))] -= 1
    return fitted


def _filled(widths: Sequence[int]) -> int:
    shown = [width for width in widths if width]
    return sum(shown) + len(_GAP) * (len(shown) - 1)


def print_lines(lines: Iterable[str]) -> None:
    """Print texts, each as one harmless line."""
    sys.stdout.writelines(f"{clean_line(line).rstrip()}\n" for line in lines)


def cell_width(text: str) -> int:
    """Return how many terminal cells a clean line takes."""
    from wcwidth import wcswidth

    return max(0, wcswidth(text))


def pad(text: str, width: int) -> str:
    """Return the text with spaces up to the width in cells."""
    return text + " " * (width - cell_width(text))


def cut(text: str, width: int) -> str:
    """Return the text cut to the width in cells, with `…` at the end if something is missing."""
    if cell_width(text) <= width:
        return text
    from wcwidth import wcwidth

    filled, kept = 1, []
    for char in text:
        filled += max(0, wcwidth(char))
        if filled > width:
            break
        kept.append(char)
    # A mark that is painted on the letter before it can be wider there than alone.
    while kept and cell_width("".join(kept) + "…") > width:
        kept.pop()
    return "".join(kept) + "…"
