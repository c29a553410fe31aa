"""Quality and CPU of extraction beside trafilatura, on the same pages in one run.

    python bench/extraction.py [--pages DIR] [--limit N]

DIR is laid out as `html/ID.html.gz` with `gold.json` ({ID: {url, articleBody}}). Score: 4-word shingles as multisets
of \\w+ tokens, precision and recall averaged over pages, F1 their harmonic mean. Our time is the whole trip from
bytes to article (charset, metadata, refusals); trafilatura's is its text alone, comments left out as in ours.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import trafilatura

from ingest.errors import ExtractError
from ingest.extract.article import extract
from ingest.model import Page

_SHINGLE = 4
_WARM_UP = 3
_RESAMPLES = 2_000


@dataclass(slots=True)
class Score:
    """What one extractor did on the pages so far."""

    precisions: list[float] = field(default_factory=list)
    recalls: list[float] = field(default_factory=list)
    seconds: float = 0.0
    refused: int = 0

    def f1(self, pages: list[int] | None = None) -> tuple[float, float, float]:
        """(precision, recall, F1) over the given page numbers, or all."""
        at = range(len(self.precisions)) if pages is None else pages
        precision = sum(self.precisions[i] for i in at) / len(at)
        recall = sum(self.recalls[i] for i in at) / len(at)
        return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0

    def poor(self) -> int:
        """Pages whose own F1 is below one half."""
        pairs = zip(self.precisions, self.recalls, strict=True)
        return sum(1 for p, r in pairs if p + r == 0 or 2 * p * r / (p + r) < 0.5)


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """The multiset of 4-word shingles; of a shorter text, all of it."""
    tokens = re.findall(r"\w+", text)
    if len(tokens) < _SHINGLE:
        return Counter([tuple(tokens)] if tokens else [])
    return Counter(tuple(tokens[i : i + _SHINGLE]) for i in range(len(tokens) - _SHINGLE + 1))


def score(gold: str, found: str) -> tuple[float, float]:
    """(precision, recall) of one page."""
    wanted, had = shingles(gold), shingles(found)
    if not wanted or not had:
        return float(not had), float(not wanted)
    shared = (wanted & had).total()
    return shared / had.total(), shared / wanted.total()


def ours(url: str, body: bytes) -> str | None:
    try:
        return extract(Page(url=url, body=body)).text
    except ExtractError:
        return None


def trafilatura_default(url: str, body: bytes) -> str | None:
    return trafilatura.extract(body, url=url, include_comments=False)


def trafilatura_fast(url: str, body: bytes) -> str | None:
    return trafilatura.extract(body, url=url, include_comments=False, fast=True)


EXTRACTORS: dict[str, Callable[[str, bytes], str | None]] = {
    "ours": ours,
    "trafilatura default": trafilatura_default,
    "trafilatura fast": trafilatura_fast,
}


def run(directory: Path, limit: int | None) -> dict[str, Score]:
    """Score every extractor on every page, page by page, in an order that changes from page to page."""
    gold = json.loads((directory / "gold.json").read_text(encoding="utf-8"))
    names = sorted(gold)[:limit]
    scores = {name: Score() for name in EXTRACTORS}
    for name in names[:_WARM_UP]:
        for extractor in EXTRACTORS.values():
            extractor(gold[name]["url"], _page(directory, name))
    shuffled = random.Random(1)
    for number, name in enumerate(names, 1):
        body = _page(directory, name)
        for label in shuffled.sample(sorted(EXTRACTORS), len(EXTRACTORS)):
            begun = time.process_time()
            text = EXTRACTORS[label](gold[name]["url"], body)
            scores[label].seconds += time.process_time() - begun
            scores[label].refused += text is None
            precision, recall = score(gold[name]["articleBody"], text or "")
            scores[label].precisions.append(precision)
            scores[label].recalls.append(recall)
        if sys.stderr.isatty():
            print(f"\r{number}/{len(names)}", end="", file=sys.stderr)
    return scores


def _page(directory: Path, name: str) -> bytes:
    return gzip.decompress((directory / "html" / f"{name}.html.gz").read_bytes())


def interval(a: Score, b: Score) -> tuple[float, float]:
    """The middle 95 % of the F1 difference a - b, pages resampled in pairs."""
    rng = random.Random(2)
    count = len(a.precisions)
    differences = []
    for _ in range(_RESAMPLES):
        pages = [rng.randrange(count) for _ in range(count)]
        differences.append(a.f1(pages)[2] - b.f1(pages)[2])
    differences.sort()
    return differences[int(0.025 * _RESAMPLES)], differences[int(0.975 * _RESAMPLES)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=Path, default=Path("../shared/data/pages"), metavar="DIR")
    parser.add_argument("--limit", type=int, metavar="N")
    options = parser.parse_args()
    if not (options.pages / "gold.json").is_file():
        print(f"skipped: no gold.json in {options.pages}")
        return 0
    scores = run(options.pages, options.limit)
    count = len(scores["ours"].precisions)
    print(f"\r{count} pages of {options.pages}")
    print(f"{'':22}{'P':>8}{'R':>8}{'F1':>8}{'none':>6}{'<.5':>5}{'ms CPU a page':>15}")
    for label, result in scores.items():
        precision, recall, f1 = result.f1()
        ms = 1000 * result.seconds / count
        print(f"{label:22}{precision:8.4f}{recall:8.4f}{f1:8.4f}{result.refused:6}{result.poor():5}{ms:15.1f}")
    low, high = interval(scores["ours"], scores["trafilatura default"])
    ratio = scores["ours"].seconds / scores["trafilatura default"].seconds
    print(f"ours - trafilatura default: F1 95 % interval {low:+.4f} .. {high:+.4f}, CPU x{ratio:.2f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
