"""Invented days for the digest's tests: a busy one, and the pieces to make others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ingest.model import ArticleId, ArticleStatus, FeedKind, Relation, StoryId, StoryMember, StoryView
from ingest.model.day import Appearance, FeedNote, Trouble
from ingest.publish.day import Sheet, as_it_stood, sort_out
from ingest.publish.digest import MOST, Envelope, build
from ingest.publish.event_lines import Frame
from ingest.publish.lines import printable

READER = "desk@newsroom.example"
DAY = date(2026, 11, 3)
UNTIL = datetime(2026, 11, 3, 6, 0, tzinfo=UTC)
SINCE = UNTIL - timedelta(days=1)

_HEADLINES = (
    "Ferry fleet kept in port after hull inspection finds fatigue cracks",
    "Central bank of Norrland holds its rate at 3.25 percent and warns of a slow winter",
    "Three rescued from flooded gallery of the Karsk potash mine",
    "Parliament passes water bill after fourteen-hour sitting",
    "Bürgermeisterin von Altenrode tritt nach Gutachten zurück",
    "Orchard growers count losses after the latest frost in forty years",
    "Chip maker Silvane to close plant in Port Merrow, 1,200 jobs go",
    "Museum returns nine bronzes to the island of Tavu",
    "Night trains between Corvo and Lindal to run again from spring",
    "Court lifts injunction on the northern wind park",
    "Researchers map ice lake under the Halden glacier",
    "Strike closes both tunnels under the strait for a second day",
)
_SUMMARIES = (
    "The operator took all seven of its ships out of service on Monday evening. Inspectors led by Dr. M. Aasen had "
    "found cracks in the hull of the oldest one, she said on Nov. 2 in Port Merrow. Passengers get their fares back.",
    "The board voted six to three. Governor Ilse Brandvold spoke of the most uncertain winter in ten years, and of "
    "households that save where they can. Markets hardly moved.",
    "The three had waited for 31 hours on a ledge above the water. All are well, the company said, and so are those "
    "who went in for them. The mine stays closed.",
)
_NAMES = (
    "Harbour Courier", "Norrland Post", "The Lindal Gazette", "Morning Ledger", "Altenroder Anzeiger", "Corvo Today",
    "Strait Observer", "Merrow Evening News", "Tavu Times", "Daily Compass", "Inland Review", "Halden Herald",
)  # fmt: skip


@dataclass(frozen=True)
class Day:
    """The bounds of the invented day."""

    day: date = DAY
    since: datetime = SINCE
    until: datetime = UNTIL


@pytest.fixture
def the_day() -> Day:
    return Day()


def make_member(number: int, publisher: str, **values: Any) -> StoryMember:
    """One member with everything ordinary but what is said."""
    first_seen = SINCE + timedelta(hours=3, minutes=7 * number)
    given: dict[str, Any] = {
        "article_id": ArticleId(number),
        "title": f"Title {number}",
        "url": f"https://{publisher.lower().replace(' ', '')}.example/{number}",
        "publisher": publisher,
        "kind": FeedKind.OUTLET,
        "relation": Relation.COPY,
        "score": 0.9,
        "reason": "same text",
        "published_at": first_seen - timedelta(minutes=4),
        "first_seen_at": first_seen,
    }
    return StoryMember(**(given | values))


def make_story(number: int, members: tuple[StoryMember, ...], **values: Any) -> StoryView:
    """One story whose first member is its first publication, unless said otherwise."""
    given: dict[str, Any] = {
        "id": StoryId(number),
        "title": members[0].title if members else "",
        "first_article_id": members[0].article_id if members else None,
        "first_confidence": 0.9,
        "first_reason": "The credit names it.",
        "members": members,
    }
    return StoryView(**(given | values))


@pytest.fixture
def member() -> Callable[..., StoryMember]:
    return make_member


@pytest.fixture
def story() -> Callable[..., StoryView]:
    return make_story


def busy_stories() -> tuple[StoryView, ...]:
    """Thirty stories: twelve in several publishers, eighteen in one."""
    return tuple(_busy_story(number) for number in range(30))


def _busy_story(number: int) -> StoryView:
    wide = max(1, 13 - number) if number < 12 else 1
    title = (
        _HEADLINES[number % 12]
        if number < 12
        else f"{_HEADLINES[number % 12].split(' after ')[0]}: what is known ({number})"
    )
    relations = (Relation.COPY, Relation.COPY, Relation.REWRITE, Relation.ABRIDGEMENT)
    members = tuple(
        make_member(
            number * 20 + place,
            _NAMES[(number + place) % 12],
            title=title,
            kind=FeedKind.AGGREGATOR
            if place == 6
            else FeedKind.WIRE
            if place == 0 and number % 3 == 0
            else FeedKind.OUTLET,
            relation=relations[place % 4] if place else Relation.ORIGINAL,
            agency="Northwire" if number % 3 == 0 else None,
            summary=_SUMMARIES[number % 3] if place < 2 else "",
            status=ArticleStatus.EXTRACTED if place else ArticleStatus.SUMMARY,
            published_at=SINCE + timedelta(hours=number % 11, minutes=14 + 23 * place * (1 + number % 3)),
        )
        for place in range(wide)
    )
    undecided = number in (2, 7)
    return make_story(
        number + 1,
        members,
        first_article_id=None if undecided else members[0].article_id,
        first_reason="two members carry the same minute, and neither names an agency" if undecided else "",
        revisions=(0, 2, 1, 5)[number % 4],
    )


def appearances_of(stories: Sequence[StoryView], events: Mapping[int, int] | None = None) -> tuple[Appearance, ...]:
    """The stories' members as the store gives them; events: story to its event, each its own where nothing is said."""
    event_of = {story.id: StoryId((events or {}).get(story.id, story.id)) for story in stories}
    found = [
        Appearance(
            article_id=member.article_id,
            story_id=story.id,
            event_id=event_of[story.id],
            publisher=member.publisher,
            kind=member.kind,
            language=None,
            url=member.url,
            at=member.published_at if member.baseline else member.first_seen_at,
        )
        for story in stories
        for member in story.members
    ]
    return tuple(sorted(found, key=lambda each: each.event_id))


def make_sheet(stories: Sequence[StoryView], events: Mapping[int, int] | None = None, **values: Any) -> Sheet:
    """The sheet of these stories, sorted out by the rules; values for sort_out() and for the sheet."""
    appearances = appearances_of(stories, events)
    ways = {name: values.pop(name, {}) for name in ("changes", "muted", "hits")}
    told = sort_out(appearances, since=values.pop("since", SINCE), only_watched=bool(values.get("watches")), **ways)
    by_id = {story.id: story for story in stories}
    known = frozenset(each.article_id for each in appearances)
    views = {event.id: as_it_stood(event, by_id, known) for event in printable(told.events, MOST)}
    return Sheet(sorted=told, views=views, **({"feeds": 38} | values))


def make_frame(**values: Any) -> Frame:
    """The frame of the invented day."""
    given: dict[str, Any] = {
        "day": DAY,
        "since": SINCE,
        "until": UNTIL,
        "zone": ZoneInfo("Europe/Berlin"),
        "public_url": "https://news.example/sw/",
        "recipient": READER,
    }
    return Frame(**(given | values))


def make_mail(stories: tuple[StoryView, ...], events: Mapping[int, int] | None = None, **values: Any) -> EmailMessage:
    """A digest of these stories with everything ordinary but what is said."""
    frame = {name: values.pop(name) for name in ("public_url", "recipient") if name in values}
    envelope: dict[str, Any] = {
        "sender": "samewire <digest@samewire.example>",
        "message_id_domain": "samewire.example",
    }
    envelope |= {name: values.pop(name) for name in (*envelope, "unsubscribe", "message_id") if name in values}
    return build(make_sheet(stories, events, **values), make_frame(**frame), Envelope(**envelope)).message


@pytest.fixture
def mail() -> Callable[..., EmailMessage]:
    return make_mail


FAILING = (
    FeedNote(feed="Tavu Times", trouble=Trouble.FAILING, reason="gone", detail="410 since 1 November"),
    FeedNote(feed="https://ledger.example/rss.xml", trouble=Trouble.FAILING, reason="timeout", detail="no answer"),
)


@pytest.fixture
def busy_day() -> EmailMessage:
    return make_mail(busy_stories(), notes=FAILING)


@pytest.fixture
def empty_day() -> EmailMessage:
    return make_mail((), notes=FAILING)
