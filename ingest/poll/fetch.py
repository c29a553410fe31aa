"""The one door to the web: a Request goes out politely and bounded, and an answer or a FetchError comes back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NoReturn
from urllib.parse import urljoin

from ingest.errors import FetchError, Reason
from ingest.model import Answer, Gone, Moved, NotModified, Purpose, Request, Response
from ingest.poll.addresses import checked_url
from ingest.poll.client import Client, Raw, open_client
from ingest.poll.headers import Headers, header, retry_after_s, seconds
from ingest.poll.inflate import Body
from ingest.text.urls import mask, origin

__all__ = ["ACCEPT", "Client", "fetch", "open_client", "redirect_target", "refuse_status"]

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
    except UnicodeError as exc:
        message = f"{mask(request.url)} cannot be asked for: {exc}"
        raise FetchError(message, reason=Reason.URL, subject=request.url) from exc


async def _follow(client: Client, request: Request, started_s: float) -> Answer:
    url, permanent, wait_s = checked_url(request.url), True, None
    seen = {url}
    for redirects in range(request.max_redirects + 1):
        conditions = _conditions_for(request, url)
        raw = await client.send("GET", url, _fields(request, url, conditions), verify_tls=request.verify_tls)
        try:
            headers = raw.headers
            # Of a redirect too (RFC 9110 section 10.2.3). It is followed all the same: whoever came back later would
            # be told the same again; the next poll waits.
            wait_s = _longer(wait_s, retry_after_s(headers, now=datetime.now(UTC)))
            if raw.status not in _REDIRECTS:
                hop = _Hop(url=url, redirects=redirects, started_s=started_s, asked=bool(conditions), wait_s=wait_s)
                answer = await _conclude(raw, headers, request, hop)
                moved = redirects > 0 and permanent and isinstance(answer, Response | NotModified)
                return Moved(new_url=url, answer=answer) if moved else answer  # type: ignore[arg-type]
            permanent = permanent and raw.status in _PERMANENT
            url = redirect_target(url, headers, raw.status)
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


def _fields(request: Request, url: str, conditions: Headers) -> Headers:
    """One hop's header fields; private ones go to the asked-for origin only."""
    fields = (("Accept", ACCEPT[request.purpose]), *request.headers, *conditions)
    return (*fields, *request.private_headers) if origin(url) == origin(request.url) else fields


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


async def _conclude(raw: Raw, headers: Headers, request: Request, hop: _Hop) -> Response | NotModified | Gone:
    if raw.status == 304 and hop.asked:
        return NotModified(
            url=hop.url,
            requested_url=request.url,
            headers=headers,
            seconds=hop.seconds(),
            redirects=hop.redirects,
            retry_after_s=hop.wait_s,
        )
    if raw.status == 410:
        return Gone(url=request.url, seconds=hop.seconds(), retry_after_s=hop.wait_s)
    if raw.status not in _WHOLE:
        refuse_status(raw.status, subject=request.url, answered_by=hop.url, wait_s=hop.wait_s)
    if raw.status == 226:
        _check_delta(headers, request.url)
    body = await _read_body(raw, headers, request)
    return Response(
        url=hop.url,
        requested_url=request.url,
        status=raw.status,
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


async def _read_body(raw: Raw, headers: Headers, request: Request) -> Body:
    media_type = (header(headers, "content-type") or "").strip().lower()
    if request.purpose is Purpose.PAGE and media_type.startswith(_NO_PAGE):
        message = f"the page is {media_type[:60]!r}"
        raise FetchError(message, reason=Reason.NOT_HTML, subject=request.url, status=raw.status)
    promised = seconds(header(headers, "content-length"))  # digits, like a delay
    if promised is not None and promised > request.max_body_bytes:
        message = f"the server announces {promised:.0f} bytes; the limit is {request.max_body_bytes}"
        raise FetchError(message, reason=Reason.TOO_LARGE, subject=request.url, status=raw.status)
    coding = ", ".join(value for name, value in headers if name == "content-encoding")
    body = Body(coding, max_bytes=request.max_body_bytes, subject=request.url)
    while piece := await raw.read():
        body.add(piece)
    return body
