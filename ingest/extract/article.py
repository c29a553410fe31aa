"""A page, or what a feed gave in its place, to an article; or to an error that names why there is none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from lxml import html

from ingest.errors import ExtractError, Reason
from ingest.extract import rules
from ingest.extract.body import Body, opinions, read, read_selected
from ingest.extract.careful import MAX_TEXT_CHARS
from ingest.extract.dates import read_stamp
from ingest.extract.decode import decode_once
from ingest.extract.kinds import Said
from ingest.extract.language import declared_language, language_of
from ingest.extract.mojibake import repaired
from ingest.extract.names import people
from ingest.extract.outline import Outline
from ingest.extract.reading import Reading, agreement
from ingest.extract.refuse import is_cut_off, is_wall, refusal
from ingest.extract.structured import Structured, read_structured
from ingest.extract.thresholds import THRESHOLDS, Thresholds
from ingest.extract.tree import count_of_elements, parse
from ingest.model import MAX_PAGE_BYTES, Article, Entry, Page, TextSource
from ingest.text.credits import Credit, find_credit
from ingest.text.plain import clean_text, text_of_html
from ingest.text.tokens import words
from ingest.text.urls import http_url

_MAX_TITLE_CHARS = 2_000
#: Fewer words of a feed's content are a teaser, however it is marked up.
_MIN_FEED_WORDS = 60
#: A paid article that gives this little gives its free lines only.
_MAX_TEASER_WORDS = 120
_BY_RULE = "rule"
#: htmldate takes some 10 µs an element; news pages have some thousands.
_MAX_DATED_ELEMENTS = 20_000
_CUT_SHORT = re.compile(
    r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|continue reading\W*|read more\W*|weiterlesen\W*|lire la suite\W*)\s*$", re.I
)
_TYPED_ELSE = re.compile(r"^\s*(?:image/(?!svg)|audio/|video/|font/|application/(?!xhtml|xml|octet-stream))", re.I)
_NOT_PAGES = (b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"\x1f\x8b", b"\x00\x00\x00")
_FEED = re.compile(
    r"^\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,500}?-->\s*)?<(?:rss|feed|rdf:RDF|urlset|sitemapindex)\b", re.S
)
_MARKUP = re.compile(
    r"<\s*(?:!doctype\s+html|html|head|body|div|p|article|meta|title|script|table|h1|section|main)\b", re.I
)


def extract(page: Page, thresholds: Thresholds = THRESHOLDS) -> Article:
    """Return the article that a page holds.

    The best of the page's extracted text, its own structured data and the feed's full text; `confidence` is 0..1.
    Pure, and bounded: 5 MiB of page are taken, 200,000 characters of text given.
    Raises ExtractError with CONSENT, PAYWALL, SHELL, STUB, ONWARD, BLOCKED, ERROR_PAGE, GALLERY, VIDEO, LIVE_BLOG,
    INDEX, NOT_HTML or EMPTY; its subject is the page's address.
    """
    try:
        return _extract(page, thresholds)
    except (RecursionError, MemoryError) as exc:
        raise _error(page, Reason.STUB, "the page is built to exhaust its reader") from exc


def _extract(page: Page, thresholds: Thresholds) -> Article:
    root, stated, body = read_outlined(page, Outline(as_sent(page)), thresholds)
    return article_of(page, root, stated, body)


def read_outlined(
    page: Page, outline: Outline, thresholds: Thresholds = THRESHOLDS
) -> tuple[html.HtmlElement, Structured, Body]:
    """Return a page's tree, what the page states, and its best body. outline: of its source as it was sent.

    Raises ExtractError: no page.
    """
    root = _root(page, outline)
    found = _found(page, root, thresholds)
    return root, found.stated, found.body


def article_of(page: Page, root: html.HtmlElement, stated: Structured, body: Body) -> Article:
    """Return the article of a page and its body. Raises ExtractError where that is refused; a rule's never is."""
    found = _Found(title=_title(page, stated), stated=stated, body=body)
    refused = None if body.read_by == _BY_RULE else refusal(_said(page, root, found))
    if refused is not None:
        raise ExtractError(
            f"no article: {refused.reason} ({clean_text(refused.evidence, max_chars=200)})",
            reason=refused.reason,
            subject=page.url,
            onward=refused.onward,
        )
    return _article(page, root, page.entry or Entry(), found)


def article_at_known_place(page: Page, root: html.HtmlElement, stated: Structured, body: Body) -> Article | None:
    """Return the article of a page whose site is known; None where the body's words say that it is none.

    The place says what kind of page it is; what a list or a gallery looks like is not asked.
    """
    found = _Found(title=_title(page, stated), stated=stated, body=body)
    return None if is_wall(_said(page, root, found)) else _article(page, root, page.entry or Entry(), found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    title: str
    stated: Structured
    body: Body


def _found(page: Page, root: html.HtmlElement, thresholds: Thresholds) -> _Found:
    """What the page states, and its best body: what a person's rule selects, where there is one."""
    stated = read_structured(root, url=page.url)
    entry = page.entry or Entry()
    title = _title(page, stated)
    chosen = read_selected(rules.apply(root, page.rules)) if page.rules is not None else None
    body = chosen or read(root, title=title, structured=stated.body, feed=_full_text(entry), thresholds=thresholds)
    return _Found(title=title, stated=stated, body=body)


def _title(page: Page, stated: Structured) -> str:
    return stated.title or clean_text((page.entry or Entry()).title, max_chars=_MAX_TITLE_CHARS)


def _said(page: Page, root: html.HtmlElement, found: _Found) -> Said:
    return Said(root=root, body=found.body, stated=found.stated, title=found.title, url=page.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What each reader makes of a page, which was chosen and why."""

    opinions: tuple[tuple[str, str, float], ...]  # reader, its text, how much of it is the same as what was chosen
    chosen: str
    why: str
    refused: str | None  # reason and evidence, where the page is taken for no article


def explain(page: Page) -> Explanation:
    """Return every reader's answer to a page beside the choice that `extract` makes. Raises ExtractError: no page."""
    root = _root(page, Outline(as_sent(page)))
    found = _found(page, root, THRESHOLDS)
    selected = found.body.read_by == _BY_RULE
    entry = page.entry or Entry()
    texts = [*opinions(root, title=found.title, structured=found.stated.body, feed=_full_text(entry))]
    if selected:
        texts.insert(0, ("rule", found.body.text))
    best = Reading(found.body.text)
    refused = None if selected else refusal(_said(page, root, found))
    return Explanation(
        opinions=tuple((by, text, round(agreement(Reading(text), best), 3)) for by, text in texts),
        chosen=found.body.read_by,
        why=found.body.why,
        refused=f"{refused.reason} ({refused.evidence})" if refused else None,
    )


def _article(page: Page, root: html.HtmlElement, entry: Entry, found: _Found) -> Article:
    stated, body = found.stated, found.body
    bylines = stated.bylines or entry.authors
    credit = find_credit(body.whole, title=found.title, bylines=bylines, source_title=entry.source_title)
    teaser = body.source is TextSource.EXTRACTOR and (
        (stated.is_free is False and body.count < _MAX_TEASER_WORDS) or is_cut_off(root, body.text, body.count)
    )
    return Article(
        url=page.url,
        canonical_url=stated.canonical_url,
        title=found.title,
        text=body.text,
        published_at=_published(stated, entry, root),
        byline=people(bylines, site=stated.site_names),
        language=language_of((*stated.languages, entry.language), body.text or found.title),
        section=stated.section,
        keywords=stated.keywords,
        agency=credit.agency if credit else None,
        agency_evidence=_evidence(credit),
        confidence=body.confidence,
        source=body.source,
        reason=Reason.PAYWALL if teaser else None,
        read_by=body.read_by,
    )


def from_feed(entry: Entry) -> Article | None:
    """Return the article that a feed carries in full, or None where it carries a teaser or nothing."""
    text = _full_text(entry)
    if not text:
        return None
    language = language_of((entry.language,), text)
    return _of_entry(entry, text, language, source=TextSource.FEED, reason=None, confidence=0.8)


def from_summary(entry: Entry, reason: Reason) -> Article:
    """Return what stands in for an article that cannot be had: the feed's words, marked SUMMARY with the reason why."""
    summary = _lines(entry.summary)
    content = text_of_html(entry.content, max_chars=MAX_TEXT_CHARS) if entry.content else ""
    text = max(summary, content, key=len)
    language = declared_language((entry.language,), text or entry.title)
    confidence = 0.3 if text else 0.0
    return _of_entry(entry, text, language, source=TextSource.SUMMARY, reason=reason, confidence=confidence)


def _of_entry(
    entry: Entry, text: str, language: str | None, *, source: TextSource, reason: Reason | None, confidence: float
) -> Article:
    title = clean_text(entry.title, max_chars=_MAX_TITLE_CHARS)
    credit = find_credit(text, title=title, bylines=entry.authors, source_title=entry.source_title)
    return Article(
        url=entry.link or (http_url(entry.guid) if entry.guid else None) or "",
        title=title,
        text=text,
        published_at=entry.published_at,
        byline=people(entry.authors),
        language=language,
        agency=credit.agency if credit else None,
        agency_evidence=_evidence(credit),
        confidence=confidence,
        source=source,
        reason=reason,
        read_by=str(source),
    )


def _full_text(entry: Entry) -> str:
    """The feed's content as plain text when it is long enough and not cut short, else the empty string."""
    text = text_of_html(entry.content, max_chars=MAX_TEXT_CHARS) if entry.content else ""
    if _CUT_SHORT.search(text[-200:]) or len(words(text)) < _MIN_FEED_WORDS:
        return ""
    return text


def _lines(text: str) -> str:
    lines = (clean_text(line, max_chars=MAX_TEXT_CHARS) for line in text[:MAX_TEXT_CHARS].split("\n"))
    return "\n".join(line for line in lines if line)


def _evidence(credit: Credit | None) -> str | None:
    return clean_text(credit.evidence, max_chars=400) if credit else None


def as_sent(page: Page) -> str:
    """Return a page's source as text, as its charset says. Raises ExtractError where its bytes are no page."""
    body = page.body[:MAX_PAGE_BYTES]
    if not body.strip(b" \t\r\n\0"):
        raise _error(page, Reason.EMPTY, "the page is empty")
    markup_ahead = _MARKUP.search(body[:4_000].decode("latin-1").replace("\0", "")) is not None
    if body.startswith(_NOT_PAGES) or (_TYPED_ELSE.match(page.content_type or "") and not markup_ahead):
        raise _error(page, Reason.NOT_HTML, "the address gives no web page")
    text = decode_once(body, page.content_type)
    if _FEED.match(text[:2_000]) or (not markup_ahead and not _MARKUP.search(text)):
        raise _error(page, Reason.NOT_HTML, "the address gives no web page")
    return text


def _root(page: Page, outline: Outline) -> html.HtmlElement:
    root = parse(repaired(outline.lightened()))
    if root is None:
        raise _error(page, Reason.NOT_HTML, "the page cannot be read as HTML")
    return root


def _published(stated: Structured, entry: Entry, root: html.HtmlElement) -> datetime | None:
    """The page's instant; the feed's where the page states only a day or nothing; a day found elsewhere at last."""
    if stated.published is not None and stated.published.timed:
        return stated.published.moment
    if entry.published_at is not None:
        return entry.published_at
    return stated.published.moment if stated.published is not None else _found_date(root)


def _found_date(root: html.HtmlElement) -> datetime | None:
    """A day that stands in the page's address or markup in a place made for dates."""
    if count_of_elements(root) > _MAX_DATED_ELEMENTS:
        return None
    from htmldate import find_date  # noqa: PLC0415 - slow to import, seldom needed

    try:
        # The latest date is fixed: htmldate's own default is today, which a pure function may not know.
        found = find_date(root, extensive_search=False, original_date=True, max_date="2100-01-01")
    except Exception:
        return None
    stamp = read_stamp(found) if found else None
    return stamp.moment if stamp else None


def _error(page: Page, reason: Reason, message: str) -> ExtractError:
    return ExtractError(message, reason=reason, subject=page.url)
