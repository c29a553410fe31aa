"""Lists as Atom feeds (RFC 4287), with ids that never change and absolute links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote
from xml.etree import ElementTree as Xml

from ingest.model import StoryView
from ingest.publish.wording import count, safe_link, stamp
from ingest.text.plain import clean_text

_NAMESPACE = "http://www.w3.org/2005/Atom"
_MAX_TEXT_CHARS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry: its place below the pages' address, which is its id and its link, and what a feed reader shows."""

    path: str
    title: str
    author: str
    summary: str
    updated: datetime | None  # None: the feed's own time
    elsewhere: str = ""  # what it links where there are no pages


def write_atom(
    stories: Sequence[StoryView], *, public_url: str | None, now: datetime, watch: str | None = None
) -> bytes:
    """Return the stories as an Atom document, in the order given.

    public_url: where the story pages are served; without it an entry links the first member's own page. now: the
    feed's time when there is no story. watch: whose hits these are; a feed of its own, with the entries' ids of all.
    """
    base = f"{public_url.rstrip('/')}/" if public_url else ""
    name = f"watch/{quote(watch, safe='')}" if watch else "stories"
    return write_entries(
        f"samewire: {watch}" if watch else "samewire: stories",
        f"{base}{name}" if base else f"urn:samewire:{name.replace('/', ':')}",
        [_entry(story) for story in stories],
        base=base,
        now=now,
    )


def write_entries(
    title: str, feed_id: str, entries: Sequence[Entry], *, base: str, now: datetime, itself: str = ""
) -> bytes:
    """Return entries as an Atom document, in the order given.

    base: the pages' address with a slash at its end; without it entries have names instead of addresses. now: the
    time of a feed without a time of its own. itself: where the feed is found.
    """
    feed = Xml.Element("feed", xmlns=_NAMESPACE)
    _add(feed, "title", title)
    _add(feed, "id", feed_id)
    _add(feed, "updated", stamp(max((entry.updated or now for entry in entries), default=now)))
    if itself:
        Xml.SubElement(feed, "link", rel="self", href=itself)
        Xml.SubElement(feed, "link", rel="alternate", href=feed_id)
    for entry in entries:
        _append(feed, entry, base, now)
    return bytes(Xml.tostring(feed, encoding="utf-8", xml_declaration=True))


def _append(feed: Xml.Element, entry: Entry, base: str, now: datetime) -> None:
    element = Xml.SubElement(feed, "entry")
    _add(element, "id", f"{base}{entry.path}" if base else f"urn:samewire:{entry.path.replace('/', ':')}")
    _add(element, "title", entry.title)
    _add(element, "updated", stamp(entry.updated or now))
    if href := safe_link(f"{base}{entry.path}" if base else entry.elsewhere):
        Xml.SubElement(element, "link", rel="alternate", href=href)
    author = Xml.SubElement(element, "author")
    _add(author, "name", entry.author)
    _add(element, "summary", entry.summary)


def _entry(story: StoryView) -> Entry:
    head = story.first or story.members[0]
    return Entry(
        path=f"story/{story.id}",
        title=story.title,
        author=head.publisher,
        summary=reach_in_words(
            story.first.publisher if story.first else None, len(story.members), len(story.publishers)
        ),
        updated=story.updated_at,
        elsewhere=head.url,
    )


def reach_in_words(first: str | None, articles: int, publishers: int) -> str:
    """Who had a story first, and how far it went, in two sentences."""
    who = f"First: {first}." if first else "Who was first is not decided."
    if publishers < 2:
        return who
    return f"{who} {articles:,} articles, {count(publishers - 1, 'other publisher', 'other publishers')}."


def _add(parent: Xml.Element, name: str, text: str) -> None:
    Xml.SubElement(parent, name).text = clean_text(text, max_chars=_MAX_TEXT_CHARS)
