"""The page of feeds: how each one is doing, with what it brought lately as a sparkline."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ingest.browse import wording
from ingest.browse.formats import Listing, answer
from ingest.browse.listed import page_number
from ingest.browse.newsroom import ask
from ingest.browse.render import clock_of, render
from ingest.browse.wording import Clock, Stamp
from ingest.publish.atom import Entry
from ingest.store.read_feeds import POINT, POINTS, FeedLine, Pulse, feed_lines, pulse
from ingest.text.urls import mask

PAGE_FEEDS, PROGRAM_FEEDS = 50, 1_000
MAX_PAGE = 1_000
COLUMNS = (
    "id", "title", "publisher", "status", "last_success_at", "last_change_at", "next_at", "failures", "reason",
    "detail", "overflows", "new_entries", "url",
)  # fmt: skip
_WIDTH, _HEIGHT = 112, 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A feed on the page."""

    id: int
    title: str
    href: str | None
    publisher: str
    publisher_id: int
    state: str
    ill: bool
    reason: str
    detail: str
    success: Stamp | None
    change: Stamp | None
    next: Stamp
    due: bool
    overflows: int
    overflow: Stamp | None
    spark: str  # points of a line, in pixels
    told: str  # the line in words


async def feeds(request: Any, datasette: Any) -> Any:
    """Every feed, those that fail first."""
    form, number = request.url_vars.get("form"), page_number(request, MAX_PAGE)
    size, clock = PROGRAM_FEEDS if form else PAGE_FEEDS, clock_of(datasette)
    tag, failing = request.args.get("tag", "")[:60], request.args.get("failing", "") == "1"

    def question(connection: sqlite3.Connection) -> tuple[tuple[FeedLine, ...], Pulse]:
        found = feed_lines(
            connection, now=clock.now, limit=size + 1, offset=(number - 1) * size, tag=tag, failing=failing
        )
        return found, pulse(connection, clock.now)

    found, beat = await ask(datasette, question)
    has_next = len(found) > size and number < MAX_PAGE
    query = {key: value for key, value in {"tag": tag, "failing": "1" if failing else ""}.items() if value}
    if form:
        return answer(request, datasette, form, _listing(found[:size], query, number, has_next))
    context = {
        "feeds": tuple(feed_line(line, clock) for line in found[:size]),
        "pulse": beat,
        "last_poll": clock.optional(beat.last_poll_at),
        "address": query,
        "page": number,
        "has_next": has_next,
        "days": POINT * POINTS,
        "width": _WIDTH,
        "height": _HEIGHT,
    }
    return await render(request, datasette, "samewire/feeds.html", context)


def feed_line(line: FeedLine, clock: Clock) -> Line:
    """A feed for the page."""
    total = sum(line.news)
    return Line(
        id=line.id,
        title=wording.title(mask(line.title)),
        href=wording.safe_link(line.url),
        publisher=line.publisher,
        publisher_id=line.publisher_id,
        state=_state(line),
        ill=line.failures > 0 or line.status == "gone",
        reason=wording.spoken(line.reason or "") if line.failures else "",
        detail=wording.cut(line.detail, 200) if line.failures else "",
        success=clock.optional(line.last_success_at),
        change=clock.optional(line.last_change_at),
        next=clock.stamp(line.next_at),
        due=line.status == "active" and line.next_at <= clock.now,
        overflows=line.overflows,
        overflow=clock.optional(line.overflow_at),
        spark=_spark(line.news),
        told=f"{wording.count(total, 'new entry', 'new entries')} in {wording.rough(POINT * POINTS)}",
    )


def _state(line: FeedLine) -> str:
    if line.status != "active":
        return line.status
    return f"failed {wording.count(line.failures, 'time', 'times')} in a row" if line.failures else "well"


def _spark(news: Sequence[int]) -> str:
    """The points of a line that is as high as the most, and flat where there was nothing."""
    most, step = max((*news, 1)), _WIDTH / max(1, len(news) - 1)
    return " ".join(f"{i * step:.0f},{_HEIGHT - 2 - (_HEIGHT - 4) * n / most:.0f}" for i, n in enumerate(news))


def _listing(found: Sequence[FeedLine], query: dict[str, str], page: int, has_next: bool) -> Listing:
    return Listing(
        title="feeds",
        path="feeds",
        query=query,
        columns=COLUMNS,
        rows=[
            (
                line.id, mask(line.title), line.publisher, line.status, line.last_success_at, line.last_change_at,
                line.next_at, line.failures, line.reason, line.detail, line.overflows, sum(line.news), mask(line.url),
            )
            for line in found
        ],
        entries=[
            Entry(
                path=f"feeds#f{line.id}",
                title=f"{mask(line.title)}: {_state(line)}",
                author=line.publisher,
                summary=f"{wording.spoken(line.reason or '')}: {line.detail}" if line.failures else "Nothing is wrong.",
                updated=line.last_poll_at,
            )
            for line in found
        ],
        page=page,
        has_next=has_next,
    )  # fmt: skip
