"""What a publisher's pages look like in an edition: the article, and everything that sites put around it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timezone
from html import escape

from ingest.demo.feeds import CONTENT_TYPES
from ingest.demo.newsroom import (
    Document,
    PageStyle,
    Printed,
    Publisher,
    SampleArticle,
    canonical_url,
    link_to,
    print_article,
    print_edition,
)

_MAX_RELATED = 4
_CONSENT = """<div class="cmp" role="dialog" aria-modal="true"><h1>Before you continue to {name}</h1>
<p>We and our 214 partners store and access information on your device, such as cookies, and process personal data,
such as unique identifiers, to show personalised advertising and content and to measure how they perform.</p>
<p>You can accept, or manage your choices by clicking below, including your right to object where legitimate interest
is used. Your choices apply to this site only.</p>
<form method="post" action="/consent"><button name="choice" value="all">Accept all</button>
<button name="choice" value="none">Reject all</button>
<button name="choice" value="manage">Manage options</button></form>
<ul><li>Store and/or access information on a device</li><li>Use limited data to select advertising</li>
<li>Create profiles for personalised advertising</li><li>Measure content performance</li></ul>
<p><a href="/privacy">Privacy policy</a> · <a href="/partners">List of partners</a></p></div>"""
_PAYWALL = """<div class="paywall"><h2>Subscribe to continue reading</h2>
<p>This article is for subscribers only. Read on for 1 crown in the first month, then 9 crowns a month.</p>
<p><a class="button" href="/subscribe">See all offers</a> Already a subscriber? <a href="/login">Log in</a></p></div>"""


def render_page(
    publisher: Publisher,
    article: SampleArticle,
    base_urls: Mapping[str, str],
    opened_at: datetime,
    edition: int,
    *,
    neighbours: Iterable[SampleArticle] = (),
) -> Document:
    """Return an article's page as it stands in an edition.

    base_urls: publisher key to "http://host:port". neighbours: what the page may link to as related stories.
    """
    piece = print_article(publisher, article, opened_at=opened_at, edition=edition)
    others = [neighbour for neighbour in neighbours if neighbour is not article]
    related = print_edition(publisher, others, opened_at=opened_at, edition=edition)[:_MAX_RELATED]
    if publisher.page is PageStyle.CONSENT:
        head = f'<title>{escape(publisher.name)}</title>\n<meta name="robots" content="noindex">'
        html = _document(publisher, head, _CONSENT.format(name=escape(publisher.name)))
    else:
        html = _document(publisher, _head(publisher, piece, base_urls), _body(publisher, piece, related, base_urls))
    return _as_document(publisher, html, piece.updated_at)


def render_start_page(
    publisher: Publisher,
    articles: Iterable[SampleArticle],
    base_urls: Mapping[str, str],
    opened_at: datetime,
    edition: int,
) -> Document:
    """Return the publisher's front page, which names the feed in a link element and lists the headlines."""
    printed = print_edition(publisher, articles, opened_at=opened_at, edition=edition)
    head = (
        f"<title>{escape(publisher.name)}</title>\n"
        f'<link rel="alternate" type="{CONTENT_TYPES[publisher.feed]}" title="{escape(publisher.name)}" '
        f'href="{escape(publisher.known_feed_path)}">'
    )
    rows = "\n".join(
        f'<li><a href="{escape(link_to(publisher, piece.article, base_urls))}">{escape(piece.title)}</a></li>'
        for piece in printed
    )
    body = f'{_masthead(publisher)}\n<main><ul class="headlines">\n{rows}\n</ul></main>\n{_footer(publisher)}'
    modified_at = max((piece.updated_at for piece in printed), default=opened_at)
    return _as_document(publisher, _document(publisher, head, body), modified_at)


def _as_document(publisher: Publisher, html: str, modified_at: datetime) -> Document:
    return Document(
        body=html.encode(publisher.charset, "xmlcharrefreplace"),
        content_type=f"text/html; charset={publisher.charset}",
        modified_at=modified_at,
    )


def _document(publisher: Publisher, head: str, body: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="{publisher.language}">\n<head>\n<meta charset="{publisher.charset}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n{head}\n</head>\n'
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _head(publisher: Publisher, piece: Printed, base_urls: Mapping[str, str]) -> str:
    lines = [f"<title>{escape(piece.title)} | {escape(publisher.name)}</title>"]
    canonical = canonical_url(publisher, piece.article, base_urls)
    if publisher.page is not PageStyle.BARE:
        lines.append(f'<link rel="canonical" href="{escape(canonical)}">')
    match publisher.page:
        case PageStyle.JSONLD | PageStyle.JSONLD_BODY:
            lines.append(_json_ld(publisher, piece, canonical))
        case PageStyle.OPENGRAPH | PageStyle.PAYWALL | PageStyle.AGGREGATOR:
            lines.append(_open_graph(publisher, piece, canonical))
        case PageStyle.BARE | PageStyle.MICRODATA | PageStyle.CONSENT:
            pass
    return "\n".join(lines)


def _json_ld(publisher: Publisher, piece: Printed, canonical: str) -> str:
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": piece.title,
        "datePublished": _iso(publisher, piece.published_at),
        "dateModified": _iso(publisher, piece.updated_at),
        "author": [{"@type": "Person", "name": name} for name in piece.article.byline],
        "publisher": {"@type": "NewsMediaOrganization", "name": publisher.name},
        "mainEntityOfPage": canonical,
        "inLanguage": piece.article.language,
    }
    if publisher.page is PageStyle.JSONLD_BODY:
        data["articleBody"] = "\n\n".join(piece.paragraphs)
    # "<" must not stand in a script element: "</script>" would end it, "<!--<script>" would keep it from ending
    written = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/ld+json">{written}</script>'


def _open_graph(publisher: Publisher, piece: Printed, canonical: str) -> str:
    properties = (
        ("og:type", "article"),
        ("og:site_name", publisher.name),
        ("og:title", piece.title),
        ("og:description", piece.paragraphs[0]),
        ("og:url", canonical),
        ("article:published_time", _iso(publisher, piece.published_at)),
        ("article:modified_time", _iso(publisher, piece.updated_at)),
    )
    lines = [f'<meta property="{name}" content="{escape(content)}">' for name, content in properties]
    lines += [f'<meta name="author" content="{escape(name)}">' for name in piece.article.byline]
    return "\n".join(lines)


def _body(publisher: Publisher, piece: Printed, related: tuple[Printed, ...], base_urls: Mapping[str, str]) -> str:
    phrases = publisher.phrases
    parts = [_masthead(publisher)]
    if "cookies" in publisher.furniture:
        parts.append(
            f'<div id="cookie-banner" class="cookie-notice"><p>{escape(phrases.cookies)}</p>'
            f"<button>{escape(phrases.accept)}</button></div>"
        )
    parts.append(_article_html(publisher, piece, base_urls))
    if "share" in publisher.furniture:
        parts.append(_list("share-bar", phrases.share))
    if "newsletter" in publisher.furniture:
        parts.append(
            f'<aside class="newsletter-signup"><p>{escape(phrases.newsletter)}</p><input type="email"></aside>'
        )
    if "related" in publisher.furniture and related:
        links = "".join(
            f'<li><a href="{escape(link_to(publisher, other.article, base_urls))}">{escape(other.title)}</a></li>'
            for other in related
        )
        parts.append(f'<aside class="related-stories"><h3>{escape(phrases.related)}</h3><ul>{links}</ul></aside>')
    if "comments" in publisher.furniture:
        parts.append(f'<section id="comments" class="comments">{_paragraphs(phrases.comments)}</section>')
    parts.append(_footer(publisher))
    return "\n".join(parts)


def _article_html(publisher: Publisher, piece: Printed, base_urls: Mapping[str, str]) -> str:
    match publisher.page:
        case PageStyle.BARE:
            return (
                f'<div id="content"><h1>{escape(piece.title)}</h1>\n<div class="txt">{_paragraphs(piece.paragraphs)}'
                f'</div>\n<p class="sig">{escape(", ".join(piece.article.byline))}</p></div>'
            )
        case PageStyle.MICRODATA:
            return _microdata(publisher, piece)
        case PageStyle.AGGREGATOR:
            return _aggregated(publisher, piece, base_urls)
        case PageStyle.PAYWALL:
            return f"<article>{_opening(publisher, piece)}{_paragraphs(piece.paragraphs[:1])}\n{_PAYWALL}</article>"
        case PageStyle.JSONLD | PageStyle.JSONLD_BODY | PageStyle.OPENGRAPH | PageStyle.CONSENT:
            return (
                f"<main><article>{_opening(publisher, piece)}\n"
                f'<div class="article-body">{_paragraphs(piece.paragraphs)}</div></article></main>'
            )


def _opening(publisher: Publisher, piece: Printed) -> str:
    byline = ""
    if piece.article.byline:
        byline = f'<p class="byline">{escape(publisher.phrases.by)} {escape(", ".join(piece.article.byline))}</p>\n'
    moment = piece.published_at.astimezone(timezone(publisher.utc_offset))
    stamp = f'<time datetime="{_iso(publisher, piece.published_at)}">{moment:%d.%m.%Y %H:%M}</time>'
    return f"<h1>{escape(piece.title)}</h1>\n{byline}{stamp}\n"


def _microdata(publisher: Publisher, piece: Printed) -> str:
    names = "".join(f'<span itemprop="author">{escape(name)}</span>' for name in piece.article.byline)
    return (
        '<article itemscope itemtype="https://schema.org/NewsArticle">'
        f'<h1 itemprop="headline">{escape(piece.title)}</h1>\n'
        f'<p class="meta">{names} <time itemprop="datePublished" datetime="{_iso(publisher, piece.published_at)}">'
        f"{piece.published_at.astimezone(timezone(publisher.utc_offset)):%d.%m.%Y}</time></p>\n"
        f'<div itemprop="articleBody">{_paragraphs(piece.paragraphs)}</div></article>'
    )


def _aggregated(publisher: Publisher, piece: Printed, base_urls: Mapping[str, str]) -> str:
    """Return the text as an aggregator shows it: cut out of another page, with what clung to it."""
    article = piece.article
    source_name = article.source.name if article.source else publisher.name
    hours = 2 + article.number % 5

    def cruft(lines: tuple[str, ...]) -> str:
        return _paragraphs(tuple(line.format(hours=hours, source=source_name) for line in lines))

    original = ""
    if article.source is not None and article.source_path is not None:
        address = base_urls[article.source.key] + article.source_path
        original = f'<p><a rel="nofollow" href="{escape(address)}">{escape(source_name)}</a></p>\n'
    return (
        f'<div class="post"><h1>{escape(piece.title)}</h1>\n<div class="post-content">'
        f"{cruft(publisher.cruft_top)}\n{_paragraphs(piece.paragraphs[:2])}\n{cruft(publisher.cruft_middle)}\n"
        f"{_paragraphs(piece.paragraphs[2:])}\n{cruft(publisher.cruft_end)}\n{original}</div></div>"
    )


def _masthead(publisher: Publisher) -> str:
    links = "".join(f'<li><a href="/">{escape(section)}</a></li>' for section in publisher.phrases.nav)
    return (
        f'<header class="site-header"><a href="/" title="{escape(publisher.phrases.home)}">{escape(publisher.name)}</a>'
        f'<p class="tagline">{escape(publisher.tagline)}</p><nav><ul>{links}</ul></nav></header>'
    )


def _footer(publisher: Publisher) -> str:
    links = _list("links", publisher.phrases.footer)
    return f'<footer class="site-footer"><p>© {escape(publisher.name)}</p>{links}</footer>'


def _list(css_class: str, entries: tuple[str, ...]) -> str:
    return f'<ul class="{css_class}">' + "".join(f"<li>{escape(entry)}</li>" for entry in entries) + "</ul>"


def _paragraphs(texts: tuple[str, ...]) -> str:
    return "\n".join(f"<p>{escape(text)}</p>" for text in texts)


def _iso(publisher: Publisher, moment: datetime) -> str:
    zone = timezone(publisher.utc_offset) if publisher.utc_offset else UTC
    return moment.astimezone(zone).isoformat(timespec="seconds")
