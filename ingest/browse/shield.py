"""The headers that keep a page to itself: nothing foreign is loaded, run, framed or told where a reader came from."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Awaitable, Callable, MutableMapping
from hashlib import sha256
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

#: A form with a note in it is smaller.
MAX_SENT_BYTES = 64 * 1024

_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_FACET_FLAG = "{{ datasette_allow_facet }}"
_COMMON = "default-src 'none'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "


#: The policy of our own pages, which run nothing.
PAGE_POLICY = f"{_COMMON}style-src 'self'; script-src 'none'"


def table_policy(scripts: str) -> str:
    """The policy of Datasette's pages: their style blocks are inline, their scripts known."""
    return f"{_COMMON}style-src 'self' 'unsafe-inline'; script-src 'self' {scripts}; connect-src 'self'".rstrip()


def script_hashes(sources: tuple[str, ...]) -> str:
    """CSP sources for the inline scripts of Datasette's own templates, as they come out of them.

    A script with anything to fill in is not allowed, but for the one flag that has two known values.
    """
    scripts: set[str] = set()
    for source in sources:
        for script in _INLINE_SCRIPT.findall(source):
            scripts.update(script.replace(_FACET_FLAG, flag) for flag in ("true", "false"))
    fixed = sorted(script for script in scripts if "{{" not in script and "{%" not in script)
    return " ".join(f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in fixed)


def shielded(app: App, default_policy: Callable[[], str]) -> App:
    """The same application, every answer with its protective headers; a page's own policy stays.

    What is sent to us is bounded before anybody reads it.
    """

    async def shield(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not _is_small(scope):
            return await _too_large(send)

        async def send_shielded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _with_headers(list(message.get("headers", [])), default_policy)}
            await send(message)

        return await app(scope, receive, send_shielded if scope["type"] == "http" else send)

    return shield


def _is_small(scope: Scope) -> bool:
    """Whether a request says beforehand how much it sends, and that this is no more than a form."""
    headers = dict(scope.get("headers") or [])
    if b"transfer-encoding" in headers:
        return False
    length = headers.get(b"content-length", b"0")
    return length.isdigit() and int(length[:12]) <= MAX_SENT_BYTES and len(length) <= 12


async def _too_large(send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": f"More than {MAX_SENT_BYTES} bytes are not taken.".encode()})


def _with_headers(headers: list[tuple[bytes, bytes]], policy: Callable[[], str]) -> list[tuple[bytes, bytes]]:
    given = {bytes(name).lower() for name, _ in headers}
    wanted = {
        b"content-security-policy": policy().encode("ascii"),
        b"x-frame-options": b"DENY",
        b"x-content-type-options": b"nosniff",
        b"referrer-policy": b"same-origin",
    }
    return [*headers, *((name, value) for name, value in wanted.items() if name not in given)]
