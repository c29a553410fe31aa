"""The bands of signatures: who shares one with whom, by our own table or by datasketch's MinHashLSH."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Protocol

import numpy as np

from ingest.match.postings import Postings
from ingest.match.sign import NUM_PERM, Signature, run_hashes
from ingest.model import ArticleId

BANDS, ROWS = 42, 3  # a pair of Jaccard .3 meets with probability .68, one of .5 with .997


class Bands(Protocol):
    """What an index asks of its bands."""

    def add(self, article_id: ArticleId, signature: Signature) -> None:
        """Hold a signature."""

    def remove(self, article_id: ArticleId, signature: Signature) -> None:
        """Let go of it."""

    def sharing(self, signature: Signature) -> Collection[ArticleId]:
        """The articles that share a band with it."""


class Table:
    """Our own: a band is a number, and a crowd under one number is thinned by time and digest, never by arrival."""

    def __init__(self, postings: Postings) -> None:
        self._postings = postings

    def add(self, article_id: ArticleId, signature: Signature) -> None:
        """Hold a signature."""
        self._postings.add(article_id, _numbers(signature))

    def remove(self, article_id: ArticleId, signature: Signature) -> None:
        """Let go of it."""
        self._postings.remove(article_id, _numbers(signature))

    def sharing(self, signature: Signature) -> Collection[ArticleId]:
        """The articles that share a band with it."""
        found: set[ArticleId] = set()
        for number in _numbers(signature):
            found.update(self._postings.under(number))
        return found


class Datasketch:
    """datasketch's LSH over the same bands; it thins no crowd."""

    def __init__(self) -> None:
        # Imported here: datasketch brings SciPy, and only who asks for it should pay.
        from datasketch import MinHash, MinHashLSH  # noqa: PLC0415

        self._minhash: Any = MinHash
        self._table: Any = MinHashLSH(num_perm=NUM_PERM, params=(BANDS, ROWS))

    def add(self, article_id: ArticleId, signature: Signature) -> None:
        """Hold a signature."""
        self._table.insert(article_id, self._wrapped(signature))

    def remove(self, article_id: ArticleId, signature: Signature) -> None:
        """Let go of it."""
        self._table.remove(article_id)

    def sharing(self, signature: Signature) -> Collection[ArticleId]:
        """The articles that share a band with it."""
        found: list[ArticleId] = self._table.query(self._wrapped(signature))
        return found

    def _wrapped(self, signature: Signature) -> Any:
        """A signature in the shape that datasketch takes; it is asked for its bands only, and never permutes."""
        return self._minhash(
            num_perm=NUM_PERM, hashvalues=signature.astype(np.uint32), permutations=_NO_PERMUTATIONS, scheme="affine32"
        )


_NO_PERMUTATIONS = np.ones((2, NUM_PERM), dtype=np.uint32)


def _numbers(signature: Signature) -> Iterable[int]:
    """One 64-bit number for each band: its rows hashed together, and its place."""
    numbers: list[int] = (run_hashes(signature, size=ROWS)[::ROWS] ^ _PLACES).tolist()
    return numbers


_PLACES = run_hashes(np.arange(BANDS, dtype=np.uint64), size=1)
