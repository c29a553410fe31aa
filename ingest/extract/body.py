"""The body of an article: several readings of one page, and a choice among them by how far they agree."""

from __future__ import annotations

import logging
import re
from collections import Counter
from dataclasses import dataclass

from lxml import html

from ingest.extract.blocks import Look, look
from ingest.extract.furniture import ends_a_sentence, trim
from ingest.model import TextSource
from ingest.text.tokens import words

MAX_TEXT_CHARS = 200_000

#: Above this agreement the quick reading and trafilatura's fast one are taken to have found the same body; below it
#: the careful one is asked too (bench/extraction.py: about one page in eight).
_AGREED = 0.7
#: From here on a short loose line that only one of the two readings has is a caption, label or teaser.
_CLOSELY_AGREED = 0.8
_MAX_LOOSE_LINE_CHARS = 150
_MIN_SENTENCE_CHARS = 60
_SHINGLE = 3
_MIN_WHOLE_WORDS = 120
#: trafilatura's careful way ends in jusText, which is quadratic in paragraphs (20,000 of them: over 12 s), by its own
#: count of them.
_MAX_CAREFUL_ELEMENTS = 6_000
#: Its fast way takes 50 to 100 µs an element, and where it deletes one it copies the text before it: 19,000 elements in
#: one paragraph of 4.5 million characters took 60 s. News pages have some thousands; beyond, our own reading serves.
_MAX_ELEMENTS = 20_000
_MAX_ELEMENTS_TIMES_CHARS = 1_000_000_000
_GLUED = re.compile(r"[a-zà-ÿ][.!?][\"”’»)]?[A-ZÀ-Þ]")
_SENTENCE = re.compile(r"[.!?。！？]")
_CUT_SHORT = re.compile(r"(?:…|\.\.\.|\[\+?\d* ?\w*\]|\[…\])\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A chosen text and how sure we are of it."""

    text: str
    whole: str  # the text before furniture was trimmed: credit lines may stand there
    source: TextSource
    confidence: float


@dataclass(frozen=True, slots=True)
class _Reading:
    text: str
    shingles: Counter[tuple[str, ...]]


def read(root: html.HtmlElement, *, title: str, structured: str = "", feed: str = "") -> Body:
    """Return the page's body: trafilatura's reading, or the feed's or the page's structured text where it is better.

    structured: the page's own articleBody, feed: the feed's full text, both plain with one line a paragraph.
    A function of its arguments: no state of trafilatura's (its duplicate store above all) takes part.
    """
    quick = look(root)
    second = _reading(trim(quick.text[:MAX_TEXT_CHARS], title=title))
    raw, first = _extracted(root, title, second)
    agreement = _agreement(first, second)
    text = _without_loose_lines(first.text, second.text) if agreement >= _CLOSELY_AGREED else first.text
    best = _reading(text) if text != first.text else first
    source = TextSource.EXTRACTOR
    confirmed = 0.0
    for other, name in ((feed, TextSource.FEED), (structured, TextSource.STRUCTURED)):
        offered = _reading(trim(other[:MAX_TEXT_CHARS], title=title))
        held = max(_held(best, offered), _held(offered, best)) if offered.text else 0.0
        confirmed = max(confirmed, held)
        if source is TextSource.EXTRACTOR and _is_better(offered, best, name):
            best, raw, source = offered, f"{raw}\n{other[:MAX_TEXT_CHARS]}", name
    confidence = _confidence(best, max(agreement, confirmed), quick)
    return Body(text=best.text[:MAX_TEXT_CHARS], whole=raw[:MAX_TEXT_CHARS], source=source, confidence=confidence)


def _extracted(root: html.HtmlElement, title: str, second: _Reading) -> tuple[str, _Reading]:
    """Trafilatura's text, raw and trimmed: its fast way where the second opinion agrees, else the likelier of both."""
    elements = _affordable(root)
    if elements is None:
        return second.text, second
    raw = _trafilatura(root, fast=True)
    fast = _reading(trim(raw, title=title))
    agreed = _agreement(fast, second)
    if agreed >= _AGREED or elements > _MAX_CAREFUL_ELEMENTS:
        return (raw, fast) if fast.text else (second.text, second)
    careful_raw = _trafilatura(root, fast=False)
    careful = _reading(trim(careful_raw, title=title))
    if not careful.text and not fast.text:
        return second.text, second
    # The careful way is right more often; it yields only to better evidence.
    if agreed > _agreement(careful, second) + 0.05 or not careful.text:
        return raw, fast
    return careful_raw, careful


def _affordable(root: html.HtmlElement) -> int | None:
    """The number of a page's elements, or None where trafilatura would need more than a few seconds for them."""
    elements = chars = 0
    for element in root.iter():
        elements += 1
        chars += len(element.tail or "")
        if element.tag not in {"script", "style"}:
            chars += len(element.text or "")
    too_large = elements > _MAX_ELEMENTS or elements * chars > _MAX_ELEMENTS_TIMES_CHARS
    return None if too_large else elements


def _trafilatura(root: html.HtmlElement, *, fast: bool) -> str:
    """Trafilatura's text of a tree, one line a paragraph; empty where it finds none or fails."""
    import trafilatura  # noqa: PLC0415 - a second to import, and only workers need it

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # a page that it cannot read is no event of ours
    try:
        found = trafilatura.extract(root, fast=fast, include_comments=False, deduplicate=False)
    except Exception:
        return ""
    return (found or "")[:MAX_TEXT_CHARS]


def _reading(text: str) -> _Reading:
    tokens = words(text)
    if len(tokens) < _SHINGLE:
        return _Reading(text, Counter([tuple(tokens)] if tokens else []))
    return _Reading(text, Counter(zip(*(tokens[i:] for i in range(_SHINGLE)), strict=False)))


def _agreement(a: _Reading, b: _Reading) -> float:
    """How much of two readings is the same, 0..1."""
    total = a.shingles.total() + b.shingles.total()
    return 2 * (a.shingles & b.shingles).total() / total if total else 0.0


def _held(a: _Reading, b: _Reading) -> float:
    """The share of a that stands in b."""
    return (a.shingles & b.shingles).total() / a.shingles.total() if a.shingles else 0.0


def _without_loose_lines(text: str, second: str) -> str:
    """A text without its short lines that are no sentence and that the second reading does not have."""
    known = f" {' '.join(words(second))} "
    lines = text.split("\n")
    kept = [line for line in lines if not _is_loose(line) or f" {' '.join(words(line))} " in known]
    return "\n".join(kept or lines)


def _is_loose(line: str) -> bool:
    return len(line) < _MIN_SENTENCE_CHARS or (len(line) < _MAX_LOOSE_LINE_CHARS and not ends_a_sentence(line))


def _is_better(offered: _Reading, best: _Reading, source: TextSource) -> bool:
    """Whether a text that the publisher handed over is the whole body, and better than what was extracted."""
    size, found = offered.shingles.total(), best.shingles.total()
    if size < _MIN_WHOLE_WORDS or _CUT_SHORT.search(offered.text[-200:]):
        return False
    if found * 2 < size and found < _MIN_WHOLE_WORDS:
        return not _is_glued(offered.text)  # the page shows a stub, the publisher handed over the text
    if _held(best, offered) < 0.85 or not 0.85 * found <= size <= 1.15 * found:
        return False
    if source is TextSource.FEED:
        return True
    return "\n" in offered.text and not _is_glued(offered.text)


def _is_glued(text: str) -> bool:
    """Whether paragraphs were joined without a blank, which makes words that never were."""
    return len(_GLUED.findall(text)) * 20 > len(_SENTENCE.findall(text))


def _confidence(best: _Reading, agreement: float, quick: Look) -> float:
    """0..1 from the agreement of independent readings, the length, and how much of the place is links."""
    length = min(1.0, best.shingles.total() / 150)
    value = 0.15 + 0.55 * agreement + 0.2 * length + 0.1 * (1 - quick.link_share)
    return round(max(0.0, min(1.0, value if best.shingles else 0.0)), 3)
