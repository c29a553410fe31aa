"""What elements of a page are for, by their names and by what publishers' systems call them."""

from __future__ import annotations

import re

from lxml import html

#: Elements that stand inside a line of text; every other element begins a new paragraph.
# fmt: off
INLINE = frozenset([
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "mark", "nobr", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup",
    "time", "tt", "u", "var", "wbr",
])
#: Elements whose text no reader takes for the article's.
APART = frozenset([
    "script", "style", "noscript", "template", "head", "nav", "footer", "aside", "form", "button", "select",
    "textarea", "iframe", "svg", "figure", "figcaption", "object", "video", "audio",
])
HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
#: Elements in which a few words without a full stop are the author's, and no label of the page.
LINES = HEADINGS | {"p", "li", "blockquote", "dd", "dt", "td", "th", "pre"}
# fmt: on
#: What publishers' systems call the things that stand in and around articles, as whole words of a class or id.
_BESIDE = re.compile(
    r"(?:^|[\s_-]|(?<=[a-z])(?=[A-Z]))"
    r"(?:captions?|credits?|gallery|galleries|slideshow|slider|carousel|swiper|bylines?|attribution|authors?|bio|"
    r"share|sharing|sharedaddy|shares|social|related\w*|promo\w*|newsletter\w*|subscri\w+|advert\w*|ads?|sponsor\w*|"
    r"comments?|commentlist|respond|disqus|reactions?|rating|likes?|tags?|breadcrumbs?|sidebar|widgets?|rail|popup|"
    r"modal|print|footer|submeta|recommend\w*|trending|embed|teasers?|timestamp|dateline|publish-?date|toolbar|"
    r"recirc\w*|outbrain|taboola|most-?read|read-?more|read-?next|also-?read|navigation|nav|menu|copyright|disclaimer|"
    r"cta|signup|banner|cookie\w*|jp-relatedposts)"
    r"(?=$|[\s_-]|[A-Z\d])"
)


def beside_of(element: html.HtmlElement) -> html.HtmlElement | None:
    """The element where its class or id says that it holds something that stands beside articles, or around them."""
    name = element.get("class")
    if name is None or _BESIDE.search(name) is None:
        name = element.get("id")
        if name is None or _BESIDE.search(name) is None:
            return None
    return element
