"""Polling the feeds from the screen."""

from functools import partial
from typing import TYPE_CHECKING

from tui.commands.work import Do

if TYPE_CHECKING:
    from tui.main_screen import MainScreen


async def _toggle_polling(screen: "MainScreen") -> str:
    from tui.feeds import FeedWatch

    feeds = screen.feeds = screen.feeds or FeedWatch(screen)
    if feeds.wanted:
        await feeds.end()
        await feeds.look()
        polling = screen.session.feeds
        others = f"{polling.by} does" if polling and polling.by else "`sitmon feed run` does, for as long as it runs"
        return f"this screen no longer polls the feeds; {others}"
    feeds.wanted = True
    await feeds.look()
    polling = screen.session.feeds
    if polling and polling.by and polling.by != "this screen":
        return f"the feeds are polled by {polling.by}; this screen polls them when that ends"
    return "this screen polls the feeds until you leave it; `poll_feeds = true` in the configuration keeps it so"


DO: dict[str, Do] = {"feeds": lambda screen: partial(_toggle_polling, screen)}
"""What each action of this topic does."""
