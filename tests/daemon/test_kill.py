"""The short cut of `make soak`: a few seeded kills, with everything checked that the long run checks."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).parents[2] / "bench" / "kill.py"


def test_nothing_is_lost_doubled_or_told_otherwise_after_kills_at_random_moments() -> None:
    ran = subprocess.run(
        [sys.executable, str(BENCH), "--rounds", "2", "--seed", "11", "--houses", "3"],
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = re.search(r"(\d+) killed and (\d+) ended by themselves", ran.stdout)
    assert told is not None
    assert int(told[1]) >= 1, "nothing was killed, so nothing was shown"
    assert "nothing lost, doubled or mailed twice; stories as undisturbed" in ran.stdout
