"""JSON-LD of a page: the node that describes its article, read tolerantly and within bounds."""

from __future__ import annotations

import html as entities
import json
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ingest.text.tokens import words
from ingest.text.urls import canonical_url

Node = dict[str, Any]

_MAX_SCRIPTS = 20
_MAX_SCRIPT_CHARS = 1_000_000
_MAX_NODES = 3_000
_MAX_DEPTH = 12
#: A comma before a closing bracket, outside of strings: the fault most often seen in hand-made templates. A string
#: that never ends counts as one, or each of its quotes would be tried as a beginning, in quadratic time.
_TRAILING_COMMA = re.compile(r'("(?:[^"\\]|\\.?)*+(?:"|\Z))|,(?=\s*+[}\]])', re.S)
_WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)|(?:-->|//\s*\]\]>|\]\]>)\s*$"
)
_ARTICLE_TYPES = frozenset({"Report", "Review", "BlogPosting", "SocialMediaPosting", "LiveBlogPosting", "CreativeWork"})
#: Under these keys stand other pages' articles, or parts of this one that are no article.
_NOT_THIS_PAGE = frozenset(
    {
        "itemListElement",
        "hasPart",
        "isPartOf",
        "relatedLink",
        "citation",
        "mentions",
        "about",
        "comment",
        "video",
        "image",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What a page's JSON-LD describes."""

    article: Node | None  # this page's
    by_id: dict[str, Node]
    kinds: frozenset[str]  # the types of all nodes that are the page or stand beside it
    dates: tuple[str, ...]  # datePublished of the article's other nodes and of the page itself


def described(scripts: Iterable[str], *, url: str, titles: tuple[str, ...]) -> Described:
    """Return what a page describes, above all the node of its article.

    scripts: contents of the page's ld+json elements. titles: what the page says elsewhere that it is called.
    Of several articles the one with this page's address or title is taken; of several strangers none is.
    """
    by_id: dict[str, Node] = {}
    found: list[Node] = []
    kinds: set[str] = set()
    pages: list[Node] = []
    for node in _nodes(scripts):
        name = node.get("@id")
        if isinstance(name, str) and len(node) > 1:
            by_id.setdefault(name, node)
        names = _types(node)
        kinds.update(names)
        if any(name in _ARTICLE_TYPES or name.endswith("Article") for name in names):
            found.append(node)
        elif "WebPage" in names:
            pages.append(node)
    article = _of_this_page(found, url, titles)
    return Described(article=article, by_id=by_id, kinds=frozenset(kinds), dates=_dates(article, found, pages))


def _dates(article: Node | None, found: list[Node], pages: list[Node]) -> tuple[str, ...]:
    """What else is said of this page's date: by twins of its article, and by the page around it."""
    twins = [node for node in found if article is not None and node.get("headline") == article.get("headline")]
    dates = (node.get("datePublished") for node in (*twins, *pages[:1]) if node is not article)
    return tuple(date for date in dates if isinstance(date, str))[:10]


def _of_this_page(found: list[Node], url: str, titles: tuple[str, ...]) -> Node | None:
    if len(found) <= 1:
        return found[0] if found else None
    here = canonical_url(url)
    for node in found:
        if any(canonical_url(address) == here for address in _addresses(node)):
            return node
    known = [words(title) for title in titles if title]
    for node in found:
        headline = words(str(node.get("headline") or ""))
        if headline and headline in known:
            return node
    return found[0] if len({str(node.get("headline")) for node in found}) == 1 else None


def _types(node: Node) -> list[str]:
    """A node's types without the vocabulary's address."""
    kinds = node.get("@type")
    names = (kinds if isinstance(kinds, list) else [kinds])[:10]
    return [kind.rsplit("/", 1)[-1] for kind in names if isinstance(kind, str)]


def _addresses(node: Node) -> Iterator[str]:
    for key in ("url", "@id", "mainEntityOfPage"):
        value = node.get(key)
        if isinstance(value, dict):
            value = value.get("@id") or value.get("url")
        if isinstance(value, str):
            yield value[:2048]


def _nodes(scripts: Iterable[str]) -> Iterator[Node]:
    """Every object of every script, breadth first, so that the page's own comes before what it holds."""
    budget = _MAX_NODES
    for script, _ in zip(scripts, range(_MAX_SCRIPTS), strict=False):
        queue: deque[tuple[Any, int]] = deque([(load(script), 0)])
        while queue and budget > 0:
            value, depth = queue.popleft()
            budget -= 1
            if depth > _MAX_DEPTH:
                continue
            if isinstance(value, list):
                queue.extend((item, depth + 1) for item in value[:500])
            elif isinstance(value, dict):
                yield value
                inner = ((key, item) for key, item in value.items() if key not in _NOT_THIS_PAGE)
                queue.extend((item, depth + 1) for _, item in inner if isinstance(item, dict | list))


def load(script: str) -> Any:
    """Return a script's value, or None where it cannot be read even with its common faults repaired.

    Repaired: comment and CDATA wrappers, control characters in strings, trailing commas, a semicolon or rubbish
    behind the value, a document that is escaped as a whole. Nothing inside a string is touched.
    """
    text = script[:_MAX_SCRIPT_CHARS]
    for _ in range(2):
        text = _WRAPPING.sub("", text.strip()).strip()
    for repaired in (str, _without_trailing_commas, entities.unescape):
        try:
            return _DECODER.raw_decode(repaired(text))[0]
        except (ValueError, RecursionError):
            continue
    return None


def _without_trailing_commas(text: str) -> str:
    return _TRAILING_COMMA.sub(lambda found: found[1] or "", text)


_DECODER = json.JSONDecoder(strict=False)
