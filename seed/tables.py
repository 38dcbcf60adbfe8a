"""Reading `situation.toml` and the tables of a situation's folder into a catalog; collects what is wrong."""

import itertools
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from model.catalog import Catalog
from model.entities import (
    Actor,
    Name,
    Place,
    Relation,
    Reliability,
    Role,
    Route,
    Source,
    Tally,
    TallyClaim,
)
from model.errors import InputRefused
from model.ids import derived_id
from model.rows import CellRefused, Form, Refused, Row, need_cell, read_cell, read_rows
from model.text import fold
from model.times import EARLIEST, FOREVER, Precision, parse_time
from seed.cells import (
    Problem,
    identifier,
    iso,
    latitude,
    letter,
    line_of_text,
    longitude,
    one_of,
    whole,
    why_unread,
)
from seed.heading import read_situation

_PERIOD = ("valid_from", "valid_to")

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "places.csv": (
        *("id", "name", "kind", "admin1", "admin2", "pcode", "iso", "geonameid", "longitude", "latitude"),
        *("population", "parent"),
    ),
    "names.csv": ("what", "id", "text", "language"),
    "routes.csv": ("id", "name", "places", "note"),
    "actors.csv": ("id", "name", "kind", "note"),
    "roles.csv": ("actor", "title", "person", *_PERIOD),
    "relations.csv": ("actor", "kind", "other", *_PERIOD),
    "sources.csv": ("id", "name", "kind", "speaks_for", "copies"),
    "reliability.csv": ("source", "letter", *_PERIOD),
    "tallies.csv": ("id", "name", "actor", "place_kinds", "places"),
    "tally_claims.csv": ("tally", "source", "count", "of", "as_of", "reported_at", "attribution", "note"),
}
"""Every table except the events, with its columns."""

_FILE_OF = {"place": "places.csv", "route": "routes.csv", "actor": "actors.csv", "source": "sources.csv"}

_TOWN = "town"
"""The kind of a place that has none in the table."""

T = TypeVar("T")
Thing = TypeVar("Thing", Place, Route, Actor, Source, Tally)
Cells = dict[str, str]


class Tables:
    """The tables of one folder; `problems` has what is wrong with them."""

    def __init__(self, folder: Path) -> None:
        self.problems: list[Problem] = []
        self._folder = folder
        self._rows = {file: self._read(file) for file in COLUMNS}
        self._ids: dict[str, dict[str, int]] = {file: {} for file in COLUMNS}
        for file, ids in self._ids.items():
            for row in self._named(file):
                ids.setdefault(row.cells["id"], row.number)
        """File -> id -> the first line that has it."""
        self.situation = read_situation(folder, self.problems)
        self._names: defaultdict[tuple[str, str], list[Name]] = defaultdict(list)
        self._check_names()
        self._roles = self._grouped("roles.csv", self._role)
        self._relations = self._grouped("relations.csv", self._relation)
        self._reliability = self._grouped("reliability.csv", self._reliability_period)
        self._kinds = tuple(dict.fromkeys(row.cells.get("kind", _TOWN) for row in self._rows["places.csv"]))
        self._places = places = self._things("places.csv", self._place, Place)
        self.catalog = Catalog(
            self.situation,
            places,
            self._things("routes.csv", self._route, lambda id_, name: Route(id_, name, ())),
            self._things("actors.csv", self._actor, Actor),
            self._things("sources.csv", self._source, Source),
            self._things("tallies.csv", self._tally, lambda id_, name: Tally(id_, name, "", ())),
        )
        self.tally_claims = tuple(claim for _, claim in self._each("tally_claims.csv", self._tally_claim))
        self._check_cycles("places.csv", "parent", {place.id: place.parent for place in places.values()})
        copies = {source.id: source.copies for source in self.catalog.sources.values()}
        self._check_cycles("sources.csv", "copies", copies)

    # -- reading ---------------------------------------------------------------------------------------------------

    def _read(self, file: str) -> list[Row]:
        path = self._folder / file
        if not path.exists():
            return []
        rows: list[Row] = []
        try:
            with path.open("rb") as stream:
                for row in read_rows(stream, COLUMNS[file], Form.CSV):
                    if isinstance(row, Refused):
                        self.problems.append(Problem(file, row.row, row.column, row.reason))
                    else:
                        rows.append(row)
        except (InputRefused, OSError) as error:
            self.problems.append(Problem(file, 0, "", why_unread(error)))
        return rows

    def _each(self, file: str, build: Callable[[Cells], T]) -> list[tuple[Row, T]]:
        built: list[tuple[Row, T]] = []
        for row in self._rows[file]:
            try:
                built.append((row, build(row.cells)))
            except CellRefused as refused:
                self.problems.append(Problem(file, row.number, refused.column, refused.reason))
        return built

    def _things(
        self, file: str, build: Callable[[Cells], Thing], blank: Callable[[str, str], Thing]
    ) -> dict[str, Thing]:
        """Build a file's things by id; a refused one is there blank, so that rows referring to it are not refused."""
        things = {row.cells["id"]: blank(row.cells["id"], row.cells.get("name", "")) for row in self._named(file)}
        seen: dict[str, int] = {}
        for row, thing in self._each(file, build):
            first = seen.setdefault(thing.id, row.number)
            if first == row.number:
                things[thing.id] = thing
            else:
                self.problems.append(Problem(file, row.number, "id", f"{thing.id!r} is the id of line {first} too"))
        return things

    def _named(self, file: str) -> list[Row]:
        return [row for row in self._rows[file] if "id" in row.cells]

    def _grouped(self, file: str, build: Callable[[Cells], tuple[str, T]]) -> Mapping[str, tuple[T, ...]]:
        groups: defaultdict[str, list[T]] = defaultdict(list)
        for _, (owner, value) in self._each(file, build):
            groups[owner].append(value)
        return {owner: tuple(values) for owner, values in groups.items()}

    def _id_in(self, file: str) -> Callable[[str], str]:
        return lambda text: one_of(text, self._ids[file], f"an id of {file}")

    def _instant(self, text: str) -> int:
        return parse_time(text, self.situation.zone)[0]

    def _time(self, text: str) -> tuple[int, Precision]:
        return parse_time(text, self.situation.zone)

    # -- names -----------------------------------------------------------------------------------------------------

    def _check_names(self) -> None:
        """Collect the other names; a name of two things is refused, as it would find the wrong one."""
        owners: dict[tuple[str, str], str] = {}
        for what, file in _FILE_OF.items():
            for id_ in self._ids[file]:
                owners[what, fold(id_)] = id_
            for row in self._rows[file]:
                self._check_owner(owners, file, row, "name", what)
        for row, (what, id_, name) in self._each("names.csv", self._name):
            self._check_owner(owners, "names.csv", row, "text", what)
            self._names[what, id_].append(name)

    def _check_owner(self, owners: dict[tuple[str, str], str], file: str, row: Row, column: str, what: str) -> None:
        folded = fold(row.cells.get(column, ""))
        id_ = row.cells.get("id", "")
        owner = owners.setdefault((what, folded), id_) if folded and id_ else id_
        if owner != id_:
            reason = f"{row.cells[column]!r} is also a name of {owner!r}; a name means one {what}"
            self.problems.append(Problem(file, row.number, column, reason))

    def _name(self, cells: Cells) -> tuple[str, str, Name]:
        what = need_cell(cells, "what", lambda text: one_of(text, _FILE_OF, "a thing that has names"))
        id_ = need_cell(cells, "id", self._id_in(_FILE_OF[what]))
        name = Name(need_cell(cells, "text", line_of_text), cells.get("language", ""))
        if name in self._names[what, id_]:
            raise CellRefused("text", name.text, f"{name.text!r} is there twice for {id_!r}")
        return what, id_, name

    # -- things ----------------------------------------------------------------------------------------------------

    def _place(self, cells: Cells) -> Place:
        id_ = need_cell(cells, "id", identifier)
        if ("longitude" in cells) != ("latitude" in cells):
            raise CellRefused("longitude", "", "longitude and latitude go together; one of them is missing")
        return Place(
            id=id_,
            name=need_cell(cells, "name", line_of_text),
            names=tuple(self._names["place", id_]),
            kind=read_cell(cells, "kind", identifier) or _TOWN,
            admin1=cells.get("admin1", ""),
            admin2=cells.get("admin2", ""),
            pcode=cells.get("pcode", ""),
            iso=read_cell(cells, "iso", iso) or "",
            geonameid=read_cell(cells, "geonameid", whole),
            longitude=read_cell(cells, "longitude", longitude),
            latitude=read_cell(cells, "latitude", latitude),
            population=read_cell(cells, "population", whole),
            parent=read_cell(cells, "parent", self._id_in("places.csv")),
        )

    def _route(self, cells: Cells) -> Route:
        id_ = need_cell(cells, "id", identifier)
        places = need_cell(cells, "places", lambda text: self._all_in("places.csv", text))
        if len(set(places)) < 2:
            raise CellRefused(
                "places", " ".join(places), "a route has two or more places, in order, separated by spaces"
            )
        return Route(
            id_,
            need_cell(cells, "name", line_of_text),
            places,
            tuple(self._names["route", id_]),
            cells.get("note", ""),
        )

    def _actor(self, cells: Cells) -> Actor:
        id_ = need_cell(cells, "id", identifier)
        return Actor(
            id=id_,
            name=need_cell(cells, "name", line_of_text),
            names=tuple(self._names["actor", id_]),
            kind=read_cell(cells, "kind", identifier) or "armed-group",
            roles=self._roles.get(id_, ()),
            relations=self._relations.get(id_, ()),
            note=cells.get("note", ""),
        )

    def _role(self, cells: Cells) -> tuple[str, Role]:
        actor = need_cell(cells, "actor", self._id_in("actors.csv"))
        title, person = need_cell(cells, "title", line_of_text), need_cell(cells, "person", line_of_text)
        return actor, Role(title, person, *self._period(cells))

    def _relation(self, cells: Cells) -> tuple[str, Relation]:
        actor = need_cell(cells, "actor", self._id_in("actors.csv"))
        kinds = ("part-of", "ally-of", "opposes")
        kind = need_cell(cells, "kind", lambda text: one_of(text, kinds, "a relation"))
        other = need_cell(cells, "other", self._id_in("actors.csv"))
        if other == actor:
            raise CellRefused("other", other, "an actor has no relation to itself")
        return actor, Relation(kind, other, *self._period(cells))

    def _source(self, cells: Cells) -> Source:
        id_ = need_cell(cells, "id", identifier)
        periods = tuple(sorted(self._reliability.get(id_, ()), key=lambda period: period.valid_from))
        if any(one.valid_to > other.valid_from for one, other in itertools.pairwise(periods)):
            raise CellRefused("id", id_, f"the periods of {id_!r} in reliability.csv overlap")
        return Source(
            id=id_,
            name=need_cell(cells, "name", line_of_text),
            names=tuple(self._names["source", id_]),
            kind=read_cell(cells, "kind", identifier) or "outlet",
            reliability=periods,
            speaks_for=read_cell(cells, "speaks_for", self._id_in("actors.csv")),
            copies=read_cell(cells, "copies", self._id_in("sources.csv")),
        )

    def _reliability_period(self, cells: Cells) -> tuple[str, Reliability]:
        source = need_cell(cells, "source", self._id_in("sources.csv"))
        return source, Reliability(need_cell(cells, "letter", letter), *self._period(cells))

    def _period(self, cells: Cells) -> tuple[int, int]:
        begin = read_cell(cells, "valid_from", self._instant)
        end = read_cell(cells, "valid_to", self._instant)
        if begin is not None and end is not None and begin >= end:
            raise CellRefused(
                "valid_to", cells["valid_to"], "valid_to, the first time at which it is over, must be after valid_from"
            )
        return EARLIEST if begin is None else begin, FOREVER if end is None else end

    # -- tallies ---------------------------------------------------------------------------------------------------

    def _tally(self, cells: Cells) -> Tally:
        if ("place_kinds" in cells) == ("places" in cells):
            raise CellRefused("places", "", "a tally counts places: write their ids here, or their place_kinds")
        kinds = read_cell(
            cells,
            "place_kinds",
            lambda text: tuple(one_of(kind, self._kinds, "a kind of place here") for kind in text.split()),
        )
        places = read_cell(cells, "places", lambda text: self._all_in("places.csv", text))
        if kinds is not None:
            places = tuple(place.id for place in self._places.values() if place.kind in kinds)
        return Tally(
            id=need_cell(cells, "id", identifier),
            name=need_cell(cells, "name", line_of_text),
            actor=need_cell(cells, "actor", self._id_in("actors.csv")),
            place_ids=tuple(dict.fromkeys(places or ())),
        )

    def _tally_claim(self, cells: Cells) -> TallyClaim:
        tally = need_cell(cells, "tally", self._id_in("tallies.csv"))
        source = need_cell(cells, "source", self._id_in("sources.csv"))
        count, of = need_cell(cells, "count", whole), read_cell(cells, "of", whole)
        if of is not None and count > of:
            raise CellRefused("of", str(of), f"{count} of {of}: the count is greater than what it is out of")
        as_of, precision = need_cell(cells, "as_of", self._time)
        reported_at = read_cell(cells, "reported_at", self._instant)
        reported_at = as_of if reported_at is None else reported_at
        attribution = cells.get("attribution", "")
        said = (tally, source, str(count), str(as_of), attribution)
        return TallyClaim(
            id=derived_id(reported_at, self.situation.id, "tally-claim", *said),
            tally=tally,
            source=source,
            count=count,
            of=of,
            as_of=as_of,
            as_of_precision=precision,
            reported_at=reported_at,
            attribution=attribution,
            note=cells.get("note", ""),
        )

    def _all_in(self, file: str, text: str) -> tuple[str, ...]:
        return tuple(one_of(id_, self._ids[file], f"an id of {file}") for id_ in text.split())

    # -- links -----------------------------------------------------------------------------------------------------

    def _check_cycles(self, file: str, column: str, links: Mapping[str, str | None]) -> None:
        """Report every thing that leads back to itself by this column."""
        for begin in links:
            seen, at = {begin}, links[begin]
            while at is not None and at not in seen:
                seen.add(at)
                at = links.get(at)
            if at == begin:
                line = self._ids[file][begin]
                self.problems.append(Problem(file, line, column, f"{begin!r} leads back to itself"))
