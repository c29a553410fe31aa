"""The Datasette plugin: story pages, metadata, a search that takes any words, our style, protective headers.

It does something only where one of Datasette's databases is samewire's; beside others it leaves no trace.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, TypeVar, cast

from datasette import NotFound, Response, hookimpl
from datasette.utils import StartupError
from jinja2 import ChoiceLoader, FileSystemLoader
from markupsafe import Markup

from ingest.browse.licence import conceal
from ingest.browse.metadata import metadata, rules
from ingest.browse.newsroom import EDIT, newsroom
from ingest.browse.render import problem
from ingest.browse.routes import registered
from ingest.browse.settings import settings_of
from ingest.browse.shield import App, script_hashes, shielded, table_policy
from ingest.browse.style import STYLE_PATH, STYLE_VERSION
from ingest.pipeline.logbook import log
from ingest.store.read import fts_query
from ingest.store.read_browse import guard
from ingest.store.read_canned import numbers_changed

Hook = TypeVar("Hook", bound=Callable[..., Any])

#: Under these keys Datasette asks who may see what; "tables" is its key for all tables' rules.
_RULES = ("allow", "allow_sql", "tables", "plugins", "permissions")
#: Datasette's own name for whoever started it.
ROOT = "root"

_HERE = Path(__file__).parent
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
    return [] if newsroom(datasette) is None else registered()


@_hook
def startup(datasette: Any) -> None:
    """Refuse what Datasette would take for a file that never changes while somebody writes it."""
    room = newsroom(datasette)
    if room is None or room.is_mutable:
        return
    log = Path(f"{room.path}-wal")
    if log.exists() and log.stat().st_size:  # a reader alone leaves an empty one
        raise StartupError(
            f"{room.path} is in use by a running samewire; as an immutable file (-i) its pages would be wrong or "
            "break off. Leave -i out, or serve a copy made by `samewire backup`"
        )


@_hook
def permission_allowed(datasette: Any, actor: Any, action: str) -> bool | None:
    """Who may correct: the operator's editors, and Datasette's root. Any other plugin or rule may say more."""
    if action != EDIT or not isinstance(actor, dict) or actor.get("id") is None:
        return None
    editors = settings_of(datasette).editors
    return True if actor["id"] == ROOT or "*" in editors or str(actor["id"]) in editors else None


@_hook
def actor_from_request(datasette: Any, request: Any) -> dict[str, Any] | None:
    """The person whom a proxy in front has logged in, where the operator says which header and which proxy."""
    settings = settings_of(datasette)
    if not settings.user_header or (request.scope.get("client") or ("",))[0] not in settings.proxies:
        return None
    name = request.headers.get(settings.user_header.lower(), "").strip()[:200]
    # Datasette's root sees everything; it logs in on this machine and never by a header.
    return {"id": name} if name and name != ROOT else None


@_hook
def extra_css_urls(datasette: Any) -> list[str]:
    """Our style, on every page, where there is a newsroom."""
    return [datasette.urls.path(f"{STYLE_PATH}?v={STYLE_VERSION}")] if newsroom(datasette) else []


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
    conn.create_function("numbers_changed", 2, numbers_changed, deterministic=True)
    conceal(conn, settings_of(datasette).show_text)


@_hook
def get_metadata(datasette: Any, key: str | None) -> dict[str, Any]:
    """Titles, descriptions and canned queries for the newsroom, under whatever name it is served."""
    room = newsroom(datasette)
    if room is None:
        return {}
    answer = rules if key in _RULES else metadata
    return answer(room.name, private=not datasette.setting("default_allow_sql"))


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
    policy = table_policy(script_hashes(_sources(datasette)))
    return lambda app: shielded(app, lambda: policy)


def _sources(datasette: Any) -> tuple[str, ...]:
    """The templates with scripts as Datasette finds them, an operator's own among them."""
    environment = datasette.jinja_env
    loader: Any = environment.loader
    return tuple(loader.get_source(environment, name)[0] for name in _SCRIPTED)


@_hook
def forbidden(datasette: Any, request: Any) -> Any:
    """A refusal in our own words."""
    if newsroom(datasette) is None:
        return None

    async def answer() -> Any:
        words = "You may not see this page. Log in, or ask whoever runs this newsroom."
        return await problem(request, datasette, status=403, heading="Not for everyone", words=words)

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
            log.error("page", "failed", str(exception), exc=exception, path=request.path)
        if request.path.partition("?")[0].endswith(".json"):
            details = getattr(exception, "error_dict", {})
            body = {**details, "ok": False, "error": str(words), "status": status, "title": heading}
            return Response.json(body, status=status)
        return await problem(request, datasette, status=status, heading=heading, words=words)

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
