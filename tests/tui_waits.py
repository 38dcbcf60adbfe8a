"""When the screen has done all that it was told, and a wait of the Pilot for just that.

Textual's own Pilot sleeps after each key until the process takes hardly any time: mostly late, by chance too early.
"""

import asyncio
from collections.abc import Collection
from typing import Any

from textual._context import active_app
from textual.app import App
from textual.screen import Screen

_LOOKS = 5
"""A message that is between two queues is in neither."""
_PATIENCE = 0.1
"""Seconds. Some tests hold a worker up on purpose, and press keys meanwhile."""
_WAITING = ("changes", "ahead")
"""Workers that wait for others, or for a while to pass."""


def is_done(app: App[Any], besides: Collection[str] = ("changes",)) -> bool:
    """Return whether all messages are handled and all workers finished, besides those of some groups."""
    nodes = (node for screen in app.screen_stack for node in screen.walk_children(with_self=True))
    return all(worker.is_finished or worker.group in besides for worker in app.workers) and not any(
        node.message_queue_size for node in (app, *nodes)
    )


def is_painted(screen: Screen[Any]) -> bool:
    """Return whether nothing is left to paint; screens under the uppermost one wait until it is gone."""
    return not (screen._dirty_widgets or screen._layout_required or screen._repaint_required or screen._callbacks)


async def wait_for_idle(min_sleep: float = 0, max_sleep: float = _PATIENCE) -> None:
    """Wait until all is done and painted; stands in for Textual's function of that name."""
    app, loop = active_app.get(), asyncio.get_running_loop()
    end, calm = loop.time() + max(min_sleep, max_sleep), 0
    while calm < _LOOKS and loop.time() < end:
        await asyncio.sleep(0)
        calm = calm + 1 if is_done(app, _WAITING) else 0
        if calm and not is_painted(app.screen):
            app.screen._on_timer_update()  # now, and not at the next sixtieth of a second
            calm = 0
