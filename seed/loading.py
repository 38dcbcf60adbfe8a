"""Loading a situation's folder into a store; loading it again writes only what has changed."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from model.entities import Claim, Deed, Situation
from model.errors import InputRefused
from model.rows import nearest_hint
from seed.folder import Contents, read
from seed.heading import FILE, read_situation
from store.base import GOOD_DRAFT, Draft, Progress, Store

_BATCH = GOOD_DRAFT
"""Events written in one transaction, with all their claims."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many facts (places, names, events, claims, ...) loading a situation wrote."""

    situation: Situation
    new: int
    updated: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Shipped:
    """A situation that comes with sitmon."""

    situation: Situation
    folder: Path


def shipped() -> tuple[Shipped, ...]:
    """Return the situations that come with sitmon, ordered by id."""
    folders = (path.parent for path in Path(__file__).parent.glob(f"*/{FILE}"))
    found = (Shipped(read_situation(folder, []), folder) for folder in folders)
    return tuple(sorted(found, key=lambda one: one.situation.id))


async def load(store: Store, folder: Path, *, progress: Progress | None = None) -> Loaded:
    """Write a situation's folder into the store, in one changeset or, if it is large, one batch of them.

    Args:
        store: to write to; the situation is created if it is new.
        folder: in which `check` finds nothing wrong.
        progress: called with (events written, events in all).

    Raises:
        FolderRefused: something is wrong with the folder; nothing was written.
        StoreError: the store cannot be written; what was written stays, and loading again completes it.
    """
    contents = read(folder)
    situation = contents.catalog.situation
    await store.put_situation(situation)
    new = updated = unchanged = done = 0
    batch: str | None = None
    for draft in _drafts(contents):
        written = await store.write(situation.id, draft._replace(batch=batch))
        new += written.new
        updated += written.updated
        unchanged += written.unchanged
        if batch is None and written.changeset is not None:
            batch = written.changeset.id
        done += len(draft.events)
        if progress:
            progress(done, len(contents.events))
    return Loaded(situation, new, updated, unchanged)


async def load_shipped(store: Store, name: str) -> Loaded:
    """Write a situation that comes with sitmon into the store.

    Args:
        store: as for `load`.
        name: the situation's id, or its folder's name.

    Raises:
        InputRefused: there is none of that name.
    """
    return await load(store, folder_of(name))


def folder_of(name: str) -> Path:
    """Return the folder of the shipped situation with this id or folder name.

    Raises:
        InputRefused: there is none of that name.
    """
    known = shipped()
    for one in known:
        if name in (one.situation.id, one.folder.name):
            return one.folder
    ids = [one.situation.id for one in known]
    raise InputRefused(
        f"no situation that comes with sitmon is called {name!r}{nearest_hint(name, ids, what='there are')}"
    )


def _drafts(contents: Contents) -> Iterator[Draft]:
    """Yield the catalog with the first events, then the other events."""
    catalog = contents.catalog
    claims: defaultdict[str, list[Claim]] = defaultdict(list)
    for claim in contents.claims:
        claims[claim.event].append(claim)
    head = Draft(
        reason=f"load situation {catalog.situation.id}",
        places=tuple(catalog.places.values()),
        routes=tuple(catalog.routes.values()),
        actors=tuple(catalog.actors.values()),
        sources=tuple(catalog.sources.values()),
        tallies=tuple(catalog.tallies.values()),
        tally_claims=contents.tally_claims,
        deed=Deed.LOAD,
    )
    for begin in range(0, max(1, len(contents.events)), _BATCH):
        events = contents.events[begin : begin + _BATCH]
        own = tuple(claim for event in events for claim in claims[event.id])
        yield (head if begin == 0 else Draft(head.reason, deed=head.deed))._replace(events=events, claims=own)
