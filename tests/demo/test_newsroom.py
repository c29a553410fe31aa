"""The sample newsroom must be what its labels say."""

import re
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from importlib import resources
from itertools import combinations
from pathlib import Path

import pytest

from ingest.demo.newsroom import (
    EDITIONS,
    Kind,
    PageStyle,
    SampleArticle,
    labels,
    load_newsroom,
    print_article,
    print_edition,
)
from ingest.model import FeedKind

OPENED_AT = datetime(2026, 11, 24, 6, 20, tzinfo=UTC)  # a Tuesday
NEWSROOM = load_newsroom()
BY_NAME = {f"{article.publisher}-{article.slug}": article for article in NEWSROOM.articles}
STARTS = {Kind.BASE, Kind.TEMPLATE, Kind.INDEPENDENT, Kind.ROUNDUP, Kind.LIVEBLOG, Kind.DISCLAIMER}
ALONE = {Kind.ROUNDUP, Kind.LIVEBLOG, Kind.DISCLAIMER}
ABRIDGED = {Kind.ABRIDGED_HALF, Kind.ABRIDGED_LEAD, Kind.ABRIDGED_PARA, Kind.FEED_SUMMARY}


def shingles(article: SampleArticle, edition: int = 1) -> frozenset[tuple[str, ...]]:
    """What a reader gets of an article, in word triples; in Chinese, triples of characters."""
    printed = print_article(NEWSROOM.publisher(article.publisher), article, opened_at=OPENED_AT, edition=edition)
    text = printed.summary if article.kind is Kind.FEED_SUMMARY else " ".join(printed.paragraphs)
    tokens = re.sub(r"\W", "", text) if article.language == "zh" else re.findall(r"\w+", text.lower())
    return frozenset(tuple(tokens[start : start + 3]) for start in range(len(tokens) - 2))


def starts() -> dict[str, SampleArticle]:
    return {article.story: article for article in NEWSROOM.articles if article.kind in STARTS}


def of_kinds(kinds: set[Kind]) -> list[str]:
    return [name for name, article in BY_NAME.items() if article.kind in kinds]


def test_the_newsroom_is_as_large_as_the_demo_promises() -> None:
    first_edition = [article for article in NEWSROOM.articles if article.edition == 1]
    assert len(NEWSROOM.publishers) >= 14
    assert len(first_edition) >= 90
    assert len({article.story for article in NEWSROOM.articles}) >= 18
    assert {publisher.kind for publisher in NEWSROOM.publishers} == set(FeedKind)
    assert {publisher.page for publisher in NEWSROOM.publishers} == set(PageStyle)
    assert {article.kind for article in NEWSROOM.articles} == set(Kind)


def test_the_second_edition_brings_copies_a_new_story_and_revisions() -> None:
    second_edition = [article for article in NEWSROOM.articles if article.edition == 2]
    known = {article.story for article in NEWSROOM.articles if article.edition == 1}
    assert 12 <= len(second_edition) <= 20
    assert {article.story for article in second_edition} - known == {"tank-farm"}
    revised = [article for article in NEWSROOM.articles if article.revision]
    assert {article.story for article in revised} == {"summit", "ferry"}
    for article in revised:
        publisher = NEWSROOM.publisher(article.publisher)
        before, after = (
            print_article(publisher, article, opened_at=OPENED_AT, edition=edition) for edition in EDITIONS
        )
        assert after.title.startswith("UPDATE")
        assert after.title != before.title
        assert after.paragraphs != before.paragraphs
        assert after.published_at == before.published_at == before.updated_at < after.updated_at


def test_every_file_of_the_newsroom_is_short() -> None:
    for file in (resources.files("ingest.demo") / "newsroom").iterdir():
        assert file.read_text(encoding="utf-8").count("\n") < 500, file.name


def test_no_two_articles_share_an_address() -> None:
    assert len(BY_NAME) == len(NEWSROOM.articles)
    assert len({(article.publisher, article.number) for article in NEWSROOM.articles}) == len(NEWSROOM.articles)


@pytest.mark.parametrize("name", of_kinds(STARTS))
def test_a_first_publication_is_as_long_as_news_is(name: str) -> None:
    article = BY_NAME[name]
    unit = r"[\u4e00-\u9fff]" if article.language == "zh" else r"\w+"
    length = len(re.findall(unit, " ".join(article.text.paragraphs)))
    assert 160 <= length <= 470
    assert len(article.text.paragraphs) >= 4


@pytest.mark.parametrize("name", BY_NAME)
def test_nothing_is_left_of_the_placeholders(name: str) -> None:
    article = BY_NAME[name]
    for edition in EDITIONS:
        printed = print_article(NEWSROOM.publisher(article.publisher), article, opened_at=OPENED_AT, edition=edition)
        assert not re.search(r"[{}]", " ".join((printed.title, printed.summary, *printed.paragraphs)))


def test_the_text_speaks_of_the_day_of_its_story() -> None:
    ferry, package = (
        BY_NAME["tarrow-ferry-fire-skarrow-strait"],
        BY_NAME["standard-twelfth-sanctions-package-bans-copper"],
    )
    tarrow, standard = NEWSROOM.publisher("tarrow"), NEWSROOM.publisher("standard")
    assert "on Tuesday," in print_article(tarrow, ferry, opened_at=OPENED_AT, edition=1).paragraphs[0]
    assert "on Wednesday," in print_article(standard, package, opened_at=OPENED_AT, edition=1).paragraphs[0]


def test_january_looks_back_on_december() -> None:
    printed = print_article(
        NEWSROOM.publisher("tarrow"),
        BY_NAME["tarrow-marrland-exports-rise"],
        opened_at=datetime(2027, 1, 12, tzinfo=UTC),
        edition=1,
    )
    assert printed.title == "Marrland’s exports rise 4.2 per cent in December"


@pytest.mark.parametrize("name", BY_NAME)
def test_stamps_lie_in_the_hours_of_their_edition(name: str) -> None:
    """The first edition ends after eight hours; older items that a feed still shows have negative offsets."""
    article = BY_NAME[name]
    hours = article.text.offset / timedelta(hours=1)
    if article.edition == 1:
        assert article.day * 24 <= hours < 8
    else:
        assert 8 <= hours <= 9.5
    if article.revision:
        assert 8 <= article.revision.offset / timedelta(hours=1) <= 9.5


def test_the_expected_first_publisher_is_the_earliest_but_for_aggregators() -> None:
    stories: defaultdict[str, list[SampleArticle]] = defaultdict(list)
    for article in NEWSROOM.articles:
        if NEWSROOM.publisher(article.publisher).kind is not FeedKind.AGGREGATOR:
            stories[article.story].append(article)
    for members in stories.values():
        earliest = min(members, key=lambda article: article.text.offset)
        assert earliest.kind in STARTS
        assert earliest.publisher == earliest.first
        assert sum(article.kind in STARTS for article in members) == 1


def test_some_aggregators_claim_to_have_been_earlier_than_the_original() -> None:
    early = 0
    for article in NEWSROOM.articles:
        if article.source:
            publisher = NEWSROOM.publisher(article.publisher)
            copied = print_article(publisher, article, opened_at=OPENED_AT, edition=2).published_at
            early += copied < OPENED_AT + starts()[article.story].text.offset
    assert 1 <= early <= 3


def test_labels_name_every_article_once() -> None:
    found = labels(NEWSROOM)
    assert Counter((label.publisher, label.slug) for label in found) == Counter(
        (article.publisher, article.slug) for article in NEWSROOM.articles
    )
    summit = [label for label in found if label.story == "summit"]
    assert {label.first for label in summit} == {"standard"}
    assert {Kind.BASE, Kind.BOILER, Kind.AGENCY, Kind.PARA_LIGHT, Kind.ABRIDGED_HALF} <= {
        label.kind for label in summit
    }


def test_round_ups_live_blogs_and_columns_stand_alone() -> None:
    sizes = Counter(article.story for article in NEWSROOM.articles)
    assert {sizes[BY_NAME[name].story] for name in of_kinds(ALONE)} == {1}


@pytest.mark.parametrize("name", of_kinds({Kind.PARA_LIGHT}))
def test_a_light_rewrite_keeps_between_a_third_and_two_thirds_of_the_phrases(name: str) -> None:
    rewrite, original = shingles(BY_NAME[name]), shingles(starts()[BY_NAME[name].story])
    assert 0.35 <= len(rewrite & original) / len(original) <= 0.70
    assert 0.35 <= len(rewrite & original) / len(rewrite) <= 0.70


@pytest.mark.parametrize("name", of_kinds(ABRIDGED))
def test_an_abridgement_is_contained_in_its_original(name: str) -> None:
    part, original = shingles(BY_NAME[name]), shingles(starts()[BY_NAME[name].story])
    assert len(part & original) / len(part) >= 0.88  # house style costs some phrases
    assert len(part) / len(original) <= 0.8


@pytest.mark.parametrize("name", of_kinds(set(Kind) - STARTS - ABRIDGED - {Kind.PARA_LIGHT}))
def test_a_copy_keeps_most_of_its_original(name: str) -> None:
    copied, original = shingles(BY_NAME[name]), shingles(starts()[BY_NAME[name].story])
    assert len(copied & original) / len(copied) >= 0.8
    assert len(copied & original) / len(original) >= 0.7


def test_different_stories_share_less_than_half_of_either_text() -> None:
    texts = [(article, shingles(article, edition=2)) for article in NEWSROOM.articles]
    for (one, left), (other, right) in combinations(texts, 2):
        if one.story != other.story:
            assert len(left & right) < 0.5 * min(len(left), len(right)), f"{one.slug} and {other.slug}"


def test_hard_negatives_do_share_something() -> None:
    """They would be no test of a matcher if they had nothing in common."""
    pairs = [
        ("sanctions-12", "sanctions-13"),
        ("exports-rise", "exports-fall"),
        ("earnings-hartwick", "earnings-pelham"),
        ("weather-wind", "weather-frost"),
        ("match-sallowmouth", "match-kelder"),
        ("column-mortgage", "column-pension"),
        ("briefing-morning", "summit"),
        ("liveblog", "ferry"),
    ]
    for one, other in pairs:
        assert len(shingles(starts()[one]) & shingles(starts()[other])) >= 30, f"{one} and {other}"


def test_an_edition_is_sorted_newest_first_and_holds_nothing_of_the_next() -> None:
    for publisher in NEWSROOM.publishers:
        for edition in EDITIONS:
            printed = print_edition(publisher, NEWSROOM.articles, opened_at=OPENED_AT, edition=edition)
            moments = [piece.published_at for piece in printed]
            assert moments == sorted(moments, reverse=True)
            assert all(piece.article.edition <= edition for piece in printed)
            assert all(piece.article.publisher == publisher.key for piece in printed)


def test_families_are_owners_where_one_is_named() -> None:
    assert NEWSROOM.publisher("mercury").family == NEWSROOM.publisher("kelder").family == "Coastline Titles"
    assert NEWSROOM.publisher("echo").family == "Sallowmouth Echo"


def test_a_change_that_changes_nothing_is_refused(tmp_path: Path) -> None:
    for name in ("publishers.toml", "furniture.toml"):
        text = (resources.files("ingest.demo") / "newsroom" / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text, encoding="utf-8")
    story = """
[[stories]]
label = "small"
first = "echo"
byline = []
paragraphs = ["The seal is back."]
[[stories.articles]]
publisher = "echo"
slug = "seal"
title = "Seal"
at = 1
kind = "base"
changes = [["otter", "stoat"]]
"""
    (tmp_path / "small.toml").write_text(story, encoding="utf-8")
    with pytest.raises(ValueError, match="echo/seal: nothing to change in 'otter'"):
        load_newsroom(tmp_path)
