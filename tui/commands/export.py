"""Writing the present view into a file."""

from collections.abc import AsyncIterator, Sequence
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING

from model.query import EventRow
from model.text import clean_line, number_of
from tui.commands.work import Do, Take, Work, Writing

if TYPE_CHECKING:
    from export.view import View
    from export.whole import FileForm
    from tui.main_screen import MainScreen

EVENTS, PLACES = "export of events", "export of cities"
"""What the line asks a file's name for."""

_PAGE = 256


def _ask(screen: "MainScreen") -> Work:
    if screen.focused is screen.cities:
        screen.question.ask(PLACES, "write who holds what to (.csv .json .jsonl .geojson)")
    else:
        screen.question.ask(EVENTS, "write these events to (.csv .json .jsonl .geojson)")
    return None


def _begin(screen: "MainScreen", text: str, *, events: bool = True) -> Work:
    """Write to the file that was named; first ask, where there is one already."""
    from export.whole import FileForm, check_target

    name = text.strip()
    suffix = name.rpartition(".")[2].lower()
    if suffix not in set(FileForm):
        screen.say("nothing was written: the name must end in .csv, .json, .jsonl or .geojson", "warn")
        return None
    try:
        path = Path(name).expanduser()
        check_target(path)
    except (OSError, RuntimeError, ValueError) as error:
        screen.say(_problem(name, error), "warn")
        return None
    work = Writing(_write, screen, path, FileForm(suffix), events=events)
    if not path.exists():
        return work
    screen.confirm(f"{path.name} exists already; overwrite it?", work)
    return None


async def _write(screen: "MainScreen", path: Path, form: "FileForm", *, events: bool) -> str:
    from export.view import View
    from export.whole import whole_file

    session = screen.session
    view = View(session.catalog, session.clocks, session.present(), session.filter_text if events else "")
    try:
        with whole_file(path) as stream:
            if events:
                number = await _write_events(screen, stream, form, view)
                return f"wrote {number_of(number, 'event')} to {path}"
            number = await _write_places(screen, stream, form, view)
            return f"wrote {number_of(number, 'place')} to {path}"
    except OSError as error:
        return _problem(str(path), error)


async def _write_events(screen: "MainScreen", stream: IO[str], form: "FileForm", view: "View") -> int:
    session, query = screen.session, screen.session.query
    screen.long_task.report("counting what is to be written")
    of = (await session.store.count(session.situation, query, cap=None)).number

    async def pages() -> AsyncIterator[Sequence[EventRow]]:
        after, more = None, True
        while more:
            page = await session.store.page(session.situation, query, after=after, limit=_PAGE)
            yield page.rows
            after, more = page.rows[-1].cursor if page.rows else None, page.more

    return await write_rows(screen, stream, form, view, of=of, pages=pages())


async def write_rows(
    screen: "MainScreen",
    stream: IO[str],
    form: "FileForm",
    view: "View",
    *,
    of: int,
    pages: AsyncIterator[Sequence[EventRow]],
) -> int:
    """Write events with their claims, and say how far it is; return how many there were.

    Args:
        screen: whose events they are.
        stream: opened with `newline=""`.
        form: of what is written.
        view: that they are read with.
        of: how many there are.
        pages: the events, some at a time.
    """
    from export.whole import write_events

    session, done = screen.session, 0

    async def rows() -> AsyncIterator[EventRow]:
        nonlocal done
        async for page in pages:
            for row in page:
                yield row
                done += 1
            screen.long_task.report(f"{done:,} of {of:,} events written", "no file was left")

    await write_events(stream, form, rows(), partial(session.store.evidence, session.situation), view)
    return done


async def _write_places(screen: "MainScreen", stream: IO[str], form: "FileForm", view: "View") -> int:
    from export.view import PlaceLine, claims_behind
    from export.whole import write_places

    session = screen.session
    lines: list[PlaceLine] = []
    for state in await session.store.control(session.situation, clocks=view.clocks, with_events=True):
        place = session.catalog.places.get(state.place)
        if place is not None:
            found = await session.store.evidence(session.situation, state.event_ids)
            lines.append(PlaceLine(place, state, claims_behind(state, found, view.clocks.known_at)))
        screen.long_task.report(f"{len(lines):,} places read", "no file was left")
    write_places(stream, form, lines, view)
    return len(lines)


def _problem(name: str, error: Exception) -> str:
    what = error.strerror if isinstance(error, OSError) else str(error)
    return clean_line(f"nothing was written: {what}: {name}")


DO: dict[str, Do] = {"export": _ask}

TAKES: dict[str, Take] = {"export": _begin}

ANSWERS: dict[str, Take] = {EVENTS: _begin, PLACES: partial(_begin, events=False)}
