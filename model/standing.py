"""The weighing rule: what an event is worth at a known-at, from its claims and its analysts' verdicts.

**What counts.** Claims reported, and verdicts recorded, by the known-at; nothing else exists yet.

**Each source's last word.** A source's claims on the event are read in order of reporting (then of id) and the last
one is what it says: `asserts`, `confirms` and `corrects` stand for the event, `denies` against it, and `retracts`
takes back whatever it said, so that the event is weighed as if that source had never spoken.

**Independent sources.** A source that copies another is one source with it, and with all that copy the same one. Of
each such group the best grade for and the best grade against count; a group whose members disagree counts on both
sides. A source speaks for the actor it is the voice of, or else for the actor of the source it copies.

**Grade.** The source's reliability when it reported, with the claim's credibility: B2. Grades are compared by weight
(`model/grades.py`), so that A3, B2 and C1 are equally good; of equally good ones the more reliable source is shown.

**Sides.** The side that gains by the event being true is its actor, the side that loses the one it was done to
(`against`). It is the other way round where the actor gives something up: it withdraws, leaves, or offers to surrender
or to share power. A part of a side (an army, a ministry) counts as that side.

**Standing**, the first of these that fits:

1. `verified`, `rejected`: an analyst's verdict says so; a duplicate is rejected. The latest verdict is in force, unless
   it was taken away. `unverifiable` changes nothing.
2. `retracted`: no source stands for it or against it. `denied`: none stands for it, and some against.
3. `disputed`, by an analyst's verdict.
4. `denied`: the best denial is of a better grade than the best support, and at least as many independent sources deny
   it as support it, and the losing side does not concede it.
5. `disputed`: the best denial is as good as the best support; where the losing side concedes, only if it is better.
   A denial of lower grade is counted and shown, and changes nothing.
6. `disputed`, for its date: another day than the event's is given by a supporting source graded at least as well as the
   best that keeps the date, or by two independent ones.
7. `confirmed`: the losing side concedes it, or two independent sources that are not the gaining side say so.
8. `claimed`: only the gaining side says so. Otherwise `reported`.
"""

from collections.abc import Iterable
from typing import NamedTuple

from model.catalog import Catalog
from model.entities import VERDICTS, Claim, Event, Mark, MarkKind, Stance, Standing, Weight
from model.grades import CREDIBILITIES, RELIABILITIES, Grade
from model.kinds import KINDS, Effect
from model.times import FOREVER, day_of, end_of

_GIVES_UP = frozenset(kind.code for kind in KINDS.values() if kind.effect is Effect.LEAVES) | {
    "departure",
    "surrender-offer",
    "power-sharing-offer",
}
"""Kinds in which it is the actor that loses by the event being true."""

# Grades as integers in the order in which the rule prefers them: by weight, then by the source's reliability.
_GRADES = sorted(
    (Grade(letter, number) for letter in RELIABILITIES for number in CREDIBILITIES),
    key=lambda grade: (grade.weight, -RELIABILITIES.index(grade.reliability)),
)
_RANKS = {(grade.reliability, grade.credibility): rank for rank, grade in enumerate(_GRADES)}
_WEIGHTS = [grade.weight for grade in _GRADES]
_NO_GRADE = -1
_WEIGHTS.append(0)  # of _NO_GRADE, its last entry: less than any grade's


class Evidence(NamedTuple):
    """One event with all its claims and all its verdicts, also the removed ones; without anything undone."""

    event: Event
    claims: tuple[Claim, ...]
    verdicts: tuple[Mark, ...] = ()


def weigh(evidence: Evidence, catalog: Catalog, known_at: int = FOREVER) -> Weight:
    """Weigh an event by what was said about it by the known-at; the module's docstring is the rule."""
    if len(evidence.claims) == 1 and not evidence.verdicts:
        weight = _weigh_single(evidence.event, evidence.claims[0], catalog, known_at)
        if weight is not None:
            return weight
    return weigh_all(evidence, catalog, known_at)


def weigh_all(evidence: Evidence, catalog: Catalog, known_at: int = FOREVER) -> Weight:
    """Weigh an event as `weigh` does, without its shortcut for the single claim that most events have."""
    last_words, first_reported_at = _last_words(evidence.claims, known_at)
    sides = _sort(evidence.event, last_words, catalog)
    support, denials, ranks = sides.support, sides.denials, sides.ranks
    best = max(support.values(), default=_NO_GRADE)
    best_denial = max(denials.values(), default=_NO_GRADE)
    margin = _WEIGHTS[best_denial] - _WEIGHTS[best]
    denied = bool(denials) and (margin > 0 or (margin == 0 and not sides.conceded))
    date_disputed = sides.redated and _is_date_disputed(evidence.event, last_words.values(), ranks, catalog)
    if not support:
        standing = Standing.DENIED if denials else Standing.RETRACTED
    elif margin > 0 and len(denials) >= len(support) and not sides.conceded:
        standing = Standing.DENIED
    elif denied or date_disputed:
        standing = Standing.DISPUTED
    else:
        standing = _undisputed(len(sides.outside), conceded=sides.conceded)
    if evidence.verdicts:
        standing = _judged(standing, verdict_in_force(evidence.verdicts, known_at), supported=bool(support))
    return Weight(
        standing,
        n_for=len(support),
        n_against=len(denials),
        grade=_GRADES[best] if support else None,
        grade_against=_GRADES[best_denial] if denials else None,
        denied=denied,
        date_disputed=date_disputed,
        only_claimed=bool(support) and not sides.outside,
        first_reported_at=first_reported_at,
        source_ids=tuple(sorted(ranks, key=lambda id_: (-ranks[id_], id_))),
    )


def verdict_in_force(marks: Iterable[Mark], known_at: int = FOREVER) -> Mark | None:
    """Return the verdict in force at the known-at: the latest one, unless it was removed again.

    Marks that are not verdicts are ignored. Removing a verdict does not bring an earlier one back.
    """
    verdict: Mark | None = None
    for mark in sorted(marks, key=lambda mark: (mark.recorded_at, mark.id)):
        if mark.kind not in VERDICTS or mark.recorded_at > known_at:
            continue
        if mark.on:
            verdict = mark
        elif verdict is not None and verdict.kind is mark.kind:
            verdict = None
    return verdict


def _weigh_single(event: Event, claim: Claim, catalog: Catalog, known_at: int) -> Weight | None:
    """Weigh the event of one claim that plainly supports it; None where the claim is anything else."""
    source = catalog.sources.get(claim.source)
    if (
        source is None
        or source.copies is not None
        or claim.reported_at > known_at
        or claim.occurred_at is not None
        or claim.stance is Stance.DENIES
        or claim.stance is Stance.RETRACTS
    ):
        return None
    gains, loses = _stake(source.speaks_for, event, catalog) if source.speaks_for else (False, False)
    return Weight(
        _undisputed(0 if gains else 1, conceded=loses),
        1,
        0,
        _GRADES[_RANKS[source.reliability_at(claim.reported_at), claim.credibility]],
        only_claimed=gains,
        first_reported_at=claim.reported_at,
        source_ids=(claim.source,),
    )


def _last_words(claims: Iterable[Claim], known_at: int) -> tuple[dict[str, Claim], int]:
    """Return each source's last claim by the known-at, and the instant of the first claim of all."""
    last: dict[str, Claim] = {}
    first_reported_at = FOREVER
    for claim in claims:
        if claim.reported_at > known_at:
            continue
        first_reported_at = min(first_reported_at, claim.reported_at)
        earlier = last.get(claim.source)
        if earlier is None or (claim.reported_at, claim.id) > (earlier.reported_at, earlier.id):
            last[claim.source] = claim
    return last, first_reported_at


class _Sides:
    """The sources for and against an event; grades are indices of `_GRADES`."""

    __slots__ = ("conceded", "denials", "outside", "ranks", "redated", "support")

    def __init__(self) -> None:
        self.ranks: dict[str, int] = {}
        """Grade of each source's last word."""
        self.support: dict[str, int] = {}
        """Best grade of each independent source for it."""
        self.denials: dict[str, int] = {}
        """Best grade of each independent source against it."""
        self.outside: set[str] = set()
        """Independent sources for it that are not the gaining side."""
        self.conceded = False
        """Whether the losing side says so too."""
        self.redated = False
        """Whether a source for it gives a date of its own."""


def _sort(event: Event, last_words: dict[str, Claim], catalog: Catalog) -> _Sides:
    sides = _Sides()
    for source_id, claim in last_words.items():
        source = catalog.sources.get(source_id)
        rank = _RANKS[source.reliability_at(claim.reported_at) if source else "F", claim.credibility]
        sides.ranks[source_id] = rank
        if claim.stance is Stance.RETRACTS:
            continue
        root, voice = source_id, source.speaks_for if source else None
        if source and source.copies is not None:
            root, voice = _origin(source_id, catalog)
        side = sides.denials if claim.stance is Stance.DENIES else sides.support
        side[root] = max(rank, side.get(root, rank))
        if claim.stance is Stance.DENIES:
            continue
        gains, loses = _stake(voice, event, catalog) if voice else (False, False)
        if not gains:
            sides.outside.add(root)
        sides.conceded |= loses
        sides.redated |= claim.occurred_at is not None
    return sides


def _undisputed(outside: int, *, conceded: bool) -> Standing:
    """Return the standing of an undisputed event, given how many independent sources are not the gaining side."""
    if conceded or outside > 1:
        return Standing.CONFIRMED
    return Standing.REPORTED if outside else Standing.CLAIMED


def _judged(standing: Standing, verdict: Mark | None, *, supported: bool) -> Standing:
    """Return the standing after an analyst's verdict."""
    if verdict is None:
        return standing
    if verdict.kind is MarkKind.VERIFIED:
        return Standing.VERIFIED
    if verdict.kind in (MarkKind.REJECTED, MarkKind.DUPLICATE):
        return Standing.REJECTED
    if verdict.kind is MarkKind.DISPUTED and supported:
        return Standing.DISPUTED
    return standing


def _origin(source_id: str, catalog: Catalog) -> tuple[str, str | None]:
    """Return the source that was copied from originally, and the actor that it all speaks for."""
    voice: str | None = None
    path: list[str] = []
    following: str | None = source_id
    while following is not None:
        if following in path:  # they copy each other: the first by id represents them all
            return min(path[path.index(following) :]), voice
        path.append(following)
        source = catalog.sources.get(following)
        voice = voice or (source.speaks_for if source else None)
        following = source.copies if source else None
    return path[-1], voice


def _stake(voice: str, event: Event, catalog: Catalog) -> tuple[bool, bool]:
    """Say whether the actor is of the side that gains by the event, and whether it is of the side that loses."""
    side = catalog.side_of(voice, event.occurred_at)
    gaining, losing = event.actor, event.against
    if event.kind in _GIVES_UP:
        gaining, losing = losing, gaining
    if side == catalog.side_of(gaining, event.occurred_at):
        return True, False
    return False, side == catalog.side_of(losing, event.occurred_at)


def _is_date_disputed(event: Event, claims: Iterable[Claim], ranks: dict[str, int], catalog: Catalog) -> bool:
    zone = catalog.situation.zone
    first_day = day_of(event.occurred_at, zone)
    last_day = day_of(end_of(event.occurred_at, event.precision, zone), zone)
    kept, moved = _NO_GRADE, _NO_GRADE
    movers: set[str] = set()
    for claim in claims:
        if claim.stance in (Stance.DENIES, Stance.RETRACTS):
            continue
        at = event.occurred_at if claim.occurred_at is None else claim.occurred_at
        end = end_of(at, claim.occurred_precision or event.precision, zone)
        if day_of(end, zone) < first_day or day_of(at, zone) > last_day:
            moved = max(moved, ranks[claim.source])
            movers.add(_origin(claim.source, catalog)[0])
        else:
            kept = max(kept, ranks[claim.source])
    return bool(movers) and (len(movers) > 1 or _WEIGHTS[moved] >= _WEIGHTS[kept])
