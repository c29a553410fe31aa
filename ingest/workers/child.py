"""A worker's own side: take a task, run it under limits, answer; die rather than linger."""

from __future__ import annotations

import contextlib
import fcntl
import importlib
import multiprocessing
import os
import pickle
import resource
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from ingest.errors import IngestError

#: A worker that keeps so much more than before its first task is not given another one. Two hundred ordinary pages
#: leave some 60 MB behind, one of a hundred thousand links 140.
SWOLLEN_MB = 96
_MAPPED, _RESIDENT = 0, 1  # places in /proc/self/statm
_GRACE_S = 1.0  # the parent kills at the limit; only where the parent is gone does the worker's own alarm ring


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one task may use, and what is imported before the memory it may use is counted."""

    task_timeout_s: float
    memory_mb: int
    preload: tuple[str, ...]
    niceness: int = 0  # added to the program's own


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of a task: a result, or why there is none."""

    result: Any = None
    error: IngestError | None = None
    crash: str | None = None  # what was raised that nobody foresaw
    out_of_memory: bool = False
    is_last: bool = False  # the worker ends with this answer: its memory ran out, or too much of it came not back


def serve(connection: Connection, limits: Limits) -> None:
    """Answer tasks until the other end closes. A task is a pickled (function, argument)."""
    _settle(limits)
    most_bytes = _memory_bytes(_RESIDENT) + SWOLLEN_MB * 1024 * 1024
    while True:
        try:
            request = connection.recv_bytes()
        except (EOFError, OSError):
            return
        # The default action of SIGALRM ends the process even inside a pattern that never gives the interpreter back.
        signal.setitimer(signal.ITIMER_REAL, limits.task_timeout_s + _GRACE_S)
        answer, packed = _answer(request, most_bytes)
        signal.setitimer(signal.ITIMER_REAL, 0)
        try:
            connection.send_bytes(packed)
        except OSError:
            return
        if answer.is_last:
            return


def _answer(request: bytes, most_bytes: int) -> tuple[Answer, bytes]:
    try:
        answer = _run(request)
        if not answer.is_last and _memory_bytes(_RESIDENT) > most_bytes:
            answer = replace(answer, is_last=True)
        return answer, pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        answer = Answer(out_of_memory=True, is_last=True)
    except Exception as exc:  # a result that cannot be sent
        answer = Answer(crash=_described(exc))
    return answer, pickle.dumps(answer)


def _run(request: bytes) -> Answer:
    try:
        function: Callable[[Any], Any]
        function, argument = pickle.loads(request)  # noqa: S301 - written by our parent
        return Answer(result=function(argument))
    except MemoryError:
        return Answer(out_of_memory=True, is_last=True)
    except IngestError as exc:
        return Answer(error=exc)
    except Exception as exc:  # whatever a library lets out on a stranger's bytes becomes one reason on one feed
        return Answer(crash=_described(exc))


def _described(exc: Exception) -> str:
    try:
        return f"{type(exc).__name__}: {exc}"[:200]
    except Exception:
        return type(exc).__name__


def _settle(limits: Limits) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    _die_with_parent()
    os.nice(limits.niceness)
    for name in limits.preload:
        importlib.import_module(name)  # at hand already where the fork server could import it
    _limit_memory(limits.memory_mb)


def _die_with_parent() -> None:
    """Have the kernel end this process when its parent's end of the sentinel pipe closes, whatever it is doing.

    The signal's default action does it, no code of ours: on Linux, that is; elsewhere the alarm of `serve` remains.
    The fork server cannot see to it, because it lives until its last child has ended.
    """
    parent = multiprocessing.parent_process()
    if parent is None or sys.platform != "linux":
        return
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(parent.sentinel, fcntl.F_SETOWN, os.getpid())
    flags = fcntl.fcntl(parent.sentinel, fcntl.F_GETFL)
    fcntl.fcntl(parent.sentinel, fcntl.F_SETFL, flags | os.O_ASYNC)
    if wait([parent.sentinel], 0):  # it was gone before we asked
        sys.exit()


def _limit_memory(memory_mb: int) -> None:
    """Bound the growth of the address space: libraries map far more than they use before the first task."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = _memory_bytes(_MAPPED) + memory_mb * 1024 * 1024
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    with contextlib.suppress(ValueError, OSError):  # macOS knows the limit and does not let it be set
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def _memory_bytes(kind: int) -> int:
    """The memory of this process, mapped or resident; beyond all limits where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[kind])
    except OSError:
        return 0 if sys.platform == "linux" else 1 << 40
    return pages * resource.getpagesize()
