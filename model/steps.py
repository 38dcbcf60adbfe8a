"""What one event does to who controls a place: one step of the rule in `model/control.py`."""

import enum
from collections.abc import Callable
from typing import NamedTuple

from model.catalog import Catalog
from model.entities import ControlState, Event, MarkKind, Standing, Status, Weight
from model.kinds import KINDS, Effect
from model.standing import Evidence, verdict_in_force, weigh
from model.times import end_of

MAX_EVENTS = 8
"""Events that a state lists: the one that made it, and the first ones that support or dispute it."""

_ORDER = (
    Effect.THREATENS,
    Effect.ENCIRCLES,
    Effect.CONTESTS,
    Effect.HOLDS,
    Effect.AGREES,
    Effect.LEAVES,
    Effect.TAKES,
)
"""Effects on control, in the order in which events of the same instant are read: the most decisive last."""

_RANKS = {code: _ORDER.index(kind.effect) for code, kind in KINDS.items() if kind.effect in _ORDER}
_MUTUAL = frozenset({"clash", "contested"})
"""Kinds of fighting in which the actor need not be the one that gains ground."""

_SETTLED = frozenset({Status.HELD, Status.CLAIMED, Status.NEGOTIATED})
_OPEN = frozenset({Status.CLAIMED, Status.CONTESTED})
"""Statuses in which `former` is the last known holder."""


class Outcome(enum.Enum):
    """What an event did; the value ends the sentence that explains it."""

    CHANGES = ""
    SUPPORTS = "bears it out"
    DISPUTES = "disputes it"
    OUTWEIGHED = "disputes it; the denials outweigh what was said"
    WEAKER = "of lower grade than what it contradicts"
    ONE_SIDED = "changes nothing on the word of the gaining side alone"
    NOT_LATER = "not known to be later than what it would undo"
    HELD_ALREADY = "the place is that side's already"
    NO_SIDE = "names no side that it could pass to"
    NO_EFFECT = "changes nothing about who holds it"
    DENIED = "left out: the denials outweigh what was said"
    RETRACTED = "left out: nobody stands behind it"
    REJECTED = "left out: rejected by an analyst"


class Weighed(NamedTuple):
    """An event with its weight at one known-at."""

    event: Event
    weight: Weight
    marked: bool = False
    """An analyst's `disputed` is in force."""

    @property
    def disputed(self) -> bool:
        """Whether a state that rests on it is disputed."""
        return self.marked or (self.weight.denied and self.weight.standing is not Standing.VERIFIED)


def bears_on_control(event: Event) -> bool:
    """Say whether events of this kind can change who controls their place."""
    return event.kind in _RANKS


def order(event: Event) -> tuple[int, int, str]:
    """Return the sort key of an event: occurrence; at the same instant the most decisive effect last; then id."""
    return event.occurred_at, _RANKS[event.kind], event.id


def weighed(evidence: Evidence, catalog: Catalog, known_at: int) -> Weighed | None:
    """Weigh an event, or return None where nobody had reported it by the known-at."""
    if not any(claim.reported_at <= known_at for claim in evidence.claims):
        return None
    weight = weigh(evidence, catalog, known_at)
    if not evidence.verdicts:
        return Weighed(evidence.event, weight)
    verdict = verdict_in_force(evidence.verdicts, known_at)
    return Weighed(evidence.event, weight, verdict is not None and verdict.kind is MarkKind.DISPUTED)


def step(state: ControlState, found: Weighed, catalog: Catalog) -> tuple[ControlState, Outcome]:
    """Return the state after the event, and what the event did."""
    standing = found.weight.standing
    if standing is Standing.RETRACTED:
        return state, Outcome.RETRACTED
    if standing is Standing.REJECTED:
        return state, Outcome.REJECTED
    turn = _Turn(state, found, catalog)
    result = _EFFECTS[KINDS[found.event.kind].effect](turn)
    if standing is not Standing.DENIED:
        return result
    after = result[0]
    if found.weight.n_for and (after.status, after.actor) != (state.status, state.actor):
        return turn.dispute()[0], Outcome.OUTWEIGHED
    return state, Outcome.DENIED


class _Turn:
    """One event and the state that it meets, with the sides as they are when it occurs."""

    __slots__ = ("by", "catalog", "event", "found", "holder", "rival", "state", "supported", "to")

    def __init__(self, state: ControlState, found: Weighed, catalog: Catalog) -> None:
        at = found.event.occurred_at
        self.state = state
        self.found = found
        self.event = found.event
        self.catalog = catalog
        self.by = catalog.side_of(found.event.actor, at)
        other = catalog.side_of(found.event.against, at)
        self.to = other if other != self.by else None
        """The other side: the one that loses, or that the place is left to."""
        is_open = state.status in _OPEN
        self.holder = catalog.side_of(state.former if is_open else state.actor, at)
        """The last side known to hold the place."""
        self.rival = catalog.side_of(state.actor, at) if is_open else None
        """The side that claims or contests it."""
        weight = found.weight
        self.supported = not weight.only_claimed or weight.standing is Standing.VERIFIED

    def make(self, status: Status, actor: str | None, former: str | None = None) -> tuple[ControlState, Outcome]:
        """Return the state that this event makes."""
        event, weight = self.event, self.found.weight
        state = ControlState(
            self.state.place,
            status,
            actor,
            former,
            self.found.disputed,
            weight.date_disputed,
            event.occurred_at,
            event.precision,
            weight.n_for,
            weight.n_against,
            weight.grade,
            (event.id,),
        )
        return state, Outcome.CHANGES

    def support(self) -> tuple[ControlState, Outcome]:
        """Return the state with this event in support of it; disputed if the event is."""
        state = self.state
        ids = state.event_ids
        if len(ids) < MAX_EVENTS:
            ids = (*ids, self.event.id)
        disputed = state.disputed or self.found.disputed
        date_disputed = state.date_disputed or self.found.weight.date_disputed
        return _flagged(state, disputed, date_disputed, ids), Outcome.SUPPORTS

    def dispute(self) -> tuple[ControlState, Outcome]:
        """Return the state, disputed by this event."""
        state = self.state
        ids = state.event_ids
        if len(ids) < MAX_EVENTS:
            ids = (*ids, self.event.id)
        elif not state.disputed:
            ids = (*ids[:-1], self.event.id)
        return _flagged(state, True, state.date_disputed, ids), Outcome.DISPUTES

    def contradict(self) -> tuple[ControlState, Outcome]:
        """Return the state, disputed unless this event is of lower grade than the one that made it."""
        grade, standing_grade = self.found.weight.grade, self.state.grade
        if grade is None or (standing_grade is not None and grade.weight < standing_grade.weight):
            return self.state, Outcome.WEAKER
        return self.dispute()

    def keep(self, outcome: Outcome) -> tuple[ControlState, Outcome]:
        """Return the state unchanged."""
        return self.state, outcome

    def is_later(self) -> bool:
        """Say whether the event is known to be later than what settled the place."""
        since = self.state.since
        if since is None or self.state.status not in _SETTLED:
            return True
        return self.event.occurred_at > end_of(since, self.state.since_precision, self.catalog.situation.zone)


def _flagged(state: ControlState, disputed: bool, date_disputed: bool, ids: tuple[str, ...]) -> ControlState:
    if (disputed, date_disputed, ids) == (state.disputed, state.date_disputed, state.event_ids):
        return state
    return ControlState(
        state.place,
        state.status,
        state.actor,
        state.former,
        disputed,
        date_disputed,
        state.since,
        state.since_precision,
        state.n_for,
        state.n_against,
        state.grade,
        ids,
    )


def _takes(turn: _Turn) -> tuple[ControlState, Outcome]:
    by, status = turn.by, turn.state.status
    if by is None:
        return turn.keep(Outcome.NO_SIDE)
    if status is Status.HELD and by == turn.holder:
        return turn.support()
    if turn.supported:
        return turn.make(Status.HELD, by)
    if by == turn.holder:
        return turn.contradict() if status is Status.CLAIMED else turn.keep(Outcome.ONE_SIDED)
    if status is Status.CLAIMED and by == turn.rival:
        return turn.support()
    return turn.make(Status.CLAIMED, by, turn.holder or turn.to)


def _holds(turn: _Turn) -> tuple[ControlState, Outcome]:  # noqa: PLR0911 - one case a line
    by, status = turn.by, turn.state.status
    if by is None:
        return turn.keep(Outcome.NO_SIDE)
    if turn.holder is None and status is not Status.CLAIMED:
        return turn.make(Status.HELD if turn.supported else Status.CLAIMED, by)
    if status is Status.CLAIMED and by == turn.rival:
        return turn.make(Status.HELD, by) if turn.supported else turn.support()
    if by != turn.holder:
        return turn.contradict()
    if status in (Status.HELD, Status.ENCIRCLED, Status.NEGOTIATED):
        return turn.support()
    if turn.supported:
        return turn.make(Status.HELD, by)
    return turn.contradict() if status is Status.CLAIMED else turn.keep(Outcome.ONE_SIDED)


def _contests(turn: _Turn) -> tuple[ControlState, Outcome]:  # noqa: PLR0911 - one case a line
    status, by, to, holder = turn.state.status, turn.by, turn.to, turn.holder
    if status is Status.CONTESTED:
        return turn.support()
    if not turn.is_later():
        return turn.keep(Outcome.NOT_LATER)
    if status is Status.CLAIMED:
        return turn.make(Status.CONTESTED, turn.rival, holder)
    if holder is None:
        return turn.make(Status.CONTESTED, by, to)
    if by is not None and by != holder:
        return turn.make(Status.CONTESTED, by, holder)
    rival = to if to != holder else None
    if by is None or (rival is not None and turn.event.kind in _MUTUAL):
        return turn.make(Status.CONTESTED, rival, holder)
    return turn.keep(Outcome.HELD_ALREADY)


def _presses(turn: _Turn) -> tuple[ControlState, Outcome]:
    """Apply a threat or a siege."""
    status = turn.state.status
    pressed = Status.ENCIRCLED if KINDS[turn.event.kind].effect is Effect.ENCIRCLES else Status.THREATENED
    if status is pressed:
        return turn.support()
    if status not in (Status.UNKNOWN, Status.HELD, Status.THREATENED):
        return turn.keep(Outcome.NO_EFFECT)
    if turn.holder is not None and turn.by == turn.holder:
        return turn.keep(Outcome.HELD_ALREADY)
    if not turn.is_later():
        return turn.keep(Outcome.NOT_LATER)
    return turn.make(pressed, turn.holder or turn.to)


def _leaves(turn: _Turn) -> tuple[ControlState, Outcome]:  # noqa: PLR0911 - one case a line
    status, by, to, holder, rival = turn.state.status, turn.by, turn.to, turn.holder, turn.rival
    if by is None:
        return turn.keep(Outcome.NO_SIDE)
    if status is Status.HELD and to == holder != by:
        return turn.support()
    if not turn.supported:
        if by != holder or to is None:
            return turn.keep(Outcome.ONE_SIDED)
        return turn.support() if (status, rival) == (Status.CLAIMED, to) else turn.make(Status.CLAIMED, to, holder)
    if by == holder or holder is None:
        heir = to or rival
        if heir is not None and heir != by:
            return turn.make(Status.HELD, heir)
        return turn.make(Status.UNKNOWN, None) if status is not Status.UNKNOWN else turn.keep(Outcome.NO_SIDE)
    if by == rival or status in (Status.THREATENED, Status.ENCIRCLED) or (status is Status.CONTESTED and not rival):
        return turn.make(Status.HELD, holder)
    return turn.keep(Outcome.NO_EFFECT)


def _agrees(turn: _Turn) -> tuple[ControlState, Outcome]:
    if turn.state.status is Status.NEGOTIATED:
        return turn.support()
    holder = turn.holder or turn.to
    if holder is None:
        return turn.keep(Outcome.NO_SIDE)
    if turn.by == holder:
        return turn.keep(Outcome.HELD_ALREADY)
    if not turn.supported:
        return turn.keep(Outcome.ONE_SIDED)
    return turn.make(Status.NEGOTIATED, holder)


_EFFECTS: dict[Effect, Callable[[_Turn], tuple[ControlState, Outcome]]] = {
    Effect.TAKES: _takes,
    Effect.HOLDS: _holds,
    Effect.CONTESTS: _contests,
    Effect.THREATENS: _presses,
    Effect.ENCIRCLES: _presses,
    Effect.LEAVES: _leaves,
    Effect.AGREES: _agrees,
}
