"""`sitmon brief`: what changed since a time, with its grounds, for a desk."""

from collections.abc import AsyncIterator

import click

from export.brief import Brief, Change, brief_markdown, brief_record, brief_text
from model.entities import ControlState, Standing, Status
from model.errors import IdUnknown, InputRefused
from model.filters.conditions import KnownBefore, NotThat, StandingIn
from model.query import Clocks, EventFile, EventQuery
from model.tally import count
from sitmon.config import memory_file
from sitmon.output import Form, format_option, print_document, print_lines, progress_line
from sitmon.reading import read_events, view_of
from sitmon.session import Session, clock_options, with_session

_DOUBTFUL = frozenset({Standing.DISPUTED, Standing.DENIED, Standing.RETRACTED, Standing.REJECTED})
_MOST_DOUBTFUL = 200
"""Newest doubtful events whose standing before is looked up."""


@click.command("brief", short_help="What changed since a time, with its grounds.")
@click.option(
    "--since", metavar="TIME", help="Since when: 2021-08-12, yesterday; default: since you last looked at the screen."
)
@click.option("--limit", type=click.IntRange(0), default=20, show_default=True, help="New events that are listed.")
@clock_options
@format_option(Form.TEXT, Form.MARKDOWN, Form.JSON)
@with_session
async def brief_command(
    session: Session, *, since: str | None, limit: int, as_of: str | None, known_at: str | None, form: Form
) -> None:
    """What changed since a time: counts, control, what is in doubt, what was reported, each with sources and grades.

    It compares what had happened and was reported before that time with what both clocks show. When something was
    reported decides, not when it came into this store.

    \b
    sitmon brief --since yesterday
    sitmon brief --since 2021-08-12 --as-of 2021-08-12 --known-at 2021-08-13
    sitmon brief --since yesterday --format markdown > brief.md
    """  # noqa: D301 - click's mark for lines that stay as they are
    brief = await read_brief(session, _since(session, since), session.clocks(as_of, known_at), limit)
    if form is Form.JSON:
        print_document(form, brief_record(brief))
    else:
        print_lines(brief_text(brief) if form is Form.TEXT else brief_markdown(brief))


async def read_brief(session: Session, since: int, clocks: Clocks, limit: int) -> Brief:
    """Read what changed.

    Args:
        session: where from.
        since: the first instant that is new.
        clocks: what it is compared with.
        limit: how many of the newly reported events are named.

    Raises:
        InputRefused: the clocks are set to before it.
    """
    view = view_of(session, clocks)
    if min(*clocks, view.read_at) < since:
        raise InputRefused("--since: nothing can have changed since then: the clocks are set to before it")
    store, situation, catalog = session.store, session.situation, session.catalog
    before = Clocks(since - 1, since - 1)
    former = await store.control(situation, clocks=before)
    present = await store.control(situation, clocks=clocks)
    instant = min(clocks.as_of, view.read_at)
    counts = [
        (tally, count(tally, former, catalog, since - 1).number, count(tally, present, catalog, instant).number)
        for tally in catalog.tallies.values()
    ]
    changes = [change async for change in _changes(session, former, present, clocks)]
    doubtful, more_doubtful = await _doubtful(session, before, clocks)
    query = EventQuery(NotThat(KnownBefore(since)), clocks)
    reported = [row async for row in read_events(session, query, limit)]
    return Brief(
        view,
        since,
        counts=tuple(counts),
        changes=tuple(changes),
        doubtful=tuple(doubtful),
        more_doubtful=more_doubtful,
        reported=tuple(reported),
        n_reported=(await store.count(situation, query, cap=None)).number,
    )


def _since(session: Session, text: str | None) -> int:
    if text is not None:
        return session.time("--since", text)[0]
    from tui.last_look import read  # it loads what the screen needs

    seen = read(memory_file(session.where, session.situation))
    if seen is None:
        raise InputRefused("you have not looked at this situation on the screen yet; say since when: --since yesterday")
    return seen.at + 1


async def _doubtful(
    session: Session, before: Clocks, clocks: Clocks
) -> tuple[list[tuple[Standing | None, EventFile]], int]:
    """Return the events that are in doubt and were not so before, and how many in doubt were not looked at."""
    query = EventQuery(StandingIn(_DOUBTFUL), clocks)
    doubtful: list[tuple[Standing | None, EventFile]] = []
    looked = 0
    async for row in read_events(session, query, _MOST_DOUBTFUL):
        looked += 1
        was = await _standing(session, row.event.id, before)
        if was is not row.weight.standing:
            doubtful.append((was, await session.store.event(session.situation, row.event.id, clocks=clocks)))
    if looked < _MOST_DOUBTFUL:
        return doubtful, 0
    return doubtful, (await session.store.count(session.situation, query, cap=None)).number - looked


async def _changes(
    session: Session, former: tuple[ControlState, ...], present: tuple[ControlState, ...], clocks: Clocks
) -> AsyncIterator[Change]:
    states = {state.place: state for state in former}
    changes = [Change(states.get(now.place, ControlState(now.place, Status.UNKNOWN)), now) for now in present]
    changes = [one for one in changes if one.moved or one.before.disputed != one.now.disputed]
    show = progress_line("reading the grounds")
    for number, change in enumerate(changes, 1):
        rests_on = (await session.store.why(session.situation, change.now.place, clocks=clocks)).state.event_ids
        files = [await session.store.event(session.situation, id_, clocks=clocks) for id_ in rests_on]
        yield change._replace(files=tuple(files))
        if show is not None:
            show(number, len(changes))


async def _standing(session: Session, event: str, clocks: Clocks) -> Standing | None:
    """Return an event's standing at the clocks; None where nobody had reported it."""
    try:
        file: EventFile = await session.store.event(session.situation, event, clocks=clocks)
    except IdUnknown:
        return None
    return file.row.weight.standing
