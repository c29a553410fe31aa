"""Stories as an Atom feed (RFC 4287), with ids that never change and absolute links."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote
from xml.etree import ElementTree as Xml

from ingest.model import StoryView
from ingest.publish.wording import count, safe_link, stamp
from ingest.text.plain import clean_text

_NAMESPACE = "http://www.w3.org/2005/Atom"
_MAX_TEXT_CHARS = 400


def write_atom(
    stories: Sequence[StoryView], *, public_url: str | None, now: datetime, watch: str | None = None
) -> bytes:
    """Return the stories as an Atom document, in the order given.

    public_url: where the story pages are served; without it an entry links the first member's own page. now: the
    feed's time when there is no story. watch: whose hits these are; a feed of its own, with the entries' ids of all.
    """
    base = (public_url or "").rstrip("/")
    feed = Xml.Element("feed", xmlns=_NAMESPACE)
    _add(feed, "title", f"samewire: {watch}" if watch else "samewire: stories")
    name = f"watch:{quote(watch, safe='')}" if watch else "stories"
    _add(feed, "id", f"{base}/{name.replace(':', '/')}" if base else f"urn:samewire:{name}")
    _add(feed, "updated", stamp(max((story.updated_at or now for story in stories), default=now)))
    for story in stories:
        head = story.first or story.members[0]
        entry = Xml.SubElement(feed, "entry")
        link = f"{base}/story/{story.id}" if base else head.url
        _add(entry, "id", f"{base}/story/{story.id}" if base else f"urn:samewire:story:{story.id}")
        _add(entry, "title", story.title)
        _add(entry, "updated", stamp(story.updated_at or now))
        if href := safe_link(link):
            Xml.SubElement(entry, "link", rel="alternate", href=href)
        author = Xml.SubElement(entry, "author")
        _add(author, "name", head.publisher)
        _add(entry, "summary", _summary(story))
    return bytes(Xml.tostring(feed, encoding="utf-8", xml_declaration=True))


def _summary(story: StoryView) -> str:
    first = story.first
    who = f"First: {first.publisher}." if first else "Who was first is not decided."
    others = len(story.publishers) - 1
    if not others:
        return who
    return f"{who} {len(story.members):,} articles, {count(others, 'other publisher', 'other publishers')}."


def _add(parent: Xml.Element, name: str, text: str) -> None:
    Xml.SubElement(parent, name).text = clean_text(text, max_chars=_MAX_TEXT_CHARS)
