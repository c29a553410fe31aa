"""The Datasette plugin: story pages, metadata, a search that takes any words, our style, protective headers.

It does something only where one of Datasette's databases is samewire's; beside others it leaves no trace.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Generator
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar, cast

from datasette import NotFound, Response, hookimpl
from jinja2 import ChoiceLoader, FileSystemLoader
from markupsafe import Markup

from ingest.browse import digests, feeds, pages
from ingest.browse.metadata import metadata
from ingest.browse.newsroom import newsroom
from ingest.browse.shield import App, script_hashes, shielded, table_policy
from ingest.store.read import fts_query
from ingest.store.read_browse import guard

Hook = TypeVar("Hook", bound=Callable[..., Any])

_log = logging.getLogger(__name__)
_HERE = Path(__file__).parent
_STYLE = (_HERE / "static" / "style.css").read_text(encoding="utf-8")
_STYLE_PATH = "/-/samewire/style.css"
_STYLE_VERSION = sha256(_STYLE.encode()).hexdigest()[:12]
_STORY_NUMBERS = frozenset(
    {("story_list", "id"), ("todays_digest", "id"), ("todays_digest", "event_id"), ("digest_events", "event_id")}
)
#: Templates of Datasette's that carry an inline script which its pages need.
_SCRIPTED = ("_close_open_menus.html", "_codemirror_foot.html", "table.html")


def _hook(function: Hook) -> Hook:
    return cast(Hook, hookimpl(function))


def _hook_last(function: Hook) -> Hook:
    """A hook that runs after Datasette's own, so that ours is the one that stays."""
    return cast(Hook, hookimpl(function, trylast=True))


def _hook_around(function: Hook) -> Hook:
    """A hook that sees what the others answered, and may replace it."""
    return cast(Hook, hookimpl(function, hookwrapper=True))


@_hook
def register_routes(datasette: Any) -> list[tuple[str, Callable[..., Any]]]:
    """Our pages. A later database of the same name would be hidden by them, so they exist only where they are used."""
    if newsroom(datasette) is None:
        return []
    return [
        (r"^/$", _start),
        (r"^/stories/?$", pages.stories),
        (r"^/stories\.atom$", feeds.stories),
        (r"^/watch/(?P<name>[^/]+)\.atom$", feeds.watch),
        (r"^/story/(?P<id>[^/]+)/?$", pages.story),
        (r"^/digest/?$", digests.latest),
        (r"^/digest/(?P<day>[^/]+)/?$", digests.of_day),
        (rf"^{_STYLE_PATH}$", _style),
    ]


async def _start(datasette: Any) -> Any:
    return Response.redirect(datasette.urls.path("/stories"))


async def _style() -> Any:
    """The style sheet; its address changes with its content, so it may be kept for good."""
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(_STYLE, content_type="text/css; charset=utf-8", headers=headers)


@_hook
def extra_css_urls(datasette: Any) -> list[str]:
    """Our style, on every page, where there is a newsroom."""
    return [f"{_STYLE_PATH}?v={_STYLE_VERSION}"] if newsroom(datasette) else []


@_hook
def prepare_jinja2_environment(env: Any) -> None:
    """Our templates come last, so that an operator's own of the same name win."""
    env.loader = ChoiceLoader([env.loader, FileSystemLoader(str(_HERE / "templates"))])


@_hook_last
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: Any) -> None:
    """Read-only for certain, and `search_terms(:q)` for queries.

    Datasette's own search box calls `escape_fts`; replacing that function makes the box read words as we index them.
    """
    room = newsroom(datasette)
    if room is None or room.name != database:
        return
    guard(conn)
    for name in ("search_terms", "escape_fts"):
        conn.create_function(name, 1, fts_query, deterministic=True)


@_hook
def get_metadata(datasette: Any) -> dict[str, Any]:
    """Titles, descriptions and canned queries for the newsroom, under whatever name it is served."""
    room = newsroom(datasette)
    return metadata(room.name, private=not datasette.setting("default_allow_sql")) if room else {}


@_hook
def menu_links(datasette: Any) -> list[dict[str, str]]:
    """The way back from Datasette's pages to ours."""
    if newsroom(datasette) is None:
        return []
    return [{"href": datasette.urls.path("/stories"), "label": "Stories"}]


@_hook
def render_cell(value: object, column: str, table: str | None, database: str, datasette: Any) -> Any | None:
    """A story's number as a link to its page, in the views and the answers to questions."""
    room = newsroom(datasette)
    if room is None or room.name != database or type(value) is not int:
        return None
    if (column == "story_id" and table in (None, "story_timeline")) or (table, column) in _STORY_NUMBERS:
        return Markup('<a href="{}">{}</a>').format(datasette.urls.path(f"/story/{value}"), value)
    return None


@_hook
def asgi_wrapper(datasette: Any) -> Callable[[App], App]:
    """Protective headers on every answer, Datasette's own pages included."""
    if newsroom(datasette) is None:
        return lambda app: app
    policy = table_policy(script_hashes(pages.template_sources(datasette, *_SCRIPTED)))
    return lambda app: shielded(app, lambda: policy)


@_hook
def forbidden(datasette: Any, request: Any) -> Any:
    """A refusal in our own words."""
    if newsroom(datasette) is None:
        return None

    async def answer() -> Any:
        words = "You may not see this page. Log in, or ask whoever runs this newsroom."
        return await pages.problem(request, datasette, status=403, heading="Not for everyone", words=words)

    return answer


@_hook_around
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Generator[None, Any, None]:
    """Answer in our own words, in place of Datasette's own handler.

    That one prints a traceback for every address mistyped, with the request's headers where `rich` is installed.
    """
    outcome = yield
    if newsroom(datasette) is None:
        return

    async def answer() -> Any:
        status, heading, words = _told(exception)
        if status >= 500:
            _log.error("%s: %s", request.path, exception, exc_info=exception)
        if request.path.partition("?")[0].endswith(".json"):
            details = getattr(exception, "error_dict", {})
            body = {**details, "ok": False, "error": str(words), "status": status, "title": heading}
            return Response.json(body, status=status)
        return await pages.problem(request, datasette, status=status, heading=heading, words=words)

    outcome.force_result([answer])


def _told(exception: Exception) -> tuple[int, str, str]:
    """Status, heading and words for a page."""
    if isinstance(exception, NotFound):
        return 404, "Nothing here", "This address leads nowhere. Stories, tables and questions are one step away."
    status = getattr(exception, "status", 500)
    if status == 500:
        return 500, "That went wrong", "The fault is on our side; the server’s log says what happened."
    words = getattr(exception, "message", None) or str(exception)
    if getattr(exception, "message_is_html", False):
        words = Markup(words)  # noqa: S704 - Datasette's own sentence; it escapes what it puts in
    return status, getattr(exception, "title", None) or "That did not work", words
