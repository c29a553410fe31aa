"""All cases of the torture kit at once, polled by one daemon: what it ends with, and what it needs."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MAX_S = 900
#: Less than this a process of ours does not need when it begins to work: the others only keep watch.
IDLE_MB = 40

#: The kit's server is one process, and some of its answers are long in the making.
CONFIG = """\
[poll]
timeout = "20s"
host_delay = "0s"
per_host = 6
coverage = false
contact = "https://samewire.example/bot"
"""


def run_daemon(kit: Path, chosen: Sequence[str]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Run `samewire run` on the cases until each was polled and its pages were settled, then end it.

    What timed out beside all the others is polled once more by `samewire poll`, alone.

    Returns the figures, and each case's outcome with its faults.
    """
    # Who asks once to be left alone for long is left alone, and all cases here have one host.
    chosen = [case for case in chosen if not case.startswith("status-429")]
    cases = {case["name"]: case for case in json.loads((kit / "manifest.json").read_text(encoding="utf-8"))["cases"]}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        feeds = "".join(f'[[feeds]]\nurl = "http://feed.test/f/{case}"\n' for case in chosen)
        (folder / "config.toml").write_text(CONFIG + feeds, encoding="utf-8")
        server = subprocess.Popen(
            [sys.executable, str(kit / "hostile_server.py"), "--port", "0", "--canary", "0", "--log", "requests.jsonl"],
            cwd=folder, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert server.stdout is not None
        ports = json.loads(server.stdout.readline())
        try:
            figures = _watch(_started(kit, folder, ports, "run", "-v"), folder, len(chosen))
            late = _late(folder / "newsroom.db", [cases[case] for case in chosen])
            if late:
                print(f"once more, for having timed out: {', '.join(late)}", file=sys.stderr)
                for url in (f"http://feed.test/f/{case}" for case in late):
                    _started(kit, folder, ports, "poll", url).wait(120)
        finally:
            server.kill()
            server.wait()
        results = _outcomes(folder / "newsroom.db", [cases[case] for case in chosen])
        noted = [json.loads(line)["kind"] for line in (folder / "guard.jsonl").read_text(encoding="utf-8").splitlines()]
        with closing(sqlite3.connect(folder / "newsroom.db")) as connection:
            sound = connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    failed = {one["case"]: one["faults"] for one in results if one["faults"]}
    if figures["exit"] != 0 or not sound:
        failed["the daemon"] = [f"exit {figures['exit']}", "sound" if sound else "database not sound"]
    if "breach" in noted:
        failed["the addresses"] = ["breach"]
    figures |= {
        "cases": len(results),
        "passed": sum(not one["faults"] for one in results),
        "failed": failed,
        "contacts_with_forbidden_addresses": noted.count("breach"),
    }
    return figures, results


def _late(path: Path, cases: Sequence[dict[str, Any]]) -> list[str]:
    """The cases that timed out, though they could have been read."""
    late = {one["case"] for one in _outcomes(path, cases) if one["faults"] and one["reason"] == "timeout"}
    return [case["name"] for case in cases if case["name"] in late]


def _started(kit: Path, folder: Path, ports: dict[str, int], *command: str) -> subprocess.Popen[bytes]:
    guard = ["--main", str(ports["port"]), "--canary", str(ports["canary"]), "--log", "guard.jsonl"]
    with (folder / "daemon.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, str(kit / "netguard.py"), *guard, "-m", "ingest", *command],
            cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip


def _watch(daemon: subprocess.Popen[bytes], folder: Path, feeds: int) -> dict[str, Any]:
    """Wait for the work to be done, then end the daemon: its exit, seconds to stop, and growth of its processes."""
    started_s, peaks_mb = time.monotonic(), dict[int, float]()
    base_mb = 0.0
    while daemon.poll() is None and time.monotonic() - started_s < MAX_S:
        for pid, peak_mb in _peaks(daemon.pid):
            peaks_mb[pid] = max(peaks_mb.get(pid, 0.0), peak_mb)
        polled, waiting = _progress(folder / "newsroom.db")
        if polled and not base_mb:
            base_mb = peaks_mb[daemon.pid]
        if polled >= feeds and not waiting:
            break
        time.sleep(0.25)
    took_s, asked_s = time.monotonic() - started_s, time.monotonic()
    daemon.send_signal(signal.SIGTERM)
    try:
        code: int | str = daemon.wait(60)
    except subprocess.TimeoutExpired:
        code = "did not end within 60 s"
    stop_s = time.monotonic() - asked_s
    with suppress(ProcessLookupError):
        os.killpg(daemon.pid, signal.SIGKILL)
    workers = [peak_mb for pid, peak_mb in peaks_mb.items() if pid != daemon.pid and peak_mb > IDLE_MB]
    return {
        "exit": code,
        "seconds": round(took_s, 1),
        "seconds_to_stop": round(stop_s, 2),
        "largest_growth_mb": round(peaks_mb.get(daemon.pid, 0.0) - base_mb, 1),
        "largest_growth_of_a_worker_mb": round(max(workers, default=0.0) - min(workers, default=0.0), 1),
    }


def _peaks(session: int) -> list[tuple[int, float]]:
    """Each of a session's processes with its largest resident size so far."""
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            if entry.name.isdigit() and os.getsid(int(entry.name)) == session:
                peak = re.search(r"VmHWM:\s+(\d+)", (entry / "status").read_text(encoding="latin-1"))
                if peak:
                    found.append((int(entry.name), int(peak[1]) / 1024))
    return found


def _progress(path: Path) -> tuple[int, int]:
    """How many feeds were polled, and how many pages wait for their first attempt."""
    if not path.exists():
        return 0, 0
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        polled = connection.execute("SELECT count(DISTINCT feed_id) FROM polls").fetchone()[0]
        waiting = connection.execute(
            "SELECT count(*) FROM articles WHERE attempts = 0 AND status = 'pending'"
        ).fetchone()[0]
        return int(polled), int(waiting)
    return 0, 0


def _outcomes(path: Path, cases: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the last poll of each case ended with. Of a case of several polls the kit says only how its last ends."""
    results = []
    with closing(sqlite3.connect(path)) as connection:
        for case in cases:
            rows = connection.execute(
                "SELECT p.outcome, coalesce(p.reason, '') FROM polls p JOIN feeds f ON f.id = p.feed_id"
                " WHERE coalesce(f.known_as, f.url) = ? OR f.url = ? ORDER BY p.id",
                [f"http://feed.test/f/{case['name']}"] * 2,
            ).fetchall()
            (entries,) = connection.execute(
                "SELECT count(*) FROM entries e JOIN feeds f ON f.id = e.feed_id WHERE coalesce(f.known_as, f.url) = ?",
                [f"http://feed.test/f/{case['name']}"],
            ).fetchone()
            faults = [] if rows else ["never polled"]
            if rows and len(case["entries"]) == 1 and rows[-1][0] not in case["expect"]:
                faults.append("status")
            if not case["entries"][0][0] <= entries <= case["entries"][-1][1]:
                faults.append("entries")
            outcome, reason = rows[-1] if rows else ("", "")
            results.append(
                {"case": case["name"], "outcome": outcome, "reason": reason, "entries": entries, "faults": faults}
            )
    return results
