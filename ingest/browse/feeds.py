"""Stories as Atom feeds for feed readers: all of them, and those that a watch told of."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import unquote

from datasette import Response

from ingest.browse.newsroom import SHOWN_TABLES, TooSlow, ask, refusal
from ingest.errors import NotFound
from ingest.publish.atom import write_atom
from ingest.store.export import FEED_STORIES, latest_stories

_WATCH_TABLES = ("watches", "hits")


async def stories(request: Any, datasette: Any) -> Any:
    """The latest stories."""
    return await _feed(request, datasette, None)


async def watch(request: Any, datasette: Any) -> Any:
    """The stories that a watch told of last."""
    return await _feed(request, datasette, unquote(request.url_vars["name"])[:200])


async def _feed(request: Any, datasette: Any, name: str | None) -> Any:
    tables = (*SHOWN_TABLES, *_WATCH_TABLES) if name else SHOWN_TABLES
    if refused := await refusal(request, datasette, tables):
        return refused
    try:
        found = await ask(datasette, partial(latest_stories, watch=name, limit=FEED_STORIES))
    except NotFound:
        return Response.text("There is no watch of this name.", status=404)
    except TooSlow as exc:
        return Response.text(f"{exc}.", status=503)
    base = datasette.absolute_url(request, datasette.urls.path("/"))
    data = write_atom(found, public_url=base, now=datetime.now(UTC), watch=name)
    return Response(
        data.decode(), content_type="application/atom+xml; charset=utf-8", headers={"Cache-Control": "no-cache"}
    )
