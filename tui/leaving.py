"""Leaving the screen: at once, or once what was asked to be written is written, and saying so meanwhile.

Asked for a second time, the screen is left at once whatever is under way; what was not written by then is not done.
"""

from typing import TYPE_CHECKING

from textual.worker import Worker

from model.text import clean_line
from tui.typeahead import ended

if TYPE_CHECKING:
    from tui.main_screen import MainScreen
    from tui.screens.overlay import Heading


class Leaving:
    """Leaves one main screen, and all that lies over it.

    Args:
        screen: the main screen.
    """

    def __init__(self, screen: "MainScreen") -> None:
        self._screen = screen
        self._writing: list[Worker[None]] = []
        """What was asked to be written."""
        self.is_waiting = False
        """Whether the screen is left as soon as that is done."""
        self.interrupted = False
        """Whether ctrl+c was the last key."""
        self.left_undone = ""
        """What was under way when the screen was left all the same."""

    def wait_for(self, worker: Worker[None]) -> None:
        """Let nobody leave before the worker has written what it is to write, but who asks twice."""
        self._writing = [*self._under_way(), worker]

    def leave(self) -> None:
        """Leave: now, or once everything is written; the second time now in any case."""
        screen = self._screen
        under_way = self._under_way()
        if self.is_waiting or not under_way:
            self.left_undone = screen.long_task.whole if under_way else ""
            screen.app.exit(0)
            return
        self.is_waiting = True
        while screen.app.screen.is_modal:  # where keys are typed, that can say no more
            screen.app.pop_screen()
        self._say(screen.long_task.words)
        _: Worker[None] = screen.run_worker(self._leave_then, group="leaving", exclusive=True)

    def stay(self) -> None:
        """Go on, where leaving waits."""
        self.is_waiting = False

    def interrupt(self) -> None:
        """Leave, the second time in a row."""
        screen = self._screen
        if self.interrupted:
            self.leave()
            return
        self.interrupted = True
        self._say(screen.keys.spell("{interrupt} again quits; {back} goes back"))

    def go_on(self) -> None:
        """Let the next ctrl+c be a first one: another key was pressed."""
        if self.interrupted and (heading := self._heading) is not None:
            heading.clear()
        self.interrupted = False

    @property
    def hint(self) -> str:
        """What can be done about what takes a while."""
        return self._screen.keys.spell("leaves then · {quit}: now · esc: stays") if self.is_waiting else "esc stops"

    @property
    def keeps_last_line(self) -> bool:
        """Whether the last line is to go on to say what was said of leaving."""
        return self.interrupted or self.is_waiting

    @property
    def farewell(self) -> str:
        """What is said on the terminal that was given back: empty where nothing was left undone."""
        if not self.left_undone:
            return ""
        return f"left before it was done: {clean_line(self.left_undone)}"

    @property
    def _heading(self) -> "Heading | None":
        return getattr(self._screen.app.screen, "heading", None)

    def _say(self, text: str) -> None:
        # What lies over the main screen has a line of its own for it.
        speaker = self._heading or self._screen.app.screen
        getattr(speaker, "say", self._screen.say)(text)

    def _under_way(self) -> list[Worker[None]]:
        return [worker for worker in self._writing if not worker.is_finished]

    async def _leave_then(self) -> None:
        while under_way := self._under_way():
            await ended(under_way[0])
        if self.is_waiting:
            self._screen.app.exit(0)
