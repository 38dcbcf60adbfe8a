"""What takes a while: said as it goes on, and stopped by a key."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SOON = 0.4
"""Seconds after which something is said to take a while."""


class Long:
    """The command that is being carried out, as far as it takes a while.

    Args:
        say: shows a text to the user.
        hint: tells what can be done about it.
    """

    def __init__(self, say: Callable[[str], None], hint: Callable[[], str]) -> None:
        self._say = say
        self._hint = hint
        self._task: asyncio.Task[object] | None = None
        self._text = self._then = ""
        self._due = False

    @contextmanager
    def running(self) -> Iterator[None]:
        """Let this task be the command, until the end of the block."""
        self._task = asyncio.current_task()
        soon = asyncio.get_running_loop().call_later(SOON, self._fall_due)
        try:
            yield
        finally:
            soon.cancel()
            self._task, self._text, self._then, self._due = None, "", "", False

    @property
    def words(self) -> str:
        """How far it is, and what can be done about it."""
        return f"{self._text or 'writing'} · {self._hint()}"

    @property
    def said(self) -> str:
        """What is to be said until it ends; empty where nothing takes a while."""
        return self.words if self._due and self._text else ""

    @property
    def whole(self) -> str:
        """How far it is, and what there is to do about it, should it end here."""
        return (self._text or "writing") + (f"; {self._then}" if self._then else "")

    def is_at(self, text: str, then: str = "") -> None:
        """Say how far it is, if it takes a while.

        Args:
            text: how far.
            then: what there is to do about it, should it be stopped.
        """
        self._text, self._then = text, then
        self._show()

    def stop(self) -> bool:
        """End it, if it was said that it takes a while; return whether it was."""
        if self._task is None or not self._due or not self._text:
            return False
        self._task.cancel()
        self._say(f"stopped: {self.whole}")
        return True

    def _fall_due(self) -> None:
        self._due = True
        self._show()

    def _show(self) -> None:
        if said := self.said:
            self._say(said)
