"""The gate before a host: how many at once, how far apart, and what it remembers."""

from __future__ import annotations

import asyncio

import pytest

from ingest.poll import politeness
from ingest.poll.politeness import HostGate


class Time:
    """A clock that only sleeping moves."""

    def __init__(self):
        self.now_s, self.slept = 100.0, []

    def clock(self):
        return self.now_s

    async def sleep(self, delay_s):
        self.slept.append(round(delay_s, 3))
        await asyncio.sleep(0)
        self.now_s += delay_s


async def test_no_more_than_the_allowed_number_run_at_one_host():
    gate, running, most = HostGate(2, 0.0), 0, 0

    async def one(url):
        nonlocal running, most
        async with gate.slot(url):
            running += 1
            most = max(most, running)
            await asyncio.sleep(0.001)
            running -= 1

    await asyncio.gather(*(one(f"http://a.test/{n}") for n in range(7)))
    assert most == 2 and len(gate) == 0


async def test_hosts_do_not_wait_for_each_other():
    gate = HostGate(1, 0.0)
    async with gate.slot("http://a.test/"), gate.slot("https://a.test/"), gate.slot("http://a.test:8080/"):
        assert len(gate) == 3


async def test_starts_at_one_host_are_apart():
    time = Time()
    gate = HostGate(1, 5.0, clock=time.clock, sleep=time.sleep)
    for _ in range(3):
        async with gate.slot("http://a.test/"):
            pass
    async with gate.slot("http://b.test/"):
        pass
    assert time.slept == [5.0, 5.0]


async def test_a_failure_or_a_cancelled_wait_frees_the_place():
    gate = HostGate(1, 0.0)
    with pytest.raises(ValueError, match="x"):
        async with gate.slot("http://a.test/"):
            waiting = asyncio.create_task(gate.slot("http://a.test/").__aenter__())
            await asyncio.sleep(0)
            waiting.cancel()
            raise ValueError("x")
    await asyncio.gather(waiting, return_exceptions=True)
    async with gate.slot("http://a.test/"):
        assert len(gate) == 1
    assert len(gate) == 0


async def test_hosts_whose_delay_is_over_are_forgotten_and_the_others_are_bounded(monkeypatch):
    monkeypatch.setattr(politeness, "MAX_IDLE_HOSTS", 3)
    time = Time()
    gate = HostGate(1, 5.0, clock=time.clock, sleep=time.sleep)
    for n in range(5):
        async with gate.slot(f"http://h{n}.test/"):
            pass
    assert len(gate) == 3
    time.now_s += 10
    async with gate.slot("http://last.test/"):
        pass
    assert len(gate) == 1
