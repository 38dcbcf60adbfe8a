"""What a machine read out of a report, and what people decided about it.

A proposal is an event with its claims, or a count with its one claim. It counts for nothing until it is accepted:
accepting writes the event and the claims beside the decision, in one changeset, so that one undo takes both back and
the proposal is open again. An edit is a proposal's next version; the first one stays as it was read.
"""

import enum
from collections.abc import Mapping
from typing import NamedTuple

from model.entities import Place, Report, Stance
from model.times import Precision

COUNT = "count"
"""The kind of a proposal that is a count, not an event: accepting it makes a tally's claim."""


class ProposedClaim(NamedTuple):
    """One statement of the report about what is proposed."""

    stance: Stance
    credibility: int = 6
    """1 to 6 (`model/grades.py`)."""
    attribution: str = ""
    """Who says so, as the text gives it; empty where the report itself does."""
    source: str | None = None
    """Id of the situation's source that the attribution names; None: the source of the report."""
    quote: str = ""
    quote_start: int = 0
    """Characters before it in the report's text."""
    rule: str = ""
    """Name of the pattern that found it, so that a wrong proposal leads to its rule."""


class Proposal(NamedTuple):
    """An event, or a count, that a report speaks of."""

    id: str
    report: str
    """The report's id."""
    kind: str
    """A code of `model/kinds.py`, or `COUNT`."""
    occurred_at: int
    """UTC microseconds; of a count, the instant that it speaks of."""
    precision: Precision
    summary: str
    """One line."""
    claims: tuple[ProposedClaim, ...]
    """In the order of the text; never empty."""
    place: str | None = None
    place_name: str = ""
    """As the text spells it; so are the actors' names."""
    candidates: tuple[Place, ...] = ()
    """Places of the world by that name, where the situation has none: what could be added to it."""
    actor: str | None = None
    actor_name: str = ""
    against: str | None = None
    against_name: str = ""
    route: str | None = None
    tally: str | None = None
    """Of a count: the situation's tally that it can be compared with."""
    number: int | None = None
    """Of a count: how many."""
    of: int | None = None
    """Of a count: the denominator, where the text gives one."""

    @property
    def is_count(self) -> bool:
        """Whether it is a count and no event."""
        return self.kind == COUNT


class DecisionKind(enum.StrEnum):
    """What a person decided about a proposal."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNVERIFIABLE = "unverifiable"
    """Read rightly, but nobody can find out whether it is so; nothing is made of it."""
    TRUSTED = "trusted"
    """Accepted by itself, as its report's source is trusted for its kind (`model/trust.py`); no person decided."""


class Decision(NamedTuple):
    """What was decided about one proposal, by a person or by trust of its source; it stands until it is undone."""

    id: str
    proposal: str
    """The proposal's id."""
    kind: DecisionKind
    became: str | None = None
    """Id of the event, or of the tally's claim, that an accepted one became, or became a claim of."""
    reason: str = ""
    author: str = ""
    """Set by the store."""
    recorded_at: int = 0
    """Set by the store."""


class Proposed(NamedTuple):
    """One proposal with what became of it."""

    proposal: Proposal
    """With the edits in force."""
    as_read: Proposal
    """As the machine read it."""
    decision: Decision | None = None
    """None: it is open."""


class ProposalPage(NamedTuple):
    """Some proposals, those of one report together, the report that arrived last first."""

    proposed: tuple[Proposed, ...]
    reports: Mapping[str, Report]
    """Id -> report of each of them."""
    more: bool
    """Whether others follow."""
    open: int
    """How many of the situation's proposals are open, whatever was asked for."""
