"""Calls a stranger's address: one POST under the policy, the deadline and the bounds that hold for every request."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import httpx

from ingest.errors import FetchError, Reason
from ingest.poll.addresses import checked_url
from ingest.poll.fetch import Client, headers_of, redirect_target, refuse_status
from ingest.poll.headers import retry_after_s
from ingest.text.urls import mask

#: Redirects that keep the method and the body (RFC 9110 sections 15.4.8 and 15.4.9).
_SAME_METHOD = frozenset({307, 308})


async def post(
    client: Client,
    url: str,
    body: bytes,
    *,
    headers: Sequence[tuple[str, str]],
    timeout_s: float,
    max_redirects: int = 0,
) -> int:
    """Post a body and return the status, which is of the 200s. The answer's own body is not read.

    client: of `fetch.open_client`. timeout_s bounds the whole exchange. max_redirects: none are followed where the body
    is for one address only; else those that ask for the same request elsewhere, never from https to http. Raises
    FetchError with reason, status and retry_after_s.
    """
    try:
        async with asyncio.timeout(timeout_s):
            target = checked_url(url)
            for left in range(max_redirects, -1, -1):
                raw = await client.send(client.request_for("POST", target, headers, body=body))
                try:
                    if raw.status_code in _SAME_METHOD and left:
                        target = redirect_target(target, headers_of(raw), raw.status_code)
                        continue
                    _check(raw, url, target, follows=bool(max_redirects))
                    return raw.status_code
                finally:
                    await raw.aclose()
            raise AssertionError("the last answer returns or raises")
    except TimeoutError as exc:
        raise FetchError(f"no answer within {timeout_s:g} s", reason=Reason.TIMEOUT, subject=url) from exc
    except (httpx.InvalidURL, httpx.HTTPError, UnicodeError) as exc:
        raise FetchError(f"{mask(url)} cannot be called: {exc}", reason=Reason.URL, subject=url) from exc


def _check(raw: httpx.Response, url: str, target: str, *, follows: bool) -> None:
    status = raw.status_code
    if 300 <= status < 400:
        advice = " and leads on and on" if follows else "; name the address that it leads to"
        raise FetchError(f"{mask(url)} answered {status}{advice}", reason=Reason.REDIRECTS, subject=url, status=status)
    if not 200 <= status < 300:
        wait_s = retry_after_s(headers_of(raw), now=datetime.now(UTC))
        refuse_status(status, subject=url, answered_by=target, wait_s=wait_s)
