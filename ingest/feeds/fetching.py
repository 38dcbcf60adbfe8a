"""Documents fetched by http and https: bounded in size, time and redirects, one request a host at a time.

No cookies, no proxies, no credentials: a server learns the address that is fetched, the ETag and date of the last
answer, and that sitmon is the client.
"""

import asyncio
import email.utils
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple, Self
from urllib.parse import urljoin, urlsplit

from ingest.feeds.addresses import AddressRefused, Resolve, permitted, resolve
from ingest.feeds.limits import MAX_BYTES
from model.errors import SitmonError
from model.text import clean_line

if TYPE_CHECKING:
    import httpx

_PERMANENT = frozenset({301, 308})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ANSWERS = frozenset({200, 203, 304, 410})
_GZIP = b"\x1f\x8b"
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/cap+xml, application/xml;q=0.9, "
    "text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)


class Limits(NamedTuple):
    """What fetching one document may cost."""

    seconds: float = 60.0
    """In all, but for waiting for one's turn at a host."""
    silence: float = 20.0
    """Seconds without a byte, and to connect."""
    size: int = MAX_BYTES
    """Bytes of the document, decompressed."""
    redirects: int = 5
    gap: float = 1.0
    """Seconds between two requests to one host."""


class Answer(NamedTuple):
    """What a server said."""

    status: int
    """200: here it is; 304: nothing new; 410: gone for good."""
    url: str
    """Where the document was found in the end."""
    moved_to: str = ""
    """Where it has moved for good; empty where it has not."""
    body: bytes = b""
    content_type: str = ""
    etag: str = ""
    modified: str = ""


class FetchFailed(SitmonError):
    """Raised when a document cannot be fetched: one sentence that says why."""

    def __init__(self, sentence: str, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after
        """Seconds for which the server asked to be left alone."""


class Fetcher:
    """Fetches documents, for as long as its context lasts."""

    def __init__(self, limits: Limits = Limits(), *, agent: str = "sitmon", resolver: Resolve = resolve) -> None:  # noqa: B008
        self._limits = limits
        self._agent = agent
        self._resolve = resolver
        self._turns: dict[str, asyncio.Lock] = {}
        self._asked: dict[str, float] = {}

    async def __aenter__(self) -> Self:
        """Open the client."""
        import httpx

        # No connection is kept: one is to the address that was looked at, for the name that was asked for.
        self._transport = httpx.AsyncHTTPTransport(
            trust_env=False, limits=httpx.Limits(max_keepalive_connections=0), retries=0
        )
        return self

    async def __aexit__(self, *exception: object) -> None:
        """Close all connections."""
        await self._transport.aclose()

    async def fetch(self, url: str, *, etag: str = "", modified: str = "", private: bool = False) -> Answer:
        """Fetch a document, unless it is unchanged.

        Args:
            url: http or https.
            etag: of the answer that is known.
            modified: `Last-Modified` of the answer that is known.
            private: whether its host may be at a private or loopback address; no other one to which it redirects.

        Raises:
            FetchFailed: it cannot be fetched; says why.
        """
        headers = {"User-Agent": self._agent, "Accept": _ACCEPT, "Accept-Encoding": "gzip, deflate"}
        if etag:
            headers["If-None-Match"] = etag
        if modified:
            headers["If-Modified-Since"] = modified
        first, moved, permanent = host_of(url), "", True
        for _ in range(self._limits.redirects + 1):
            answer, location = await self._ask(url, headers, private=private and host_of(url) == first)
            if answer is not None:
                return answer._replace(moved_to=moved)
            permanent = permanent and location.permanent
            # What is asked with encryption must not move to where anybody on the way can change it.
            permanent = permanent and not (url.startswith("https:") and location.url.startswith("http:"))
            url = location.url
            moved = url if permanent else moved
        raise FetchFailed(f"{first} redirects more than {self._limits.redirects} times; it was stopped")

    async def _ask(self, url: str, headers: Mapping[str, str], *, private: bool) -> tuple[Answer | None, "_Location"]:
        host = host_of(url)
        async with self._turns.setdefault(host, asyncio.Lock()):
            wait = self._asked.get(host, float("-inf")) + self._limits.gap - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            try:
                with _explained(host):
                    async with asyncio.timeout(self._limits.seconds):
                        return await self._exchange(url, headers, private=private)
            except TimeoutError:
                raise FetchFailed(f"{host} took longer than {self._limits.seconds:g} s; it was stopped") from None
            finally:
                self._asked[host] = time.monotonic()

    async def _exchange(
        self, url: str, headers: Mapping[str, str], *, private: bool
    ) -> tuple[Answer | None, "_Location"]:
        response = await self._connect(url, headers, private=private)
        try:
            if response.status_code in _REDIRECTS and "location" in response.headers:
                target = _target(url, response.headers["location"])
                return None, _Location(target, response.status_code in _PERMANENT)
            if response.status_code not in _ANSWERS:
                raise FetchFailed(f"{host_of(url)} answers {response.status_code}", _retry_after(response.headers))
            body = await self._read(response) if response.status_code in (200, 203) else b""
        finally:
            await response.aclose()
        answer = Answer(
            200 if response.status_code == 203 else response.status_code,
            url,
            body=body,
            content_type=response.headers.get("content-type", ""),
            etag=response.headers.get("etag", ""),
            modified=response.headers.get("last-modified", ""),
        )
        return answer, _Location("", permanent=False)

    async def _connect(self, url: str, headers: Mapping[str, str], *, private: bool) -> "httpx.Response":
        """Ask one of the host's addresses: the one that is looked at is the one that is connected to."""
        import httpx

        named = httpx.Request("GET", url, headers=headers)
        host = named.url.raw_host.decode("ascii")
        port = named.url.port or (443 if named.url.scheme == "https" else 80)
        addresses = permitted(host, await self._resolve(host, port), private=private)
        patience = httpx.Timeout(self._limits.silence).as_dict()
        failed: httpx.TransportError | None = None
        for address in addresses:
            request = httpx.Request(
                *("GET", named.url.copy_with(host=address)),
                headers=named.headers,
                extensions={"timeout": patience, "sni_hostname": host},
            )
            try:
                return await self._transport.handle_async_request(request)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failed = error
        assert failed is not None
        raise failed

    async def _read(self, response: "httpx.Response") -> bytes:
        length = response.headers.get("content-length", "")
        if length.isdecimal() and int(length) > self._limits.size:
            raise FetchFailed(_too_long(self._limits.size))
        unpacker = _Unpacker(response.headers.get("content-encoding", ""), self._limits.size)
        async for chunk in response.aiter_raw():
            unpacker.feed(chunk)
        return unpacker.finish()


class _Location(NamedTuple):
    url: str
    permanent: bool


class _Unpacker:
    """Decompresses as data arrives, never beyond the limit; data that is not compressed after all is taken as it is."""

    def __init__(self, encoding: str, limit: int) -> None:
        self._encoding = encoding.strip().lower()
        if self._encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise FetchFailed(f"the answer is packed as {clean_line(self._encoding)[:40]!r}, which was not requested")
        self._limit = limit
        self._out = bytearray()
        self._begun = b""
        self._inflate: zlib._Decompress | None = None
        self._plain = False

    def feed(self, chunk: bytes) -> None:
        if self._inflate is None and not self._plain:
            self._begun += chunk
            if len(self._begun) < len(_GZIP):
                return
            chunk, self._begun = self._begun, b""
            self._choose(chunk)
        while chunk:
            chunk = self._take(chunk)

    def finish(self) -> bytes:
        if self._begun:  # a single byte
            self._out += self._begun
        if self._inflate is not None and not self._inflate.eof:
            raise FetchFailed("the answer broke off in the middle")
        return bytes(self._out)

    def _choose(self, start: bytes) -> None:
        if start.startswith(_GZIP):
            self._inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
        elif self._encoding == "deflate":
            # Some send the bare stream that zlib's format wraps.
            wrapped = start[0] & 15 == 8 and (start[0] << 8 | start[1]) % 31 == 0
            self._inflate = zlib.decompressobj(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)
        else:
            self._plain = True

    def _take(self, chunk: bytes) -> bytes:
        rest = b""
        if self._inflate is None:
            self._out += chunk
        elif not self._inflate.eof:
            try:
                self._out += self._inflate.decompress(chunk, self._limit + 1 - len(self._out))
            except zlib.error:
                raise FetchFailed("the answer is damaged: it cannot be decompressed") from None
            rest = self._inflate.unused_data if self._inflate.eof else b""
            if rest.startswith(_GZIP):
                self._inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
            else:
                rest = b""
        if len(self._out) > self._limit:
            raise FetchFailed(_too_long(self._limit))
        return rest


@contextmanager
def _explained(host: str) -> Iterator[None]:
    """Turn errors of the network into a sentence each."""
    import httpx

    try:
        yield
    except AddressRefused as error:
        raise FetchFailed(str(error)) from None
    except httpx.TimeoutException:
        raise FetchFailed(f"{host} does not answer") from None
    except httpx.ConnectError as error:
        raise FetchFailed(f"{host} cannot be reached: {clean_line(str(error))}") from None
    except (httpx.TransportError, httpx.InvalidURL) as error:
        raise FetchFailed(f"{host} violates the protocol: {clean_line(str(error))}") from None


def host_of(url: str) -> str:
    """Return the host of an address that may be asked.

    Raises:
        FetchFailed: it is not an address, or not one of http or https.
    """
    shown = clean_line(url)[:200]
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        raise FetchFailed(f"{shown!r} is not an address of a document") from None
    if parts.scheme not in ("http", "https") or not host:
        raise FetchFailed(f"{shown!r} is refused: only http and https are followed")
    return clean_line(host)


def _target(url: str, location: str) -> str:
    """Return where a redirect leads, from where it was said; see `_host`."""
    try:
        target = urljoin(url, location)
    except ValueError:
        raise FetchFailed(f"{host_of(url)} redirects to what is not an address") from None
    host_of(target)
    return target


def _retry_after(headers: Mapping[str, str]) -> float | None:
    text = headers.get("retry-after", "")
    if text.isdecimal():
        return float(text[:9])
    parsed = email.utils.parsedate_tz(text) if text else None
    if parsed is None:
        return None
    try:
        return max(0.0, email.utils.mktime_tz(parsed) - time.time())
    except (ValueError, OverflowError):
        return None


def _too_long(limit: int) -> str:
    return f"the document is longer than {limit / (1 << 20):g} MiB; it was stopped"
