"""A redacted article in the messages of alerts: its words leave those that wait and those that were sent.

A message holds its alerts in the order of their numbers, so that each is known by its place and not by its words, which
were cut and made fit for a mail. A story's title is the exception: of whom it came from no number tells.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any

from ingest.model import ArticleId
from ingest.store.connection import Store
from ingest.store.sql import id_list

_BATCH = 500


def titles_of(connection: sqlite3.Connection, article_id: ArticleId) -> frozenset[str]:
    """Every title that an article is known to have had, on its page and in feeds."""
    rows = connection.execute(
        "SELECT title FROM articles WHERE id = ?1 UNION SELECT title FROM revisions WHERE article_id = ?1 "
        "UNION SELECT title FROM entries WHERE article_id = ?1",
        [article_id],
    )
    return frozenset(row["title"] for row in rows if row["title"])


def blank_alerts(store: Store, article_id: ArticleId, titles: Iterable[str], tombstone: str) -> None:
    """Take an article's title, address and details out of alerts and of every message. Belongs inside a transaction.

    titles: those it had. An alert of a number loses its detail too where the number before was this article's.
    """
    connection = store.connection
    rows = connection.execute(
        "UPDATE alerts SET detail = '', key = iif(key = '', '', 'redacted ' || id) WHERE article_id = ?1 OR "
        "(kind = 'number' AND article_id IN (SELECT article_id FROM members WHERE via = ?1)) RETURNING id, article_id",
        [article_id],
    ).fetchall()
    wordless = {row["id"] for row in rows}
    its_own = {row["id"] for row in rows if row["article_id"] == article_id}
    title = _Title(connection, article_id, titles)
    concerned = _made_of(connection, wordless)
    for message, body in _messages(connection):
        told, changed = json.loads(body), message in concerned
        if changed:
            for number, alert in zip(_alerts_in(connection, message, told), told["alerts"], strict=True):
                if number is None or number in wordless:
                    alert["detail"] = ""
                if number is None or number in its_own:
                    alert["article"] |= {"title": tombstone, "url": None}
        for alert in told.get("alerts", ()):
            if title.is_in(alert["story"]):
                alert["story"]["title"], changed = tombstone, True
        if changed:
            connection.execute("UPDATE alert_messages SET body = ? WHERE id = ?", [json.dumps(told), message])


def _made_of(connection: sqlite3.Connection, alerts: Iterable[int]) -> set[int]:
    """The messages in which these alerts are."""
    rows = connection.execute(
        "SELECT message_id FROM alert_targets WHERE message_id IS NOT NULL "
        "AND alert_id IN (SELECT value FROM json_each(?))",
        [id_list(sorted(alerts))],
    )
    return {row["message_id"] for row in rows}


def _messages(connection: sqlite3.Connection) -> Iterator[tuple[int, str]]:
    last = 0
    while rows := connection.execute(
        "SELECT id, body FROM alert_messages WHERE id > ? ORDER BY id LIMIT ?", [last, _BATCH]
    ).fetchall():
        yield from ((row["id"], row["body"]) for row in rows)
        last = rows[-1]["id"]


def _alerts_in(connection: sqlite3.Connection, message: int, told: dict[str, Any]) -> list[int | None]:
    """The number of each alert that a message spells out; None for all where they are not those it was made of."""
    rows = connection.execute("SELECT alert_id FROM alert_targets WHERE message_id = ? ORDER BY alert_id", [message])
    numbers: list[int | None] = [row["alert_id"] for row in rows]
    spelled = len(told["alerts"])
    return numbers[:spelled] if len(numbers) == told["count"] else [None] * spelled


class _Title:
    """Whether a story's title came from an article.

    In a story that the article is or was in, whatever is no other member's title did; elsewhere, what is its title.
    """

    def __init__(self, connection: sqlite3.Connection, article_id: ArticleId, titles: Iterable[str]) -> None:
        self._own = {_letters(title) for title in titles}
        rows = connection.execute(
            "WITH near(id) AS (SELECT story_id FROM members WHERE article_id = ?1 UNION SELECT id FROM stories "
            "WHERE first_article_id = ?1 UNION SELECT story_id FROM alerts WHERE article_id = ?1) "
            "SELECT id FROM near UNION SELECT id FROM stories WHERE merged_into IN near "
            "UNION SELECT merged_into FROM stories WHERE id IN near AND merged_into IS NOT NULL",
            [article_id],
        )
        self._stories = {row["id"] for row in rows}
        others = connection.execute(
            "SELECT a.title FROM members m JOIN articles a ON a.id = m.article_id WHERE m.article_id <> ?1 "
            "AND m.story_id IN (SELECT value FROM json_each(?2)) UNION "
            "SELECT r.title FROM members m JOIN revisions r ON r.article_id = m.article_id WHERE m.article_id <> ?1 "
            "AND m.story_id IN (SELECT value FROM json_each(?2))",
            [article_id, id_list(sorted(self._stories))],
        )
        self._others = {_letters(row["title"]) for row in others}

    def is_in(self, story: dict[str, Any]) -> bool:
        """Whether the title that a message gives a story came from the article."""
        told = story["title"]
        if _is_one_of(told, self._own):
            return True
        return story["id"] in self._stories and not _is_one_of(told, self._others)


def _is_one_of(told: str, titles: set[str]) -> bool:
    """Whether a title as a message has it, made fit and perhaps cut, is one of these."""
    letters = _letters(told)
    return letters in titles or (told.endswith("…") and any(title.startswith(letters) for title in titles))


def _letters(title: str) -> str:
    """What making a title fit for a mail leaves as it is."""
    return "".join(filter(str.isalnum, title))
