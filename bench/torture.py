"""Puts samewire through the torture kit: hostile feeds and pages over real HTTP, judged case by case.

    python bench/torture.py [--only GROUP,PREFIX] [--skip ...] [--cut N --seed S] [--daemon] [--json]

Each poll is a real `samewire poll URL` on a database of its own, with the address filter on; with --daemon, one
`samewire run` polls all the cases at once until each was polled and its pages were settled. What was only too slow is
tried once more, alone: a machine with other work is no fault. The kit is `../shared/torture` beside the checkout, or
the folder that SAMEWIRE_TORTURE names; without it nothing is run, and the exit is 0.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
KIT = Path(os.environ.get("SAMEWIRE_TORTURE", ROOT.parent / "shared" / "torture"))
#: Loaded once by the kit, so that a poll is timed from where a daemon would begin.
PRELOAD = "httpx,datasketch,sqlite_utils,ingest.cli.trips,ingest.pipeline.desk,ingest.pipeline.passes"
#: Faults that a machine with other work brings about by itself.
_OF_TIME = {"slow", "hang"}

CONFIG = """\
[database]
path = {path}
[poll]
timeout = "5s"
host_delay = "0s"
contact = "https://samewire.example/bot"
"""


def subject(database: Path, url: str) -> int:
    """Poll one URL into a database, and print what the kit asks: how the poll ended, and how many entries came."""
    from ingest.cli import samewire  # noqa: PLC0415 - the kit's process loads it, the driver need not

    config = database.with_suffix(".toml")
    config.write_text(CONFIG.format(path=json.dumps(str(database))), encoding="utf-8")
    with contextlib.suppress(SystemExit):  # the database says how the poll ended
        samewire(args=["--config", str(config), "poll", url], standalone_mode=False)
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    (outcome,) = connection.execute("SELECT outcome FROM polls ORDER BY id DESC LIMIT 1").fetchone()
    (entries,) = connection.execute("SELECT count(*) FROM entries").fetchone()
    (seconds,) = connection.execute("SELECT max(seconds) FROM polls").fetchone()
    print()
    print(json.dumps({"status": outcome, "entries": entries, "seconds": seconds}))
    return 0


def names(only: str, skip: str, count: int, seed: int) -> list[str]:
    """The kit's cases of these groups or with these beginnings, or so many of them by chance."""
    cases = json.loads((KIT / "manifest.json").read_text(encoding="utf-8"))["cases"]

    def fits(case: dict[str, Any], words: str) -> bool:
        return any(word and (case["group"] == word or case["name"].startswith(word)) for word in words.split(","))

    found = [case["name"] for case in cases if (not only or fits(case, only)) and not fits(case, skip)]
    return random.Random(seed).sample(found, min(count, len(found))) if count else found


def judged(chosen: Sequence[str], *, kill_s: int, out: Any) -> list[dict[str, Any]]:
    """Run the kit over these cases with this file as its subject, and return what it says of each."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "result.json"
        command = [
            sys.executable, str(KIT / "run_cases.py"), "--preload", PRELOAD, "--out", str(result),
            "--kill", str(kill_s), "--only", ",".join(chosen), "--", str(Path(__file__).resolve()),
        ]  # fmt: skip
        ended = subprocess.run(command, env=environment, check=False, stdout=out)
        if not result.exists():
            raise SystemExit(f"the kit ended with {ended.returncode} and no result")
        found: list[dict[str, Any]] = json.loads(result.read_text(encoding="utf-8"))["results"]
    return [one for one in found if one["case"] in chosen or one["case"] == "plain"]


def summary(results: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The figures of all cases together."""
    failed = [one for one in results if one["faults"]]
    plain_mb = next(one["peak_mb"] for one in results if one["case"] == "plain")
    polled = [run["seconds"] for one in results for run in one["results"] if run and run.get("seconds")]
    return {
        "cases": len(results),
        "passed": len(results) - len(failed),
        "failed": {one["case"]: one["faults"] for one in failed},
        "faults": dict(Counter(fault for one in failed for fault in one["faults"])),
        "contacts_with_forbidden_addresses": sum("breach" in one["faults"] for one in results),
        "largest_growth_mb": max(one["peak_mb"] for one in results) - plain_mb,
        "latest_poll_after_its_deadline_s": round(max([*polled, 5.0]) - 5.0, 2),
    }


def main(arguments: Sequence[str]) -> int:
    """Run what was asked for. Returns 1 when a case failed, 0 when none did or there is no kit."""
    parser = argparse.ArgumentParser(
        prog="python bench/torture.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default="", help="comma-separated groups or beginnings of names")
    parser.add_argument("--skip", default="", help="the same, to leave out")
    parser.add_argument("--cut", type=int, default=0, metavar="N", help="N cases by chance")
    parser.add_argument("--seed", type=int, default=1, help="of the cut; the same seed gives the same cases")
    parser.add_argument("--daemon", action="store_true", help="all cases at once by one `samewire run`")
    parser.add_argument("--out", type=Path, help="write the whole result to this file, as JSON")
    parser.add_argument("--json", action="store_true", help="print the result as JSON; the table goes to stderr")
    given = parser.parse_args(arguments)
    if not (KIT / "run_cases.py").exists():
        print(f"skipped: there is no torture kit at {KIT}", file=sys.stderr)
        return 0
    chosen = names(given.only, given.skip, given.cut, given.seed)
    if given.daemon:
        from bench.torture_daemon import run_daemon  # noqa: PLC0415 - the subject needs none of it

        figures, results = run_daemon(KIT, chosen)
    else:
        results = judged(chosen, kill_s=40, out=sys.stderr if given.json else None)
        late = [one["case"] for one in results if one["faults"] and set(one["faults"]) <= _OF_TIME]
        if late:
            print(f"once more, for being slow only: {', '.join(late)}", file=sys.stderr)
            again = {one["case"]: one for one in judged(late, kill_s=180, out=sys.stderr) if one["case"] in late}
            results = [again.get(one["case"], one) for one in results]
        figures = summary(results)
    whole = {"summary": figures, "results": results}
    if given.out:
        given.out.write_text(json.dumps(whole, indent=1), encoding="utf-8")
    print(json.dumps(whole if given.json else figures, indent=1))
    return int(bool(figures["failed"]))


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    if len(sys.argv) == 3 and sys.argv[1].endswith(".db"):
        sys.exit(subject(Path(sys.argv[1]), sys.argv[2]))
    sys.exit(main(sys.argv[1:]))
