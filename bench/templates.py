"""Pages of known sites: cost and quality of reading them by what was learned, beside reading each with care.

    python -m bench.templates [--seed N] [--designs N] [--from N] [--no-speed] [--json]

Fourteen sites of bench/template_sites.py, sixty pages each, eight of them redesigned after the twenty-fourth. Each page
is read as the daemon reads it: by a trusted template, or with care, from which the site's memory goes on learning. CPU
is that of the pages from --from on, whole trips, bytes to article: of all, samples included, then of those that a
template read and of those between. Trafilatura's is its text alone, to which the last row but one compares what a
template takes for the same: decoding, finding and cutting the place, parsing it and its text.
A text is wrong that a template read and that scores five hundredths below the careful one or more. A redesign is
noticed at the first page behind it that no template reads.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bench.extract import score, trafilatura_default
from bench.template_sites import DESIGNS, PAGES, REDESIGN_AT, Design, SitePage, pages
from ingest.errors import ExtractError
from ingest.extract.article import as_sent, extract
from ingest.extract.known import extract_known
from ingest.extract.mojibake import repaired
from ingest.extract.outline import Outline
from ingest.extract.place import Span, cut
from ingest.extract.site import is_young, remember
from ingest.extract.template import Drawn, draw, place_in
from ingest.extract.tree import parse
from ingest.model import Page
from ingest.model.templates import Known, LearnedReading, SiteMemory

_FROM = 50
_WRONG_BELOW = 0.05
_ALONE = "text alone, by template"
_BY_TEMPLATE, _WITH_CARE = "… pages read by template", "… pages read with care, and learned from"


@dataclass(slots=True)
class Run:
    """What became of one site's pages."""

    site: str
    ours: list[tuple[float, float]] = field(default_factory=list)  # precision and recall
    careful: list[tuple[float, float]] = field(default_factory=list)
    by_template: list[bool] = field(default_factory=list)
    why: Counter[str] = field(default_factory=Counter)
    events: list[tuple[int, str, str]] = field(default_factory=list)
    wrong: list[int] = field(default_factory=list)
    noticed_after: int | None = None  # pages; None: no redesign, or not noticed
    spent_ns: Counter[str] = field(default_factory=Counter)
    timed: int = 0
    read: Counter[str] = field(default_factory=Counter)  # of the timed pages, how many were read how
    drawn: int = 0  # of the timed pages, those whose text a template drew


def f1(pairs: list[tuple[float, float]]) -> float:
    """F1 of the mean precision and the mean recall."""
    precision, recall = (sum(one[i] for one in pairs) / max(1, len(pairs)) for i in (0, 1))
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def read_site(
    design: Design, *, seed: int, begin: int = _FROM, speed: bool = True, count: int = PAGES, weight: float = 1.0
) -> Run:
    """Read a site's pages in order, learning as it goes."""
    run, memory = Run(site=design.name), SiteMemory()
    rng = random.Random(seed)
    for page in pages(design, seed=seed, count=count, weight=weight):
        body = page.html.encode()
        known = Known(page=Page(url=page.url, body=body), templates=memory.templates, young=is_young(memory))
        timed = speed and page.number >= begin
        reading = _read(run, known, timed=timed)
        memory, events = remember(memory, reading)
        run.events += [(page.number, event.what, event.why) for event in events]
        text = extract(known.page).text
        _note(run, page, reading, text)
        if timed:
            run.timed += 1
            _beside(run, known.page, rng)
            _text_alone(run, known, reading)
    return run


def _read(run: Run, known: Known, *, timed: bool) -> LearnedReading:
    begun = time.process_time_ns()
    reading = extract_known(known)
    if timed:
        spent_ns, by = time.process_time_ns() - begun, _WITH_CARE if reading.by is None else _BY_TEMPLATE
        run.spent_ns["by what was learned"] += spent_ns
        run.spent_ns[by] += spent_ns
        run.read[by] += 1
    return reading


def _note(run: Run, page: SitePage, reading: LearnedReading, careful: str) -> None:
    ours, theirs = score(page.gold, reading.article.text), score(page.gold, careful)
    run.ours.append(ours)
    run.careful.append(theirs)
    run.by_template.append(reading.by is not None)
    run.why[str(reading.why or "template")] += 1
    if reading.by is not None and f1([ours]) < f1([theirs]) - _WRONG_BELOW:
        run.wrong.append(page.number)
    if page.is_redesigned and run.noticed_after is None and reading.by is None:
        run.noticed_after = page.number - REDESIGN_AT + 1


def _beside(run: Run, page: Page, rng: random.Random) -> None:
    others: dict[str, Callable[[], object]] = {
        "samewire, each with care": lambda: extract(page),
        "trafilatura default": lambda: trafilatura_default(page.url, page.body),
    }
    for name in rng.sample(sorted(others), len(others)):
        begun = time.process_time_ns()
        try:
            others[name]()
        except ExtractError:
            continue
        run.spent_ns[name] += time.process_time_ns() - begun


def _text_alone(run: Run, known: Known, reading: LearnedReading) -> None:
    """Time what trafilatura does too: the text of a page, without what the page says of itself."""
    for template in known.templates:
        if template.place == reading.by:
            begun = time.process_time_ns()
            outline = Outline(as_sent(known.page))
            span = place_in(outline, template)
            root = parse(repaired(cut(outline, span))) if isinstance(span, Span) else None
            drawn = draw(root, template, reading.article.title) if root is not None else None
            run.spent_ns[_ALONE] += time.process_time_ns() - begun
            run.drawn += isinstance(drawn, Drawn)


def figures(runs: list[Run], designs: tuple[Design, ...]) -> dict[str, Any]:
    """The sum of all sites, as JSON has it."""
    timed = sum(run.timed for run in runs)
    spent_ns: Counter[str] = sum((run.spent_ns for run in runs), Counter())
    read: Counter[str] = sum((run.read for run in runs), Counter({_ALONE: sum(run.drawn for run in runs)}))
    ms = {name: ns / 1e6 / max(1, read.get(name, timed)) for name, ns in spent_ns.items()}
    by_template = [(run.ours[i], run.careful[i]) for run in runs for i, yes in enumerate(run.by_template) if yes]
    redesigned = {design.name for design in designs if design.then is not None}
    return {
        "pages": sum(len(run.ours) for run in runs),
        "by_template": len(by_template),
        "f1_by_template": round(f1([ours for ours, _ in by_template]), 4),
        "f1_same_pages_with_care": round(f1([careful for _, careful in by_template]), 4),
        "f1": round(f1([one for run in runs for one in run.ours]), 4),
        "f1_with_care": round(f1([one for run in runs for one in run.careful]), 4),
        "wrong": sum(len(run.wrong) for run in runs),
        "redesigns": len(redesigned),
        "noticed_within": max((run.noticed_after or 99 for run in runs if run.site in redesigned), default=0),
        "timed_pages": timed,
        "timed_by_template": read[_BY_TEMPLATE],
        "ms": {name: round(value, 2) for name, value in ms.items()},
        "times_as_fast": {name: round(ms["trafilatura default"] / value, 2) for name, value in ms.items() if value},
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="other texts, adverts and frames")
    parser.add_argument("--designs", type=int, default=len(DESIGNS), metavar="N", help="the first N sites only")
    parser.add_argument("--from", type=int, default=_FROM, dest="begin", metavar="N", help="time pages from the Nth on")
    parser.add_argument("--no-speed", action="store_true", help="quality only")
    parser.add_argument("--json", action="store_true", help="print JSON, with each site's events")
    options = parser.parse_args()
    designs = DESIGNS[: options.designs]
    runs = []
    for design in designs:
        print(f"{design.name} …", file=sys.stderr)
        runs.append(read_site(design, seed=options.seed, begin=options.begin, speed=not options.no_speed))
    found = figures(runs, designs)
    if options.json:
        sites = {run.site: {"why": run.why, "events": run.events, "wrong": run.wrong} for run in runs}
        print(json.dumps({**found, "sites": sites}, indent=2, ensure_ascii=False))
        return 0
    print(
        f"{'site':18}{'pages':>6}{'by template':>12}{'F1':>8}{'with care':>10}{'wrong':>6}{'noticed':>8}  with care for"
    )
    for run in runs:
        why = ", ".join(f"{word} {times}" for word, times in run.why.most_common() if word != "template")
        share = f"{sum(run.by_template) / len(run.ours):.0%}"
        print(
            f"{run.site:18}{len(run.ours):6}{share:>12}{f1(run.ours):8.4f}{f1(run.careful):10.4f}{len(run.wrong):6}"
            f"{run.noticed_after or '-':>8}  {why}"
        )
    print(
        f"{found['by_template']} of {found['pages']} pages by template: F1 {found['f1_by_template']}, with care "
        f"{found['f1_same_pages_with_care']}; {found['wrong']} wrong; {found['redesigns']} redesigns, noticed within "
        f"{found['noticed_within']} pages"
    )
    for name, ms in found["ms"].items():
        times = found["times_as_fast"][name]
        print(f"{name:42}{ms:8.2f} ms CPU a page of {found['timed_pages']}, trafilatura takes {times} times that")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
