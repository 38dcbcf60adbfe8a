"""Trust of a source: what it reports of one kind is accepted by itself. Off until somebody says so.

What was let in by trust is marked as such, and withdrawing the trust takes all of it back.
"""

from collections.abc import Container
from typing import TYPE_CHECKING, NamedTuple

from model.entities import Stance
from model.kinds import CONTROL_KINDS

if TYPE_CHECKING:
    from model.proposals import Proposal


class Trust(NamedTuple):
    """That proposals of one kind are accepted by themselves where a report of one source makes them."""

    id: str
    """`afp:capture`."""
    source: str
    """The source's id."""
    kind: str
    """A code of `model/kinds.py`; a count is never accepted by itself."""


class Trusted(NamedTuple):
    """One trust, who decided it and when, and what it has let in."""

    trust: Trust
    author: str
    """Who decided it last."""
    recorded_at: int
    in_force: bool
    """False: it was withdrawn by undoing it alone, and what it had let in stays until it is withdrawn by name."""
    let_in: int
    """Proposals that it has accepted, and that still are."""


def trust_of(source: str, kind: str) -> Trust:
    """Return the trust of a source for a kind."""
    return Trust(f"{source}:{kind}", source, kind)


def why_not(proposal: "Proposal", trusts: Container[str], source: str) -> str:
    """Return why a proposal is left to a person; empty where it can be accepted by itself.

    What it may repeat is for the caller to ask: `model/likeness.py`.

    Args:
        proposal: as it was read.
        trusts: ids of the trusts in force.
        source: id of its report's source.
    """
    if trust_of(source, proposal.kind).id not in trusts:
        return "its source is not trusted for its kind"
    for named, known in (
        (proposal.place_name, proposal.place),
        (proposal.actor_name, proposal.actor),
        (proposal.against_name, proposal.against),
    ):
        if named and known is None:
            return f"the situation has no {named!r}"
    if proposal.kind in CONTROL_KINDS and None in (proposal.place, proposal.actor):
        return "it does not say where, or by whom"
    if any(claim.stance not in (Stance.ASSERTS, Stance.CONFIRMS) for claim in proposal.claims):
        return "the report itself has somebody deny it"
    return ""
