"""The long-lived poller: polls each feed when it is due, of one host never two at once, until it is told to stop."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.feeds.running import AT_ONCE, describe, poll_all, run_poller
from ingest.feeds.schedule import after_failure, after_success, is_due, of_today, until_tomorrow
from model.errors import StoreBusy, StoreFull
from model.feeds import Feed, FeedStatus, Progress
from model.times import DAY, HOUR, SECOND
from tests.feed_server import Request
from tests.polling_world import NOW, PollingWorld, item, polling, rss, server

__all__ = ["polling", "server"]


class Talk:
    """What a poller says, and waiting for it."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self._more = asyncio.Event()

    def __call__(self, sentence: str) -> None:
        self.said.append(sentence)
        self._more.set()

    async def hear(self, sentence: str, times: int = 1) -> None:
        async with asyncio.timeout(20):
            while self.said.count(sentence) < times:
                self._more.clear()
                await self._more.wait()


async def test_the_long_lived_poller_asks_what_is_due_notices_what_is_new_and_stops(polling: PollingWorld) -> None:
    talk = Talk()
    stop = asyncio.Event()
    polling.says(item(1))
    polling.server.page("/late.xml", body=rss(item(9)))
    paused = polling.feed._replace(id="wire-9", url=f"{polling.server.url}/paused.xml", status=FeedStatus.PAUSED)
    await polling.subscribe(paused)
    running = asyncio.create_task(run_poller(polling.poller, stop, talk, look=0.02))
    await talk.hear("wire-1: 1 new")
    await polling.subscribe(polling.feed._replace(id="wire-2", url=f"{polling.server.url}/late.xml"))
    await talk.hear("wire-2: 1 new")
    polling.says(item(2), item(1))
    polling.now += HOUR
    await talk.hear("wire-1: 1 new", times=2)
    stop.set()
    async with asyncio.timeout(5):
        await running
    assert "/paused.xml" not in [request.path for request in polling.server.asked]


async def test_the_long_lived_poller_stops_while_a_server_stalls(polling: PollingWorld) -> None:
    stalled = asyncio.Event()

    async def stall(_request: Request) -> None:
        stalled.set()
        await asyncio.Event().wait()

    polling.server.at("/world.xml", stall)
    stop = asyncio.Event()
    running = asyncio.create_task(run_poller(polling.poller, stop, print))
    await stalled.wait()
    stop.set()
    async with asyncio.timeout(5):
        await running
    assert await polling.store.feed_progress("valley") == {}


@pytest.mark.parametrize("for_long", [True, False])
async def test_a_host_that_stalls_keeps_no_feed_of_another_host_waiting(
    polling: PollingWorld, *, for_long: bool
) -> None:
    stalled = asyncio.Event()

    async def stall(_request: Request) -> None:
        stalled.set()
        await asyncio.Event().wait()

    slow = [
        polling.feed._replace(id=f"wire-{n}", url=polling.server.at(f"/{n}.xml", stall)) for n in range(1, AT_ONCE + 2)
    ]
    polling.server.page("/other.xml", body=rss(item(1)))
    other = polling.feed._replace(id="wire-99", url=f"http://localhost:{polling.server.port}/other.xml")
    await polling.subscribe(*slow, other)
    talk = Talk()
    if for_long:
        asking = asyncio.create_task(run_poller(polling.poller, asyncio.Event(), talk))
    else:
        asking = asyncio.create_task(poll_all(polling.poller, [*slow, other], lambda polled: talk(describe(polled))))
    await talk.hear("wire-99: 1 new")
    await stalled.wait()
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    assert sorted(request.path for request in polling.server.asked) == ["/1.xml", "/other.xml"]


async def test_the_long_lived_poller_outlives_a_store_that_is_full(
    polling: PollingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    polling.says(item(1))
    talk = Talk()
    stop = asyncio.Event()

    async def full(*_arguments: object) -> None:
        raise StoreFull("no room is left")

    with monkeypatch.context() as patch:
        patch.setattr(polling.store, "write", full)
        patch.setattr("ingest.feeds.running._STORE_REST", 0.01)
        running = asyncio.create_task(run_poller(polling.poller, stop, talk, look=0.02))
        await talk.hear("wire-1: no room is left")
    await talk.hear("wire-1: 1 new")
    stop.set()
    await running


async def test_asking_all_says_what_the_store_refused(polling: PollingWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    async def busy(*_arguments: object) -> None:
        raise StoreBusy("somebody writes")

    polling.says(item(1))
    monkeypatch.setattr(polling.store, "write", busy)
    with pytest.raises(StoreBusy):
        await poll_all(polling.poller, [polling.feed], print)


@given(
    failures=st.integers(0, 400),
    roll=st.floats(0, 1),
    every=st.integers(30, 604_800),
    asked=st.floats(0, 1e9) | st.none(),
)
def test_a_wait_is_never_shorter_than_asked_for_nor_longer_than_two_weeks(
    failures: int, roll: float, every: int, asked: float | None
) -> None:
    feed = Feed("a", "https://example.org/", "b", every)
    progress = Progress(failures=failures, next_at=NOW)
    failed = after_failure(progress, feed, NOW, roll, error="x", retry_after=asked)
    assert NOW + min(asked or 0, 86_400) * SECOND - 1 <= failed.next_at <= NOW + 2 * DAY
    assert failed.failures == failures + 1
    succeeded = after_success(failed, feed, NOW, roll)
    assert 0.89 * every * SECOND <= succeeded.next_at - NOW <= 1.11 * every * SECOND
    assert not is_due(succeeded, NOW)
    assert is_due(succeeded, succeeded.next_at)


def test_the_counts_of_a_day_end_with_it() -> None:
    progress = of_today(Progress(day_items=5), NOW)
    assert (progress.day_items, progress.day) == (0, NOW // DAY)
    counted = progress._replace(day_items=5)
    assert of_today(counted, NOW + HOUR) == counted
    assert until_tomorrow(counted).next_at == (NOW // DAY + 1) * DAY
