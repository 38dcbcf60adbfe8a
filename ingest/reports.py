"""Turns texts into reports, and what is read out of them into proposals: from a file or a line to the queue."""

import hashlib
import re
from collections.abc import Iterable
from typing import NamedTuple

from ingest import proposals as found
from ingest.text.cutting import find_dateline
from ingest.text.gazetteer import Candidate
from model.catalog import Catalog
from model.entities import UNNAMED, Place, Report, Source
from model.errors import InputRefused
from model.ids import derived_id, is_timeless, new_id
from model.proposals import COUNT, Proposal, ProposedClaim
from model.text import MAX_REPORT, clean_line, clean_text, fold
from model.times import DAY, SECOND, parse_time

_TITLE = 120
"""Characters of a first line that stands for a title."""
_AGENCY_KIND = "agency"
_EARLIEST = -2_208_988_800 * SECOND
"""The year 1900."""
_HEAD, _END = 300, 200
"""Characters at either end of a text in which an agency is named as its author."""


class Given(NamedTuple):
    """A report as it comes, before it is known whose it is."""

    text: str
    sha256: str
    """Of the bytes as they came."""
    title: str = ""
    url: str = ""
    date: str | None = None
    """When it was published, as `model.times.parse_time` reads it."""
    source: str | None = None
    """Whose it is: a name, an alias or an id."""


def given(data: bytes, *, url: str = "", date: str | None = None, source: str | None = None) -> Given:
    """Return a text file as a report; bytes that are not UTF-8 become replacement characters."""
    text = data.decode("utf-8-sig", errors="replace")
    return Given(text, hashlib.sha256(data).hexdigest(), url=url, date=date, source=source)


def report_of(one: Given, source: Source, *, zone: str, fetched_at: int, language: str) -> Report:
    """Return the report that is stored.

    Raises:
        InputRefused: its date cannot be read, or be believed.
    """
    text = clean_text(one.text, MAX_REPORT)
    written, begin = find_dateline(text)
    date = one.date or (written.isoformat() if written else None)
    published_at = parse_time(date, zone)[0] if date else None
    if published_at is not None and not is_believable(published_at, fetched_at):
        shown = clean_line(date or "")[:40]
        raise InputRefused(f"its date, {shown}, is in the future or before 1900; --date says another")
    title = one.title or next((line.strip() for line in text[begin:].split("\n") if line.strip()), "")
    return Report(
        new_id(),
        source.id,
        title=title if len(title) <= _TITLE else f"{title[: _TITLE - 1].rsplit(' ', 1)[0]}…",
        url=one.url,
        text=text,
        language=language,
        published_at=published_at,
        fetched_at=fetched_at,
        sha256=one.sha256,
    )


def is_believable(published_at: int, now: int) -> bool:
    """Say whether a report may have been published then: not in 0025, which means another year, nor after tomorrow."""
    return _EARLIEST <= published_at <= now + DAY


def source_of(one: Given, catalog: Catalog) -> Source:
    """Return whose report it is; one that the catalog does not have is to be made.

    An agency that the text names as its author makes the source one that copies it, so that the two count once.

    Raises:
        NameUnknown: the situation has no source of that name.
    """
    text = clean_text(one.text, MAX_REPORT)  # as it is stored, so that `is_vouched` sees the same
    if one.source is None:
        return named_agency(text, catalog) or catalog.sources.get(UNNAMED.id, UNNAMED)
    return of_agency(catalog.source(one.source), text, catalog)


def of_agency(source: Source, text: str, catalog: Catalog) -> Source:
    """Return whose report a text is: where it names an agency as its author, a source that copies that agency."""
    agency = named_agency(text, catalog)
    return source if agency is None or source.kind == _AGENCY_KIND else copy_of(source, agency, catalog)


def copy_of(source: Source, original: Source, catalog: Catalog) -> Source:
    """Return the source of reports that one source has copied from another, so that the two count once.

    A source that copies another anyway, and one that is that other, stays as it is.
    """
    original = catalog.sources.get(original.copies or "", original)
    if source.copies is not None or source.id == original.id:
        return source
    copy = Source(
        f"{original.id}-via-{source.id}",
        f"{source.name} ({original.name})",
        kind="copy",
        reliability=source.reliability,
        copies=original.id,
    )
    return catalog.sources.get(copy.id, copy)


def brought_by(report: Report, source: str) -> bool:
    """Say whether a report is one of a source, its own or one that it copied (`copy_of`)."""
    return report.source == source or report.source.endswith(f"-via-{source}")


def watched_id(situation: str, sha256: str) -> str:
    """Return the id of a report that a watched folder brings."""
    return derived_id(0, situation, "bytes", sha256)


def is_vouched(report: Report, catalog: Catalog) -> bool:
    """Say whether a person or a feed vouches for a stored report's source, rather than only its own text.

    A feed does for its reports, which are known by their ids. A person does unless the text itself names that source.
    """
    if is_timeless(report.id) and report.id != watched_id(catalog.situation.id, report.sha256):
        return True
    agency = named_agency(report.text, catalog)
    return report.source != UNNAMED.id and (agency is None or agency.id != report.source)


def named_agency(text: str, catalog: Catalog) -> Source | None:
    """Return the news agency that a text names as its author: "KABUL (AFP) -" in front, or "(Reuters)" at its end."""
    ends = f"{text[:_HEAD]} {text[-_END:]}" if len(text) > _HEAD + _END else text
    in_brackets = {fold(name) for name in re.findall(r"[(\[]([^()\[\]]{2,40})[)\]]", ends)}
    for source in catalog.sources.values():
        if source.kind == _AGENCY_KIND and not in_brackets.isdisjoint(
            map(fold, (source.id, source.name, *(name.text for name in source.names)))
        ):
            return source
    return None


def proposals_of(report: Report, reading: found.Reading) -> tuple[Proposal, ...]:
    """Return what was read as the proposals that are stored. Counts that no tally of the situation has are left out."""
    events = (_event(report, one) for one in reading.proposals)
    counts = (_count(report, one) for one in reading.counts if one.tally_id is not None)
    return (*events, *counts)


def _event(report: Report, one: found.Proposal) -> Proposal:
    return Proposal(
        *(new_id(), report.id, one.kind, one.occurred_at, one.precision, clean_line(one.summary)),
        claims=_claims(one.claims),
        place=one.place_id,
        place_name=one.place,
        candidates=() if one.place_id else tuple(map(_place, one.candidates)),
        actor=one.actor_id,
        actor_name=one.actor,
        against=one.against_id,
        against_name=one.against,
        route=one.route_id,
    )


def _count(report: Report, one: found.ProposedCount) -> Proposal:
    of = "" if one.of is None else f" of {one.of}"
    return Proposal(
        *(new_id(), report.id, COUNT, one.as_of, one.precision, clean_line(f"{one.actor}: {one.count}{of} {one.what}")),
        claims=_claims([one.claim]),
        actor=one.actor_id,
        actor_name=one.actor,
        tally=one.tally_id,
        number=one.count,
        of=one.of,
    )


def _claims(claims: Iterable[found.ProposedClaim]) -> tuple[ProposedClaim, ...]:
    return tuple(
        ProposedClaim(*(one.stance, one.credibility, one.attribution, one.source, one.quote, one.quote_start, one.rule))
        for one in claims
    )


def _place(one: Candidate) -> Place:
    words = fold(one.name).replace(" ", "-") or "place"
    return Place(
        f"{words}-{one.geonameid}" if one.geonameid else f"{words}-{one.country.lower()}",
        one.name,
        kind="town" if one.geonameid else "region",
        admin1=f"{one.admin1}, {one.country}".strip(", "),
        geonameid=one.geonameid,
        longitude=one.longitude,
        latitude=one.latitude,
        population=one.population,
    )
