"""What changed between two times, in words for a desk: plain text or Markdown, each line with its grounds."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from export.view import View, event_record, state_record, state_words
from model.catalog import name_of
from model.entities import ControlState, Standing, Tally
from model.ids import short_id
from model.kinds import KINDS
from model.query import EventFile, EventRow
from model.text import clean_line, number_of
from model.times import Precision, format_time, write_time

_MARKUP = re.compile(r"[\\`*\[\]<|~]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)")
"""What Markdown takes for more than a sign: an underscore inside a word, as addresses have them, is none of it."""
_BLOCK = re.compile(r"^(\d*)([#+=>.)-])")
"""What begins a heading, a list or a quotation."""


class Change(NamedTuple):
    """A place whose control is another than before."""

    before: ControlState
    now: ControlState
    files: tuple[EventFile, ...] = ()
    """The events that it rests on now."""

    @property
    def moved(self) -> bool:
        """Whether the status or the side changed; else only whether it is disputed."""
        return (self.before.status, self.before.actor) != (self.now.status, self.now.actor)


class Brief(NamedTuple):
    """What changed from what was known then to what is known under the view's clocks."""

    view: View
    since: int
    """The first instant that was not known then."""
    counts: tuple[tuple[Tally, int, int], ...]
    """Each tally, what it counted then and what it counts now."""
    changes: tuple[Change, ...]
    doubtful: tuple[tuple[Standing | None, EventFile], ...]
    """Disputed, denied, retracted and rejected events that were not so then; None: not known at all."""
    more_doubtful: int
    """How many more disputed, denied, retracted and rejected events there are that were not looked through."""
    reported: tuple[EventRow, ...]
    """The newest of the events that were first reported since."""
    n_reported: int


class _Item(NamedTuple):
    line: str
    details: "tuple[_Item, ...]" = ()


class _Section(NamedTuple):
    heading: str
    items: tuple[_Item, ...]
    empty: str


def brief_text(brief: Brief) -> Iterator[str]:
    """Return the lines of a brief as plain text."""
    title, about = _head(brief)
    yield title
    yield from about
    for section in _sections(brief):
        yield ""
        yield section.heading.upper()
        for depth, line in _flat(section.items or (_Item(section.empty),)):
            yield f"{'    ' * depth}  {clean_line(line)}"


def brief_markdown(brief: Brief) -> Iterator[str]:
    """Return the lines of a brief as Markdown; what the store says is escaped, so that none of it is markup."""
    title, about = _head(brief)
    yield f"# {_escaped(title)}"
    yield ""
    yield " ".join(_escaped(line) for line in about)
    for section in _sections(brief):
        yield ""
        yield f"## {section.heading}"
        yield ""
        if not section.items:
            yield section.empty
        yield from (f"{'  ' * depth}- {_escaped(line)}" for depth, line in _flat(section.items))


def brief_record(brief: Brief) -> dict[str, object]:
    """Return a brief as JSON; its events are those of `sitmon events`."""
    view = brief.view
    return {
        **view.head,
        "since": write_time(brief.since, Precision.MINUTE, view.zone),
        "counts": [
            {"tally": tally.id, "before": before, "now": now, "of": len(tally.place_ids)}
            for tally, before, now in brief.counts
        ],
        "control": [
            {
                "place_id": change.now.place,
                "before": state_record(change.before),
                "now": state_record(change.now),
                "events": [event_record(file.row, view) for file in change.files],
            }
            for change in brief.changes
        ],
        "doubtful": [
            {"before": None if before is None else before.value, **event_record(file.row, view)}
            for before, file in brief.doubtful
        ],
        "reported": [event_record(row, view) for row in brief.reported],
        "n_reported": brief.n_reported,
    }


def _head(brief: Brief) -> tuple[str, tuple[str, ...]]:
    view = brief.view
    since = format_time(brief.since, Precision.MINUTE, view.zone)
    return (
        f"{view.catalog.situation.name}: what changed since {since}",
        (
            f"As of {_told(view.clocks.as_of, view)}, known at {_told(view.clocks.known_at, view)};",
            f"compared with what had happened and was reported before {since}. Times are {view.zone}.",
        ),
    )


def _told(instant: int, view: View) -> str:
    return format_time(min(instant, view.read_at), Precision.MINUTE, view.zone)


def _flat(items: Iterable[_Item], depth: int = 0) -> Iterator[tuple[int, str]]:
    for item in items:
        yield depth, item.line
        yield from _flat(item.details, depth + 1)


def _sections(brief: Brief) -> Iterator[_Section]:
    view, catalog = brief.view, brief.view.catalog
    counts = tuple(
        _Item(
            f"{name_of(catalog.actors, tally.actor)} "
            f"{before if before == now else f'{before} -> {now}'} of {len(tally.place_ids)}: {tally.name}"
        )
        for tally, before, now in brief.counts
    )
    yield _Section("Counts", counts, "No tally is kept.")
    moved = [change for change in brief.changes if change.moved]
    yield _Section("Control", tuple(_control(change, view) for change in moved), "No place changed hands.")
    flagged = tuple(_control(change, view) for change in brief.changes if not change.moved)
    yield _Section("Disputed", flagged, "No place is newly disputed, and none no longer.")
    told = {file.row.event.id for change in brief.changes for file in change.files}
    doubtful = [
        _Item(_was(before, file.row), () if file.row.event.id in told else _grounds(file, view))
        for before, file in brief.doubtful
    ]
    if brief.more_doubtful:
        doubtful.append(_Item(f"{brief.more_doubtful:,} older ones were not looked through"))
    yield _Section("Contradicted, denied, retracted or rejected", tuple(doubtful), "Nothing is newly in doubt.")
    reported = [_Item(_line(row, view)) for row in brief.reported]
    if more := brief.n_reported - len(brief.reported):
        reported.append(_Item(f"and {more:,} more"))
    yield _Section(
        f"Reported since: {number_of(brief.n_reported, 'event')}", tuple(reported), "Nothing new was reported."
    )
    yield _Section("Sources", _sources(brief), "No source is cited.")


def _control(change: Change, view: View) -> _Item:
    now = change.now
    place = view.catalog.places[now.place]
    where = f"{place.name} ({place.admin1})" if place.admin1 and place.admin1 != place.name else place.name
    since = "" if now.since is None else f", since {format_time(now.since, now.since_precision, view.zone)}"
    weight = f"; +{now.n_for}-{now.n_against}{f' {now.grade}' if now.grade else ''}" if now.n_for else ""
    uncertain = ", date disputed" if now.date_disputed else ""
    details = tuple(_Item(_line(file.row, view), _grounds(file, view)) for file in change.files)
    before, after = state_words(change.before, view.catalog), state_words(now, view.catalog)
    return _Item(f"{where}: {before} -> {after}{since}{weight}{uncertain}", details)


def _was(before: Standing | None, row: EventRow) -> str:
    what = "new" if before is None else f"was {before.value}"
    return f"{row.weight.standing.value} ({what}): {row.event.summary} [{short_id(row.event.id)}]"


def _line(row: EventRow, view: View) -> str:
    event, weight = row.event, row.weight
    when = format_time(event.occurred_at, event.precision, view.zone)
    place = name_of(view.catalog.places, event.place)
    grade = f" {weight.grade}" if weight.grade else ""
    return (
        f"{when}{f', {place}' if place else ''}: {KINDS[event.kind].label}: {event.summary} "
        f"({weight.standing.value} +{weight.n_for}-{weight.n_against}{grade}) [{short_id(event.id)}]"
    )


def _grounds(file: EventFile, view: View) -> tuple[_Item, ...]:
    """Return each source's last claim."""
    last = {claim.source: claim for claim in file.claims}
    items = []
    for claim in last.values():
        source = view.catalog.sources[claim.source]
        grade = f"{source.reliability_at(claim.reported_at)}{claim.credibility}"
        reported = format_time(claim.reported_at, claim.reported_precision, view.zone)
        said = f": {claim.attribution}" if claim.attribution else ""
        dated = ""
        if claim.occurred_at is not None:
            dated = f", dates it {format_time(claim.occurred_at, claim.occurred_precision or Precision.DAY, view.zone)}"
        where = f" {claim.url}" if claim.url else ""
        items.append(_Item(f"{source.name} {claim.stance} ({grade}, {reported}){dated}{said}{where}"))
    return tuple(items)


def _sources(brief: Brief) -> tuple[_Item, ...]:
    files = [file for change in brief.changes for file in change.files] + [file for _, file in brief.doubtful]
    instant = min(brief.view.clocks.known_at, brief.view.read_at)
    sources = brief.view.catalog.sources
    cited = sources.keys() & _spoken(files, brief.reported)
    items = []
    for source in sorted((sources[id_] for id_ in cited), key=lambda source: (source.name, source.id)):
        copies = f", copies {name_of(sources, source.copies)}" if source.copies else ""
        items.append(_Item(f"{source.name}: {source.reliability_at(instant)}, {source.kind}{copies}"))
    return tuple(items)


def _spoken(files: Sequence[EventFile], rows: Iterable[EventRow]) -> Iterator[str]:
    for file in files:
        yield from (claim.source for claim in file.claims)
    for row in rows:
        yield from row.weight.source_ids


def _escaped(text: str) -> str:
    text = _MARKUP.sub(r"\\\g<0>", clean_line(text))
    return _BLOCK.sub(r"\1\\\2", text)
