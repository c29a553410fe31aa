"""What stands for a story in the event tier."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ingest.match.claims import claim
from ingest.match.kin import look_alikes, point, speaker
from ingest.match.profile import profile
from ingest.model import ArticleId, Refusal, StoryId
from tests.match.samples import NOON, document
from tests.match.test_cluster import join, veto

LONG = "The ferry resumed its crossing to Holm on Monday after two days in port. " * 8


def test_the_earliest_full_text_speaks_and_the_earliest_of_all_dates() -> None:
    short, later, full = (
        document(1, "Ferry", LONG[:70], minutes=0), document(2, "Ferry", LONG, minutes=90),
        document(3, "Ferry", LONG, minutes=30),
    )  # fmt: skip
    claims = [claim(each) for each in (later, full, short)]
    assert speaker(claims).id == 3
    found = point(StoryId(7), claims, profile(full), roundup=False)
    assert (found.id, found.key, found.profile.at) == (7, claim(short).key, NOON)
    assert profile(full).at == NOON + timedelta(minutes=30)
    with pytest.raises(ValueError, match="at least one member"):
        speaker([])


@pytest.mark.parametrize(("by_words", "by_grouping"), [(False, False), (True, False), (False, True), (True, True)])
def test_a_round_up_is_one_by_its_own_words_or_by_what_it_holds(by_words: bool, by_grouping: bool) -> None:
    told = document(1, "Ferry", LONG)
    found = point(StoryId(1), [claim(told)], replace(profile(told), roundup=by_words), roundup=by_grouping)
    assert found.profile.roundup is (by_words or by_grouping)


def test_stories_told_apart_by_a_form_or_a_series_are_look_alikes() -> None:
    story_of = {ArticleId(n): StoryId(n // 10) for n in (10, 11, 20, 30, 40)}
    verdicts = [join(10, 20), veto(30, 20, "numbers"), veto(10, 11, "numbers"), veto(10, 30, "dissimilar")]
    refused = [Refusal(a=ArticleId(11), b=ArticleId(40), reason="series"),
               Refusal(a=ArticleId(11), b=ArticleId(20), reason="hinge")]  # fmt: skip
    assert look_alikes(verdicts, story_of, refused) == {(2, 3): "numbers", (1, 4): "routine"}
