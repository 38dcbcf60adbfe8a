"""`sitmon review trust`: sources whose proposals of a kind are accepted without review; none by default."""

from collections.abc import Iterable, Sequence

import click

from export.view import Record
from model.catalog import name_of
from model.entities import Source
from model.errors import InputRefused
from model.filters.terms import read_kind
from model.kinds import KINDS
from model.text import number_of
from model.times import Precision, format_time, write_time
from model.trust import Trust, Trusted, trust_of
from sitmon.output import Form, format_option, print_lines, print_records, print_table, say
from sitmon.session import Session, with_session
from store.base import Draft

COLUMNS = ("id", "source", "kind", "state", "decided_by", "decided_at", "let_in")


def _read_kinds(_context: click.Context, _parameter: click.Parameter, words: Sequence[str]) -> tuple[str, ...]:
    return kinds_of(word for text in words for word in text.split(","))


def kinds_of(words: Iterable[str]) -> tuple[str, ...]:
    """Return the codes of kinds of events, given their codes or labels, without repeats.

    Raises:
        InputRefused: there is no kind of that name.
    """
    return tuple(dict.fromkeys(map(read_kind, words)))


@click.command("trust", short_help="Accept a source's proposals of a kind without review.")
@click.argument("source", metavar="[SOURCE]", required=False)
@click.option("--kind", "kinds", multiple=True, callback=_read_kinds, metavar="KIND", help="captured, clash, ...")
@click.option(
    "--revoke", is_flag=True, help="Withdraw it, with everything that it accepted; without --kind: all kinds."
)
@click.option(
    "--list", "listed", is_flag=True, help="List who is trusted, for what, and since when; the default without SOURCE."
)
@format_option(Form.TABLE, Form.JSON, Form.JSONL, Form.CSV)
@with_session
async def trust_command(
    session: Session, *, source: str | None, kinds: tuple[str, ...], revoke: bool, listed: bool, form: Form
) -> None:
    """Accept a source's proposals of a kind without review, from now on; nobody is trusted unless you say so.

    Only proposals without any doubt are accepted: the situation has the place and the sides, nobody in the report
    denies it, and there is no similar event. Counts, copies, and reports whose source only their text names are left
    to you. What is accepted so is marked: `is:trusted` finds it, and the screen shows an `@`.

    \b
    sitmon review trust AFP --kind capture --kind withdrawal
    sitmon review trust --list
    sitmon review trust --revoke AFP                  # and all that it accepted; `sitmon redo` brings it back
    sitmon review trust --revoke AFP --kind capture
    """  # noqa: D301 - click's mark for lines that stay as they are
    if listed or source is None:
        if source is not None or kinds or revoke:
            raise click.UsageError("give a source, or list them all")
        await _list(session, form)
        return
    found = session.catalog.source(source)
    if revoke:
        await _withdraw(session, found, kinds)
        return
    if not kinds:
        raise click.UsageError("say for which kinds with --kind, such as --kind capture; nobody is trusted for all")
    granted = await grant(session, found, kinds)
    print_lines(one.id for one in granted)
    if granted:
        say(
            f"proposals by {found.name} of {_named(granted)} are accepted without review from now on; open ones and "
            f"doubtful ones are left to you; `sitmon review trust --revoke {found.id}` takes all of it back"
        )
    else:
        say("it is trusted for that already; nothing was written")


async def grant(session: Session, source: Source, kinds: Iterable[str], *, batch: str | None = None) -> list[Trust]:
    """Trust a source for kinds, as one action; return what is new.

    Args:
        session: the command's.
        source: in the store already.
        kinds: codes of `model/kinds.py`.
        batch: id of the changeset that this continues.
    """
    granted = []
    # One changeset for each kind, so that each can be withdrawn alone.
    for kind in kinds:
        trust = trust_of(source.id, kind)
        draft = Draft(f"trust {source.name} for {KINDS[kind].label}"[:200], trusts=(trust,), batch=batch)
        written = await session.store.write(session.situation, draft)
        if written.changeset:
            batch = batch or written.changeset.id
            granted.append(trust)
    return granted


async def _withdraw(session: Session, source: Source, kinds: tuple[str, ...]) -> None:
    chosen = [
        one
        for one in await session.store.trusted(session.situation)
        if one.trust.source == source.id and (not kinds or one.trust.kind in kinds)
    ]
    if not chosen:
        raise InputRefused(f"{source.name} is not trusted{' for that' if kinds else ''}; nothing was changed")
    await session.store.withdraw(session.situation, [one.trust.id for one in chosen])
    print_lines(one.trust.id for one in chosen)
    number = sum(one.let_in for one in chosen)
    say(
        f"{source.name} is no longer trusted for {_named([one.trust for one in chosen])}; "
        f"{number_of(number, 'proposal')} that this accepted {'is' if number == 1 else 'are'} open again; "
        "`sitmon redo` brings it back"
    )


async def _list(session: Session, form: Form) -> None:
    found = await session.store.trusted(session.situation)
    if form is not Form.TABLE:
        print_records(form, COLUMNS, (_record(one, session) for one in found))
        return
    rows = [
        [
            *(name_of(session.catalog.sources, one.trust.source), KINDS[one.trust.kind].label, _state(one)),
            *(one.author, format_time(one.recorded_at, Precision.MINUTE, session.zone), str(one.let_in)),
        ]
        for one in found
    ]
    print_table(("source", "kind", "state", "decided by", "when", "let in"), rows, ("decided by", "state"))
    if not rows:
        say("nobody is trusted: a person decides on every proposal; `sitmon review trust --help` says more")


def _record(one: Trusted, session: Session) -> Record:
    return {
        "id": one.trust.id,
        "source": one.trust.source,
        "kind": one.trust.kind,
        "state": _state(one),
        "decided_by": one.author,
        "decided_at": write_time(one.recorded_at, Precision.MINUTE, session.zone),
        "let_in": one.let_in,
    }


def _state(one: Trusted) -> str:
    return "trusted" if one.in_force else "undone; what it accepted stays"


def _named(trusts: Iterable[Trust]) -> str:
    return ", ".join(KINDS[one.kind].label for one in trusts)
