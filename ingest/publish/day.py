"""Sorts a day out: articles into events, what is news of each, what is muted, and which come first."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from ingest.model import ArticleId, FeedKind, StoryId, StoryView
from ingest.model.day import Appearance, Fate, FeedNote, Mute, Score, TextNow
from ingest.publish.wording import without_slug

#: So many words that a publisher adds to a text are news by themselves; fewer only with another figure or headline.
NEWS_WORDS = 10
MAX_CHANGES = 3  # told of one event

_NEVER = datetime.max.replace(tzinfo=UTC)
_FIGURE = re.compile(r"\d+(?:[.,:]\d+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a publisher changed in its text: figures that were not in it before, the headline before, words added."""

    publisher: str
    figures: tuple[str, ...]
    old_title: str | None  # None: the headline is the same
    added_words: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFigures:
    """An event of the day in figures; "came" is what came in the span."""

    id: StoryId
    stories: tuple[StoryId, ...]  # the one carried most widely first
    reach: int  # independent publisher families
    came: tuple[str, ...]  # of these, who was not in it before, in the order in which they came
    new_stories: frozenset[StoryId]
    articles: int  # that came
    changes: tuple[Change, ...]
    goes_on: bool  # something of it was known before
    latest_at: datetime | None
    watches: tuple[str, ...] = ()

    @property
    def has_news(self) -> bool:
        """A copy more in a house that had it, or at an aggregator, is no news."""
        return not self.goes_on or bool(self.came or self.new_stories or self.changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """An event with its stories as they stood at the end of the span, in the order of its figures."""

    figures: EventFigures
    stories: tuple[StoryView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """The day sorted: events to be told in their order, and why the others are not."""

    events: tuple[EventFigures, ...]
    muted: Mapping[StoryId, str] = field(default_factory=dict)  # by which mute
    no_news: frozenset[StoryId] = frozenset()
    articles: int = 0  # of the events that are told
    stories: int = 0

    def fates(self, shown: Sequence[StoryId]) -> dict[StoryId, Fate]:
        """What became of each event of the day, given those for which there was room."""
        room = set(shown)
        told = {each.id: Fate.SHOWN if each.id in room else Fate.MORE for each in self.events}
        return {**told, **dict.fromkeys(self.muted, Fate.MUTED), **dict.fromkeys(self.no_news, Fate.NO_NEWS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Everything a digest is made of."""

    sorted: Sorted
    views: Mapping[StoryId, EventView]  # of the first of them
    watches: tuple[str, ...] = ()  # the reader's; none: everything
    scores: tuple[Score, ...] = ()
    scores_before: tuple[Score, ...] = ()  # of the span before, of the same length
    feeds: int = 0
    notes: tuple[FeedNote, ...] = ()


def sort_out(
    appearances: Sequence[Appearance],
    *,
    since: datetime,
    changes: Mapping[ArticleId, Change],
    muted: Mapping[ArticleId, str],
    hits: Mapping[str, frozenset[ArticleId]],
    only_watched: bool = False,
) -> Sorted:
    """Sort the events of a span that began at `since`.

    muted: articles that a mute fits; an event is muted when that is so of all its
    articles. hits: for each watch the articles it found; only_watched leaves out events that none of them is in.
    """
    told: list[EventFigures] = []
    out: dict[StoryId, str] = {}
    old: set[StoryId] = set()
    stories = 0
    by_event: dict[StoryId, list[Appearance]] = {}
    for each in appearances:
        by_event.setdefault(each.event_id, []).append(each)
    for event, members in by_event.items():
        watches = tuple(name for name, ids in hits.items() if any(each.article_id in ids for each in members))
        if only_watched and not watches:
            continue
        if muted and all(each.article_id in muted for each in members):
            out[event] = muted[members[0].article_id]
            continue
        figures = _figures(event, members, since, changes, watches)
        if not figures.has_news:
            old.add(event)
            continue
        told.append(figures)
        stories += len({each.story_id for each in members if each.at is not None and each.at >= since})
    told.sort(key=_order)
    return Sorted(
        events=tuple(told),
        muted=out,
        no_news=frozenset(old),
        articles=sum(each.articles for each in told),
        stories=stories,
    )


def _order(event: EventFigures) -> tuple[int, float, int]:
    """By independent families, where one that came in the span counts twice; then the latest news first."""
    latest = event.latest_at.timestamp() if event.latest_at else 0.0
    return -(event.reach + len(event.came)), -latest, event.id


def _figures(
    event: StoryId,
    members: Sequence[Appearance],
    since: datetime,
    changes: Mapping[ArticleId, Change],
    watches: tuple[str, ...],
) -> EventFigures:
    in_story: dict[StoryId, set[str]] = {}
    known_stories, known, came = set[StoryId](), set[str](), dict[str, datetime]()
    articles, latest = 0, None
    for each in members:
        at, publisher = each.at, each.publisher
        families = in_story.setdefault(each.story_id, set())
        independent = each.kind is not FeedKind.AGGREGATOR
        if independent:
            families.add(publisher)
        if at is not None and (latest is None or at > latest):
            latest = at
        if at is not None and at >= since:
            articles += 1
            if independent and at < came.get(publisher, _NEVER):
                came[publisher] = at
        else:
            known_stories.add(each.story_id)
            if independent:
                known.add(publisher)
    news = [changes[each.article_id] for each in members if each.article_id in changes] if changes else []
    return EventFigures(
        id=event,
        stories=tuple(sorted(in_story, key=lambda story: (-len(in_story[story]), story))),
        reach=len(known | came.keys()) or 1,
        came=tuple(sorted(came.keys() - known, key=lambda name: (came[name], name))),
        new_stories=frozenset(in_story.keys() - known_stories),
        articles=articles,
        changes=tuple(news[:MAX_CHANGES]),
        goes_on=bool(known_stories),
        latest_at=latest,
        watches=watches,
    )


# ---------------------------------------------------------------- what a revision changed


def changes_of(texts: Iterable[TextNow], appearances: Sequence[Appearance]) -> dict[ArticleId, Change]:
    """Of the revised texts, those with news in them; an aggregator's is never news."""
    by_id = {each.article_id: each for each in appearances if each.kind is not FeedKind.AGGREGATOR}
    found = {}
    for text in texts:
        if (article := by_id.get(text.article_id)) and (change := _change(text, article.publisher)):
            found[text.article_id] = change
    return found


def _change(text: TextNow, publisher: str) -> Change | None:
    old_title, title = without_slug(text.old_title), without_slug(text.title)
    before = set(_FIGURE.findall(f"{old_title} {text.old_text}"))
    figures = tuple(dict.fromkeys(found for found in _FIGURE.findall(f"{title} {text.text}") if found not in before))
    renamed = _plain(old_title) != _plain(title)
    if not figures and not renamed and text.added_words < NEWS_WORDS:
        return None
    return Change(
        publisher=publisher,
        figures=figures,
        old_title=old_title if renamed else None,
        added_words=text.added_words,
    )


def _plain(title: str) -> str:
    return " ".join(title.casefold().split())


# ---------------------------------------------------------------- mutes


def mutes_for(mutes: Sequence[Mute], recipient: str) -> tuple[Mute, ...]:
    """The mutes of a reader: those for all, and those of this address."""
    return tuple(mute for mute in mutes if mute.recipient is None or mute.recipient.casefold() == recipient.casefold())


def muted_articles(
    mutes: Sequence[Mute], appearances: Sequence[Appearance], worded: Mapping[str, frozenset[ArticleId]]
) -> dict[ArticleId, str]:
    """Which articles a mute fits, and the first one's name. worded: by a mute's query, the articles it matches."""
    found: dict[ArticleId, str] = {}
    if not mutes:
        return found
    for each in appearances:
        folders = _folders(each.url)
        name = next((mute.name for mute in mutes if _fits(mute, each, folders, worded)), None)
        if name is not None:
            found[each.article_id] = name
    return found


def _fits(mute: Mute, each: Appearance, folders: frozenset[str], worded: Mapping[str, frozenset[ArticleId]]) -> bool:
    return (
        (mute.publisher is None or mute.publisher.casefold() == each.publisher.casefold())
        and (mute.section is None or mute.section.strip("/").casefold() in folders)
        and (mute.language is None or mute.language.casefold() == (each.language or "").casefold().split("-")[0])
        and (mute.query is None or each.article_id in worded.get(mute.query, frozenset()))
    )


def _folders(url: str) -> frozenset[str]:
    """The folders of a page's address, without the page itself."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return frozenset()
    return frozenset(part.casefold() for part in path.split("/")[:-1] if part)


def muted_counts(muted: Mapping[StoryId, str]) -> tuple[tuple[str, int], ...]:
    """How many events each mute took, the most first."""
    return tuple(sorted(Counter(muted.values()).items(), key=lambda item: (-item[1], item[0])))


# ---------------------------------------------------------------- as it stood then


def as_it_stood(event: EventFigures, stories: Mapping[StoryId, StoryView], ids: frozenset[ArticleId]) -> EventView:
    """The event with its stories' members among these articles: what came after the span is left out."""
    views = []
    for story_id in event.stories:
        story = stories.get(story_id)
        members = tuple(each for each in story.members if each.article_id in ids) if story else ()
        if story and members:
            views.append(replace(story, members=members))
    return EventView(figures=event, stories=tuple(views))
