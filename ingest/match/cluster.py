"""Stories as a function of the set: groups from verdicts and a person's constraints, and their stable ids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from ingest.match.attribute import first_of, order_key
from ingest.match.claims import Claim
from ingest.match.series import is_one_take
from ingest.match.vetoes import HARD_REASONS
from ingest.match.words import PlaceReason, RefusedReason
from ingest.model import (
    TELLER_SHARE,
    TOLD_LEAD,
    ArticleId,
    Assignment,
    Constraint,
    ConstraintKind,
    Group,
    Grouping,
    Join,
    Member,
    Merge,
    Placing,
    Refusal,
    Relation,
    Start,
    StoryId,
    Verdict,
)

_ONE_ROUNDUP, _ALL_OF_IT = 0.80, 0.90
_IN_COMMON = 2
# Verdicts that know already who of the two tells of many.
_TELL_BY_THEMSELVES = frozenset({"liveblog", "roundup", "flash"})
_CUT_SHARE = 0.35  # of a round-up, in a cut version of it
_NOBODY: frozenset[ArticleId] = frozenset()
_OWN_LEAD = 0.60  # with less of it in the other text, an article opens with something of its own
_WHOLE_LEAD = 0.85
_OPENING_SHINGLES = 60  # a lead, and a sentence or so
_KIN_LEAD = 0.20  # articles that share so much of an opening tell of one thing
_LEAF_WORDS = 40
_NO_SERIES: Mapping[ArticleId, Hashable] = MappingProxyType({})
_OF_VERSIONS = frozenset({"numbers", "dates", "direction", "subject"})  # vetoes that a publisher's revision explains
_CORE = 3  # two groups of so many members each are joined by more than one of them, on both sides


def group(
    claims: Sequence[Claim],
    verdicts: Iterable[Verdict],
    constraints: Iterable[Constraint] = (),
    *,
    series: Mapping[ArticleId, Hashable] = _NO_SERIES,
) -> Grouping:
    """Return the stories of a set of articles, in the order of their first members, and what was refused.

    The answer depends on the sets only, never on the order of what is passed. Pairs join best verdict first (Kruskal),
    unless a person's word stands between the two groups, more verdicts speak against the union than for it, or two
    grown groups would hang on a single member. Members stand in time order; `via` is the member with the best verdict.
    An article that holds the openings of several stories is a round-up: it joins none of them, but its own copies,
    revisions and cut versions join it. Texts without a body of their own, and those hardly longer, come last: they
    join one story and bridge none. Two issues of one series (see match.series) join only as one take.
    Verdicts on articles that are not among the claims help to tell round-ups and join nothing; constraints on them
    are passed over.
    """
    verdicts = list(verdicts)
    tellers = _roundups(verdicts)
    ordered = sorted(claims, key=order_key)
    leaves = {claim.id for claim in ordered if claim.bodiless or claim.words < _LEAF_WORDS}
    forest = _Forest([claim.id for claim in ordered], leaves)
    word = _Word.of(forest, constraints)
    known = sorted(
        {(v.a, v.b): v for v in verdicts if v.a in forest.rank and v.b in forest.rank}.values(),
        key=lambda v: (
            v.a in leaves or v.b in leaves,
            -v.score,
            # Only how ranks compare may decide, never their sums: or articles far away would.
            max(forest.rank[v.a], forest.rank[v.b]),
            min(forest.rank[v.a], forest.rank[v.b]),
        ),
    )
    for a, b in word.merges:
        if word.allows(forest.members(a), forest.members(b)):
            forest.unite(a, b)
    # What a person merged weighs nothing when verdicts are asked: or the one article that they named would hang on a
    # stranger's story, and its own would be torn from it.
    drawn = _Forest([claim.id for claim in ordered], leaves) if word.merges else forest
    for verdict in known:
        drawn.note(verdict)
    joining = [verdict for verdict in known if verdict.relation is not Relation.DIFFERENT]
    voids = {(v.a, v.b): reason for v in joining if (reason := _void(v, tellers, series))}
    refused = _join(joining, voids, word, forest, drawn)
    by_id = {claim.id: claim for claim in ordered}
    best = _best_verdicts([v for v in joining if (v.a, v.b) not in voids], forest)
    return Grouping(
        groups=tuple(_as_group(ids, by_id, best, tellers) for ids in forest.groups()),
        refused=tuple(
            Refusal(a=a, b=b, reason=reason)
            for (a, b), reason in sorted(refused.items())
            if forest.find(a) != forest.find(b)
        ),
    )


def _join(
    joining: Sequence[Verdict],
    voids: Mapping[tuple[ArticleId, ArticleId], RefusedReason],
    word: _Word,
    forest: _Forest,
    drawn: _Forest,
) -> dict[tuple[ArticleId, ArticleId], RefusedReason]:
    """Unite groups in both forests, best verdict first; return the pairs that were refused, each with the reason.

    drawn: the groups as verdicts alone draw them, without what a person merged.
    """
    refused: dict[tuple[ArticleId, ArticleId], RefusedReason] = {}
    for verdict in joining:
        if drawn.find(verdict.a) == drawn.find(verdict.b):
            continue
        reason = voids.get((verdict.a, verdict.b)) or word.objection(verdict, forest) or drawn.objection(verdict)
        if reason:
            refused[verdict.a, verdict.b] = reason
        else:
            drawn.unite(verdict.a, verdict.b, revision=verdict.relation is Relation.REVISION)
            forest.unite(verdict.a, verdict.b)
    return refused


def _void(verdict: Verdict, tellers: set[ArticleId], series: Mapping[ArticleId, Hashable]) -> RefusedReason | None:
    """Why a joining verdict joins nothing whatever lies around it, in a word; None where it counts."""
    if any(teller in tellers and _is_item(verdict, teller) for teller in (verdict.a, verdict.b)):
        return "roundup"  # it says no more than that a round-up tells of the other article's story
    evidence = verdict.evidence
    if evidence.jaccard < _ONE_ROUNDUP and (
        (verdict.a in tellers and (verdict.b in tellers or evidence.containment_b < _ALL_OF_IT))
        or (verdict.b in tellers and (verdict.a in tellers or evidence.containment_a < _ALL_OF_IT))
    ):
        return "roundup"  # two of them with some items in common, or one and an item with more to it
    own, others = series.get(verdict.a), series.get(verdict.b)
    if own is not None and own == others and not is_one_take(verdict):
        return "series"
    return None


def told_by(verdict: Verdict) -> tuple[tuple[ArticleId, ArticleId], ...]:
    """Return (teller, told): which of a pair holds the other's opening and little else of it, in either direction."""
    evidence, relation = verdict.evidence, verdict.relation
    # Of most pairs the openings alone say no, and all verdicts around a story are asked whenever it grows.
    if evidence.lead_a < TOLD_LEAD and evidence.lead_b < TOLD_LEAD:
        return ()
    if evidence.containment_a >= TELLER_SHARE and evidence.containment_b >= TELLER_SHARE:
        return ()
    if relation in (Relation.COPY, Relation.REVISION) or verdict.reason in _TELL_BY_THEMSELVES:
        return ()
    found = []
    for teller, other, own_lead, lead, held in (
        (verdict.a, verdict.b, evidence.lead_a, evidence.lead_b, evidence.containment_a),
        (verdict.b, verdict.a, evidence.lead_b, evidence.lead_a, evidence.containment_b),
    ):
        little = own_lead < _OWN_LEAD or evidence.shared <= _OPENING_SHINGLES
        cut = relation is Relation.ABRIDGEMENT and own_lead >= _WHOLE_LEAD  # the teller, shortened
        if lead >= TOLD_LEAD and held < TELLER_SHARE and little and not cut:
            found.append((teller, other))
    return tuple(found)


def _is_item(verdict: Verdict, teller: ArticleId) -> bool:
    """Whether the other of a joining pair is an item of a round-up, and not the round-up itself, copied or cut."""
    evidence = verdict.evidence
    held, own_lead = (
        (evidence.containment_a, evidence.lead_a) if teller == verdict.a else (evidence.containment_b, evidence.lead_b)
    )
    cut = verdict.relation is Relation.ABRIDGEMENT and own_lead >= _WHOLE_LEAD and held >= _CUT_SHARE
    return held < TELLER_SHARE and not cut


def _roundups(verdicts: Iterable[Verdict]) -> set[ArticleId]:
    """Articles that hold the openings of at least two articles which have nothing to do with each other."""
    told: dict[ArticleId, set[ArticleId]] = {}
    kin: dict[ArticleId, set[ArticleId]] = {}
    for verdict in verdicts:
        for teller, other in told_by(verdict):
            told.setdefault(teller, set()).add(other)
        if verdict.relation is not Relation.DIFFERENT or verdict.evidence.lead >= _KIN_LEAD:
            kin.setdefault(verdict.a, set()).add(verdict.b)
            kin.setdefault(verdict.b, set()).add(verdict.a)
    # Two round-ups with items in common are linked to all of these, and would link them to each other.
    items = {
        teller: {item for item in found if len(told.get(item, _NOBODY) & found) < _IN_COMMON}
        for teller, found in told.items()
    }
    holding = {teller for teller, found in items.items() if _is_torn(found, kin)}
    # An article holds the opening of a round-up that opens with its story: what holds more is the round-up.
    return {
        teller
        for teller in holding
        if _is_torn({i for i in items[teller] if i not in holding or len(told[i]) <= len(told[teller])}, kin)
    }


def _is_torn(items: set[ArticleId], kin: dict[ArticleId, set[ArticleId]]) -> bool:
    """Whether these articles tell of more than one thing."""
    return len(items) > 1 and not _is_connected(items, kin)


def _is_connected(items: set[ArticleId], kin: dict[ArticleId, set[ArticleId]]) -> bool:
    """Whether links among these articles alone lead from any to any other."""
    front = [min(items)]
    left = items.difference(front)
    while front and left:
        reached = left & kin.get(front.pop(), set())
        left -= reached
        front.extend(reached)
    return not left


class _Forest:
    """Growing groups of articles, with the verdicts that lie between them."""

    def __init__(self, ids: Sequence[ArticleId], leaves: set[ArticleId]) -> None:
        self._leaves = leaves
        self._revised: set[ArticleId] = set()  # roots of groups that a revision holds together
        self._cores = {article_id for article_id in ids if article_id not in leaves}  # roots of groups with a body
        self.rank = {article_id: place for place, article_id in enumerate(ids)}
        self._parent = {article_id: article_id for article_id in ids}
        self._members = {article_id: [article_id] for article_id in ids}
        self._edges: dict[ArticleId, dict[ArticleId, Verdict]] = {}  # joins and hard vetoes

    def note(self, verdict: Verdict) -> None:
        """Remember a verdict that joins, or that speaks hard against a pair."""
        joins = verdict.relation is not Relation.DIFFERENT
        if joins or verdict.reason in HARD_REASONS:
            self._edges.setdefault(verdict.a, {})[verdict.b] = verdict
            self._edges.setdefault(verdict.b, {})[verdict.a] = verdict

    def find(self, article_id: ArticleId) -> ArticleId:
        """The article that stands for a group."""
        while self._parent[article_id] != article_id:
            self._parent[article_id] = self._parent[self._parent[article_id]]
            article_id = self._parent[article_id]
        return article_id

    def members(self, article_id: ArticleId) -> list[ArticleId]:
        """The group of an article."""
        return self._members[self.find(article_id)]

    def objection(self, verdict: Verdict) -> RefusedReason | None:
        """Why the groups of a joining pair may not be united, in a word; None where they may."""
        small, large = sorted((self.members(verdict.a), self.members(verdict.b)), key=len)
        root, other_root = self.find(large[0]), self.find(small[0])
        from_small: set[ArticleId] = set()
        from_large: set[ArticleId] = set()
        joins = vetoes = excused = 0
        revised = False
        for member in small:
            for other, between in self._edges.get(member, {}).items():
                if self.find(other) != root:
                    continue
                if between.relation is not Relation.DIFFERENT:
                    joins += 1
                    revised |= between.relation is Relation.REVISION
                    from_small.add(member)
                    from_large.add(other)
                else:
                    vetoes += 1
                    excused += between.reason in _OF_VERSIONS
        # A publisher's revision between the two explains that their copies differ as versions do; one within either
        # speaks for it half as loud.
        versions = 1.0 if revised else 0.5 if self._revised & {root, other_root} else 0.0
        if vetoes - versions * excused >= joins:
            return "vetoes"
        if root in self._cores and other_root in self._cores and self._brief(verdict):
            return "bridge"
        if len(small) >= _CORE and (len(from_small) < 2 or len(from_large) < 2):
            return "hinge"
        return None

    def _brief(self, verdict: Verdict) -> bool:
        """Whether one of a pair has no body of its own."""
        return verdict.a in self._leaves or verdict.b in self._leaves

    def unite(self, a: ArticleId, b: ArticleId, *, revision: bool = False) -> None:
        """Make one group of two; the larger one's root stands for both, ties by rank."""
        root, other = sorted((self.find(a), self.find(b)), key=lambda r: (-len(self._members[r]), self.rank[r]))
        if root != other:
            self._parent[other] = root
            self._members[root].extend(self._members.pop(other))
            if other in self._cores:
                self._cores.add(root)
            if revision or other in self._revised:
                self._revised.add(root)

    def groups(self) -> list[list[ArticleId]]:
        """All groups in the order of their first members, members in order."""
        found = [sorted(members, key=self.rank.__getitem__) for members in self._members.values()]
        return sorted(found, key=lambda members: self.rank[members[0]])


class _Word:
    """A person's constraints, ready to be asked."""

    def __init__(
        self, merges: list[tuple[ArticleId, ArticleId]], apart: dict[ArticleId, set[ArticleId]], split: set[ArticleId]
    ):
        self.merges, self._apart, self._split = merges, apart, split

    @classmethod
    def of(cls, forest: _Forest, constraints: Iterable[Constraint]) -> _Word:
        """Sort constraints by kind; those on unknown articles are passed over."""
        merges: set[tuple[ArticleId, ArticleId]] = set()
        apart: dict[ArticleId, set[ArticleId]] = {}
        split: set[ArticleId] = set()
        for constraint in constraints:
            if constraint.kind is ConstraintKind.SPLIT:
                split.add(constraint.a)
            elif constraint.b is None or constraint.a not in forest.rank or constraint.b not in forest.rank:
                continue
            elif constraint.kind is ConstraintKind.APART:
                apart.setdefault(constraint.a, set()).add(constraint.b)
                apart.setdefault(constraint.b, set()).add(constraint.a)
            else:
                low, high = sorted((constraint.a, constraint.b), key=forest.rank.__getitem__)
                merges.add((low, high))
        return cls(sorted(merges, key=lambda pair: (forest.rank[pair[0]], forest.rank[pair[1]])), apart, split)

    def objection(self, verdict: Verdict, forest: _Forest) -> RefusedReason | None:
        """Why a person's word keeps a joining pair apart; one that was split off is moved by a person only."""
        if verdict.a in self._split or verdict.b in self._split:
            return "split"
        return None if self.allows(forest.members(verdict.a), forest.members(verdict.b)) else "person"

    def allows(self, one: list[ArticleId], other: list[ArticleId]) -> bool:
        """Whether nobody said that a member of one group never joins a member of the other."""
        small, large = sorted((one, other), key=len)
        barred = {enemy for member in small for enemy in self._apart.get(member, ())}
        return not barred or barred.isdisjoint(large)


def _best_verdicts(known: list[Verdict], forest: _Forest) -> dict[ArticleId, tuple[Verdict, ArticleId]]:
    """Each article's best joining verdict within its group, and the article it leads to; ties go to the earlier."""
    best: dict[ArticleId, tuple[Verdict, ArticleId]] = {}
    for verdict in known:
        if verdict.relation is Relation.DIFFERENT or forest.find(verdict.a) != forest.find(verdict.b):
            continue
        for own, other in ((verdict.a, verdict.b), (verdict.b, verdict.a)):
            held = best.get(own)
            if held is None or (-verdict.score, forest.rank[other]) < (-held[0].score, forest.rank[held[1]]):
                best[own] = (verdict, other)
    return best


def _as_group(
    ids: list[ArticleId],
    by_id: dict[ArticleId, Claim],
    best: dict[ArticleId, tuple[Verdict, ArticleId]],
    tellers: set[ArticleId],
) -> Group:
    """A group with its members' relations."""
    reason: PlaceReason = "roundup" if ids[0] in tellers else "first"
    superseded = _superseded([by_id[article_id] for article_id in ids])
    opening = Member(article_id=ids[0], relation=Relation.ORIGINAL, score=1.0, via=None, reason=reason)
    others = []
    for article_id in ids[1:]:
        if article_id in best:
            verdict, via = best[article_id]
            others.append(
                Member(
                    article_id=article_id,
                    relation=verdict.relation,
                    score=verdict.score,
                    via=via,
                    reason="superseded" if article_id in superseded else verdict.reason,
                )
            )
        else:  # nothing but a person's word holds it here
            others.append(
                Member(article_id=article_id, relation=Relation.REWRITE, score=0.0, via=ids[0], reason="person")
            )
    return Group(members=(opening, *others), first=first_of([by_id[article_id] for article_id in ids]))


def _superseded(claims: Sequence[Claim]) -> set[ArticleId]:
    """The members that carry word for word what its own publisher had corrected before they came out."""
    corrected: dict[str, datetime] = {}  # when each publisher corrected its text
    for claim in claims:
        if claim.corrected and claim.publisher is not None and claim.published_at is not None:
            corrected[claim.publisher] = min(claim.published_at, corrected.get(claim.publisher, claim.published_at))
    replaced: dict[int, datetime] = {}  # since when a text has been
    for claim in claims:
        since = corrected.get(claim.publisher or "")
        if since is not None and not claim.corrected and claim.published_at is not None and claim.published_at < since:
            replaced[claim.text] = min(since, replaced.get(claim.text, since))
    return {
        claim.id
        for claim in claims
        if claim.publisher not in corrected
        and claim.published_at is not None
        and claim.text in replaced
        and claim.published_at > replaced[claim.text]
    }


def assign(groups: Sequence[Group], placing: Placing) -> tuple[Assignment, ...]:
    """Return what becomes of stories when these groups replace the placing: the groups in order, then the merges.

    A story goes on in the group that holds most of its members (ties: the group whose first member comes first). A
    group in which several stories would go on keeps the oldest, and the others end in it.
    """
    counts: dict[StoryId, Counter[int]] = {}
    for place, found in enumerate(groups):
        for member in found.members:
            story_id = placing.story_of.get(member.article_id)
            if story_id is not None:
                counts.setdefault(story_id, Counter())[place] += 1
    heirs: dict[int, list[StoryId]] = {}
    for story_id in sorted(counts):
        place = min(counts[story_id], key=lambda number: (-counts[story_id][number], number))
        heirs.setdefault(place, []).append(story_id)
    kept = [
        Join(story_id=heirs[place][0], group=found) if place in heirs else Start(group=found)
        for place, found in enumerate(groups)
    ]
    ended = [Merge(story_id=old, into=ids[0]) for ids in heirs.values() for old in ids[1:]]
    return (*kept, *sorted(ended, key=lambda merge: merge.story_id))
