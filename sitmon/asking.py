"""Questions on a terminal: what the columns of a table of unknown format mean."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from ingest.importers.guessing import Sample, date_patterns, guess, is_date, shown, unknown_kinds
from ingest.importers.mapped import COLUMNS, MAX_MAPPING, Meaning, date_of, kind_of, read_meaning
from model.errors import InputRefused
from model.kinds import KINDS
from model.rows import nearest_hint, shorten
from model.text import clean_line
from model.times import parse_time
from sitmon.output import say

_PACKED = (".gz", ".zip")


class _Wrong(Exception):
    """Raised for an answer that is not valid; says why."""


def mapping_path(name: str) -> Path | None:
    """Return the path of a table's mapping file, `events.map.toml` for `events.csv`; None for a pipe."""
    archive, _, member = name.partition(": ")
    path = Path(archive)
    if not path.exists():
        return None
    plain = path.with_suffix("") if path.suffix in _PACKED else path
    return path.parent / f"{Path(member).stem if member else plain.stem}.map.toml"


def read_beside(path: Path) -> Meaning | None:
    """Return what a mapping file says; None if it does not exist, or maps no column yet.

    Raises:
        InputRefused: it is not a mapping file, or cannot be read.
    """
    try:
        with path.open("rb") as stream:
            meaning = read_meaning(stream.read(MAX_MAPPING))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputRefused(f"{path} cannot be read: {error.strerror}") from None
    return meaning if meaning.columns else None


def write_beside(path: Path, text: str) -> None:
    """Write a mapping file, and say so."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        say(f"{path} cannot be written: {error.strerror}; the next import will ask again")
    else:
        say(f"saved in {path} for the next import of the file")


def can_ask() -> bool:
    """Say whether there is a terminal to ask on."""
    return all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def confirm(question: str) -> bool:
    """Ask a yes-or-no question; Enter means no."""
    with _interruptible():
        return click.confirm(question, default=False, err=True)


def ask_meaning(sample: Sample) -> Meaning:
    """Ask column by column what a table means, with a guess and the first values of each.

    Raises:
        click.Abort: the user cancelled.
    """
    guessed = guess(sample)
    by_theirs = {theirs: ours for ours, theirs in guessed.columns.items()}
    _tell("What is each column? Enter takes the word in brackets, - leaves the column out, ? lists the words.")
    columns: dict[str, str] = {}
    for theirs in filter(None, sample.header):
        _tell(f"{shorten(theirs)}: {shown(sample, theirs) or 'empty'}")

        def column(answer: str) -> str:
            if answer != "-" and answer not in COLUMNS:
                raise _Wrong(f"{answer[:40]!r} is not one of the words{nearest_hint(answer, COLUMNS, what='words')}")
            if answer in columns:
                raise _Wrong(f"{columns[answer]} is that already")
            return answer

        likely = by_theirs.get(theirs, "-")
        ours = _ask("  is", "-" if likely in columns else likely, column, ", ".join(COLUMNS))
        if ours != "-":
            columns[ours] = theirs
    dates = {one: _ask_date(sample, columns[one]) for one in ("occurred_at", "reported_at") if one in columns}
    constants: dict[str, str] = {}
    if "occurred_at" not in columns:
        constants["occurred_at"] = _ask(
            "No column says when it happened. When did all of it happen, such as 2021-08-12?", "", _time
        )
    values: dict[str, str] = {}
    kinds = ", ".join(KINDS)
    if "kind" not in columns:
        constants["kind"] = _ask(
            "No column says what happened. What kind of event is every row?", "other", _kind, kinds
        )
    else:
        for value, nearest in unknown_kinds(sample, columns["kind"]).items():
            values[value] = _ask(f"Which kind of event is {value[:60]!r}?", nearest or "other", _kind, kinds)
    if "source" not in columns:
        source = _ask("Who says so? The name of a source; Enter: you", "", clean_line)
        constants |= {"source": source} if source else {}
    return Meaning(
        columns, constants, {"kind": values} if values else {}, dates={one: how for one, how in dates.items() if how}
    )


def _ask_date(sample: Sample, column: str) -> str:
    """Return the pattern of a column's dates; empty if they are written as sitmon writes them."""
    patterns = date_patterns(sample, column)
    example = next(iter(sample.values(column)), "")
    if len(patterns) == 1 or not example:
        return patterns[0] if patterns else ""
    if not patterns:
        question = f"How are dates such as {example[:40]!r} written? %d day, %m month, %Y year, %H:%M time"

        def pattern(answer: str) -> str:
            if not is_date(example, answer):
                raise _Wrong(f"{example[:40]!r} is not written like that")
            return answer

        return _ask(question, "", pattern)
    for number, one in enumerate(patterns, 1):
        _tell(f"  {number}  {example} is {date_of(example, one) if one else example}")

    def choice(answer: str) -> str:
        if answer not in map(str, range(1, len(patterns) + 1)):
            raise _Wrong(f"write a number from 1 to {len(patterns)}")
        return patterns[int(answer) - 1]

    return _ask(f"Which is right for {column}?", "1", choice)


def _kind(answer: str) -> str:
    kind = kind_of(answer)
    if kind not in KINDS:
        raise _Wrong(f"no kind of event is called {answer[:40]!r}{nearest_hint(answer, KINDS, what='kinds')}")
    return kind


def _time(answer: str) -> str:
    try:
        parse_time(answer)
    except InputRefused as refused:
        raise _Wrong(str(refused)) from None
    return answer


def _ask(question: str, default: str, read: Callable[[str], str], words: str = "") -> str:
    """Ask until the answer is valid; `?` lists the words."""
    while True:
        with _interruptible():
            answer = click.prompt(question, default=default, show_default=bool(default), err=True).strip()
        if answer == "?" and words:
            _tell(words)
            continue
        try:
            return read(answer)
        except _Wrong as wrong:
            _tell(str(wrong))


def _tell(sentence: str) -> None:
    click.echo(clean_line(sentence), err=True)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let Ctrl-C end a question: asyncio's handler would only note it while the event loop is blocked."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
