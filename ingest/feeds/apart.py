"""Reading in a process of its own, whose time and memory end: no document can hold up or fill whoever reads many.

A document of a megabyte can keep a parser of markup busy for minutes, in ways that no limit on its size or depth
foresees. Here it costs a few seconds, and is one document that was refused.
"""

import asyncio
import json
import sys
from pathlib import Path

from ingest.feeds.items import Document, Item
from ingest.feeds.limits import require_bounded
from model.errors import InputRefused
from model.times import Precision

MAX_SECONDS = 10
"""Of processor time that one document may cost."""
MAX_MEMORY = 1 << 30
"""Bytes of address space that reading it may take."""
_PATIENCE = 6
"""How much longer than its processor time it may take where others use the processor too."""


async def read_feed_apart(
    data: bytes, *, url: str = "", content_type: str = "", seconds: int = MAX_SECONDS
) -> Document:
    """Read a feed as `reading.read_feed` does, but in a process of its own.

    Args:
        data: the document as it came, decompressed.
        url: where it came from, for links that name no host.
        content_type: what the server called it.
        seconds: of processor time that it may take.

    Raises:
        InputRefused: it is no feed, or past a limit; says which.
    """
    require_bounded(data)
    given = json.dumps({"url": url, "content_type": content_type, "seconds": seconds}).encode()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ingest.feeds.apart"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=Path(__file__).parents[2],
    )
    try:
        async with asyncio.timeout(_PATIENCE * seconds):
            printed, _ = await process.communicate(given + b"\n" + data)
    except TimeoutError:
        raise InputRefused("reading the document took too long, and was given up") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise InputRefused(f"reading the document took more than {seconds} s or too much memory, and was given up")
    answer = json.loads(printed)
    if "refused" in answer:
        raise InputRefused(answer["refused"])
    return Document(answer["title"], tuple(_item(values) for values in answer["items"]), answer["link"])


def _item(values: list[object]) -> Item:
    item = Item(*values)  # type: ignore[arg-type]
    return item._replace(precision=Precision(item.precision), updates=tuple(item.updates), cancels=tuple(item.cancels))


def _main() -> None:
    import resource

    given = json.loads(sys.stdin.buffer.readline())
    resource.setrlimit(resource.RLIMIT_CPU, (given["seconds"], given["seconds"] + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    from ingest.feeds.reading import read_feed

    try:
        read = read_feed(sys.stdin.buffer.read(), url=given["url"], content_type=given["content_type"])
    except InputRefused as refused:
        print(json.dumps({"refused": str(refused)}))  # noqa: T201 - the answer
        return
    print(json.dumps({"title": read.title, "items": read.items, "link": read.link}))  # noqa: T201 - the answer


if __name__ == "__main__":
    _main()
