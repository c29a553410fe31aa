"""Renders our pages: the template, the person, the policy; and the page for what went wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from datasette import Response

from ingest.browse.newsroom import may_edit, newsroom
from ingest.browse.settings import settings_of
from ingest.browse.shield import PAGE_POLICY
from ingest.browse.wording import Clock

_MACHINES = (".json", ".csv", ".atom")


def clock_of(datasette: Any) -> Clock:
    """Now, in the newsroom's time zone."""
    return Clock(now=datetime.now(UTC), zone=settings_of(datasette).zone)


async def render(request: Any, datasette: Any, template: str, context: dict[str, Any], *, status: int = 200) -> Any:
    """A page of ours."""
    database: Any = newsroom(datasette)
    settings = settings_of(datasette)
    shared = {
        "database_name": database.name,
        "zone": "UTC" if settings.zone is UTC else str(settings.zone),
        "reader": reader_of(request),
        "may_edit": await may_edit(request, datasette),
    }
    html = await datasette.render_template(template, {**shared, **context}, request=request)
    headers = {"Content-Security-Policy": PAGE_POLICY, "Cache-Control": "no-cache"}
    return Response.html(html, status=status, headers=headers)


async def problem(request: Any, datasette: Any, *, status: int, heading: str, words: str) -> Any:
    """What went wrong, and what leads on: as a page, or for programs as JSON or a line."""
    path = request.path.partition("?")[0]
    if path.endswith(".json"):
        return Response.json({"ok": False, "error": str(words), "status": status, "title": heading}, status=status)
    if path.endswith(_MACHINES):
        return Response.text(f"{heading}. {words}", status=status)
    context = {"heading": heading, "words": words, "status": status}
    return await render(request, datasette, "samewire/problem.html", context, status=status)


def reader_of(request: Any) -> str | None:
    """The id of the person who asks; None for a stranger."""
    actor = request.actor if request else None
    name = actor.get("id") if isinstance(actor, dict) else None
    return str(name) if name is not None else None
