"""What the digest says of one story, and in which order it tells the day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ingest.model import ArticleStatus, FeedKind, Relation, StoryMember
from ingest.publish.lines import BriefLine, DayCounts, Frame, Limits, StoryLine, headline, rank, reach, word
from tests.publish.conftest import DAY, SINCE, UNTIL, make_member, make_story

FRAME = Frame(day=DAY, since=SINCE, until=UNTIL, zone=ZoneInfo("UTC"), public_url=None, recipient="desk@example.org")
LIMITS = Limits(wide=9, brief=9, names=3, title_chars=200, summary_chars=300, notes=3)
COUNTS = DayCounts(articles=5, stories=1, feeds=3, failing=0)
SIX = SINCE + timedelta(hours=1)


def told(members: tuple[StoryMember, ...], limits: Limits = LIMITS, **values: Any) -> StoryLine:
    (line,) = word(rank([make_story(1, members, **values)]), FRAME, limits, counts=COUNTS).stories
    return line


def brief(members: tuple[StoryMember, ...], **values: Any) -> BriefLine:
    (line,) = word(rank([make_story(1, members, **values)]), FRAME, LIMITS, counts=COUNTS).briefs
    return line


def row(line: StoryLine, label: str) -> str | None:
    return dict(line.rows).get(label)


# ---------------------------------------------------------------- order


def test_stories_go_by_independent_publishers_then_by_the_latest_news() -> None:
    def story(number: int, *publishers: str, hours: int = 0) -> Any:
        at = SIX + timedelta(hours=hours)
        return make_story(number, tuple(make_member(number, name, published_at=at) for name in publishers))

    stories = [
        story(1, "A", "B"),
        story(2, "A", "B", "C"),
        story(3, "A", "B", hours=1),
        story(4, "A"),
        story(5, "A", "A"),
    ]
    ranked = rank([*stories, make_story(6, ())])
    assert [item.id for item in ranked.wide] == [2, 3, 1]
    assert [item.id for item in ranked.narrow] == [4, 5]


def test_an_aggregator_does_not_count_as_a_publisher() -> None:
    members = (make_member(1, "Post"), make_member(2, "Links", kind=FeedKind.AGGREGATOR))
    assert reach(make_story(1, members)) == 1
    assert brief(members).source == "Post, Mon 09:03, and 1 aggregator"
    assert reach(make_story(1, members[1:])) == 1


# ---------------------------------------------------------------- headline and summary


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("UPDATE 1-Ferry fire hurts 17", "Ferry fire hurts 17"),
        ("UPDATE: Leaders to meet", "Leaders to meet"),
        ("REFILE-Bank holds rate", "Bank holds rate"),
        ("WRAPUP 12 – Storm", "Storm"),
        ("CORRECTED-Bank holds rate", "CORRECTED-Bank holds rate"),
        ("UPDATED rules for ferries", "UPDATED rules for ferries"),
        ("UPDATE 1-", "UPDATE 1-"),
        ("Minister: UPDATE: nothing", "Minister: UPDATE: nothing"),
    ],
)
def test_a_wires_slug_is_left_out_of_the_headline_and_nothing_else(title: str, shown: str) -> None:
    assert headline(make_story(1, (make_member(1, "Post"),), title=title), 200) == shown


def test_a_story_without_a_title_takes_a_members_and_else_says_so() -> None:
    members = (make_member(1, "Post", title=" \u200b"), make_member(2, "Echo", title="Fair in Lindal"))
    assert headline(make_story(1, members, title=""), 200) == "Fair in Lindal"
    assert headline(make_story(1, members[:1], title=""), 200) == "(no headline)"


def test_the_summary_is_two_sentences_of_a_member_that_was_read_whole_without_its_dateline() -> None:
    members = (
        make_member(1, "Post", summary="Only the feed's words.", status=ArticleStatus.SUMMARY),
        make_member(2, "Echo", summary="LINDAL (Northwire) — One. Two of Dr. Aas. Three."),
    )
    assert told(members).summary == "One. Two of Dr. Aas."
    assert told((members[0], make_member(2, "Echo"))).summary == "Only the feed's words."
    assert told((make_member(1, "Post"), make_member(2, "Echo"))).summary == ""


def test_the_summary_is_the_words_of_who_was_first_and_no_aggregators_where_there_is_another() -> None:
    members = (
        make_member(1, "Links", kind=FeedKind.AGGREGATOR, summary="2 hours ago 1 Image. Words."),
        make_member(2, "Echo", summary="The echo's words."),
        make_member(3, "Post", summary="The post's words."),
    )
    assert told(members, first_article_id=None).summary == "The echo's words."
    assert told(members, first_article_id=3).summary == "The post's words."


# ---------------------------------------------------------------- who had it first


def test_first_names_the_lead_over_the_next_publisher() -> None:
    members = (
        make_member(1, "Post", published_at=SIX),
        make_member(2, "Post", published_at=SIX + timedelta(minutes=1)),
        make_member(3, "Links", kind=FeedKind.AGGREGATOR, published_at=SIX + timedelta(minutes=2)),
        make_member(4, "Echo", published_at=SIX + timedelta(minutes=75)),
    )
    assert row(told(members), "First:") == "Post, Mon 07:00; 1 h 15 min before Echo"


@pytest.mark.parametrize(
    ("first", "second", "text"),
    [
        (
            {"published_at": SIX},
            {"published_at": SIX + timedelta(seconds=20)},
            "Post, Mon 07:00; Echo in the same minute",
        ),
        ({"published_at": SIX}, {"published_at": SIX - timedelta(hours=1)}, "Post, Mon 07:00"),
        ({"published_at": SIX}, {"published_at": None, "baseline": True}, "Post, Mon 07:00"),
        (
            {"published_at": None, "first_seen_at": SIX},
            {"published_at": SIX + timedelta(minutes=9)},
            "Post, seen Mon 07:00; about 9 min before Echo",
        ),
        ({"published_at": None, "baseline": True}, {"published_at": SIX}, "Post, time not known"),
    ],
    ids=["same minute", "order unclear", "second unknown", "first only seen", "baseline"],
)
def test_a_lead_is_stated_only_where_both_times_are_known(
    first: dict[str, Any], second: dict[str, Any], text: str
) -> None:
    assert row(told((make_member(1, "Post", **first), make_member(2, "Echo", **second))), "First:") == text


def test_an_undecided_first_says_so_with_its_reason() -> None:
    members = (make_member(1, "Post"), make_member(2, "Echo"))
    line = told(members, first_article_id=None, first_reason="both carry the same minute.")
    assert line.rows[0] == ("", "Who had it first is not decided: both carry the same minute.")
    assert row(line, "Carried by") == "Post and Echo"
    assert told(members, first_article_id=None, first_reason="").rows[0][1] == "Who had it first is not decided."


# ---------------------------------------------------------------- how it travelled


def test_other_publishers_are_named_as_far_as_there_is_room() -> None:
    members = tuple(make_member(number, f"P{number}") for number in range(7))
    assert row(told(members), "Also in") == "P1, P2, P3 and 3 more"
    none = Limits(wide=9, brief=9, names=0, title_chars=200, summary_chars=0, notes=1)
    line = told((*members, make_member(9, "Links", kind=FeedKind.AGGREGATOR)), none)
    assert row(line, "Also in") == "6 publishers; 1 aggregator"


@pytest.mark.parametrize(
    ("relations", "revisions", "expected"),
    [
        ((Relation.COPY, Relation.COPY, Relation.REWRITE), 0, ("Printed as", "2 copies, 1 rewrite")),
        ((Relation.ABRIDGEMENT,), 1, ("Printed as", "1 abridgement; revised once")),
        ((Relation.REVISION,), 1_200, ("Printed as", "1 later version; revised 1,200 times")),
        ((Relation.ORIGINAL,), 2, ("", "Revised twice.")),
        ((Relation.ORIGINAL,), 0, None),
    ],
)
def test_forms_and_revisions_are_counted(
    relations: tuple[Relation, ...], revisions: int, expected: tuple[str, str] | None
) -> None:
    members = (
        make_member(0, "Post", relation=Relation.ORIGINAL),
        *(make_member(number, f"P{number}", relation=relation) for number, relation in enumerate(relations, 1)),
    )
    last = told(members, revisions=revisions).rows[-1]
    assert last == expected if expected else last[0] == "Also in"


# ---------------------------------------------------------------- the lead


@pytest.mark.parametrize(
    ("wide", "counts", "lead"),
    [
        (2, DayCounts(articles=9, stories=4, feeds=3, failing=0),
         "9 articles from 3 feeds made 4 stories, 2 of them carried by more than one publisher."),
        (0, DayCounts(articles=2, stories=2, feeds=1, failing=0),
         "2 articles from 1 feed made 2 stories, none of them carried by more than one publisher."),
        (1, DayCounts(articles=2, stories=1, feeds=0, failing=0), "2 articles made 1 story."),
    ],
)  # fmt: skip
def test_the_lead_says_what_came_of_the_day(wide: int, counts: DayCounts, lead: str) -> None:
    stories = [make_story(number, (make_member(number, "A"), make_member(number + 50, "B"))) for number in range(wide)]
    assert word(rank(stories), FRAME, LIMITS, counts=counts).lead == lead
