"""Shingles as stable 64-bit numbers, and the MinHash signature of a set of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from ingest.text.remembered import Remembered

Hashes = NDArray[np.uint64]
Signature = NDArray[np.uint32]

NUM_PERM = 126  # 42 bands of 3 rows
#: How signatures are made and from which permutations: those of other makes are not comparable.
ALGORITHM, SEED = "affine32", 1
_BLOCK = 512  # shingles permuted at once: the block stays in the processor's cache (bench/core.py)
_MIX_1, _MIX_2 = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB  # splitmix64's finaliser (Steele, Lea, Flood 2014)
_FMIX_1, _FMIX_2 = np.uint32(0x85EBCA6B), np.uint32(0xC2B2AE35)  # MurmurHash3's, for 32 bits (Appleby 2011)
_WORD_FACTORS = tuple(np.uint64(factor) for factor in (0xD6E8FEB86659FD93, 0xA0761D6478BD642F, 0xE7037ED1A0B428DB))


class EmptyText(ValueError):
    """There is no shingle to sign."""


def sign(shingles: Hashes, *, num_perm: int = NUM_PERM) -> Signature:
    """Return the MinHash signature of a shingle set, value for value that of datasketch 2's `affine32`.

    shingles: 64-bit hashes, at least one, in any order; their lower halves are signed. num_perm: permutations.
    Returns uint32[num_perm], each the least of the shingles under one permutation; equal sets give equal values on
    every machine, run and hash seed.
    Raises EmptyText when there is no shingle.
    Source: Broder 1997, "On the resemblance and containment of documents"; the permutations are multiply-add with odd
    factors modulo 2**32 over finalised hashes, as in datasketch's MinHash (seed 1).
    """
    if shingles.size == 0:
        raise EmptyText("a text without a shingle has no signature")
    factors, offsets = permutations(num_perm)
    mixed = _finalised(shingles.astype(np.uint32))
    least = np.full(num_perm, np.iinfo(np.uint32).max, dtype=np.uint32)
    # One buffer for all blocks: a new one for each would cost more in page faults than the arithmetic.
    buffer = np.empty((num_perm, min(_BLOCK, mixed.size)), dtype=np.uint32)
    for start in range(0, mixed.size, _BLOCK):
        block = mixed[start : start + _BLOCK]
        permuted = np.multiply(factors, block, out=buffer[:, : block.size])
        permuted += offsets
        np.minimum(least, permuted.min(axis=1), out=least)
    return least


@lru_cache(maxsize=8)
def permutations(num_perm: int) -> tuple[Signature, Signature]:
    """Return the factors (odd) and offsets of datasketch's permutations, a column each.

    They are drawn as datasketch draws them, and not asked of it, because importing it takes SciPy along.
    """
    drawn = np.random.RandomState(SEED)
    factors = drawn.randint(0, 1 << 31, num_perm, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    offsets = drawn.randint(0, 1 << 32, num_perm, dtype=np.uint32)
    return factors[:, None], offsets[:, None]


def word_hashes(words: Sequence[str]) -> Hashes:
    """Return one stable 64-bit hash for each word, in order."""
    return np.fromiter(map(_HASHES.__getitem__, words), dtype=np.uint64, count=len(words))


def text_hashes(texts: Sequence[str]) -> Hashes:
    """Return the same of texts that hardly ever come back, without keeping them at hand."""
    return np.fromiter(map(text_hash, texts), dtype=np.uint64, count=len(texts))


def shingle_hashes(words: Hashes, *, size: int, step: int = 1) -> Hashes:
    """Return the sorted distinct hashes of all runs of `size` (1 to 3) words; a shorter text is one shingle."""
    return distinct(run_hashes(words, size=size, step=step))


def distinct(values: Hashes) -> Hashes:
    """Return the sorted distinct values; what np.unique does in five times the time for as few as a text has."""
    values = np.sort(values)
    kept = np.empty(values.size, dtype=np.bool_)
    kept[:1] = True
    np.not_equal(values[1:], values[:-1], out=kept[1:])
    found: Hashes = values[kept]
    return found


def run_hashes(words: Hashes, *, size: int, step: int = 1) -> Hashes:
    """Return the hash of the run of `size` (1 to 3) words at each place; a shorter text is one run.

    step: how far apart the words of a run stand.
    """
    if words.size == 0:
        return words
    size = min(size, 1 + (words.size - 1) // step)
    count = words.size - (size - 1) * step
    mixed = np.zeros(count, dtype=np.uint64)
    for place in range(size):
        mixed = _mixed(mixed + words[place * step : place * step + count] * _WORD_FACTORS[place])
    return mixed


def digest_of(data: bytes) -> int:
    """Return a number that equal bytes share on every machine; signed, as a column of 64 bits holds it."""
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "little", signed=True)


def _mixed(values: Hashes) -> Hashes:
    """splitmix64's finaliser: every input bit reaches every output bit."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(_MIX_1)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(_MIX_2)
    return values ^ (values >> np.uint64(31))


def text_hash(text: str) -> int:
    """Return the first eight bytes of a text's BLAKE2b: the same on every machine."""
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "little")


_HASHES = Remembered(text_hash, most=1 << 17)  # a dozen megabytes


def _finalised(hashes: Signature) -> Signature:
    """MurmurHash3's finaliser, which datasketch applies before it permutes."""
    hashes = (hashes ^ (hashes >> np.uint32(16))) * _FMIX_1
    hashes = (hashes ^ (hashes >> np.uint32(13))) * _FMIX_2
    return hashes ^ (hashes >> np.uint32(16))
