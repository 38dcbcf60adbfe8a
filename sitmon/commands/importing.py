"""`sitmon import`: reads sitmon's own files and other data sets into the store."""

import asyncio
import csv
import io
import itertools
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, BinaryIO

import click

from ingest.importers.absent import Whole, find_absent, take_back
from ingest.importers.formats import FORMATS, NAMES, NATIVE, FormatUnknown, format_of, recognise
from ingest.importers.guessing import Sample, guess, sample_of, write_meaning
from ingest.importers.importing import ImportOptions, import_opened
from ingest.importers.loading import ImportCounts, LoadStopped
from ingest.importers.mapped import MAX_MAPPING, Meaning, mapped, read_meaning
from ingest.importers.records import Format, Settings
from ingest.importers.unpacking import Opened, unpack
from model.catalog import name_of
from model.entities import Event, Place
from model.errors import InputRefused
from model.rows import Form, Refused
from model.times import format_time, now
from sitmon.asking import ask_meaning, can_ask, confirm, mapping_path, read_beside, write_beside
from sitmon.cli import EXIT_REFUSED, EXIT_STORE, EXIT_USAGE
from sitmon.output import print_lines, progress_line, say
from sitmon.session import Session, with_session

_SAID = 20
"""Refused rows that are printed on a terminal."""

_TRIED = 5
"""Refused rows that are printed when a table's beginning is tried."""


@click.command("import", short_help="Import events and places from files of many kinds.")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.File("rb"))
@click.option(
    "--as",
    "form",
    metavar="FORMAT",
    type=click.Choice(NAMES),
    help=f"The files' format, if it is not recognised: {', '.join(NAMES)}.",
)
@click.option("--create", is_flag=True, help="Add places, actors and sources that are not known yet.")
@click.option("--dry-run", is_flag=True, help="Write nothing; say what would be written, with a sample.")
@click.option("--refused", metavar="FILE", type=click.Path(dir_okay=False), help="Write the refused rows here, as CSV.")
@click.option(
    "--published", metavar="TIME", help="When the files were published, if their rows do not say; default: now."
)
@click.option("--map", "mapping", metavar="FILE", type=click.File("rb"), help="What columns and names mean, as TOML.")
@click.option(
    "--complete",
    is_flag=True,
    help="The files are their whole data set: events that they cover, but no longer have, are taken back.",
)
@click.option("--even-many", is_flag=True, help="With --complete: even if more than a fifth would be taken back.")
@click.option("--actor", metavar="NAME", help="Who holds what is inside polygons that do not say so.")
@click.option("--against", metavar="NAME", help="Who holds again what that actor held before, and is now outside.")
@with_session
async def import_command(
    session: Session,
    *,
    files: tuple[BinaryIO, ...],
    form: str | None,
    create: bool,
    dry_run: bool,
    refused: str | None,
    published: str | None,
    complete: bool,
    even_many: bool,
    actor: str | None,
    against: str | None,
    mapping: BinaryIO | None,
) -> int:
    """Import events, control and places from CSV, JSON and the formats of the field's data sets; `-` is stdin.

    The format is recognised by how a file begins; .gz and .zip are unpacked. A wrong row is refused, with its line and
    the reason, and the others are imported. Importing a file again adds nothing, and completes what was interrupted; a
    newer edition of a data set supersedes the older one. docs/importing.md describes every format.

    \b
    sitmon import events.csv
    sitmon import acled.csv.gz --dry-run --refused refused.csv
    sitmon export --what events --format jsonl | sitmon --store other.db import -
    """  # noqa: D301 - click's mark for lines that stay as they are
    when = session.time("--published", published)[0] if published else None
    settings = Settings(published=when, actor=actor, against=against)
    meaning = read_meaning(mapping.read(MAX_MAPPING)) if mapping else Meaning({})
    options = _meant(ImportOptions(create=create, dry_run=dry_run, settings=settings), meaning)
    told = mapped(meaning) if meaning.columns else None
    wholes: dict[Format, Whole] | None = {} if complete else None
    code = 0
    with _refusals(refused) if refused else _spoken(create=create) as refusals:
        for file in files:
            try:
                for opened in unpack(file.name, file):
                    done = await _import(session, opened, told or form, options, refusals=refusals, wholes=wholes)
                    code = max(code, done)
            except InputRefused as error:
                say(f"{file.name}: {error}; nothing of it was written")
                code = EXIT_USAGE
            if code == EXIT_STORE:
                return code
    if wholes and code == EXIT_USAGE:
        say("a file could not be read, so nothing is taken back")
        return code
    for whole in (wholes or {}).values():
        code = max(code, await _miss(session, whole, options, even_many=even_many))
    return code


async def _import(
    session: Session,
    opened: Opened,
    form: Format | str | None,
    options: ImportOptions,
    *,
    refusals: "_Spoken | _Written",
    wholes: dict[Format, Whole] | None,
) -> int:
    """Import one plain file; return its exit code."""
    try:
        what = _form(form) if form else await _recognised(session, opened, options)
        if isinstance(what, Meaning):
            options, what = _meant(options, what), mapped(what)
        whole = None if wholes is None else _whole(what, wholes)
        title = what.title if isinstance(what, Format) else ""
        progress = progress_line(f"reading {opened.name}")
        counts = await import_opened(
            session.store,
            # Read again: an earlier file may have added entries.
            await session.store.catalog(session.situation),
            opened,
            what,
            replace(options, settings=replace(options.settings, file=opened.name)),
            now=now(),
            whole=whole,
            on_refused=lambda refused: refusals.take(opened.name, refused),
            progress=progress,
        )
    except InputRefused as error:
        say(f"{opened.name}: {error}; nothing of it was written")
        return EXIT_USAGE
    except asyncio.CancelledError:
        say(f"{opened.name}: stopped; what was written of it is kept, run it again to complete it")
        raise
    except LoadStopped as stopped:
        print_lines([f"{opened.name}: {_counts(stopped.counts, dry_run=options.dry_run)}"])
        say(f"{opened.name}: {stopped}; run it again to complete it")
        return EXIT_STORE
    if whole is not None and whole.batch is None:
        whole.batch = counts.changeset
    if title:
        say(f"{opened.name}: {title}")
    print_lines([f"{opened.name}: {_counts(counts, dry_run=options.dry_run)}"])
    for less in counts.taken_as:
        say(f"{opened.name}: {less}")
    if options.dry_run:
        print_lines(_shown(counts.sample, session))
        print_lines(map(_entered, counts.places))
    return EXIT_REFUSED if counts.refused else 0


async def _recognised(session: Session, opened: Opened, options: ImportOptions) -> Format | Meaning | None:
    """Return a file's format, or what it means by the mapping file beside it or the user's answers.

    Raises:
        InputRefused: nothing says what it is, or the user does not want it.
    """
    try:
        return recognise(opened.head)
    except FormatUnknown as unknown:
        sample = sample_of(opened.head)
        path = mapping_path(opened.name)
        hint = "give its format with --as, or the meaning of its columns with --map"
        if len(sample.header) < 2 or not sample.rows:
            raise InputRefused(f"{unknown}; {hint}") from None
        meaning = read_beside(path) if path is not None else None
        if meaning is not None:
            say(f"{opened.name}: read as {path} says")
            return meaning
        if path is None or not can_ask():
            # So that `sitmon import events.csv > events.map.toml` writes one to edit.
            sys.stdout.write(write_meaning(guess(sample), sample, opened.name))
            beside = f" (or in {path})" if path is not None else ""
            raise InputRefused(f"{unknown}; {hint}{beside}; a mapping file to begin with is printed") from None
        say(f"{opened.name}: {unknown}")
    text = write_meaning(ask_meaning(sample), sample, opened.name)
    write_beside(path, text)
    meaning = read_meaning(text.encode())
    if not options.dry_run:
        await _try(session, opened, sample, meaning, options)
    return meaning


async def _try(session: Session, opened: Opened, sample: Sample, meaning: Meaning, options: ImportOptions) -> None:
    """Show what the beginning of a table would be imported as, and ask whether to go on.

    Raises:
        InputRefused: the user says no.
    """
    form, rows = mapped(meaning), len(sample.rows)
    refused: list[Refused] = []
    counts = await import_opened(
        session.store,
        session.catalog,
        opened._replace(stream=io.BufferedReader(io.BytesIO(opened.head), len(opened.head))),
        replace(form, read=lambda stream, context: itertools.islice(form.read(stream, context), rows)),
        replace(options, dry_run=True),
        now=now(),
        on_refused=refused.append,
    )
    print_lines([f"the first {rows:,} rows: {_counts(counts, dry_run=True)}", *_shown(counts.sample, session)])
    for one in refused[:_TRIED]:
        say(str(one))
    if not confirm("Import it?"):
        raise InputRefused("you said no")


def _meant(options: ImportOptions, meaning: Meaning) -> ImportOptions:
    """Return the options with the aliases of a mapping file."""
    return replace(
        options, aliases={what: {**names, **options.aliases.get(what, {})} for what, names in meaning.aliases.items()}
    )


def _whole(what: Format | Form | None, wholes: dict[Format, Whole]) -> Whole:
    """Return what is known of the data set that a file is part of."""
    if not isinstance(what, Format) or not what.can_be_whole:
        names = ", ".join(form.name for form in FORMATS if form.can_be_whole)
        title = what.name if isinstance(what, Format) else "these rows"
        raise InputRefused(
            f"--complete does not work with {title}, only with data sets that are released as a whole: {names}, and "
            "tables whose mapping file has a column for id and a constant source"
        )
    return wholes.setdefault(what, Whole())


async def _miss(session: Session, whole: Whole, options: ImportOptions, *, even_many: bool) -> int:
    """Take back what a data set no longer has; return the exit code."""
    catalog = await session.store.catalog(session.situation)
    name = ", ".join(sorted(name_of(catalog.sources, source) for source in whole.sources)) or "the files"
    if whole.unread:
        say(f"{whole.unread:,} rows do not say which events they are, so nothing of {name} is taken back")
        return EXIT_REFUSED
    seen_at = options.settings.published or now()
    absent = await find_absent(
        session.store,
        catalog,
        whole,
        seen_at=seen_at,
        published=options.settings.published,
        progress=progress_line("looking for what is gone"),
    )
    found = f"{name}: {absent.events:,} of {absent.covered:,} events that the files cover are no longer in them"
    refused = absent.is_too_much and not even_many
    if refused:
        print_lines([f"{found}; none was taken back"])
        say("a newer release rarely drops so many; if the files really are the whole data set, use --even-many")
    elif options.dry_run:
        print_lines([f"{found} (dry run: nothing was written)"])
    else:
        await take_back(session.store, session.situation, absent, reason=f"import: gone from {name}", batch=whole.batch)
        print_lines([f"{found}, and taken back"])
    if refused or options.dry_run:
        print_lines(_shown(absent.sample, session))
    return EXIT_REFUSED if refused else 0


def _form(name: Format | str) -> Format | Form:
    if isinstance(name, Format):
        return name
    return Form(name) if name in NATIVE else format_of(name)


def _counts(counts: ImportCounts, *, dry_run: bool) -> str:
    counted = (
        f"read {counts.read:,}, new {counts.new:,}, updated {counts.updated:,}, "
        f"unchanged {counts.unchanged:,}, refused {counts.refused:,}"
    )
    if counts.passed:
        counted += f", skipped {counts.passed:,}"
    if counts.made:
        counted += f"; added {counts.made:,} entries"
    return f"{counted} (dry run: nothing was written)" if dry_run else counted


def _shown(sample: Iterable[Event], session: Session) -> Iterator[str]:
    for event in sample:
        when = format_time(event.occurred_at, event.precision, session.zone)
        parts = (when, event.kind, event.place or "-", event.actor or "-", event.against or "-", event.summary)
        yield "  " + " · ".join(parts)


def _entered(place: Place) -> str:
    where = "-" if place.longitude is None or place.latitude is None else f"{place.latitude:.3f} {place.longitude:.3f}"
    parts = (place.id, place.name, place.kind, place.admin1 or "-", place.pcode or "-", where)
    return "  " + " · ".join(parts)


class _Spoken:
    """Prints refused rows on stderr, up to a number, and counts the others."""

    def __init__(self, most: int | None) -> None:
        self._most = most
        self._said = 0
        self.more: Counter[str] = Counter()
        """How many are not printed, by the column that they are refused for."""

    def take(self, name: str, refused: Refused) -> None:
        if self._most is not None and self._said >= self._most:
            self.more[refused.column or "the whole row"] += 1
            return
        self._said += 1
        say(f"{name}, {refused}")


@contextmanager
def _spoken(*, create: bool) -> Iterator[_Spoken]:
    spoken = _Spoken(_most_said())
    yield spoken
    if spoken.more:
        counted = ", ".join(f"{column} {number:,}" for column, number in spoken.more.most_common(5))
        hint = "" if create else "; --create adds names that are not known"
        say(f"{spoken.more.total():,} more are refused ({counted}); --refused FILE writes them all{hint}")


def _most_said() -> int | None:
    """Return how many refused rows are printed: all of them, unless stderr is a terminal."""
    return _SAID if sys.stderr.isatty() else None


class _Written:
    """Writes refused rows into a file."""

    def __init__(self, writer: Any) -> None:
        self._writer = writer
        self.count = 0

    def take(self, name: str, refused: Refused) -> None:
        self.count += 1
        self._writer.writerow((name, refused.row, refused.column, refused.value, refused.reason))


@contextmanager
def _refusals(path: str) -> Iterator[_Written]:
    with open(path, "w", encoding="utf-8", newline="") as stream:  # noqa: PTH123 - click checked the path
        writer = csv.writer(stream)
        writer.writerow(("file", "line", "column", "value", "reason"))
        written = _Written(writer)
        yield written
    if written.count:
        say(f"{written.count:,} refused rows are in {path}")
