"""Whose words a report is: a wire copy, by the agency that it names or by nearly the same words, counts once."""

from collections.abc import Iterable, Sequence

from ingest.reports import copy_of, of_agency
from model.catalog import Catalog
from model.entities import Report, Source
from model.likeness import SAME_WORDS, Runs, runs_of, share
from model.times import DAY
from store.base import Store

_RECENT = 256
"""Proposals of which the reports are compared with a new one."""
_LEAST = 200
"""Characters of a text below which the same words may be two people's."""
_APART = 3 * DAY
"""A report that repeats another one is published within so long of it."""


class Lately:
    """The reports that came last, to be compared with new ones."""

    def __init__(self, reports: Iterable[Report]) -> None:
        self._reports = tuple(reports)
        self._runs: dict[str, Runs] = {}

    def source_of(self, report: Report, source: Source, catalog: Catalog) -> Source:
        """Return the report's source; where another one's report has nearly the same words, one that copies that.

        Args:
            report: a new one.
            source: whose it is said to be.
            catalog: the situation's.
        """
        own = runs_of(report.text) if len(report.text) >= _LEAST else frozenset()
        for other in self._reports if own else ():
            lengths = sorted((len(other.text), len(report.text)))
            if (
                other.source != source.id
                and other.source in catalog.sources
                and abs(_when(other) - _when(report)) <= _APART
                and lengths[0] >= _LEAST
                and lengths[1] <= 2 * lengths[0]
                and share(own, self._runs_of(other)) >= SAME_WORDS
            ):
                return copy_of(source, catalog.sources[other.source], catalog)
        return source

    def _runs_of(self, report: Report) -> Runs:
        if report.id not in self._runs:
            self._runs[report.id] = runs_of(report.text)
        return self._runs[report.id]


async def load_lately(store: Store, catalog: Catalog) -> Lately:
    """Return the reports of which something was read last."""
    page = await store.proposals(catalog.situation.id, decided=True, limit=_RECENT)
    return Lately(page.reports.values())


async def attributed(
    store: Store, catalog: Catalog, reports: Sequence[Report]
) -> tuple[tuple[Report, ...], tuple[Source, ...]]:
    """Return new reports each with the source whose words it is, and the sources among these that are to be made.

    Args:
        store: has the reports that came before.
        catalog: the situation's.
        reports: each with the source that brought it.
    """
    if not reports:
        return (), ()
    lately = await load_lately(store, catalog)
    made: dict[str, Source] = {}
    found = []
    for report in reports:
        source = of_agency(catalog.sources[report.source], report.text, catalog)
        source = lately.source_of(report, source, catalog)
        if source.id not in catalog.sources:
            made[source.id] = source
        found.append(report._replace(source=source.id))
    return tuple(found), tuple(made.values())


def _when(report: Report) -> int:
    return report.published_at or report.fetched_at or 0
