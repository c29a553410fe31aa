"""A hub on loopback that does what a test tells it, and the public web server in front of our callbacks."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlencode

import httpx

from ingest.pipeline.credentials import CallbackKey, callback_key
from ingest.pipeline.pushes import Callbacks
from ingest.pipeline.subscriptions import tend
from ingest.poll.listen import Listener

from .conftest import Asked, Newsroom, answer

PUBLIC = "https://news.test/push"


class Hub:
    """Takes requests at /hub of the newsroom's second server."""

    def __init__(self, newsroom: Newsroom, port: int, key: CallbackKey) -> None:
        self.newsroom, self._port, self.key = newsroom, port, key
        self.url = newsroom.other.url("/hub", host="other.test")
        self.requests: list[dict[str, str]] = []
        self.answers: list[bytes] = [answer(b"", "202 Accepted")]
        self.newsroom.other.on("/hub", self._asked)

    async def _asked(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: Asked) -> None:
        assert asked.method == "POST"
        form = parse_qs((await reader.readexactly(int(asked.all("content-length")[0]))).decode())
        self.requests.append({name.removeprefix("hub."): value for name, (value,) in form.items()})
        writer.write(self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])
        await writer.drain()

    @property
    def last(self) -> dict[str, str]:
        return self.requests[-1]

    def _behind(self, callback: str) -> str:
        assert callback.startswith(f"{PUBLIC}/")
        return f"http://127.0.0.1:{self._port}/push/{callback.removeprefix(PUBLIC + '/')}"

    async def says(self, mode: str, **fields: str) -> httpx.Response:
        """Ask at the callback of the last request."""
        wanted = {"mode": mode, "topic": self.last["topic"], "challenge": "ch4llenge", "lease_seconds": "864000"}
        query = urlencode({f"hub.{name}": value for name, value in (wanted | fields).items()})
        async with httpx.AsyncClient(trust_env=False) as client:
            return await client.get(f"{self._behind(self.last['callback'])}?{query}")

    async def delivers(
        self, body: bytes, *, secret: str | None = None, callback: str | None = None, method: str = "sha256",
        **headers: str,
    ) -> int:  # fmt: skip
        """Post a body, signed with what was agreed, or with another secret; '' leaves the signature out."""
        secret = next(r["secret"] for r in reversed(self.requests) if "secret" in r) if secret is None else secret
        fields = {"Content-Type": "application/rss+xml"} | {k.replace("_", "-"): v for k, v in headers.items()}
        if secret:
            fields["X-Hub-Signature"] = f"{method}={hmac.new(secret.encode(), body, method).hexdigest()}"
        async with httpx.AsyncClient(trust_env=False) as client:
            answered = await client.post(self._behind(callback or self.last["callback"]), content=body, headers=fields)
            return answered.status_code

    async def is_tended(self) -> None:
        """What the daemon does every few seconds."""
        await tend(self.newsroom.desk, self.key)

    async def verified(self, **fields: str) -> None:
        """From a subscription that is wanted to one that is active."""
        await self.is_tended()
        answered = await self.says("subscribe", **fields)
        assert (answered.status_code, answered.text) == (200, "ch4llenge")


@asynccontextmanager
async def hub_for(newsroom: Newsroom) -> AsyncIterator[Hub]:
    """A hub, and our listener, until the block ends."""
    newsroom.settings += f'callback = "{PUBLIC}"\n'
    key = callback_key(newsroom.desk.config)
    callbacks = Callbacks(newsroom.desk, key)
    listener = Listener(callbacks)
    port = await listener.start("127.0.0.1", 0)
    try:
        yield Hub(newsroom, port, key)
    finally:
        await listener.close()
        await callbacks.finish(5.0)
