"""`python -m bench --size N`: measure, print ratios against limits taken in the same run, write docs/performance.md."""

import argparse
import asyncio
import datetime as dt
import platform
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from bench import bare, generate, screen, store
from store import open_store

DOCS = Path(__file__).parents[1] / "docs" / "performance.md"


def main() -> None:
    """Measure everything once."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--size", type=int, default=1_000_000, help="events in the store (default 1,000,000)")
    parser.add_argument("--dir", type=Path, help="where to keep the stores; reused when there (default: temporary)")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sitmon-bench-") as temporary:
        folder = options.dir or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        text = "\n".join(_measure(folder, options.size))
    print(text)
    if options.write:
        DOCS.write_text(text + "\n")


def _measure(folder: Path, size: int) -> Iterable[str]:
    path = folder / f"events-{size}.db"
    loaded = None if path.exists() else asyncio.run(store.load(path, size, _say))
    yield "# How fast it is"
    yield ""
    yield (
        f"Written by `make bench` on {dt.datetime.now(dt.UTC):%Y-%m-%d}: {size:,} made-up events with a claim each, "
        f"{generate.PLACES:,} places, {generate.ACTORS} actors; Python {platform.python_version()}, "
        f"{platform.system()} {platform.machine()}, {path.stat().st_size / 2**20:,.0f} MiB on disk. "
        "Absolute times move with the machine; the ratios are against limits measured in the same run."
    )
    if loaded is not None:
        _say("bare SQLite")
        limit = bare.rate(path, folder / "bare.db", size)
        yield from _table(
            "Loading",
            ("", "events/s", "ratio", "goal"),
            [
                ("bare SQLite: the same rows, tables, indexes and transactions", f"{limit:,.0f}", "1", ""),
                ("the store, all checked and derived", f"{loaded:,.0f}", f"{loaded / limit:.2f}", "≥ 0.50"),
            ],
        )  # fmt: skip
    yield from asyncio.run(_reads(path))
    _say("the screen")
    seen = screen.measure(path, generate.SITUATION)
    yield from _table(
        "The screen",
        ("", "measured", "goal"),
        [
            ("a minimal Textual app's first screen", f"{seen.minimal * 1_000:.0f} ms", ""),
            ("sitmon's first screen", f"{seen.ours * 1_000:.0f} ms, {seen.ours / seen.minimal:.2f} x", "≤ 1.4 x"),
            ("resident memory", f"{seen.resident_mib:.0f} MiB", "< 80 MiB"),
            ("idle: share of a core", f"{seen.idle_share * 100:.1f} %", "< 1 %"),
            (f"idle: written in {screen.IDLE:.0f} s", f"{seen.idle_bytes} B", ""),
        ],
    )


async def _reads(path: Path) -> list[str]:
    async with await open_store(str(path)) as opened:
        _say("pages")
        pages = await store.pages(opened)
        _say("control")
        now, both, step = await store.control(opened), await store.control_both(opened), await store.step(opened)
    seen = await store.seen_by_another(path)
    lines = _table(
        "A page of 128 events, by filter (ms)",
        ("filter", "first, median", "first, p95", "from a random instant, median", "p95"),
        [
            (shape, *(f"{value:.1f}" for timing in both_ways for value in (timing.median, timing.p95)))
            for shape, both_ways in pages.items()
        ],
    )
    worst = max(timing.median for timing, _ in pages.values())
    lines += ["", f"The slowest first page: {worst:.1f} ms; goal < 15 ms."]
    lines += _table(
        f"Control of {generate.PLACES:,} places (ms)",
        ("", "median", "p95", "goal"),
        [
            ("as of a random instant", f"{now.median:.1f}", f"{now.p95:.1f}", "< 25"),
            ("both clocks in the past", f"{both.median:.1f}", f"{both.p95:.1f}", "< 25"),
            ("one step of the clock: next change, then control there", f"{step.median:.1f}", f"{step.p95:.1f}", ""),
            ("another session's commit, until it is known here", f"{seen.median:.1f}", f"{seen.p95:.1f}", "< 250"),
        ],
    )
    return lines


def _table(title: str, head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    return ["", f"## {title}", "", *(f"| {' | '.join(row)} |" for row in (head, ("--",) * len(head), *rows))]


def _say(what: str) -> None:
    print(f"bench: {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
