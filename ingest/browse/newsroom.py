"""Finds the newsroom among Datasette's databases and asks it, within Datasette's own permissions and time limit."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from datasette import Response
from datasette.utils import sqlite_timelimit

from ingest.errors import SamewireError
from ingest.store.connection import open_reader
from ingest.store.read_browse import snapshot

Answer = TypeVar("Answer")

#: What the story pages show; who may not see one of these tables may not see the pages.
SHOWN_TABLES = ("stories", "members", "articles", "publishers", "revisions")

_ours: WeakKeyDictionary[Any, bool] = WeakKeyDictionary()


class TooSlow(SamewireError):
    """The question took longer than `sql_time_limit_ms`, or the database was busy all that time."""


def newsroom(datasette: Any) -> Any | None:
    """The first of Datasette's databases that samewire wrote, or None: then this plugin leaves no trace."""
    return next((database for database in datasette.databases.values() if _is_ours(database)), None)


def _is_ours(database: Any) -> bool:
    if database.path is None:
        return False
    if database not in _ours:
        try:
            open_reader(Path(database.path)).close()
            _ours[database] = True
        except SamewireError:
            _ours[database] = False
    return _ours[database]


async def ensure_visible(datasette: Any, request: Any, tables: Sequence[str] = SHOWN_TABLES) -> None:
    """Raise Datasette's Forbidden unless this person may see every table that a page of ours shows.

    A plugin's routes are outside Datasette's own `allow` rules; this is the one place that asks for them.
    """
    name = newsroom(datasette).name  # type: ignore[union-attr]  # routes exist only beside a newsroom
    for table in tables:
        await datasette.ensure_permissions(
            request.actor, [("view-table", (name, table)), ("view-database", name), "view-instance"]
        )


async def refusal(request: Any, datasette: Any, tables: Sequence[str] = SHOWN_TABLES) -> Any | None:
    """An answer for who may not ask, or not so; None to go on. Raises Datasette's Forbidden."""
    if request.method not in ("GET", "HEAD"):
        return Response.text("Only GET and HEAD are answered here.", status=405, headers={"Allow": "GET, HEAD"})
    await ensure_visible(datasette, request, tables)
    return None


async def ask(datasette: Any, question: Callable[[sqlite3.Connection], Answer]) -> Answer:
    """Put a question to the newsroom, on one state of it, within the time limit.

    Raises TooSlow.
    """
    limit_ms = datasette.setting("sql_time_limit_ms")

    def within_limits(connection: sqlite3.Connection) -> Answer:
        with sqlite_timelimit(connection, limit_ms), snapshot(connection):
            return question(connection)

    database: Any = newsroom(datasette)
    try:
        answer: Answer = await database.execute_fn(within_limits)
    except sqlite3.OperationalError as exc:
        if not any(word in str(exc) for word in ("interrupted", "locked", "busy")):
            raise
        raise TooSlow(f"this took longer than {limit_ms / 1000:g} s") from exc
    return answer
