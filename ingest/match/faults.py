"""Where a grouping and its labels disagree, worst first, with the verdicts that led there."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from itertools import combinations

from ingest.model import ArticleId, Refusal, Relation, Verdict

Groups = Mapping[ArticleId, Hashable]
_Rank = tuple[bool, int, float, ArticleId, ArticleId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Two articles, a < b, that stand together and should not, or that should and do not."""

    a: ArticleId
    b: ArticleId
    pairs: int  # how many labelled pairs are wrong in the same way, this one among them
    together: bool  # whether they stand in one group
    verdict: Verdict | None  # None: the pair was never proposed
    refused: str | None = None  # one word: why grouping passed over a verdict that joins
    path: tuple[Verdict, ...] = ()  # where only others joined the two: the joining verdicts that lead from a to b


def joins(verdict: Verdict) -> bool:
    """Whether a verdict says that two articles are one story."""
    return verdict.relation is not Relation.DIFFERENT


class Links:
    """The verdicts of a run by their articles, and which of them grouping refused."""

    def __init__(self, verdicts: Iterable[Verdict], refused: Iterable[Refusal] = ()) -> None:
        self._refused = {(refusal.a, refusal.b): refusal.reason for refusal in refused}
        self._by_pair = {(verdict.a, verdict.b): verdict for verdict in verdicts}
        self._on: defaultdict[ArticleId, list[Verdict]] = defaultdict(list)
        for verdict in self._by_pair.values():
            self._on[verdict.a].append(verdict)
            self._on[verdict.b].append(verdict)

    def __iter__(self) -> Iterator[Verdict]:
        return iter(self._by_pair.values())

    def between(self, a: ArticleId, b: ArticleId) -> Verdict | None:
        """The verdict on a pair, or None where it was never proposed."""
        return self._by_pair.get((min(a, b), max(a, b)))

    def on(self, article_id: ArticleId) -> Sequence[Verdict]:
        """The verdicts on an article."""
        return self._on.get(article_id, ())

    def path(self, a: ArticleId, b: ArticleId, groups: Groups) -> tuple[Verdict, ...]:
        """The shortest way of joining verdicts from a to b inside one group; empty where there is none."""
        came: dict[ArticleId, tuple[ArticleId, Verdict] | None] = {a: None}
        front = deque([a])
        while front and b not in came:
            here = front.popleft()
            for verdict in sorted(filter(joins, self.on(here)), key=_certain_first):
                other = verdict.b if verdict.a == here else verdict.a
                if other not in came and groups.get(other) == groups[a]:
                    came[other] = here, verdict
                    front.append(other)
        steps: list[Verdict] = []
        step = came.get(b)
        while step is not None:
            steps.append(step[1])
            step = came[step[0]]
        return tuple(reversed(steps))

    def fault(self, a: ArticleId, b: ArticleId, groups: Groups, *, pairs: int = 1) -> Fault:
        """A pair with what was said of it and, where the two stand together all the same, what joined them."""
        a, b = min(a, b), max(a, b)
        verdict = self.between(a, b)
        together = groups[a] == groups[b]
        path = self.path(a, b, groups) if together and not (verdict and joins(verdict)) else ()
        return Fault(
            a=a,
            b=b,
            pairs=pairs,
            together=together,
            verdict=verdict,
            refused=None if together else self._refused.get((a, b)),
            path=path,
        )


def false_joins(labels: Mapping[ArticleId, str], groups: Groups, links: Links, *, limit: int) -> list[Fault]:
    """Return the worst unions of two labels in one group, a fault for each.

    First come those that a verdict made, each by its most certain one, then those that came about through others, each
    by its first two articles; within both, those that cost the most pairs.
    """
    made = _most_certain(
        (v for v in links if joins(v) and groups[v.a] == groups[v.b]),
        lambda v: (groups[v.a], frozenset((labels[v.a], labels[v.b]))),
    )

    def unions() -> Iterator[_Rank]:
        for place, members in _table(groups, labels).items():
            for (one, here), (other, there) in combinations(members.items(), 2):
                verdict = made.get((place, frozenset((one, other))))
                pairs = len(here) * len(there)
                yield _rank(verdict, here, there, pairs, -verdict.score if verdict else 0.0, last=verdict is None)

    return [links.fault(a, b, groups, pairs=-cost) for _, cost, _, a, b in nsmallest(limit, unions())]


def misses(labels: Mapping[ArticleId, str], groups: Groups, links: Links, *, limit: int) -> list[Fault]:
    """Return the worst separations of one label in two groups, a fault for each: those that cost the most pairs.

    Each is shown by the verdict that came nearest to joining, and where no pair was proposed by its first two articles.
    """
    nearest = _most_certain(
        (v for v in links if labels[v.a] == labels[v.b]),
        lambda v: (labels[v.a], frozenset((groups[v.a], groups[v.b]))),
    )

    def separations() -> Iterator[_Rank]:
        for label, members in _table(labels, groups).items():
            for (one, here), (other, there) in combinations(members.items(), 2):
                verdict = nearest.get((label, frozenset((one, other))))
                pairs = len(here) * len(there)
                yield _rank(verdict, here, there, pairs, verdict.score if verdict else -1.0, last=False)

    return [links.fault(a, b, groups, pairs=-cost) for _, cost, _, a, b in nsmallest(limit, separations())]


def _rank(
    verdict: Verdict | None, here: list[ArticleId], there: list[ArticleId], pairs: int, score: float, *, last: bool
) -> _Rank:
    """What a disagreement is sorted by, the pair that shows it at the end."""
    a, b = (verdict.a, verdict.b) if verdict else sorted((here[0], there[0]))
    return last, -pairs, score, a, b


def _most_certain(verdicts: Iterable[Verdict], key: Callable[[Verdict], Hashable]) -> dict[Hashable, Verdict]:
    """The verdict with the highest score under each key; ties go to the lower ids."""
    found: dict[Hashable, Verdict] = {}
    for verdict in sorted(verdicts, key=_certain_first):
        found.setdefault(key(verdict), verdict)
    return found


def _certain_first(verdict: Verdict) -> tuple[float, ArticleId, ArticleId]:
    return -verdict.score, verdict.a, verdict.b


def _table(
    outer: Mapping[ArticleId, Hashable], inner: Mapping[ArticleId, Hashable]
) -> dict[Hashable, dict[Hashable, list[ArticleId]]]:
    """The articles of each outer part by the inner part, in order."""
    found: dict[Hashable, dict[Hashable, list[ArticleId]]] = {}
    for article_id in sorted(outer):
        found.setdefault(outer[article_id], {}).setdefault(inner[article_id], []).append(article_id)
    return found
