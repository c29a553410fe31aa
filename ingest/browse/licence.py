"""Keeps licensed texts out of tables, exports and free questions: their columns read as NULL unless all is shown.

SQLite's authorizer does it while a statement is compiled, so that no way of asking gets around it: table pages, JSON,
CSV, canned queries and SQL that a person types.
"""

from __future__ import annotations

import sqlite3

from ingest.browse.settings import ShowText

#: Columns that hold the words of publishers' texts. From the index, which says where in a text each word stands, a text
#: can be put together again; to search it reads its own blocks past the authorizer.
TEXTS = frozenset(
    {
        ("articles", "text"),
        ("revisions", "text"),
        ("entries", "summary"),
        ("entries", "content"),
        ("kept_pages", "body"),
        ("articles_fts_data", "block"),
    }
)
#: Columns that hold excerpts of them.
EXCERPTS = frozenset({("digests", "html"), ("digests", "plain"), ("alert_messages", "body"), ("boilerplate", "words")})


def conceal(connection: sqlite3.Connection, show_text: ShowText) -> None:
    """Let nobody read on this connection what is not to be shown."""
    hidden = _hidden(show_text)
    if not hidden:
        return

    def authorize(action: int, table: str | None, column: str | None, *_: object) -> int:
        if action == sqlite3.SQLITE_READ and (table, column) in hidden:
            return sqlite3.SQLITE_IGNORE
        return sqlite3.SQLITE_OK

    connection.set_authorizer(authorize)


def reveal(connection: sqlite3.Connection, show_text: ShowText) -> None:
    """Let our own pages read, which cut what they show; with nothing to be shown, they do not read either."""
    if show_text is ShowText.EXCERPT:
        connection.set_authorizer(None)


def _hidden(show_text: ShowText) -> frozenset[tuple[str, str]]:
    match show_text:
        case ShowText.FULL:
            return frozenset()
        case ShowText.EXCERPT:
            return TEXTS
        case ShowText.NONE:
            return TEXTS | EXCERPTS
