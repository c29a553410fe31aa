"""The pages of our own: the list of stories, one story, and the page for what went wrong."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial, wraps
from typing import Any

from datasette import Response

from ingest.browse.newsroom import SHOWN_TABLES, TooSlow, ask, newsroom, refusal
from ingest.browse.shield import script_hashes, story_policy
from ingest.browse.shown import StoryPage, story_line, story_page
from ingest.model import StoryId, StoryView
from ingest.store import read, read_browse

Handler = Callable[[Any, Any], Awaitable[Any]]

PAGE_STORIES = 25
#: How far back the list pages; older stories are found by searching, or in the table.
MAX_PAGE = 400
MAX_SEARCH_PAGE = 20
MAX_QUERY_CHARS = 300
MAX_REVISIONS = 50

_PAGE_NUMBER = re.compile(r"[0-9]{1,6}")
_STORY_ID = re.compile(r"[0-9]{1,18}")


def page(*tables: str) -> Callable[[Handler], Handler]:
    """Make a route's handler a page of ours for who may see these tables: asked by GET or HEAD, within its time."""

    def guarded(handler: Handler) -> Handler:
        @wraps(handler)
        async def answer(request: Any, datasette: Any) -> Any:
            if refused := await refusal(request, datasette, tables):
                return refused
            try:
                return await handler(request, datasette)
            except TooSlow as exc:
                return await problem(request, datasette, status=503, heading="That took too long", words=f"{exc}.")

        return answer

    return guarded


@page(*SHOWN_TABLES)
async def stories(request: Any, datasette: Any) -> Any:
    """The latest stories, or with `?q=` those that hold every word of it; `?page=` from 1."""
    query = " ".join(request.args.get("q", "").replace("\0", " ").split())[:MAX_QUERY_CHARS]
    last = MAX_SEARCH_PAGE if query else MAX_PAGE
    number = min(_page_number(request.args.get("page", "")), last)
    question = partial(_listed, query=query, limit=PAGE_STORIES + 1, offset=(number - 1) * PAGE_STORIES)
    found = await ask(datasette, question)
    now = datetime.now(UTC)
    context = {
        "stories": tuple(story_line(view, now) for view in found[:PAGE_STORIES]),
        "query": query,
        "page": number,
        "has_next": len(found) > PAGE_STORIES and number < last,
        "ends_here": len(found) > PAGE_STORIES and number >= last,
    }
    return await _render(request, datasette, "samewire/stories.html", context)


@page(*SHOWN_TABLES)
async def story(request: Any, datasette: Any) -> Any:
    """One story; a merged one redirects to where it went."""
    wanted = request.url_vars["id"]
    found = await ask(datasette, partial(_told, story_id=wanted)) if _STORY_ID.fullmatch(wanted) else None
    if found is None:
        return await problem(
            request,
            datasette,
            status=404,
            heading="No such story",
            words=f"There is no story {wanted[:40]}. Ids are never used again, so the link may be mistyped.",
        )
    if not isinstance(found, StoryPage):
        return Response.redirect(datasette.urls.path(f"/story/{found}"), status=301)
    return await _render(request, datasette, "samewire/story.html", {"story": found})


async def problem(request: Any, datasette: Any, *, status: int, heading: str, words: str) -> Any:
    """A page that says what went wrong and leads on."""
    context = {"heading": heading, "words": words, "status": status}
    return await _render(request, datasette, "samewire/problem.html", context, status=status)


def _listed(connection: Any, *, query: str, limit: int, offset: int) -> tuple[StoryView, ...]:
    if query:
        return read.search(connection, query, limit=limit, offset=offset)
    return read.latest(connection, limit=limit, offset=offset)


def _told(connection: Any, *, story_id: str) -> StoryPage | StoryId | None:
    """The story's page, or the id of the story it went into, or None."""
    number = int(story_id)
    view = read.story(connection, number)
    if view is None:
        return _final(connection, number)
    revisions = read_browse.story_revisions(connection, number, limit=MAX_REVISIONS) if view.revisions else ()
    return story_page(view, revisions, datetime.now(UTC))


def _final(connection: Any, story_id: int) -> StoryId | None:
    """The end of a chain of merges; None where there is none, and for a ring, which no merge should make."""
    seen, target = {story_id}, read.forwarded(connection, story_id)
    while target is not None and target not in seen:
        seen.add(target)
        further = read.forwarded(connection, target)
        if further is None:
            return target
        target = further
    return None


async def _render(request: Any, datasette: Any, template: str, context: dict[str, Any], *, status: int = 200) -> Any:
    database: Any = newsroom(datasette)
    html = await datasette.render_template(template, {"database_name": database.name, **context}, request=request)
    headers = {
        "Content-Security-Policy": story_policy(script_hashes(template_sources(datasette, "_close_open_menus.html"))),
        "Cache-Control": "no-cache",
    }
    return Response.html(html, status=status, headers=headers)


def template_sources(datasette: Any, *names: str) -> tuple[str, ...]:
    """The text of these templates, as this Datasette would load them."""
    loader, environment = datasette.jinja_env.loader, datasette.jinja_env
    return tuple(loader.get_source(environment, name)[0] for name in names)


def _page_number(text: str) -> int:
    return max(1, int(text)) if _PAGE_NUMBER.fullmatch(text) else 1
