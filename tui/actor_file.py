"""An actor at both clocks: who it is and belongs to, what its side holds, what it did last."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from model.catalog import Catalog
from model.entities import Actor, ControlState, Role
from model.filters.conditions import ActorIn
from model.query import Clocks, EventQuery, EventRow
from model.text import fold
from model.times import DAY, FOREVER
from store.base import Store

if TYPE_CHECKING:
    from tui.session import TallyView

RECENT = 12
"""Events of an actor that its file shows."""

_A_DAYS_MOST = 256
"""Events of one day that are counted by kind; of more, the latest ones."""

_WORDS = {"part-of": "part of", "ally-of": "allied to", "opposes": "against"}
_OTHER_WAY = {"part-of": "parts", "ally-of": "allied to", "opposes": "against"}
"""What an actor is to one that has a relation to it."""

_RANK = {"part of": 1, "parts": 2, "allied to": 3, "against": 4}
"""The order of ties; the posts of a person come before them all."""


class Tie(NamedTuple):
    """What an actor is to another, at the instant."""

    words: str
    """`against`, `part of`, `leader of`."""
    actor: str
    """The other one's id."""


class Post(NamedTuple):
    """A role of the actor that somebody fills, at the instant."""

    role: Role
    person: str | None
    """The person's id, where the situation lists it as an actor."""


class ActorFile(NamedTuple):
    """An actor at the clocks."""

    actor: Actor
    instant: int
    """When its posts and ties are shown for."""
    posts: tuple[Post, ...]
    ties: tuple[Tie, ...]
    """The same words side by side."""
    side: str
    """Id of the outermost actor that it is part of, its own where there is none."""
    holds: tuple[ControlState, ...]
    """Places that its side holds, latest first."""
    tally: "TallyView | None"
    """Its side's count, against the denominator of the situation's tallies."""
    recent: tuple[EventRow, ...]
    """Its latest events, newest first."""
    day: Mapping[str, int]
    """Its events of the last 24 hours: kind -> how many, most first."""
    day_is_whole: bool
    """Whether all of that day's events are counted."""


class Deeds(NamedTuple):
    """What an actor did last, as read at the clocks."""

    id: str
    """The actor's."""
    parts: frozenset[str]
    """It and all that are part of it."""
    clocks: Clocks
    latest: tuple[EventRow, ...]
    """Its latest events, newest first: at least `RECENT`, and those of the last day."""
    more: bool
    """Whether there are earlier ones."""


async def read_deeds(store: Store, catalog: Catalog, id_: str, *, clocks: Clocks, instant: int) -> Deeds:
    """Read what an actor, or a part of it, did last.

    Args:
        store: where its events are read from.
        catalog: has the actor.
        id_: the actor's id.
        clocks: what the view is set to.
        instant: the as-of clock, no later than the present.
    """
    parts = catalog.parts_of(id_)
    query = EventQuery(ActorIn(parts), clocks)
    page = await store.page(catalog.situation.id, query, limit=RECENT)
    if page.more and _is_of_day(page.rows[-1], instant):
        page = await store.page(catalog.situation.id, query, limit=_A_DAYS_MOST)
    return Deeds(id_, parts, clocks, page.rows, page.more)


def actor_file(
    deeds: Deeds,
    catalog: Catalog,
    id_: str,
    *,
    instant: int,
    states: tuple[ControlState, ...],
    tally: "TallyView | None",
) -> ActorFile:
    """Return an actor's file.

    Args:
        deeds: what it did last.
        catalog: has the actor.
        id_: the actor's id.
        instant: the as-of clock, no later than the present.
        states: who controls each place at the clocks.
        tally: its side's count.
    """
    actor = catalog.actors[id_]
    side = catalog.side_of(id_, instant) or id_
    holds = [state for state in states if state.actor and catalog.side_of(state.actor, instant) == side]
    day = [row for row in deeds.latest if _is_of_day(row, instant)]
    people = {fold(one.name): one.id for one in catalog.actors.values() if one.kind == "person"}
    return ActorFile(
        actor,
        instant,
        tuple(Post(role, people.get(fold(role.person))) for role in actor.roles if _holds_at(role, instant)),
        tuple(sorted(dict.fromkeys(_ties(actor, catalog, instant)), key=lambda tie: _RANK.get(tie.words, 0))),
        side,
        tuple(sorted(holds, key=lambda state: (-(state.since or -FOREVER), state.place))),
        tally,
        deeds.latest[:RECENT],
        dict(Counter(row.event.kind for row in day).most_common()),
        not (deeds.more and len(day) == len(deeds.latest)),
    )


def _is_of_day(row: EventRow, instant: int) -> bool:
    return instant - DAY < row.event.occurred_at <= instant


def _holds_at(role: Role, instant: int) -> bool:
    return role.valid_from <= instant < role.valid_to


def _ties(actor: Actor, catalog: Catalog, instant: int) -> Iterator[Tie]:
    for other in catalog.actors.values():
        if actor.kind == "person" and other.id != actor.id:
            for role in other.roles:
                if _holds_at(role, instant) and fold(role.person) == fold(actor.name):
                    yield Tie(f"{role.title} of", other.id)
    for relation in actor.relations:
        if relation.valid_from <= instant < relation.valid_to:
            yield Tie(_WORDS.get(relation.kind, relation.kind), relation.other)
    for other in catalog.actors.values():
        for relation in other.relations:
            if relation.other == actor.id and relation.valid_from <= instant < relation.valid_to:
                yield Tie(_OTHER_WAY.get(relation.kind, relation.kind), other.id)
