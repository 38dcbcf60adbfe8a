"""What every subcommand needs: common options, an open store, the situation's catalog, the clocks."""

import asyncio
import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from model.catalog import Catalog
from model.errors import IdUnknown, InputRefused
from model.query import Clocks
from model.text import clean_line
from model.times import FOREVER, Precision, end_of, spoken_time
from store.base import Store

if TYPE_CHECKING:
    import click

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])


class Session(NamedTuple):
    """An open store and the situation that a command works on."""

    store: Store
    catalog: Catalog
    others: tuple[str, ...] = ()
    """Ids of the store's other situations, if none was given and the first one was taken."""
    where: str | None = None
    """The store's path or URL; None: the default one."""

    @property
    def situation(self) -> str:
        """The situation's id."""
        return self.catalog.situation.id

    @property
    def zone(self) -> str:
        """The zone in which its times are read and shown."""
        return self.catalog.situation.zone

    def clocks(self, as_of: str | None, known_at: str | None) -> Clocks:
        """Read the two clock options; a day, a month, ... means its end."""
        return Clocks(self._clock("--as-of", as_of), self._clock("--known-at", known_at))

    def _clock(self, option: str, text: str | None) -> int:
        if text is None or text.strip() == "now":
            return FOREVER
        return end_of(*self.time(option, text), self.zone)

    def time(self, option: str, text: str) -> tuple[int, Precision]:
        """Read the time that an option gives: when its period begins, and how precise it is."""
        try:
            return spoken_time(text, self.zone)
        except InputRefused as error:
            raise InputRefused(f"{option}: {error}") from None


def store_options(function: F) -> F:
    """Add `--store` and `--situation`, which override the ones before the subcommand."""
    import click

    from sitmon.arguments import not_empty

    @click.option("--store", metavar="PATH|URL", callback=not_empty, help="The store to use.")
    @click.option("--situation", metavar="ID", callback=not_empty, help="The situation.")
    @click.pass_context
    @functools.wraps(function)
    def wrapper(ctx: "click.Context", /, store: str | None, situation: str | None, **options: Any) -> Any:
        outer = ctx.find_root().obj or {}
        return function(store=store or outer.get("store"), situation=situation or outer.get("situation"), **options)

    return wrapper  # type: ignore[return-value]


def clock_options(function: F) -> F:
    """Add `--as-of` and `--known-at`."""
    import click

    function = click.option("--known-at", metavar="TIME", help="Only what was reported by then.")(function)
    return click.option(
        "--as-of", metavar="TIME", help="Only what occurred by then: 2021-08-12, 2021-08-12T14:20, yesterday."
    )(function)


@asynccontextmanager
async def open_session(store: str | None, situation: str | None, *, or_first: bool = False) -> AsyncIterator[Session]:
    """Open a store and one of its situations; see `ready_store`.

    Args:
        store: its path or URL; None: the configured or default one.
        situation: its id; None: the configured one, or the only one.
        or_first: whether to take the first of several situations if none is given.

    Raises:
        StoreError: the store cannot be opened.
        IdUnknown: there is no such situation, or none was given and there are several.
    """
    from sitmon.config import read_config, ready_store

    async with await ready_store(store) as opened:
        situation = situation or read_config().situation
        others: tuple[str, ...] = ()
        if situation is None:
            present = await opened.situations()
            if not present:
                raise IdUnknown("this store has no situation yet; `sitmon situation load` writes one into it")
            if len(present) > 1 and not or_first:
                names = ", ".join(one.id for one in present)
                raise IdUnknown(f"say which situation with --situation or SITMON_SITUATION; this store has: {names}")
            situation, *more = (one.id for one in present)
            others = tuple(more)
        catalog = await opened.catalog(clean_line(situation))
        yield Session(opened, catalog, others, store or read_config().store)


def with_session(function: Callable[..., Awaitable[Any]]) -> Callable[..., Any]:
    """Make a command's function, with `store_options`, of a coroutine function that takes a `Session` first."""

    @store_options
    @functools.wraps(function)
    def wrapper(store: str | None, situation: str | None, **options: Any) -> Any:
        async def work() -> Any:
            async with open_session(store, situation) as session:
                return await function(session, **options)

        return run(work())

    return wrapper


def set_on_signals(stop: asyncio.Event) -> None:
    """Set the event at SIGTERM, SIGINT or SIGHUP, for a command that ends by itself then."""
    import signal

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)


def run(work: Awaitable[T]) -> T:
    """Run a command's coroutine to its end."""

    async def main() -> T:
        return await work

    return asyncio.run(main())
