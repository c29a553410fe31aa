"""A day's digest as it was built for everybody, at the address that the mail's "N more" leads to."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any
from urllib.parse import unquote

from datasette import Response

from ingest.browse.newsroom import ask
from ingest.browse.render import problem
from ingest.browse.settings import ShowText, settings_of
from ingest.store.digests import html_of_day, latest_day

#: The digest carries its styles in its elements, as mail programs want them; it loads and runs nothing.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


async def latest(request: Any, datasette: Any) -> Any:
    """On to the last digest that was built."""
    day = await ask(datasette, latest_day)
    if day is None:
        return await _none(request, datasette, "No digest has been built yet: the first is built at its hour.")
    return Response.redirect(datasette.urls.path(f"/digest/{day.isoformat()}"))


async def of_day(request: Any, datasette: Any) -> Any:
    """The digest of a day, as it was mailed."""
    wanted = unquote(request.url_vars["day"])
    try:
        day = date.fromisoformat(wanted)
    except ValueError:
        return await _none(request, datasette, f"{wanted[:40]} is no day; write it as 2026-11-26.")
    if settings_of(datasette).show_text is ShowText.NONE:
        return await _none(request, datasette, "Digests hold excerpts of the articles, which these pages do not show.")
    html = await ask(datasette, partial(html_of_day, day=day))
    if html is None:
        return await _none(request, datasette, f"No digest of {day.isoformat()} was built.")
    return Response.html(html, headers={"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"})


async def _none(request: Any, datasette: Any, words: str) -> Any:
    return await problem(request, datasette, status=404, heading="No such digest", words=words)
