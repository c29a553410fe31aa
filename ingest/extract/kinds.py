"""Pages that hold something else than an article: films, pictures, entries by the minute, lists of articles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import etree, html

from ingest.errors import Reason
from ingest.extract.body import Body
from ingest.extract.elements import APART
from ingest.extract.phrases import GALLERY, LIVE, ONWARD, VIDEO
from ingest.extract.structured import Structured
from ingest.text.tokens import words
from ingest.text.urls import canonical_url, family, http_url

_MAX_FILM_WORDS = 150
_MAX_ONWARD_WORDS = 150
_MAX_CAPTION_WORDS = 60
_FEW_WORDS = 15
_MIN_WORDS = 40
_MIN_PICTURES = 4
_MIN_ENTRIES = 5
_MIN_TEASERS = 5
_MIN_LINES_OF_LINKS = 10
_MIN_HEADLINE_WORDS = 4
#: Behind a headline of a list stand a line or two, behind one in an article its chapter.
_MAX_TEASER_WORDS = 60
_MAX_LINKS = 2_000
_MAX_LINK_CHARS = 120

_FILM_PATH = re.compile(r"/(?:videos?|watch|video-?[\w-]*|tv|mediathek|mediatheque|videoteca|vod|clips?)(?:/|$)", re.I)
_PICTURES_PATH = re.compile(
    r"/(?:[\w-]*(?:gallery|galerie|galeria|galleria|slideshow|diaporama|fotostrecke|bildergalerie|fotos|photos|pictures|"
    r"fotogaler[\w-]*|foto|in-pictures))(?:/|$|\.)",
    re.I,
)
_LIVE_PATH = re.compile(r"(?:^|[/_.-])live(?:[/_.-]|blog|ticker|$)", re.I)
_PLAYER = re.compile(
    r"youtube|youtu\.be|vimeo|dailymotion|jwplayer|jwplatform|brightcove|kaltura|wistia|rutube|player", re.I
)
_CLOCK = re.compile(
    r"^\W*\d{1,2}(?:[:.h]\d{2}|時\d{1,2}分)(?::\d{2})?\s*(?:uhr|h|hrs|am|pm|[ap]\.m\.|gmt|utc|cet|et|est|bst|msk)?(?=\W|$)",
    re.I,
)
_ARTICLE = frozenset({"Article", "NewsArticle", "ReportageNewsArticle", "BlogPosting", "OpinionNewsArticle", "article"})
_FILMS = frozenset({"VideoObject", "Movie", "Clip", "Episode", "TVEpisode"})
_PICTURES = etree.XPath(
    "//figure[.//img or .//picture or .//amp-img] | //img[not(ancestor::figure or ancestor::nav or ancestor::header"
    " or ancestor::footer or ancestor::aside or ancestor::noscript)]"
)
_BODY_LINKS = etree.XPath("//a[@href][not(ancestor::nav or ancestor::footer or ancestor::aside or ancestor::header)]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a page gives no article, and the words or the build that say so."""

    reason: Reason
    evidence: str
    onward: str | None = None  # where the page says that the article stands


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is known of a page when it is asked for its kind."""

    root: html.HtmlElement
    body: Body
    stated: Structured
    title: str
    url: str

    @property
    def path(self) -> str:
        """The path of the page's address."""
        return urlsplit(self.url).path

    @property
    def is_typed_article(self) -> bool:
        """Whether the page says of itself that it is an article."""
        return not self.stated.kinds.isdisjoint(_ARTICLE)


def other_kind(said: Said) -> Refusal | None:
    """Return what the page is instead of an article, or None where nothing says so.

    One sign is enough only where there is hardly a text; an article with a film, pictures or links in it is an article.
    """
    return _live(said) or _film(said) or _pictures(said) or _list(said)


def onward(said: Said) -> Refusal | None:
    """Return where the article stands of which this page gives a few lines only."""
    if said.body.count > _MAX_ONWARD_WORDS:
        return None
    here = canonical_url(said.url)
    for link in _BODY_LINKS(said.root)[:_MAX_LINKS]:
        text = _text(link)
        if len(text) > _MAX_LINK_CHARS or ONWARD.match(text) is None:
            continue
        target = http_url(link.get("href") or "", said.url)
        if target is not None and canonical_url(target) != here and family(target) != family(said.url):
            return Refusal(reason=Reason.ONWARD, evidence=text, onward=target)
    return None


def _live(said: Said) -> Refusal | None:
    if "LiveBlogPosting" in said.stated.kinds:
        return Refusal(reason=Reason.LIVE_BLOG, evidence="LiveBlogPosting")
    named = LIVE.search(said.title) or _LIVE_PATH.search(said.path)
    if named is None:
        return None
    entries = sum(1 for text in _own_texts(said.root) if _CLOCK.match(text))
    if entries < _MIN_ENTRIES:
        return None
    return Refusal(reason=Reason.LIVE_BLOG, evidence=f"{named.group()}, {entries} entries with a time")


def _film(said: Said) -> Refusal | None:
    if said.body.count >= _MAX_FILM_WORDS:
        return None
    kinds = said.stated.kinds
    signs = [
        *(kind for kind in sorted(kinds) if kind.startswith("video") or kind in _FILMS),
        *(found.group() for found in (_FILM_PATH.search(said.path), VIDEO.search(said.title)) if found),
    ]
    player = _player(said.root)
    needed = 1 if said.body.count < _MIN_WORDS else 2
    if said.is_typed_article and said.body.count >= _MIN_WORDS:
        needed = 3
    if len(signs) + (player is not None) < needed or not signs:
        return None
    return Refusal(reason=Reason.VIDEO, evidence=", ".join([*signs, *([player] if player else [])]))


def _player(root: html.HtmlElement) -> str | None:
    for element in root.iter("video", "iframe", "embed", "amp-video", "amp-youtube", "video-js"):
        if element.tag not in {"iframe", "embed"}:
            return str(element.tag)
        if _PLAYER.search(element.get("src") or element.get("data-src") or ""):
            return "a player"
    return None


def _pictures(said: Said) -> Refusal | None:
    signs = [
        *(kind for kind in sorted(said.stated.kinds) if "gallery" in kind.lower()),
        *(found.group() for found in (_PICTURES_PATH.search(said.path), GALLERY.search(said.title)) if found),
    ]
    if not signs:
        return None
    pictures = len(_PICTURES(said.root))
    few = _FEW_WORDS if len(signs) == 1 or said.is_typed_article else _MAX_CAPTION_WORDS
    if pictures < _MIN_PICTURES or said.body.count >= max(2 * _MIN_WORDS, pictures * few):
        return None
    return Refusal(reason=Reason.GALLERY, evidence=f"{', '.join(signs)}, {pictures} pictures")


def _list(said: Said) -> Refusal | None:
    if said.is_typed_article:
        return None
    place = said.root if said.body.place is None else said.body.place
    teasers, stretch = _teasers(place)
    if teasers >= _MIN_TEASERS and stretch < _MAX_TEASER_WORDS and said.body.count <= teasers * _MAX_TEASER_WORDS:
        return Refusal(reason=Reason.INDEX, evidence=f"{teasers} headlines with a line or two each")
    if said.body.count < _MIN_WORDS:
        links = sum(1 for link in _BODY_LINKS(said.root)[:_MAX_LINKS] if _is_headline(link))
        if links >= _MIN_LINES_OF_LINKS:
            return Refusal(reason=Reason.INDEX, evidence=f"{links} links that are headlines")
    return None


def _teasers(place: html.HtmlElement) -> tuple[int, int]:
    """Headlines below an element that are nothing but a link, and the most words between two of them."""
    count = stretch = longest = 0
    links = 0
    for event, element in etree.iterwalk(place, events=("start", "end")):
        if event == "start":
            if element.tag == "a" and element.get("href"):
                links += 1
                if _is_headline(element) and _is_alone(element):
                    count, stretch = count + 1, 0
            text = element.text if element.tag not in APART else None
        else:
            links -= element.tag == "a" and element.get("href") is not None and links > 0
            text = element.tail if element is not place else None
        if text and not links:
            stretch += len(words(text))
            longest = max(longest, stretch)
    return count, longest


def _is_headline(link: html.HtmlElement) -> bool:
    return len(words(_text(link))) >= _MIN_HEADLINE_WORDS


def _is_alone(link: html.HtmlElement) -> bool:
    """Whether nothing but the link stands in its paragraph or heading."""
    parent = link.getparent()
    return parent is not None and not (link.tail or "").strip() and not (parent.text or "").strip()


def _own_texts(root: html.HtmlElement) -> Iterator[str]:
    for element in root.iter():
        if element.text and element.tag not in {"script", "style"}:
            yield element.text[:40].strip()


def _text(element: html.HtmlElement) -> str:
    return " ".join("".join(element.itertext())[:1_000].split())
