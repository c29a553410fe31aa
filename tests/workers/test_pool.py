"""Killable workers: every way a task can end, and what is left when the program itself is killed."""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import worker_jobs as jobs

from ingest.errors import ExtractError, FetchError, IngestError, ParseError, Reason, WorkerError
from ingest.workers import WorkerPool
from ingest.workers.child import SWOLLEN_MB
from ingest.workers.pool import LARGE_BYTES, LARGE_NICENESS

URL = "http://news.example/feed.xml"
TIMEOUT_S = 0.4


def a_pool(processes: int = 2, task_timeout_s: float = TIMEOUT_S) -> WorkerPool:
    return WorkerPool(processes=processes, task_timeout_s=task_timeout_s, memory_mb=200, preload=("ingest.errors",))


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    with a_pool() as pool:
        yield pool


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_task_gives_its_result(pool: WorkerPool) -> None:
    assert pool.run_sync(jobs.double, 21, subject=URL) == 42


def test_a_worker_takes_one_task_after_another() -> None:
    with a_pool(processes=1) as pool:
        assert len({pool.run_sync(jobs.process_id, None, subject=URL) for _ in range(5)}) == 1


def test_a_worker_is_replaced_after_five_hundred_tasks() -> None:
    with a_pool(processes=1) as pool:
        pids = [pool.run_sync(jobs.process_id, None, subject=URL) for _ in range(501)]
    assert len(set(pids[:500])) == 1
    assert pids[500] != pids[0]


def test_a_worker_that_gives_too_much_memory_not_back_is_replaced_after_its_answer() -> None:
    with a_pool(processes=1, task_timeout_s=30.0) as pool:
        held = [pool.run_sync(jobs.hold, megabytes, subject=URL) for megabytes in (1, 1, SWOLLEN_MB, 1)]
    assert held[0] == held[1] == held[2] != held[3]


async def test_tasks_run_at_once_without_blocking_the_loop(pool: WorkerPool) -> None:
    results = await asyncio.gather(*(pool.run(jobs.double, n, subject=URL) for n in range(10)))
    assert results == [2 * n for n in range(10)]


@pytest.mark.parametrize(
    ("job", "argument", "reason"),
    [
        pytest.param(jobs.spin, None, Reason.KILLED, id="a loop without end"),
        pytest.param(jobs.spin_in_c, None, Reason.KILLED, id="a pattern that never gives the interpreter back"),
        pytest.param(jobs.swell, None, Reason.KILLED, id="one allocation beyond the limit"),
        pytest.param(jobs.swell_slowly, None, Reason.KILLED, id="many allocations beyond the limit"),
        pytest.param(jobs.die_by, signal.SIGKILL, Reason.KILLED, id="killed from outside"),
        pytest.param(jobs.die_by, signal.SIGSEGV, Reason.CRASHED, id="a fault in a library"),
        pytest.param(jobs.exit_at_once, 3, Reason.CRASHED, id="an exit"),
        pytest.param(jobs.divide_by_zero, None, Reason.CRASHED, id="an error nobody foresaw"),
        pytest.param(jobs.raise_the_unprintable, None, Reason.CRASHED, id="an error that cannot be told"),
        pytest.param(jobs.unsendable, None, Reason.CRASHED, id="a result that cannot be sent"),
        pytest.param(jobs.unreadable, None, Reason.CRASHED, id="a result that cannot be read"),
    ],
)
def test_a_task_that_goes_wrong_ends_with_a_reason_and_harms_no_other(
    pool: WorkerPool, job: object, argument: object, reason: Reason
) -> None:
    with ThreadPoolExecutor(1) as threads:
        beside = threads.submit(pool.run_sync, jobs.double, 4, subject=URL)
        with pytest.raises(WorkerError) as raised:
            pool.run_sync(job, argument, subject=URL)  # type: ignore[arg-type]
        assert beside.result() == 8
    assert raised.value.reason is reason
    assert raised.value.subject == URL
    assert pool.run_sync(jobs.double, 3, subject=URL) == 6


def test_a_task_may_use_the_memory_it_was_given() -> None:
    with a_pool(processes=1, task_timeout_s=30.0) as pool:
        assert pool.run_sync(jobs.allocate_mb, 100, subject=URL) == 100 << 20


def test_a_worker_that_died_between_two_tasks_is_replaced() -> None:
    with a_pool(processes=1) as pool:
        dead = pool.run_sync(jobs.process_id, None, subject=URL)
        os.kill(dead, signal.SIGKILL)
        while is_alive(dead):
            pass
        assert pool.run_sync(jobs.process_id, None, subject=URL) != dead


def test_a_killed_task_is_over_soon_and_its_worker_replaced_at_once() -> None:
    with a_pool(processes=1) as pool:
        pool.run_sync(jobs.double, 1, subject=URL)
        started = time.monotonic()
        with pytest.raises(WorkerError):
            pool.run_sync(jobs.spin, None, subject=URL)
        assert pool.run_sync(jobs.double, 1, subject=URL) == 2
        assert time.monotonic() - started < 15.0  # and not for ever, however busy the machine is


def test_our_own_errors_come_through_as_themselves(pool: WorkerPool) -> None:
    with pytest.raises(ParseError) as parse:
        pool.run_sync(jobs.refuse, "http://x.example/", subject=URL)
    assert (parse.value.reason, parse.value.subject, str(parse.value)) == (
        Reason.NOT_A_FEED,
        "http://x.example/",
        "not a feed",
    )
    with pytest.raises(FetchError) as fetch:
        pool.run_sync(jobs.fail_to_fetch, "http://x.example/", subject=URL)
    assert (fetch.value.status, fetch.value.retry_after_s, fetch.value.received_bytes) == (410, 2.5, 7)


@pytest.mark.parametrize("kind", [IngestError, ParseError, ExtractError, WorkerError])
def test_an_ingest_error_survives_pickling(kind: type[IngestError]) -> None:
    error = pickle.loads(pickle.dumps(kind("why", reason=Reason.CAPPED, subject=URL)))
    assert type(error) is kind
    assert (str(error), error.reason, error.subject) == ("why", Reason.CAPPED, URL)


def test_workers_ignore_the_signals_that_end_their_parent(pool: WorkerPool) -> None:
    assert pool.run_sync(jobs.ignored_signals, None, subject=URL) == (True, True)


def test_the_main_module_is_not_run_again_in_a_worker(pool: WorkerPool) -> None:
    main = sys.modules["__main__"]
    assert pool.run_sync(jobs.main_module, None, subject=URL) == ""
    assert sys.modules["__main__"] is main


def test_closing_is_quick_and_ends_tasks_under_way(tmp_path: Path) -> None:
    pool = a_pool(processes=2, task_timeout_s=60)
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    with ThreadPoolExecutor(3) as threads:
        under_way = threads.submit(pool.run_sync, jobs.open_and_spin, str(gate), subject=URL)
        with gate.open("rb") as opened_by_worker:
            waiting = [threads.submit(pool.run_sync, jobs.spin, None, subject=URL) for _ in range(2)]
            started = time.monotonic()
            pool.close()
            assert time.monotonic() - started < 1.0
            assert opened_by_worker.read() == b""  # the end of the file: the worker is gone
        for task in (under_way, *waiting):
            error = task.exception()
            assert isinstance(error, WorkerError)
            assert error.reason is Reason.KILLED
    pool.close()


async def test_a_closed_pool_takes_no_task() -> None:
    pool = a_pool()
    pool.close()
    with pytest.raises(WorkerError) as raised:
        pool.run_sync(jobs.double, 1, subject=URL)
    assert raised.value.reason is Reason.KILLED
    with pytest.raises(WorkerError):
        await pool.run(jobs.double, 1, subject=URL)


PROGRAM = """
import os, resource, signal, sys, threading
resource.setrlimit(resource.RLIMIT_AS, (3000 << 20, 3000 << 20))
sys.path.insert(0, {jobs!r})
import worker_jobs as jobs
from ingest.workers import WorkerPool
from ingest.workers.child import SWOLLEN_MB
from ingest.workers.pool import LARGE_BYTES
print("main ran", flush=True)
if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    pool = WorkerPool(processes=2, task_timeout_s=60, memory_mb=300, preload=("lxml.html", "numpy", "feedparser"))
    print(pool.run_sync(jobs.numpy_sum, 1000, subject="s"), flush=True)
    print(pool.run_sync(jobs.wait_at, {gate!r}, subject="s"), flush=True)
    print(pool.run_sync(jobs.double, 2, subject="s"), flush=True)
"""


def a_program(tmp_path: Path) -> tuple[subprocess.Popen[str], Path]:
    """A program with a pool, as a process group of its own, and the pipe that its second task waits at."""
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    script = tmp_path / "program.py"
    script.write_text(PROGRAM.format(jobs=str(Path(jobs.__file__).parent), gate=str(gate)))
    command = [sys.executable, str(script)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, start_new_session=True), gate


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_the_group_lets_tasks_end_and_prints_nothing(tmp_path: Path, number: signal.Signals) -> None:
    program, gate = a_program(tmp_path)
    with program:
        with gate.open("w") as opened_by_worker:
            os.killpg(program.pid, number)
            opened_by_worker.write("through\n")
        out, err = program.communicate(timeout=20)
    assert out.splitlines() == ["main ran", "499500", "through", "4"]
    assert err == ""
    assert program.returncode == 0


def test_no_process_is_left_when_the_program_is_killed_with_a_task_under_way(tmp_path: Path) -> None:
    program, gate = a_program(tmp_path)
    with program, gate.open("w"):
        program.kill()
        out, err = program.communicate(timeout=20)  # returns when nobody holds the program's output any more
    assert out.splitlines() == ["main ran", "499500"]
    assert err == ""


def test_a_worker_without_a_parent_ends_by_its_own_alarm(tmp_path: Path) -> None:
    """Where the kernel cannot end it with its parent, a loop without end ends a second after the limit."""
    program = (
        "import sys, pickle, signal\n"
        f"sys.path.insert(0, {str(Path(jobs.__file__).parent)!r})\n"
        "import worker_jobs as jobs\n"
        "from multiprocessing import Pipe\n"
        "from ingest.workers.child import Limits, serve\n"
        "ours, theirs = Pipe()\n"
        "ours.send_bytes(pickle.dumps((jobs.spin_in_c, None)))\n"
        "serve(theirs, Limits(task_timeout_s=0.1, memory_mb=100, preload=()))\n"
    )
    assert subprocess.run([sys.executable, "-c", program], timeout=20, check=False).returncode == -signal.SIGALRM


async def test_large_tasks_that_take_long_leave_a_worker_to_small_ones(tmp_path: Path) -> None:
    gates = [tmp_path / name for name in ("one", "two")]
    for gate in gates:
        os.mkfifo(gate)
    with a_pool(task_timeout_s=30.0) as pool:
        large = [
            asyncio.create_task(pool.run(jobs.wait_with_load, (str(gate), b"x" * LARGE_BYTES), subject=URL))
            for gate in gates
        ]
        assert [await pool.run(jobs.double, n, subject=URL) for n in range(3)] == [0, 2, 4]
        assert not any(task.done() for task in large)
        for gate in gates:
            await asyncio.to_thread(gate.write_text, "go\n")
        assert await asyncio.gather(*large) == ["go", "go"]


async def test_large_tasks_step_back_and_small_ones_do_not() -> None:
    own = os.getpriority(os.PRIO_PROCESS, 0)
    with a_pool(task_timeout_s=30.0) as pool:
        assert await pool.run(jobs.niceness, b"", subject=URL) == own
        assert await pool.run(jobs.niceness, b"x" * LARGE_BYTES, subject=URL) == min(19, own + LARGE_NICENESS)
        assert await asyncio.to_thread(pool.run_sync, jobs.niceness, b"x" * LARGE_BYTES, subject=URL) == own
