"""Questions on a terminal: what the columns of a table mean that is of no known format."""

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
    """Says why an answer is none."""


def mapping_path(name: str) -> Path | None:
    """Return where a table's mapping file is looked for: `events.map.toml` beside `events.csv`; None for a pipe."""
    archive, _, member = name.partition(": ")
    path = Path(archive)
    if not path.exists():
        return None
    plain = path.with_suffix("") if path.suffix in _PACKED else path
    return path.parent / f"{Path(member).stem if member else plain.stem}.map.toml"


def read_beside(path: Path) -> Meaning | None:
    """Return what a mapping file says; None where there is none, or none yet.

    Raises:
        InputRefused: it is no mapping file, or cannot be read.
    """
    try:
        with path.open("rb") as stream:
            meaning = read_meaning(stream.read(MAX_MAPPING))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputRefused(f"{path} cannot be read: {error.strerror}") from None
    return meaning if meaning.columns else None


def keep_beside(path: Path, text: str) -> None:
    """Write a mapping file, and say so."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        say(f"{path} cannot be written: {error.strerror}; so it will be asked again")
    else:
        say(f"written into {path}, which the next import of the file goes by")


def can_ask() -> bool:
    """Say whether somebody is there to answer."""
    return all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def confirm(question: str) -> bool:
    """Ask for a yes; Enter is a no."""
    with _interruptible():
        return click.confirm(question, default=False, err=True)


def ask_meaning(sample: Sample) -> Meaning:
    """Ask column by column what a table means, with a guess and the first values of each.

    Raises:
        click.Abort: the user would rather not.
    """
    guessed = guess(sample)
    by_theirs = {theirs: ours for ours, theirs in guessed.columns.items()}
    _tell("What is each column? Enter takes the word in brackets, - passes over the column, ? lists the words.")
    columns: dict[str, str] = {}
    for theirs in filter(None, sample.header):
        _tell(f"{shorten(theirs)}: {shown(sample, theirs) or 'empty'}")

        def column(answer: str) -> str:
            if answer != "-" and answer not in COLUMNS:
                raise _Wrong(f"there is no {answer[:40]!r}{nearest_hint(answer, COLUMNS, what='words')}")
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
            "No column says when anything happened. When did it all, such as 2021-08-12?", "", _time
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
        source = _ask("Whose rows are they? The name of a source; Enter: yours", "", clean_line)
        constants |= {"source": source} if source else {}
    return Meaning(
        columns, constants, {"kind": values} if values else {}, dates={one: how for one, how in dates.items() if how}
    )


def _ask_date(sample: Sample, column: str) -> str:
    """Return how a column's dates are written; empty where it is as sitmon writes them."""
    patterns = date_patterns(sample, column)
    example = next(iter(sample.values(column)), "")
    if len(patterns) == 1 or not example:
        return patterns[0] if patterns else ""
    if not patterns:
        question = f"How are dates such as {example[:40]!r} written? %d day, %m month, %Y year, %H:%M time"

        def pattern(answer: str) -> str:
            if not is_date(example, answer):
                raise _Wrong(f"{example[:40]!r} is not written so")
            return answer

        return _ask(question, "", pattern)
    for number, one in enumerate(patterns, 1):
        _tell(f"  {number}  {example} is {date_of(example, one) if one else example}")

    def choice(answer: str) -> str:
        if answer not in map(str, range(1, len(patterns) + 1)):
            raise _Wrong(f"1 to {len(patterns)}")
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
    """Ask until an answer can be read; `?` shows the words that there are."""
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
    """Let ctrl-c end a question: while the loop waits for the answer, it would only be noted for later."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
