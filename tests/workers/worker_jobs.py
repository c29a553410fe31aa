"""What the tests let workers do; importable by name, as every job must be."""

from __future__ import annotations

import os
import signal
import sys
import time

from ingest.errors import FetchError, ParseError, Reason


def double(number: int) -> int:
    return 2 * number


def process_id(_argument: object) -> int:
    return os.getpid()


def spin(_argument: object) -> None:
    while True:
        pass


def spin_in_c(_argument: object) -> None:
    """Never gives the interpreter back: no Python signal handler and no other thread gets a turn."""
    import re

    re.match(r"(a+)+$", "a" * 60 + "b")


def swell(_argument: object) -> int:
    return len(bytearray(4 << 30))


def swell_slowly(_argument: object) -> int:
    held = []
    while True:
        held.append("x" * 1_000_000)


def allocate_mb(megabytes: int) -> int:
    return len(bytearray(megabytes << 20))


def exit_at_once(code: int) -> None:
    os._exit(code)


def die_by(number: int) -> None:
    os.kill(os.getpid(), number)
    time.sleep(10)


def refuse(url: str) -> None:
    raise ParseError("not a feed", reason=Reason.NOT_A_FEED, subject=url)


def fail_to_fetch(url: str) -> None:
    raise FetchError("gone", reason=Reason.GONE, subject=url, status=410, retry_after_s=2.5, received_bytes=7)


def divide_by_zero(_argument: object) -> float:
    return 1 / 0


def unsendable(_argument: object) -> object:
    return lambda: None


def main_module(_argument: object) -> str:
    return getattr(sys.modules["__main__"], "__file__", "") or ""


def ignored_signals(_argument: object) -> tuple[bool, bool]:
    return tuple(signal.getsignal(number) is signal.SIG_IGN for number in (signal.SIGINT, signal.SIGTERM))


def numpy_sum(count: int) -> int:
    import numpy

    return int(numpy.arange(count).sum())


def open_and_spin(path: str) -> None:
    with open(path, "wb"):  # noqa: PTH123
        while True:
            pass


def wait_at(path: str) -> str:
    with open(path) as gate:  # noqa: PTH123
        return gate.readline().strip()


def niceness(_load: object) -> int:
    return os.getpriority(os.PRIO_PROCESS, 0)


def wait_with_load(task: tuple[str, bytes]) -> str:
    return wait_at(task[0])


class Unprintable(Exception):
    def __str__(self) -> str:
        raise ValueError


def raise_the_unprintable(_argument: object) -> None:
    raise Unprintable


class Unreadable:
    def __reduce__(self) -> tuple[object, ...]:
        return int, ("not a number",)


def unreadable(_argument: object) -> object:
    return Unreadable()


_HELD: list[bytes] = []


def hold(megabytes: int) -> int:
    """Keep so much memory, as libraries do with what they read once; returns the process."""
    _HELD.append(b"x" * (megabytes * 1024 * 1024))
    return os.getpid()
