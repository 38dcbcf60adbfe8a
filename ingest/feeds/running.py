"""The long-lived poller: polls every feed when it is due, several at a time, until it is told to stop."""

import asyncio
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from ingest.feeds.polling import Polled, Poller
from ingest.feeds.schedule import is_due
from model.errors import SitmonError, StoreError
from model.feeds import Feed, FeedStatus

AT_ONCE = 8
"""Feeds that are asked at one time; of one host never two, so that one that stalls keeps no other waiting."""
_LOOK = 10.0
"""Seconds after which subscriptions that others changed are noticed."""
_STORE_REST = 30.0
"""Seconds after which a feed is polled again whose items the store could not take."""

Log = Callable[[str], None]


async def poll_all(poller: Poller, feeds: Sequence[Feed], on_polled: Callable[[Polled], None]) -> None:
    """Poll these feeds now, several at a time.

    Raises:
        StoreError: what was stored until then is kept.
    """
    progress = await poller.store.feed_progress(poller.situation)
    room = asyncio.Semaphore(AT_ONCE)

    async def one_by_one(of_host: Sequence[Feed]) -> None:
        for feed in of_host:
            async with room:
                on_polled(await poller.poll(feed, progress.get(feed.id)))

    by_host: dict[str, list[Feed]] = {}
    for feed in feeds:
        by_host.setdefault(_host(feed), []).append(feed)
    try:
        async with asyncio.TaskGroup() as group:
            for of_host in by_host.values():
                group.create_task(one_by_one(of_host))
    except* StoreError as failed:
        raise failed.exceptions[0] from None


async def run_poller(poller: Poller, stop: asyncio.Event, log: Log, *, look: float = _LOOK) -> None:
    """Ask each feed when it is due, until told to stop; then what is under way is given up, and nothing is lost.

    Args:
        poller: what asks; the caller holds the store's place for it.
        stop: set to end.
        log: takes what happens, a sentence each.
        look: seconds after which subscriptions that others changed are noticed.
    """
    asking: dict[asyncio.Task[Polled], str] = {}
    resting: dict[str, float] = {}
    loop = asyncio.get_running_loop()
    stopping = asyncio.create_task(stop.wait())
    try:
        while not stop.is_set():
            wait = look
            try:
                wait = min(look, await _start_due(poller, asking, resting))
            except StoreError as error:
                log(f"the store: {error}")
            done, _ = await asyncio.wait({stopping, *asking}, timeout=wait, return_when=asyncio.FIRST_COMPLETED)
            for task in done & asking.keys():
                feed = asking.pop(task)  # type: ignore[arg-type]
                resting.pop(feed, None)
                try:
                    _tell(task.result(), log)  # type: ignore[arg-type]
                except SitmonError as error:  # one feed's trouble must not end the poller of many
                    resting[feed] = loop.time() + _STORE_REST
                    log(f"{feed}: {error}")
    finally:
        for task in (stopping, *asking):
            task.cancel()
        await asyncio.gather(stopping, *asking, return_exceptions=True)


async def _start_due(poller: Poller, asking: dict[asyncio.Task[Polled], str], resting: dict[str, float]) -> float:
    """Begin to ask what is due, as far as there is room; return the seconds until something else is."""
    feeds = (await poller.store.catalog(poller.situation)).feeds
    progress = await poller.store.feed_progress(poller.situation)
    now, moment = poller.clock(), asyncio.get_running_loop().time()
    under_way = set(asking.values())
    hosts = {_host(feed) for feed in feeds.values() if feed.id in under_way}
    waits = [float("inf")]
    for feed in sorted(feeds.values(), key=lambda feed: progress[feed.id].next_at if feed.id in progress else 0):
        if feed.status != FeedStatus.ACTIVE or feed.id in under_way or resting.get(feed.id, 0.0) > moment:
            continue
        known = progress.get(feed.id)
        if known is not None and not is_due(known, now):
            waits.append((known.next_at - now) / 1_000_000)
        elif len(asking) < AT_ONCE and _host(feed) not in hosts:
            asking[asyncio.create_task(poller.poll(feed, known))] = feed.id
            hosts.add(_host(feed))
    return min(waits)


def _host(feed: Feed) -> str:
    return urlsplit(feed.url).hostname or ""


def _tell(polled: Polled, log: Log) -> None:
    said = describe(polled)
    if said:
        log(said)


def describe(polled: Polled) -> str:
    """Return the result of a poll as one sentence; empty where nothing is new."""
    news = f"{polled.new} new" if polled.new else ""
    if polled.proposals:
        news += f", {polled.proposals} proposals"
    if polled.let_in:
        news += f", {polled.let_in} of them accepted by trust of {polled.feed.source}"
    said = "; ".join(filter(None, (news, polled.note)))
    return f"{polled.feed.id}: {said}" if said else ""
