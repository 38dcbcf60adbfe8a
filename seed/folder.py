"""Reading a situation's folder. Everything in it is checked, and all problems are reported at once.

`docs/situations.md` describes the files. A folder with any problem gives no records at all: its author can fix it.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from model.catalog import Catalog
from model.entities import Claim, Event, Stance, TallyClaim
from model.errors import InputRefused
from model.native import COLUMNS as EVENT_COLUMNS
from model.native import Line, read_native
from model.rows import Form, Refused, nearest_hint, read_rows
from model.times import end_of
from seed.cells import Problem, why_unread
from seed.heading import FILE as SITUATION
from seed.tables import COLUMNS, Tables

EVENTS = {"events.csv": Form.CSV, "events.jsonl": Form.JSONL}
OUTLINES = "outlines.geojson"
README = "README.md"
_FILES = (SITUATION, *COLUMNS, *EVENTS, OUTLINES)
_DATA_SUFFIXES = frozenset({".csv", ".tsv", ".json", ".jsonl", ".toml", ".geojson", ".xls", ".xlsx", ".ods"})
_MAX_HEADING_BYTES = 100_000
_MAX_OUTLINES_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything in a situation's folder."""

    catalog: Catalog
    events: tuple[Event, ...]
    """In the order of the files."""
    claims: tuple[Claim, ...]
    """Grouped by event, in the order of the events."""
    tally_claims: tuple[TallyClaim, ...]


class FolderRefused(InputRefused):
    """Raised when a situation's folder has problems; carries all of them."""

    def __init__(self, folder: Path, problems: tuple[Problem, ...]) -> None:
        self.folder = folder
        self.problems = problems
        counted = "1 problem" if len(problems) == 1 else f"{len(problems)} problems, the first one"
        super().__init__(f"{folder}: nothing was loaded because of {counted}: {problems[0]}")


def check(folder: Path) -> tuple[Problem, ...]:
    """Return all that is wrong with a situation's folder, by file and line; empty if it can be loaded."""
    try:
        read(folder)
    except FolderRefused as refused:
        return refused.problems
    return ()


def read(folder: Path) -> Contents:
    """Read a situation's folder.

    Raises:
        FolderRefused: something is wrong with it.
    """
    if unreadable := tuple(_unreadable(folder)):
        raise FolderRefused(folder, unreadable)
    tables = Tables(folder)
    events = _Events(tables.catalog)
    for file, form in EVENTS.items():
        if (folder / file).exists():
            events.read(folder / file, form)
    unread = [problem for problem in tables.problems if not problem.line and not problem.column]
    # If a table cannot be read at all, rows that refer to its things are not reported as wrong.
    rows = [] if unread else [*tables.problems, *events.problems]
    problems = [*_file_problems(folder), *unread, *rows, *_outline_problems(folder)]
    if problems:
        raise FolderRefused(folder, tuple(sorted(problems, key=_cause_first)))
    return Contents(tables.catalog, *events.facts(), tables.tally_claims)


def _unreadable(folder: Path) -> Iterator[Problem]:
    """Report what must not even be opened: a pipe would be waited for, and a device never ends."""
    if not folder.is_dir():
        yield Problem(str(folder), 0, "", "is not a folder; `sitmon situation new FOLDER` writes one to begin with")
        return
    for file in (README, *_FILES):
        if (folder / file).exists() and not (folder / file).is_file():
            yield Problem(file, 0, "", "is not an ordinary file")
        elif file == SITUATION and (folder / file).exists() and (folder / file).stat().st_size > _MAX_HEADING_BYTES:
            yield Problem(file, 0, "", f"is larger than {_MAX_HEADING_BYTES:,} bytes; it has a dozen short lines")


def _cause_first(problem: Problem) -> tuple[int, int]:
    """Sort problems by file, with files that others refer to first, then by line; those without a line come last."""
    return _FILES.index(problem.file) if problem.file in _FILES else -1, problem.line or sys.maxsize


class _Events:
    """The events and claims of a folder; `problems` has what is wrong with them."""

    def __init__(self, catalog: Catalog) -> None:
        self.problems: list[Problem] = []
        self._catalog = catalog
        self._events: dict[str, tuple[Event, list[Claim]]] = {}
        self._claims: dict[str, str] = {}
        """The file and line of each claim, by its id."""

    def read(self, path: Path, form: Form) -> None:
        """Read one file of events."""
        try:
            with path.open("rb") as stream:
                for line in read_native(read_rows(stream, EVENT_COLUMNS, form), self._catalog, seed=True):
                    if isinstance(line, Refused):
                        self.problems.append(Problem(path.name, line.row, line.column, line.reason))
                    else:
                        self._take(path.name, line)
        except (InputRefused, OSError) as error:
            self.problems.append(Problem(path.name, 0, "", why_unread(error)))

    def facts(self) -> tuple[tuple[Event, ...], tuple[Claim, ...]]:
        """Return all events, and all claims in the order of the events."""
        events = tuple(event for event, _ in self._events.values())
        return events, tuple(claim for _, claims in self._events.values() for claim in claims)

    def _take(self, file: str, line: Line) -> None:
        if line.event is not None and line.event != self._events.setdefault(line.event.id, (line.event, []))[0]:
            self._problem(file, line.row, "event", "an earlier row describes this event differently")
        elif line.claim.event not in self._events:
            self._problem(file, line.row, "event", "no row so far describes the event with this id")
        elif line.claim.id in self._claims:
            self._problem(file, line.row, "", f"the same claim is in {self._claims[line.claim.id]} already")
        else:
            event, claims = self._events[line.claim.event]
            if _too_early(event, line.claim, self._catalog.situation.zone):
                what = "reported before it happened; if the source gives its own date, write it into `dated`"
                self._problem(file, line.row, "reported_at", what)
            claims.append(line.claim)
            self._claims[line.claim.id] = f"{file}:{line.row}"

    def _problem(self, file: str, row: int, column: str, what: str) -> None:
        self.problems.append(Problem(file, row, column, what))


def _too_early(event: Event, claim: Claim, zone: str) -> bool:
    """Say whether a claim supports an event that, by the claim's own date, had not begun when it was reported."""
    happened = event.occurred_at if claim.occurred_at is None else claim.occurred_at
    stands_behind = claim.stance in (Stance.ASSERTS, Stance.CONFIRMS, Stance.CORRECTS)
    return stands_behind and end_of(claim.reported_at, claim.reported_precision, zone) < happened


def _file_problems(folder: Path) -> Iterator[Problem]:
    """Yield files that are missing, and data files that do not belong to a situation."""
    if not (folder / README).is_file():
        yield Problem(README, 0, "", "is missing; it says where the facts come from, and who may use them and how")
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in _DATA_SUFFIXES and path.name not in _FILES:
            yield Problem(
                path.name, 0, "", f"is not one of a situation's files{nearest_hint(path.name, _FILES, what='files')}"
            )


def _outline_problems(folder: Path) -> list[Problem]:
    """Check that the outlines, if there are any, are polygons in degrees."""
    path = folder / OUTLINES
    if not path.exists():
        return []
    if path.stat().st_size > _MAX_OUTLINES_BYTES:
        return [Problem(OUTLINES, 0, "", f"is larger than {_MAX_OUTLINES_BYTES >> 20} MB; simplify the outlines")]
    try:
        outlines = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        return [Problem(OUTLINES, 0, "", f"is not JSON: {error}")]
    features = outlines.get("features") if isinstance(outlines, dict) else None
    if not isinstance(features, list):
        return [Problem(OUTLINES, 0, "", "is not a GeoJSON FeatureCollection")]
    return [
        Problem(OUTLINES, 0, "features", f"number {number} is not a Polygon or MultiPolygon in degrees")
        for number, feature in enumerate(features, 1)
        if not _is_outline(feature)
    ]


def _is_outline(feature: object) -> bool:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(geometry, dict):
        return False
    rings = geometry.get("coordinates")
    if not isinstance(rings, list) or not rings:
        return False
    if geometry.get("type") == "MultiPolygon":
        return all(isinstance(polygon, list) and all(_is_ring(ring) for ring in polygon) for polygon in rings)
    return geometry.get("type") == "Polygon" and all(_is_ring(ring) for ring in rings)


def _is_ring(ring: object) -> bool:
    return isinstance(ring, list) and len(ring) > 3 and all(_is_position(position) for position in ring)


def _is_position(position: object) -> bool:
    match position:
        case [int() | float() as longitude, int() | float() as latitude, *_]:
            return -180 <= longitude <= 180 and -90 <= latitude <= 90
        case _:
            return False
