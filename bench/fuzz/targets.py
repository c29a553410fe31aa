"""What is fuzzed, and what must hold whatever goes in. A target returns in few words what came out."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import fields
from pathlib import Path

from ingest.config.read import loads
from ingest.errors import ConfigError, ExtractError, ParseError, QueryError
from ingest.extract.article import extract
from ingest.model import Entry, Page, ParsedFeed, Response
from ingest.parse.feed import parse_feed
from ingest.text.urls import canonical_url, family, http_url, mask, origin, server_name
from ingest.text.variants import article_url
from ingest.watch.evaluate import fits, found
from ingest.watch.fts5 import expression
from ingest.watch.index import QueryIndex
from ingest.watch.parse import parse
from ingest.watch.reading import Reading, Watched

Target = Callable[[bytes], Hashable]

URL = "http://news.example/feeds/top.xml"
_TYPES = ("application/rss+xml", "text/xml; charset=iso-8859-1", "application/json", "text/html", None)
_TEXTS = (
    Watched(title="Peace talks in Anchorage", text="The peace talks, 北京举行峰会, went on. Élysée; O'Brien said 3,5."),
    Watched(title="PEACE", text="", publisher="BBC", domain="bbc.co.uk", agency="Reuters", language="en"),
)


def _answer(data: bytes) -> Response:
    """The first byte says how the rest is labelled."""
    label = _TYPES[data[0] % len(_TYPES)] if data else None
    body = data[1:]
    headers = (("content-type", label),) if label else ()
    return Response(
        url=URL, requested_url=URL, status=200, headers=headers, body=body, seconds=0.0, received_bytes=len(body)
    )


def _check_texts(value: object) -> None:
    """What is stored must be text that UTF-8 can carry, however deep it stands."""
    if isinstance(value, str):
        value.encode("utf-8")
    elif isinstance(value, tuple | list):
        for one in value:
            _check_texts(one)
    elif hasattr(value, "__dataclass_fields__"):
        for one in fields(value):  # type: ignore[arg-type]
            _check_texts(getattr(value, one.name))


def _check_entry(entry: Entry) -> None:
    _check_texts(entry)
    assert entry.link is None or entry.link.startswith(("http://", "https://")), entry.link
    assert entry.published_at is None or entry.published_at.tzinfo is not None


def _shape(parsed: ParsedFeed) -> Hashable:
    one = parsed.entries[0] if parsed.entries else None
    return (
        min(len(parsed.entries), 3), bool(parsed.marks), bool(parsed.title), parsed.fault and parsed.fault[:12],
        one and (bool(one.guid), bool(one.link), bool(one.summary), bool(one.content), one.published_at is None),
    )  # fmt: skip


def feed(data: bytes) -> Hashable:
    """A feed of any kind is read, or refused with a reason."""
    try:
        parsed = parse_feed(_answer(data))
    except ParseError as exc:
        return exc.reason
    for entry in parsed.entries:
        _check_entry(entry)
    _check_texts(parsed)
    return _shape(parsed)


def sliced(data: bytes) -> Hashable:
    """Items that are known by their bytes are left out; what is read of the others is what the whole says of them."""
    answer = _answer(data)
    try:
        whole = parse_feed(answer)
    except ParseError as exc:
        return exc.reason
    assert not whole.marks or len(whole.marks) == len(whole.entries), "a mark an entry"
    assert whole.seen == ()
    known = frozenset(whole.marks[::2])
    part = parse_feed(answer, known)
    if not part.seen:
        assert part.entries == whole.entries, "nothing was left out, and something else was read"
        return "whole", _shape(whole)
    assert set(part.seen) == known
    by_mark = dict(zip(whole.marks, whole.entries, strict=True))
    for mark, entry in zip(part.marks, part.entries, strict=True):
        assert entry == by_mark[mark], (entry, by_mark[mark])
    assert set(part.marks) == set(whole.marks) - known
    return "part", _shape(whole)


def page(data: bytes) -> Hashable:
    """A page gives an article, or is refused with a reason."""
    try:
        article = extract(Page(url="https://news.example/a", body=data, content_type="text/html"))
    except ExtractError as exc:
        return exc.reason
    _check_texts(article)
    return article.source, article.status if hasattr(article, "status") else None, bool(article.published_at)


def url(data: bytes) -> Hashable:
    """An address has one canonical form, whatever it is."""
    text = data.decode("utf-8", "replace")
    absolute = http_url(text, URL)
    _check_texts(absolute)
    outcomes = []
    for one in (text, absolute or ""):
        canonical = canonical_url(one)
        assert canonical_url(canonical) == canonical, (one, canonical, canonical_url(canonical))
        assert article_url(article_url(one)) == article_url(one), (one, article_url(one))
        outcomes.append((bool(family(one)), bool(origin(one)), bool(server_name(one)), len(mask(one)) > len(one)))
    if absolute is not None:
        assert absolute.startswith(("http://", "https://")), absolute
        assert http_url(absolute) == absolute, (absolute, http_url(absolute))
    return absolute is None, tuple(outcomes), canonical_url(text) == text


def query(data: bytes) -> Hashable:
    """A query fits a text or not, by index as by itself; or it is refused at a character."""
    text = data.decode("utf-8", "replace")
    try:
        read = parse(text, {"british": ("BBC", "Reuters")})
    except QueryError as exc:
        assert 0 <= exc.at <= len(text), exc.at
        assert exc.pointed().count("\n") == 1
        return str(exc).partition(": ")[2][:24]
    index = QueryIndex({1: read})
    told = []
    for watched in _TEXTS:
        reading = Reading(watched)
        by_itself = fits(read.root, reading)
        assert (1 in set(index.matches(reading))) == by_itself, "the index says otherwise"
        told.append((by_itself, len(found(read, reading)) if by_itself else 0))
    return type(read.root).__name__, expression(read.root) is None, tuple(told)


def config(data: bytes) -> Hashable:
    """A configuration is understood, or every fault in it told in a line."""
    text = data.decode("utf-8", "replace")
    try:
        loaded = loads(text, Path("/nowhere/config.toml"))
    except ConfigError as exc:
        assert exc.problems
        assert all(problem.strip() and "\n" not in problem for problem in exc.problems), exc.problems
        return min(len(exc.problems), 4), exc.problems[0].partition(": ")[2][:16]
    _check_texts(loaded.config)
    return len(loaded.config.feeds), len(loaded.config.watches)


TARGETS: dict[str, Target] = {
    "feed": feed, "sliced": sliced, "page": page, "url": url, "query": query, "config": config,
}  # fmt: skip

#: Pieces that mean something to the readers.
WORDS: dict[str, tuple[bytes, ...]] = {
    "feed": (
        b"<item>", b"</item>", b"<entry>", b"</entry>", b"<title>", b"</title>", b"<link>http://a.example/b?c=1&amp;d=2</link>",
        b"<link href='/x'/>", b"<guid isPermaLink='false'>1</guid>", b"<pubDate>Mon, 23 Nov 2026 10:00:00 +0100</pubDate>",
        b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;", b"&#x110000;", b"&#0;", b"&amp;#8217;",
        b"xml:base='//x/'", b"xmlns:a='b'", b"<?xml version='1.0' encoding='utf-16'?>", b"\xff\xfe", b"\xef\xbb\xbf", b"\0",
        b"<content:encoded>", b"</content:encoded>", b"<rdf:RDF", b"<urlset", b"<url><loc>", b"</loc></url>", b"<news:title>",
        b'{"version": "https://jsonfeed.org/version/1.1", "items": [', b'{"id": 1, "url": "x"}', b"\\ud800", b"]}", b"1e999",
    ),
    "page": (
        b"<p>", b"</p>", b"<article>", b"</article>", b"<div class='article-body'>", b"<script type='application/ld+json'>",
        b'{"@type": "NewsArticle", "articleBody": "', b'", "datePublished": "2026-02-30T25:61:00Z"}', b"</script>", b"<h1>",
        b"<meta property='og:title' content='", b"<meta charset='shift_jis'>", b"<time datetime='", b"<table>", b"<li>", b"<br>",
        b"&#xd800;", b"\xe2\x80\xa8", b"<!--", b"<svg>", b"<template>", b"The minister said on Tuesday that it would end. ",
    ),
    "url": (
        b"http://", b"https://", b"//", b"@", b":80", b":99999", b"[::1]", b"%2F", b"%zz", b"%00", b"/../", b"?", b"#", b"&utm_source=a",
        b"?amp=1", b"/amp/", b"m.", b"xn--", b"\xc3\xa9", b"\xe2\x80\xa5", b"0x7f.1", b"\\", b"\t", b";", b"user:pass@", b".co.uk",
    ),
    "query": (
        b" AND ", b" OR ", b" NOT ", b" NEAR/3 ", b"NEAR/0", b"(", b")", b'"', b"*", b"=", b"title:", b"text:", b"lead:", b"publisher:",
        b"group:british", b"group:", b"language:en", b"agency:", b"kind:", b"peace", b"talks", "北京".encode(), "É".encode(), b"'",
        b"-", b"\\", b"\xe2\x80\x9c", b"3,5",
    ),
    "config": (
        b"[poll]\n", b"[[feeds]]\n", b"[[watches]]\n", b"[digest]\n", b"[[digest.recipients]]\n", b"[smtp]\n", b'url = "http://a.example/"\n',
        b'interval = "5m"\n', b'interval = "-1h"\n', b'timeout = "99999999d"\n', b'at = "25:00"\n', b'timezone = "Nowhere/At"\n', b"= 1\n",
        b'query = "a AND"\n', b"[[[", b'"""', b"1e400", b"9" * 400, b"true\n", b"[extract]\n", b"[[extract.rules]]\n", b'body = "p:has("\n',
        b'allow = ["127.0.0.1:80"]\n', b"\r", b"\0", b"poll.x = 1\n", b'address = "a@b"\n', b'public_url = "javascript:x"\n',
    ),
}  # fmt: skip
WORDS["sliced"] = WORDS["feed"]
