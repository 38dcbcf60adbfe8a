"""Who asks the feeds: what the title line says of it, and the poller that the screen starts where its user wants it.

The poller is a process of its own, `sitmon feed run`: what reads news has no place in the one that draws. Its end of a
pipe tells it when the screen is gone, however that went.
"""

import asyncio
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from textual.timer import Timer

from model.errors import StoreError
from model.feeds import FeedStatus, Progress
from model.text import clean_line, number_of
from model.times import MINUTE

if TYPE_CHECKING:
    from tui.main_screen import MainScreen

LOOK = 10.0
"""Seconds between two looks at who asks."""
_REST = 60.0
"""Seconds after which a poller is started again that ended by itself."""
_LATE = 10 * MINUTE
"""How long after its time a feed is asked where that is done now and then, by cron."""
_PATIENCE = 1.0
"""Seconds in which a poller ends that was told to."""


class Asked(NamedTuple):
    """How the situation's feeds fare."""

    by: str
    """Who asks them; empty while nobody does."""
    failing: int
    """Of those that are asked."""
    overdue: bool
    """Whether one should have been asked long ago: nobody does, not even now and then."""

    @property
    def word(self) -> str:
        """What the title line says."""
        if not self.by and self.overdue:
            return "feeds off"
        if self.failing:
            return f"{number_of(self.failing, 'feed')} failing"
        return "feeds on" if self.by else "feeds not due"

    @property
    def hue(self) -> str:
        """How it says it: quietly where all is well."""
        return "warn" if self.failing or (self.overdue and not self.by) else "dim"


class FeedWatch:
    """Looks now and then who asks the feeds, and asks them where nobody does and its user wants it."""

    def __init__(self, screen: "MainScreen") -> None:
        self.wanted = screen.asks_feeds
        """Whether this screen asks the feeds while nobody else does."""
        self._screen = screen
        self._timer: Timer | None = None
        self._process: Process | None = None
        self._attending: asyncio.Task[None] | None = None
        self._rested = 0.0
        """When a poller may be started again."""

    def soon(self) -> None:
        """Look in a while, if that is not to come anyway."""
        if self._timer is None:
            self._timer = self._screen.set_timer(LOOK, self.look)

    async def look(self) -> None:
        """Read who asks and how the feeds fare, and show it; look again later where there are any."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        session = self._screen.session
        try:
            feeds = (await session.store.catalog(session.situation)).feeds.values()
            active = [feed.id for feed in feeds if feed.status == FeedStatus.ACTIVE]
            found = None
            if active:
                progress = await session.store.feed_progress(session.situation)
                fares = [progress.get(id_, Progress()) for id_ in active]
                late = session.present() - _LATE
                found = Asked(
                    await self._asker(),
                    sum(one.failures > 0 for one in fares),
                    overdue=any(one.next_at < late for one in fares),
                )
        except StoreError:
            found = session.feeds  # that the store is lost is said elsewhere
        if found is not None:
            self.soon()
        if found != session.feeds:
            session.feeds = found
            self._screen.show_bars()

    async def _asker(self) -> str:
        """Return who asks; make it this screen where nobody does, and it is to."""
        holder = await self._screen.session.store.polled_by()
        if self._process is not None:
            return holder or "this screen"
        if holder or not self.wanted or asyncio.get_running_loop().time() < self._rested:
            return holder
        command = self._screen.poller
        try:
            self._process = await asyncio.create_subprocess_exec(
                *command, stdin=PIPE, stdout=DEVNULL, stderr=PIPE, start_new_session=True
            )
        except OSError as error:
            self._rest(f"{command[0]}: {error.strerror}")
            return ""
        self._attending = asyncio.create_task(self._attend(self._process))
        return "this screen"

    async def _attend(self, process: Process) -> None:
        """Take what the poller says until it ends, and tell how where it was not told to."""
        assert process.stderr is not None
        last = ""
        with suppress(ValueError):  # a line that is too long
            async for line in process.stderr:
                last = clean_line(line.decode(errors="replace")).strip()
        code = await process.wait()
        self._process = None
        if code and self.wanted and not await self._screen.session.store.polled_by():  # somebody else was faster
            self._rest(last.removeprefix("sitmon: "))

    def _rest(self, why: str) -> None:
        self._rested = asyncio.get_running_loop().time() + _REST
        self._screen.say(f"the feeds are not asked: {why}", "warn")
        self.soon()

    async def end(self) -> None:
        """End what was started: nothing that it was told is stored is lost."""
        self.wanted = False
        process, attending = self._process, self._attending
        if process is None or attending is None:
            return
        assert process.stdin is not None
        process.stdin.close()
        for ending in (process.terminate, process.kill):
            with suppress(TimeoutError, ProcessLookupError):
                await asyncio.wait_for(asyncio.shield(attending), _PATIENCE)
                return
            with suppress(ProcessLookupError):
                ending()
        await attending
