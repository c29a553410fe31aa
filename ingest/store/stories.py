"""Stories: documents to match, claims, and the members that an assignment makes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from ingest.model import (
    ArticleId,
    Assignment,
    Constraint,
    ConstraintKind,
    Document,
    FeedKind,
    Group,
    Join,
    Member,
    Merge,
    Placing,
    Relation,
    StoryId,
)
from ingest.store.connection import Store
from ingest.store.journal import note
from ingest.store.sql import Value, id_list, insert, update
from ingest.store.times import from_text, optional_time, to_text

_DOCUMENT = """
SELECT a.id, a.content_hash, a.identity, a.title, a.text, a.published_at, a.first_seen_at, a.baseline, a.language,
       a.url, a.agency, a.source_title, a.text_source, p.name AS publisher, p.kind AS kind
FROM articles a JOIN publishers p ON p.id = a.publisher_id
"""

#: Of an article: that its present text has not been matched.
UNMATCHED = "(matched_hash IS NULL OR matched_hash <> content_hash)"
#: That it may be: its page has been asked for, or need not be.
_MAY_BE_MATCHED = "NOT (status = 'pending' AND attempts = 0)"

#: One step along joining verdicts and a person's merges; each arm walks an index, from ids that it asks for itself
#: (see store/verdicts.py).
_STEP = """
SELECT v.article_b AS id FROM json_each(?1) f CROSS JOIN verdicts v INDEXED BY verdicts_joining_a
      ON v.article_a = f.value WHERE v.relation <> 'different'
UNION SELECT v.article_a FROM json_each(?1) f CROSS JOIN verdicts v INDEXED BY verdicts_joining_b
      ON v.article_b = f.value WHERE v.relation <> 'different'
UNION SELECT c.article_b FROM json_each(?1) f CROSS JOIN constraints c ON c.article_a = f.value
      WHERE c.kind = 'merge' AND c.undone_at IS NULL
UNION SELECT c.article_a FROM json_each(?1) f CROSS JOIN constraints c ON c.article_b = f.value
      WHERE c.kind = 'merge' AND c.undone_at IS NULL
"""

_JOINED = """(
    EXISTS (SELECT 1 FROM verdicts INDEXED BY verdicts_joining_a
            WHERE article_a = s.article_id AND relation <> 'different')
    OR EXISTS (SELECT 1 FROM verdicts INDEXED BY verdicts_joining_b
               WHERE article_b = s.article_id AND relation <> 'different'))
"""


def unmatched(connection: sqlite3.Connection, *, limit: int) -> tuple[ArticleId, ...]:
    """Articles whose present text has not been matched, in order of arrival; those still to be fetched wait."""
    rows = connection.execute(
        f"SELECT id FROM articles WHERE {UNMATCHED} AND {_MAY_BE_MATCHED} ORDER BY id LIMIT ?",
        [limit],
    )
    return tuple(ArticleId(row["id"]) for row in rows)


def count_unmatched(connection: sqlite3.Connection) -> int:
    """How many articles `unmatched` would bring, one call after the other."""
    where = f"{UNMATCHED} AND {_MAY_BE_MATCHED}"
    return int(connection.execute(f"SELECT count(*) FROM articles WHERE {where}").fetchone()[0])


def documents(connection: sqlite3.Connection, ids: Sequence[ArticleId]) -> tuple[Document, ...]:
    """Articles as matching sees them, in the order of their ids."""
    rows = connection.execute(
        _DOCUMENT + "WHERE a.id IN (SELECT value FROM json_each(?)) ORDER BY a.id", [id_list(ids)]
    )
    return tuple(_document(row) for row in rows)


def documents_to_compare(connection: sqlite3.Connection, ids: Sequence[ArticleId]) -> tuple[Document, ...]:
    """The same without those whose text retention took: there is nothing to compare with."""
    rows = connection.execute(
        _DOCUMENT + "WHERE a.id IN (SELECT value FROM json_each(?)) AND a.pruned_at IS NULL ORDER BY a.id",
        [id_list(ids)],
    )
    return tuple(_document(row) for row in rows)


def component(connection: sqlite3.Connection, seeds: Sequence[ArticleId]) -> tuple[ArticleId, ...]:
    """Every article that joining verdicts or a person's merges connect with the seeds, the seeds included."""
    seen, front = set(seeds), list(seeds)
    while front:
        rows = connection.execute(_STEP, [id_list(front)]).fetchall()
        front = [ArticleId(row["id"]) for row in rows if row["id"] not in seen]
        seen.update(front)
    return tuple(sorted(seen))


def constraints_among(connection: sqlite3.Connection, ids: Sequence[ArticleId]) -> tuple[Constraint, ...]:
    """What people said of these articles and did not take back."""
    rows = connection.execute(
        "SELECT kind, article_a, article_b FROM constraints WHERE undone_at IS NULL "
        "AND article_a IN (SELECT value FROM json_each(?1)) ORDER BY id",
        [id_list(ids)],
    )
    return tuple(
        Constraint(kind=ConstraintKind(row["kind"]), a=ArticleId(row["article_a"]), b=row["article_b"]) for row in rows
    )


def placing(connection: sqlite3.Connection, ids: Sequence[ArticleId]) -> Placing:
    """Which story each of these articles is in today."""
    rows = connection.execute(
        "SELECT article_id, story_id FROM members WHERE article_id IN (SELECT value FROM json_each(?))", [id_list(ids)]
    )
    return Placing(story_of={ArticleId(row["article_id"]): StoryId(row["story_id"]) for row in rows})


def unmatch_all(store: Store) -> int:
    """Mark every article that has its text as to be matched again. Returns how many there are."""
    with store.transaction():
        return store.connection.execute("UPDATE articles SET matched_hash = NULL WHERE pruned_at IS NULL").rowcount


def store_claim(store: Store, article_id: ArticleId, claim: str) -> None:
    """Keep what an article says of its origin."""
    store.connection.execute("INSERT OR REPLACE INTO claims (article_id, claim) VALUES (?, ?)", [article_id, claim])


def claims(connection: sqlite3.Connection, ids: Sequence[ArticleId]) -> dict[ArticleId, str]:
    """What is kept of these articles' claims; those that were never matched are missing."""
    rows = connection.execute(
        "SELECT article_id, claim FROM claims WHERE article_id IN (SELECT value FROM json_each(?))", [id_list(ids)]
    )
    return {ArticleId(row["article_id"]): row["claim"] for row in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptIssue:
    """An article as its title shows it, for telling series."""

    article_id: ArticleId
    publisher: str
    frame: int
    title: int
    at: datetime


def issues_like(connection: sqlite3.Connection, ids: Sequence[ArticleId], *, span_s: float) -> Iterator[KeptIssue]:
    """Every article whose publisher and title's frame are those of one of these, and whose time is near it."""
    rows = connection.execute(
        f"""
        WITH asked(publisher_id, frame, since, until) AS (
            SELECT a.publisher_id, s.frame, {_since("min(s.at)")}, {_until("max(s.at)")}
            FROM signatures s JOIN articles a ON a.id = s.article_id
            WHERE s.article_id IN (SELECT value FROM json_each(?1)) AND s.at IS NOT NULL
            GROUP BY a.publisher_id, s.frame)
        SELECT s.article_id, p.name AS publisher, s.frame, s.title, s.at
        FROM asked
        CROSS JOIN signatures s ON s.frame = asked.frame AND s.at BETWEEN asked.since AND asked.until
        CROSS JOIN articles a ON a.id = s.article_id AND a.publisher_id = asked.publisher_id
        CROSS JOIN publishers p ON p.id = a.publisher_id
        """,
        [id_list(ids), span_s],
    )
    return (
        KeptIssue(
            article_id=ArticleId(row["article_id"]),
            publisher=row["publisher"],
            frame=row["frame"],
            title=row["title"],
            at=from_text(row["at"]),
        )
        for row in rows
    )


def joined_issues(
    connection: sqlite3.Connection, article_id: ArticleId, *, span_s: float, enough: int
) -> Iterator[ArticleId]:
    """The articles of its publisher and title's frame, joined by some verdict, that are issues of a series with this
    one and perhaps not without it.

    Those nearest in time, on either side until `enough` titles were seen: whatever lies beyond has as many between
    itself and this one, and is of a series already. The work does not grow with the series.
    """
    for beyond, order in (("s.at >= own.at", "ASC"), ("s.at < own.at", "DESC")):
        rows = connection.execute(
            f"""
            SELECT s.article_id, s.title, {_JOINED} AS joined
            FROM signatures own
            CROSS JOIN articles o ON o.id = own.article_id
            CROSS JOIN signatures s ON s.frame = own.frame AND {beyond}
                                   AND s.at BETWEEN {_since("own.at")} AND {_until("own.at")}
            CROSS JOIN articles a ON a.id = s.article_id AND a.publisher_id = o.publisher_id
            WHERE own.article_id = ?1 AND s.article_id <> ?1
            ORDER BY s.at {order}
            """,
            [article_id, span_s],
        )
        titles: set[int] = set()
        for row in rows:
            if row["joined"]:
                yield ArticleId(row["article_id"])
            titles.add(row["title"])
            if len(titles) >= enough:
                break


def _since(at: str) -> str:
    """SQL for a time that lies the second parameter's seconds before one, as text."""
    return f"coalesce(strftime('%Y-%m-%dT%H:%M:%SZ', {at}, -?2 || ' seconds'), '')"


def _until(at: str) -> str:
    """The same, after it."""
    return f"coalesce(strftime('%Y-%m-%dT%H:%M:%SZ', {at}, ?2 || ' seconds'), 'Z')"


def mark_matched(store: Store, article_id: ArticleId) -> None:
    """This article's present text has been matched."""
    store.connection.execute("UPDATE articles SET matched_hash = content_hash WHERE id = ?", [article_id])


def start_alone(store: Store, article_id: ArticleId, title: str, stamp: str) -> StoryId:
    """A story of one: every article is in a story from its first moment."""
    story: dict[str, Value] = {
        "title": title,
        "first_article_id": article_id,
        "first_reason": "the only article of its story so far",
        "created_at": stamp,
        "updated_at": stamp,
    }
    story_id = StoryId(insert(store.connection, "stories", story))
    member: dict[str, Value] = {
        "article_id": article_id,
        "story_id": story_id,
        "relation": Relation.ORIGINAL,
        "score": 1.0,
        "via": None,
        "reason": "unmatched",
        "joined_at": stamp,
    }
    insert(store.connection, "members", member)
    return story_id


def apply(store: Store, assignments: Iterable[Assignment], now: datetime) -> None:
    """Make the stories what matching computed: members moved, firsts named, emptied stories forwarded; journaled."""
    merges = []
    for assignment in assignments:
        if isinstance(assignment, Merge):
            merges.append(assignment)
        elif isinstance(assignment, Join):
            _put_group(store, assignment.story_id, assignment.group, now)
        else:
            stamp = to_text(now)
            story_id = insert(store.connection, "stories", {"title": "", "created_at": stamp, "updated_at": stamp})
            _put_group(store, StoryId(story_id), assignment.group, now)
    for merge in merges:
        _forward(store, merge, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many members a story has, and how many it had when it was last computed whole."""

    members: int
    settled: int
    first_at: datetime | None  # when its first member in time came out


def size_of(connection: sqlite3.Connection, story_id: StoryId) -> Size:
    """The size of a story."""
    row = connection.execute(
        "SELECT (SELECT count(*) FROM members WHERE story_id = s.id) AS members, settled, "
        "(SELECT a.published_at FROM members m JOIN articles a ON a.id = m.article_id "
        " WHERE m.story_id = s.id AND m.relation = 'original') AS first_at FROM stories s WHERE id = ?",
        [story_id],
    ).fetchone()
    return Size(
        members=row["members"], settled=row["settled"] or row["members"], first_at=optional_time(row["first_at"])
    )


def attach(store: Store, story_id: StoryId, member: Member, now: datetime) -> None:
    """Put an article that stands alone into a story, which is to be computed whole by and by."""
    old = store.connection.execute("SELECT * FROM members WHERE article_id = ?", [member.article_id]).fetchone()
    store.connection.execute(
        "UPDATE stories SET settled = coalesce(settled, (SELECT count(*) FROM members WHERE story_id = ?1)), "
        "updated_at = ?2, related_at = NULL WHERE id = ?1",
        [story_id, to_text(now)],
    )
    _put_member(store, story_id, member, old, now)
    _forward(store, Merge(story_id=StoryId(old["story_id"]), into=story_id), now)


def unsettled(connection: sqlite3.Connection) -> tuple[ArticleId, ...]:
    """An article of each story that is to be computed whole."""
    rows = connection.execute(
        "SELECT min(m.article_id) AS id FROM stories s JOIN members m ON m.story_id = s.id "
        "WHERE s.settled IS NOT NULL AND s.merged_into IS NULL GROUP BY s.id"
    )
    return tuple(ArticleId(row["id"]) for row in rows)


def _put_group(store: Store, story_id: StoryId, group: Group, now: datetime) -> None:
    ids = [member.article_id for member in group.members]
    rows = store.connection.execute(
        "SELECT * FROM members WHERE article_id IN (SELECT value FROM json_each(?))", [id_list(ids)]
    ).fetchall()
    before = {row["article_id"]: row for row in rows}
    changed = False
    for member in group.members:
        changed |= _put_member(store, story_id, member, before.get(member.article_id), now)
    head = store.connection.execute(
        "SELECT title FROM articles WHERE id = ?", [group.first.article_id or ids[0]]
    ).fetchone()
    values: dict[str, Value] = {
        "title": head["title"],
        "first_article_id": group.first.article_id,
        "first_confidence": round(group.first.confidence, 3),
        "first_reason": group.first.reason,
        "merged_into": None,
        "settled": None,
    }
    if changed:
        values |= {"updated_at": to_text(now), "related_at": None}
    update(store.connection, "stories", story_id, values)


def _put_member(store: Store, story_id: StoryId, member: Member, old: sqlite3.Row | None, now: datetime) -> bool:
    """Write one member; True when it is new to this story."""
    moved = old is None or old["story_id"] != story_id
    row: dict[str, Value] = {
        "article_id": member.article_id,
        "story_id": story_id,
        "relation": member.relation,
        "score": round(member.score, 4),
        "via": member.via,
        "reason": member.reason,
        "joined_at": to_text(now) if old is None or moved else old["joined_at"],
    }
    if old is not None and all(old[name] == value for name, value in row.items()):
        return False
    store.connection.execute(
        "INSERT INTO members (article_id, story_id, relation, score, via, reason, joined_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (article_id) DO UPDATE SET story_id = excluded.story_id, relation = excluded.relation, "
        "score = excluded.score, via = excluded.via, reason = excluded.reason, joined_at = excluded.joined_at",
        [*row.values()],
    )
    if moved and old is not None:
        detail = json.dumps({"member_before": dict(old)}, ensure_ascii=False)
        note(
            store, now, "samewire", "joined", member.reason,
            article_id=member.article_id, story_id=story_id, detail=detail,
        )  # fmt: skip
    return moved


def _forward(store: Store, merge: Merge, now: datetime) -> None:
    store.connection.execute(
        "UPDATE stories SET merged_into = ?, updated_at = ? WHERE id = ?", [merge.into, to_text(now), merge.story_id]
    )
    store.connection.execute(
        "UPDATE stories SET related_at = NULL WHERE id IN (SELECT story_b FROM related WHERE story_a = ?1 "
        "UNION SELECT story_a FROM related WHERE story_b = ?1)",
        [merge.story_id],
    )
    store.connection.execute("DELETE FROM related WHERE story_a = ?1 OR story_b = ?1", [merge.story_id])
    store.connection.execute("DELETE FROM points WHERE story_id = ?", [merge.story_id])
    # What readers noted goes along; who noted something of both stories keeps it at each.
    store.connection.execute(
        "UPDATE OR IGNORE reader_marks SET story_id = ? WHERE story_id = ?", [merge.into, merge.story_id]
    )
    # No chain of forwarding rows: who pointed at the ended story points on.
    store.connection.execute("UPDATE stories SET merged_into = ? WHERE merged_into = ?", [merge.into, merge.story_id])
    detail = json.dumps({"into": merge.into})
    note(store, now, "samewire", "merged", f"now story {merge.into}", story_id=merge.story_id, detail=detail)


def _document(row: sqlite3.Row) -> Document:
    return Document(
        id=ArticleId(row["id"]),
        # Two publishers may print one text at one minute: their names break that tie, and not who came to us first.
        key=f"{row['content_hash']} {row['publisher']} {row['identity']}",
        title=row["title"],
        text=row["text"],
        published_at=optional_time(row["published_at"]),
        publisher=row["publisher"],
        kind=FeedKind(row["kind"]),
        language=row["language"],
        url=row["url"] or None,
        agency=row["agency"],
        source_title=row["source_title"],
        first_seen_at=from_text(row["first_seen_at"]),
        baseline=bool(row["baseline"]),
        bodiless=row["text_source"] == "summary",
    )
