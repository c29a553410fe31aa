"""Ends and full disks by the dozen: `python -m bench.faults [--terms N] [--full N] [--seed K]`.

--terms: `samewire run` on the sample newsroom is sent SIGTERM, from the first moment at which samewire can hear it to
the midst of its work; it must end with exit 0 within 5 s. --full: `samewire poll` runs into the end of its disk, by
turns a limit on the size of a file and (as root) a small tmpfs; it must say so in one line and exit 1, or be done.
After each round the database must be sound and hold what it held; at last a pass without a limit must bring entries,
articles and stories to what nobody disturbed. Exit 1 on any breach.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import subprocess
import sys
import time
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from bench.kill import LIMIT_S, Bench, Room, _compare, _group_ends, opened, undisturbed

ENDS_S = 5.0
#: The room that a round gets beyond what is there: from not enough for a page to enough for half of an edition.
LEAST_BYTES, MOST_BYTES = 4_096, 1_500_000


@dataclass
class Figures:
    """What was counted."""

    terms: int = 0
    slowest_end_s: float = 0.0
    late: int = 0
    full: int = 0
    refused: int = 0  # of these, rounds that ran into the limit
    by: dict[str, int] = field(default_factory=dict)


def _hears(process: subprocess.Popen[bytes]) -> bool:
    caught = re.search(r"^SigCgt:\s+([0-9a-f]+)", Path(f"/proc/{process.pid}/status").read_text(), re.M)
    return caught is not None and bool(int(caught[1], 16) >> 14 & 1)


def terminate(room: Room, span_s: float, figures: Figures) -> None:
    """Start the daemon, and end it at a moment of the span."""
    bench, process = room.bench, room.start("run")
    while process.poll() is None and not _hears(process):
        time.sleep(0.002)
    delay_s = 0.0 if figures.terms % 5 == 0 else bench.rng.random() ** 2 * span_s
    time.sleep(delay_s)
    process.terminate()
    begun_s = time.monotonic()
    what = f"{room.path.name}: SIGTERM after {delay_s:.2f} s"
    try:
        code = process.wait(LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        code = process.wait()
    took_s = time.monotonic() - begun_s
    figures.terms += 1
    figures.slowest_end_s = max(figures.slowest_end_s, took_s)
    figures.late += took_s > ENDS_S
    if code != 0 or took_s > ENDS_S:
        bench.breach(f"{what}: ended with {code} after {took_s:.1f} s; see {room.path / 'log'}")
    if not _group_ends(process.pid):
        bench.breach(f"{what}: workers outlived it")
    room.look(what)


def _limited(limit: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))


def fill_up(room: Room, figures: Figures, *, mounts: bool) -> None:
    """A pass with less room than it needs."""
    bench, rng = room.bench, room.bench.rng
    free = int(LEAST_BYTES * (MOST_BYTES / LEAST_BYTES) ** rng.random())
    held = room.database.stat().st_size if room.database.exists() else 0
    urls = [bench.server.feed_url(one.key) for one in bench.newsroom.publishers]
    command = [sys.executable, "-m", "ingest", "poll", *urls]
    by = "tmpfs" if mounts and figures.full % 2 else "file size"
    if by == "tmpfs":
        # What is there is carried into a file system with little room beside it, and back.
        script = (
            'kept=$(mktemp -d); cp -a "$room/." "$kept/"; mount -t tmpfs -o size="$size" small "$room"; '
            'cp -a "$kept/." "$room/"; cd "$room"; code=0; "$@" || code=$?; rm -rf "$kept"; mkdir "$kept"; '
            'cp -a "$room/." "$kept/"; cd /; umount -l "$room"; cp -a "$kept/." "$room/"; rm -rf "$kept"; exit $code'
        )
        held = sum(path.stat().st_size for path in room.path.iterdir())
        pages = -(-(held + free) // 4096) + 2 * len(list(room.path.iterdir())) + 4
        command = ["unshare", "-m", "--propagation", "private", "sh", "-euc", script, "sh", *command]
        environment = {**os.environ, "room": str(room.path), "size": str(4096 * pages)}
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    else:
        ran = subprocess.run(
            command, cwd=room.path, capture_output=True, text=True, timeout=300, check=False,
            preexec_fn=partial(_limited, held + free),
        )  # fmt: skip
    figures.full += 1
    figures.by[by] = figures.by.get(by, 0) + 1
    figures.refused += ran.returncode == 1
    what = f"{room.path.name}: {free} bytes free ({by})"
    lines = [line for line in ran.stderr.splitlines() if "newsroom.db" in line]
    if ran.returncode not in (0, 1) or (ran.returncode == 1 and len(lines) != 1) or "Traceback" in ran.stderr:
        bench.breach(f"{what}: ended with {ran.returncode}: {ran.stderr[-600:]}")
    room.look(what)


def rounds(bench: Bench, reference: list[Room], span_s: float, options: argparse.Namespace) -> Figures:
    """Newsrooms of both editions, until the rounds are used up."""
    figures, number = Figures(), 0
    mounts = os.geteuid() == 0
    while figures.terms < options.terms or figures.full < options.full:
        number += 1
        room = Room(bench, bench.folder / f"newsroom-{number}")
        room.prepare(mails=False)
        for edition, same in enumerate(reference, start=1):
            bench.server.edition = edition
            for _ in range(min(6, options.terms - figures.terms)):
                terminate(room, span_s, figures)
            for _ in range(min(6, options.full - figures.full)):
                fill_up(room, figures, mounts=mounts)
            room.finish_pass()
            room.look(f"edition {edition}")
            _compare(bench, room, same, f"newsroom {number}, edition {edition}")
        print(f"newsroom {number}: {figures.terms} ended, {figures.full} full, {len(bench.breaches)} breaches",
              file=sys.stderr, flush=True)  # fmt: skip
    return figures


def main() -> int:
    """End and fill up. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--terms", type=int, default=50, help="how often SIGTERM is sent (50)")
    parser.add_argument("--full", type=int, default=50, help="how many passes run into a full disk (50)")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32), help="of the moments")
    parser.add_argument("--houses", type=int, default=0, help="only so many publishers; all of them where it is 0")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    options.rounds, options.seconds = 0, float("inf")
    print(f"seed {options.seed}", file=sys.stderr, flush=True)
    with redirect_stdout(sys.stderr), opened(options) as bench:
        reference, spans = undisturbed(bench)
        figures = rounds(bench, reference, min(spans), options)
        breaches = list(bench.breaches)
    if options.json:
        print(json.dumps({**vars(figures), "breaches": breaches, "seed": options.seed}, indent=2))
    else:
        print(f"{figures.terms} times SIGTERM: slowest end {figures.slowest_end_s:.1f} s, {figures.late} later than "
              f"{ENDS_S:g} s; {figures.full} full disks {figures.by}, {figures.refused} passes stopped by them: "
              + (f"{len(breaches)} BREACHES" if breaches else "nothing lost or doubled, stories as undisturbed")
              )  # fmt: skip
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
