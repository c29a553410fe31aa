"""A small database as a samewire of some schema kept it, for tests/store/schemas: `python -m bench.schema_sample DB`.

Takes a few whole stories of a real database (`samewire demo --no-serve` makes one) with all that hangs on them, in the
tables and columns that the schema has. Once a schema is released its sample is never made anew: an upgrade must take in
what was written then.
"""

from __future__ import annotations

import argparse
import gzip
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from ingest.store.migrations import MIGRATIONS, SCHEMA, migrate
from ingest.text.search import indexed

_INDEX_OF_WORDS = 7  # the schema since which the full-text index holds words as text.search has them


def main() -> None:
    """Write the sample."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database", type=Path, help="a database of this version's schema")
    parser.add_argument("--schema", type=int, default=SCHEMA, help="of the sample (default: %(default)s)")
    parser.add_argument("--stories", type=int, default=2, help="how many, the largest first (default: %(default)s)")
    parser.add_argument("--output", type=Path, help="default: tests/store/schemas/NN.db.gz")
    given = parser.parse_args()
    output = given.output or Path(f"tests/store/schemas/{given.schema:02}.db.gz")
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "sample.db"
        sample(given.database, made, schema=given.schema, stories=given.stories)
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_bytes(gzip.compress(made.read_bytes(), mtime=0))
    print(f"wrote {output} ({output.stat().st_size / 1000:.0f} kB)")


def sample(database: Path, made: Path, *, schema: int, stories: int) -> None:
    """Make the sample as a file."""
    with closing(sqlite3.connect(made, isolation_level=None)) as connection:
        migrate(connection, made, MIGRATIONS[:schema])
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("ATTACH ? AS real", [str(database)])
        names = [name for (name,) in connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")]
        tables = [name for name in names if not name.startswith(("articles_fts", "sqlite_"))]
        for table in tables:
            own = [row[1] for row in connection.execute(f"PRAGMA main.table_info({table})")]
            real = {row[1] for row in connection.execute(f"PRAGMA real.table_info({table})")}
            columns = ", ".join(name for name in own if name in real)
            connection.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM real.{table}")
        connection.execute("DETACH real")
        _narrow(connection, tables, stories)
        for row in connection.execute("SELECT id, title, text FROM articles").fetchall():
            words = map(indexed, row[1:]) if schema >= _INDEX_OF_WORDS else (text.lower() for text in row[1:])
            connection.execute("INSERT INTO articles_fts (rowid, title, text) VALUES (?, ?, ?)", [row[0], *words])
        connection.execute("VACUUM")


def _narrow(connection: sqlite3.Connection, tables: list[str], stories: int) -> None:
    """Leave some stories, with those that ended in them, and what hangs on them."""
    kept = (
        "SELECT story_id FROM members GROUP BY story_id ORDER BY count(*) DESC, story_id LIMIT ?",
        [stories],
    )
    ids = ", ".join(str(row[0]) for row in connection.execute(*kept))
    connection.execute(f"DELETE FROM members WHERE story_id NOT IN ({ids})")
    connection.execute(f"DELETE FROM stories WHERE coalesce(merged_into, id) NOT IN ({ids})")
    connection.execute("DELETE FROM articles WHERE id NOT IN (SELECT article_id FROM members)")
    connection.execute("DELETE FROM journal WHERE article_id NOT IN (SELECT id FROM articles)")
    connection.execute("DELETE FROM journal WHERE story_id NOT IN (SELECT id FROM stories)")
    keys = [(table, row) for table in tables for row in connection.execute(f"PRAGMA foreign_key_list({table})")]
    gone = 1
    while gone:
        gone = 0
        for table, (_, _, parent, column, to, *_) in keys:
            there = f"SELECT {to or 'id'} FROM {parent}"
            gone += connection.execute(
                f"DELETE FROM {table} WHERE {column} IS NOT NULL AND {column} NOT IN ({there})"
            ).rowcount
    for row in connection.execute("PRAGMA foreign_key_check").fetchall():
        raise SystemExit(f"the sample has a row without its parent: {row}")


if __name__ == "__main__":
    main()
