"""Proposals, which are read out of reports by the program, and the decisions on them.

A proposal is an event with its claims, or a count with its one claim. It counts for nothing until it is accepted.
Accepting writes the event, its claims and the decision in one changeset, so that one undo takes all of it back and
leaves the proposal open. An edit is a new version of the proposal; the version that was read is kept.
"""

import enum
from collections.abc import Mapping
from typing import NamedTuple

from model.entities import Place, Report, Stance
from model.times import Precision

COUNT = "count"
"""The kind of a proposal that is a count instead of an event: accepting it writes a `TallyClaim`."""


class ProposedClaim(NamedTuple):
    """One statement in the report about the proposed event or count."""

    stance: Stance
    credibility: int = 6
    """1 to 6 (`model/grades.py`)."""
    attribution: str = ""
    """Who says so, as the text gives it; empty where the report itself does."""
    source: str | None = None
    """Id of the situation's source that the attribution names; None: the source of the report."""
    quote: str = ""
    quote_start: int = 0
    """Characters before the quote in the report's text."""
    rule: str = ""
    """Name of the pattern that found it, so that a wrong proposal can be traced to its rule."""


class Proposal(NamedTuple):
    """An event, or a count, that a report is about."""

    id: str
    report: str
    """The report's id."""
    kind: str
    """A code of `model/kinds.py`, or `COUNT`."""
    occurred_at: int
    """UTC microseconds; of a count, the instant that it is for."""
    precision: Precision
    summary: str
    """One line."""
    claims: tuple[ProposedClaim, ...]
    """In the order of the text; never empty."""
    place: str | None = None
    place_name: str = ""
    """As the text spells it; so are `actor_name` and `against_name`."""
    candidates: tuple[Place, ...] = ()
    """Places in the world with that name, to choose from, where the situation has none."""
    actor: str | None = None
    actor_name: str = ""
    against: str | None = None
    against_name: str = ""
    route: str | None = None
    tally: str | None = None
    """Of a count: id of the situation's tally that it can be compared with."""
    number: int | None = None
    """Of a count: the number."""
    of: int | None = None
    """Of a count: the denominator, where the text gives one."""

    @property
    def is_count(self) -> bool:
        """Whether it is a count instead of an event."""
        return self.kind == COUNT


class DecisionKind(enum.StrEnum):
    """What was decided about a proposal."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNVERIFIABLE = "unverifiable"
    """Read correctly, but nobody can find out whether it is true; no event is written."""
    TRUSTED = "trusted"
    """Accepted without a person, because its report's source is trusted for its kind (`model/trust.py`)."""


class Decision(NamedTuple):
    """A decision on one proposal, by a person or by trust of its source; in force until it is undone."""

    id: str
    proposal: str
    """The proposal's id."""
    kind: DecisionKind
    became: str | None = None
    """Of an accepted one: id of the event that it became, or became a claim on; of a count, id of the tally claim."""
    reason: str = ""
    author: str = ""
    """Set by the store."""
    recorded_at: int = 0
    """Set by the store."""


class Proposed(NamedTuple):
    """One proposal with its edits and its decision."""

    proposal: Proposal
    """With the edits in force."""
    as_read: Proposal
    """As it was read, before any edit."""
    decision: Decision | None = None
    """None: it is open."""


class ProposalPage(NamedTuple):
    """Some proposals, grouped by report, the report that arrived last first."""

    proposed: tuple[Proposed, ...]
    reports: Mapping[str, Report]
    """The report of each of them, by id."""
    more: bool
    """Whether further ones follow."""
    open: int
    """How many proposals of the whole situation are open."""
