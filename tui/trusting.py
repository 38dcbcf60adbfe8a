"""Trusting a source from the review queue: the choices there are, and writing the one that is taken."""

from model.entities import UNNAMED
from model.errors import NothingToUndo
from model.kinds import KINDS
from model.text import clean_line
from model.times import Precision, format_time
from model.trust import Trust, trust_of
from store.base import Draft
from tui.cells import source_name
from tui.keys import unspelt
from tui.review_lines import Entry
from tui.screens.texts import Text
from tui.session import Session

_GRANT = "+"
"""Before the id of a trust that is to be given."""


async def trust_texts(session: Session, entry: Entry | None) -> list[Text]:
    """Return what can be chosen: to trust the source of a proposal for its kind, or to withdraw a trust.

    Args:
        session: of whose situation.
        entry: the proposal under the cursor; None: there is none.
    """
    catalog = session.catalog
    found = await session.store.trusted(session.situation)
    texts = []
    grantable = _grantable(entry)
    if grantable is not None and not any(one.in_force and one.trust == grantable for one in found):
        words = f"trust {_named(grantable, session)}: accepted without review from now on"
        texts.append(Text(words, _GRANT + grantable.id))
    for one in found:
        when = format_time(one.recorded_at, Precision.MINUTE, catalog.situation.zone)
        ends = "withdraw" if one.in_force else "take back what was let in by"
        words = f"{ends} {_named(one.trust, session)}: {one.let_in:,} let in; decided by {one.author}, {when}"
        texts.append(Text(words, one.trust.id))
    return texts or [
        Text("no source is trusted yet; put the cursor on an event of a named source to trust it here", role="dim")
    ]


async def decide_trust(session: Session, chosen: str) -> str:
    """Give or withdraw what was chosen of `trust_texts`; return what there is to say, with keys in braces."""
    trust = _trust_of_id(chosen.removeprefix(_GRANT))
    named = unspelt(_named(trust, session))
    if chosen.startswith(_GRANT):
        await session.store.write(session.situation, Draft(f"trust {named}"[:200], trusts=(trust,)))
        return f"trusted from now on: {named}; {{undo}} takes it back"
    try:
        await session.store.withdraw(session.situation, [trust.id])
    except NothingToUndo:
        return f"somebody else has withdrawn it already: {named}"
    return f"withdrawn, with all that it let in: {named}; {{redo}} brings it back"


def _grantable(entry: Entry | None) -> Trust | None:
    if entry is None or entry.proposed is None or entry.report.source == UNNAMED.id:
        return None
    proposal = entry.proposed.proposal
    return None if proposal.is_count else trust_of(entry.report.source, proposal.kind)


def _trust_of_id(id_: str) -> Trust:
    source, _, kind = id_.rpartition(":")
    return trust_of(source, kind)


def _named(trust: Trust, session: Session) -> str:
    label = KINDS[trust.kind].label if trust.kind in KINDS else trust.kind
    return clean_line(f"{source_name(session.catalog, trust.source)} for {label}")
