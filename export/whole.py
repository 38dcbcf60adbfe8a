"""Writing a whole view into a file, in any form and an event at a time; the file appears when it is complete."""

import enum
import errno
import os
import stat
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from export.files import write_csv, write_json, write_jsonl, write_listing
from export.geojson import events_geojson, feature, places_geojson
from export.view import CONTROL_COLUMNS, NATIVE_COLUMNS, PlaceLine, Record, View, control_record, native_records
from model.query import EventRow
from model.standing import Evidence

Load = Callable[[Collection[str]], Awaitable[Mapping[str, Evidence | None]]]
"""Gives what is said of events, by their ids; nothing of those that are gone."""

_AT_ONCE = 256
"""Events of which the claims are read together."""


class FileForm(enum.StrEnum):
    """The forms of a file, each the ending of its name."""

    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"
    GEOJSON = "geojson"


def check_target(path: Path) -> None:
    """Refuse a path that cannot be written; an error while writing would name the temporary file instead.

    Raises:
        OSError: it is a directory or a device, or its directory does not exist.
    """
    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, f"there is no directory {path.parent}; make it first", str(path))
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "is a directory; give a file", str(path))
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "is not a regular file; give one", str(path))


@contextmanager
def whole_file(path: Path) -> Iterator[IO[str]]:
    """Open a file that appears when the block is done; until then, and if it fails, an old file stays as it is.

    A new file's permissions follow the umask; an old file keeps its own.

    Raises:
        OSError: it cannot be written.
    """
    check_target(path)
    path = Path(os.path.realpath(path))
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else None
    unfinished = path.with_name(f".{path.name[:100]}.{os.getpid()}")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None  # name the file that was asked for
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
            if mode is not None:
                os.fchmod(descriptor, mode)
            yield stream
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def write_places(stream: IO[str], form: FileForm, lines: Sequence[PlaceLine], view: View) -> None:
    """Write who controls what."""
    records = [control_record(line, view) for line in lines]
    match form:
        case FileForm.GEOJSON:
            write_json(stream, places_geojson(lines, view))
        case FileForm.JSON:
            write_json(stream, {**view.head, "places": records})
        case FileForm.JSONL:
            write_jsonl(stream, records)
        case FileForm.CSV:
            write_csv(stream, CONTROL_COLUMNS, records)


async def write_events(
    stream: IO[str],
    form: FileForm,
    rows: AsyncIterator[EventRow],
    load: Load,
    view: View,
) -> None:
    """Write events: as GeoJSON a point for each event, otherwise a row for each claim.

    Args:
        stream: opened with `newline=""`.
        form: of the file.
        rows: the events.
        load: reads the claims on them.
        view: that they are read with.
    """
    if form is FileForm.GEOJSON:
        outside = {key: value for key, value in events_geojson((), view).items() if key != "features"}
        await write_listing(stream, outside, "features", _features(rows, view))
        return
    records = _native(rows, load, view)
    match form:
        case FileForm.JSON:
            await write_listing(stream, view.head, "events", records)
        case FileForm.JSONL:
            async for record in records:
                write_jsonl(stream, [record])
        case FileForm.CSV:
            write_csv(stream, NATIVE_COLUMNS, [])
            async for record in records:
                write_csv(stream, NATIVE_COLUMNS, [record], header=False)


async def _features(rows: AsyncIterator[EventRow], view: View) -> AsyncIterator[dict[str, object]]:
    async for row in rows:
        yield feature(row, view)


async def _native(rows: AsyncIterator[EventRow], load: Load, view: View) -> AsyncIterator[Record]:
    async for ids in _together(rows):
        found = await load(ids)
        for id_ in ids:
            if (evidence := found.get(id_)) is not None:
                for record in native_records(evidence, view):
                    yield record


async def _together(rows: AsyncIterator[EventRow]) -> AsyncIterator[list[str]]:
    ids: list[str] = []
    async for row in rows:
        ids.append(row.event.id)
        if len(ids) == _AT_ONCE:
            yield ids
            ids = []
    if ids:
        yield ids
