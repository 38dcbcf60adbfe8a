"""Reading in a process of its own, of limited time and memory: no document can stall or fill a poller of many.

A document of a megabyte can keep a parser of markup busy for minutes, in ways that no limit on its size or depth
foresees. Here it costs a few seconds, and is one refused document.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from ingest.feeds.items import Document, Item
from ingest.feeds.limits import require_bounded
from ingest.feeds.pages import Page
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
        InputRefused: it is not a feed, or past a limit; says which.
    """
    answer = await _read_apart("feed", data, url, content_type, seconds)
    return Document(answer["title"], tuple(_item(values) for values in answer["items"]), answer["link"])


async def read_page_apart(data: bytes, *, url: str = "", content_type: str = "", seconds: int = MAX_SECONDS) -> Page:
    """Read the article of a web page as `pages.read_page` does; see `read_feed_apart`."""
    answer = await _read_apart("page", data, url, content_type, seconds)
    return Page(*answer["page"])


async def _read_apart(what: str, data: bytes, url: str, content_type: str, seconds: int) -> dict[str, Any]:
    require_bounded(data)
    given = json.dumps({"what": what, "url": url, "content_type": content_type, "seconds": seconds}).encode()
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
        raise InputRefused("reading the document took too long; it was stopped") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        cause = f"took more than {seconds} s" if process.returncode < 0 else "failed, or needed too much memory"
        raise InputRefused(f"reading the document {cause}; it was stopped")
    answer: dict[str, Any] = json.loads(printed)
    if "refused" in answer:
        raise InputRefused(answer["refused"])
    return answer


def _item(values: list[object]) -> Item:
    item = Item(*values)  # type: ignore[arg-type]
    return item._replace(precision=Precision(item.precision), updates=tuple(item.updates), cancels=tuple(item.cancels))


def _main() -> None:
    import resource

    given = json.loads(sys.stdin.buffer.readline())
    resource.setrlimit(resource.RLIMIT_CPU, (given["seconds"], given["seconds"] + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        answer = _read(given, sys.stdin.buffer.read())
    except InputRefused as refused:
        answer = {"refused": str(refused)}
    print(json.dumps(answer))  # noqa: T201 - the answer


def _read(given: dict[str, Any], data: bytes) -> dict[str, Any]:
    where = {"url": given["url"], "content_type": given["content_type"]}
    if given["what"] == "page":
        from ingest.feeds.pages import read_page

        return {"page": read_page(data, **where)}
    from ingest.feeds.reading import read_feed

    read = read_feed(data, **where)
    return {"title": read.title, "items": read.items, "link": read.link}


if __name__ == "__main__":
    _main()
