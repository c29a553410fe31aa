"""What a person may write: a word on stories, which the daemon follows, marks of their own, and tags on sources."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from datasette import Response

from ingest.browse.newsroom import write
from ingest.browse.render import problem, reader_of
from ingest.errors import NotFound
from ingest.model import ArticleId, ConstraintKind, PublisherId, StoryId
from ingest.store import corrections, readers
from ingest.store.connection import Store
from ingest.store.readers import Mark

_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)
_STORY = re.compile(r"(?:\S*/story/|#?)([0-9]{1,18})(?:[/?#.]\S*)?", re.ASCII)


async def merge(request: Any, datasette: Any) -> Any:
    """Say that this story and another are one; the other is named by its number or by the address of its page."""
    own, named = _own(request), _STORY.fullmatch(_given(request, "with"))
    if not named:
        return await _unclear(request, datasette, "Name the other story by its number, or by the address of its page.")
    other = StoryId(int(named[1]))

    def change(store: Store) -> int:
        a, b = (corrections.first_member(store.connection, each) for each in (StoryId(own), other))
        if a == b:
            raise NotFound(f"stories {own} and {other} are one story already")
        return corrections.record_constraint(
            store, ConstraintKind.MERGE, a, b, made_by=_person(request), now=datetime.now(UTC)
        )

    return await _done(request, datasette, change, "#corrections")


async def split(request: Any, datasette: Any) -> Any:
    """Say that an article of this story stands alone."""
    own, article = _own(request), _given(request, "article")
    if not _NUMBER.fullmatch(article):
        return await _unclear(request, datasette, "Name the article by its number.")

    def change(store: Store) -> int:
        if corrections.story_of(store.connection, ArticleId(int(article))) != own:
            raise NotFound(f"article {article} is not in story {own}; it may have moved: load the page anew")
        return corrections.record_constraint(
            store, ConstraintKind.SPLIT, ArticleId(int(article)), None, made_by=_person(request), now=datetime.now(UTC)
        )

    return await _done(request, datasette, change, "#corrections")


async def undo(request: Any, datasette: Any) -> Any:
    """Take back what a line of the journal recorded."""
    line = _given(request, "line")
    if not _NUMBER.fullmatch(line):
        return await _unclear(request, datasette, "Name the line of the journal by its number.")

    def change(store: Store) -> int:
        return corrections.undo(store, int(line), made_by=_person(request), now=datetime.now(UTC))

    return await _done(request, datasette, change, "#corrections")


async def mark(request: Any, datasette: Any) -> Any:
    """Set a mark of this person's on the story, or take it away."""
    word = _given(request, "mark").removeprefix("not-")
    if word not in {each.value for each in Mark}:
        return await _unclear(request, datasette, "A mark is seen, starred or dismissed.")
    now = None if _given(request, "mark").startswith("not-") else datetime.now(UTC)

    def change(store: Store) -> None:
        readers.set_mark(store, _person(request), StoryId(_own(request)), Mark(word), now=now)

    return await _done(request, datasette, change, "#marks")


async def note(request: Any, datasette: Any) -> Any:
    """Keep this person's note on the story."""

    def change(store: Store) -> None:
        readers.set_note(store, _person(request), StoryId(_own(request)), _given(request, "note"))

    return await _done(request, datasette, change, "#marks")


async def tags(request: Any, datasette: Any) -> Any:
    """Give a source the tags that were typed, parted by commas or blanks."""
    wanted = re.split(r"[,\s]+", _given(request, "tags"))

    def change(store: Store) -> None:
        number = PublisherId(_own(request))
        readers.set_tags(store, number, wanted, made_by=_person(request), now=datetime.now(UTC))

    return await _done(request, datasette, change, "", room="publisher")


async def _done(
    request: Any, datasette: Any, change: Callable[[Store], object], part: str, *, room: str = "story"
) -> Any:
    """Write it, and back to the page, so that loading anew writes nothing again."""
    await write(datasette, change)
    return Response.redirect(datasette.urls.path(f"/{room}/{_own(request)}") + part, status=303)


async def _unclear(request: Any, datasette: Any, words: str) -> Any:
    return await problem(request, datasette, status=400, heading="That is not clear", words=words)


def _own(request: Any) -> int:
    return int(request.url_vars["id"])


def _given(request: Any, name: str) -> str:
    return str(request.scope["samewire_form"].get(name, "")).strip()


def _person(request: Any) -> str:
    """Who says it; nobody gets here without a name."""
    name = reader_of(request)
    assert name is not None
    return name[:200]
