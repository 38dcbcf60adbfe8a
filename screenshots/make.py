"""Take the pictures of the README and the guide from the real app on the shipped situation; `make screenshots`.

The situation, the clocks, the sizes, the present instant and who loads the situation are fixed, so that pictures differ
only where the screens do.
"""  # noqa: INP001 - a script

import asyncio
import re
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import resvg_py
from textual.pilot import Pilot

from model.query import Clocks
from model.times import end_of, parse_time
from seed import load_shipped
from store import open_store
from store.base import Store
from tui.app import SitmonApp
from tui.themes import LOOKS

SITUATION = "afghanistan-2021"
AS_OF = "2021-08-12"
PRESENT = "2026-10-01T12:00"
"""The present instant of the pictures, in UTC: when the situation is loaded, and what "before now" counts from."""
AUTHOR = "analyst"

HERE = Path(__file__).parent
PATIENCE = 10.0
"""Seconds until a picture must have settled."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: how large, and what is pressed before it is taken."""

    name: str
    size: tuple[int, int]
    keys: tuple[str, ...] = ()
    theme: str = "dark"


PICTURES = (
    Picture("main-120x40", (120, 40)),
    Picture("main-80x24", (80, 24)),
    Picture("cities-80x24", (80, 24), ("1",)),
    Picture("evidence-120x40", (120, 40), ("slash", *"place:ghazni kind:deal", "enter", "enter")),
    Picture("why-120x40", (120, 40), ("1", *"jjjjj")),
    Picture("actor-120x40", (120, 40), ("3", "j", "j", "j")),
    Picture("light-120x40", (120, 40), theme="light"),
    Picture("mono-120x40", (120, 40), theme="mono"),
    Picture("help-120x40", (120, 40), ("question_mark",)),
)


async def main() -> None:
    """Take every picture."""
    with (
        tempfile.TemporaryDirectory() as folder,
        patch("model.times.now", lambda: parse_time(PRESENT, "UTC")[0]),
        patch("store.sqlite.files.user_name", lambda: AUTHOR),
    ):
        async with await open_store(str(Path(folder) / "sitmon.db"), create=True) as store:
            await load_shipped(store, SITUATION)
            pictures = [(picture, await taken(store, picture)) for picture in PICTURES]
    has_font = can_write()
    for picture, svg in pictures:
        (HERE / f"{picture.name}.svg").write_text(svg, encoding="utf-8")
        if has_font:
            (HERE / f"{picture.name}.png").write_bytes(png(svg))
    if not has_font:
        sys.stderr.write("no font here has letters of one width: the SVGs are new, the PNGs are as they were\n")


async def taken(store: Store, picture: Picture) -> str:
    """Return a picture as SVG."""
    async with settled(store, picture) as pilot:
        for key in picture.keys:
            await pilot.press(key)
        await wait(pilot)
        svg = pilot.app.export_screenshot(title="sitmon")
    # Rich's SVG would fetch its font from a server whenever it is looked at.
    svg = re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    return svg.replace("Fira Code, monospace", "'DejaVu Sans Mono', Menlo, Consolas, monospace")


@asynccontextmanager
async def settled(store: Store, picture: Picture) -> AsyncIterator[Pilot[int]]:
    """Open the app as of the pictures' instant, and wait until it has read everything."""
    catalog = await store.catalog(SITUATION)
    zone = catalog.situation.zone
    app = SitmonApp(
        store,
        catalog,
        clocks=Clocks(as_of=end_of(*parse_time(AS_OF, zone), zone)),
        look=LOOKS[picture.theme],
        present=lambda: parse_time(PRESENT, "UTC")[0],
    )
    async with app.run_test(size=picture.size) as pilot:
        await wait(pilot)
        yield pilot


async def wait(pilot: Pilot[int]) -> None:
    """Wait until nothing is being read but the changes of the store."""
    async with asyncio.timeout(PATIENCE):
        await pilot.pause(0.3)
        while any(worker.group != "changes" and not worker.is_finished for worker in pilot.app.workers):
            await pilot.pause(0.05)
    await pilot.pause(0.1)


def png(svg: str) -> bytes:
    """Return an SVG as PNG."""
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=1.0, monospace_family="DejaVu Sans Mono"))


def can_write() -> bool:
    """Say whether this machine has a font that the pictures can be written with."""
    frame = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">{}</svg>'
    text = '<text x="2" y="15" font-family="monospace">M</text>'
    return png(frame.format(text)) != png(frame.format(""))


if __name__ == "__main__":
    asyncio.run(main())
