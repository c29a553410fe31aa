"""What a publisher's feed looks like in an edition: RSS 2.0, Atom or JSON Feed, each with its publisher's habits."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timezone
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from ingest.demo.newsroom import (
    Document,
    FeedFormat,
    GuidStyle,
    Printed,
    Publisher,
    SampleArticle,
    link_to,
    print_edition,
)
from ingest.model import FeedKind

CONTENT_TYPES = {
    FeedFormat.RSS: "application/rss+xml",
    FeedFormat.ATOM: "application/atom+xml",
    FeedFormat.JSON: "application/feed+json",
}
_NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
}


def render_feed(
    publisher: Publisher,
    articles: Iterable[SampleArticle],
    base_urls: Mapping[str, str],
    opened_at: datetime,
    edition: int,
) -> Document:
    """Return the publisher's feed as it stands in an edition, newest item first.

    articles: those of other publishers are passed over. base_urls: publisher key to "http://host:port".
    """
    printed = print_edition(publisher, articles, opened_at=opened_at, edition=edition)
    match publisher.feed:
        case FeedFormat.RSS:
            text = _rss(publisher, printed, base_urls)
        case FeedFormat.ATOM:
            text = _atom(publisher, printed, base_urls)
        case FeedFormat.JSON:
            text = _json_feed(publisher, printed, base_urls)
    if publisher.malformed and edition == 1:
        text = _spoil(text)
    return Document(
        body=text.encode(publisher.charset, "xmlcharrefreplace"),
        content_type=f"{CONTENT_TYPES[publisher.feed]}; charset={publisher.charset}",
        modified_at=max((piece.updated_at for piece in printed), default=opened_at),
    )


def _rss(publisher: Publisher, printed: tuple[Printed, ...], base_urls: Mapping[str, str]) -> str:
    base_url = base_urls[publisher.key]
    self_link = f'<atom:link href={quoteattr(base_url + publisher.feed_path)} rel="self" type="application/rss+xml"/>'
    channel = [
        _tag("title", publisher.name),
        _tag("link", base_url + "/"),
        _tag("description", publisher.tagline),
        _tag("language", publisher.language),
        self_link,
        *([_tag("lastBuildDate", _rfc822(publisher, printed[0].published_at))] if printed else []),
        *([_tag("ttl", str(publisher.ttl_min))] if publisher.ttl_min else []),
        *([_tag("sy:updatePeriod", publisher.update_period)] if publisher.update_period else []),
        *([_tag("sy:updateFrequency", str(publisher.update_frequency))] if publisher.update_frequency else []),
    ]
    items = [_rss_item(publisher, piece, base_urls) for piece in printed]
    namespaces = " ".join(f'xmlns:{prefix}="{address}"' for prefix, address in _NAMESPACES.items())
    return "\n".join(
        [
            f'<?xml version="1.0" encoding="{publisher.charset}"?>',
            f'<rss version="2.0" {namespaces}>',
            "<channel>",
            *channel,
            *items,
            "</channel>",
            "</rss>",
            "",
        ]
    )


def _rss_item(publisher: Publisher, piece: Printed, base_urls: Mapping[str, str]) -> str:
    article = piece.article
    link = link_to(publisher, article, base_urls)
    lines = [
        _tag("title", piece.title),
        _tag("link", link),
        *_rss_guid(publisher, article, base_urls),
        _tag("pubDate", _rfc822(publisher, piece.published_at)),
        *(_tag("dc:creator", name) for name in article.byline),
        _tag("description", _rss_description(publisher, piece, link)),
    ]
    if publisher.full_text:
        lines.append(f"<content:encoded><![CDATA[{_body_html(piece)}]]></content:encoded>")
    if article.source is not None:
        source = article.source
        address = base_urls[source.key] + source.known_feed_path
        lines.append(f"<source url={quoteattr(address)}>{escape(source.name)}</source>")
    return "\n".join(["<item>", *lines, "</item>"])


def _rss_guid(publisher: Publisher, article: SampleArticle, base_urls: Mapping[str, str]) -> list[str]:
    match publisher.guid:
        case GuidStyle.NONE:
            return []
        case GuidStyle.PERMALINK:
            return [f'<guid isPermaLink="true">{escape(link_to(publisher, article, base_urls))}</guid>']
        case GuidStyle.URN | GuidStyle.NUMBER:
            return [f'<guid isPermaLink="false">{escape(_identity(publisher, article, base_urls))}</guid>']


def _identity(publisher: Publisher, article: SampleArticle, base_urls: Mapping[str, str]) -> str:
    if publisher.guid is GuidStyle.NUMBER:
        return f"{base_urls[publisher.key]}/?p={article.number}"
    return f"urn:{publisher.key}:{article.number}"


def _rss_description(publisher: Publisher, piece: Printed, link: str) -> str:
    """Return the description before it is escaped for XML: aggregators put markup there, the others plain text."""
    if publisher.kind is not FeedKind.AGGREGATOR:
        return piece.summary
    return f"<p>{escape(piece.summary)}</p><p><a href={quoteattr(link)}>Read Entire Article</a></p>"


def _atom(publisher: Publisher, printed: tuple[Printed, ...], base_urls: Mapping[str, str]) -> str:
    base_url = base_urls[publisher.key]
    updated_at = max((piece.updated_at for piece in printed), default=datetime.fromtimestamp(0, UTC))
    return "\n".join(
        [
            f'<?xml version="1.0" encoding="{publisher.charset}"?>',
            f'<feed xmlns="{_NAMESPACES["atom"]}" xml:lang="{publisher.language}">',
            _tag("title", publisher.name),
            _tag("subtitle", publisher.tagline),
            _tag("id", f"urn:{publisher.key}:feed"),
            _tag("updated", _rfc3339(updated_at)),
            f'<link rel="self" type="application/atom+xml" href={quoteattr(base_url + publisher.feed_path)}/>',
            f'<link rel="alternate" type="text/html" href={quoteattr(base_url + "/")}/>',
            *(_atom_entry(publisher, piece, base_urls) for piece in printed),
            "</feed>",
            "",
        ]
    )


def _atom_entry(publisher: Publisher, piece: Printed, base_urls: Mapping[str, str]) -> str:
    link = link_to(publisher, piece.article, base_urls)
    return "\n".join(
        [
            "<entry>",
            _tag("title", piece.title),
            _tag("id", _identity(publisher, piece.article, base_urls)),
            f'<link rel="alternate" type="text/html" href={quoteattr(link)}/>',
            _tag("published", _rfc3339(piece.published_at)),
            _tag("updated", _rfc3339(piece.updated_at)),
            *(f"<author>{_tag('name', name)}</author>" for name in piece.article.byline or (publisher.name,)),
            _tag("summary", piece.summary),
            "</entry>",
        ]
    )


def _json_feed(publisher: Publisher, printed: tuple[Printed, ...], base_urls: Mapping[str, str]) -> str:
    base_url = base_urls[publisher.key]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": publisher.name,
        "description": publisher.tagline,
        "home_page_url": base_url + "/",
        "feed_url": base_url + publisher.feed_path,
        "language": publisher.language,
        "items": [
            {
                "id": _identity(publisher, piece.article, base_urls),
                "url": link_to(publisher, piece.article, base_urls),
                "title": piece.title,
                "summary": piece.summary,
                "content_html": _body_html(piece),
                "date_published": _rfc3339(piece.published_at),
                "date_modified": _rfc3339(piece.updated_at),
                "authors": [{"name": name} for name in piece.article.byline],
            }
            for piece in printed
        ],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1)


def _spoil(text: str) -> str:
    """Break a feed as careless software does: bare ampersands, an undeclared entity, an item that breaks off.

    The torn item is a filler, so that nothing that has a label is lost.
    """
    items = text.replace("&amp;", "&").replace("</description>", "&hellip;</description>")
    whole, _, _ = items.rpartition("</channel>")
    return whole + "<item>\n<title>Letters to the edit"


def _body_html(piece: Printed) -> str:
    return "".join(f"<p>{escape(paragraph)}</p>" for paragraph in piece.paragraphs)


def _tag(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>"


def _rfc822(publisher: Publisher, moment: datetime) -> str:
    if not publisher.utc_offset:
        return format_datetime(moment.astimezone(UTC), usegmt=True)
    return format_datetime(moment.astimezone(timezone(publisher.utc_offset)))


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
