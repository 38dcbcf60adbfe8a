"""A small world in which the rules are tried: three sides, sources of every sort, and evidence by chance."""

from hypothesis import strategies as st

from model.catalog import Catalog
from model.entities import (
    Actor,
    Claim,
    Event,
    Mark,
    MarkKind,
    Place,
    Relation,
    Reliability,
    Situation,
    Source,
    Stance,
)
from model.kinds import CONTROL_KINDS
from model.standing import Evidence
from model.times import DAY, HOUR, Precision

START = 18_850 * DAY
"""Midnight of 11 August 2021, UTC."""

PLACE = "town"
ACTORS = ("red", "blue", "green", "red-guard", "blue-army")
SOURCES = ("wire", "reprint", "gazette", "rumour", "red-radio", "red-echo", "blue-ministry", "nobody")
VERDICT_KINDS = (
    MarkKind.VERIFIED,
    MarkKind.REJECTED,
    MarkKind.DISPUTED,
    MarkKind.UNVERIFIABLE,
    MarkKind.DUPLICATE,
)

CATALOG = Catalog(
    Situation("valley", "The Valley", "UTC"),
    places={PLACE: Place(PLACE, "Town")},
    actors={
        actor.id: actor
        for actor in (
            Actor("red", "Red Side"),
            Actor("blue", "Blue Side"),
            Actor("green", "Green Side"),
            Actor("red-guard", "Red Guard", relations=(Relation("part-of", "red", valid_to=START + 3 * DAY),)),
            Actor("blue-army", "Blue Army", relations=(Relation("part-of", "blue"),)),
        )
    },
    sources={
        source.id: source
        for source in (
            Source("wire", "Wire", reliability=(Reliability("B"),)),
            Source("reprint", "Reprint", reliability=(Reliability("C"),), copies="wire"),
            Source("gazette", "Gazette", reliability=(Reliability("B"),)),
            Source("rumour", "Rumour", reliability=(Reliability("E"),)),
            Source("red-radio", "Red Radio", reliability=(Reliability("D"),), speaks_for="red"),
            Source("red-echo", "Red Echo", reliability=(Reliability("D"),), copies="red-radio"),
            Source("blue-ministry", "Blue Ministry", reliability=(Reliability("C"),), speaks_for="blue-army"),
        )
    },
)


def event(
    kind: str = "capture",
    at: int = START,
    actor: str | None = "red",
    against: str | None = "blue",
    *,
    precision: Precision = Precision.DAY,
    id_: str = "e1",
) -> Event:
    """Return an event in the town."""
    return Event(id_, kind, at, precision, "said to have happened", PLACE, actor, against)


def claim(
    source: str,
    stance: Stance | str = Stance.ASSERTS,
    at: int = START,
    credibility: int = 2,
    *,
    id_: str = "",
    dated: int | None = None,
) -> Claim:
    """Return a claim; its id is of the source, stance and time unless one is given."""
    stance = Stance(stance)
    return Claim(id_ or f"{source}-{stance}-{at}", "", source, stance, at, credibility=credibility, occurred_at=dated)


def verdict(kind: MarkKind, at: int = START, *, on: bool = True, id_: str = "") -> Mark:
    """Return an analyst's verdict."""
    return Mark(id_ or f"{kind}-{at}-{on}", "", kind, on, author="analyst", recorded_at=at)


def evidence(event_: Event, *claims: Claim, verdicts: tuple[Mark, ...] = ()) -> Evidence:
    """Return an event with what was said of it; without claims, with a good one made when it occurred."""
    return Evidence(event_, claims or (claim("wire", at=event_.occurred_at),), verdicts)


def instants(days: int = 4) -> st.SearchStrategy[int]:
    """Return one of a few instants, so that they often coincide."""
    return st.integers(0, 4 * days).map(lambda quarter: START + quarter * 6 * HOUR)


_CLAIM = st.tuples(
    st.sampled_from(SOURCES),
    st.sampled_from([*Stance, Stance.ASSERTS, Stance.ASSERTS]),
    instants(),
    st.integers(1, 6),
    st.none() | instants(),
)
_VERDICT = st.tuples(st.sampled_from(VERDICT_KINDS), instants(), st.booleans())
_EVENT = st.tuples(
    st.sampled_from(sorted(CONTROL_KINDS)),
    instants(),
    st.sampled_from([*ACTORS, None]),
    st.sampled_from([*ACTORS, None]),
    st.sampled_from([Precision.DAY, Precision.PART, Precision.MINUTE]),
)
_PARTS = st.tuples(_EVENT, st.lists(_CLAIM, min_size=1, max_size=3), st.lists(_VERDICT, max_size=1))


def one_evidence(number: int) -> st.SearchStrategy[Evidence]:
    """Return one event of any kind that bears on control, with claims and verdicts."""
    return _PARTS.map(lambda parts: _assemble(number, *parts))


def bodies(most: int = 6) -> st.SearchStrategy[list[Evidence]]:
    """Return a body of evidence on the town."""
    return st.lists(_PARTS, max_size=most).map(
        lambda several: [_assemble(number, *parts) for number, parts in enumerate(several)]
    )


def verdicts() -> st.SearchStrategy[tuple[Mark, ...]]:
    """Return a few verdicts of analysts."""
    return st.lists(_VERDICT, max_size=2).map(_verdicts)


def _verdicts(marked: list[tuple[MarkKind, int, bool]]) -> tuple[Mark, ...]:
    return tuple(verdict(kind, at, on=on, id_=f"m{place}") for place, (kind, at, on) in enumerate(marked))


def _assemble(
    number: int,
    of: tuple[str, int, str | None, str | None, Precision],
    said: list[tuple[str, Stance, int, int, int | None]],
    marked: list[tuple[MarkKind, int, bool]],
) -> Evidence:
    kind, at, actor, against, precision = of
    return Evidence(
        event(kind, at, actor, against, precision=precision, id_=f"e{number}"),
        tuple(
            claim(source, stance, reported_at, credibility, id_=f"c{place}", dated=dated)
            for place, (source, stance, reported_at, credibility, dated) in enumerate(said)
        ),
        _verdicts(marked),
    )
