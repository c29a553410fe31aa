"""The list of stories and the page of one, for people and for programs."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from functools import partial
from typing import Any

from datasette import Response

from ingest.browse.formats import FORMS, Listing, answer, base_url
from ingest.browse.listed import FILTERS, address_of, listing, page_number, story_line, tab, told, wanted_of
from ingest.browse.newsroom import TooSlow, ask, may_edit
from ingest.browse.render import clock_of, problem, reader_of, render
from ingest.browse.settings import ShowText, settings_of
from ingest.browse.shown import StoryPage, lag_of, story_page
from ingest.browse.wording import Clock, title
from ingest.model import Relation, StoryId, StoryView
from ingest.publish.atom import Entry
from ingest.store import read, read_lists, read_story
from ingest.store.read_lists import Choices, Head, Period, Shelf
from ingest.store.readers import Marks, marks_of

PAGE_STORIES = 25
PROGRAM_STORIES = 200
#: How far back the list pages; older stories are found by searching, or in the table.
MAX_PAGE = 400
MAX_SEARCH_PAGE = 20
MAX_REVISIONS = 50
MAX_RELATED = 12
MAX_SAID = 50
#: So many publishers are offered in a list; of more, the name is typed.
MAX_CHOICES = 40

MEMBER_COLUMNS = (
    "article_id", "title", "publisher", "relation", "score", "reason", "via", "published_at", "first_seen_at",
    "lag_s", "agency", "status", "url",
)  # fmt: skip

_STORY_ID = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What the database says of a story."""

    view: StoryView
    page: StoryPage
    marks: Marks


async def start(request: Any, datasette: Any) -> Any:
    """On to the stories."""
    return Response.redirect(datasette.urls.path("/stories"))


async def stories(request: Any, datasette: Any) -> Any:
    """The latest stories, or those that the address asks for; `?page=` from 1."""
    form = request.url_vars.get("form")
    wanted = wanted_of(request, reader_of(request))
    last = MAX_SEARCH_PAGE if wanted.query else MAX_PAGE
    number, size = page_number(request, last), PROGRAM_STORIES if form in FORMS else PAGE_STORIES
    clock, show_text = clock_of(datasette), settings_of(datasette).show_text

    def question(connection: sqlite3.Connection, *, hasty: bool) -> tuple[tuple[Head, ...], Choices | None]:
        found = read_lists.listed(
            connection, wanted, now=clock.now, midnight=clock.midnight, limit=size + 1, offset=(number - 1) * size,
            hasty=hasty,
        )  # fmt: skip
        return found, None if form else read_lists.choices(connection, most=MAX_CHOICES + 1)

    hasty = False
    try:
        found, choices = await ask(datasette, partial(question, hasty=False))
    except TooSlow:
        hasty = True
        found, choices = await ask(datasette, partial(question, hasty=True))
    has_next = len(found) > size and number < last
    if form:
        base = base_url(request, datasette)
        made = listing(found[:size], wanted, page=number, has_next=has_next, base=base, show_text=show_text)
        return answer(request, datasette, form, made)
    address = address_of(wanted)
    context = {
        "stories": tuple(story_line(head, clock, show_text) for head in found[:size]),
        "wanted": wanted,
        "address": address,
        "heading": told(address),
        "filtered": any(name in address for name in FILTERS),
        "tabs": tuple(tab(period, address, wanted.period) for period in Period),
        "shelves": tuple(Shelf),
        "relations": tuple(each for each in Relation if each is not Relation.DIFFERENT),
        "choices": choices,
        "max_choices": MAX_CHOICES,
        "page": number,
        "has_next": has_next,
        "ends_here": len(found) > size and number >= last,
        "scanned": read_lists.HASTY if hasty else read_lists.SCANNED,
        "hasty": hasty,
    }
    return await render(request, datasette, "samewire/stories.html", context)


async def story(request: Any, datasette: Any) -> Any:
    """One story; a merged one redirects to where it went."""
    wanted, form = request.url_vars["id"], request.url_vars.get("form")
    reader, clock = reader_of(request), clock_of(datasette)
    editing = form is None and await may_edit(request, datasette)
    told_by = partial(
        _told,
        story_id=wanted,
        reader=reader if editing else None,
        clock=clock,
        show_text=settings_of(datasette).show_text,
    )
    found = await ask(datasette, told_by) if _STORY_ID.fullmatch(wanted) and wanted.isascii() else None
    if found is None:
        return await problem(
            request,
            datasette,
            status=404,
            heading="No such story",
            words=f"There is no story {wanted[:40]}. Ids are never used again, so the link may be mistyped.",
        )
    if not isinstance(found, _Told):
        ending = f".{form}" if form else ""
        return Response.redirect(datasette.urls.path(f"/story/{found}{ending}"), status=301)
    if form:
        return answer(request, datasette, form, _members(found.view))
    context = {"story": found.page, "marks_set": found.marks}
    return await render(request, datasette, "samewire/story.html", context)


def _told(
    connection: sqlite3.Connection, *, story_id: str, reader: str | None, clock: Clock, show_text: ShowText
) -> _Told | StoryId | None:
    """What there is on the story, or the id of the story it went into, or None."""
    number = int(story_id)
    view = read.story(connection, number)
    if view is None:
        return _final(connection, number)
    page = story_page(
        view,
        read_story.story_revisions(connection, number, limit=MAX_REVISIONS) if view.revisions else (),
        read_story.related(connection, number, limit=MAX_RELATED),
        read_story.said_of(connection, number, limit=MAX_SAID),
        clock=clock,
        show_text=show_text,
    )
    return _Told(view=view, page=page, marks=marks_of(connection, reader, number) if reader else Marks())


def _final(connection: sqlite3.Connection, story_id: int) -> StoryId | None:
    """The end of a chain of merges; None where there is none, and for a ring, which no merge should make."""
    seen, target = {story_id}, read.forwarded(connection, story_id)
    while target is not None and target not in seen:
        seen.add(target)
        further = read.forwarded(connection, target)
        if further is None:
            return target
        target = further
    return None


def _members(view: StoryView) -> Listing:
    """A story's members for programs."""
    first = view.first
    rows = []
    for member in view.members:
        gap = lag_of(member, first)
        rows.append(
            (
                member.article_id, member.title, member.publisher, member.relation.value, member.score, member.reason,
                member.via, member.published_at, member.first_seen_at, gap.total_seconds() if gap is not None else None,
                member.agency, member.status.value, member.url,
            )
        )  # fmt: skip
    entries = [
        Entry(
            path=f"story/{view.id}#a{member.article_id}",
            title=title(member.title),
            author=member.publisher,
            summary=f"{member.relation.value}: {member.reason}",
            updated=member.published_at or member.first_seen_at,
        )
        for member in reversed(view.members)
    ]
    about = {
        "id": view.id,
        "first_article_id": view.first_article_id,
        "first_publisher": first.publisher if first else None,
        "first_confidence": view.first_confidence,
        "first_reason": view.first_reason,
        "publishers": len(view.publishers),
        "articles": len(view.members),
    }
    return Listing(
        title=title(view.title), path=f"story/{view.id}", query={}, columns=MEMBER_COLUMNS, rows=rows, entries=entries,
        about=about,
    )  # fmt: skip
