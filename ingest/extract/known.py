"""A page read by what is known of its site: by a trusted template where one fits, with care everywhere else.

Each page that is read with care is a test of the templates, and a lesson for the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from itertools import islice
from zlib import crc32

from lxml import html

from ingest.extract.article import article_at_known_place, article_of, as_sent, read_outlined
from ingest.extract.body import Body
from ingest.extract.mojibake import repaired
from ingest.extract.outline import Outline
from ingest.extract.phrases import OTHER_KIND, PAYWALL
from ingest.extract.place import Span, cut
from ingest.extract.reading import Reading, agreement
from ingest.extract.structured import Structured, read_structured
from ingest.extract.template import Drawn, digest_of, draw, observe, place_in
from ingest.extract.tree import parse
from ingest.model import Article, Page, TextSource
from ingest.model.templates import Checked, Held, Known, LearnedReading, Standing, Template, Unread
from ingest.text.plain import text_of_html
from ingest.text.tokens import words

#: One page in so many is read with care as well, chosen by its bytes.
SAMPLE = 16
YOUNG_SAMPLE = 4
#: A template's text is the careful one but for so much: a line or two that one of them leaves out.
MIN_AGREEMENT = 0.95
#: Larger pages are never read by a template.
_MAX_CHARS = 2_000_000
_MAX_CUT_WORDS = 250
_BEHIND_CHARS = 300
_BEHIND_SOURCE_CHARS = 4_000
_KINDS = ("video", "gallery", "liveblog", "movie", "clip", "episode")


def extract_known(known: Known) -> LearnedReading:
    """Return the article that a page holds, whose reading it is and what the page teaches.

    Pure. Raises what `extract` raises: a page is refused by the careful reading only.
    """
    page = known.page
    source = as_sent(page)
    outline = Outline(source)
    why = _unasked(known, source)
    if why is None:
        why = Unread.NO_PLACE
        for template in _trusted(known):
            found = _by_template(page, outline, template)
            if isinstance(found, Article):
                return LearnedReading(article=found, by=template.place)
            why = found if why is Unread.NO_PLACE else why
    return _with_care(known, outline, why)


def _number(page: Page) -> int:
    """A number made of a page's bytes, which is the same whoever reads the page and when."""
    return _hash(page.body)


def _hash(data: bytes) -> int:
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "big", signed=True)


def _unasked(known: Known, source: str) -> Unread | None:
    """Why no template is asked at all."""
    page = known.page
    if not any(_trusted(known)) or page.rules is not None or len(source) > _MAX_CHARS:
        return Unread.UNKNOWN
    if not known.again and _hash(crc32(page.body).to_bytes(4, "big")) % (YOUNG_SAMPLE if known.young else SAMPLE) == 0:
        return Unread.SAMPLE
    return None


def _trusted(known: Known) -> Iterator[Template]:
    return (template for template in known.templates if template.standing is Standing.TRUSTED)


def _by_template(page: Page, outline: Outline, template: Template) -> Article | Unread:
    """The article that a template reads on a page; or why it does not."""
    span = place_in(outline, template)
    if isinstance(span, Unread):
        return span
    root = parse(repaired(cut(outline, span)))
    if root is None:
        return Unread.NO_PLACE
    stated = read_structured(root, url=page.url)
    if not stated.title or (template.has_headline and not _is_headline(root, stated.title)):
        return Unread.NO_TITLE
    if template.has_time and (stated.published is None or not stated.published.timed):
        return Unread.NO_TIME
    drawn = draw(root, template, stated.title)
    if isinstance(drawn, Unread):
        return drawn
    if _is_other_kind(stated, page.url) or _is_cut_off(outline.text, span, drawn):
        return Unread.KIND
    return article_at_known_place(page, root, stated, _body(drawn, template)) or Unread.KIND


def _body(drawn: Drawn, template: Template) -> Body:
    return Body(
        text=drawn.text,
        count=drawn.count,
        whole=drawn.whole,
        source=TextSource.EXTRACTOR,
        confidence=0.95,
        read_by="template",
        why=f"{template.place} holds the article on {template.learned_from} pages of this site",
    )


def _is_headline(root: html.HtmlElement, title: str) -> bool:
    headlines = ["".join(one.itertext())[:2_000] for one in islice(root.iter("h1"), 3)]
    if title in headlines:
        return True
    wanted = words(title)
    return any(words(headline) == wanted for headline in headlines)


def _is_other_kind(stated: Structured, url: str) -> bool:
    """Whether anything at all says that a page is a film, pictures or entries by the minute; care decides then."""
    if any(kind in said.lower() for said in stated.kinds for kind in _KINDS) or stated.is_free is False:
        return True
    return OTHER_KIND.search(stated.title) is not None


def _is_cut_off(source: str, span: Span, drawn: Drawn) -> bool:
    """Whether right behind a short text the page asks for money."""
    if drawn.count > _MAX_CUT_WORDS:
        return False
    behind = text_of_html(source[span.end : span.end + _BEHIND_SOURCE_CHARS], max_chars=_BEHIND_CHARS)
    return PAYWALL.search(behind) is not None


def _with_care(known: Known, outline: Outline, why: Unread) -> LearnedReading:
    page = known.page
    root, stated, body = read_outlined(page, outline)
    article = article_of(page, root, stated, body)
    if page.rules is not None or len(outline.text) > _MAX_CHARS or article.reason is not None:
        return LearnedReading(article=article, why=why)
    checked = tuple(_checked(page, outline, template, article) for template in known.templates)
    observation = observe(
        outline,
        body.shown,
        article.text,
        number=_number(page),
        title=article.title,
        has_time=stated.published is not None and stated.published.timed,
        has_headline=_is_headline(root, article.title),
    )
    return LearnedReading(article=article, why=why, checked=checked, observation=observation)


def _checked(page: Page, outline: Outline, template: Template, careful: Article) -> Checked:
    """What a template would have made of a page that was read with care."""
    found = _by_template(page, outline, template)
    if isinstance(found, Unread):
        held = Held.MISSED if found is Unread.NO_PLACE else Held.UNREAD
        return Checked(place=template.place, held=held, unread=found, why=str(found))
    differs = _difference(found, careful, template)
    return Checked(place=template.place, held=Held.DIFFERED if differs else Held.AGREED, why=differs)


def _difference(found: Article, careful: Article, template: Template) -> str:
    """What is not the same in two readings of a page, in a few words; empty where nothing is."""
    for name in ("title", "published_at", "byline", "canonical_url", "section", "keywords"):
        if getattr(found, name) != getattr(careful, name):
            return f"another {name.removesuffix('_at')}"
    ignored = frozenset(template.repeated)
    lines = [line for line in careful.text.split("\n") if digest_of(line) not in ignored]
    text = "\n".join(lines)
    same = 1.0 if found.text == text else agreement(Reading(found.text), Reading(text))
    return "" if same >= MIN_AGREEMENT else f"{same:.2f} of the text is the same"
