"""Keys that wait until what those before them began has come to its end: type-ahead.

So keys that arrive together do what they do one by one, although an input tells of what is typed by messages, and
lists are read by workers. Nothing is waited for longer than `PATIENCE`: then keys go on, and Esc stops what takes long.
"""

import asyncio
import enum
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, TypeGuard

from textual import events
from textual.message_pump import MessagePump
from textual.widget import Widget
from textual.worker import Worker, WorkerError

from tui.long_task import SOON

if TYPE_CHECKING:
    from textual.widgets import Input

    from tui.app import SitmonApp
    from tui.main_screen import MainScreen

PATIENCE = SOON
"""Seconds that a key waits; what takes longer says so, and can be stopped."""

ESCAPE_PATIENCE = 0.1
"""Seconds that Esc waits for a filter's events, where it was typed together with the filter."""

TURN = 0.03
"""Seconds for which keys are taken before anything else has its turn again, painting above all."""

MOST_ROUNDS = 16
"""Times that messages are waited for which led to others; those of one key lead to four or five."""

MANY = 500
"""Keys that wait, from which on that is said."""

MOST_STEPS = 4
"""Times that what was begun is waited for before a key goes on in any case."""

Typed = events.Key | events.Paste


def is_typed_into(widget: Widget | None) -> "TypeGuard[Input]":
    """Say whether a widget takes text."""
    from textual.widgets import Input  # the first painting has none

    return isinstance(widget, Input)


class Begun:
    """What keys began and later keys depend on: what a list shows, what opens, what is asked."""

    def __init__(self) -> None:
        self._workers: list[tuple[str, Worker[None], float]] = []

    def add(self, group: str, worker: Worker[None]) -> None:
        """Let keys that depend on the group wait for the worker."""
        self._workers = [one for one in self._workers if not one[1].is_finished]
        self._workers.append((group, worker, asyncio.get_running_loop().time()))

    def left(self, groups: frozenset[str], patience: float) -> list[tuple[Worker[None], float]]:
        """Return what is still waited for, and for how many seconds more."""
        if not self._workers:
            return []
        since = asyncio.get_running_loop().time() - patience
        return [
            (worker, begun - since)
            for group, worker, begun in self._workers
            if group in groups and begun > since and not worker.is_finished
        ]

    async def wait(self, groups: frozenset[str], patience: float) -> None:
        """Wait until nothing is left of what these groups began, or of so many seconds since then."""
        while left := self.left(groups, patience):
            # `asyncio.wait` never cancels what it waits for.
            ends = [asyncio.ensure_future(_end(worker)) for worker, _ in left]
            await asyncio.wait(ends, timeout=max(seconds for _, seconds in left))


async def ended(worker: Worker[None]) -> None:
    """Wait until a worker has ended, whichever way; who waits for it can be cancelled without ending it."""
    await asyncio.shield(_end(worker))


async def _end(worker: Worker[None]) -> None:
    with suppress(WorkerError):
        await worker.wait()


class _UnderWay(enum.IntEnum):
    """What was handed on and may not be worked off."""

    NOTHING = 0
    TEXT = 1
    KEYS = 2


class TypeAhead:
    """Hands keys and pastes on, each when it is its turn.

    Args:
        app: whose they are.
        hand_on: gives one to whatever has the keys.
    """

    def __init__(self, app: "SitmonApp", hand_on: Callable[[events.Event], Awaitable[None]]) -> None:
        self._app = app
        self._hand_on = hand_on
        self._waiting: deque[Typed] = deque()
        self._worker: Worker[None] | None = None
        self._under_way = _UnderWay.NOTHING

    async def take(self, event: Typed) -> None:
        """Hand one on, now or in its turn."""
        # With more behind it, the app must hear soon whether that is a way out.
        if self._worker is None and not self._app.message_queue_size and self._may_go(event):
            await self._go(event)
            return
        self._waiting.append(event)
        if self._worker is None:
            self._worker = self._app.run_worker(self._work_off, group="keys")

    def drop(self) -> int:
        """Forget what waits; return how many there were."""
        number = len(self._waiting)
        self._waiting.clear()
        return number

    async def _work_off(self) -> None:
        loop = asyncio.get_running_loop()
        turn = loop.time() + TURN
        try:
            while self._waiting:
                # What was waited for may have begun more: a log that was read again has the details read.
                for _ in range(MOST_STEPS):
                    if not self._waiting or self._may_go(self._waiting[0]):
                        break
                    self._say_how_many()
                    await self._settle()
                if self._waiting:  # they may have been dropped meanwhile
                    await self._go(self._waiting.popleft())
                if loop.time() > turn or self._under_way:
                    self._say_how_many()
                    await asyncio.sleep(0)
                    turn = loop.time() + TURN
        finally:
            self._worker = None

    def _say_how_many(self) -> None:
        main = self._app.main
        if len(self._waiting) >= MANY and main.is_active:
            main.say(main.keys.spell(f"{len(self._waiting):,} keys wait · {{interrupt}} drops them"))

    def _may_go(self, event: Typed) -> bool:
        if self._is_text(event):
            return self._under_way is not _UnderWay.KEYS
        if self._under_way:
            return False
        main = self._app.main
        if self._is_for_a_list() and (_is_short_of_rows(main) or _is_behind(main) or _has_details_due(main)):
            return False
        return not main.begun.left(*self._waited_for(event))

    def _waited_for(self, event: Typed) -> tuple[frozenset[str], float]:
        """Return of which groups all that was begun must have come to its end first, and for how long that is so."""
        main = self._app.main
        if self._is_for_a_list():
            return _depended_on(main), PATIENCE
        # Esc clears a filter, and the log stays at the row that it shows by then; but Esc also stops what takes long.
        leaves_the_line = main.is_active and isinstance(event, events.Key) and event.key == "escape"
        return frozenset({"log"} if leaves_the_line else ()), ESCAPE_PATIENCE

    def _is_text(self, event: Typed) -> bool:
        """Say whether an input takes it, and nothing else can come of it than a text."""
        focused = self._app.focused
        if not is_typed_into(focused):
            return False
        return isinstance(event, events.Paste) or focused.check_consume_key(event.key, event.character)

    def _is_for_a_list(self) -> bool:
        return self._app.main.is_active and not is_typed_into(self._app.focused)

    async def _go(self, event: Typed) -> None:
        if isinstance(event, events.Key) and self._is_for_a_list():
            self._app.app_focus = True
            await self._app.main.take_key(event)
            return
        under_way = _UnderWay.TEXT if self._is_text(event) else _UnderWay.KEYS
        self._under_way = max(self._under_way, under_way)
        await self._hand_on(event)

    async def _settle(self) -> None:
        """Wait until messages are worked off, and then what these and earlier keys began."""
        main = self._app.main
        is_for_a_list = self._is_for_a_list()
        if is_short := is_for_a_list and _is_short_of_rows(main):
            main.events.moved()  # asks for them
        if self._under_way or is_short or (is_for_a_list and _is_behind(main)):
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    if is_for_a_list and main.focused and not main.focused.size:
                        await _laid_out(main)
                    await self._work_off_messages()
            self._under_way = _UnderWay.NOTHING
        if self._is_for_a_list() and _has_details_due(main):
            main.read_details()
        if self._waiting:
            await main.begun.wait(*self._waited_for(self._waiting[0]))

    async def _work_off_messages(self) -> None:
        for _ in range(MOST_ROUNDS):
            await asyncio.gather(*(_passed(node) for node in self._concerned()))
            if not any(node.message_queue_size for node in self._concerned()):
                return

    def _concerned(self) -> list[MessagePump]:
        """Return whom a key can concern: what has the keys, with all that it lies in, and the lists."""
        focused, main = self._app.focused, self._app.main
        widgets: list[Widget] = (
            [node for node in focused.ancestors_with_self if isinstance(node, Widget)] if focused else []
        )
        return [*dict.fromkeys((*widgets, self._app.screen, main.events, main)), self._app]


def _depended_on(main: "MainScreen") -> frozenset[str]:
    groups = {"commands", "log", "board"}
    if main.focused in (main.actor, main.evidence):
        groups.add("details")
    if _is_short_of_rows(main):
        groups.add("more")
    return frozenset(groups)


def _is_behind(main: "MainScreen") -> bool:
    """Say whether a list has the keys that has no room yet, or has not heard yet which line it is about."""
    focused = main.focused
    if focused is None or not focused.size:
        return focused is not None
    queues = (main, main.about, focused) if focused in (main.actor, main.evidence) else ()
    return any(node.message_queue_size for node in queues)


def _has_details_due(main: "MainScreen") -> bool:
    """Say whether a list has the keys that is about a line on which the cursor rests, and is to be read."""
    due = main.resting
    now = asyncio.get_running_loop().time()
    return main.focused in (main.actor, main.evidence) and due is not None and not due.cancelled() and due.when() > now


def _is_short_of_rows(main: "MainScreen") -> bool:
    """Say whether a key could lead beyond the rows of the log that are held."""
    log = main.events
    return (log.last - log.cursor <= log.height and not log.window.at_oldest) or (
        log.cursor - log.first <= log.height and not log.window.at_newest
    )


async def _passed(node: MessagePump) -> None:
    """Wait until the node has worked off all that it was told before."""
    done = asyncio.Event()
    if node.call_later(done.set):
        await done.wait()


async def _laid_out(main: "MainScreen") -> None:
    """Wait until what was opened has its place on the screen."""
    done = asyncio.Event()
    if main.call_after_refresh(done.set):
        await done.wait()
