"""What an analyst notes on an event, and taking it back."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any

from model.entities import MarkKind
from model.query import EventRow
from tui.commands.work import Do, Take, Work

if TYPE_CHECKING:
    from tui.main_screen import MainScreen

TAG, NOTE = "tag", "note"


def _mark(kind: MarkKind) -> Do:
    def do(screen: "MainScreen") -> Work:
        row = screen.session.selected
        return partial(_marked, screen, row, lambda now: screen.session.toggle(kind, (now,))) if row else None

    return do


async def _marked(
    screen: "MainScreen", row: EventRow, write_mark: Callable[[EventRow], Coroutine[Any, Any, str]]
) -> str:
    # What is true of the row now, not when the key was pressed: the same key twice sets and takes away.
    position = screen.log_window.position_of(row.event.id)
    now = screen.log_window.row(position) if position is not None else None
    said = await write_mark(now or row)
    await screen.events.reread()
    screen.read_details()
    return said


def _ask_tag(screen: "MainScreen") -> Work:
    screen.question.ask(TAG, "tag (the same one again takes it away)")
    return None


def _ask_note(screen: "MainScreen") -> Work:
    screen.question.ask(NOTE, "note that everybody sees")
    return None


def _write_tag(screen: "MainScreen", text: str) -> Work:
    row = screen.session.selected
    return partial(_marked, screen, row, partial(screen.session.tag, text)) if row else None


def _write_note(screen: "MainScreen", text: str) -> Work:
    row = screen.session.selected
    return partial(_marked, screen, row, partial(screen.session.note, text)) if row else None


DO: dict[str, Do] = {
    "read": _mark(MarkKind.READ),
    "star": _mark(MarkKind.STAR),
    "tag": _ask_tag,
    "note": _ask_note,
    "verify": _mark(MarkKind.VERIFIED),
    "dispute": _mark(MarkKind.DISPUTED),
    "reject": _mark(MarkKind.REJECTED),
    "unverifiable": _mark(MarkKind.UNVERIFIABLE),
    "undo": lambda screen: screen.session.undo,
    "redo": lambda screen: screen.session.redo,
}

ANSWERS: dict[str, Take] = {TAG: _write_tag, NOTE: _write_note}
