"""Signatures are stable, and estimate resemblance."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from ingest.match.sign import EmptyText, shingle_hashes, sign, word_hashes

_PRINT = (
    "from ingest.match.sign import *;"
    "h = shingle_hashes(word_hashes('the rain in the north of spain'.split()), size=3);"
    "print(sign(h, num_perm=8).tolist(), h.tolist())"
)


def test_a_signature_is_the_same_under_every_hash_seed() -> None:
    printed = {
        subprocess.run(
            [sys.executable, "-c", _PRINT], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("0", "1")
    }
    assert len(printed) == 1


def test_a_signature_never_changes_between_releases() -> None:
    hashes = shingle_hashes(word_hashes(["a", "b", "c", "d"]), size=3)
    assert sign(hashes, num_perm=4).tolist() == PINNED


PINNED = [868553731, 2185997483, 2956864440, 2839639792]


def test_a_signature_estimates_jaccard() -> None:
    values = np.arange(3000, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    same = sign(values[:2000], num_perm=512) == sign(values[1000:], num_perm=512)
    assert abs(float(same.mean()) - 1 / 3) < 0.07


def test_order_and_repetition_change_nothing() -> None:
    values = word_hashes([str(n) for n in range(700)])
    assert (sign(values) == sign(np.concatenate([values[::-1], values]))).all()


def test_a_text_shorter_than_a_shingle_is_one_shingle() -> None:
    assert shingle_hashes(word_hashes(["one", "two"]), size=3).size == 1
    assert shingle_hashes(word_hashes([]), size=3).size == 0


def test_nothing_cannot_be_signed() -> None:
    with pytest.raises(EmptyText):
        sign(word_hashes([]))
