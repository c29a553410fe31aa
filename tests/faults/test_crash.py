"""What `python -m bench.crash` finds to die at; `make torture` has it die at some of them, `make soak` at all."""

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
    "replace all.jsonl.part | cli/common.py", "replace page.html.part | cli/digest.py",
    "replace newsroom.db-push-key.part | pipeline/credentials.py", "sqlite COMMIT | store/redact.py",
    "sqlite COMMIT | store/alerts.py", "sqlite PRAGMA journal_mode = WAL", "sqlite close | pipeline/desk.py",
)  # fmt: skip


def test_every_place_that_outlives_a_process_is_among_the_points() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "bench.crash", "--points", "--json"],
        cwd=ROOT, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = json.loads(ran.stdout)
    assert [point for point in SEEN if not any(listed.startswith(point) for listed in told["listed"])] == []
