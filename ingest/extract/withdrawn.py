"""Notices that take an article back: an agency's kill, a page that says that its story was removed."""

from __future__ import annotations

import re

_TITLE = re.compile(
    r"^\W*(?:(?:mandatory |bulletin |urgent )?kill\b(?=\s*[:–—-]|\W*$)|"
    r"[\w/-]{2,40}[, ]+(?:\d(?:st|nd|rd|th) )?kill\W*$|(?:story|article|report|item) (?:removed|withdrawn|retracted|"
    r"killed)\b|(?:withdrawn|retracted|retraction|removed|withdrawal)\s*[:–—-]|meldung zur[uü]ckgezogen|"
    r"zur[uü]ckgezogen\s*[:–—-]|d[eé]p[eê]che annul[eé]e|annulation\s*[:–—-]|article retir[eé]|"
    r"nota (?:anulada|retirada)|anulaci[oó]n\s*[:–—-]|notizia annullata|annullamento\s*[:–—-])",
    re.I,
)
_TEXT = re.compile(
    r"(?:(?:please )?(?:kill|withdraw|disregard|do not use) (?:the |our |this )?(?:story|item|report|article)\b|"
    r"\b(?:story|article|report|item) (?:has been|was|is being|is) (?:removed|withdrawn|retracted|killed|taken down)\b|"
    r"editors?,? (?:please )?(?:kill|withdraw)|a kill is mandatory|"
    r"bitte (?:die )?meldung .{0,60}nicht (?:mehr )?verwenden|"
    r"(?:die |diese )?meldung (?:wurde|wird|ist) zur[uü]ckgezogen|(?:cette |la )?d[eé]p[eê]che est annul[eé]e|"
    r"(?:esta |la )?(?:nota|noticia) (?:ha sido|queda|fue) (?:anulada|retirada)|"
    r"(?:la )?notizia [eè] (?:stata )?annullata)",
    re.I,
)
_MAX_NOTICE_CHARS = 1_500
_LEAD_CHARS = 400


def kill_notice(title: str, text: str) -> str | None:
    """Return the words that take an article back, or None where title and text do not both say so.

    A notice is short, its title says it, and its first lines say it again or there are none; news of a removed story is
    none of these.
    """
    said = _TITLE.search(title)
    if said is None or len(text) > _MAX_NOTICE_CHARS:
        return None
    again = _TEXT.search(text[:_LEAD_CHARS])
    if text.strip() and again is None:
        return None
    return (again or said).group()
