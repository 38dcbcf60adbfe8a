"""Asking the feeds from the screen."""

from functools import partial
from typing import TYPE_CHECKING

from tui.commands.work import Do

if TYPE_CHECKING:
    from tui.main_screen import MainScreen


async def _ask(screen: "MainScreen") -> str:
    from tui.feeds import FeedWatch

    feeds = screen.feeds = screen.feeds or FeedWatch(screen)
    if feeds.wanted:
        await feeds.end()
        await feeds.look()
        asked = screen.session.feeds
        others = f"{asked.by} does" if asked and asked.by else "`sitmon feed run` does, for as long as it runs"
        return f"this screen asks the feeds no more; {others}"
    feeds.wanted = True
    await feeds.look()
    asked = screen.session.feeds
    if asked and asked.by and asked.by != "this screen":
        return f"the feeds are asked by {asked.by}; this screen asks them when that ends"
    return "this screen asks the feeds now, until it is left; `ask_feeds = true` in the configuration keeps it so"


DO: dict[str, Do] = {"feeds": lambda screen: partial(_ask, screen)}
"""What each action of this topic does."""
