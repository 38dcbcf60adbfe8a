"""What is exported: places and events as flat records, with the filter and both clocks of the view."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from model.catalog import Catalog, name_of
from model.entities import Claim, ControlState, Place, Stance
from model.native import COLUMNS, VIEW_COLUMNS, write_native
from model.query import Clocks, EventRow
from model.standing import Evidence
from model.times import SECOND, Precision, write_time

Value = str | int | float | bool | list[str] | None
Record = dict[str, Value]

PLACE_COLUMNS = (
    *("place_id", "name", "pcode", "kind", "status", "actor", "disputed", "n_for", "n_against", "since"),
    *("as_of", "known_at", "event_ids"),
)
EVENT_COLUMNS = (
    *("id", "kind", "place", "actor", "against", "occurred_at", "precision", "standing", "grade"),
    *("n_for", "n_against", "summary", "sources", "marks"),
)
CONTROL_COLUMNS = (
    *("place_id", "pcode", "geonameid", "status", "actor", "disputed", "n_for", "n_against", "best_grade", "since"),
    *("as_of", "known_at", "claim_ids", "filter"),
)
NATIVE_COLUMNS = (*COLUMNS, *VIEW_COLUMNS)


@dataclass(frozen=True, slots=True)
class View:
    """The situation, clocks and filter that places or events were read with; clocks are written to the second."""

    catalog: Catalog
    clocks: Clocks
    read_at: int
    """When it was read: the instant of a clock without a limit."""
    filter: str = ""
    """As it was typed; empty for everything."""

    @property
    def zone(self) -> str:
        """The zone in which times are written."""
        return self.catalog.situation.zone

    @property
    def as_of(self) -> str:
        """The as-of, as text."""
        return self._clock(self.clocks.as_of)

    @property
    def known_at(self) -> str:
        """The known-at, as text."""
        return self._clock(self.clocks.known_at)

    @property
    def head(self) -> Record:
        """The entries that describe the view in a whole file."""
        return {
            "situation": self.catalog.situation.id,
            "as_of": self.as_of,
            "known_at": self.known_at,
            "filter": self.filter,
        }

    def _clock(self, instant: int) -> str:
        instant = min(instant, self.read_at)
        return write_time(instant - instant % SECOND, Precision.MINUTE, self.zone)


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A place, who controls it, and the claims on the events that the state rests on."""

    place: Place
    state: ControlState
    claims: tuple[Claim, ...] = ()

    @property
    def supporting(self) -> tuple[Claim, ...]:
        """The claims that support the state."""
        return tuple(claim for claim in self.claims if claim.stance not in (Stance.DENIES, Stance.RETRACTS))


def place_record(line: PlaceLine, view: View) -> Record:
    """Return a place as `sitmon places` prints it; its keys are `PLACE_COLUMNS`."""
    place, state = line.place, line.state
    return {
        "place_id": place.id,
        "name": place.name,
        "pcode": place.pcode,
        "kind": place.kind,
        "status": state.status.value,
        "actor": state.actor,
        "disputed": state.disputed,
        "n_for": state.n_for,
        "n_against": state.n_against,
        "since": _since(state, view),
        "as_of": view.as_of,
        "known_at": view.known_at,
        "event_ids": list(state.event_ids),
    }


def control_record(line: PlaceLine, view: View) -> Record:
    """Return a place as a row of the control file; its keys are `CONTROL_COLUMNS`."""
    place, state = line.place, line.state
    return {
        "place_id": place.id,
        "pcode": place.pcode,
        "geonameid": place.geonameid,
        "status": state.status.value,
        "actor": state.actor,
        "disputed": state.disputed,
        "n_for": state.n_for,
        "n_against": state.n_against,
        "best_grade": str(state.grade) if state.grade else None,
        "since": _since(state, view),
        "as_of": view.as_of,
        "known_at": view.known_at,
        "claim_ids": [claim.id for claim in line.claims],
        "filter": view.filter,
    }


def place_properties(line: PlaceLine, view: View) -> Record:
    """Return a place as the properties of its point on a map."""
    place, state = line.place, line.state
    return {
        "id": place.id,
        "name": place.name,
        "pcode": place.pcode,
        "kind": place.kind,
        "status": state.status.value,
        "actor": state.actor,
        "disputed": state.disputed,
        "grade": str(state.grade) if state.grade else None,
        "since": _since(state, view),
        "as_of": view.as_of,
        "known_at": view.known_at,
        "sources": list(dict.fromkeys(claim.source for claim in line.supporting)),
        "url": next((claim.url for claim in line.supporting if claim.url), None),
    }


def event_record(row: EventRow, view: View) -> Record:
    """Return an event as `sitmon events` prints it; its keys are `EVENT_COLUMNS`."""
    event, weight = row.event, row.weight
    return {
        "id": event.id,
        "kind": event.kind,
        "place": event.place,
        "actor": event.actor,
        "against": event.against,
        "occurred_at": write_time(event.occurred_at, event.precision, view.zone),
        "precision": event.precision.value,
        "standing": weight.standing.value,
        "grade": str(weight.grade) if weight.grade else None,
        "n_for": weight.n_for,
        "n_against": weight.n_against,
        "summary": event.summary,
        "sources": list(weight.source_ids),
        "marks": list(_marks(row)),
    }


def known_claims(evidence: Evidence, known_at: int) -> tuple[Claim, ...]:
    """Return what was said of an event by the known-at, in order of reporting."""
    known = (claim for claim in evidence.claims if claim.reported_at <= known_at)
    return tuple(sorted(known, key=lambda claim: (claim.reported_at, claim.id)))


def claims_behind(state: ControlState, found: Mapping[str, Evidence | None], known_at: int) -> tuple[Claim, ...]:
    """Return the claims on the events that a state rests on.

    Args:
        state: names the events.
        found: what is said of each of them.
        known_at: the clock under which the state was read.
    """
    behind = (found.get(id_) for id_ in state.event_ids)
    return tuple(claim for one in behind if one is not None for claim in known_claims(one, known_at))


def native_records(evidence: Evidence, view: View) -> Iterable[Record]:
    """Yield an event as rows that `sitmon import` reads back, one for each claim; keys are of `NATIVE_COLUMNS`."""
    for claim in known_claims(evidence, view.clocks.known_at):
        yield {
            **write_native(evidence.event, claim, view.catalog),
            "as_of": view.as_of,
            "known_at": view.known_at,
            "filter": view.filter,
        }


def state_record(state: ControlState) -> Record:
    """Return who controls a place, without the place."""
    return {"status": state.status.value, "actor": state.actor, "former": state.former, "disputed": state.disputed}


def state_words(state: ControlState, catalog: Catalog) -> str:
    """Return who controls a place in words: `contested by Taliban, before Afghan government, disputed`."""
    actor = name_of(catalog.actors, state.actor)
    former = f", before {name_of(catalog.actors, state.former)}" if state.former else ""
    disputed = ", disputed" if state.disputed else ""
    return f"{state.status}{f' by {actor}' if actor else ''}{former}{disputed}"


def _marks(row: EventRow) -> Iterable[str]:
    if row.read:
        yield "read"
    if row.starred:
        yield "star"
    yield from (f"tag:{tag}" for tag in row.tags)
    if row.verdict:
        yield row.verdict.value
    if row.notes:
        yield "note"
    if row.trusted:
        yield "trusted"


def _since(state: ControlState, view: View) -> str | None:
    return None if state.since is None else write_time(state.since, state.since_precision, view.zone)
