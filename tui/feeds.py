"""Who polls the feeds: what the title line says of it, and the poller that the screen starts where its user wants it.

The poller is a process of its own, `sitmon feed run`: what reads news has no place in the one that draws. It ends when
its end of a pipe is closed, so that it never outlives the screen.
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
"""Seconds between two looks at who polls."""
_REST = 60.0
"""Seconds after which a poller is started again that ended by itself."""
_LATE = 10 * MINUTE
"""How late a feed may be polled, microseconds, where cron does it now and then."""
_PATIENCE = 1.0
"""Seconds for which a poller that was told to end may take before it is terminated, and then killed."""


class Polling(NamedTuple):
    """The state of polling the situation's feeds."""

    by: str
    """Who polls them; empty while nobody does."""
    failing: int
    """Feeds whose last poll failed."""
    overdue: bool
    """Whether one should have been polled long ago: nobody does, not even now and then."""

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
    """Looks now and then who polls the feeds, and polls them where nobody does and its user wants it."""

    def __init__(self, screen: "MainScreen") -> None:
        self.wanted = screen.polls_feeds
        """Whether this screen polls the feeds while nobody else does."""
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
        """Read who polls and which feeds fail, and show it; look again later where there are any."""
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
                found = Polling(
                    await self._poller(),
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

    async def _poller(self) -> str:
        """Return who polls; start this screen's own poller where nobody does and it is wanted."""
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
        """Read what the poller says until it ends; say why where it ended by itself."""
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
        self._screen.say(f"the feeds are not polled: {why}", "warn")
        self.soon()

    async def end(self) -> None:
        """End the poller that was started; what it has stored is kept."""
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
