"""The same articles give the same stories, in whatever order and through whichever door they come."""

from __future__ import annotations

import random
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ingest.pipeline.batch import match_articles, read_articles
from ingest.pipeline.transfer import import_articles
from tests.pipeline import texts
from tests.pipeline.conftest import START, Newsroom, written


def archive() -> list[dict[str, Any]]:
    """Articles of four publishers: travelled, abridged, rewritten, templated, brief, and unrelated."""
    first_word = texts.SUMMIT[0].replace("LINDHOLM - ", "LINDHOLM (AFP) - ")
    told: list[tuple[str, str, tuple[str, ...], int]] = [
        ("Courier", texts.SUMMIT_TITLE, texts.SUMMIT, 0),
        ("Northern Star", "River talks agreed at Lindholm", (first_word, *texts.SUMMIT[1:]), 40),
        ("Evening Post", "Talks about river", texts.SUMMIT[:4], 95),
        ("Gazette", texts.REWRITE_TITLE, texts.REWRITE, 120),
        ("NewsHub247", texts.SUMMIT_TITLE, (*texts.CRUFT_BEFORE, *texts.SUMMIT, *texts.CRUFT_AFTER), 70),
        ("Courier", "Talks agreed", (texts.SUMMIT[0],), 5),
        ("Gazette", "In brief: talks agreed", (texts.SUMMIT[0],), 6),
        ("Courier", *texts.sanctions(12), -4000),
        ("Gazette", *texts.sanctions(12), -3990),
        ("Courier", *texts.sanctions(13), 10),
        ("Northern Star", *texts.sanctions(13), 20),
        ("Courier", *texts.exports("rise"), -40000),
        ("Gazette", *texts.exports("fall"), 0),
        ("Courier", "Evening briefing", (texts.SUMMIT[0], texts.sanctions(13)[1][0], texts.filler(3)[1][0]), 300),
    ]
    told.append(("Northern Star", *texts.filler(1), 7))  # to the minute with the Courier
    told += [("Courier", *texts.filler(number), 7 * number) for number in range(6)]
    told += [("Evening Post", *texts.filler(number), 7 * number + 60) for number in range(0, 6, 2)]
    return [
        {
            "id": f"a{number}",
            "publisher": publisher,
            "publisher_kind": "aggregator" if publisher == "NewsHub247" else "outlet",
            "title": title,
            "text": "\n".join(paragraphs),
            "url": f"https://{publisher.replace(' ', '').lower()}.example/{number}",
            "published_at": (START + timedelta(minutes=minutes)).isoformat(),
        }
        for number, (publisher, title, paragraphs, minutes) in enumerate(told)
    ]


def shuffled(seed: int) -> list[dict[str, Any]]:
    records = archive()
    random.Random(seed).shuffle(records)
    return records


def taken_in(folder: Path, records: list[dict[str, Any]], pieces: int = 1) -> Newsroom:
    """A newsroom that got these articles through the import door, in so many runs."""
    folder.mkdir()
    newsroom = Newsroom(folder)
    newsroom.now += timedelta(days=1)  # no stamp of the archive lies after the day it is taken in
    size = -(-len(records) // pieces)
    for start in range(0, len(records), size):
        part = written(folder / f"part{start}.jsonl", records[start : start + size])
        import_articles(newsroom.config(), part, newsroom.now, lambda _done, _total: None)
        newsroom.now += timedelta(days=1)
    newsroom.must_be_sound()
    return newsroom


def without_remarks(stories: set[tuple[object, ...]]) -> set[tuple[object, ...]]:
    """Stories without what their first's reason says of when feeds showed it: that is a matter of polling."""
    return {(*row[:7], re.split(r";|, though|\.$", str(row[7]))[0], *row[8:]) for row in stories}


@pytest.fixture(scope="module")
def in_order(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[object, ...]]:
    return taken_in(tmp_path_factory.mktemp("order") / "n", archive()).stories()


def test_the_archive_has_stories_of_every_kind(in_order) -> None:
    assert {row[1] for row in in_order} >= {"original", "copy", "abridgement", "rewrite"}
    assert any(row[5] is None for row in in_order)  # who was first is not always decided
    assert 9 <= len({row[8] for row in in_order}) <= 16


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_order_gives_the_same_stories_relations_and_firsts(tmp_path: Path, in_order, seed: int) -> None:
    assert taken_in(tmp_path / "n", shuffled(seed)).stories() == in_order


def test_reversed_and_in_pieces_with_a_restart_between_gives_the_same(tmp_path: Path, in_order) -> None:
    assert taken_in(tmp_path / "n", archive()[::-1], pieces=5).stories() == in_order


def test_the_batch_engine_gives_the_same_partition(tmp_path: Path, in_order) -> None:
    records = archive()
    lines, _ = match_articles(read_articles(written(tmp_path / "a.jsonl", records)), timedelta(days=14))
    names = {record["id"]: f"{record['publisher']} {record['url']}" for record in records}
    by_story: dict[str, set[str]] = {}
    for line in lines:
        by_story.setdefault(line.story, set()).add(names[line.id])
    assert {"|".join(sorted(members)) for members in by_story.values()} == {row[8] for row in in_order}
    found = {names[line.id]: (line.relation, line.first and names[line.first]) for line in lines}
    # Where two are to the minute, a batch breaks the tie by the file's own ids, which a newsroom does not know.
    assert {row[0]: (row[1], row[5]) for row in in_order if row[5]} == {k: v for k, v in found.items() if v[1]}


def test_matching_all_again_changes_nothing(tmp_path: Path, in_order) -> None:
    from ingest.store.stories import unmatch_all

    newsroom = taken_in(tmp_path / "n", shuffled(4))
    ids = newsroom.rows("SELECT article_id, story_id FROM members ORDER BY article_id")
    with newsroom.desk() as desk:
        unmatch_all(desk.store)
        while desk.matcher.match_waiting(desk.store, newsroom.now):
            pass
    assert newsroom.stories() == in_order
    assert newsroom.rows("SELECT article_id, story_id FROM members ORDER BY article_id") == ids


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_in_which_feeds_show_them_changes_nothing(newsroom: Newsroom, tmp_path: Path, seed: int) -> None:
    """Once all together and once drop by drop over several passes, with a restart before each."""
    other = Newsroom(tmp_path / "other")
    other.folder.mkdir()
    newsroom.now += timedelta(days=1)  # no stamp lies after the poll that shows it
    other.now += timedelta(days=1)
    articles = [
        ("Courier", texts.SUMMIT_TITLE, texts.SUMMIT, 0),
        ("Evening Post", "Talks about river", texts.SUMMIT[:4], 95),
        ("Gazette", texts.REWRITE_TITLE, texts.REWRITE, 120),
        ("Courier", *texts.sanctions(12), -4000),
        ("Gazette", *texts.sanctions(13), 10),
        ("Evening Post", *texts.sanctions(13), 30),
    ]
    sites = {name: newsroom.site() for name in ("Courier", "Evening Post", "Gazette")}
    other.sites = newsroom.sites
    items = []
    for number, (name, title, paragraphs, minutes) in enumerate(articles):
        items.append((name, sites[name].article(f"/{number}", title, paragraphs, minutes=minutes)))
    shown: dict[str, list[Any]] = {name: [] for name in sites}
    for name, site in sites.items():
        other.follow(site.feed([]), name)
    random.Random(seed).shuffle(items)
    for name, item in items:
        shown[name].append(item)
        sites[name].feed(shown[name])
        other.poll(after=timedelta(hours=3))
    for name in sorted(sites, reverse=True):
        newsroom.follow(sites[name].url("/feed.xml"), name)
    newsroom.poll()
    assert without_remarks(newsroom.stories()) == without_remarks(other.stories())
    assert len(newsroom.partition()) == 3
