"""A watch's query as a condition of SQL over articles and publishers: the full-text index decides what it can."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import assert_never

from ingest.model import ArticleId, FeedKind, StoryId
from ingest.store.sql import id_list
from ingest.store.times import from_text, to_text
from ingest.watch.evaluate import fits
from ingest.watch.fts5 import expression, narrowed
from ingest.watch.parse import parse
from ingest.watch.query import (
    All,
    AnyOf,
    Find,
    Group,
    Kind,
    Near,
    Node,
    Not,
    Query,
    Source,
    SourceField,
    Words,
    label,
)
from ingest.watch.reading import Reading, Watched, needle, padded

_leaf = lru_cache(maxsize=4096)(parse)
_COLUMNS = {
    SourceField.PUBLISHER: ("p.name", "p.domain"),
    SourceField.AGENCY: ("a.agency",),
    SourceField.LANGUAGE: ("a.language",),
}
_WATCHED = """
SELECT a.id, m.story_id, a.first_seen_at, a.baseline, a.title, a.text, a.agency, a.language, a.url,
       p.name AS publisher, p.domain, p.kind
FROM articles a JOIN publishers p ON p.id = a.publisher_id JOIN members m ON m.article_id = a.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedArticle:
    """An article as watches see it, with its story."""

    id: ArticleId
    story_id: StoryId
    seen_at: datetime
    baseline: bool
    url: str
    words: Watched


def articles_that_fit(
    connection: sqlite3.Connection, query: Query, *, since: datetime, limit: int
) -> tuple[WatchedArticle, ...]:
    """What a query asks for of the articles first seen from `since` on: the latest `limit`, in order of arrival."""
    first = connection.execute("SELECT min(id) FROM articles WHERE first_seen_at >= ?", [to_text(since)]).fetchone()[0]
    if first is None:
        return ()
    _teach(connection)
    condition = _Condition(least=int(first))
    sql = condition.of(query.root)
    rows = connection.execute(
        f"{_WATCHED} WHERE a.id >= ? AND a.first_seen_at >= ? AND {sql} ORDER BY a.id DESC LIMIT ?",
        [int(first), to_text(since), *condition.values, limit],
    )
    return tuple(reversed([_watched(row) for row in rows]))


def _teach(connection: sqlite3.Connection) -> None:
    """Give a connection the functions that a condition calls; SQLite lets nobody replace them under a cursor."""
    if not connection.execute("SELECT count(*) FROM pragma_function_list WHERE name = 'watch_leaf'").fetchone()[0]:
        connection.create_function("watch_leaf", 3, _fits, deterministic=True)
        connection.create_function("watch_words", 1, padded, deterministic=True)


def watched(connection: sqlite3.Connection, ids: Sequence[ArticleId]) -> tuple[WatchedArticle, ...]:
    """These articles as watches see them, in the order of their ids."""
    rows = connection.execute(
        f"{_WATCHED} WHERE a.id IN (SELECT value FROM json_each(?)) ORDER BY a.id", [id_list(ids)]
    )
    return tuple(map(_watched, rows))


@dataclass(slots=True, kw_only=True)
class _Condition:
    """Builds the condition; `values` are bound in the order in which its question marks stand."""

    least: int  # the smallest id that is asked for: the index need not look at older articles
    values: list[object] = field(default_factory=list)

    def of(self, node: Node) -> str:
        """A node as SQL."""
        whole = expression(node)
        if whole is not None:
            return self._match(whole)
        match node:
            case Find() | Near():
                return self._leaf(node)
            case Source():
                return self._source(node)
            case Kind():
                self.values.append(node.kind.value)
                return "p.kind = ?"
            case Group():
                names = sorted(node.publishers)
                self.values += names * 2
                listed = f"({', '.join('?' * len(names))})"
                return f"(trim(watch_words(p.name)) IN {listed} OR trim(watch_words(p.domain)) IN {listed})"
            case Not():
                return f"NOT {self.of(node.part)}"
            case All():
                return self._joined(node.parts, " AND ", All)
            case AnyOf():
                return self._joined(node.parts, " OR ", AnyOf)
            case _:
                assert_never(node)

    def _joined(self, parts: Sequence[Node], word: str, kind: Callable[..., All | AnyOf]) -> str:
        """What the index can tell becomes one question to it, the rest a condition each."""
        told = tuple(part for part in parts if expression(part) is not None)
        untold = [part for part in parts if expression(part) is None]
        whole: list[Node] = [kind(parts=told)] if len(told) > 1 else list(told)
        return f"({word.join(self.of(part) for part in (*whole, *untold))})"

    def _match(self, fts5: str) -> str:
        self.values += [fts5, self.least]
        return "a.id IN (SELECT rowid FROM articles_fts WHERE articles_fts MATCH ? AND rowid >= ?)"

    def _leaf(self, part: Words) -> str:
        narrow = self._match(narrowed(part))
        self.values.append(label(part))
        return f"({narrow} AND watch_leaf(?, a.title, a.text))"

    def _source(self, node: Source) -> str:
        columns = _COLUMNS[node.field]
        self.values += [needle(node.phrase)] * len(columns)
        return f"({' OR '.join(f'instr(watch_words({column}), ?) > 0' for column in columns)})"


def _fits(leaf: str, title: str, text: str) -> bool:
    return fits(_leaf(leaf).root, Reading(Watched(title=title, text=text)))


def _watched(row: sqlite3.Row) -> WatchedArticle:
    return WatchedArticle(
        id=ArticleId(row["id"]),
        story_id=StoryId(row["story_id"]),
        seen_at=from_text(row["first_seen_at"]),
        baseline=bool(row["baseline"]),
        url=row["url"],
        words=Watched(
            title=row["title"],
            text=row["text"],
            publisher=row["publisher"],
            domain=row["domain"],
            kind=FeedKind(row["kind"]),
            agency=row["agency"],
            language=row["language"],
        ),
    )
