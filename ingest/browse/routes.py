"""Our addresses: each with its handler, the tables that who asks must be allowed to see, and whether it writes."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from datasette import Response

from ingest.browse import compare, digests, edit, feeds, pages, publishers, pulse, watching
from ingest.browse.newsroom import SHOWN_TABLES, TooSlow, permit
from ingest.browse.render import problem
from ingest.browse.style import STYLE_PATH, style
from ingest.errors import NotFound

Handler = Callable[[Any, Any], Awaitable[Any]]

_FORM = r"(?:\.(?P<form>json|csv|atom))?"
_FEEDS = ("feeds", "polls", "publishers")
_MARKED = (*SHOWN_TABLES, "constraints", "journal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """An address of ours."""

    pattern: str
    handler: Handler
    tables: tuple[str, ...] = SHOWN_TABLES
    writes: bool = False  # asked by POST, with a token, by who may edit; every other is asked by GET


ROUTES = (
    Route(pattern=r"^/$", handler=pages.start),
    Route(pattern=rf"^/stories/?{_FORM}$", handler=pages.stories),
    Route(pattern=rf"^/story/(?P<id>[^/.]+)/?{_FORM}$", handler=pages.story),
    Route(
        pattern=r"^/compare/(?P<a>[^/]+)/(?P<b>[^/]+)/?$", handler=compare.compare, tables=(*SHOWN_TABLES, "verdicts")
    ),
    Route(pattern=rf"^/publisher/(?P<id>[^/.]+)/?{_FORM}$", handler=publishers.publisher),
    Route(pattern=rf"^/feeds/?{_FORM}$", handler=feeds.feeds, tables=_FEEDS),
    Route(pattern=r"^/watch/(?P<name>[^/]+)\.atom$", handler=watching.watch, tables=(*SHOWN_TABLES, "watches", "hits")),
    Route(pattern=r"^/digest/?$", handler=digests.latest, tables=(*SHOWN_TABLES, "digests")),
    Route(pattern=r"^/digest/(?P<day>[^/]+)/?$", handler=digests.of_day, tables=(*SHOWN_TABLES, "digests")),
    Route(pattern=r"^/-/samewire/health$", handler=pulse.health, tables=_FEEDS),
    Route(pattern=rf"^{STYLE_PATH}$", handler=style, tables=()),
    Route(pattern=r"^/story/(?P<id>[0-9]{1,18})/merge$", handler=edit.merge, tables=_MARKED, writes=True),
    Route(pattern=r"^/story/(?P<id>[0-9]{1,18})/split$", handler=edit.split, tables=_MARKED, writes=True),
    Route(pattern=r"^/story/(?P<id>[0-9]{1,18})/undo$", handler=edit.undo, tables=_MARKED, writes=True),
    Route(pattern=r"^/story/(?P<id>[0-9]{1,18})/mark$", handler=edit.mark, tables=_MARKED, writes=True),
    Route(pattern=r"^/story/(?P<id>[0-9]{1,18})/note$", handler=edit.note, tables=_MARKED, writes=True),
    Route(pattern=r"^/publisher/(?P<id>[0-9]{1,18})/tags$", handler=edit.tags, tables=_MARKED, writes=True),
)


def registered() -> list[tuple[str, Handler]]:
    """The routes as Datasette takes them: none is answered without its permission."""
    return [(route.pattern, guarded(route)) for route in ROUTES]


def guarded(route: Route) -> Handler:
    """A handler for who may ask it, as it is to be asked, within its time."""

    async def answer(request: Any, datasette: Any) -> Any:
        await permit(request, datasette, route.tables or ("stories",), to_edit=route.writes)
        if refused := await _refused(request, route):
            return refused
        try:
            return await route.handler(request, datasette)
        except NotFound as exc:
            return await problem(request, datasette, status=404, heading="No such thing", words=f"{exc}.")
        except TooSlow as exc:
            return await problem(request, datasette, status=503, heading="That took too long", words=f"{exc}.")

    return answer


async def _refused(request: Any, route: Route) -> Any | None:
    """An answer for who asks in another way than the route is asked; None to go on."""
    if not route.writes:
        if request.method in ("GET", "HEAD"):
            return None
        return Response.text("Only GET and HEAD are answered here.", status=405, headers={"Allow": "GET, HEAD"})
    if request.method != "POST":
        return Response.text("Only POST is answered here.", status=405, headers={"Allow": "POST"})
    return await _forged(request)


async def _forged(request: Any) -> Any | None:
    """An answer for a form that another site may have sent.

    Datasette compares the token too, but not where a request carries no cookie or a bearer: a person whom a proxy
    names has no cookie, and the browser sends that proxy's password by itself.
    """
    form = await request.post_vars()
    request.scope["samewire_form"] = form
    token, cookie = form.get("csrftoken", ""), request.cookies.get("ds_csrftoken", "")
    if not token or not cookie or not secrets.compare_digest(token.encode(), cookie.encode()):
        return Response.text(
            "This form is not from these pages, or they were open too long: load them anew.", status=403
        )
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return Response.text("This form comes from another site.", status=403)
    return None
