"""Calls a webhook: one POST under the policy, the deadline and the bounds that hold for every request."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import httpx

from ingest.errors import FetchError, Reason
from ingest.poll.addresses import checked_url
from ingest.poll.fetch import headers_of, refuse_status
from ingest.poll.headers import retry_after_s
from ingest.text.urls import mask


async def post(
    client: httpx.AsyncClient, url: str, body: bytes, *, headers: Sequence[tuple[str, str]], timeout_s: float
) -> int:
    """Post a body and return the status, which is of the 200s. The answer's own body is not read.

    client: of `fetch.open_client`. timeout_s bounds the whole exchange. Redirects are not followed: a signed body goes
    to whom it was meant for. Raises FetchError with reason, status and retry_after_s.
    """
    try:
        async with asyncio.timeout(timeout_s):
            request = client.build_request("POST", checked_url(url), content=body, headers=list(headers))
            raw = await client.send(request, stream=True)
            try:
                if 300 <= raw.status_code < 400:
                    message = f"the webhook answered {raw.status_code}; name the address that it leads to"
                    raise FetchError(message, reason=Reason.REDIRECTS, subject=url, status=raw.status_code)
                if not 200 <= raw.status_code < 300:
                    wait_s = retry_after_s(headers_of(raw), now=datetime.now(UTC))
                    refuse_status(raw.status_code, subject=url, answered_by=url, wait_s=wait_s)
                return raw.status_code
            finally:
                await raw.aclose()
    except TimeoutError as exc:
        raise FetchError(f"no answer within {timeout_s:g} s", reason=Reason.TIMEOUT, subject=url) from exc
    except (httpx.InvalidURL, httpx.HTTPError, UnicodeError) as exc:
        raise FetchError(f"{mask(url)} cannot be called: {exc}", reason=Reason.URL, subject=url) from exc
