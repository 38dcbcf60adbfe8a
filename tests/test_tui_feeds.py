"""Who polls the feeds: the title line says it, and the screen does where nobody else does and its user wants it."""

from dataclasses import replace

from textual.pilot import Pilot

from model.catalog import Catalog
from model.feeds import Feed, FeedStatus, Progress
from tests.tui_fakes import PRESENT, FakeStore, event_on, screen_text, wait_for
from tui.app import SitmonApp
from tui.feeds import Polling

WORLD = Feed("wire-1", "https://example.org/world.xml", "wire")


async def opened(store: FakeStore) -> SitmonApp:
    await store.happen(event_on(3, "north"))
    return SitmonApp(store, store.known, present=lambda: PRESENT)


async def command(app: SitmonApp, pilot: Pilot[int]) -> None:
    await pilot.press(":")
    await wait_for(pilot, lambda: app.screen is not app.main, "the palette")
    await pilot.press(*"feeds", "enter")


async def test_the_title_line_says_who_polls_and_the_screen_polls_when_it_is_told_to(catalog: Catalog) -> None:
    store = FakeStore(replace(catalog, feeds={"wire-1": WORLD, "gone": WORLD._replace(status=FeedStatus.ENDED)}))
    app = await opened(store)
    app.main.poller = ("cat",)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: "feeds off" in screen_text(app), "that nobody polls")
        assert app.main.feeds is not None
        store.poller_is = "a colleague (process 5)"
        await app.main.feeds.look()
        await wait_for(pilot, lambda: "feeds on" in screen_text(app), "that somebody polls")
        store.fares = {"wire-1": Progress(failures=2), "gone": Progress(failures=9)}
        await app.main.feeds.look()
        await wait_for(pilot, lambda: "1 feed failing" in screen_text(app), "that one fails")
        await command(app, pilot)
        await wait_for(pilot, lambda: "polled by a colleague (process 5); this" in screen_text(app), "who polls")
        store.poller_is, store.fares = "", {}
        await app.main.feeds.look()
        assert app.session.feeds == Polling("this screen", 0, overdue=True)
        await command(app, pilot)
        await wait_for(pilot, lambda: "no longer polls the feeds" in screen_text(app), "that it has stopped")
        assert app.session.feeds == Polling("", 0, overdue=True)
        store.fares = {"wire-1": Progress(next_at=PRESENT - 300_000_000)}
        await app.main.feeds.look()
        await wait_for(pilot, lambda: "feeds not due" in screen_text(app), "that cron may poll")


async def test_a_poller_that_ends_by_itself_says_why_and_is_not_started_again_at_once(catalog: Catalog) -> None:
    app = await opened(FakeStore(replace(catalog, feeds={"wire-1": WORLD})))
    app.main.polls_feeds = True
    app.main.poller = ("sh", "-c", "echo 'sitmon: no \033[2J room' >&2; exit 3")
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: "the feeds are not polled: no" in screen_text(app), "why it ended")
        assert app.main.feeds is not None
        await app.main.feeds.look()
        assert app.session.feeds == Polling("", 0, overdue=True)
        await app.main.feeds.end()


async def test_where_there_are_no_feeds_nothing_is_said_and_nothing_looked_for(catalog: Catalog) -> None:
    app = await opened(FakeStore(catalog))
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.main.feeds, "the first look")
        assert "feeds" not in screen_text(app).splitlines()[0]
        await command(app, pilot)
        await wait_for(pilot, lambda: "there is no feed to poll" in screen_text(app), "how to subscribe")
        assert app.main.feeds is not None
        assert app.main.feeds._timer is None
