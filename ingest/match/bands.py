"""The bands of signatures kept by datasketch's MinHashLSH, for who asks for it; else they are keys like the others."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from ingest.match.keys import BANDS, ROWS
from ingest.match.sign import ALGORITHM, NUM_PERM, SEED, Signature, permutations
from ingest.model import ArticleId


class Datasketch:
    """datasketch's LSH over the same bands; it thins no crowd."""

    def __init__(self) -> None:
        # Imported here: datasketch brings SciPy, and only who asks for it should pay.
        from datasketch import MinHash, MinHashLSH  # noqa: PLC0415

        self._minhash: Any = MinHash
        self._table: Any = MinHashLSH(num_perm=NUM_PERM, params=(BANDS, ROWS))
        self._permutations = np.concatenate(permutations(NUM_PERM), axis=1).T.copy()

    def add(self, article_id: ArticleId, signature: Signature) -> None:
        """Hold the signature of an article that is not held yet."""
        self._table.insert(int(article_id), self._wrapped(signature))

    def remove(self, article_id: ArticleId) -> None:
        """Let go of an article, held or not."""
        if int(article_id) in self._table:
            self._table.remove(int(article_id))

    def sharing(self, signature: Signature) -> Collection[ArticleId]:
        """The articles that share a band with a signature."""
        found: list[ArticleId] = self._table.query(self._wrapped(signature))
        return found

    def _wrapped(self, signature: Signature) -> Any:
        """A signature as the MinHash that datasketch would have made of the same shingles."""
        return self._minhash(
            seed=SEED, scheme=ALGORITHM, hashvalues=signature.astype(np.uint32), permutations=self._permutations
        )
