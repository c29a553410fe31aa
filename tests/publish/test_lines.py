"""What the digest says of one story, and in which order it tells the day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ingest.model import ArticleStatus, FeedKind, Relation, StoryMember, StoryView
from ingest.model.day import FeedNote, Score, Trouble
from ingest.publish.day import Change
from ingest.publish.event_lines import EventLine, Limits, ReportLine, headline
from ingest.publish.lines import word
from tests.publish.conftest import SINCE, make_frame, make_member, make_sheet, make_story

FRAME = make_frame(zone=ZoneInfo("UTC"), public_url=None)
LIMITS = Limits(wide=9, brief=9, names=3, reports=2, title_chars=200, summary_chars=300, sources=9, notes=9)
SIX = SINCE + timedelta(hours=1)


def told(members: tuple[StoryMember, ...], limits: Limits = LIMITS, **values: Any) -> EventLine:
    return told_event([make_story(1, members, **values)], limits)


def told_event(stories: list[StoryView], limits: Limits = LIMITS, **values: Any) -> EventLine:
    """The line of the one event that all these stories are of."""
    sheet = make_sheet(stories, dict.fromkeys((story.id for story in stories), 1), **values)
    (section,) = word(sheet, FRAME, limits).sections
    (line,) = section.events
    return line


def brief(members: tuple[StoryMember, ...], **values: Any) -> ReportLine:
    (section,) = word(make_sheet([make_story(1, members, **values)]), FRAME, LIMITS).sections
    (line,) = section.briefs
    return line


def row(line: EventLine, label: str) -> str | None:
    return dict(line.rows).get(label)


def test_an_aggregator_does_not_count_as_a_publisher() -> None:
    members = (make_member(1, "Post"), make_member(2, "Links", kind=FeedKind.AGGREGATOR))
    assert brief(members).source == "Post, Mon 09:03, and 1 aggregator"
    assert brief(members[1:]).source == "Links, Mon 09:10"


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
    none = replace(LIMITS, names=0, summary_chars=0)
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


# ---------------------------------------------------------------- events


def test_an_event_has_its_widest_story_on_top_and_the_others_beneath() -> None:
    stories = [
        make_story(1, (make_member(1, "Post", title="A witness"),)),
        make_story(2, tuple(make_member(number, f"P{number}", title="The fire") for number in (2, 3, 4))),
        make_story(3, (make_member(5, "Echo", title="What is known"), make_member(6, "P2"))),
        make_story(4, (make_member(7, "Ledger", title="Insurers"),)),
    ]
    line = told_event(stories)
    assert (line.headline, line.reach) == ("The fire", "6 publishers · 4 reports")
    assert [(one.headline, one.source) for one in line.reports] == [
        ("What is known", "Echo, Mon 09:31, and 1 other"),
        ("A witness", "Post, Mon 09:03"),
    ]
    assert line.more_reports == "1 other report"


def test_an_event_that_goes_on_says_what_is_new_and_leaves_the_old_summary_out() -> None:
    old = SINCE - timedelta(hours=5)
    members = (
        make_member(1, "Post", first_seen_at=old, summary="All of it. And more."),
        make_member(2, "Echo", first_seen_at=old),
        make_member(3, "Ledger"),
        make_member(4, "Tavu Times"),
    )
    line = told(members)
    assert line.news == "now also in Ledger and Tavu Times"
    assert line.reach == "4 publishers · goes on"
    assert line.summary == ""
    assert told(members, replace(LIMITS, names=0)).news == "now also in 2 more publishers"
    other = make_story(2, (make_member(9, "Post", title="A second look"),))
    again = told_event([make_story(1, members[:2]), other])
    assert (again.news, again.summary) == ("1 new report", "All of it. And more.")


def test_a_revision_is_told_with_its_figures_and_the_headline_before() -> None:
    old = SINCE - timedelta(hours=5)
    members = (make_member(1, "Post", first_seen_at=old), make_member(2, "Echo", first_seen_at=old))
    change = Change(publisher="Post", figures=("12", "1,400"), old_title="UPDATE 1-Nine dead", added_words=40)
    line = told_event([make_story(1, members)], changes={1: change})
    assert line.news == "Post revised its text (headline before: “Nine dead”, new figures 12 and 1,400, 40 words added)"
    small = Change(publisher="Post", figures=("12",), old_title=None, added_words=0)
    assert told_event([make_story(1, members)], changes={1: small}).news == "Post revised its text (new figure 12)"


def test_a_line_names_the_watches_that_found_it() -> None:
    members = (make_member(1, "Post"), make_member(2, "Echo"))
    assert told_event([make_story(1, members)], hits={"summit": frozenset({2})}).reach.endswith("watch: summit")


# ---------------------------------------------------------------- sections


def test_a_reader_of_watches_gets_a_section_each_and_every_event_once() -> None:
    stories = [
        make_story(1, (make_member(1, "Post", title="Talks"), make_member(2, "Echo"))),
        make_story(2, (make_member(3, "Post", title="Ferries"),)),
        make_story(3, (make_member(4, "Post", title="Nothing of interest"), make_member(5, "Echo"))),
    ]
    hits = {"summit": frozenset({1, 3}), "ferries": frozenset({3}), "bees": frozenset[int]()}
    sections = word(make_sheet(stories, hits=hits, watches=tuple(hits)), FRAME, LIMITS).sections
    assert [(one.title, one.empty) for one in sections] == [
        ("Watch: summit", ""), ("Watch: ferries", "Nothing new in this time."),
        ("Watch: bees", "Nothing new in this time."),
    ]  # fmt: skip
    assert [line.headline for line in sections[0].events] == ["Talks"]
    assert [line.headline for line in sections[0].briefs] == ["Ferries"]


def test_what_a_watch_found_and_has_no_room_is_counted() -> None:
    stories = [make_story(number, (make_member(number, "Post"),)) for number in range(1, 15)]
    hits = {"all": frozenset(range(1, 15))}
    (section,) = word(make_sheet(stories, hits=hits, watches=("all",)), FRAME, LIMITS).sections
    assert (len(section.briefs), section.more) == (9, "5 more that it found")


def test_what_is_muted_or_has_no_news_is_counted() -> None:
    stories = [make_story(number, (make_member(number, "Post"),)) for number in range(1, 6)]
    old = make_story(9, (make_member(9, "Post", first_seen_at=SINCE - timedelta(1)), make_member(8, "Post")))
    sheet = make_sheet([*stories, old], muted={1: "sport", 2: "sport", 3: "stars"})
    digest = word(sheet, FRAME, LIMITS)
    assert digest.left_out == (
        "1 event of earlier days had nothing new.",
        "Muted: 3 events (sport 2 and stars 1).",
    )
    assert digest.lead == "2 articles from 38 feeds made 2 stories on 2 events."
    assert digest.shown == (5, 4)


# ---------------------------------------------------------------- sources and feeds


def test_sources_go_by_how_often_they_were_first_and_say_how_they_moved() -> None:
    def score(name: str, first: int, stories: int = 9) -> Score:
        return Score(publisher=name, stories=stories, first=first)

    now = (score("Post", 5), score("Echo", 3), score("Ledger", 2), score("Tavu Times", 1), score("Corvo", 0))
    before = (score("Echo", 4), score("Post", 2), score("Ledger", 1))
    lines = word(make_sheet((), scores=now, scores_before=before), FRAME, LIMITS).sources
    assert [(line.place, line.name, line.text) for line in lines] == [
        (1, "Post", "first with 5 of 9 stories that others had too, up from 2 with 2 the time before"),
        (2, "Echo", "first with 3 of 9 stories that others had too, down from 1 with 4 the time before"),
        (3, "Ledger", "first with 2 of 9 stories that others had too, as before with 1 the time before"),
        (4, "Tavu Times", "first with 1 of 9 stories that others had too, with none the time before"),
    ]


@pytest.mark.parametrize("trouble", list(Trouble))
def test_the_address_of_a_feed_without_a_title_is_masked(trouble: Trouble) -> None:
    address = "https://news.example/feed?token=quiet-water&page=2"
    note = FeedNote(feed=address, trouble=trouble, reason="http_4xx", detail=f"{address} answered 403", times=2)
    (line,) = word(replace(make_sheet([]), notes=(note,)), FRAME, LIMITS).notes
    assert line.feed == "https://news.example/feed?token=***&page=2"
    assert "quiet-water" not in line.what


def test_a_feed_that_fails_is_silent_or_overflows_says_so_and_the_rest_are_counted() -> None:
    notes = (
        FeedNote(feed="A", trouble=Trouble.FAILING, reason="dns"),
        FeedNote(feed="B", trouble=Trouble.SILENT, at=SINCE - timedelta(days=2)),
        FeedNote(feed="C", trouble=Trouble.OVERFLOWED, times=1, entries=40),
        FeedNote(feed="D", trouble=Trouble.OVERFLOWED, times=3, entries=40),
    )
    digest = word(make_sheet((), notes=notes), FRAME, LIMITS)
    assert [note.what for note in digest.notes] == [
        "dns",
        "silent since Sat 06:00, which is not its habit",
        "overflowed once, by 40 new entries: poll it more often",
        "overflowed 3 times, by 40 new entries: poll it more often",
    ]  # fmt: skip
    few = replace(LIMITS, notes=1)
    assert word(make_sheet((), notes=notes), FRAME, few).more_notes == "3 more"
    assert word(make_sheet((), notes=notes), FRAME, replace(LIMITS, notes=0)).more_notes == "4 feeds, not named here"


# ---------------------------------------------------------------- the lead


@pytest.mark.parametrize(
    ("old", "new", "lead"),
    [
        (0, 4, "8 articles from 38 feeds made 4 stories on 4 events, 50 % less to read."),
        (1, 0, "1 article from 38 feeds made 1 story on 1 event; 1 goes on."),
        (2, 1, "4 articles from 38 feeds made 3 stories on 3 events, 25 % less to read; 1 is new, 2 go on."),
    ],
)
def test_the_lead_says_what_came_of_the_day(old: int, new: int, lead: str) -> None:
    stories = [make_story(number, (make_member(number, "A"), make_member(number + 50, "B"))) for number in range(new)]
    for number in range(100, 100 + old):
        before = make_member(number, "A", first_seen_at=SINCE - timedelta(days=1))
        stories.append(make_story(number, (before, make_member(number + 50, "B"))))
    assert word(make_sheet(stories), FRAME, LIMITS).lead == lead
