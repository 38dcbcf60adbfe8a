"""What a line shows the beginning of, in full: a claim, a report, a mark, who an actor is. Pure; no widget."""

from collections.abc import Iterator

from model.catalog import Catalog
from model.entities import Actor, Claim, Mark, Report
from model.grades import Grade
from model.query import EventFile
from model.text import clean_text
from model.times import Precision, format_time, published_precision, to_datetime
from tui.article import PART, Broken
from tui.cells import Line, Span, actor_name, fit, place_name, source_name

_LABEL = 13
"""Cells of the column that says what a text is."""

Paragraph = tuple[str, str]
"""What a text is, and the text."""


def whole_of(id_: str, file: EventFile, catalog: Catalog) -> tuple[str, tuple[Paragraph, ...]]:
    """Return the heading and the texts of a claim, a report or a mark of an event, or of the event itself."""
    zone = catalog.situation.zone
    for number, claim in enumerate(file.claims):
        if claim.id == id_:
            recorded = file.recorded[number] if file.recorded else None
            return f"CLAIM of {source_name(catalog, claim.source)}", tuple(_claim(claim, recorded, file, catalog))
    for report in file.reports:
        if report.id == id_:
            return f"REPORT of {source_name(catalog, report.source)}", tuple(_report(report, zone))
    for mark in file.marks:
        if mark.id == id_:
            return mark.kind.value.upper(), tuple(_mark(mark, zone))
    return "EVENT", tuple(_event(file, catalog))


def whole_actor(actor: Actor, instant: int, catalog: Catalog) -> tuple[str, tuple[Paragraph, ...]]:
    """Return the heading and all names, posts and the note of an actor, with the times from and to."""
    zone = catalog.situation.zone
    found = [("also", f"{name.text} ({name.language})" if name.language else name.text) for name in actor.names]
    for role in actor.roles:
        now = "" if role.valid_from <= instant < role.valid_to else "not at this clock"
        times = ", ".join(part for part in (now, _period(role.valid_from, role.valid_to, zone)) if part)
        found.append((role.title, f"{role.person} ({times})" if times else role.person))
    for relation in actor.relations:
        times = _period(relation.valid_from, relation.valid_to, zone)
        name = actor_name(catalog, relation.other)
        found.append((relation.kind, f"{name} ({times})" if times else name))
    if actor.note:
        found.append(("note", actor.note))
    return actor.name, tuple(found)


def whole_parts(paragraphs: tuple[Paragraph, ...], width: int) -> Iterator[list[Line]]:
    """Yield texts line by line, a part at a time that does not take long; nothing is cut."""
    lines: list[Line] = []
    before, work = "", 0
    for label, text in paragraphs:
        head = "" if label == before else label
        before = label
        safe = []
        for begin in range(0, len(text) or 1, PART):
            piece = text[begin : begin + PART]
            if work and work + len(piece) > PART:
                yield lines
                lines, work = [], 0
            safe.append(clean_text(piece))
            work += len(piece)
        known, shown = Broken("".join(safe), max(8, width - _LABEL - 1)), 0
        while True:
            for begin, end in zip(known.begins[shown:], known.ends[shown:], strict=True):
                lines.append((Span(fit(head, _LABEL) + " ", "dim"), Span(known.text[begin:end].rstrip())))
                head = ""
            if known.is_done:
                break
            yield lines
            lines, work, shown = [], 0, len(known)
            known.further()
    yield lines


def _claim(claim: Claim, recorded: int | None, file: EventFile, catalog: Catalog) -> Iterator[Paragraph]:
    zone = catalog.situation.zone
    source = catalog.sources.get(claim.source)
    letter = source.reliability_at(claim.reported_at) if source else "F"
    yield "stance", claim.stance.value
    yield "grade", str(Grade(letter, claim.credibility))
    if source is not None and source.copies:
        yield "copies", source_name(catalog, source.copies)
    if source is not None and source.speaks_for:
        yield "speaks for", actor_name(catalog, source.speaks_for)
    if claim.attribution:
        yield "attribution", claim.attribution
    yield "quote", f"“{claim.quote}”" if claim.quote else "none at hand"
    if claim.occurred_at is not None:
        yield "says it was", format_time(claim.occurred_at, claim.occurred_precision or Precision.DAY, zone)
    yield "reported", format_time(claim.reported_at, claim.reported_precision, zone)
    if recorded is not None:
        yield "recorded", format_time(recorded, Precision.MINUTE, zone)
    report = next((one for one in file.reports if one.id == claim.report), None)
    if report is not None:
        yield from _report(report, zone)
    elif not claim.url:
        yield "report", "not at hand"
    if claim.url and (report is None or claim.url != report.url):
        yield "link", claim.url


def _report(report: Report, zone: str) -> Iterator[Paragraph]:
    yield "report", report.title or "without a title"
    if report.url:
        yield "link", report.url
    if (published := report.published_at) is not None:
        yield "published", format_time(published, published_precision(published, zone), zone)
    if report.fetched_at is not None:
        yield "fetched", format_time(report.fetched_at, Precision.MINUTE, zone)
    if report.sha256:
        yield "SHA-256", report.sha256
    if report.text:
        yield "text", report.text


def _mark(mark: Mark, zone: str) -> Iterator[Paragraph]:
    yield "by", mark.author
    yield "recorded", format_time(mark.recorded_at, Precision.MINUTE, zone)
    if mark.value:
        yield mark.kind.value, mark.value


def _event(file: EventFile, catalog: Catalog) -> Iterator[Paragraph]:
    event, zone = file.row.event, catalog.situation.zone
    yield "event", event.summary or event.kind
    for label, words in (
        ("by", actor_name(catalog, event.actor)),
        ("to", actor_name(catalog, event.against)),
        ("at", place_name(catalog, event.place)),
    ):
        if words:
            yield label, words
    yield "occurred", format_time(event.occurred_at, event.precision, zone)
    yield "id", event.id
    who = file.changeset
    yield "written", f"{who.author}, {format_time(who.recorded_at, Precision.MINUTE, zone)}: {who.reason}"


def _period(begin: int, end: int, zone: str) -> str:
    """Return from when to when, as far as that is known."""
    days = (("from", begin), ("to", end))
    return " ".join(f"{word} {_day(instant, zone)}" for word, instant in days if _day(instant, zone))


def _day(instant: int, zone: str) -> str:
    year = to_datetime(instant, zone).year
    return format_time(instant, Precision.DAY, zone) if 2 < year < 9_000 else ""
