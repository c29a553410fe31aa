"""What the core is measured on: a newsroom that a seed makes again, and a script that does what it is said to do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import sqlite_utils

from bench import naive
from bench.corpus import Newsroom, drawn
from ingest.match.index import Index
from ingest.match.sign import NUM_PERM
from ingest.match.sketch import MAX_BODY, Sketch
from ingest.match.sketches import read
from ingest.model import ArticleId

TEXT = "The ferry resumed its crossing to Holm on Monday after two days in port, the harbour master said at noon. " * 3


def test_a_seed_makes_the_same_newsroom_again_and_another_makes_another() -> None:
    a, b, c = (list(Newsroom(seed, articles=300).blocks(300, size=128)) for seed in (1, 1, 2))
    assert [blobs for _, blobs, _ in a] == [blobs for _, blobs, _ in b] != [blobs for _, blobs, _ in c]
    assert [number for ids, _, _ in a for number in ids.tolist()] == list(range(1, 301))
    times = np.concatenate([at for _, _, at in a])
    assert (np.diff(times) >= -2 * 14 * 86_400_000_000 // 300).all()


def test_its_articles_find_their_copies_in_an_index() -> None:
    index, proposed = Index(timedelta(days=14)), 0
    for ids, blobs, times in Newsroom(1, articles=300).blocks(300):
        index.add_all(ids, read(blobs), times, np.ones(ids.size, dtype=np.bool_))
        for number, blob, at in zip(ids.tolist(), blobs, times.tolist(), strict=True):
            found = index.candidates(Sketch.from_bytes(blob), datetime.fromtimestamp(at / 1e6, UTC))
            assert ArticleId(number) in found
            proposed += len(found) - 1
    assert 1 < proposed / 300 < 30


def test_a_drawn_signature_is_as_small_as_that_of_so_many_shingles() -> None:
    """The least of n uniform numbers is 1 / (n + 1) of the range on average."""
    few, many = drawn(np.random.default_rng(1), np.array([3] * 200 + [60] * 200)).signatures.reshape(2, 200, NUM_PERM)
    for least, count in ((few, 3), (many, 60)):
        assert abs(least.mean() / 2**32 * (count + 1) - 1) < 0.05
    assert MAX_BODY < 60


def test_the_script_stores_every_page_and_proposes_copies_in_both_its_forms(tmp_path: Path) -> None:
    pages = [("https://a.example/1", TEXT), ("https://b.example/2", TEXT), ("https://c.example/3", "Other words " * 9)]
    for number, script in enumerate((naive.naive, naive.naive_tuned)):
        path = tmp_path / f"{number}.db"
        assert script(path, iter(pages), lambda html: html) == 1
        rows = list(sqlite_utils.Database(path).table("articles").rows)
        assert [(row["url"], row["similar"]) for row in rows] == [
            (pages[0][0], ""), (pages[1][0], pages[0][0]), (pages[2][0], ""),
        ]  # fmt: skip
