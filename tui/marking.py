"""Marks on whatever is selected, be it one row or a million: one action, and one undo.

Many rows are read and written a part at a time, each part a changeset of one batch, so that nobody waits long for the
store; what was written before it was stopped is undone by the same one undo.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import NamedTuple

from model.entities import Mark, MarkKind
from model.filters.conditions import AllOf, Condition, Marked, NotThat
from model.ids import new_id, short_id
from model.query import EventQuery, EventRow
from model.text import number_of
from store.base import Draft, Progress
from tui.selection import Selection
from tui.session import Session

PART = 2_500
"""Marks that are written in one transaction: about a tenth of a second."""


class Marking(NamedTuple):
    """A mark without its event."""

    kind: MarkKind
    value: str = ""

    def is_on(self, row: EventRow) -> bool:
        """Say whether an event has it, as far as a row of the log shows."""
        match self.kind:
            case MarkKind.READ:
                return row.read
            case MarkKind.STAR:
                return row.starred
            case MarkKind.TAG:
                return self.value in row.tags
        return row.verdict is self.kind

    def words(self, number: int, *, on: bool, of: int | None = None) -> str:
        """Return what is said of having set it on so many events, or taken it away."""
        counted = number_of(number, "event") if of is None else f"{number:,} of {of:,} events"
        if self.kind is MarkKind.DUPLICATE and on:
            return f"marked {counted} as repeating {short_id(self.value)}"
        if self.kind is MarkKind.ASSIGNED and on:
            return f"assigned {counted} to {self.value}"
        if self.kind is MarkKind.TAG:
            return f"tagged {counted} {self.value}" if on else f"took the tag {self.value} from {counted}"
        return f"{_DONE[self.kind][0 if on else 1]} {counted}"


_DONE = {
    MarkKind.READ: ("marked read", "marked unread"),
    MarkKind.STAR: ("starred", "took the star from"),
    MarkKind.VERIFIED: ("verified", "no longer verified:"),
    MarkKind.DISPUTED: ("disputed", "no longer disputed:"),
    MarkKind.REJECTED: ("rejected", "no longer rejected:"),
    MarkKind.UNVERIFIABLE: ("marked unverifiable", "no longer unverifiable:"),
    MarkKind.DUPLICATE: ("", "no longer a duplicate:"),
    MarkKind.ASSIGNED: ("", "assigned to nobody any more:"),
    MarkKind.NOTE: ("noted", "took the note from"),
    MarkKind.REMARK: ("noted for yourself:", "took your own note from"),
}
"""What is said of each mark that is set, or taken away."""


_NEVER_THERE = frozenset({MarkKind.NOTE, MarkKind.REMARK, MarkKind.DUPLICATE, MarkKind.ASSIGNED})
"""Marks with a value that a row does not show."""


def no_progress(done: int, of: int) -> None:
    """Say nothing."""


async def count_selected(session: Session, selection: Selection, narrowing: Condition | None = None) -> int:
    """Count what is selected, or what of its stretches fulfils a condition beside everything that was picked."""
    number = len(selection.loose)
    for query in _queries(selection, narrowing):
        number += (await session.store.count(session.situation, query, cap=None)).number
    return number


async def toggle(session: Session, selection: Selection, marking: Marking, progress: Progress = no_progress) -> str:
    """Set a mark on all that is selected, or take it away where all of it has the mark; return what was done."""
    on = await _lacks(session, selection, marking)
    return await mark(session, selection, marking, on=on, progress=progress)


async def mark(
    session: Session, selection: Selection, marking: Marking, *, on: bool = True, progress: Progress = no_progress
) -> str:
    """Set a mark on all that is selected, or take it away from it; return what was done.

    Rows that are so already are left as they are; what a row does not show is written on each.
    """
    unseen = marking.kind in _NEVER_THERE
    always = on and unseen
    has: Condition = Marked(marking.kind, marking.value or None)
    narrowing = None if always else NotThat(has) if on else has
    many = bool(selection.stretches) or len(selection.picked) > PART
    of = await count_selected(session, selection, narrowing) if many else None
    writing = _Writing(session, lambda number: marking.words(number, on=on, of=of if of and of > PART else None))
    async for rows in read_selected(session, selection, narrowing):
        wanted = [row.event.id for row in rows if unseen or marking.is_on(row) is not on]
        await writing.add([Mark(new_id(), id_, marking.kind, on, marking.value) for id_ in wanted])
        if of:
            progress(writing.done, of)
    await writing.finish()
    if of:
        progress(writing.done, of)
    return marking.words(writing.done, on=on)


class _Writing:
    """Parts of one action on their way to the store."""

    def __init__(self, session: Session, words: Callable[[int], str]) -> None:
        self._session = session
        self._words = words
        self._waiting: list[Mark] = []
        self._batch: str | None = None
        self.done = 0

    async def add(self, marks: Sequence[Mark]) -> None:
        """Write as many marks as make whole parts."""
        self._waiting += marks
        while len(self._waiting) >= PART:
            await self._write(self._waiting[:PART])
            del self._waiting[:PART]

    async def finish(self) -> None:
        """Write what is left."""
        if self._waiting:
            await self._write(self._waiting)

    async def _write(self, part: Sequence[Mark]) -> None:
        draft = Draft(self._words(len(part)), marks=tuple(part), batch=self._batch)
        written = await self._session.store.write(self._session.situation, draft)
        if written.changeset is not None:
            self._batch = self._batch or written.changeset.id
            self.done += written.new


async def _lacks(session: Session, selection: Selection, marking: Marking) -> bool:
    """Say whether some of what is selected lacks the mark."""
    for query in _queries(selection, NotThat(Marked(marking.kind, marking.value or None))):
        if (await session.store.count(session.situation, query, cap=1)).number:
            return True
    for id_ in selection.loose:
        row = await session.fresh_row(id_)
        if row is not None and not marking.is_on(row):
            return True
    return False


def _queries(selection: Selection, narrowing: Condition | None) -> Iterator[EventQuery]:
    query = selection.query
    for condition in selection.conditions():
        parts = (query.where, condition) if narrowing is None else (query.where, condition, narrowing)
        yield EventQuery(AllOf(parts), query.clocks, query.order)


async def read_selected(
    session: Session, selection: Selection, narrowing: Condition | None = None
) -> AsyncIterator[list[EventRow]]:
    """Yield what is selected, some rows at a time; of stretches only what fulfils the condition."""
    for query in _queries(selection, narrowing):
        after, more = None, True
        while more:
            page = await session.store.page(session.situation, query, after=after, limit=PART)
            yield list(page.rows)
            after, more = page.rows[-1].cursor if page.rows else None, page.more
    loose: list[EventRow] = []
    for id_ in selection.loose:
        row = await session.fresh_row(id_)
        if row is not None:
            loose.append(row)
    if loose:
        yield loose
