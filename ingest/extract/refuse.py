"""Pages that hold no article, told by their words and their build: walls, stubs, shells and error pages."""

from __future__ import annotations

import re

from lxml import html

from ingest.errors import Reason
from ingest.extract.kinds import Refusal, Said, onward, other_kind
from ingest.extract.phrases import (
    CONSENT,
    CONSENT_VOICE,
    ERROR,
    ERROR_HEADING,
    PAYWALL,
    PAYWALL_LABEL,
    ROBOT,
    ROBOT_VOICE,
    SCRIPT,
)
from ingest.model import TextSource
from ingest.text.plain import clean_text
from ingest.text.tokens import words

#: Fewer words than this are no article; the shortest real ones, of one paragraph, have about forty.
MIN_WORDS = 40
#: Up to here a text may be a wall's own words, or the lines left in front of one.
_MAX_CONSENT_WORDS = 350
_MAX_TEASER_WORDS = 150
_MAX_ROBOT_WORDS = 150
_MAX_ERROR_WORDS = 120
_MAX_ERROR_HEADING_WORDS = 8
#: In scripts without spaces, where a word is two characters, as many as stand in a few lines of links.
_MAX_BARE_ERROR_WORDS = 100
#: A wall that stands this close behind the last words of a text of this length cut it off.
_MAX_CUT_WORDS = 250
_BEHIND_CHARS = 300
_TAIL_CHARS = 60
_MAX_LABEL_CHARS = 60
#: A wall has one of its phrases in so many words; a story about walls has fewer.
_WORDS_A_PHRASE = 40
_MAX_PAGE_CHARS = 60_000

_CONSENT_HOST = re.compile(
    r"^https?://(?:consent|privacy-?gate|myprivacy|cmp)\.|/(?:collectconsent|privacy-?gate|consent)(?:/|\?|$)", re.I
)
#: What a story quotes of a wall is not said by the wall.
_QUOTED = re.compile(
    r"“[^”]{1,400}”|\"[^\"\n]{1,400}\"|«[^»]{1,400}»|„[^“”\"]{1,400}[“”\"]|‘[^’\n]{1,400}’|「[^」]{1,200}」"
)


def refusal(said: Said) -> Refusal | None:
    """Return why a page's best body is not to be taken for its article, or None where it may be.

    A text of forty words of prose stands unless words say that it is the wall itself or the teaser in front of one, or
    more than one sign that the page is something else than an article; what stands around says nothing of a text that
    the publisher handed over as data.
    """
    body = said.body
    text, count = body.whole, body.count
    if body.source in (TextSource.FEED, TextSource.STRUCTURED) and count >= MIN_WORDS:
        return None
    page = _visible(said.root) if count < MIN_WORDS else ""  # around a text of some length the page says little of it
    found = _wall_or_error(said, text, page) if count <= _MAX_CONSENT_WORDS else None
    found = found or onward(said) or other_kind(said)
    if found is not None or count >= MIN_WORDS:
        return found
    shell = _shell(said.root, page)
    if shell is not None:
        return shell
    if not page and not said.title:
        return Refusal(reason=Reason.EMPTY, evidence="the page shows nothing")
    return Refusal(reason=Reason.STUB, evidence=f"{count} words")


def is_wall(said: Said) -> bool:
    """Whether the words of a page's body say that it is a wall or an error, whatever stands around it."""
    return said.body.count <= _MAX_CONSENT_WORDS and _wall_or_error(said, said.body.whole, "") is not None


def _wall_or_error(said: Said, text: str, page: str) -> Refusal | None:
    count, title = said.body.count, said.title
    return (
        _consent(title, text, page, said.url)
        or (_wall(text, page, count, said.stated.is_free) if count <= _MAX_TEASER_WORDS else None)
        or (_robot(title, text, page, count) if count <= _MAX_ROBOT_WORDS else None)
        or (_error(title, text, count) if count <= _MAX_ERROR_WORDS else None)
    )


def is_cut_off(root: html.HtmlElement, text: str, count: int) -> bool:
    """Whether right behind the last of a short text's words its page asks for money or a name before it goes on."""
    if count > _MAX_CUT_WORDS:
        return False
    shown = _visible(root)
    tail = clean_text(text, max_chars=len(text))[-_TAIL_CHARS:]
    at = shown.rfind(tail)
    return at >= 0 and PAYWALL.search(shown[at + len(tail) :][:_BEHIND_CHARS]) is not None


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
    said = f"{title}\n{text}\n{page[:6_000]}".lower()
    asked = _phrases(CONSENT, said)
    if not asked:
        return None
    own = _phrases(CONSENT_VOICE, _QUOTED.sub(" ", said))
    phrases = [*own, *asked]
    if _CONSENT_HOST.search(url) and phrases:
        return Refusal(reason=Reason.CONSENT, evidence=phrases[0])
    dense = len(phrases) >= 3 and len(phrases) * _WORDS_A_PHRASE >= len(words(f"{title} {text}"))
    # A story about cookie law has the phrases too, and none in its own voice.
    if dense and (own or page):
        return Refusal(reason=Reason.CONSENT, evidence=" · ".join(phrases[:3]))
    return None


def _phrases(pattern: re.Pattern[str], said: str) -> list[str]:
    """The different words in which a pattern is found, in order."""
    return list(dict.fromkeys(found.group().lower() for found in pattern.finditer(said)))


def _wall(text: str, page: str, count: int, is_free: bool | None) -> Refusal | None:
    """A teaser in front of a paywall: the wall's words in the text itself, or on the page of a text that is none."""
    inside = PAYWALL.search(_QUOTED.sub(" ", text)) or _label(text)
    if inside is not None:
        return Refusal(reason=Reason.PAYWALL, evidence=inside.group())
    if count >= MIN_WORDS:
        return None
    around = PAYWALL.search(page) or PAYWALL_LABEL.search(page)
    if is_free is False:
        return Refusal(reason=Reason.PAYWALL, evidence=around.group() if around else "isAccessibleForFree is false")
    if around is not None and count >= 8:
        return Refusal(reason=Reason.PAYWALL, evidence=around.group())
    return None


def _label(text: str) -> re.Match[str] | None:
    """What stands as a wall's label: at the beginning of a short line, or beside another in one not much longer."""
    for line in text.split("\n"):
        if len(line) <= _MAX_LABEL_CHARS and (found := PAYWALL_LABEL.match(line)) is not None:
            return found
        if len(line) <= 3 * _MAX_LABEL_CHARS and len(_phrases(PAYWALL_LABEL, _QUOTED.sub(" ", line))) >= 2:
            return PAYWALL_LABEL.search(line)
    return None


def _robot(title: str, text: str, page: str, count: int) -> Refusal | None:
    """A gate that asks whether we are human."""
    if count < MIN_WORDS:
        said = f"{title[:120]}\n{page[:2_000]}"
        found = ROBOT.search(said) or ROBOT_VOICE.search(said)
        return Refusal(reason=Reason.BLOCKED, evidence=found.group()) if found is not None else None
    own = _phrases(ROBOT_VOICE, _QUOTED.sub(" ", text))
    phrases = [*own, *_phrases(ROBOT, f"{title}\n{text}")]
    if own and len(phrases) >= 2:
        return Refusal(reason=Reason.BLOCKED, evidence=" · ".join(phrases[:2]))
    return None


def _error(title: str, text: str, count: int) -> Refusal | None:
    """A page that says it is not the one that was asked for."""
    heading = title[:120]
    error, bare = ERROR.search(heading), ERROR_HEADING.search(heading)
    if count < MIN_WORDS:
        found = error or bare
        return Refusal(reason=Reason.ERROR_PAGE, evidence=found.group()) if found is not None else None
    # "Error 404: half the town offline" is news, and so is what a story quotes.
    named = error is not None and len(words(heading)) <= _MAX_ERROR_HEADING_WORDS
    alone = bare is not None and not words(ERROR_HEADING.sub(" ", heading))
    said = ERROR.search(_QUOTED.sub(" ", text)[:400])
    if error is not None and count <= _MAX_BARE_ERROR_WORDS and not words(ERROR.sub(" ", heading)):
        return Refusal(reason=Reason.ERROR_PAGE, evidence=error.group())  # the heading says that and nothing else
    return Refusal(reason=Reason.ERROR_PAGE, evidence=said.group()) if said is not None and (named or alone) else None


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
