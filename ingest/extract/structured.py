"""What a page states of itself for machines: JSON-LD first, then OpenGraph and other meta elements, then its markup."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from lxml import etree, html

from ingest.extract.dates import Stamp
from ingest.extract.jsonld import Node, described
from ingest.extract.names import fullest
from ingest.extract.published import published
from ingest.extract.shown import lines_below, shown_byline, shown_stamp
from ingest.extract.topics import keywords, section
from ingest.text.plain import clean_text, text_of_html
from ingest.text.tokens import words
from ingest.text.urls import family, http_url

_MAX_TITLE_CHARS = 2_000
_MAX_BODY_CHARS = 200_000
_MAX_METAS = 1_000
_MAX_VALUE_CHARS = 4_000
_PUBLISHED = (
    *("article:published_time", "og:article:published_time", "og:published_time", "datepublished", "parsely-pub-date"),
    *("sailthru.date", "article.published", "cxenseparse:recs:publishtime", "dc.date.issued", "dcterms.issued"),
    *("rnews:datepublished", "publish-date", "publishdate", "publication_date", "pubdate", "dcterms.created"),
    *(
        "article:published",
        "ptime",
        "pdate",
        "dc.date.created",
        "dc.date",
        "dcterms.date",
        "article_date_original",
        "date",
    ),
)
_AUTHORS = (
    *("author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "byl"),
    *("cxenseparse:author", "article:author_name"),
)
#: "//" would have every node of the page looked at for its children: five times as long.
_BYLINE = tuple(
    map(
        etree.XPath,
        (
            "descendant::*[@itemprop='author']",
            "descendant::a[@rel='author']",
            "descendant::*[contains(@class,'byline') and contains(concat(' ',normalize-space(@class),' '),' byline ')]",
            "descendant::*[contains(@class,'author-name')]",
            "descendant::*[contains(@class,'byline__name')]",
        ),
    )
)
_DATES = tuple(
    map(
        etree.XPath,
        (
            "descendant::*[@itemprop='datePublished']",
            *(
                "descendant::time[@pubdate]",
                "descendant::article/descendant::time",
                "descendant::main/descendant::time",
            ),
            "descendant::time",
        ),
    )
)
_PARTED = re.compile("[-–—|·•»«:/｜_]")
_SEPARATOR = re.compile(r"\s+[-–—|·•»«:/]+\s+|\s*[|｜]\s*|\s*_\s*(?=\S{2,20}$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Structured:
    """A page's statements, cleaned and bounded; None or empty where it makes none."""

    title: str = ""
    body: str = ""  # articleBody, one line a paragraph
    published: Stamp | None = None
    bylines: tuple[str, ...] = ()  # as written
    site_names: tuple[str, ...] = ()  # what the publisher calls itself
    section: str | None = None
    keywords: tuple[str, ...] = ()
    languages: tuple[str | None, ...] = ()  # as declared, best first
    canonical_url: str | None = None
    canonical_elsewhere: bool = False  # it names another publisher's site, as aggregators and syndicated copies do
    is_free: bool | None = None  # isAccessibleForFree
    kinds: frozenset[str] = frozenset()  # JSON-LD types of the page, and its og:type in lower case


def read_structured(root: html.HtmlElement, *, url: str) -> Structured:
    """Return what a page states of itself. url: where it came from, for relative references."""
    metas = _metas(root)
    headlines = list(islice(root.iter("h1"), 3))
    headings = tuple(_text(node) for node in headlines)
    element = _text(next(root.iter("title"), None))
    scripts = (script.text or "" for script in root.iter("script") if "ld+json" in (script.get("type") or ""))
    said = described(scripts, url=url, titles=(*headings, *metas["og:title"], element))
    node, by_id = said.article or {}, said.by_id
    site = family(url)
    sites = _site_names(metas, node, by_id, site)
    canonical = _canonical(root, metas, node, url)
    title = _title(headings, metas, str(node.get("headline") or node.get("name") or ""), element, sites)
    below = lines_below(_headline(headlines, headings, title))
    stamps = (*_stamps(metas, node), *said.dates)
    return Structured(
        title=title,
        body=_body(node.get("articleBody")),
        published=published(stamps, _marked(root), shown_stamp(below)),
        bylines=fullest(_bylines(root, metas, node, by_id), shown_byline(below), site=sites),
        site_names=sites,
        section=section(node, metas),
        keywords=keywords(node, metas, site=sites),
        languages=(root.get("lang") or root.get("xml:lang"), *_declared(metas), _first_text(node.get("inLanguage"))),
        canonical_url=canonical,
        canonical_elsewhere=canonical is not None and canonical != url and family(canonical) != site,
        is_free=_is_free(node),
        kinds=said.kinds | {kind.lower() for kind in metas.get("og:type", [])[:1]},
    )


def _metas(root: html.HtmlElement) -> defaultdict[str, list[str]]:
    """Contents of the meta elements by their lower-case name, property or itemprop."""
    metas: defaultdict[str, list[str]] = defaultdict(list)
    for element, _ in zip(root.iter("meta"), range(_MAX_METAS), strict=False):
        content = (element.get("content") or "")[:_MAX_VALUE_CHARS].strip()
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = element.get(attribute)
            if name and content:
                metas[name[:100].lower()].append(content)
    return metas


def _text(element: html.HtmlElement | None) -> str:
    return (
        ""
        if element is None
        else clean_text("".join(element.itertext())[:_MAX_VALUE_CHARS], max_chars=_MAX_TITLE_CHARS)
    )


def _first_text(value: object) -> str:
    """A string, or the name of the first thing in a list, or of an object."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("name") or value.get("alternateName") or ""
    return clean_text(value[:_MAX_VALUE_CHARS], max_chars=_MAX_VALUE_CHARS) if isinstance(value, str) else ""


def _resolved(value: object, by_id: dict[str, Node]) -> object:
    """A node in place of a bare reference to it."""
    if isinstance(value, dict) and set(value) <= {"@id", "@type"} and isinstance(value.get("@id"), str):
        return by_id.get(value["@id"], value)
    return value


def _site_names(metas: dict[str, list[str]], node: Node, by_id: dict[str, Node], site: str) -> tuple[str, ...]:
    """site: what addresses of the publisher share."""
    names = [
        name for key in ("og:site_name", "application-name", "al:android:app_name") for name in metas.get(key, [])[:1]
    ]
    names.append(_first_text(_resolved(node.get("publisher"), by_id)))
    names.append(site.split(".", maxsplit=1)[0])  # "example" of www.example.co.uk
    cleaned = (clean_text(name, max_chars=100) for name in names)
    titles = {tuple(words(title)) for title in metas.get("og:title", [])[:1]}  # some templates call the site so
    return tuple(dict.fromkeys(name for name in cleaned if name and tuple(words(name)) not in titles))


def _title(
    headings: tuple[str, ...], metas: dict[str, list[str]], headline: str, element: str, sites: tuple[str, ...]
) -> str:
    """The page's title: the heading that the page's other titles confirm, else those, without the site's name."""
    stated = [*metas.get("og:title", [])[:1], text_of_html(headline, max_chars=_MAX_TITLE_CHARS), element]
    stated += metas.get("twitter:title", [])[:1]
    stated = [without_site(clean_text(title, max_chars=_MAX_TITLE_CHARS), sites) for title in dict.fromkeys(stated)]
    stated = [title for title in dict.fromkeys(stated) if title and not _names(title, sites)]
    for heading in headings:
        wanted = words(heading)
        # One title beginning with a heading is enough: <title> adds the section and the site behind it.
        if wanted and (heading in stated or any(words(title)[: len(wanted)] == wanted for title in stated)):
            return without_site(heading, sites)
    own = [heading for heading in headings if heading and not _names(heading, sites)]
    return next(iter([*stated, *own]), "")


def without_site(title: str, sites: tuple[str, ...]) -> str:
    """A title without the site's name at its end or beginning, when the site is known to be called so."""
    parts = list(_SEPARATOR.finditer(title)) if _PARTED.search(title) else []
    for found in reversed(parts):
        if _names(title[found.end() :], sites):
            return title[: found.start()].strip()
    if parts and _names(title[: parts[0].start()], sites):
        return title[parts[0].end() :].strip()
    return title


def _names(text: str, sites: tuple[str, ...]) -> bool:
    """Whether words are one of the site's names, the web address's ending and spaces aside."""
    return "".join(words(text)) in _forms(sites)


@lru_cache(maxsize=256)
def _forms(sites: tuple[str, ...]) -> frozenset[str]:
    """A site's names as they are written without blanks."""
    names = [name for site in sites if (name := "".join(words(site)))]
    return frozenset(
        form
        for name in names
        for form in (name, f"the{name}", name.removeprefix("the"), f"{name}com", name.removesuffix("com"))
    )


def _body(value: object) -> str:
    """articleBody as plain text; some publishers put markup in it, others escape it once more."""
    if isinstance(value, list):
        value = "\n".join(part for part in value[:2_000] if isinstance(part, str))
    if not isinstance(value, str):
        return ""
    value = value[: 10 * _MAX_BODY_CHARS]
    if re.search(r"</?(?:p|div|br|span|a|h\d)\b|&lt;/?p|&\w+;", value):
        return text_of_html(value, max_chars=_MAX_BODY_CHARS)
    lines = (clean_text(line, max_chars=_MAX_BODY_CHARS) for line in value[:_MAX_BODY_CHARS].split("\n"))
    return "\n".join(line for line in lines if line)


def _stamps(metas: dict[str, list[str]], node: Node) -> Iterator[str]:
    for key in ("datePublished", "dateCreated"):
        value = _first_text(node.get(key))
        if value:
            yield value
    for name in _PUBLISHED:
        yield from metas.get(name, [])[:1]


def _marked(root: html.HtmlElement) -> Iterator[str]:
    """What elements made for a time say, the likeliest first."""
    for path in _DATES:
        for element in path(root)[:1]:
            yield element.get("datetime") or element.get("content") or _text(element)[:100]


def _headline(headlines: list[html.HtmlElement], headings: tuple[str, ...], title: str) -> html.HtmlElement | None:
    """The heading that is the page's title, else its first. headings: the headlines' texts."""
    wanted = words(title)
    named = (headline for headline, text in zip(headlines, headings, strict=True) if words(text) == wanted)
    return next(named, next(iter(headlines), None))


def _bylines(
    root: html.HtmlElement, metas: dict[str, list[str]], node: Node, by_id: dict[str, Node]
) -> tuple[str, ...]:
    """Who wrote it, as the best source that says something says it."""
    found = [*_authors(node.get("author"), by_id), *_authors(node.get("creator"), by_id)]
    if not found:
        found = [name for key in _AUTHORS for name in metas.get(key, [])[:10] if not name.startswith(("http", "/"))]
    if not found:
        for path in _BYLINE:
            lines = [_text(element) for element in path(root)[:5]]
            found = [line for line in lines if 2 <= len(line) <= 200]
            if found:
                break
    return tuple(dict.fromkeys(found))[:20]


def _authors(value: object, by_id: dict[str, Node]) -> Iterator[str]:
    for one in (value if isinstance(value, list) else [value])[:20]:
        name = _first_text(_resolved(one, by_id))
        if name and not name.startswith(("http:", "https:")):
            yield name


def _declared(metas: dict[str, list[str]]) -> Iterator[str]:
    for key in ("og:locale", "content-language", "dc.language", "dcterms.language", "language", "inlanguage"):
        yield from metas.get(key, [])[:1]


def _canonical(root: html.HtmlElement, metas: dict[str, list[str]], node: Node, url: str) -> str | None:
    named = (link for link in root.iter("link") if link.get("rel") == "canonical")
    links = [link.get("href") or "" for link in islice(named, 3)]
    for reference in (*links, *metas.get("og:url", [])[:1], _first_text(node.get("url"))):
        address = http_url(reference[:_MAX_VALUE_CHARS], url) if reference else None
        if address is not None:
            return address
    return None


def _is_free(node: Node) -> bool | None:
    value = node.get("isAccessibleForFree")
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower().rsplit("/", 1)[-1])
    return value if isinstance(value, bool) else None
