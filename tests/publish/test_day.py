"""How a day is sorted out: what is news, what is muted, and what comes first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.model import ArticleId, FeedKind, StoryId
from ingest.model.day import Appearance, Fate, Mute, TextNow
from ingest.publish.day import Change, Sorted, changes_of, muted_articles, muted_counts, mutes_for, sort_out
from tests.publish.conftest import SINCE, UNTIL

OLD, NEW = SINCE - timedelta(hours=3), SINCE + timedelta(hours=3)


def seen(article: int, publisher: str = "Post", event: int = 1, **values: Any) -> Appearance:
    given: dict[str, Any] = {
        "article_id": ArticleId(article),
        "story_id": StoryId(event),
        "event_id": StoryId(event),
        "publisher": publisher,
        "kind": FeedKind.OUTLET,
        "language": "en",
        "url": f"https://post.example/news/{article}",
        "at": NEW,
    }
    return Appearance(**(given | values))


def sort(*appearances: Appearance, **values: Any) -> Sorted:
    ways: dict[str, Any] = {"changes": {}, "muted": {}, "hits": {}}
    return sort_out(appearances, since=SINCE, **(ways | values))


# ---------------------------------------------------------------- news


def test_an_event_that_nobody_had_before_is_new() -> None:
    (event,) = sort(seen(1), seen(2, "Echo")).events
    assert (event.goes_on, event.came, event.reach, event.articles) == (False, ("Echo", "Post"), 2, 2)


@pytest.mark.parametrize(
    ("second", "changes", "is_news"),
    [
        (seen(2, "Echo"), {}, True),
        (seen(2, "Post"), {}, False),
        (seen(2, "Links", kind=FeedKind.AGGREGATOR), {}, False),
        (seen(2, "Post", story_id=StoryId(7)), {}, True),
        (seen(2, "Echo", at=None), {}, False),
        (seen(2, "Echo", at=OLD), {2: Change(publisher="Echo", figures=("9",), old_title=None, added_words=1)}, True),
    ],
    ids=["another house", "the same house", "an aggregator", "another report", "a baseline", "a revision"],
)
def test_a_known_event_returns_only_with_news(
    second: Appearance, changes: dict[ArticleId, Change], is_news: bool
) -> None:
    found = sort(seen(1, at=OLD), second, changes=changes)
    assert bool(found.events) == is_news
    assert found.no_news == (frozenset() if is_news else {1})
    assert all(event.goes_on for event in found.events)


def test_events_go_by_families_where_newcomers_count_twice_and_then_by_time() -> None:
    grown = [
        seen(number, f"P{number}", event=1, at=OLD if number < 5 else NEW) for number in range(6)
    ]  # six, one of them new
    fresh = [seen(10 + number, f"P{number}", event=2) for number in range(4)]
    earlier = [seen(20 + number, f"P{number}", event=3, at=NEW - timedelta(minutes=1)) for number in range(4)]
    later = [seen(30, event=4), seen(40, event=5, at=NEW + timedelta(minutes=1))]
    assert [event.id for event in sort(*grown, *fresh, *earlier, *later).events] == [2, 3, 1, 5, 4]


def test_a_reader_of_watches_gets_only_what_they_found() -> None:
    hits = {"a": frozenset({ArticleId(2)}), "b": frozenset({ArticleId(2), ArticleId(1)})}
    (event,) = sort(seen(1), seen(2), seen(3, event=2), hits=hits, only_watched=True).events
    assert event.watches == ("a", "b")
    assert [event.watches for event in sort(seen(1), seen(3, event=2), hits=hits).events] == [("b",), ()]


def test_every_event_has_one_fate() -> None:
    found = sort(seen(1), seen(2, event=2), seen(3, event=3), seen(4, event=4, at=OLD), muted={ArticleId(3): "x"})
    assert found.fates([StoryId(2)]) == {1: Fate.MORE, 2: Fate.SHOWN, 3: Fate.MUTED, 4: Fate.NO_NEWS}


EVENTS = st.lists(
    st.tuples(
        st.integers(1, 5), st.integers(0, 2), st.sampled_from("ABC"),
        st.sampled_from([OLD, NEW, None]), st.sampled_from(list(FeedKind)), st.booleans(),
    ),
    max_size=30,
)  # fmt: skip


@given(EVENTS)
def test_no_event_is_lost_told_twice_or_told_without_news(rows: list[tuple[Any, ...]]) -> None:
    rows.sort(key=lambda row: row[0])
    found = [
        seen(number, name, event=event, story_id=StoryId(event * 10 + story), at=at, kind=kind)
        for number, (event, story, name, at, kind, _) in enumerate(rows)
    ]
    muted = {ArticleId(number): "m" for number, row in enumerate(rows) if row[5]}
    sorted_out = sort(*found, muted=muted)
    told = [event.id for event in sorted_out.events]
    assert len(told) == len(set(told))
    assert sorted([*told, *sorted_out.muted, *sorted_out.no_news]) == sorted({each.event_id for each in found})
    for event in sorted_out.events:
        mine = [each for each in found if each.event_id == event.id]
        assert not all(each.article_id in muted for each in mine)
        assert event.has_news and any(each.at == NEW for each in mine)
    assert sum(event.articles for event in sorted_out.events) == sorted_out.articles <= len(found)


# ---------------------------------------------------------------- revisions


def revised(old: str, new: str, *, old_title: str = "Fire", title: str = "Fire", added: int = 1) -> dict[Any, Change]:
    text = TextNow(
        article_id=ArticleId(1), old_title=old_title, old_text=old, title=title, text=new,
        added_words=added, removed_words=1,
    )  # fmt: skip
    return changes_of([text], [seen(1, at=OLD)])


def test_another_figure_headline_or_passage_is_news_and_a_mended_word_is_not() -> None:
    assert revised("Nine hurt, 3 badly.", "Nine hurt, 3 badly!") == {}
    assert revised("9 hurt of 40", "12 hurt of 40")[1].figures == ("12",)
    assert revised("a", "a", old_title="Fire", title="UPDATE 1-FIRE ") == {}
    assert revised("a", "a", old_title="Fire", title="Fire kills two")[1].old_title == "Fire"
    assert revised("a", "a b", added=10)[1].added_words == 10
    assert revised("a", "a b", added=9) == {}


def test_an_aggregators_revision_is_no_news() -> None:
    text = TextNow(
        article_id=ArticleId(1), old_title="a", old_text="1", title="b", text="2", added_words=99, removed_words=0
    )
    assert changes_of([text], [seen(1, at=OLD, kind=FeedKind.AGGREGATOR)]) == {}
    assert changes_of([text], []) == {}


# ---------------------------------------------------------------- mutes


@pytest.mark.parametrize(
    ("mute", "fits"),
    [
        ({"publisher": "post"}, True),
        ({"publisher": "Post", "language": "de"}, False),
        ({"language": "EN"}, True),
        ({"section": "/Sport/"}, True),
        ({"section": "spo"}, False),
        ({"section": "results.html"}, False),
        ({"query": "final score"}, True),
        ({"query": "horoscope"}, False),
    ],
)
def test_a_mute_fits_where_each_of_its_parts_does(mute: dict[str, str], fits: bool) -> None:
    article = seen(1, url="https://post.example/en/sport/results.html", language="en-GB")
    found = muted_articles([Mute(name="m", **mute)], [article], {"final score": frozenset({ArticleId(1)})})
    assert found == ({1: "m"} if fits else {})


def test_an_event_that_somebody_else_carries_too_is_not_muted() -> None:
    muted = {ArticleId(1): "sport", ArticleId(3): "sport"}
    found = sort(seen(1), seen(2, "Echo"), seen(3, event=2), muted=muted)
    assert [event.id for event in found.events] == [1]
    assert found.muted == {2: "sport"}
    assert muted_counts({StoryId(1): "b", StoryId(2): "a", StoryId(3): "a"}) == (("a", 2), ("b", 1))


def test_a_mute_is_for_all_or_for_one_reader() -> None:
    mutes = (Mute(name="all", language="de"), Mute(name="desk", recipient="Desk@Example.org", language="fr"))
    assert [mute.name for mute in mutes_for(mutes, "desk@example.org")] == ["all", "desk"]
    assert [mute.name for mute in mutes_for(mutes, "")] == ["all"]
    assert NEW < UNTIL
