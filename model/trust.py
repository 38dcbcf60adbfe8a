"""Trust of a source: its proposals of one kind are accepted without a person. Nothing is trusted by default.

What was accepted by trust is marked as such, and withdrawing the trust takes all of it back.
"""

from typing import NamedTuple


class Trust(NamedTuple):
    """Proposals of this kind out of this source's reports are accepted without a person."""

    id: str
    """`afp:capture`."""
    source: str
    """The source's id."""
    kind: str
    """A code of `model/kinds.py`; a count is never accepted by trust."""


class Trusted(NamedTuple):
    """One trust, who decided it and when, and how much it has accepted."""

    trust: Trust
    author: str
    """Who decided it last."""
    recorded_at: int
    in_force: bool
    """False: it was withdrawn by an undo alone, and what it had let in stays until it is withdrawn by name."""
    let_in: int
    """How many proposals it has accepted that still are."""


def trust_of(source: str, kind: str) -> Trust:
    """Return the trust of a source for a kind."""
    return Trust(f"{source}:{kind}", source, kind)
