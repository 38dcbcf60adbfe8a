"""What the columns of an unknown table may mean: guesses from their names and from the first rows, and a mapping file.

Guesses are only that: a person says yes to them, or fixes the file that they are written into.
"""

import io
import json
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from ingest.importers.mapped import COLUMNS, Meaning, date_of, kind_of
from ingest.importers.records import read_head
from ingest.importers.unpacking import HEAD_BYTES
from model.errors import InputRefused
from model.kinds import KINDS
from model.rows import Row, header_of, nearest_hint, read_table
from model.text import clean_line, fold
from model.times import parse_time

NEEDED = ("occurred_at", "kind")
"""What every row must say, or the file for all of them."""

DATES = ("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y%m%d", "%d %b %Y", "%d %B %Y", "%B %d, %Y")
"""How dates are written that are not sitmon's own way, the more usual first."""

_CLOCKS = ("", " %H:%M", " %H:%M:%S")
_SHOWN = 3
_LONG_TEXT = 40
_WORDS = {
    "id": "id ref reference uid uuid no nr number event_id incident_id",
    "occurred_at": "occurred_at occurred date when day event_date incident_date start datum fecha",
    "reported_at": "reported_at reported published report_date publication",
    "kind": "kind type event event_type incident incident_type category what",
    "place": "place location town city settlement village where site locality",
    "longitude": "longitude lon lng long x",
    "latitude": "latitude lat y",
    "admin1": "admin1 province governorate oblast region state adm1",
    "admin2": "admin2 district raion county adm2",
    "geonameid": "geonameid geonames",
    "actor": "actor actor1 perpetrator group by who side party",
    "against": "against actor2 target victim opponent",
    "source": "source outlet reporter",
    "url": "url link href",
    "credibility": "credibility",
    "attribution": "attribution attributed",
    "quote": "quote",
    "summary": "summary description notes text details title headline narrative comment",
}
_KNOWN = {column: tuple(fold(word) for word in words.split()) for column, words in _WORDS.items()}


class Sample(NamedTuple):
    """How an unknown table begins."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]

    def values(self, column: str, most: int = _SHOWN) -> list[str]:
        """Return the first different values of a column, each as one harmless line."""
        found = dict.fromkeys(clean_line(row.cells[column]).strip() for row in self.rows if column in row.cells)
        return list(found)[:most]


def sample_of(head: bytes) -> Sample:
    """Return the complete rows at a table's beginning.

    Raises:
        InputRefused: it is not a table.
    """
    delimiter = read_head(head).delimiter
    rows = list(read_table(io.BytesIO(head), delimiter=delimiter))
    whole = rows[:-1] if len(head) >= HEAD_BYTES else rows
    return Sample(header_of(head, delimiter=delimiter), tuple(row for row in whole if isinstance(row, Row)))


def guess(sample: Sample) -> Meaning:
    """Return what the columns may mean."""
    columns: dict[str, str] = {}
    named = {theirs: fold(theirs) for theirs in sample.header if theirs}
    for fits in (_is_called, _speaks_of):
        for theirs, name in named.items():
            ours = next((one for one, words in _KNOWN.items() if one not in columns and fits(name, words)), None)
            if ours is not None and theirs not in columns.values():
                columns[ours] = theirs
    left = [theirs for theirs in named if theirs not in columns.values()]
    _by_content(columns, left, "occurred_at", lambda theirs: _date_pattern(sample, theirs) is not None)
    _by_content(columns, left, "summary", lambda theirs: max(map(len, sample.values(theirs)), default=0) > _LONG_TEXT)
    columns = {ours: columns[ours] for ours in COLUMNS if ours in columns}
    dates = {ours: _date_pattern(sample, columns[ours]) for ours in ("occurred_at", "reported_at") if ours in columns}
    return Meaning(columns, dates={ours: pattern for ours, pattern in dates.items() if pattern})


def date_patterns(sample: Sample, column: str) -> tuple[str, ...]:
    """Return the patterns by which every value of a column is a date; one that is empty is sitmon's own way."""
    values = sample.values(column, 200)
    return tuple(pattern for pattern in ("", *_patterns()) if values and all(is_date(one, pattern) for one in values))


def unknown_kinds(sample: Sample, column: str) -> dict[str, str]:
    """Return the values of a column that are no kinds of event, each with the nearest kind; empty where none is."""
    found: dict[str, str] = {}
    for value in sample.values(column, 20):
        if kind_of(value) not in KINDS:
            hint = nearest_hint(fold(value), [fold(kind.label) for kind in KINDS.values()])
            words = hint.removeprefix("; nearest: ").split(", ") if hint.startswith("; nearest") else []
            found[value] = kind_of(words[0]) if words else ""
    return found


def write_meaning(meaning: Meaning, sample: Sample, name: str) -> str:
    """Return a mapping file: what is known, and as comments what can be added.

    Args:
        meaning: of the columns.
        sample: of the table.
        name: of the file that it is about.
    """
    lines = [f"# What the columns of {clean_line(name)} mean: sitmon's column = the file's.", "[columns]"]
    width = max((len(theirs) for theirs in meaning.columns.values()), default=0) + 18
    for ours, theirs in meaning.columns.items():
        lines.append(f"{f'{ours} = {_quoted(theirs)}':<{width}}  # {shown(sample, theirs)}")
    unsaid = [theirs for theirs in sample.header if theirs and theirs not in meaning.columns.values()]
    lines += [f"# ... = {_quoted(theirs)}  # {shown(sample, theirs)}" for theirs in unsaid]
    lines.append(f"# sitmon's columns: {', '.join(COLUMNS)}")
    lines += _table("dates", meaning.dates, 'occurred_at = "%d/%m/%Y"  # how dates are written that are not 2021-08-12')
    missing = [column for column in NEEDED if column not in meaning.columns and column not in meaning.constants]
    lines += _table("constants", meaning.constants, 'source = "..."  # whose the rows are; without it, yours')
    lines += [f'# {column} = "..."  # is needed: no column says it' for column in missing]
    values = meaning.values.get("kind", {})
    lines += _table("values.kind", values, '"what the file says" = "capture"  # a kind of event')
    if "kind" in meaning.columns:
        strange = unknown_kinds(sample, meaning.columns["kind"])
        lines += [
            f"# {_quoted(one)} = {_quoted(kind or 'other')}" for one, kind in strange.items() if one not in values
        ]
    lines += _table(
        "actors", meaning.aliases.get("actor", {}), '"the file\'s name" = "ours"; so [places] and [sources]'
    )
    return "\n".join(lines) + "\n"


def _is_called(name: str, words: Iterable[str]) -> bool:
    return name in words


def _speaks_of(name: str, words: Iterable[str]) -> bool:
    return any(f" {word} " in f" {name} " for word in words if len(word) > 2)


def _by_content(columns: dict[str, str], left: list[str], ours: str, fits: Callable[[str], bool]) -> None:
    found = next((theirs for theirs in left if fits(theirs)), None)
    if ours not in columns and found is not None:
        columns[ours] = found
        left.remove(found)


def _patterns() -> Iterable[str]:
    return (date + clock for date in DATES for clock in _CLOCKS)


def _date_pattern(sample: Sample, column: str) -> str | None:
    """Return the first pattern that fits; None where the values are no dates."""
    return next(iter(date_patterns(sample, column)), None)


def is_date(text: str, pattern: str) -> bool:
    """Say whether a text is a date by a pattern; by an empty one, as sitmon writes it."""
    try:
        if pattern:
            date_of(text, pattern)
        else:
            parse_time(text)
    except (ValueError, InputRefused):
        return False
    return True


def _table(name: str, entries: Mapping[str, str], example: str) -> list[str]:
    said = [
        f"{_quoted(key) if '.' in name or name == 'actors' else key} = {_quoted(one)}" for key, one in entries.items()
    ]
    return ["", f"[{name}]", *(said or [f"# {example}"])]


def _quoted(text: str) -> str:
    """Return a text as TOML writes it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def shown(sample: Sample, column: str) -> str:
    """Return a column's first values in a line."""
    return " · ".join(
        value if len(value) <= _LONG_TEXT else value[: _LONG_TEXT - 1] + "…" for value in sample.values(column)
    )
