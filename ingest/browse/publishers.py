"""A publisher's page: what it had first, what it took from whom, how much later; and the tags on it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from ingest.browse import wording
from ingest.browse.formats import Listing, answer
from ingest.browse.newsroom import ask
from ingest.browse.render import clock_of, problem, render
from ingest.browse.wording import Clock, Stamp
from ingest.publish.atom import Entry
from ingest.store import read_publishers
from ingest.store.read_publishers import Carried, Publisher, TakenFrom
from ingest.store.readers import tags_of

#: Lines of each list on the page; programs get them all.
SHOWN = 30
COLUMNS = (
    "story_id", "title", "article_id", "at", "relation", "is_first", "first_publisher", "lag_s", "other_publishers",
    "url",
)  # fmt: skip
_ID = re.compile(r"[0-9]{1,18}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedLine:
    """A story on the page."""

    story_id: int
    title: str
    relation: str
    first: str | None
    first_id: int | None
    at: Stamp
    lag: str
    others: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenLine:
    """Another publisher, and how much was taken from it."""

    id: int
    name: str
    kind: str
    stories: int
    lag: str


async def publisher(request: Any, datasette: Any) -> Any:
    """One publisher."""
    wanted, form = request.url_vars["id"], request.url_vars.get("form")
    clock = clock_of(datasette)
    found = await ask(datasette, partial(_found, number=int(wanted), clock=clock)) if _ID.fullmatch(wanted) else None
    if found is None:
        words = f"There is no publisher {wanted[:40]}; the table of publishers has them all."
        return await problem(request, datasette, status=404, heading="No such publisher", words=words)
    one, carried, taken, tags = found
    if form:
        return answer(request, datasette, form, _listing(one, carried, tags))
    ahead = tuple(story for story in carried if story.is_first)
    others = tuple(story for story in carried if not story.is_first and story.others)
    context = {
        "publisher": one,
        "kind": wording.KINDS[one.kind],
        "first": tuple(_line(story, clock) for story in sorted(ahead, key=lambda s: not s.others)[:SHOWN]),
        "first_count": len(ahead),
        "taken_up": sum(story.others > 0 for story in ahead),
        "took": tuple(_line(story, clock) for story in others[:SHOWN]),
        "took_count": len(others),
        "from": tuple(map(_taken, taken[:SHOWN])),
        "stories": len(carried),
        "days": read_publishers.WITHIN // timedelta(days=1),
        "newest": read_publishers.NEWEST,
        "tags": tags,
    }
    return await render(request, datasette, "samewire/publisher.html", context)


def _found(
    connection: sqlite3.Connection, *, number: int, clock: Clock
) -> tuple[Publisher, tuple[Carried, ...], tuple[TakenFrom, ...], tuple[str, ...]] | None:
    one = read_publishers.publisher(connection, number)
    if one is None:
        return None
    carried = read_publishers.carried(connection, number, now=clock.now)
    return one, carried, read_publishers.taken_from(connection, carried), tags_of(connection, number)


def _line(story: Carried, clock: Clock) -> CarriedLine:
    return CarriedLine(
        story_id=story.story_id,
        title=wording.title(story.article_title),
        relation=wording.RELATIONS[story.relation],
        first=story.first_publisher,
        first_id=story.first_publisher_id,
        at=clock.stamp(story.at),
        lag=wording.lag(story.lag) if story.lag is not None else "",
        others=story.others,
    )


def _taken(taken: TakenFrom) -> TakenLine:
    return TakenLine(
        id=taken.publisher_id,
        name=taken.name,
        kind=wording.KINDS[taken.kind],
        stories=taken.stories,
        lag=wording.lag(taken.median_lag) if taken.median_lag is not None else "",
    )


def _listing(one: Publisher, carried: Sequence[Carried], tags: Sequence[str]) -> Listing:
    return Listing(
        title=one.name,
        path=f"publisher/{one.id}",
        query={},
        columns=COLUMNS,
        rows=[
            (
                story.story_id, story.title, story.article_id, story.at, story.relation.value, story.is_first,
                story.first_publisher, story.lag.total_seconds() if story.lag is not None else None, story.others,
                story.url,
            )
            for story in carried
        ],
        entries=[
            Entry(
                path=f"story/{story.story_id}#a{story.article_id}",
                title=wording.title(story.article_title),
                author=one.name,
                summary=_summary(story),
                updated=story.at,
            )
            for story in carried[:200]
        ],
        about={"id": one.id, "name": one.name, "kind": one.kind.value, "domain": one.domain, "tags": list(tags)},
    )  # fmt: skip


def _summary(story: Carried) -> str:
    if story.is_first:
        return f"First; {wording.count(story.others, 'other publisher', 'other publishers')} so far."
    lag = f", {wording.lag(story.lag)}" if story.lag is not None else ""
    return f"{wording.RELATIONS[story.relation]}; first: {story.first_publisher or 'not decided'}{lag}."
