"""Pages that hold no article, told by their words and their build: walls, stubs, shells and error pages."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import html

from ingest.errors import Reason
from ingest.extract.phrases import CONSENT, ERROR, PAYWALL, ROBOT, SCRIPT
from ingest.text.plain import clean_text
from ingest.text.tokens import words

#: Fewer words than this are no article; the shortest real ones, of one paragraph, have about forty.
MIN_WORDS = 40
#: Up to here a text may be a wall's own words, or the lines left in front of one.
_MAX_CONSENT_WORDS = 350
_MAX_TEASER_WORDS = 150
_MAX_ERROR_WORDS = 120
_MAX_PAGE_CHARS = 60_000

_CONSENT_HOST = re.compile(
    r"^https?://(?:consent|privacy-?gate|myprivacy|cmp)\.|/(?:collectconsent|privacy-?gate|consent)(?:/|\?|$)", re.I
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a page gives no article, and the words or the build that say so."""

    reason: Reason
    evidence: str


def refusal(
    root: html.HtmlElement, text: str, *, title: str, url: str, is_free: bool | None, handed_over: bool
) -> Refusal | None:
    """Return why `text` is not to be taken for the page's article, or None where it may be.

    text: the best body found. is_free: what the page says of its own access. handed_over: the text came from the
    publisher as data and not from the page's markup, so walls around the markup say nothing of it.
    A text of forty words of prose stands unless words say that it is the wall itself or the teaser in front of one.
    """
    count = len(words(text))
    if handed_over and count >= MIN_WORDS:
        return None
    if count > _MAX_CONSENT_WORDS:
        return None
    page = _visible(root) if count < MIN_WORDS else ""  # around a text of some length the page says nothing of it
    consent = _consent(title, text, page, url)
    if consent is not None:
        return consent
    if count <= _MAX_TEASER_WORDS and (wall := _wall(text, page, count, is_free)) is not None:
        return wall
    if count <= _MAX_ERROR_WORDS and (error := _error(title, text, page, count)) is not None:
        return error
    if count >= MIN_WORDS:
        return None
    shell = _shell(root, page)
    if shell is not None:
        return shell
    if not page and not title:
        return Refusal(reason=Reason.EMPTY, evidence="the page shows nothing")
    return Refusal(reason=Reason.STUB, evidence=f"{count} words")


def _visible(root: html.HtmlElement) -> str:
    """What the page shows, its noscript parts included: those speak to us."""
    parts: list[str] = []
    room = _MAX_PAGE_CHARS
    body = root.find("body")
    for element in (root if body is None else body).iter():
        if element.tag not in {"script", "style", "template"} and element.text:
            parts.append(element.text[:room])
            room -= len(parts[-1])
        if element.tail:
            parts.append(element.tail[:room])
            room -= len(parts[-1])
        if room <= 0:
            break
    return clean_text(" ".join(parts), max_chars=_MAX_PAGE_CHARS)


def _consent(title: str, text: str, page: str, url: str) -> Refusal | None:
    """A wall that asks for consent: several of its phrases in what should be the article, or an address made for it."""
    said = f"{title}\n{text}\n{page[:6_000]}"
    phrases = list(dict.fromkeys(found.group().lower() for found in CONSENT.finditer(said)))
    if _CONSENT_HOST.search(url) and phrases:
        return Refusal(reason=Reason.CONSENT, evidence=phrases[0])
    # A story about cookie law has some of the phrases; a wall has them every few words.
    if len(phrases) >= 3 and len(phrases) * 40 >= len(words(f"{title} {text}")):
        return Refusal(reason=Reason.CONSENT, evidence=" · ".join(phrases[:3]))
    return None


def _wall(text: str, page: str, count: int, is_free: bool | None) -> Refusal | None:
    """A teaser in front of a paywall: the wall's words in the text itself, or on the page of a text that is none."""
    inside = PAYWALL.search(text)
    if inside is not None:
        return Refusal(reason=Reason.PAYWALL, evidence=inside.group())
    if count >= MIN_WORDS:
        return None
    around = PAYWALL.search(page)
    if is_free is False:
        return Refusal(reason=Reason.PAYWALL, evidence=around.group() if around else "isAccessibleForFree is false")
    if around is not None and count >= 8:
        return Refusal(reason=Reason.PAYWALL, evidence=around.group())
    return None


def _error(title: str, text: str, page: str, count: int) -> Refusal | None:
    """A page that says it is not the one that was asked for, or asks whether we are human."""
    heading = title[:120]
    robot = ROBOT.search(heading) or ROBOT.search(page[:2_000])
    if robot is not None and count < MIN_WORDS:
        return Refusal(reason=Reason.SHELL, evidence=robot.group())
    error = ERROR.search(heading)
    # A real story may be headed "Error 404: ..."; its text then goes on longer than an error page does.
    if error is not None and (count < MIN_WORDS or (len(words(heading)) <= 8 and ERROR.search(text[:400]))):
        return Refusal(reason=Reason.STUB, evidence=error.group())
    return None


def _shell(root: html.HtmlElement, page: str) -> Refusal | None:
    """A page that a script would fill, or one that only sends its reader elsewhere."""
    for meta in root.iter("meta"):
        if (meta.get("http-equiv") or "").lower() == "refresh" and "url" in (meta.get("content") or "").lower():
            return Refusal(reason=Reason.SHELL, evidence="meta refresh")
    asked = SCRIPT.search(page)
    if asked is not None:
        return Refusal(reason=Reason.SHELL, evidence=asked.group())
    scripted = any(script.get("src") or len(script.text or "") > 200 for script in root.iter("script"))
    if scripted and len(words(page)) < 2 * MIN_WORDS:
        return Refusal(reason=Reason.SHELL, evidence="scripts and hardly a word")
    return None
