"""Questions with an address of their own on the pages; each is one SELECT that the shipped indexes can serve."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from ingest.text.tokens import ascii_digits

_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")


def numbers_changed(before: object, after: object) -> str | None:
    """The numbers that one text has and the other has not, "12, 40 → 13"; None where both have the same.

    It is a function of SQL on the pages.
    """
    if before is None or after is None:
        return None
    old, new = (Counter(_NUMBER.findall(ascii_digits(str(text)))) for text in (before, after))
    gone, come = list((old - new).elements()), list((new - old).elements())
    if not gone and not come:
        return None
    return f"{', '.join(gone[:8])} → {', '.join(come[:8])}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Canned:
    """A question: its title, one sentence on the answer, and its SQL; `:names` in it are asked of the reader."""

    title: str
    description: str
    sql: str


CANNED: dict[str, Canned] = {
    "articles_with_words": Canned(
        title="Articles with these words",
        description="Every word must occur; put a phrase in double quotes. All scripts; best match first, 200 at most.",
        sql="""
SELECT a.id, a.title, p.name AS publisher, a.published_at, m.story_id, a.url
FROM articles_fts
JOIN articles a ON a.id = articles_fts.rowid
JOIN publishers p ON p.id = a.publisher_id
LEFT JOIN members m ON m.article_id = a.id
WHERE articles_fts MATCH search_terms(:words)
ORDER BY articles_fts.rank
LIMIT 200""",
    ),
    "first_most_often": Canned(
        title="Who was first most often",
        description="For the stories changed in the last 30 days that more than one publisher carried: how often each "
        "publisher had it first, how often others followed within the hour, and how sure we are on average.",
        sql="""
WITH shared AS (
    SELECT s.id, s.first_article_id, s.first_confidence, count(DISTINCT a.publisher_id) AS publishers,
           min(CASE WHEN a.publisher_id <> f.publisher_id THEN a.published_at END) AS next_at,
           f.published_at AS first_at, f.publisher_id
    FROM stories s
    JOIN articles f ON f.id = s.first_article_id
    JOIN members m ON m.story_id = s.id
    JOIN articles a ON a.id = m.article_id
    WHERE s.merged_into IS NULL AND s.updated_at >= strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-30 days')
    GROUP BY s.id
    HAVING publishers > 1
)
SELECT p.name AS publisher, p.kind, count(*) AS stories_first,
       sum(julianday(next_at) - julianday(first_at) <= 1.0 / 24) AS followed_within_an_hour,
       round(avg(publishers), 1) AS publishers_a_story, round(avg(first_confidence), 2) AS confidence
FROM shared
JOIN publishers p ON p.id = shared.publisher_id
GROUP BY p.id
ORDER BY stories_first DESC, p.name
LIMIT 100""",
    ),
    "spread_furthest": Canned(
        title="Stories that spread furthest",
        description="Of the stories changed in the last 7 days, those that the most publishers carried; hours from the "
        "first to the last article.",
        sql="""
SELECT s.id AS story_id, s.title, count(DISTINCT a.publisher_id) AS publishers, count(*) AS articles,
       (SELECT p.name FROM articles f JOIN publishers p ON p.id = f.publisher_id WHERE f.id = s.first_article_id)
           AS first_publisher,
       round((julianday(max(a.published_at)) - julianday(min(a.published_at))) * 24, 1) AS hours
FROM stories s
JOIN members m ON m.story_id = s.id
JOIN articles a ON a.id = m.article_id
WHERE s.merged_into IS NULL AND s.updated_at >= strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-7 days')
GROUP BY s.id
ORDER BY publishers DESC, articles DESC, s.id DESC
LIMIT 100""",
    ),
    "slowest_feeds": Canned(
        title="Slowest feeds",
        description="Seconds that a poll took over the last 24 hours, on average and at most, slowest feed first.",
        sql="""
SELECT f.id AS feed_id, pub.name AS publisher, f.url, count(*) AS polls, round(avg(po.seconds), 2) AS average_s,
       round(max(po.seconds), 2) AS longest_s, sum(po.outcome IN ('error', 'refused')) AS failed
FROM polls po
JOIN feeds f ON f.id = po.feed_id
JOIN publishers pub ON pub.id = f.publisher_id
WHERE po.started_at >= strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-1 day')
GROUP BY f.id
ORDER BY average_s DESC
LIMIT 100""",
    ),
    "feeds_that_fail": Canned(
        title="Feeds that fail",
        description="Active feeds whose last poll failed: how often in a row, why, and since when nothing came.",
        sql="""
SELECT f.id AS feed_id, p.name AS publisher, f.url, f.failures AS in_a_row, f.last_reason, f.last_detail,
       f.last_success_at, f.next_at
FROM feeds f
JOIN publishers p ON p.id = f.publisher_id
WHERE f.status = 'active' AND f.failures > 0
ORDER BY f.failures DESC, f.last_success_at
LIMIT 500""",
    ),
    "lag_to_publishers": Canned(
        title="From first to each publisher",
        description="How long after this publisher others carry a story that it had first, over the stories changed in "
        "the last 30 days; minutes. The name is as in the table of publishers.",
        sql="""
SELECT p.name AS publisher, p.kind, count(*) AS stories_taken_up,
       round(min(lag), 1) AS shortest_min, round(avg(lag), 1) AS average_min, round(max(lag), 1) AS longest_min
FROM (
    SELECT a.publisher_id,
           (julianday(min(a.published_at)) - julianday(f.published_at)) * 1440 AS lag
    FROM stories s
    JOIN articles f ON f.id = s.first_article_id
    JOIN publishers first ON first.id = f.publisher_id
    JOIN members m ON m.story_id = s.id
    JOIN articles a ON a.id = m.article_id
    WHERE first.name = :first_publisher AND s.merged_into IS NULL AND a.publisher_id <> f.publisher_id
      AND f.published_at IS NOT NULL AND a.published_at IS NOT NULL
      AND s.updated_at >= strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-30 days')
    GROUP BY s.id, a.publisher_id
) AS taken
JOIN publishers p ON p.id = taken.publisher_id
GROUP BY p.id
ORDER BY stories_taken_up DESC, average_min
LIMIT 200""",
    ),
    "refused_pages": Canned(
        title="Refused pages by reason",
        description="Articles first seen in the last 7 days whose page gave no text we would stand behind, counted by "
        "publisher and reason, with one example each.",
        sql="""
SELECT p.name AS publisher, a.status, coalesce(a.reason, '') AS reason, count(*) AS articles,
       max(a.id) AS example_article, a.url AS example_url
FROM articles a
JOIN publishers p ON p.id = a.publisher_id
WHERE a.first_seen_at >= strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-7 days')
  AND a.status IN ('refused', 'failed', 'summary')
GROUP BY p.id, a.status, a.reason
ORDER BY articles DESC, publisher
LIMIT 500""",
    ),
    "vetoed_pairs": Canned(
        title="Pairs that look alike and are kept apart",
        description="For one article: the articles it was measured against that a veto kept out of its story, the most "
        "alike first, with what decided.",
        sql="""
SELECT v.article_a, a.title AS title_a, v.article_b, b.title AS title_b, v.reason, v.veto, v.explanation,
       round(v.jaccard, 2) AS jaccard, round(max(v.containment_a, v.containment_b), 2) AS containment, v.decided_at
FROM (
    SELECT * FROM verdicts WHERE article_a = CAST(:article AS INTEGER) AND veto IS NOT NULL
    UNION ALL
    SELECT * FROM verdicts WHERE article_b = CAST(:article AS INTEGER) AND veto IS NOT NULL
) v
JOIN articles a ON a.id = v.article_a
JOIN articles b ON b.id = v.article_b
WHERE v.relation = 'different'
ORDER BY max(v.containment_a, v.containment_b) DESC, v.jaccard DESC
LIMIT 200""",
    ),
    "latest_vetoes": Canned(
        title="Vetoed pairs among the newest articles",
        description="Pairs that a veto kept apart although they look alike, for the 2,000 newest articles.",
        sql="""
SELECT v.article_a, a.title AS title_a, v.article_b, b.title AS title_b, v.reason, v.veto, v.explanation,
       round(v.jaccard, 2) AS jaccard, round(v.title, 2) AS title_alike
FROM verdicts v
JOIN articles a ON a.id = v.article_a
JOIN articles b ON b.id = v.article_b
WHERE v.article_b > (SELECT max(id) - 2000 FROM articles) AND v.relation = 'different' AND v.veto IS NOT NULL
ORDER BY v.article_b DESC, v.score DESC
LIMIT 200""",
    ),
    "stories_first_by": Canned(
        title="Stories first reported by a publisher",
        description="Stories of the last 30 days that this publisher had first, the furthest spread first. The name is "
        "as in the table of publishers.",
        sql="""
SELECT s.id AS story_id, s.title, a.published_at AS first_at, round(s.first_confidence, 2) AS confidence,
       (SELECT count(DISTINCT o.publisher_id) FROM members m JOIN articles o ON o.id = m.article_id
        WHERE m.story_id = s.id AND o.publisher_id <> a.publisher_id) AS taken_up_by
FROM articles a
JOIN stories s ON s.first_article_id = a.id
WHERE a.publisher_id = (SELECT id FROM publishers WHERE name = :publisher)
  AND a.first_seen_at >= strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-30 days') AND s.merged_into IS NULL
ORDER BY taken_up_by DESC, a.published_at DESC
LIMIT 500""",
    ),
    "agency_copies": Canned(
        title="Copies of an agency within 24 hours",
        description="Articles of the last 7 days that credit this agency, in stories that an article of a wire began, "
        "no more than 24 hours after it; with the minutes in between.",
        sql="""
SELECT p.name AS publisher, a.title, m.relation, m.story_id, w.name AS wire,
       round((julianday(a.published_at) - julianday(f.published_at)) * 1440, 1) AS lag_minutes, a.url
FROM articles a
JOIN members m ON m.article_id = a.id
JOIN publishers p ON p.id = a.publisher_id
JOIN stories s ON s.id = m.story_id
JOIN articles f ON f.id = s.first_article_id
JOIN publishers w ON w.id = f.publisher_id
WHERE a.agency = :agency AND a.first_seen_at >= strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-7 days')
  AND a.id <> f.id AND w.kind = 'wire'
  AND julianday(a.published_at) - julianday(f.published_at) BETWEEN 0 AND 1
ORDER BY a.first_seen_at DESC
LIMIT 500""",
    ),
    "keywords_of_the_week": Canned(
        title="Keywords of the week",
        description="What publishers say that the articles of the last seven days are about, by how many of them say "
        "it, whatever its capitals; with the sections in which they filed those articles.",
        sql="""
SELECT min(k.value) AS keyword, count(DISTINCT a.publisher_id) AS publishers, count(DISTINCT a.id) AS articles,
       count(DISTINCT m.story_id) AS stories, group_concat(DISTINCT a.section) AS sections,
       max(a.first_seen_at) AS latest
FROM articles a
JOIN json_each(a.keywords) k
LEFT JOIN members m ON m.article_id = a.id
WHERE a.first_seen_at >= strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-7 days')
GROUP BY lower(k.value)
ORDER BY publishers DESC, articles DESC, keyword
LIMIT 500""",
    ),
    "feeds_that_went_quiet": Canned(
        title="Feeds that went quiet",
        description="Active feeds that answer without a fault and have brought nothing new for longer than three days, "
        "the longest quiet first.",
        sql="""
SELECT f.id AS feed_id, p.name AS publisher, f.url, f.last_change_at, f.last_success_at,
       round(julianday('now') - julianday(coalesce(f.last_change_at, f.baseline_at)), 1) AS quiet_days
FROM feeds f
JOIN publishers p ON p.id = f.publisher_id
WHERE f.status = 'active' AND f.failures = 0
  AND coalesce(f.last_change_at, f.baseline_at) < strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-3 days')
ORDER BY quiet_days DESC
LIMIT 500""",
    ),
    "revisions_that_changed_a_number": Canned(
        title="Revisions that changed a number",
        description="Of the 1,000 latest texts that publishers replaced, those whose numbers were changed: what stood "
        "there before and what after.",
        sql="""
SELECT latest.id AS revision_id, p.name AS publisher, a.title, latest.replaced_at,
       numbers_changed(latest.title || ' ' || latest.text,
                       coalesce(next.title, a.title) || ' ' || coalesce(next.text, a.text)) AS numbers,
       m.story_id, a.url
FROM (SELECT * FROM revisions ORDER BY replaced_at DESC LIMIT 1000) latest
JOIN articles a ON a.id = latest.article_id
JOIN publishers p ON p.id = a.publisher_id
LEFT JOIN members m ON m.article_id = a.id
LEFT JOIN revisions next ON next.id = (
    SELECT min(r.id) FROM revisions r WHERE r.article_id = latest.article_id AND r.id > latest.id)
WHERE numbers IS NOT NULL
ORDER BY latest.replaced_at DESC
LIMIT 200""",
    ),
}
