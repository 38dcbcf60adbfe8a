"""Ingesting one report: it is stored once, and read into proposals."""

from collections.abc import Callable
from dataclasses import dataclass

from ingest.copies import load_recent_reports
from ingest.proposals import Reading
from ingest.reports import Given, is_vouched, proposals_of, report_of, source_of, watched_id
from ingest.text.language import LanguageModel, is_english
from ingest.trusting import accept_trusted
from model.catalog import Catalog
from model.entities import Report
from model.errors import IdUnknown, InputRefused
from model.text import clean_line
from store.base import Draft, Store

NO_MODEL = "kept without proposals, as no language model is installed; once one is, `sitmon ingest --unread` reads it"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a report."""

    report: Report
    proposals: int = 0
    """How many were read out of it now."""
    let_in: int = 0
    """How many of these were accepted by trust of its source."""
    note: str = ""
    """Why there are no new proposals, such as that it was stored already; empty where there is nothing to say."""
    changeset: str | None = None
    """What undoes it; None where nothing was written."""


async def take_in(
    store: Store,
    catalog: Catalog,
    one: Given,
    *,
    language_model: LanguageModel | None,
    fetched_at: int,
    batch: str | None = None,
    restore_undone: bool = True,
) -> Taken:
    """Store a report, once, with what can be read out of it.

    A report with the same URL or the same bytes is not stored again; where nothing was ever read out of it, it is
    read now.

    Args:
        store: where it is stored.
        catalog: the situation's, as the store has it.
        one: the report as it came.
        language_model: what reads it; None: it is kept without proposals.
        fetched_at: the present instant.
        batch: id of the changeset that this one continues.
        restore_undone: whether a report that was undone is stored again; else a file whose report was undone stays so.

    Raises:
        InputRefused: it is empty, or its date cannot be read, or its source is unknown.
    """
    # As they are stored: what cannot be is also nothing to be looked for.
    one = one._replace(title=clean_line(one.title), url=clean_line(one.url))
    if not one.text.strip():
        raise InputRefused("there is no text in it")
    source = source_of(one, catalog)
    situation = catalog.situation.id
    english = is_english(one.text)
    report = report_of(
        one, source, zone=catalog.situation.zone, fetched_at=fetched_at, language="en" if english else ""
    )
    known = next(iter(await store.reports(situation, url=one.url, sha256=one.sha256)), None)
    if known is not None:
        read = await store.proposals(situation, report=known.id, decided=True, limit=1)
        if read.proposed or language_model is None or not english:
            return Taken(known, note="stored already; nothing was written")
        report = known
    else:
        if not restore_undone:
            report = report._replace(id=watched_id(situation, one.sha256))
            if await was_stored(store, situation, report.id):
                return Taken(report, note="undone before; nothing was written")
        source = (await load_recent_reports(store, catalog)).source_of(report, source, catalog)
        report = report._replace(source=source.id)
    reading = Reading(note=NO_MODEL)
    if language_model is not None:
        from ingest.text.reading import read as read_text

        reading = read_text(report, catalog, language_model=language_model)
    proposals = proposals_of(report, reading)
    draft = Draft(
        f"ingest {report.title or 'a report'}"[:200],
        sources=() if known is not None or source.id in catalog.sources else (source,),
        reports=() if known is not None else (report,),
        proposals=proposals,
        batch=batch,
    )
    written = await store.write(situation, draft)
    let_in = 0
    # A text can name any author: only the person or feed that brings a report can vouch for its source.
    if written.changeset and one.source is not None and catalog.source(one.source).id == report.source:
        let_in = await accept_trusted(
            store, catalog, report, proposals, recorded_at=fetched_at, batch=written.changeset.id
        )
    note = reading.note or ("nothing was found in it that could be an event" if not proposals else "")
    return Taken(report, len(proposals), let_in, note, written.changeset.id if written.changeset else None)


async def was_stored(store: Store, situation: str, report: str) -> bool:
    """Say whether there is a report with this id, undone ones included."""
    try:
        await store.proposals(situation, report=report, limit=0)
    except IdUnknown:
        return False
    return True


async def read_later(
    store: Store, situation: str, language_model: LanguageModel, told: Callable[[Taken], bool], *, now: int
) -> None:
    """Read the reports without proposals: those that were stored while no language model was installed.

    Proposals of trusted sources are accepted, but not where only the report's own text says whose it is.

    Args:
        store: has the reports.
        situation: whose.
        language_model: what reads them.
        told: is called with each report that has proposals; returns False to stop.
        now: the present instant.
    """
    from ingest.text.reading import read_many

    batch, after = None, None
    while page := await store.reports_without_proposals(situation, after=after):
        after = page[-1].id
        catalog = await store.catalog(situation)
        readable = [report for report in page if is_english(report.text)]
        for report, reading in zip(readable, read_many(readable, catalog, language_model=language_model), strict=True):
            proposals = proposals_of(report, reading)
            if not proposals:
                continue
            draft = Draft(f"read {report.title or 'a report'}"[:200], proposals=proposals, batch=batch)
            written = await store.write(situation, draft)
            batch = batch or (written.changeset.id if written.changeset else None)
            let_in = 0
            if batch and is_vouched(report, catalog):
                let_in = await accept_trusted(store, catalog, report, proposals, recorded_at=now, batch=batch)
            if not told(Taken(report, len(proposals), let_in, changeset=batch)):
                return
