"""What has changed since the last look."""

from functools import partial
from typing import TYPE_CHECKING

from tui.commands.work import Do

if TYPE_CHECKING:
    from tui.main_screen import MainScreen


async def _list(screen: "MainScreen") -> str | None:
    from tui.since import list_news

    return await list_news(screen)


DO: dict[str, Do] = {"since": lambda screen: partial(_list, screen)}
