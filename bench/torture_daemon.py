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
TIMEOUT_S, MAX_S = 5, 600

CONFIG = f"""\
[poll]
timeout = "{TIMEOUT_S}s"
host_delay = "0s"
per_host = 20
coverage = false
contact = "https://samewire.example/bot"
"""


def run_daemon(kit: Path, chosen: Sequence[str]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Run `samewire run` on the cases until each was polled and its pages were settled, then end it.

    Returns the figures, and each case's outcome with its faults.
    """
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
            figures = _watch(_started(kit, folder, ports), folder, len(chosen))
        finally:
            server.kill()
            server.wait()
        results = _outcomes(folder / "newsroom.db", [cases[case] for case in chosen])
        noted = [json.loads(line)["kind"] for line in (folder / "guard.jsonl").read_text(encoding="utf-8").splitlines()]
        with closing(sqlite3.connect(folder / "newsroom.db")) as connection:
            slowest_s = connection.execute("SELECT max(seconds) FROM polls").fetchone()[0] or 0.0
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
        "latest_poll_after_its_deadline_s": round(max(0.0, slowest_s - TIMEOUT_S), 2),
    }
    return figures, results


def _started(kit: Path, folder: Path, ports: dict[str, int]) -> subprocess.Popen[bytes]:
    guard = ["--main", str(ports["port"]), "--canary", str(ports["canary"]), "--log", "guard.jsonl"]
    with (folder / "daemon.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, str(kit / "netguard.py"), *guard, "-m", "ingest", "run", "-v"],
            cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip


def _watch(daemon: subprocess.Popen[bytes], folder: Path, feeds: int) -> dict[str, Any]:
    """Wait for the work to be done, then end the daemon: its exit, seconds to stop, and growth of its processes."""
    started_s, peaks_mb = time.monotonic(), dict[int, float]()
    base_mb: dict[bool, float] = {}
    while daemon.poll() is None and time.monotonic() - started_s < MAX_S:
        for pid, peak_mb in _peaks(daemon.pid):
            peaks_mb[pid] = max(peaks_mb.get(pid, 0.0), peak_mb)
        polled, waiting = _progress(folder / "newsroom.db")
        if polled and not base_mb:
            base_mb = {True: peaks_mb[daemon.pid], False: 0.0}
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
    workers = [peak_mb for pid, peak_mb in peaks_mb.items() if pid != daemon.pid]
    return {
        "exit": code,
        "seconds": round(took_s, 1),
        "seconds_to_stop": round(stop_s, 2),
        "largest_growth_mb": round(peaks_mb.get(daemon.pid, 0.0) - base_mb.get(True, 0.0), 1),
        "largest_worker_mb": round(max(workers, default=0.0), 1),
        "workers": len(workers),
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
    """What the first poll of each case ended with. Of a case of several polls the kit says only how the last ends."""
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
            if rows and len(case["entries"]) == 1 and rows[0][0] not in case["expect"]:
                faults.append("status")
            if not case["entries"][0][0] <= entries <= case["entries"][-1][1]:
                faults.append("entries")
            outcome, reason = rows[0] if rows else ("", "")
            results.append(
                {"case": case["name"], "outcome": outcome, "reason": reason, "entries": entries, "faults": faults}
            )
    return results
