"""`python -m bench --size N`: measure, print ratios against limits taken in the same run, write docs/performance.md."""

import argparse
import asyncio
import datetime as dt
import platform
import sys
import tempfile
import textwrap
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from bench import bare, generate, importing, keys, screen, sessions, store
from store import open_store
from store.base import Store

T = TypeVar("T")
DOCS = Path(__file__).parents[1] / "docs" / "performance.md"


def main() -> None:
    """Measure everything once, or one part."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--size", type=int, default=1_000_000, help="events in the store (default 1,000,000)")
    parser.add_argument("--dir", type=Path, help="where to keep the stores; reused when there (default: temporary)")
    parser.add_argument(
        "--large",
        type=Path,
        metavar="STORE",
        help="a larger store, which `--dir D --size N --only loading` has left in D: measure the screen on it too",
    )
    parser.add_argument("--only", choices=PARTS, help="measure this part alone")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md")
    options = parser.parse_args()
    if options.only and options.write:
        parser.error("--write needs every part; leave out --only")
    with tempfile.TemporaryDirectory(prefix="sitmon-bench-") as temporary:
        folder = options.dir or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        lines = [*_measure(folder, options.size, (options.only,) if options.only else PARTS)]
        if options.large:
            lines += _large(options.large)
    text = "\n".join(_wrapped(line) for line in lines)
    print(text)
    if options.write:
        DOCS.write_text(text + "\n")


def _measure(folder: Path, size: int, parts: Sequence[str]) -> Iterable[str]:
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
    if loaded is not None and "loading" in parts:
        yield from _loading(path, size, loaded)
    for part, measure in READING.items():
        if part in parts:
            yield from measure(path)


def _loading(path: Path, size: int, loaded: float) -> list[str]:
    _say("bare SQLite")
    limit = bare.rate(path, path.with_name("bare.db"), size)
    return _table(
        "Loading",
        ("", "events/s", "ratio", "goal"),
        [
            ("bare SQLite: the same rows, tables, indexes and transactions", f"{limit:,.0f}", "1", ""),
            ("the store, all checked and derived", f"{loaded:,.0f}", f"{loaded / limit:.2f}", "≥ 0.50"),
        ],
    )


def _importing(_path: Path) -> list[str]:
    _say("imports")
    with tempfile.TemporaryDirectory(prefix="sitmon-bench-") as folder:
        found = importing.measure(Path(folder))
    goals = {importing.GOAL: "< 20 s"}
    return [
        *_table(
            "Importing rows of ACLED's layout, by the command",
            ("", "s", "goal", "memory at most, MiB"),
            [(name, f"{run.seconds:.1f}", goals.get(name, ""), f"{run.peak_mib:.0f}") for name, run in found.items()],
        ),
        "",
        "Unless it says otherwise, every row is new, with the 2,000 places and 600 actors that the rows name.",
    ]


def _pages(path: Path) -> list[str]:
    _say("pages")
    pages = asyncio.run(_opened(path, store.pages))
    worst = max(timing.median for timing, _ in pages.values())
    return [
        *_table(
            "A page of 128 events, by filter (ms)",
            ("filter", "first, median", "first, p95", "from a random instant, median", "p95"),
            [
                (shape, *(f"{value:.1f}" for timing in both_ways for value in (timing.median, timing.p95)))
                for shape, both_ways in pages.items()
            ],
        ),
        "",
        f"The slowest first page: {worst:.1f} ms; goal < 15 ms.",
    ]


def _control(path: Path) -> list[str]:
    _say("control")
    now, both, step = (
        asyncio.run(_opened(path, measure)) for measure in (store.control, store.control_both, store.step)
    )
    seen = asyncio.run(store.seen_by_another(path))
    return _table(
        f"Control of {generate.PLACES:,} places (ms)",
        ("", "median", "p95", "goal"),
        [
            ("as of a random instant", f"{now.median:.1f}", f"{now.p95:.1f}", "< 25"),
            ("both clocks in the past", f"{both.median:.1f}", f"{both.p95:.1f}", "< 25"),
            ("one step of the clock: next change, then control there", f"{step.median:.1f}", f"{step.p95:.1f}", ""),
            ("another session's commit, until it is known here", f"{seen.median:.1f}", f"{seen.p95:.1f}", "< 250"),
        ],
    )


def _screen(path: Path) -> list[str]:
    _say("the screen")
    seen = screen.measure(path, generate.SITUATION)
    first = f"{seen.ours * 1_000:.0f} ms, {seen.ours / seen.minimal:.2f} x"
    rows = [
        ("first screen", first, "≤ 1.25 x", f"{seen.minimal * 1_000:.0f} ms"),
        ("resident memory", f"{seen.resident_mib:.0f} MiB", "< 80 MiB", ""),
        ("idle: share of a core", f"{seen.idle.share:.2%}", "< 0.3 %", f"{seen.idle_minimal.share:.2%}"),
        ("idle: written", f"{seen.idle.written:.0f} B/s", "0", f"{seen.idle_minimal.written:.0f} B/s"),
    ]
    for number in (1, 10):
        _say(f"a commit painted by {number}")
        with tempfile.TemporaryDirectory(prefix="sitmon-bench-") as home:
            painted = sessions.painted_elsewhere(path, Path(home), number)
        name = "another process's commit, until painted" if number == 1 else f"… by each of {number} open at once"
        rows.append((name, f"{painted.median:.0f} / {painted.p95:.0f} ms", "p95 < 150", ""))
    return _table("The screen", ("", "sitmon", "goal", "minimal Textual app"), rows)


def _keys(path: Path) -> list[str]:
    # lnav may go on writing there for a moment after it was ended.
    with tempfile.TemporaryDirectory(prefix="sitmon-bench-", ignore_cleanup_errors=True) as home:
        found = keys.measure(path, Path(home), _say)
    table = _keys_table("Keys, until painted", found)
    if not any(peer.startswith("lnav") for peer in found):
        table += ["", "lnav is not installed here, so it is not beside them."]
    return table


def _keys_table(title: str, found: dict[str, dict[str, keys.Figure]]) -> list[str]:
    ours, *peers = found
    return [
        *_table(
            f"{title}: p50 / p95 in ms, and bytes written (120×40, left and right margins)",
            ("", ours, "goal", *peers),
            [
                (row, _cell(found[ours].get(row)), goal, *(_cell(found[peer].get(row)) for peer in peers))
                for row, goal in keys.ROWS.items()
            ],
        ),
        "",
        (
            "`no margins` and `80×24` are terminals that scroll whole lines only, as tmux does; 80×24 shows one pane. "
            "Details are read once the cursor has rested for 60 ms."
        ),
    ]


def _large(path: Path) -> list[str]:
    size = asyncio.run(_opened(path, _number))
    _say(f"the first screen of {size:,}")
    with screen.start(path, generate.SITUATION) as (first, minimal, _, _):
        pass
    with tempfile.TemporaryDirectory(prefix="sitmon-bench-") as home:
        found = keys.measure_ours(path, Path(home), _say)
    return [
        *_keys_table(f"With {size:,} events: keys, until painted", found),
        "",
        _first_screen(path, size, first, minimal),
    ]


def _first_screen(path: Path, size: int, ours: float, minimal: float) -> str:
    return (
        f"The first screen of {size:,} events ({path.stat().st_size / 2**20:,.0f} MiB on disk): {ours * 1_000:.0f} ms, "
        f"{ours / minimal:.2f} x a minimal Textual app; goal ≤ 1.25 x."
    )


async def _number(opened: Store) -> int:
    return (await opened.revision()).newest


def _cell(figure: keys.Figure | None) -> str:
    if figure is None:
        return "–"
    return f"{figure.painted.median:.1f} / {figure.painted.p95:.1f}, {figure.written:,.0f} B"


async def _opened(path: Path, measure: Callable[[Store], Awaitable[T]]) -> T:
    async with await open_store(str(path)) as opened:
        return await measure(opened)


READING: dict[str, Callable[[Path], list[str]]] = {
    "pages": _pages,
    "control": _control,
    "keys": _keys,
    "screen": _screen,
    "importing": _importing,
}
"""What is measured on a store that is there."""
PARTS = ("loading", *READING)


def _wrapped(line: str) -> str:
    return line if line.startswith(("|", "#")) else textwrap.fill(line, 120, break_long_words=False)


def _table(title: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    return ["", f"## {title}", "", *(f"| {' | '.join(row)} |" for row in (head, ("--",) * len(head), *rows))]


def _say(what: str) -> None:
    print(f"bench: {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
