"""Importing one file of any format."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ingest.importers.absent import Whole
from ingest.importers.loading import ImportCounts, LoadStopped, load_items
from ingest.importers.names import Names
from ingest.importers.records import Context, Format, Settings
from ingest.importers.unpacking import Opened
from ingest.native import Imported, ImportStopped, import_native
from model.catalog import Catalog
from model.entities import Status
from model.query import Clocks
from model.rows import Form, Refused
from store.base import Progress, Store


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How a user wants files to be imported."""

    create: bool = False
    dry_run: bool = False
    aliases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """`place`, `actor` or `source` -> a file's name -> ours."""
    settings: Settings = field(default_factory=Settings)


async def import_opened(
    store: Store,
    catalog: Catalog,
    opened: Opened,
    form: Format | Form | None,
    options: ImportOptions,
    *,
    now: int,
    whole: Whole | None = None,
    on_refused: Callable[[Refused], None] | None = None,
    progress: Progress | None = None,
) -> ImportCounts:
    """Import a plain file, or a member of a packed one, as `load_items` and `import_native` do.

    Args:
        store: where they are written.
        catalog: the situation's, as the store has it now.
        opened: the file.
        form: what it is; None or a `Form`: sitmon's own rows.
        options: the user's.
        now: the present instant.
        whole: learns what the file covers, where the format can be whole.
        on_refused: is called with each refused row.
        progress: is called with how many rows are read, and of about how many (0: unknown).

    Raises:
        InputRefused: the file as a whole is not of this format; nothing was written.
        LoadStopped: the store failed; the batches before are written.
    """
    if not isinstance(form, Format):
        return await _import_native(
            store, catalog, opened, form=form, options=options, on_refused=on_refused, progress=progress
        )
    context = await _context(store, catalog, opened, form=form, options=options, now=now)
    counts = await load_items(
        store,
        catalog,
        context.names,
        form.read(opened.stream, context),
        form,
        reason=_reason(opened),
        seen_at=context.seen_at,
        dry_run=options.dry_run,
        whole=whole,
        on_refused=on_refused,
        progress=None if progress is None else lambda read: progress(read, opened.share.rows(read)),
    )
    if progress:
        progress(counts.read, counts.read)
    return counts._replace(taken_as=tuple(f"{number:,} {what}" for what, number in context.taken_as.items()))


async def _import_native(
    store: Store,
    catalog: Catalog,
    opened: Opened,
    *,
    form: Form | None,
    options: ImportOptions,
    on_refused: Callable[[Refused], None] | None,
    progress: Progress | None,
) -> ImportCounts:
    try:
        imported = await import_native(
            store,
            catalog,
            opened.stream,
            reason=_reason(opened),
            form=form,
            create=options.create,
            dry_run=options.dry_run,
            on_refused=on_refused,
            progress=None if progress is None else lambda read, _: progress(read, opened.share.rows(read)),
        )
    except ImportStopped as stopped:
        raise LoadStopped(stopped, _counts(stopped.imported)) from stopped
    return _counts(imported)


def _counts(imported: Imported) -> ImportCounts:
    return ImportCounts(
        *(imported.read, imported.new, imported.updated, imported.unchanged),
        refused=imported.refused,
        changeset=imported.changeset,
        sample=imported.sample,
    )


async def _context(
    store: Store, catalog: Catalog, opened: Opened, *, form: Format, options: ImportOptions, now: int
) -> Context:
    text = opened.head.decode(errors="replace")
    day = form.dated(text, options.settings, catalog.situation.zone) if form.dated else None
    holders: dict[str, str] = {}
    if day is not None:
        # Without the day itself: what this very file has said before must not count.
        states = await store.control(catalog.situation.id, clocks=Clocks(as_of=day - 1))
        holders = {state.place: state.actor for state in states if state.actor and state.status is Status.HELD}
    names = Names(catalog, create=options.create, aliases=options.aliases)
    return Context(catalog, names, now, options.settings, f"{opened.name} {text[:500]}", day, holders)


def _reason(opened: Opened) -> str:
    return f"import {opened.name}"
