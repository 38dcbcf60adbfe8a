"""`sitmon review`: the queue of proposals and the decisions on them; one undo takes back what a command did."""

from collections.abc import Sequence

import click

from export.view import Record
from model import times
from model.acceptance import accept
from model.catalog import name_of
from model.editing import FIELDS, add_place, edit
from model.entities import Report
from model.errors import IdUnknown, InputRefused
from model.ids import short_id
from model.preview import describe
from model.proposals import DecisionKind, Proposal, ProposalPage, Proposed, ProposedClaim
from model.times import format_time, write_time
from sitmon.cli import EXIT_REFUSED
from sitmon.commands.trust import trust_command
from sitmon.output import Form, format_option, print_document, print_lines, print_records, print_table, say
from sitmon.session import Session, with_session
from store.base import Draft
from tui.reviewing import acceptance_draft, candidate_words, let_in_words, likely_words, look_at, refusal_draft

COLUMNS = (
    *("id", "state", "kind", "place", "actor", "against", "occurred_at", "precision", "credibility", "attribution"),
    *("summary", "quote", "rule", "report", "source", "decided_by", "became", "reason"),
)
_PAGE = 256


@click.group("review", invoke_without_command=True, short_help="The queue of proposals: accept, correct, reject.")
@click.pass_context
def review_command(ctx: click.Context) -> int | None:
    """Proposals that were extracted from reports and need a decision. None counts before it is accepted.

    \b
    sitmon review                                   # the open ones
    sitmon review show 3f9c02ab                     # one, what accepting it changes, what it may repeat
    sitmon review accept 3f9c02ab 77aa01bc
    sitmon review accept 3f9c02ab --as-claim-of 51d0aa7e
    sitmon review reject 3f9c02ab --reason "an exercise"
    sitmon review trust AFP --kind capture          # accepted without review from now on
    """  # noqa: D301 - click's mark for lines that stay as they are
    if ctx.invoked_subcommand is not None:
        return None
    return int(ctx.invoke(list_command, report=None, decided=False, form=Form.TABLE) or 0)


review_command.add_command(trust_command)


@review_command.command("list", short_help="The open proposals.")
@click.option("--report", metavar="ID", help="Only those of this report.")
@click.option("--decided", is_flag=True, help="Include those that are decided.")
@format_option(Form.TABLE, Form.JSON, Form.JSONL, Form.CSV)
@with_session
async def list_command(session: Session, *, report: str | None, decided: bool, form: Form) -> None:
    """List the open proposals, report by report, the report that came last first.

    \b
    sitmon review list --report a0ed3ce5
    sitmon review list --decided --format jsonl     # also what was decided, by whom, and why
    """  # noqa: D301 - click's mark for lines that stay as they are
    found = await _all(session, report=report, decided=decided)
    if told := let_in_words(await session.store.trusted(session.situation), session.catalog):
        say(f"{told}; `sitmon events is:trusted` shows them, `sitmon review trust` shows who is trusted")
    if form is not Form.TABLE:
        print_records(form, COLUMNS, (_record(session, one, page) for one, page in found))
        return
    rows = []
    for one, page in found:
        record = _record(session, one, page)
        rows.append([str(record[column] or "") for column in ("id", "kind", "place", "actor")])
        proposal = one.proposal
        rows[-1] += [
            format_time(proposal.occurred_at, proposal.precision, session.zone),
            str(record["credibility"]),
            str(record["attribution"] or record["source"]),
            proposal.summary if one.decision is None else f"{one.decision.kind.value}: {proposal.summary}",
            short_id(proposal.report),
        ]
    headings = ("id", "kind", "place", "actor", "when", "cred", "who says so", "summary", "report")
    print_table(headings, rows, ("summary", "who says so", "report"))
    if not rows:
        say("`sitmon ingest FILE` adds the proposals of a report")


@review_command.command("show", short_help="One proposal, and what accepting it changes.")
@click.argument("id_", metavar="ID")
@format_option(Form.TABLE, Form.JSON)
@with_session
async def show_command(session: Session, *, id_: str, form: Form) -> None:
    """Show one proposal: its quotes, what accepting it changes, what it may repeat, where its place may be.

    \b
    sitmon review show 3f9c02ab
    """  # noqa: D301 - click's mark for lines that stay as they are
    one, page = await _one(session, id_, decided=True)
    proposal, report = one.proposal, page.reports[one.proposal.report]
    look = await look_at(session.store, session.catalog, proposal, report, present=times.now())
    effect = describe(look.preview, session.catalog) if look.preview else ""
    likely = [likely_words(each) for each in look.likely]
    candidates = [candidate_words(place, session.catalog) for place in proposal.candidates]
    if form is Form.JSON:
        more = {"effect": effect or None, "problem": look.problem or None, "likely": likely, "candidates": candidates}
        print_document(form, {**_record(session, one, page), **more})
        return
    record = _record(session, one, page)
    lines = [f"{column:12}  {record[column]}" for column in COLUMNS if record[column] not in (None, "", "quote")]
    lines += [
        f"{f'claim {number}':12}  {claim.stance.value} {claim.credibility}  "
        f"{_who(session, claim, report)}: {claim.quote}"
        for number, claim in enumerate(proposal.claims, 1)
    ]
    lines += [f"{'effect':12}  {effect}"] if effect else []
    lines += [f"{'to edit':12}  {look.problem}"] if look.problem else []
    lines += [f"{'like':12}  {words}" for words in likely]
    lines += [f"{'place #' + str(number):12}  {words}" for number, words in enumerate(candidates, 1)]
    print_lines(lines)


@review_command.command("accept", short_help="Accept proposals: they become events.")
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All open proposals.")
@click.option("--report", metavar="ID", help="With --all: only those of this report.")
@click.option("--as-claim-of", metavar="EVENT", help="As further claims on this existing event.")
@with_session
async def accept_command(
    session: Session, *, ids: tuple[str, ...], everything: bool, report: str | None, as_claim_of: str | None
) -> int:
    """Accept proposals: each becomes an event with its claims; prints the ids. One undo takes all of it back.

    One that cannot be accepted yet stays open, and its message says what to edit first; the others are accepted.

    \b
    sitmon review accept 3f9c02ab 77aa01bc
    sitmon review accept --all --report a0ed3ce5
    sitmon review accept 3f9c02ab --as-claim-of 51d0aa7e
    """  # noqa: D301 - click's mark for lines that stay as they are
    chosen = await _chosen(session, ids, report, everything=everything)
    event = None
    if as_claim_of is not None:
        id_ = await session.store.find(session.situation, as_claim_of)
        event = (await session.store.event(session.situation, id_)).row.event
    accepted, refused = [], 0
    for one, page in chosen:
        try:
            accepted.append(
                accept(
                    one.proposal,
                    page.reports[one.proposal.report],
                    session.catalog,
                    recorded_at=times.now(),
                    event=event,
                )
            )
        except InputRefused as error:
            refused += 1
            say(str(error))
    if accepted:
        words = chosen[0][0].proposal.summary if len(chosen) == 1 else f"{len(accepted)} proposals"
        await session.store.write(session.situation, acceptance_draft(accepted, f"accept {words}"[:200]))
        print_lines([one.decision.became or "" for one in accepted])
    say(f"accepted {len(accepted)}; `sitmon undo` opens them again" if accepted else "nothing was accepted")
    return EXIT_REFUSED if refused else 0


@review_command.command("reject", short_help="Reject proposals: they do not become events.")
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All open proposals.")
@click.option("--report", metavar="ID", help="With --all: only those of this report.")
@click.option("--reason", metavar="TEXT", default="", help="Why; kept with the decision.")
@click.option("--unverifiable", is_flag=True, help="Read correctly, but nobody can find out whether it is true.")
@with_session
async def reject_command(
    session: Session,
    *,
    ids: tuple[str, ...],
    everything: bool,
    report: str | None,
    reason: str,
    unverifiable: bool,
) -> None:
    """Reject proposals: they do not become events. One undo takes all of it back.

    \b
    sitmon review reject 3f9c02ab --reason "an exercise"
    sitmon review reject 3f9c02ab --unverifiable
    """  # noqa: D301 - click's mark for lines that stay as they are
    chosen = [one.proposal for one, _ in await _chosen(session, ids, report, everything=everything)]
    if not chosen:
        say("nothing was rejected")
        return
    kind = DecisionKind.UNVERIFIABLE if unverifiable else DecisionKind.REJECTED
    await session.store.write(session.situation, refusal_draft(chosen, kind, reason))
    say(f"{kind.value}: {len(chosen)}; `sitmon undo` opens {'them' if len(chosen) > 1 else 'it'} again")


def _field_options(function: click.decorators.FC) -> click.decorators.FC:
    for field in reversed(FIELDS):
        function = click.option(f"--{field}", metavar="TEXT", help=_HELP[field])(function)
    return function


_HELP = {
    "kind": "What happened.",
    "place": "Where: a name, an id, or `#1` for the first place that `show` offers to add; empty: nowhere.",
    "actor": "Who did it; empty: nobody said.",
    "against": "To whom; empty: nobody said.",
    "route": "On which route.",
    "when": "When: 2021-08-12, '2021-08-12 evening'.",
    "summary": "The line that the log shows.",
    "credibility": "1 to 6.",
    "source": "Whose claims they are; empty: the report's.",
    "count": "Of a count: how many.",
    "stance": "The stance of its claims: asserts, confirms, denies, corrects, retracts.",
    "attribution": "Who says so, in the text's words.",
}


@review_command.command("edit", short_help="Correct a proposal before it is accepted.")
@click.argument("id_", metavar="ID")
@_field_options
@click.option("--claim", type=click.IntRange(1), metavar="N", help="Which claim to correct; default: all.")
@click.option("--new-place", metavar="NAME", help="Add a place of this name to the situation, and put it there.")
@with_session
async def edit_command(
    session: Session, *, id_: str, new_place: str | None, claim: int | None, **fields: str | None
) -> None:
    """Correct a proposal before it is accepted; what was read is kept.

    `--stance`, `--credibility`, `--attribution` and `--source` are for its claims: all, or the one of `--claim`.

    \b
    sitmon review edit 3f9c02ab --place herat --when '2021-08-12 evening'
    sitmon review edit 3f9c02ab --place '#1'                       # the first that `show` offers to add
    sitmon review edit 3f9c02ab --claim 2 --stance denies --source 'Interior Ministry'
    """  # noqa: D301 - click's mark for lines that stay as they are
    one, _ = await _one(session, id_)
    proposal, places = one.proposal, []
    if new_place is not None:
        edited = add_place(proposal, new_place, session.catalog)
        proposal, places = edited.proposal, [*edited.places]
    for field, text in fields.items():
        if text is not None:
            edited = edit(proposal, field, text, session.catalog, None if claim is None else claim - 1)
            proposal = edited.proposal
            places += edited.places
    draft = Draft(f"edit {proposal.summary}"[:200], places=tuple(places), proposals=(proposal,))
    written = await session.store.write(session.situation, draft)
    say("edited; `sitmon undo` takes it back" if written.changeset else "it is like that already; nothing was written")


def _who(session: Session, claim: ProposedClaim, report: Report) -> str:
    source = name_of(session.catalog.sources, claim.source or report.source)
    if not claim.attribution or claim.attribution == source:
        return source
    return f"{claim.attribution} = {source}" if claim.source else claim.attribution


async def _all(
    session: Session, *, report: str | None = None, decided: bool = False
) -> list[tuple[Proposed, ProposalPage]]:
    whole = await _report_id(session, report) if report else None
    found: list[tuple[Proposed, ProposalPage]] = []
    after = None
    while True:
        page = await session.store.proposals(session.situation, report=whole, decided=decided, after=after, limit=_PAGE)
        found += [(one, page) for one in page.proposed]
        if not page.more:
            return found
        after = page.proposed[-1].proposal.id


async def _report_id(session: Session, digits: str) -> str:
    """Return the id of the report with proposals whose id ends in these digits."""
    wanted = digits.strip().lower()
    ids = {one.proposal.report for one, _ in await _all(session, decided=True)}
    found = [id_ for id_ in ids if id_.replace("-", "").endswith(wanted.replace("-", ""))]
    if len(found) != 1:
        raise IdUnknown(f"{'no' if not found else 'more than one'} report with proposals ends in {digits[:40]!r}")
    return found[0]


async def _one(session: Session, digits: str, *, decided: bool = False) -> tuple[Proposed, ProposalPage]:
    page = await session.store.proposals(session.situation, digits=digits, decided=decided, limit=5)
    if len(page.proposed) == 1:
        return page.proposed[0], page
    if page.proposed:
        listed = ", ".join(one.proposal.id for one in page.proposed)
        raise IdUnknown(f"{digits[:40]!r} is the end of several ids, write more of it: {listed}")
    was = (await session.store.proposals(session.situation, digits=digits, decided=True, limit=1)).proposed
    if was and was[0].decision:
        raise IdUnknown(
            f"proposal {short_id(was[0].proposal.id)} is {was[0].decision.kind.value} already, "
            f"by {was[0].decision.author}"
        )
    raise IdUnknown(f"no proposal has an id that ends in {digits[:40]!r}; `sitmon review list` shows the open ones")


async def _chosen(
    session: Session, ids: Sequence[str], report: str | None, *, everything: bool
) -> list[tuple[Proposed, ProposalPage]]:
    if everything == bool(ids):
        raise click.UsageError("give proposals by the last digits of their ids, or all of them with --all")
    if report and not everything:
        raise click.UsageError("--report only works together with --all")
    if everything:
        return await _all(session, report=report)
    found = {one.proposal.id: (one, page) for one, page in [await _one(session, id_) for id_ in ids]}
    return list(found.values())


def _record(session: Session, one: Proposed, page: ProposalPage) -> Record:
    proposal: Proposal = one.proposal
    catalog, first = session.catalog, proposal.claims[0]
    decision = one.decision
    return {
        "id": short_id(proposal.id),
        "state": decision.kind.value if decision else "open",
        "kind": proposal.kind,
        "place": name_of(catalog.places, proposal.place) or proposal.place_name or None,
        "actor": name_of(catalog.actors, proposal.actor) or proposal.actor_name or None,
        "against": name_of(catalog.actors, proposal.against) or proposal.against_name or None,
        "occurred_at": write_time(proposal.occurred_at, proposal.precision, session.zone),
        "precision": proposal.precision.value,
        "credibility": min(claim.credibility for claim in proposal.claims),
        "attribution": "; ".join(dict.fromkeys(one.attribution for one in proposal.claims if one.attribution)) or None,
        "summary": proposal.summary,
        "quote": first.quote,
        "rule": first.rule,
        "report": short_id(proposal.report),
        "source": name_of(catalog.sources, first.source or page.reports[proposal.report].source),
        "decided_by": decision.author if decision else None,
        "became": decision.became if decision else None,
        "reason": decision.reason if decision else None,
    }
