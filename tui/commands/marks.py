"""What an analyst notes on events, one or many, and taking it back."""

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from model.entities import MarkKind
from model.filters.conditions import Marked, NotThat
from model.text import number_of
from store.base import Progress
from tui.commands.select import target
from tui.commands.work import Aside, Do, Take, Work, Writing
from tui.marking import Marking, count_selected, mark, toggle
from tui.selection import Selection, all_of

if TYPE_CHECKING:
    from tui.main_screen import MainScreen

TAG, NOTE, REMARK, ASSIGN = "tag", "note", "remark", "assign"

SEEN = 60
"""So many events can have been seen before they are marked; for more, how many is asked first."""

MarkAll = Callable[[Selection, Progress], Coroutine[Any, Any, str]]
"""Marks a selection, and says what was done."""


def _toggle(kind: MarkKind) -> Do:
    def do(screen: "MainScreen") -> Work:
        session = screen.session
        return _begin(screen, lambda chosen, progress: toggle(session, chosen, Marking(kind), progress))

    return do


def _begin(screen: "MainScreen", work: MarkAll) -> Work:
    chosen = target(screen)
    if chosen is None:
        return None
    return (Writing if _may_be_many(chosen) else Aside)(carefully, screen, chosen, work)


def _may_be_many(chosen: Selection) -> bool:
    return len(chosen.picked) > SEEN or bool(chosen.stretches)


async def carefully(screen: "MainScreen", chosen: Selection, work: MarkAll) -> str | None:
    """Do it at once where everything can have been seen, else once it is confirmed."""
    do = Writing(carry_out, screen, chosen, work)
    if _may_be_many(chosen):
        number = await count_selected(screen.session, chosen)
        if number > SEEN:
            screen.confirm(f"all {number:,} selected events?", do)
            return None
    return await do()


async def carry_out(screen: "MainScreen", chosen: Selection, work: MarkAll) -> str:
    """Mark a selection, say how far it is, and show what became of it; return what was done."""

    def progress(done: int, of: int) -> None:
        screen.long_task.report(f"{done:,} of {of:,} events marked", screen.keys.spell("{undo} takes that back"))

    said = await work(chosen, progress)
    await screen.events.reread()
    screen.read_details()
    return said


def _read_all(screen: "MainScreen") -> Work:
    session = screen.session
    listed = all_of(session.query, screen.log_window.horizon)

    async def ask() -> str | None:
        screen.long_task.report("counting what is unread")
        number = await count_selected(session, listed, NotThat(Marked(MarkKind.READ)))
        if not number:
            return "everything that is listed is read already"
        read: MarkAll = lambda chosen, progress: mark(session, chosen, Marking(MarkKind.READ), progress=progress)  # noqa: E731
        events = number_of(number, "event")
        screen.confirm(f"mark {events} read?", Writing(carry_out, screen, listed, read))
        return None

    return ask


def _asks(purpose: str, label: str) -> Do:
    def ask(screen: "MainScreen") -> Work:
        screen.question.ask(purpose, label)
        return None

    return ask


def _assign(screen: "MainScreen", text: str) -> Work:
    session, name = screen.session, " ".join(text.split())
    marking = Marking(MarkKind.ASSIGNED, session.store.author if name == "me" else name)
    return _begin(screen, lambda chosen, progress: mark(session, chosen, marking, on=bool(name), progress=progress))


def _write_tag(screen: "MainScreen", text: str) -> Work:
    session, tag = screen.session, " ".join(text.split())
    if not tag:
        screen.say("a tag has at least one character; nothing was written")
        return None
    return _begin(screen, lambda chosen, progress: toggle(session, chosen, Marking(MarkKind.TAG, tag), progress))


def _write_text(kind: MarkKind) -> Take:
    def write(screen: "MainScreen", text: str) -> Work:
        session, marking = screen.session, Marking(kind, text.strip())
        if not marking.value:
            screen.say("a note has at least one character; nothing was written")
            return None
        return _begin(screen, lambda chosen, progress: mark(session, chosen, marking, progress=progress))

    return write


def _undo(screen: "MainScreen") -> Work:
    return Aside(_turned, screen, screen.session.undo)


def _redo(screen: "MainScreen") -> Work:
    return Aside(_turned, screen, screen.session.redo)


async def _turned(screen: "MainScreen", turn: Callable[[], Coroutine[Any, Any, str]]) -> str:
    screen.long_task.report("undoing or redoing", "what is done of it stays; the same key again goes on with it")
    return await turn()


DO: dict[str, Do] = {
    "read": _toggle(MarkKind.READ),
    "read_all": _read_all,
    "star": _toggle(MarkKind.STAR),
    "tag": _asks(TAG, "tag (the same one again takes it away)"),
    "note": _asks(NOTE, "note that everybody sees"),
    "remark": _asks(REMARK, "note that only you see"),
    "verify": _toggle(MarkKind.VERIFIED),
    "dispute": _toggle(MarkKind.DISPUTED),
    "reject": _toggle(MarkKind.REJECTED),
    "unverifiable": _toggle(MarkKind.UNVERIFIABLE),
    "assign": _asks(ASSIGN, "assign to whom (me, a user's name; nothing: to nobody)"),
    "undo": _undo,
    "redo": _redo,
}

ANSWERS: dict[str, Take] = {
    TAG: _write_tag,
    NOTE: _write_text(MarkKind.NOTE),
    REMARK: _write_text(MarkKind.REMARK),
    ASSIGN: _assign,
}
