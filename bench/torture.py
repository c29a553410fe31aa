"""Puts samewire through the torture kit: hostile feeds and pages over real HTTP, judged case by case.

    python bench/torture.py [--only GROUP,PREFIX] [--skip ...] [--out FILE]

Each poll is a real `samewire poll URL` on a database of its own, with the address filter on. The kit is
`../shared/torture` beside the checkout, or the folder that SAMEWIRE_TORTURE names; without it nothing is run.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KIT = Path(os.environ.get("SAMEWIRE_TORTURE", ROOT.parent / "shared" / "torture"))
#: Loaded once by the kit, so that a poll is timed from where a daemon would begin.
PRELOAD = "httpx,datasketch,sqlite_utils,ingest.cli.trips,ingest.pipeline.desk,ingest.pipeline.passes"

CONFIG = """\
[database]
path = {path}
[poll]
timeout = "5s"
host_delay = "0s"
contact = "https://samewire.example/bot"
"""


def subject(database: Path, url: str) -> int:
    """Poll one URL into a database, and print what the kit asks: how the poll ended, and how many entries there are."""
    from ingest.cli import samewire  # noqa: PLC0415 - the kit's process loads it, the driver need not

    config = database.with_suffix(".toml")
    config.write_text(CONFIG.format(path=json.dumps(str(database))), encoding="utf-8")
    with contextlib.suppress(SystemExit):  # the database says how the poll ended
        samewire(args=["--config", str(config), "poll", url], standalone_mode=False)
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    (outcome,) = connection.execute("SELECT outcome FROM polls ORDER BY id DESC LIMIT 1").fetchone()
    (entries,) = connection.execute("SELECT count(*) FROM entries").fetchone()
    print()
    print(json.dumps({"status": outcome, "entries": entries}))
    return 0


def main(arguments: list[str]) -> int:
    """Run the kit with this file as its subject. Returns 1 when a case failed, 0 when none did or there is no kit."""
    runner = KIT / "run_cases.py"
    if not runner.exists():
        print(f"skipped: there is no torture kit at {KIT}", file=sys.stderr)
        return 0
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    out = ["--out", str(ROOT / ".cache" / "torture.json")] if "--out" not in arguments else []
    (ROOT / ".cache").mkdir(exist_ok=True)
    command = [sys.executable, str(runner), "--preload", PRELOAD, *out, *arguments, "--", str(Path(__file__).resolve())]
    return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1].endswith(".db"):
        sys.exit(subject(Path(sys.argv[1]), sys.argv[2]))
    sys.exit(main(sys.argv[1:]))
