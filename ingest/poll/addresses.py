"""The rule that requests go to public addresses and web ports only, but for the operator's exceptions."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import urlsplit

from ingest.errors import FetchError, Reason
from ingest.text.urls import DEFAULT_PORTS, http_url, mask

WEB_PORTS = frozenset({80, 443, 8080, 8443})

_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")  # all that IANA has given out for hosts on the internet
#: Not for hosts on the internet, though some versions of `ipaddress` call them global: IETF protocol assignments, where
#: Oracle's cloud keeps its metadata, the relays of 6to4, and documentation (RFC 6890, 7526, 9637).
_NOT_FOR_HOSTS = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "3fff::/20")))
#: Azure answers here to its virtual machines, and to nobody else.
_LOCAL_SERVICES = frozenset({IPv4Address("168.63.129.16")})
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052; `is_global` says yes to 64:ff9b::7f00:1


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """Where requests may go. `allow`: "host:port" as an address spells them, each an exception for that pair only.

    Raises ValueError for an entry that is not host:port.
    """

    allow: frozenset[str] = frozenset()
    _exceptions: frozenset[tuple[str, int]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_exceptions", frozenset(_host_and_port(entry) for entry in self.allow))

    def check_url(self, url: str) -> str:
        """Return the address as it will be asked for.

        Raises FetchError: SCHEME, URL, PORT, or ADDRESS where the host is spelled as an address that is not public, or
        oddly.
        """
        target = checked_url(url)
        parts = urlsplit(target)
        host, port = parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme]
        if parts.port == 0 or (port not in WEB_PORTS and not self.is_exception(host, port)):
            raise FetchError(f"port {parts.port} of {mask(url)} is not allowed", reason=Reason.PORT, subject=url)
        ip = literal(host)
        if ip is None and _ends_in_a_number(host) and not self.is_exception(host, port):
            raise FetchError(f"{host} is an address in an odd spelling", reason=Reason.ADDRESS, subject=url)
        if ip is not None:
            self.check_addresses(host, port, [host], subject=url)
            if isinstance(ip, IPv6Address) and ip in _NAT64 and not self.is_exception(host, port):
                raise FetchError(f"{host} spells an IPv4 address as NAT64", reason=Reason.ADDRESS, subject=url)
        return target

    def check_addresses(self, host: str, port: int, addresses: Iterable[str], *, subject: str) -> None:
        """Raise FetchError with ADDRESS unless every one of a name's addresses is public, or the pair is excepted."""
        if self.is_exception(host, port):
            return
        for address in addresses:
            if not is_public(address):
                raise FetchError(
                    f"{host} leads to {address}, which is not a public address",
                    reason=Reason.ADDRESS,
                    subject=subject,
                )

    def is_exception(self, host: str, port: int) -> bool:
        """Whether the operator excepts this host, as the address spells it, with this port."""
        return (_normal_host(host), port) in self._exceptions


def checked_url(url: str) -> str:
    """Return `url` as it can be asked for. Raises FetchError with SCHEME or URL."""
    target = http_url(url)
    if target is not None:
        return target
    scheme = url.strip().partition(":")[0].lower()
    known = scheme in DEFAULT_PORTS or ":" not in url
    reason, fault = (Reason.URL, "is no address to ask for") if known else (Reason.SCHEME, "is not http or https")
    raise FetchError(f"{mask(url)[:200]} {fault}", reason=reason, subject=url)


def is_public(address: str) -> bool:
    """Whether an IP address, in its standard spelling, is one that anybody on the internet can be reached at.

    Of the addresses that carry another one inside, IPv4-mapped, 6to4 and Teredo are never: no name server gives the
    first to the public, and the other two are out of use (RFC 7526). A network that reaches IPv4 through NAT64 is
    given 64:ff9b::/96 for every name; these are as public as what is inside.
    Source: the IANA special-purpose address registries by way of `ipaddress`.
    """
    ip = literal(address)
    if ip is None:  # an IPv6 zone ("fe80::1%eth0") is never public either
        return False
    if isinstance(ip, IPv6Address):
        if ip in _NAT64:
            return is_public(str(IPv4Address(int(ip) & 0xFFFFFFFF)))
        if ip not in _GLOBAL_UNICAST or ip.sixtofour is not None or ip.teredo is not None:
            return False
    if ip in _LOCAL_SERVICES or any(ip in network for network in _NOT_FOR_HOSTS if network.version == ip.version):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


@lru_cache(maxsize=4096)  # one host is looked at some five times on the way to it
def literal(host: str) -> IPv4Address | IPv6Address | None:
    """The address that `host` spells in standard form, or None; other spellings are the resolver's to read."""
    try:
        ip = ipaddress.ip_address(host.removesuffix("."))
    except ValueError:
        return None
    return None if isinstance(ip, IPv6Address) and ip.scope_id else ip


def _ends_in_a_number(host: str) -> bool:
    """Whether a resolver may read a host as numbers: no domain ends so. Source: URL standard, "ends in a number"."""
    last = host.removesuffix(".").rpartition(".")[2]
    return last.isdigit() or last[:2].lower() == "0x"


def _host_and_port(entry: str) -> tuple[str, int]:
    host, _, port = entry.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError(f"{entry!r} is not host:port")
    return _normal_host(host), int(port)


@lru_cache(maxsize=4096)
def _normal_host(host: str) -> str:
    name = host.strip("[]").lower().removesuffix(".")
    ip = literal(name)
    return name if ip is None else str(ip)
