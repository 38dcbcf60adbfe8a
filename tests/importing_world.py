"""A store with the small situation in it, and files imported into it as the command does."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ingest.importers.absent import Whole
from ingest.importers.formats import format_of, recognise
from ingest.importers.importing import ImportOptions, import_opened
from ingest.importers.loading import ImportCounts
from ingest.importers.records import Format, Settings
from ingest.importers.unpacking import unpack
from model.query import Clocks, EventFile, EventQuery
from model.rows import Refused
from model.times import FOREVER, parse_time
from store.base import Store

DATA = Path(__file__).parents[2] / "shared" / "data"
"""Samples of the real formats, beside the repository; not everybody has them."""

NOW = parse_time("2026-01-01")[0]


class Outcome(NamedTuple):
    imported: ImportCounts
    refused: list[Refused]

    @property
    def counts(self) -> tuple[int, int, int, int, int]:
        one = self.imported
        return one.read, one.new, one.updated, one.unchanged, one.refused


async def take(
    store: Store,
    situation: str,
    data: bytes,
    *,
    form: str | Format | None = None,
    now: int = NOW,
    name: str = "file",
    aliases: Mapping[str, Mapping[str, str]] | None = None,
    create: bool = False,
    dry_run: bool = False,
    whole: Whole | None = None,
    **settings: Any,
) -> Outcome:
    """Import a file, or a packed one's only member."""
    refused: list[Refused] = []
    opened = next(unpacked := unpack(name, io.BytesIO(data)))
    options = ImportOptions(create, dry_run, aliases or {}, Settings(file=name, **settings))
    what = form if isinstance(form, Format) else format_of(form) if form else recognise(opened.head)
    catalog = await store.catalog(situation)
    imported = await import_opened(
        store, catalog, opened, what, options, now=now, whole=whole, on_refused=refused.append
    )
    assert next(unpacked, None) is None
    return Outcome(imported, refused)


async def files(store: Store, situation: str, *, known_at: int = FOREVER) -> list[EventFile]:
    """Return every event that was reported by then, the oldest first."""
    clocks = Clocks(FOREVER, known_at)
    page = await store.page(situation, EventQuery(clocks=clocks), newer=True, limit=500)
    return [await store.event(situation, row.event.id, clocks=clocks) for row in reversed(page.rows)]


def csv_of(*rows: dict[str, Any]) -> bytes:
    """Write rows as CSV, every cell in quotes."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    lines = [",".join(columns)]
    for row in rows:
        cells = (str(row.get(column, "")).replace('"', '""') for column in columns)
        lines.append(",".join(f'"{cell}"' for cell in cells))
    return ("\n".join(lines) + "\n").encode()
