"""Ingesting for `sitmon ingest`: stores reports and rows as they come, says what became of each, and counts them."""

import asyncio
import functools
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import TypeVar

from ingest.native import ANALYST, Intake
from ingest.reports import Given
from ingest.streams import LineStream, pieces
from ingest.taking import Taken, read_later, take_in
from ingest.text.language import LanguageMissing, LanguageModel, load_language_model
from model import times
from model.errors import InputRefused, NameUnknown, StoreBusy, StoreError, StoreFull
from model.ids import short_id
from model.native import NativeReader
from model.rows import Refused, Row
from model.text import clean_line, number_of
from sitmon.output import cut, print_lines, say
from sitmon.session import Session

_BATCH = 2000
"""Rows that are written in one transaction if they come without a pause."""
_TITLE_WIDTH = 60
_RETRY_AFTER = 10.0
"""Seconds after which a busy or full store is tried again."""

T = TypeVar("T")


class Ingestion:
    """One run of `sitmon ingest`: stores what comes, says what became of it, and counts."""

    def __init__(self, session: Session, stop: asyncio.Event, *, patient: bool = False) -> None:
        """Begin a run.

        Args:
            session: the store and situation to write to.
            stop: set to end the run; what is incomplete by then is dropped.
            patient: whether to retry while the store is busy or full, until `stop`.
        """
        self._patient = patient
        self.restore_undone = True
        """Whether reports that were undone are stored again."""
        self.refused = 0
        """Reports and rows that were refused."""
        self._session = session
        self._stop = stop
        self._reports = self._proposals = self._let_in = self._rows = self._new = 0

    async def take_file(self, name: str, descriptor: int, like: Given, form: str | None) -> None:
        """Ingest an open file: a page, feed or alert as a web document, anything else as `take_stream` does."""
        from ingest.documents import reports_in
        from ingest.feeds.limits import MAX_BYTES
        from ingest.feeds.pages import BLANK

        if form is not None or not os.pread(descriptor, 64, 0).lstrip(BLANK).startswith(b"<"):
            await self.take_stream(name, descriptor, like, form)
            return
        try:
            found = await reports_in(os.pread(descriptor, MAX_BYTES + 1, 0), like)
        except InputRefused as error:
            self.refuse(name, str(error))
            return
        await self.take_reports(name, found)

    async def take_reports(self, name: str, found: Sequence[Given]) -> None:
        """Ingest the reports of one document; they are undone together."""
        batch: str | None = None
        for number, one in enumerate(found, 1):
            if self._stop.is_set():
                return
            batch = await self.take_report(name if len(found) == 1 else f"{name}, item {number}", one, batch)

    async def take_stream(
        self, name: str, descriptor: int, like: Given, form: str | None, *, together: bool = True
    ) -> None:
        """Ingest an open file to its end, or a pipe as its lines come.

        Args:
            name: its name in messages.
            descriptor: of the open file.
            like: what is known of its reports.
            form: see `pieces`.
            together: whether one undo takes all of it back.

        Raises:
            StoreError: the store failed; what was reported as stored is kept.
        """
        batch: str | None = None
        reader = NativeReader(self._session.catalog, source=ANALYST.id)
        rows: list[Row] = []
        async for line, what in pieces(LineStream(descriptor, self._stop), like, form):
            if isinstance(what, Row):
                rows.append(what)
            if rows and (len(rows) == _BATCH or not isinstance(what, Row)):
                batch = await self._take_rows(name, reader, rows, batch if together else None)
                rows = []
            where = name if line == 1 and together else f"{name}, line {line}"
            if isinstance(what, Refused):
                self._refuse_row(name, what)
            elif isinstance(what, InputRefused):
                self.refuse(where, str(what))
            elif isinstance(what, Given):
                batch = await self.take_report(where, what, batch if together else None)
        if rows:
            await self._take_rows(name, reader, rows, batch if together else None)

    async def take_report(self, where: str, one: Given, batch: str | None = None) -> str | None:
        """Ingest a report; return the id of the changeset that the next one continues.

        Raises:
            StoreError: it is not stored.
        """
        # Read again for each report: the one before may have added a source.
        catalog = await self._session.store.catalog(self._session.situation)
        try:
            taken = await self._write(
                where,
                lambda: take_in(
                    self._session.store,
                    catalog,
                    one,
                    language_model=self._language_model,
                    fetched_at=times.now(),
                    batch=batch,
                    restore_undone=self.restore_undone,
                ),
            )
        except InputRefused as error:
            self.refuse(where, _hint(error))
            return batch
        self._reports += 1
        self._count(taken)
        return batch or taken.changeset

    def _count(self, taken: Taken) -> None:
        self._proposals += taken.proposals - taken.let_in
        self._let_in += taken.let_in
        _tell(_line(taken))

    async def read_unread(self) -> None:
        """Extract proposals from the stored reports that have none."""

        def told(taken: Taken) -> bool:
            self._count(taken)
            return not self._stop.is_set()

        if self._language_model is None:
            self.refused += 1
            return
        await read_later(self._session.store, self._session.situation, self._language_model, told, now=times.now())

    def conclude(self, *, counted: bool) -> None:
        """Say what to do next; with `counted`, also how much was ingested."""
        if counted:
            say(
                f"reports {self._reports:,}, rows {self._rows:,} (new {self._new:,}), refused {self.refused:,}; "
                "what was reported as stored is kept"
            )
        if self._let_in:
            say(f"{self._let_in} accepted by trust of their source: sitmon events is:trusted, sitmon review trust")
        if self._proposals:
            say(f"{self._proposals} to review: sitmon review, or R on the screen")

    @functools.cached_property
    def _language_model(self) -> LanguageModel | None:
        try:
            return load_language_model()
        except LanguageMissing as error:
            say(f"{error}; reports are stored without proposals until then")
            return None

    async def _take_rows(self, name: str, reader: NativeReader, rows: Sequence[Row], batch: str | None) -> str | None:
        catalog = await self._session.store.catalog(self._session.situation)
        reader.renew(catalog)
        intake = Intake(self._session.store, catalog, f"ingest {name}", batch=batch)
        refused = self.refused
        for row in rows:
            line = reader.read(row)
            refusal = line if isinstance(line, Refused) else await intake.take(line)
            if refusal is not None:
                self._refuse_row(name, refusal)
        where = f"lines {rows[0].number} to {rows[-1].number}" if len(rows) > 1 else f"line {rows[0].number}"
        try:
            await self._write(f"{name}, {where}", intake.flush)
        except InputRefused as error:
            self.refused = refused + len(rows)
            say(f"{name}, {where}: {error}; not stored")
            return batch
        except StoreError:
            say(f"{name}, {where}: not stored")
            raise
        done = intake.result(len(rows), self.refused - refused)
        self._rows += done.read - done.refused
        self._new += done.new
        if done.read > done.refused:
            _tell(f"{name}, {where}: new {done.new:,}, unchanged {done.unchanged:,}")
        return done.changeset

    async def _write(self, where: str, write: Callable[[], Awaitable[T]]) -> T:
        """Write; with `patient`, try again while the store is busy or full.

        Raises:
            StoreError: it is not written.
        """
        while True:
            try:
                return await write()
            except (StoreBusy, StoreFull) as error:
                if not self._patient or self._stop.is_set():
                    raise
                say(f"{where}: {error}; trying again in {_RETRY_AFTER:g} s")
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stop.wait(), _RETRY_AFTER)

    def refuse(self, where: str, why: str) -> None:
        """Say that something is refused, and count it."""
        self.refused += 1
        say(f"{where}: {why}; not stored")

    def _refuse_row(self, name: str, refused: Refused) -> None:
        column = f", {refused.column}" if refused.column else ""
        self.refuse(f"{name}, line {refused.row}{column}", refused.reason)


def _tell(line: str) -> None:
    print_lines([line])
    sys.stdout.flush()  # a reader of the pipe waits for each line


def _line(taken: Taken) -> str:
    title = cut(clean_line(taken.report.title), _TITLE_WIDTH)
    counted = number_of(taken.proposals, "proposal")
    if taken.let_in:
        counted += f", {taken.let_in} accepted by trust"
    return f"{short_id(taken.report.id)}  {counted}  {title}{f'  ({taken.note})' if taken.note else ''}"


def _hint(error: InputRefused) -> str:
    if isinstance(error, NameUnknown):
        return f"{error}; `sitmon situation template` says how a source is added"
    return str(error)
