"""From one process's acknowledged commit until other processes have painted it."""

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from bench import generate
from bench.keys import Sample, timing, whole
from bench.pty import Terminal, read_all
from bench.store import Timing

COMMITS = 20
RESTED = 0.3
"""Seconds of silence of all sessions after which the next commit is made."""


def painted_elsewhere(store: Path, folder: Path, sessions: int) -> Timing:
    """Return milliseconds from a commit until each of so many open screens has painted all that it changes there.

    Args:
        store: a store of made-up events; `COMMITS` more are added.
        folder: programs find no settings there.
        sessions: screens, one process each.

    Raises:
        RuntimeError: a commit changed nothing on a screen.
    """
    env = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder / "config")}
    argv = [sys.executable, "-m", "sitmon", "--store", str(store), "--situation", generate.SITUATION]
    with ExitStack() as opened:
        screens = []
        for _ in range(sessions):
            screens.append(Terminal(argv, env=env))
            opened.callback(screens[-1].close)
        for screen in screens:
            screen.wait_for(r"(?s)CITIES [1-9].*\+1-0")
        writer = opened.enter_context(
            subprocess.Popen(
                [sys.executable, "-m", "bench.commit", str(store)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        assert writer.stdin
        assert writer.stdout
        opened.callback(writer.stdin.close)
        writer.stdout.readline()
        read_all(screens, 1.0)
        for screen in screens:
            screen.replay()
        begins = [[len(screen.chunks)] for screen in screens]
        committed = []
        for _ in range(COMMITS):
            writer.stdin.write("\n")
            writer.stdin.flush()
            read_all(screens, RESTED, first=2.0)
            committed.append(float(writer.stdout.readline()))
            for screen, begin in zip(screens, begins, strict=True):
                begin.append(len(screen.chunks))
        taken = [_taken(screen, committed, begin) for screen, begin in zip(screens, begins, strict=True)]
    return timing([seconds for of_one in taken for seconds in of_one])


def _taken(screen: Terminal, committed: list[float], begins: list[int]) -> list[float]:
    changes = screen.replay()
    taken = []
    for number, at in enumerate(committed):
        begin, end = (at - begins[0] for at in begins[number : number + 2])
        sample = Sample(at, tuple(changes[begin:end]))
        seen = sample.painted(whole(screen))
        if seen is None:
            raise RuntimeError(f"commit {number} changed nothing on a screen:\n" + "\n".join(screen.lines()))
        taken.append(seen[0])
    return taken
