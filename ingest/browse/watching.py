"""The stories that a watch told of last, as an Atom feed under the watch's name."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import unquote

from datasette import Response

from ingest.browse.formats import base_url
from ingest.browse.newsroom import ask
from ingest.publish.atom import write_atom
from ingest.store.export import FEED_STORIES, latest_stories


async def watch(request: Any, datasette: Any) -> Any:
    """The stories that a watch told of last."""
    name = unquote(request.url_vars["name"])[:200]
    found = await ask(datasette, partial(latest_stories, watch=name, limit=FEED_STORIES))
    data = write_atom(found, public_url=base_url(request, datasette), now=datetime.now(UTC), watch=name)
    headers = {"Cache-Control": "no-cache"}
    return Response(data.decode(), content_type="application/atom+xml; charset=utf-8", headers=headers)
