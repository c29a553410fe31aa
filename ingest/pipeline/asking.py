"""Ask for what no poll asks for: in the host's turn, by its robots.txt, and never inside a pause that it asked for."""

from __future__ import annotations

from datetime import datetime

from ingest.errors import FetchError, Reason
from ingest.model import Answer, Moved, Purpose, Request, Response
from ingest.pipeline.desk import Desk, user_agent
from ingest.pipeline.robots import means_none
from ingest.poll.etiquette import host_pause
from ingest.poll.fetch import fetch
from ingest.store.polls import host_paused_until, pause_host
from ingest.text.urls import server_name

MAX_ROBOTS_BYTES = 500 * 1024


async def ask(desk: Desk, request: Request, *, apart_s: float = 0.0) -> Answer:
    """Ask in the host's turn, unless it wants to be left alone; a wish to be is kept for all that ask it.

    apart_s: the host wants so much between two requests. Raises FetchError.
    """
    async with desk.gate.slot(request.url, apart_s=apart_s):
        until, now = await desk.write(host_paused_until, desk.store.connection, server_name(request.url)), desk.clock()
        if until is not None and now < until:
            raise FetchError(
                f"the host asked us to wait until {until:%Y-%m-%d %H:%M:%S} UTC",
                reason=Reason.WAITING,
                subject=request.url,
                retry_after_s=(until - now).total_seconds(),
            )
        try:
            return await fetch(desk.client, request)
        except FetchError as exc:
            answered_by = exc.answered_by or exc.subject
            await desk.write(heed, desk, answered_by, exc.status, exc.retry_after_s, desk.clock())
            raise


async def permitted(desk: Desk, url: str) -> float | None:
    """The seconds that a site's robots.txt wants between two requests, or None where it asks us not to fetch this.

    Raises FetchError where the site does not say.
    """
    return await desk.robots.permit(
        url, agent=user_agent(desk.config), now=desk.clock(), fetch=lambda address: _robots_txt(desk, address)
    )


async def sitemaps_named(desk: Desk, site: str) -> tuple[str, ...]:
    """The sitemaps that a site's robots.txt names. Raises FetchError where the site does not say."""
    return await desk.robots.sitemaps(
        site, agent=user_agent(desk.config), now=desk.clock(), fetch=lambda address: _robots_txt(desk, address)
    )


async def _robots_txt(desk: Desk, url: str) -> bytes | None:
    request = Request(url=url, purpose=Purpose.ROBOTS, timeout_s=desk.timeout_s, max_body_bytes=MAX_ROBOTS_BYTES)
    try:
        answer = await ask(desk, request)
    except FetchError as exc:
        if means_none(exc):
            return None
        raise
    answer = answer.answer if isinstance(answer, Moved) else answer
    return answer.body if isinstance(answer, Response) else None


def heed(desk: Desk, answered_by: str, status: int | None, retry_after_s: float | None, now: datetime) -> None:
    """Keep a server's wish to be left alone, if its answer says so, for all that ask its host.

    answered_by: the address that answered. Runs in the writer's thread.
    """
    until = host_pause(status, retry_after_s, now=now, max_interval=desk.config.poll.max_interval)
    if until is not None:
        with desk.store.transaction():
            pause_host(desk.store, server_name(answered_by), until, status=status or 0, now=now)
