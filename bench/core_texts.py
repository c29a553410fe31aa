"""Rows of bench/core.py on real texts: signing, the whole trip, and what the index proposes."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import numpy as np

from bench import naive
from bench.corpora import FILES, ROOT, from_file
from ingest.match.features import features
from ingest.match.index import Index
from ingest.match.sign import shingle_hashes, sign, word_hashes
from ingest.match.sketch import sketch
from ingest.text.tokens import words

PAGES = ROOT.parent / "shared" / "data" / "pages"
_NOW = datetime(2026, 5, 1, tzinfo=UTC)


def least(rounds: int, works: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Processor seconds of each work, the least of so many rounds in which all of them take turns."""
    found = dict.fromkeys(works, float("inf"))
    for _ in range(rounds):
        for name, work in works.items():
            begun = time.process_time()
            work()
            found[name] = min(found[name], time.process_time() - begun)
    return found


def told(found: dict[str, float], count: int, base: str) -> None:
    """Print a line for each, in microseconds a piece and times the base."""
    for name, seconds in found.items():
        print(f"{name:<34} {1e6 * seconds / count:10.1f} µs each   {seconds / found[base]:6.2f} × {base}", flush=True)


def sign_rows(chosen: argparse.Namespace) -> None:
    """Text to signature of 128 rows: ours, datasketch's two ways, and rensa where it is installed."""
    texts = [each.document.text for each in from_file(FILES["dev"], limit=chosen.limit).articles][: chosen.limit]

    def ours() -> None:
        for text in texts:
            sign(shingle_hashes(word_hashes(words(text)), size=3), num_perm=naive.NUM_PERM)

    works: dict[str, Callable[[], object]] = {
        "samewire": ours,
        "datasketch update": lambda: [naive.signed(text) for text in texts],
        "datasketch update_batch": lambda: [naive.signed_tuned(text) for text in texts],
        "samewire, words only": lambda: [words(text) for text in texts],
    }
    try:
        from rensa import RMinHash  # noqa: PLC0415 - no dependency of ours: it is compared where it is installed
    except ImportError:
        print("rensa is not installed (pip install rensa): its row is left out")
    else:

        def rensa() -> None:
            for text in texts:
                tokens = words(text)
                minhash = RMinHash(num_perm=naive.NUM_PERM, seed=1)
                minhash.update([" ".join(tokens[place : place + 3]) for place in range(max(1, len(tokens) - 2))])
                minhash.digest()

        works["rensa, with our words"] = rensa
    told(least(chosen.rounds, works), len(texts), "samewire")
    hashes = [shingle_hashes(word_hashes(words(text)), size=3) for text in texts]
    alone = least(chosen.rounds, {"permuting": lambda: [sign(each) for each in hashes]})
    told(alone, len(texts), "permuting")


def recall_rows(chosen: argparse.Namespace) -> None:
    """Of the pairs of real texts at a Jaccard similarity, how many the index proposes."""
    measured = [features(each.document) for each in from_file(FILES["dev"], limit=10 * chosen.limit).articles]
    measured = [each for each in measured if each.comparable]
    index, sketches = Index(timedelta(days=14)), {each.id: sketch(each) for each in measured}
    for each in measured:
        index.add(each.id, sketches[each.id], None)
    proposed = {each.id: set(index.candidates(sketches[each.id], None)) for each in measured}
    pairs = list(_similar([each.shingles for each in measured]))
    print(f"{len(measured)} texts, {sum(map(len, proposed.values())) / len(measured):.1f} candidates each, "
          f"{index.capped_candidates} left out by the cap of candidates")  # fmt: skip
    for limit in (0.5, 0.4, 0.3):
        those = [(measured[a].id, measured[b].id) for a, b, similarity in pairs if similarity >= limit]
        hit = sum(b in proposed[a] or a in proposed[b] for a, b in those)
        print(f"pairs of Jaccard >= {limit}: {hit} of {len(those)} proposed, {hit / max(1, len(those)):.4f}")


def _similar(sets: list[np.ndarray[tuple[int], np.dtype[np.uint64]]]) -> Iterator[tuple[int, int, float]]:
    """Every pair of sets that share anything, with its Jaccard similarity."""
    values = np.concatenate(sets)
    owners = np.repeat(np.arange(len(sets)), [each.size for each in sets])
    order = np.argsort(values, kind="stable")
    values, owners = values[order], owners[order]
    for place, each in enumerate(sets):
        first, end = np.searchsorted(values, each, "left"), np.searchsorted(values, each, "right")
        shared = np.zeros(len(sets), dtype=np.int64)
        for a, b in zip(first.tolist(), end.tolist(), strict=True):
            shared[owners[a:b]] += 1
        for other in np.flatnonzero(shared[:place]).tolist():
            yield other, place, int(shared[other]) / (each.size + sets[other].size - int(shared[other]))
