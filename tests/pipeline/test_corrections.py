"""A person's word on stories, recorded beside the writer: the next poll applies it and every later one obeys."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ingest.model import ArticleId, ConstraintKind
from ingest.store import corrections
from ingest.store.connection import open_for_notes
from tests.pipeline import texts
from tests.pipeline.conftest import Newsroom, Site

HOURS = timedelta(hours=3)


@pytest.fixture
def sites(newsroom: Newsroom) -> list[Site]:
    """Three houses with the summit, and one local story."""
    sites = [newsroom.site() for _ in range(3)]
    for number, site in enumerate(sites):
        items = [site.article(f"/s{number}", texts.SUMMIT_TITLE, texts.SUMMIT, minutes=30 * number)]
        if not number:
            items.append(site.article("/local", *texts.filler(2)))
        newsroom.follow(site.feed(items), f"House {number}")
    newsroom.poll()
    assert len(newsroom.partition()) == 2
    return sites


def article(newsroom: Newsroom, path: str) -> ArticleId:
    return ArticleId(newsroom.one("SELECT id FROM articles WHERE url LIKE ?", f"%{path}"))


def story_of(newsroom: Newsroom, path: str) -> int:
    return newsroom.one("SELECT story_id FROM members WHERE article_id = ?", article(newsroom, path))


def say(newsroom: Newsroom, kind: ConstraintKind, a: ArticleId, b: ArticleId | None = None) -> int:
    with open_for_notes(newsroom.database) as store:
        return corrections.record_constraint(store, kind, a, b, made_by="ada", now=newsroom.now)


def take_back(newsroom: Newsroom, line: int) -> None:
    with open_for_notes(newsroom.database) as store:
        corrections.undo(store, line, made_by="ada", now=newsroom.now)


def a_new_copy_arrives(newsroom: Newsroom) -> None:
    site = newsroom.site()
    newsroom.follow(site.feed([site.article("/late", texts.SUMMIT_TITLE, texts.SUMMIT, minutes=90)]), "Late House")


def test_recording_changes_no_story_until_the_next_poll(newsroom, sites) -> None:
    before = newsroom.stories()
    say(newsroom, ConstraintKind.SPLIT, article(newsroom, "/s1"))
    assert newsroom.stories() == before
    newsroom.poll(after=timedelta(minutes=1))
    assert newsroom.stories() != before
    assert newsroom.one("SELECT count(*) FROM journal WHERE action = 'applied'") == 1


def test_a_split_article_stands_alone_and_stays_alone(newsroom, sites) -> None:
    line = say(newsroom, ConstraintKind.SPLIT, article(newsroom, "/s1"))
    newsroom.poll(after=timedelta(minutes=1))
    a_new_copy_arrives(newsroom)
    newsroom.poll(after=HOURS)
    assert story_of(newsroom, "/s0") == story_of(newsroom, "/s2") == story_of(newsroom, "/late")
    assert newsroom.one("SELECT count(*) FROM members WHERE story_id = ?", story_of(newsroom, "/s1")) == 1
    take_back(newsroom, line)
    newsroom.poll(after=HOURS)
    assert len({story_of(newsroom, f"/{name}") for name in ("s0", "s1", "s2", "late")}) == 1
    newsroom.must_be_sound()


def test_a_split_holds_when_the_article_is_revised(newsroom, sites) -> None:
    say(newsroom, ConstraintKind.SPLIT, article(newsroom, "/s1"))
    newsroom.poll(after=timedelta(minutes=1))
    item = sites[1].article("/s1", f"UPDATE 1-{texts.SUMMIT_TITLE}", (*texts.SUMMIT, "Adds a last line of news."))
    item.summary = "Adds a line."
    sites[1].feed([item])
    newsroom.poll(after=HOURS)
    assert newsroom.one("SELECT count(*) FROM revisions") == 1
    assert newsroom.one("SELECT count(*) FROM members WHERE story_id = ?", story_of(newsroom, "/s1")) == 1


def test_two_articles_told_apart_never_share_a_story(newsroom, sites) -> None:
    line = say(newsroom, ConstraintKind.APART, article(newsroom, "/s0"), article(newsroom, "/s2"))
    newsroom.poll(after=timedelta(minutes=1))
    assert story_of(newsroom, "/s0") != story_of(newsroom, "/s2")
    a_new_copy_arrives(newsroom)
    newsroom.poll(after=HOURS)
    assert story_of(newsroom, "/s0") != story_of(newsroom, "/s2")
    take_back(newsroom, line)
    newsroom.poll(after=HOURS)
    assert len({story_of(newsroom, f"/{name}") for name in ("s0", "s1", "s2", "late")}) == 1
    newsroom.must_be_sound()


def test_a_merge_keeps_the_older_story_and_the_other_leads_to_it(newsroom, sites) -> None:
    summit, local = story_of(newsroom, "/s0"), story_of(newsroom, "/local")
    older, newer = sorted((summit, local))
    line = say(newsroom, ConstraintKind.MERGE, article(newsroom, "/s0"), article(newsroom, "/local"))
    newsroom.poll(after=timedelta(minutes=1))
    assert story_of(newsroom, "/s0") == story_of(newsroom, "/local") == older
    assert newsroom.one("SELECT merged_into FROM stories WHERE id = ?", newer) == older
    (row,) = newsroom.rows("SELECT m.* FROM members m WHERE article_id = ?", article(newsroom, "/local"))
    assert row["relation"] == "original" or (row["reason"] == "person" and row["via"] is not None)
    a_new_copy_arrives(newsroom)
    newsroom.poll(after=HOURS)
    assert story_of(newsroom, "/late") == story_of(newsroom, "/local") == older
    take_back(newsroom, line)
    newsroom.poll(after=HOURS)
    assert story_of(newsroom, "/late") == story_of(newsroom, "/s0") != story_of(newsroom, "/local")
    newsroom.must_be_sound()


def test_the_row_that_a_person_replaced_stands_in_the_journal(newsroom, sites) -> None:
    (before,) = newsroom.rows("SELECT * FROM members WHERE article_id = ?", article(newsroom, "/s1"))
    say(newsroom, ConstraintKind.SPLIT, article(newsroom, "/s1"))
    newsroom.poll(after=timedelta(minutes=1))
    detail = newsroom.rows(
        "SELECT json_extract(detail, '$.member_before.story_id') AS story_id, "
        "json_extract(detail, '$.member_before.relation') AS relation FROM journal "
        "WHERE action = 'joined' AND article_id = ? ORDER BY id DESC LIMIT 1",
        before["article_id"],
    )
    assert detail == [{"story_id": before["story_id"], "relation": before["relation"]}]


def test_the_later_word_does_not_undo_the_earlier_by_itself(newsroom, sites) -> None:
    """A merge against an `apart` that stands: the two stay apart until a person takes that back."""
    line = say(newsroom, ConstraintKind.APART, article(newsroom, "/s0"), article(newsroom, "/local"))
    say(newsroom, ConstraintKind.MERGE, article(newsroom, "/s1"), article(newsroom, "/local"))
    newsroom.poll(after=timedelta(minutes=1))
    assert story_of(newsroom, "/s0") != story_of(newsroom, "/local")
    take_back(newsroom, line)
    newsroom.poll(after=HOURS)
    assert story_of(newsroom, "/s0") == story_of(newsroom, "/local") == story_of(newsroom, "/s1")
    newsroom.must_be_sound()
