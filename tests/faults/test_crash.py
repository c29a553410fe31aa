"""The short cut of `python -m bench.crash`: at some of the points a process dies, of every kind that there is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: What must be among the points, or the bench no longer sees it: where it is, and what is done there.
SEEN = (
    "sqlite COMMIT | pipeline/feeds.py", "sqlite COMMIT | pipeline/pages.py", "sqlite COMMIT | store/migrations.py",
    "sqlite backup, some pages | store/backup.py", "sqlite COMMIT | store/corrections.py",
    "sqlite COMMIT | store/digests.py", "mail, its text | publish/mail.py", "mail, the answer to its text",
    "POST /desk | poll/post.py", "POST /desk answered", "POST /hub | poll/post.py",
    "rename copy.db.part | store/backup.py",
    "replace all.jsonl.part | cli/transfer.py", "replace page.html.part | cli/digest.py",
    "replace newsroom.db-push-key.part | pipeline/credentials.py", "sqlite COMMIT | store/redact.py",
    "sqlite COMMIT | store/alerts.py", "sqlite PRAGMA journal_mode = WAL", "sqlite close | pipeline/desk.py",
)  # fmt: skip


def test_nothing_is_lost_or_doubled_wherever_a_process_dies() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "bench.crash", "--cut", "5", "--json"],
        cwd=ROOT, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = json.loads(ran.stdout)
    assert told["crashes"] >= 5, "nothing died, so nothing was shown"
    assert [point for point in SEEN if not any(listed.startswith(point) for listed in told["listed"])] == []
    assert told["breaches"] == []
