"""The domain's records, all frozen; every text in them is cleaned before it is stored.

Places, routes, actors, sources and tallies have a short readable id (`herat`), given by the situation's author;
events, claims, marks and changesets have a UUIDv7 (`model/ids.py`). Instants are UTC microseconds (`model/times.py`).
"""

import enum
from typing import NamedTuple

from model.grades import Grade
from model.times import EARLIEST, FOREVER, Precision


class Name(NamedTuple):
    """One of the names that a thing goes by."""

    text: str
    language: str = ""
    """BCP 47 (`fa`, `ps`, `en`); empty where the spelling belongs to no one language."""


class Situation(NamedTuple):
    """What is being watched."""

    id: str
    """`afghanistan-2021`; lower-case letters, digits and hyphens."""
    name: str
    zone: str
    """IANA zone in which its times are shown, `Asia/Kabul`."""
    summary: str = ""
    begins: int | None = None
    """First instant of interest, to go to; not a limit. So is `ends` the last."""
    ends: int | None = None
    credit: str = ""
    """Whose facts these are, shown with the situation."""


class Place(NamedTuple):
    """Somewhere that can be held."""

    id: str
    name: str
    names: tuple[Name, ...] = ()
    """Other spellings and scripts, the name itself not repeated."""
    kind: str = "town"
    """`capital`, `provincial-capital`, `district-centre`, `town`, `base`, `airport`, `crossing`, ..."""
    admin1: str = ""
    admin2: str = ""
    pcode: str = ""
    """OCHA P-code, `AF32`."""
    iso: str = ""
    """ISO 3166-2 of its first administrative level, `AF-HER`."""
    geonameid: int | None = None
    longitude: float | None = None
    """Degrees east, WGS 84, -180 to 180."""
    latitude: float | None = None
    """Degrees north, -90 to 90."""
    population: int | None = None
    parent: str | None = None
    """Id of the place that this one is a part or outpost of."""


class Route(NamedTuple):
    """An ordered list of places. Open or cut is derived from who holds them."""

    id: str
    name: str
    place_ids: tuple[str, ...]
    names: tuple[Name, ...] = ()
    note: str = ""
    """How exact the line is: "schematic, not surveyed"."""


class Role(NamedTuple):
    """Who holds a post of an actor, for a time."""

    title: str
    """`leader`, `spokesperson`, `governor`."""
    person: str
    valid_from: int = EARLIEST
    valid_to: int = FOREVER
    """First instant at which it no longer holds."""


class Relation(NamedTuple):
    """How an actor is related to another, for a time."""

    kind: str
    """`part-of`, `ally-of` or `opposes`."""
    other: str
    """The other actor's id."""
    valid_from: int = EARLIEST
    valid_to: int = FOREVER


class Actor(NamedTuple):
    """An armed group, government, force, ministry, person or alliance."""

    id: str
    name: str
    names: tuple[Name, ...] = ()
    kind: str = "armed-group"
    roles: tuple[Role, ...] = ()
    relations: tuple[Relation, ...] = ()
    note: str = ""


class Reliability(NamedTuple):
    """How reliable a source is, for a time."""

    letter: str
    """A to F (`model/grades.py`)."""
    valid_from: int = EARLIEST
    valid_to: int = FOREVER


class Source(NamedTuple):
    """An outlet, agency, ministry, account or eyewitness."""

    id: str
    name: str
    names: tuple[Name, ...] = ()
    kind: str = "outlet"
    reliability: tuple[Reliability, ...] = ()
    """Empty: F, cannot be judged."""
    speaks_for: str | None = None
    """Id of the actor whose voice this is; makes a claim one of the gaining or the losing side's."""
    copies: str | None = None
    """Id of the source whose reports it reprints; the two count as one independent source."""

    def reliability_at(self, instant: int) -> str:
        """Return the letter in force at the instant."""
        for period in self.reliability:
            if period.valid_from <= instant < period.valid_to:
                return period.letter
        return "F"


UNNAMED = Source("unnamed", "Source not named", kind="unknown")
"""The source of reports that come without one; added where the situation lacks it. Its reliability is not judged."""


class Tally(NamedTuple):
    """A count with a denominator that is computed for a situation: "provincial capitals held by the Taliban"."""

    id: str
    name: str
    actor: str
    place_ids: tuple[str, ...]
    """The denominator, place by place."""


class Report(NamedTuple):
    """One thing that a source published."""

    id: str
    source: str
    title: str = ""
    url: str = ""
    text: str = ""
    language: str = ""
    published_at: int | None = None
    fetched_at: int | None = None
    sha256: str = ""
    """Of the bytes as they were received; hexadecimal."""


class Event(NamedTuple):
    """Something said to have happened. Its claims say who says so, and how far it can be believed."""

    id: str
    kind: str
    """A code of `model/kinds.py`."""
    occurred_at: int
    precision: Precision
    summary: str
    """One line."""
    place: str | None = None
    actor: str | None = None
    """Who did it: who gains, leaves, offers, arrests."""
    against: str | None = None
    """To whom: who loses; for a withdrawal the side that the place is left to."""
    route: str | None = None


class Stance(enum.StrEnum):
    """What a source says about an event."""

    ASSERTS = "asserts"
    CONFIRMS = "confirms"
    DENIES = "denies"
    CORRECTS = "corrects"
    """Says that it happened, but differently: at another time (`Claim.occurred_at`), or less of it."""
    RETRACTS = "retracts"
    """Takes back what it said about this event before, for or against."""


class Claim(NamedTuple):
    """One source's statement about one event."""

    id: str
    event: str
    """The event's id."""
    source: str
    stance: Stance
    reported_at: int
    """When it was published; the known-at clock goes by this."""
    reported_precision: Precision = Precision.MINUTE
    credibility: int = 6
    """1 to 6 (`model/grades.py`)."""
    attribution: str = ""
    """Who the text says said so: "a security source"."""
    quote: str = ""
    quote_start: int | None = None
    """Characters before the quote in the report's text."""
    report: str | None = None
    """The report's id."""
    url: str = ""
    occurred_at: int | None = None
    """When this source says that it happened, where that differs from the event."""
    occurred_precision: Precision | None = None


class TallyClaim(NamedTuple):
    """A count that a source published, to be compared with the computed one."""

    id: str
    tally: str
    source: str
    count: int  # type: ignore[assignment] # hides tuple.count, which nothing calls
    of: int | None
    as_of: int
    as_of_precision: Precision
    reported_at: int
    attribution: str = ""
    note: str = ""


class MarkKind(enum.StrEnum):
    """What an analyst notes on an event."""

    READ = "read"
    STAR = "star"
    TAG = "tag"
    """The tag is the mark's value; an event can have several."""
    VERIFIED = "verified"
    DISPUTED = "disputed"
    REJECTED = "rejected"
    UNVERIFIABLE = "unverifiable"
    DUPLICATE = "duplicate"
    """The value is the id of the event that this one repeats."""
    ASSIGNED = "assigned"
    """The value is a user's name."""
    NOTE = "note"
    """The value is the text; each note stands beside the others."""
    REMARK = "remark"
    """A note that only its author sees."""
    TRUSTED = "trusted"
    """Accepted by trust of the source that is the value (`model/trust.py`), not by a person."""


REPEATABLE = frozenset({MarkKind.TAG, MarkKind.NOTE, MarkKind.REMARK})
"""Kinds of marks that an event can have several of, with different values."""

PERSONAL = frozenset({MarkKind.READ, MarkKind.STAR, MarkKind.TAG, MarkKind.REMARK})
"""Kinds of marks that only their author sees; all the others are shared."""

VERDICTS = frozenset(
    {MarkKind.VERIFIED, MarkKind.DISPUTED, MarkKind.REJECTED, MarkKind.UNVERIFIABLE, MarkKind.DUPLICATE}
)
"""Shared marks of which an event has at most one: the latest."""


class Mark(NamedTuple):
    """One analyst's mark on an event, or its removal."""

    id: str
    event: str
    kind: MarkKind
    on: bool = True
    """False removes an earlier mark of the same kind (and, for tags, notes and remarks, of the same value)."""
    value: str = ""
    author: str = ""
    """Set by the store."""
    recorded_at: int = 0
    """Set by the store."""


class Deed(enum.StrEnum):
    """What a changeset does."""

    WRITE = "write"
    LOAD = "load"
    """Loads a situation's own folder: undone only by its id, never by a plain undo."""
    UNDO = "undo"
    REDO = "redo"


class Changeset(NamedTuple):
    """Everything that one action wrote in one transaction. An action too large for one is a batch of them."""

    id: str
    author: str
    recorded_at: int
    reason: str
    deed: Deed = Deed.WRITE
    target: str | None = None
    """The changeset that an undo takes out of force, or a redo brings back."""
    batch: str | None = None
    """Id of the first changeset of the same action; None for that first one and for a single one."""
    facts: int = 0
    """How many fact rows it wrote."""


class Status(enum.StrEnum):
    """How a place is controlled, in one word; *disputed* is a flag beside it, never a status."""

    HELD = "held"
    INFLUENCE = "influence"
    CONTESTED = "contested"
    CLAIMED = "claimed"
    ENCIRCLED = "encircled"
    THREATENED = "threatened"
    NEGOTIATED = "negotiated"
    UNKNOWN = "unknown"

    @property
    def letter(self) -> str:
        """The one character that stands for it on every screen."""
        return _LETTERS[self]


_LETTERS = {
    Status.HELD: "H",
    Status.INFLUENCE: "I",
    Status.CONTESTED: "C",
    Status.CLAIMED: "?",
    Status.ENCIRCLED: "E",
    Status.THREATENED: "T",
    Status.NEGOTIATED: "N",
    Status.UNKNOWN: ".",
}


class Standing(enum.StrEnum):
    """What an event is worth at a known-at, derived from its claims and marks by `model/standing.py`."""

    CLAIMED = "claimed"
    """Only the gaining side says so."""
    REPORTED = "reported"
    """One independent source that is not the gaining side says so."""
    CONFIRMED = "confirmed"
    """The losing side concedes it, or two independent sources, neither of them the gaining side, say so."""
    DISPUTED = "disputed"
    """Denied by a grade as good as its best support, dated to another day by one, or marked disputed."""
    DENIED = "denied"
    """The denials outweigh the support in grade and are at least as many."""
    RETRACTED = "retracted"
    """Nobody stands behind it any more."""
    VERIFIED = "verified"
    """An analyst's mark."""
    REJECTED = "rejected"
    """An analyst's mark, also as a duplicate."""


class Weight(NamedTuple):
    """An event weighed at a known-at."""

    standing: Standing
    n_for: int
    """Independent sources that stand behind it."""
    n_against: int
    """Independent sources that deny it."""
    grade: Grade | None
    """The best grade that stands behind it; None where nothing does."""
    grade_against: Grade | None = None
    denied: bool = False
    """A denial is as good as the support, whatever an analyst's mark says."""
    date_disputed: bool = False
    """A source as good as the support, or two independent ones, give it another day."""
    only_claimed: bool = False
    """Only the gaining side stands behind it, whatever its standing."""
    first_reported_at: int = FOREVER
    source_ids: tuple[str, ...] = ()
    """Every source with a claim on it by the known-at, best grade first."""


class ControlState(NamedTuple):
    """Who controls a place at one instant, as known at another."""

    place: str
    status: Status
    actor: str | None = None
    """The side (`Catalog.side_of`) that holds it, claims it, or is contesting it; None when unknown."""
    former: str | None = None
    """While a claim or contest is open, the side that held it before; otherwise None."""
    disputed: bool = False
    date_disputed: bool = False
    since: int | None = None
    """Occurrence of the event that made status and actor what they are."""
    since_precision: Precision = Precision.DAY
    n_for: int = 0
    n_against: int = 0
    grade: Grade | None = None
    event_ids: tuple[str, ...] = ()
    """Ids of the events that it rests on, in order of occurrence; none where it was read without them."""
