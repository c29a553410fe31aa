"""Finds the newsroom among Datasette's databases and asks it, within Datasette's own permissions and time limit."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from datasette import Forbidden
from datasette.utils import sqlite_timelimit

from ingest.browse.licence import conceal, reveal
from ingest.browse.settings import settings_of
from ingest.errors import SamewireError
from ingest.store.connection import Store, open_for_notes, open_reader
from ingest.store.read_browse import snapshot

Answer = TypeVar("Answer")

#: What the story pages show; who may not see one of these tables may not see the pages.
SHOWN_TABLES = ("stories", "members", "articles", "publishers", "revisions")
#: Datasette's name for the permission to correct stories, to mark them and to tag sources.
EDIT = "samewire-edit"

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


async def permit(request: Any, datasette: Any, tables: Sequence[str], *, to_edit: bool = False) -> None:
    """Raise Datasette's Forbidden unless this person may see every one of these tables, and edit where that is asked.

    A plugin's routes are outside Datasette's own `allow` rules; this is the one place that asks for them.
    """
    name = newsroom(datasette).name  # type: ignore[union-attr]  # routes exist only beside a newsroom
    for table in tables:
        await datasette.ensure_permissions(
            request.actor, [("view-table", (name, table)), ("view-database", name), "view-instance"]
        )
    if to_edit and not await datasette.permission_allowed(request.actor, EDIT, resource=name, default=False):
        raise Forbidden(EDIT)


async def may_edit(request: Any, datasette: Any) -> bool:
    """Whether the pages offer this person their forms."""
    try:
        await permit(request, datasette, (), to_edit=True)
    except Forbidden:
        return False
    return True


async def ask(datasette: Any, question: Callable[[sqlite3.Connection], Answer]) -> Answer:
    """Put a question to the newsroom, on one state of it, within the time limit.

    Raises TooSlow.
    """
    limit_ms, show_text = datasette.setting("sql_time_limit_ms"), settings_of(datasette).show_text

    def within_limits(connection: sqlite3.Connection) -> Answer:
        reveal(connection, show_text)
        try:
            with sqlite_timelimit(connection, limit_ms), snapshot(connection):
                return question(connection)
        finally:
            conceal(connection, show_text)

    database: Any = newsroom(datasette)
    try:
        answer: Answer = await database.execute_fn(within_limits)
    except sqlite3.OperationalError as exc:
        if not any(word in str(exc) for word in ("interrupted", "locked", "busy")):
            raise
        raise TooSlow(f"this took longer than {limit_ms / 1000:g} s") from exc
    return answer


async def write(datasette: Any, change: Callable[[Store], Answer]) -> Answer:
    """Write what a person said, on a connection of its own that is closed again; every other one is read-only.

    Raises TooSlow, and what the change raises.
    """
    database: Any = newsroom(datasette)

    def written() -> Answer:
        with open_for_notes(Path(database.path)) as store:
            return change(store)

    try:
        return await asyncio.to_thread(written)
    except sqlite3.OperationalError as exc:
        if not any(word in str(exc) for word in ("locked", "busy")):
            raise
        raise TooSlow("the database was busy; nothing was recorded, try again") from exc
