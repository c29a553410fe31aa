"""What the weekly report asks: volume by day, who took up whose stories, whom articles credit."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime, timedelta

from ingest.model import FeedKind, Relation, StoryId
from ingest.model.week import DayVolume, Taken, WeekRows
from ingest.store.read_day import CAME, KNOWN
from ingest.store.times import optional_time, to_text

# By days since the span began, so that a day is the reader's and not UTC's; an hour more in autumn is the last day's.
_VOLUME = f"""
SELECT min(?3, CAST(julianday(CASE WHEN a.baseline THEN a.published_at ELSE a.first_seen_at END)
                    - julianday(?1) AS INTEGER)) AS day,
       count(*) AS articles, sum(m.relation = 'original') AS stories
FROM ({CAME}) came JOIN articles a ON a.id = came.id JOIN members m ON m.article_id = a.id
GROUP BY day
"""
_TAKEN = f"""
SELECT s.id, pf.name AS first, f.published_at AS first_at, p.name AS publisher, p.kind, m.relation, a.published_at AS at
FROM ({CAME}) came
CROSS JOIN stories s ON s.first_article_id = came.id
CROSS JOIN articles f ON f.id = came.id
CROSS JOIN publishers pf ON pf.id = f.publisher_id
CROSS JOIN members m ON m.story_id = s.id
CROSS JOIN articles a ON a.id = m.article_id
CROSS JOIN publishers p ON p.id = a.publisher_id
WHERE m.article_id <> came.id AND {KNOWN}
ORDER BY s.id, a.published_at, a.id
"""
# Stories that began in the span, whether it is decided who was first or not.
_REACHES = f"""
SELECT count(DISTINCT CASE WHEN p.kind <> 'aggregator' THEN p.id END) AS houses
FROM ({CAME}) came
CROSS JOIN members o ON o.article_id = came.id AND o.relation = 'original'
CROSS JOIN members m ON m.story_id = o.story_id
CROSS JOIN articles a ON a.id = m.article_id
CROSS JOIN publishers p ON p.id = a.publisher_id
WHERE {KNOWN}
GROUP BY o.story_id
"""
_AGENCIES = f"""
SELECT a.agency, count(*) AS articles FROM ({CAME}) came JOIN articles a ON a.id = came.id
GROUP BY a.agency ORDER BY articles DESC, a.agency
"""


def week(connection: sqlite3.Connection, since: datetime, until: datetime, *, first_day: date) -> WeekRows:
    """The rows of [since, until), whose first day is called `first_day`."""
    span = [to_text(since), to_text(until)]
    number = round((until - since) / timedelta(days=1))
    by_day = {row["day"]: row for row in connection.execute(_VOLUME, [*span, number - 1])}
    days = tuple(
        DayVolume(
            day=first_day + timedelta(days=day),
            articles=by_day[day]["articles"] if day in by_day else 0,
            stories=by_day[day]["stories"] if day in by_day else 0,
        )
        for day in range(number)
    )
    taken = tuple(
        Taken(
            story_id=StoryId(row["id"]),
            first=row["first"],
            first_at=optional_time(row["first_at"]),
            publisher=row["publisher"],
            kind=FeedKind(row["kind"]),
            relation=Relation(row["relation"]),
            at=optional_time(row["at"]),
        )
        for row in connection.execute(_TAKEN, span)
    )
    agencies = tuple((row["agency"], row["articles"]) for row in connection.execute(_AGENCIES, span))
    reaches = tuple(max(1, row["houses"]) for row in connection.execute(_REACHES, span))
    return WeekRows(days=days, reaches=reaches, taken=taken, agencies=agencies)
