"""A web server on loopback that says exactly what a test wants, byte by byte, well-behaved or not."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Handler = Callable[["Request"], Awaitable[None]]


@dataclass
class Request:
    """One request, and where to answer it."""

    path: str
    headers: Mapping[str, str]
    writer: asyncio.StreamWriter

    async def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        """Send a whole answer; underscores in names of headers are hyphens."""
        said = {"content_length": str(len(body)), "content_type": "application/xml"} | headers
        lines = [
            f"HTTP/1.1 {status} x",
            *(f"{name.replace('_', '-')}: {value}" for name, value in said.items() if value),
        ]
        await self.send("\r\n".join([*lines, "", ""]).encode() + body)

    async def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.writer.write(data)
        await self.writer.drain()


@dataclass
class FeedServer:
    """What is answered at each path, and what was asked."""

    port: int
    pages: dict[str, Handler] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def page(self, path: str, status: int = 200, body: bytes = b"", **headers: str) -> str:
        """Answer a path always in the same way; return its address."""

        async def handle(request: Request) -> None:
            await request.answer(status, body, **headers)

        self.pages[path] = handle
        return self.url + path

    def at(self, path: str, handler: Handler) -> str:
        """Answer a path by a function; return its address."""
        self.pages[path] = handler
        return self.url + path


@asynccontextmanager
async def serving() -> AsyncIterator[FeedServer]:
    """Run the server for as long as the context lasts."""
    handling: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        handling.add(task)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            pairs = (line.partition(":") for line in head[1:] if line)
            request = Request(head[0].split(" ")[1], {name.lower(): value.strip() for name, _, value in pairs}, writer)
            served.asked.append(request)
            path = request.path.partition("?")[0]
            if path in served.pages:
                await served.pages[path](request)
            else:
                await request.answer(404)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            handling.discard(task)
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    served = FeedServer(server.sockets[0].getsockname()[1])
    try:
        yield served
    finally:
        server.close()
        for task in handling:
            task.cancel()
        await asyncio.gather(*handling, return_exceptions=True)
