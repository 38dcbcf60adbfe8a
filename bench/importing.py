"""How long an import takes and how much memory: ACLED's layout, made up, by the command itself."""

import asyncio
import gzip
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from bench import acled
from model.entities import Situation
from store import open_store

ROWS = 100_000
GOAL = f"{ROWS:,} rows"
_FEW = 10_000
_GONE = 20


class Run(NamedTuple):
    """One import."""

    seconds: float
    peak_mib: float
    """Resident memory, at most."""


def measure(folder: Path) -> dict[str, Run]:
    """Return what each of several imports took, by what it was."""
    whole, few, packed = folder / "rows.csv", folder / "few.csv", folder / "rows.csv.gz"
    for path, count in ((whole, ROWS), (few, _FEW)):
        with path.open("w", encoding="utf-8", newline="") as stream:
            acled.write(count, stream)
    packed.write_bytes(gzip.compress(whole.read_bytes()))
    fewer = folder / "fewer.csv"
    lines = whole.read_bytes().splitlines(keepends=True)
    fewer.write_bytes(b"".join(lines[: ROWS // 2] + lines[ROWS // 2 + _GONE :]))
    stores = {name: folder / f"{name}.db" for name in ("whole", "few", "packed")}
    for store in stores.values():
        asyncio.run(_begin(store))
    return {
        f"{_FEW:,} rows": _run(stores["few"], "--create", str(few)),
        GOAL: _run(stores["whole"], "--create", str(whole)),
        "… again, when nothing is new": _run(stores["whole"], "--create", str(whole)),
        f"… `--complete`, {_GONE} of them gone": _run(stores["whole"], "--complete", str(fewer)),
        f"{GOAL}, packed (.gz)": _run(stores["packed"], "--create", str(packed)),
    }


async def _begin(store: Path) -> None:
    async with await open_store(str(store), create=True) as opened:
        await opened.put_situation(Situation("bench", "Bench", "UTC"))


_MEASURED = (
    "import resource, subprocess, sys\n"
    "code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
    "sys.exit(code)"
)
"""A small process between: what a child has used at most counts from before it became another program, as its maker."""


def _run(store: Path, *arguments: str) -> Run:
    begin = time.perf_counter()
    command = [sys.executable, "-m", "sitmon", "--store", str(store), "import", *arguments]
    done = subprocess.run([sys.executable, "-c", _MEASURED, *command], capture_output=True, check=True, text=True)
    return Run(time.perf_counter() - begin, int(done.stdout) / 1024)
