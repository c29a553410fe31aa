"""How good a grouping is against a labelled one: pairwise, ARI, B³, by kind, candidates, first publisher."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Precision, recall and their harmonic mean, each 0..1; 1 where there is nothing to find or nothing was claimed."""

    p: float
    r: float
    f1: float


@dataclass(frozen=True, slots=True, kw_only=True)
class KindScore:
    """Of the articles of one kind: how many stand with their label's others, how many with strangers, how many are."""

    joined: float  # share that shares a group with an article of its own label; 0 where the label has no other
    merged: float  # share that shares a group with an article of another label
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageScore:
    """How the articles of one language are grouped, and how many they are."""

    pairwise: Score
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstScore:
    """Shares of the labelled stories whose first publisher was named right, wrong, or not at all."""

    right: float
    wrong: float
    abstained: float


def pairwise(labels: Mapping[T, str], groups: Mapping[T, Hashable]) -> Score:
    """Return pair precision and recall of a grouping; both map the same items."""
    both, by_label, by_group = _tables(labels, groups)
    found = sum(_pairs(n) for n in both.values())
    return score_of(found, sum(_pairs(n) for n in by_group.values()), sum(_pairs(n) for n in by_label.values()))


def adjusted_rand(labels: Mapping[T, str], groups: Mapping[T, Hashable]) -> float:
    """Return the adjusted Rand index (Hubert and Arabie 1985): 1 the same partition, 0 what chance gives."""
    both, by_label, by_group = _tables(labels, groups)
    found = sum(_pairs(n) for n in both.values())
    one, other = sum(_pairs(n) for n in by_label.values()), sum(_pairs(n) for n in by_group.values())
    total = _pairs(len(labels))
    expected = one * other / total if total else 0.0
    most = (one + other) / 2
    return 1.0 if most == expected else (found - expected) / (most - expected)


def b_cubed(labels: Mapping[T, str], groups: Mapping[T, Hashable]) -> Score:
    """Return B³ (Bagga and Baldwin 1998): precision and recall averaged over articles."""
    both, by_label, by_group = _tables(labels, groups)
    if not labels:
        return Score(p=1.0, r=1.0, f1=1.0)
    p = sum(n * n / by_group[held] for (_, held), n in both.items()) / len(labels)
    r = sum(n * n / by_label[label] for (label, _), n in both.items()) / len(labels)
    return Score(p=p, r=r, f1=2 * p * r / (p + r))


def by_kind(labels: Mapping[T, str], groups: Mapping[T, Hashable], kinds: Mapping[T, str]) -> dict[str, KindScore]:
    """Return for each kind how many of its articles are joined with their own, and merged with strangers."""
    both, _, by_group = _tables(labels, groups)
    joined: Counter[str] = Counter()
    merged: Counter[str] = Counter()
    for item, kind in kinds.items():
        own = both[labels[item], groups[item]]
        joined[kind] += own > 1
        merged[kind] += by_group[groups[item]] > own
    sizes = Counter(kinds.values())
    return {kind: KindScore(joined=joined[kind] / n, merged=merged[kind] / n, n=n) for kind, n in sorted(sizes.items())}


def mixed_share(labels: Mapping[T, str], groups: Mapping[T, Hashable]) -> float:
    """Return the share of the groups of two or more that hold articles of more than one label."""
    held: defaultdict[Hashable, list[str]] = defaultdict(list)
    for item, label in labels.items():
        held[groups[item]].append(label)
    grown = [found for found in held.values() if len(found) > 1]
    return sum(len(set(found)) > 1 for found in grown) / len(grown) if grown else 0.0


def candidate_recall(
    labels: Mapping[T, str], proposed: Collection[tuple[T, T]], counts: Callable[[T, T], bool] = lambda a, b: True
) -> float:
    """Return the share of pairs of one label that were proposed, in either order, among those that count."""
    members: defaultdict[str, list[T]] = defaultdict(list)
    for item, label in labels.items():
        members[label].append(item)
    pairs = [pair for items in members.values() for pair in combinations(items, 2) if counts(*pair)]
    held = set(proposed)
    return sum((a, b) in held or (b, a) in held for a, b in pairs) / len(pairs) if pairs else 1.0


def by_language(
    labels: Mapping[T, str], groups: Mapping[T, Hashable], languages: Mapping[T, str]
) -> dict[str, LanguageScore]:
    """Return for each language how its articles are grouped among themselves."""
    held: defaultdict[str, list[T]] = defaultdict(list)
    for item, language in languages.items():
        held[language].append(item)
    return {
        language: LanguageScore(
            pairwise=pairwise({i: labels[i] for i in items}, {i: groups[i] for i in items}), n=len(items)
        )
        for language, items in sorted(held.items())
    }


def first_score(answers: Sequence[tuple[T | None, T]]) -> FirstScore:
    """Return how many of the (named, true) first articles agree."""
    total = max(1, len(answers))
    abstained = sum(named is None for named, _ in answers)
    right = sum(named == true for named, true in answers)
    return FirstScore(
        right=right / total, wrong=(len(answers) - right - abstained) / total, abstained=abstained / total
    )


def pair_score(answers: Sequence[tuple[bool, bool, float]]) -> Score:
    """Return the score of single pairs given as (joined, same, weight)."""
    found = sum(weight for joined, same, weight in answers if joined and same)
    claimed = sum(weight for joined, _, weight in answers if joined)
    return score_of(found, claimed, sum(weight for _, same, weight in answers if same))


def _tables(
    labels: Mapping[T, str], groups: Mapping[T, Hashable]
) -> tuple[Counter[tuple[str, Hashable]], Counter[str], Counter[Hashable]]:
    """Sizes of (label, group), of labels and of groups."""
    both = Counter((label, groups[item]) for item, label in labels.items())
    return both, Counter(labels.values()), Counter(groups[item] for item in labels)


def _pairs(count: int) -> int:
    return count * (count - 1) // 2


def score_of(found: float, claimed: float, true: float) -> Score:
    """Return the score of what was found among what was claimed and what is true."""
    p = found / claimed if claimed else 1.0
    r = found / true if true else 1.0
    return Score(p=p, r=r, f1=2 * p * r / (p + r) if p + r else 0.0)
