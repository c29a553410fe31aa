"""The one door to the web: a Request goes out politely and bounded, and an answer or a FetchError comes back."""

from __future__ import annotations

import asyncio
import base64
import logging
import socket
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, NoReturn, cast
from urllib.parse import urljoin

import httpx

from ingest.errors import FetchError, Reason
from ingest.model import Answer, Gone, Moved, NotModified, Purpose, Request, Response
from ingest.poll.addresses import AddressPolicy, checked_url
from ingest.poll.dial import Dialer, Resolver, system_resolver
from ingest.poll.headers import Headers, header, retry_after_s, seconds
from ingest.poll.inflate import Body
from ingest.poll.wire import Exchange, RawHeaders, start
from ingest.text.urls import http_url, mask, origin

ACCEPT = {
    Purpose.FEED: (
        "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9,"
        " application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
    ),
    Purpose.PAGE: "text/html, application/xhtml+xml, */*;q=0.1",
    Purpose.ROBOTS: "text/plain, */*;q=0.1",
}

_WHOLE = frozenset({200, 203, 226})  # 203: a proxy on the way changed it; 226: RFC 3229, the part that is new
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_NO_PAGE = ("audio/", "video/", "image/", "font/", "model/", "application/pdf", "application/zip")
#: Where the transport leaves an answer's header fields; httpx is shown none of them.
_FIELDS = "samewire.fields"
#: How a request tells the transport that its operator takes a server without a valid certificate.
_UNVERIFIED = "samewire.unverified"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hop:
    """Where a trip has come to."""

    url: str
    redirects: int
    started_s: float
    asked: bool  # with a condition: a 304 then means something
    wait_s: float | None = None  # the longest Retry-After so far

    def seconds(self) -> float:
        """Since the trip began."""
        return asyncio.get_running_loop().time() - self.started_s


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
    for name in ("httpx", "httpcore"):  # these log whole URLs, which may hold a token
        logging.getLogger(name).setLevel(logging.WARNING)
    transport = _OneShotTransport(
        policy, resolver, tls_context or _shared_tls_context(), None if proxy is None else _proxy_url(proxy)
    )
    return Client(transport, user_agent=user_agent)


async def fetch(client: Client, request: Request) -> Answer:
    """Return what the server answers: a whole body, not modified, moved for good, or gone.

    `request.timeout_s` bounds the exchange with all its redirects, ten seconds each silence in it, h11 the head
    (64 KiB), `max_body_bytes` the body before and after decompression. Raises FetchError with reason, status and
    retry_after_s; a Retry-After date is measured against the answer's Date, else against this machine's clock.
    """
    started_s = asyncio.get_running_loop().time()
    try:
        async with asyncio.timeout(request.timeout_s):
            return await _follow(client, request, started_s)
    except TimeoutError as exc:
        message = f"no whole answer within {request.timeout_s:g} s"
        raise FetchError(message, reason=Reason.TIMEOUT, subject=request.url) from exc
    except FetchError as exc:
        exc.subject = request.url  # of a redirect's target the message tells
        raise
    except (httpx.InvalidURL, httpx.HTTPError, UnicodeError) as exc:
        message = f"{mask(request.url)} cannot be asked for: {exc}"
        raise FetchError(message, reason=Reason.URL, subject=request.url) from exc


async def _follow(client: Client, request: Request, started_s: float) -> Answer:
    url, permanent, wait_s = checked_url(request.url), True, None
    seen = {url}
    for redirects in range(request.max_redirects + 1):
        conditions = _conditions_for(request, url)
        raw = await client.send(_outgoing(client, request, url, conditions))
        try:
            headers = headers_of(raw)
            # Of a redirect too (RFC 9110 section 10.2.3). It is followed all the same: whoever came back later would
            # be told the same again; the next poll waits.
            wait_s = _longer(wait_s, retry_after_s(headers, now=datetime.now(UTC)))
            if raw.status_code not in _REDIRECTS:
                hop = _Hop(url=url, redirects=redirects, started_s=started_s, asked=bool(conditions), wait_s=wait_s)
                answer = await _conclude(raw, headers, request, hop)
                moved = redirects > 0 and permanent and isinstance(answer, Response | NotModified)
                return Moved(new_url=url, answer=answer) if moved else answer  # type: ignore[arg-type]
            permanent = permanent and raw.status_code in _PERMANENT
            url = redirect_target(url, headers, raw.status_code)
        finally:
            await raw.aclose()
        if url in seen:
            raise FetchError(f"redirects in a circle at {mask(url)}", reason=Reason.REDIRECTS, subject=url)
        seen.add(url)
    message = f"more than {request.max_redirects} redirects"
    raise FetchError(message, reason=Reason.REDIRECTS, subject=request.url)


def _conditions_for(request: Request, url: str) -> Headers:
    """The conditions, at the address whose validators they are."""
    return request.conditions if url == (request.conditions_url or checked_url(request.url)) else ()


def _outgoing(client: Client, request: Request, url: str, conditions: Headers) -> httpx.Request:
    """One hop's request; private fields go to the asked-for origin only."""
    fields = [("Accept", ACCEPT[request.purpose]), *request.headers, *conditions]
    if url == request.url or origin(url) == origin(request.url):
        fields += request.private_headers
    return client.request_for("GET", url, fields, verify_tls=request.verify_tls)


def _longer(a: float | None, b: float | None) -> float | None:
    return max((wait_s for wait_s in (a, b) if wait_s is not None), default=None)


def redirect_target(url: str, headers: Headers, status: int) -> str:
    """Where a redirect leads. Raises FetchError: REDIRECTS where that is nowhere, DOWNGRADE from https to http."""
    location = header(headers, "location")
    try:
        # Raw UTF-8 is common in Location, whatever the RFC says.
        target = urljoin(url, (location or "").encode("latin-1").decode("utf-8", "replace").strip())
        checked = checked_url(target) if location else None
    except ValueError:
        checked = None
    except FetchError as exc:
        if exc.reason is not Reason.URL:
            raise
        checked = None
    if checked is None:
        raise FetchError(f"a redirect that leads nowhere: {mask(location or '')[:200]!r}",
                         reason=Reason.REDIRECTS, subject=url, status=status)  # fmt: skip
    if url.startswith("https:") and checked.startswith("http:"):
        raise FetchError(f"a redirect from https to {mask(checked)[:200]}", reason=Reason.DOWNGRADE, subject=url)
    return checked


async def _conclude(
    raw: httpx.Response, headers: Headers, request: Request, hop: _Hop
) -> Response | NotModified | Gone:
    if raw.status_code == 304 and hop.asked:
        return NotModified(
            url=hop.url,
            requested_url=request.url,
            headers=headers,
            seconds=hop.seconds(),
            redirects=hop.redirects,
            retry_after_s=hop.wait_s,
        )
    if raw.status_code == 410:
        return Gone(url=request.url, seconds=hop.seconds(), retry_after_s=hop.wait_s)
    if raw.status_code not in _WHOLE:
        refuse_status(raw.status_code, subject=request.url, answered_by=hop.url, wait_s=hop.wait_s)
    if raw.status_code == 226:
        _check_delta(headers, request.url)
    body = await _read_body(raw, headers, request)
    return Response(
        url=hop.url,
        requested_url=request.url,
        status=raw.status_code,
        headers=headers,
        body=body.finish(),
        seconds=hop.seconds(),
        received_bytes=body.received_bytes,
        redirects=hop.redirects,
        retry_after_s=hop.wait_s,
    )


def _check_delta(headers: Headers, subject: str) -> None:
    """Refuse a 226 that was made by anything but leaving out entries (RFC 3229 section 10.5.2)."""
    made_by = {name.split(";")[0].strip().lower() for name in (header(headers, "im") or "feed").split(",")}
    if made_by - {"feed", "identity"}:
        shown = (header(headers, "im") or "")[:60]
        raise FetchError(f"a delta by {shown!r} was not asked for", reason=Reason.ENCODING, subject=subject, status=226)


def refuse_status(status: int, *, subject: str, answered_by: str, wait_s: float | None) -> NoReturn:
    """Raise the FetchError that an answer with this status is, with the wait that it asks for."""
    if status == 429:
        reason = Reason.RATE_LIMITED
    elif 400 <= status < 500:
        reason = Reason.HTTP_4XX
    elif 500 <= status < 600:
        reason = Reason.HTTP_5XX
    else:
        reason = Reason.HTTP_OTHER
    raise FetchError(
        f"the server answered {status}",
        reason=reason,
        subject=subject,
        status=status,
        retry_after_s=wait_s,
        answered_by=answered_by,
    )


async def _read_body(raw: httpx.Response, headers: Headers, request: Request) -> Body:
    media_type = (header(headers, "content-type") or "").strip().lower()
    if request.purpose is Purpose.PAGE and media_type.startswith(_NO_PAGE):
        message = f"the page is {media_type[:60]!r}"
        raise FetchError(message, reason=Reason.NOT_HTML, subject=request.url, status=raw.status_code)
    promised = seconds(header(headers, "content-length"))  # digits, like a delay
    if promised is not None and promised > request.max_body_bytes:
        message = f"the server announces {promised:.0f} bytes; the limit is {request.max_body_bytes}"
        raise FetchError(message, reason=Reason.TOO_LARGE, subject=request.url, status=raw.status_code)
    coding = ", ".join(value for name, value in headers if name == "content-encoding")
    body = Body(coding, max_bytes=request.max_body_bytes, subject=request.url)
    async with aclosing(cast("AsyncGenerator[bytes, None]", raw.aiter_raw())) as pieces:
        async for piece in pieces:
            body.add(piece)
    return body


def headers_of(raw: httpx.Response) -> Headers:
    """The answer's header fields, names in lower case; httpx itself was shown none of them."""
    fields: RawHeaders = raw.extensions[_FIELDS]
    return tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in fields)


class Client(httpx.AsyncClient):
    """httpx's client without what it does between a request and its transport, which is half of a small answer's cost.

    There is no cookie jar, no log-in, no redirect, no proxy of the environment and no hook here, so a request goes to
    the transport as it is. Made by `open_client`.
    """

    def __init__(self, transport: httpx.AsyncBaseTransport, *, user_agent: str) -> None:
        """`user_agent`: what every request calls itself."""
        fields = {"User-Agent": user_agent, "Accept-Encoding": "gzip", "Connection": "close"}
        # The transport keeps its own time; httpx's limits are for each read.
        super().__init__(transport=transport, headers=fields, trust_env=False, timeout=None)
        self._straight = transport
        self._fields = [(name.encode("ascii"), value.encode("latin-1")) for name, value in fields.items()]

    def request_for(
        self, method: str, url: str, fields: Iterable[tuple[str, str]], *, body: bytes = b"", verify_tls: bool = True
    ) -> httpx.Request:
        """Return a request with these header fields and the client's own.

        The fields go out as they were read: Latin-1 gives every byte back (`headers_of`). Raises httpx.InvalidURL and
        UnicodeError.
        """
        target = httpx.URL(url)
        given = [(name.encode("ascii"), value.encode("latin-1")) for name, value in fields]
        names = {name.lower() for name, _ in given}
        own = [(name, value) for name, value in self._fields if name.lower() not in names]
        length = [(b"Content-Length", b"%d" % len(body))] if body or method != "GET" else []
        return httpx.Request(
            method,
            target,
            headers=[(b"Host", target.netloc), *own, *given, *length],
            stream=httpx.ByteStream(body),
            extensions={_UNVERIFIED: not verify_tls},
        )

    async def send(self, request: httpx.Request, **_options: Any) -> httpx.Response:
        """Return the answer with its body still to be read, of whatever status; close it."""
        return await self._straight.handle_async_request(request)


class _OneShotTransport(httpx.AsyncBaseTransport):
    """Opens a connection for each request, to an address that policy allows, and closes it with the answer."""

    def __init__(
        self, policy: AddressPolicy, resolver: Resolver, tls_context: ssl.SSLContext, proxy: httpx.URL | None
    ) -> None:
        self._policy, self._tls_context, self._proxy = policy, tls_context, proxy
        self._dialer = Dialer(policy if proxy is None else None, resolver)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._policy.check_url(str(request.url))
        target, fields = request.url.raw_path, list(request.headers.raw)
        if self._proxy is None:
            exchange = await self._open(request)
        else:
            exchange = await self._open_through(self._proxy, request)
            if request.url.scheme == "http":
                target, fields = str(request.url).encode("ascii"), fields + _proxy_credentials(self._proxy)
        try:
            head = await exchange.ask(request.method.encode("ascii"), target, fields, await request.aread())
        except BaseException:
            await exchange.close()
            raise
        # httpx gets no header field: it would keep cookies, parse any Location and offer to decode without limit.
        return httpx.Response(head.status, stream=_Stream(exchange), extensions={_FIELDS: head.headers})

    async def _open(self, request: httpx.Request) -> Exchange:
        url = request.url
        host, port = _host(url), _port(url)
        sock = await self._dialer.dial(host, port, subject=str(url))
        tls = self._context(request) if url.scheme == "https" else None
        return await start(sock, tls=tls, host=host, subject=str(url))

    def _context(self, request: httpx.Request) -> ssl.SSLContext:
        return _unverified_tls_context() if request.extensions.get(_UNVERIFIED) else self._tls_context

    async def _open_through(self, proxy: httpx.URL, request: httpx.Request) -> Exchange:
        url = request.url
        host, port = _host(url), _port(url)
        self._policy.check_addresses(host, port, _numeric(host, port), subject=str(url))
        sock = await self._dialer.dial(_host(proxy), _port(proxy), subject=str(url))
        exchange = await start(sock, tls=None, host=_host(proxy), subject=str(url))
        if url.scheme == "http":
            return exchange
        try:
            await self._tunnel(exchange, proxy, request)
        except BaseException:
            await exchange.close()
            raise
        return exchange

    async def _tunnel(self, exchange: Exchange, proxy: httpx.URL, request: httpx.Request) -> None:
        url = request.url
        name = f"[{_host(url)}]" if ":" in _host(url) else _host(url)
        target = f"{name}:{_port(url)}".encode("ascii")
        head = await exchange.ask(b"CONNECT", target, [(b"Host", target), *_proxy_credentials(proxy)])
        if not 200 <= head.status < 300:
            message = f"the proxy answered {head.status}"
            raise FetchError(message, reason=Reason.CONNECT, subject=str(url))
        await exchange.tunnel_tls(self._context(request), _host(url))


class _Stream(httpx.AsyncByteStream):
    """An answer's raw body; closing it closes the connection."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        piece = await self._exchange.read()
        if not piece:
            raise StopAsyncIteration
        return piece

    async def aclose(self) -> None:
        await self._exchange.close()


@cache
def _shared_tls_context() -> ssl.SSLContext:
    context = httpx.create_ssl_context()  # 35 ms
    context.hostname_checks_common_name = False  # RFC 9525: a name counts where it is listed, as in browsers
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


def _proxy_url(proxy: str) -> httpx.URL:
    try:
        url = httpx.URL(proxy)
    except httpx.InvalidURL as exc:
        raise ValueError(f"{mask(proxy)} is not a proxy's address: {exc}") from exc
    if url.scheme != "http" or http_url(str(url.copy_with(userinfo=b""))) is None:
        raise ValueError(f"{mask(proxy)} is not the http:// address of a proxy")
    return url


def _proxy_credentials(proxy: httpx.URL) -> RawHeaders:
    if not proxy.userinfo:
        return []
    word = base64.b64encode(f"{proxy.username}:{proxy.password}".encode())
    return [(b"Proxy-Authorization", b"Basic " + word)]


def _numeric(host: str, port: int) -> list[str]:
    """The address that a host spells in any notation, without a look-up; none for a name, loopback for localhost."""
    name = host.removesuffix(".")
    if name == "localhost" or name.endswith(".localhost"):
        return ["127.0.0.1"]
    try:
        infos = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return []
    return [str(info[4][0]) for info in infos]


def _host(url: httpx.URL) -> str:
    return url.raw_host.decode("ascii")


def _port(url: httpx.URL) -> int:
    return url.port or (443 if url.scheme == "https" else 80)
