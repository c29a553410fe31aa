"""No statement that storing, matching and relating takes reads a table whole that grows with history."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ingest.pipeline.transfer import import_articles
from ingest.store import connection
from ingest.store.connection import open_writer
from tests.pipeline import texts
from tests.pipeline.conftest import Newsroom, written

#: Tables with a row for each feed, publisher, rule or day, or of which housekeeping keeps a bounded number.
_BOUNDED = frozenset(
    ("boilerplate", "constraints", "epochs", "feeds", "lessons", "publishers", "sqlite_master", "terms", "watches")
)
_NAMED = re.compile(r"(?:FROM|JOIN|UPDATE|INTO|,)\s+(\w+)\s+(?:AS\s+)?(\w+)\b")


def _recording(seen: set[str]) -> type[sqlite3.Connection]:
    class Cursor(sqlite3.Cursor):
        def execute(self, sql: str, *args: Any) -> sqlite3.Cursor:
            seen.add(sql)
            return super().execute(sql, *args)

        def executemany(self, sql: str, *args: Any) -> sqlite3.Cursor:
            seen.add(sql)
            return super().executemany(sql, *args)

    class Connection(sqlite3.Connection):
        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

        def execute(self, sql: str, *args: Any) -> sqlite3.Cursor:
            return self.cursor().execute(sql, *args)

        def executemany(self, sql: str, *args: Any) -> sqlite3.Cursor:
            return self.cursor().executemany(sql, *args)

    return Connection


def _read_whole(database: sqlite3.Connection, sql: str) -> set[str]:
    """The tables that a statement reads row by row, by no index, or to make an index or a filter for itself.

    Those of common table expressions are none.
    """
    tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    named = {alias: table for table, alias in _NAMED.findall(sql) if table in tables}
    most = 1 + max((int(number) for number in re.findall(r"\?(\d+)", sql)), default=sql.count("?"))
    for bound in (*([None] * count for count in range(most + 1)), dict.fromkeys(re.findall(r":(\w+)", sql))):
        try:
            plan = database.execute(f"EXPLAIN QUERY PLAN {sql}", bound).fetchall()
        except sqlite3.ProgrammingError:  # another number of values
            continue
        scanned = {line[5:] for *_, line in plan if line.startswith("SCAN ") and " USING " not in line}
        scanned |= {line.split()[3] for *_, line in plan if line.startswith("BLOOM FILTER ON ")}
        scanned |= {line.split()[1] for *_, line in plan if " USING AUTOMATIC " in line}
        return {named.get(name, name) for name in scanned} & tables
    raise AssertionError(f"no number of values fits: {sql}")


def _grown(path: Path, times: int) -> sqlite3.Connection:
    """The database with statistics as if it had so many times as many rows."""
    with sqlite3.connect(path) as database:
        database.execute("ANALYZE")
        stats = database.execute("SELECT rowid, stat FROM sqlite_stat1").fetchall()
        for row, stat in stats:
            rows, _, rest = stat.partition(" ")
            database.execute(
                "UPDATE sqlite_stat1 SET stat = ? WHERE rowid = ?", [f"{int(rows) * times} {rest}".strip(), row]
            )
    database.close()
    return sqlite3.connect(path)


def test_an_article_costs_the_same_however_many_there_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: set[str] = set()
    newsroom = Newsroom(tmp_path)
    open_writer(newsroom.config().database_path, for_command="test").close()  # what makes it may read as it likes
    monkeypatch.setattr(connection.sqlite3, "connect", partial(sqlite3.connect, factory=_recording(seen)))
    told = [(texts.SUMMIT_TITLE, texts.SUMMIT), texts.filler(3), texts.sanctions(12), texts.sanctions(13)]
    records: list[dict[str, object]] = [
        {"id": f"a{n}", "url": f"https://p{n}.example/{n}", "title": title, "text": "\n".join(paragraphs),
         "published_at": f"2026-05-05T08:{n:02d}:00Z"}
        for n, (title, paragraphs) in enumerate([*told, told[0]])
    ]  # fmt: skip
    newsroom.now += timedelta(days=30)
    import_articles(newsroom.config(), written(tmp_path / "a.jsonl", records), newsroom.now, lambda *_: None)
    monkeypatch.undo()
    asked = {sql for sql in seen if re.match(r"\s*(SELECT|WITH|UPDATE|DELETE|INSERT|REPLACE)\b", sql)}
    assert len(asked) > 50
    with open_writer(tmp_path / "empty.db", for_command="test") as empty:
        assert {sql: found for sql in asked if (found := _read_whole(empty.connection, sql) - _BOUNDED)} == {}
    for times in (100, 10_000, 1_000_000):  # the planner goes by them
        with closing(_grown(newsroom.config().database_path, times)) as grown:
            assert {sql: found for sql in asked if (found := _read_whole(grown, sql) - _BOUNDED)} == {}, times
