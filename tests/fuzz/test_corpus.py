"""Every input that was kept is tried again: the seeds of `make fuzz`, and what it found in earlier days."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from bench.fuzz.engine import MAX_BYTES, fuzz, mutated, seeds_of, try_one
from bench.fuzz.targets import TARGETS, WORDS

CORPUS = Path(__file__).parent / "corpus"
KEPT = sorted(path for path in CORPUS.glob("*/*"))


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_what_must_hold_holds_for_every_kept_input(path: Path) -> None:
    assert try_one(path.parent.name, path.read_bytes()) is not None


def test_every_target_has_seeds_words_and_small_files() -> None:
    assert {path.parent.name for path in KEPT} == set(TARGETS) == set(WORDS)
    assert max(path.stat().st_size for path in KEPT) <= MAX_BYTES


def test_what_a_target_lets_out_is_a_finding_with_its_input_kept(tmp_path: Path, monkeypatch) -> None:
    def target(data: bytes) -> int:
        if b"!" in data:
            raise KeyError(data.count(b"!"))
        return len(data)

    monkeypatch.setitem(TARGETS, "url", target)
    run = fuzz("url", seeds=[b"ab", b"a!"], seconds=0, seed=1, keep=tmp_path)
    (finding,) = run.findings
    assert finding.startswith("KeyError at ")
    (kept,) = tmp_path.iterdir()
    assert (kept.read_bytes(), str(kept) in finding) == (b"a!", True)


def test_the_same_seed_tries_the_same_inputs() -> None:
    seeds = seeds_of("query", [CORPUS])
    tried = [[mutated(rng, seeds, WORDS["query"]) for _ in range(200)] for rng in (random.Random(3), random.Random(3))]
    assert tried[0] == tried[1]
    assert len(set(tried[0])) > 150
