"""A seeded newsroom of any size, as sketches: stories with copies, cuts and rewrites, templates, boilerplate, quotes.

Sentences are recombined from real texts, their shingles made anew for each story, as if other names stood in them: of a
sentence only the number of its shingles is taken over, and the signature of so many random shingles is drawn
directly. That of a text is the least of its sentences'. So a million articles take a minute, and share what news
shares: a story's copies its sentences, 5 % of the articles a template's, a publisher's its boilerplate (publishers by
Zipf's law), and a few sentences are quoted everywhere (by Zipf's law as well).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.corpora import FILES, ROOT
from ingest.match.sign import NUM_PERM
from ingest.match.sketch import MAX_BODY, MAX_LEAD, Sketch
from ingest.match.sketches import Numbers
from ingest.text.tokens import words

_SAMPLED, _LED = 16, 2  # one shingle in so many is a sample of body and lead
_LEAD_SENTENCES = 5
_PUBLISHERS, _TEMPLATES, _QUOTED = 10_000, 2_000, 20_000  # of a million and a half articles; of fewer, fewer
_WHOLE = 1_500_000
_READ = 300  # texts whose sentences are counted
_TEMPLATED, _QUOTING, _UNLEARNED = 0.05, 0.1, 0.03  # shares of the articles
_COPIES = (0.62, 0.16, 0.09, 0.13)  # a story of one article, two, three, four to twenty


@dataclass(frozen=True, slots=True)
class Sentences:
    """Sentences as the index sees them."""

    signatures: NDArray[np.uint32]  # uint32[sentences, 126]
    samples: NDArray[np.uint64]  # uint64[sentences, shingles / 2]: multiples of two, 0 where there are fewer


@cache
def sizes_of(path: Path = FILES["dev"]) -> NDArray[np.int64]:
    """Return how many runs of three words the sentences of real texts have; of our own pages where there are none."""
    if path.exists():
        with path.open(encoding="utf-8") as lines:
            texts = [json.loads(line)["text"] for line in islice(lines, _READ)]
    else:
        texts = [page.read_text(encoding="utf-8") for page in sorted((ROOT / "docs").rglob("*.md"))]
    sentences = [part for text in texts for part in text.replace("\n", ". ").split(". ")]
    counts = [len(words(sentence)) - 2 for sentence in sentences]
    return np.array([count for count in counts if 4 <= count <= 60], dtype=np.int64)


def drawn(rng: np.random.Generator, sizes: Numbers) -> Sentences:
    """Sentences of new words, of so many shingles each."""
    uniform = rng.random((sizes.size, NUM_PERM), dtype=np.float32)
    least = 1 - uniform ** (1 / sizes[:, None]).astype(np.float32)  # of so many uniform numbers
    halves = rng.binomial(sizes, 1 / _LED)
    samples = rng.integers(1, 1 << 62, (sizes.size, int(halves.max(initial=1))), dtype=np.uint64) * np.uint64(_LED)
    samples[np.arange(samples.shape[1]) >= halves[:, None]] = 0
    return Sentences((least * np.float32(2**32 - 256)).astype(np.uint32), samples)


class Newsroom:
    """Articles in the order of their times, a block at a time; equal seeds give equal blocks."""

    def __init__(self, seed: int, *, days: float = 14.0, articles: int = 1_500_000) -> None:
        self._rng = np.random.default_rng(seed)
        self._sizes = sizes_of()
        self._step_us = days * 86_400e6 / articles
        self._made = 0
        counts = [max(20, count * min(articles, _WHOLE) // _WHOLE) for count in (_PUBLISHERS, _TEMPLATES, _QUOTED)]
        self._publishers, self._themes, self._quotes = (np.cumsum(1 / np.arange(1, count + 1)) for count in counts)
        self._boilerplate, self._templates, self._quoted = (
            self._sentences(each * count) for each, count in zip((2, 8, 1), counts, strict=True)
        )

    def _ranked(self, sums: NDArray[np.float64]) -> int:
        """One of several by Zipf's law, of which these are the sums."""
        return int(np.searchsorted(sums, self._rng.random() * sums[-1]))

    def _sentences(self, count: int) -> Sentences:
        return drawn(self._rng, self._rng.choice(self._sizes, count))

    def blocks(self, articles: int, *, size: int = 4096) -> Iterator[tuple[Numbers, list[bytes], Numbers]]:
        """Yield (numbers, stored sketches, times in microseconds) of so many articles."""
        for first in range(0, articles, size):
            yield self._block(min(size, articles - first))

    def _block(self, count: int) -> tuple[Numbers, list[bytes], Numbers]:
        rng = self._rng
        members = rng.choice(4, count, p=_COPIES)
        spread = np.where(members == 3, rng.integers(4, 21, count), members + 1)
        story = np.repeat(np.arange(count), spread)[:count]
        lengths = rng.integers(8, 32, int(story[-1]) + 1)
        fresh = self._sentences(int(lengths.sum()))
        starts = np.cumsum(lengths) - lengths
        order = rng.permutation(count)
        blobs = [self._article(fresh, int(starts[each]), int(lengths[each])) for each in story[order]]
        numbers = np.arange(self._made + 1, self._made + 1 + count)
        times = 1_760_000_000_000_000 + ((numbers + rng.random(count)) * self._step_us).astype(np.int64)
        self._made += count
        return numbers, blobs, times // 1_000_000 * 1_000_000

    def _article(self, story: Sentences, start: int, length: int) -> bytes:
        """One article: its story's sentences, whole, cut or reworked, and what is not its own."""
        rng = self._rng
        kept = np.arange(start, start + length)
        fate = rng.random()
        if fate < 0.25:  # cut from the end
            kept = kept[: max(3, length // int(rng.integers(2, 5)))]
        elif fate < 0.45:  # reworked: some sentences are others now
            kept = kept[rng.random(kept.size) < 0.6]
        publisher = self._ranked(self._publishers)
        parts = [(story, kept)]
        if rng.random() < _TEMPLATED:
            first = 8 * self._ranked(self._themes)
            parts = [(self._templates, np.arange(first, first + 8)), (story, kept[:4])]
        if rng.random() < _QUOTING:
            parts.append((self._quoted, np.array([self._ranked(self._quotes)])))
        if rng.random() < _UNLEARNED:  # what was not learned yet of what its publisher always says
            parts.append((self._boilerplate, np.array([2 * publisher])))
        signature = np.min([each.signatures[rows].min(axis=0, initial=0xFFFFFFFF) for each, rows in parts], axis=0)
        samples = np.concatenate([each.samples[rows].ravel() for each, rows in parts])
        lead = parts[0][0].samples[parts[0][1][:_LEAD_SENTENCES]].ravel()
        return Sketch(
            signature=signature,
            body=_thinned(samples),
            lead=np.unique(lead[lead > 0])[:MAX_LEAD],
            whole=False,
            digest=int(rng.integers(1 << 62)),
            words=0,
            title=int(rng.integers(1, 1 << 62)),
            agency=0,
            publisher=publisher + 1,
            flash=False,
        ).to_bytes()


class Strangers(Newsroom):
    """Articles that share nothing, of as many samples as real ones have: quicker to make, for bytes and restarts."""

    def _article(self, story: Sentences, start: int, length: int) -> bytes:
        rng = self._rng
        return Sketch(
            signature=rng.integers(0, 1 << 32, NUM_PERM, dtype=np.uint32),
            body=rng.integers(1, 1 << 60, int(rng.integers(5, MAX_BODY)), dtype=np.uint64),
            lead=rng.integers(1, 1 << 60, int(rng.integers(30, 46)), dtype=np.uint64),
            whole=False, digest=int(rng.integers(1 << 62)), words=0, title=int(rng.integers(1, 1 << 62)), agency=0,
            publisher=int(rng.integers(1, _PUBLISHERS)), flash=False,
        ).to_bytes()  # fmt: skip

    def _sentences(self, count: int) -> Sentences:
        return drawn(self._rng, np.ones(1, dtype=np.int64))


def _thinned(samples: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Samples of a body, thinned as those of real texts are."""
    step = np.uint64(_SAMPLED)
    kept = np.unique(samples[(samples % step == 0) & (samples > 0)])
    while kept.size > MAX_BODY:
        step *= np.uint64(2)
        kept = kept[kept % step == 0]
    return kept
