"""The case that samewire was made for: one article as it travels, and notices that only look alike."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.pipeline import texts
from tests.pipeline.conftest import Item, Newsroom, Site


def aggregator_page(site: Site, path: str, minutes: int) -> Item:
    """The same text among what an aggregator puts around it."""
    paragraphs = (
        *texts.CRUFT_BEFORE, *texts.SUMMIT[:3], *texts.CRUFT_WITHIN, *texts.SUMMIT[3:], *texts.CRUFT_AFTER,
    )  # fmt: skip
    return site.article(path, texts.SUMMIT_TITLE, paragraphs, minutes=minutes)


def agency_copy(site: Site, path: str, minutes: int) -> Item:
    """The same text under a house title, credited to its agency."""
    first = texts.SUMMIT[0].replace("LINDHOLM - ", "LINDHOLM (AFP) - ")
    return site.article(path, "River talks agreed at Lindholm", (first, *texts.SUMMIT[1:]), minutes=minutes)


def summit(newsroom: Newsroom) -> dict[str, Site]:
    """Five houses with one text; each has a local story of its own beside it."""
    sites = {name: newsroom.site() for name in ("Courier", "NewsHub247", "Evening Post", "Northern Star", "Gazette")}
    items = {
        "Courier": sites["Courier"].article("/selva", texts.SUMMIT_TITLE, texts.SUMMIT),
        "NewsHub247": aggregator_page(sites["NewsHub247"], "/p/88123", 70),
        "Evening Post": sites["Evening Post"].article(
            "/river", "Vardania and Osmark to talk about river", texts.SUMMIT[:4], minutes=95
        ),
        "Northern Star": agency_copy(sites["Northern Star"], "/world/selva", 40),
        "Gazette": sites["Gazette"].article("/a/17", texts.REWRITE_TITLE, texts.REWRITE, minutes=120),
    }
    for number, (name, site) in enumerate(sites.items()):
        own = site.article(f"/local/{number}", *texts.filler(number), minutes=number)
        kind = "aggregator" if name == "NewsHub247" else "outlet"
        newsroom.follow(site.feed([items[name], own], title=name), name, kind)
    return sites


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    """The summit after one pass, which tests only look at."""
    newsroom = Newsroom(tmp_path_factory.mktemp("summit"))
    summit(newsroom)
    newsroom.poll()
    yield newsroom
    newsroom.close()


@pytest.fixture(scope="module")
def members(told: Newsroom) -> dict[str, dict[str, object]]:
    """The members of the summit's story, by publisher."""
    rows = told.rows(
        "SELECT p.name, m.*, a.status, a.text FROM members m JOIN articles a ON a.id = m.article_id "
        "JOIN publishers p ON p.id = a.publisher_id WHERE a.url NOT LIKE '%/local/%'"
    )
    return {row["name"]: row for row in rows}


def test_the_article_its_copies_its_abridgement_and_its_rewrite_are_one_story(told, members) -> None:
    assert {row["status"] for row in members.values()} == {"extracted"}
    assert len({row["story_id"] for row in members.values()}) == 1
    assert told.one("SELECT count(*) FROM story_list") == 6  # and five local stories
    told.must_be_sound()


def test_every_member_says_what_it_is_to_which_other_and_why(told, members) -> None:
    relations = {name: row["relation"] for name, row in members.items()}
    assert relations["Courier"] == "original"
    assert relations["Northern Star"] == relations["NewsHub247"] == "copy"
    assert relations["Evening Post"] == "abridgement"
    assert relations["Gazette"] in ("rewrite", "abridgement")
    ids = {row["article_id"] for row in members.values()}
    for name, row in members.items():
        assert 0 < row["score"] <= 1, name
        assert row["reason"] not in ("", "unmatched"), name
        assert (row["via"] is None) == (name == "Courier")
        assert row["via"] is None or (row["via"] in ids and row["via"] != row["article_id"])


def test_the_outlet_that_published_first_is_named_and_the_reason_is_told(told, members) -> None:
    (story,) = told.rows("SELECT * FROM stories WHERE id = ?", members["Courier"]["story_id"])
    assert story["first_article_id"] == members["Courier"]["article_id"]
    assert story["first_confidence"] > 0.5
    assert "Courier published by 2026-05-05 09:00 UTC" in story["first_reason"]


def test_without_an_agency_in_play_the_first_stamp_decides(newsroom: Newsroom) -> None:
    courier, hub = newsroom.site(), newsroom.site()
    newsroom.follow(courier.feed([courier.article("/selva", texts.SUMMIT_TITLE, texts.SUMMIT, minutes=0)]), "Courier")
    newsroom.follow(hub.feed([aggregator_page(hub, "/p/1", -30)]), "NewsHub247", "aggregator")
    newsroom.poll()
    (story,) = newsroom.rows("SELECT * FROM story_list")
    assert (story["articles"], story["first_publisher"]) == (2, "Courier")


def test_the_aggregators_furniture_is_no_part_of_what_is_compared(told, members) -> None:
    verdicts = told.rows(
        "SELECT * FROM verdicts WHERE article_a IN (?1, ?2) AND article_b IN (?1, ?2)",
        members["Courier"]["article_id"],
        members["NewsHub247"]["article_id"],
    )
    assert [row["relation"] for row in verdicts] == ["copy"]
    assert verdicts[0]["jaccard"] > 0.9


@pytest.mark.parametrize(
    ("one", "other"),
    [(texts.sanctions(12), texts.sanctions(13)), (texts.exports("rise"), texts.exports("fall"))],
    ids=["12th and 13th package", "exports rise and fall"],
)
def test_two_issues_of_one_template_stay_two_stories(newsroom: Newsroom, one, other) -> None:
    a, b = newsroom.site(), newsroom.site()
    newsroom.follow(a.feed([a.article("/one", *one, minutes=-4000)]), "Courier")
    newsroom.follow(b.feed([b.article("/other", *other)]), "Gazette")
    newsroom.poll()
    assert len(newsroom.partition()) == 2
    (verdict,) = newsroom.rows("SELECT * FROM verdicts")
    assert verdict["relation"] == "different"
    assert verdict["veto"]


def test_copies_of_both_issues_go_each_to_its_own(newsroom: Newsroom) -> None:
    sites = [newsroom.site() for _ in range(4)]
    for number, site in enumerate(sites):
        item = site.article("/s", *texts.sanctions(12 + number % 2), minutes=-4000 * (1 - number % 2) + number)
        newsroom.follow(site.feed([item]), f"House {number}")
    newsroom.poll()
    twelfth, thirteenth = (texts.sanctions(number)[0] for number in (12, 13))
    assert newsroom.partition() == {
        frozenset({f"House 0: {twelfth}", f"House 2: {twelfth}"}),
        frozenset({f"House 1: {thirteenth}", f"House 3: {thirteenth}"}),
    }


def test_a_copy_that_arrives_after_a_restart_joins_its_story(newsroom: Newsroom) -> None:
    courier, star = newsroom.site(), newsroom.site()
    newsroom.follow(courier.feed([courier.article("/selva", texts.SUMMIT_TITLE, texts.SUMMIT)]), "Courier")
    newsroom.follow(star.feed([star.article("/l", *texts.filler(1))]), "Northern Star")
    newsroom.poll()
    story = newsroom.one(
        "SELECT story_id FROM members m JOIN articles a ON a.id = m.article_id WHERE a.url LIKE '%selva'"
    )
    star.feed([agency_copy(star, "/world/selva", 40), star.article("/l", *texts.filler(1))])
    newsroom.poll(after=timedelta(hours=3))
    (copy,) = newsroom.rows(
        "SELECT m.* FROM members m JOIN articles a ON a.id = m.article_id WHERE a.url LIKE '%/world/selva'"
    )
    assert (copy["story_id"], copy["relation"]) == (story, "copy")
    assert newsroom.one("SELECT count(*) FROM journal WHERE action = 'merged' AND story_id <> ?", story) == 1


def test_an_old_text_is_found_again_after_a_restart_however_old_it_is(newsroom: Newsroom) -> None:
    """The window compares the articles' times, not theirs with ours."""
    courier, star = newsroom.site(), newsroom.site()
    last_year = -60 * 24 * 300
    newsroom.follow(
        courier.feed([courier.article("/selva", texts.SUMMIT_TITLE, texts.SUMMIT, minutes=last_year)]), "Courier"
    )
    newsroom.poll()
    newsroom.follow(star.feed([agency_copy(star, "/world/selva", last_year + 40)]), "Northern Star")
    newsroom.poll(after=timedelta(hours=3))
    assert newsroom.one("SELECT count(DISTINCT story_id) FROM members") == 1
