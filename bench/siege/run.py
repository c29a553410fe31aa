"""Runs cases: the real command line in a process of its own for each, watched, and judged by what came of it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.siege.case import CASES, TIMEOUT_S, Case
from bench.siege.guard import PLAN, Guard, Plan

ROOT = Path(__file__).resolve().parents[2]
SITE = Path(__file__).resolve().parent / "site"
CONFIG = """\
[database]
path = "newsroom.db"
[poll]
host_delay = "0s"
contact = "https://samewire.example/bot"
"""
#: What no terminal and no log may be sent of a stranger's: controls but line ends and tabs, and the bidi controls.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_HUNG_AFTER = 2.0  # times what the case allows


@dataclass(slots=True)
class Run:
    """One command that is under way or has ended."""

    pid: int
    folder: Path
    started_s: float
    exit: int | None = None
    hung: bool = False
    seconds: float = 0.0
    peak_mb: float = 0.0
    worker_mb: float = 0.0


@dataclass(slots=True, kw_only=True)
class Verdict:
    """What came of a case."""

    case: str
    group: str
    note: str
    faults: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)  # of each fault, what was found
    outcome: str = ""
    reason: str = ""
    entries: int | None = None
    seconds: float = 0.0
    late_s: float = 0.0  # of the slowest poll, beyond its timeout
    growth_mb: float = 0.0
    worker_growth_mb: float = 0.0
    requests: int = 0


class Field:
    """The peers, and a folder for everything that is written; use it as a context."""

    def __enter__(self) -> Field:
        self.folder = Path(tempfile.mkdtemp(prefix="siege-"))
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "bench.siege.peers", str(self.folder)]
        self._peers = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT)
        assert self._peers.stdout is not None
        told = json.loads(self._peers.stdout.readline())
        self.ports: dict[str, int] = told["ports"]
        self.proxy: int = told["proxy"]
        self.inner: int = told["inner"]
        return self

    def __exit__(self, *_: object) -> None:
        self._peers.kill()
        self._peers.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def requests(self) -> list[dict[str, Any]]:
        """What the peers were asked, and who came to the inner listener."""
        text = (self.folder / "requests.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]


def run_cases(cases: Sequence[Case], *, at_once: int, tell: Callable[[Verdict], None]) -> list[Verdict]:
    """Run the cases, some at once, and return their verdicts; `tell` hears of each."""
    verdicts = []
    with Field() as peers:
        base = _Trial(peers, CASES["baseline"], (0.0, 0.0))
        while not base.step():
            time.sleep(0.02)
        if base.verdict is None or base.verdict.faults:
            raise SystemExit(f"a plain feed cannot be polled here: {base.verdict}")
        floor = (base.verdict.growth_mb, base.verdict.worker_growth_mb)
        waiting, running = list(reversed(cases)), list[_Trial]()
        while waiting or running:
            while waiting and len(running) < at_once:
                running.append(_Trial(peers, waiting.pop(), floor))
            time.sleep(0.02)
            for trial in [one for one in running if one.step()]:
                running.remove(trial)
                assert trial.verdict is not None
                verdicts.append(trial.verdict)
                tell(trial.verdict)
    return verdicts


class _Trial:
    """One case: its commands one after the other, then the verdict."""

    def __init__(self, peers: Field, case: Case, floor_mb: tuple[float, float]) -> None:
        self._peers, self._case, self._floor_mb = peers, case, floor_mb
        self._folder = peers.folder / case.name
        self._folder.mkdir()
        self._done: list[Run] = []
        self.verdict: Verdict | None = None
        for name, given in case.files.items():
            data = given() if callable(given) else given.encode() if isinstance(given, str) else given
            (self._folder / name).write_bytes(
                data.replace(b"{canary}", b"%d" % peers.inner) if len(data) < 4096 else data
            )
        coverage = "" if "coverage" in case.poll else "coverage = false\n"
        timeout = "" if "timeout" in case.poll else f'timeout = "{TIMEOUT_S:g}s"\n'
        own = self._filled(case.poll) + "\n" + self._filled(case.config)
        (self._folder / "config.toml").write_text(CONFIG + coverage + timeout + own, encoding="utf-8")
        self._running = self._start()

    def _filled(self, text: str) -> str:
        url = f"{self._case.scheme}://{self._case.name}.test/f"
        for name, value in (("url", url), ("folder", self._folder), ("canary", self._peers.inner), ("proxy", self._peers.proxy)):  # fmt: skip
            text = text.replace("{" + name + "}", str(value)) if len(text) < 4096 else text
        return text.replace(f"{self._folder}/authority.pem", f"{self._peers.folder}/authority.pem")

    def _start(self) -> Run:
        nth = len(self._done)
        plan = Plan(log=str(self._folder / "guard.log"), ports=self._peers.ports, operator=[self._peers.proxy], rebound=nth)  # fmt: skip
        environment = {name: self._filled(value) for name, value in self._case.environment.items()}
        environment |= {PLAN: plan.text(), "PYTHONPATH": f"{SITE}{os.pathsep}{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"}
        command = [self._filled(word) for word in self._case.command]
        return Run(_forked(command, self._folder, environment, plan, nth), self._folder, time.monotonic())

    def step(self) -> bool:
        """Look after what runs; True when the verdict is there."""
        run = self._running
        _measure(run)
        done, status, usage = os.wait4(run.pid, os.WNOHANG)
        if not done:
            if time.monotonic() - run.started_s > _HUNG_AFTER * self._case.seconds:
                run.hung = True
                _end(run.pid)
            return False
        _end(run.pid)  # its children
        run.exit, run.seconds = os.waitstatus_to_exitcode(status), time.monotonic() - run.started_s
        run.peak_mb = max(run.peak_mb, usage.ru_maxrss / 1024)
        self._done.append(run)
        if len(self._done) < self._case.times and not run.hung:
            self._running = self._start()
            return False
        self.verdict = judge(self._case, self._done, self._folder, self._peers.requests(), self._floor_mb)
        shutil.rmtree(self._folder, ignore_errors=True)
        return True


def _forked(command: Sequence[str], folder: Path, environment: dict[str, str], plan: Plan, nth: int) -> int:
    """Start the command line in a fork, where all its modules are loaded already. Returns its process id."""
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.setsid()
        os.chdir(folder)
        out, err = (os.open(f"{name}-{nth}", os.O_WRONLY | os.O_CREAT, 0o600) for name in ("out", "err"))
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(out, 1)
        os.dup2(err, 2)
        for name in [name for name in os.environ if name.lower().endswith("_proxy") or name.startswith("SSL_CERT")]:
            del os.environ[name]
        os.environ.update(environment)
        Guard(plan).install()
        from ingest.cli import main

        sys.argv = ["samewire", *command]
        main()
        code = 0
    except SystemExit as exc:
        code = exc.code if isinstance(exc.code, int) else int(exc.code is not None)
        if isinstance(exc.code, str):
            os.write(2, exc.code.encode())
    except BaseException:
        traceback.print_exc()
        code = 70
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    raise AssertionError


def _end(pid: int) -> None:
    """Kill what is left of a session that this process began."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _measure(run: Run) -> None:
    """Keep the peaks of the command's process and of its workers, which the kernel keeps as VmHWM."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            session = int((entry / "stat").read_text(encoding="latin-1").rpartition(")")[2].split()[3])
            if session != run.pid:
                continue
            found = re.search(r"VmHWM:\s+(\d+)", (entry / "status").read_text(encoding="latin-1"))
        except (OSError, IndexError, ValueError):
            continue
        if found and int(entry.name) == run.pid:
            run.peak_mb = max(run.peak_mb, int(found[1]) / 1024)
        elif found:
            run.worker_mb = max(run.worker_mb, int(found[1]) / 1024)


def judge(
    case: Case, runs: Sequence[Run], folder: Path, requests: Iterable[dict[str, Any]], floor_mb: tuple[float, float]
) -> Verdict:
    """Compare what came of a case with what must come of it."""
    found = Verdict(case=case.name, group=case.group, note=case.note)
    found.seconds = round(sum(run.seconds for run in runs), 2)
    found.growth_mb = round(max(run.peak_mb for run in runs) - floor_mb[0], 1)
    found.worker_growth_mb = round(max(run.worker_mb for run in runs) - floor_mb[1], 1)

    def check(fault: str, right: bool, what: object = "") -> None:
        if not right:
            found.faults.append(fault)
            found.told.append(f"{fault}: {what!s:.300}")

    output = b"".join(path.read_bytes() for path in sorted(folder.glob("out-*")) + sorted(folder.glob("err-*")))
    text = output.decode("utf-8", "replace")
    check("hang", not any(run.hung for run in runs))
    last = runs[-1]
    crashed = "Traceback (most recent call last)" in text or any(run.exit not in (0, 1, 2) for run in runs)
    check("crash", not crashed, f"exit {[run.exit for run in runs]}: {text[-300:]}")
    check("exit", last.exit in case.exits, f"{last.exit} instead of {case.exits}: {text[-200:]}")
    _judge_database(case, folder, found, check)
    check("slow", found.seconds <= case.seconds * len(runs), f"{found.seconds} s")
    check("memory", floor_mb == (0.0, 0.0) or found.growth_mb <= case.growth_mb, f"{found.growth_mb} MB")
    asked = [one for one in requests if one["case"] == case.name]
    found.requests = sum(one["event"] == "request" for one in asked)
    check(
        "requests",
        found.requests <= case.requests * len(runs),
        f"{found.requests}: {[one['target'] for one in asked][:9]}",
    )
    for fault, what in _noted(folder):
        check(fault, fault not in ("breach", "file", "command"), what)
    check("breach", not any(one["event"] == "inside" for one in requests), "the inner listener was reached")
    check("control", _CONTROL.search(text) is None, ascii(text[:300]))
    for words in case.says:
        check("says", words in text, f"{words!r} is not in {text[:200]!r}")
    for words in case.hides:
        where = _holding(folder, words.encode("utf-8", "surrogatepass"), case.files)
        check("hides", not where, f"{words!r} is in {where}")
    return found


def _judge_database(case: Case, folder: Path, found: Verdict, check: Callable[..., None]) -> None:
    path = folder / "newsroom.db"
    if not path.exists():
        check("outcome", not case.outcome and case.entries is None and not case.sql, "there is no database")
        return
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        polls = connection.execute("SELECT outcome, coalesce(reason, ''), seconds FROM polls ORDER BY id").fetchall()
        (found.entries,) = connection.execute("SELECT count(*) FROM entries").fetchone()
        if polls:
            found.outcome, found.reason = polls[-1][:2]
            limit_s = re.search(r'timeout = "(\d+)s"', (folder / "config.toml").read_text(encoding="utf-8"))
            found.late_s = round(max(0.0, max(seconds for *_, seconds in polls) - float(limit_s[1] if limit_s else TIMEOUT_S)), 2)  # fmt: skip
        if case.outcome:
            check(
                "outcome", found.outcome in case.outcome, f"{found.outcome} ({found.reason}) instead of {case.outcome}"
            )
        if case.reasons:
            check("reason", found.reason in case.reasons, f"{found.reason!r} instead of {case.reasons}")
        if case.entries is not None:
            check(
                "entries",
                case.entries[0] <= (found.entries or 0) <= case.entries[1],
                f"{found.entries} instead of {case.entries}",
            )
        for question, answer in case.sql:
            try:
                told = connection.execute(question).fetchone()
            except sqlite3.Error as exc:
                told = (str(exc),)
            check("sql", told is not None and told[0] == answer, f"{question}: {told} instead of {answer!r}")
        check(
            "integrity", connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok", "the database is not sound"
        )


def _noted(folder: Path) -> list[tuple[str, str]]:
    path = folder / "guard.log"
    if not path.exists():
        return []
    return [(one["kind"], one["what"]) for one in map(json.loads, path.read_text(encoding="utf-8").splitlines())]


def _holding(folder: Path, words: bytes, given: Iterable[str]) -> list[str]:
    """The files that hold these words, but for what the case itself wrote."""
    own = {*given, "config.toml", "guard.log"}
    return [path.name for path in sorted(folder.iterdir()) if path.name not in own and words in path.read_bytes()]
