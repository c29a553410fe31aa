"""Connections to addresses that were checked: a name is resolved once, and what was checked is what is connected to."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from itertools import chain, zip_longest
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from ingest.errors import FetchError, Reason
from ingest.poll.addresses import AddressPolicy, literal
from ingest.poll.threads import Threads
from ingest.text.urls import family

#: From a host and port to the IP addresses of that host; raises OSError where there is none.
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]

ATTEMPT_DELAY_S = 0.25  # RFC 8305 section 5: the next address is tried beside one that takes this long
MAX_ADDRESSES = 8  # tried, not checked: a name may bring hundreds
UNKNOWN_TTL_S = 60.0  # a name that failed is not looked up again for this long
MAX_UNKNOWN = 1024
#: Many names at once: a dead name server must not hold up the others (asyncio allows six here).
_LOOK_UPS = Threads(64, "samewire-names")
#: Of them below one registrable domain: one feed may name hundreds of hosts below one dead name server.
PER_DOMAIN = 4


async def system_resolver(host: str, port: int) -> Sequence[str]:
    """The operating system's answer, in its order of preference (RFC 6724)."""
    loop = asyncio.get_running_loop()
    domain, place = await _Domain.of(host), _Place()

    def look() -> list[tuple[Any, ...]]:
        if not place.take():
            return []  # nobody waits any more
        try:
            return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        finally:
            with suppress(RuntimeError):  # the loop is closed, and its places are gone with it
                loop.call_soon_threadsafe(domain.leave)

    try:
        infos = await _LOOK_UPS.run(look)
    except BaseException:
        if place.take():  # no thread will: else the place is free when its look-up ends, not when nobody waits for it
            domain.leave()
        raise
    return list(dict.fromkeys(str(info[4][0]) for info in infos))


class _Place:
    """Of one look-up: taken once, by the thread that makes it or by whoever gives it up before."""

    def __init__(self) -> None:
        self._free = threading.Lock()

    def take(self) -> bool:
        return self._free.acquire(blocking=False)


class _Domain:
    """The look-ups below one registrable domain, whose name server may be silent: what waits here holds no thread."""

    _all: ClassVar[WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, _Domain]]] = WeakKeyDictionary()

    def __init__(self, name: str, among: dict[str, _Domain]) -> None:
        self._name, self._among = name, among
        self._free, self._users = asyncio.Semaphore(PER_DOMAIN), 0

    @classmethod
    async def of(cls, host: str) -> _Domain:
        """The domain of this host, with a place in it; `leave` gives it back."""
        among, name = cls._all.setdefault(asyncio.get_running_loop(), {}), family(f"http://{host}/")
        domain = among.setdefault(name, cls(name, among))
        domain._users += 1
        try:
            await domain._free.acquire()
        except BaseException:
            domain._forget()
            raise
        return domain

    def leave(self) -> None:
        self._free.release()
        self._forget()

    def _forget(self) -> None:
        self._users -= 1
        if not self._users:
            del self._among[self._name]


class Dialer:
    """Opens sockets to names; `policy` None means that the operator chose the host (a proxy)."""

    def __init__(self, policy: AddressPolicy | None, resolver: Resolver = system_resolver) -> None:
        self._policy, self._resolver = policy, resolver
        self._unknown_until: dict[str, float] = {}

    async def dial(self, host: str, port: int, *, subject: str) -> socket.socket:
        """Return a connected, non-blocking socket; the caller closes it.

        Raises FetchError: DNS, ADDRESS where any answer is not public, CONNECT.
        """
        addresses = [host] if literal(host) is not None else await self._resolve(host, port, subject)
        if self._policy is not None:
            self._policy.check_addresses(host, port, addresses, subject=subject)
        try:
            return await _first_connected(_by_turns(addresses)[:MAX_ADDRESSES], port)
        except OSError as exc:
            raise FetchError(f"no connection to {host}:{port}: {exc}", reason=Reason.CONNECT, subject=subject) from exc

    async def _resolve(self, host: str, port: int, subject: str) -> Sequence[str]:
        now_s = asyncio.get_running_loop().time()
        if self._unknown_until.get(host, 0.0) > now_s:
            raise FetchError(f"{host} could not be resolved a moment ago", reason=Reason.DNS, subject=subject)
        try:
            addresses = await self._resolver(host, port)
        except (OSError, UnicodeError) as exc:
            self._remember_unknown(host, now_s)
            raise FetchError(f"{host} cannot be resolved: {exc}", reason=Reason.DNS, subject=subject) from exc
        if not addresses:
            raise FetchError(f"{host} has no address", reason=Reason.DNS, subject=subject)
        return addresses

    def _remember_unknown(self, host: str, now_s: float) -> None:
        if len(self._unknown_until) >= MAX_UNKNOWN:
            self._unknown_until.pop(next(iter(self._unknown_until)))
        self._unknown_until[host] = now_s + UNKNOWN_TTL_S


def _by_turns(addresses: Sequence[str]) -> list[str]:
    """Families take turns, beginning with the resolver's first choice (RFC 8305 section 4)."""
    first_is_v6 = ":" in addresses[0]
    first = [address for address in addresses if (":" in address) == first_is_v6]
    other = [address for address in addresses if (":" in address) != first_is_v6]
    return [address for address in chain.from_iterable(zip_longest(first, other)) if address is not None]


async def _first_connected(addresses: Sequence[str], port: int) -> socket.socket:
    """The first socket to connect; the attempts that lose are cancelled and closed before this returns."""
    if len(addresses) == 1:
        return await _connect(addresses[0], port)
    waiting = list(reversed(addresses))
    running: set[asyncio.Task[socket.socket]] = set()
    failure = OSError("no address to try")
    try:
        while waiting or running:
            if waiting:
                running.add(asyncio.create_task(_connect(waiting.pop(), port)))
            delay_s = ATTEMPT_DELAY_S if waiting else None
            done, _ = await asyncio.wait(running, timeout=delay_s, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                error = task.exception()
                if error is None:
                    running.discard(task)
                    return task.result()
                if not isinstance(error, OSError):
                    raise error
                running.discard(task)
                failure = error
        raise failure
    finally:
        await _close_all(running)


async def _connect(address: str, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, (address, port))
    except BaseException:
        sock.close()
        raise
    return sock


async def _close_all(tasks: set[asyncio.Task[socket.socket]]) -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)
    for task in tasks:
        if not task.cancelled() and task.exception() is None:
            task.result().close()
