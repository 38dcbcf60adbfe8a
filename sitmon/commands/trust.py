"""`sitmon review trust`: sources whose proposals are accepted by themselves, a kind each; off by default."""

from collections.abc import Iterable, Sequence

import click

from export.view import Record
from model.catalog import name_of
from model.entities import Source
from model.errors import InputRefused
from model.filters.terms import read_kind
from model.kinds import KINDS
from model.times import Precision, format_time, write_time
from model.trust import Trust, Trusted, trust_of
from sitmon.output import Form, format_option, print_lines, print_records, print_table, say
from sitmon.session import Session, with_session
from store.base import Draft

COLUMNS = ("id", "source", "kind", "state", "decided_by", "decided_at", "let_in")


def _read_kinds(_context: click.Context, _parameter: click.Parameter, words: Sequence[str]) -> tuple[str, ...]:
    return kinds_of(word for text in words for word in text.split(","))


def kinds_of(words: Iterable[str]) -> tuple[str, ...]:
    """Return kinds of events by their codes or labels, each once.

    Raises:
        InputRefused: no kind is called so.
    """
    return tuple(dict.fromkeys(map(read_kind, words)))


@click.command("trust", short_help="Trust a source for a kind: accepted by itself.")
@click.argument("source", metavar="[SOURCE]", required=False)
@click.option("--kind", "kinds", multiple=True, callback=_read_kinds, metavar="KIND", help="captured, clash, ...")
@click.option("--revoke", is_flag=True, help="Withdraw it, with everything that it let in; without --kind: every kind.")
@click.option(
    "--list", "listed", is_flag=True, help="Who is trusted, for what, and since when; so it does without SOURCE."
)
@format_option(Form.TABLE, Form.JSON, Form.JSONL, Form.CSV)
@with_session
async def trust_command(
    session: Session, *, source: str | None, kinds: tuple[str, ...], revoke: bool, listed: bool, form: Form
) -> None:
    """Have what a source reports of a kind accepted by itself, from now on; nobody is trusted unless you say so.

    It is accepted only where nothing is doubtful: the situation has the place and the sides, the report itself has
    nobody deny it, and no event that is there is like it. Counts, copies, and reports whose source only their text
    names are left to you. What is let in says so: `is:trusted` finds it, `a` marks it on the screen.

    \b
    sitmon review trust AFP --kind capture --kind withdrawal
    sitmon review trust --list
    sitmon review trust --revoke AFP                  # with all that it let in; `sitmon redo` brings it back
    sitmon review trust --revoke AFP --kind capture
    """  # noqa: D301 - click's mark for lines that stay as they are
    if listed or source is None:
        if source is not None or kinds or revoke:
            raise click.UsageError("name a source, or list them all")
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
            f"what {found.name} reports of {_named(granted)} is accepted by itself from now on; what waits already, "
            f"and what is doubtful, is left to you; `sitmon review trust --revoke {found.id}` takes back all of it"
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
    # A changeset each, so that each can be withdrawn alone.
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
        f"{source.name} is not trusted any more for {_named([one.trust for one in chosen])}; "
        + (
            f"{number} that it let in {'are' if number > 1 else 'is'} to review again"
            if number
            else "it let in nothing"
        )
        + "; `sitmon redo` brings it back"
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
        say("nobody is trusted: every proposal waits for a person; `sitmon review trust --help` says more")


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
    return "trusted" if one.in_force else "undone; what it let in stays"


def _named(trusts: Iterable[Trust]) -> str:
    return ", ".join(KINDS[one.kind].label for one in trusts)
