"""What `samewire --help` and `samewire status` cost to start: `python bench/startup.py [--times N]`.

Processor seconds, the least of N runs, beside those of `python -c pass` measured in turn. Exit 1 above the limit.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from ingest.store.connection import open_writer

LIMIT_S = 0.3


def cpu_s(command: list[str], folder: Path) -> float:
    """Processor seconds of one run, its children included. Raises CalledProcessError when it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main() -> int:
    """Measure and print. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=7, help="runs of each, of which the least counts (7)")
    times = parser.parse_args().times
    program = [sys.executable, "-m", "ingest"]
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "samewire --help": [*program, "--help"],
        "samewire status": [*program, "status"],
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "config.toml").touch()
        open_writer(folder / "newsroom.db", for_command="bench").close()
        runs = [{what: cpu_s(command, folder) for what, command in commands.items()} for _ in range(times)]
    least = {what: min(run[what] for run in runs) for what in commands}
    base = least["python -c pass"]
    for what, spent in least.items():
        print(f"{what:<16} {spent:.3f} s of processor time, {spent / base:.1f} times python -c pass")
    slow = [what for what, spent in least.items() if spent > LIMIT_S]
    if slow:
        print(f"above {LIMIT_S} s: {', '.join(slow)}")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
