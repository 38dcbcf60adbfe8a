"""What a data set's newest release no longer has.

A release that leaves a row out withdraws it silently. Only a file that is the whole of its data set tells of that, and
only of what it covers: the days between its first and its last, the kinds that it has, and the areas (provinces, or
places that are in none) that it names. An event without a place is covered where the file names its actor. An event
that may reach beyond those days is left, and so is one whose row is newer than the file.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ingest.importers.editions import GONE, is_imported, last_words, retractions
from ingest.importers.records import Record
from ingest.native import SAMPLE
from model.catalog import Catalog
from model.entities import Claim, Event, Place, Standing
from model.filters.conditions import AllOf, KindIn, Occurred, SourceIn
from model.query import EventQuery
from model.text import fold
from model.times import Precision, end_of
from store.base import GOOD_DRAFT, Draft, Progress, Store

MOST = 5
"""At most one in so many events may be gone; a release that drops more of them is probably not the whole."""

FEW = 2
"""Events that may be gone however few there are."""

_PAGE = 500
_WIDE = frozenset({Precision.WEEK, Precision.MONTH})


@dataclass(slots=True)
class Whole:
    """What files cover that together are a whole data set, as far as they have been read."""

    ids: set[str] = field(default_factory=set)
    """Of the events that they have, in every edition that the store has of them."""
    sources: set[str] = field(default_factory=set)
    """In whose names their rows speak."""
    kinds: set[str] = field(default_factory=set)
    areas: set[str] = field(default_factory=set)
    first: int | None = None
    """When the first event of a day or less begins."""
    last: tuple[int, Precision] | None = None
    """When the last one does, and how long it may last."""
    newest: int | None = None
    """When the newest row was published, where rows say so."""
    unread: int = 0
    """Rows that cannot be matched to an event."""
    batch: str | None = None
    """The first changeset of the import that what is gone belongs to."""

    def take(self, item: Record, places: Mapping[str, Place]) -> None:
        """Add what a row covers."""
        event = item.event
        self.sources.update(claim.source for claim in item.claims)
        self.kinds.add(event.kind)
        self.areas |= {_area(event, places), _area(event._replace(place=None), places)}
        if event.precision not in _WIDE:
            self.first = event.occurred_at if self.first is None else min(self.first, event.occurred_at)
            last = event.occurred_at, event.precision
            self.last = last if self.last is None else max(self.last, last)
        if item.stamped:
            self.newest = max(self.newest or 0, *(claim.reported_at for claim in item.claims))


class Absent(NamedTuple):
    """The events of a data set that are gone."""

    claims: tuple[Claim, ...] = ()
    """That take it back."""
    events: int = 0
    covered: int = 0
    """Events of the data set that the files cover, those among them."""
    sample: tuple[Event, ...] = ()

    @property
    def is_too_much(self) -> bool:
        """Whether so many are gone that the files are probably not the whole data set."""
        return self.events > FEW and self.events * MOST > self.covered


async def find_absent(
    store: Store,
    catalog: Catalog,
    whole: Whole,
    *,
    seen_at: int,
    published: int | None = None,
    progress: Progress | None = None,
) -> Absent:
    """Return which events of a data set its newest release no longer has.

    Args:
        store: where they are.
        catalog: the situation's, with what the files made.
        whole: what the files cover.
        seen_at: when it becomes known that they are gone.
        published: when the files were published; None: when the newest row was, or else at `seen_at`.
        progress: is called with how many events are looked at, and of how many.
    """
    if whole.first is None or whole.last is None:
        return Absent()
    zone = catalog.situation.zone
    own = frozenset(whole.sources)
    end = end_of(*whole.last, zone)
    covered = AllOf((SourceIn(own), KindIn(frozenset(whole.kinds)), Occurred(whole.first, end + 1)))
    query = EventQuery(covered)
    known_by = published or whole.newest or seen_at
    total = (await store.count(catalog.situation.id, query, cap=None)).number
    claims: list[Claim] = []
    sample: list[Event] = []
    looked = counted = gone = 0
    cursor, more = None, total > 0
    while more:
        page = await store.page(catalog.situation.id, query, after=cursor, newer=True, limit=_PAGE)
        rows = page.rows
        more = page.more and bool(rows)
        cursor = rows[0].cursor if rows else None
        inside = [
            row.event.id
            for row in rows
            if row.weight.standing is not Standing.RETRACTED
            and _area(row.event, catalog.places) in whole.areas
            and end_of(row.event.occurred_at, row.event.precision, zone) <= end
        ]
        missing = [id_ for id_ in inside if id_ not in whole.ids]
        counted += len(inside) - len(missing)
        for id_, evidence in (await store.evidence(catalog.situation.id, missing)).items() if missing else ():
            if evidence is None or not is_imported(id_, evidence.claims, own):
                continue
            counted += 1
            if any(claim.reported_at > known_by for claim in _of(own, evidence.claims)):
                continue
            taken_back = retractions(id_, evidence.claims, own, seen_at, GONE)
            claims += taken_back
            gone += bool(taken_back)
            if taken_back and len(sample) < SAMPLE:
                sample.append(evidence.event)
        looked += len(rows)
        if progress:
            progress(looked, total)
    return Absent(tuple(claims), gone, counted, tuple(sample))


async def take_back(store: Store, situation: str, absent: Absent, *, reason: str, batch: str | None) -> None:
    """Write that events are gone, as a part of the import that found it out where it wrote anything."""
    for at in range(0, len(absent.claims), GOOD_DRAFT):
        draft = Draft(reason, claims=absent.claims[at : at + GOOD_DRAFT], batch=batch)
        written = await store.write(situation, draft)
        if batch is None and written.changeset is not None:
            batch = written.changeset.id


def _of(sources: frozenset[str], claims: Iterable[Claim]) -> Iterator[Claim]:
    return (claim for source, claim in last_words(tuple(claims)).items() if source in sources)


def _area(event: Event, places: Mapping[str, Place]) -> str:
    """Return the area of an event: its province, else its place, else that of its actor."""
    if event.place is None:
        return f"by {event.actor}"
    place = places.get(event.place)
    province = fold(place.admin1) if place is not None else ""
    return f"in {province}" if province else f"at {event.place}"
