"""A session that writes: for each line that it reads it commits one new event, and prints when that was acknowledged.

`python -m bench.commit STORE`; the time is `time.perf_counter`'s, which all processes share.
"""

import asyncio
import sys
import time

from bench import generate
from model.entities import Claim, Event, Stance
from model.ids import new_id
from model.times import MINUTE, Precision
from store import open_store
from store.base import Draft


async def commit(path: str) -> None:
    """Commit until there are no more lines."""
    async with await open_store(path) as store:
        print("ready", flush=True)
        # Each is unlike any before, those of earlier measurements too: rows that are alike change nothing on a screen
        # that scrolls.
        number = (await store.revision()).newest
        while await asyncio.to_thread(sys.stdin.readline):
            at = generate.BEGINS + generate.LASTS + number % 100_000 * MINUTE
            event = Event(
                new_id(),
                "clash",
                at,
                Precision.MINUTE,
                f"commit {number}",
                place=f"p{number % generate.PLACES}",
                actor=f"side{number % generate.SIDES}",
                against=f"side{(number + 1) % generate.SIDES}",
            )
            claim = Claim(new_id(), event.id, "s0", Stance.ASSERTS, reported_at=at + MINUTE, credibility=2)
            await store.write(generate.SITUATION, Draft(f"commit {number}", events=(event,), claims=(claim,)))
            print(time.perf_counter(), flush=True)
            number += 1


if __name__ == "__main__":
    asyncio.run(commit(sys.argv[1]))
