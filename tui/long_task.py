"""A command that takes a while: its progress is said, and a key stops it."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SOON = 0.4
"""Seconds after which a command's progress is said."""


class LongTask:
    """The command that is running, and what is said of its progress once it takes a while.

    Args:
        say: shows a text to the user.
        hint: tells how to stop it.
    """

    def __init__(self, say: Callable[[str], None], hint: Callable[[], str]) -> None:
        self._say = say
        self._hint = hint
        self._task: asyncio.Task[object] | None = None
        self._text = self._then = ""
        self._due = False

    @contextmanager
    def running(self) -> Iterator[None]:
        """Let the present task be the command, until the end of the block."""
        self._task = asyncio.current_task()
        soon = asyncio.get_running_loop().call_later(SOON, self._fall_due)
        try:
            yield
        finally:
            soon.cancel()
            self._task, self._text, self._then, self._due = None, "", "", False

    @property
    def words(self) -> str:
        """How far it is, and how to stop it."""
        return f"{self._text or 'writing'} · {self._hint()}"

    @property
    def said(self) -> str:
        """What to say until it ends; empty where nothing takes a while."""
        return self.words if self._due and self._text else ""

    @property
    def whole(self) -> str:
        """How far it is, and what there is to do about it, should it end here."""
        return (self._text or "writing") + (f"; {self._then}" if self._then else "")

    def report(self, text: str, then: str = "") -> None:
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
