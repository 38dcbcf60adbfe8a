"""Which addresses may be connected to: public ones, checked when connecting, whatever a name resolves to."""

import ipaddress
import socket
from collections.abc import Awaitable, Callable

from model.errors import SitmonError

Resolve = Callable[[str, int], Awaitable[tuple[str, ...]]]
"""(host, port) -> its addresses, best first."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_KEPT_BACK = tuple(map(ipaddress.ip_network, ("fec0::/10", "3fff::/20", "192.0.0.0/24", "192.88.99.0/24")))
"""Networks of a site, of documentation, of protocols: some versions of Python call them public."""


class AddressRefused(SitmonError):
    """Raised when a host has no address that may be connected to."""


def is_public(address: str) -> bool:
    """Say whether an address is on the public internet; one that embeds another address is judged by that one."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.teredo is not None:
            return False
        inner = ip.ipv4_mapped or ip.sixtofour
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
        if inner is not None:
            return is_public(str(inner))
    if ip.is_multicast or ip.is_reserved or any(ip in network for network in _KEPT_BACK):
        return False
    return ip.is_global


async def resolve(host: str, port: int) -> tuple[str, ...]:
    """Return a host's addresses as the system resolves its name.

    Raises:
        AddressRefused: it has none.
    """
    import asyncio

    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressRefused(f"{host} has no address ({getattr(error, 'strerror', None) or 'no such name'})") from None
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def permitted(host: str, addresses: tuple[str, ...], *, private: bool) -> tuple[str, ...]:
    """Return the addresses that may be connected to.

    Raises:
        AddressRefused: none may.
    """
    allowed = tuple(address for address in addresses if private or is_public(address))
    if not allowed:
        raise AddressRefused(
            f"{host} is at {', '.join(addresses[:3]) or 'no address'}, which is not a public address; "
            "`--private` allows it to a feed whose address is there"
        )
    return allowed
