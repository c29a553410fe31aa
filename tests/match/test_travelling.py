"""What one step hands to another on a different machine is enough: the answers are those of one machine."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from ingest.match.event_index import MAX_CANDIDATES, nearest, tie_digest
from ingest.match.features import features
from ingest.match.profile import profile
from ingest.match.relate import relate_weighed
from ingest.match.terms import SHARED_BY, Terms, scaled, scales, term_keys, weigh, weighed_keys
from ingest.match.verify import compare
from ingest.model import ArticleId, Document, StoryId
from tests.match.articles import ARTICLES

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def documents() -> list[Document]:
    """Every article of our own, each once as it is and once with another sentence behind it."""
    found = []
    for language, articles in ARTICLES.items():
        for title, first, second in articles:
            for extra in ("", "\n1,840 people and 37 mayors were invited to Lenswick on 12 March."):
                found.append(
                    Document(
                        id=ArticleId(len(found)), key=f"k{len(found)}", title=title, language=language,
                        text=f"{first}\n“{second}”{extra}", published_at=NOON + timedelta(hours=len(found)),
                        publisher=f"p{len(found) % 5}",
                    )
                )  # fmt: skip
    return found


def test_features_that_were_measured_and_packed_give_the_same_verdicts() -> None:
    held = [features(document) for document in documents()[:16]]
    for one in held:
        one.details.measure()
    travelled = pickle.loads(pickle.dumps(held))
    fresh = [features(document) for document in documents()[:16]]
    for a, b in combinations(range(16), 2):
        assert compare(travelled[a], travelled[b]) == compare(fresh[a], fresh[b])


def test_a_story_is_weighed_by_the_frequencies_of_its_own_terms() -> None:
    profiles = [profile(document) for document in documents()]
    whole = Terms.learn(profiles)
    assert len(whole.counts) > 50
    for one, other in pairwise(profiles):
        own = [
            Terms(
                epoch=0,
                stories=whole.stories,
                counts={key: whole.counts[key] for key in weighed_keys(each) & set(whole.counts)},
            )
            for each in (one, other)
        ]
        assert weigh(one, own[0]) == weigh(one, whole)
        assert relate_weighed(weigh(one, own[0]), weigh(other, own[1])) == relate_weighed(
            weigh(one, whole), weigh(other, whole)
        )


def test_frequencies_that_are_summed_by_term_are_those_that_are_learned() -> None:
    profiles = [profile(document) for document in documents()]
    spoken: dict[str, int] = {}
    counts: dict[str, dict[str, int]] = {}
    for each in profiles:
        spoken[each.language] = spoken.get(each.language, 0) + 1
        for key in term_keys(each):
            of_key = counts.setdefault(key, {})
            of_key[each.language] = of_key.get(each.language, 0) + 1
    scale = scales(spoken)
    found = {}
    for key, by_language in counts.items():
        total = sum((scaled(key, n, scale[language]) for language, n in sorted(by_language.items())), 0.0)
        if total >= SHARED_BY:
            found[key] = round(total, 2)
    assert found == Terms.learn(profiles).counts


@given(st.lists(st.tuples(st.integers(0, 9_000), st.integers(0, 80)), max_size=120), st.randoms())
def test_the_nearest_stories_are_the_same_in_any_order(given_stories: list[tuple[int, int]], order) -> None:
    votes = {StoryId(n): weight for n, (weight, _) in enumerate(given_stories)}
    held = {
        StoryId(n): ((), NOON + timedelta(hours=hour), tie_digest(str(n))) for n, (_, hour) in enumerate(given_stories)
    }
    shuffled = list(votes.items())
    order.shuffle(shuffled)
    found, left_out = nearest(votes, held, NOON, timedelta(days=3))
    assert nearest(dict(shuffled), held, NOON, timedelta(days=3)) == (found, left_out)
    worthy = [n for n, (weight, hour) in enumerate(given_stories) if weight >= 4_000 and hour <= 72]
    assert len(found) == min(MAX_CANDIDATES, len(worthy))
    assert left_out == len(worthy) - len(found)
    assert set(found) <= set(worthy)
