"""What must hold for any story, whoever was first."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from ingest.match.attribute import first_of, reach_of
from ingest.match.claims import Claim, claim
from ingest.model import ArticleId, FeedKind
from tests.match.samples import NOON, TEXTS, document

_TITLE, _PARAGRAPHS = TEXTS["en"]
_TEXT = "\n".join(_PARAGRAPHS)
_EDITED = _TEXT.replace("met behind", "sat behind").replace("agreed", "chose")
_FORMS = (
    (_TITLE, _TEXT),
    (_TITLE, _TEXT),
    (_TITLE, _EDITED),
    ("Another title for it", _TEXT),
    (f"{_TITLE} - Valley Lantern", _TEXT),
    (_TITLE, "\n".join(_PARAGRAPHS[:2])),
    (_TITLE, "ANCHORAGE, Alaska (Reuters) - " + _TEXT),
    (_TITLE, "ANCHORAGE, Alaska (AFP) - " + _EDITED),
    (_TITLE, _TEXT + "\nSource: p1.example"),
    (f"UPDATE 1-{_TITLE}", _TEXT),
    (f"CORRECTED-{_TITLE}", "(Corrects the number of prisoners in the first paragraph)\n" + _EDITED),
    (_TITLE, "Advertisement\n" + _TEXT + "\nComments 27"),
    (_TITLE, "LONDON, May 4, 2026 /PRNewswire/ -- " + _TEXT + "\nSOURCE Kelmo Inc."),
)
_READ = tuple(claim(document(1, title, text)) for title, text in _FORMS)
_PUBLISHERS = (
    "p1.example",
    "p2.example",
    "p3.example",
    "p4.example",
    "reuters.com",
    "afp.com",
    "kelmo.example",
    "msn.com",
)


@st.composite
def _stories(draw: st.DrawFn) -> list[Claim]:
    """A few claims, with stamps that collide, are missing, coarse, or contradicted by polls."""
    made = []
    for number in range(draw(st.integers(2, 7))):
        minutes = draw(st.sampled_from([None, 0, 0, 3, 20, 47, 90, 400, 3_000]))
        shown = draw(st.sampled_from([None, None, 5, 60, 500]))
        at = None if minutes is None else NOON + timedelta(minutes=minutes)
        if at is not None and draw(st.integers(0, 5)) == 0:
            at = at.replace(hour=0, minute=0)
        made.append(
            replace(
                draw(st.sampled_from(_READ)),
                id=ArticleId(number + 1),
                key=f"k{number}",
                publisher=draw(st.sampled_from(_PUBLISHERS)),
                kind=draw(st.sampled_from([FeedKind.OUTLET] * 5 + [FeedKind.WIRE])),
                published_at=at,
                first_seen_at=None if shown is None else NOON + timedelta(minutes=shown),
                baseline=draw(st.booleans()),
                aggregates=draw(st.integers(0, 6)) == 0,
            )
        )
    return made


@given(_stories(), st.randoms(use_true_random=False))
def test_the_order_of_members_changes_nothing(story: list[Claim], rng: random.Random) -> None:
    shuffled = rng.sample(story, len(story))
    assert first_of(shuffled) == first_of(story)
    assert reach_of(shuffled) == reach_of(story)


@given(_stories(), st.integers(0, 6), st.integers(1, 5_000))
def test_an_aggregators_copy_changes_nothing_however_early_its_stamp(
    story: list[Claim], place: int, minutes: int
) -> None:
    before = first_of(story)
    copied = story[place % len(story)]
    early = replace(
        copied,
        id=ArticleId(90),
        key="a",
        publisher="shows.example",
        kind=FeedKind.AGGREGATOR,
        aggregates=True,
        published_at=NOON - timedelta(minutes=minutes),
        first_seen_at=None,
    )
    assert first_of([*story, early]).article_id == before.article_id


@given(_stories(), st.integers(0, 5_000))
def test_a_later_copy_of_the_first_makes_no_other_the_first(story: list[Claim], minutes: int) -> None:
    """Where its stamp is believed it stays; an only version without one may be doubted once there is another."""
    before = first_of(story)
    if before.article_id is None:
        return
    copied = next(found for found in story if found.id == before.article_id)
    if copied.words < max(found.words for found in story) * 0.75:
        return  # a copy of a flash makes cut versions look whole
    later = replace(
        copied,
        id=ArticleId(90),
        key="z",
        publisher="late.example",
        kind=FeedKind.OUTLET,
        published_at=NOON + timedelta(days=9, minutes=minutes),
        first_seen_at=None,
    )
    after = first_of([*story, later])
    if copied.stamp.exact:
        assert after.article_id == before.article_id, (before.reason, after.reason)
    else:
        assert after.article_id in (None, before.article_id), (before.reason, after.reason)


@given(_stories())
def test_a_named_member_is_one_of_the_story_and_no_aggregator(story: list[Claim]) -> None:
    found = first_of(story)
    assert found.reason.endswith(".")
    if found.article_id is None:
        assert found.confidence == 0.0
        return
    named = next(each for each in story if each.id == found.article_id)
    assert not named.untrusted
    assert 0.3 <= found.confidence <= 1.0


@given(_stories())
def test_kept_claims_give_the_same_answer(story: list[Claim]) -> None:
    assert first_of([Claim.from_json(each.to_json()) for each in story]) == first_of(story)


@given(_stories())
def test_reach_counts_every_member_once(story: list[Claim]) -> None:
    reach = reach_of(story)
    assert reach.members == len(story)
    assert reach.families + reach.aggregators + reach.regional <= len(story)
