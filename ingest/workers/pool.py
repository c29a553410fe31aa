"""A pool of worker processes, each of which can be killed at any moment without harm to the others."""

from __future__ import annotations

import asyncio
import atexit
import multiprocessing
import pickle
import queue
import signal
import sys
import threading
import types
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Self, TypeVar

from ingest.errors import PoolClosed, Reason, WorkerError
from ingest.workers.child import Answer, Limits, serve

Argument = TypeVar("Argument")
Result = TypeVar("Result")

_SERVER_MODULES = ("ingest.workers.forkserver", "ingest.workers.child")
_TASKS_PER_WORKER = 500  # then a fresh one: what libraries leak must not eat up a later task's memory
_KILL_WAIT_S = 0.5
#: What is larger may take long: it has workers of its own, which step back where small tasks or the program itself want
#: the processor (bench/poll.py hostile).
LARGE_BYTES = 64 * 1024
LARGE_NICENESS = 5
_STOPPED_BY = frozenset({signal.SIGKILL, signal.SIGALRM, signal.SIGXCPU})
_main_lock = threading.Lock()


@dataclass(slots=True, eq=False)
class _Worker:
    process: BaseProcess
    connection: Connection
    tasks: int = 0

    def stop(self) -> None:
        self.process.kill()
        self.process.join(_KILL_WAIT_S)
        self.connection.close()


@dataclass(frozen=True, slots=True)
class _Lane:
    """Workers of one kind, and the threads that wait for their answers."""

    limits: Limits
    threads: ThreadPoolExecutor
    # One place a process: taken by a task, put back with its worker, or with None where one is to be started.
    places: queue.LifoQueue[_Worker | None]


def _lane(processes: int, limits: Limits, name: str) -> _Lane:
    lane = _Lane(limits, ThreadPoolExecutor(processes, thread_name_prefix=name), queue.LifoQueue())
    for _ in range(processes):
        lane.places.put(None)
    return lane


class WorkerPool:
    """Runs functions of one argument in worker processes, under a time and a memory limit.

    processes: how many tasks run at once, and as many large ones beside them. task_timeout_s: wall clock, from the
    moment a worker takes the task. memory_mb: growth of a worker's address space over what it maps before its first
    task. preload: modules that are imported once, in the server that the workers are forked from.

    Large tasks, which may take long, have workers of their own at a lower priority, and hold up no small one. Functions
    must be importable by name, arguments and results picklable. Workers are started when first needed. Safe to use from
    several threads.
    """

    def __init__(self, *, processes: int, task_timeout_s: float, memory_mb: int, preload: tuple[str, ...]) -> None:
        limits = Limits(task_timeout_s=task_timeout_s, memory_mb=memory_mb, preload=preload)
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([*_SERVER_MODULES, *preload])
        self._small = _lane(processes, limits, "samewire-worker")
        self._large = _lane(processes, replace(limits, niceness=LARGE_NICENESS), "samewire-worker-large")
        self._workers: set[_Worker] = set()
        self._lock = threading.Lock()
        self._closed = False
        atexit.register(self.close)  # before multiprocessing's own hook, which would wait for the workers

    async def run(
        self,
        function: Callable[[Argument], Result],
        argument: Argument,
        *,
        subject: str,
        timeout_s: float | None = None,
    ) -> Result:
        """`run_sync`, without blocking the event loop. A cancelled task's worker is free again when it ends.

        timeout_s: for a task that may take less long than others.
        """
        if self._closed:
            raise _closed(subject)
        request = pickle.dumps((function, argument), pickle.HIGHEST_PROTOCOL)
        lane = self._large if len(request) > LARGE_BYTES else self._small
        answering = partial(self._answer, lane, request, subject, timeout_s)
        result: Result = _unpacked(await asyncio.get_running_loop().run_in_executor(lane.threads, answering), subject)
        return result

    def run_sync(self, function: Callable[[Argument], Result], argument: Argument, *, subject: str) -> Result:
        """Return function(argument), computed in a worker, however large it is: somebody waits for it.

        subject: the URL that a failure is told of. Raises the IngestError that the function raised; PoolClosed
        when the pool was closed; WorkerError with KILLED when time or memory ran out, with CRASHED when the worker
        died or the function raised anything else.
        """
        request = pickle.dumps((function, argument), pickle.HIGHEST_PROTOCOL)
        result: Result = _unpacked(self._answer(self._small, request, subject), subject)
        return result

    def _answer(self, lane: _Lane, request: bytes, subject: str, timeout_s: float | None = None) -> Answer:
        """What a worker answers, once one is free."""
        limit_s = lane.limits.task_timeout_s
        worker = lane.places.get()
        try:
            worker = self._ready(worker, lane.limits, subject)
            answer = self._ask(worker, request, subject, min(timeout_s or limit_s, limit_s))
            if answer.is_last or worker.tasks >= _TASKS_PER_WORKER:
                self._discard(worker)
                worker = None
        except BaseException:
            self._discard(worker)
            worker = None
            raise
        finally:
            lane.places.put(worker)
        return answer

    def close(self) -> None:
        """Kill the workers, busy or not, and refuse further tasks; tasks under way end with KILLED."""
        atexit.unregister(self.close)
        with self._lock:
            self._closed = True
            workers = tuple(self._workers)
        for worker in workers:
            worker.process.kill()
        for lane in (self._small, self._large):
            lane.threads.shutdown(wait=False, cancel_futures=True)
        for worker in workers:
            worker.process.join(_KILL_WAIT_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def _ready(self, worker: _Worker | None, limits: Limits, subject: str) -> _Worker:
        """The worker, if it still lives, or a new one."""
        if worker is not None and worker.process.is_alive() and not worker.connection.poll():  # poll: its end is closed
            return worker
        self._discard(worker)
        if self._closed:
            raise _closed(subject)
        try:
            fresh = self._start(limits)
        except (OSError, EOFError) as exc:
            message = f"no worker could be started: {exc}"
            raise WorkerError(message, reason=Reason.CRASHED, subject=subject) from exc
        with self._lock:
            self._workers.add(fresh)
            if self._closed:  # meanwhile: nobody else will stop it
                fresh.process.kill()
        return fresh

    def _start(self, limits: Limits) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=serve, args=(theirs, limits), name="samewire-worker", daemon=True)
        with _main_hidden():
            process.start()
        theirs.close()
        return _Worker(process, ours)

    def _ask(self, worker: _Worker, request: bytes, subject: str, timeout_s: float) -> Answer:
        worker.tasks += 1
        try:
            worker.connection.send_bytes(request)
            if not worker.connection.poll(timeout_s):
                message = f"stopped after {timeout_s:.3g} s"
                raise WorkerError(message, reason=Reason.KILLED, subject=subject)
            packed = worker.connection.recv_bytes()
        except (EOFError, OSError) as exc:
            raise self._died(worker, subject) from exc
        try:
            answer: Answer = pickle.loads(packed)  # noqa: S301 - written by our own child
        except Exception as exc:  # a class whose instances cannot be made again from what they say of themselves
            message = f"its result cannot be read: {type(exc).__name__}"
            raise WorkerError(message, reason=Reason.CRASHED, subject=subject) from exc
        return answer

    def _died(self, worker: _Worker, subject: str) -> WorkerError:
        if self._closed:
            return _closed(subject)
        worker.process.join(_KILL_WAIT_S)
        code = worker.process.exitcode
        if code is not None and -code in _STOPPED_BY:
            return WorkerError(f"stopped by signal {-code}", reason=Reason.KILLED, subject=subject)
        return WorkerError(f"its process died (exit code {code})", reason=Reason.CRASHED, subject=subject)

    def _discard(self, worker: _Worker | None) -> None:
        if worker is not None:
            with self._lock:
                self._workers.discard(worker)
            worker.stop()


def _closed(subject: str) -> WorkerError:
    return PoolClosed("stopped because the pool was closed", reason=Reason.KILLED, subject=subject)


def _unpacked(answer: Answer, subject: str) -> Any:
    if answer.error is not None:
        raise answer.error
    if answer.out_of_memory:
        raise WorkerError("stopped because memory ran out", reason=Reason.KILLED, subject=subject)
    if answer.crash is not None:
        raise WorkerError(answer.crash, reason=Reason.CRASHED, subject=subject)
    return answer.result


@contextmanager
def _main_hidden() -> Iterator[None]:
    """Start a worker without multiprocessing's habit of running the program's main module once more in it.

    Workers call functions by their module's name; a console script or a test runner as main would only cost time,
    and whatever it does when it is imported.
    """
    with _main_lock:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = types.ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main
