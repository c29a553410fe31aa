"""Look-ups of names below a domain whose name server is silent hold up nobody else's."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from ingest.poll.dial import PER_DOMAIN, system_resolver
from ingest.text.urls import family


class Names:
    """The system's look-up: names below silent.example hang until they are let go."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer = threading.Event()

    def __call__(self, host: str, port: int, **_more: Any) -> list[tuple[Any, ...]]:
        self.asked.append(host)
        if family(f"http://{host}/") == "silent.example":
            self.answer.wait(60)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", port))]

    @property
    def hanging(self) -> int:
        return sum(host.endswith("silent.example") for host in self.asked)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[Names]:
    made = Names()
    monkeypatch.setattr(socket, "getaddrinfo", made)
    yield made
    made.answer.set()


async def until_asked(names: Names, count: int) -> None:
    async with asyncio.timeout(30):
        while len(names.asked) < count:
            await asyncio.sleep(0.01)


async def test_a_domain_that_is_silent_holds_four_threads_and_keeps_nobody_waiting(names: Names) -> None:
    tasks = [asyncio.create_task(system_resolver(f"h{number}.silent.example", 443)) for number in range(100)]
    await until_asked(names, PER_DOMAIN)
    async with asyncio.timeout(30):
        assert await system_resolver("honest.example", 443) == ["192.0.2.1"]
    assert names.hanging == PER_DOMAIN
    names.answer.set()
    assert await asyncio.gather(*tasks) == [["192.0.2.1"]] * 100


async def test_who_gives_up_frees_no_place_whose_look_up_still_hangs(names: Names) -> None:
    for _ in range(3):
        tasks = [asyncio.create_task(system_resolver(f"h{number}.silent.example", 443)) for number in range(10)]
        await until_asked(names, PER_DOMAIN)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        await system_resolver("honest.example", 443)
        assert names.hanging == PER_DOMAIN
    names.answer.set()
    async with asyncio.timeout(30):
        assert await system_resolver("late.silent.example", 443) == ["192.0.2.1"]
