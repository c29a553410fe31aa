"""The body of an article: several readings of one page, and a choice among them by how far they agree."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import html

from ingest.extract.blocks import Look, Run, look, text_of
from ingest.extract.careful import MAX_TEXT_CHARS, Care, read_near, read_whole
from ingest.extract.furniture import ends_a_sentence, trim
from ingest.extract.reading import Reading, held
from ingest.extract.reading import agreement as agreement_of
from ingest.extract.thresholds import THRESHOLDS, Thresholds
from ingest.model import TextSource
from ingest.text.tokens import words

#: From here on a short loose line that only one of the two readings has is a caption, label or teaser.
_CLOSELY_AGREED = 0.8
_MAX_LOOSE_LINE_CHARS = 150
_MIN_SENTENCE_CHARS = 60
_MIN_WHOLE_WORDS = 120
_GLUED = re.compile(r"[a-zà-ÿ][.!?][\"”’»)]?[A-ZÀ-Þ]")
_SENTENCE = re.compile(r"[.!?。！？]")
_CUT_SHORT = re.compile(r"(?:…|\.\.\.|\[\+?\d* ?\w*\]|\[…\])\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A chosen text and how sure we are of it."""

    text: str
    count: int  # words of the text
    whole: str  # the text before furniture was trimmed: credit lines may stand there
    source: TextSource
    confidence: float
    read_by: str  # whose reading it is
    why: str  # and why that one was chosen, for people
    shown: Sequence[Run] = ()  # all runs of text of the page
    place: html.HtmlElement | None = None  # the element around which most prose gathers


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """One extractor's text, whole and trimmed, and how far our own look agrees with it."""

    raw: str
    reading: Reading
    agreement: float
    by: str
    why: str


def read(
    root: html.HtmlElement,
    *,
    title: str,
    structured: str = "",
    feed: str = "",
    thresholds: Thresholds = THRESHOLDS,
) -> Body:
    """Return the page's body: trafilatura's reading, or the feed's or the page's structured text where it is better.

    structured: the page's own articleBody, feed: the feed's full text, both plain with one line a paragraph.
    A function of its arguments: no state of trafilatura's (its duplicate store above all) takes part.
    """
    quick = look(root, thresholds)
    second = Reading(trim(quick.text[:MAX_TEXT_CHARS], title=title))
    found = _extracted(root, title, second, quick, thresholds)
    raw, first, agreement = found.raw, found.reading, found.agreement
    text = _without_loose_lines(first.text, second) if agreement >= _CLOSELY_AGREED else first.text
    best = Reading(text) if text != first.text else first
    source, by, why = TextSource.EXTRACTOR, found.by, found.why
    confirmed = 0.0
    for other, name in ((feed, TextSource.FEED), (structured, TextSource.STRUCTURED)):
        offered = Reading(trim(other[:MAX_TEXT_CHARS], title=title))
        shared = max(held(best, offered), held(offered, best)) if offered.text else 0.0
        confirmed = max(confirmed, shared)
        if source is TextSource.EXTRACTOR and _is_better(offered, best, name):
            why = f"{shared:.2f} of it is what {by} reads" if shared else f"{by} reads a stub only"
            best, raw, source, by = offered, f"{raw}\n{other[:MAX_TEXT_CHARS]}", name, str(name)
    return _body(best, raw, source, by=by, why=why, quick=quick, agreement=max(agreement, confirmed))


def read_selected(selected: Sequence[html.HtmlElement], *, thresholds: Thresholds = THRESHOLDS) -> Body | None:
    """Return what a person's rule selects, as it stands; None where that has no text."""
    text = "\n".join(filter(None, map(text_of, selected)))[:MAX_TEXT_CHARS]
    if not text:
        return None
    reading, quick = Reading(text), look(selected[0], thresholds)
    why = "a person's rule selects it"
    return _body(reading, text, TextSource.EXTRACTOR, by="rule", why=why, quick=quick, agreement=1.0)


def _body(best: Reading, raw: str, source: TextSource, *, by: str, why: str, quick: Look, agreement: float) -> Body:
    return Body(
        text=best.text[:MAX_TEXT_CHARS],
        count=len(best.words),
        whole=raw[:MAX_TEXT_CHARS],
        source=source,
        confidence=_confidence(best, agreement, quick),
        read_by=by,
        why=why,
        shown=quick.every,
        place=quick.best,
    )


def _extracted(root: html.HtmlElement, title: str, second: Reading, quick: Look, thresholds: Thresholds) -> _Found:
    """The quick look's text where it is sure; what trafilatura finds around the prose where both agree; else what it
    finds on the whole page.
    """
    if quick.is_sure:
        why = "nothing else on the page reads like the article"
        return _Found(raw=quick.whole, reading=second, agreement=1.0, by="look", why=why)
    near = _found("near", read_near(quick.area), title, second) if quick.area is not None else None
    if near is not None and near.agreement >= thresholds.agreed_near:
        return near
    fast = _found("fast", read_whole(root, Care.FAST), title, second)
    if fast.agreement >= thresholds.agreed:
        return fast
    careful = _found("careful", read_whole(root, Care.FULL), title, second)
    if not careful.reading.text and not fast.reading.text:
        why = "trafilatura finds nothing, or would take too long"
        return _Found(raw=second.text, reading=second, agreement=1.0 if second.text else 0.0, by="look", why=why)
    # The careful way is right more often; it yields only to better evidence.
    return fast if fast.agreement > careful.agreement + 0.05 or not careful.reading.text else careful


def opinions(root: html.HtmlElement, *, title: str, structured: str = "", feed: str = "") -> Iterator[tuple[str, str]]:
    """Each reader's name with its own text of the page, whatever the others say; for people who ask why."""
    quick = look(root)
    yield "look", trim(quick.text, title=title)
    if quick.area is not None:
        yield "near", trim(read_near(quick.area), title=title)
    yield "fast", trim(read_whole(root, Care.FAST), title=title)
    yield "careful", trim(read_whole(root, Care.FULL), title=title)
    yield str(TextSource.STRUCTURED), trim(structured, title=title)
    yield str(TextSource.FEED), trim(feed, title=title)


def _found(by: str, raw: str, title: str, second: Reading) -> _Found:
    reading = Reading(trim(raw, title=title))
    agreed = agreement_of(reading, second)
    return _Found(raw=raw, reading=reading, agreement=agreed, by=by, why=f"{agreed:.2f} the same as look")


def _without_loose_lines(text: str, second: Reading) -> str:
    """A text without its short lines that are no sentence and that the second reading does not have."""
    known = f" {' '.join(second.words)} "
    lines = text.split("\n")
    kept = [line for line in lines if not _is_loose(line) or f" {' '.join(words(line))} " in known]
    return "\n".join(kept or lines)


def _is_loose(line: str) -> bool:
    return len(line) < _MIN_SENTENCE_CHARS or (len(line) < _MAX_LOOSE_LINE_CHARS and not ends_a_sentence(line))


def _is_better(offered: Reading, best: Reading, source: TextSource) -> bool:
    """Whether a text that the publisher handed over is the whole body, and better than what was extracted."""
    size, found = offered.shingles.total(), best.shingles.total()
    if size < _MIN_WHOLE_WORDS or _CUT_SHORT.search(offered.text[-200:]):
        return False
    if found * 2 < size and found < _MIN_WHOLE_WORDS:
        return not _is_glued(offered.text)  # the page shows a stub, the publisher handed over the text
    if held(best, offered) < 0.85 or not 0.85 * found <= size <= 1.15 * found:
        return False
    if source is TextSource.FEED:
        return True
    return "\n" in offered.text and not _is_glued(offered.text)


def _is_glued(text: str) -> bool:
    """Whether paragraphs were joined without a blank, which makes words that never were."""
    return len(_GLUED.findall(text)) * 20 > len(_SENTENCE.findall(text))


def _confidence(best: Reading, agreement: float, quick: Look) -> float:
    """0..1 from the agreement of independent readings, the length, and how much of the place is links."""
    length = min(1.0, len(best.words) / 150)
    value = 0.15 + 0.55 * agreement + 0.2 * length + 0.1 * (1 - quick.link_share)
    return round(max(0.0, min(1.0, value if best.words else 0.0)), 3)
