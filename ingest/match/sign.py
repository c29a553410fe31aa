"""Shingles as stable 64-bit numbers, and the MinHash signature of a set of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Signature = NDArray[np.uint64]

NUM_PERM = 126  # 42 bands of 3 rows
_BLOCK = 512  # shingles permuted at once: the block stays in the processor's cache
_STEP = 0x9E3779B97F4A7C15  # splitmix64's constants (Steele, Lea, Flood 2014)
_MIX_1, _MIX_2 = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_WORD_FACTORS = tuple(np.uint64(factor) for factor in (0xD6E8FEB86659FD93, 0xA0761D6478BD642F, 0xE7037ED1A0B428DB))
_MASK = (1 << 64) - 1


class EmptyText(ValueError):
    """There is no shingle to sign."""


def sign(shingles: Hashes, *, num_perm: int = NUM_PERM) -> Signature:
    """Return the MinHash signature of a shingle set.

    shingles: 64-bit hashes, at least one, in any order. num_perm: permutations.
    Returns uint64[num_perm], each the least of the shingles under one permutation; equal sets give equal values on
    every machine, run and hash seed.
    Raises EmptyText when there is no shingle.
    Source: Broder 1997, "On the resemblance and containment of documents"; the permutations are multiply-add with odd
    factors over 64 bits (Dietzfelbinger 1996), their upper half kept.
    """
    if shingles.size == 0:
        raise EmptyText("a text without a shingle has no signature")
    factors, offsets = _permutations(num_perm)
    least = np.full(num_perm, np.iinfo(np.uint64).max, dtype=np.uint64)
    for start in range(0, shingles.size, _BLOCK):
        block = shingles[start : start + _BLOCK]
        np.minimum(least, (block[:, None] * factors + offsets).min(axis=0), out=least)
    return least >> np.uint64(32)


def word_hashes(words: Sequence[str]) -> Hashes:
    """Return one stable 64-bit hash for each word, in order."""
    return np.fromiter(map(_word_hash, words), dtype=np.uint64, count=len(words))


def text_hashes(texts: Sequence[str]) -> Hashes:
    """Return the same of texts that hardly ever come back, without keeping them at hand."""
    return np.fromiter(map(_text_hash, texts), dtype=np.uint64, count=len(texts))


def distinct(hashes: Hashes) -> Hashes:
    """Return the hashes sorted, each once: numpy's `unique`, five times as fast on the few hundred of an article."""
    if hashes.size < 2:
        return hashes
    ordered = np.sort(hashes)
    first = np.empty(ordered.size, dtype=np.bool_)
    first[0] = True
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first]


def shingle_hashes(words: Hashes, *, size: int, step: int = 1) -> Hashes:
    """Return the sorted distinct hashes of all runs of `size` (1 to 3) words; a shorter text is one shingle."""
    return distinct(run_hashes(words, size=size, step=step))


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


def _text_hash(text: str) -> int:
    """The first eight bytes of a text's BLAKE2b."""
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "little")


_word_hash = lru_cache(maxsize=1 << 16)(_text_hash)


@lru_cache(maxsize=8)
def _permutations(num_perm: int) -> tuple[Hashes, Hashes]:
    """Odd factors and offsets of the permutations, from splitmix64 started at zero."""
    values = [_splitmix(number) for number in range(2 * num_perm)]
    factors = np.array([value | 1 for value in values[:num_perm]], dtype=np.uint64)
    return factors, np.array(values[num_perm:], dtype=np.uint64)


def _splitmix(number: int) -> int:
    """The value at a place of splitmix64's sequence."""
    value = ((number + 1) * _STEP) & _MASK
    value = ((value ^ (value >> 30)) * _MIX_1) & _MASK
    value = ((value ^ (value >> 27)) * _MIX_2) & _MASK
    return value ^ (value >> 31)
