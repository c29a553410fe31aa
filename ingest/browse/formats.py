"""A list in the three forms that programs read: JSON, CSV and Atom, with an entity tag: nothing is sent twice."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from datasette import Response

from ingest.browse.settings import settings_of
from ingest.publish.atom import Entry, write_entries
from ingest.publish.csvsafe import Cell, write_rows

_TYPES = {
    "json": "application/json; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
}
FORMS = tuple(_TYPES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list: under which path it stands, its rows, and how they are told to feed readers."""

    title: str
    path: str  # without prefix and ending, such as "stories"
    query: Mapping[str, str]  # what narrows it, without a page
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]
    entries: Sequence[Entry]
    page: int = 1
    has_next: bool = False
    about: Mapping[str, object] | None = None  # what the list is of


def answer(request: Any, datasette: Any, form: str, listing: Listing) -> Any:
    """The list as a program asked for it; 304 where it has it already."""
    base = base_url(request, datasette)
    match form:
        case "json":
            data = _json(listing, base)
        case "csv":
            data = _csv(listing)
        case _:
            data = _atom(listing, base)
    etag = f'"{sha256(data).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    if etag in _known(request):
        return Response("", status=304, headers=headers, content_type=_TYPES[form])
    if form == "csv":
        headers["Content-Disposition"] = f'attachment; filename="{listing.path.replace("/", "-")}.csv"'
    return Response(data.decode(), content_type=_TYPES[form], headers=headers)


def base_url(request: Any, datasette: Any) -> str:
    """Where people reach the pages, with a slash at its end: as configured, else as they asked."""
    public = settings_of(datasette).public_url
    found = public or str(datasette.absolute_url(request, datasette.urls.path("/")))
    return found if found.endswith("/") else f"{found}/"


def _known(request: Any) -> set[str]:
    given = request.headers.get("if-none-match", "")
    return {each.strip().removeprefix("W/") for each in given.split(",")}


def _json(listing: Listing, base: str) -> bytes:
    following = {**listing.query, "page": str(listing.page + 1)}
    body = {
        "title": listing.title,
        "url": f"{base}{listing.path}{_tail(listing.query)}",
        **(listing.about or {}),
        "rows": [dict(zip(listing.columns, map(_plain, row), strict=True)) for row in listing.rows],
        "next": f"{base}{listing.path}.json{_tail(following)}" if listing.has_next else None,
    }
    return json.dumps(body, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def _plain(value: Cell) -> object:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else value


def _csv(listing: Listing) -> bytes:
    out = io.StringIO(newline="")
    write_rows(out, listing.columns, listing.rows)
    return out.getvalue().encode("utf-8", "replace")


def _atom(listing: Listing, base: str) -> bytes:
    # A list without an entry is as old as its day, so that it does not change with every look.
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return write_entries(
        f"samewire: {listing.title}",
        f"{base}{listing.path}{_tail(listing.query)}",
        listing.entries,
        base=base,
        itself=f"{base}{listing.path}.atom{_tail(listing.query)}",
        now=today,
    )


def _tail(query: Mapping[str, str]) -> str:
    return f"?{urlencode(query)}" if query else ""
