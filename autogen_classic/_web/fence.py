"""Which addresses may be reached when a model or a page chose them.

Link-local addresses, and the few others at which clouds give out the keys of a machine, are refused always, and so are
their names, which a proxy may know although this machine does not. Addresses of this machine and of private networks
are reached, as in 0.2.40, unless a program forbids it. A name is judged by the addresses that it leads to, and an
address by what it stands for, however it is written.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import unquote

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from .._secrets import place_of
from .errors import AddressRefusedError, FetchError, HostNotFoundError

__all__ = ("AddressFence",)

_Address = IPv4Address | IPv6Address

_METADATA = tuple(
    ip_network(network)
    for network in (
        "169.254.0.0/16",  # link-local: AWS, Google, Azure, DigitalOcean and most others
        "fe80::/10",
        "100.100.100.200/32",  # Alibaba
        "168.63.129.16/32",  # Azure's own services
        "192.0.0.192/32",  # Oracle
        "fd00:42::42/128",  # Scaleway
        "fd00:c1::a9fe:a9fe/128",  # Oracle
        "fd00:ec2::/32",  # AWS
        "fd20:ce::254/128",  # Google
    )
)
_METADATA_NAMES = frozenset(
    (
        "metadata",  # Google, through the search domain of its machines
        "metadata.google.internal",
        "metadata.goog",
        "instance-data",  # AWS
        "instance-data.ec2.internal",
        "metadata.tencentyun.com",
    )
)
# Where an address of IPv4 stands inside one of IPv6, as its last four bytes.
_MAPPED = (IPv6Network("::ffff:0:0/96"), IPv6Network("::ffff:0:0:0/96"), IPv6Network("::/96"))
_TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
# Within the second of these each network has its own length, which decides where the address stands (RFC 6052).
_TRANSLATED_LOCALLY = _TRANSLATED[1]
_PLACES_OF_BYTES = ((6, 7, 9, 10), (7, 9, 10, 11), (9, 10, 11, 12))
_ISATAP = (0x00005EFE, 0x02005EFE)
_LAST_FOUR_BYTES = 0xFFFFFFFF


def _stands_for(address: _Address) -> Iterator[_Address]:
    """The addresses that a packet to this one may reach: itself, and those of IPv4 that are written into it."""
    if not isinstance(address, IPv6Address):
        yield address
        return
    number = int(address)
    last = IPv4Address(number & _LAST_FOUR_BYTES)
    if any(address in network for network in _MAPPED):
        yield last
        return
    yield address
    if any(address in network for network in _TRANSLATED) or (number >> 32) & _LAST_FOUR_BYTES in _ISATAP:
        yield last
    if address in _TRANSLATED_LOCALLY:
        yield from (IPv4Address(bytes(address.packed[at] for at in places)) for places in _PLACES_OF_BYTES)
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo


def _is_metadata(address: _Address) -> bool:
    return any(address.version == network.version and address in network for network in _METADATA)


def _is_private(address: _Address) -> bool:
    site_local = isinstance(address, IPv6Address) and address.is_site_local
    return site_local or address.is_multicast or not address.is_global


class AddressFence:
    """Decides which addresses may be reached.

    Args:
        allow_private_addresses: whether addresses of this machine and of private networks may be reached. A list
            names those that may: hosts (``"localhost"``, ``"wiki.example"``), addresses (``"10.0.0.5"``) and networks
            (``"192.168.1.0/24"``). Link-local addresses are refused whatever stands here.
    """

    def __init__(self, allow_private_addresses: bool | Iterable[str] = True) -> None:
        allowed = allow_private_addresses
        entries = [] if isinstance(allowed, bool) else [allowed] if isinstance(allowed, str) else list(allowed)
        self.allows_all_private = allowed is True
        self._hosts = {_bare(entry) for entry in entries}
        self._networks = []
        for entry in entries:
            with suppress(ValueError):
                self._networks.append(ip_network(entry.strip("[]"), strict=False))

    def check_address(self, address: str, host: str = "") -> None:
        """Refuse an address of IP that may not be reached.

        Args:
            address: the address in figures, with its zone if it has one.
            host: the name that led to it.

        Raises:
            AddressRefusedError: it may not be reached.
        """
        shown = f"The address {address} of {host!r}" if host and host != address else f"The address {address}"
        for one in _stands_for(ip_address(address.partition("%")[0])):
            if _is_metadata(one):
                raise AddressRefusedError(
                    f"{shown} is refused always: it is link-local, or one at which clouds give out keys."
                )
            if _is_private(one) and not self._is_allowed(one, host):
                raise AddressRefusedError(
                    f"{shown} is refused: it belongs to this machine or to a private network. To allow it, list "
                    f"{host or address!r} in allow_private_addresses."
                )

    def _is_allowed(self, address: _Address, host: str) -> bool:
        if self.allows_all_private or _bare(host) in self._hosts:
            return True
        return any(address.version == network.version and address in network for network in self._networks)

    def check_host(self, host: str, port: int | None = None) -> None:
        """Refuse a host if one of the addresses that it has now may not be reached.

        Args:
            host: a name, or an address however it is written.
            port: where to connect.

        Raises:
            AddressRefusedError: it is the name of a service that gives out keys, or one of its addresses may not be
                reached.
            HostNotFoundError: it has no address.
        """
        if _bare(host) in _METADATA_NAMES:
            raise AddressRefusedError(f"The host {host!r} is refused always: clouds give out keys there.")
        host = unquote(host)  # as a proxy may read it
        with suppress(ValueError):  # of names; an address needs no network to be judged
            self.check_address(host)
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise HostNotFoundError(f"The host {host!r} cannot be found: {error}.") from error
        for *_, place in found:
            self.check_address(str(place[0]), host)

    def check_url(self, url: str, through_proxy: bool = False) -> None:
        """Refuse a url that is not of the web, or whose host may not be reached.

        Args:
            url: the whole address.
            through_proxy: whether a proxy looks the host up. Then this machine need not find it, where all private
                addresses are allowed, or where the host is listed.

        Raises:
            AddressRefusedError: it is not http(s), or its host may not be reached.
            FetchError: its host cannot be found, or it cannot be read.
        """
        try:
            parts = parse_url(url)
        except LocationParseError:
            raise FetchError(f"{place_of(url)} cannot be read as an address of the web.") from None
        if parts.scheme not in ("http", "https"):
            raise AddressRefusedError(f"{place_of(url)} is refused: only http and https addresses are fetched.")
        if not parts.host:
            raise FetchError(f"{place_of(url)} does not name a host.")
        host = parts.host.strip("[]")
        try:
            self.check_host(host, parts.port)
        except HostNotFoundError:
            if not through_proxy:
                raise
            if not self.allows_all_private and _bare(host) not in self._hosts:
                raise AddressRefusedError(
                    f"The host {host!r} is refused: only the proxy knows its addresses, which may belong to a private "
                    f"network. To allow it, list {host!r} in allow_private_addresses."
                ) from None


def _bare(host: str) -> str:
    return unquote(host).strip("[]").rstrip(".").lower()
