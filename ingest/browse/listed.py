"""The list of stories: what a request asks for, a story as the list shows it, and the list as programs read it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from ingest.browse import wording
from ingest.browse.formats import Listing
from ingest.browse.settings import ShowText
from ingest.browse.wording import Clock, Stamp
from ingest.model import Relation
from ingest.publish.atom import Entry, reach_in_words
from ingest.store.read_lists import Head, Period, Shelf, Wanted

MAX_QUERY_CHARS = 300
EXCERPT_CHARS = 170
COLUMNS = (
    "id", "title", "first_publisher", "first_published_at", "first_confidence", "first_reason", "publishers",
    "articles", "publisher_names", "agency", "language", "excerpt", "created_at", "updated_at", "url",
)  # fmt: skip
#: The filters by name, as they stand in an address.
FILTERS = ("watch", "publisher", "agency", "language", "relation", "tag")

Word = TypeVar("Word", Period, Shelf)

_PAGE_NUMBER = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """The same list of another time."""

    label: str
    address: Mapping[str, str]
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLine:
    """A story in the list."""

    id: int
    title: str
    excerpt: str
    first: str | None
    first_id: int | None
    confidence: str
    publishers: int
    articles: int
    publisher_names: str
    updated: Stamp
    starred: bool
    seen: bool
    has_note: bool


def wanted_of(request: Any, reader: str | None) -> Wanted:
    """What the address asks for; what makes no sense in it is passed over."""
    given = {name: _plain(request.args.get(name, "")) for name in ("q", "show", "shelf", *FILTERS)}
    relation = given["relation"] if given["relation"] in {each.value for each in Relation} else ""
    return Wanted(
        period=_one_of(Period, given["show"], Period.LATEST),
        query=given["q"],
        watch=given["watch"],
        publisher=given["publisher"],
        agency=given["agency"],
        language=given["language"],
        relation=relation,
        tag=given["tag"],
        reader=reader,
        shelf=_one_of(Shelf, given["shelf"], Shelf.OPEN) if reader else Shelf.OPEN,
    )


def address_of(wanted: Wanted) -> dict[str, str]:
    """What stands in the address of a list, empty things left out."""
    named = {name: str(getattr(wanted, name)) for name in FILTERS}
    shown = "" if wanted.period is Period.LATEST else wanted.period.value
    return {
        key: value
        for key, value in {"q": wanted.query, "show": shown, "shelf": wanted.shelf.value, **named}.items()
        if value
    }


def tab(period: Period, address: Mapping[str, str], shown: Period) -> Tab:
    """The tab that leads to the same list of this time."""
    others = {key: value for key, value in address.items() if key != "show"}
    found = others if period is Period.LATEST else {**others, "show": period.value}
    return Tab(label=_TABS[period], address=found, current=period is shown)


def page_number(request: Any, last: int) -> int:
    """The page that the address asks for, from 1 to `last`."""
    text = request.args.get("page", "")
    return min(max(1, int(text)) if _PAGE_NUMBER.fullmatch(text) and text.isascii() else 1, last)


def story_line(head: Head, clock: Clock, show_text: ShowText) -> StoryLine:
    """A story for the list."""
    names = [wording.cut(name, 60) for name in head.publisher_names]
    more = head.publishers - len(names)
    return StoryLine(
        id=head.id,
        title=wording.title(head.title),
        excerpt="" if show_text is ShowText.NONE else wording.cut(head.excerpt, EXCERPT_CHARS),
        first=wording.cut(head.first_publisher, 80) if head.first_publisher else None,
        first_id=head.first_publisher_id,
        confidence=wording.percent(head.first_confidence),
        publishers=head.publishers,
        articles=head.articles,
        publisher_names=f"{', '.join(names)} and {more:,} more" if more > 0 else ", ".join(names),
        updated=clock.stamp(head.updated_at),
        starred=head.starred,
        seen=head.seen,
        has_note=bool(head.note),
    )


def listing(
    found: tuple[Head, ...], wanted: Wanted, *, page: int, has_next: bool, base: str, show_text: ShowText
) -> Listing:
    """The list for programs."""
    return Listing(
        title=told(address_of(wanted)),
        path="stories",
        query=address_of(wanted),
        columns=COLUMNS,
        rows=[_row(head, base, show_text) for head in found],
        entries=[
            Entry(
                path=f"story/{head.id}",
                title=wording.title(head.title),
                author=head.first_publisher or (head.publisher_names or ("samewire",))[0],
                summary=reach_in_words(head.first_publisher, head.articles, head.publishers),
                updated=head.updated_at,
            )
            for head in found
        ],
        page=page,
        has_next=has_next,
    )


def told(address: Mapping[str, str]) -> str:
    """What a list holds, in a few words."""
    period = address.get("show", "latest")
    parts = [f"{name}: {value}" for name, value in address.items() if name not in ("q", "show")]
    start = f"“{address['q']}”" if "q" in address else _PERIODS[Period(period)]
    return ", ".join((start, *parts))


_TABS = {Period.LATEST: "Latest", Period.TODAY: "Today", Period.WEEK: "This week", Period.GROWING: "Growing"}
_PERIODS = {
    Period.LATEST: "latest stories",
    Period.TODAY: "stories of today",
    Period.WEEK: "stories of this week",
    Period.GROWING: "stories that grow",
}


def _row(head: Head, base: str, show_text: ShowText) -> tuple[Any, ...]:
    values = {
        **{name: getattr(head, name) for name in COLUMNS if name not in ("publisher_names", "excerpt", "url")},
        "publisher_names": ", ".join(head.publisher_names),
        "excerpt": "" if show_text is ShowText.NONE else wording.cut(head.excerpt, EXCERPT_CHARS),
        "url": f"{base}story/{head.id}",
    }
    return tuple(values[name] for name in COLUMNS)


def _plain(text: str) -> str:
    return " ".join(text.replace("\0", " ").split())[:MAX_QUERY_CHARS]


def _one_of(kind: type[Word], text: str, otherwise: Word) -> Word:
    return kind(text) if text in {each.value for each in kind} else otherwise
