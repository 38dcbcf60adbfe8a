"""`sitmon feed ...`: subscribing to feeds, polling them, and showing what they carry."""

import asyncio
import functools
import re
import sys
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from http import HTTPStatus
from pathlib import Path
from typing import Any, BinaryIO

import click

from export.files import write_jsonl
from export.view import Record
from export.whole import whole_file
from ingest.feeds.items import Document, Item
from ingest.feeds.limits import MAX_BYTES
from ingest.feeds.polling import Polled, Poller
from ingest.feeds.subscribing import Subscription, find_feed, subscribe
from ingest.streams import LineStream
from ingest.text.language import LanguageMissing, LanguageModel, load_language_model
from model.catalog import Catalog, name_of
from model.errors import InputRefused, StoreBusy
from model.feeds import Feed, FeedStatus, Progress
from model.text import number_of
from model.times import SECOND, Precision, now, write_time
from sitmon import AGENT
from sitmon.cli import EXIT_REFUSED
from sitmon.commands.trust import grant, kinds_of
from sitmon.output import Form, format_option, print_lines, print_records, print_table, say
from sitmon.session import Session, open_session, run, set_on_signals, store_options, with_session
from store.base import Draft, Store

COLUMNS = (
    *("id", "url", "source", "every", "status", "last_success", "last_new", "next_try", "error", "failures"),
    *("new_today", "full_text", "private", "rule"),
)
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_EVERY = re.compile(r"(\d{1,6})\s*([smhd])")


def _read_every(_context: click.Context, _parameter: click.Parameter, text: str) -> int:
    match = _EVERY.fullmatch(text.strip())
    if match is None:
        raise InputRefused(f"--every: {text[:40]!r} is not a length of time; write 30s, 5m, 2h or 1d")
    return int(match[1]) * _SECONDS[match[2]]


def _read_rules(_context: click.Context, _parameter: click.Parameter, rules: tuple[str, ...]) -> tuple[str, ...]:
    for rule in rules:
        if not rule.startswith("trust:"):
            raise InputRefused(f"--rule: {rule[:40]!r} is not a rule; write trust:KIND or trust:KIND,KIND")
    return kinds_of(word for rule in rules for word in rule.removeprefix("trust:").split(","))


@click.group("feed", short_help="Subscribe to feeds, poll them, show what they carry.")
def feed_command() -> None:
    """Subscribe to RSS, Atom, JSON Feed and CAP; new items become reports, and proposals to review.

    \b
    sitmon feed show https://example.org/world.xml       # look before you subscribe
    sitmon feed add https://example.org/world.xml --source AFP --every 5m
    sitmon feed list
    sitmon feed poll                                     # poll now
    sitmon feed run                                      # poll until stopped
    """  # noqa: D301 - click's mark for lines that stay as they are


@feed_command.command("add", short_help="Subscribe to a feed.")
@click.argument("url")
@click.option("--source", metavar="NAME", required=True, help="Whose reports they are.")
@click.option("--every", metavar="TIME", default="5m", show_default=True, callback=_read_every, help="30s, 5m, 2h, 1d.")
@click.option(
    *("--rule", "trusted"),
    multiple=True,
    callback=_read_rules,
    metavar="trust:KIND",
    help="Trust its source for this kind: accepted without review (`sitmon review trust`).",
)
@click.option("--create", is_flag=True, help="Add the source if the situation does not have it.")
@click.option("--private", is_flag=True, help="Allow a private or loopback address.")
@click.option("--full-text", is_flag=True, help="Fetch the page of an item where the feed has only a summary.")
@click.option("--items-a-day", type=int, default=Feed("", "", "").items_a_day, show_default=True, help="At most.")
@click.option("--bytes-a-day", type=int, default=Feed("", "", "").bytes_a_day, show_default=True, help="At most.")
@with_session
async def add_command(
    session: Session,
    *,
    url: str,
    source: str,
    every: int,
    trusted: tuple[str, ...],
    create: bool,
    private: bool,
    full_text: bool,
    items_a_day: int,
    bytes_a_day: int,
) -> None:
    """Subscribe to a feed; prints its id. `sitmon undo` takes it back.

    \b
    sitmon feed add https://example.org/world.xml --source AFP --every 5m
    sitmon feed add https://example.org/war.xml --source AFP --rule trust:capture,withdrawal
    """  # noqa: D301 - click's mark for lines that stay as they are
    wanted = Feed(
        *("", url.strip(), "", every),
        full_text=full_text,
        private=private,
        items_a_day=items_a_day,
        bytes_a_day=bytes_a_day,
    )
    made = subscribe(session.catalog, wanted, source, create=create)
    batch = await _write(session, f"subscribe to {url}", [made])
    owner = made.made or session.catalog.sources[made.feed.source]
    granted = await grant(session, owner, trusted, batch=batch)
    click.echo(made.feed.id)
    if granted:
        named = ", ".join(one.kind for one in granted)
        say(f"{owner.name} is trusted for {named}; `sitmon review trust --revoke {owner.id}` takes all of it back")
    say(f"subscribed; `sitmon feed poll {made.feed.id}` polls it now, `sitmon feed run` from now on")


async def _write(session: Session, reason: str, made: Iterable[Subscription]) -> str | None:
    made = tuple(made)
    sources = tuple(one.made for one in made if one.made is not None)
    draft = Draft(reason, sources=sources, feeds=tuple(one.feed for one in made))
    written = await session.store.write(session.situation, draft)
    return written.changeset.id if written.changeset else None


@feed_command.command("list", short_help="The subscriptions and their health.")
@click.option("--all", "removed", is_flag=True, help="Include removed ones.")
@format_option(Form.TABLE, Form.JSON, Form.JSONL, Form.CSV)
@with_session
async def list_command(session: Session, *, removed: bool, form: Form) -> None:
    """List the subscriptions and their health: last success, last news, what went wrong, next poll."""
    progress = await session.store.feed_progress(session.situation)
    feeds = [feed for feed in session.catalog.feeds.values() if removed or feed.status != FeedStatus.REMOVED]
    if form is Form.TABLE:
        rows = [_row(session, feed, progress.get(feed.id, Progress())) for feed in feeds]
        headings = ("id", "source", "every", "status", "last success", "last news", "next try", "rule", "url", "error")
        print_table(headings, rows, ("url", "every", "rule", "source", "last news"))
        if not feeds:
            say("`sitmon feed add URL --source NAME` subscribes to a feed")
    else:
        print_records(
            form, COLUMNS, [_feed_record(feed, progress.get(feed.id, Progress()), session.catalog) for feed in feeds]
        )


def _row(session: Session, feed: Feed, progress: Progress) -> list[str]:
    moment = now()

    def ago(instant: int | None) -> str:
        return "never" if instant is None else f"{_length(moment - instant)} ago"

    next_try = "-"
    if feed.status == FeedStatus.ACTIVE:
        next_try = f"in {_length(progress.next_at - moment)}" if progress.next_at > moment else "now"
    return [
        *(feed.id, name_of(session.catalog.sources, feed.source), _every(feed.every), feed.status),
        *(
            ago(progress.success_at),
            ago(progress.new_at),
            next_try,
            _rule(session.catalog, feed),
            feed.url,
            progress.error,
        ),
    ]


def _length(microseconds: int) -> str:
    """Return a length of time as people say it: `40 s`, `3 min`, `5 h`, `2 d`."""
    seconds = max(0, microseconds) // SECOND
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"


def _every(seconds: int) -> str:
    unit = next(unit for unit in "dhms" if seconds % _SECONDS[unit] == 0)
    return f"{seconds // _SECONDS[unit]}{unit}"


def _rule(catalog: Catalog, feed: Feed) -> str:
    """Return what the feed's source is trusted for, as `--rule` has it; empty if for nothing."""
    kinds = [one.kind for one in catalog.trusts.values() if one.source == feed.source]
    return f"trust:{','.join(kinds)}" if kinds else ""


def _feed_record(feed: Feed, progress: Progress, catalog: Catalog) -> Record:
    def written(instant: int | None) -> str | None:
        return write_time(instant, Precision.MINUTE, "UTC") if instant else None

    return {
        "id": feed.id,
        "url": feed.url,
        "source": feed.source,
        "every": feed.every,
        "status": str(feed.status),
        "last_success": written(progress.success_at),
        "last_new": written(progress.new_at),
        "next_try": written(progress.next_at) if feed.status == FeedStatus.ACTIVE else None,
        "error": progress.error or None,
        "failures": progress.failures,
        "new_today": progress.day_items,
        "full_text": feed.full_text,
        "private": feed.private,
        "rule": _rule(catalog, feed) or None,
    }


def _status_command(name: str, status: FeedStatus, does: str, said: str) -> None:
    @feed_command.command(name, help=f"{does} `sitmon undo` takes it back.")
    @click.argument("feeds", metavar="ID|URL...", nargs=-1, required=True)
    @with_session
    async def command(session: Session, *, feeds: tuple[str, ...]) -> None:
        found = [find_feed(session.catalog, name) for name in feeds]
        changed = tuple(feed._replace(status=status) for feed in found)
        await session.store.write(
            session.situation, Draft(f"{name} feed {', '.join(feed.id for feed in found)}", feeds=changed)
        )
        print_lines(feed.id for feed in found)
        say(said)


_status_command(
    "remove", FeedStatus.REMOVED, "Unsubscribe; the reports that it brought stay.", "removed; its reports stay"
)
_status_command("pause", FeedStatus.PAUSED, "Stop polling a feed until `sitmon feed resume`.", "paused")
_status_command(
    "resume", FeedStatus.ACTIVE, "Poll a feed again that was paused or has ended.", "polled again from now on"
)


@feed_command.command("import", short_help="Subscribe to the feeds of an OPML file.")
@click.argument("file", metavar="FILE|-", type=click.File("rb"))
@click.option("--source", metavar="NAME", help="The source of all of them; default: each one's title.")
@click.option("--every", metavar="TIME", default="5m", show_default=True, callback=_read_every, help="30s, 5m, 2h, 1d.")
@click.option("--create", is_flag=True, help="Add the sources that the situation does not have.")
@with_session
async def import_command(session: Session, *, file: BinaryIO, source: str | None, every: int, create: bool) -> int:
    """Subscribe to all feeds of an OPML file, which feed readers export; one undo takes all of it back.

    \b
    sitmon feed import newsboat.opml --create
    """  # noqa: D301 - click's mark for lines that stay as they are
    from dataclasses import replace

    from ingest.feeds.opml import read_opml
    from store.accept_things import accept_feed, accept_source

    catalog, made, refused = session.catalog, [], 0
    for outline in read_opml(file.read(MAX_BYTES + 1)):
        try:
            one = subscribe(catalog, Feed("", outline.url, "", every), source or outline.title, create=create)
            accept_feed(one.feed)  # so that one that the store would refuse does not keep out the others
            if one.made:
                accept_source(one.made)
        except InputRefused as error:
            refused += 1
            say(f"{outline.url}: {error}; left out")
            continue
        made.append(one)
        sources = dict(catalog.sources) | ({one.made.id: one.made} if one.made else {})
        catalog = replace(catalog, sources=sources, feeds=dict(catalog.feeds) | {one.feed.id: one.feed})
    if made:
        await _write(session, f"subscribe to {len(made)} feeds", made)
    print_lines(one.feed.id for one in made)
    say(f"subscribed to {len(made)}, left out {refused}")
    return EXIT_REFUSED if refused else 0


@feed_command.command("export", short_help="Write the subscriptions as OPML.")
@click.option("--output", "-o", metavar="FILE", default="-", help="Where to; the file appears when it is complete.")
@with_session
async def export_command(session: Session, *, output: str) -> None:
    """Write the subscriptions as OPML, for other feed readers, or for another store."""
    from ingest.feeds.opml import write_opml

    feeds = [feed for feed in session.catalog.feeds.values() if feed.status in (FeedStatus.ACTIVE, FeedStatus.PAUSED)]
    with click.open_file("-", "w", encoding="utf-8") if output == "-" else whole_file(Path(output)) as stream:
        stream.write(write_opml(feeds, session.catalog))


def _with_situations(function: Callable[..., Awaitable[Any]]) -> Callable[..., Any]:
    """Make a command's function of a coroutine function that takes an open store and the chosen situations, or all."""

    @store_options
    @functools.wraps(function)
    def wrapper(store: str | None, situation: str | None, **options: Any) -> Any:
        async def work() -> Any:
            async with open_session(store, situation, or_first=True) as session:
                return await function(session.store, (session.situation, *session.others), **options)

        return run(work())

    return wrapper


@feed_command.command("poll", short_help="Poll feeds now.")
@click.argument("feeds", metavar="[ID|URL]...", nargs=-1)
@click.option("--due", is_flag=True, help="Only those that are due; for cron.")
@click.option("--no-read", is_flag=True, help="Store reports; extract nothing from them.")
@_with_situations
async def poll_command(
    store: Store, situations: tuple[str, ...], *, feeds: tuple[str, ...], due: bool, no_read: bool
) -> int:
    """Poll the given feeds, or all that are not paused, and print how much is new in each.

    Polls feeds of every situation in the store, unless one is given. Exit code 1 if a feed cannot be fetched or read.
    With `--due`, does nothing while `sitmon feed run` is running.

    \b
    sitmon feed poll
    sitmon feed poll afp-1
    """  # noqa: D301 - click's mark for lines that stay as they are
    from ingest.feeds.fetching import Fetcher
    from ingest.feeds.running import poll_all

    asked = {situation: await _asked(store, situation, feeds, due=due) for situation in situations}
    unknown = [name for name in feeds if not any(_answers_to(feed, name) for found in asked.values() for feed in found)]
    if unknown and not due:
        for situation in situations:
            find_feed(await store.catalog(situation), unknown[0])
    failed = False

    def tell(polled: Polled) -> None:
        nonlocal failed
        failed = failed or polled.failed
        if not polled.failed:
            let_in = f", {polled.let_in} of them accepted by trust" if polled.let_in else ""
            print_lines([f"{polled.feed.id}: {polled.new} new, {polled.proposals} proposals{let_in}"])
        if polled.note:
            say(f"{polled.feed.id}: {polled.note}")

    async with AsyncExitStack() as held:
        try:
            await held.enter_async_context(store.poller())
        except StoreBusy as busy:
            if not due:
                raise
            say(str(busy))
            return 0
        fetcher = await held.enter_async_context(Fetcher(agent=AGENT))
        model = _language_model(read=not no_read and any(asked.values()))
        for situation, found in asked.items():
            await poll_all(Poller(store, situation, fetcher, model), found, tell)
    if not any(asked.values()):
        say("nothing is due" if due else "there is nothing to poll; `sitmon feed add URL --source NAME` subscribes")
    return EXIT_REFUSED if failed else 0


async def _asked(store: Store, situation: str, names: tuple[str, ...], *, due: bool) -> list[Feed]:
    from ingest.feeds.schedule import is_due

    feeds = (await store.catalog(situation)).feeds.values()
    progress = await store.feed_progress(situation) if due else {}
    return [
        feed
        for feed in feeds
        if (any(_answers_to(feed, name) for name in names) if names else feed.status == FeedStatus.ACTIVE)
        and (not due or is_due(progress.get(feed.id), now()))
    ]


def _answers_to(feed: Feed, name: str) -> bool:
    return name in (feed.id, feed.url) and feed.status != FeedStatus.REMOVED


@feed_command.command("run", short_help="Poll every feed when it is due, until stopped.")
@click.option("--no-read", is_flag=True, help="Store reports; extract nothing from them.")
@click.option("--with-stdin", is_flag=True, help="Also end when stdin is closed.")
@_with_situations
async def run_command(store: Store, situations: tuple[str, ...], *, no_read: bool, with_stdin: bool) -> None:
    """Poll every feed when it is due, until stopped by SIGTERM or Ctrl-C; one such process for each store.

    Polls feeds of every situation in the store, unless one is given. Prints what happens on stderr, a line each.
    Notices subscriptions that change meanwhile. docs/feeds.md has a systemd unit.
    """
    from ingest.feeds.fetching import Fetcher
    from ingest.feeds.running import run_poller

    stop = asyncio.Event()
    set_on_signals(stop)
    async with store.poller(), Fetcher(agent=AGENT) as fetcher:
        model = _language_model(read=not no_read)
        for situation in situations:
            feeds = (await store.catalog(situation)).feeds.values()
            active = sum(feed.status == FeedStatus.ACTIVE for feed in feeds)
            say(f"polling {number_of(active, 'feed')} of {situation}")
        async with asyncio.TaskGroup() as running:
            if with_stdin:
                running.create_task(_stop_with_stdin(stop))
            for situation in situations:
                running.create_task(run_poller(Poller(store, situation, fetcher, model), stop, say))
    say("stopped; what was saved is kept")


async def _stop_with_stdin(stop: asyncio.Event) -> None:
    """Stop when stdin is closed; what comes in is ignored."""
    lines = LineStream(sys.stdin.fileno(), stop)
    while await lines.line():
        pass
    stop.set()


def _language_model(*, read: bool) -> LanguageModel | None:
    if not read:
        return None
    try:
        return load_language_model()
    except LanguageMissing as error:
        say(f"{error}; reports are stored without proposals until then")
        return None


@feed_command.command("show", short_help="Print what a feed carries; store nothing.")
@click.argument("where", metavar="FILE|URL")
@click.option("--private", is_flag=True, help="Allow a private or loopback address.")
def show_command(where: str, *, private: bool) -> None:
    """Print what a feed carries, one JSON line for each item; `-` is stdin. Stores nothing.

    Each line has title, link, id, published, summary and content, as plain text; an alert that updates or cancels
    others also has their ids, in updates and cancels.

    \b
    sitmon feed show world.xml
    sitmon feed show https://example.org/world.xml
    """  # noqa: D301 - click's mark for lines that stay as they are
    document = run(_read_where(where, private=private))
    write_jsonl(sys.stdout, map(_record, document.items))


async def _read_where(where: str, *, private: bool) -> Document:
    from ingest.feeds.apart import read_feed_apart

    if "://" not in where:
        with click.open_file(where, "rb") as stream:
            return await read_feed_apart(stream.read(MAX_BYTES + 1))
    from ingest.feeds.fetching import Fetcher

    async with Fetcher(agent=AGENT) as fetcher:
        answer = await fetcher.fetch(where, private=private)
    if answer.status != HTTPStatus.OK:
        raise InputRefused(f"the server says that {where} is gone for good")
    return await read_feed_apart(answer.body, url=answer.url, content_type=answer.content_type)


def _record(item: Item) -> Record:
    published = None if item.published is None else write_time(item.published, item.precision, "UTC")
    record: Record = {
        "title": item.title,
        "link": item.link or None,
        "id": item.id or None,
        "published": published,
        "summary": item.summary,
        "content": item.content,
    }
    for name, others in (("updates", item.updates), ("cancels", item.cancels)):
        if others:
            record[name] = list(others)
    return record
