"""One request on one connection: to an address that policy allows, in the clear, over TLS or through a proxy."""

from __future__ import annotations

import base64
import ssl
from dataclasses import dataclass
from functools import cache
from typing import Self
from urllib.parse import SplitResult, unquote, urlsplit

from ingest.errors import FetchError, Reason
from ingest.poll.addresses import AddressPolicy
from ingest.poll.dial import Dialer, Resolver, system_resolver
from ingest.poll.headers import Headers
from ingest.poll.wire import Exchange, RawHeaders, start
from ingest.text.urls import DEFAULT_PORTS, http_url, mask


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer whose body is still on the wire; close it."""

    status: int
    headers: Headers  # names in lower case
    _exchange: Exchange

    async def read(self) -> bytes:
        """The next part of the body as it came, empty at its end. Raises FetchError."""
        return await self._exchange.read()

    async def aclose(self) -> None:
        """Close the connection."""
        await self._exchange.close()


def open_client(
    policy: AddressPolicy,
    *,
    user_agent: str,
    proxy: str | None = None,
    resolver: Resolver = system_resolver,
    tls_context: ssl.SSLContext | None = None,
) -> Client:
    """Return the client that `fetch` asks with; close it with `aclose`. No connection outlives its request.

    proxy: an http:// address, with credentials where needed; it then resolves the names, and only ports, literal
    addresses and localhost are checked here. tls_context: for a private authority; the default is made once a
    process, from SSL_CERT_FILE or SSL_CERT_DIR where set, else certifi. Raises ValueError for another kind of proxy.
    """
    return Client(policy, user_agent, resolver, tls_context, None if proxy is None else _proxy_parts(proxy))


class Client:
    """Opens a connection for each request, and closes it with the answer. It keeps nothing, least of all cookies."""

    def __init__(
        self,
        policy: AddressPolicy,
        user_agent: str,
        resolver: Resolver,
        tls_context: ssl.SSLContext | None,
        proxy: SplitResult | None,
    ) -> None:
        self._policy, self._tls_context, self._proxy = policy, tls_context, proxy
        self._dialer = Dialer(policy if proxy is None else None, resolver)
        self._fields = _encoded((("User-Agent", user_agent), ("Accept-Encoding", "gzip"), ("Connection", "close")))

    async def send(self, method: str, url: str, fields: Headers, body: bytes = b"", *, verify_tls: bool = True) -> Raw:
        """Return the head of the answer. url: as `checked_url` gives it.

        Raises FetchError; UnicodeError for a header field that cannot be sent.
        """
        self._policy.check_url(url)
        parts = urlsplit(url)
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        sent = [(b"Host", _host_field(parts)), *self._fields, *_encoded(fields)]
        if body:
            sent.append((b"Content-Length", b"%d" % len(body)))
        if self._proxy is None:
            exchange = await self._open(parts, url, verify_tls)
        else:
            exchange = await self._open_through(self._proxy, parts, url, verify_tls)
            if parts.scheme == "http":
                path, sent = f"http://{_host_field(parts).decode()}{path}", sent + _proxy_credentials(self._proxy)
        try:
            head = await exchange.ask(method.encode("ascii"), path.encode("ascii"), sent, body)
        except BaseException:
            await exchange.close()
            raise
        headers = tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in head.headers)
        return Raw(head.status, headers, exchange)

    async def aclose(self) -> None:
        """Nothing outlives a request; for those who hold it as a resource."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exception: object) -> None:
        await self.aclose()

    async def _open(self, parts: SplitResult, subject: str, verify_tls: bool) -> Exchange:
        host = _host(parts)
        sock = await self._dialer.dial(host, _port(parts), subject=subject)
        tls = self._context(verify_tls) if parts.scheme == "https" else None
        return await start(sock, tls=tls, host=host, subject=subject)

    def _context(self, verify_tls: bool) -> ssl.SSLContext:
        return self._tls_context or _shared_tls_context() if verify_tls else _unverified_tls_context()

    async def _open_through(self, proxy: SplitResult, parts: SplitResult, subject: str, verify_tls: bool) -> Exchange:
        host, port = _host(parts), _port(parts)
        if host.removesuffix(".").rpartition(".")[2] == "localhost":  # the proxy's own; addresses were checked
            self._policy.check_addresses(host, port, ["127.0.0.1"], subject=subject)
        sock = await self._dialer.dial(_host(proxy), _port(proxy), subject=subject)
        exchange = await start(sock, tls=None, host=_host(proxy), subject=subject)
        if parts.scheme == "http":
            return exchange
        try:
            await self._tunnel(exchange, proxy, parts, subject, verify_tls)
        except BaseException:
            await exchange.close()
            raise
        return exchange

    async def _tunnel(
        self, exchange: Exchange, proxy: SplitResult, parts: SplitResult, subject: str, verify_tls: bool
    ) -> None:
        host = _host(parts)
        target = f"{f'[{host}]' if ':' in host else host}:{_port(parts)}".encode("ascii")
        head = await exchange.ask(b"CONNECT", target, [(b"Host", target), *_proxy_credentials(proxy)])
        if not 200 <= head.status < 300:
            raise FetchError(f"the proxy answered {head.status}", reason=Reason.CONNECT, subject=subject)
        await exchange.tunnel_tls(self._context(verify_tls), host)


def _encoded(fields: Headers) -> RawHeaders:
    """As they were read: Latin-1 gives every byte back."""
    return [(name.encode("ascii"), value.encode("latin-1")) for name, value in fields]


def _host_field(parts: SplitResult) -> bytes:
    port = parts.port
    host = _host(parts)
    name = f"[{host}]" if ":" in host else host
    return (name if port in (None, DEFAULT_PORTS[parts.scheme]) else f"{name}:{port}").encode("ascii")


@cache
def _shared_tls_context() -> ssl.SSLContext:
    from httpx import create_ssl_context  # noqa: PLC0415 - half a second that only TLS needs

    context = create_ssl_context()  # 35 ms
    context.set_alpn_protocols(["http/1.1"])
    return context


@cache
def _unverified_tls_context() -> ssl.SSLContext:
    """For feeds whose operator said verify_tls = false: encrypted, from whomever."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["http/1.1"])
    return context


def _proxy_parts(proxy: str) -> SplitResult:
    try:
        parts = urlsplit(proxy)
        plain = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        usable = parts.scheme == "http" and http_url(plain) is not None
    except ValueError:
        usable = False
    if not usable:
        raise ValueError(f"{mask(proxy)} is not the http:// address of a proxy")
    return parts


def _proxy_credentials(proxy: SplitResult) -> RawHeaders:
    if proxy.username is None:
        return []
    word = base64.b64encode(f"{unquote(proxy.username)}:{unquote(proxy.password or '')}".encode())
    return [(b"Proxy-Authorization", b"Basic " + word)]


def _host(parts: SplitResult) -> str:
    return parts.hostname or ""


def _port(parts: SplitResult) -> int:
    return parts.port or DEFAULT_PORTS[parts.scheme]
