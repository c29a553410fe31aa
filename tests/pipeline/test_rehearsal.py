"""A rehearsal says exactly what matching everything again then does."""

from __future__ import annotations

import random
import shutil
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ingest.errors import StoreError
from ingest.match.batch import Progress, unheard
from ingest.model import ArticleId
from ingest.pipeline.matching import Matcher
from ingest.pipeline.rehearsal import Rehearsal, match_again, match_rest, rehearse
from ingest.store import backup
from ingest.store.connection import Store, open_reader, open_writer
from ingest.store.migrations import APPLICATION_ID, MIGRATIONS
from tests.pipeline.conftest import Newsroom
from tests.pipeline.test_order import archive, taken_in

WINDOW = timedelta(days=14)


def rehearsed(newsroom: Newsroom, progress: Progress = unheard) -> Rehearsal:
    return rehearse(newsroom.database, lambda: Matcher(window=WINDOW), newsroom.now, progress)


def stored(newsroom: Newsroom) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for row in newsroom.rows("SELECT article_id, story_id FROM members ORDER BY article_id"):
        found.setdefault(row["story_id"], []).append(row["article_id"])
    return found


def foretold(newsroom: Newsroom, found: Rehearsal) -> list[list[int]]:
    """The partition that the rehearsal's changes lead to."""
    stories: dict[object, set[int]] = {story: set(members) for story, members in stored(newsroom).items()}
    for split in found.splits:
        stories[split.story.id] -= {article.id for article in split.articles}
    for merge in found.merges:
        stories[merge.into.id] |= stories.pop(merge.story.id)
    for split in found.splits:
        arriving = {article.id for article in split.articles}
        new = frozenset(arriving | {article.id for article in split.others})
        stories.setdefault(split.into.id if split.into else new, set()).update(arriving)
    return sorted(sorted(members) for members in stories.values() if members)


def tangled(newsroom: Newsroom, seed: int) -> None:
    """Put every third article into a story drawn at random, as no rules would."""
    rng = random.Random(seed)
    articles = [row["article_id"] for row in newsroom.rows("SELECT article_id FROM members ORDER BY article_id")]
    with closing(sqlite3.connect(newsroom.database)) as connection, connection:
        for article in rng.sample(articles, len(articles) // 3):
            story = rng.choice(sorted(stored(newsroom)))
            connection.execute("UPDATE members SET story_id = ? WHERE article_id = ?", [story, article])
        connection.execute(
            "UPDATE stories SET merged_into = (SELECT min(story_id) FROM members), first_article_id = NULL "
            "WHERE id NOT IN (SELECT story_id FROM members)"
        )


def match_all_again(newsroom: Newsroom) -> None:
    with open_writer(newsroom.database, for_command="test") as store:
        match_again(store, Matcher(window=WINDOW), newsroom.now)


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> Newsroom:
    """The archive, taken in once; each test has a copy of the folder."""
    return taken_in(tmp_path_factory.mktemp("archived") / "n", archive())


@pytest.fixture
def newsroom_with_archive(archived: Newsroom, tmp_path: Path) -> Newsroom:
    return replace(archived, folder=shutil.copytree(archived.folder, tmp_path / "n"))


def test_the_same_rules_change_nothing(newsroom_with_archive: Newsroom) -> None:
    found = rehearsed(newsroom_with_archive)
    assert (found.splits, found.merges, found.relations, found.firsts) == ((), (), (), ())
    assert found.counts.articles == len(archive())


@pytest.mark.parametrize("seed", [1, 2])
def test_what_is_foretold_comes_true(newsroom_with_archive: Newsroom, seed: int) -> None:
    newsroom = newsroom_with_archive
    tangled(newsroom, seed)
    found = rehearsed(newsroom)
    expected = foretold(newsroom, found)
    assert found.splits
    match_all_again(newsroom)
    assert sorted(stored(newsroom).values()) == expected
    assert found.counts.stories_after == len(expected)
    after = rehearsed(newsroom)
    assert (after.splits, after.merges, after.relations, after.firsts) == ((), (), (), ())


def test_articles_that_wait_are_counted_and_those_to_be_fetched_left_out(newsroom_with_archive: Newsroom) -> None:
    newsroom = newsroom_with_archive
    with closing(sqlite3.connect(newsroom.database)) as connection, connection:
        connection.execute("UPDATE articles SET matched_hash = NULL WHERE id IN (1, 2)")
        connection.execute("UPDATE articles SET status = 'pending', attempts = 0, next_fetch_at = ? WHERE id = 3",
                           ["2026-05-05T12:00:00Z"])  # fmt: skip
    counts = rehearsed(newsroom).counts
    assert (counts.waiting, counts.articles) == (2, len(archive()) - 1)


def test_progress_is_told_to_the_end(newsroom_with_archive: Newsroom) -> None:
    told: list[tuple[str, int, int]] = []
    rehearsed(newsroom_with_archive, lambda *step: told.append(step))
    assert [stage for stage, done, total in told if done == total] == ["copying", "matching"]


def test_the_copy_is_one_state_whatever_is_written_meanwhile(
    newsroom_with_archive: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom = newsroom_with_archive
    monkeypatch.setattr(backup, "_PAGES", 1)
    with closing(sqlite3.connect(newsroom.database, isolation_level=None)) as daemon:

        def meanwhile(stage: str, done: int, total: int) -> None:
            if stage == "copying":
                daemon.execute("UPDATE articles SET text = text || ' More.', content_hash = ?", [str(done)])

        found = rehearsed(newsroom, meanwhile)
    assert (found.counts.articles, found.counts.waiting) == (len(archive()), 0)
    assert rehearsed(newsroom).counts.waiting == len(archive())


def test_a_database_of_an_older_version_is_rehearsed_and_stays_as_it_is(newsroom_with_archive: Newsroom) -> None:
    newsroom = newsroom_with_archive
    with closing(sqlite3.connect(newsroom.folder / "old.db", isolation_level=None)) as connection:
        MIGRATIONS[0](connection)
        with closing(sqlite3.connect(newsroom.database)) as now:
            for table in ("publishers", "articles", "stories", "members"):
                rows = now.execute(f"SELECT {', '.join(columns(connection, table))} FROM {table}").fetchall()
                marks = ", ".join("?" * len(columns(connection, table)))
                connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("PRAGMA user_version = 1")
    newsroom.database.unlink()
    (newsroom.folder / "old.db").rename(newsroom.database)
    before = newsroom.database.read_bytes()
    found = rehearsed(newsroom)
    assert (found.splits, found.merges, found.relations, found.firsts) == ((), (), (), ())
    assert newsroom.database.read_bytes() == before
    with pytest.raises(StoreError, match="older samewire"):
        open_reader(newsroom.database)


def columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]


def test_without_room_for_the_copy_it_says_so(newsroom_with_archive: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(newsroom_with_archive.folder / "none"))
    with pytest.raises(StoreError, match="TMPDIR may name a folder with more room"):
        rehearsed(newsroom_with_archive)


def test_a_run_that_was_stopped_is_carried_on_and_not_begun_anew(
    newsroom_with_archive: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = stored(newsroom_with_archive)
    real = Matcher.match
    matched: list[int] = []

    def stops(self: Matcher, store: Store, article_id: ArticleId, now: datetime) -> None:
        if len(matched) == 5:
            raise KeyboardInterrupt
        real(self, store, article_id, now)
        matched.append(article_id)

    monkeypatch.setattr(Matcher, "match", stops)
    with pytest.raises(KeyboardInterrupt):
        match_all_again(newsroom_with_archive)
    monkeypatch.setattr(Matcher, "match", real)
    with open_writer(newsroom_with_archive.database, for_command="test") as store:
        rest = match_rest(store, Matcher(window=WINDOW), newsroom_with_archive.now)
    assert rest == len(archive()) - 5
    assert stored(newsroom_with_archive) == before
