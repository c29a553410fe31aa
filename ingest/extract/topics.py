"""What a page says its article is about: its section and keywords, as the publisher files it."""

from __future__ import annotations

import html as entities
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ingest.text.plain import clean_text

MAX_KEYWORDS = 30
MAX_TOPIC_CHARS = 80
_MAX_LINE_CHARS = 4_000
_MAX_VALUES = 100
_SECTIONS = (
    *("article:section", "og:article:section", "og:section", "parsely-section", "articlesection", "section"),
    *("sailthru.section", "cxenseparse:section", "dc.subject.section", "category"),
)
#: What is written for readers of news before what is written for search engines, which is often the site's own.
_KEYWORDS = (
    *("news_keywords", "article:tag", "og:article:tag", "parsely-tags", "sailthru.tags"),
    *("cxenseparse:keywords", "keywords", "dc.subject"),
)
_PARTED = re.compile(r"\s*[,;|、，；]\s*")
_NO_TOPIC = re.compile(r"https?:|www\.|[<>{}\\]")


def section(described: Mapping[str, Any], metas: Mapping[str, Sequence[str]]) -> str | None:
    """Return the section of a page's article; of several the first. described: its node of JSON-LD."""
    named = (*_named(described.get("articleSection")), *(one for key in _SECTIONS for one in metas.get(key, ())[:1]))
    return next(filter(None, map(_topic, named)), None)


def keywords(
    described: Mapping[str, Any], metas: Mapping[str, Sequence[str]], *, site: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return what the best source that says something has as keywords, in order, once each, without the site's names.

    described: the article's node of JSON-LD.
    """
    barred = {name.casefold() for name in site}
    for source in (tuple(_named(described.get("keywords"))), *(tuple(metas.get(key, ())) for key in _KEYWORDS)):
        found: dict[str, str] = {}
        for line in source[:_MAX_VALUES]:
            for part in _PARTED.split(entities.unescape(line[:_MAX_LINE_CHARS]))[:_MAX_VALUES]:
                topic = _topic(part)
                if topic and topic.casefold() not in barred:
                    found.setdefault(topic.casefold(), topic)
        if found:
            return tuple(found.values())[:MAX_KEYWORDS]
    return ()


def _named(value: object) -> Iterator[str]:
    """The texts of a value that is one, or a list of such, or of things that have a name."""
    for one in (value if isinstance(value, list) else [value])[:_MAX_VALUES]:
        name = one.get("name") if isinstance(one, dict) else one
        if isinstance(name, str):
            yield name[:_MAX_LINE_CHARS]


def _topic(text: str) -> str:
    """A name fit to be a section or keyword; empty where it is none, or a whole sentence."""
    topic = clean_text(entities.unescape(text[:_MAX_LINE_CHARS]), max_chars=_MAX_LINE_CHARS).strip(" '\"#")
    return topic if len(topic) <= MAX_TOPIC_CHARS and not _NO_TOPIC.search(topic) else ""
