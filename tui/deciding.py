"""What a decision in the review queue writes, and what can be typed into a field there."""

from model.acceptance import accept
from model.catalog import Catalog
from model.editing import add_place, edit
from model.entities import Report, Stance
from model.ids import is_id
from model.kinds import KINDS
from model.proposals import DecisionKind, Proposal
from model.text import clean_line, fold
from store.base import Draft
from tui.keys import unspelt
from tui.panes.recall import Complete
from tui.reviewing import acceptance_draft, candidate_words, refusal_draft
from tui.session import Session

_OFFERED = 40
"""Names that a completion offers at most."""
_OPENS_AGAIN = "{undo} opens it again"


async def write_acceptance(session: Session, proposal: Proposal, report: Report, event: str | None) -> str:
    """Accept a proposal; return what there is to say, with keys in braces.

    Args:
        session: whose decision it is.
        proposal: with its edits.
        report: where it was read.
        event: id, or its last digits, of the event that it becomes a claim of; None: it becomes one of its own.

    Raises:
        InputRefused: something has to be edited first.
        StaleDecision: somebody else has decided it meanwhile.
    """
    store, situation = session.store, session.situation
    known = None
    if event is not None:
        id_ = event if is_id(event) else await store.find(situation, event)
        known = (await store.event(situation, id_)).row.event
    accepted = accept(proposal, report, session.catalog, recorded_at=session.present(), event=known)
    words = f"accept {proposal.summary}" + (f" as a claim of {known.summary}" if known else "")
    await store.write(situation, acceptance_draft([accepted], words[:200]))
    return f"accepted{' as a further claim' if known else ''}; {_OPENS_AGAIN}: {unspelt(proposal.summary)}"


async def write_refusal(session: Session, proposal: Proposal, kind: DecisionKind, reason: str) -> str:
    """Reject a proposal, or call it unverifiable; return what there is to say, with keys in braces."""
    await session.store.write(session.situation, refusal_draft([proposal], kind, reason))
    return f"{kind.value}; {_OPENS_AGAIN}: {unspelt(proposal.summary)}"


async def write_edit(session: Session, proposal: Proposal, field: str, text: str, claim: int | None = None) -> str:
    """Write a field as it was typed; of the place, `+NAME` adds one. Returns what there is to say.

    Args:
        session: whose correction it is.
        proposal: with the edits so far.
        field: one of `model.editing.FIELDS`.
        text: as it was typed.
        claim: which claim a field of claims is corrected of, from 0; None: all of them.

    Raises:
        InputRefused: the field cannot be that.
    """
    if field == "place" and text.strip().startswith("+"):
        edited = add_place(proposal, text.strip()[1:], session.catalog)
    else:
        edited = edit(proposal, field, text, session.catalog, claim)
    draft = Draft(f"edit {proposal.summary}"[:200], places=edited.places, proposals=(edited.proposal,))
    written = await session.store.write(session.situation, draft)
    if edited.places:
        session.catalog = await session.store.catalog(session.situation)
    return "edited; {undo} takes it back" if written.changeset else "it says so already; nothing was written"


def completing(catalog: Catalog, field: str, proposal: Proposal) -> Complete | None:
    """Return what completes a field's names, or None; for a place still unknown its candidates come first."""
    names: dict[str, list[str]] = {
        "place": [place.name for place in catalog.places.values()],
        "actor": [actor.name for actor in catalog.actors.values()],
        "against": [actor.name for actor in catalog.actors.values()],
        "route": [route.name for route in catalog.routes.values()],
        "source": [source.name for source in catalog.sources.values()],
        "kind": list(KINDS),
        "stance": list(Stance),
    }
    known = sorted(map(clean_line, names.get(field, ())))
    if field == "place" and proposal.place is None:
        words = (candidate_words(place, catalog) for place in proposal.candidates)
        known = [*(clean_line(f"#{number} {text}") for number, text in enumerate(words, 1)), *known]
    if not known:
        return None

    def complete(text: str, cursor: int) -> tuple[int, tuple[str, ...]]:
        wanted = fold(text[:cursor])
        begin = [name for name in known if fold(name).startswith(wanted)]
        inside = [name for name in known if wanted in fold(name) and name not in begin]
        return 0, tuple((begin + inside)[:_OFFERED])

    return complete
