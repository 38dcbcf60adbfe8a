"""What a filter means in one situation: names are ids and times instants. Stores are queried with these."""

from typing import NamedTuple, TypeVar

from model.entities import MarkKind, Standing
from model.grades import Grade

T = TypeVar("T", bound=tuple[object, ...])


def distinct(class_: type[T]) -> type[T]:
    """Make a named tuple equal only to those of its own class: `AllOf()` is not `AnyOf()`."""

    def same(self: T, other: object) -> bool:
        return type(other) is class_ and tuple.__eq__(self, other)

    def differs(self: T, other: object) -> bool:
        return not same(self, other)

    def number(self: T) -> int:
        return hash((class_, *self))

    class_.__eq__, class_.__ne__, class_.__hash__ = same, differs, number  # type: ignore[assignment, method-assign]
    return class_


@distinct
class TextHas(NamedTuple):
    """The event's summary, or a quote or attribution of its claims, has each of these words (`model.text.fold`)."""

    words: tuple[str, ...]
    prefix: bool = False
    """Whether the last one need only be the beginning of a word."""
    adjacent: bool = False
    """Whether they must follow one another, within one of those texts."""


@distinct
class PlaceIn(NamedTuple):
    """The event's place is one of these."""

    ids: frozenset[str]


@distinct
class ActorIn(NamedTuple):
    """One of these did it (`by`), or had it done to them (`against`), or either."""

    ids: frozenset[str]
    by: bool = True
    against: bool = True


@distinct
class KindIn(NamedTuple):
    """The event is of one of these kinds."""

    codes: frozenset[str]


@distinct
class RouteIn(NamedTuple):
    """The event is on one of these routes."""

    ids: frozenset[str]


@distinct
class SourceIn(NamedTuple):
    """One of these sources has a claim on it."""

    ids: frozenset[str]


@distinct
class StandingIn(NamedTuple):
    """The event has one of these standings, weighed at the query's known-at."""

    standings: frozenset[Standing]


@distinct
class GradeAtLeast(NamedTuple):
    """The best grade behind it is at least this good in both letter and number."""

    grade: Grade


@distinct
class Occurred(NamedTuple):
    """It occurred at or after `begin` and before `end`."""

    begin: int
    end: int


@distinct
class KnownBefore(NamedTuple):
    """It was first reported before this instant."""

    instant: int


@distinct
class Between(NamedTuple):
    """In order of occurrence it is between two rows of the log, or one of them."""

    low: tuple[int, int]
    """Occurrence and arrival number of the older row."""
    high: tuple[int, int]
    """The same of the newer one."""


@distinct
class Arrived(NamedTuple):
    """Its arrival number is among these, both ends included."""

    first: int
    last: int


@distinct
class Marked(NamedTuple):
    """A mark of this kind is in force: the reader's own for personal kinds, anybody's for shared ones."""

    kind: MarkKind
    value: str | None = None
    """None: whatever its value."""


@distinct
class IdEnds(NamedTuple):
    """The event's id, hyphens left out, ends in these digits."""

    digits: str


@distinct
class NotThat(NamedTuple):
    """The inner condition does not hold."""

    inner: "Condition"


@distinct
class AllOf(NamedTuple):
    """Every part holds; with no parts, always true."""

    parts: tuple["Condition", ...] = ()


@distinct
class AnyOf(NamedTuple):
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
