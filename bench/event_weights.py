"""Fit the weights of `ingest.match.relate` on labelled reports, and print how events do with the ones it has.

    python bench/event_weights.py tests/match/events/tuned-*.toml [--held tests/match/events/held-1.toml]
        [--strangers ../shared/data/stories/dev.jsonl]

Strangers: articles of which those with another `story` never belong to one event; they count a tenth.
"""

from __future__ import annotations

import argparse
import json
import tomllib
from datetime import datetime
from itertools import combinations
from pathlib import Path

import numpy as np

from ingest.match.event import WINDOW, StoryPoint, are_near, events, link_all
from ingest.match.measure import b_cubed
from ingest.match.profile import profile
from ingest.match.relate import evidence
from ingest.match.terms import Terms, weigh
from ingest.model import ArticleId, Document, StoryId

_SAME, _STRANGER = 4.0, 0.1  # weight of a pair of one event, and of two strangers
_RIDGE = 2.0
_BUNDLES = ("roundup", "wrap", "live", "digest")  # labels of what tells of several happenings
_KINDS = ("base", "tmpl_sport", "tmpl_weather", "tmpl_sanctions", "tmpl_earnings", "disclaimer", "flash")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("files", nargs="+", type=Path)
    arguments.add_argument("--held", type=Path, action="append", default=[])
    arguments.add_argument("--strangers", type=Path)
    asked = arguments.parse_args()
    rows: list[tuple[tuple[float, ...], float, float]] = []
    for path in asked.files:
        rows += [(row, float(same), _SAME if same else 1.0) for row, same in pairs(reports(path))]
    if asked.strangers:
        rows += [(row, 0.0, _STRANGER) for row, same in pairs(strangers(asked.strangers)) if not same and any(row[1:4])]
    columns, same, weights = (np.array(part) for part in zip(*rows, strict=True))
    print("pairs", len(rows), "of one event", int(same.sum()))
    print("weights", *(f"{weight:.2f}" for weight in fit(columns, same, weights)))
    for path in (*asked.files, *asked.held):
        print(path.name, score(reports(path)))


def reports(path: Path) -> list[tuple[str, Document]]:
    """The labelled reports of a file, without those that stand for round-ups."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    entries = [(event, entry["report"]) for event, rows in table.items() for entry in rows]
    return [
        (event, Document(id=ArticleId(n), key=f"{n:05d}", title=title, text=text, language=language, published_at=at))
        for n, (event, (language, at, title, text)) in enumerate(entries, 1)
    ]


def strangers(path: Path) -> list[tuple[str, Document]]:
    """Articles that tell of different things."""
    found = []
    for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        row = json.loads(line)
        if row["kind"] in _KINDS:
            at = datetime.fromisoformat(row["published_at"]) if row["published_at"] else None
            article = Document(id=ArticleId(n), key=row["id"], title=row["title"], text=row["text"], published_at=at)
            found.append((row["story"], article))
    return found


def pairs(labelled: list[tuple[str, Document]]) -> list[tuple[tuple[float, ...], bool]]:
    """(evidence, whether of one event) of all pairs in the window that are not decided otherwise."""
    profiles = [profile(document) for _, document in labelled]
    terms = Terms.learn(profiles)
    weighed = [weigh(each, terms) for each in profiles]
    found = []
    for a, b in combinations(range(len(labelled)), 2):
        one, other = profiles[a], profiles[b]
        bundles = one.roundup or other.roundup or labelled[a][0].startswith(_BUNDLES)
        if bundles or labelled[b][0].startswith(_BUNDLES) or not are_near(one.at, other.at, WINDOW):
            continue
        row = evidence(weighed[a], weighed[b])
        if row is not None:
            found.append((row, labelled[a][0] == labelled[b][0]))
    return found


def fit(columns: np.ndarray, same: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Ridge logistic regression by Newton's steps; the constant is not drawn to zero."""
    found = np.zeros(columns.shape[1])
    ridge = _RIDGE * np.r_[0.0, np.ones(columns.shape[1] - 1)]
    for _ in range(50):
        guess = 1 / (1 + np.exp(-columns @ found))
        slope = columns.T @ (weights * (guess - same)) + ridge * found
        curve = (columns * (weights * guess * (1 - guess))[:, None]).T @ columns + np.diag(ridge + 1e-9)
        found -= np.linalg.solve(curve, slope)
    return found


def score(labelled: list[tuple[str, Document]]) -> str:
    """B³ of the events, and how many of them hold two happenings."""
    stories = [StoryPoint(id=StoryId(d.id), key=d.key, profile=profile(d)) for _, d in labelled]
    made = events(stories, link_all(stories, Terms.learn(story.profile for story in stories)).links)
    labels = {StoryId(document.id): event for event, document in labelled}
    measured = b_cubed(labels, {member: event.id for event in made for member in event.members})
    several = [event for event in made if len(event.members) > 1]
    wrong = sum(len({labels[member] for member in event.members}) > 1 for event in several)
    return f"B³ {measured.p:.3f} {measured.r:.3f} {measured.f1:.3f}, {wrong} of {len(several)} events weld two"


if __name__ == "__main__":
    main()
