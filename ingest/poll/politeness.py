"""How many requests a host gets at once, and how far apart they start."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from ingest.text.urls import origin

MAX_IDLE_HOSTS = 4096  # remembered only for their next start; the oldest go first


@dataclass(slots=True)
class _Lane:
    free: asyncio.Semaphore
    next_start_s: float = 0.0
    users: int = field(default=0)


class HostGate:
    """Lets at most `per_host` requests run at one host (scheme, name, port), starts at least `host_delay_s` apart.

    `clock` and `sleep` are the running loop's unless given. Memory is bounded by the requests under way and
    4,096 hosts that are idle but whose delay is not over.
    """

    def __init__(
        self,
        per_host: int,
        host_delay_s: float,
        *,
        clock: Callable[[], float] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._per_host, self._host_delay_s = per_host, host_delay_s
        self._clock, self._sleep = clock, sleep
        self._lanes: dict[str, _Lane] = {}

    @asynccontextmanager
    async def slot(self, url: str, *, apart_s: float = 0.0) -> AsyncIterator[None]:
        """Wait for this host's turn, and hold a place there while the block runs.

        apart_s: the host asks for at least so much between two starts.
        """
        host = origin(url)
        lane = self._lanes.setdefault(host, _Lane(asyncio.Semaphore(self._per_host)))
        lane.users += 1
        try:
            async with lane.free:
                now_s = self._now_s()
                start_s = max(now_s, lane.next_start_s)
                lane.next_start_s = start_s + max(self._host_delay_s, apart_s)
                if start_s > now_s:
                    await self._sleep(start_s - now_s)
                yield
        finally:
            lane.users -= 1
            self._forget_idle(host, lane)

    def adjust(self, per_host: int, host_delay_s: float) -> None:
        """Other limits from now on; a host that is being asked keeps its number of requests until it is idle."""
        self._per_host, self._host_delay_s = per_host, host_delay_s

    def __len__(self) -> int:
        """The number of hosts remembered."""
        return len(self._lanes)

    def _now_s(self) -> float:
        return self._clock() if self._clock is not None else asyncio.get_running_loop().time()

    def _forget_idle(self, host: str, lane: _Lane) -> None:
        now_s = self._now_s()
        if not lane.users and lane.next_start_s <= now_s:
            del self._lanes[host]
        if len(self._lanes) <= MAX_IDLE_HOSTS:
            return
        idle = [name for name, other in self._lanes.items() if not other.users]
        over = [name for name in idle if self._lanes[name].next_start_s <= now_s]
        for name in over or idle[:1]:
            del self._lanes[name]
