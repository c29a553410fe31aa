"""Redaction: an article's words leave the database for good; that it was there, when and why they went, stays."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from datetime import datetime
from html import escape

from ingest.errors import NotFound
from ingest.model import ArticleId
from ingest.store.articles import content_hash, index_text
from ingest.store.boilerplate import forget_article
from ingest.store.connection import Store
from ingest.store.journal import note
from ingest.store.redact_alerts import blank_alerts, titles_of
from ingest.store.times import to_text

#: What stands where a title stood: in stories, exports and mails too.
TOMBSTONE = "[redacted]"


def redact(store: Store, article_id: ArticleId, reason: str, *, made_by: str, now: datetime) -> int:
    """Remove an article's words from every table and index; returns the journal's id. Raises NotFound.

    The record stays: address, publisher, times, its place in its story and what the pairs measured, in figures. Nothing
    is fetched or taken from a feed for it any more. Mails and calls that were sent are out of reach; alerts that still
    wait go out under the tombstone, without its address. A kept digest that may quote it is emptied, and says how it is
    built anew.
    """
    with store.transaction():
        row = store.connection.execute("SELECT * FROM articles WHERE id = ?", [article_id]).fetchone()
        if row is None:
            raise NotFound(f"no article {article_id}; `samewire story ID` shows the numbers of its articles")
        if row["redacted_at"]:
            raise NotFound(f"article {article_id} was redacted at {row['redacted_at']} already")
        titles = titles_of(store.connection, article_id)
        _blank_article(store, row, reason, to_text(now))
        _blank_around(store.connection, article_id, titles)
        blank_alerts(store, article_id, titles, TOMBSTONE)
        _blank_digests(store.connection, row, now)
        forget_article(store, article_id)
        return note(store, now, made_by, "redacted", reason, article_id=article_id)


def redact_again(store: Store, article_id: ArticleId) -> None:
    """Take out what earlier versions left of a redacted article, or let come after it. Belongs inside a transaction."""
    store.connection.execute("UPDATE articles SET next_fetch_at = NULL, recheck_at = NULL WHERE id = ?", [article_id])
    _blank_around(store.connection, article_id, ())
    blank_alerts(store, article_id, (), TOMBSTONE)


def _blank_article(store: Store, row: sqlite3.Row, reason: str, stamp: str) -> None:
    store.connection.execute(
        "UPDATE articles SET title = ?2, text = '', byline = '[]', section = NULL, keywords = '[]', "
        "agency_evidence = NULL, source_title = NULL, canonical_url = NULL, read_from = NULL, "
        "withdrawn_reason = iif(withdrawn_at IS NULL, NULL, 'withdrawn'), "
        "status = 'summary', text_source = 'summary', reason = 'redacted', confidence = 0, next_fetch_at = NULL, "
        "recheck_at = NULL, matched_hash = NULL, content_hash = ?3, redacted_at = ?4, redacted_reason = ?5 "
        "WHERE id = ?1",
        [row["id"], TOMBSTONE, content_hash(TOMBSTONE, str(row["id"])), stamp, reason],
    )
    index_text(store, ArticleId(row["id"]), (row["title"], row["text"]), (TOMBSTONE, ""))


def _blank_around(connection: sqlite3.Connection, article_id: ArticleId, titles: Iterable[str]) -> None:
    """The same words where other tables hold them."""
    article = [article_id]
    for sql in (
        "UPDATE entries SET title = '', summary = '', content = '' WHERE article_id = ?",
        "UPDATE revisions SET title = '', text = '' WHERE article_id = ?",
        "DELETE FROM kept_pages WHERE article_id = ?",
        "DELETE FROM signatures WHERE article_id = ?",
        "DELETE FROM claims WHERE article_id = ?",
        "UPDATE hits SET terms = '[]', found = '' WHERE article_id = ?",
        "UPDATE verdicts SET explanation = '', agreement = '[]' WHERE article_a = ?1 OR article_b = ?1",
        "UPDATE stories SET related_at = NULL WHERE id IN (SELECT story_id FROM points WHERE speaker_id = ?)",
        "DELETE FROM points WHERE speaker_id = ?",
    ):
        connection.execute(sql, article)
    connection.execute(
        "UPDATE stories SET title = ?1 WHERE title IN (SELECT value FROM json_each(?2)) AND (first_article_id = ?3 "
        "OR coalesce(merged_into, id) = (SELECT story_id FROM members WHERE article_id = ?3))",
        [TOMBSTONE, json.dumps(sorted(titles)), article_id],
    )
    connection.execute(
        "UPDATE related SET explanation = '' WHERE story_a IN (SELECT story_id FROM members WHERE article_id = ?1) "
        "OR story_b IN (SELECT story_id FROM members WHERE article_id = ?1)",
        article,
    )


def _blank_digests(connection: sqlite3.Connection, row: sqlite3.Row, now: datetime) -> None:
    """Digests of everybody that had the article's event, or have its headline."""
    days = connection.execute(
        """
        SELECT day FROM digests WHERE instr(html, ?2) OR day IN (
            SELECT e.day FROM digest_events e WHERE e.event_id IN (
                SELECT coalesce(s.event_id, s.id) FROM members m JOIN stories s ON s.id = m.story_id
                WHERE m.article_id = ?1))
        """,
        [row["id"], escape(row["title"], quote=False)],
    ).fetchall()
    for (day,) in days:
        words = (
            f"A text that this digest may have quoted was redacted on {now:%Y-%m-%d}; "
            f"samewire digest --date {day} builds it anew without it."
        )
        connection.execute(
            "UPDATE digests SET subject = ?2, html = ?3, plain = ?4 WHERE day = ?1",
            [day, TOMBSTONE, f"<!doctype html><title>{TOMBSTONE}</title><p>{words}</p>", words],
        )
