"""From stories to events: which text stands for a story, which stories only look alike, and what relates the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ingest.match.attribute import order_key
from ingest.match.claims import Claim
from ingest.match.event import Pair, StoryPoint
from ingest.match.profile import Profile
from ingest.match.relate import TOLD_APART, hardest
from ingest.model import ArticleId, Refusal, Relation, StoryId, Verdict

_FULL_SHARE = 0.75  # of the longest member's words
OF_SERIES = "routine"  # what two issues of one series are to each other


def speaker(claims: Sequence[Claim]) -> Claim:
    """Return the member whose text stands for its story: the earliest full one. Raises ValueError without members."""
    if not claims:
        raise ValueError("a story has at least one member")
    most = max(claim.words for claim in claims)
    return min((claim for claim in claims if claim.words >= _FULL_SHARE * most), key=order_key)


def point(story_id: StoryId, claims: Sequence[Claim], profile: Profile, *, roundup: bool) -> StoryPoint:
    """Return a story as events see it.

    profile: of its speaker's text. roundup: whether grouping told that it is one.
    """
    earliest = min(claims, key=order_key)
    stated = replace(profile, at=earliest.published_at, roundup=profile.roundup or roundup)
    return StoryPoint(id=story_id, key=earliest.key, profile=stated)


def look_alikes(
    verdicts: Iterable[Verdict], story_of: Mapping[ArticleId, StoryId], refused: Iterable[Refusal]
) -> dict[Pair, str]:
    """Return the pairs of stories whose texts look alike and were told apart, each with the hardest of its reasons."""
    found: dict[Pair, set[str]] = {}
    apart = ((v.a, v.b, v.reason) for v in verdicts if v.relation is Relation.DIFFERENT and v.reason in TOLD_APART)
    issues = ((r.a, r.b, OF_SERIES) for r in refused if r.reason == "series")
    for one, other, reason in (*apart, *issues):
        a, b = story_of[one], story_of[other]
        if a != b:
            found.setdefault((min(a, b), max(a, b)), set()).add(reason)
    return hardest_of(found)


def hardest_of(reasons: Mapping[Pair, Iterable[str]]) -> dict[Pair, str]:
    """Return for each pair the hardest of the reasons that told it apart."""
    return {pair: reason for pair, found in reasons.items() if (reason := hardest(found)) is not None}
