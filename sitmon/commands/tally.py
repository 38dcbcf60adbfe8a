"""`sitmon tally`: counts with a denominator, computed day by day, beside the published ones."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import click

from export.view import Record, View
from model import times
from model.catalog import name_of
from model.entities import Tally, TallyClaim
from model.errors import NameUnknown
from model.filters.conditions import EVERYTHING
from model.query import Clocks, EventQuery
from model.tally import Published, compared_at
from model.text import fold
from model.times import FOREVER, day_of, end_of, format_time, write_time
from sitmon.output import Form, format_option, print_records, print_table, say
from sitmon.reading import view_of
from sitmon.session import Session, clock_options, with_session

_DAYS = 400
_PLACE_DAYS = 150_000
"""The latest days of a tally are printed, and those with a published count: at least `_DAYS`, and more while the tally
has so few places that places times days stay below `_PLACE_DAYS`."""

COLUMNS = (
    *("tally", "day", "computed", "claimed_only", "of"),
    *("source", "published", "published_of", "published_as_of", "computed_then", "difference", "note"),
)


@dataclass(frozen=True, slots=True)
class TallyDay:
    """A tally at the end of one day, with the counts published for it."""

    tally: Tally
    day: dt.date
    computed: int
    claimed_only: int
    """How many of these only the gaining side claims."""
    published: tuple[Published, ...]


@click.command("tally", short_help="Counts day by day, beside published ones.")
@click.argument("name", required=False)
@clock_options
@format_option(Form.TABLE, Form.JSON, Form.JSONL, Form.CSV)
@with_session
async def tally_command(
    session: Session, *, name: str | None, as_of: str | None, known_at: str | None, form: Form
) -> None:
    """Counts day by day, beside the ones that sources published, with the difference.

    NAME is a tally's id or name; without it, all tallies. A published count is compared with the computed one at the
    end of its period: a morning's count at noon. The table leaves out days on which nothing changed and nothing was
    published.

    \b
    sitmon tally
    sitmon tally taliban-capitals --as-of 2021-08-12
    sitmon tally --known-at 2021-08-13 --format csv
    """  # noqa: D301 - click's mark for lines that stay as they are
    clocks = session.clocks(as_of, known_at)
    view = view_of(session, clocks)
    claims = await session.store.tally_claims(session.situation, clocks=clocks)
    tallies = list(session.catalog.tallies.values()) if name is None else [_named(session, name)]
    if not tallies:
        say("this situation has no tallies")
    begin = await _beginning(session, clocks)
    days = [
        day
        for tally in tallies
        for day in await _days(
            session, tally, [claim for claim in claims if claim.tally == tally.id], clocks, view, begin=begin
        )
    ]
    if form is Form.TABLE:
        headings = ("TALLY", "DAY", "COMPUTED", "OF", "CLAIMED", "PUBLISHED", "BY THEN", "DIFFERENCE", "SOURCE")
        print_table(headings, (row for day in _telling(days) for row in _rows(day, view)), ("OF", "BY THEN"))
    else:
        print_records(form, COLUMNS, (record for day in days for record in _records(day, view)))


def _named(session: Session, name: str) -> Tally:
    tallies = session.catalog.tallies
    for tally in tallies.values():
        if name == tally.id or fold(name) in (fold(tally.id), fold(tally.name)):
            return tally
    raise NameUnknown("tally", name, tuple(tallies))


async def _beginning(session: Session, clocks: Clocks) -> int:
    """Return when the situation begins, or else when its first event occurred."""
    begins = session.catalog.situation.begins
    if begins is not None:
        return begins
    first = await session.store.page(session.situation, EventQuery(EVERYTHING, clocks), newer=True, limit=1)
    return first.rows[0].event.occurred_at if first.rows else FOREVER


async def _days(
    session: Session, tally: Tally, claims: list[TallyClaim], clocks: Clocks, view: View, *, begin: int
) -> list[TallyDay]:
    days = _calendar(session, tally, claims, begin, min(clocks.as_of, view.read_at))
    ends = [end_of(times.parse_time(day.isoformat(), view.zone)[0], times.Precision.DAY, view.zone) for day in days]
    ends[-1] = min(ends[-1], clocks.as_of)
    spoken_of = [min(compared_at(claim, view.zone), clocks.as_of) for claim in claims]
    instants = tuple(sorted({*ends, *spoken_of}))
    counted = await session.store.held_by_day(
        session.situation, frozenset(tally.place_ids), tally.actor, instants, known_at=clocks.known_at
    )
    held = dict(zip(instants, counted, strict=True))
    published = [Published(claim, held[end][0]) for claim, end in zip(claims, spoken_of, strict=True)]
    return [
        TallyDay(tally, day, *held[end], tuple(one for one in published if day_of(one.claim.as_of, view.zone) == day))
        for day, end in zip(days, ends, strict=True)
    ]


def _calendar(session: Session, tally: Tally, claims: list[TallyClaim], begin: int, now: int) -> list[dt.date]:
    """Return the days from the beginning or the first published count to the situation's end or the as-of."""
    situation = session.catalog.situation
    end = min(now, situation.ends if situation.ends is not None else FOREVER)
    told = {day_of(min(claim.as_of, end), session.zone) for claim in claims}
    last = day_of(end, session.zone)
    most = max(_DAYS, _PLACE_DAYS // max(1, len(tally.place_ids)))
    first = max(min(day_of(min(begin, end), session.zone), *told, last), last - dt.timedelta(days=most - 1))
    return sorted({*told, *(first + dt.timedelta(days=number) for number in range((last - first).days + 1))})


def _rows(day: TallyDay, view: View) -> Iterator[tuple[str, ...]]:
    midnight = times.parse_time(day.day.isoformat(), view.zone)[0]
    cells = (
        day.tally.id,
        format_time(midnight, times.Precision.DAY, view.zone),
        str(day.computed),
        str(len(day.tally.place_ids)),
        str(day.claimed_only or ""),
    )
    for one in day.published:
        then = str(one.computed) if one.computed != day.computed else ""
        source = name_of(view.catalog.sources, one.claim.source)
        yield (*cells, str(one.claim.count), then, _signed(one.difference), source)
    if not day.published:
        yield (*cells, "", "", "", "")


def _telling(days: list[TallyDay]) -> Iterator[TallyDay]:
    """Yield the days that differ from the one before or have a published count, and each tally's first and last."""
    for before, day, after in zip([None, *days], days, [*days[1:], None], strict=False):
        same = before and (before.tally, before.computed, before.claimed_only) == (
            day.tally,
            day.computed,
            day.claimed_only,
        )
        if day.published or not same or after is None or after.tally != day.tally:
            yield day


def _signed(difference: int) -> str:
    return f"{difference:+d}" if difference else "0"


def _records(day: TallyDay, view: View) -> Iterator[Record]:
    record: Record = {
        "tally": day.tally.id,
        "day": day.day.isoformat(),
        "computed": day.computed,
        "claimed_only": day.claimed_only,
        "of": len(day.tally.place_ids),
    }
    for one in day.published:
        claim = one.claim
        yield {
            **record,
            "source": claim.source,
            "published": claim.count,
            "published_of": claim.of,
            "published_as_of": write_time(claim.as_of, claim.as_of_precision, view.zone),
            "computed_then": one.computed,
            "difference": one.difference,
            "note": claim.note,
        }
    if not day.published:
        yield {**record, **dict.fromkeys(COLUMNS[5:])}
