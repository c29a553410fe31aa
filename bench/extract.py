"""Quality and CPU of extraction beside trafilatura and resiliparse, on the same pages in one run.

    python -m bench.extract [--pages DIR] [--limit N] [--folds N] [--raise-floors]

DIR is laid out as `html/ID.html.gz` with `gold.json` ({ID: {url, articleBody}}). Score: 4-word shingles as multisets
of \\w+ tokens, precision and recall averaged over pages, F1 their harmonic mean. Our time is the whole trip from
bytes to article (charset, metadata, refusals); the others' is their text alone, comments left out as in ours.

--folds N holds sites back: in each of N folds the thresholds of our cascade are chosen on the other sites' pages and
tried on these. The interval of the difference resamples whole sites, since pages of one site are alike.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import random
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import trafilatura

from bench.corpora import ROOT
from ingest.errors import ExtractError
from ingest.extract.article import extract
from ingest.extract.thresholds import THRESHOLDS, Thresholds
from ingest.model import Page
from ingest.text.urls import family

try:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding
except ImportError:
    extract_plain_text = None  # type: ignore[assignment]

_SHINGLE = 4
_WARM_UP = 3
_RESAMPLES = 2_000
FLOORS = ROOT / "tests" / "quality" / "extract_floors.toml"
PAGES = ROOT.parent / "shared" / "data" / "pages"
FLOOR_PAGES = 30
_FLOORS_HEAD = """\
# Floors of extraction on a slice of the development pages, held by test_extract_floors.py. They only rise:
# `python -m bench.extract --raise-floors`. One that must come down is changed by hand, in a change that says why.
"""
#: What a fold may choose from: around each threshold as it stands.
_GRID = tuple(
    Thresholds(all_share=share, sure_share=sure, agreed_near=near)
    for share, sure, near in itertools.product((0.93, 0.96, 0.99), (0.93, 0.95, 0.98), (0.75, 0.8, 0.88))
)


@dataclass(slots=True)
class Score:
    """What one extractor did on the pages so far."""

    precisions: list[float] = field(default_factory=list)
    recalls: list[float] = field(default_factory=list)
    seconds: float = 0.0
    refused: int = 0

    def add(self, gold: str, found: str | None) -> None:
        precision, recall = score(gold, found or "")
        self.precisions.append(precision)
        self.recalls.append(recall)
        self.refused += found is None

    def f1(self, pages: Sequence[int] | None = None) -> tuple[float, float, float]:
        """(precision, recall, F1) over the given page numbers, or all."""
        at = range(len(self.precisions)) if pages is None else pages
        precision = sum(self.precisions[i] for i in at) / len(at)
        recall = sum(self.recalls[i] for i in at) / len(at)
        return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0

    def poor(self) -> int:
        """Pages whose own F1 is below one half."""
        pairs = zip(self.precisions, self.recalls, strict=True)
        return sum(1 for p, r in pairs if p + r == 0 or 2 * p * r / (p + r) < 0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """One page of the set."""

    name: str
    url: str
    gold: str
    path: Path

    def body(self) -> bytes:
        return gzip.decompress(self.path.read_bytes())


def labelled(directory: Path, limit: int | None = None) -> list[Labelled]:
    """The set's pages, by name. Raises FileNotFoundError where there is no gold.json."""
    gold = json.loads((directory / "gold.json").read_text(encoding="utf-8"))
    return [
        Labelled(
            name=name,
            url=gold[name]["url"],
            gold=gold[name]["articleBody"],
            path=directory / "html" / f"{name}.html.gz",
        )
        for name in sorted(gold)[:limit]
    ]


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


def ours(url: str, body: bytes, thresholds: Thresholds = THRESHOLDS) -> str | None:
    try:
        return extract(Page(url=url, body=body), thresholds).text
    except ExtractError:
        return None


def trafilatura_default(url: str, body: bytes) -> str | None:
    return trafilatura.extract(body, url=url, include_comments=False)


def trafilatura_fast(url: str, body: bytes) -> str | None:
    return trafilatura.extract(body, url=url, include_comments=False, fast=True)


def resiliparse(_url: str, body: bytes) -> str | None:
    text: str = extract_plain_text(
        bytes_to_str(body, detect_encoding(body) or "utf-8"), main_content=True, alt_texts=False, comments=False
    )
    return text or None


EXTRACTORS: dict[str, Callable[[str, bytes], str | None]] = {
    "ours": ours,
    "trafilatura default": trafilatura_default,
    "trafilatura fast": trafilatura_fast,
}
if extract_plain_text is not None:
    EXTRACTORS["resiliparse"] = resiliparse


def run(pages: Sequence[Labelled]) -> dict[str, Score]:
    """Score every extractor on every page, page by page, in an order that changes from page to page."""
    scores = {name: Score() for name in EXTRACTORS}
    for page in pages[:_WARM_UP]:
        for extractor in EXTRACTORS.values():
            extractor(page.url, page.body())
    shuffled = random.Random(1)
    for number, page in enumerate(pages, 1):
        body = page.body()
        for label in shuffled.sample(sorted(EXTRACTORS), len(EXTRACTORS)):
            begun = time.process_time()
            text = EXTRACTORS[label](page.url, body)
            scores[label].seconds += time.process_time() - begun
            scores[label].add(page.gold, text)
        _tell(number, len(pages))
    return scores


def _tell(number: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{number}/{total}", end="\r" if number == total else "", file=sys.stderr)


def by_site(pages: Sequence[Labelled]) -> list[list[int]]:
    """The numbers of each site's pages."""
    sites: defaultdict[str, list[int]] = defaultdict(list)
    for number, page in enumerate(pages):
        sites[family(page.url)].append(number)
    return [numbers for _, numbers in sorted(sites.items())]


def interval(a: Score, b: Score, sites: Sequence[Sequence[int]]) -> tuple[float, float]:
    """The middle 95 % of the F1 difference a - b, sites resampled in pairs."""
    rng = random.Random(2)
    differences = []
    for _ in range(_RESAMPLES):
        pages = list(itertools.chain.from_iterable(rng.choices(sites, k=len(sites))))
        differences.append(a.f1(pages)[2] - b.f1(pages)[2])
    differences.sort()
    return differences[int(0.025 * _RESAMPLES)], differences[int(0.975 * _RESAMPLES)]


def held_back(pages: Sequence[Labelled], folds: int) -> tuple[Score, list[Thresholds]]:
    """Our score on sites that the thresholds were not chosen on, and what each fold chose."""
    tried = []
    for number, thresholds in enumerate(_GRID, 1):
        result = Score()
        for page in pages:
            result.add(page.gold, ours(page.url, page.body(), thresholds))
        tried.append(result)
        _tell(number, len(_GRID))
    sites = by_site(pages)
    random.Random(3).shuffle(sites)
    found = Score([0.0] * len(pages), [0.0] * len(pages))
    chosen = []
    for fold in range(folds):
        back = list(itertools.chain.from_iterable(sites[fold::folds]))
        others = sorted(set(range(len(pages))) - set(back))
        best = max(range(len(_GRID)), key=lambda i: tried[i].f1(others)[2])
        chosen.append(_GRID[best])
        for i in back:
            found.precisions[i], found.recalls[i] = tried[best].precisions[i], tried[best].recalls[i]
    return found, chosen


def floor_figures(pages: Sequence[Labelled]) -> dict[str, float]:
    """The figures that floors are held against, all better when higher: of every so manieth page."""
    result = Score()
    for page in pages[:: max(1, len(pages) // FLOOR_PAGES)][:FLOOR_PAGES]:
        result.add(page.gold, ours(page.url, page.body()))
    precision, recall, f1 = result.f1()
    return {"precision": precision, "recall": recall, "f1": f1, "not_refused": 1 - result.refused / FLOOR_PAGES}


def raise_floors(pages: Sequence[Labelled], path: Path = FLOORS) -> str:
    """Raise the floors in the file to what the present rules reach; none is lowered."""
    from bench import floors  # noqa: PLC0415 - matching's benches are of no use to those who only measure

    now = floors.raised(floors.held(path), "pages", "pinned", floor_figures(pages))
    floors.write(now, path, _FLOORS_HEAD)
    return f"{path}: {now['pages']['pinned']}"


def _print_table(scores: dict[str, Score], count: int) -> None:
    print(f"{'':22}{'P':>8}{'R':>8}{'F1':>8}{'none':>6}{'<.5':>5}{'ms CPU a page':>15}{'ours takes':>12}")
    for label, result in scores.items():
        precision, recall, f1 = result.f1()
        ms = 1000 * result.seconds / count
        share = f"x{scores['ours'].seconds / result.seconds:.2f}"
        print(
            f"{label:22}{precision:8.4f}{recall:8.4f}{f1:8.4f}{result.refused:6}{result.poor():5}{ms:15.1f}{share:>12}"
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=Path, default=PAGES, metavar="DIR")
    parser.add_argument("--limit", type=int, metavar="N", help="the first N pages only")
    parser.add_argument("--folds", type=int, default=0, metavar="N", help="hold sites back in N folds (four minutes)")
    parser.add_argument("--raise-floors", action="store_true", help="write what is reached into the pinned floors")
    options = parser.parse_args()
    try:
        pages = labelled(options.pages, options.limit)
    except FileNotFoundError:
        print(f"skipped: no gold.json in {options.pages}")
        return 0
    if options.raise_floors:
        print(raise_floors(pages))
        return 0
    scores, sites = run(pages), by_site(pages)
    print(f"{len(pages)} pages of {len(sites)} sites")
    if extract_plain_text is None:
        print("resiliparse is not installed and not in the table: pip install resiliparse")
    _print_table(scores, len(pages))
    default = scores["trafilatura default"]
    low, high = interval(scores["ours"], default, sites)
    print(f"ours - trafilatura default: F1 95 % interval {low:+.4f} .. {high:+.4f}")
    if options.folds:
        found, chosen = held_back(pages, options.folds)
        low, high = interval(found, default, sites)
        f1, theirs = found.f1()[2], default.f1()[2]
        print(f"sites held back, {options.folds} folds: F1 {f1:.4f}, default {theirs:.4f}, {low:+.4f} .. {high:+.4f}")
        for thresholds, times in Counter(chosen).most_common():
            print(f"  chosen {times} times: {thresholds}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
