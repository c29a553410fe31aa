"""The script that a user would glue together from libraries, as a measure: feed, page, signature, index, database.

`naive` makes the calls that come first in each library's own description. `naive_tuned` makes those that its
documentation advises for speed: `update_batch`, WAL, a hundred rows at a time. Neither verifies what it proposes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import feedparser
import sqlite_utils
import trafilatura
from datasketch import MinHash, MinHashLSH

Extract = Callable[[str], str | None]
NUM_PERM, THRESHOLD, BATCH = 128, 0.5, 100


def entries(body: bytes) -> list[Any]:
    """The entries of a feed."""
    found: list[Any] = feedparser.parse(BytesIO(body)).entries
    return found


def shingles(text: str) -> list[bytes]:
    """Runs of three words."""
    words = text.lower().split()
    return [" ".join(words[place : place + 3]).encode() for place in range(max(1, len(words) - 2))]


def signed(text: str) -> MinHash:
    """A signature, a shingle at a time."""
    minhash = MinHash(num_perm=NUM_PERM)
    for shingle in shingles(text):
        minhash.update(shingle)
    return minhash


def signed_tuned(text: str) -> MinHash:
    """A signature, all shingles at once."""
    minhash = MinHash(num_perm=NUM_PERM)
    minhash.update_batch(shingles(text))
    return minhash


def naive(path: Path, pages: Iterator[tuple[str, str]], extract: Extract = trafilatura.extract) -> int:
    """Take in pages, given as address and HTML. Returns how many pairs were proposed."""
    with closing(sqlite_utils.Database(path)) as database:
        lsh, pairs = MinHashLSH(threshold=THRESHOLD, num_perm=NUM_PERM), 0
        for url, html in pages:
            text = extract(html) or ""
            minhash = signed(text)
            similar = lsh.query(minhash)
            pairs += len(similar)
            lsh.insert(url, minhash)
            row = {"url": url, "text": text, "similar": " ".join(similar)}
            database.table("articles").upsert(row, pk="url")
        return pairs


def naive_tuned(path: Path, pages: Iterator[tuple[str, str]], extract: Extract = trafilatura.extract) -> int:
    """The same, tuned."""
    with closing(sqlite_utils.Database(path)) as database:
        database.enable_wal()
        lsh, pairs, waiting = MinHashLSH(threshold=THRESHOLD, num_perm=NUM_PERM), 0, []
        for url, html in pages:
            text = extract(html) or ""
            minhash = signed_tuned(text)
            similar = lsh.query(minhash)
            pairs += len(similar)
            lsh.insert(url, minhash)
            waiting.append({"url": url, "text": text, "similar": " ".join(similar)})
            if len(waiting) == BATCH:
                database.table("articles").upsert_all(waiting, pk="url")
                waiting = []
        database.table("articles").upsert_all(waiting, pk="url")
        return pairs
