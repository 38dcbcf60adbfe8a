"""`sitmon add`, `mark`, `undo` and `redo`: what a person writes; each action is one changeset."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import click

from ingest.native import ANALYST
from model import times
from model.catalog import Catalog, name_of
from model.entities import Actor, Mark, MarkKind, Place, Source, Stance
from model.errors import InputRefused
from model.ids import new_id, short_id
from model.kinds import KINDS
from model.native import Line, read_native
from model.rows import Refused, Row
from model.text import clean_text, number_of
from model.times import Precision, write_time
from sitmon.output import say
from sitmon.session import Session, with_session
from store.base import Draft

F = TypeVar("F", bound=Callable[..., Any])

_CELLS = {
    "kind": f"What happened: one of {', '.join(list(KINDS)[:3])}, ...; an unknown one is refused with the nearest.",
    "place": "Where: a name, an id or a P-code.",
    "actor": "Who did it.",
    "against": "To whom.",
    "route": "On which route.",
    "occurred_at": "When, as precisely as it is known: 2021-08-12, '2021-08-12 evening', 2021-08-12T14:20, yesterday.",
    "precision": f"How precisely, where the time does not say it: {', '.join(Precision)}.",
    "summary": "One line in your own words.",
    "event": "Id of an existing event: only adds a claim to it.",
    "source": "Who says so; without it, the analyst: you.",
    "stance": f"What the source says about it: {', '.join(Stance)}.",
    "credibility": "1 confirmed to 5 improbable, 6 cannot be judged.",
    "attribution": "Whom the source quotes, in its words.",
    "quote": "What it says, word for word.",
    "url": "Where it says so.",
    "reported_at": "When it said so; without it, now.",
    "dated": "When this source says that it happened, where that differs.",
}
"""Native columns that are options, with their help texts."""

_TIMES = frozenset({"occurred_at", "reported_at", "dated"})


def _cell_options(function: F) -> F:
    for column, help_ in reversed(_CELLS.items()):
        function = click.option(f"--{column.replace('_', '-')}", column, metavar="TEXT", help=help_)(function)
    return function


@click.command("add", short_help="Add an event, or a claim to an event.")
@_cell_options
@click.option("--create", is_flag=True, help="Add a place, actor or source that is not known yet.")
@click.option("--reason", metavar="TEXT", help="Why; kept with the changeset.")
@with_session
async def add_command(session: Session, *, create: bool, reason: str | None, **cells: str | None) -> None:
    """Add an event with one source's claim, or a claim to an event; prints the event's id.

    The same event added twice is one event, with the claims of both.

    \b
    sitmon add --kind capture --place herat --actor taliban --against government --occurred-at 2021-08-12 \\
        --summary "Herat taken after two weeks of fighting" --source afp --credibility 2
    sitmon add --event 3f9c02ab --source "Interior Ministry" --stance denies
    """  # noqa: D301 - click's mark for lines that stay as they are
    row = Row(1, {column: clean_text(cell) for column, cell in cells.items() if cell})
    present = write_time(times.now(), Precision.MINUTE, session.zone)
    if "event" in row.cells:
        row.cells["event"] = await session.store.find(session.situation, row.cells["event"])
    else:
        row.cells.setdefault("occurred_at", present)
    for column in _TIMES & row.cells.keys():
        if row.cells[column] in ("now", "today", "yesterday"):
            row.cells[column] = write_time(*times.spoken_time(row.cells[column], session.zone), session.zone)
    row.cells.setdefault("reported_at", present)
    line = next(iter(read_native([row], session.catalog, create=create, source=ANALYST.id)))
    if isinstance(line, Refused):
        raise InputRefused(f"{_option(line.column)}{line.reason}; nothing was written")
    made = line.made
    if line.claim.source == ANALYST.id and ANALYST.id not in session.catalog.sources:
        made = (*made, ANALYST)
    draft = Draft(
        reason or _reason(session.catalog, line)[:200],
        places=tuple(one for one in made if isinstance(one, Place)),
        actors=tuple(one for one in made if isinstance(one, Actor)),
        sources=tuple(one for one in made if isinstance(one, Source)),
        events=(line.event,) if line.event else (),
        claims=(line.claim,),
    )
    written = await session.store.write(session.situation, draft)
    if written.changeset is None:
        say("it exists already; nothing was written")
    click.echo(line.claim.event)


def _reason(catalog: Catalog, line: Line) -> str:
    if line.event is not None:
        return f"add {line.event.summary}"
    return f"{name_of(catalog.sources, line.claim.source)} {line.claim.stance} {short_id(line.claim.event)}"


def _option(column: str) -> str:
    return f"--{column.replace('_', '-')}: " if column else ""


_SWITCHES = {
    "read": (MarkKind.READ, True, "You have read it."),
    "unread": (MarkKind.READ, False, "You have not."),
    "star": (MarkKind.STAR, True, "Star it, for yourself."),
    "unstar": (MarkKind.STAR, False, "Remove your star."),
    "verify": (MarkKind.VERIFIED, True, "It is true; outweighs every source, for everybody."),
    "dispute": (MarkKind.DISPUTED, True, "It is doubtful, for everybody."),
    "reject": (MarkKind.REJECTED, True, "It is not true; outweighs every source, for everybody."),
    "unverifiable": (MarkKind.UNVERIFIABLE, True, "Nobody can find out, for everybody."),
}
_VALUES = {
    "tag": (MarkKind.TAG, True, "Tag it, for yourself."),
    "untag": (MarkKind.TAG, False, "Remove your tag."),
    "note": (MarkKind.NOTE, True, "Write a note on it, for everybody."),
    "remark": (MarkKind.REMARK, True, "Write a note on it, for yourself."),
    "assign": (MarkKind.ASSIGNED, True, "Assign it to a user, or to `me`."),
    "unassign": (MarkKind.ASSIGNED, False, "Remove the assignment."),
}


def _mark_options(function: F) -> F:
    for name, (_kind, _on, help_) in reversed(_VALUES.items()):
        function = click.option(f"--{name}", metavar="TEXT", multiple=True, help=help_)(function)
    for name, (_kind, _on, help_) in reversed(_SWITCHES.items()):
        function = click.option(f"--{name}", is_flag=True, help=help_)(function)
    return function


@click.command("mark", short_help="Read, star, verify, dispute, tag, note.")
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@_mark_options
@click.option("--duplicate-of", metavar="ID", help="It repeats this event, for everybody.")
@click.option("--clear", is_flag=True, help="Remove its verdict, whoever gave it.")
@click.option("--reason", metavar="TEXT", help="Why; kept with the changeset.")
@with_session
async def mark_command(
    session: Session,
    *,
    ids: tuple[str, ...],
    duplicate_of: str | None,
    clear: bool,
    reason: str | None,
    **options: bool | tuple[str, ...],
) -> None:
    """Mark events in one changeset, which one `sitmon undo` takes back; prints its id.

    ID is an event's id, or its last digits, 4 or more, as `sitmon events` shows them.

    \b
    sitmon mark 3f9c02ab --star --read
    sitmon mark 3f9c02ab --verify --note "two videos, located at the police headquarters"
    sitmon mark 3f9c02ab 77aa01bc --tag airport --assign me
    sitmon mark 77aa01bc --duplicate-of 3f9c02ab
    """  # noqa: D301 - click's mark for lines that stay as they are
    _refuse_opposites(options, duplicate_of, clear=clear)
    events = [await session.store.find(session.situation, id_) for id_ in dict.fromkeys(ids)]
    original = await session.store.find(session.situation, duplicate_of) if duplicate_of else None
    if original in events:
        raise InputRefused("an event cannot be a duplicate of itself; nothing was written")
    marks: list[Mark] = []
    for event in events:
        marks += _marks(event, options, session.store.author)
        if original:
            marks.append(Mark(new_id(), event, MarkKind.DUPLICATE, value=original))
        if clear:
            marks += await _clearing(session, event)
    if not marks:
        raise InputRefused("nothing to mark; say what: --star, --read, --verify, ... (`sitmon mark --help` lists all)")
    words = ", ".join(dict.fromkeys(f"{mark.kind}{'' if mark.on else ' off'}" for mark in marks))
    counted = number_of(len(events), "event")
    written = await session.store.write(
        session.situation, Draft(reason or f"mark {counted}: {words}", marks=tuple(marks))
    )
    if written.changeset:
        click.echo(written.changeset.id)
    say(f"marked {counted}: {words}; `sitmon undo` takes it back")


def _refuse_opposites(options: dict[str, bool | tuple[str, ...]], duplicate_of: str | None, *, clear: bool) -> None:
    """Refuse marks that contradict each other: an event has one verdict, and is read and starred or not."""
    given = {**options, "duplicate-of": bool(duplicate_of), "clear": clear}
    verdicts = ("verify", "dispute", "reject", "unverifiable", "duplicate-of", "clear")
    for exclusive in (("read", "unread"), ("star", "unstar"), verdicts):
        chosen = [f"--{name}" for name in exclusive if given[name]]
        if len(chosen) > 1:
            raise InputRefused(f"{' and '.join(chosen)} exclude each other; nothing was written")


def _marks(event: str, options: dict[str, bool | tuple[str, ...]], author: str) -> Iterator[Mark]:
    for name, (kind, on, _help) in _SWITCHES.items():
        if options[name]:
            yield Mark(new_id(), event, kind, on)
    for name, (kind, on, _help) in _VALUES.items():
        values = options[name]
        assert isinstance(values, tuple)
        for value in values:
            text = clean_text(value).strip()
            if not text:
                raise InputRefused(f"--{name}: has no text; nothing was written")
            yield Mark(new_id(), event, kind, on, author if kind is MarkKind.ASSIGNED and text == "me" else text)


async def _clearing(session: Session, event: str) -> list[Mark]:
    verdict = (await session.store.event(session.situation, event)).row.verdict
    return [Mark(new_id(), event, verdict, on=False)] if verdict else []


@click.command("undo", short_help="Take your latest action back.")
@click.argument("changeset", required=False)
@with_session
async def undo_command(session: Session, *, changeset: str | None) -> None:
    """Take back your latest action, or the given changeset; prints the ids of what is undone.

    Nothing is deleted: an undo is a changeset of its own, and `sitmon redo` undoes it.

    \b
    sitmon undo
    sitmon changes             # what there is to undo
    sitmon undo 3f9c02ab
    """  # noqa: D301 - click's mark for lines that stay as they are
    whole = None if changeset is None else await session.store.find(session.situation, changeset)
    for undone in await session.store.undo(session.situation, whole):
        click.echo(undone.id)
        say(f"undone: {undone.reason}")


@click.command("redo", short_help="Bring back what you undid last.")
@with_session
async def redo_command(session: Session) -> None:
    """Bring back what you undid last; prints the ids of what is in force again.

    \b
    sitmon redo
    """  # noqa: D301 - click's mark for lines that stay as they are
    for redone in await session.store.redo(session.situation):
        click.echo(redone.id)
        say(f"in force again: {redone.reason}")
