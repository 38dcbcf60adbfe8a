"""Polling a feed: what is new becomes reports, and what can be read out of them proposals, in one changeset."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, NamedTuple, TypeVar

from ingest.copies import attributed
from ingest.feeds.apart import read_feed_apart, read_page_apart
from ingest.feeds.cap import ALERT
from ingest.feeds.fetching import Answer, Fetcher, FetchFailed, host_of
from ingest.feeds.following import Earlier, alert_id, earlier_of, follow, with_references
from ingest.feeds.items import Document, Item
from ingest.feeds.pages import Page
from ingest.feeds.schedule import after_failure, after_success, of_today, until_tomorrow
from ingest.reports import brought_by, is_believable, proposals_of
from ingest.taking import was_stored
from ingest.text.language import LanguageModel, is_english
from ingest.trusting import accept_trusted
from model import times
from model.catalog import Catalog
from model.entities import Report, Source
from model.errors import InputRefused
from model.feeds import Feed, FeedStatus, Progress
from model.ids import derived_id
from model.proposals import Proposal
from model.text import MAX_REPORT, clean_line, clean_text
from model.times import Precision
from store.base import Draft, Store

_PAGES = 30
"""Reports stored in one poll of a feed whose pages are fetched: each of them costs a request."""
_SUMMARY = 2_000
"""Characters from which on a feed's text is not a summary, so that its page need not be fetched."""

Read = tuple[Report, tuple[Proposal, ...]]
"""A report, and what was read out of it."""

T = TypeVar("T")


class Polled(NamedTuple):
    """The result of polling a feed."""

    feed: Feed
    """As it is now: it may have moved, or ended."""
    new: int = 0
    """Reports that were stored."""
    proposals: int = 0
    """How many proposals were read out of them."""
    let_in: int = 0
    """How many of these were accepted by trust of the feed's source."""
    note: str = ""
    """Further words for the user, such as what went wrong."""
    failed: bool = False


@dataclass(frozen=True)
class Poller:
    """Polls the feeds of one situation."""

    store: Store
    situation: str
    fetcher: Fetcher
    language_model: LanguageModel | None = None
    """What reads new reports into proposals; None: they are stored only."""
    read: Callable[..., Awaitable[Document]] = read_feed_apart
    read_page: Callable[..., Awaitable[Page]] = read_page_apart
    clock: Callable[[], int] = times.now
    dice: Callable[[], float] = random.random

    async def poll(self, feed: Feed, progress: Progress | None) -> Polled:
        """Poll a feed now, store what is new, and write down how that went.

        Args:
            feed: as the store has it.
            progress: as the store has it; None where it was never polled.

        Raises:
            StoreError: nothing was kept; polling again is harmless.
        """
        now = self.clock()
        progress = of_today(progress or Progress(), now)
        try:
            answer = await self.fetcher.fetch(
                feed.url, etag=progress.etag, modified=progress.modified, private=feed.private
            )
            if answer.status == HTTPStatus.GONE:
                return await self._end(feed, progress, now)
            if answer.status == HTTPStatus.NOT_MODIFIED:
                document = None
            else:
                document = await self.read(answer.body, url=answer.url, content_type=answer.content_type)
        except (FetchFailed, InputRefused) as error:
            retry_after = error.retry_after if isinstance(error, FetchFailed) else None
            failed = after_failure(
                progress, feed, now, self.dice(), error=clean_line(str(error)), retry_after=retry_after
            )
            await self.store.put_feed_progress(self.situation, feed.id, failed)
            return Polled(feed, note=str(error), failed=True)
        return await self._take(feed, progress, answer, document, now)

    async def _take(
        self, feed: Feed, progress: Progress, answer: Answer, document: Document | None, now: int
    ) -> Polled:
        catalog = await self._catalog()
        zone = catalog.situation.zone
        found, changes = ([], {}) if document is None else await self._new_reports(feed, document, now, zone)
        later, taken, lost = 0, found, 0
        if feed.full_text:
            later = len(found[_PAGES:])
            taken, lost = await self._with_pages(feed, found[:_PAGES], changes)
        coming = {report.id for report in taken}
        changes = {id_: item for id_, item in changes.items() if id_ in coming}
        named = {id_: await earlier_of(self.store, catalog, feed, item, coming) for id_, item in changes.items()}
        taken = [with_references(report, named.get(report.id, ())) for report in taken]
        kept, size = _within_quota(feed, progress, taken)
        reports, sources = await attributed(self.store, catalog, kept)
        read = await self._read(reports, catalog)
        done = await _to_its_end(self._keep(feed, _moved(feed, answer, await self._catalog()), read, sources, named))
        left = sum(len(report.text.encode()) <= feed.bytes_a_day for report in taken) - len(reports)
        progress = after_success(progress, feed, now, self.dice())._replace(
            new_at=now if done.new else progress.new_at,
            day_items=progress.day_items + done.new,
            day_bytes=progress.day_bytes + size,
        )
        if left:
            progress = until_tomorrow(progress)
        # Where something is left, what is known of the last answer stays as it was, so that it is offered again.
        if document is not None and not left and not later:
            progress = progress._replace(etag=answer.etag, modified=answer.modified)
        await self.store.put_feed_progress(self.situation, feed.id, progress)
        notes = [done.note] if done.note else []
        if left:
            notes.append(f"{left} more wait until tomorrow, as the feed's daily limit is reached")
        if later:
            notes.append(f"{later} more come the next time")
        if lost:
            notes.append(f"the pages of {lost} could not be fetched or read; their summaries are stored")
        return done._replace(note="; ".join(notes))

    async def _catalog(self) -> Catalog:
        return await self.store.catalog(self.situation)

    async def _keep(
        self,
        feed: Feed,
        moved: Feed,
        read: Sequence[Read],
        sources: tuple[Source, ...],
        named: Mapping[str, Sequence[Earlier]],
    ) -> Polled:
        """Store a feed's reports and proposals, accept what is trusted, and apply updates and cancellations."""
        reason = f"feed {feed.id}: {len(read)} new" if read else f"feed {feed.id} has moved to {moved.url}"
        proposals = tuple(proposal for _, some in read for proposal in some)
        draft = Draft(
            reason,
            feeds=(moved,) if moved != feed else (),
            sources=sources,
            reports=tuple(report for report, _ in read),
            proposals=proposals,
        )
        if not (draft.feeds or draft.reports):
            return Polled(moved)
        changeset = (await self.store.write(self.situation, draft)).changeset
        if changeset is None:
            return Polled(moved)
        let_in, batch, catalog = 0, changeset.id, await self._catalog()
        for report, some in read:
            let_in += await accept_trusted(self.store, catalog, report, some, recorded_at=self.clock(), batch=batch)
            for earlier in named.get(report.id, ()):
                await follow(self.store, catalog, report, earlier, batch=batch)
        note = f"moved to {moved.url}" if moved != feed else ""
        return Polled(moved, len(read), len(proposals), let_in, note)

    async def _end(self, feed: Feed, progress: Progress, now: int) -> Polled:
        ended = feed._replace(status=FeedStatus.ENDED)
        if _is_as_it_was(feed, await self._catalog()):
            await self.store.write(self.situation, Draft(f"feed {feed.id} is gone for good", feeds=(ended,)))
        note = "the server says that it is gone for good; it is not polled again"
        await self.store.put_feed_progress(
            self.situation, feed.id, progress._replace(tried_at=now, error=note, failures=progress.failures + 1)
        )
        return Polled(ended, note=note, failed=True)

    async def _new_reports(
        self, feed: Feed, document: Document, now: int, zone: str
    ) -> tuple[list[Report], dict[str, Item]]:
        """Return the items that the store does not have, by id, link or what they say, the oldest first.

        And by the ids of their reports those that update or cancel others.
        """
        ids = Counter(item.id for item in document.items)
        links = Counter(item.link for item in document.items)
        found: dict[str, Report] = {}
        changes: dict[str, Item] = {}
        hashes: set[str] = set()
        for item in reversed(document.items):
            # What several items share, or the feed's own page, tells none of them apart.
            item_id = item.id if ids[item.id] == 1 else ""
            link = item.link if links[item.link] == 1 and item.link != document.link else ""
            if not (item.title or item.text) or item.sha256 in hashes:
                continue
            hashes.add(item.sha256)
            url = clean_line(link)
            if link and await self.store.reports(self.situation, url=url):
                continue
            same = await self.store.reports(self.situation, sha256=item.sha256)
            if any(brought_by(report, feed.source) for report in same):
                continue
            known = ("id", item_id) if item_id else ("link", link) if link else ("sha256", item.sha256)
            id_ = derived_id(0, self.situation, "feed", feed.id, *known)
            found.setdefault(id_, self._report(id_, feed, item, url, now, zone=zone))
            if item.updates or item.cancels:
                changes[id_] = item
        return await self._never_stored(found.values()), changes

    def _report(self, id_: str, feed: Feed, item: Item, url: str, now: int, *, zone: str) -> Report:
        text = _text(item)
        published = _published(item, zone)
        return Report(
            id_,
            feed.source,
            title=item.title or text[:120].partition("\n")[0],
            url=url,
            text=text,
            language=item.language or ("en" if is_english(text) else ""),
            published_at=published if published is not None and is_believable(published, now) else None,
            fetched_at=now,
            sha256=item.sha256,
        )

    async def _with_pages(
        self, feed: Feed, found: Sequence[Report], changes: dict[str, Item]
    ) -> tuple[list[Report], int]:
        """Return the reports with the articles of their pages, and of how many those could not be had.

        What is known of an item is what the feed said: its SHA-256 stays. A page that is an alert is known by its own
        id, so that later ones find it; where it updates or cancels others, it is put among the changes.
        """
        whole: dict[str, Report] = {}
        lost = 0
        for report in found:
            full, alert = report, Item()
            try:
                full, alert = await self._whole(feed, report)
            except (FetchFailed, InputRefused):
                lost += 1
            whole.setdefault(full.id, full)
            if alert.updates or alert.cancels:
                changes[full.id] = alert
        return await self._never_stored(whole.values()), lost

    async def _whole(self, feed: Feed, report: Report) -> tuple[Report, Item]:
        """Return a report with the article of its page, or the alert that the page is, and that alert."""
        if not report.url or len(report.text) >= _SUMMARY:
            return report, Item()
        private = feed.private and host_of(report.url) == host_of(feed.url)
        answer = await self.fetcher.fetch(report.url, private=private)
        if answer.status != HTTPStatus.OK:
            raise FetchFailed("the page is gone")
        where = {"url": answer.url, "content_type": answer.content_type}
        if ALERT.search(answer.body[:4_096].decode("latin-1")):
            alert = (await self.read(answer.body, **where)).items[0]
            return report._replace(id=self._id_of(feed, alert.id), text=_text(alert)), alert
        article = (await self.read_page(answer.body, **where)).text
        if len(article) <= len(report.text):
            return report, Item()
        return report._replace(text=clean_text(f"{report.title}\n\n{article}", MAX_REPORT)), Item()

    def _id_of(self, feed: Feed, item_id: str) -> str:
        return alert_id(self.situation, feed, item_id)

    async def _never_stored(self, reports: Iterable[Report]) -> list[Report]:
        """Return those that were never stored: a feed offers undone ones again, and they stay undone."""
        return [one for one in reports if not await was_stored(self.store, self.situation, one.id)]

    async def _read(self, reports: Sequence[Report], catalog: Catalog) -> list[Read]:
        """Return each report with what can be read out of it."""
        if self.language_model is None:
            return [(report, ()) for report in reports]
        from ingest.text.reading import read_many

        readings = read_many(reports, catalog, language_model=self.language_model)
        read: list[Read] = []
        for report, reading in zip(reports, readings, strict=True):
            read.append((report, proposals_of(report, reading)))
            await asyncio.sleep(0)  # so that it can be stopped, and other feeds polled
        return read


async def _to_its_end(work: Coroutine[Any, Any, T]) -> T:
    """Do work to its end even when cancelled; the cancellation is raised afterwards."""
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise


def _text(item: Item) -> str:
    return clean_text("\n\n".join(filter(None, (item.title, item.text))), MAX_REPORT)


def _published(item: Item, zone: str) -> int | None:
    """Return when an item says that it was published; a bare day is the day's first instant in the zone.

    None where it says nothing, or nothing as fine as a day.
    """
    if item.published is None or item.precision in (Precision.MONTH, Precision.WEEK):
        return None
    if item.precision is not Precision.DAY:
        return item.published
    return times.parse_time(times.write_time(item.published, Precision.DAY, "UTC"), zone)[0]


def _moved(feed: Feed, answer: Answer, catalog: Catalog) -> Feed:
    """Return the feed at the address to which it has moved for good.

    It stays where another one is subscribed to there already, or where somebody has changed it meanwhile.
    """
    url = answer.moved_to
    taken = any(other.url == url and other.status != FeedStatus.REMOVED for other in catalog.feeds.values())
    return feed._replace(url=url) if url and not taken and _is_as_it_was(feed, catalog) else feed


def _is_as_it_was(feed: Feed, catalog: Catalog) -> bool:
    """Say whether nobody has changed, paused or removed the feed while it was polled."""
    return catalog.feeds.get(feed.id) == feed


def _within_quota(feed: Feed, progress: Progress, found: Iterable[Report]) -> tuple[list[Report], int]:
    """Return the first reports that the feed may bring in today, and the bytes of their texts."""
    kept: list[Report] = []
    total = 0
    for report in found:
        size = len(report.text.encode())
        if size > feed.bytes_a_day:
            continue  # it never fits, and must not keep out what comes after it
        items = progress.day_items + len(kept)
        if items >= feed.items_a_day or progress.day_bytes + total + size > feed.bytes_a_day:
            break
        kept.append(report)
        total += size
    return kept, total
