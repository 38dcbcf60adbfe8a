"""Writing data sets into a store: each row once, however often it is imported; newer editions supersede older ones.

**Editions.** An event's id follows from the data set's own id for it and a number that counts how often its facts
(kind, place, sides, time) have changed. A row whose facts are those of the newest number is the same event: what it
says otherwise, its text or its credibility, is a further claim that `corrects`. A row whose facts differ becomes the
next number's event, and the data set's own sources take back (`retracts`) what they said of the one before. A row
that was deleted is taken back in the same way. So nothing is overwritten, and with the clock known-at set back the
former edition counts again.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from ingest.importers.absent import Whole
from ingest.importers.editions import GONE, claim_id, event_id, facts_of, last_words, retractions, said_by
from ingest.importers.names import Names
from ingest.importers.records import Ends, Entry, Format, Item, Passed, Record, Still, Withdrawn
from ingest.native import SAMPLE
from model.catalog import Catalog
from model.entities import Actor, Claim, Event, Place, Source, Stance
from model.errors import StoreError
from model.ids import new_id, short_id
from model.rows import Refused
from store.base import GOOD_DRAFT, Draft, Store

BATCH = GOOD_DRAFT
"""Rows written in one transaction."""

_TURN_EVERY = 500
"""Rows after which the event loop gets a turn."""

_Kept = Record | Withdrawn | Entry | Ends | Still


class ImportCounts(NamedTuple):
    """Counts of the rows so far; `made` are places, actors and sources."""

    read: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    passed: int = 0
    """Rows that give no event of their own: they continue an earlier row, or are of no interest."""
    refused: int = 0
    made: int = 0
    changeset: str | None = None
    """The first one written: what undoes the whole import. None where nothing was."""
    sample: tuple[Event, ...] = ()
    """The first events that are new, or would be."""
    places: tuple[Place, ...] = ()
    """The first places of a gazetteer that are new or filled in, or would be."""
    taken_as: tuple[str, ...] = ()
    """What rows say that was imported as less than that -> how many do."""


class LoadStopped(StoreError):
    """Raised when the store fails during an import: the batches before are kept, and importing again completes it."""

    def __init__(self, error: StoreError, counts: ImportCounts) -> None:
        self.counts = counts
        """What is written, and how many rows were read until then."""
        cause = str(error).replace("nothing was written", "the rows since the last batch are not written")
        super().__init__(cause)


@dataclass(slots=True)
class _Known:
    """What the store has of one of a data set's events."""

    number: int = 0
    """The first number that no event has had."""
    event: Event | None = None
    """The newest one; None where there is none that counts."""
    claims: list[Claim] = field(default_factory=list)
    """Those on it, in order of arrival."""


async def load_items(
    store: Store,
    catalog: Catalog,
    names: Names,
    items: Iterator[Item],
    form: Format,
    *,
    reason: str,
    seen_at: int,
    dry_run: bool = False,
    whole: Whole | None = None,
    on_refused: Callable[[Refused], None] | None = None,
    progress: Callable[[int], None] | None = None,
) -> ImportCounts:
    """Write the items of a data set, in memory that does not grow with their number.

    Cancelling the task loses nothing that is written; the same file again completes it, and adds nothing twice.

    Args:
        store: where they are written.
        catalog: the situation's, as the store has it now.
        names: what the items' names were looked up with.
        items: of one file.
        form: whose they are.
        reason: what the changesets say.
        seen_at: when what the file changes became known, where its rows do not say.
        dry_run: writes nothing, and remembers what it would have written until it ends.
        whole: learns what the file covers; remembers every event's id.
        on_refused: is called with each refused row, in order.
        progress: is called with how many rows are read.

    Raises:
        InputRefused: the file as a whole is not of this format; nothing was written.
        LoadStopped: a batch could not be written, or the store not be read; the batches before are written.
    """
    work = _Load(store, catalog, names, form=form, reason=reason, seen_at=seen_at, dry_run=dry_run, whole=whole)
    batch: list[_Kept] = []
    refused = passed = still = 0
    try:
        for done, item in enumerate(items, 1):
            if isinstance(item, Refused):
                refused += 1
                if on_refused:
                    on_refused(item)
            elif isinstance(item, Passed):
                passed += item.rows
            else:
                still += isinstance(item, Still)
                batch.append(item)
            if len(batch) >= BATCH:
                await work.take(batch)
                batch = []
            if done % _TURN_EVERY == 0:
                if progress:
                    progress(item.row)
                await asyncio.sleep(0)
        await work.take(batch)
    except StoreError as error:
        raise LoadStopped(error, work.counts(refused, passed)) from error
    if whole is not None:
        whole.unread += refused - still
    return work.counts(refused, passed)


class _Load:
    """What became of the batches, and how the next one is written."""

    def __init__(
        self,
        store: Store,
        catalog: Catalog,
        names: Names,
        *,
        form: Format,
        reason: str,
        seen_at: int,
        dry_run: bool,
        whole: Whole | None,
    ) -> None:
        self._store = store
        self._catalog = catalog
        self._names = names
        self._reason = reason
        self._seen_at = seen_at
        self._dry_run = dry_run
        self._whole = whole
        self._own = {source.id for source in form.sources}
        self._sources = [source for source in form.sources if source.id not in catalog.sources]
        self._places = dict(catalog.places)
        self._would_be: dict[tuple[str, ...], _Known] = {}
        self._events: list[Event] = []
        self._claims: list[Claim] = []
        self._new = self._updated = self._unchanged = self._made = 0
        self._beyond = 0
        """Events taken back of which no row speaks any more."""
        self._first: str | None = None
        self._sample: list[Event] = []
        self._entered: list[Place] = []

    def counts(self, refused: int, passed: int) -> ImportCounts:
        """Return what became of the whole file."""
        return ImportCounts(
            self._new + self._updated - self._beyond + self._unchanged + passed + refused,
            self._new,
            self._updated,
            self._unchanged,
            passed,
            refused,
            self._made,
            self._first,
            tuple(self._sample),
            tuple(self._entered),
        )

    async def take(self, batch: list[_Kept]) -> None:
        """Write a batch, or find out what writing it would do."""
        made = self._names.made()
        entries: dict[str, Place] = {}
        known = await self._look_up([item.key for item in batch if isinstance(item, Record | Withdrawn | Still)])
        new, updated, unchanged = self._new, self._updated, self._unchanged
        for item in batch:
            if isinstance(item, Entry):
                self._enter(item.place, entries)
            elif isinstance(item, Withdrawn):
                self._withdraw(item, known[item.key])
            elif isinstance(item, Record):
                self._record(item, known[item.key])
        await self._end([item for item in batch if isinstance(item, Ends)])
        if self._whole is not None:
            self._cover(self._whole, batch, known)
        named = {claim.source for claim in self._claims}
        named |= {source.copies for source in self._sources if source.id in named and source.copies}
        sources = [source for source in self._sources if source.id in named]
        self._sources = [source for source in self._sources if source.id not in named]
        sources += [one for one in made if isinstance(one, Source)]
        draft = Draft(
            self._reason,
            places=(*(one for one in made if isinstance(one, Place)), *entries.values()),
            actors=tuple(one for one in made if isinstance(one, Actor)),
            sources=tuple(sources),
            events=tuple(self._events),
            claims=tuple(self._claims),
            batch=self._first,
        )
        self._events, self._claims = [], []
        self._made += len(draft.places) - len(entries) + len(draft.actors) + len(draft.sources)
        if self._dry_run:
            self._would_be |= known
            return
        try:
            written = await self._store.write(self._catalog.situation.id, draft)
        except BaseException:
            self._new, self._updated, self._unchanged = new, updated, unchanged
            raise
        if self._first is None and written.changeset is not None:
            self._first = written.changeset.id

    def _cover(self, whole: Whole, batch: list[_Kept], known: dict[tuple[str, ...], _Known]) -> None:
        situation, places = self._catalog.situation.id, self._names.grown().places
        for item in batch:
            if isinstance(item, Record):
                whole.take(item, places)
            if isinstance(item, Record | Still):
                whole.ids.update(event_id(situation, item.key, number) for number in range(known[item.key].number))

    async def _look_up(self, keys: list[tuple[str, ...]]) -> dict[tuple[str, ...], _Known]:
        """Return what there is of each key: its first number, then of those that have it the next, and so on."""
        situation = self._catalog.situation.id
        known = {key: self._would_be.get(key) or _Known() for key in keys}
        asked = {event_id(situation, key, one.number): key for key, one in known.items()}
        while asked:
            further: dict[str, tuple[str, ...]] = {}
            for id_, evidence in (await self._store.evidence(situation, asked)).items():
                one = known[asked[id_]]
                one.number += 1
                if evidence is not None:
                    one.event, one.claims = evidence.event, list(evidence.claims)
                further[event_id(situation, asked[id_], one.number)] = asked[id_]
            asked = further
        return known

    async def _end(self, series: list[Ends]) -> None:
        """Take back what the store has beyond the end of each series."""
        while series:
            keys = {(*one.key, str(one.number)): one for one in series}
            series = []
            for key, known in (await self._look_up(list(keys))).items():
                one = keys[key]
                if known.event is not None and known.event.occurred_at <= one.until:
                    counted = self._updated, self._unchanged
                    self._withdraw(Withdrawn(one.row, key), known)
                    self._beyond += self._updated - counted[0]
                    self._unchanged = counted[1]
                    series.append(one._replace(number=one.number + 1))

    def _enter(self, place: Place, entries: dict[str, Place]) -> None:
        present = self._places.get(place.id)
        if present == place:
            self._unchanged += 1
            return
        if present is None:
            self._new += 1
        else:
            self._updated += 1
        self._places[place.id] = entries[place.id] = place
        if len(self._entered) < SAMPLE:
            self._entered.append(place)

    def _withdraw(self, item: Withdrawn, known: _Known) -> None:
        last = last_words(known.claims)
        if known.event is None or all(one.stance is Stance.RETRACTS for one in last.values()):
            self._unchanged += 1
            return
        sources = self._own if item.source is None else {item.source}
        self._retract(known, sources, self._seen_at if item.at is None else item.at, f"deleted: {item.key[-1]}")
        self._updated += 1

    def _record(self, item: Record, known: _Known) -> None:
        if known.event is None:
            self._write(item, known, item.claims)
            self._new += 1
            if len(self._sample) < SAMPLE:
                self._sample.append(item.event)
            return
        last = last_words(known.claims)
        if item.stamped and any(
            claim.source in last and self._is_older(claim, last[claim.source]) for claim in item.claims
        ):
            self._unchanged += 1
            return
        if facts_of(known.event) != facts_of(item.event):
            before = known.event
            at = item.claims[0].reported_at if item.stamped else self._seen_at
            claims = item.claims
            if not item.stamped:
                # What the row says now was not known when it first said something else.
                claims = tuple(one._replace(reported_at=max(one.reported_at, at)) for one in claims)
            following = event_id(self._catalog.situation.id, item.key, known.number)
            note = f"a newer edition of {item.key[-1]} differs: {short_id(following)}"
            self._retract(known, self._own | {claim.source for claim in claims}, at, note)
            self._write(item, known, claims)
            assert known.event != before
            self._updated += 1
            return
        added = self._corrections(item, last)
        for claim in added:
            self._say(known, claim._replace(id=new_id()))
        if added:
            self._updated += 1
        else:
            self._unchanged += 1

    def _is_older(self, claim: Claim, last: Claim) -> bool:
        """Say whether a row is of an older edition than the one that is there."""
        if self._whole is not None and last.attribution == GONE and self._seen_at > last.reported_at:
            return False  # a newer release has it again, which leaves the row's own time as it was
        return claim.reported_at < last.reported_at

    def _corrections(self, item: Record, last: dict[str, Claim]) -> list[Claim]:
        """Return what the row says that is not what its sources said last."""
        added: list[Claim] = []
        for source in dict.fromkeys(claim.source for claim in item.claims):
            own = [claim for claim in item.claims if claim.source == source]
            before = last.get(source)
            if before is None:
                added += own
            elif said_by(own[-1]) != said_by(before):
                later = [claim for claim in own if claim.reported_at > before.reported_at]
                again = own[-1]._replace(reported_at=max(self._seen_at, before.reported_at + 1))
                new = later or [again]
                if before.stance is not Stance.RETRACTS:
                    new = [one._replace(stance=Stance.CORRECTS) if one.stance is Stance.ASSERTS else one for one in new]
                added += new
        return added

    def _write(self, item: Record, known: _Known, claims: tuple[Claim, ...]) -> None:
        event = item.event._replace(id=event_id(self._catalog.situation.id, item.key, known.number))
        known.event, known.claims = event, []
        known.number += 1
        self._events.append(event)
        for number, claim in enumerate(claims):
            self._say(known, claim._replace(id=claim_id(event.id, claim, number)))

    def _retract(self, known: _Known, sources: set[str], at: int, note: str) -> None:
        assert known.event is not None
        made = retractions(known.event.id, known.claims, sources, at, note)
        known.claims += made
        self._claims += made

    def _say(self, known: _Known, claim: Claim) -> None:
        assert known.event is not None
        said = claim._replace(event=known.event.id)
        known.claims.append(said)
        self._claims.append(said)
