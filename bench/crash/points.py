"""Every point at which a process changes what outlives it, found by watching and not by a list: a crash at the n-th.

Watched are the doors through which a change can leave the process: what SQLite commits (COMMIT, a writing statement
outside a transaction, a backup's pages, the checkpoint of a close), files that are opened for writing, closed, renamed,
linked, removed or made, requests that are not a GET, and the text of a mail and the answer to it. A commit that is
written tomorrow is found tomorrow. What lies on the disk, and what others were told, changes at these points only: a
crash before each of them, and none after the last, is a crash before and after each.
"""

from __future__ import annotations

import builtins
import io
import os
import re
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from ingest.poll.fetch import Client
from ingest.publish import mail

DIED = 9
_ENDS = re.compile(r"\s*(COMMIT|END)\b", re.I)
_WRITES = re.compile(
    r"\s*(?:WITH\b.*\b)?(?:(?:INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER|VACUUM|REINDEX|ANALYZE)\b"
    r"|PRAGMA\s+(?:(?:journal_mode|user_version|application_id)\s*=|optimize|wal_checkpoint))",
    re.I | re.S,
)
_INGEST = str(Path(__file__).parents[2] / "ingest")
_PLUMBING = ("store/connection.py", "pipeline/desk.py", "store/sql.py")


class Points:
    """Counts the points that are reached, and ends the process before the one that it is told."""

    def __init__(self, folder: Path, *, stop_at: int, report: Callable[[str], None]) -> None:
        self._folder, self._stop_at, self._report = str(folder), stop_at, report
        self.count = 0

    def reach(self, what: str) -> None:
        """The next thing changes what outlives the process; what the bench itself does is no point."""
        place = where()
        if place is None:
            return
        self.count += 1
        if self.count == self._stop_at:
            os._exit(DIED)
        self._report(f"{what} | {place}")

    def inside(self, path: object) -> str | None:
        """A file's name when it is one of the newsroom's."""
        if not isinstance(path, str | Path):
            return None
        absolute = os.path.abspath(path)  # noqa: PTH100 - no link is to be followed
        return os.path.relpath(absolute, self._folder) if absolute.startswith(self._folder + os.sep) else None

    def watch(self) -> None:
        """Watch from now on. For a process that ends with what it does: nothing is put back."""
        _watch_sqlite(self)
        _watch_files(self)
        _watch_network(self)


def where() -> str | None:
    """The statement of samewire's that is under way, above the plumbing that every write goes through."""
    frame, found = sys._getframe(1), None
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(_INGEST):
            found = f"{name[len(_INGEST) + 1 :]}:{frame.f_lineno} {frame.f_code.co_name}"
            if not name.endswith(_PLUMBING):
                break
        frame = frame.f_back  # type: ignore[assignment]
    return found


def _watch_sqlite(points: Points) -> None:
    class Cursor(sqlite3.Cursor):
        def execute(self, sql: str, *rest: Any) -> Any:
            open_already = self.connection.in_transaction
            if (open_already and _ENDS.match(sql)) or (not open_already and _WRITES.match(sql)):
                points.reach(f"sqlite {' '.join(sql.split())[:40]}")
            return super().execute(sql, *rest)

        def executemany(self, sql: str, *rest: Any) -> Any:
            if not self.connection.in_transaction:
                points.reach(f"sqlite {' '.join(sql.split())[:40]}")
            return super().executemany(sql, *rest)

        def executescript(self, sql: str) -> Any:
            points.reach("sqlite script")
            return super().executescript(sql)

    class Connection(sqlite3.Connection):
        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

        def execute(self, sql: str, *rest: Any) -> Any:
            return self.cursor().execute(sql, *rest)

        def executemany(self, sql: str, *rest: Any) -> Any:
            return self.cursor().executemany(sql, *rest)

        def executescript(self, sql: str) -> Any:
            return self.cursor().executescript(sql)

        def commit(self) -> None:
            if self.in_transaction:
                points.reach("sqlite commit()")
            super().commit()

        def backup(self, target: sqlite3.Connection, **how: Any) -> None:
            points.reach("sqlite backup")
            told = how.pop("progress", None)

            def progress(status: int, left: int, total: int) -> None:
                points.reach("sqlite backup, some pages")
                if told is not None:
                    told(status, left, total)

            super().backup(target, **{**how, "pages": 40}, progress=progress)

        def close(self) -> None:
            points.reach("sqlite close")
            super().close()

    connect = sqlite3.connect

    def watched(*args: Any, **how: Any) -> sqlite3.Connection:
        how.setdefault("factory", Connection)
        return connect(*args, **how)

    sqlite3.connect = watched  # type: ignore[assignment]


def _watch_files(points: Points) -> None:
    real_open, fdopen, low_open = io.open, os.fdopen, os.open

    def watched(file: Any, mode: str = "r", *rest: Any, **how: Any) -> Any:
        name = points.inside(file) if set(mode) & set("wax+") else None
        if name is not None:
            points.reach(f"file opened for writing: {name}")
        opened = real_open(file, mode, *rest, **how)
        return _watch_close(points, opened, name) if name is not None else opened

    def low(path: Any, flags: int, *rest: Any, **how: Any) -> int:
        name = points.inside(path) if flags & (os.O_WRONLY | os.O_RDWR) else None
        if name is not None:
            points.reach(f"file opened for writing: {name}")
        return low_open(path, flags, *rest, **how)

    def from_descriptor(descriptor: int, mode: str = "r", *rest: Any, **how: Any) -> Any:
        opened = fdopen(descriptor, mode, *rest, **how)
        return _watch_close(points, opened, "by its descriptor") if set(mode) & set("wa+") else opened

    builtins.open = watched
    io.open = watched
    os.open = low
    os.fdopen = from_descriptor  # type: ignore[assignment]
    for name in ("rename", "replace", "link", "unlink", "remove", "mkdir", "rmdir", "truncate"):
        _watch_call(points, name)


def _watch_close(points: Points, opened: Any, name: str) -> Any:
    close = opened.close

    def closing() -> None:
        if not opened.closed:
            points.reach(f"file written and closed: {name}")
        close()

    opened.close = closing
    return opened


def _watch_call(points: Points, name: str) -> None:
    real = getattr(os, name)

    def watched(path: Any, *rest: Any, **how: Any) -> Any:
        if (inside := points.inside(path)) is not None:
            points.reach(f"{name} {inside}")
        return real(path, *rest, **how)

    setattr(os, name, watched)


def _watch_network(points: Points) -> None:
    real_send = Client.send

    async def send(client: Client, request: httpx.Request, **how: Any) -> httpx.Response:
        if request.method == "GET":
            return await real_send(client, request, **how)
        points.reach(f"{request.method} {request.url.path}")
        answer = await real_send(client, request, **how)
        points.reach(f"{request.method} {request.url.path} answered")
        return answer

    class Smtp(mail._BoundedSmtp):
        _text_is_out = False

        def send(self, s: Any) -> None:
            if self._text_is_out is False and bytes(s if isinstance(s, bytes) else s.encode()).endswith(b"\r\n.\r\n"):
                points.reach("mail, its text")
                self._text_is_out = True
            super().send(s)

        def getreply(self) -> tuple[int, bytes]:
            if self._text_is_out:
                points.reach("mail, the answer to its text")
                self._text_is_out = False
            return super().getreply()

    Client.send = send  # type: ignore[method-assign, assignment]
    mail._BoundedSmtp = Smtp  # type: ignore[misc]
