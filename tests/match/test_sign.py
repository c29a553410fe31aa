"""Signatures are stable, and estimate resemblance."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from datasketch import MinHash
from hypothesis import given
from hypothesis import strategies as st

from ingest.match.sign import (
    ALGORITHM,
    NUM_PERM,
    SEED,
    EmptyText,
    permutations,
    shingle_hashes,
    sign,
    text_hash,
    word_hashes,
)
from ingest.text.remembered import Remembered

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


PINNED = [197636454, 2017617772, 559772703, 2586255929]


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


def _theirs(values: list[int], num_perm: int) -> MinHash:
    minhash = MinHash(num_perm=num_perm, seed=SEED, scheme=ALGORITHM, hashfunc=lambda value: value)
    minhash.update_batch([value & 0xFFFFFFFF for value in values])
    return minhash


@given(st.lists(st.integers(0, (1 << 64) - 1), min_size=1, max_size=1200), st.sampled_from([1, 8, NUM_PERM, 256]))
def test_signatures_are_those_of_datasketch_bit_for_bit(values: list[int], num_perm: int) -> None:
    ours = sign(np.array(values, dtype=np.uint64), num_perm=num_perm)
    theirs = _theirs(values, num_perm)
    assert ours.dtype == theirs.hashvalues.dtype
    assert ours.tobytes() == theirs.hashvalues.tobytes()


@pytest.mark.parametrize("count", [511, 512, 513, 1024, 5000])
def test_a_text_longer_than_a_block_is_signed_whole(count: int) -> None:
    values = word_hashes([str(number) for number in range(count)])
    assert sign(values).tolist() == _theirs(values.tolist(), NUM_PERM).hashvalues.tolist()


@pytest.mark.parametrize("num_perm", [1, 64, NUM_PERM, 128])
def test_the_permutations_are_datasketchs(num_perm: int) -> None:
    factors, offsets = permutations(num_perm)
    theirs = MinHash(num_perm=num_perm, seed=SEED, scheme=ALGORITHM).permutations
    assert (theirs == np.array([factors[:, 0], offsets[:, 0]])).all()


def test_words_beyond_what_is_remembered_keep_their_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    spelled = [str(number % 70) for number in range(400)]
    expected = word_hashes(spelled).tolist()
    few = Remembered(text_hash, most=16)
    monkeypatch.setattr("ingest.match.sign._HASHES", few)
    assert word_hashes(spelled).tolist() == expected
    assert 0 < len(few) <= 16
    long = "x" * 1_000
    assert word_hashes([long]).tolist() == [text_hash(long)]
    assert long not in few
