"""Connecting: one look-up, every answer checked, and the checked address itself connected to."""

from __future__ import annotations

import asyncio
import socket
from contextlib import ExitStack

import pytest

from ingest.errors import FetchError, Reason
from ingest.poll import dial
from ingest.poll.addresses import AddressPolicy
from ingest.poll.dial import Dialer, system_resolver


class Names:
    """A resolver that answers from a script and counts."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), 0

    async def __call__(self, host, port):
        self.asked += 1
        given = self.answers.pop(0)
        if isinstance(given, Exception):
            raise given
        return given


async def refused(dialer, host="a.test", port=80):
    with pytest.raises(FetchError) as caught:
        await dialer.dial(host, port, subject="s")
    return caught.value.reason


async def test_a_name_is_resolved_once_and_the_answer_that_was_checked_is_used(server):
    names = Names(["127.0.0.1"], ["10.0.0.1"])
    sock = await Dialer(AddressPolicy(frozenset({f"a.test:{server.port}"})), names).dial(
        "a.test", server.port, subject="s"
    )
    with sock:
        assert sock.getpeername() == ("127.0.0.1", server.port)
    assert names.asked == 1


@pytest.mark.parametrize("answers", [["127.0.0.1"], ["8.8.8.8", "10.0.0.7"], ["::ffff:127.0.0.1"], ["fe80::1%lo"]])
async def test_a_name_with_an_answer_of_the_inside_is_refused(answers):
    assert await refused(Dialer(AddressPolicy(), Names(answers))) is Reason.ADDRESS


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "127.1", "0", "localhost"])
async def test_the_systems_resolver_reads_every_spelling_and_the_answer_is_checked(host):
    assert await refused(Dialer(AddressPolicy(), system_resolver), host) is Reason.ADDRESS


async def test_a_literal_needs_no_resolver():
    assert await refused(Dialer(AddressPolicy(), Names()), "10.0.0.1") is Reason.ADDRESS


@pytest.mark.parametrize("trouble", [socket.gaierror(-2, "unknown"), UnicodeError("label too long"), []])
async def test_a_name_without_an_address_is_dns(trouble):
    assert await refused(Dialer(AddressPolicy(), Names(trouble))) is Reason.DNS


async def test_a_failed_name_is_not_looked_up_again_at_once_and_few_are_remembered(monkeypatch):
    monkeypatch.setattr(dial, "MAX_UNKNOWN", 2)
    names = Names(*[socket.gaierror(-3, "again")] * 4)
    dialer = Dialer(AddressPolicy(), names)
    for host in ("a", "a", "b", "c", "a"):
        assert await refused(dialer, host) is Reason.DNS
    assert names.asked == 4


async def test_a_dead_address_does_not_hide_a_living_one(server):
    names = Names(["127.0.0.9", "127.0.0.1"])
    policy = AddressPolicy(frozenset({f"a.test:{server.port}"}))
    with await Dialer(policy, names).dial("a.test", server.port, subject="s") as sock:
        assert sock.getpeername()[0] == "127.0.0.1"


async def test_no_living_address_is_connect(server):
    names = Names(["127.0.0.8", "127.0.0.9"])
    policy = AddressPolicy(frozenset({f"a.test:{server.port}"}))
    assert await refused(Dialer(policy, names), port=server.port) is Reason.CONNECT


async def test_an_address_that_takes_long_is_overtaken_and_closed(server, monkeypatch):
    """The first address never accepts: its backlog is full."""
    monkeypatch.setattr(dial, "ATTEMPT_DELAY_S", 0.02)
    with ExitStack() as stack:
        stack.enter_context(socket.create_server(("127.0.0.7", server.port), backlog=0))
        for _ in range(3):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.7", server.port))
        names = Names(["127.0.0.7", "127.0.0.1"])
        policy = AddressPolicy(frozenset({f"a.test:{server.port}"}))
        tasks = asyncio.all_tasks()
        with await Dialer(policy, names).dial("a.test", server.port, subject="s") as sock:
            assert sock.getpeername()[0] == "127.0.0.1"
        assert asyncio.all_tasks() - server.tasks == tasks


def test_families_take_turns_beginning_with_the_resolvers_first():
    assert dial._by_turns(["1.1.1.1", "2.2.2.2", "::1", "::2", "3.3.3.3"]) == [
        "1.1.1.1",
        "::1",
        "2.2.2.2",
        "::2",
        "3.3.3.3",
    ]
    assert dial._by_turns(["::1", "::2", "1.1.1.1"]) == ["::1", "1.1.1.1", "::2"]
