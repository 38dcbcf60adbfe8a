"""`sitmon` without a command: opens the screen, or without a terminal prints who controls what."""

import asyncio
import gc
import os
import sys
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from model.errors import InputRefused
from model.query import NOW
from sitmon.cli import is_on_terminal
from sitmon.config import Config, default_store, memory_file, read_config, themes_folder
from sitmon.session import open_session, run

if TYPE_CHECKING:
    from tui.keyfile import Problem
    from tui.themes import Look

_STARTED = 2.0
"""Seconds after which the start is over."""


def open_screen(store: str | None, situation: str | None, *, theme: str | None = None, mouse: bool = True) -> int:
    """Open the screen on the situation; return the exit code.

    Without a terminal on stdin and stdout, print who controls each place, and how to open the screen.

    Raises:
        InputRefused: the terminal cannot show the screen, or there is no such theme.
    """
    if is_on_terminal():
        return run(_show(store, situation, theme=theme, mouse=mouse))
    run(_print(store, situation))
    return 0


async def _print(store: str | None, situation: str | None) -> None:
    from sitmon.commands.places import print_places
    from sitmon.output import say
    from sitmon.reading import read_places

    async with open_session(store, situation) as session:
        view, lines = await read_places(session, NOW)
    print_places(view, lines)
    say("this is not a terminal; run `sitmon` in one to open the screen, or see `sitmon --help`")


async def _show(store: str | None, situation: str | None, *, theme: str | None, mouse: bool) -> int:
    asyncio.get_running_loop().call_later(_STARTED, _collect_garbage)
    config = read_config()
    from tui import app

    async with open_session(store, situation, or_first=True) as session:
        from sitmon.own_files import filters_file, user_keys
        from tui.keys import Keys

        bound, problems = user_keys(config.keys)
        look, problem = _look(theme, config)
        screen = app.SitmonApp(
            session.store,
            session.catalog,
            mouse=mouse and config.mouse,
            scroll_regions=config.scroll_regions,
            keys=Keys(bound),
            look=look,
            themes=themes_folder(),
            filters=filters_file(),
            bell=config.bell,
            memory=partial(memory_file, store or config.store, session.situation),
        )
        screen.main.polls_feeds = config.poll_feeds
        screen.main.poller = _poller(store or config.store)
        if problems:
            screen.main.greeting = _wrong_keys(problems)
        elif problem:
            screen.main.greeting = problem
        elif session.others:
            screen.main.greeting = (
                f"{session.situation} is the first of {len(session.others) + 1}; "
                f"`--situation {session.others[0]}` opens another"
            )
        code: int = await app.run(screen)
        return code


def _poller(store: str | None) -> tuple[str, ...]:
    """Return the command that polls the store's feeds for as long as the screen runs."""
    named = str(default_store()) if store is None else store
    return (sys.executable, "-m", "sitmon", "--store", named, "feed", "run", "--with-stdin")


def _wrong_keys(problems: "Sequence[Problem]") -> str:
    more = f"; `sitmon doctor` has {len(problems) - 1} more" if len(problems) > 1 else ""
    return f"{problems[0]}{more}"


def _look(theme: str | None, config: Config) -> tuple["Look", str]:
    """Return the theme to begin with, and what is wrong with the configured one.

    The option overrides `NO_COLOR`, which overrides the configuration.

    Raises:
        InputRefused: the option's theme does not exist, or its file is wrong.
    """
    from tui.themes import DARK, LOOKS, default_look

    named = theme or (None if os.environ.get("NO_COLOR") else config.theme)
    if named is None:
        return default_look(), ""
    if named in LOOKS:
        return LOOKS[named], ""
    from tui.theme_files import find

    try:
        return find(named, themes_folder()), ""
    except InputRefused as error:
        if theme:
            raise
        return DARK, f"{error}; this is dark"


def _collect_garbage() -> None:
    # What exists by now stays to the end; scanning it would stop the screen for 20 ms each time.
    gc.freeze()
    gc.enable()
