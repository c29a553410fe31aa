"""Health for monitors: whether the database answers, and when the newsroom last did what it is there for."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from datasette import Response

from ingest.browse.newsroom import ask
from ingest.browse.render import clock_of
from ingest.store.read_feeds import pulse
from ingest.store.times import to_text

#: Feeds whose time came and that nobody polls for so long mean that no daemon runs.
QUIET_FOR = timedelta(minutes=30)


async def health(request: Any, datasette: Any) -> Any:
    """200 and `ok` while somebody polls, 503 and the reason where not; a database that does not answer is 503 too."""
    now = clock_of(datasette).now
    found = await ask(datasette, lambda connection: pulse(connection, now))
    stalled = bool(found.due_feeds) and (found.last_poll_at is None or now - found.last_poll_at > QUIET_FOR)
    values = {field.name: getattr(found, field.name) for field in fields(found)}
    body = {
        "status": "stalled" if stalled else "ok",
        "reason": f"{found.due_feeds} feeds are due and nothing was polled lately: does `samewire run` run?"
        if stalled
        else None,
        **{name: to_text(value) if isinstance(value, datetime) else value for name, value in values.items()},
    }
    return Response.json(body, status=503 if stalled else 200, headers={"Cache-Control": "no-store"})
