"""What a filter means in one situation: every name an id, every time an instant. What a store is asked."""

from dataclasses import dataclass

from model.entities import MarkKind, Standing
from model.grades import Grade


@dataclass(frozen=True, slots=True)
class TextHas:
    """The event's text has each of these words, folded (`model/text.py`); the last one as a beginning if `prefix`.

    The text of an event is its summary and its claims' quotes and attributions.
    """

    words: tuple[str, ...]
    prefix: bool = False
    adjacent: bool = False
    """Whether they must stand in a row, within one of those texts."""


@dataclass(frozen=True, slots=True)
class PlaceIn:
    """The event's place is one of these."""

    ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class ActorIn:
    """One of these did it (`by`), or had it done to them (`against`), or either."""

    ids: frozenset[str]
    by: bool = True
    against: bool = True


@dataclass(frozen=True, slots=True)
class KindIn:
    """The event is of one of these kinds."""

    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class RouteIn:
    """The event is on one of these routes."""

    ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class SourceIn:
    """One of these sources has a claim on it."""

    ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class StandingIn:
    """The event stands so, weighed at the query's known-at."""

    standings: frozenset[Standing]


@dataclass(frozen=True, slots=True)
class GradeAtLeast:
    """The best grade behind it is at least this good in both letter and number."""

    grade: Grade


@dataclass(frozen=True, slots=True)
class Occurred:
    """It occurred at or after `begin` and before `end`."""

    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class KnownBefore:
    """It was first reported before this instant."""

    instant: int


@dataclass(frozen=True, slots=True)
class Between:
    """In order of occurrence it stands between two rows of the log, or is one of them."""

    low: tuple[int, int]
    """Occurrence and arrival number of the older row."""
    high: tuple[int, int]
    """The same of the newer one."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """Its arrival number is among these, both ends included."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Marked:
    """A mark of this kind is in force: the reader's own for personal kinds, anybody's for shared ones."""

    kind: MarkKind
    value: str | None = None
    """None: whatever its value."""


@dataclass(frozen=True, slots=True)
class IdEnds:
    """The event's id, hyphens left out, ends in these digits."""

    digits: str


@dataclass(frozen=True, slots=True)
class NotThat:
    """The inner condition does not hold."""

    inner: "Condition"


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds; with no parts, always true."""

    parts: tuple["Condition", ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Some part holds; with no parts, never true."""

    parts: tuple["Condition", ...] = ()


Condition = (
    TextHas
    | PlaceIn
    | ActorIn
    | KindIn
    | RouteIn
    | SourceIn
    | StandingIn
    | GradeAtLeast
    | Occurred
    | KnownBefore
    | Between
    | Arrived
    | Marked
    | IdEnds
    | NotThat
    | AllOf
    | AnyOf
)

EVERYTHING = AllOf()
