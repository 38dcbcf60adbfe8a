"""Finding copies: a report that names an agency as its author, or repeats another's words, does not count twice."""

from collections.abc import Iterable, Sequence

from ingest.reports import copy_of, of_agency
from model.catalog import Catalog
from model.entities import Report, Source
from model.similarity import COPY_OVERLAP, Shingles, overlap, shingles_of
from model.times import DAY
from store.base import Store

_RECENT = 256
"""Latest proposals whose reports are compared with a new one."""
_MIN_LENGTH = 200
"""Characters; shorter texts may be alike without one being a copy."""
_MAX_APART = 3 * DAY
"""A copy is published at most this long before or after the other."""


class RecentReports:
    """The latest reports, to compare new ones with."""

    def __init__(self, reports: Iterable[Report]) -> None:
        self._reports = tuple(reports)
        self._shingles: dict[str, Shingles] = {}

    def source_of(self, report: Report, source: Source, catalog: Catalog) -> Source:
        """Return the report's source, or one that copies another source whose report has nearly the same words.

        Args:
            report: a new one.
            source: whose it is said to be.
            catalog: the situation's.
        """
        own = shingles_of(report.text) if len(report.text) >= _MIN_LENGTH else frozenset()
        for other in self._reports if own else ():
            lengths = sorted((len(other.text), len(report.text)))
            if (
                other.source != source.id
                and other.source in catalog.sources
                and abs(_when(other) - _when(report)) <= _MAX_APART
                and lengths[0] >= _MIN_LENGTH
                and lengths[1] <= 2 * lengths[0]
                and overlap(own, self._shingles_of(other)) >= COPY_OVERLAP
            ):
                return copy_of(source, catalog.sources[other.source], catalog)
        return source

    def _shingles_of(self, report: Report) -> Shingles:
        if report.id not in self._shingles:
            self._shingles[report.id] = shingles_of(report.text)
        return self._shingles[report.id]


async def load_recent_reports(store: Store, catalog: Catalog) -> RecentReports:
    """Return the reports of the latest proposals."""
    page = await store.proposals(catalog.situation.id, decided=True, limit=_RECENT)
    return RecentReports(page.reports.values())


async def attributed(
    store: Store, catalog: Catalog, reports: Sequence[Report]
) -> tuple[tuple[Report, ...], tuple[Source, ...]]:
    """Return new reports, each with the source whose words it has, and those of the sources that have to be added.

    Args:
        store: has the reports that came before.
        catalog: the situation's.
        reports: each with the source that brought it.
    """
    if not reports:
        return (), ()
    recent = await load_recent_reports(store, catalog)
    made: dict[str, Source] = {}
    found = []
    for report in reports:
        source = of_agency(catalog.sources[report.source], report.text, catalog)
        source = recent.source_of(report, source, catalog)
        if source.id not in catalog.sources:
            made[source.id] = source
        found.append(report._replace(source=source.id))
    return tuple(found), tuple(made.values())


def _when(report: Report) -> int:
    return report.published_at or report.fetched_at or 0
