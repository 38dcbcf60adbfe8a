"""A seeded, made-up situation of any size: the same seed and size give the same facts, byte for byte.

2,000 places, 300 actors of 6 sides and 200 sources, events Zipf-like over places, a year long and in time order, each
with one claim. Three planted words have known frequencies: `zephyrion` 1 in 100,000, `sinkhole` 1 in 1,000, `convoy`
about 1 in 12.
"""

import itertools
import random
from collections.abc import Iterator

from model.catalog import Catalog
from model.entities import Actor, Claim, Event, Place, Relation, Reliability, Situation, Source, Stance, Tally
from model.ids import derived_id
from model.times import DAY, MINUTE, Precision
from store.base import Draft

PLACES, ACTORS, SIDES, SOURCES = 2_000, 300, 6, 200
BEGINS = 1_700_000_000_000_000
LASTS = 365 * DAY
SITUATION = "bench"

_KINDS = (
    ("clash", 18),
    ("shelling", 16),
    ("air-strike", 12),
    ("capture", 5),
    ("withdrawal", 3),
    ("entered", 3),
    ("partial-capture", 3),
    ("attempt", 4),
    ("still-held", 4),
    ("siege", 1),
    ("attack", 8),
    ("abduction", 3),
    ("peaceful-protest", 6),
    ("agreement", 1),
    ("arrest", 5),
    ("looting", 3),
    ("other", 5),
)
_HEADS = (
    "Kar",
    "Vel",
    "Dor",
    "Mas",
    "Tir",
    "Olo",
    "Ban",
    "Ser",
    "Lun",
    "Gor",
    "Hes",
    "Mir",
    "Ral",
    "Pol",
    "Zan",
    "Ard",
)
_MIDDLES = ("a", "o", "i", "u", "e", "ana", "ovi", "eki", "ura", "ilo", "esta", "anto", "iru")
_TAILS = ("grad", "ville", "burg", "mouth", "ford", "holm", "port", "stan", "field", "gate")
_WHO = ("Local officials", "Two residents", "A stringer", "The district council", "Border guards", "An aid group")
_DID = ("reported", "described", "filmed", "logged", "relayed", "observed")
_WHAT = ("a column", "a convoy", "a checkpoint", "a depot", "a crowd", "a battery", "a bridge", "a patrol", "a relay",
         "a fuel truck", "a power line", "a pontoon")  # fmt: skip
_WHERE = ("near the north bridge", "on the ring road", "by the old mill", "at the east gate", "in the market quarter",
          "south of the airfield", "along the river", "outside the station")  # fmt: skip
_THEN = ("no casualties were given", "numbers could not be checked", "the road stayed closed until dusk",
         "footage is being placed", "shops reopened within the hour", "traffic was turned back")  # fmt: skip


def catalog() -> Catalog:
    """Return the made-up places, actors, sources and the tally."""
    chooser = random.Random(7)
    names = ["".join(parts) for parts in itertools.product(_HEADS, _MIDDLES, _TAILS)]
    places = [
        Place(
            id=f"p{number}",
            name=names[number],
            kind="town" if number >= PLACES // 50 else "provincial-capital",
            longitude=round(chooser.uniform(60, 75), 4),
            latitude=round(chooser.uniform(29, 38), 4),
        )
        for number in range(PLACES)
    ]
    sides = [Actor(id=f"side{number}", name=f"{_HEADS[number]}ian Side") for number in range(SIDES)]
    units = [
        Actor(id=f"a{number}", name=f"{number}th Brigade", relations=(Relation("part-of", f"side{number % SIDES}"),))
        for number in range(SIDES, ACTORS)
    ]
    sources = [
        Source(id=f"s{number}", name=f"Source {number}", reliability=(Reliability("ABCDEF"[number % 6]),))
        for number in range(SOURCES)
    ]
    tally = Tally("capitals", "capitals held", "side0", tuple(place.id for place in places[: PLACES // 50]))
    return Catalog(
        Situation(SITUATION, "Benchmark", "UTC"),
        places={place.id: place for place in places},
        actors={actor.id: actor for actor in (*sides, *units)},
        sources={source.id: source for source in sources},
        tallies={tally.id: tally},
    )


def drafts(size: int, *, rows: int, seed: int = 7) -> Iterator[Draft]:
    """Yield `size` events with a claim each, in drafts of `rows` events."""
    chooser = random.Random(seed)
    step = LASTS // size
    made = 0
    while made < size:
        count = min(rows, size - made)
        pairs = [_pair(chooser, BEGINS + (made + offset) * step, made + offset) for offset in range(count)]
        made += count
        yield Draft(
            reason="benchmark", events=tuple(event for event, _ in pairs), claims=tuple(claim for _, claim in pairs)
        )


_PLACE_WEIGHTS = list(itertools.accumulate(1 / (rank + 1) ** 0.8 for rank in range(PLACES)))
_SOURCE_WEIGHTS = list(itertools.accumulate(1 / (rank + 1) ** 0.9 for rank in range(SOURCES)))
_KIND_WEIGHTS = list(itertools.accumulate(weight for _, weight in _KINDS))
_PLACE_IDS = [f"p{number}" for number in random.Random(7).sample(range(PLACES), PLACES)]
_SOURCE_IDS = [f"s{number}" for number in range(SOURCES)]
_KIND_CODES = [code for code, _ in _KINDS]


def _pair(chooser: random.Random, at: int, number: int) -> tuple[Event, Claim]:
    drawn = chooser.randrange(100_000)
    planted = " zephyrion" if drawn == 7 else " sinkhole" if drawn < 100 else ""
    side = drawn % SIDES
    summary = (
        f"{_WHO[drawn % 6]} {_DID[drawn // 6 % 6]} {_WHAT[drawn // 36 % 12]}{planted} {_WHERE[drawn // 432 % 8]} "
        f"around {drawn % 24:02d}:{drawn % 60:02d}, unit {drawn % 997}; {_THEN[drawn // 3456 % 6]}"
    )
    event = Event(
        id=derived_id(at, "bench", str(number)),
        kind=chooser.choices(_KIND_CODES, cum_weights=_KIND_WEIGHTS)[0],
        occurred_at=at,
        precision=Precision.MINUTE,
        summary=summary,
        place=chooser.choices(_PLACE_IDS, cum_weights=_PLACE_WEIGHTS)[0],
        actor=f"side{side}" if drawn % 3 else f"a{SIDES + drawn % (ACTORS - SIDES)}",
        against=f"side{(side + 1 + drawn % (SIDES - 1)) % SIDES}",
    )
    claim = Claim(
        id=derived_id(at, "bench claim", str(number)),
        event=event.id,
        source=chooser.choices(_SOURCE_IDS, cum_weights=_SOURCE_WEIGHTS)[0],
        stance=Stance.ASSERTS,
        reported_at=at + 10 * MINUTE,
        credibility=1 + drawn % 6,
    )
    return event, claim
