"""Import of sitmon's own rows, any number of them, in batches that are kept once they are written."""

import asyncio
import itertools
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from model.catalog import Catalog
from model.entities import Actor, Claim, Event, Place, Source
from model.errors import IdUnknown, StoreError
from model.native import COLUMNS, VIEW_COLUMNS, Line, read_native
from model.native import Made as Entry
from model.rows import Form, Refused, read_rows
from store.base import GOOD_DRAFT, Draft, Progress, Store

BATCH = GOOD_DRAFT
"""Rows written in one transaction."""

ANALYST = Source("analyst", "Analyst", kind="analyst")
"""The source of rows that name none: the importing user, whose reliability nobody has judged.

Added where the situation lacks it. The changeset says which user it was, as for everything that is written.
"""

SAMPLE = 5
"""Events that are shown of a dry run."""

_TURN_EVERY = 500
"""Rows after which the event loop gets a turn."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file."""

    read: int = 0
    """Rows."""
    new: int = 0
    """Facts written: events, claims, and with `create` places, actors and sources."""
    updated: int = 0
    """Places, actors and sources that were added."""
    unchanged: int = 0
    """Facts that were there already."""
    refused: int = 0
    """Rows."""
    changeset: str | None = None
    """The first one written: what undoes the whole import. None where nothing was."""
    sample: tuple[Event, ...] = ()
    """Of a dry run: the first events that would be new."""


class ImportStopped(StoreError):
    """Raised when the store fails during an import: the batches before are kept, and importing again completes it."""

    def __init__(self, error: StoreError, imported: Imported) -> None:
        self.imported = imported
        """What is written, and how many rows were read until then."""
        # The store speaks of its transaction, which is one batch of this file.
        cause = str(error).replace("nothing was written", "the rows since the last batch are not written")
        super().__init__(cause)


async def import_native(
    store: Store,
    catalog: Catalog,
    stream: BinaryIO,
    *,
    reason: str,
    form: Form | None = None,
    create: bool = False,
    dry_run: bool = False,
    on_refused: Callable[[Refused], None] | None = None,
    progress: Progress | None = None,
) -> Imported:
    """Import a file in memory that does not grow with it.

    Cancelling the task between or within batches loses nothing that is written; importing the same file again
    completes it and adds nothing twice. An event or a claim that is there already stays as it is.

    Args:
        store: where they are written.
        catalog: the situation's, as the store has it now.
        stream: CSV or JSON lines, UTF-8.
        reason: what the changesets say, "import events.csv".
        form: the file's format; None: told by its first character.
        create: adds places, actors and sources that the situation lacks, instead of refusing their rows.
        dry_run: writes nothing, and says what would be written. Remembers every event's id until it ends.
        on_refused: is called with each row that is refused, in order.
        progress: is called with how many rows are read, and of about how many (0: unknown).

    Raises:
        InputRefused: the file as a whole is not of this format; nothing was written.
        ImportStopped: a batch could not be written, or the store not be read; the batches before are written.
    """
    work = Intake(store, catalog, reason, dry_run=dry_run)
    read = refused = 0
    rows = read_rows(stream, (*COLUMNS, *VIEW_COLUMNS), form)
    try:
        for line in read_native(rows, catalog, create=create, source=ANALYST.id):
            refusal = line if isinstance(line, Refused) else await work.take(line)
            read += 1
            if refusal is not None:
                refused += 1
                if on_refused:
                    on_refused(refusal)
            if read % BATCH == 0:
                await work.flush()
            if read % _TURN_EVERY == 0:
                if progress:
                    progress(read, _rows_in(stream, read))
                await asyncio.sleep(0)
        await work.flush()
    except StoreError as error:
        raise ImportStopped(error, work.result(read, refused)) from error
    if progress:
        progress(read, read)
    return work.result(read, refused)


class Intake:
    """Collects rows into batches, writes them, and counts what was written."""

    def __init__(
        self, store: Store, catalog: Catalog, reason: str, *, dry_run: bool = False, batch: str | None = None
    ) -> None:
        """Begin with no rows.

        Args:
            store: where the batches are written.
            catalog: the situation's, as the store has it now.
            reason: what the changesets say.
            dry_run: writes nothing, and counts what would be written.
            batch: id of the changeset that these rows continue.
        """
        self._store = store
        self._situation = catalog.situation.id
        self._reason = reason
        self._dry_run = dry_run
        self._analyst_known = ANALYST.id in catalog.sources
        self._events: dict[str, Event] = {}
        self._claims: dict[str, Claim] = {}
        self._entries: list[Entry] = []
        self._would_be: set[str] = set()
        """Ids of the events of earlier batches that a dry run did not write."""
        self._new = self._updated = self._unchanged = 0
        self._first = batch
        self._sample: list[Event] = []

    async def take(self, line: Line) -> Refused | None:
        """Add a row to the present batch; return why it is refused, if it is."""
        event, claim = line.event, line.claim
        self._entries += line.made
        if event is None and not await self._has_event(claim.event):
            return Refused(
                line.row, "event", claim.event, "no event has this id; describe it (kind, occurred_at, summary)"
            )
        if event is not None and self._events.setdefault(event.id, event) != event:
            return Refused(line.row, "event", event.id, "an earlier row describes this event differently")
        if self._claims.setdefault(claim.id, claim) != claim:
            return Refused(line.row, "claim", claim.id, "an earlier row has this claim with another grade, date or URL")
        if claim.source == ANALYST.id and not self._analyst_known:
            self._entries.append(ANALYST)
            self._analyst_known = True
        return None

    async def flush(self) -> None:
        """Write the batch."""
        if not self._claims:
            return
        if self._dry_run:
            await self._compare()
        else:
            await self._write()
        self._events, self._claims, self._entries = {}, {}, []

    def result(self, read: int, refused: int) -> Imported:
        """Return the counts of the whole file."""
        return Imported(read, self._new, self._updated, self._unchanged, refused, self._first, tuple(self._sample))

    async def _write(self) -> None:
        written = await self._store.write(
            self._situation,
            Draft(
                reason=self._reason,
                places=tuple(entry for entry in self._entries if isinstance(entry, Place)),
                actors=tuple(entry for entry in self._entries if isinstance(entry, Actor)),
                sources=tuple(entry for entry in self._entries if isinstance(entry, Source)),
                events=tuple(self._events.values()),
                claims=tuple(self._claims.values()),
                batch=self._first,
            ),
        )
        self._new += written.new
        self._updated += written.updated
        self._unchanged += written.unchanged
        if self._first is None and written.changeset is not None:
            self._first = written.changeset.id

    async def _compare(self) -> None:
        """Count what writing the batch would add."""
        known: set[str] = set()
        for id_ in dict.fromkeys([*self._events, *(claim.event for claim in self._claims.values())]):
            try:
                file = await self._store.event(self._situation, id_)
            except IdUnknown:
                continue
            known |= {id_, *(claim.id for claim in file.claims)}
        facts = self._events.keys() | self._claims.keys()
        self._unchanged += len(facts & known)
        self._new += len(facts - known) + len(self._entries)
        self._would_be |= self._events.keys() - known
        fresh = (event for id_, event in self._events.items() if id_ not in known)
        self._sample += itertools.islice(fresh, SAMPLE - len(self._sample))

    async def _has_event(self, id_: str) -> bool:
        if id_ in self._events or id_ in self._would_be:
            return True
        try:
            await self._store.event(self._situation, id_)
        except IdUnknown:
            return False
        return True


def _rows_in(stream: BinaryIO, read: int) -> int:
    """Return about how many rows there are in all, from how far into the file the ones so far reach; 0 for a pipe."""
    try:
        status = os.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode):
            return 0
        return max(read, read * status.st_size // max(1, stream.tell()))
    except OSError:
        return 0
