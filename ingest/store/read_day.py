"""What the digest asks: who carried what in a span of time, what was revised, and how feeds and sources did."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from ingest.model import ArticleId, FeedKind, StoryId
from ingest.model.day import Appearance, FeedNote, Score, TextNow, Trouble
from ingest.store.sql import id_list
from ingest.store.times import optional_time, to_text
from ingest.text.search import indexed

#: Articles of a span (?1, ?2). What a feed's first poll showed counts by the time its publisher gave: we saw it late.
CAME = """
SELECT id FROM articles INDEXED BY articles_fresh WHERE first_seen_at >= ?1 AND first_seen_at < ?2 AND baseline = 0
UNION ALL
SELECT id FROM articles INDEXED BY articles_stale WHERE published_at >= ?1 AND published_at < ?2 AND baseline = 1
"""
# Articles with the earliest text that was replaced in the span.
_REVISED = (
    "SELECT article_id, min(id) AS revision FROM revisions WHERE replaced_at >= ?1 AND replaced_at < ?2 GROUP BY 1"
)

#: The article was known by the end of the span; one from a first poll or an archive, had we looked in time.
KNOWN = "CASE WHEN a.baseline THEN coalesce(a.published_at, a.first_seen_at) ELSE a.first_seen_at END < ?2"

_APPEARANCES = f"""
WITH moved(story) AS (
    SELECT DISTINCT m.story_id
    FROM ({CAME} UNION ALL SELECT article_id FROM ({_REVISED})) came JOIN members m ON m.article_id = came.id
),
touched(event) AS MATERIALIZED (
    SELECT DISTINCT coalesce(s.event_id, s.id) FROM moved JOIN stories s ON s.id = moved.story
),
told(event, story) AS (
    SELECT touched.event, s.id FROM touched JOIN stories s ON s.event_id = touched.event
    UNION
    SELECT event, event FROM touched  -- not related yet: it stands for itself
)
SELECT a.id, told.story, told.event, a.publisher_id, a.language, a.url,
       CASE WHEN a.baseline THEN a.published_at ELSE a.first_seen_at END AS at
FROM told
CROSS JOIN members m ON m.story_id = told.story
CROSS JOIN articles a ON a.id = m.article_id
WHERE {KNOWN}
"""

# A feed that brings something every day and has brought nothing in the span, though it answers.
_SILENT = """
SELECT coalesce(f.title, f.url) AS feed, f.last_change_at,
       (SELECT count(DISTINCT substr(e.first_seen_at, 1, 10)) FROM entries e
        WHERE e.feed_id = f.id AND e.first_seen_at >= ?2 AND e.first_seen_at < ?1 AND e.first_seen_at > f.baseline_at)
           AS days
FROM feeds f
WHERE f.status = 'active' AND f.failures = 0 AND f.baseline_at < ?2
  AND NOT EXISTS (SELECT 1 FROM entries e WHERE e.feed_id = f.id AND e.first_seen_at >= ?1)
  AND days >= ?3
ORDER BY f.last_change_at
"""

# Polls that found nothing they knew. A feed that shows but one or two items at a time does so whenever it brings news.
_OVERFLOWED = """
SELECT coalesce(f.title, f.url) AS feed, count(*) AS polls, max(po.new_entries) AS most
FROM polls po JOIN feeds f ON f.id = po.feed_id
WHERE po.started_at >= ?1 AND po.started_at < ?2 AND po.outcome = 'ok' AND po.reason = 'overflow'
  AND po.new_entries >= 3 AND f.status = 'active'
GROUP BY f.id ORDER BY polls DESC, feed
"""

# Stories that began in the span, with those who carry them beside the one that was first.
_TAKEN_UP = f"""
SELECT s.id AS story, f.publisher_id AS first, a.publisher_id AS other
FROM ({CAME}) came
CROSS JOIN stories s ON s.first_article_id = came.id
CROSS JOIN articles f ON f.id = came.id
CROSS JOIN members m ON m.story_id = s.id
CROSS JOIN articles a ON a.id = m.article_id
WHERE m.article_id <> came.id AND {KNOWN}
"""


def appearances(connection: sqlite3.Connection, since: datetime, until: datetime) -> tuple[Appearance, ...]:
    """Every article, as known at `until`, of the events in which something came or was revised in [since, until)."""
    names = _publishers(connection)
    return tuple(
        Appearance(
            ArticleId(article),
            StoryId(story),
            StoryId(event),
            *names[publisher],
            language,
            url,
            optional_time(at),
        )
        for article, story, event, publisher, language, url, at in connection.execute(
            _APPEARANCES, [to_text(since), to_text(until)]
        )
    )


def _publishers(connection: sqlite3.Connection) -> dict[int, tuple[str, FeedKind]]:
    return {row["id"]: (row["name"], FeedKind(row["kind"])) for row in connection.execute("SELECT * FROM publishers")}


def revised(connection: sqlite3.Connection, since: datetime, until: datetime) -> tuple[TextNow, ...]:
    """What publishers' texts were before [since, until) and are after it, by article."""
    rows = connection.execute(
        f"SELECT a.id, o.title AS old_title, o.text AS old_text, coalesce(n.title, a.title) AS title, "
        "coalesce(n.text, a.text) AS text, o.added_words, o.removed_words "
        f"FROM ({_REVISED}) x JOIN articles a ON a.id = x.article_id JOIN revisions o ON o.id = x.revision "
        "LEFT JOIN revisions n ON n.id = (SELECT min(r.id) FROM revisions r WHERE r.article_id = a.id "
        "AND r.replaced_at >= ?2) ORDER BY a.id",
        [to_text(since), to_text(until)],
    )
    return tuple(
        TextNow(
            article_id=ArticleId(row["id"]),
            old_title=row["old_title"],
            old_text=row["old_text"],
            title=row["title"],
            text=row["text"],
            added_words=row["added_words"],
            removed_words=row["removed_words"],
        )
        for row in rows
    )


def scores(connection: sqlite3.Connection, since: datetime, until: datetime) -> tuple[Score, ...]:
    """How publishers did with the stories that began in [since, until) and that at least two of them carried.

    Aggregators do not count. The one that was first most often stands first.
    """
    names = _publishers(connection)
    own = {number for number, (_, kind) in names.items() if kind is not FeedKind.AGGREGATOR}
    firsts, carried = dict[int, int](), dict[int, set[int]]()
    for story, first, other in connection.execute(_TAKEN_UP, [to_text(since), to_text(until)]):
        firsts[story] = first
        carried.setdefault(story, {first} & own).update({other} & own)
    shared = {story: houses for story, houses in carried.items() if len(houses) > 1}
    stories = Counter(house for houses in shared.values() for house in houses)
    first_in = Counter(firsts[story] for story in shared)
    found = [Score(publisher=names[n][0], stories=times, first=first_in[n]) for n, times in stories.items()]
    return tuple(sorted(found, key=lambda score: (-score.first, -score.stories, score.publisher)))


def failing_feeds(connection: sqlite3.Connection) -> tuple[FeedNote, ...]:
    """Active feeds whose last poll failed, the longest failing first."""
    rows = connection.execute(
        "SELECT coalesce(title, url) AS feed, last_reason, last_detail, last_success_at FROM feeds "
        "WHERE status = 'active' AND failures > 0 ORDER BY failures DESC, feed"
    )
    return tuple(
        FeedNote(
            feed=row["feed"],
            trouble=Trouble.FAILING,
            reason=row["last_reason"] or "",
            detail=row["last_detail"] or "",
            at=optional_time(row["last_success_at"]),
        )
        for row in rows
    )


def silent_feeds(
    connection: sqlite3.Connection, since: datetime, *, before: datetime, least_days: int
) -> tuple[FeedNote, ...]:
    """Feeds that answer and have brought nothing since `since`, though on `least_days` days from `before` they did."""
    rows = connection.execute(_SILENT, [to_text(since), to_text(before), least_days])
    return tuple(
        FeedNote(feed=row["feed"], trouble=Trouble.SILENT, at=optional_time(row["last_change_at"])) for row in rows
    )


def overflowed_feeds(connection: sqlite3.Connection, since: datetime, until: datetime) -> tuple[FeedNote, ...]:
    """Feeds that in [since, until) showed nothing we knew from the poll before: something may have been missed."""
    return tuple(
        FeedNote(feed=row["feed"], trouble=Trouble.OVERFLOWED, times=row["polls"], entries=row["most"])
        for row in connection.execute(_OVERFLOWED, [to_text(since), to_text(until)])
    )


def active_feeds(connection: sqlite3.Connection) -> int:
    """How many feeds are polled."""
    return int(connection.execute("SELECT count(*) FROM feeds WHERE status = 'active'").fetchone()[0])


def headline_matches(connection: sqlite3.Connection, words: str, ids: Sequence[ArticleId]) -> frozenset[ArticleId]:
    """Of these articles, those whose headline holds every one of the words."""
    terms = [f'"{tokens}"' for word in words.split()[:32] if (tokens := indexed(word))]
    if not terms or not ids:
        return frozenset()
    rows = connection.execute(
        "SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?1 AND rowid BETWEEN ?2 AND ?3",
        [f"{{title}} : ({' AND '.join(terms)})", min(ids), max(ids)],
    )
    return frozenset(ArticleId(row[0]) for row in rows) & frozenset(ids)


def hits(
    connection: sqlite3.Connection, names: Sequence[str], ids: Sequence[ArticleId]
) -> dict[str, frozenset[ArticleId]]:
    """For each watch by name, which of these articles it found."""
    found: dict[str, set[ArticleId]] = {name: set() for name in names}
    rows = connection.execute(
        "SELECT w.name, h.article_id FROM watches w JOIN hits h ON h.watch_id = w.id "
        "WHERE h.article_id IN (SELECT value FROM json_each(?))",
        [id_list(ids)],
    )
    for name, article in rows:
        if name in found:
            found[name].add(ArticleId(article))
    return {name: frozenset(articles) for name, articles in found.items()}


def unsettled_before(connection: sqlite3.Connection, until: datetime) -> bool:
    """Whether something that was seen before `until` is still to be read for the first time, matched or related."""
    row = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM articles WHERE (matched_hash IS NULL OR matched_hash <> content_hash) "
        "AND first_seen_at < ?1) OR EXISTS (SELECT 1 FROM articles WHERE next_fetch_at IS NOT NULL AND attempts = 0 "
        "AND first_seen_at < ?1) OR EXISTS (SELECT 1 FROM stories WHERE related_at IS NULL AND merged_into IS NULL "
        "AND created_at < ?1)",
        [to_text(until)],
    ).fetchone()
    return bool(row[0])


def has_articles_before(connection: sqlite3.Connection, until: datetime) -> bool:
    """Whether anything at all was first seen before a moment."""
    row = connection.execute("SELECT EXISTS (SELECT 1 FROM articles WHERE first_seen_at < ?)", [to_text(until)])
    return bool(row.fetchone()[0])
