"""What a machine read out of a report: proposals. They count for nothing until a person accepts them.

A proposal is an event with its claims, a proposed count a tally's claim; both name places and actors as the text does
and, where the situation knows them, by id.
"""

from dataclasses import dataclass

from ingest.text.attribution import Certainty
from ingest.text.gazetteer import Candidate
from model.entities import Stance
from model.times import Precision


@dataclass(frozen=True, slots=True)
class ProposedClaim:
    """One statement of the report about the event."""

    stance: Stance
    certainty: Certainty
    credibility: int
    """1 to 6 (`model/grades.py`); how it follows from the certainty is in `ingest/text/attribution.py`."""
    attribution: str
    """Who says so, as the text gives it; empty where the report itself does."""
    source: str | None
    """Id of the situation's source that the attribution names; None: the source of the report."""
    quote: str
    """The sentence."""
    quote_start: int
    """Characters before it in the report's text."""
    rule: str
    """Name of the pattern that found it (`ingest/text/patterns.toml`)."""

    @property
    def quote_end(self) -> int:
        """Characters before its end in the report's text."""
        return self.quote_start + len(self.quote)


@dataclass(frozen=True, slots=True)
class Proposal:
    """An event that a report speaks of, once, with everything that the report says about it."""

    kind: str
    """A code of `model/kinds.py`."""
    place: str
    """As the text spells it; empty where the event has none."""
    place_id: str | None
    """The situation's place."""
    candidates: tuple[Candidate, ...]
    """Places of the world by that name, where the situation has none; the most populous first."""
    actor: str
    actor_id: str | None
    against: str
    against_id: str | None
    route_id: str | None
    occurred_at: int
    precision: Precision
    summary: str
    """One line."""
    claims: tuple[ProposedClaim, ...]
    """In the order of the text; never empty."""

    @property
    def certainty(self) -> Certainty:
        """What the claims make of it together: a denial disputes, the losing side or two sides confirm."""
        found = {claim.certainty for claim in self.claims}
        for certainty in (Certainty.DISPUTED, Certainty.CONFIRMED, Certainty.REPORTED):
            if certainty in found:
                return certainty
        return Certainty.CLAIMED

    @property
    def attribution(self) -> str:
        """Who says so, with `;` between, and in brackets who denies it; empty where the report itself says so."""
        said = [claim.attribution for claim in self.claims if claim.stance is not Stance.DENIES and claim.attribution]
        denied = [
            f"({claim.attribution} {_deny(claim.attribution)})"
            for claim in self.claims
            if claim.stance is Stance.DENIES and claim.attribution
        ]
        return " ".join(filter(None, ("; ".join(dict.fromkeys(said)), " ".join(dict.fromkeys(denied)))))


@dataclass(frozen=True, slots=True)
class ProposedCount:
    """A count that a report gives: "12 of 34 provincial capitals"."""

    count: int
    of: int | None
    """The denominator; None where the text gives none."""
    what: str
    """What is counted, in the text's words: `provincial capitals`."""
    actor: str
    actor_id: str | None
    tally_id: str | None
    """The situation's tally that it can be compared with."""
    as_of: int
    precision: Precision
    claim: ProposedClaim


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read out of a report."""

    proposals: tuple[Proposal, ...] = ()
    counts: tuple[ProposedCount, ...] = ()
    note: str = ""
    """Why nothing could be read, or that not all was; empty where there is nothing to say."""


def _deny(who: str) -> str:
    return "deny" if who.endswith("s") and not who.endswith("ss") else "denies"
