"""sitmon, but that it says when it is calm: all that it was told has come to its end, and has been painted.

`python -m tests.tui_calm` runs it; F11 is the question, and `CALM` the answer.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from textual import events

from model.catalog import Catalog
from model.query import Revision
from sitmon.cli import main
from store.base import Store
from tests.tui_waits import is_done, is_painted
from tui import app, details, navigation, typeahead

CALM = "\x1b]777;calm\x1b\\"

_LOOKS, _PAUSE = 4, 0.003
"""A message that is between two queues is in neither."""


class Watched(app.SitmonApp):
    """The app, and a key that asks it."""

    CSS_PATH = str(Path(app.__file__).with_name("app.tcss"))

    def __init__(self, store: Store, catalog: Catalog, **more: Any) -> None:
        # Which news have been seen depends on how long the cursor rests.
        super().__init__(store, catalog, **more | {"memory": None})
        self._heard: Revision | None = None
        self._answering: asyncio.Task[None] | None = None
        changes = store.changes

        async def heard() -> AsyncIterator[Revision]:
            async for revision in changes():
                yield revision
                self._heard = revision

        store.changes = heard  # type: ignore[method-assign]

    async def on_event(self, event: events.Event) -> None:
        """Keep the question from the app."""
        if isinstance(event, events.Key) and event.key == "f11":
            self._answering = asyncio.create_task(self._answer())
        else:
            await super().on_event(event)

    async def _answer(self) -> None:
        calm = 0
        while calm < _LOOKS:
            await asyncio.sleep(_PAUSE)
            newest = await self.session.store.revision()  # what others have written is waited for too
            is_calm = self._heard == newest and not self._is_resting() and is_done(self) and is_painted(self.screen)
            calm = calm + 1 if is_calm else 0
        assert self._driver is not None
        self._driver.write(CALM)

    def _is_resting(self) -> bool:
        due = self.main.resting
        return due is not None and not due.cancelled() and due.when() > asyncio.get_running_loop().time()


if __name__ == "__main__":
    # As little time as can pass between a key and what follows it.
    navigation.SETTLED = 0.02
    details.RESTED = 0.0, 0.0
    typeahead.PATIENCE = typeahead.ESCAPE_PATIENCE = 60.0  # a busy machine must not have keys go on
    app.SitmonApp = Watched  # type: ignore[misc]
    sys.exit(main())
